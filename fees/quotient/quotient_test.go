package quotient_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/quotient/quotienttest"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, quotient.Catalog().Check())
}

// The acceptance table of quotients, printed examples of 2.2 included.
func TestAcceptanceQuotients(t *testing.T) {
	t.Parallel()
	national := quotient.National(quotient.KindCAF)
	type comp = quotient.Composition
	for _, c := range []struct {
		name               string
		f                  quotient.Formula
		resources, benefit string
		nature             quotient.Nature
		in                 comp
		want               string
	}{
		{"no benefit", national, "24000", "0", quotient.NatureTaxable, comp{Adults: 2, Children: 1}, "800.00"},
		{"benefits", national, "15600", "323.91", quotient.NatureTaxable, comp{Adults: 1, Children: 2}, "541.30"},
		{"three children", national, "31866", "338.80", quotient.NatureTaxable, comp{Adults: 2, Children: 3}, "748.58"},
		{"one disabled", national, "31866", "487.93", quotient.NatureTaxable, comp{Adults: 2, Children: 3, DisabledChildren: 1}, "698.54"},
		{"benefits only", national, "0", "635.71", quotient.NatureTaxable, comp{Adults: 1, Children: 1}, "254.28"},
		{"nothing at all", national, "0", "0", quotient.NatureTaxable, comp{Adults: 1, Children: 1}, "0.00"},
		{"a loss", national, "-2400", "149.26", quotient.NatureTaxable, comp{Adults: 2, Children: 2}, "49.75"},
		{"Brest", quotient.Brest(), "12000", "", quotient.NatureTaxable, comp{Adults: 1, Children: 1}, "500.00"},
		{"Menucourt, printed", quotient.Menucourt(), "31866", "", quotient.NatureRFR, comp{Adults: 2, Children: 2}, "663.88"},
		{"Menucourt, single parent, printed", quotient.Menucourt(), "23764", "", quotient.NatureRFR, comp{Adults: 1, Children: 2}, "495.08"},
		{"Menucourt, one disabled", quotient.Menucourt(), "24000", "", quotient.NatureRFR, comp{Adults: 2, Children: 1, DisabledAdults: 2}, "500.00"},
		{"Garonne", quotient.RFRTwelfth(), "24000", "", quotient.NatureRFR, comp{}, "2000.00"},
	} {
		in := quotient.Input{Composition: c.in, Resources: []quotient.Resource{resource(c.nature, c.resources)}}
		if c.benefit != "" {
			in.Resources = append(in.Resources, resource(quotient.NatureBenefits, c.benefit))
		}
		got, _ := both(t, c.f, in)
		assert.Equal(t, c.want, got, c.name)
	}
}

// The reference table of parts of section 2.1: the number of adults does not matter.
func TestAcceptanceReferenceTableOfParts(t *testing.T) {
	t.Parallel()
	for n, want := range []string{"2", "2.5", "3", "4", "4.5", "5"} {
		for adults := 1; adults <= 2; adults++ {
			c := quotient.Composition{Adults: adults, Children: n}
			got, err := quotient.NationalParts().Parts(c)
			require.NoError(t, err)
			assert.Equal(t, want, got.String())
			if n > 0 {
				c.DisabledChildren = 1
				got, err = quotient.NationalParts().Parts(c)
				require.NoError(t, err)
				assert.True(t, dec(want).Add(dec("0.5")).Equal(got))
			}
		}
	}
}

