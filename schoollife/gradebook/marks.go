package gradebook

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// late is a mark that does not go where it is expected: of a pupil who is not among the members, or who changed class.
type late struct {
	group, assessment, pupil int32
	mark                     int32 // its place in the input
	value                    int64
}

// intake is what the reading of marks goes by.
type intake struct {
	marks  []Mark
	column []int32 // of an assessment in its group
	late   []late
	kept   int64
	// outside are the marks given outside of a membership.
	outside int64
}

// readMarks puts the marks into the matrices of their groups. Marks mostly come test by test, in the order of a list of
// pupils who are members: the assessment of a mark is looked up when it is neither the one before nor the next, its row when
// it is not the next one.
func (s *Sheet) readMarks(marks []Mark) {
	s.moved = s.moves()
	in := &intake{marks: marks}
	seats := s.makeGroups(in)
	number := int32(-1)
	for i := 0; i < len(marks); {
		id, known := marks[i].Assessment, true
		if number++; int(number) >= len(s.assessments) || s.assessments[number].ID != id {
			s.indexAssessments()
			number, known = s.assessmentOf(id)
		}
		if known {
			i = s.readTest(in, i, number)
			continue
		}
		s.refuse("marks", i, CodeUnknown, ent.FieldOf("field", "assessment"), ent.CodeOf("id", string(id)))
		i++
	}
	s.putLate(in)
	s.report.Keep("marks", in.kept)
	rows := 0
	for i := range s.groups {
		rows += len(s.groups[i].rows)
	}
	s.room.cells.free, s.room.flags.free = make([]cell, rows), make([]bool, rows)
	for i := range s.groups {
		s.setUp(i)
		s.seat(in, i, seats.of(s, i))
		s.weightless(i)
	}
	s.report.AddN(catalog().New(CodeNotMember, ent.Pos{}, "$.marks"), in.outside-ent.MaxExamples)
}

// readTest reads marks of one assessment, as long as they follow each other, and returns the place of the next one.
func (s *Sheet) readTest(in *intake, i int, number int32) int {
	a := &s.assessments[number]
	id := a.ID
	home := s.at(a.teaching, a.period)
	g := &s.groups[home]
	names, rows, width, column := s.pupils, g.rows, len(g.cols), int(in.column[number])
	most := a.most()
	if s.rules.AboveScale == AboveCounts {
		most = math.MaxInt64
	}
	tens := [1 << (unitsFrom - kindBits)]int64{10000, 1000, 100, 10, 1}
	next := ent.ID("")
	if int(number)+1 < len(s.assessments) {
		next = s.assessments[number+1].ID
	}
	row := 0
	for ; i < len(in.marks); i++ {
		m := &in.marks[i]
		// Identifiers that are one string in memory compare at once: after the last pupil the next assessment is tried first.
		if row >= len(rows) && m.Assessment == next || m.Assessment != id {
			break
		}
		if row >= len(rows) || names[rows[row]] != m.Pupil {
			if m.Pupil == "" {
				s.refuse("marks", i, CodeNoID)
				continue
			}
			row = -1
			if p, ok := s.pupilAt[m.Pupil]; ok {
				if at, ok := slices.BinarySearch(rows, p); ok {
					row = at
				}
			}
		}
		r := &m.Result
		value := emptyValue
		switch kind := r.kind(); {
		case kind == resultPoints:
			value = r.units() * tens[r.exp()]
			if value < 0 || value > most {
				code, params := s.refusal(a, *r)
				s.refuse("marks", i, code, params...)
				row++
				continue
			}
			value++
		case kind != resultEmpty:
			if code, params := s.refusal(a, *r); code != "" {
				s.refuse("marks", i, code, params...)
				row++
				continue
			}
			value = s.value(r)
		}
		in.kept++
		if row < 0 || len(s.moved) > 0 {
			p := s.pupil(m.Pupil)
			to := s.groupOf(p, a)
			if int(to) != home && value != emptyValue {
				s.report.Add(catalog().New(CodeFollowed, ent.Pos{}, "$.marks",
					ent.CodeOf("assessment", string(a.ID)), ent.CodeOf("teaching", string(s.teachings[int(to)/len(s.periods)].ID))))
			}
			if row < 0 || int(to) != home {
				in.late = append(in.late, late{to, number, p, int32(i), value}) //nolint:gosec // bounded by the limits
				row++
				continue
			}
		}
		if value != emptyValue {
			if at := &g.m[row*width+column]; *at == emptyValue {
				*at = value
			} else {
				s.twice(in, i, a)
			}
		}
		row++
	}
	return i
}

// twice refuses a mark at an assessment where the pupil has one: the first counts.
func (s *Sheet) twice(in *intake, i int, a *assessment) {
	in.kept--
	s.refuse("marks", i, CodeMarkTwice, ent.CodeOf("assessment", string(a.ID)))
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
	switch r.kind() {
	case resultWide:
		if r.sign() < 0 {
			return CodeNegative, nil
		}
		return CodePrecision, nil
	case resultPoints:
		if r.sign() < 0 {
			return CodeNegative, nil
		}
		if s.rules.AboveScale != AboveCounts && r.units()*tenTo(maxDecimals-r.exp()) > a.most() {
			return CodeAboveScale, []ent.Param{ent.Decimal("scale", a.scale.decimal()), ent.CodeOf("assessment", string(a.ID))}
		}
	case resultStatus:
		if r.rest != nil && len(r.rest.status) > maxStatus {
			return CodeEntry, nil
		}
	case resultEmpty:
	}
	return "", nil
}

