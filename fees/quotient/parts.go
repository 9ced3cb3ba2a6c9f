package quotient

import (
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Composition is who lives in a household, in numbers. It is personal data: logs redact it.
type Composition struct {
	// Adults is 1 for a person alone, 2 for a couple. It has no default: 0 is refused.
	Adults int
	// Children live here all the time; Shared ones live here half of it (résidence alternée).
	Children int
	Shared   int
	// DisabledChildren are among Children, DisabledShared among Shared, DisabledAdults among Adults.
	DisabledChildren int
	DisabledShared   int
	DisabledAdults   int
	// Others are the other persons of the home, for the rules that count them.
	Others int
}

// LogValue hides the composition.
func (c Composition) LogValue() slog.Value { return redacted() }

// Check returns what is wrong with the numbers.
func (c Composition) Check() ent.Issues { return c.check("$") }

func (c Composition) check(path string) ent.Issues {
	var out ent.Issues
	if c.Adults != 1 && c.Adults != 2 {
		out = append(out, fieldIssue(CodeComposition, path+".adults", "adults"))
	}
	return append(out, checkPersons(path, []group{
		{"children", c.Children, c.DisabledChildren},
		{"shared", c.Shared, c.DisabledShared},
		{"adults", c.Adults, c.DisabledAdults},
		{"others", c.Others, 0},
	})...)
}

// group is a number of persons, and how many of them are disabled.
type group struct {
	name        ent.Field
	n, disabled int
}

func checkPersons(path string, groups []group) ent.Issues {
	var out ent.Issues
	for _, g := range groups {
		at := path + "." + string(g.name)
		found := checkCount(g.n, at, g.name)
		if found == nil {
			found = checkCount(g.disabled, at, g.name)
		}
		if found == nil && g.disabled > g.n {
			found = ent.Issues{fieldIssue(CodeDisabled, at, g.name)}
		}
		out = append(out, found...)
	}
	return out
}

// Sharing says what a child in shared custody weighs in one of its two homes.
type Sharing string

// The rules of shared custody.
const (
	// SharingHalf gives half of the weight of the child's rank to each home; children who live there all the time take
	// the first ranks. It is the rule of fiscal parts (see TaxHousehold) and, when benefits are shared, of the CAF.
	SharingHalf Sharing = "half"
	// SharingWhole counts the child like another one: each home is priced for its own days.
	SharingWhole Sharing = "whole"
	// SharingNone does not count the child in this home.
	SharingNone Sharing = "none"
)

// Known reports whether the rule is one of this package.
func (s Sharing) Known() bool { return s == SharingHalf || s == SharingWhole || s == SharingNone }

// Label returns the rule in words; an unknown one as it is.
func (s Sharing) Label(lang ent.Lang) string {
	switch s {
	case SharingHalf:
		return label("moitié du poids de son rang", "half of the weight of its rank").In(lang)
	case SharingWhole:
		return label("compte comme un autre enfant", "counts like another child").In(lang)
	case SharingNone:
		return label("ne compte pas dans ce foyer", "does not count in this home").In(lang)
	}
	return string(s)
}

// PartRule says how a household counts: in parts, persons, coefficients or consumption units. It is data: a commune
// writes its own. Weights are zero or more.
type PartRule struct {
	// Unit is what explanations show after a number ("part", "pers."); it changes nothing.
	Unit string
	// Single and Couple are the weights of a person alone and of a couple.
	Single decimal.Decimal
	Couple decimal.Decimal
	// Children are the weights of the first child, of the second …; the last one stands for all further children.
	Children []decimal.Decimal
	// SingleParent is added once for a person alone with a child.
	SingleParent decimal.Decimal
	// DisabledChild and DisabledAdult are added for each, on top of the person's own weight. In shared custody, the first
	// follows Sharing.
	DisabledChild decimal.Decimal
	DisabledAdult decimal.Decimal
	// Other is the weight of each other person of the home.
	Other   decimal.Decimal
	Sharing Sharing
	// Source is the text of the rule.
	Source string
}

func ints(weights ...int64) []decimal.Decimal {
	out := make([]decimal.Decimal, len(weights))
	for i, w := range weights {
		out[i] = decimal.New(w, -1)
	}
	return out
}

const (
	sourceFAQ       = "CAF and MSA family quotient, public FAQ of API Particulier"
	sourceBrest     = "openfisca-france-local, Brest métropole"
	sourceMenucourt = "Menucourt, communal sheet"
)

// NationalParts is the rule of the CAF and the MSA: 2 parts for a couple or a person alone, half a part for the first and
// the second child, one for the third, half a part for each next one and for each disabled child.
func NationalParts() PartRule {
	return PartRule{
		Unit: "part", Single: decimal.New(2, 0), Couple: decimal.New(2, 0), Children: ints(5, 5, 10, 5),
		DisabledChild: decimal.New(5, -1), Sharing: SharingHalf, Source: sourceFAQ,
	}
}

// BrestParts is the rule of Brest métropole: like the national one, but for a person alone, who has 1 part, and 2 with a
// first child.
func BrestParts() PartRule {
	r := NationalParts()
	r.Single, r.SingleParent, r.Source = decimal.New(1, 0), decimal.New(5, -1), sourceBrest
	return r
}

// PersonsMenucourt counts persons: one more for a person alone with a child, half a one more for a disabled person.
func PersonsMenucourt() PartRule {
	one, half := decimal.New(1, 0), decimal.New(5, -1)
	return PartRule{
		Unit: "pers.", Single: one, Couple: decimal.New(2, 0), Children: ints(10), SingleParent: one, DisabledChild: half,
		DisabledAdult: half, Other: one, Sharing: SharingWhole, Source: sourceMenucourt,
	}
}

// Check returns what is wrong with the rule.
func (r PartRule) Check() ent.Issues { return r.check("$") }

func (r *PartRule) check(path string) ent.Issues {
	var out ent.Issues
	for _, w := range []struct {
		name  ent.Field
		value decimal.Decimal
	}{
		{"single", r.Single},
		{"couple", r.Couple},
		{"singleParent", r.SingleParent},
		{"disabledChild", r.DisabledChild},
		{"disabledAdult", r.DisabledAdult},
		{"other", r.Other},
	} {
		out = append(out, checkAmount(w.value, path+"."+string(w.name), w.name, false)...)
	}
	for i, w := range r.Children {
		out = append(out, checkAmount(w, fmt.Sprintf("%s.children[%d]", path, i), "children", false)...)
	}
	if len(r.Children) > maxPersons {
		out = append(out, fieldIssue(CodeFormula, path+".children", "children"))
	}
	if !r.Sharing.Known() {
		out = append(out, issue(CodeShared, path+".sharing"))
	}
	return out
}

// Parts returns the parts of a household. The rule and the numbers are checked first: their issues are the error.
func (r PartRule) Parts(c Composition) (decimal.Decimal, error) {
	if err := append(r.Check(), c.Check()...).Err(); err != nil {
		return decimal.Decimal{}, fmt.Errorf("quotient: %w", err)
	}
	return r.parts(&c, "", nil), nil
}

// ExplainParts returns the parts and how they were reached, for the person the household belongs to.
func (r PartRule) ExplainParts(c Composition, owner ent.ID) (decimal.Decimal, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (decimal.Decimal, error) {
		if err := append(r.Check(), c.Check()...).Err(); err != nil {
			return decimal.Decimal{}, fmt.Errorf("quotient: %w", err)
		}
		return r.parts(&c, owner, t), nil
	})
}

