package gradebook

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Policy says how averages are computed. The zero Policy brings every mark to 20, keeps exact values from end to end and
// rounds nothing; the functions below return the policies that are met, named after their rules.
type Policy struct {
	// Name is what the caller calls it; it changes nothing.
	Name string `json:"name,omitempty"`
	// Reference is what averages are out of; 20 when zero.
	Reference decimal.Decimal `json:"reference"`
	// Scales is the rule of assessments that have none of their own.
	Scales ScaleRule `json:"scales,omitempty"`
	// Containers is the rule of boxes that have none of their own.
	Containers ContainerRule `json:"containers,omitempty"`
	// BestMark says which mark gets the bonus of its box.
	BestMark BestMarkRule `json:"best_mark,omitempty"`
	// Optional says how marks that count if they improve are taken.
	Optional OptionalRule `json:"optional,omitempty"`
	// AboveScale says what becomes of a mark above its scale.
	AboveScale AboveScaleRule `json:"above_scale,omitempty"`
	// Carry says what goes up to the next level: exact values, or those that are shown.
	Carry CarryRule `json:"carry,omitempty"`
	// CarryAnnual says the same of annual averages, which go up to the general average of the year.
	CarryAnnual CarryRule `json:"carry_annual,omitempty"`
	// Weights are those of teachings in the general average.
	Weights WeightRule `json:"weights,omitempty"`
	// AnnualGeneral says what the general average of the year is made from.
	AnnualGeneral AnnualRule `json:"annual_general,omitempty"`
	// Changes says what becomes of marks when a pupil changes class within a period.
	Changes ChangeRule `json:"changes,omitempty"`
	// Capped brings averages above the reference, which points above half may give, back to it.
	Capped bool `json:"capped,omitempty"`
	// Rounding of the figures, by level; nil rounds nothing.
	Rounding Roundings `json:"rounding"`
	// Bands are the lower bounds of the bands of a distribution, increasing: 8 and 12 make three bands. Those of the bulletin
	// when nil.
	Bands []decimal.Decimal `json:"bands,omitempty"`
}

// Roundings are the roundings of a policy. A box's own goes before Container and, for a teaching, before Teaching.
type Roundings struct {
	Container *ent.Rounding `json:"container,omitempty"`
	Teaching  *ent.Rounding `json:"teaching,omitempty"`
	// Subject is the rounding of averages of several teachings of one subject, and of a category.
	Subject *ent.Rounding `json:"subject,omitempty"`
	General *ent.Rounding `json:"general,omitempty"`
	// Annual and AnnualGeneral are those of the year.
	Annual        *ent.Rounding `json:"annual,omitempty"`
	AnnualGeneral *ent.Rounding `json:"annual_general,omitempty"`
	// Statistics is the rounding of means of a class.
	Statistics *ent.Rounding `json:"statistics,omitempty"`
}

// ScaleRule says how a scale that is not the reference counts.
type ScaleRule string

// The two rules that coexist. The empty one is Rescaled in a policy, and the policy's in an assessment.
const (
	// Rescaled brings the mark to the reference (ramené sur 20): contribution c·n·20/d, weight c.
	Rescaled ScaleRule = "rescaled"
	// ScaleWeighs lets the scale weigh: contribution c·n, weight c·d/20. A test out of 10 counts half of one out of 20.
	ScaleWeighs ScaleRule = "scale-weighs"
)

// ContainerRule says whether the containers of a box have averages of their own in it. The empty one is ByContainer in a
// policy, and the policy's in a box.
type ContainerRule string

// The rules of containers.
const (
	// ByContainer averages own marks and the averages of the containers directly inside, each with its coefficient.
	ByContainer ContainerRule = "by-container"
	// Flattened averages all marks inside at any depth; coefficients, roundings and bonuses of inner containers are ignored.
	Flattened ContainerRule = "flattened"
)

// BestMarkRule says what makes the best mark of a box. At equal value the greater coefficient wins, then the earlier
// assessment, then the lesser identifier.
type BestMarkRule string

// The rules of the best mark; the empty one is BestRescaled.
const (
	BestRescaled BestMarkRule = "rescaled"
	// BestRaw compares points without their scales, as one product does.
	BestRaw BestMarkRule = "raw"
)

// OptionalRule says how marks that count if they improve are taken; the empty one is BestReachable.
type OptionalRule string

// The rules of optional marks.
const (
	// BestReachable gives the best average that any choice of them can give, whatever their order.
	BestReachable OptionalRule = "best-reachable"
	// GreedyByDate takes them in the order of their dates, each when the average rises with it, as one product does: the
	// result depends on the order.
	GreedyByDate OptionalRule = "greedy-by-date"
)

