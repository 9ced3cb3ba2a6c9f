package grids_test

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff/grids"
)

func Example() {
	sheet, err := grids.Get("talloires-cantine")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range sheet.Validate() {
		if i.Severity == ent.SeverityError {
			fmt.Println(i.Pos, i.Message(ent.EN))
		}
	}
	// Output:
	// talloires-cantine.yaml:18:16 Quotients from 1100 to 1100 are in no band.
	// talloires-cantine.yaml:20:16 Quotients from 2001 to 2001 are in no band.
}