func TestFormulasOfTowns(t *testing.T) {
	t.Parallel()
	rfr := func(v string) []quotient.Resource { return []quotient.Resource{resource(quotient.NatureRFR, v)} }
	got, _ := both(t, quotient.RFRPerPart(), quotient.Input{
		Resources: rfr("30000"), Tax: &quotient.TaxHousehold{Status: quotient.StatusSingle, Children: 1, Isolated: true},
	})
	assert.Equal(t, "1250.00", got, "Strasbourg, parts computed")

	got, _ = both(t, quotient.Marolles(), quotient.Input{
		Resources:   []quotient.Resource{resource(quotient.NatureMonthly, "1400"), resource(quotient.NatureMonthly, "1250.50")},
		FiscalParts: quotient.Known(dec("2.5")),
	})
	assert.Equal(t, "1060.20", got, "Marolles")

	for rfr, want := range map[string]string{"20000": "5000.00", "40000": "6000.00"} {
		got, _ = both(t, quotient.AntonyBase(), quotient.Input{
			Resources: []quotient.Resource{resource(quotient.NatureQuarter, "6000"), resource(quotient.NatureRFR, rfr)},
		})
		assert.Equal(t, want, got, "Antony takes the lesser")
	}

	coefficients := quotient.PartRule{
		Unit: "coefficient", Single: dec("1.2"), Couple: dec("1.9"), Children: []decimal.Decimal{dec("0.5"), dec("0.4")}, Sharing: quotient.SharingWhole,
	}
	got, _ = both(t, quotient.PlessisPate(coefficients), quotient.Input{
		Composition: quotient.Composition{Adults: 2, Children: 3}, Resources: []quotient.Resource{resource(quotient.NatureDeclared, "38400")},
	})
	assert.Equal(t, "1000.00", got, "Le Plessis-Pâté: 3200 / (1.9 + 0.5 + 0.4 + 0.4)")

	sartrouville := quotient.National(quotient.KindMunicipal)
	sartrouville.Name, sartrouville.Abatements = "sartrouville", quotient.AbatementsSartrouville()
	for children, want := range map[int]string{2: "1025.00", 3: "656.25", 4: "516.67"} {
		// 36 000 a year: 3 000, 2 550, 2 250 a month; 75 of benefits, which no abatement touches.
		got, _ = both(t, sartrouville, quotient.Input{
			Composition: quotient.Composition{Adults: 2, Children: children},
			Resources:   []quotient.Resource{resource(quotient.NatureTaxable, "36000"), resource(quotient.NatureBenefits, "75")},
		})
		assert.Equal(t, want, got, "Sartrouville, %d children", children)
	}

	for level, want := range map[int]string{0: "765.00", 1: "765.00", 2: "765.00", 3: "560.00", 4: "560.00", 5: "355.00", 7: "355.00"} {
		got, _ = both(t, quotient.StrasbourgTransport(), quotient.Input{Student: true, Scholarship: level})
		assert.Equal(t, want, got, "student, level %d", level)
	}
	got, _ = both(t, quotient.StrasbourgTransport(), quotient.Input{Resources: rfr("12000"), FiscalParts: quotient.Known(dec("1"))})
	assert.Equal(t, "1000.00", got, "not a student")
}

func TestSharedCustodyFollowsANamedRule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sharing quotient.Sharing
		in      quotient.Composition
		want    string
	}{
		{quotient.SharingHalf, quotient.Composition{Adults: 1, Shared: 1}, "2.25"},
		{quotient.SharingHalf, quotient.Composition{Adults: 1, Shared: 1, DisabledShared: 1}, "2.5"},
		{quotient.SharingHalf, quotient.Composition{Adults: 1, Shared: 3}, "3"},
		{quotient.SharingHalf, quotient.Composition{Adults: 2, Children: 2, Shared: 1}, "3.5"},
		{quotient.SharingWhole, quotient.Composition{Adults: 1, Shared: 1}, "2.5"},
		{quotient.SharingWhole, quotient.Composition{Adults: 2, Children: 2, Shared: 1, DisabledShared: 1}, "4.5"},
		{quotient.SharingNone, quotient.Composition{Adults: 2, Children: 2, Shared: 1, DisabledShared: 1}, "3"},
	} {
		rule := quotient.NationalParts()
		rule.Sharing = c.sharing
		got, why, err := rule.ExplainParts(c.in, "us-1")
		require.NoError(t, err)
		require.NoError(t, why.Check())
		assert.Equal(t, c.want, got.String(), "%s %+v", c.sharing, c.in)
	}
	alone := quotient.BrestParts()
	alone.Sharing = quotient.SharingNone
	got, err := alone.Parts(quotient.Composition{Adults: 1, Shared: 1})
	require.NoError(t, err)
	assert.Equal(t, "1", got.String(), "a child who does not count makes no single parent")
}

