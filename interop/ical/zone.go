package ical

import (
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

const maxZones = 100

// foundZone is what a TZID was found to be.
type foundZone struct {
	zone *time.Location
	code ent.Code
}

// zone finds the zone that a TZID names: Go's own, then that of a name of Windows, then the VTIMEZONE of the file.
func (d *decoder) zone(name string, n int) (*time.Location, ent.Code) {
	if f, ok := d.found[name]; ok {
		return f.zone, f.code
	}
	if d.found == nil {
		d.found = map[string]foundZone{}
	}
	f := d.find(name, n)
	d.found[name] = f
	return f.zone, f.code
}

func (d *decoder) find(name string, n int) foundZone {
	if z := loadZone(name); z != nil {
		return foundZone{zone: z}
	}
	if iana, ok := windowsZone(name); ok {
		if z := loadZone(iana); z != nil {
			if d.zones[name] == nil {
				d.issue(CodeWindowsZone, n, "TZID", ent.CodeOf("zone", iana))
			}
			return foundZone{zone: z}
		}
	}
	if def := d.zones[name]; def != nil {
		if z := def.location(name); z != nil {
			return foundZone{zone: z}
		}
	}
	return foundZone{code: CodeZone}
}

// loadZone returns a zone of Go's data, nil when it has none of that name. A name may come behind a prefix of its producer:
// /example.com/20250101/Europe/Paris (RFC 5545, 3.8.3.1).
func loadZone(name string) *time.Location {
	if len(name) > 100 || name == "Local" {
		return nil
	}
	if rest, ok := strings.CutPrefix(name, "/"); ok {
		parts := strings.Split(rest, "/")
		for i := 1; i < len(parts); i++ {
			if z := loadZone(strings.Join(parts[i:], "/")); z != nil {
				return z
			}
		}
		return nil
	}
	z, err := time.LoadLocation(name)
	if err != nil || z == time.Local || name == "" {
		return nil
	}
	return z
}

// windowsZone returns the IANA name of a zone of Windows: for Europe and its neighbours the main one, for overseas that of the
// French territory which has the same time. Source: CLDR, supplemental/windowsZones.xml (types 2021a).
func windowsZone(name string) (string, bool) {
	switch name {
	case "UTC":
		return "Etc/UTC", true
	case "GMT Standard Time":
		return "Europe/London", true
	case "Greenwich Standard Time":
		return "Atlantic/Reykjavik", true
	case "W. Europe Standard Time":
		return "Europe/Berlin", true
	case "Central Europe Standard Time":
		return "Europe/Budapest", true
	case "Romance Standard Time":
		return "Europe/Paris", true
	case "Central European Standard Time":
		return "Europe/Warsaw", true
	case "GTB Standard Time":
		return "Europe/Bucharest", true
	case "E. Europe Standard Time":
		return "Europe/Chisinau", true
	case "FLE Standard Time":
		return "Europe/Kiev", true
	case "Kaliningrad Standard Time":
		return "Europe/Kaliningrad", true
	case "Turkey Standard Time":
		return "Europe/Istanbul", true
	case "Belarus Standard Time":
		return "Europe/Minsk", true
	case "Russian Standard Time":
		return "Europe/Moscow", true
	case "Russia Time Zone 3":
		return "Europe/Samara", true
	case "Astrakhan Standard Time":
		return "Europe/Astrakhan", true
	case "Saratov Standard Time":
		return "Europe/Saratov", true
	case "Volgograd Standard Time":
		return "Europe/Volgograd", true
	case "Azores Standard Time":
		return "Atlantic/Azores", true
	case "Morocco Standard Time":
		return "Africa/Casablanca", true
	case "W. Central Africa Standard Time":
		return "Africa/Lagos", true
	case "Eastern Standard Time":
		return "America/New_York", true
	}
	return overseasZone(name)
}

func overseasZone(name string) (string, bool) {
	switch name {
	case "SA Western Standard Time": // Guadeloupe, Saint-Barthélemy and Saint-Martin have the same
		return "America/Martinique", true
	case "SA Eastern Standard Time":
		return "America/Cayenne", true
	case "Saint Pierre Standard Time":
		return "America/Miquelon", true
	case "Mauritius Standard Time":
		return "Indian/Reunion", true
	case "E. Africa Standard Time":
		return "Indian/Mayotte", true
	case "Central Pacific Standard Time":
		return "Pacific/Noumea", true
	case "Hawaiian Standard Time":
		return "Pacific/Tahiti", true
	case "Marquesas Standard Time":
		return "Pacific/Marquesas", true
	case "UTC-09":
		return "Pacific/Gambier", true
	case "UTC+12":
		return "Pacific/Wallis", true
	}
	return "", false
}
