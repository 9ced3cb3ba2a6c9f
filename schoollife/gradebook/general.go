package gradebook

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// readFinals keeps the averages set by hand.
func (s *Sheet) readFinals(list []Final) {
	for i, f := range list {
		t, q, code, params := s.final(f)
		if code != "" {
			s.refuse("finals", i, code, params...)
			continue
		}
		key := finalKey{s.pupil(f.Pupil), q}
		x := &s.teachings[t]
		before := x.finals[key]
		if !before.Empty() && !f.Result.Empty() {
			s.refuse("finals", i, CodeTwice, ent.CodeOf("id", string(f.Teaching)))
			continue
		}
		s.report.Keep("finals", 1)
		if before.Empty() {
			x.setFinal(key, f.Result)
		}
		if int(q) < len(s.periods) {
			s.row(s.at(t, q), key.pupil)
		}
	}
}

// setFinal keeps an average set by hand; an empty one is kept too, since it makes somebody known in the teaching.
func (t *teaching) setFinal(key finalKey, r Result) {
	if t.finals == nil {
		t.finals = map[finalKey]Result{}
	}
	t.finals[key] = r
}

// final finds the teaching and the period of an average set by hand, or says what is wrong with it.
func (s *Sheet) final(f Final) (t, q int32, code ent.Code, params []ent.Param) {
	t, ok := s.teachingAt[f.Teaching]
	if !ok {
		return 0, 0, CodeUnknown, []ent.Param{ent.FieldOf("field", "teaching"), ent.CodeOf("id", string(f.Teaching))}
	}
	q = int32(len(s.periods)) //nolint:gosec // few
	if f.Period != Year {
		if q, ok = s.periodAt[f.Period]; !ok {
			return 0, 0, CodeUnknown, []ent.Param{ent.FieldOf("field", "period"), ent.CodeOf("id", string(f.Period))}
		}
	}
	if f.Pupil == "" {
		return 0, 0, CodeNoID, nil
	}
	switch r := f.Result; {
	case r.sign() < 0:
		return 0, 0, CodeNegative, nil
	case r.kind() == resultWide:
		return 0, 0, CodePrecision, nil
	case len(r.Status()) > maxStatus:
		return 0, 0, CodeEntry, nil
	case r.kind() == resultPoints && s.rules.AboveScale != AboveCounts && r.points().cmp(s.rules.reference) > 0:
		return 0, 0, CodeAboveScale, []ent.Param{ent.Decimal("scale", s.rules.Reference), ent.CodeOf("assessment", string(f.Teaching))}
	}
	return t, q, "", nil
}

// row returns the row of a pupil in a group, a new one when there is none.
func (s *Sheet) row(i int, p int32) int {
	g := &s.groups[i]
	row, ok := slices.BinarySearch(g.rows, p)
	if ok {
		return row
	}
	g.rows = slices.Insert(g.rows, row, p)
	g.cells = slices.Insert(g.cells, row, cell{})
	set := s.teachings[i/len(s.periods)].set
	end := s.periods[i%len(s.periods)].End
	g.present = slices.Insert(g.present, row, len(s.members[set]) == 0 || !end.IsZero() && s.memberOn(set, s.pupils[p], end))
	g.m = slices.Insert(g.m, row*len(g.cols), make([]int64, len(g.cols))...)
	return row
}

// link makes the pairs, and says who is in which class.
func (s *Sheet) link() {
	np := len(s.periods)
	per := s.teachingsOf()
	s.firstPair = make([]int32, len(s.pupils)+1)
	total := 0
	for p, list := range per {
		total += len(list)
		s.firstPair[p+1] = int32(total) //nolint:gosec // bounded by the limits
	}
	s.pairs = make([]pair, 0, total)
	s.pairsOf = make([][]int32, len(s.teachings))
	s.pairRows = make([]int32, total*np)
	for i := range s.pairRows {
		s.pairRows[i] = -1
	}
	count := make([]int32, len(s.teachings))
	for _, list := range per {
		for _, t := range list {
			count[t]++
		}
	}
	for t, n := range count {
		s.pairsOf[t] = s.room.numbers.take(int(n))[:0]
	}
	for p, list := range per {
		for _, t := range list {
			n := len(s.pairs)
			s.pairs = append(s.pairs, pair{pupil: int32(p), teaching: t, first: int32(n * np)}) //nolint:gosec // bounded
			s.pairsOf[t] = append(s.pairsOf[t], int32(n))                                       //nolint:gosec // bounded
		}
	}
	for t := range s.teachings {
		for q := range np {
			next := 0
			pairs := s.pairsOf[t]
			for row, p := range s.groups[t*np+q].rows {
				for s.pairs[pairs[next]].pupil != p {
					next++
				}
				s.pairRows[int(pairs[next])*np+q] = int32(row) //nolint:gosec // bounded by the limits
			}
		}
	}
	if s.annualS == nil {
		s.annualS = make([]statistics, len(s.teachings))
	}
	s.linkClasses()
}