// explained runs a rule with a trace. An explanation without owner would be shown to everybody.
func explained[T any](owner ent.ID, rule func(*ent.Trace) (T, error)) (T, ent.Explanation, error) {
	var zero T
	if owner == "" {
		return zero, ent.Explanation{}, fmt.Errorf("quotient: %w", issue(CodeOwner, "$.owner"))
	}
	var t ent.Trace
	v, err := rule(&t)
	if err != nil {
		return zero, ent.Explanation{}, err
	}
	e, err := t.Explanation()
	if err != nil {
		return zero, ent.Explanation{}, fmt.Errorf("quotient: %w", err)
	}
	return v, e, nil
}

// tally adds weights, and records each of them when there is a trace.
type tally struct {
	t      *ent.Trace
	owner  ent.ID
	source string
	sum    decimal.Decimal
	n      int
}

// add counts a weight once. A health or social reason is for the person concerned alone.
func (a *tally) add(weight decimal.Decimal, audience ent.Audience, what ent.Label) {
	a.sum = a.sum.Add(weight)
	if a.t != nil {
		a.t.Push(ent.Step{Op: ent.OpGiven, Value: trimmed(weight), Label: what, Audience: audience, Owner: a.owner, Source: a.source})
		a.n++
	}
}

// times counts a weight for each of n persons, shared ones for half of it.
func (a *tally) times(n int, weight decimal.Decimal, half bool, audience ent.Audience, what ent.Label, params ...ent.Param) {
	if n == 0 {
		return
	}
	count := decimal.NewFromInt(int64(n))
	value := count.Mul(weight)
	if half {
		value = value.Mul(decimal.New(5, -1))
	}
	a.sum = a.sum.Add(value)
	if a.t == nil {
		return
	}
	a.t.Push(ent.Step{Op: ent.OpGiven, Value: count, Label: label("nombre", "number"), Audience: audience, Owner: a.owner})
	a.t.Push(ent.Step{Op: ent.OpGiven, Value: trimmed(weight), Label: label("chacun", "each"), Source: a.source})
	operands := 2
	if half {
		a.t.Push(ent.Step{Op: ent.OpGiven, Value: decimal.New(5, -1), Label: label("résidence alternée", "shared custody"), Source: a.source})
		operands++
	}
	a.t.Fold(operands, ent.Step{Op: ent.OpProduct, Value: trimmed(value), Label: what, Params: params, Audience: audience, Owner: a.owner})
	a.n++
}