func TestSharedBenefits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		children, shared int
		want             string
	}{
		{2, 0, "148.52"},
		{2, 1, "111.39"},
		{2, 2, "74.26"},
		{3, 1, "123.77"}, // five sixths
	} {
		b := quotient.SharedBenefits{Whole: dec("148.52"), Children: c.children, Shared: c.shared, Rounding: quotient.Cent()}
		got, err := b.Compute()
		require.NoError(t, err)
		assert.Equal(t, c.want, got.StringFixed(2))
		same, why, err := b.Explain("us-1")
		require.NoError(t, err)
		require.NoError(t, why.Check())
		assert.True(t, same.Equal(got))
	}
	for _, b := range []quotient.SharedBenefits{
		{Children: 0, Rounding: quotient.Cent()},
		{Children: 2, Shared: 3, Rounding: quotient.Cent()},
		{Children: 2, Shared: -1, Rounding: quotient.Cent()},
	} {
		_, err := b.Compute()
		require.ErrorIs(t, err, quotient.CodeShared)
	}
	_, err := quotient.SharedBenefits{Children: 1, Whole: dec("-1"), Rounding: quotient.Cent()}.Compute()
	require.ErrorIs(t, err, quotient.CodeNegative)
	_, err = quotient.SharedBenefits{Children: 1}.Compute()
	require.ErrorIs(t, err, quotient.CodeFormula)
}

func TestRoundingIsOneAndNamed(t *testing.T) {
	t.Parallel()
	f := quotient.RFRTwelfth()
	f.Rounding = ent.Rounding{Step: dec("1"), Mode: ent.RoundHalfUp}
	// 541.4950 by month: rounding to the cent first would give 541.50, and then 542.
	got, why := both(t, f, quotient.Input{Resources: []quotient.Resource{resource(quotient.NatureRFR, "6497.94")}})
	assert.Equal(t, "541.00", got)
	count := 0
	var walk func(ent.Step)
	walk = func(s ent.Step) {
		if s.Op == ent.OpRound {
			count++
		}
		for _, o := range s.Operands {
			walk(o)
		}
	}
	walk(why.Root)
	assert.Equal(t, 1, count)
}

