package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

const head = `format: cartable.tariff/1
id: test
title: Test
organiser: {name: Test}
rounding: {step: 0.01, mode: half-up, point: unit}
activities:
`

func flatMeal(absences string) string {
	return head + `  - id: meal
    title: Repas
    service: meal
    unit: meal
    rules: [{price: 4.00}]
    absences: [` + absences + `]
`
}

func child(subscriptions ...billing.Subscription) *billing.Household {
	return &billing.Household{Payer: "us-1", Children: []billing.Child{{ID: "child-1", Born: on(1), Subscriptions: subscriptions}}}
}

func meal(d ent.Date, reason tariff.Reason) billing.Use {
	return billing.Use{Child: "child-1", Activity: "meal", Day: d, Booked: tariff.BookingRegular, Present: reason == "", Reason: reason}
}

// rate rates twice, with and without explanations, and returns the bill.
func rate(t *testing.T, prices *tariff.Compiled, h *billing.Household, uses ...billing.Use) billing.Bill {
	t.Helper()
	bill, err := billing.Rate(prices, h, november(), uses)
	require.NoError(t, err)
	require.True(t, bill.Counts.Balanced())
	explained(t, prices, h, uses, bill)
	return bill
}

// Three days of illness in a row and one apart, with two waiting days, in both readings.
func TestWaitingDays(t *testing.T) {
	t.Parallel()
	var uses []billing.Use
	for _, d := range []int{3, 4, 6, 7, 10, 13} { // the days booked
		reason := tariff.Reason("")
		if d == 4 || d == 6 || d == 7 || d == 13 {
			reason = tariff.ReasonIllness
		}
		uses = append(uses, meal(on(d), reason))
	}
	for _, c := range []struct {
		policy   string
		total    string
		deducted int
	}{
		{"{reasons: [illness], days: 2, waiting: first-days}", "20", 1},     // the 3rd day of the row is deducted
		{"{reasons: [illness], days: 2, waiting: all-or-nothing}", "12", 3}, // the row is longer than 2: all of it is
		{"{reasons: [illness], days: 3, waiting: all-or-nothing}", "24", 0},
		{"{reasons: [illness]}", "8", 4},
		{"{reasons: [strike]}", "24", 0}, // a reason that no policy names is billed
		{"{reasons: [illness], percent: 50}", "16", 0},
	} {
		bill := rate(t, sheet(t, flatMeal(c.policy)), child(), uses...)
		assert.Equal(t, c.total, bill.Total.Decimal().String(), c.policy)
		assert.Equal(t, c.deducted, bill.Counts.Deducted, c.policy)
	}
}

// A row of absences that began in the month before goes on: uses of other days are context.
func TestWaitingDaysAcrossMonths(t *testing.T) {
	t.Parallel()
	prices := sheet(t, flatMeal("{reasons: [illness], days: 2, waiting: first-days}"))
	october := ent.Date{Year: 2025, Month: 10, Day: 30}
	uses := []billing.Use{meal(october, tariff.ReasonIllness), meal(october.AddDays(1), tariff.ReasonIllness), meal(on(3), tariff.ReasonIllness)}
	bill := rate(t, prices, child(), uses...)
	assert.Equal(t, 1, bill.Counts.Deducted)
	assert.Equal(t, 2, bill.Counts.Context)
	assert.Equal(t, "0", bill.Total.Decimal().String())
	alone := rate(t, prices, child(), uses[2])
	assert.Equal(t, "4", alone.Total.Decimal().String())
}

func TestStrikesAndOutingsAreDeducted(t *testing.T) {
	t.Parallel()
	prices := sheet(t, flatMeal("{reasons: [illness], days: 2, waiting: first-days}, {reasons: [strike, outing]}"))
	bill := rate(t, prices, child(), meal(on(3), tariff.ReasonStrike), meal(on(4), tariff.ReasonOuting), meal(on(6), tariff.ReasonConvenience), meal(on(7), ""))
	assert.Equal(t, "8", bill.Total.Decimal().String())
	assert.Equal(t, 2, bill.Counts.Deducted)
	var kinds []billing.Kind
	for _, l := range bill.Lines {
		kinds = append(kinds, l.Kind)
	}
	assert.Equal(t, []billing.Kind{billing.KindUse, billing.KindAbsence, billing.KindDeducted, billing.KindDeducted}, kinds)
}

