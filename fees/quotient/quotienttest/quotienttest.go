// Package quotienttest holds what every quotient.Source must do.
//
//	func TestSource(t *testing.T) {
//		quotienttest.Run(t, func(t *testing.T, known map[ent.ID][]quotient.Quotient) quotient.Source {
//			return newClient(t, fakeServer(t, known))
//		})
//	}
package quotienttest

import (
	"context"
	"errors"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Run tests a source. The function returns one that knows these quotients and no other; they are of KindCAF, in whole
// euros, of months of 2024. A person is known to the source by Person.ID, and has a fictional name.
func Run(t *testing.T, source func(t *testing.T, known map[ent.ID][]quotient.Quotient) quotient.Source) {
	t.Helper()
	september, october := ent.Month{Year: 2024, Month: 9}, ent.Month{Year: 2024, Month: 10}
	of := func(value int64, m ent.Month) quotient.Quotient {
		return quotient.Quotient{
			Kind: quotient.KindCAF, Value: quotient.Known(decimal.NewFromInt(value)), Month: m,
			Proof: quotient.Proof{Kind: quotient.ProofAPI}, Provider: quotient.ProviderCNAF,
		}
	}
	s := source(t, map[ent.ID][]quotient.Quotient{
		"us-1": {of(900, september), of(850, october)},
		"us-2": {of(0, september)},
	})
	ask := func(ctx context.Context, id ent.ID, m ent.Month) (quotient.Quotient, error) {
		return s.Quotient(ctx, quotient.Request{
			Person: ent.Person{ID: id, Name: ent.Name{Family: "ESSAI", Given: "Camille"}}, Month: m,
		})
	}
	for _, c := range []struct {
		name  string
		id    ent.ID
		month ent.Month
		want  int64
	}{
		{"a past month", "us-1", september, 900},
		{"another month", "us-1", october, 850},
		{"a quotient of 0", "us-2", september, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := ask(t.Context(), c.id, c.month)
			if err != nil {
				t.Fatal(err)
			}
			v, err := q.Get()
			if err != nil || !v.Equal(decimal.NewFromInt(c.want)) || q.Kind != quotient.KindCAF || q.Month != c.month {
				t.Errorf("not the quotient of %s: %v", c.month, err)
			}
			if issues := q.Check(); len(issues) > 0 {
				t.Error(issues.Err())
			}
		})
	}
	for _, c := range []struct {
		name  string
		id    ent.ID
		month ent.Month
	}{
		{"a person who is not known", "us-3", september},
		{"a month that is not known", "us-2", october},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := ask(t.Context(), c.id, c.month)
			var missing *quotient.NotFoundError
			if !errors.As(err, &missing) || !errors.Is(err, quotient.CodeNotFound) {
				t.Fatalf("want a *quotient.NotFoundError, have %v", err)
			}
			if missing.Situation == "" {
				t.Error("no situation: SituationUnknown says that the source does not tell")
			}
			if !q.Value.IsZero() {
				t.Error("a value stands beside an error")
			}
		})
	}
	t.Run("a context that is done", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := ask(ctx, "us-1", september); !errors.Is(err, context.Canceled) {
			t.Errorf("want context.Canceled, have %v", err)
		}
	})
}
