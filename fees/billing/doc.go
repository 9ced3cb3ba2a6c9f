// Package billing turns a month of a household into explained lines: what each child used, at the price of the tariff, for
// the person who pays. It has no store: the household, its uses and the compiled tariff go in, the lines come out.
//
//	bill, err := billing.Rate(prices, billing.Household{
//		Payer: "us-1", Quotients: history, Residence: tariff.ResidenceCommune,
//		Children: []billing.Child{{ID: "us-2", Born: born}, {ID: "us-3", Born: later}},
//	}, ent.Month{Year: 2025, Month: 11}, uses)
//	if err != nil {
//		return err // every use that has no price, by code and place; what the others cost is in the bill all the same
//	}
//	for _, line := range bill.Lines {
//		fmt.Println(line.Title.FR, line.Uses, line.Amount.Decimal())
//	}
//
// # What a month needs that a use does not
//
// The rank of a child among those present the same day, presences of one day that overlap, waiting days of an absence
// (carence), caps, subscriptions and the rounding of an invoice need the whole household-month. They are here; the price of
// one use is [tariff.Compiled]'s. [Explain] returns the same lines with an explanation each, by the same code.
//
// # Two payers
//
// A child of separated parents has a [Custody] that says who pays which day. Rate is called once for each parent with the
// same uses: each one's bill holds their days, at their own quotient, and no explanation shows the other's income. A day that
// nobody pays is an issue.
//
// # Counts
//
// Every use is billed, included in a subscription, deducted, left to another payer, context (a day of another month, which
// waiting days may need) or refused, and counted as one of these: see [Counts.Balanced].
//
// # Texts
//
// The rules are those of communal regulations; tariff documents say which one holds. The two readings of waiting days, the
// order of ranks and the counting of minutes have no hidden default.
//
// # Out of scope
//
// Invoices with their numbers, payments and their files. A line keeps the hash of the sheet, so that what was billed can be
// computed again.
package billing
