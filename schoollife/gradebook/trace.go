package gradebook

import (
	"math/big"

	"github.com/opencartable/cartable/ent"
)

// node is a step of an explanation. Operands stand before the step that uses them; text is made when it is asked for.
type node struct {
	v     num
	step  *step
	ref   int32 // of an assessment, a container, a teaching or a period, as the label says
	count int32 // of operands; 0 for a given value
	op    op
	label labelKind
}

// packed is a node in 24 bytes without a pointer: those of a whole school year are held at once.
type packed struct {
	n, d int64 // d is 0 for a number that does not fit: n is then its place in trace.wides
	ref  int32
	what uint32 // count, operation and label
}

const (
	opBits    = 4
	labelBits = 6
)

// pack keeps a node. Roundings stand in the order of their nodes.
func (t *trace) pack(n *node) {
	p := packed{n: n.v.n, d: n.v.d, ref: n.ref, what: uint32(n.count)<<(opBits+labelBits) | uint32(n.op)<<labelBits | uint32(n.label)} //nolint:gosec // bounded by the limits
	if n.v.wide != nil {
		p.n, p.d = int64(len(t.wides)), 0
		t.wides = append(t.wides, n.v.wide)
	}
	if n.step != nil {
		t.steps = append(t.steps, n.step)
	}
	t.nodes = append(t.nodes, p)
}

// unpack returns a node, but for its rounding.
func (t *trace) unpack(i int32) node {
	p := &t.nodes[i]
	n := node{
		v: num{n: p.n, d: p.d}, ref: p.ref, count: int32(p.what >> (opBits + labelBits)), //nolint:gosec // bounded by the limits
		op: op(p.what >> labelBits & (1<<opBits - 1)), label: labelKind(p.what & (1<<labelBits - 1)),
	}
	if p.d == 0 {
		n.v = num{wide: t.wides[p.n]}
	}
	return n
}

// rename gives the last node the name of the figure that it is.
func (t *trace) rename(label labelKind, ref int32) {
	p := &t.nodes[len(t.nodes)-1]
	p.ref, p.what = ref, p.what&^(1<<labelBits-1)|uint32(label)
}

type op uint8

const (
	opGiven op = iota
	opSum
	opDifference
	opProduct
	opQuotient
	opMin
	opRound
	// opFactor is the reference divided by a scale, opScale a scale divided by the reference: each stands for three steps.
	opFactor
	opScale
)

func (o op) public() ent.Op {
	return [...]ent.Op{ent.OpGiven, ent.OpSum, ent.OpDifference, ent.OpProduct, ent.OpQuotient, ent.OpMin, ent.OpRound, ent.OpQuotient, ent.OpQuotient}[o]
}

type labelKind uint8

const (
	labelMark labelKind = iota
	labelZero           // a status that counts as zero
	labelContribution
	labelAboveHalf
	labelHalf
	labelFactor
	labelReference
	labelScale
	labelCoefficient
	labelBonus
	labelWeight
	labelWeights
	labelTotal
	labelMean
	labelCapped
	labelContainer
	labelContainerCoefficient
	labelTeaching
	labelTeachingCoefficient
	labelSubject
	labelCategory
	labelPeriod
	labelPeriods
	labelAnnual
	labelGeneral
	labelSetByHand
)

type leftKind uint8

const (
	leftStatus leftKind = iota
	leftFormative
	leftCoefficient
	leftHalf
	leftLowers
	leftAlone
	leftContainer
	leftNN
	leftTeachingCoefficient
	leftTeachingHalf
)

// leftOut is a mark or a teaching that does not count, and why.
type leftOut struct {
	status Status
	ref    int32
	kind   leftKind
}

// trace records steps; a nil one records nothing.
type trace struct {
	nodes []packed
	outs  []leftOut
	steps []*step
	wides []*big.Rat
}

func (t *trace) push(n node) {
	if t != nil {
		t.pack(&n)
	}
}

func (t *trace) fold(count int, n node) {
	if t != nil {
		n.count = int32(count) //nolint:gosec // bounded by the limits
		t.pack(&n)
	}
}

// round records a rounding; without one the value keeps its name in the step before.
func (t *trace) round(s *step, label labelKind, ref int32, v num) {
	if t == nil {
		return
	}
	if s != nil {
		t.fold(1, node{op: opRound, label: label, ref: ref, v: v, step: s})
		return
	}
	t.rename(label, ref)
}

// setByHand records a figure that a teacher set.
func (t *trace) setByHand(s *step, label labelKind, teaching int32, c *cell) {
	if t == nil || c.state != StateSet {
		return
	}
	t.push(node{label: labelSetByHand, ref: teaching, v: c.exact})
	if s != nil {
		t.round(s, label, teaching, c.shown)
	}
}

