package quotient_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// oracleParts counts a household person by person, with fractions: another way than the package's.
func oracleParts(r *quotient.PartRule, c quotient.Composition) *big.Rat {
	sum := new(big.Rat)
	add := func(d decimal.Decimal, numerator, denominator int64) {
		sum.Add(sum, new(big.Rat).Mul(d.Rat(), big.NewRat(numerator, denominator)))
	}
	if c.Adults == 1 {
		add(r.Single, 1, 1)
	} else {
		add(r.Couple, 1, 1)
	}
	counted := 0
	for i := range c.Children + c.Shared {
		shared := i >= c.Children
		if shared && r.Sharing == quotient.SharingNone {
			continue
		}
		counted++
		if len(r.Children) == 0 {
			continue
		}
		half := int64(1)
		if shared && r.Sharing == quotient.SharingHalf {
			half = 2
		}
		add(r.Children[min(i, len(r.Children)-1)], 1, half)
	}
	if c.Adults == 1 && counted > 0 {
		add(r.SingleParent, 1, 1)
	}
	add(r.DisabledChild, int64(c.DisabledChildren), 1)
	switch r.Sharing {
	case quotient.SharingHalf:
		add(r.DisabledChild, int64(c.DisabledShared), 2)
	case quotient.SharingWhole:
		add(r.DisabledChild, int64(c.DisabledShared), 1)
	case quotient.SharingNone:
	}
	add(r.DisabledAdult, int64(c.DisabledAdults), 1)
	add(r.Other, int64(c.Others), 1)
	return sum
}

// oracleFiscal is section 3, in quarters of a part.
func oracleFiscal(h *quotient.TaxHousehold) *big.Rat {
	n, m := h.Children+h.DisabledDependants, h.Shared
	q := 4
	couple := false
	switch h.Status {
	case quotient.StatusMarried, quotient.StatusPACS, quotient.StatusWidowedThisYear:
		couple = true
		q = 8
	case quotient.StatusWidowed:
		if n+m > 0 {
			q = 8
		}
	case quotient.StatusSingle, quotient.StatusDivorced:
	}
	for i := range n {
		q += 2
		if i >= 2 {
			q += 2
		}
	}
	for i := range m {
		q++
		if n+i >= 2 {
			q++
		}
	}
	q += 2*h.DisabledChildren + h.DisabledShared + 2*h.DisabledDependants
	if h.Isolated {
		switch {
		case n > 0 || m > 1:
			q += 2
		case m == 1:
			q++
		}
	}
	alone := !couple && n+m == 0
	if h.Disabled && !alone {
		q += 2
	}
	if h.DisabledSpouse {
		q += 2
	}
	if alone && (h.Disabled || h.Veteran || h.RaisedAlone || (h.RaisedOther && !h.NotAlone)) {
		q += 2
	}
	return big.NewRat(int64(q), 4)
}

// oracle computes a quotient from the formula's fields, and rounds it once.
func oracle(t *testing.T, f *quotient.Formula, in *quotient.Input) (decimal.Decimal, bool) {
	t.Helper()
	total := func(n quotient.Nature) *big.Rat {
		out := new(big.Rat)
		for _, r := range in.Resources {
			if r.Nature == n {
				out.Add(out, r.Amount.Rat())
			}
		}
		if out.Sign() < 0 {
			out.SetInt64(0)
		}
		return out
	}
	var base *big.Rat
	for _, term := range f.Terms {
		v := total(term.Nature)
		v.Quo(v, big.NewRat(int64(term.Over), 1))
		if base == nil || v.Cmp(base) < 0 {
			base = v
		}
	}
	percent := new(big.Rat)
	for _, a := range f.Abatements {
		if in.Composition.Children+in.Composition.Shared >= a.FromChildren {
			percent = a.Percent.Rat()
		}
	}
	base.Sub(base, new(big.Rat).Mul(base, percent.Quo(percent, big.NewRat(100, 1))))
	if f.Benefits {
		base.Add(base, total(quotient.NatureBenefits))
	}
	switch f.Divisor {
	case quotient.DivisorRule:
		parts := oracleParts(f.Rule, in.Composition)
		if parts.Sign() == 0 {
			return decimal.Decimal{}, false
		}
		base.Quo(base, parts)
	case quotient.DivisorNone:
	case quotient.DivisorFiscalParts:
		base.Quo(base, oracleFiscal(in.Tax))
	}
	out, err := f.Rounding.Round(base)
	require.NoError(t, err)
	return out, true
}