func TestBadInputIsRefusedByCode(t *testing.T) {
	t.Parallel()
	family := quotient.Composition{Adults: 2, Children: 1}
	money := func(taxable, benefits string) []quotient.Resource {
		return []quotient.Resource{resource(quotient.NatureTaxable, taxable), resource(quotient.NatureBenefits, benefits)}
	}
	huge := decimal.New(1, 999999999)
	national, fiscal := quotient.National(quotient.KindCAF), quotient.RFRPerPart()
	rfr := []quotient.Resource{resource(quotient.NatureRFR, "1000")}
	without := national
	zero := quotient.NationalParts()
	zero.Single, zero.Couple, zero.Children = decimal.Decimal{}, decimal.Decimal{}, nil
	without.Rule = &zero
	for _, c := range []struct {
		name string
		f    quotient.Formula
		in   quotient.Input
		want error
	}{
		{"no resources", national, quotient.Input{Composition: family}, quotient.CodeResources},
		{"no benefits, not even 0", national, quotient.Input{Composition: family, Resources: money("1", "1")[:1]}, quotient.CodeResources},
		{"negative benefits", national, quotient.Input{Composition: family, Resources: money("1", "-1")}, quotient.CodeNegative},
		{"no adult", national, quotient.Input{Resources: money("1", "1")}, quotient.CodeComposition},
		{"three adults", national, quotient.Input{Composition: quotient.Composition{Adults: 3}, Resources: money("1", "1")}, quotient.CodeComposition},
		{"fewer than no child", national, quotient.Input{Composition: quotient.Composition{Adults: 1, Children: -1}, Resources: money("1", "1")}, quotient.CodeComposition},
		{"more disabled than children", national, quotient.Input{Composition: quotient.Composition{Adults: 1, Children: 1, DisabledChildren: 2}, Resources: money("1", "1")}, quotient.CodeDisabled},
		{"parts of 0", without, quotient.Input{Composition: family, Resources: money("1", "1")}, quotient.CodeParts},
		{"a number that fills the memory", national, quotient.Input{Composition: family, Resources: []quotient.Resource{{Nature: quotient.NatureTaxable, Amount: huge}, resource(quotient.NatureBenefits, "0")}}, quotient.CodeNumber},
		{"a zero that fills the memory", national, quotient.Input{Composition: family, Resources: []quotient.Resource{{Nature: quotient.NatureTaxable, Amount: decimal.New(0, 999999999)}, resource(quotient.NatureBenefits, "0")}}, quotient.CodeNumber},
		{"too many decimals", national, quotient.Input{Composition: family, Resources: money("0.0000000000001", "0")}, quotient.CodeNumber},
		{"too great", national, quotient.Input{Composition: family, Resources: money("1000000000000", "0")}, quotient.CodeNumber},
		{"no parts", fiscal, quotient.Input{Resources: rfr}, quotient.CodeParts},
		{"printed parts of 0", fiscal, quotient.Input{Resources: rfr, FiscalParts: quotient.Known(dec("0"))}, quotient.CodeParts},
		{"printed parts below 0", fiscal, quotient.Input{Resources: rfr, FiscalParts: quotient.Known(dec("-1"))}, quotient.CodeParts},
		{"printed parts of another situation", fiscal, quotient.Input{Resources: rfr, FiscalParts: quotient.Known(dec("2")), Tax: &quotient.TaxHousehold{Status: quotient.StatusSingle}}, quotient.CodePartsDiffer},
		{"an unknown status", fiscal, quotient.Input{Resources: rfr, Tax: &quotient.TaxHousehold{}}, quotient.CodeStatus},
		{"a period that ends first", fiscal, quotient.Input{Resources: rfr, FiscalParts: quotient.Known(dec("1")), From: day(t, "2024-09-01"), To: day(t, "2024-08-31")}, quotient.CodePeriod},
		{"a date that is none", fiscal, quotient.Input{Resources: rfr, FiscalParts: quotient.Known(dec("1")), ComputedOn: ent.Date{Year: 2024, Month: 2, Day: 30}}, quotient.CodeDate},
		{"a month that is none", fiscal, quotient.Input{Resources: rfr, FiscalParts: quotient.Known(dec("1")), Month: ent.Month{Year: 2024, Month: 13}}, quotient.CodeDate},
		{"a scholarship below 0", quotient.StrasbourgTransport(), quotient.Input{Student: true, Scholarship: -1}, quotient.CodeComposition},
		{"an empty formula", quotient.Formula{}, quotient.Input{}, quotient.CodeFormula},
		{"a formula without kind", quotient.Formula{}, quotient.Input{}, quotient.CodeKind},
	} {
		q, err := c.f.Compute(c.in)
		require.ErrorIs(t, err, c.want, c.name)
		assert.Equal(t, quotient.Quotient{}, q, "%s: nothing stands beside an error", c.name)
		c.in.Owner = "us-1"
		_, why, err := c.f.Explain(c.in)
		require.ErrorIs(t, err, c.want, c.name)
		assert.Equal(t, ent.Explanation{}, why)
	}
	_, _, err := national.Explain(quotient.Input{Composition: family, Resources: money("1", "1")})
	require.ErrorIs(t, err, quotient.CodeOwner)
}

