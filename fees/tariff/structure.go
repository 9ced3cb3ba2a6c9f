package tariff

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// checker files issues with their place in the document.
type checker struct {
	t      *Tariff
	issues ent.Issues
}

func (c *checker) file(code ent.Code, path string, params ...ent.Param) {
	if len(c.issues) < maxIssues {
		c.issues = append(c.issues, catalog().New(code, c.t.places.at(path), path, params...))
	}
}

func (c *checker) bad(path string, field ent.Field) {
	c.file(CodeParameter, path+"."+string(field), ent.FieldOf("field", field))
}

// amount files a number out of limits, or a negative one where none is accepted.
func (c *checker) amount(d *decimal.Decimal, path string, negative bool) {
	switch {
	case d == nil:
	case !inLimits(*d):
		c.file(CodeNumber, path)
	case d.Sign() < 0 && !negative:
		c.file(CodeNegative, path)
	}
}

// structure returns what makes the sheet impossible to compile.
func (t *Tariff) structure() ent.Issues {
	c := &checker{t: t}
	if !isWord(t.ID) {
		c.file(CodeWord, "$.id")
	}
	if !t.To.IsZero() && t.To.Before(t.From) {
		c.file(CodePeriod, "$.to")
	}
	for _, d := range []struct {
		path string
		date ent.Date
	}{{"$.from", t.From}, {"$.to", t.To}, {"$.adopted", t.Adopted}} {
		if _, err := ent.NewDate(int(d.date.Year), int(d.date.Month), int(d.date.Day)); err != nil && !d.date.IsZero() {
			c.file(CodeDate, d.path)
		}
	}
	if s := t.Organiser.SIRET; s != "" && !s.Valid() {
		c.file(CodeSIRET, "$.organiser.siret")
	}
	c.rounding()
	c.quotientPolicy()
	if len(t.Activities) == 0 {
		c.file(CodeNothing, "$.activities", ent.FieldOf("field", "activities"))
	}
	seen := map[string]bool{}
	for i := range t.Activities {
		a, path := &t.Activities[i], index("$.activities", i)
		if !isWord(a.ID) {
			c.file(CodeWord, path+".id")
		}
		if seen[a.ID] {
			c.file(CodeIDTwice, path+".id", ent.CodeOf("id", a.ID))
		}
		seen[a.ID] = true
		c.activity(a, path)
	}
	for i := range t.Caps {
		c.cap(&t.Caps[i], index("$.caps", i), seen)
	}
	for i := range t.Cases {
		x, path := &t.Cases[i], index("$.cases", i)
		if (x.Price == nil) == (x.Undefined == "") {
			c.file(CodeCaseUnreadable, path)
		}
		if !seen[x.Given.Activity] && x.Undefined != CodeActivity {
			c.file(CodeUnknownRef, path+".given.activity", ent.CodeOf("activity", x.Given.Activity))
		}
	}
	return c.issues
}

func (c *checker) rounding() {
	r := c.t.Rounding
	if !inLimits(r.Step) || r.Step.Sign() <= 0 || !oneOf(r.Mode, ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp,
		ent.RoundDown, ent.RoundCeiling, ent.RoundFloor) || !oneOf(r.Point, PointUnit, PointLine, PointInvoice) {
		c.file(CodeRounding, "$.rounding")
	}
	if !oneOf(c.t.Ranks.Order, "", EldestFirst, YoungestFirst) {
		c.bad("$.ranks", "order")
	}
	if !oneOf(c.t.Ranks.Scope, "", ScopeActivity, ScopeTariff) {
		c.bad("$.ranks", "scope")
	}
}

func oneOf[T comparable](v T, list ...T) bool { return slices.Contains(list, v) }

func (c *checker) quotientPolicy() {
	q := &c.t.Quotient
	for i, k := range q.Kinds {
		kind, _ := splitKind(k)
		known := oneOf(kind, quotient.Kinds()...)
		if !isWord(k) || strings.HasSuffix(k, ":") || !known {
			if near, ok := nearest(string(kind), words(quotient.Kinds()...)); ok && !known && isWord(k) {
				c.file(CodeValueNear, index("$.quotient.kinds", i), ent.CodeOf("value", k), ent.CodeOf("near", near))
				continue
			}
			c.file(CodeValue, index("$.quotient.kinds", i), ent.CodeOf("value", k))
		}
	}
	if !oneOf(q.Missing, "", quotient.MissingRefuse, quotient.MissingTopBand, quotient.MissingTopBandSurcharge, quotient.MissingFullPrice) {
		c.bad("$.quotient", "missing")
	}
	if q.Validity != nil && len(q.policy().Check()) > 0 {
		c.bad("$.quotient", "validity")
	}
}

