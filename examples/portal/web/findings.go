package web

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Finding is a rule that a report counts, with its examples: the piece "findings" shows a list of them.
type Finding struct {
	Code     ent.Code
	Severity string
	Class    string
	Count    int64
	Examples []Example
	More     int64
	// Open shows the examples at once: those of what stopped or refused something, and short lists.
	Open bool
	rank int
}

// Example is one issue: where, and what.
type Example struct{ Place, Message string }

// Findings returns what a report counts, the gravest first.
func Findings(r *ent.Report) []Finding {
	var out []Finding
	for _, c := range r.Codes() {
		f := Finding{Code: c, Count: r.CountOf(c)}
		examples := r.Examples(c)
		for _, i := range examples {
			f.Severity, f.Class, f.rank = severity(i.Severity)
			f.Examples = append(f.Examples, Example{i.Pos.String(), French(i.Message(ent.FR))})
		}
		f.More = f.Count - int64(len(examples))
		f.Open = f.Class == "bad" || f.Count <= 3
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(a.rank, b.rank) })
	return out
}

// severity returns the words, the class of the style sheet and the rank of a severity, the gravest first.
func severity(s ent.Severity) (label, class string, rank int) {
	switch s {
	case ent.SeverityFatal:
		return "arrêt de la lecture", "bad", 0
	case ent.SeverityError:
		return "refus", "bad", 1
	case ent.SeverityWarning:
		return "avertissement", "warn", 2
	case ent.SeverityInfo:
	}
	return "information", "info", 3
}
