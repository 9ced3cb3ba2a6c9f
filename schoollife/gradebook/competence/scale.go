package competence

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	minLevels = 2
	maxLevels = 6
	// maxCode and maxText bound a code and a text of a scale or a table, maxStatuses the statuses of a scale.
	maxCode     = 20
	maxText     = 200
	maxStatuses = 50
)

// Level is a code that a teacher gives, and what it is worth.
type Level struct {
	// Code is what is stored: letters, digits, '+', '-', '_', '.'.
	Code string
	// Value is from 0 to 100. "Not evaluated" is no level, and 0 is not "not evaluated".
	Value decimal.Decimal
	// Label is the name of the level, the school's own perhaps; without English one, the French one serves.
	Label ent.Label
	// Letter and Color (#rrggbb) are how it shows.
	Letter string
	Color  string
}

// In returns the name of the level in a language.
func (l Level) In(lang ent.Lang) string {
	if s := l.Label.In(lang); s != "" {
		return s
	}
	return l.Label.FR
}

// Status is a code that stands where a level would, and that never counts.
type Status struct {
	Code  string
	Label ent.Label
}

// Scale is the levels of a school, from the lowest to the highest, and the statuses it knows. It holds no result.
type Scale struct {
	Name   string
	Levels []Level
	// Statuses are the codes known that never count. Another code does not count either, and is said.
	Statuses []Status
	Source   string
}

// EvenThirds is the scale of four levels worth 0, 33, 67 and 100.
func EvenThirds() Scale {
	// The default codes of SACoche.
	return Scale{
		Name: "even-thirds",
		Levels: []Level{
			{"RR", decimal.New(0, 0), label("très insuffisant", "very weak"), "RR", "#ff0000"},
			{"R", decimal.New(33, 0), label("insuffisant", "weak"), "R", "#ff8000"},
			{"V", decimal.New(67, 0), label("satisfaisant", "satisfactory"), "V", "#80c000"},
			{"VV", decimal.New(100, 0), label("très satisfaisant", "very satisfactory"), "VV", "#008000"},
		},
		Statuses: statuses(),
		Source:   "default codes observed in open school software",
	}
}

// OneToFour is the scale of the LSU's own four levels, worth their number.
func OneToFour() Scale {
	s := Scale{Name: "one-to-four", Statuses: statuses(), Source: "LSU, positions 1 to 4"}
	colors := []string{"#e13025", "#ff8500", "#ecbe30", "#46bfaf"}
	for i, p := range []Position{PositionInsufficient, PositionFragile, PositionSatisfactory, PositionVeryGood} {
		s.Levels = append(s.Levels, Level{string(p), decimal.New(int64(i+1), 0), p.label(), string(p), colors[i]})
	}
	return s
}

func statuses() []Status {
	return []Status{
		{"ABS", label("absent", "absent")},
		{"DISP", label("dispensé", "dispensed")},
		{"NN", label("non noté", "not marked")},
		{"NE", label("non évalué", "not evaluated")},
		{"NF", label("non fait", "not done")},
		{"NR", label("non rendu", "not handed in")},
	}
}

// Level returns the level of a code.
func (s Scale) Level(code string) (Level, bool) {
	i := slices.IndexFunc(s.Levels, func(l Level) bool { return l.Code == code })
	if i < 0 {
		return Level{}, false
	}
	return s.Levels[i], true
}

// Status returns the status of a code, among those the scale knows.
func (s Scale) Status(code string) (Status, bool) {
	i := slices.IndexFunc(s.Statuses, func(x Status) bool { return x.Code == code })
	if i < 0 {
		return Status{}, false
	}
	return s.Statuses[i], true
}

// Check returns what is wrong with the scale.
func (s Scale) Check() ent.Issues {
	var out ent.Issues
	bad := func(path string, field ent.Field) { out = append(out, fieldIssue(CodeScale, path, field)) }
	if len(s.Name) > maxText || len(s.Source) > maxText {
		bad("$.name", "name")
	}
	if len(s.Levels) < minLevels || len(s.Levels) > maxLevels {
		bad("$.levels", "levels")
		return out
	}
	if len(s.Statuses) > maxStatuses {
		bad("$.statuses", "statuses")
		return out
	}
	seen := map[string]bool{}
	code := func(c, path string) {
		switch {
		case !codeShaped(c):
			bad(path, "code")
		case seen[c]:
			out = append(out, issue(CodeTwice, path))
		}
		seen[c] = true
	}
	hundred := decimal.New(100, 0)
	for i, l := range s.Levels {
		at := fmt.Sprintf("$.levels[%d]", i)
		code(l.Code, at+".code")
		switch {
		case !inLimits(l.Value) || l.Value.Sign() < 0 || l.Value.GreaterThan(hundred):
			out = append(out, fieldIssue(CodeNumber, at+".value", "value"))
		case i > 0 && inLimits(s.Levels[i-1].Value) && !l.Value.GreaterThan(s.Levels[i-1].Value):
			out = append(out, issue(CodeOrder, at+".value"))
		}
		if l.Label.FR == "" || tooLong(l.Label) {
			bad(at+".label", "label")
		}
		if len(l.Letter) > maxCode {
			bad(at+".letter", "letter")
		}
		if l.Color != "" && !isColor(l.Color) {
			bad(at+".color", "color")
		}
	}
	for i, x := range s.Statuses {
		at := fmt.Sprintf("$.statuses[%d]", i)
		code(x.Code, at+".code")
		if x.Label.FR == "" || tooLong(x.Label) {
			bad(at+".label", "label")
		}
	}
	return out
}

func tooLong(l ent.Label) bool { return len(l.FR) > maxText || len(l.EN) > maxText }

func codeShaped(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '+', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return s != "" && len(s) <= maxCode
}

func isColor(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	for _, c := range []byte(s[1:]) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return false
		}
	}
	return true
}
