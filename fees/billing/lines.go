package billing

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/tariff"
)

const euro = "EUR"

func label(fr, en string) ent.Label { return ent.Label{FR: fr, EN: en} }

// step records a number made of others, for the payer.
func (r *rater) step(op ent.Op, v decimal.Decimal, what ent.Label, operands ...ent.Step) ent.Step {
	return ent.Step{Op: op, Value: v, Unit: euro, Label: what, Owner: r.h.Payer, Operands: operands}
}

// given records a number of the household.
func (r *rater) given(v decimal.Decimal, unit string, what ent.Label) ent.Step {
	return ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: what, Owner: r.h.Payer}
}

// exactStep records an exact amount, which may not end: a fraction is a quotient of two numbers.
func (r *rater) exactStep(a tariff.Amount, what ent.Label) ent.Step {
	v := a.Rat()
	if _, ends := v.FloatPrec(); ends {
		return r.given(ent.Written(v), euro, what)
	}
	num, den := decimal.NewFromBigInt(v.Num(), 0), decimal.NewFromBigInt(v.Denom(), 0)
	return r.step(ent.OpQuotient, ent.Written(v), what, r.given(num, "", what), r.given(den, "", what))
}

func (r *rater) rounded(sheet *tariff.Tariff, v tariff.Amount, what ent.Label, operand ent.Step) ent.Step {
	rule := sheet.Rounding.Rule()
	s := r.step(ent.OpRound, v.Decimal(), what, operand)
	s.Rounding = &rule
	return s
}

// reduce takes the part of an absence that is billed.
func (r *rater) reduce(g *group) error {
	before := g.Each
	each, err := before.Times(g.percent[0], g.percent[1])
	if err != nil {
		return err
	}
	exact := each
	if g.sheet.Rounding.Point == tariff.PointUnit {
		if each, err = g.sheet.Round(each); err != nil {
			return err
		}
	}
	g.Each = each
	if !r.explain {
		return nil
	}
	part := big.NewRat(g.percent[0], g.percent[1])
	what := label("part facturée d'une absence", "part billed of an absence")
	share := r.given(ent.Written(part), "", label("part facturée", "part billed"))
	if !g.sensitiveReason() {
		share.Label = label("part facturée : "+g.Reason.Label(ent.FR), "part billed: "+g.Reason.Label(ent.EN))
	}
	root := r.step(ent.OpProduct, ent.Written(exact.Rat()), what, *g.why, share)
	if each.Cmp(exact) != 0 {
		root = r.rounded(g.sheet, each, what, root)
	}
	g.why = &root
	return nil
}

// sensitiveReason reports whether the reason of an absence is a matter of health, which an agent does not read in an
// explanation.
func (g *group) sensitiveReason() bool { return g.Reason == tariff.ReasonIllness }

// finish makes the lines: amounts, caps, roundings, third parties, total.
func (r *rater) finish() error {
	for i := range r.groups {
		r.order = append(r.order, &r.groups[i])
	}
	slices.SortStableFunc(r.order, compareGroups)
	for _, g := range r.order {
		if err := r.amount(g); err != nil {
			return err
		}
	}
	if err := r.caps(); err != nil {
		return err
	}
	if err := r.roundInvoice(); err != nil {
		return err
	}
	lines := make([]Line, 0, len(r.order))
	total := tariff.Cents(0)
	for _, g := range r.order {
		var err error
		if total, err = total.Add(g.Amount); err != nil {
			return r.overflow()
		}
		if r.explain {
			g.Why = &ent.Explanation{Root: *g.why}
		}
		lines = append(lines, g.Line)
	}
	for _, g := range r.order {
		for _, p := range g.parts {
			amount, err := p.Amount.Times(int64(g.Uses), 1)
			if err != nil {
				return r.overflow()
			}
			l := g.Line
			// The third party's debt says nothing of the family's quotient.
			l.Payer, l.ThirdParty, l.Quotient, l.Unit, l.Units, l.Each, l.Amount, l.Why = "", p.Payer, tariff.Quotient{}, p.Amount, 1, p.Amount, amount, nil
			if r.explain {
				l.Why = &ent.Explanation{Root: ent.Step{
					Op: ent.OpProduct, Value: amount.Decimal(), Unit: euro, Label: label("part d'un tiers", "part of a third party"),
					Audience: ent.AudienceAgent, Operands: []ent.Step{
						{Op: ent.OpGiven, Value: p.Amount.Decimal(), Unit: euro, Label: label("part par prestation", "part of a use"), Source: g.Sheet, Audience: ent.AudienceAgent},
						{Op: ent.OpGiven, Value: decimal.New(int64(g.Uses), 0), Label: label("prestations", "uses"), Audience: ent.AudienceAgent},
					},
				}}
			}
			lines = append(lines, l)
		}
	}
	r.bill.Lines, r.bill.Total = lines, total
	return nil
}

