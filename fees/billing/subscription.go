package billing

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

// subscriptions adds what is due for each subscription that runs in the month.
func (r *rater) subscriptions() {
	for i := range r.h.Children {
		for j := range r.h.Children[i].Subscriptions {
			r.subscription(int16(i), &r.h.Children[i].Subscriptions[j], j) //nolint:gosec // at most maxChildren
		}
	}
}

func (r *rater) subscription(child int16, s *Subscription, number int) {
	c := &r.h.Children[child]
	first, last := r.m.First(), r.m.Last()
	if first.Before(s.From) {
		first = s.From
	}
	if !s.To.IsZero() && s.To.Before(last) {
		last = s.To
	}
	if last.Before(first) {
		return
	}
	r.own = Use{Child: c.ID, Activity: s.Activity, Day: first, Booked: tariff.BookingRegular, Present: true}
	it := item{index: -1, child: child, absence: -1}
	fail := func(i ent.Issue) {
		i.Path = fmt.Sprintf("$.children[%d].subscriptions[%d]", child, number)
		r.bill.Issues = append(r.bill.Issues, i)
	}
	applied, ok := r.prices.Applied(first, s.Activity)
	if !ok || applied.Activity.Subscription == nil {
		fail(catalog().New(CodeSubscription, ent.Pos{}, ""))
		return
	}
	due, paid, whole := r.due(c, s, applied.Activity.Subscription, first, last)
	if due == 0 || paid == 0 {
		return
	}
	it.act = r.actOf(s.Activity)
	r.grow()
	q, _ := r.quotient.at(r, applied.Sheet, first)
	r.input(&it, &applied, q, 0, 0, nil)
	g := group{
		act: it.act, child: child, next: -1, sheet: applied.Sheet, order: applied.Order, percent: [2]int64{1, 1},
		Line: Line{
			Kind: KindSubscription, Payer: r.h.Payer, Child: c.ID, Activity: s.Activity, Title: applied.Activity.Title,
			Sheet: applied.Sheet.ID, Hash: applied.Hash, Uses: due, Days: daysFrom(first, last),
		},
	}
	err := r.quote(&g)
	if err == nil && paid < whole {
		err = r.prorate(&g, paid, whole)
	}
	if err != nil {
		fail(issueOf(err))
		return
	}
	r.groups = append(r.groups, g)
}

// grow makes room for each child and activity; it is called again for an activity that no use named, before any line.
func (r *rater) grow() {
	n := len(r.acts) * len(r.h.Children)
	r.heads, r.seen = r.heads[:0], r.seen[:0]
	for range n {
		r.heads, r.seen = append(r.heads, -1), append(r.seen, 0)
	}
}

// due returns how many periods are due in the month, and the days paid of the whole period.
func (r *rater) due(c *Child, s *Subscription, rule *tariff.Subscription, first, last ent.Date) (periods, paid, whole int) {
	switch rule.Every {
	case tariff.EveryWeek:
		for d := first; !last.Before(d); d = d.AddDays(1) {
			if d.Weekday() == time.Monday || d == s.From {
				if p, ok := payerOf(c, r.h, d); ok && p == r.h.Payer {
					periods++
				}
			}
		}
		return periods, 1, 1
	case tariff.EveryYear:
		if s.From.Month != r.m.Month || s.From.Year > r.m.Year {
			return 0, 0, 1
		}
		if p, ok := payerOf(c, r.h, first); !ok || p != r.h.Payer {
			return 0, 0, 1
		}
		return 1, 1, 1
	case tariff.EveryMonth:
	}
	whole = int(r.m.Last().Day)
	if c.Custody == nil && rule.Prorate != tariff.ProrateDays {
		return 1, whole, whole
	}
	if rule.Prorate != tariff.ProrateDays {
		// The whole price is due, shared by the days that each one pays.
		whole = 0
		for d := first; !last.Before(d); d = d.AddDays(1) {
			if p, ok := payerOf(c, r.h, d); ok {
				whole++
				if p == r.h.Payer {
					paid++
				}
			}
		}
		return 1, paid, whole
	}
	for d := first; !last.Before(d); d = d.AddDays(1) {
		if p, ok := payerOf(c, r.h, d); ok && p == r.h.Payer {
			paid++
		}
	}
	return 1, paid, whole
}