func randomTax(r *rand.Rand) quotient.TaxHousehold {
	statuses := []quotient.Status{
		quotient.StatusSingle, quotient.StatusDivorced, quotient.StatusMarried, quotient.StatusPACS, quotient.StatusWidowed,
		quotient.StatusWidowedThisYear,
	}
	h := quotient.TaxHousehold{Status: statuses[r.IntN(len(statuses))], Children: r.IntN(5), Shared: r.IntN(5), DisabledDependants: r.IntN(2) * r.IntN(2)}
	h.DisabledChildren, h.DisabledShared = r.IntN(h.Children+1), r.IntN(h.Shared+1)
	couple, _ := h.Status.Couple()
	flip := func(possible bool) bool { return possible && r.IntN(3) == 0 }
	h.Isolated, h.Veteran, h.RaisedAlone, h.RaisedOther = flip(!couple), flip(!couple), flip(!couple), flip(!couple)
	h.Disabled, h.DisabledSpouse, h.NotAlone = flip(true), flip(couple), flip(true)
	return h
}

func randomFormula(r *rand.Rand) quotient.Formula {
	all := []quotient.Formula{
		quotient.National(quotient.KindCAF), quotient.Brest(), quotient.RFRPerPart(), quotient.Menucourt(), quotient.RFRTwelfth(),
		quotient.Marolles(), quotient.AntonyBase(), quotient.PlessisPate(quotient.NationalParts()), quotient.StrasbourgTransport(),
	}
	f := all[r.IntN(len(all))]
	modes := []ent.RoundingMode{ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown, ent.RoundCeiling, ent.RoundFloor}
	f.Rounding = ent.Rounding{Step: []decimal.Decimal{dec("0.01"), dec("1"), dec("0.05"), dec("0.001")}[r.IntN(4)], Mode: modes[r.IntN(len(modes))]}
	if r.IntN(3) == 0 {
		f.Abatements = quotient.AbatementsSartrouville()
	}
	if f.Rule != nil {
		rule := *f.Rule
		rule.Sharing = []quotient.Sharing{quotient.SharingHalf, quotient.SharingWhole, quotient.SharingNone}[r.IntN(3)]
		if r.IntN(2) == 0 {
			rule.Children = nil
			for range r.IntN(4) {
				rule.Children = append(rule.Children, decimal.New(r.Int64N(20), -1))
			}
			rule.Single, rule.Other = decimal.New(r.Int64N(20), -1), decimal.New(r.Int64N(20), -1)
		}
		f.Rule = &rule
	}
	return f
}

func randomInput(r *rand.Rand) quotient.Input {
	c := quotient.Composition{Adults: 1 + r.IntN(2), Children: r.IntN(6), Shared: r.IntN(4), Others: r.IntN(3)}
	c.DisabledChildren, c.DisabledShared, c.DisabledAdults = r.IntN(c.Children+1), r.IntN(c.Shared+1), r.IntN(c.Adults+1)
	tax := randomTax(r)
	in := quotient.Input{Owner: "us-1", Composition: c, Tax: &tax}
	for _, n := range []quotient.Nature{
		quotient.NatureTaxable, quotient.NatureDeclared, quotient.NatureRFR, quotient.NatureQuarter, quotient.NatureMonthly, quotient.NatureBenefits,
	} {
		for i := range 1 + r.IntN(3) {
			amount := decimal.New(r.Int64N(5_000_000), -int32(r.IntN(4)))
			if n != quotient.NatureBenefits && r.IntN(6) == 0 {
				amount = amount.Neg()
			}
			in.Resources = append(in.Resources, quotient.Resource{Nature: n, Amount: amount, Owner: ent.ID(fmt.Sprintf("us-%d", 1+i%2))})
		}
	}
	return in
}

