package gradebook

import (
	"cmp"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// read is a mark whose pupil and assessment are known: its place in the input, and the group it counts in.
type read struct{ mark, pupil, assessment, group int32 }

// readMarks puts the marks into the matrices of their groups. Marks mostly come test by test, in the order of a list of
// pupils: the assessment of a mark is looked up when it differs from the one before, its pupil when it is not the one that
// followed last time.
func (s *Sheet) readMarks(marks []Mark) {
	s.groups = make([]group, len(s.teachings)*len(s.periods))
	s.moved = s.moves()
	reads := make([]read, 0, len(marks))
	count := make([]int32, len(s.groups)+1)
	var next []int32 // who followed a pupil
	before, last := int32(-1), int32(-1)
	var lastID ent.ID
	known := false
	kept := int64(0)
	for i := range marks {
		m := &marks[i]
		if i == 0 || m.Assessment != lastID {
			lastID = m.Assessment
			last, known = s.assessmentAt[lastID]
		}
		if !known {
			s.refuse("marks", i, CodeUnknown, ent.FieldOf("field", "assessment"), ent.CodeOf("id", string(m.Assessment)))
			continue
		}
		if m.Pupil == "" {
			s.refuse("marks", i, CodeNoID)
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
		a := &s.assessments[last]
		if code, params := s.refusal(a, m.Result); code != "" {
			s.refuse("marks", i, code, params...)
			continue
		}
		kept++
		g := int32(s.at(a.teaching, a.period)) //nolint:gosec // bounded by the limits
		if len(s.moved) > 0 {
			if to, ok := s.moved[move{p, a.teaching, a.period}]; ok {
				g = int32(s.at(to, a.period)) //nolint:gosec // bounded by the limits
				if m.Result.Empty() {
					continue
				}
				s.report.Add(catalog().New(CodeFollowed, ent.Pos{}, "$.marks",
					ent.CodeOf("assessment", string(a.ID)), ent.CodeOf("teaching", string(s.teachings[to].ID))))
			}
		}
		reads = append(reads, read{int32(i), p, last, g}) //nolint:gosec // bounded by the limits
		count[g+1]++
	}
	s.report.Keep("marks", kept)
	for i := range s.groups {
		count[i+1] += count[i]
	}
	sorted := make([]read, len(reads))
	place := slices.Clone(count)
	for _, r := range reads {
		sorted[place[r.group]] = r
		place[r.group]++
	}
	s.fill(marks, sorted, count)
}

// refusal says why a result cannot stand for an assessment.
func (s *Sheet) refusal(a *assessment, r Result) (ent.Code, []ent.Param) {
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
		// n/10^exp > scale, without a fraction: scales have four decimals at the most.
		if s.rules.AboveScale != AboveCounts && r.n*a.scale.d > a.scale.n*int64(pow10(int(r.exp))) { //nolint:gosec // at most 10^4
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
	// bySubject are the teachings of one subject and modality.
	type kind struct {
		subject  int32
		modality string
	}
	bySubject := map[kind][]int32{}
	ofSet := map[ent.ID][]int32{}
	for t := range s.teachings {
		x := &s.teachings[t]
		bySubject[kind{x.subject, x.Modality}] = append(bySubject[kind{x.subject, x.Modality}], int32(t)) //nolint:gosec // bounded
		ofSet[x.set] = append(ofSet[x.set], int32(t))                                                     //nolint:gosec // bounded
	}
	for _, set := range slices.Sorted(maps.Keys(s.members)) { // numbers of pupils follow
		for _, m := range s.members[set] {
			for q := range s.periods {
				end := s.periods[q].End
				if end.IsZero() || m.to.IsZero() || !m.to.Before(end) || s.memberOn(set, m.pupil, end) || !m.from.IsZero() && end.Before(m.from) {
					continue
				}
				for _, t := range ofSet[set] {
					x := &s.teachings[t]
					best := int32(-1) // that of the least identifier, so that the order of the input is nothing
					for _, to := range bySubject[kind{x.subject, x.Modality}] {
						if to != t && s.memberOn(s.teachings[to].set, m.pupil, end) && (best < 0 || s.teachings[to].ID < s.teachings[best].ID) {
							best = to
						}
					}
					if best >= 0 {
						out[move{s.pupil(m.pupil), t, int32(q)}] = best //nolint:gosec // few
					}
				}
			}
		}
	}
	return out
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

// fill makes the groups from their marks, sorted by group.
func (s *Sheet) fill(marks []Mark, sorted []read, first []int32) {
	byGroup := s.columns()
	seats := s.seats()
	stamp := make([]int32, len(s.pupils)) // the row of a pupil + 1, within one group
	colOf := make([]int32, len(s.assessments))
	for i := range s.groups {
		g := &s.groups[i]
		g.cols = byGroup[i]
		t := &s.teachings[i/len(s.periods)]
		list := sorted[first[i]:first[i+1]]
		here := seats[t.set][i%len(s.periods)]
		for _, x := range here {
			stamp[x.pupil] = 1
			g.rows = append(g.rows, x.pupil)
		}
		for _, r := range list {
			if stamp[r.pupil] == 0 {
				stamp[r.pupil] = 1
				g.rows = append(g.rows, r.pupil)
			}
			if a := &s.assessments[r.assessment]; int(a.teaching) != i/len(s.periods) && !slices.Contains(g.cols, r.assessment) {
				g.cols = append(g.cols, r.assessment)
			}
		}
		slices.Sort(g.rows)
		s.sortColumns(g.cols)
		for row, p := range g.rows {
			stamp[p] = int32(row) + 1 //nolint:gosec // bounded by the limits
		}
		for c, a := range g.cols {
			colOf[a] = int32(c) //nolint:gosec // bounded by the limits
		}
		for _, r := range list {
			g.decimals = max(g.decimals, marks[r.mark].Result.exp)
		}
		g.ten = int64(pow10(int(g.decimals))) //nolint:gosec // at most 10^4
		g.m = make([]int64, len(g.rows)*len(g.cols))
		for j := range g.m {
			g.m[j] = emptyValue
		}
		for _, r := range list {
			at := &g.m[int(stamp[r.pupil]-1)*len(g.cols)+int(colOf[r.assessment])]
			if marks[r.mark].Result.Empty() {
				continue
			}
			if *at != emptyValue {
				s.report.Keep("marks", -1)
				s.refuse("marks", int(r.mark), CodeMarkTwice, ent.CodeOf("assessment", string(s.assessments[r.assessment].ID)))
				continue
			}
			*at = s.value(g, marks[r.mark].Result)
		}
		s.setUp(i)
		s.seat(i, here)
		s.weightless(i)
		for _, p := range g.rows {
			stamp[p] = 0
		}
	}
}

// value is what stands in the matrix of a group for a result.
func (s *Sheet) value(g *group, r Result) int64 {
	switch r.kind {
	case resultPoints:
		n := r.n
		for e := r.exp; e < g.decimals; e++ {
			n *= 10
		}
		return n
	case resultStatus:
		return statusValue - s.statusNumber(r.status)
	case resultEmpty, resultWide:
	}
	return emptyValue
}

// statusNumber numbers a status: the known ones first, then the others as they come.
func (s *Sheet) statusNumber(x Status) int64 {
	n, ok := s.statusAt[x]
	if !ok {
		n = int64(len(s.statuses))
		s.statusAt[x] = n
		s.statuses = append(s.statuses, x)
	}
	if n >= s.known {
		s.report.Add(catalog().New(CodeStatus, ent.Pos{}, "$.marks", ent.CodeOf("status", string(x))))
	}
	return n
}

func (s *Sheet) readStatuses() {
	s.statuses = Statuses()
	s.known = int64(len(s.statuses))
	s.statusAt = make(map[Status]int64, len(s.statuses))
	for i, x := range s.statuses {
		s.statusAt[x] = int64(i)
	}
}

func (s *Sheet) statusOf(value int64) Status { return s.statuses[statusValue-value] }

// zeroValue reports whether a value is a status that counts as zero.
func zeroValue(v int64) bool {
	const absentZero, notHandedInZero = statusValue - 5, statusValue - 6 // by their places in Statuses
	return v == absentZero || v == notHandedInZero
}

// columns lists the assessments of each group.
func (s *Sheet) columns() [][]int32 {
	out := make([][]int32, len(s.groups))
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
		return cmp.Or(x.Date.Compare(y.Date), cmp.Compare(x.ID, y.ID))
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
		for q := range s.periods {
			p := &s.periods[q]
			for _, m := range s.members[set] {
				pupil := s.pupil(m.pupil)
				if !p.End.IsZero() && !m.from.IsZero() && p.End.Before(m.from) || !p.Start.IsZero() && !m.to.IsZero() && m.to.Before(p.Start) {
					continue
				}
				open := m.from.IsZero() && m.to.IsZero()
				rows[q] = append(rows[q], seat{
					pupil: pupil,
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
	t := &s.teachings[i/len(s.periods)]
	known := len(s.members[t.set]) > 0
	g.present = make([]bool, len(g.rows))
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
		for c, a := range g.cols {
			x := &s.assessments[a]
			if g.m[row*len(g.cols)+c] != emptyValue && !x.Date.IsZero() && int(x.teaching) == i/len(s.periods) && !s.memberOn(t.set, s.pupils[p], x.Date) {
				s.report.Add(catalog().New(CodeNotMember, ent.Pos{}, "$.marks", ent.CodeOf("assessment", string(x.ID))))
			}
		}
	}
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
