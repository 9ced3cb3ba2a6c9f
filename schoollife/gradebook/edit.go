package gradebook

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// rowOf returns the row of a pupil.
func (g *group) rowOf(p int32) (int, bool) { return slices.BinarySearch(g.rows, p) }

func refused(code ent.Code, params []ent.Param) error {
	return fmt.Errorf("gradebook: %w", catalog().New(code, ent.Pos{}, "", params...))
}

// SetMark puts a result in place of the one that the pupil has at the assessment, an empty one to clear it, and computes
// again what depends on it. It returns an Issue when the mark is refused (CodeUnknown, CodeNoID, CodeNegative,
// CodePrecision, CodeAboveScale): the sheet is then as it was. The first mark of a pupil in a teaching computes everything
// again.
func (s *Sheet) SetMark(m Mark) error {
	a, ok := s.assessmentOf(m.Assessment)
	switch {
	case !ok:
		return refused(CodeUnknown, []ent.Param{ent.FieldOf("field", "assessment"), ent.CodeOf("id", string(m.Assessment))})
	case m.Pupil == "":
		return refused(CodeNoID, nil)
	}
	x := &s.assessments[a]
	if code, params := s.refusal(x, m.Result); code != "" {
		return refused(code, params)
	}
	pupils := len(s.pupils)
	p := s.pupil(m.Pupil)
	i := s.at(x.teaching, x.period)
	if to, ok := s.moved[move{p, x.teaching, x.period}]; ok {
		i = s.at(to, x.period)
	}
	g := &s.groups[i]
	row, known := g.rowOf(p)
	c := slices.Index(g.cols, a)
	grown := !known || c < 0 || len(s.pupils) > pupils
	if grown {
		row = s.row(i, p)
		if c < 0 {
			c = s.addColumn(i, a)
		}
	}
	g.m[row*len(g.cols)+c] = s.value(&m.Result)
	if grown {
		s.link()
		s.Recompute()
		return nil
	}
	s.evalTeaching(i, row)
	s.above(i, p)
	return nil
}

// addColumn adds an assessment to a group, and returns its place.
func (s *Sheet) addColumn(i int, a int32) int {
	g := &s.groups[i]
	old := g.cols
	g.cols = append(slices.Clone(old), a)
	s.sortColumns(g.cols)
	at := slices.Index(g.cols, a)
	m := make([]int64, 0, len(g.rows)*len(g.cols))
	for row := range g.rows {
		line := g.m[row*len(old) : (row+1)*len(old)]
		m = append(append(append(m, line[:at]...), emptyValue), line[at:]...)
	}
	g.m = m
	s.setUp(i)
	return at
}

// above computes what stands above the averages of a group that some pupils have changed.
func (s *Sheet) above(i int, pupils ...int32) {
	t, q := i/len(s.periods), i%len(s.periods)
	s.evalStatistics(i)
	for _, n := range s.pairsOf[t] {
		if slices.Contains(pupils, s.pairs[n].pupil) {
			s.evalAnnual(int(n))
		}
	}
	s.evalAnnualStatistics(t)
	s.aboveAnnual(q, pupils...)
}

// aboveAnnual computes the general averages of some pupils in a period and in the year, and the statistics of their classes.
func (s *Sheet) aboveAnnual(q int, pupils ...int32) {
	year := len(s.periods)
	var done []int
	for _, when := range []int{q, year} {
		for _, p := range pupils {
			s.evalGeneral(when, int(p))
		}
		for _, p := range pupils {
			c := s.classOf[when*len(s.pupils)+int(p)]
			key := when*len(s.classes) + int(c)
			if c >= 0 && !slices.Contains(done, key) {
				done = append(done, key)
				s.evalGeneralStatistics(when, int(c))
			}
		}
		if q == year {
			break
		}
	}
}

