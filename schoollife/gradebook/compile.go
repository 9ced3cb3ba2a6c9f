package gradebook

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// The limits of an input: a year of the largest school is far below.
const (
	maxPeriods     = 12
	maxTeachings   = 20000
	maxContainers  = 100000
	maxAssessments = 500000
	maxMarks       = 20000000
	maxDepth       = 16
)

func checkLimits(in *Input) error {
	for _, l := range []struct {
		what string
		n, m int
	}{
		{"periods", len(in.Periods), maxPeriods},
		{"teachings", len(in.Teachings), maxTeachings},
		{"containers", len(in.Containers), maxContainers},
		{"assessments", len(in.Assessments), maxAssessments},
		{"marks", len(in.Marks), maxMarks},
		{"finals", len(in.Finals), maxMarks},
		{"members", len(in.Members), maxMarks},
		{"coefficients", len(in.Coefficients), maxMarks},
	} {
		if l.n > l.m {
			return fmt.Errorf("gradebook: %w", catalog().New(CodeLimit, ent.Pos{}, "$."+l.what, ent.FieldOf("field", ent.Field(l.what)), ent.Count("count", int64(l.m))))
		}
	}
	return nil
}

// refuse counts a refused thing, and says why.
func (s *Sheet) refuse(kind string, i int, code ent.Code, params ...ent.Param) {
	s.report.Refuse(kind, 1)
	s.report.Add(catalog().New(code, ent.Pos{}, fmt.Sprintf("$.%s[%d]", kind, i), params...))
}

// place gives an identifier its number, and refuses a missing one or one given before.
func (s *Sheet) place(kind string, i int, at map[ent.ID]int32, id ent.ID, n int) bool {
	if id == "" {
		s.refuse(kind, i, CodeNoID)
		return false
	}
	if _, twice := at[id]; twice {
		s.refuse(kind, i, CodeTwice, ent.CodeOf("id", string(id)))
		return false
	}
	at[id] = int32(n) //nolint:gosec // bounded by the limits
	return true
}

func (s *Sheet) readPlaces(in *Input) {
	s.readPeriods(in.Periods)
	s.readTeachings(in.Teachings)
	s.readContainers(in.Containers)
	s.readMembers(in.Members)
	s.readAssessments(in.Assessments)
	s.pupilAt = make(map[ent.ID]int32)
	s.readCoefficients(in.Coefficients)
}

func (s *Sheet) readPeriods(list []Period) {
	s.periodAt = make(map[ent.ID]int32, len(list))
	for i, p := range list {
		if p.Index < 0 || p.Count > 0 && p.Index > p.Count || !p.End.IsZero() && p.End.Before(p.Start) {
			s.refuse("periods", i, CodePeriod)
			continue
		}
		if s.place("periods", i, s.periodAt, p.ID, 0) {
			s.periods = append(s.periods, p)
			s.report.Keep("periods", 1)
		}
	}
	slices.SortStableFunc(s.periods, func(a, b Period) int {
		return cmp.Or(cmp.Compare(a.Index, b.Index), a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID))
	})
	for i, p := range s.periods {
		s.periodAt[p.ID] = int32(i) //nolint:gosec // few
	}
}

