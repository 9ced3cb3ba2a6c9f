package competence

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Retroactive says whether results older than the period count in the score of the period.
type Retroactive string

// The rules on older results.
const (
	RetroactiveYes Retroactive = "yes"
	RetroactiveNo  Retroactive = "no"
	// RetroactiveAnnual counts those of the school year.
	RetroactiveAnnual Retroactive = "annual"
	// RetroactiveAuto follows what the framework of each item says: Policy.Own.
	RetroactiveAuto Retroactive = "auto"
)

// retroactive returns the rule that applies, "" when it is not known.
func (p *Policy) retroactive() Retroactive {
	r := p.Retroactive
	if r == RetroactiveAuto {
		r = p.Own
	}
	switch r {
	case RetroactiveYes, RetroactiveNo, RetroactiveAnnual:
		return r
	default:
		return ""
	}
}

// Window is the period a score is for. The zero Window takes every result, under RetroactiveYes only.
type Window struct {
	// From and To are the first and last days of the period. Nothing after To counts.
	From, To ent.Date
	// YearFrom is the first day of the school year for RetroactiveAnnual; 1 September when it is missing.
	YearFrom ent.Date
}

func (w *Window) yearFrom() ent.Date {
	if w.YearFrom.IsZero() {
		return ent.SchoolYearOf(w.From).First()
	}
	return w.YearFrom
}

// from returns the first day whose results count, none for all of them.
func (w *Window) from(r Retroactive) ent.Date {
	switch r {
	case RetroactiveNo:
		return w.From
	case RetroactiveAnnual:
		return w.yearFrom()
	default:
		return ent.Date{}
	}
}

// check returns what is wrong with the window, and the results without the date that it or the others want.
func (w *Window) check(r Retroactive, results []Result) ent.Issues {
	if r != RetroactiveYes && w.From.IsZero() || !w.To.IsZero() && (w.To.Before(w.From) || w.To.Before(w.from(r))) {
		return ent.Issues{issue(CodeWindow, "$.window")}
	}
	wanted := *w != Window{} || slices.ContainsFunc(results, func(x Result) bool { return !x.On.IsZero() })
	var out ent.Issues
	for i, x := range results {
		if wanted && x.On.IsZero() {
			out = append(out, issue(CodeDate, fmt.Sprintf("$.results[%d].on", i)))
		}
	}
	return out
}

// take returns the results of the window from the oldest, those of one day in the order given, and counts the others.
func (w *Window) take(r Retroactive, results []Result, outside *int) []Result {
	from := w.from(r)
	var out []Result
	for _, x := range results {
		if !w.To.IsZero() && w.To.Before(x.On) || !from.IsZero() && x.On.Before(from) {
			*outside++
			continue
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Result) int { return a.On.Compare(b.On) })
	return out
}