func TestAMissingQuotientIsNotZero(t *testing.T) {
	t.Parallel()
	var q quotient.Quotient
	_, err := q.Get()
	require.ErrorIs(t, err, quotient.CodeMissing)
	q.Value = quotient.Known(decimal.Decimal{})
	v, err := q.Get()
	require.NoError(t, err)
	assert.True(t, v.IsZero())
	assert.False(t, q.Value.IsZero(), "a known 0 is not missing")

	for text, want := range map[string]quotient.Amount{`null`: {}, `"0"`: quotient.Known(dec("0")), `"541.30"`: quotient.Known(dec("541.30"))} {
		var a quotient.Amount
		require.NoError(t, json.Unmarshal([]byte(text), &a))
		assert.True(t, want.Equal(a), text)
		b, err := json.Marshal(a)
		require.NoError(t, err)
		assert.Equal(t, text, string(b))
	}
	for _, text := range []string{`0`, `541.3`, `""`, `"1e3"`, `"+1"`, `" 1"`, `"1."`, `".5"`, `"1000000000000"`, `"0.0000000000001"`, `"0x1"`, `true`, `{}`, `"١"`} {
		var a quotient.Amount
		require.ErrorIs(t, json.Unmarshal([]byte(text), &a), quotient.CodeNumber, text)
	}
}

func TestAZeroOfALegacySourceIsAmbiguous(t *testing.T) {
	t.Parallel()
	q := quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(dec("0.00"))}
	got, issues := quotient.FromLegacy(q)
	require.ErrorIs(t, issues.Err(), quotient.CodeAmbiguousZero)
	assert.Equal(t, ent.SeverityWarning, issues.Worst())
	_, err := got.Get()
	require.ErrorIs(t, err, quotient.CodeMissing)

	q.Value = quotient.Known(dec("1"))
	got, issues = quotient.FromLegacy(q)
	assert.Empty(t, issues)
	assert.Equal(t, q, got)
	_, issues = quotient.FromLegacy(quotient.Quotient{})
	assert.Empty(t, issues, "what is missing is not ambiguous")
}

func TestMissingPolicies(t *testing.T) {
	t.Parallel()
	known, missing := quotient.Quotient{Value: quotient.Known(dec("0"))}, quotient.Quotient{}
	for _, m := range []quotient.Missing{quotient.MissingRefuse, quotient.MissingTopBand, quotient.MissingTopBandSurcharge, quotient.MissingFullPrice} {
		require.NoError(t, m.Accept(known))
		err := m.Accept(missing)
		if m == quotient.MissingRefuse {
			require.ErrorIs(t, err, quotient.CodeMissing)
		} else {
			require.NoError(t, err)
		}
	}
	for _, m := range []quotient.Missing{"", "lowest-band"} {
		require.ErrorIs(t, m.Accept(known), quotient.CodePolicy)
	}
}

func TestQuotientCheck(t *testing.T) {
	t.Parallel()
	ok := quotient.Quotient{Kind: quotient.KindMSA, Value: quotient.Known(dec("900")), Month: month(t, "2024-09")}
	assert.Empty(t, ok.Check())
	bad := quotient.Quotient{
		Kind: quotient.KindMunicipal, Value: quotient.Known(dec("-1")), From: day(t, "2024-09-02"), To: day(t, "2024-09-01"),
		Month: ent.Month{Month: 5},
	}
	err := bad.Check().Err()
	for _, c := range []ent.Code{quotient.CodeKind, quotient.CodeNegative, quotient.CodePeriod, quotient.CodeDate} {
		require.ErrorIs(t, err, c)
	}
	assert.Len(t, bad.Check(), 4)
}