func TestUsesThatCannotBe(t *testing.T) {
	t.Parallel()
	prices := sheet(t, flatMeal(""))
	other := meal(on(5), "")
	other.Child = "somebody"
	nothing := meal(on(12), "")
	nothing.Booked, nothing.Present = tariff.BookingNone, false
	unknown := meal(on(6), "")
	unknown.Activity = "swimming"
	bill, err := billing.Rate(prices, child(), november(), []billing.Use{
		meal(on(3), ""), meal(on(3), ""), other, meal(ent.Date{Year: 2025, Month: 11, Day: 31}, ""), nothing, unknown, meal(ent.Date{}, ""),
	})
	for _, code := range []ent.Code{billing.CodeUseTwice, billing.CodeChild, billing.CodeDate, tariff.CodeActivity} {
		require.ErrorIs(t, err, code)
	}
	assert.Equal(t, billing.Counts{Read: 7, Billed: 1, Nothing: 1, Refused: 5}, bill.Counts)
	assert.Equal(t, "4", bill.Total.Decimal().String())
	assert.True(t, bill.Report().Balanced())
	assert.EqualValues(t, 5, bill.Report().Total().Refused)

	_, err = billing.Rate(prices, &billing.Household{}, november(), nil)
	require.ErrorIs(t, err, billing.CodePayer)
	_, err = billing.Rate(prices, child(), ent.Month{}, nil)
	require.ErrorIs(t, err, billing.CodeMonth)
	twins := child()
	twins.Children = append(twins.Children, twins.Children[0])
	_, err = billing.Rate(prices, twins, november(), nil)
	require.ErrorIs(t, err, billing.CodeTwice)
}

// The month of a change of sheet: the day of the use selects the sheet.
func TestTwoSheetsInAMonth(t *testing.T) {
	t.Parallel()
	parse := func(from, to, price string) *tariff.Tariff {
		doc, issues := tariff.Parse("", []byte("format: cartable.tariff/1\nid: test\ntitle: T\norganiser: {name: T}\n"+from+to+
			"rounding: {step: 0.01, mode: half-up, point: unit}\nactivities: [{id: meal, title: Repas, service: meal, unit: meal, rules: [{price: "+price+"}]}]\n"))
		require.NotNil(t, doc, "%v", issues)
		return doc
	}
	prices, err := tariff.Compile(parse("from: 2025-11-11\n", "", "5.00"), parse("", "to: 2025-11-10\n", "4.00"))
	require.NoError(t, err)
	bill := rate(t, prices, child(), meal(on(10), ""), meal(on(13), ""), meal(on(7), ""))
	require.Len(t, bill.Lines, 2)
	assert.Equal(t, "13", bill.Total.Decimal().String())
}

func TestCaps(t *testing.T) {
	t.Parallel()
	text := head + `  - {id: meal, title: Repas, service: meal, unit: meal, rules: [{price: 4.00}]}
  - {id: snack, title: Goûter, service: meal, unit: act, rules: [{price: 1.50}]}
caps:
  - {title: Plafond du jour, of: child, per: day, activities: [meal, snack], max: 5.00}
  - {title: Plafond du mois, of: household, per: month, activities: [meal, snack], max: 20.00}
`
	h := child()
	h.Children = append(h.Children, billing.Child{ID: "child-2", Born: on(2)})
	var uses []billing.Use
	for _, d := range []int{3, 4, 6} {
		for _, c := range []ent.ID{"child-1", "child-2"} {
			m := meal(on(d), "")
			m.Child = c
			snack := m
			snack.Activity = "snack"
			uses = append(uses, m)
			if d != 6 {
				uses = append(uses, snack)
			}
		}
	}
	bill := rate(t, sheet(t, text), h, uses...)
	// Each child: 3 meals 12.00, 2 snacks 3.00, two days over 5.00 by 0.50. Together 30.00; the month's cap of 20.00 looks at
	// the lines of the uses, 30.00.
	var caps []string
	for _, l := range bill.Lines {
		if l.Kind == billing.KindCap {
			caps = append(caps, string(l.Child)+" "+l.Amount.Decimal().String())
		}
	}
	assert.Equal(t, []string{"child-1 -1", "child-2 -1", " -10"}, caps)
	assert.Equal(t, "18", bill.Total.Decimal().String())
}

