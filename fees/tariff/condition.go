package tariff

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// The lists below are open: a commune's own word passes, provided that the sheet and the use write it alike.

// Residence is where the family lives, for the organiser.
type Residence string

// The residences met.
const (
	ResidenceCommune Residence = "commune"
	ResidencePartner Residence = "partner" // a commune that has an agreement
	ResidenceOutside Residence = "outside"
)

// Regime is the scheme that pays the family's benefits.
type Regime string

// The regimes.
const (
	RegimeGeneral Regime = "general" // CAF
	RegimeMSA     Regime = "msa"
	RegimeNone    Regime = "none" // no benefits
	RegimeOther   Regime = "other"
)

// Status is a social situation that changes a price. It is shown to the person concerned only.
type Status string

// The statuses met.
const (
	StatusRSA         Status = "rsa"
	StatusCCAS        Status = "ccas"         // designated by the CCAS
	StatusHealthCover Status = "health-cover" // complémentaire santé solidaire
	StatusSeparated   Status = "separated"    // separated parents
	StatusScholarship Status = "scholarship"
)

// Booking is how a use was booked.
type Booking string

// The bookings.
const (
	BookingRegular    Booking = "regular"
	BookingOccasional Booking = "occasional"
	BookingLate       Booking = "late"
	BookingNone       Booking = "none"
)

// Presence is what became of a use.
type Presence string

// The presences.
const (
	PresencePresent Presence = "present"
	PresenceAbsent  Presence = "absent"
)

// Level is that of the child's class.
type Level string

// The levels.
const (
	LevelNursery   Level = "nursery"   // maternelle
	LevelPrimary   Level = "primary"   // élémentaire
	LevelSecondary Level = "secondary" // collège, lycée
)

// DayKind is what the day is for schools.
type DayKind string

// The kinds of days.
const (
	DaySchool    DayKind = "school"
	DayWednesday DayKind = "wednesday"
	DayHoliday   DayKind = "holiday"
)

// Guest is who uses the service.
type Guest string

// The guests.
const (
	GuestChild Guest = "child"
	GuestAdult Guest = "adult"
	GuestStaff Guest = "staff"
)

// Condition holds when every criterion it names holds; a list holds when the use has one of its values. A use that does not
// say what a condition asks for has no price: nothing is guessed.
type Condition struct {
	Residence []Residence `json:"residence,omitempty"`
	Regime    []Regime    `json:"regime,omitempty"`
	// Status holds when the household has one of them.
	Status   []Status   `json:"status,omitempty"`
	Booking  []Booking  `json:"booking,omitempty"`
	Presence []Presence `json:"presence,omitempty"`
	Level    []Level    `json:"level,omitempty"`
	Day      []DayKind  `json:"day,omitempty"`
	Guest    []Guest    `json:"guest,omitempty"`
	// PAI is an individual care plan (projet d'accueil individualisé): the child brings its own meal.
	PAI *bool `json:"pai,omitempty"`
	// Rank is the child's among those present the same day, EnrolledRank among those enrolled, both from 1; Present and
	// Enrolled count them, Children counts the household's dependent children.
	Rank         *Range `json:"rank,omitempty"`
	EnrolledRank *Range `json:"enrolledRank,omitempty"`
	Present      *Range `json:"present,omitempty"`
	Enrolled     *Range `json:"enrolled,omitempty"`
	Children     *Range `json:"children,omitempty"`
	// Minutes are those counted of the presence.
	Minutes *Range `json:"minutes,omitempty"`
	// EndsAfter holds for a presence that ends later, StartsBefore for one that starts earlier.
	EndsAfter    *Clock `json:"endsAfter,omitempty"`
	StartsBefore *Clock `json:"startsBefore,omitempty"`
	// Quotient bounds the quotient.
	Quotient *QuotientCondition `json:"quotient,omitempty"`
	// Custom are criteria of the commune's own, by name.
	Custom map[string][]string `json:"custom,omitempty"`
}

