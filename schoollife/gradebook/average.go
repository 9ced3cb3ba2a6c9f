package gradebook

import (
	"math"
	"slices"

	"github.com/opencartable/cartable/internal/fixed"
)

// setUp makes a group ready: its boxes, its rounding, and integer multipliers where they serve.
func (s *Sheet) setUp(i int) {
	g := &s.groups[i]
	t, q := int32(i/len(s.periods)), int32(i%len(s.periods)) //nolint:gosec // bounded by the limits
	g.step = s.rules.teaching
	if own := s.teachings[t].Box.Rounding; own != nil {
		g.step, _ = stepOf(own)
	}
	s.makeBoxes(g, t, q)
	s.multipliers(g)
	if len(g.cells) != len(g.rows) {
		g.cells = s.room.cells.take(len(g.rows))
	}
}

// makeBoxes lays out the containers of a group. A box that is flat holds the columns of all that is inside.
func (s *Sheet) makeBoxes(g *group, t, q int32) {
	x := &s.teachings[t]
	bonus, _ := numOf(x.Box.BestMarkBonus)
	g.boxes = s.room.boxes.take(1)
	g.boxes[0] = box{container: -1, flat: x.Box.Rule == Flattened, bonus: bonus}
	if len(s.containers) == 0 {
		g.boxes[0].cols = s.room.numbers.take(len(g.cols))
		for c := range g.cols {
			g.boxes[0].cols[c] = int32(c) //nolint:gosec // bounded
		}
		return
	}
	at := map[int32]int32{-1: 0}
	for c := range s.containers {
		k := &s.containers[c]
		if k.teaching == t && (k.period < 0 || k.period == q) {
			at[int32(c)] = int32(len(g.boxes))                                                                               //nolint:gosec // bounded
			g.boxes = append(g.boxes, box{container: int32(c), flat: k.Box.Rule == Flattened, bonus: k.bonus, step: k.step}) //nolint:gosec // bounded
		}
	}
	around := func(c int32) int32 { // the box around a container that exists in this period
		for c >= 0 {
			c = s.containers[c].parent
			if n, ok := at[c]; ok {
				return n
			}
		}
		return 0
	}
	for n := 1; n < len(g.boxes); n++ {
		p := around(g.boxes[n].container)
		g.boxes[p].children = append(g.boxes[p].children, int32(n)) //nolint:gosec // bounded
	}
	for c, a := range g.cols {
		n := int32(0)
		if s.assessments[a].teaching == t {
			if k, ok := at[s.assessments[a].container]; ok {
				n = k
			}
		}
		// The column goes to the outermost flat box that holds it.
		for b := n; ; b = around(g.boxes[b].container) {
			if g.boxes[b].flat {
				n = b
			}
			if b == 0 {
				break
			}
		}
		g.boxes[n].cols = append(g.boxes[n].cols, int32(c)) //nolint:gosec // bounded
	}
	for n := range g.boxes {
		if g.boxes[n].flat {
			g.boxes[n].children = nil
		}
	}
}

// factor and weight are what a mark and a coefficient of 1 point weigh: see [Rescaled] and [ScaleWeighs].
func (s *Sheet) factor(a *assessment) num {
	if a.weighs {
		return whole1(1)
	}
	return s.rules.reference.quo(a.scale)
}

func (s *Sheet) weight(a *assessment) num {
	if a.weighs {
		return a.scale.quo(s.rules.reference)
	}
	return whole1(1)
}

// counts reports whether the marks of an assessment may count.
func (a *assessment) counts() bool { return !a.Formative && a.coefficient.n > 0 }

const manyWeighings = 64

// weighing remembers what marks of a scale and a coefficient weigh: there are few of both.
type weighing struct {
	scale, coefficient num
	weighs             bool
	w, v               num
}

// weights are what a mark and a unit of its scale weigh, coefficient included.
func (s *Sheet) weights(x *assessment) (w, v num) {
	at := &s.weighings[(x.scale.n*7+x.coefficient.n*3+x.coefficient.d)&(manyWeighings-1)]
	if at.scale != x.scale || at.coefficient != x.coefficient || at.weighs != x.weighs {
		*at = weighing{
			scale: x.scale, coefficient: x.coefficient, weighs: x.weighs,
			w: s.factor(x).mul(x.coefficient).lowest(), v: s.weight(x).mul(x.coefficient).lowest(),
		}
	}
	return at.w, at.v
}

