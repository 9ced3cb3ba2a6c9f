package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/billing"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// The part taken here: the vendor keeps families and registrations in its own tables, and Cartable turns a month of them into
// explained lines. Nothing is stored by Cartable.

// readTariff reads a commune's sheet and makes it ready to price.
func readTariff(path string) (*tariff.Compiled, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	sheet, issues := tariff.Parse(filepath.Base(path), text)
	if sheet == nil {
		return nil, issues.Err()
	}
	return sheet.Compile()
}

// month rates what a family owes for a month.
func (v *vendor) month(ctx context.Context, prices *tariff.Compiled, family int64, m ent.Month) (billing.Bill, error) {
	h, err := v.household(ctx, family)
	if err != nil {
		return billing.Bill{}, err
	}
	uses, err := v.registrations(ctx, h, family, m)
	if err != nil {
		return billing.Bill{}, err
	}
	return billing.Explain(prices, h, m, uses)
}

// household reads who pays, with the quotient; a NULL is a missing one, which is not 0.
func (v *vendor) household(ctx context.Context, family int64) (*billing.Household, error) {
	var (
		value, since sql.NullString
		inTown       bool
	)
	if err := v.db.QueryRowContext(ctx, `SELECT quotient, quotient_since, in_town FROM families WHERE adult_id = $1`, family).
		Scan(&value, &since, &inTown); err != nil {
		return nil, fmt.Errorf("family: %w", err)
	}
	h := &billing.Household{Payer: userID(family), Residence: tariff.ResidenceOutside}
	if inTown {
		h.Residence = tariff.ResidenceCommune
	}
	if !value.Valid {
		return h, nil
	}
	d, err := decimal.NewFromString(value.String)
	if err != nil {
		return nil, fmt.Errorf("quotient of family %d: not a number", family)
	}
	from, err := ent.ParseDate(since.String)
	if err != nil {
		return nil, fmt.Errorf("quotient of family %d: %w", family, err)
	}
	history, issues := quotient.NewHistory(quotient.Entry{ReceivedOn: from, Quotient: quotient.Quotient{
		Kind: quotient.KindCAF, Value: quotient.Known(d), From: from,
	}})
	h.Quotients = history
	return h, issues.Err()
}

func userID(n int64) ent.ID { return ent.ID(strconv.FormatInt(n, 10)) }

// registrations reads the uses of a month, and the children they name into the household.
func (v *vendor) registrations(ctx context.Context, h *billing.Household, family int64, m ent.Month) ([]billing.Use, error) {
	rows, err := v.db.QueryContext(ctx, `SELECT child_id, born, day, service, booked, came, arrived, gone, excuse FROM registrations
		WHERE family_id = $1 AND day BETWEEN $2 AND $3 ORDER BY day, child_id`, family, m.First().String(), m.Last().String())
	if err != nil {
		return nil, fmt.Errorf("registrations: %w", err)
	}
	defer rows.Close()
	known := map[int64]bool{}
	var uses []billing.Use
	for rows.Next() {
		var (
			child                                     int64
			born, day, service, arrived, gone, excuse string
			booked                                    bool
			u                                         billing.Use
		)
		if err := rows.Scan(&child, &born, &day, &service, &booked, &u.Present, &arrived, &gone, &excuse); err != nil {
			return nil, fmt.Errorf("registrations: %w", err)
		}
		u.Child, u.Activity, u.Booked, u.Reason = userID(child), service, tariff.BookingNone, tariff.Reason(excuse)
		if booked {
			u.Booked = tariff.BookingRegular
		}
		if u.Day, err = ent.ParseDate(day); err != nil {
			return nil, fmt.Errorf("registrations: %w", err)
		}
		if arrived != "" {
			x, err := tariff.ParseInterval(arrived + "-" + gone)
			if err != nil {
				return nil, fmt.Errorf("registrations of %s: %w", day, err)
			}
			u.Times = []tariff.Interval{x}
		}
		if !known[child] {
			known[child] = true
			date, err := ent.ParseDate(born)
			if err != nil {
				return nil, fmt.Errorf("registrations: %w", err)
			}
			h.Children = append(h.Children, billing.Child{ID: u.Child, Born: date})
		}
		uses = append(uses, u)
	}
	return uses, rows.Err()
}

// writeBill shows the lines to the one who pays, with the reason of each.
func writeBill(w io.Writer, b *billing.Bill) {
	for _, l := range b.Lines {
		fmt.Fprintf(w, "%s ×%d : %s\n", l.Title.FR, l.Uses, l.Amount.Text(ent.FR))
		if l.Why != nil {
			fmt.Fprint(w, l.Why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: b.Payer}))
		}
	}
	fmt.Fprintf(w, "Total : %s\n", b.Total.Text(ent.FR))
}