func TestRandomQuotientsEqualTheOracleAndCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2006, 9))
	refused := 0
	for range 8000 {
		f, in := randomFormula(r), randomInput(r)
		want, ok := oracle(t, &f, &in)
		plain, err := f.Compute(in)
		if !ok {
			refused++
			require.ErrorIs(t, err, quotient.CodeParts)
			continue
		}
		require.NoError(t, err)
		q, why, err := f.Explain(in)
		require.NoError(t, err)
		require.Equal(t, plain, q)
		require.NoError(t, why.Check())
		got, err := q.Get()
		require.NoError(t, err)
		require.True(t, want.Equal(got), "%s: %s, %s", f.Name, want, got)
		require.True(t, want.Equal(why.Value()))
	}
	assert.Less(t, refused, 1000)
}

func TestRandomFiscalPartsEqualTheOracleAndCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(195, 4))
	for range 8000 {
		h := randomTax(r)
		plain, err := h.Parts()
		require.NoError(t, err)
		got, why, err := h.ExplainParts("us-1")
		require.NoError(t, err)
		require.NoError(t, why.Check())
		require.Zero(t, oracleFiscal(&h).Cmp(got.Rat()), "%+v: %s", h, got)
		require.True(t, plain.Equal(got))
	}
}

func TestAQuotientGrowsWithIncomeAndFallsWithChildren(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	value := func(f quotient.Formula, in quotient.Input) decimal.Decimal {
		q, err := f.Compute(in)
		require.NoError(t, err)
		v, err := q.Get()
		require.NoError(t, err)
		return v
	}
	for range 2000 {
		in := randomInput(r)
		for _, f := range []quotient.Formula{quotient.National(quotient.KindCAF), quotient.Brest(), quotient.Menucourt()} {
			here := value(f, in)
			richer := in
			richer.Resources = append([]quotient.Resource{}, in.Resources...)
			richer.Resources = append(richer.Resources, resource(f.Terms[0].Nature, "1200"))
			assert.True(t, value(f, richer).GreaterThanOrEqual(here))
			larger := in
			larger.Composition.Children++
			assert.True(t, value(f, larger).LessThanOrEqual(here))
		}
	}
}

func readers() map[string]ent.Reader {
	return map[string]ent.Reader{
		"us-1":      {Audience: ent.AudienceConcerned, Person: "us-1"},
		"us-2":      {Audience: ent.AudienceConcerned, Person: "us-2"},
		"nobody":    {Audience: ent.AudienceConcerned},
		"everyone":  {},
		"developer": {Audience: ent.AudienceDeveloper},
		"agent":     {Audience: ent.AudienceAgent},
	}
}