// policy returns the policy of validity with the kinds of the sheet: by default the quotient of the day.
func (q *QuotientPolicy) policy() quotient.Policy {
	p := quotient.Policy{Validity: quotient.ValidityDay}
	if v := q.Validity; v != nil {
		p = quotient.Policy{Validity: v.Rule, ReferenceMonth: v.ReferenceMonth, ReferenceDay: v.ReferenceDay, Lag: v.Lag, Effect: v.Effect}
	}
	for _, k := range q.Kinds {
		kind, _ := splitKind(k)
		p.Kinds = append(p.Kinds, kind)
	}
	return p
}

// Policy returns how the sheet reads a history of quotients, for [quotient.History.At].
func (q QuotientPolicy) Policy() quotient.Policy { return q.policy() }

func (c *checker) activity(a *Activity, path string) {
	c.amount(a.Cost, path+".cost", false)
	if len(a.Rules) == 0 {
		c.file(CodeNothing, path+".rules", ent.FieldOf("field", "rules"))
	}
	for i := range a.Rules {
		c.rule(&a.Rules[i], index(path+".rules", i))
	}
	for i := range a.Modifiers {
		c.modifier(&a.Modifiers[i], index(path+".modifiers", i))
	}
	if d := a.Duration; d != nil {
		for _, x := range []struct {
			field ent.Field
			ok    bool
		}{
			{"unit", d.Unit > 0 && d.Unit <= 24*60},
			{"tolerance", d.Tolerance >= 0 && d.Tolerance <= 24*60},
			{"count", oneOf(d.Count, CountUnion, CountEach)},
			{"free", d.Free >= 0 && d.Free <= 24*60},
			{"minimum", d.Minimum >= 0 && d.Minimum <= 24*60},
			{"maximum", d.Maximum >= 0 && d.Maximum <= 24*60 && (d.Maximum == 0 || d.Maximum >= d.Minimum)},
		} {
			if !x.ok {
				c.file(CodeDuration, path+".duration."+string(x.field), ent.FieldOf("field", x.field))
			}
		}
	}
	if s := a.Subscription; s != nil {
		if !oneOf(s.Every, EveryWeek, EveryMonth, EveryYear) {
			c.bad(path+".subscription", "every")
		}
		if !oneOf(s.Prorate, "", ProrateNone, ProrateDays) {
			c.bad(path+".subscription", "prorate")
		}
		if a.Duration != nil {
			c.bad(path, "duration")
		}
		c.amount(s.Refund, path+".subscription.refund", false)
	}
	for i := range a.Absences {
		x, at := &a.Absences[i], index(path+".absences", i)
		if len(x.Reasons) == 0 {
			c.file(CodeNothing, at+".reasons", ent.FieldOf("field", "reasons"))
		}
		if x.Days < 0 || x.Days > 366 {
			c.bad(at, "days")
		}
		if !oneOf(x.Waiting, "", WaitingFirstDays, WaitingAllOrNothing) || x.Days > 0 && x.Waiting == "" {
			c.bad(at, "waiting") // the two readings differ: the sheet says which
		}
		c.percent(x.Percent, at)
	}
	for i := range a.ThirdParty {
		p, at := &a.ThirdParty[i], index(path+".thirdParty", i)
		if p.Payer == "" || len(p.Payer) > 80 {
			c.bad(at, "payer")
		}
		if (p.Add == nil) == (p.Percent == nil) {
			c.bad(at, "add")
		}
		c.amount(p.Add, at+".add", false)
		c.percent(p.Percent, at)
		c.condition(p.When, at+".when")
	}
}

// percent files a percentage that is not within 0 to 100.
func (c *checker) percent(d *decimal.Decimal, path string) {
	if d != nil && (!inLimits(*d) || d.Sign() < 0 || d.GreaterThan(decimal.New(100, 0))) {
		c.bad(path, "percent")
	}
}