func TestMemoryIsASource(t *testing.T) {
	t.Parallel()
	quotienttest.Run(t, func(_ *testing.T, known map[ent.ID][]quotient.Quotient) quotient.Source {
		return quotient.Memory(known)
	})
	m := quotient.Memory{"us-1": {
		{Month: month(t, "2024-10"), Value: quotient.Known(dec("850"))},
		{Month: month(t, "2024-09"), Value: quotient.Known(dec("900"))},
		{Month: month(t, "2024-09"), Value: quotient.Known(dec("905"))},
		{Month: month(t, "2024-11")},
	}}
	latest, err := m.Quotient(t.Context(), quotient.Request{Person: ent.Person{ID: "us-1"}})
	require.NoError(t, err)
	assert.True(t, quotient.Known(dec("850")).Equal(latest.Value), "the latest month that has one")
	last, err := m.Quotient(t.Context(), quotient.Request{Person: ent.Person{ID: "us-1"}, Month: month(t, "2024-09")})
	require.NoError(t, err)
	assert.True(t, quotient.Known(dec("905")).Equal(last.Value))
}

func TestNotFoundIsSaidToAFamily(t *testing.T) {
	t.Parallel()
	for _, s := range []quotient.Situation{
		quotient.SituationUnknown, quotient.SituationNoFile, quotient.SituationNotHolder, quotient.SituationNoBenefits,
		quotient.SituationSpecialScheme, quotient.SituationIdentity, quotient.SituationMonth,
	} {
		e := &quotient.NotFoundError{Situation: s}
		require.ErrorIs(t, e, quotient.CodeNotFound)
		assert.NotEqual(t, string(s), s.Label(ent.FR))
		assert.NotEqual(t, s.Label(ent.FR), s.Label(ent.EN))
		assert.Contains(t, e.Message(ent.FR), "justificatif")
		assert.Contains(t, e.Error(), string(s))
	}
}

func TestLabelsAreInBothLanguages(t *testing.T) {
	t.Parallel()
	type labelled interface{ Label(lang ent.Lang) string }
	var all []labelled
	for _, k := range quotient.Kinds() {
		all = append(all, k)
	}
	for _, n := range []quotient.Nature{
		quotient.NatureTaxable, quotient.NatureDeclared, quotient.NatureRFR, quotient.NatureQuarter, quotient.NatureMonthly,
		quotient.NatureBenefits,
	} {
		all = append(all, n)
	}
	for _, m := range []quotient.Missing{quotient.MissingRefuse, quotient.MissingTopBand, quotient.MissingTopBandSurcharge, quotient.MissingFullPrice} {
		all = append(all, m)
	}
	for _, v := range []quotient.Validity{quotient.ValidityFixedDate, quotient.ValidityAnnual, quotient.ValidityMonth, quotient.ValidityDay} {
		all = append(all, v)
	}
	for _, s := range []quotient.Sharing{quotient.SharingHalf, quotient.SharingWhole, quotient.SharingNone} {
		all = append(all, s)
	}
	for _, s := range []quotient.Status{
		quotient.StatusSingle, quotient.StatusDivorced, quotient.StatusMarried, quotient.StatusPACS, quotient.StatusWidowed,
		quotient.StatusWidowedThisYear,
	} {
		all = append(all, s)
	}
	for _, p := range []quotient.ProofKind{
		quotient.ProofAPI, quotient.ProofCertificate, quotient.ProofTaxNotice, quotient.ProofPayslips, quotient.ProofDeclaration,
	} {
		all = append(all, p)
	}
	for _, e := range []quotient.Event{
		quotient.EventBirth, quotient.EventSeparation, quotient.EventJobLoss, quotient.EventDeath, quotient.EventOther,
	} {
		all = append(all, e)
	}
	for _, e := range []quotient.Effect{quotient.EffectFrom, quotient.EffectReceived, quotient.EffectNextMonth} {
		all = append(all, e)
	}
	for _, l := range all {
		assert.NotEqual(t, l.Label(ent.FR), l.Label(ent.EN), "%v", l)
		assert.NotEqual(t, fmt.Sprint(l), l.Label(ent.FR))
	}
	assert.Equal(t, "toulouse", quotient.Kind("toulouse").Label(ent.FR), "an unknown kind passes")
}

