package billing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

const (
	// maxChildren bounds a household: the children present are bits of a word.
	maxChildren = 64
	// maxUses bounds the uses of a month given at once.
	maxUses = 100000
)

// Rate prices the uses of a household in a month. The order of the uses does not matter. Beside an error, which joins the
// issues of all the uses that have no price, the bill holds what the others cost: it is not to be sent as it is.
func Rate(prices *tariff.Compiled, h *Household, m ent.Month, uses []Use) (Bill, error) {
	return NewRater(prices).Rate(h, m, uses)
}

// Explain does so with the explanation of each line, for the person who pays.
func Explain(prices *tariff.Compiled, h *Household, m ent.Month, uses []Use) (Bill, error) {
	return NewRater(prices).Explain(h, m, uses)
}

// Rater rates one household after another with the same memory, for those who rate a city. It is not safe for concurrent use;
// several raters may share the compiled tariff.
type Rater struct {
	r rater
}

// NewRater returns a rater.
func NewRater(prices *tariff.Compiled) *Rater { return &Rater{rater{prices: prices}} }

// Rate is the function Rate.
func (r *Rater) Rate(h *Household, m ent.Month, uses []Use) (Bill, error) {
	return r.r.run(h, m, uses, false)
}

// Explain is the function Explain.
func (r *Rater) Explain(h *Household, m ent.Month, uses []Use) (Bill, error) {
	return r.r.run(h, m, uses, true)
}

// fate is what becomes of a use.
type fate uint8

const (
	fatePriced fate = iota
	fateContext
	fateOther
	fateNothing
	fateRefused
	fateDeducted
	fateReduced
	fateAbsence
	fateMerged
)

// item is a use with what was found out about it.
type item struct {
	index int32 // in the caller's list, -1 for the use that a subscription makes
	child int16
	act   int16
	fate  fate
	// absence is the policy of its reason, -1 without one.
	absence int16
}

// act is an activity met, with the sheet that prices it on the days of the month.
type act struct {
	name    string
	applied tariff.Applied
	found   bool
	// whole says that the same sheet holds the whole month, or that none does.
	whole bool
	// present are the children present, by day: bits in the order of ranks.
	present [32]uint64
	// enrolled are the children enrolled.
	enrolled uint64
}

// group is a line being made: uses that have the same price for the same reasons.
type group struct {
	Line
	act, child int16
	next       int32 // the next group of the same child and activity, -1 at the end
	key        tariff.Quotient
	present    int
	quantity   int
	dayKind    tariff.DayKind
	times      []tariff.Interval
	cost       tariff.Amount
	sheet      *tariff.Tariff
	order      int
	percent    [2]int64      // the part billed of an absence, as a fraction
	why        *ent.Step     // of Explain
	exact      tariff.Amount // before the rounding of the line or of the invoice
	parts      []tariff.Part
}

type rater struct {
	prices  *tariff.Compiled
	h       *Household
	m       ent.Month
	explain bool
	bill    Bill

	uses     []Use
	own      Use // that of a subscription
	items    []item
	acts     []act
	groups   []group
	order    []*group // the groups in the order of the lines
	heads    []int32  // by child and activity: the first group
	seen     []uint32 // by child and activity: the days met
	rank     []int    // of each child, from 0; -1 when birth dates are missing
	all      [32]uint64
	in       tariff.Input
	scratch  []tariff.Interval
	quotient quotients
}

func (r *rater) run(h *Household, m ent.Month, uses []Use, explain bool) (Bill, error) {
	r.h, r.m, r.explain, r.bill = h, m, explain, Bill{Payer: h.Payer, Month: m}
	r.items, r.acts, r.heads, r.seen, r.rank = r.items[:0], r.acts[:0], r.heads[:0], r.seen[:0], r.rank[:0]
	clear(r.groups)
	r.groups, r.order, r.all, r.quotient = r.groups[:0], r.order[:0], [32]uint64{}, quotients{entries: r.quotient.entries[:0], policies: r.quotient.policies}
	if err := r.check(uses); err != nil {
		return r.bill, err
	}
	r.bill.Counts.Read = len(uses)
	r.uses = uses
	r.children()
	r.sort(uses)
	r.classify()
	r.absences()
	r.subscriptions()
	r.price()
	if err := r.finish(); err != nil {
		return r.bill, err
	}
	return r.bill, errorOf(r.bill.Issues)
}