func (r *rater) overflow() error {
	r.bill.Issues = append(r.bill.Issues, catalog().New(CodeAmount, ent.Pos{}, "$"))
	return errorOf(r.bill.Issues)
}

func compareGroups(a, b *group) int {
	if c := cmp.Compare(a.child, b.child); c != 0 {
		return c
	}
	if c := strings.Compare(a.Sheet, b.Sheet); c != 0 {
		return c
	}
	if c := cmp.Compare(a.order, b.order); c != 0 {
		return c
	}
	if a.Kind != b.Kind {
		return cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind))
	}
	if c := strings.Compare(string(a.Booking), string(b.Booking)); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(a.Reason, b.Reason), a.Unit.Cmp(b.Unit), cmp.Compare(a.Units, b.Units), a.Each.Cmp(b.Each),
		cmp.Compare(lowest(a.Days), lowest(b.Days)), cmp.Compare(a.Rank, b.Rank),
	)
}

func kindOrder(k Kind) int {
	return slices.Index([]Kind{KindSubscription, KindUse, KindAbsence, KindReduced, KindDeducted, KindRefund, KindCap}, k)
}

func lowest(d Days) Days { return d & -d }

// amount multiplies the price of a use by the uses of its line.
func (r *rater) amount(g *group) error {
	exact, err := g.Each.Times(int64(g.Uses), 1)
	if err != nil {
		return r.overflow()
	}
	g.exact, g.Amount = exact, exact
	if g.sheet.Rounding.Point == tariff.PointLine {
		if g.Amount, err = g.sheet.Round(exact); err != nil {
			return r.overflow()
		}
	}
	if !r.explain {
		return nil
	}
	if g.Uses != 1 {
		count := r.given(decimal.New(int64(g.Uses), 0), "", label("prestations", "uses"))
		why := r.step(ent.OpProduct, ent.Written(exact.Rat()), g.Title, *g.why, count)
		g.why = &why
	}
	if g.Amount.Cmp(exact) != 0 {
		why := r.rounded(g.sheet, g.Amount, g.Title, *g.why)
		g.why = &why
	}
	return nil
}

// caps adds a line for what each cap takes off.
func (r *rater) caps() error {
	n := len(r.order)
	var done []*tariff.Tariff
	for _, g := range r.order[:n] {
		if slices.Contains(done, g.sheet) || len(g.sheet.Caps) == 0 {
			continue
		}
		done = append(done, g.sheet)
		for j := range g.sheet.Caps {
			if err := r.cap(g.sheet, &g.sheet.Caps[j], n); err != nil {
				return err
			}
		}
	}
	if len(r.order) > n {
		// A cap of a child stands after the child's lines, one of the household at the end.
		slices.SortStableFunc(r.order, func(a, b *group) int { return cmp.Compare(a.child, b.child) })
	}
	return nil
}

// householdChild is the number of no child: it sorts last.
const householdChild = 1 << 14