// multipliers finds integers w and v for each column such that an average is Σ w·mark / (Σ v × units), for a group without
// containers, bonuses and optional marks. Sums must be far from what an int64 holds; otherwise the group is not simple.
func (s *Sheet) multipliers(g *group) {
	g.simple = len(g.boxes[0].children) == 0 && g.boxes[0].bonus.n == 0 && !s.rules.Capped
	lcm := int64(1)
	ws, vs := s.ws[:0], s.vs[:0]
	for _, a := range g.cols {
		x := &s.assessments[a]
		w, v := whole1(0), whole1(0)
		if x.counts() {
			w, v = s.weights(x)
		}
		if x.Kind != KindNormal || w.wide != nil || v.wide != nil {
			g.simple = false
		}
		if !g.simple {
			return
		}
		ws, vs = append(ws, w), append(vs, v)
		for _, d := range [2]int64{w.d, v.d} {
			if lcm%d == 0 {
				continue
			}
			var ok bool
			if lcm, ok = fixed.Product(lcm, d/fixed.GCD(lcm, d)); !ok || lcm > math.MaxInt32 {
				g.simple = false
				return
			}
		}
	}
	s.ws, s.vs = ws, vs
	g.w, g.v = s.room.multipliers.take(len(g.cols)), s.room.multipliers.take(len(g.cols))
	// A mark is less than 10^6, with four decimals: 10^10 units.
	sum, most, greatest := int64(0), int64(math.MaxInt64/4), int64(pow10(maxWhole+maxDecimals)) //nolint:gosec // 10^10
	for c := range g.cols {
		w, ok1 := fixed.Product(ws[c].n, lcm/ws[c].d)
		v, ok2 := fixed.Product(vs[c].n, lcm/vs[c].d)
		g.w[c], g.v[c] = w, v
		part, ok3 := fixed.Product(max(w, v), greatest)
		var ok4 bool
		sum, ok4 = fixed.Sum(sum, part)
		if !ok1 || !ok2 || !ok3 || !ok4 || sum > most {
			g.simple = false
			return
		}
	}
}

// evalGroup computes the averages of a group.
func (s *Sheet) evalGroup(i int) {
	for row := range s.groups[i].rows {
		s.evalTeaching(i, row)
	}
}

// evalTeaching computes the average of a row.
func (s *Sheet) evalTeaching(i, row int) {
	g := &s.groups[i]
	s.ran.Teachings++
	c := &g.cells[row]
	if t := &s.teachings[g.teaching]; len(t.finals) > 0 {
		if r := t.finals[finalKey{g.rows[row], int32(i % len(s.periods))}]; !r.Empty() { //nolint:gosec // few
			*c = setByHand(r, g.step)
			return
		}
	}
	exact := s.average(g, row)
	if !exact.some() {
		*c = cell{}
		return
	}
	c.set(exact, g.step.round(exact), exact.near(), StateComputed)
}

// setByHand is the figure that a teacher set.
func setByHand(r Result, step *step) cell {
	if r.kind() != resultPoints {
		return cell{state: StateNN}
	}
	v := r.points()
	return cell{exact: v, shown: step.round(v), near: v.near(), state: StateSet}
}

// average returns the exact average of a row, none when nothing weighs.
func (s *Sheet) average(g *group, row int) num {
	if !g.simple {
		return s.boxAverage(g, row, 0, nil)
	}
	var n, d int64
	for c, v := range g.m[row*len(g.cols) : (row+1)*len(g.cols)] {
		if v > emptyValue {
			n += g.w[c] * (v - 1)
			d += g.v[c]
		} else if zeroValue(v) {
			d += g.v[c]
		}
	}
	if d == 0 {
		return num{}
	}
	return num{n: n, d: d * units}
}

// term is a mark that counts in a box.
type term struct {
	a           *assessment
	number      int32 // of the assessment
	v           num   // points
	coefficient num
	extra       num // the bonus of the best mark
	zero        Status
}

// weighed is the coefficient, bonus included.
func (t *term) weighed() num {
	if t.extra.some() {
		return t.coefficient.add(t.extra)
	}
	return t.coefficient
}

// rescaled is the mark out of the reference.
func (s *Sheet) rescaled(t *term) num { return t.v.mul(s.rules.reference).quo(t.a.scale) }

