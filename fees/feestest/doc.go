// Package feestest grows the fees of a fictional town on an academy of enttest: households with their quotients, where they
// live and who pays on which day, and a school year of uses. The same academy gives the same town. It is for tests and
// demonstrations; no person in it exists.
//
//	town, err := feestest.New(enttest.New(enttest.Options{Schools: 3}), feestest.Options{})
//	for h := range town.Households() {
//		bill, err := billing.Rate(prices, h, month, town.Uses(h, month))
//	}
//
// The activities are those of the sheet roncq-2025: meal, care (by time) and wednesday.
package feestest