// AboveScaleRule says what becomes of a mark above its scale; the empty one is AboveRefused.
type AboveScaleRule string

// The rules of marks above their scale.
const (
	AboveRefused AboveScaleRule = "refused"
	AboveCounts  AboveScaleRule = "counts"
)

// CarryRule says what goes up from one level to the next; the empty one is CarryExact.
type CarryRule string

// The rules of carrying.
const (
	// CarryExact carries exact values: each published figure is rounded once ("round-last").
	CarryExact CarryRule = "exact"
	// CarryRounded carries the rounded values, so that what is shown can be computed from what is shown
	// ("round-each-level").
	CarryRounded CarryRule = "rounded"
)

// WeightRule says how teachings weigh in the general average; the empty one is ByCoefficient.
type WeightRule string

// The rules of weights.
const (
	ByCoefficient WeightRule = "by-coefficient"
	// Equal gives each the weight 1, but for those whose coefficient is 0.
	Equal WeightRule = "equal"
)

// AnnualRule says what the general average of the year is made from; the empty one is FromAnnualAverages.
type AnnualRule string

// The rules of the year: the two results differ.
const (
	// FromAnnualAverages weighs the annual averages of the teachings.
	FromAnnualAverages AnnualRule = "annual-averages"
	// FromGeneralAverages is the mean of the general averages of the periods.
	FromGeneralAverages AnnualRule = "general-averages"
)

// ChangeRule says what becomes of the marks of a pupil who changed class within a period; the empty one is MarksFollow.
type ChangeRule string

// The rules of a change of class.
const (
	// MarksFollow counts them in the teaching of the same subject and modality of the class that the pupil is in at the end
	// of the period.
	MarksFollow ChangeRule = "marks-follow"
	// MarksStay leaves them where they were given: both teachings have an average.
	MarksStay ChangeRule = "marks-stay"
)

func rounding(step string, mode ent.RoundingMode) *ent.Rounding {
	return &ent.Rounding{Step: decimal.RequireFromString(step), Mode: mode}
}

// RoundingOf returns the rounding that a code of three characters or less names: s1, s5, se upwards to 0.1, 0.5, 1; p1, p5,
// pe to the nearest of them, half up; c01 to the nearest 0.01, half up; "" for none. The s and p codes are those of a
// deployed product. It returns CodeRounding for another code.
func RoundingOf(code string) (*ent.Rounding, error) {
	steps := map[string]string{"1": "0.1", "5": "0.5", "e": "1"}
	switch {
	case code == "":
		return nil, nil //nolint:nilnil // no code means no rounding
	case code == "c01":
		return rounding("0.01", ent.RoundHalfUp), nil
	case len(code) == 2 && steps[code[1:]] != "" && code[0] == 's':
		return rounding(steps[code[1:]], ent.RoundCeiling), nil
	case len(code) == 2 && steps[code[1:]] != "" && code[0] == 'p':
		return rounding(steps[code[1:]], ent.RoundHalfUp), nil
	}
	return nil, fmt.Errorf("gradebook: rounding: %w", CodeRounding)
}

// same returns one rounding for every level.
func same(r *ent.Rounding) Roundings {
	return Roundings{Container: r, Teaching: r, Subject: r, General: r, Annual: r, AnnualGeneral: r, Statistics: r}
}

// RescaledRoundLast brings marks to 20, carries exact values and rounds each published figure once, to the nearest 0.1.
// It is what a school without a habit should take.
func RescaledRoundLast() Policy {
	p := Policy{Name: "rescaled-round-last", Scales: Rescaled, Carry: CarryExact, Rounding: same(rounding("0.1", ent.RoundHalfUp))}
	p.Rounding.Container = nil
	return p
}

// ScaleWeighsRoundLast lets scales weigh, carries exact values and rounds each published figure once, to the nearest 0.01.
// The rule of PRONOTE when "ramener sur 20" is not ticked.
func ScaleWeighsRoundLast() Policy {
	p := Policy{Name: "scale-weighs-round-last", Scales: ScaleWeighs, Carry: CarryExact, Rounding: same(rounding("0.01", ent.RoundHalfUp))}
	p.Rounding.Container = nil
	return p
}

// RescaledRoundEachLevel rounds to the nearest 0.1 at each level and computes the next from what is shown; annual averages
// stay exact until they are shown. The rule of OPEN ENT.
func RescaledRoundEachLevel() Policy {
	return Policy{Name: "rescaled-round-each-level", Scales: Rescaled, Carry: CarryRounded, Rounding: same(rounding("0.1", ent.RoundHalfUp))}
}