func errorOf(is ent.Issues) error {
	if err := is.Err(); err != nil {
		return fmt.Errorf("billing: %w", err)
	}
	return nil
}

// check refuses a household or a month that cannot be rated at all.
func (r *rater) check(uses []Use) error {
	var is ent.Issues
	add := func(code ent.Code, path string, params ...ent.Param) {
		is = append(is, catalog().New(code, ent.Pos{}, path, params...))
	}
	if r.h.Payer == "" {
		add(CodePayer, "$.payer")
	}
	if _, err := ent.NewMonth(int(r.m.Year), int(r.m.Month)); err != nil {
		add(CodeMonth, "$.month")
	}
	if len(r.h.Children) > maxChildren {
		add(CodeLimit, "$.children", ent.Count("limit", maxChildren))
	}
	if len(uses) > maxUses {
		add(CodeLimit, "$.uses", ent.Count("limit", maxUses))
	}
	for i := range r.h.Children {
		for j := range i {
			if r.h.Children[j].ID == r.h.Children[i].ID {
				add(CodeTwice, fmt.Sprintf("$.children[%d]", i))
				break
			}
		}
	}
	r.bill.Issues = is
	return errorOf(is)
}

// children orders the children by birth: equal dates are told apart by identifier, so that the order is the same every month.
func (r *rater) children() {
	n := len(r.h.Children)
	if n == 1 {
		r.rank = append(r.rank, 0)
		return
	}
	order := make([]int, n)
	known := true
	for i := range n {
		order[i] = i
		r.rank = append(r.rank, -1)
		known = known && !r.h.Children[i].Born.IsZero()
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &r.h.Children[a], &r.h.Children[b]
		return cmp.Or(x.Born.Compare(y.Born), strings.Compare(string(x.ID), string(y.ID)))
	})
	for i, c := range order {
		if known {
			r.rank[c] = i
		}
	}
}

func (r *rater) sort(uses []Use) {
	sorted := true
	for i := range uses {
		r.items = append(r.items, item{index: int32(i), child: -1, absence: -1}) //nolint:gosec // at most maxUses
		sorted = sorted && (i == 0 || uses[i-1].Day.Compare(uses[i].Day) <= 0)
	}
	if !sorted {
		slices.SortStableFunc(r.items, func(a, b item) int { return uses[a.index].Day.Compare(uses[b.index].Day) })
	}
}

func (r *rater) use(it *item) *Use {
	if it.index < 0 {
		return &r.own
	}
	return &r.uses[it.index]
}

// refuse files an issue about a use.
func (r *rater) refuse(it *item, code ent.Code) {
	r.refuseAs(it, catalog().New(code, ent.Pos{}, ""))
}

func (r *rater) refuseAs(it *item, i ent.Issue) {
	it.fate = fateRefused
	i.Path = fmt.Sprintf("$.uses[%d]", it.index)
	r.bill.Issues = append(r.bill.Issues, i)
}

