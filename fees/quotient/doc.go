// Package quotient computes and keeps family quotients (quotients familiaux): what a household has a month by part, which
// the prices of school meals and of care follow. A quotient is a value with its kind, its month, its period and its proof;
// a missing one is not zero.
//
//	formula := quotient.National(quotient.KindCAF)
//	q, why, err := formula.Explain(quotient.Input{
//		Owner:       "us-1",
//		Month:       ent.Month{Year: 2024, Month: 9},
//		Composition: quotient.Composition{Adults: 1, Children: 2},
//		Resources: []quotient.Resource{
//			{Nature: quotient.NatureTaxable, Amount: decimal.RequireFromString("15600")},
//			{Nature: quotient.NatureBenefits, Amount: decimal.RequireFromString("323.91")},
//		},
//	})
//	if err != nil {
//		return err // what is missing or wrong, all of it, by code
//	}
//	value, err := q.Get() // 541.30; CodeMissing if nobody knows it
//	fmt.Print(value, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-1"}))
//
//	history, issues := quotient.NewHistory(quotient.Entry{Quotient: q, ReceivedOn: today})
//	q, err = history.At(quotient.Policy{Validity: quotient.ValidityMonth}, day)
//
// # What is here
//
// A [Formula] is data: the resources it takes, abatements, benefits, the divisor and the one rounding, which comes last.
// Those of the CAF and the MSA and of several towns are here; a commune writes its own as JSON ([ParseFormula]). Resources
// may be negative: their sum counts as 0 when it is, as in the tax notice. A [PartRule] counts parts or persons, shared
// custody by a rule of the caller's choice; a [TaxHousehold] has its fiscal parts. A [History] keeps each quotient as it was
// received, revisions included, and [History.At] applies one of four policies of validity. A [Source] hands quotients out.
//
// Everything is exact until the rounding. Explanations show each person their own amounts only: see [Formula.Explain].
//
// Numbers are less than 10^12, with 12 decimals at the most. Rules take dates and read no clock.
//
// # Texts
//
// The national formula is that of the public FAQ of API Particulier (CAF and MSA family quotient). Fiscal parts follow the
// code général des impôts, articles 193 ter to 195, as openfisca-france writes it (nbptr, from 2008). Towns' formulas name
// their sheet in Formula.Source. The CAF's weight of a child in shared custody (half) is not published: check it with yours.
//
// # Out of scope
//
// Prices (what a missing quotient costs, which band a separated parent pays) belong to tariffs; the calls and payloads of
// API Particulier to its client; the ceiling on the tax that parts save; the boxes of a couple of veterans, which no
// quotient met here needs; how the CAF rounds to a whole euro, which is not published.
package quotient
