package tariff

import (
	"cmp"
	"errors"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Validate returns all that is wrong, or unwise, with a sheet: what keeps it from being compiled, gaps and overlaps of its
// grids, prices that fall, elements that never serve, what the law says, and the commune's own cases that fail. Each issue
// has its place in the document that was read.
func (t *Tariff) Validate() ent.Issues { return Validate(t) }

// Validate does so for sheets that follow each other, whose periods must neither overlap nor leave a hole.
func Validate(sheets ...*Tariff) ent.Issues {
	var out ent.Issues
	for _, t := range sheets {
		found := t.structure()
		if errorsOf(found) == nil {
			c := &checker{t: t}
			c.sheet()
			found = append(found, c.issues...)
		}
		out = append(out, sortIssues(found)...)
	}
	out = append(out, overlaps(sheets)...)
	return append(out, discontinuities(sheets)...)
}

// sortIssues puts the issues of one document in the order of their places.
func sortIssues(is ent.Issues) ent.Issues {
	slices.SortStableFunc(is, func(a, b ent.Issue) int {
		return cmp.Or(cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column), cmp.Compare(a.Path, b.Path))
	})
	return is
}

// discontinuities returns an issue for each activity that no sheet prices between two sheets that do.
func discontinuities(sheets []*Tariff) ent.Issues {
	type period struct {
		from, to ent.Date
		t        *Tariff
		path     string
	}
	byActivity := map[string][]period{}
	var names []string
	for _, t := range sheets {
		for i := range t.Activities {
			id := t.Activities[i].ID
			if byActivity[id] == nil {
				names = append(names, id)
			}
			byActivity[id] = append(byActivity[id], period{t.From, t.To, t, index("$.activities", i)})
		}
	}
	slices.Sort(names)
	var out ent.Issues
	for _, id := range names {
		all := byActivity[id]
		slices.SortStableFunc(all, func(a, b period) int { return a.from.Compare(b.from) })
		for i := 1; i < len(all); i++ {
			end := all[i-1].to
			if next := end.AddDays(1); !end.IsZero() && next.Before(all[i].from) {
				out = append(out, catalog().New(CodeSheetGap, all[i].t.places.at(all[i].path), all[i].path, ent.CodeOf("activity", id),
					ent.DateOf("from", next), ent.DateOf("to", all[i].from.AddDays(-1))))
			}
		}
	}
	return out
}

func (c *checker) sheet() {
	t := c.t
	if t.Organiser.SIRET == "" {
		c.file(CodeNoSIRET, "$.organiser")
	}
	if t.From.IsZero() {
		c.file(CodeUndated, "$")
	}
	if !t.Adopted.IsZero() && t.From.Before(t.Adopted) {
		c.file(CodeRetroactive, "$.from", ent.DateOf("date", t.Adopted))
	}
	s := compileSheet(t, newDictionary([]*Tariff{t}))
	for i := range s.activities {
		c.prices(&s.activities[i])
		c.legal(&s.activities[i])
	}
	c.cases()
}

// prices looks at the rules of an activity.
func (c *checker) prices(a *activity) {
	for i := range a.rules {
		r := &a.rules[i]
		for j := range a.rules[:i] {
			if covers(a.rules[j].when, r.when) {
				c.file(CodeUnreachable, r.path)
				break
			}
		}
		switch r.kind {
		case formulaFlat:
			c.finer(r.doc.Price, r.path+".price")
		case formulaBands, formulaShare:
			c.grid(r.bands, a.doc)
		case formulaLinear:
			c.points(r.linear, a.doc)
		case formulaEffort, formulaPSU:
		}
	}
	if n := len(a.rules); n > 0 && len(a.rules[n-1].when) > 0 {
		c.file(CodeIncomplete, a.path+".rules")
	}
	c.missing(a)
}

// covers reports whether whatever meets b meets a.
func covers(a, b condition) bool {
	for i := range a {
		x := &a[i]
		found := slices.ContainsFunc(b, func(y check) bool {
			if x.kind != y.kind {
				return false
			}
			if x.mode == modeWord || x.mode == modeStatus {
				return y.mask&^x.mask == 0
			}
			return x.lo <= y.lo && y.hi <= x.hi
		})
		if !found {
			return false
		}
	}
	return true
}

// finer files a price that the rounding of the unit changes.
func (c *checker) finer(d *decimal.Decimal, path string) {
	if d == nil || c.t.Rounding.Point != PointUnit {
		return
	}
	if q := d.Rat(); !q.Quo(q, c.t.Rounding.Step.Rat()).IsInt() {
		c.file(CodeFiner, path)
	}
}