// The canary: a figure that stands nowhere else is looked for in errors, issues, logs and prints.
func TestNoFigureIsPrinted(t *testing.T) {
	t.Parallel()
	const mark = "31415.92"
	in := quotient.Input{
		Owner: "us-1", Composition: quotient.Composition{Adults: 7, Children: 31415},
		Resources:   []quotient.Resource{resource(quotient.NatureTaxable, mark), resource(quotient.NatureBenefits, "-"+mark)},
		FiscalParts: quotient.Known(dec("-" + mark)),
	}
	in.Tax = &quotient.TaxHousehold{Status: mark, Children: 31415}
	q := quotient.Quotient{Kind: quotient.KindCAF, Name: mark, Value: quotient.Known(dec("-" + mark)), Proof: quotient.Proof{Reference: mark}}
	entry := quotient.Entry{Quotient: q, ReceivedOn: day(t, "2024-09-01")}
	history, issues := quotient.NewHistory(entry)
	var out bytes.Buffer
	for _, f := range []quotient.Formula{quotient.National(quotient.KindCAF), quotient.RFRPerPart()} {
		_, err := f.Compute(in)
		require.Error(t, err)
		fmt.Fprintln(&out, err)
	}
	require.Error(t, issues.Err())
	fmt.Fprintln(&out, issues.Err(), q.Value, in.FiscalParts)
	fmt.Fprintf(&out, "%v %+v %#v\n", q.Value, q.Value, q.Value)
	for _, i := range append(issues, q.Check()...) {
		fmt.Fprintln(&out, i, i.Message(ent.FR))
		b, err := json.Marshal(i)
		require.NoError(t, err)
		out.Write(b)
	}
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // its digits may be any
		}
		return a
	}}))
	for _, v := range []any{in, q, entry, history, in.Resources[0], in.Composition, *in.Tax, q.Value, quotient.SharedBenefits{Whole: dec(mark)}} {
		log.Info("night", "v", v)
	}
	assert.NotContains(t, out.String(), "31415")
}

func TestAPartRuleIsCheckedWithTheHousehold(t *testing.T) {
	t.Parallel()
	one := quotient.Composition{Adults: 1}
	national := quotient.NationalParts()
	for _, c := range []struct {
		change func(*quotient.PartRule)
		in     quotient.Composition
		want   error
	}{
		{func(*quotient.PartRule) {}, quotient.Composition{}, quotient.CodeComposition},
		{func(*quotient.PartRule) {}, quotient.Composition{Adults: 1, DisabledAdults: 2}, quotient.CodeDisabled},
		{func(*quotient.PartRule) {}, quotient.Composition{Adults: 1, Shared: 1, DisabledShared: 2}, quotient.CodeDisabled},
		{func(r *quotient.PartRule) { r.Sharing = "" }, one, quotient.CodeShared},
		{func(r *quotient.PartRule) { r.Single = dec("-1") }, one, quotient.CodeNegative},
		{func(r *quotient.PartRule) { r.Other = decimal.New(1, 200) }, one, quotient.CodeNumber},
		{func(r *quotient.PartRule) {
			r.Other = decimal.RequireFromString("123456789012345678901234567890123456")
		}, one, quotient.CodeNumber},
		{func(r *quotient.PartRule) { r.Children = make([]decimal.Decimal, 100) }, one, quotient.CodeFormula},
	} {
		rule := national
		c.change(&rule)
		_, err := rule.Parts(c.in)
		require.ErrorIs(t, err, c.want)
		_, _, err = rule.ExplainParts(c.in, "us-1")
		require.ErrorIs(t, err, c.want)
	}
	_, _, err := national.ExplainParts(one, "")
	require.ErrorIs(t, err, quotient.CodeOwner)
}