// most is the scale in units of 10^-4.
func (a *assessment) most() int64 { return a.scale.n * (tenTo(maxDecimals) / a.scale.d) }

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
	const long = 1 << 12
	if n > len(x.free) {
		x.free = make([]T, max(n, long))
	}
	out := x.free[:n:n]
	x.free = x.free[n:]
	return out
}

// room is what the groups of a sheet are cut from.
type room struct {
	values      slab[int64]
	multipliers slab[int64]
	numbers     slab[int32]
	cells       slab[cell]
	flags       slab[bool]
	boxes       slab[box]
}

// makeGroups makes the groups with the members as rows and no mark.
func (s *Sheet) makeGroups(in *intake) seating {
	seats := s.seats()
	s.groups = make([]group, len(s.teachings)*len(s.periods))
	in.column = make([]int32, len(s.assessments))
	byGroup := s.columns()
	s.room.boxes.free = make([]box, len(s.groups))
	s.room.values.free = make([]int64, len(in.marks)) // most matrices are nearly full
	for i := range s.groups {
		g := &s.groups[i]
		g.teaching = int32(i / len(s.periods)) //nolint:gosec // bounded by the limits
		g.cols = byGroup[i]
		s.sortColumns(g.cols)
		for c, a := range g.cols {
			in.column[a] = int32(c) //nolint:gosec // bounded by the limits
		}
		seated := seats.of(s, i)
		g.rows = s.room.numbers.take(len(seated))
		for row := range seated {
			g.rows[row] = seated[row].pupil
		}
		g.m = s.room.values.take(len(g.rows) * len(g.cols))
	}
	return seats
}

// putLate makes the rows and the columns that were not expected, and puts the marks there.
func (s *Sheet) putLate(in *intake) {
	if len(in.late) == 0 {
		return
	}
	slices.SortStableFunc(in.late, func(x, y late) int { return cmp.Compare(x.group, y.group) })
	rowOf := make([]int32, len(s.pupils)) // the row of a pupil + 1, within one group
	for from := 0; from < len(in.late); {
		i, to := in.late[from].group, from
		for to < len(in.late) && in.late[to].group == i {
			to++
		}
		s.grow(&s.groups[i], in, in.late[from:to], rowOf)
		for _, p := range s.groups[i].rows {
			rowOf[p] = 0
		}
		from = to
	}
}

// grow puts late marks into a group.
func (s *Sheet) grow(g *group, in *intake, marks []late, rowOf []int32) {
	old := *g
	here := slices.Clone(g.rows)
	for _, p := range here {
		rowOf[p] = 1
	}
	g.cols = slices.Clone(g.cols)
	foreign := int32(-1) // the one before
	for _, x := range marks {
		if rowOf[x.pupil] == 0 {
			rowOf[x.pupil] = 1
			here = append(here, x.pupil)
		}
		if x.assessment != foreign && s.assessments[x.assessment].teaching != g.teaching {
			if foreign = x.assessment; !slices.Contains(g.cols, foreign) {
				g.cols = append(g.cols, foreign)
			}
		}
	}
	slices.Sort(here)
	g.rows = here
	for row, p := range here {
		rowOf[p] = int32(row) + 1 //nolint:gosec // bounded by the limits
	}
	s.sortColumns(g.cols)
	for c, a := range g.cols {
		in.column[a] = int32(c) //nolint:gosec // bounded by the limits
	}
	g.m = s.room.values.take(len(g.rows) * len(g.cols))
	for row, p := range old.rows {
		line := g.m[int(rowOf[p]-1)*len(g.cols):]
		for c, v := range old.m[row*len(old.cols) : (row+1)*len(old.cols)] {
			line[in.column[old.cols[c]]] = v
		}
	}
	for _, x := range marks {
		at := &g.m[int(rowOf[x.pupil]-1)*len(g.cols)+int(in.column[x.assessment])]
		switch {
		case x.value == emptyValue:
		case *at != emptyValue:
			s.twice(in, int(x.mark), &s.assessments[x.assessment])
		default:
			*at = x.value
		}
	}
}

// value is what stands in a matrix for a result.
func (s *Sheet) value(r *Result) int64 {
	switch r.kind() {
	case resultPoints:
		return r.units()*tenTo(maxDecimals-r.exp()) + 1
	case resultStatus:
		if r.rest != nil {
			return statusValue - s.statusNumber(r.rest.status)
		}
		return statusValue - r.units()
	case resultEmpty, resultWide:
	}
	return emptyValue
}

// statusNumber numbers an unknown status, after the known ones, as they come.
func (s *Sheet) statusNumber(x Status) int64 {
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

// seating is who is where: see seats.
type seating map[ent.ID][][]seat

// of returns the seats of a group.
func (x seating) of(s *Sheet, i int) []seat {
	return x[s.teachings[i/len(s.periods)].set][i%len(s.periods)]
}

// seats lists, for each class or group and period, the pupils who were in it at some time, by number.
func (s *Sheet) seats() seating {
	out := make(seating, len(s.members))
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
func (s *Sheet) seat(in *intake, i int, seats []seat) {
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
				if in.outside++; in.outside <= ent.MaxExamples { // the others are counted at the end
					s.report.Add(catalog().New(CodeNotMember, ent.Pos{}, "$.marks", ent.CodeOf("assessment", string(x.ID))))
				}
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
		if v := g.m[at]; v > emptyValue || zeroValue(v) {
			return true
		}
	}
	return false
}