// Where the sheet rounds the line or the invoice, three decimals are kept until then, and the lines make the total.
func TestPointOfRounding(t *testing.T) {
	t.Parallel()
	text := func(point string) string {
		return `format: cartable.tariff/1
id: test
title: Test
organiser: {name: Test}
rounding: {step: 0.01, mode: half-up, point: ` + point + `}
activities:
  - {id: meal, title: Repas, service: meal, unit: meal, rules: [{price: 3.205}]}
  - {id: snack, title: Goûter, service: meal, unit: act, rules: [{price: 1.002}]}
`
	}
	uses := []billing.Use{meal(on(3), ""), meal(on(4), ""), meal(on(6), "")}
	for i, d := range []int{3, 4} {
		s := meal(on(d), "")
		s.Activity = "snack"
		uses = append(uses, s)
		_ = i
	}
	for point, want := range map[string][]string{
		"unit":    {"9.63", "2"}, // 3 × 3.21, 2 × 1.00
		"line":    {"9.62", "2"}, // 9.615, 2.004
		"invoice": {"9.62", "2"}, // 11.619 → 11.62
	} {
		bill := rate(t, sheet(t, text(point)), child(), uses...)
		require.Len(t, bill.Lines, 2)
		for i, w := range want {
			assert.Equal(t, w, bill.Lines[i].Amount.Decimal().String(), point)
		}
	}
	// 4 lines of 3.205 each: line by line 12.84, as a whole 12.82.
	h := child()
	var four []billing.Use
	for i, id := range []ent.ID{"child-1", "child-2", "child-3", "child-4"} {
		if i > 0 {
			h.Children = append(h.Children, billing.Child{ID: id, Born: on(i + 1)})
		}
		m := meal(on(3), "")
		m.Child = id
		four = append(four, m)
	}
	assert.Equal(t, "12.84", rate(t, sheet(t, text("line")), h, four...).Total.Decimal().String())
	assert.Equal(t, "12.82", rate(t, sheet(t, text("invoice")), h, four...).Total.Decimal().String())
}

func TestSubscription(t *testing.T) {
	t.Parallel()
	card := func(prorate string) string {
		return head + `  - id: meal
    title: Carte
    service: meal
    unit: month
    subscription: {every: month, refund: 3.85` + prorate + `}
    rules: [{price: 60.00}]
    absences: [{reasons: [illness]}]
`
	}
	running := billing.Subscription{Activity: "meal", From: on(16)}
	uses := []billing.Use{meal(on(17), ""), meal(on(18), tariff.ReasonIllness), meal(on(20), tariff.ReasonIllness), meal(on(21), tariff.ReasonConvenience)}
	bill := rate(t, sheet(t, card("")), child(running), uses...)
	assert.Equal(t, "52.3", bill.Total.Decimal().String()) // 60 - 2 × 3.85
	assert.Equal(t, 2, bill.Counts.Included)
	assert.Equal(t, 2, bill.Counts.Deducted)
	half := rate(t, sheet(t, card(", prorate: days")), child(running))
	assert.Equal(t, "30", half.Total.Decimal().String(), "15 days of 30")
	ended := rate(t, sheet(t, card("")), child(billing.Subscription{Activity: "meal", From: ent.Date{Year: 2025, Month: 9, Day: 1}, To: ent.Date{Year: 2025, Month: 10, Day: 31}}))
	assert.Empty(t, ended.Lines)

	_, err := billing.Rate(sheet(t, card("")), child(), november(), uses)
	require.ErrorIs(t, err, billing.CodeSubscription, "no subscription runs")
	_, err = billing.Rate(sheet(t, flatMeal("")), child(running), november(), nil)
	require.ErrorIs(t, err, billing.CodeSubscription, "the activity takes none")
}