func (c *checker) rule(r *Rule, path string) {
	n := 0
	for _, has := range []bool{r.Price != nil, r.Bands != nil, r.Linear != nil, r.Effort != nil, r.Share != nil, r.PSU != nil} {
		if has {
			n++
		}
	}
	if n != 1 {
		c.file(CodeFormula, path)
	}
	c.condition(r.When, path+".when")
	c.amount(r.Price, path+".price", false)
	if r.Bands != nil {
		c.bands(r.Bands, path+".bands")
	}
	if l := r.Linear; l != nil {
		if len(l.Points) < 2 {
			c.file(CodeNothing, path+".linear.points", ent.FieldOf("field", "points"))
		}
		for i := range l.Points {
			at := index(path+".linear.points", i)
			c.quotientBound(&l.Points[i].Quotient, at+".quotient")
			c.amount(&l.Points[i].Price, at+".price", false)
			if i > 0 && !l.Points[i].Quotient.GreaterThan(l.Points[i-1].Quotient) {
				c.file(CodeOrder, at)
			}
		}
		c.amount(l.Above, path+".linear.above", false)
	}
	if e := r.Effort; e != nil {
		c.percent(&e.Percent, path+".effort")
		c.amount(e.Min, path+".effort.min", false)
		c.amount(e.Max, path+".effort.max", false)
		if e.Min != nil && e.Max != nil && e.Max.LessThan(*e.Min) {
			c.file(CodeBounds, path+".effort.max")
		}
	}
	if s := r.Share; s != nil {
		c.amount(s.Of, path+".share.of", false)
		c.bands(&s.Bands, path+".share.bands")
	}
	if p := r.PSU; p != nil {
		c.psu(p, path+".psu")
	}
}

func (c *checker) psu(p *PSU, path string) {
	if len(p.Rates) == 0 {
		c.file(CodeNothing, path+".rates", ent.FieldOf("field", "rates"))
	}
	for i := range p.Rates {
		at := index(path+".rates", i)
		c.percent(&p.Rates[i].Percent, at)
		c.bounds(&p.Rates[i].Children, at+".children")
	}
	c.amount(&p.Floor, path+".floor", false)
	c.amount(&p.Ceiling, path+".ceiling", false)
	if p.Ceiling.LessThan(p.Floor) {
		c.file(CodeBounds, path+".ceiling")
	}
}

func (c *checker) bounds(r *Range, path string) {
	if r == nil {
		return
	}
	if r.Min != nil && (*r.Min < 0 || *r.Min > maxCount) || r.Max != nil && (*r.Max < 0 || *r.Max > maxCount) ||
		r.Min != nil && r.Max != nil && *r.Max < *r.Min {
		c.file(CodeBounds, path)
	}
}

func (c *checker) condition(w *Condition, path string) {
	if w == nil {
		return
	}
	for name, r := range map[string]*Range{
		".rank": w.Rank, ".enrolledRank": w.EnrolledRank, ".present": w.Present, ".enrolled": w.Enrolled, ".children": w.Children,
		".minutes": w.Minutes,
	} {
		c.bounds(r, path+name)
	}
	if q := w.Quotient; q != nil {
		c.limits(&Row{From: q.From, Above: q.Above, To: q.To, Below: q.Below}, path+".quotient")
	}
}

// limits files the bounds of a row that do not fit, and reports whether they do.
func (c *checker) limits(r *Row, path string) bool {
	n := len(c.issues)
	for name, b := range map[string]*decimal.Decimal{".from": r.From, ".above": r.Above, ".to": r.To, ".below": r.Below} {
		c.quotientBound(b, path+name)
	}
	if r.From != nil && r.Above != nil || r.To != nil && r.Below != nil {
		c.file(CodeBounds, path)
	}
	if len(c.issues) > n {
		return false
	}
	if start, end := r.limits(); start >= end {
		c.file(CodeBounds, path)
		return false
	}
	return true
}

func (c *checker) quotientBound(d *decimal.Decimal, path string) {
	c.amount(d, path, false)
	if d != nil && inLimits(*d) && !d.Equal(d.Truncate(quotientDecimals)) {
		c.file(CodeNumber, path)
	}
}