func (r *rater) cap(sheet *tariff.Tariff, c *tariff.Cap, n int) error {
	holders := []int16{householdChild}
	if c.Of == tariff.CapChild {
		holders = holders[:0]
		for i := range r.h.Children {
			holders = append(holders, int16(i)) //nolint:gosec // at most maxChildren
		}
	}
	for _, child := range holders {
		counts := func(g *group) bool {
			return g.sheet == sheet && (child == householdChild || g.child == child) && slices.Contains(c.Activities, g.Activity) && g.Kind != KindRefund
		}
		periods := []Days{^Days(0)}
		if c.Per == tariff.UnitDay {
			periods = periods[:0]
			for d := range 31 {
				periods = append(periods, 1<<d)
			}
		}
		var days Days
		var steps []ent.Step
		limit, err := tariff.AmountOf(c.Max)
		if err != nil {
			return r.overflow()
		}
		taken := tariff.Cents(0)
		for _, period := range periods {
			over, step, err := r.over(c, limit, period, n, counts)
			if err != nil {
				return err
			}
			if over.Sign() >= 0 {
				continue
			}
			if taken, err = taken.Add(over); err != nil {
				return r.overflow()
			}
			days |= period
			steps = append(steps, step)
		}
		if taken.Sign() == 0 {
			continue
		}
		g := &group{child: child, sheet: sheet, exact: taken, next: -1, Line: Line{
			Kind: KindCap, Payer: r.h.Payer, Title: label("plafond", "cap"), Sheet: sheet.ID, Uses: 1, Units: 1, Unit: taken, Each: taken,
			Amount: taken, Days: days & (1<<r.m.Last().Day - 1),
		}}
		if c.Title != nil {
			g.Title = *c.Title
		}
		if child != householdChild {
			g.Child = r.h.Children[child].ID
		}
		for _, o := range r.order[:n] {
			if counts(o) {
				g.Hash = o.Hash
			}
		}
		if r.explain {
			g.why = &steps[0]
			if len(steps) > 1 {
				why := r.step(ent.OpSum, taken.Decimal(), g.Title, steps...)
				g.why = &why
			}
		}
		r.order = append(r.order, g)
	}
	return nil
}

// over returns what a cap takes off the lines of some days: the cap less their sum, when that is negative.
func (r *rater) over(c *tariff.Cap, limit tariff.Amount, period Days, n int, counts func(*group) bool) (tariff.Amount, ent.Step, error) {
	sum, any := tariff.Cents(0), false
	var lines []ent.Step
	for _, g := range r.order[:n] {
		if !counts(g) || c.Per == tariff.UnitDay && g.Days&period == 0 {
			continue
		}
		a := g.Amount
		if c.Per == tariff.UnitDay {
			a = g.Each
		}
		any = true
		var err error
		if sum, err = sum.Add(a); err != nil {
			return tariff.Amount{}, ent.Step{}, r.overflow()
		}
		if r.explain {
			lines = append(lines, r.exactStep(a, g.Title))
		}
	}
	rest, err := limit.Add(sum.Neg())
	if err != nil {
		return tariff.Amount{}, ent.Step{}, r.overflow()
	}
	if !any || rest.Sign() >= 0 {
		return tariff.Cents(0), ent.Step{}, nil
	}
	if !r.explain {
		return rest, ent.Step{}, nil
	}
	most := ent.Step{Op: ent.OpGiven, Value: c.Max, Unit: euro, Label: label("plafond", "cap")}
	all := r.step(ent.OpSum, ent.Written(sum.Rat()), label("somme des lignes", "sum of the lines"), lines...)
	return rest, r.step(ent.OpDifference, ent.Written(rest.Rat()), label("au-delà du plafond", "beyond the cap"), most, all), nil
}

// roundInvoice gives each line the difference between two rounded sums, where the sheet rounds the invoice: the lines make
// the rounded total, whatever their number.
func (r *rater) roundInvoice() error {
	var sheets []*tariff.Tariff
	for _, g := range r.order {
		if s := g.sheet; s.Rounding.Point == tariff.PointInvoice && !slices.Contains(sheets, s) {
			sheets = append(sheets, s)
		}
	}
	for _, s := range sheets {
		sum, before := tariff.Cents(0), tariff.Cents(0)
		for _, g := range r.order {
			if g.sheet != s {
				continue
			}
			exact, err := sum.Add(g.exact)
			if err != nil {
				return r.overflow()
			}
			after, err := s.Round(exact)
			if err != nil {
				return r.overflow()
			}
			if g.Amount, err = after.Add(before.Neg()); err != nil {
				return r.overflow()
			}
			if r.explain {
				r.explainInvoice(g, sum, exact, before, after)
			}
			sum, before = exact, after
		}
	}
	return nil
}

func (r *rater) explainInvoice(g *group, sum, exact, before, after tariff.Amount) {
	if sum.Sign() == 0 {
		if after.Cmp(exact) != 0 {
			why := r.rounded(g.sheet, after, g.Title, *g.why)
			g.why = &why
		}
		return
	}
	so := label("total des lignes précédentes", "total of the lines before")
	with := label("total avec cette ligne", "total with this line")
	total := r.step(ent.OpSum, ent.Written(exact.Rat()), with, r.exactStep(sum, so), *g.why)
	why := r.step(ent.OpDifference, g.Amount.Decimal(), g.Title,
		r.rounded(g.sheet, after, with, total), r.rounded(g.sheet, before, so, r.exactStep(sum, so)))
	g.why = &why
}
