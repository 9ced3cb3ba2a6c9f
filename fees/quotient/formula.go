package quotient

import (
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Nature says which resources an amount is, and for which period. An unknown nature passes: a commune may name its own.
type Nature string

// The natures met.
const (
	// NatureTaxable is the taxable income of the year N-2, after social abatements: that of the national formula.
	NatureTaxable Nature = "taxable-year"
	// NatureDeclared is the net income declared for a year, before any abatement.
	NatureDeclared Nature = "declared-year"
	// NatureRFR is the revenu fiscal de référence, for a year.
	NatureRFR Nature = "rfr-year"
	// NatureQuarter is the resources of the last three months.
	NatureQuarter Nature = "quarter"
	// NatureMonthly is the income of a month.
	NatureMonthly Nature = "month"
	// NatureBenefits is the family benefits of the month of reference, without the back-to-school allowance nor what is
	// paid once.
	NatureBenefits Nature = "benefits-month"
)

// Label returns the nature in words; an unknown one as it is.
func (n Nature) Label(lang ent.Lang) string { return n.label().In(lang) }

func (n Nature) label() ent.Label {
	switch n {
	case NatureTaxable:
		return label("revenus imposables de l'année", "taxable income of the year")
	case NatureDeclared:
		return label("revenus déclarés de l'année, avant abattement", "declared income of the year, before abatement")
	case NatureRFR:
		return label("revenu fiscal de référence", "reference tax income")
	case NatureQuarter:
		return label("ressources des trois derniers mois", "resources of the last three months")
	case NatureMonthly:
		return label("revenus du mois", "income of the month")
	case NatureBenefits:
		return label("prestations familiales du mois", "family benefits of the month")
	}
	return label("ressources", "resources")
}

// Resource is an amount of one nature of one person. It is personal data: logs redact it.
type Resource struct {
	// Owner is the person it belongs to, who alone reads it beside an agent; empty, that of the Input.
	Owner  ent.ID
	Nature Nature
	// Amount may be negative (a loss); benefits may not. The resources of one nature are added, and a negative sum counts
	// as 0.
	Amount decimal.Decimal
}

// LogValue hides the resource.
func (r Resource) LogValue() slog.Value { return redacted() }

// Term is the resources of one nature, divided by a number: 12 brings a year to a month.
type Term struct {
	Nature Nature `json:"nature"`
	Over   int    `json:"over"`
}

// Abatement takes a percentage off the resources (not off the benefits) from a number of children on.
type Abatement struct {
	FromChildren int
	Percent      decimal.Decimal
}

// Divisor says by what the resources are divided.
type Divisor string

// The divisors.
const (
	// DivisorNone does not divide.
	DivisorNone Divisor = "none"
	// DivisorFiscalParts divides by the fiscal parts, printed on the notice or computed.
	DivisorFiscalParts Divisor = "fiscal-parts"
	// DivisorRule divides by what the formula's PartRule counts.
	DivisorRule Divisor = "rule"
)

// Fixed is a quotient that replaces the computed one for a student, from a level of scholarship on.
type Fixed struct {
	FromLevel int
	Value     decimal.Decimal
}

// Formula is a way to compute a quotient, as data. It rounds once, at the end: all that precedes is exact.
type Formula struct {
	Kind Kind
	// Name tells a municipal formula from another one.
	Name string
	// Terms are the resources; of several, the least counts.
	Terms []Term
	// Abatements are in ascending order of children; the last one that holds is applied.
	Abatements []Abatement
	// Benefits adds the monthly benefits.
	Benefits bool
	Divisor  Divisor
	// Rule is that of DivisorRule, nil for the others.
	Rule *PartRule
	// Fixed replaces the quotient of students; in ascending order of levels, the first from 0.
	Fixed []Fixed
	// Rounding is that of the quotient, the only one.
	Rounding ent.Rounding
	// Source is the text of the formula.
	Source string
}

// Cent is the rounding of communes that divide themselves: to the cent, halves up.
func Cent() ent.Rounding { return ent.Rounding{Step: decimal.New(1, -2), Mode: ent.RoundHalfUp} }

// National is the formula of the CAF and the MSA. How they bring it to whole euros is not published: the rounding is the
// cent, for the caller to change.
func National(kind Kind) Formula {
	rule := NationalParts()
	return Formula{
		Kind: kind, Terms: []Term{{NatureTaxable, 12}}, Benefits: true, Divisor: DivisorRule, Rule: &rule, Rounding: Cent(),
		Source: sourceFAQ,
	}
}

// Brest is the formula of Brest métropole: no benefits, and its own parts.
func Brest() Formula {
	rule := BrestParts()
	return Formula{
		Kind: KindMunicipal, Name: "brest", Terms: []Term{{NatureTaxable, 12}}, Divisor: DivisorRule, Rule: &rule,
		Rounding: Cent(), Source: sourceBrest,
	}
}

// RFRPerPart is the formula of Strasbourg and of Nantes Métropole: a twelfth of the reference tax income by fiscal part.
func RFRPerPart() Formula {
	return Formula{
		Kind: KindRFRPerPart, Terms: []Term{{NatureRFR, 12}}, Divisor: DivisorFiscalParts, Rounding: Cent(),
		Source: "openfisca-france-local, Strasbourg, Nantes",
	}
}

// StrasbourgTransport is RFRPerPart with the fixed quotients of students.
func StrasbourgTransport() Formula {
	f := RFRPerPart()
	f.Kind, f.Name = KindMunicipal, "strasbourg-transport"
	f.Fixed = []Fixed{{0, decimal.New(765, 0)}, {3, decimal.New(560, 0)}, {5, decimal.New(355, 0)}}
	return f
}

// Menucourt is a twelfth of the reference tax income by person.
func Menucourt() Formula {
	rule := PersonsMenucourt()
	return Formula{
		Kind: KindRFRPerPerson, Name: "menucourt", Terms: []Term{{NatureRFR, 12}}, Divisor: DivisorRule, Rule: &rule,
		Rounding: Cent(), Source: sourceMenucourt,
	}
}

// RFRTwelfth is the formula of the associative school of Garonne, which follows Toulouse: no division.
func RFRTwelfth() Formula {
	return Formula{
		Kind: KindRFRTwelfth, Terms: []Term{{NatureRFR, 12}}, Divisor: DivisorNone, Rounding: Cent(),
		Source: "simulator of the Calandreta de Garonne",
	}
}

// PlessisPate is all income before abatement by the sum of the household's coefficients. The town publishes that rule and
// not its coefficients, which the caller gives.
func PlessisPate(coefficients PartRule) Formula {
	return Formula{
		Kind: KindMunicipal, Name: "le-plessis-pate", Terms: []Term{{NatureDeclared, 12}}, Divisor: DivisorRule,
		Rule: &coefficients, Rounding: Cent(), Source: "Le Plessis-Pâté, communal page",
	}
}

// Marolles is the monthly income by fiscal part.
func Marolles() Formula {
	return Formula{
		Kind: KindMunicipal, Name: "marolles", Terms: []Term{{NatureMonthly, 1}}, Divisor: DivisorFiscalParts,
		Rounding: Cent(), Source: "Marolles, communal page",
	}
}

// AntonyBase is the resources of a quarter: the lesser of the last three months and of a fourth of the reference tax
// income.
func AntonyBase() Formula {
	return Formula{
		Kind: KindMunicipal, Name: "antony-base", Terms: []Term{{NatureQuarter, 1}, {NatureRFR, 4}}, Divisor: DivisorNone,
		Rounding: Cent(), Source: "openfisca-france-local, Antony",
	}
}

// AbatementsSartrouville are those of the area of Sartrouville (2017): 15 % for 3 children, 25 % from 4.
func AbatementsSartrouville() []Abatement {
	return []Abatement{{3, decimal.New(15, 0)}, {4, decimal.New(25, 0)}}
}

// Check returns what is wrong with the formula.
func (f Formula) Check() ent.Issues {
	var out ent.Issues
	bad := func(path string, field ent.Field) { out = append(out, fieldIssue(CodeFormula, path, field)) }
	if f.Kind == "" || f.Kind == KindMunicipal && f.Name == "" {
		out = append(out, issue(CodeKind, "$.kind"))
	}
	if len(f.Terms) == 0 {
		bad("$.terms", "terms")
	}
	for i, t := range f.Terms {
		if t.Nature == "" || t.Nature == NatureBenefits {
			bad(fmt.Sprintf("$.terms[%d].nature", i), "nature")
		}
		if t.Over < 1 || t.Over > 1200 {
			bad(fmt.Sprintf("$.terms[%d].over", i), "over")
		}
	}
	hundred := decimal.New(100, 0)
	for i, a := range f.Abatements {
		at := fmt.Sprintf("$.abatements[%d]", i)
		if a.FromChildren < 0 || i > 0 && a.FromChildren <= f.Abatements[i-1].FromChildren {
			bad(at+".fromChildren", "fromChildren")
		}
		if !inLimits(a.Percent) || a.Percent.Sign() < 0 || a.Percent.GreaterThan(hundred) {
			bad(at+".percent", "percent")
		}
	}
	for i, x := range f.Fixed {
		at := fmt.Sprintf("$.fixed[%d]", i)
		if i == 0 && x.FromLevel != 0 || i > 0 && x.FromLevel <= f.Fixed[i-1].FromLevel {
			bad(at+".fromLevel", "fromLevel")
		}
		out = append(out, checkAmount(x.Value, at+".value", "value", false)...)
	}
	switch f.Divisor {
	case DivisorNone, DivisorFiscalParts:
		if f.Rule != nil {
			bad("$.rule", "rule")
		}
	case DivisorRule:
		if f.Rule == nil {
			bad("$.rule", "rule")
		} else {
			out = append(out, f.Rule.check("$.rule")...)
		}
	default:
		bad("$.divisor", "divisor")
	}
	return append(out, checkRounding(f.Rounding, "$.rounding")...)
}

// Input is what a quotient is computed from. It is personal data: logs redact it.
type Input struct {
	// Owner is the person the quotient belongs to; an explanation needs it.
	Owner ent.ID
	// Composition is needed by the formulas that count persons or children.
	Composition Composition
	// Resources are the amounts known. No resources are written 0: what is not here is missing.
	Resources []Resource
	// FiscalParts are those printed on the tax notice, Tax what they follow from. One is enough; both must agree.
	FiscalParts Amount
	Tax         *TaxHousehold
	// Student asks for the fixed quotient of a formula that has them, by the level of the scholarship, 0 without one.
	Student     bool
	Scholarship int
	// What the quotient carries.
	Month      ent.Month
	ComputedOn ent.Date
	From       ent.Date
	To         ent.Date
	Proof      Proof
	Provider   Provider
}

// LogValue hides the input.
func (in Input) LogValue() slog.Value { return redacted() }

// Compute returns the quotient of a household. The formula and the input are checked first; all that is wrong is the
// error, and the quotient beside it is missing.
func (f Formula) Compute(in Input) (Quotient, error) { return f.compute(&in, nil) }

// Explain returns the quotient and how it was reached. Each amount belongs to its owner, what is made of amounts of
// several persons is for an agent, and a reason of health is for the person concerned alone.
func (f Formula) Explain(in Input) (Quotient, ent.Explanation, error) {
	return explained(in.Owner, func(t *ent.Trace) (Quotient, error) { return f.compute(&in, t) })
}

func (f *Formula) compute(in *Input, t *ent.Trace) (Quotient, error) {
	if err := append(f.Check(), f.checkInput(in)...).Err(); err != nil {
		return Quotient{}, fmt.Errorf("quotient: %w", err)
	}
	var (
		value decimal.Decimal
		err   error
	)
	if f.fixed(in) {
		value = f.fixedValue(in, t)
	} else if value, err = f.computed(in, t); err != nil {
		return Quotient{}, fmt.Errorf("quotient: %w", err)
	}
	q := Quotient{
		Kind: f.Kind, Name: f.Name, Value: Known(value), Month: in.Month, ComputedOn: in.ComputedOn, From: in.From, To: in.To,
		Proof: in.Proof, Provider: in.Provider,
	}
	if err := q.Check().Err(); err != nil {
		return Quotient{}, fmt.Errorf("quotient: %w", err)
	}
	return q, nil
}

func (f *Formula) fixed(in *Input) bool { return in.Student && len(f.Fixed) > 0 }

func (f *Formula) checkInput(in *Input) ent.Issues {
	if f.fixed(in) {
		if in.Scholarship < 0 || in.Scholarship > maxPersons {
			return ent.Issues{fieldIssue(CodeComposition, "$.scholarship", "scholarship")}
		}
		return nil
	}
	var out ent.Issues
	have := map[Nature]bool{}
	for i, r := range in.Resources {
		have[r.Nature] = true
		out = append(out, checkAmount(r.Amount, fmt.Sprintf("$.resources[%d].amount", i), "amount", r.Nature != NatureBenefits)...)
	}
	for _, n := range f.natures() {
		if !have[n] {
			out = append(out, issue(CodeResources, "$.resources", ent.CodeOf("nature", string(n))))
		}
	}
	if f.Divisor == DivisorRule || len(f.Abatements) > 0 {
		out = append(out, in.Composition.check("$.composition")...)
	}
	if f.Divisor == DivisorFiscalParts {
		out = append(out, in.checkFiscalParts()...)
	}
	return out
}

// natures returns the resources that the formula needs.
func (f *Formula) natures() []Nature {
	var out []Nature
	for _, t := range f.Terms {
		out = append(out, t.Nature)
	}
	if f.Benefits {
		out = append(out, NatureBenefits)
	}
	return out
}

func (in *Input) checkFiscalParts() ent.Issues {
	printed, known := in.FiscalParts.Value()
	if in.Tax == nil && !known {
		return ent.Issues{issue(CodeParts, "$.fiscalParts")}
	}
	var out ent.Issues
	if known {
		if out = checkAmount(printed, "$.fiscalParts", "fiscalParts", true); out == nil && printed.Sign() <= 0 {
			out = ent.Issues{issue(CodeParts, "$.fiscalParts")}
		}
	}
	if in.Tax != nil {
		found := in.Tax.check("$.tax")
		if out == nil && found == nil && known && !in.Tax.parts("", nil).Equal(printed) {
			found = ent.Issues{issue(CodePartsDiffer, "$.fiscalParts")}
		}
		out = append(out, found...)
	}
	return out
}

// fixedValue chooses the fixed quotient of a student.
func (f *Formula) fixedValue(in *Input, t *ent.Trace) decimal.Decimal {
	at := 0
	for i, x := range f.Fixed {
		if in.Scholarship >= x.FromLevel {
			at = i
		}
		if t != nil {
			t.Push(ent.Step{
				Op: ent.OpGiven, Value: x.Value, Unit: euro, Label: label("quotient fixe, bourse d'échelon {level} ou plus", "fixed quotient, scholarship of level {level} or more"),
				Params: []ent.Param{ent.Count("level", int64(x.FromLevel))}, Source: f.Source,
			})
		}
	}
	if t != nil {
		t.Fold(len(f.Fixed), ent.Step{
			Op: ent.OpChoose, Chosen: at, Value: f.Fixed[at].Value, Unit: euro, Owner: in.Owner, Source: f.Source,
			Label: label("quotient d'un étudiant", "quotient of a student"),
		})
	}
	return f.Fixed[at].Value
}

// computed runs the formula: resources, benefits, divisor, and the one rounding.
func (f *Formula) computed(in *Input, t *ent.Trace) (decimal.Decimal, error) {
	r := reckoning{in: in, t: t}
	exact := r.resources(f)
	if f.Benefits {
		exact = new(big.Rat).Add(exact, r.sum(NatureBenefits))
		if t != nil {
			t.Fold(2, r.step(ent.OpSum, exact, label("ressources et prestations du mois", "resources and benefits of the month")))
		}
	}
	if f.Divisor != DivisorNone {
		parts := r.parts(f)
		if parts.Sign() <= 0 {
			return decimal.Decimal{}, issue(CodeParts, "$.composition")
		}
		exact = new(big.Rat).Quo(exact, parts.Rat())
		if t != nil {
			t.Fold(2, ent.Step{
				Op: ent.OpQuotient, Value: ent.Written(exact), Unit: euro, Owner: in.Owner, Source: f.Source,
				Label: label("quotient avant arrondi", "quotient before rounding"),
			})
		}
	}
	out, err := f.Rounding.Round(exact)
	if err != nil {
		return decimal.Decimal{}, err
	}
	if t != nil {
		rounding := f.Rounding
		t.Fold(1, ent.Step{
			Op: ent.OpRound, Value: out, Unit: euro, Rounding: &rounding, Owner: in.Owner, Source: f.Source,
			Label: label("quotient familial", "family quotient"),
		})
	}
	return out, nil
}

// reckoning adds and divides the resources of an input, and remembers whose they are.
type reckoning struct {
	in    *Input
	t     *ent.Trace
	owner ent.ID
	mixed bool
}

func (r *reckoning) belongsTo(id ent.ID) {
	if r.owner != "" && r.owner != id {
		r.mixed = true
	}
	r.owner = id
}

// step returns a step made of the resources met so far: of one person it is that person's, of several it is an agent's,
// since each could take theirs away and know the other's.
func (r *reckoning) step(op ent.Op, exact *big.Rat, what ent.Label) ent.Step {
	s := ent.Step{Op: op, Value: ent.Written(exact), Unit: euro, Label: what, Owner: r.owner}
	if r.mixed {
		s.Owner, s.Audience = "", ent.AudienceAgent
	}
	return s
}

// given records a number of the rule.
func (r *reckoning) given(v decimal.Decimal, unit string, what ent.Label, source string) {
	r.t.Push(ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: what, Source: source})
}