func (c *checker) bands(b *Bands, path string) {
	if len(b.Rows) == 0 {
		c.file(CodeNothing, path+".rows", ent.FieldOf("field", "rows"))
	}
	if !oneOf(b.Decimals, "", DecimalsTruncate, DecimalsHalfUp, DecimalsUpperBound) {
		c.bad(path, "decimals")
	}
	seen := map[string]bool{}
	for i := range b.Columns {
		at := index(path+".columns", i)
		if !isWord(b.Columns[i].ID) {
			c.file(CodeWord, at+".id")
		}
		if seen[b.Columns[i].ID] {
			c.file(CodeIDTwice, at+".id", ent.CodeOf("id", b.Columns[i].ID))
		}
		seen[b.Columns[i].ID] = true
		c.condition(b.Columns[i].When, at+".when")
	}
	for i := range b.Shift {
		at := index(path+".shift", i)
		if s := b.Shift[i].By; s == 0 || s < -maxDepth || s > maxDepth {
			c.bad(at, "by")
		}
		c.condition(b.Shift[i].When, at+".when")
	}
	var start, end int64 = -1, -1
	for i := range b.Rows {
		r, at := &b.Rows[i], index(path+".rows", i)
		c.cells(b, r, at)
		if !c.limits(r, at) {
			continue
		}
		s, e := r.limits()
		if s <= start || e <= end {
			c.file(CodeOrder, at)
		}
		start, end = s, e
	}
}

// cells files a row that has not the prices of its grid. An empty cell is for Validate.
func (c *checker) cells(b *Bands, r *Row, path string) {
	want, have := len(b.Columns), len(r.Prices)
	if want == 0 && have == 0 && r.Price != nil {
		want, have = 1, 1
	} else if want == 0 || r.Price != nil {
		want, have = max(want, 1), have+len(b.Columns)+1
	}
	if want < have || r.Price == nil && len(b.Columns) == 0 {
		c.file(CodeColumns, path, ent.Count("want", int64(max(1, len(b.Columns)))), ent.Count("count", int64(len(r.Prices))))
	}
	c.amount(r.Price, path+".price", false)
	for i, p := range r.Prices {
		c.amount(p, index(path+".prices", i), false)
	}
}

func (c *checker) modifier(m *Modifier, path string) {
	n := 0
	for _, x := range []struct {
		name     string
		value    *decimal.Decimal
		negative bool
	}{
		{"add", m.Add, true},
		{"multiply", m.Multiply, false},
		{"percent", m.Percent, true},
		{"replace", m.Replace, false},
		{"min", m.Min, false},
		{"max", m.Max, false},
	} {
		if x.value != nil {
			n++
			c.amount(x.value, path+"."+x.name, x.negative)
		}
	}
	if n != 1 {
		c.file(CodeModifier, path)
	}
	if p := m.Percent; p != nil && inLimits(*p) && p.LessThan(decimal.New(-100, 0)) {
		c.bad(path, "percent")
	}
	if !oneOf(m.On, "", StageUnit, StageLine) {
		c.bad(path, "on")
	}
	c.condition(m.When, path+".when")
}

func (c *checker) cap(x *Cap, path string, known map[string]bool) {
	if !oneOf(x.Of, CapChild, CapHousehold) {
		c.bad(path, "of")
	}
	if !oneOf(x.Per, UnitDay, UnitMonth) {
		c.bad(path, "per")
	}
	c.amount(&x.Max, path+".max", false)
	if len(x.Activities) == 0 {
		c.file(CodeNothing, path+".activities", ent.FieldOf("field", "activities"))
	}
	for i, a := range x.Activities {
		if !known[a] {
			c.file(CodeUnknownRef, index(path+".activities", i), ent.CodeOf("activity", a))
		}
	}
}

// overlaps returns an issue for each activity that two sheets price on one day.
func overlaps(sheets []*Tariff) ent.Issues {
	var out ent.Issues
	for i, a := range sheets {
		for _, b := range sheets[:i] {
			first := a.From
			if first.Before(b.From) {
				first = b.From
			}
			if !a.To.IsZero() && a.To.Before(first) || !b.To.IsZero() && b.To.Before(first) {
				continue
			}
			for j := range a.Activities {
				for k := range b.Activities {
					if a.Activities[j].ID == b.Activities[k].ID {
						path := index("$.activities", j)
						out = append(out, catalog().New(CodeSheetOverlap, a.places.at(path), path,
							ent.CodeOf("activity", a.Activities[j].ID), ent.DateOf("date", first)))
					}
				}
			}
		}
	}
	return out
}

// hole returns the quotients between two edges, for a message.
func hole(lo, hi int64) (from, to decimal.Decimal) {
	if hi >= maxEdge {
		hi = lo
	}
	return fromUnits(lo / 2), fromUnits(hi / 2)
}

func fromUnits(q int64) decimal.Decimal {
	d := decimal.New(q, -quotientDecimals)
	return ent.Written(d.Rat())
}