// classify finds the child and the activity of each use, who pays it, and who is present.
func (r *rater) classify() {
	for i := range r.items {
		it := &r.items[i]
		u := r.use(it)
		for j := range r.h.Children {
			if r.h.Children[j].ID == u.Child {
				it.child = int16(j) //nolint:gosec // at most maxChildren
				break
			}
		}
		if it.child < 0 {
			r.refuse(it, CodeChild)
			continue
		}
		it.act = r.actOf(u.Activity)
		inMonth := r.m.Contains(u.Day)
		if !inMonth {
			if _, err := ent.NewDate(int(u.Day.Year), int(u.Day.Month), int(u.Day.Day)); err != nil {
				r.refuse(it, CodeDate)
				continue
			}
			it.fate = fateContext
		} else if u.Day.Day == 0 || int(u.Day.Day) > int(r.m.Last().Day) {
			r.refuse(it, CodeDate)
			continue
		}
		booked := u.Booked != tariff.BookingNone
		if !u.Present && !booked {
			if inMonth {
				it.fate = fateNothing
			}
			continue
		}
		if c := r.h.Children[it.child].Custody; c != nil {
			payer, ok := c.Payer(u.Day)
			switch {
			case !ok && inMonth:
				r.refuse(it, CodeNoPayer)
				continue
			case payer != r.h.Payer && inMonth:
				it.fate = fateOther
				continue
			}
		}
		if inMonth && u.Present {
			if at := r.rank[it.child]; at >= 0 {
				r.acts[it.act].present[u.Day.Day] |= 1 << at
				r.all[u.Day.Day] |= 1 << at
			}
		}
	}
	r.grow()
}

// actOf returns the number of an activity.
func (r *rater) actOf(name string) int16 {
	for i := range r.acts {
		if r.acts[i].name == name {
			return int16(i) //nolint:gosec // at most maxUses, of which few differ
		}
	}
	a := act{name: name}
	first, okFirst := r.prices.Applied(r.m.First(), name)
	last, okLast := r.prices.Applied(r.m.Last(), name)
	if okFirst && okLast && first.Sheet == last.Sheet {
		a.applied, a.found, a.whole = first, true, true
	}
	for i := range r.h.Children {
		c := &r.h.Children[i]
		if r.rank[i] >= 0 && (c.Enrolled == nil || slices.Contains(c.Enrolled, name)) {
			a.enrolled |= 1 << r.rank[i]
		}
	}
	r.acts = append(r.acts, a)
	return int16(len(r.acts) - 1) //nolint:gosec // as above
}

// applied returns what prices a use.
func (r *rater) applied(at int16, day ent.Date) (*tariff.Applied, bool) {
	a := &r.acts[at]
	if a.whole {
		return &a.applied, a.found
	}
	a.applied, a.found = r.prices.Applied(day, a.name)
	return &a.applied, a.found
}

// absences settles what was booked and did not happen. A row of absences for one reason's policy, on days on which the
// service was booked, is looked at as a whole, whatever the month of its days.
func (r *rater) absences() {
	var open []absenceRow
	for i := range r.items {
		it := &r.items[i]
		if it.child < 0 || it.fate != fatePriced && it.fate != fateContext || r.use(it).Booked == tariff.BookingNone {
			continue
		}
		policy, ok := int16(-1), false
		var applied *tariff.Applied
		if !r.use(it).Present {
			if it.fate == fatePriced {
				it.fate = fateAbsence
			}
			if applied, ok = r.applied(it.act, r.use(it).Day); ok {
				policy = policyOf(applied.Activity, r.use(it).Reason)
			}
		}
		it.absence = policy
		at := slices.IndexFunc(open, func(x absenceRow) bool { return x.child == it.child && x.act == it.act })
		if at >= 0 && (policy < 0 || open[at].policy != policy || open[at].activity != applied.Activity) {
			r.settle(&open[at])
			open = slices.Delete(open, at, at+1)
			at = -1
		}
		if policy < 0 {
			continue
		}
		if at < 0 {
			open = append(open, absenceRow{child: it.child, act: it.act, policy: policy, activity: applied.Activity})
			at = len(open) - 1
		}
		open[at].items = append(open[at].items, int32(i)) //nolint:gosec // at most maxUses
	}
	for i := range open {
		r.settle(&open[i])
	}
}

// absenceRow is absences that follow each other.
type absenceRow struct {
	child, act, policy int16
	activity           *tariff.Activity
	items              []int32
}

func policyOf(a *tariff.Activity, reason tariff.Reason) int16 {
	for i := range a.Absences {
		if slices.Contains(a.Absences[i].Reasons, reason) {
			return int16(i) //nolint:gosec // a list of a document
		}
	}
	return -1
}