// Two separated parents have a quotient each: neither's explanation shows anything to the other.
func TestTheOtherParentReadsNothing(t *testing.T) {
	t.Parallel()
	in := quotient.Input{
		Owner: "us-1", Composition: quotient.Composition{Adults: 1, Shared: 2, DisabledShared: 1},
		Resources: []quotient.Resource{resource(quotient.NatureTaxable, "31415"), resource(quotient.NatureBenefits, "271.82")},
	}
	_, why, err := quotient.National(quotient.KindCAF).Explain(in)
	require.NoError(t, err)
	for name, to := range readers() {
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			text := why.Render(lang, to)
			switch name {
			case "us-1":
				assert.Contains(t, text, "31415")
				assert.Contains(t, text, "271")
				assert.Contains(t, text, label(lang, "handicapés", "disabled"))
			case "agent":
				assert.Contains(t, text, "31415")
				assert.NotContains(t, text, label(lang, "handicapés", "disabled"), "a reason of health")
				assert.Contains(t, text, label(lang, "détail réservé", "detail reserved"))
			default:
				assert.Equal(t, label(lang, "(réservé)", "(reserved)")+"\n", text, name)
			}
		}
	}
	for _, explain := range []func() (decimal.Decimal, ent.Explanation, error){
		func() (decimal.Decimal, ent.Explanation, error) {
			return quotient.TaxHousehold{Status: quotient.StatusSingle, Disabled: true}.ExplainParts("us-1")
		},
		func() (decimal.Decimal, ent.Explanation, error) {
			return quotient.SharedBenefits{Whole: dec("100"), Children: 2, Shared: 1, Rounding: quotient.Cent()}.Explain("us-1")
		},
	} {
		_, why, err = explain()
		require.NoError(t, err)
		assert.Equal(t, "(réservé)\n", why.Render(ent.FR, readers()["us-2"]))
	}
}

// In a couple, each reads their own: what is made of both amounts is for an agent, since one could take theirs away.
func TestInACoupleNeitherReadsTheOthersIncome(t *testing.T) {
	t.Parallel()
	in := quotient.Input{
		Owner: "us-1", FiscalParts: quotient.Known(dec("3")),
		Resources: []quotient.Resource{
			{Owner: "us-1", Nature: quotient.NatureMonthly, Amount: dec("1111")},
			{Owner: "us-2", Nature: quotient.NatureMonthly, Amount: dec("2223")},
		},
	}
	_, why, err := quotient.Marolles().Explain(in)
	require.NoError(t, err)
	require.NoError(t, why.Check())
	holder := why.Render(ent.FR, readers()["us-1"])
	assert.Contains(t, holder, "1111,33", "the quotient")
	for _, hidden := range []string{"2223", "3334"} {
		assert.NotContains(t, holder, hidden)
	}
	assert.Equal(t, "(réservé)\n", why.Render(ent.FR, readers()["us-2"]))
	agent := why.Render(ent.FR, readers()["agent"])
	for _, shown := range []string{"1111 EUR", "2223 EUR", "3334 EUR"} {
		assert.Contains(t, agent, shown)
	}

	// The income of the other alone: the holder reads the quotient, and no step of it.
	in.Resources = in.Resources[1:]
	_, why, err = quotient.Marolles().Explain(in)
	require.NoError(t, err)
	holder = why.Render(ent.FR, readers()["us-1"])
	assert.NotContains(t, holder, "2223")
	assert.Contains(t, holder, "741 EUR")
}

// Whatever the formula, an amount of one person is rendered to nobody else but an agent.
func TestRandomExplanationsShowNoAmountOfAnother(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(12, 34))
	for range 1000 {
		f, in := randomFormula(r), randomInput(r)
		for i := range in.Resources {
			in.Resources[i].Owner, in.Resources[i].Amount = "us-2", decimal.New(77_700_000+r.Int64N(1000), 0)
		}
		_, why, err := f.Explain(in)
		if err != nil {
			require.ErrorIs(t, err, quotient.CodeParts)
			continue
		}
		for name, to := range readers() {
			text := why.Render(ent.FR, to)
			switch name {
			case "agent":
			case "us-1":
				// The quotient, at most before its rounding too, and nothing it is made of.
				lines := strings.Split(strings.TrimSpace(text), "\n")
				require.LessOrEqual(t, len(lines), 3, text)
				if f.Name != "strasbourg-transport" || len(lines) > 1 {
					require.Contains(t, lines[len(lines)-1], "(détail réservé)", text)
				}
			default:
				require.Equal(t, "(réservé)\n", text)
			}
		}
	}
}

func label(lang ent.Lang, fr, en string) string {
	if lang == ent.EN {
		return en
	}
	return fr
}
