package attendance

import "slices"

// Group joins events of one pupil and kind for display: an absence of a whole morning is one line, though each roll call saw a
// part of it. Two events join when they have the same reason and state, and no lesson that was held lies between them. Each group is
// in order of time, as are the groups.
func Group(events []Event, s *Schedule) [][]Event {
	sorted := slices.Clone(events)
	slices.SortFunc(sorted, func(a, b Event) int { return a.Compare(&b) })
	var out [][]Event
	for i := range sorted {
		e := &sorted[i]
		if n := len(out); n > 0 {
			g := out[n-1]
			if l := &g[len(g)-1]; l.Pupil == e.Pupil && l.Kind == e.Kind && l.Reason == e.Reason && l.Regularised == e.Regularised && l.Removed == e.Removed && !s.between(l.To, e.From) {
				out[n-1] = append(g, *e)
				continue
			}
		}
		out = append(out, []Event{*e})
	}
	return out
}

// between reports whether a lesson that was held, or a night, lies between two moments.
func (s *Schedule) between(from, to Moment) bool {
	a, b := from.minute(), to.minute()
	if a >= b {
		return false
	}
	if from.Date != to.Date {
		return true
	}
	return slices.ContainsFunc(s.on(a/dayMinutes), func(x slot) bool { return x.from < b && a < x.to })
}