func (t *trace) left(ref int32, kind leftKind, status Status) {
	if t != nil {
		t.outs = append(t.outs, leftOut{status, ref, kind})
	}
}

func isOne(v num) bool { return v.wide == nil && v.n == v.d }

// traceBox records how a box was averaged.
func (s *Sheet) traceBox(g *group, row int, n int32, terms, bonus []term, inside []int32, sum, weight num, tr *trace) {
	for i := range terms {
		t := &terms[i]
		s.traceMark(t, tr)
		s.traceFactors(t, s.contribution(t), tr)
	}
	for i := range bonus {
		t := &bonus[i]
		s.traceMark(t, tr)
		half := t.a.scale.quo(whole1(2))
		tr.push(node{label: labelHalf, ref: t.number, v: half})
		over := t.v.sub(half)
		tr.fold(2, node{op: opDifference, label: labelAboveHalf, ref: t.number, v: over})
		s.traceFactors(t, s.aboveHalf(t), tr)
	}
	for _, child := range inside {
		k := &s.containers[g.boxes[child].container]
		b := &g.boxes[child]
		v := s.carriedBox(b, s.boxAverage(g, row, child, tr))
		if s.rules.Carry == CarryRounded {
			tr.round(b.step, labelContainer, b.container, v)
		} else {
			tr.round(nil, labelContainer, b.container, v)
		}
		if !isOne(k.coefficient) {
			tr.push(node{label: labelContainerCoefficient, ref: g.boxes[child].container, v: k.coefficient})
			tr.fold(2, node{op: opProduct, label: labelContribution, ref: -1, v: v.mul(k.coefficient)})
		}
	}
	tr.fold(len(terms)+len(bonus)+len(inside), node{op: opSum, label: labelTotal, v: sum})
	for i := range terms {
		t := &terms[i]
		s.traceCoefficient(t, tr)
		if t.a.weighs {
			tr.push(node{op: opScale, label: labelFactor, ref: t.number, v: s.weight(t.a)})
			tr.fold(2, node{op: opProduct, label: labelWeight, ref: t.number, v: t.weighed().mul(s.weight(t.a))})
		}
	}
	for _, child := range inside {
		c := g.boxes[child].container
		tr.push(node{label: labelContainerCoefficient, ref: c, v: s.containers[c].coefficient})
	}
	tr.fold(len(terms)+len(inside), node{op: opSum, label: labelWeights, v: weight})
	tr.fold(2, node{op: opQuotient, label: labelMean, ref: g.boxes[n].container, v: sum.quo(weight)})
}

func (s *Sheet) traceMark(t *term, tr *trace) {
	label := labelMark
	if t.zero != "" {
		label = labelZero
	}
	tr.push(node{label: label, ref: t.number, v: t.v})
}

// traceFactors records what a value is multiplied with, if anything.
func (s *Sheet) traceFactors(t *term, contribution num, tr *trace) {
	k := 1
	if !t.a.weighs && t.a.scale.cmp(s.rules.reference) != 0 {
		tr.push(node{op: opFactor, label: labelFactor, ref: t.number, v: s.factor(t.a)})
		k++
	}
	if !isOne(t.weighed()) {
		s.traceCoefficient(t, tr)
		k++
	}
	if k > 1 {
		tr.fold(k, node{op: opProduct, label: labelContribution, ref: t.number, v: contribution})
	}
}

func (s *Sheet) traceCoefficient(t *term, tr *trace) {
	tr.push(node{label: labelCoefficient, ref: t.number, v: t.coefficient})
	if t.extra.some() {
		tr.push(node{label: labelBonus, ref: t.number, v: t.extra})
		tr.fold(2, node{op: opSum, label: labelCoefficient, ref: t.number, v: t.weighed()})
	}
}

// traceTeaching records what a teaching adds to a general average.
func (s *Sheet) traceTeaching(t int32, v, k num, mode GeneralMode, tr *trace) {
	tr.push(node{label: labelTeaching, ref: t, v: v})
	if mode == ModePointsAboveHalf {
		tr.push(node{label: labelHalf, ref: -1, v: s.rules.half})
		v = v.sub(s.rules.half)
		tr.fold(2, node{op: opDifference, label: labelAboveHalf, ref: -1, v: v})
	}
	if !isOne(k) {
		tr.push(node{label: labelTeachingCoefficient, ref: t, v: k})
		tr.fold(2, node{op: opProduct, label: labelContribution, ref: -1, v: v.mul(k)})
	}
}