// BoxesRoundedUp averages box by box, each rounded upwards to 0.1, with the bonus to the best raw mark, optional marks taken
// in the order of dates, and marks that stay in the class where they were given. The rule of Gepi, without its known
// defects: see the package documentation.
func BoxesRoundedUp() Policy {
	up := rounding("0.1", ent.RoundCeiling)
	p := Policy{
		Name: "boxes-rounded-up", Scales: ScaleWeighs, Containers: ByContainer, BestMark: BestRaw, Optional: GreedyByDate,
		Carry: CarryRounded, CarryAnnual: CarryRounded, Changes: MarksStay, Rounding: same(rounding("0.1", ent.RoundHalfUp)),
	}
	p.Rounding.Container, p.Rounding.Teaching = up, up
	return p
}

// EqualWeightsRoundEachLevel weighs all teachings alike and rounds to the nearest 0.1 at each level. The rule of SACoche for
// the general average; what it makes of competences is in package competence.
func EqualWeightsRoundEachLevel() Policy {
	p := RescaledRoundEachLevel()
	p.Name, p.Weights = "equal-weights-round-each-level", Equal
	return p
}

// BulletinBands returns the lower bounds of the bands of a bulletin: below 5, 5 to 8, 8 to 10, 10 to 12, 12 to 15, from 15.
func BulletinBands() []decimal.Decimal { return whole(5, 8, 10, 12, 15) }

// LSLBands returns those of the livret scolaire du lycée: below 8, 8 to 12, from 12.
func LSLBands() []decimal.Decimal { return whole(8, 12) }

func whole(list ...int64) []decimal.Decimal {
	out := make([]decimal.Decimal, len(list))
	for i, n := range list {
		out[i] = decimal.New(n, 0)
	}
	return out
}

// rules is a policy made ready.
type rules struct {
	Policy
	reference, half                                              num
	container, teaching, subject, general, annual, annualGen, of *step
	bands                                                        []num
}

// compile checks the policy. It returns CodePolicy for an unknown rule or a number out of bounds, CodeRounding for an
// impossible rounding.
func (p Policy) compile() (*rules, error) {
	refused := func(what string) (*rules, error) {
		return nil, fmt.Errorf("gradebook: policy: %s: %w", what, CodePolicy)
	}
	r := &rules{Policy: p}
	if p.Reference.IsZero() {
		r.Reference = decimal.New(20, 0)
	}
	var ok bool
	if r.reference, ok = numOf(r.Reference); !ok || r.reference.n <= 0 {
		return refused("reference")
	}
	r.half = r.reference.quo(whole1(2))
	switch {
	case !oneOf(&r.Scales, Rescaled, ScaleWeighs):
		return refused("scales")
	case !oneOf(&r.Containers, ByContainer, Flattened):
		return refused("containers")
	case !oneOf(&r.BestMark, BestRescaled, BestRaw):
		return refused("best mark")
	case !oneOf(&r.Optional, BestReachable, GreedyByDate):
		return refused("optional")
	case !oneOf(&r.AboveScale, AboveRefused, AboveCounts):
		return refused("above scale")
	case !oneOf(&r.Carry, CarryExact, CarryRounded):
		return refused("carry")
	case !oneOf(&r.CarryAnnual, CarryExact, CarryRounded):
		return refused("carry annual")
	case !oneOf(&r.Weights, ByCoefficient, Equal):
		return refused("weights")
	case !oneOf(&r.AnnualGeneral, FromAnnualAverages, FromGeneralAverages):
		return refused("annual general")
	case !oneOf(&r.Changes, MarksFollow, MarksStay):
		return refused("changes")
	}
	for _, x := range []struct {
		from *ent.Rounding
		to   **step
	}{
		{p.Rounding.Container, &r.container},
		{p.Rounding.Teaching, &r.teaching},
		{p.Rounding.Subject, &r.subject},
		{p.Rounding.General, &r.general},
		{p.Rounding.Annual, &r.annual},
		{p.Rounding.AnnualGeneral, &r.annualGen},
		{p.Rounding.Statistics, &r.of},
	} {
		s, err := stepOf(x.from)
		if err != nil {
			return nil, err
		}
		*x.to = s
	}
	if p.Bands == nil {
		r.Bands = BulletinBands()
	}
	for i, b := range r.Bands {
		v, ok := numOf(b)
		if !ok || len(r.Bands) > maxBands || i > 0 && v.cmp(r.bands[i-1]) <= 0 {
			return refused("bands")
		}
		r.bands = append(r.bands, v)
	}
	return r, nil
}

const maxBands = 20

// oneOf puts the first of the values where there is none, and reports whether the value is one of them.
func oneOf[T ~string](v *T, known ...T) bool {
	if *v == "" {
		*v = known[0]
	}
	return slices.Contains(known, *v)
}