// A shared child's card is paid by both, by the days of each.
func TestSubscriptionOfTwoPayers(t *testing.T) {
	t.Parallel()
	text := head + `  - {id: meal, title: Carte, service: meal, unit: month, subscription: {every: month}, rules: [{price: 60.00}]}
`
	custody := &billing.Custody{Periods: []billing.CustodyPeriod{
		{Payer: "mother"}, {Payer: "father", Weekdays: []time.Weekday{time.Wednesday, time.Saturday, time.Sunday}},
	}}
	total := tariff.Cents(0)
	for _, payer := range []ent.ID{"mother", "father"} {
		h := child(billing.Subscription{Activity: "meal", From: on(1)})
		h.Payer, h.Children[0].Custody = payer, custody
		bill := rate(t, sheet(t, text), h)
		var err error
		total, err = total.Add(bill.Total)
		require.NoError(t, err)
	}
	assert.Equal(t, "60", total.Decimal().String())
}

// Ranks: eldest first by default, equal birth dates by identifier; only the children present the same day count.
func TestRanks(t *testing.T) {
	t.Parallel()
	prices := compiled(t, "wavrin-petites-vacances-2025")
	h := &billing.Household{Payer: "us-1", Quotients: history(t, "700"), Residence: tariff.ResidenceCommune}
	for i, id := range []ent.ID{"d", "b", "a", "c"} {
		born := ent.Date{Year: int16(2018 - i), Month: 1, Day: 1}
		if id == "c" {
			born = ent.Date{Year: 2016, Month: 1, Day: 1} // a twin of "a"
		}
		h.Children = append(h.Children, billing.Child{ID: id, Born: born})
	}
	day := func(id ent.ID, d int) billing.Use {
		return billing.Use{Child: id, Activity: "day", Day: on(d), Booked: tariff.BookingRegular, Present: true}
	}
	bill := rate(t, prices, h, day("a", 3), day("b", 3), day("c", 3), day("d", 3), day("d", 4))
	ranks := map[ent.ID][]int{}
	for _, l := range bill.Lines {
		ranks[l.Child] = append(ranks[l.Child], l.Rank)
	}
	assert.Equal(t, map[ent.ID][]int{"a": {1}, "c": {2}, "b": {3}, "d": {4, 1}}, ranks)
	assert.Equal(t, "35.04", bill.Total.Decimal().StringFixed(2)) // 7.86 + 7.10 + 6.42 + 5.80, and 7.86 alone
}

// A quotient that changes within the month, by the policy of the sheet: that of the day, or that of the month.
func TestQuotientOfTheDayAndOfTheMonth(t *testing.T) {
	t.Parallel()
	text := source(t, "nalliers-cantine")
	h := child()
	var issues ent.Issues
	h.Quotients, issues = quotient.NewHistory(
		quotient.Entry{ReceivedOn: on(1), Quotient: caf("250", on(1).AddDays(-60), on(9))},
		quotient.Entry{ReceivedOn: on(10), Quotient: caf("950", on(10), ent.Date{})},
	)
	require.Empty(t, issues)
	uses := []billing.Use{meal(on(7), ""), meal(on(13), "")}
	assert.Equal(t, "4.65", rate(t, sheet(t, text), h, uses...).Total.Decimal().String(), "1.80 and 2.85")
	doc, _ := tariff.Parse("", []byte(text))
	doc.Quotient.Validity = &tariff.QuotientValidity{Rule: quotient.ValidityMonth}
	month, err := doc.Compile()
	require.NoError(t, err)
	assert.Equal(t, "3.6", rate(t, month, h, uses...).Total.Decimal().String(), "1.80 twice")
}

func caf(value string, from, to ent.Date) quotient.Quotient {
	return quotient.Quotient{Kind: quotient.KindCAF, Value: quotient.Known(dec(value)), From: from, To: to}
}