// sum adds the resources of a nature; a negative sum is 0.
func (r *reckoning) sum(nature Nature) *big.Rat {
	sum, n := new(big.Rat), 0
	for _, x := range r.in.Resources {
		if x.Nature != nature {
			continue
		}
		sum.Add(sum, x.Amount.Rat())
		if r.t == nil {
			continue
		}
		owner := x.Owner
		if owner == "" {
			owner = r.in.Owner
		}
		r.belongsTo(owner)
		r.t.Push(ent.Step{Op: ent.OpGiven, Value: x.Amount, Unit: euro, Label: nature.label(), Owner: owner})
		n++
	}
	if r.t != nil && n > 1 {
		r.t.Fold(n, r.step(ent.OpSum, sum, nature.label()))
	}
	if sum.Sign() >= 0 {
		return sum
	}
	zero := new(big.Rat)
	if r.t != nil {
		r.given(decimal.Decimal{}, euro, label("plancher", "floor"), "")
		r.t.Fold(2, r.step(ent.OpMax, zero, label("une perte compte pour 0", "a loss counts as 0")))
	}
	return zero
}

// resources returns the least of the terms, each after its abatement.
func (r *reckoning) resources(f *Formula) *big.Rat {
	var least *big.Rat
	for _, term := range f.Terms {
		v := r.abated(f, r.sum(term.Nature))
		if term.Over != 1 {
			over := decimal.NewFromInt(int64(term.Over))
			v = new(big.Rat).Quo(v, over.Rat())
			if r.t != nil {
				r.given(over, "", label("pour ramener à la période", "to bring it to the period"), f.Source)
				r.t.Fold(2, r.step(ent.OpQuotient, v, label("ressources de la période", "resources of the period")))
			}
		}
		if least == nil || v.Cmp(least) < 0 {
			least = v
		}
	}
	if r.t != nil && len(f.Terms) > 1 {
		r.t.Fold(len(f.Terms), r.step(ent.OpMin, least, label("les plus basses ressources", "the lowest resources")))
	}
	return least
}