func payerOf(c *Child, h *Household, d ent.Date) (ent.ID, bool) {
	if c.Custody == nil {
		return h.Payer, true
	}
	return c.Custody.Payer(d)
}

func daysFrom(first, last ent.Date) Days {
	var out Days
	for d := first.Day; d <= last.Day; d++ {
		out |= 1 << (d - 1)
	}
	return out
}

// prorate takes the part of the days paid.
func (r *rater) prorate(g *group, paid, whole int) error {
	before := g.Each
	exact, err := before.Times(int64(paid), int64(whole))
	if err != nil {
		return err
	}
	each := exact
	if g.sheet.Rounding.Point == tariff.PointUnit {
		if each, err = g.sheet.Round(exact); err != nil {
			return err
		}
	}
	g.Each = each
	if r.explain {
		what := label("prorata des jours", "by the days")
		days, err := before.Times(int64(paid), 1)
		if err != nil {
			return err
		}
		product := r.step(ent.OpProduct, ent.Written(days.Rat()), what, *g.why, r.given(decimal.New(int64(paid), 0), "", label("jours payés", "days paid")))
		root := r.step(ent.OpQuotient, ent.Written(exact.Rat()), what, product, r.given(decimal.New(int64(whole), 0), "", label("jours de la période", "days of the period")))
		if each.Cmp(exact) != 0 {
			root = r.rounded(g.sheet, each, what, root)
		}
		g.why = &root
	}
	return nil
}

// included settles a use of a subscribed activity: it costs nothing more, and an absence that is not billed is refunded.
func (r *rater) included(it *item, applied *tariff.Applied, rule *tariff.Subscription) {
	c, u := &r.h.Children[it.child], r.use(it)
	running := false
	for i := range c.Subscriptions {
		running = running || c.Subscriptions[i].Activity == u.Activity && c.Subscriptions[i].covers(u.Day)
	}
	if !running {
		r.refuse(it, CodeSubscription)
		return
	}
	if it.fate != fateDeducted || rule.Refund == nil {
		r.bill.Counts.Included++
		return
	}
	r.bill.Counts.Deducted++
	slot := int(it.child)*len(r.acts) + int(it.act)
	bit := Days(1) << (u.Day.Day - 1)
	for at := r.heads[slot]; at >= 0; at = r.groups[at].next {
		if g := &r.groups[at]; g.Kind == KindRefund && g.sheet == applied.Sheet && g.Reason == u.Reason {
			g.Uses++
			g.Days |= bit
			return
		}
	}
	refund, err := tariff.AmountOf(*rule.Refund)
	if err != nil {
		r.refuseFor(it, err)
		return
	}
	refund = refund.Neg()
	g := group{
		act: it.act, child: it.child, next: r.heads[slot], sheet: applied.Sheet, order: applied.Order,
		Line: Line{
			Kind: KindRefund, Payer: r.h.Payer, Child: c.ID, Activity: u.Activity, Title: applied.Activity.Title,
			Sheet: applied.Sheet.ID, Hash: applied.Hash, Reason: u.Reason, Uses: 1, Units: 1, Unit: refund, Each: refund, Days: bit,
		},
	}
	if r.explain {
		g.why = &ent.Step{
			Op: ent.OpGiven, Value: refund.Decimal(), Unit: euro, Label: label("remboursement d'une unité", "refund of a unit"), Source: applied.Sheet.ID,
		}
	}
	r.groups = append(r.groups, g)
	r.heads[slot] = int32(len(r.groups) - 1) //nolint:gosec // at most maxUses
}