// boxAverage returns the exact average of a box, none when nothing weighs. A trace gets the tree.
func (s *Sheet) boxAverage(g *group, row int, n int32, tr *trace) num {
	b := &g.boxes[n]
	var few [12]term // most boxes hold no more, and then nothing is allocated
	terms := few[:0]
	var bonus, optional []term
	for _, c := range b.cols {
		value := g.m[row*len(g.cols)+int(c)]
		if value == emptyValue {
			continue
		}
		a := &s.assessments[g.cols[c]]
		t := term{a: a, number: g.cols[c], coefficient: a.coefficient}
		switch {
		case value > emptyValue:
			t.v = num{n: value - 1, d: units}
		case zeroValue(value):
			t.v, t.zero = whole1(0), s.statusOf(value)
		default:
			tr.left(g.cols[c], leftStatus, s.statusOf(value))
			continue
		}
		above := t.v.cmp(a.scale.quo(whole1(2))) > 0
		switch {
		case a.Formative:
			tr.left(g.cols[c], leftFormative, "")
		case a.coefficient.n == 0:
			tr.left(g.cols[c], leftCoefficient, "")
		case a.Kind == KindNormal, a.Kind == KindIfAboveHalf && above:
			terms = append(terms, t)
		case a.Kind == KindPointsAboveHalf && above:
			bonus = append(bonus, t)
		case a.Kind == KindIfImproves:
			optional = append(optional, t)
		default:
			tr.left(g.cols[c], leftHalf, "")
		}
	}
	s.rewardBest(g, b, terms)
	sum, weight := whole1(0), whole1(0)
	for i := range terms {
		sum = sum.add(s.contribution(&terms[i]))
		weight = weight.add(terms[i].weighed().mul(s.weight(terms[i].a)))
	}
	for i := range bonus {
		sum = sum.add(s.aboveHalf(&bonus[i]))
	}
	var inside []int32
	for _, child := range b.children {
		k := &s.containers[g.boxes[child].container]
		avg := s.boxAverage(g, row, child, nil)
		switch {
		case !avg.some() && tr != nil:
			s.boxAverage(g, row, child, tr) // what is left out there
		case avg.some() && k.coefficient.n == 0:
			tr.left(g.boxes[child].container, leftContainer, "")
		case avg.some():
			sum, weight = sum.add(s.carriedBox(&g.boxes[child], avg).mul(k.coefficient)), weight.add(k.coefficient)
			inside = append(inside, child)
		}
	}
	taken, sum, weight := s.improve(optional, sum, weight, tr)
	terms = append(terms, taken...)
	if weight.sign() == 0 {
		for i := range bonus {
			tr.left(bonus[i].number, leftAlone, "")
		}
		return num{}
	}
	avg := sum.quo(weight)
	capped := n == 0 && s.rules.Capped && avg.cmp(s.rules.reference) > 0
	if capped {
		avg = s.rules.reference
	}
	if tr != nil {
		s.traceBox(g, row, n, terms, bonus, inside, sum, weight, tr)
		if capped {
			tr.push(node{label: labelReference, v: s.rules.reference})
			tr.fold(2, node{op: opMin, label: labelCapped, v: avg})
		}
	}
	return avg
}

// carriedBox is what goes up from a container to what is around it.
func (s *Sheet) carriedBox(b *box, exact num) num {
	if s.rules.Carry == CarryRounded {
		return b.step.round(exact)
	}
	return exact
}

// contribution is what a mark adds to the total.
func (s *Sheet) contribution(t *term) num {
	return t.v.mul(s.factor(t.a)).mul(t.weighed())
}

// aboveHalf is what a mark adds when only its points above half of the scale count.
func (s *Sheet) aboveHalf(t *term) num {
	return t.v.sub(t.a.scale.quo(whole1(2))).mul(s.factor(t.a)).mul(t.coefficient)
}

// rewardBest gives the bonus of the box to the best of its own marks.
func (s *Sheet) rewardBest(g *group, b *box, terms []term) {
	if b.bonus.n == 0 {
		return
	}
	best := -1
	for i := range terms {
		t := &terms[i]
		if b.flat && t.a.teaching == g.teaching && t.a.container != b.container { // not directly in the box
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		o := &terms[best]
		c := s.rescaled(t).cmp(s.rescaled(o))
		if s.rules.BestMark == BestRaw {
			c = t.v.cmp(o.v)
		}
		if c > 0 || c == 0 && t.coefficient.cmp(o.coefficient) > 0 {
			best = i
		}
	}
	if best >= 0 {
		terms[best].extra = b.bonus
	}
}

// improve takes the optional marks that raise the average, and returns the total and the weight with them. In decreasing
// order, each one above the average of those before it, they give the best that any choice can give.
func (s *Sheet) improve(optional []term, sum, weight num, tr *trace) ([]term, num, num) {
	if s.rules.Optional == BestReachable {
		slices.SortStableFunc(optional, func(x, y term) int { return s.rescaled(&y).cmp(s.rescaled(&x)) })
		if weight.sign() == 0 {
			s.alone(optional, sum)
		}
	}
	var taken []term
	for i := range optional {
		t := &optional[i]
		if weight.sign() > 0 && s.rescaled(t).mul(weight).cmp(sum) <= 0 {
			tr.left(t.number, leftLowers, "")
			continue
		}
		sum, weight = sum.add(s.contribution(t)), weight.add(t.coefficient.mul(s.weight(t.a)))
		taken = append(taken, *t)
	}
	return taken, sum, weight
}

// alone puts first the optional mark that gives the best average by itself, when none is mandatory: with points above half
// already in the total, that may be one with a small weight. No other one improves on it.
func (s *Sheet) alone(optional []term, sum num) {
	best, most := 0, num{}
	for i := range optional {
		t := &optional[i]
		avg := sum.add(s.contribution(t)).quo(t.coefficient.mul(s.weight(t.a)))
		if !most.some() || avg.cmp(most) > 0 {
			best, most = i, avg
		}
	}
	for i := best; i > 0; i-- {
		optional[i], optional[i-1] = optional[i-1], optional[i]
	}
}