// teachingsOf lists the teachings of each pupil.
func (s *Sheet) teachingsOf() [][]int32 {
	const most = 16 // teachings of a pupil, mostly
	per := make([][]int32, len(s.pupils))
	all := make([]int32, len(s.pupils)*most)
	for p := range per {
		per[p] = all[p*most : p*most : (p+1)*most]
	}
	for t := range s.teachings {
		add := func(p int32) {
			if n := len(per[p]); n == 0 || per[p][n-1] != int32(t) { //nolint:gosec // bounded by the limits
				per[p] = append(per[p], int32(t)) //nolint:gosec // bounded by the limits
			}
		}
		for q := range s.periods {
			for _, p := range s.groups[t*len(s.periods)+q].rows {
				add(p)
			}
		}
		for key := range s.teachings[t].finals {
			add(key.pupil)
		}
	}
	return per
}

// linkClasses says in which class a pupil is at the end of each period, the year's being that of the last one: by the
// memberships, otherwise by the teachings of classes that have none.
func (s *Sheet) linkClasses() {
	nq, np := len(s.periods), len(s.pupils)
	s.general = make([]cell, (nq+1)*np)
	s.classOf = make([]int32, (nq+1)*np)
	for i := range s.classOf {
		s.classOf[i] = -1
	}
	s.classesOfMembers()
	alone := make([]bool, len(s.teachings)) // of a class without members
	for t := range s.teachings {
		c := s.teachings[t].Class
		alone[t] = c != "" && len(s.members[c]) == 0
	}
	for p := range np {
		for i := s.firstPair[p]; i < s.firstPair[p+1]; i++ {
			t := s.pairs[i].teaching
			if !alone[t] {
				continue
			}
			c := s.teachings[t].Class
			for q := range nq {
				if s.rowIn(&s.pairs[i], q) >= 0 {
					s.inOneClass(q, p, s.classAt[c])
				}
			}
		}
		if nq > 0 {
			s.classOf[nq*np+p] = s.classOf[(nq-1)*np+p]
		}
	}
	s.inClass = make([][]int32, (nq+1)*len(s.classes))
	s.generalS = make([]statistics, (nq+1)*len(s.classes))
	for q := range nq + 1 {
		for p := range np {
			if c := s.classOf[q*np+p]; c >= 0 {
				i := q*len(s.classes) + int(c)
				s.inClass[i] = append(s.inClass[i], int32(p)) //nolint:gosec // bounded by the limits
			}
		}
	}
}

// classesOfMembers puts pupils into the classes whose members are known.
func (s *Sheet) classesOfMembers() {
	for c, id := range s.classes {
		for _, m := range s.members[id] {
			p, ok := s.pupilAt[m.pupil]
			if !ok {
				continue
			}
			for q := range s.periods {
				if end := s.periods[q].End; end.IsZero() && m.to.IsZero() || !end.IsZero() && within(end, m.from, m.to) {
					s.inOneClass(q, int(p), int32(c)) //nolint:gosec // bounded by the limits
				}
			}
		}
	}
}

// inOneClass puts a pupil into a class in a period. Of two at once it is that of the least identifier, known members first:
// the order of the input is nothing.
func (s *Sheet) inOneClass(q, p int, class int32) {
	at := &s.classOf[q*len(s.pupils)+p]
	if *at < 0 {
		*at = class
		return
	}
	now, then := s.classes[class], s.classes[*at]
	if a, b := len(s.members[now]) > 0, len(s.members[then]) > 0; a != b {
		if a {
			*at = class
		}
		return
	}
	if now < then {
		*at = class
	}
}

