// Package tariff prices the services of a commune: school meals, care before and after school, leisure centres, crèches. A
// tariff is a document, in JSON or YAML, that an organiser writes for a period; it is checked, compiled once, and gives each
// price with its explanation.
//
//	sheet, issues := tariff.Parse("cantine.yaml", text) // unknown keys, bad numbers: each with its line
//	if sheet == nil {
//		return issues.Err()
//	}
//	issues = sheet.Validate() // gaps, overlaps, prices that fall, what the law says, the commune's own cases
//	prices, err := sheet.Compile()
//	if err != nil {
//		return err
//	}
//	q, err := tariff.QuotientOf(family) // a quotient.Quotient; a missing one is not zero
//	price, why, err := prices.Explain(&tariff.Input{
//		Owner: "us-1", Date: day, Activity: "meal", Quotient: q,
//		Residence: tariff.ResidenceCommune, Booking: tariff.BookingRegular,
//	})
//	fmt.Println(price.Amount.Decimal(), why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "us-1"}))
//
// # How a price is made
//
// The sheet of the day has the activity; its first [Rule] whose condition holds gives a price, by one of the formulas met in
// published sheets: flat, bands of quotient with columns, straight lines, effort rate, a share of a cost or of a reference
// price, the hourly price of a crèche. Then come the modifiers of the unit price in their order, the quantity (or the units
// of time begun), and the modifiers of the line. One rounding, named by the sheet, happens at the unit, on the line or on the
// invoice; a percentage on a line whose unit was rounded is rounded again, by the same rule.
//
// A case that the sheet does not foresee is an error that names the gap: never a neighbour's price. A criterion that the
// sheet asks for and the use does not give is an error too.
//
// # Bands
//
// The bounds of a [Row] say whether they are included: from and to are, above and below are not. So a printed grid is
// written as it is printed, with its gaps, and [Tariff.Validate] reports them. A quotient with decimals on bands of whole
// euros (0 to 622, 623 to 1000) is read by [Bands].Decimals, which has no default.
//
// # Numbers
//
// Amounts of the API are decimals. A compiled sheet computes exactly with fractions of int64 and refuses what would overflow;
// an [Amount] is small and turns into a decimal when asked. Amounts and quotients are less than 10^9, with 8 and 6 decimals
// at the most.
//
// # Simulation
//
// [Simulate] prices a population with two sheets: revenue, who pays more or less by band of quotient and size of family, as
// data, CSV and an SVG chart.
//
// # Texts
//
// Code de l'éducation, articles R.531-52 and R.531-53 (décret 2006-753): school meals, no price above the cost of a user. Loi
// 98-657 of 29 July 1998, article 147: prices by income and size of household. The crèche formula is that of the CAF's
// prestation de service unique. The structures are those of some thirty published sheets, which [grids] holds as documents.
//
// # Out of scope
//
// A household's month (who is present, which rank, caps, absences) is billing's; invoices and payments too.
//
// [grids]: https://pkg.go.dev/github.com/opencartable/cartable/fees/tariff/grids
package tariff