func (s *Sheet) readTeachings(list []Teaching) {
	s.teachingAt = make(map[ent.ID]int32, len(list))
	s.teachings = make([]teaching, 0, len(list))
	s.classAt = make(map[ent.ID]int32)
	subjects := map[string]int32{}
	for i, t := range list {
		x := teaching{Teaching: t, set: cmp.Or(t.Class, t.Group)}
		if !s.number("teachings", i, "coefficient", t.Coefficient, &x.coefficient) || !s.boxRules("teachings", i, &x.Box) {
			continue
		}
		if !oneOf(&x.Mode, ModeNormal, ModeFromHalf, ModePointsAboveHalf) {
			s.refuse("teachings", i, CodeRule, ent.FieldOf("field", "mode"), ent.CodeOf("rule", string(t.Mode)))
			continue
		}
		if !s.place("teachings", i, s.teachingAt, t.ID, len(s.teachings)) {
			continue
		}
		key := string(t.Subject)
		if key == "" {
			key = "\x00" + string(t.ID) // a teaching without a subject is like no other
		}
		n, ok := subjects[key]
		if !ok {
			n = int32(len(subjects)) //nolint:gosec // bounded by the limits
			subjects[key] = n
		}
		x.subject = n
		x.whole = s.whole(x.coefficient)
		s.teachings = append(s.teachings, x)
		s.report.Keep("teachings", 1)
		if t.Class != "" {
			s.class(t.Class)
		}
	}
}

// whole returns a coefficient in units of 10^-4; 1 when all weigh alike.
func (s *Sheet) whole(k num) uint64 {
	if s.rules.Weights == Equal {
		return uint64(min(k.n, 1)) //nolint:gosec // not negative
	}
	return uint64(k.n) * pow10(maxDecimals) / uint64(k.d) //nolint:gosec // 10^4 is a multiple of d
}

// class gives a class a number.
func (s *Sheet) class(id ent.ID) {
	if _, ok := s.classAt[id]; !ok {
		s.classAt[id] = int32(len(s.classes)) //nolint:gosec // bounded by the limits
		s.classes = append(s.classes, id)
	}
}

// number reads a coefficient or a scale.
func (s *Sheet) number(kind string, i int, field ent.Field, d decimal.Decimal, to *num) bool {
	v, ok := numOf(d)
	if !ok || v.n < 0 {
		s.refuse(kind, i, CodeNumber, ent.FieldOf("field", field))
		return false
	}
	*to = v
	return true
}

// boxRules checks the rules of a box and puts the policy's where there is none.
func (s *Sheet) boxRules(kind string, i int, b *Box) bool {
	if b.Rule == "" {
		b.Rule = s.rules.Containers
	}
	if !oneOf(&b.Rule, ByContainer, Flattened) {
		s.refuse(kind, i, CodeRule, ent.FieldOf("field", "box"), ent.CodeOf("rule", string(b.Rule)))
		return false
	}
	if _, err := stepOf(b.Rounding); err != nil {
		s.refuse(kind, i, CodeRounding)
		return false
	}
	var bonus num
	return s.number(kind, i, "best_mark_bonus", b.BestMarkBonus, &bonus)
}

func (s *Sheet) readContainers(list []Container) {
	s.containerAt = make(map[ent.ID]int32, len(list))
	parents := make(map[ent.ID]ent.ID, len(list))
	for i := range list {
		parents[list[i].ID] = list[i].Parent
	}
	for i, c := range list {
		x := container{Container: c, period: -1, parent: -1}
		var ok bool
		if x.teaching, ok = s.teachingAt[c.Teaching]; !ok {
			s.refuse("containers", i, CodeUnknown, ent.FieldOf("field", "teaching"), ent.CodeOf("id", string(c.Teaching)))
			continue
		}
		if c.Period != "" {
			if x.period, ok = s.periodAt[c.Period]; !ok {
				s.refuse("containers", i, CodeUnknown, ent.FieldOf("field", "period"), ent.CodeOf("id", string(c.Period)))
				continue
			}
		}
		depth := 0
		for p := c.Parent; p != "" && depth <= maxDepth; depth++ {
			p = parents[p]
		}
		if depth > maxDepth {
			s.refuse("containers", i, CodeCycle, ent.CodeOf("id", string(c.ID)))
			continue
		}
		if !s.number("containers", i, "coefficient", c.Coefficient, &x.coefficient) || !s.boxRules("containers", i, &x.Box) {
			continue
		}
		x.bonus, _ = numOf(c.Box.BestMarkBonus)
		x.step = s.rules.container
		if c.Box.Rounding != nil {
			x.step, _ = stepOf(c.Box.Rounding)
		}
		if s.place("containers", i, s.containerAt, c.ID, len(s.containers)) {
			s.containers = append(s.containers, x)
			s.report.Keep("containers", 1)
		}
	}
	for i := range s.containers {
		c := &s.containers[i]
		if c.Parent == "" {
			continue
		}
		at, ok := s.containerAt[c.Parent]
		if ok && s.containers[at].teaching == c.teaching {
			c.parent = at
			continue
		}
		// Held by nothing that is known, its marks would be lost: it goes directly into the teaching, and that is said.
		s.report.Add(catalog().New(CodeUnknown, ent.Pos{}, "$.containers", ent.FieldOf("field", "parent"), ent.CodeOf("id", string(c.Parent))))
	}
}

