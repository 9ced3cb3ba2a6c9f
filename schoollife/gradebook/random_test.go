package gradebook_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// draw draws policies, inputs and edits.
type draw struct {
	*rand.Rand
	n    int
	wild bool // numbers that overflow
}

func newDraw(seed uint64) *draw {
	return &draw{Rand: rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // a test
}

func pick[T any](d *draw, list ...T) T { return list[d.IntN(len(list))] }

func (d *draw) one(in int) bool { return d.IntN(in) == 0 }

func (d *draw) id(prefix string) ent.ID {
	d.n++
	return ent.ID(fmt.Sprintf("%s%d", prefix, (d.n*7919)%10007)) // not in the order of creation
}

func (d *draw) rounding() *ent.Rounding {
	if d.one(4) {
		return nil
	}
	mode := pick(d, ent.RoundHalfUp, ent.RoundHalfUp, ent.RoundCeiling, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown, ent.RoundFloor)
	return &ent.Rounding{Step: dec(pick(d, "0.1", "0.1", "0.01", "0.5", "1", "0.25", "0.2")), Mode: mode}
}

func presets() []gradebook.Policy {
	return []gradebook.Policy{
		gradebook.RescaledRoundLast(), gradebook.ScaleWeighsRoundLast(), gradebook.RescaledRoundEachLevel(), gradebook.BoxesRoundedUp(),
		gradebook.EqualWeightsRoundEachLevel(),
		{},
	}
}

func (d *draw) policy() gradebook.Policy {
	if d.one(2) {
		return pick(d, presets()...)
	}
	p := gradebook.Policy{
		Reference:     dec(pick(d, "0", "20", "20", "10", "100", "19.9")),
		Scales:        pick(d, gradebook.Rescaled, gradebook.ScaleWeighs, ""),
		Containers:    pick(d, gradebook.ByContainer, gradebook.Flattened, ""),
		BestMark:      pick(d, gradebook.BestRescaled, gradebook.BestRaw),
		Optional:      pick(d, gradebook.BestReachable, gradebook.GreedyByDate),
		AboveScale:    pick(d, gradebook.AboveRefused, gradebook.AboveCounts),
		Carry:         pick(d, gradebook.CarryExact, gradebook.CarryRounded),
		CarryAnnual:   pick(d, gradebook.CarryExact, gradebook.CarryRounded),
		Weights:       pick(d, gradebook.ByCoefficient, gradebook.Equal),
		AnnualGeneral: pick(d, gradebook.FromAnnualAverages, gradebook.FromGeneralAverages),
		Changes:       pick(d, gradebook.MarksFollow, gradebook.MarksStay),
		Capped:        d.one(3),
		Rounding: gradebook.Roundings{
			Container: d.rounding(), Teaching: d.rounding(), Subject: d.rounding(), General: d.rounding(), Annual: d.rounding(),
			AnnualGeneral: d.rounding(), Statistics: d.rounding(),
		},
	}
	if d.one(3) {
		p.Bands = gradebook.LSLBands()
	}
	return p
}

func day(month, d int) ent.Date {
	year := int16(2025)
	if month < 9 {
		year = 2026
	}
	return ent.Date{Year: year, Month: uint8(month), Day: uint8(d)} //nolint:gosec // a date
}

func (d *draw) periods() []gradebook.Period {
	all := []gradebook.Period{
		{ID: "T1", Index: 1, Count: 3, Start: day(9, 1), End: day(11, 30)},
		{ID: "T2", Index: 2, Count: 3, Start: day(12, 1), End: day(2, 28)},
		{ID: "T3", Index: 3, Count: 3, Start: day(3, 1), End: day(6, 30)},
	}[:1+d.IntN(3)]
	if d.one(3) {
		for i := range all {
			all[i].Start, all[i].End = ent.Date{}, ent.Date{}
		}
	}
	d.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

func (d *draw) coefficient() decimal.Decimal {
	if d.wild {
		return dec(pick(d, "999983.9999", "0.0001", "1", "7.7777", "31337.1231", "0"))
	}
	return dec(pick(d, "1", "1", "1", "2", "0.5", "3", "0", "1.25"))
}

func (d *draw) scale() decimal.Decimal {
	if d.wild {
		return dec(pick(d, "19.9937", "20", "7.0001", "999999.9999", "13.3331"))
	}
	return dec(pick(d, "20", "20", "10", "5", "40", "12.5"))
}

func (d *draw) box() gradebook.Box {
	b := gradebook.Box{Rule: pick(d, "", gradebook.ByContainer, gradebook.ByContainer, gradebook.Flattened)}
	if d.one(3) {
		b.Rounding = d.rounding()
	}
	if d.one(4) {
		b.BestMarkBonus = d.coefficient()
	}
	return b
}

func (d *draw) day() ent.Date {
	return pick(d, ent.Date{}, day(9, 15), day(10, 10), day(10, 10), day(12, 15), day(1, 20), day(3, 12), day(5, 5))
}

func (d *draw) assessment(in *gradebook.Input) gradebook.Assessment {
	t := pick(d, in.Teachings...).ID
	a := gradebook.Assessment{
		ID: d.id("d"), Teaching: t, Period: pick(d, in.Periods...).ID, Date: d.day(),
		Scale: d.scale(), Coefficient: d.coefficient(), ScaleRule: pick(d, "", "", gradebook.Rescaled, gradebook.ScaleWeighs),
		Kind: pick(d, "", "", "", "", gradebook.KindPointsAboveHalf, gradebook.KindIfAboveHalf, gradebook.KindIfImproves, gradebook.KindIfImproves), Formative: d.one(8),
	}
	if d.one(2) {
		for _, c := range in.Containers {
			if c.Teaching == t && (c.Period == "" || c.Period == a.Period) && d.one(2) {
				a.Container = c.ID
			}
		}
	}
	return a
}

func (d *draw) result(scale decimal.Decimal) gradebook.Result {
	switch d.IntN(14) {
	case 0:
		return gradebook.Without(pick(d, append(gradebook.Statuses(), "excused")...))
	case 1:
		return gradebook.Without(pick(d, gradebook.StatusAbsentZero, gradebook.StatusNotHandedInZero))
	case 2:
		return gradebook.Result{}
	case 3:
		return gradebook.Points(pick(d, scale, decimal.Decimal{}))
	case 4:
		return gradebook.Points(pick(d, dec("-1"), scale.Add(dec("0.5")), dec("1.00001"), dec("1000000")))
	}
	// quarters, tenths or ten-thousandths of the scale
	digits := pick(d, int32(2), 1, 0)
	if d.wild {
		digits = 4
	}
	return gradebook.Points(scale.Mul(decimal.New(d.Int64N(1001), -3)).Truncate(digits))
}

func (d *draw) members(in *gradebook.Input, pupils []ent.ID) {
	for _, class := range []ent.ID{"3A", "3B"} {
		if d.one(3) {
			continue
		}
		for i, p := range pupils {
			m := gradebook.Member{Pupil: p, Class: class}
			switch {
			case i%2 == 0 == (class == "3A") && !d.one(6):
			case d.one(3):
				m.From = pick(d, day(10, 5), day(11, 1), day(1, 15))
			default:
				continue
			}
			if d.one(4) {
				m.To = pick(d, day(10, 4), day(10, 31), day(1, 14), day(6, 1))
			}
			in.Members = append(in.Members, m)
		}
	}
	if d.one(2) {
		for _, p := range pupils[:1+d.IntN(len(pupils))] {
			in.Members = append(in.Members, gradebook.Member{Pupil: p, Group: "G", From: pick(d, ent.Date{}, day(10, 5))})
		}
	}
}

func (d *draw) input() gradebook.Input {
	d.wild = d.one(5)
	in := gradebook.Input{Periods: d.periods()}
	for range 2 + d.IntN(4) {
		t := gradebook.Teaching{
			ID: d.id("t"), Subject: pick(d, "", ent.SubjectCode("030201"), "030201", "030301"), Coefficient: d.coefficient(), Box: d.box(),
			Mode: pick(d, "", "", "", gradebook.ModeFromHalf, gradebook.ModePointsAboveHalf), Category: pick(d, "", ent.ID("sciences")), Modality: pick(d, "S", "S", "O"),
		}
		if d.one(5) {
			t.Group = "G"
		} else {
			t.Class = pick(d, ent.ID("3A"), "3B")
		}
		in.Teachings = append(in.Teachings, t)
	}
	for range d.IntN(5) {
		c := gradebook.Container{ID: d.id("c"), Teaching: pick(d, in.Teachings...).ID, Coefficient: d.coefficient(), Box: d.box()}
		if d.one(4) {
			c.Period = pick(d, in.Periods...).ID
		}
		for _, o := range in.Containers {
			if o.Teaching == c.Teaching && d.one(2) {
				c.Parent = o.ID
			}
		}
		in.Containers = append(in.Containers, c)
	}
	for range d.IntN(24) {
		in.Assessments = append(in.Assessments, d.assessment(&in))
	}
	pupils := []ent.ID{"zoe", "ali", "eva", "max", "lou", "tom"}[:1+d.IntN(6)]
	d.members(&in, pupils)
	for i := range in.Assessments {
		for _, p := range pupils {
			if !d.one(4) {
				in.Marks = append(in.Marks, gradebook.Mark{Pupil: p, Assessment: in.Assessments[i].ID, Result: d.result(in.Assessments[i].Scale)})
			}
		}
	}
	for _, p := range pupils {
		for i := range in.Teachings {
			if d.one(12) {
				in.Finals = append(in.Finals, d.final(p, &in, in.Teachings[i].ID))
			}
			if d.one(12) {
				in.Coefficients = append(in.Coefficients, gradebook.PupilCoefficient{Pupil: p, Teaching: in.Teachings[i].ID, Coefficient: d.coefficient()})
			}
		}
	}
	return in
}

func (d *draw) final(p ent.ID, in *gradebook.Input, teaching ent.ID) gradebook.Final {
	f := gradebook.Final{Pupil: p, Teaching: teaching, Period: pick(d, in.Periods...).ID, Result: points(pick(d, "12.25", "9", "0", "7.777", "9.9"))}
	switch {
	case d.one(4):
		f.Period = gradebook.Year
	case d.one(5):
		f.Result = gradebook.Without(gradebook.StatusNotMarked)
	case d.one(6):
		f.Result = gradebook.Result{}
	}
	return f
}

// shuffled returns the input in another order.
func (d *draw) shuffled(in gradebook.Input) gradebook.Input {
	in.Periods, in.Teachings, in.Containers = mixed(d, in.Periods), mixed(d, in.Teachings), mixed(d, in.Containers)
	in.Assessments, in.Marks, in.Finals = mixed(d, in.Assessments), mixed(d, in.Marks), mixed(d, in.Finals)
	in.Members, in.Coefficients = mixed(d, in.Members), mixed(d, in.Coefficients)
	return in
}

func mixed[T any](d *draw, list []T) []T {
	list = slices.Clone(list)
	d.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
