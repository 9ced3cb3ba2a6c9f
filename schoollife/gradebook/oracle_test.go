package gradebook_test

import (
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// The oracle computes each figure straight from the input, with fractions, one rule after another, as somebody would with a
// pencil. It shares no code with the package: it takes from it the types of its input only.

// oracleFigure is an average; nil for none.
type oracleFigure struct {
	exact, shown *big.Rat
	nn           bool
}

// oracleStatistics are those of a set of averages, with the rank of each pupil.
type oracleStatistics struct {
	count, without                                 int
	mean, exact, least, most, median, first, third *big.Rat
	bands                                          []int
	ranks                                          map[ent.ID]int
}

type oracleKey struct{ pupil, teaching, period ent.ID }

type oracle struct {
	p       gradebook.Policy
	in      gradebook.Input
	m       *big.Rat // the reference
	periods []gradebook.Period
	// marks that count as entered, by pupil, assessment; a refused one is not there.
	marks map[[2]ent.ID]gradebook.Result
	kept  int
	memo  map[oracleKey]oracleFigure
	seen  map[oracleKey]bool
}

func newOracle(p gradebook.Policy, in gradebook.Input) *oracle {
	o := &oracle{p: p, in: in, m: big.NewRat(20, 1), marks: map[[2]ent.ID]gradebook.Result{}, memo: map[oracleKey]oracleFigure{}}
	if !p.Reference.IsZero() {
		o.m = p.Reference.Rat()
	}
	o.periods = slices.Clone(in.Periods)
	slices.SortFunc(o.periods, func(a, b gradebook.Period) int {
		if a.Index != b.Index {
			return a.Index - b.Index
		}
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	reference := decimal.NewFromBigRat(o.m, 4)
	o.in.Finals = nil
	for _, f := range in.Finals {
		if o.accepted(f.Result, reference) {
			o.in.Finals = append(o.in.Finals, f)
		}
	}
	for _, x := range in.Marks {
		a := o.assessment(x.Assessment)
		if a == nil || x.Pupil == "" || !o.accepted(x.Result, a.Scale) {
			continue
		}
		o.kept++
		if before, twice := o.marks[[2]ent.ID{x.Pupil, x.Assessment}]; twice && !before.Empty() {
			if !x.Result.Empty() {
				o.kept--
			}
			continue
		}
		o.marks[[2]ent.ID{x.Pupil, x.Assessment}] = x.Result
	}
	return o
}

func (o *oracle) accepted(r gradebook.Result, scale decimal.Decimal) bool {
	d, ok := r.Points()
	if !ok {
		return true
	}
	fine := d.Shift(4).IsInteger() && d.LessThan(dec("1000000")) && !d.IsNegative()
	return fine && (o.p.AboveScale == gradebook.AboveCounts || !d.GreaterThan(scale))
}

func (o *oracle) assessment(id ent.ID) *gradebook.Assessment {
	for i := range o.in.Assessments {
		if o.in.Assessments[i].ID == id {
			return &o.in.Assessments[i]
		}
	}
	return nil
}

func (o *oracle) teaching(id ent.ID) *gradebook.Teaching {
	for i := range o.in.Teachings {
		if o.in.Teachings[i].ID == id {
			return &o.in.Teachings[i]
		}
	}
	return nil
}

func (o *oracle) container(id ent.ID) *gradebook.Container {
	for i := range o.in.Containers {
		if o.in.Containers[i].ID == id {
			return &o.in.Containers[i]
		}
	}
	return nil
}

// pencil rounds by a rule, without what the package rounds with.
func pencil(r *ent.Rounding, v *big.Rat) *big.Rat {
	if r == nil || v == nil {
		return v
	}
	q := new(big.Rat).Quo(v, r.Step.Rat())
	whole, rest := new(big.Int).QuoRem(q.Num(), q.Denom(), new(big.Int))
	if rest.Sign() != 0 {
		twice := new(big.Int).Abs(rest)
		half := twice.Lsh(twice, 1).Cmp(q.Denom())
		away := false
		switch r.Mode {
		case ent.RoundHalfUp:
			away = half >= 0
		case ent.RoundHalfDown:
			away = half > 0
		case ent.RoundHalfEven:
			away = half > 0 || half == 0 && whole.Bit(0) == 1
		case ent.RoundUp:
			away = true
		case ent.RoundDown:
		case ent.RoundCeiling:
			away = rest.Sign() > 0
		case ent.RoundFloor:
			away = rest.Sign() < 0
		}
		if away {
			whole.Add(whole, big.NewInt(int64(rest.Sign())))
		}
	}
	return new(big.Rat).Mul(new(big.Rat).SetInt(whole), r.Step.Rat())
}

func during(on, from, to ent.Date) bool {
	return (from.IsZero() || !on.Before(from)) && (to.IsZero() || !to.Before(on))
}

func set(t *gradebook.Teaching) ent.ID {
	if t.Class != "" {
		return t.Class
	}
	return t.Group
}

func (o *oracle) membersOf(set ent.ID) []gradebook.Member {
	var out []gradebook.Member
	for _, m := range o.in.Members {
		backwards := !m.From.IsZero() && !m.To.IsZero() && m.To.Before(m.From)
		if set != "" && !backwards && (m.Class == set || m.Class == "" && m.Group == set) {
			out = append(out, m)
		}
	}
	return out
}

func (o *oracle) isMember(set, pupil ent.ID, on ent.Date) bool {
	for _, m := range o.membersOf(set) {
		if m.Pupil == pupil && during(on, m.From, m.To) {
			return true
		}
	}
	return false
}

// counted reports whether a pupil is there at the end of a period, for a class or a group whose members are known.
func (o *oracle) counted(set, pupil ent.ID, p *gradebook.Period) bool {
	if !p.End.IsZero() {
		return o.isMember(set, pupil, p.End)
	}
	for _, m := range o.membersOf(set) {
		if m.Pupil == pupil && m.To.IsZero() {
			return true
		}
	}
	return false
}

// place is the teaching where a mark counts.
func (o *oracle) place(pupil ent.ID, a *gradebook.Assessment) ent.ID {
	t := o.teaching(a.Teaching)
	var end ent.Date
	for _, p := range o.periods {
		if p.ID == a.Period {
			end = p.End
		}
	}
	if o.p.Changes == gradebook.MarksStay || end.IsZero() || t.Subject == "" || o.isMember(set(t), pupil, end) {
		return t.ID
	}
	left := false
	for _, m := range o.membersOf(set(t)) {
		left = left || m.Pupil == pupil && !m.To.IsZero() && m.To.Before(end)
	}
	var to ent.ID
	for i := range o.in.Teachings {
		x := &o.in.Teachings[i]
		if left && x.ID != t.ID && x.Subject == t.Subject && x.Modality == t.Modality && o.isMember(set(x), pupil, end) && (to == "" || x.ID < to) {
			to = x.ID
		}
	}
	if to == "" {
		return t.ID
	}
	return to
}

// paper is a mark that counts in a box.
type paper struct {
	a           *gradebook.Assessment
	n           *big.Rat
	coefficient *big.Rat
}

func (o *oracle) weighs(a *gradebook.Assessment) bool {
	rule := a.ScaleRule
	if rule == "" {
		rule = o.p.Scales
	}
	return rule == gradebook.ScaleWeighs
}

// over20 is the mark out of the reference.
func (o *oracle) over20(x *paper) *big.Rat {
	v := new(big.Rat).Mul(x.n, o.m)
	return v.Quo(v, x.a.Scale.Rat())
}

// adds is what points of a paper add to the total, and weight what it adds to the weights.
func (o *oracle) adds(x *paper, points *big.Rat) *big.Rat {
	v := new(big.Rat).Mul(points, x.coefficient)
	if !o.weighs(x.a) {
		v.Mul(v, o.m).Quo(v, x.a.Scale.Rat())
	}
	return v
}

func (o *oracle) weight(x *paper) *big.Rat {
	v := new(big.Rat).Set(x.coefficient)
	if o.weighs(x.a) {
		v.Mul(v, x.a.Scale.Rat()).Quo(v, o.m)
	}
	return v
}

// around is the container around another that exists in the period, "" for the teaching.
func (o *oracle) around(c *gradebook.Container, period ent.ID) ent.ID {
	for c.Parent != "" {
		c = o.container(c.Parent)
		if c.Period == "" || c.Period == period {
			return c.ID
		}
	}
	return ""
}

func (o *oracle) rule(b *gradebook.Box) gradebook.ContainerRule {
	if b.Rule != "" {
		return b.Rule
	}
	return o.p.Containers
}

// papers are the marks of a pupil that count in a teaching, directly in a container.
func (o *oracle) papers(k oracleKey, container ent.ID) []paper {
	var out []paper
	for i := range o.in.Assessments {
		a := &o.in.Assessments[i]
		r, ok := o.marks[[2]ent.ID{k.pupil, a.ID}]
		if !ok || a.Period != k.period || a.Formative || a.Coefficient.IsZero() || o.place(k.pupil, a) != k.teaching {
			continue
		}
		inside := a.Container
		if a.Teaching != k.teaching {
			inside = "" // the containers of another teaching are not known here
		}
		if inside != container {
			continue
		}
		d, points := r.Points()
		if !points && r.Status() != gradebook.StatusAbsentZero && r.Status() != gradebook.StatusNotHandedInZero {
			continue
		}
		out = append(out, paper{a, d.Rat(), a.Coefficient.Rat()})
	}
	slices.SortFunc(out, func(x, y paper) int {
		if c := x.a.Date.Compare(y.a.Date); c != 0 {
			return c
		}
		return strings.Compare(string(x.a.ID), string(y.a.ID))
	})
	return out
}

// inside are the containers directly inside another.
func (o *oracle) inside(k oracleKey, container ent.ID) []*gradebook.Container {
	var out []*gradebook.Container
	for i := range o.in.Containers {
		c := &o.in.Containers[i]
		if c.Teaching == k.teaching && (c.Period == "" || c.Period == k.period) && o.around(c, k.period) == container {
			out = append(out, c)
		}
	}
	return out
}

// all are the papers of a container and of all inside.
func (o *oracle) all(k oracleKey, container ent.ID) []paper {
	out := o.papers(k, container)
	for _, c := range o.inside(k, container) {
		out = append(out, o.all(k, c.ID)...)
	}
	return out
}

// box is the exact average of a container, or of the teaching for "".
func (o *oracle) box(k oracleKey, container ent.ID, b *gradebook.Box) *big.Rat {
	papers := o.papers(k, container)
	children := o.inside(k, container)
	if o.rule(b) == gradebook.Flattened {
		papers, children = o.all(k, container), nil
		slices.SortFunc(papers, func(x, y paper) int {
			if c := x.a.Date.Compare(y.a.Date); c != 0 {
				return c
			}
			return strings.Compare(string(x.a.ID), string(y.a.ID))
		})
	}
	half := func(x *paper) *big.Rat { return new(big.Rat).Quo(x.a.Scale.Rat(), big.NewRat(2, 1)) }
	sum, weight := new(big.Rat), new(big.Rat)
	var counting, optional []paper
	for _, x := range papers {
		above := x.n.Cmp(half(&x)) > 0
		switch x.a.Kind {
		case gradebook.KindIfImproves:
			optional = append(optional, x)
		case gradebook.KindPointsAboveHalf:
			if above {
				sum.Add(sum, o.adds(&x, new(big.Rat).Sub(x.n, half(&x))))
			}
		case gradebook.KindIfAboveHalf:
			if above {
				counting = append(counting, x)
			}
		default:
			counting = append(counting, x)
		}
	}
	if !b.BestMarkBonus.IsZero() {
		var best *paper
		for i := range counting {
			x := &counting[i]
			if x.a.Teaching == k.teaching && x.a.Container != container {
				continue
			}
			if best == nil || o.better(x, best) {
				best = x
			}
		}
		if best != nil {
			best.coefficient = new(big.Rat).Add(best.coefficient, b.BestMarkBonus.Rat())
		}
	}
	for _, x := range counting {
		sum.Add(sum, o.adds(&x, x.n))
		weight.Add(weight, o.weight(&x))
	}
	for _, c := range children {
		avg := o.box(k, c.ID, &c.Box)
		if o.p.Carry == gradebook.CarryRounded {
			avg = pencil(o.boxRounding(c), avg)
		}
		if avg != nil && !c.Coefficient.IsZero() {
			sum.Add(sum, new(big.Rat).Mul(avg, c.Coefficient.Rat()))
			weight.Add(weight, c.Coefficient.Rat())
		}
	}
	return o.choose(optional, sum, weight)
}

func (o *oracle) boxRounding(c *gradebook.Container) *ent.Rounding {
	if c.Box.Rounding != nil {
		return c.Box.Rounding
	}
	return o.p.Rounding.Container
}

// better reports whether a paper is better than one that stands before it.
func (o *oracle) better(x, than *paper) bool {
	c := o.over20(x).Cmp(o.over20(than))
	if o.p.BestMark == gradebook.BestRaw {
		c = x.n.Cmp(than.n)
	}
	return c > 0 || c == 0 && x.coefficient.Cmp(than.coefficient) > 0
}

// choose tries every choice of optional marks and keeps the best average; in the order of dates it takes what improves.
func (o *oracle) choose(optional []paper, sum, weight *big.Rat) *big.Rat {
	avg := func(s, w *big.Rat) *big.Rat {
		if w.Sign() == 0 {
			return nil
		}
		return new(big.Rat).Quo(s, w)
	}
	best := avg(sum, weight)
	if o.p.Optional == gradebook.GreedyByDate {
		for _, x := range optional {
			s, w := new(big.Rat).Add(sum, o.adds(&x, x.n)), new(big.Rat).Add(weight, o.weight(&x))
			if with := avg(s, w); best == nil || with.Cmp(best) > 0 {
				sum, weight, best = s, w, with
			}
		}
		return best
	}
	for choice := 1; choice < 1<<len(optional); choice++ {
		s, w := new(big.Rat).Set(sum), new(big.Rat).Set(weight)
		for i := range optional {
			if choice>>i&1 == 1 {
				s.Add(s, o.adds(&optional[i], optional[i].n))
				w.Add(w, o.weight(&optional[i]))
			}
		}
		if with := avg(s, w); best == nil || with.Cmp(best) > 0 {
			best = with
		}
	}
	return best
}

// byHand is the average that a teacher set, and whether one was.
func (o *oracle) byHand(k oracleKey, r *ent.Rounding) (oracleFigure, bool) {
	for _, f := range o.in.Finals {
		if f.Pupil != k.pupil || f.Teaching != k.teaching || f.Period != k.period || f.Result.Empty() {
			continue
		}
		d, points := f.Result.Points()
		if !points {
			return oracleFigure{nn: true}, true
		}
		return oracleFigure{exact: d.Rat(), shown: pencil(r, d.Rat())}, true
	}
	return oracleFigure{}, false
}

// figure is the average of a teaching, in a period or in the year.
func (o *oracle) figure(k oracleKey) oracleFigure {
	if f, ok := o.memo[k]; ok {
		return f
	}
	f := o.compute(k)
	o.memo[k] = f
	return f
}

func (o *oracle) compute(k oracleKey) oracleFigure {
	t := o.teaching(k.teaching)
	if k.period == gradebook.Year {
		if f, ok := o.byHand(k, o.p.Rounding.Annual); ok {
			return f
		}
		var list []*big.Rat
		nn := false
		for _, p := range o.periods {
			f := o.figure(oracleKey{k.pupil, k.teaching, p.ID})
			nn = nn || f.nn
			list = append(list, o.up(f, o.p.Carry))
		}
		avg := plainMean(list)
		return oracleFigure{avg, pencil(o.p.Rounding.Annual, avg), avg == nil && nn}
	}
	r := t.Box.Rounding
	if r == nil {
		r = o.p.Rounding.Teaching
	}
	if f, ok := o.byHand(k, r); ok {
		return f
	}
	avg := o.capped(o.box(k, "", &t.Box))
	return oracleFigure{exact: avg, shown: pencil(r, avg)}
}

func (o *oracle) capped(v *big.Rat) *big.Rat {
	if v != nil && o.p.Capped && v.Cmp(o.m) > 0 {
		return o.m
	}
	return v
}

func (o *oracle) up(f oracleFigure, rule gradebook.CarryRule) *big.Rat {
	if rule == gradebook.CarryRounded {
		return f.shown
	}
	return f.exact
}

func plainMean(list []*big.Rat) *big.Rat {
	sum, n := new(big.Rat), int64(0)
	for _, v := range list {
		if v != nil {
			sum.Add(sum, v)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return sum.Quo(sum, big.NewRat(n, 1))
}

// several is the average of some teachings.
func (o *oracle) several(pupil, period ent.ID, modes bool, r *ent.Rounding, pick func(*gradebook.Teaching) bool) oracleFigure {
	sum, weight := new(big.Rat), new(big.Rat)
	half := new(big.Rat).Quo(o.m, big.NewRat(2, 1))
	for i := range o.in.Teachings {
		t := &o.in.Teachings[i]
		if !pick(t) {
			continue
		}
		rule := o.p.Carry
		if period == gradebook.Year {
			rule = o.p.CarryAnnual
		}
		v := o.up(o.figure(oracleKey{pupil, t.ID, period}), rule)
		k := t.Coefficient
		for _, own := range o.in.Coefficients {
			if own.Pupil == pupil && own.Teaching == t.ID {
				k = own.Coefficient
				break
			}
		}
		if v == nil || k.IsZero() {
			continue
		}
		c := k.Rat()
		if o.p.Weights == gradebook.Equal {
			c = big.NewRat(1, 1)
		}
		mode := t.Mode
		if !modes {
			mode = gradebook.ModeNormal
		}
		switch mode {
		case gradebook.ModePointsAboveHalf:
			if v.Cmp(half) > 0 {
				sum.Add(sum, c.Mul(c, new(big.Rat).Sub(v, half)))
			}
			continue
		case gradebook.ModeFromHalf:
			if v.Cmp(half) < 0 {
				continue
			}
		default:
		}
		weight.Add(weight, c)
		sum.Add(sum, new(big.Rat).Mul(c, v))
	}
	if weight.Sign() == 0 {
		return oracleFigure{}
	}
	avg := o.capped(sum.Quo(sum, weight))
	return oracleFigure{exact: avg, shown: pencil(r, avg)}
}

func (o *oracle) general(pupil, period ent.ID) oracleFigure {
	all := func(*gradebook.Teaching) bool { return true }
	switch {
	case period != gradebook.Year:
		return o.several(pupil, period, true, o.p.Rounding.General, all)
	case o.p.AnnualGeneral == gradebook.FromGeneralAverages:
		var list []*big.Rat
		for _, p := range o.periods {
			list = append(list, o.up(o.general(pupil, p.ID), o.p.Carry))
		}
		avg := plainMean(list)
		return oracleFigure{exact: avg, shown: pencil(o.p.Rounding.AnnualGeneral, avg)}
	}
	return o.several(pupil, period, true, o.p.Rounding.AnnualGeneral, all)
}

func (o *oracle) pupils() []ent.ID {
	seen := map[ent.ID]bool{}
	for _, x := range o.in.Marks {
		if a := o.assessment(x.Assessment); a != nil && o.accepted(x.Result, a.Scale) {
			seen[x.Pupil] = true
		}
	}
	for _, x := range o.in.Finals {
		seen[x.Pupil] = true
	}
	for _, x := range o.in.Members {
		seen[x.Pupil] = x.To.IsZero() || !x.To.Before(x.From) || seen[x.Pupil]
	}
	var out []ent.ID
	for id, known := range seen {
		if known && id != "" {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// appears reports whether a pupil has a mark, an empty one too, or an average set by hand, in a teaching and a period.
func (o *oracle) appears(k oracleKey) bool {
	if o.seen == nil {
		o.seen = map[oracleKey]bool{}
		for _, f := range o.in.Finals {
			o.seen[oracleKey{f.Pupil, f.Teaching, f.Period}] = true
		}
		for id := range o.marks {
			a := o.assessment(id[1])
			o.seen[oracleKey{id[0], o.place(id[0], a), a.Period}] = true
		}
	}
	return o.seen[k]
}

// classOf is the class of a pupil at the end of a period, or of the year.
func (o *oracle) classOf(pupil, period ent.ID) ent.ID {
	if len(o.periods) == 0 {
		return ""
	}
	p := &o.periods[len(o.periods)-1]
	for i := range o.periods {
		if o.periods[i].ID == period {
			p = &o.periods[i]
		}
	}
	var of, among ent.ID
	for i := range o.in.Members {
		if m := &o.in.Members[i]; m.Class != "" && m.Pupil == pupil && o.counted(m.Class, pupil, p) && (of == "" || m.Class < of) {
			of = m.Class
		}
	}
	for i := range o.in.Teachings {
		t := &o.in.Teachings[i]
		if t.Class != "" && len(o.membersOf(t.Class)) == 0 && (among == "" || t.Class < among) && o.appears(oracleKey{pupil, t.ID, p.ID}) {
			among = t.Class
		}
	}
	if of == "" {
		return among
	}
	return of
}

// statistics of the averages of some pupils.
func (o *oracle) statistics(pupils []ent.ID, value func(ent.ID) *big.Rat) oracleStatistics {
	out := oracleStatistics{ranks: map[ent.ID]int{}}
	var list []*big.Rat
	for _, p := range pupils {
		v := value(p)
		if v == nil {
			out.without++
			continue
		}
		list = append(list, v)
		rank := 1
		for _, other := range pupils {
			if w := value(other); w != nil && w.Cmp(v) > 0 {
				rank++
			}
		}
		out.ranks[p] = rank
	}
	out.count = len(list)
	if out.count == 0 {
		return out
	}
	slices.SortFunc(list, (*big.Rat).Cmp)
	n := len(list)
	out.exact = plainMean(list)
	out.mean = pencil(o.p.Rounding.Statistics, out.exact)
	out.least, out.most = list[0], list[n-1]
	out.median = plainMean([]*big.Rat{list[(n-1)/2], list[n/2]})
	if n >= 4 {
		// The rank ceil(n/4) is the first one with a quarter of the values at it or before it.
		at := func(quarters int) *big.Rat {
			r := 1
			for 4*r < quarters*n {
				r++
			}
			return list[r-1]
		}
		out.first, out.third = at(1), at(3)
	}
	bounds := o.p.Bands
	if bounds == nil {
		bounds = gradebook.BulletinBands()
	}
	out.bands = make([]int, len(bounds)+1)
	for _, v := range list {
		b := 0
		for b < len(bounds) && v.Cmp(bounds[b].Rat()) >= 0 {
			b++
		}
		out.bands[b]++
	}
	return out
}

// ofTeaching are the statistics of a teaching in a period or in the year.
func (o *oracle) ofTeaching(teaching, period ent.ID) oracleStatistics {
	t := o.teaching(teaching)
	p := gradebook.Period{}
	if n := len(o.periods); n > 0 {
		p = o.periods[n-1]
	}
	for _, x := range o.periods {
		if x.ID == period {
			p = x
		}
	}
	known := len(o.membersOf(set(t))) > 0
	var pupils []ent.ID
	for _, id := range o.pupils() {
		here := false
		switch {
		case known:
			here = len(o.periods) > 0 && o.counted(set(t), id, &p)
		case period == gradebook.Year:
			here = o.appears(oracleKey{id, teaching, gradebook.Year})
			for _, x := range o.periods {
				here = here || o.appears(oracleKey{id, teaching, x.ID})
			}
		default:
			here = o.appears(oracleKey{id, teaching, period})
		}
		if here {
			pupils = append(pupils, id)
		}
	}
	return o.statistics(pupils, func(id ent.ID) *big.Rat { return o.figure(oracleKey{id, teaching, period}).shown })
}

// ofClass are the statistics of the general averages of a class.
func (o *oracle) ofClass(class, period ent.ID) oracleStatistics {
	general := map[ent.ID]*big.Rat{}
	var pupils []ent.ID
	for _, id := range o.pupils() {
		if o.classOf(id, period) == class {
			pupils = append(pupils, id)
			general[id] = o.general(id, period).shown
		}
	}
	return o.statistics(pupils, func(id ent.ID) *big.Rat { return general[id] })
}
