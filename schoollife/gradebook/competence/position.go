package competence

import (
	"github.com/opencartable/cartable/ent"
)

// Position is a place on the scale of the LSU. The empty Position is missing, which is not PositionDispensed.
type Position string

// The positions.
const (
	PositionMissing Position = ""
	// PositionDispensed is for the components of the common base only.
	PositionDispensed    Position = "0"
	PositionInsufficient Position = "1"
	PositionFragile      Position = "2"
	PositionSatisfactory Position = "3"
	PositionVeryGood     Position = "4"
)

// Number returns the position as the LSU writes it, from 0 to 4, and whether it is one.
func (p Position) Number() (int, bool) {
	if len(p) != 1 || p[0] < '0' || p[0] > '4' {
		return 0, false
	}
	return int(p[0] - '0'), true
}

// Level reports whether the position is a level, from 1 to 4.
func (p Position) Level() bool {
	n, ok := p.Number()
	return ok && n > 0
}

// Label returns the position in words; an unknown one as it is.
func (p Position) Label(lang ent.Lang) string {
	if l := p.label(); l.FR != "" {
		return l.In(lang)
	}
	return string(p)
}

func (p Position) label() ent.Label {
	switch p {
	case PositionDispensed:
		return label("dispensé", "dispensed")
	case PositionInsufficient:
		return label("maîtrise insuffisante", "insufficient mastery")
	case PositionFragile:
		return label("maîtrise fragile", "fragile mastery")
	case PositionSatisfactory:
		return label("maîtrise satisfaisante", "satisfactory mastery")
	case PositionVeryGood:
		return label("très bonne maîtrise", "very good mastery")
	case PositionMissing:
	}
	return ent.Label{}
}