// carried is what goes up to the next level.
func (s *Sheet) carried(c *cell) num {
	if s.rules.Carry == CarryRounded {
		return c.shown
	}
	return c.exact
}

// rowIn returns the row of a pair in its group of a period, or -1.
func (s *Sheet) rowIn(p *pair, q int) int32 { return s.pairRows[int(p.first)+q] }

// period returns the cell of a pair in a period, nil for none.
func (s *Sheet) period(p *pair, q int) *cell {
	row := s.rowIn(p, q)
	if row < 0 {
		return nil
	}
	return &s.groups[int(p.teaching)*len(s.periods)+q].cells[row]
}

// evalAnnual computes the average of a year: the mean of those of the periods that have one.
func (s *Sheet) evalAnnual(i int) {
	s.ran.Annual++
	x := &s.pairs[i]
	if c, ok := s.annualNear(i); ok && (c.some() || !s.decided(x)) {
		x.cell.put(&c)
		return
	}
	c := s.annual(x, nil)
	x.cell.put(&c)
}

// decided reports whether a period of the pair is not marked by decision.
func (s *Sheet) decided(x *pair) bool {
	for q := range s.periods {
		if c := s.period(x, q); c != nil && c.state == StateNN {
			return true
		}
	}
	return false
}

func (s *Sheet) annual(p *pair, tr *trace) cell {
	nq := len(s.periods)
	t := &s.teachings[p.teaching]
	if r := t.finals[finalKey{p.pupil, int32(nq)}]; !r.Empty() { //nolint:gosec // few
		c := setByHand(r, s.rules.annual)
		tr.setByHand(s.rules.annual, labelAnnual, p.teaching, &c)
		return c
	}
	sum, n := whole1(0), int64(0)
	nn := false
	for q := range nq {
		c := s.period(p, q)
		if c == nil {
			continue
		}
		nn = nn || c.state == StateNN
		if v := s.carried(c); v.some() {
			sum, n = sum.add(v), n+1
			tr.push(node{label: labelPeriod, ref: int32(q), v: v}) //nolint:gosec // few
		}
	}
	if n == 0 {
		if nn {
			return cell{state: StateNN}
		}
		return cell{}
	}
	exact := sum.quo(whole1(n))
	c := cell{exact: exact, shown: s.rules.annual.round(exact), near: exact.near(), state: StateComputed}
	if tr != nil {
		tr.fold(int(n), node{op: opSum, label: labelTotal, v: sum})
		tr.push(node{label: labelPeriods, v: whole1(n)})
		tr.fold(2, node{op: opQuotient, label: labelMean, v: exact})
		tr.round(s.rules.annual, labelAnnual, p.teaching, c.shown)
	}
	return c
}

// coefficient of a teaching for a pupil.
func (s *Sheet) coefficient(t *teaching, p int32) num {
	c := t.coefficient
	if own, ok := t.own[p]; ok {
		c = own
	}
	if s.rules.Weights == Equal && c.n > 0 {
		return whole1(1)
	}
	return c
}

// evalGeneral computes a general average; the year is the last period.
func (s *Sheet) evalGeneral(q, p int) {
	s.ran.Generals++
	c, ok := s.generalNear(q, p)
	if !ok {
		c = s.generalOf(q, p, nil)
	}
	s.general[q*len(s.pupils)+p].put(&c)
}

func (s *Sheet) generalOf(q, p int, tr *trace) cell {
	if q == len(s.periods) && s.rules.AnnualGeneral == FromGeneralAverages {
		return s.meanOfGenerals(p, tr)
	}
	step := s.rules.general
	if q == len(s.periods) {
		step = s.rules.annualGen
	}
	pick := func(*teaching) bool { return true }
	return s.weighTeachings(q, p, true, step, labelGeneral, pick, tr)
}

