package billing

import (
	"errors"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

// quotients resolves the quotient of the household by sheet and day.
type quotients struct {
	entries  []quotientOf
	policies []policyOfSheet
}

// policyOfSheet is how a sheet reads a history; it is kept from one household to the next.
type policyOfSheet struct {
	sheet  *tariff.Tariff
	policy quotient.Policy
}

func (q *quotients) policy(sheet *tariff.Tariff) *quotient.Policy {
	for i := range q.policies {
		if q.policies[i].sheet == sheet {
			return &q.policies[i].policy
		}
	}
	q.policies = append(q.policies, policyOfSheet{sheet, sheet.Quotient.Policy()})
	return &q.policies[len(q.policies)-1].policy
}

type quotientOf struct {
	sheet *tariff.Tariff
	day   ent.Date // missing when the quotient is the same all month
	value tariff.Quotient
	err   error
}

func (q *quotients) at(r *rater, sheet *tariff.Tariff, day ent.Date) (tariff.Quotient, error) {
	for i := range q.entries {
		if e := &q.entries[i]; e.sheet == sheet && (e.day.IsZero() || e.day == day) {
			return e.value, e.err
		}
	}
	e := quotientOf{sheet: sheet}
	policy := *q.policy(sheet)
	if !steady(r.h.Quotients, policy, r.m) {
		e.day = day
	}
	found, err := r.h.Quotients.At(policy, day)
	if err == nil {
		e.value, err = tariff.QuotientOf(found)
	}
	if err != nil && !errors.Is(err, quotient.CodeMissing) {
		e.err = err
	}
	q.entries = append(q.entries, e)
	return e.value, e.err
}

// steady reports whether a history gives the same quotient on every day of a month: nothing in it begins, ends or arrives
// within the month, and neither does the year of the policy.
func steady(h quotient.History, p quotient.Policy, m ent.Month) bool {
	first, last := m.First(), m.Last()
	if p.ReferenceMonth == int(m.Month) {
		return false
	}
	inside := func(d ent.Date) bool { return first.Before(d) && !last.Before(d) }
	for e := range h.All() {
		if inside(e.Quotient.From) || inside(e.ReceivedOn) || !e.Quotient.To.IsZero() && inside(e.Quotient.To.AddDays(1)) {
			return false
		}
	}
	return true
}
