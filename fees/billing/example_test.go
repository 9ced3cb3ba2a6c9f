package billing_test

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

func ExampleRate() {
	sheet, err := grids.Get("saint-colomban")
	if err != nil {
		fmt.Println(err)
		return
	}
	prices, err := sheet.Compile()
	if err != nil {
		fmt.Println(err)
		return
	}
	month := ent.Month{Year: 2025, Month: 11}
	meal := func(day uint8, present bool, reason tariff.Reason) billing.Use {
		return billing.Use{
			Child: "child-1", Activity: "meal", Day: ent.Date{Year: 2025, Month: 11, Day: day}, Booked: tariff.BookingRegular, Present: present, Reason: reason,
		}
	}
	bill, err := billing.Rate(prices, &billing.Household{Payer: "us-1", Children: []billing.Child{{ID: "child-1"}}}, month, []billing.Use{
		meal(3, true, ""), meal(4, true, ""), meal(6, false, tariff.ReasonIllness), meal(7, false, tariff.ReasonUnannounced),
	})
	for _, l := range bill.Lines {
		fmt.Println(l.Kind.Label(ent.EN), l.Uses, l.Amount.Decimal(), l.Days.In(month))
	}
	fmt.Println(bill.Total.Text(ent.EN), err)
	// Output:
	// use 2 7.5 [2025-11-03 2025-11-04]
	// absence billed 1 3.75 [2025-11-07]
	// absence deducted 1 0 [2025-11-06]
	// €11.25 <nil>
}

func ExampleCustody() {
	first := ent.Date{Year: 2025, Month: 9, Day: 1}
	custody := billing.Custody{Periods: []billing.CustodyPeriod{
		{Payer: "mother", From: first, Every: 2}, {Payer: "father", From: first.AddDays(7), Every: 2},
	}}
	for _, d := range []ent.Date{first, first.AddDays(6), first.AddDays(7), first.AddDays(14)} {
		payer, _ := custody.Payer(d)
		fmt.Println(d, payer)
	}
	// Output:
	// 2025-09-01 mother
	// 2025-09-07 mother
	// 2025-09-08 father
	// 2025-09-15 mother
}
