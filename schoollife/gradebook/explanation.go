package gradebook

import (
	"fmt"
	"iter"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Explanation says how an average was reached. It holds numbers: texts and the tree of package ent are made when they are
// asked for, with the labels of that time, so that those of a whole school year cost little. It is personal data: logs
// redact it. The zero Explanation explains nothing.
type Explanation struct{ x *explained }

// explained is an explanation: a part of a trace.
type explained struct {
	sheet *Sheet
	trace *trace
	other *Ref // of a figure that is not in places
	// The figure: teaching is -1 for a general average.
	pupil, teaching, period int32
	// The nodes and what is left out; the first rounding.
	from, to, outFrom, outTo, step int32
}

// Ref returns the figure that is explained.
func (e Explanation) Ref() Ref {
	if e.x == nil {
		return Ref{}
	}
	if e.x.other != nil {
		return *e.x.other
	}
	r := Ref{Pupil: e.x.sheet.pupils[e.x.pupil]}
	if e.x.teaching >= 0 {
		r.Teaching = e.x.sheet.teachings[e.x.teaching].ID
	}
	if int(e.x.period) < len(e.x.sheet.periods) {
		r.Period = e.x.sheet.periods[e.x.period].ID
	}
	return r
}

// Explain returns how an average was reached. It returns CodeNoFigure when there is no value to explain.
func (s *Sheet) Explain(r Ref) (Explanation, error) {
	x := explained{sheet: s, trace: new(trace), other: &r}
	c, _, err := s.figure(r, x.trace)
	if err != nil {
		return Explanation{}, err
	}
	if !c.shown.some() {
		return Explanation{}, noFigure()
	}
	return x.close(&c)
}

// close ends the part of the trace, and refuses a tree whose value is not the figure.
func (x *explained) close(c *cell) (Explanation, error) {
	x.to, x.outTo = int32(len(x.trace.nodes)), int32(len(x.trace.outs)) //nolint:gosec // far from what it holds
	if x.from < x.to {
		if root := x.trace.unpack(x.to - 1); root.v.cmp(c.shown) == 0 {
			return Explanation{x}, nil
		}
	}
	return Explanation{}, fmt.Errorf("gradebook: the explanation differs from the figure: %w", ent.CodeExplanation)
}

// Explanations ranges over those of all averages that have a value: see [Sheet.Averages].
func (s *Sheet) Explanations() iter.Seq2[Explanation, error] {
	return func(yield func(Explanation, error) bool) {
		const nodes = 1 << 14 // of a trace, about 400 explanations
		var tr *trace
		var list []explained
		for _, at := range s.places() {
			if tr == nil || cap(tr.nodes)-len(tr.nodes) < nodes/64 {
				tr = &trace{nodes: make([]packed, 0, nodes), outs: make([]leftOut, 0, 1<<9), steps: make([]*step, 0, 1<<9)}
			}
			if len(list) == cap(list) {
				list = make([]explained, 0, 1<<10)
			}
			list = append(list, explained{
				sheet: s, trace: tr, pupil: int32(at.pupil), teaching: -1, period: int32(at.period), //nolint:gosec // bounded by the limits
				from: int32(len(tr.nodes)), outFrom: int32(len(tr.outs)), step: int32(len(tr.steps)), //nolint:gosec // bounded
			})
			x := &list[len(list)-1]
			if at.pair != nil {
				x.teaching = at.pair.teaching
			}
			c, _ := s.read(at, tr)
			if !yield(x.close(&c)) {
				return
			}
		}
	}
}

// LogValue hides the explanation.
func (e Explanation) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides the explanation.
func (e Explanation) String() string { return hidden }

// GoString hides the explanation.
func (e Explanation) GoString() string { return `"` + hidden + `"` }

// LeftOut is a mark, a container or a teaching that does not count, and why.
type LeftOut struct {
	// Assessment, Container or Teaching: one of them.
	Assessment, Container, Teaching ent.ID
	Label                           string
	Reason                          ent.Label
}

// LeftOut returns what does not count.
func (e Explanation) LeftOut() []LeftOut {
	if e.x == nil {
		return nil
	}
	sheet := e.x.sheet
	outs := e.x.trace.outs[e.x.outFrom:e.x.outTo]
	out := make([]LeftOut, 0, len(outs))
	for _, l := range outs {
		x := LeftOut{Reason: l.reason()}
		switch l.kind {
		case leftNN, leftTeachingCoefficient, leftTeachingHalf:
			t := &sheet.teachings[l.ref]
			x.Teaching, x.Label = t.ID, t.Label
		case leftContainer:
			c := &sheet.containers[l.ref]
			x.Container, x.Label = c.ID, c.Label
		default:
			a := &sheet.assessments[l.ref]
			x.Assessment, x.Label = a.ID, a.Label
		}
		out = append(out, x)
	}
	return out
}

func (l leftOut) reason() ent.Label {
	switch l.kind {
	case leftStatus:
		return ent.Label{FR: l.status.Label(ent.FR), EN: l.status.Label(ent.EN)}
	case leftFormative:
		return ent.Label{FR: "évaluation formative", EN: "formative assessment"}
	case leftCoefficient, leftContainer, leftTeachingCoefficient:
		return ent.Label{FR: "coefficient 0", EN: "coefficient 0"}
	case leftHalf, leftTeachingHalf:
		return ent.Label{FR: "ne compte qu'au-dessus de la moitié", EN: "counts above half only"}
	case leftLowers:
		return ent.Label{FR: "n'améliore pas la moyenne", EN: "does not improve the average"}
	case leftAlone:
		return ent.Label{FR: "bonus sans note obligatoire", EN: "bonus without a mandatory mark"}
	case leftNN:
		return ent.Label{FR: "non noté", EN: "not marked"}
	}
	return ent.Label{}
}

// Tree returns the explanation as the tree that all of Cartable uses. Steps belong to the pupil.
func (e Explanation) Tree() (ent.Explanation, error) {
	var t ent.Trace
	if e.x == nil {
		return t.Explanation()
	}
	owner, rounding := e.Ref().Pupil, e.x.step
	given := func(n *node, s ent.Step) {
		if r := n.v.rat(); !endsInDecimals(r) {
			// Its decimals do not end: the exact fraction is given instead.
			s.Op = ent.OpQuotient
			s.Operands = []ent.Step{
				{Op: ent.OpGiven, Value: decimal.NewFromBigInt(r.Num(), 0), Label: ent.Label{FR: "valeur exacte, numérateur", EN: "exact value, numerator"}, Owner: s.Owner},
				{Op: ent.OpGiven, Value: decimal.NewFromBigInt(r.Denom(), 0), Label: ent.Label{FR: "dénominateur", EN: "denominator"}},
			}
		}
		t.Push(s)
	}
	for i := e.x.from; i < e.x.to; i++ {
		n := e.x.trace.unpack(i)
		s := ent.Step{Op: n.op.public(), Value: n.v.decimal(), Unit: e.unit(&n), Label: e.label(&n)}
		if n.personal() {
			s.Owner = owner
		}
		reference := e.x.sheet.rules.reference
		switch n.op {
		case opGiven:
			given(&n, s)
		case opFactor:
			t.Push(ent.Step{Op: ent.OpGiven, Value: reference.decimal(), Label: e.label(&node{label: labelReference})})
			t.Push(ent.Step{Op: ent.OpGiven, Value: reference.quo(n.v).decimal(), Label: e.label(&node{label: labelScale})})
			t.Fold(2, s)
		case opScale:
			t.Push(ent.Step{Op: ent.OpGiven, Value: reference.mul(n.v).decimal(), Label: e.label(&node{label: labelScale})})
			t.Push(ent.Step{Op: ent.OpGiven, Value: reference.decimal(), Label: e.label(&node{label: labelReference})})
			t.Fold(2, s)
		case opRound:
			r := e.x.trace.steps[rounding].rounding
			rounding++
			s.Rounding = &r
			t.Fold(1, s)
		default:
			t.Fold(int(n.count), s)
		}
	}
	return t.Explanation()
}

// personal reports whether the value says something of the pupil; a scale or a coefficient does not.
func (n *node) personal() bool {
	switch n.label {
	case labelReference, labelScale, labelFactor, labelHalf, labelContainerCoefficient:
		return false
	default:
		return true
	}
}

func (e Explanation) reference() string { return "/" + ent.NumberText(e.x.sheet.rules.Reference) }

func (e Explanation) unit(n *node) string {
	switch n.label {
	case labelMark, labelZero, labelHalf, labelAboveHalf:
		if n.ref >= 0 {
			return "/" + ent.NumberText(e.x.sheet.assessments[n.ref].scale.decimal())
		}
		return e.reference()
	case labelMean, labelCapped, labelContainer, labelTeaching, labelSubject, labelCategory, labelPeriod, labelAnnual, labelGeneral, labelSetByHand:
		return e.reference()
	default:
		return ""
	}
}

// label names a step; titles are the teachers' own.
func (e Explanation) label(n *node) ent.Label {
	s := e.x.sheet
	both := func(text string) ent.Label { return ent.Label{FR: text, EN: text} }
	of := func(fr, en, title string) ent.Label { return ent.Label{FR: fr + title, EN: en + title} }
	switch n.label {
	case labelMark:
		return both(title(s.assessments[n.ref].Label, s.assessments[n.ref].ID))
	case labelZero:
		name := title(s.assessments[n.ref].Label, s.assessments[n.ref].ID)
		return ent.Label{FR: name + " (compte zéro)", EN: name + " (counts as zero)"}
	case labelContribution:
		return ent.Label{FR: "contribution", EN: "contribution"}
	case labelAboveHalf:
		return ent.Label{FR: "points au-dessus de la moitié", EN: "points above half"}
	case labelHalf:
		return ent.Label{FR: "moitié", EN: "half"}
	case labelFactor:
		return of("rapport à ", "ratio to ", ent.NumberText(s.rules.Reference))
	case labelReference:
		return ent.Label{FR: "référence", EN: "reference"}
	case labelScale:
		return ent.Label{FR: "barème", EN: "scale"}
	case labelCoefficient:
		return ent.Label{FR: "coefficient", EN: "coefficient"}
	case labelBonus:
		return ent.Label{FR: "pondération de la meilleure note", EN: "bonus of the best mark"}
	case labelWeight:
		return ent.Label{FR: "poids", EN: "weight"}
	case labelWeights:
		return ent.Label{FR: "coefficients", EN: "coefficients"}
	case labelTotal:
		return ent.Label{FR: "total", EN: "total"}
	case labelMean:
		return ent.Label{FR: "moyenne exacte", EN: "exact average"}
	case labelCapped:
		return ent.Label{FR: "moyenne plafonnée", EN: "capped average"}
	case labelContainer:
		return both(title(s.containers[n.ref].Label, s.containers[n.ref].ID))
	case labelContainerCoefficient:
		return of("coefficient : ", "coefficient: ", title(s.containers[n.ref].Label, s.containers[n.ref].ID))
	case labelTeaching:
		return both(title(s.teachings[n.ref].Label, s.teachings[n.ref].ID))
	case labelTeachingCoefficient:
		return of("coefficient : ", "coefficient: ", title(s.teachings[n.ref].Label, s.teachings[n.ref].ID))
	case labelSubject:
		return of("matière ", "subject ", string(e.Ref().Subject))
	case labelCategory:
		return of("catégorie ", "category ", string(e.Ref().Category))
	case labelPeriod:
		return both(title(s.periods[n.ref].Label, s.periods[n.ref].ID))
	case labelPeriods:
		return ent.Label{FR: "périodes", EN: "periods"}
	case labelAnnual:
		return of("moyenne annuelle : ", "annual average: ", title(s.teachings[n.ref].Label, s.teachings[n.ref].ID))
	case labelGeneral:
		return ent.Label{FR: "moyenne générale", EN: "general average"}
	case labelSetByHand:
		return ent.Label{FR: "fixée par l'enseignant", EN: "set by the teacher"}
	}
	return ent.Label{}
}

func title(label string, id ent.ID) string {
	if label == "" {
		return string(id)
	}
	return label
}

func endsInDecimals(r *big.Rat) bool {
	_, ends := r.FloatPrec()
	return ends
}