func (s *Sheet) readMembers(list []Member) {
	s.members = make(map[ent.ID][]span)
	for i, m := range list {
		set := cmp.Or(m.Class, m.Group)
		if m.Pupil == "" || set == "" {
			s.refuse("members", i, CodeNoID)
			continue
		}
		if !m.From.IsZero() && !m.To.IsZero() && m.To.Before(m.From) {
			s.refuse("members", i, CodeMember)
			continue
		}
		s.members[set] = append(s.members[set], span{m.Pupil, m.From, m.To})
		s.report.Keep("members", 1)
		if m.Class != "" {
			s.class(m.Class)
		}
	}
}

func (s *Sheet) readAssessments(list []Assessment) {
	s.assessments = make([]assessment, 0, len(list))
	greatest := ent.ID("") // an identifier above all others was not given before
	kept := int64(0)
	for i := range list {
		n := len(s.assessments)
		s.assessments = s.assessments[:n+1]
		x := &s.assessments[n]
		code, params := s.prepare(x, &list[i])
		if code != "" {
			s.refuse("assessments", i, code, params...)
		}
		switch id := x.ID; {
		case code != "":
			*x = assessment{}
			s.assessments = s.assessments[:n]
			continue
		case id > greatest:
			greatest = id
			if s.assessmentAt != nil {
				s.assessmentAt[id] = int32(n) //nolint:gosec // bounded by the limits
			}
		default:
			s.assessments = s.assessments[:n]
			s.indexAssessments()
			if !s.place("assessments", i, s.assessmentAt, id, n) {
				s.assessments[:n+1][n] = assessment{}
				continue
			}
			s.assessments = s.assessments[:n+1]
		}
		kept++
	}
	if kept > 0 {
		s.report.Keep("assessments", kept)
	}
}

// indexAssessments makes the map of the assessments, which identifiers given in increasing order do without.
func (s *Sheet) indexAssessments() {
	if s.assessmentAt != nil {
		return
	}
	s.assessmentAt = make(map[ent.ID]int32, cap(s.assessments))
	for i := range s.assessments {
		s.assessmentAt[s.assessments[i].ID] = int32(i) //nolint:gosec // bounded by the limits
	}
}

// assessmentOf finds an assessment.
func (s *Sheet) assessmentOf(id ent.ID) (int32, bool) {
	if s.assessmentAt != nil {
		n, ok := s.assessmentAt[id]
		return n, ok
	}
	n := sort.Search(len(s.assessments), func(i int) bool { return s.assessments[i].ID >= id })
	return int32(n), n < len(s.assessments) && s.assessments[n].ID == id //nolint:gosec // bounded by the limits
}

// last is what an identifier named last: it mostly is what the next one names.
type last struct {
	id ent.ID
	n  int32
	ok bool
}

func (l *last) in(at map[ent.ID]int32, id ent.ID) (int32, bool) {
	if !l.ok || l.id != id {
		l.id = id
		l.n, l.ok = at[id]
	}
	return l.n, l.ok
}

// assessment makes one ready, or says what is wrong with it.
func (s *Sheet) assessment(a Assessment) (assessment, ent.Code, []ent.Param) {
	var x assessment
	code, params := s.prepare(&x, &a)
	return x, code, params
}

