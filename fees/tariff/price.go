package tariff

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
)

// Quote is a price with what made it. Unit is the price of one unit, Amount that of the quantity. [Compiled.Explain] rounds
// both as the sheet says; [Compiled.Quote] leaves Amount exact where the sheet rounds a line or an invoice, which may hold
// several uses.
type Quote struct {
	Unit     Amount
	Quantity int
	Amount   Amount
	// Parts are what third parties pay beside Amount, for the quantity; nil for most sheets.
	Parts []Part
	// Minutes are those that count of a duration.
	Minutes int
	// Sheet and Activity are what was applied; Band is the row of its grid, -1 for another formula.
	Sheet    *Tariff
	Activity *Activity
	Band     int
	// UsesQuotient says that the quotient, or its absence, made the price.
	UsesQuotient bool
}

// Part is what a third party pays of a use.
type Part struct {
	Payer  string
	Amount Amount
}

// Price returns the price of a use. A case that the sheets leave without price is an error whose code names what is not
// defined (a date, an activity, a gap between two bands, a criterion that the use does not give), never a neighbour's price.
func (c *Compiled) Price(in *Input) (Amount, error) {
	e := eval{in: in, bind: true}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return Amount{}, e.failure.err(e.s, e.in)
	}
	return Amount(e.amount), nil
}

// Prepared is a use whose words were looked up once, for those who price it again with another day, quotient or rank. It
// holds the input, which must not change meanwhile, and is not safe for concurrent use.
type Prepared struct {
	c  *Compiled
	in Input
	e  eval
}

// Prepare looks up the words of a use.
func (c *Compiled) Prepare(in *Input) *Prepared {
	p := &Prepared{c: c, in: *in}
	p.e.in = &p.in
	c.dict.head(&p.e.b, in)
	for _, s := range c.sheets {
		if n := p.e.b.number; n >= 0 && s.byNumber[n] >= 0 {
			c.dict.bind(&p.e.b, in, s.activities[s.byNumber[n]].asks)
		}
	}
	return p
}

// On sets the day.
func (p *Prepared) On(day ent.Date) {
	p.in.Date, p.e.b.day = day, dayOf(day)
}

// Quotient sets the quotient.
func (p *Prepared) Quotient(q Quotient) {
	if q.kind != p.in.Quotient.kind || q.name != p.in.Quotient.name || q.known != p.in.Quotient.known {
		p.e.b.kinds = p.c.dict.kindBits(&q)
	}
	p.in.Quotient, p.e.b.quotient, p.e.b.known = q, q.value, q.known
	p.e.b.values[checkQuotientMissing] = truth(!q.known)
}

// Rank sets the rank of the child and the number of children, among those present the same day.
func (p *Prepared) Rank(rank, present int) {
	p.in.Rank, p.in.Present = rank, present
	p.e.b.values[checkRank], p.e.b.values[checkPresent] = count(rank), count(present)
}

// Price returns the price, as [Compiled.Price] does.
func (p *Prepared) Price() (Amount, error) {
	e := &p.e
	e.over, e.parts = false, nil
	if !p.c.price(e) {
		return Amount{}, e.failure.err(e.s, e.in)
	}
	return Amount(e.amount), nil
}

// Quote returns the price of a use as one of the uses of a line: its unit price, its quantity, its amount before the
// rounding of the line.
func (c *Compiled) Quote(in *Input) (Quote, error) {
	e := eval{in: in, bind: true, many: true}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return Quote{}, e.failure.err(e.s, e.in)
	}
	return e.quote(), nil
}

// ExplainQuote is Quote with its explanation, by the rules of Explain.
func (c *Compiled) ExplainQuote(in *Input) (Quote, ent.Explanation, error) {
	return c.explain(in, true)
}

// Round rounds an amount by the rule of the sheet. It returns CodeOverflow for one that is too great.
func (t *Tariff) Round(a Amount) (Amount, error) {
	var c calc
	if a.d == 0 {
		return Amount{}, nil
	}
	v := c.round(val(a), &step{valOf(t.Rounding.Step), t.Rounding.Mode})
	if c.over {
		return Amount{}, fmt.Errorf("tariff: %w", CodeOverflow)
	}
	return Amount(v), nil
}

// Explain returns the price of a use and how it was reached, for the person who pays (Input.Owner, who must be set). A
// social situation or a matter of health stands in steps for that person alone.
func (c *Compiled) Explain(in *Input) (Quote, ent.Explanation, error) { return c.explain(in, false) }

func (c *Compiled) explain(in *Input, many bool) (Quote, ent.Explanation, error) {
	if in.Owner == "" {
		return Quote{}, ent.Explanation{}, fmt.Errorf("tariff: %w", CodeOwner)
	}
	t := &trace{owner: in.Owner}
	e := eval{in: in, bind: true, t: t, many: many}
	c.dict.head(&e.b, in)
	if !c.price(&e) {
		return Quote{}, ent.Explanation{}, e.failure.err(e.s, e.in)
	}
	why, err := t.Explanation()
	if err != nil {
		return Quote{}, ent.Explanation{}, fmt.Errorf("tariff: %w", err)
	}
	return e.quote(), why, nil
}
