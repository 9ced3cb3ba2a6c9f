package gradebook_test

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

const (
	schoolClasses   = 50
	schoolPupils    = 30 // of a class
	schoolTeachings = 12 // of a class
	schoolTests     = 8  // of a teaching in a period; one more in a class of three
)

// school is a fictional year of 1 500 pupils: dated memberships and assessments, four scales, coefficients from 0.5 to 3,
// some six marks in a hundred replaced by a status.
func school() gradebook.Input {
	d := newDraw(1)
	in := gradebook.Input{Periods: []gradebook.Period{
		{ID: "T1", Index: 1, Count: 3, Start: day(9, 1), End: day(11, 30)},
		{ID: "T2", Index: 2, Count: 3, Start: day(12, 1), End: day(2, 28)},
		{ID: "T3", Index: 3, Count: 3, Start: day(3, 1), End: day(6, 30)},
	}}
	scales := []decimal.Decimal{dec("20"), dec("20"), dec("20"), dec("10"), dec("5"), dec("40")}
	coefficients := []decimal.Decimal{dec("1"), dec("1"), dec("2"), dec("0.5"), dec("1.5"), dec("3")}
	months := [][]int{{9, 10, 11}, {12, 1, 2}, {3, 4, 5}}
	for c := range schoolClasses {
		class := ent.ID(fmt.Sprintf("class-%02d", c))
		pupils := make([]ent.ID, schoolPupils)
		for i := range pupils {
			pupils[i] = ent.ID(fmt.Sprintf("pupil-%04d", c*schoolPupils+i))
			m := gradebook.Member{Pupil: pupils[i], Class: class, From: day(9, 1)}
			if d.one(100) {
				m.To = day(1, 15)
			}
			in.Members = append(in.Members, m)
		}
		for s := range schoolTeachings {
			t := gradebook.Teaching{
				ID: ent.ID(fmt.Sprintf("%s-%02d", class, s)), Class: class, Label: "Discipline", Subject: ent.SubjectCode(fmt.Sprintf("%06d", 30000+s)),
				Coefficient: coefficients[s%len(coefficients)], Modality: "S",
			}
			in.Teachings = append(in.Teachings, t)
			for q := range in.Periods {
				for n := range schoolTests {
					a := gradebook.Assessment{
						ID: ent.ID(fmt.Sprintf("%s-%s-%d", t.ID, in.Periods[q].ID, n)), Teaching: t.ID, Period: in.Periods[q].ID, Label: "Devoir",
						Date: day(months[q][n%3], 1+d.IntN(28)), Scale: pick(d, scales...), Coefficient: pick(d, coefficients...),
					}
					in.Assessments = append(in.Assessments, a)
					quarters := a.Scale.IntPart() * 4
					for _, p := range pupils {
						m := gradebook.Mark{Pupil: p, Assessment: a.ID}
						switch k := d.IntN(100); {
						case k < 4:
							m.Result = gradebook.Without(pick(d, gradebook.StatusAbsent, gradebook.StatusExempt, gradebook.StatusNotHandedIn, gradebook.StatusNotMarked))
						case k < 6:
							m.Result = gradebook.Without(gradebook.StatusAbsentZero)
						default:
							m.Result = gradebook.Points(decimal.New(d.Int64N(quarters+1)*25, -2))
						}
						in.Marks = append(in.Marks, m)
					}
				}
			}
		}
	}
	return in
}
