package udt

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Delivery is what the name of a zip says.
type Delivery struct {
	// UAI as the name has it; see [ent.ParseUAI].
	UAI string
	// Date and Second are the local time of the export, Second counted from midnight.
	Date   ent.Date
	Second int
}

// In returns the instant of the export in the zone of the school.
func (d Delivery) In(zone *time.Location) time.Time {
	return time.Date(int(d.Date.Year), time.Month(d.Date.Month), int(d.Date.Day), 0, 0, d.Second, 0, zone)
}

// ParseName reads the name of a delivery, UAI_YYYYMMDDHHMMSS_UDT.zip in any case, with or without a folder. It returns CodeName
// for another name.
func ParseName(name string) (Delivery, error) {
	parts := strings.Split(strings.ToUpper(path.Base(name)), "_")
	if len(parts) != 3 || parts[2] != "UDT.ZIP" || len(parts[0]) != 8 || len(parts[1]) != 14 {
		return Delivery{}, fmt.Errorf("udt: name: %w", CodeName)
	}
	at, err := time.Parse("20060102150405", parts[1])
	if err != nil {
		return Delivery{}, fmt.Errorf("udt: name: %w", CodeName)
	}
	return Delivery{UAI: parts[0], Date: ent.DateAt(at, time.UTC), Second: at.Hour()*3600 + at.Minute()*60 + at.Second()}, nil
}
