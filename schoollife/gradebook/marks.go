package gradebook

import (
	"cmp"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// run is some marks in a row of one assessment that count in one group: their place among the marks that are kept, and the
// place of the first one in the input.
type run struct{ assessment, group, from, to, mark int32 }

// kept are the marks that are not refused: who has them, and what stands for them in a matrix.
type kept struct {
	pupils []int32
	values []int64
	runs   []run
}

// readMarks puts the marks into the matrices of their groups. Marks mostly come test by test, in the order of a list of
// pupils: the assessment of a mark is looked up when it is neither the one before nor the next, its pupil when it is not the
// one that followed last time.
func (s *Sheet) readMarks(marks []Mark) {
	s.groups = make([]group, len(s.teachings)*len(s.periods))
	s.moved = s.moves()
	k := kept{make([]int32, len(marks)), make([]int64, len(marks)), make([]run, 0, len(s.assessments))}
	next := make([]int32, 0, len(s.pupils)) // who followed a pupil
	before, n, number := int32(-1), int32(0), int32(-1)
	known, most := false, int64(0)
	var a *assessment
	r := run{assessment: -1}
	for i := range marks {
		m := &marks[i]
		if !known || m.Assessment != a.ID {
			if number, known = s.assessmentOf(m.Assessment, number+1); known {
				a = &s.assessments[number]
				most = a.most()
			}
		}
		if !known {
			s.refuse("marks", i, CodeUnknown, ent.FieldOf("field", "assessment"), ent.CodeOf("id", string(m.Assessment)))
			continue
		}
		if m.Pupil == "" {
			s.refuse("marks", i, CodeNoID)
			continue
		}
		if code, params := s.refusalAbove(a, most, &m.Result); code != "" {
			s.refuse("marks", i, code, params...)
			continue
		}
		p := int32(-1)
		if before >= 0 {
			p = next[before]
		}
		if p < 0 || s.pupils[p] != m.Pupil {
			p = s.pupil(m.Pupil)
			for len(next) < len(s.pupils) {
				next = append(next, -1)
			}
			if before >= 0 {
				next[before] = p
			}
		}
		before = p
		group := s.groupOf(p, a)
		if int(group) != s.at(a.teaching, a.period) && !m.Result.Empty() {
			s.report.Add(catalog().New(CodeFollowed, ent.Pos{}, "$.marks",
				ent.CodeOf("assessment", string(a.ID)), ent.CodeOf("teaching", string(s.teachings[int(group)/len(s.periods)].ID))))
		}
		if r.assessment != number || r.group != group || int(r.mark-r.from) != i-int(n) {
			k.end(r, n)
			r = run{assessment: number, group: group, from: n, mark: int32(i)} //nolint:gosec // bounded by the limits
		}
		k.pupils[n], k.values[n] = p, s.value(&m.Result)
		n++
	}
	k.end(r, n)
	s.report.Keep("marks", int64(n))
	slices.SortStableFunc(k.runs, func(x, y run) int { return cmp.Compare(x.group, y.group) })
	s.fill(&k)
}

// end ends a run.
func (k *kept) end(r run, to int32) {
	if r.assessment >= 0 {
		r.to = to
		k.runs = append(k.runs, r)
	}
}

// assessmentOf finds an assessment, which mostly is at a place that can be guessed.
func (s *Sheet) assessmentOf(id ent.ID, guess int32) (int32, bool) {
	if int(guess) < len(s.assessments) && s.assessments[guess].ID == id {
		return guess, true
	}
	n, ok := s.assessmentAt[id]
	return n, ok
}

// groupOf returns the group where the mark of a pupil counts.
func (s *Sheet) groupOf(p int32, a *assessment) int32 {
	t := a.teaching
	if len(s.moved) > 0 {
		if to, ok := s.moved[move{p, t, a.period}]; ok {
			t = to
		}
	}
	return int32(s.at(t, a.period)) //nolint:gosec // bounded by the limits
}

// refusal says why a result cannot stand for an assessment.
func (s *Sheet) refusal(a *assessment, r Result) (ent.Code, []ent.Param) {
	return s.refusalAbove(a, a.most(), &r)
}

// most is the scale in units of 10^-4.
func (a *assessment) most() int64 { return a.scale.n * (tenTo(maxDecimals) / a.scale.d) }

// refusalAbove is [Sheet.refusal], the scale in units of 10^-4 being known.
func (s *Sheet) refusalAbove(a *assessment, most int64, r *Result) (ent.Code, []ent.Param) {
	switch r.kind {
	case resultWide:
		if r.wide.Sign() < 0 {
			return CodeNegative, nil
		}
		return CodePrecision, nil
	case resultPoints:
		if r.n < 0 {
			return CodeNegative, nil
		}
		if s.rules.AboveScale != AboveCounts && r.n*tenTo(maxDecimals-int(r.exp)) > most {
			return CodeAboveScale, []ent.Param{ent.Decimal("scale", a.Scale), ent.CodeOf("assessment", string(a.ID))}
		}
	case resultStatus:
		if len(r.status) > maxStatus {
			return CodeEntry, nil
		}
	case resultEmpty:
	}
	return "", nil
}

// moves finds where the marks of pupils who changed class within a period count.
func (s *Sheet) moves() map[move]int32 {
	out := map[move]int32{}
	if s.rules.Changes != MarksFollow {
		return out
	}
	left, sets := s.leavers()
	if len(left) == 0 {
		return out
	}
	ofSet := map[ent.ID][]int32{}
	for t := range s.teachings {
		ofSet[s.teachings[t].set] = append(ofSet[s.teachings[t].set], int32(t)) //nolint:gosec // bounded
	}
	for _, m := range left {
		for q := range s.periods {
			end := s.periods[q].End
			if end.IsZero() || !m.to.Before(end) || s.memberOn(m.set, m.pupil, end) {
				continue
			}
			for _, from := range ofSet[m.set] {
				to := int32(-1)
				for _, set := range sets[m.pupil] {
					if !s.memberOn(set, m.pupil, end) {
						continue
					}
					for _, t := range ofSet[set] {
						// Of several it is that of the least identifier, so that the order of the input is nothing.
						if s.alike(from, t) && (to < 0 || s.teachings[t].ID < s.teachings[to].ID) {
							to = t
						}
					}
				}
				if to >= 0 {
					out[move{s.pupil(m.pupil), from, int32(q)}] = to //nolint:gosec // few
				}
			}
		}
	}
	return out
}

// alike reports whether two teachings are of one subject and modality.
func (s *Sheet) alike(a, b int32) bool {
	x, y := &s.teachings[a], &s.teachings[b]
	return a != b && x.subject == y.subject && x.Modality == y.Modality
}

// leaver is a membership that ends.
type leaver struct {
	span
	set ent.ID
}

// leavers lists the memberships that end, and all classes and groups of those pupils.
func (s *Sheet) leavers() ([]leaver, map[ent.ID][]ent.ID) {
	var left []leaver
	sets := map[ent.ID][]ent.ID{}
	order := slices.Sorted(maps.Keys(s.members)) // numbers of pupils follow
	for _, set := range order {
		for _, m := range s.members[set] {
			if !m.to.IsZero() {
				left = append(left, leaver{m, set})
				sets[m.pupil] = nil
			}
		}
	}
	if len(left) == 0 {
		return nil, nil
	}
	for _, set := range order {
		for _, m := range s.members[set] {
			if list, ok := sets[m.pupil]; ok && !slices.Contains(list, set) {
				sets[m.pupil] = append(list, set)
			}
		}
	}
	return left, sets
}

// memberOn reports whether a pupil is in a class or group on a day.
func (s *Sheet) memberOn(set, pupil ent.ID, on ent.Date) bool {
	for _, m := range s.members[set] {
		if m.pupil == pupil && within(on, m.from, m.to) {
			return true
		}
	}
	return false
}

// slab cuts slices from long ones, which cost less than many short ones.
type slab[T any] struct{ free []T }

func (x *slab[T]) take(n int) []T {
	const long = 1 << 14
	if n > len(x.free) {
		x.free = make([]T, max(n, long))
	}
	out := x.free[:n:n]
	x.free = x.free[n:]
	return out
}

// room is what the groups of a sheet are cut from.
type room struct {
	values, multipliers slab[int64]
	numbers             slab[int32]
	cells               slab[cell]
	flags               slab[bool]
	boxes               slab[box]
}

// fill makes the groups from their marks.
func (s *Sheet) fill(k *kept) {
	byGroup := s.columns()
	seats := s.seats()
	rowOf := make([]int32, len(s.pupils)) // the row of a pupil + 1, within one group
	colOf := make([]int32, len(s.assessments))
	var here []int32
	runs := k.runs
	for i := range s.groups {
		g := &s.groups[i]
		g.teaching = int32(i / len(s.periods)) //nolint:gosec // bounded by the limits
		g.cols = byGroup[i]
		n := 0
		for n < len(runs) && int(runs[n].group) == i {
			n++
		}
		mine := runs[:n]
		runs = runs[n:]
		seated := seats[s.teachings[g.teaching].set][i%len(s.periods)]
		here = here[:0]
		for _, x := range seated {
			rowOf[x.pupil] = 1
			here = append(here, x.pupil)
		}
		for _, r := range mine {
			for _, p := range k.pupils[r.from:r.to] {
				if rowOf[p] == 0 {
					rowOf[p] = 1
					here = append(here, p)
				}
			}
			if s.assessments[r.assessment].teaching != g.teaching && !slices.Contains(g.cols, r.assessment) {
				g.cols = append(g.cols, r.assessment)
			}
		}
		slices.Sort(here)
		g.rows = s.room.numbers.take(len(here))
		copy(g.rows, here)
		s.sortColumns(g.cols)
		for row, p := range g.rows {
			rowOf[p] = int32(row) + 1 //nolint:gosec // bounded by the limits
		}
		for c, a := range g.cols {
			colOf[a] = int32(c) //nolint:gosec // bounded by the limits
		}
		g.m = s.room.values.take(len(g.rows) * len(g.cols))
		for j := range g.m {
			g.m[j] = emptyValue
		}
		for _, r := range mine {
			s.put(g, k, r, rowOf, int(colOf[r.assessment]))
		}
		s.setUp(i)
		s.seat(i, seated)
		s.weightless(i)
		for _, p := range g.rows {
			rowOf[p] = 0
		}
	}
}

// put puts the marks of a run into a column. The first mark of a pupil counts.
func (s *Sheet) put(g *group, k *kept, r run, rowOf []int32, column int) {
	for n := r.from; n < r.to; n++ {
		at := &g.m[int(rowOf[k.pupils[n]]-1)*len(g.cols)+column]
		switch {
		case k.values[n] == emptyValue:
		case *at != emptyValue:
			s.report.Keep("marks", -1)
			s.refuse("marks", int(r.mark+n-r.from), CodeMarkTwice, ent.CodeOf("assessment", string(s.assessments[r.assessment].ID)))
		default:
			*at = k.values[n]
		}
	}
}

// value is what stands in a matrix for a result.
func (s *Sheet) value(r *Result) int64 {
	switch r.kind {
	case resultPoints:
		return r.n * tenTo(maxDecimals-int(r.exp))
	case resultStatus:
		return statusValue - s.statusNumber(r.status)
	case resultEmpty, resultWide:
	}
	return emptyValue
}

// statusNumber numbers a status: the known ones first, then the others as they come.
func (s *Sheet) statusNumber(x Status) int64 {
	for i, known := range s.statuses[:s.known] {
		if known == x {
			return int64(i)
		}
	}
	n, ok := s.statusAt[x]
	if !ok {
		n = int64(len(s.statuses))
		s.statusAt[x] = n
		s.statuses = append(s.statuses, x)
	}
	s.report.Add(catalog().New(CodeStatus, ent.Pos{}, "$.marks", ent.CodeOf("status", string(x))))
	return n
}

func (s *Sheet) readStatuses() {
	s.statuses = Statuses()
	s.known = len(s.statuses)
	s.statusAt = map[Status]int64{}
}

func (s *Sheet) statusOf(value int64) Status { return s.statuses[statusValue-value] }

// zeroValue reports whether a value is a status that counts as zero.
func zeroValue(v int64) bool {
	const absentZero, notHandedInZero = statusValue - 5, statusValue - 6 // by their places in Statuses
	return v == absentZero || v == notHandedInZero
}

// columns lists the assessments of each group.
func (s *Sheet) columns() [][]int32 {
	count := make([]int32, len(s.groups))
	for a := range s.assessments {
		count[s.at(s.assessments[a].teaching, s.assessments[a].period)]++
	}
	out := make([][]int32, len(s.groups))
	for i, n := range count {
		out[i] = s.room.numbers.take(int(n))[:0]
	}
	for a := range s.assessments {
		i := s.at(s.assessments[a].teaching, s.assessments[a].period)
		out[i] = append(out[i], int32(a)) //nolint:gosec // bounded by the limits
	}
	return out
}

// sortColumns sorts assessments by date, then by identifier.
func (s *Sheet) sortColumns(cols []int32) {
	slices.SortFunc(cols, func(a, b int32) int {
		x, y := &s.assessments[a], &s.assessments[b]
		if c := x.Date.Compare(y.Date); c != 0 {
			return c
		}
		return cmp.Compare(x.ID, y.ID)
	})
}

// seat is a pupil of a class or group in a period.
type seat struct {
	pupil int32
	// here: on the last day of the period. whole: on all of its days.
	here, whole bool
}

// seats lists, for each class or group and period, the pupils who were in it at some time, by number.
func (s *Sheet) seats() map[ent.ID][][]seat {
	out := make(map[ent.ID][][]seat, len(s.members))
	none := make([][]seat, len(s.periods))
	for t := range s.teachings {
		out[s.teachings[t].set] = none
	}
	for _, set := range slices.Sorted(maps.Keys(s.members)) { // numbers of pupils follow
		rows := make([][]seat, len(s.periods))
		members := s.members[set]
		numbers := make([]int32, len(members))
		for i := range members {
			numbers[i] = s.pupil(members[i].pupil)
		}
		for q := range s.periods {
			p := &s.periods[q]
			rows[q] = make([]seat, 0, len(members))
			for i, m := range members {
				if !p.End.IsZero() && !m.from.IsZero() && p.End.Before(m.from) || !p.Start.IsZero() && !m.to.IsZero() && m.to.Before(p.Start) {
					continue
				}
				open := m.from.IsZero() && m.to.IsZero()
				rows[q] = append(rows[q], seat{
					pupil: numbers[i],
					here:  p.End.IsZero() && m.to.IsZero() || !p.End.IsZero() && within(p.End, m.from, m.to),
					whole: open || !p.Start.IsZero() && !p.End.IsZero() && within(p.Start, m.from, m.to) && within(p.End, m.from, m.to),
				})
			}
			rows[q] = oneEach(rows[q])
		}
		out[set] = rows
	}
	return out
}

// oneEach sorts seats and makes one of those of a pupil who left and came back.
func oneEach(list []seat) []seat {
	slices.SortFunc(list, func(a, b seat) int { return cmp.Compare(a.pupil, b.pupil) })
	out := list[:0]
	for _, x := range list {
		if n := len(out); n > 0 && out[n-1].pupil == x.pupil {
			out[n-1].here, out[n-1].whole = out[n-1].here || x.here, out[n-1].whole || x.whole
			continue
		}
		out = append(out, x)
	}
	return out
}

// seat says which rows of a group count in statistics, and reports the marks given outside of a membership.
func (s *Sheet) seat(i int, seats []seat) {
	g := &s.groups[i]
	t := &s.teachings[g.teaching]
	known := len(s.members[t.set]) > 0
	g.present = s.room.flags.take(len(g.rows))
	next := 0
	for row, p := range g.rows {
		if !known {
			g.present[row] = true
			continue
		}
		for next < len(seats) && seats[next].pupil < p {
			next++
		}
		if next < len(seats) && seats[next].pupil == p {
			g.present[row] = seats[next].here
			if seats[next].whole {
				continue
			}
		}
		spans := s.spansOf(t.set, s.pupils[p])
		for c, a := range g.cols {
			x := &s.assessments[a]
			if g.m[row*len(g.cols)+c] == emptyValue || x.Date.IsZero() || x.teaching != g.teaching {
				continue
			}
			if !slices.ContainsFunc(spans, func(m span) bool { return within(x.Date, m.from, m.to) }) {
				s.report.Add(catalog().New(CodeNotMember, ent.Pos{}, "$.marks", ent.CodeOf("assessment", string(x.ID))))
			}
		}
	}
}

// spansOf lists the memberships of a pupil in a class or group.
func (s *Sheet) spansOf(set, pupil ent.ID) []span {
	var out []span
	for _, m := range s.members[set] {
		if m.pupil == pupil {
			out = append(out, m)
		}
	}
	return out
}

// weightless reports a group that has marks, all of assessments that weigh nothing.
func (s *Sheet) weightless(i int) {
	g := &s.groups[i]
	marks := false
	for c, a := range g.cols {
		x := &s.assessments[a]
		if x.Formative || !g.marked(c) {
			continue
		}
		if x.coefficient.n > 0 {
			return
		}
		marks = true
	}
	if marks {
		s.report.Add(catalog().New(CodeNoWeight, ent.Pos{}, "$.assessments",
			ent.CodeOf("teaching", string(s.teachings[i/len(s.periods)].ID)), ent.CodeOf("period", string(s.periods[i%len(s.periods)].ID))))
	}
}

// marked reports whether a column holds a mark, those that count as zero included.
func (g *group) marked(c int) bool {
	for at := c; at < len(g.m); at += len(g.cols) {
		if v := g.m[at]; v > limitValue || zeroValue(v) {
			return true
		}
	}
	return false
}