// The labels of a group of ranks.
func rankedChildren() ent.Label {
	return label("enfants, rangs {from} à {to}", "children, ranks {from} to {to}")
}

func rankedShared() ent.Label {
	return label("enfants en résidence alternée, rangs {from} à {to}", "children in shared custody, ranks {from} to {to}")
}

func rankedDependants() ent.Label {
	return label("personnes à charge, rangs {from} à {to}", "dependants, ranks {from} to {to}")
}

// ranks counts n children from a rank on, by groups of one weight.
func (a *tally) ranks(weights []decimal.Decimal, first, n int, half bool, what ent.Label) {
	for last := first + n; first < last && len(weights) > 0; {
		at := min(first, len(weights)-1)
		end := first + 1
		for end < last && weights[min(end, len(weights)-1)].Equal(weights[at]) {
			end++
		}
		a.times(end-first, weights[at], half, ent.AudienceEveryone, what, ent.Count("from", int64(first)+1), ent.Count("to", int64(end)))
		first = end
	}
}

// total records the sum.
func (a *tally) total(unit string, what ent.Label) decimal.Decimal {
	sum := trimmed(a.sum)
	if a.t != nil {
		a.t.Fold(a.n, ent.Step{Op: ent.OpSum, Value: sum, Unit: unit, Label: what, Owner: a.owner, Source: a.source})
	}
	return sum
}

func (r *PartRule) parts(c *Composition, owner ent.ID, t *ent.Trace) decimal.Decimal {
	a := tally{t: t, owner: owner, source: r.Source}
	if c.Adults == 2 {
		a.add(r.Couple, ent.AudienceEveryone, label("couple", "couple"))
	} else {
		a.add(r.Single, ent.AudienceEveryone, label("personne seule", "person alone"))
	}
	shared, half := c.Shared, r.Sharing == SharingHalf
	disabledShared := c.DisabledShared
	if r.Sharing == SharingNone {
		shared, disabledShared = 0, 0
	}
	if half {
		a.ranks(r.Children, 0, c.Children, false, rankedChildren())
		a.ranks(r.Children, c.Children, shared, true, rankedShared())
	} else {
		a.ranks(r.Children, 0, c.Children+shared, false, rankedChildren())
	}
	if c.Adults == 1 && c.Children+shared > 0 && r.SingleParent.Sign() != 0 {
		a.add(r.SingleParent, ent.AudienceEveryone, label("parent seul", "single parent"))
	}
	a.times(c.Others, r.Other, false, ent.AudienceEveryone, label("autres personnes du foyer", "other persons of the home"))
	if r.DisabledChild.Sign() != 0 {
		a.times(c.DisabledChildren, r.DisabledChild, false, ent.AudienceConcerned, label("enfants handicapés", "disabled children"))
		a.times(disabledShared, r.DisabledChild, half, ent.AudienceConcerned, label("enfants handicapés en résidence alternée", "disabled children in shared custody"))
	}
	if r.DisabledAdult.Sign() != 0 {
		a.times(c.DisabledAdults, r.DisabledAdult, false, ent.AudienceConcerned, label("adultes handicapés", "disabled adults"))
	}
	return a.total(r.Unit, label("nombre de parts ou de personnes", "number of parts or persons"))
}