// grid looks at the bands: holes, overlaps, empty cells, prices that fall.
func (c *checker) grid(b *bands, a *Activity) {
	rows := b.path + ".rows"
	grain := b.doc.grain()
	for i, row := range b.rows {
		end := int64(maxEdge)
		if i+1 < len(b.starts) {
			end = b.starts[i+1]
		}
		if row >= 0 {
			continue
		}
		at := rows
		if i+1 < len(b.rows) && b.rows[i+1] >= 0 {
			at = index(rows, int(b.rows[i+1]))
		}
		first, last := within(b.starts[i], end, grain)
		whole := first <= last
		switch from, to := fromUnits(first), fromUnits(last); {
		case row == overlap:
			c.file(CodeOverlap, at, ent.Decimal("from", from), ent.Decimal("to", to))
		case end >= maxEdge:
			c.file(CodeLastBand, index(rows, len(b.doc.Rows)-1), ent.Decimal("from", from))
		case i == 0:
			c.file(CodeFirstBand, at, ent.Decimal("from", fromUnits(end/2)))
		case whole:
			c.file(CodeGap, at, ent.Decimal("from", from), ent.Decimal("to", to))
		case grain > quotientScale/100 && b.reading == "":
			c.file(CodeDecimals, at, ent.Decimal("from", fromUnits(b.starts[i]/2)), ent.Decimal("to", fromUnits(end/2)))
		}
	}
	for i := range b.columns {
		for j := range i {
			if covers(b.columns[j], b.columns[i]) {
				c.file(CodeUnreachable, index(b.path+".columns", i))
				break
			}
		}
	}
	c.cellsOf(b, a)
}

func (c *checker) cellsOf(b *bands, a *Activity) {
	rows := b.path + ".rows"
	for column := range b.width {
		previous := val{}
		for row := range len(b.doc.Rows) {
			v, at := b.values[row*b.width+column], index(rows, row)
			if v.d == 0 {
				name := ""
				if len(b.doc.Columns) > 0 {
					name = b.doc.Columns[column].ID
				}
				c.file(CodeCell, at, ent.CodeOf("column", name))
				continue
			}
			if !b.share {
				c.finer(b.cell(row, column), at)
			}
			start, _ := b.doc.Rows[row].limits()
			from := ent.Decimal("from", fromUnits(start/2))
			if previous.d != 0 && less(v, previous) && !a.MayDecrease {
				c.file(CodeMonotone, at, from)
			}
			if previous.n > 0 && !b.share && !less(v, val{previous.n * 3, previous.d}) {
				times := v.rat()
				times.Quo(times, previous.rat())
				rounded, err := ent.Rounding{Step: decimal.New(1, -1), Mode: ent.RoundHalfUp}.Round(times)
				if err == nil {
					c.file(CodeThreshold, at, ent.Decimal("times", rounded), from)
				}
			}
			previous = v
		}
	}
}

func (b *bands) cell(row, column int) *decimal.Decimal {
	if r := &b.doc.Rows[row]; len(b.columns) == 0 {
		return r.Price
	}
	return b.doc.Rows[row].Prices[column]
}

// grain returns the step in which the bounds of the grid are written, in units: a euro when all are whole.
func (b *Bands) grain() int64 {
	grain := int64(quotientScale)
	for i := range b.Rows {
		r := &b.Rows[i]
		for _, d := range []*decimal.Decimal{r.From, r.Above, r.To, r.Below} {
			for d != nil && quotientUnits(*d)%grain != 0 {
				grain /= 10
			}
		}
	}
	return grain
}

// within returns the first and the last multiple of grain from an edge up to another one, left out; first is after last
// when there is none.
func within(start, end, grain int64) (first, last int64) {
	first = ((start+1)/2 + grain - 1) / grain * grain
	last = (end - 1) / 2 / grain * grain
	return first, last
}

func (c *checker) points(l *linear, a *Activity) {
	for i := 1; i < len(l.points); i++ {
		if less(l.points[i].y, l.points[i-1].y) && !a.MayDecrease {
			c.file(CodeMonotone, index(l.path+".points", i), ent.Decimal("from", l.doc.Points[i-1].Quotient))
		}
	}
	if n := len(l.points); n > 0 && l.above.d != 0 && less(l.above, l.points[n-1].y) && !a.MayDecrease {
		c.file(CodeMonotone, l.path+".above", ent.Decimal("from", l.doc.Points[n-1].Quotient))
	}
}

