package gradebook

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// ExplainMean returns how the mean of some statistics was reached: the published average of each pupil who counts, which belongs
// to that pupil and is shown to nobody else but those who may read the marks of all; their sum, their number, the rounding. It
// takes the refs that [Sheet.Statistics] takes, and returns CodeNoFigure when nobody has an average.
func (s *Sheet) ExplainMean(r Ref) (ent.Explanation, error) {
	st, err := s.Statistics(r)
	if err != nil {
		return ent.Explanation{}, err
	}
	if st.Count == 0 {
		return ent.Explanation{}, noFigure()
	}
	var t ent.Trace
	unit := "/" + ent.NumberText(s.rules.Reference)
	sum, n := new(big.Rat), 0
	for _, pupil := range s.counted(r) {
		avg, err := s.Average(Ref{Pupil: pupil, Teaching: r.Teaching, Period: r.Period})
		if err != nil {
			return ent.Explanation{}, err
		}
		d, ok := avg.Decimal()
		if rank, _ := avg.Rank(); !ok || rank == 0 { // nothing to count, or not there at the end of the period
			continue
		}
		t.Push(ent.Step{Op: ent.OpGiven, Value: d, Unit: unit, Label: ent.Label{FR: "moyenne d'un élève", EN: "average of a pupil"}, Owner: pupil})
		sum.Add(sum, d.Rat())
		n++
	}
	if n != st.Count {
		return ent.Explanation{}, fmt.Errorf("gradebook: the explanation differs from the figure: %w", ent.CodeExplanation)
	}
	t.Fold(n, ent.Step{Op: ent.OpSum, Value: ent.Written(sum), Label: ent.Label{FR: "total", EN: "total"}})
	t.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(int64(n), 0), Label: ent.Label{FR: "nombre de moyennes", EN: "number of averages"}})
	mean := new(big.Rat).Quo(sum, big.NewRat(int64(n), 1))
	t.Fold(2, ent.Step{Op: ent.OpQuotient, Value: ent.Written(mean), Unit: unit, Label: ent.Label{FR: "moyenne exacte de la classe", EN: "exact mean of the class"}})
	if step := s.rules.Rounding.Statistics; step != nil {
		t.Fold(1, ent.Step{Op: ent.OpRound, Value: st.Mean, Unit: unit, Label: ent.Label{FR: "moyenne de la classe", EN: "mean of the class"}, Rounding: step})
	}
	return t.Explanation()
}

// counted are the pupils among whom those who count are: those of the teaching, or of the class.
func (s *Sheet) counted(r Ref) []ent.ID {
	var out []ent.ID
	for i := range s.pupils {
		pupil := s.pupils[i]
		if r.Teaching == "" && s.Class(pupil, r.Period) != r.Class {
			continue
		}
		out = append(out, pupil)
	}
	slices.Sort(out)
	return out
}