// abated takes the abatement for the number of children off the resources.
func (r *reckoning) abated(f *Formula, v *big.Rat) *big.Rat {
	children := r.in.Composition.Children + r.in.Composition.Shared
	at := -1
	for i, a := range f.Abatements {
		if children >= a.FromChildren {
			at = i
		}
	}
	if at < 0 {
		return v
	}
	percent, hundred := f.Abatements[at].Percent, decimal.New(100, 0)
	kept := new(big.Rat).Quo(hundred.Sub(percent).Rat(), hundred.Rat())
	v = new(big.Rat).Mul(v, kept)
	if r.t != nil {
		r.given(hundred, "%", label("le tout", "the whole"), "")
		r.given(percent, "%", label("abattement pour le nombre d'enfants", "abatement for the number of children"), f.Source)
		r.t.Fold(2, ent.Step{Op: ent.OpDifference, Value: hundred.Sub(percent), Unit: "%", Label: label("part gardée", "share kept"), Owner: r.in.Owner})
		r.given(hundred, "%", label("le tout", "the whole"), "")
		r.t.Fold(2, ent.Step{Op: ent.OpQuotient, Value: ent.Written(kept), Label: label("part gardée", "share kept"), Owner: r.in.Owner})
		r.t.Fold(2, r.step(ent.OpProduct, v, label("ressources après abattement", "resources after abatement")))
	}
	return v
}

// parts returns the divisor.
func (r *reckoning) parts(f *Formula) decimal.Decimal {
	if f.Divisor == DivisorRule {
		return f.Rule.parts(&r.in.Composition, r.in.Owner, r.t)
	}
	if r.in.Tax != nil {
		return r.in.Tax.parts(r.in.Owner, r.t)
	}
	printed, _ := r.in.FiscalParts.Value()
	if r.t != nil {
		r.t.Push(ent.Step{
			Op: ent.OpGiven, Value: printed, Unit: "part", Owner: r.in.Owner,
			Label: label("parts fiscales de l'avis d'imposition", "fiscal parts of the tax notice"),
		})
	}
	return printed
}