func (s *Sheet) meanOfGenerals(p int, tr *trace) cell {
	sum, n := whole1(0), int64(0)
	for q := range s.periods {
		v := s.general[q*len(s.pupils)+p].shown
		if s.rules.Carry == CarryExact {
			v = s.exactGeneral(q, p)
		}
		if v.some() {
			sum, n = sum.add(v), n+1
			tr.push(node{label: labelPeriod, ref: int32(q), v: v}) //nolint:gosec // few
		}
	}
	if n == 0 {
		return cell{}
	}
	exact := sum.quo(whole1(n))
	c := cell{exact: exact, shown: s.rules.annualGen.round(exact), state: StateComputed}
	if tr != nil {
		tr.fold(int(n), node{op: opSum, label: labelTotal, v: sum})
		tr.push(node{label: labelPeriods, v: whole1(n)})
		tr.fold(2, node{op: opQuotient, label: labelMean, v: exact})
		tr.round(s.rules.annualGen, labelGeneral, 0, c.shown)
	}
	return c
}

// weighTeachings averages the teachings of a pupil that are picked, with their modes or without.
func (s *Sheet) weighTeachings(q, p int, modes bool, step *step, label labelKind, pick func(*teaching) bool, tr *trace) cell {
	sum, weight := whole1(0), whole1(0)
	terms := 0
	var weights []weightOf // for the trace
	for i := s.firstPair[p]; i < s.firstPair[p+1]; i++ {
		x := &s.pairs[i]
		t := &s.teachings[x.teaching]
		if !pick(t) {
			continue
		}
		c := &x.cell
		if q < len(s.periods) {
			if c = s.period(x, q); c == nil {
				continue
			}
		}
		v := c.shown
		switch {
		case q < len(s.periods) && s.rules.Carry == CarryExact:
			v = c.exact
		case q == len(s.periods) && s.rules.CarryAnnual == CarryExact:
			v = s.exactAnnual(x)
		}
		if !v.some() {
			if c.state == StateNN {
				tr.left(x.teaching, leftNN, "")
			}
			continue
		}
		k := s.coefficient(t, x.pupil)
		mode := t.Mode
		if !modes {
			mode = ModeNormal
		}
		switch {
		case k.n == 0:
			tr.left(x.teaching, leftTeachingCoefficient, "")
			continue
		case mode == ModeFromHalf && v.cmp(s.rules.half) < 0, mode == ModePointsAboveHalf && v.cmp(s.rules.half) <= 0:
			tr.left(x.teaching, leftTeachingHalf, "")
			continue
		case mode == ModePointsAboveHalf:
			sum = sum.add(v.sub(s.rules.half).mul(k))
		default:
			sum, weight = sum.add(v.mul(k)), weight.add(k)
			if tr != nil {
				weights = append(weights, weightOf{x.teaching, k})
			}
		}
		terms++
		if tr != nil {
			s.traceTeaching(x.teaching, v, k, mode, tr)
		}
	}
	if weight.sign() == 0 {
		return cell{}
	}
	exact := sum.quo(weight)
	if tr != nil {
		tr.fold(terms, node{op: opSum, label: labelTotal, v: sum})
		for _, w := range weights {
			tr.push(node{label: labelTeachingCoefficient, ref: w.teaching, v: w.k})
		}
		tr.fold(len(weights), node{op: opSum, label: labelWeights, v: weight})
		tr.fold(2, node{op: opQuotient, label: labelMean, v: exact})
	}
	if s.rules.Capped && exact.cmp(s.rules.reference) > 0 {
		exact = s.rules.reference
		if tr != nil {
			tr.push(node{label: labelReference, v: exact})
			tr.fold(2, node{op: opMin, label: labelCapped, v: exact})
		}
	}
	c := cell{exact: exact, shown: step.round(exact), state: StateComputed}
	tr.round(step, label, 0, c.shown)
	return c
}

type weightOf struct {
	teaching int32
	k        num
}

// subjectOf computes the average of the teachings of one subject: that of the only one, or a weighted mean.
func (s *Sheet) subjectOf(q, p int, subject ent.SubjectCode, tr *trace) cell {
	pick := func(t *teaching) bool { return t.Subject == subject }
	return s.weighTeachings(q, p, false, s.rules.subject, labelSubject, pick, tr)
}

// categoryOf computes the average of a category; modes do not count in it.
func (s *Sheet) categoryOf(q, p int, category ent.ID, tr *trace) cell {
	pick := func(t *teaching) bool { return t.Category == category }
	return s.weighTeachings(q, p, false, s.rules.subject, labelCategory, pick, tr)
}
