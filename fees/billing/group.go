package billing

import (
	"errors"
	"maps"
	"math/bits"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

// find returns the line of a use: the one of the same price for the same reasons, or a new one. nil is a use without price,
// which is refused.
func (r *rater) find(it *item, applied *tariff.Applied, slot int, times []tariff.Interval) *group {
	u := r.use(it)
	rank, present := 0, 0
	if applied.Ranked {
		rank, present = r.ranks(it, applied.Sheet)
	}
	q, qerr := r.quotient.at(r, applied.Sheet, u.Day)
	kind := KindUse
	switch it.fate {
	case fateAbsence:
		kind = KindAbsence
	case fateReduced:
		kind = KindReduced
	case fateDeducted:
		kind = KindDeducted
	default:
	}
	before := int32(-1)
	for at := r.heads[slot]; at >= 0; before, at = at, r.groups[at].next {
		g := &r.groups[at]
		if g.Rank != rank || g.present != present || g.quantity != u.Quantity || !slices.Equal(g.times, times) || g.Kind != kind ||
			g.sheet != applied.Sheet || g.Booking != u.Booked || g.Reason != u.Reason || g.cost != u.Cost || g.key != q ||
			applied.Dated && g.dayKind != u.DayKind {
			continue
		}
		if before >= 0 { // the next use is likely to be of the same line: it comes first
			r.groups[before].next, g.next, r.heads[slot] = g.next, r.heads[slot], at
		}
		return g
	}
	r.input(it, applied, q, rank, present, times)
	g := r.add()
	g.act, g.child, g.next, g.present, g.quantity, g.dayKind, g.cost = it.act, it.child, r.heads[slot], present, u.Quantity, u.DayKind, u.Cost
	g.sheet, g.order, g.percent, g.key = applied.Sheet, applied.Order, [2]int64{1, 1}, q
	g.Kind, g.Payer, g.Child, g.Activity, g.Title = kind, r.h.Payer, u.Child, u.Activity, applied.Activity.Title
	g.Sheet, g.Hash, g.Booking, g.Reason, g.Rank = applied.Sheet.ID, applied.Hash, u.Booked, u.Reason, rank
	if len(times) > 0 {
		g.times = slices.Clone(times)
	}
	err := r.quote(g)
	if err != nil && qerr != nil && errors.Is(err, tariff.CodeQuotientMissing) {
		err = qerr
	}
	if err == nil {
		err = r.absent(g, applied, it.absence)
	}
	if err != nil {
		*g = group{}
		r.groups = r.groups[:len(r.groups)-1]
		r.refuseFor(it, err)
		return nil
	}
	r.heads[slot] = int32(len(r.groups) - 1) //nolint:gosec // at most maxUses
	return g
}

// add makes room for a line in place: a line is large, and copying it is not free.
func (r *rater) add() *group {
	if len(r.groups) < cap(r.groups) {
		r.groups = r.groups[:len(r.groups)+1] // cleared when the household began
	} else {
		r.groups = append(r.groups, group{})
	}
	return &r.groups[len(r.groups)-1]
}

// absent takes off what is not billed of a line of absences. Third parties pay for what happened.
func (r *rater) absent(g *group, applied *tariff.Applied, policy int16) error {
	switch g.Kind {
	case KindDeducted:
		g.percent[0] = 0
	case KindReduced:
		p := applied.Activity.Absences[policy].Percent.Shift(-2).Rat()
		g.percent = [2]int64{p.Num().Int64(), p.Denom().Int64()}
	default:
		return nil
	}
	g.parts = nil
	return r.reduce(g)
}

// quote prices one use of a line.
func (r *rater) quote(g *group) error {
	var (
		q   tariff.Quote
		err error
	)
	if r.explain {
		var why ent.Explanation
		q, why, err = r.prices.ExplainQuote(&r.in)
		g.why = &why.Root
	} else {
		q, err = r.prices.Quote(&r.in)
	}
	if err != nil {
		return err
	}
	g.Units, g.Unit, g.Each, g.parts = q.Quantity, q.Unit, q.Amount, q.Parts
	if q.UsesQuotient {
		g.Quotient = r.in.Quotient
	}
	return nil
}

// ranks returns the rank of the child among those present that day, and how many they are. An absent child counts as if it
// were there.
func (r *rater) ranks(it *item, sheet *tariff.Tariff) (rank, present int) {
	at := r.rank[it.child]
	if at < 0 {
		return 0, 0
	}
	day := r.use(it).Day
	mask := r.acts[it.act].present[day.Day]
	if sheet.Ranks.Scope == tariff.ScopeTariff {
		mask = r.all[day.Day]
	}
	return rankIn(mask|1<<at, at, sheet.Ranks.Order)
}

func rankIn(mask uint64, at int, order tariff.RankOrder) (rank, count int) {
	count = bits.OnesCount64(mask)
	rank = bits.OnesCount64(mask&(1<<at-1)) + 1
	if order == tariff.YoungestFirst {
		rank = count - rank + 1
	}
	return rank, count
}

// input fills what the tariff is asked.
func (r *rater) input(it *item, applied *tariff.Applied, q tariff.Quotient, rank, present int, times []tariff.Interval) {
	h, c, u := r.h, &r.h.Children[it.child], r.use(it)
	r.in = tariff.Input{
		Owner: h.Payer, Date: u.Day, Activity: u.Activity, Quotient: q, Residence: h.Residence, Regime: h.Regime, Status: h.Status,
		Booking: u.Booked, Presence: tariff.PresencePresent, Level: c.Level, Day: u.DayKind, Guest: c.Guest, PAI: c.PAI,
		Rank: rank, Present: present, DisabledChildren: h.Disabled, Times: times, Quantity: u.Quantity, Cost: u.Cost,
		Resources: h.Resources, Custom: c.Custom,
	}
	if !u.Present {
		r.in.Presence = tariff.PresenceAbsent
	}
	r.household(it.child, it.act, applied.Sheet.Ranks.Order)
}

// household fills what does not depend on the use.
func (r *rater) household(child, at int16, order tariff.RankOrder) {
	h := r.h
	if r.in.Children = h.Dependants; r.in.Children == 0 {
		r.in.Children = len(h.Children)
	}
	if len(h.Custom) > 0 {
		custom := make(map[string]string, len(h.Custom)+len(r.in.Custom))
		maps.Copy(custom, h.Custom)
		maps.Copy(custom, r.in.Custom) // the child's own goes first
		r.in.Custom = custom
	}
	enrolled := r.acts[at].enrolled
	r.in.Enrolled = bits.OnesCount64(enrolled)
	if rank := r.rank[child]; rank >= 0 && enrolled&(1<<rank) != 0 {
		r.in.EnrolledRank, _ = rankIn(enrolled, rank, order)
	}
}
