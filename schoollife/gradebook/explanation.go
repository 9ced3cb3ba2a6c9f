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
// asked for, so that those of a whole school year cost little. It is personal data: logs redact it.
type Explanation struct {
	Ref   Ref
	sheet *Sheet
	nodes []node
	outs  []leftOut
}

// Explain returns how an average was reached. It returns CodeNoFigure when there is no value to explain.
func (s *Sheet) Explain(r Ref) (Explanation, error) {
	var tr trace
	c, _, err := s.figure(r, &tr)
	if err != nil {
		return Explanation{}, err
	}
	if !c.shown.some() {
		return Explanation{}, noFigure()
	}
	return s.explanation(r, &c, tr.nodes, tr.outs)
}

// explanation refuses a tree whose value is not the figure.
func (s *Sheet) explanation(r Ref, c *cell, nodes []node, outs []leftOut) (Explanation, error) {
	if len(nodes) == 0 || nodes[len(nodes)-1].v.cmp(c.shown) != 0 {
		return Explanation{}, fmt.Errorf("gradebook: the explanation differs from the figure: %w", ent.CodeExplanation)
	}
	return Explanation{r, s, nodes, outs}, nil
}

// Explanations ranges over those of all averages that have a value: see [Sheet.Averages].
func (s *Sheet) Explanations() iter.Seq2[Explanation, error] {
	return func(yield func(Explanation, error) bool) {
		var tr trace
		for r, at := range s.places() {
			if cap(tr.nodes)-len(tr.nodes) < 256 {
				tr = trace{nodes: make([]node, 0, 1<<14), outs: make([]leftOut, 0, 1<<10)}
			}
			n, o := len(tr.nodes), len(tr.outs)
			c, _ := s.read(at, &tr)
			e, err := s.explanation(r, &c, tr.nodes[n:len(tr.nodes):len(tr.nodes)], tr.outs[o:len(tr.outs):len(tr.outs)])
			if !yield(e, err) {
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
	out := make([]LeftOut, 0, len(e.outs))
	for _, l := range e.outs {
		x := LeftOut{Reason: l.reason()}
		switch l.kind {
		case leftNN, leftTeachingCoefficient, leftTeachingHalf:
			t := &e.sheet.teachings[l.ref]
			x.Teaching, x.Label = t.ID, t.Label
		case leftContainer:
			c := &e.sheet.containers[l.ref]
			x.Container, x.Label = c.ID, c.Label
		default:
			a := &e.sheet.assessments[l.ref]
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
	for i := range e.nodes {
		n := &e.nodes[i]
		s := ent.Step{Op: n.op.public(), Value: n.v.decimal(), Unit: e.unit(n), Label: e.label(n)}
		if n.personal() {
			s.Owner = e.Ref.Pupil
		}
		if n.step != nil {
			r := n.step.rounding
			s.Rounding = &r
		}
		if n.count > 0 {
			t.Fold(int(n.count), s)
			continue
		}
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

func (e Explanation) reference() string { return "/" + ent.NumberText(e.sheet.rules.Reference) }

func (e Explanation) unit(n *node) string {
	switch n.label {
	case labelMark, labelZero, labelHalf, labelAboveHalf:
		if n.ref >= 0 {
			return "/" + ent.NumberText(e.sheet.assessments[n.ref].Scale)
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
	s := e.sheet
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
		return of("matière ", "subject ", string(e.Ref.Subject))
	case labelCategory:
		return of("catégorie ", "category ", string(e.Ref.Category))
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