// missing looks whether the policy for a missing quotient says what it costs.
func (c *checker) missing(a *activity) {
	uses := slices.ContainsFunc(a.rules, func(r rule) bool { return r.usesQuotient() })
	if !uses {
		return
	}
	asks := func(w condition) bool {
		return slices.ContainsFunc(w, func(x check) bool { return x.kind == checkQuotientMissing && x.mask == 1<<isTrue })
	}
	priced := slices.ContainsFunc(a.rules, func(r rule) bool { return asks(r.when) })
	changed := slices.ContainsFunc(slices.Concat(a.unit, a.line), func(m modifier) bool { return asks(m.when) })
	switch c.t.Quotient.Missing {
	case quotient.MissingFullPrice:
		if !priced {
			c.file(CodeMissingPolicy, a.path)
		}
	case quotient.MissingTopBandSurcharge:
		if !changed {
			c.file(CodeMissingPolicy, a.path)
		}
	case quotient.MissingTopBand:
		if !priced && slices.ContainsFunc(a.rules, func(r rule) bool { return r.kind == formulaEffort && r.effort.max.d == 0 }) {
			c.file(CodeMissingPolicy, a.path)
		}
	case quotient.MissingRefuse:
	}
}

func (r *rule) usesQuotient() bool {
	return r.kind != formulaFlat && r.kind != formulaPSU ||
		slices.ContainsFunc(r.when, func(x check) bool { return x.kind == checkQuotient })
}

// legal looks at what the law says of prices.
func (c *checker) legal(a *activity) {
	if a.doc.Cost != nil {
		for i := range a.rules {
			if top, ok := a.rules[i].highest(); ok && top.GreaterThan(*a.doc.Cost) {
				c.file(CodeCost, a.rules[i].path, ent.Decimal("price", top), ent.Decimal("cost", *a.doc.Cost))
			}
		}
	}
	children, income := false, false
	look := func(w condition) {
		for i := range w {
			switch w[i].kind {
			case checkRank, checkEnrolledRank, checkPresent, checkEnrolled, checkChildren:
				children = true
			case checkQuotient:
				income = true
			default:
			}
		}
	}
	for i := range a.rules {
		income = income || a.rules[i].kind != formulaFlat
	}
	for _, w := range a.conditions() {
		look(w)
	}
	if children && !income {
		c.file(CodeChildrenAlone, a.path)
	}
	if a.doc.SocialCanteen {
		for _, x := range CheckSocialCanteen(a.doc) {
			c.file(x.Code, a.path+x.Path[1:])
		}
	}
}

// highest returns the highest price that the formula of a rule gives by itself, and false when nothing bounds it.
func (r *rule) highest() (decimal.Decimal, bool) {
	var all []decimal.Decimal
	add := func(d *decimal.Decimal) {
		if d != nil {
			all = append(all, *d)
		}
	}
	switch r.kind {
	case formulaFlat:
		add(r.doc.Price)
	case formulaBands:
		for i := range r.bands.doc.Rows {
			add(r.bands.doc.Rows[i].Price)
			for _, p := range r.bands.doc.Rows[i].Prices {
				add(p)
			}
		}
	case formulaLinear:
		for i := range r.linear.doc.Points {
			add(&r.linear.doc.Points[i].Price)
		}
		add(r.linear.doc.Above)
	case formulaEffort:
		add(r.effort.doc.Max)
	case formulaShare, formulaPSU:
	}
	if len(all) == 0 {
		return decimal.Decimal{}, false
	}
	return decimal.Max(all[0], all[1:]...), true
}

// cases runs the commune's own tests.
func (c *checker) cases() {
	if len(c.t.Cases) == 0 {
		return
	}
	compiled, err := c.t.Compile()
	if err != nil {
		return // structure says why
	}
	for i := range c.t.Cases {
		x, path := &c.t.Cases[i], index("$.cases", i)
		in, err := x.Given.Input(c.t)
		if err != nil {
			c.file(CodeNumber, path+".given")
			continue
		}
		got, err := compiled.Price(&in)
		switch {
		case x.Undefined != "" && !errors.Is(err, x.Undefined):
			c.file(CodeCaseUndefined, path, ent.CodeOf("code", string(codeOf(err))))
		case x.Price != nil && err != nil:
			c.file(CodeCaseUndefined, path, ent.CodeOf("code", string(codeOf(err))))
		case x.Price != nil && !got.Decimal().Equal(*x.Price):
			c.file(CodeCase, path, ent.Decimal("want", *x.Price), ent.Decimal("got", got.Decimal()))
		}
	}
}

// codeOf returns the code of an error of this package, "price" without one.
func codeOf(err error) ent.Code {
	if i, ok := errors.AsType[ent.Issue](err); ok {
		return i.Code
	}
	return "price"
}