// QuotientCondition bounds the quotient as a Row does, or asks whether it is missing. A missing quotient is in no bounds,
// unless the sheet's policy gives it the highest band.
type QuotientCondition struct {
	Missing *bool            `json:"missing,omitempty"`
	From    *decimal.Decimal `json:"from,omitempty"`
	Above   *decimal.Decimal `json:"above,omitempty"`
	To      *decimal.Decimal `json:"to,omitempty"`
	Below   *decimal.Decimal `json:"below,omitempty"`
}

// Range bounds a number, both ends included; a missing end is open. In a document a number alone is both ends.
type Range struct {
	Min *int `json:"min,omitempty"`
	Max *int `json:"max,omitempty"`
}

// Clock is a time of the day in minutes since midnight, written HH:MM; 24:00 is the end of the day.
type Clock int

// endOfDay is 24:00.
const endOfDay Clock = 24 * 60

// ParseClock reads HH:MM, from 00:00 to 24:00. It returns CodeClock otherwise.
func ParseClock(s string) (Clock, error) {
	if len(s) == 5 && s[2] == ':' {
		var n [4]int
		ok := true
		for i, c := range []byte{s[0], s[1], s[3], s[4]} {
			n[i] = int(c) - '0'
			ok = ok && n[i] >= 0 && n[i] <= 9
		}
		h, m := n[0]*10+n[1], n[2]*10+n[3]
		if c := Clock(h*60 + m); ok && m < 60 && c <= endOfDay {
			return c, nil
		}
	}
	return 0, fmt.Errorf("tariff: time of the day: %w", CodeClock)
}

// String returns HH:MM.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// MarshalText writes HH:MM.
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads HH:MM.
func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	if err != nil {
		return err
	}
	*c = v
	return nil
}

// Interval is a presence within a day, from Start to End. It is written 16:30-18:10.
type Interval struct {
	Start, End Clock
}

// ParseInterval reads HH:MM-HH:MM. It returns CodeClock for another shape, and for an end before its start.
func ParseInterval(s string) (Interval, error) {
	if len(s) == 11 && s[5] == '-' {
		start, err1 := ParseClock(s[:5])
		end, err2 := ParseClock(s[6:])
		if err1 == nil && err2 == nil && start <= end {
			return Interval{start, end}, nil
		}
	}
	return Interval{}, fmt.Errorf("tariff: interval: %w", CodeClock)
}

// String returns HH:MM-HH:MM.
func (i Interval) String() string { return i.Start.String() + "-" + i.End.String() }

// MarshalText writes HH:MM-HH:MM.
func (i Interval) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads HH:MM-HH:MM.
func (i *Interval) UnmarshalText(b []byte) error {
	v, err := ParseInterval(string(b))
	if err != nil {
		return err
	}
	*i = v
	return nil
}

// Given is what a case gives: an [Input] as it is written in a document.
type Given struct {
	Activity string `json:"activity"`
	// Date is a day of the sheet; missing, its first one, and any day of a sheet without dates.
	Date ent.Date `json:"date,omitzero"`
	// Quotient is missing when it is not there; Kind is the first one that the sheet accepts when it is not there.
	Quotient         *decimal.Decimal  `json:"quotient,omitempty"`
	Kind             string            `json:"kind,omitempty"`
	Residence        Residence         `json:"residence,omitempty"`
	Regime           Regime            `json:"regime,omitempty"`
	Status           []Status          `json:"status,omitempty"`
	Booking          Booking           `json:"booking,omitempty"`
	Presence         Presence          `json:"presence,omitempty"`
	Level            Level             `json:"level,omitempty"`
	Day              DayKind           `json:"day,omitempty"`
	Guest            Guest             `json:"guest,omitempty"`
	PAI              bool              `json:"pai,omitempty"`
	Rank             int               `json:"rank,omitempty"`
	EnrolledRank     int               `json:"enrolledRank,omitempty"`
	Present          int               `json:"present,omitempty"`
	Enrolled         int               `json:"enrolled,omitempty"`
	Children         int               `json:"children,omitempty"`
	DisabledChildren int               `json:"disabledChildren,omitempty"`
	Times            []Interval        `json:"times,omitempty"`
	Quantity         int               `json:"quantity,omitempty"`
	Cost             *decimal.Decimal  `json:"cost,omitempty"`
	Resources        *decimal.Decimal  `json:"resources,omitempty"`
	Custom           map[string]string `json:"custom,omitempty"`
}