// prepare makes an assessment ready, or says what is wrong with it.
func (s *Sheet) prepare(x *assessment, a *Assessment) (ent.Code, []ent.Param) {
	unknown := func(field ent.Field, id ent.ID) (ent.Code, []ent.Param) {
		return CodeUnknown, []ent.Param{ent.FieldOf("field", field), ent.CodeOf("id", string(id))}
	}
	x.ID, x.Label, x.Kind, x.Date, x.Formative, x.container = a.ID, a.Label, a.Kind, a.Date, a.Formative, -1
	var ok bool
	if x.teaching, ok = s.lastTeaching.in(s.teachingAt, a.Teaching); !ok {
		return unknown("teaching", a.Teaching)
	}
	if x.period, ok = s.lastPeriod.in(s.periodAt, a.Period); !ok {
		return unknown("period", a.Period)
	}
	if a.Container != "" {
		x.container, ok = s.containerAt[a.Container]
		if !ok || s.containers[x.container].teaching != x.teaching ||
			s.containers[x.container].period >= 0 && s.containers[x.container].period != x.period {
			return unknown("container", a.Container)
		}
	}
	if x.scale, ok = numOf(a.Scale); !ok || x.scale.n < 0 {
		return CodeNumber, []ent.Param{ent.FieldOf("field", "scale")}
	}
	if x.scale.n == 0 {
		return CodeScale, nil
	}
	if x.coefficient, ok = numOf(a.Coefficient); !ok || x.coefficient.n < 0 {
		return CodeNumber, []ent.Param{ent.FieldOf("field", "coefficient")}
	}
	rule := cmp.Or(a.ScaleRule, s.rules.Scales)
	if !oneOf(&rule, Rescaled, ScaleWeighs) {
		return CodeRule, []ent.Param{ent.FieldOf("field", "scale_rule"), ent.CodeOf("rule", string(a.ScaleRule))}
	}
	switch x.Kind {
	case KindNormal, KindPointsAboveHalf, KindIfAboveHalf, KindIfImproves:
	default:
		return CodeRule, []ent.Param{ent.FieldOf("field", "kind"), ent.CodeOf("rule", string(x.Kind))}
	}
	// Under ScaleWeighs a scale that is the reference weighs like any other: both rules are then the same.
	x.weighs = rule == ScaleWeighs && x.scale.cmp(s.rules.reference) != 0
	return "", nil
}

func (s *Sheet) readCoefficients(list []PupilCoefficient) {
	for i, c := range list {
		t, ok := s.teachingAt[c.Teaching]
		if !ok {
			s.refuse("coefficients", i, CodeUnknown, ent.FieldOf("field", "teaching"), ent.CodeOf("id", string(c.Teaching)))
			continue
		}
		if c.Pupil == "" {
			s.refuse("coefficients", i, CodeNoID)
			continue
		}
		var v num
		if !s.number("coefficients", i, "coefficient", c.Coefficient, &v) {
			continue
		}
		x := &s.teachings[t]
		if x.own == nil {
			x.own = map[int32]num{}
		}
		p := s.pupil(c.Pupil)
		if _, twice := x.own[p]; twice {
			s.refuse("coefficients", i, CodeTwice, ent.CodeOf("id", string(c.Pupil)))
			continue
		}
		x.own[p] = v
		s.report.Keep("coefficients", 1)
	}
}

// pupil gives a pupil a number.
func (s *Sheet) pupil(id ent.ID) int32 {
	n, ok := s.pupilAt[id]
	if !ok {
		n = int32(len(s.pupils)) //nolint:gosec // bounded by the limits
		s.pupilAt[id] = n
		s.pupils = append(s.pupils, id)
	}
	return n
}

// at returns the number of a group.
func (s *Sheet) at(teaching, period int32) int { return int(teaching)*len(s.periods) + int(period) }