// SharedBenefits says what a home receives of the family benefits of a family some of whose children are in shared
// custody: the benefits of all its children, times 1 − 0.5 × shared ÷ children. Source: openfisca-france, prestations
// familiales.
type SharedBenefits struct {
	// Whole is the amount for all the children.
	Whole decimal.Decimal
	// Children is their number, Shared that of the children in shared custody among them.
	Children int
	Shared   int
	// Rounding is that of the result.
	Rounding ent.Rounding
}

// LogValue hides the benefits.
func (b SharedBenefits) LogValue() slog.Value { return redacted() }

// Compute returns the benefits of this home. It returns CodeShared for numbers of children that do not fit.
func (b SharedBenefits) Compute() (decimal.Decimal, error) { return b.compute("", nil) }

// Explain returns the benefits of this home and how they were reached, for the person who receives them.
func (b SharedBenefits) Explain(owner ent.ID) (decimal.Decimal, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (decimal.Decimal, error) { return b.compute(owner, t) })
}

func (b *SharedBenefits) compute(owner ent.ID, t *ent.Trace) (decimal.Decimal, error) {
	issues := checkAmount(b.Whole, "$.whole", "whole", false)
	if b.Children < 1 || b.Children > maxPersons || b.Shared < 0 || b.Shared > b.Children {
		issues = append(issues, issue(CodeShared, "$.shared"))
	}
	if issues = append(issues, checkRounding(b.Rounding, "$.rounding")...); len(issues) > 0 {
		return decimal.Decimal{}, fmt.Errorf("quotient: %w", issues.Err())
	}
	coefficient := big.NewRat(int64(2*b.Children-b.Shared), int64(2*b.Children))
	exact := new(big.Rat).Mul(b.Whole.Rat(), coefficient)
	out, err := b.Rounding.Round(exact)
	if err != nil {
		return decimal.Decimal{}, fmt.Errorf("quotient: %w", err)
	}
	if t != nil {
		const source = "openfisca-france, prestations familiales"
		half := decimal.New(5, -1)
		weight := decimal.NewFromInt(int64(2*b.Children - b.Shared)).Mul(half)
		given := func(v decimal.Decimal, what ent.Label) {
			t.Push(ent.Step{Op: ent.OpGiven, Value: v, Label: what, Owner: owner})
		}
		given(b.Whole, label("prestations pour tous les enfants", "benefits for all the children"))
		given(decimal.NewFromInt(int64(b.Children)), label("enfants", "children"))
		given(decimal.NewFromInt(int64(b.Shared)), label("enfants en résidence alternée", "children in shared custody"))
		t.Push(ent.Step{Op: ent.OpGiven, Value: half, Label: label("moitié", "half"), Source: source})
		t.Fold(2, ent.Step{Op: ent.OpProduct, Value: decimal.NewFromInt(int64(b.Shared)).Mul(half), Label: label("part de l'autre foyer", "share of the other home"), Owner: owner})
		t.Fold(2, ent.Step{Op: ent.OpDifference, Value: weight, Label: label("enfants comptés ici", "children counted here"), Owner: owner})
		given(decimal.NewFromInt(int64(b.Children)), label("enfants", "children"))
		t.Fold(2, ent.Step{Op: ent.OpQuotient, Value: ent.Written(coefficient), Label: label("coefficient", "coefficient"), Owner: owner, Source: source})
		t.Fold(2, ent.Step{Op: ent.OpProduct, Value: ent.Written(exact), Unit: euro, Label: label("prestations de ce foyer", "benefits of this home"), Owner: owner})
		rounding := b.Rounding
		t.Fold(1, ent.Step{Op: ent.OpRound, Value: out, Unit: euro, Rounding: &rounding, Label: label("prestations retenues", "benefits retained"), Owner: owner})
	}
	return out, nil
}

const euro = "EUR"

func checkRounding(r ent.Rounding, path string) ent.Issues {
	if !inLimits(r.Step) || r.Step.Sign() <= 0 {
		return ent.Issues{fieldIssue(CodeFormula, path+".step", "rounding.step")}
	}
	switch r.Mode {
	case ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown, ent.RoundCeiling, ent.RoundFloor:
		return nil
	}
	return ent.Issues{fieldIssue(CodeFormula, path+".mode", "rounding.mode")}
}