func (r *rater) settle(row *absenceRow) {
	policy := &row.activity.Absences[row.policy]
	days := 0
	var last ent.Date
	number := make([]int, len(row.items)) // of its day in the row, from 0
	for i, at := range row.items {
		if day := r.use(&r.items[at]).Day; i == 0 || day != last {
			days++
			last = day
		}
		number[i] = days - 1
	}
	for i, at := range row.items {
		it := &r.items[at]
		billed := number[i] < policy.Days
		if policy.Waiting == tariff.WaitingAllOrNothing {
			billed = days <= policy.Days
		}
		switch {
		case it.fate != fateAbsence, billed:
		case policy.Percent != nil && policy.Percent.Sign() > 0:
			it.fate = fateReduced
		default:
			it.fate = fateDeducted
		}
	}
}

// price gives each use its line.
func (r *rater) price() {
	for i := range r.items {
		it := &r.items[i]
		switch it.fate {
		case fatePriced, fateAbsence, fateReduced, fateDeducted:
			r.one(i)
		case fateContext, fateOther, fateNothing, fateRefused, fateMerged:
		}
		c := &r.bill.Counts
		switch it.fate {
		case fateContext:
			c.Context++
		case fateOther:
			c.OtherPayer++
		case fateNothing:
			c.Nothing++
		case fateRefused:
			c.Refused++
		case fatePriced, fateAbsence, fateReduced, fateDeducted, fateMerged: // counted when their line is made
		}
	}
}

func (r *rater) one(i int) {
	it := &r.items[i]
	u := r.use(it)
	applied, ok := r.applied(it.act, u.Day)
	if !ok {
		// The tariff says which of the date and the activity is not known.
		r.in = tariff.Input{Date: u.Day, Activity: u.Activity}
		_, err := r.prices.Quote(&r.in)
		r.refuseFor(it, err)
		return
	}
	bit := uint32(1) << (u.Day.Day - 1)
	slot := int(it.child)*len(r.acts) + int(it.act)
	times := u.Times
	merged := 0
	if applied.Activity.Duration != nil {
		times, merged = r.merge(i)
	} else if r.seen[slot]&bit != 0 {
		r.refuse(it, CodeUseTwice)
		return
	}
	if s := applied.Activity.Subscription; s != nil {
		r.included(it, applied, s)
		r.seen[slot] |= bit
		return
	}
	g := r.find(it, applied, slot, times)
	if g == nil {
		return
	}
	r.seen[slot] |= bit
	g.Uses++
	g.Days |= Days(bit)
	if it.fate == fateDeducted {
		r.bill.Counts.Deducted += 1 + merged
	} else {
		r.bill.Counts.Billed += 1 + merged
	}
}

func (r *rater) refuseFor(it *item, err error) { r.refuseAs(it, issueOf(err)) }

// issueOf returns the issue that an error carries.
func issueOf(err error) ent.Issue {
	if i, ok := errors.AsType[ent.Issue](err); ok {
		return i
	}
	return catalog().New(CodeAmount, ent.Pos{}, "")
}

// merge gathers the presences of one child in one activity on one day.
func (r *rater) merge(i int) (times []tariff.Interval, merged int) {
	it := &r.items[i]
	u := r.use(it)
	times = u.Times
	for j := i + 1; j < len(r.items); j++ {
		o := &r.items[j]
		if o.child != it.child || o.act != it.act || o.fate != it.fate {
			if r.use(o).Day != u.Day {
				break
			}
			continue
		}
		other := r.use(o)
		if other.Day != u.Day {
			break
		}
		if other.Booked == u.Booked && other.Reason == u.Reason {
			if merged == 0 {
				r.scratch = append(r.scratch[:0], times...)
			}
			r.scratch = append(r.scratch, other.Times...)
			times = r.scratch
			o.fate = fateMerged
			merged++
		}
	}
	return times, merged
}
