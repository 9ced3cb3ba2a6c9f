package directory

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Origin names where persons come from: a kind, and behind a colon which one of that kind: "aaf:RENNES", "aaf1d:RENNES",
// "csv:0350001A", "hand". Two feeds of one academy are two origins: their keys may be the same.
type Origin string

// The kinds of origins.
const (
	KindAAF   = "aaf"   // AAF, second degree
	KindAAF1D = "aaf1d" // AAF, first degree
	KindCSV   = "csv"
	KindEDT   = "edt"
	KindUDT   = "udt"
	KindSSO   = "sso"
	KindHand  = "hand"
)

// Hand is the origin of what people change by hand.
const Hand Origin = KindHand

// Kind returns what stands before the colon.
func (o Origin) Kind() string {
	kind, _, _ := strings.Cut(string(o), ":")
	return kind
}

// Category is the kind of person a key belongs to: one feed may give a pupil and a relative the same key.
type Category string

// The categories.
const (
	Pupil    Category = "pupil"
	Relative Category = "relative"
	Staff    Category = "staff"
	Guest    Category = "guest"
)

// rank orders the categories as plans apply them: relatives before the pupils that name them.
func (c Category) rank() int {
	switch c {
	case Relative:
		return 0
	case Staff:
		return 1
	case Guest:
		return 2
	case Pupil:
		return 3
	}
	return 4
}

// CategoryOf returns the category of a profile.
func CategoryOf(p ent.Profile) Category {
	switch p {
	case ent.ProfilePupil:
		return Pupil
	case ent.ProfileRelative:
		return Relative
	case "":
		return Guest
	default:
		return Staff
	}
}

// Key is how an origin names a person. It never changes while the origin knows the person.
type Key struct {
	Origin   Origin   `json:"origin"`
	Category Category `json:"category"`
	ID       string   `json:"id"`
}

// IsZero reports whether the key names nobody.
func (k Key) IsZero() bool { return k == Key{} }

// String returns origin/category/id.
func (k Key) String() string { return string(k.Origin) + "/" + string(k.Category) + "/" + k.ID }

// Compare orders keys as plans do: relatives, staff, guests, pupils, then by origin and identifier.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.Category.rank(), o.Category.rank()), cmp.Compare(k.Origin, o.Origin), cmp.Compare(k.ID, o.ID))
}

// Hash sums up what an origin says of a person: the same record gives the same hash on every machine.
type Hash [16]byte

// IsZero reports whether nothing was summed up.
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText writes 32 hexadecimal digits, nothing for a zero hash.
func (h Hash) MarshalText() ([]byte, error) {
	if h.IsZero() {
		return nil, nil
	}
	return hex.AppendEncode(nil, h[:]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*h = Hash{}
		return nil
	}
	if n, err := hex.Decode(h[:], b[:min(len(b), 32)]); err != nil || n != len(h) || len(b) != 32 {
		return fmt.Errorf("directory: hash: %w", CodePlanFile)
	}
	return nil
}