// SetFinal sets an average by hand, or gives it back to the computation with an empty result. It returns an Issue when it
// is refused, as [Sheet.SetMark] does.
func (s *Sheet) SetFinal(f Final) error {
	t, q, code, params := s.final(f)
	if code != "" {
		return refused(code, params)
	}
	pupils := len(s.pupils)
	p := s.pupil(f.Pupil)
	x := &s.teachings[t]
	x.setFinal(finalKey{p, q}, f.Result)
	linked := len(s.pupils) == pupils && slices.ContainsFunc(s.pairsOf[t], func(n int32) bool { return s.pairs[n].pupil == p })
	if int(q) == len(s.periods) {
		if !linked {
			s.link()
			s.Recompute()
			return nil
		}
		for _, n := range s.pairsOf[t] {
			if s.pairs[n].pupil == p {
				s.evalAnnual(int(n))
			}
		}
		s.evalAnnualStatistics(int(t))
		s.aboveAnnual(int(q), p)
		return nil
	}
	i := s.at(t, q)
	row, known := s.groups[i].rowOf(p)
	if !known || !linked {
		s.row(i, p)
		s.link()
		s.Recompute()
		return nil
	}
	s.evalTeaching(i, row)
	s.above(i, p)
	return nil
}

// SetAssessment adds an assessment, or changes the scale, the coefficient or the rules of one, and computes again what
// depends on it. Every mark is checked against the new scale: when some are above it, nothing changes and the error counts
// them. A teaching, a period or a container does not change.
func (s *Sheet) SetAssessment(a Assessment) error {
	x, code, params := s.assessment(a)
	switch {
	case code != "":
		return refused(code, params)
	case a.ID == "":
		return refused(CodeNoID, nil)
	}
	n, known := s.assessmentOf(a.ID)
	if !known {
		if len(s.assessments) >= maxAssessments {
			return refused(CodeLimit, []ent.Param{ent.FieldOf("field", "assessments"), ent.Count("count", maxAssessments)})
		}
		n = int32(len(s.assessments)) //nolint:gosec // bounded by the limits
		s.indexAssessments()
		s.assessmentAt[a.ID] = n
		s.assessments = append(s.assessments, x)
		s.addColumn(s.at(x.teaching, x.period), n)
		return nil
	}
	old := s.assessments[n]
	for _, same := range []struct {
		field ent.Field
		ok    bool
	}{{"teaching", x.teaching == old.teaching}, {"period", x.period == old.period}, {"container", x.container == old.container}} {
		if !same.ok {
			return refused(CodeFixed, []ent.Param{ent.FieldOf("field", same.field)})
		}
	}
	var at []int
	above := int64(0)
	for i := range s.groups {
		g := &s.groups[i]
		c := slices.Index(g.cols, n)
		if c < 0 {
			continue
		}
		at = append(at, i)
		for row := range g.rows {
			v := g.m[row*len(g.cols)+c]
			if v > emptyValue && s.rules.AboveScale != AboveCounts && (num{n: v - 1, d: units}).cmp(x.scale) > 0 {
				above++
			}
		}
	}
	if above > 0 {
		return refused(CodeScaleMarks, []ent.Param{ent.Count("count", above), ent.Decimal("scale", a.Scale)})
	}
	s.assessments[n] = x
	for _, i := range at {
		s.moveColumns(i)
		pupils := slices.Clone(s.groups[i].rows)
		for row := range pupils {
			s.evalTeaching(i, row)
		}
		s.above(i, pupils...)
	}
	return nil
}

// moveColumns puts the assessments of a group in order again, since a date may have changed.
func (s *Sheet) moveColumns(i int) {
	g := &s.groups[i]
	old := slices.Clone(g.cols)
	s.sortColumns(g.cols)
	if !slices.Equal(old, g.cols) {
		m := make([]int64, len(g.m))
		for c, x := range g.cols {
			from := slices.Index(old, x)
			for row := range g.rows {
				m[row*len(old)+c] = g.m[row*len(old)+from]
			}
		}
		g.m = m
	}
	s.setUp(i)
}
