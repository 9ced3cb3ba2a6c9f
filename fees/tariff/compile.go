package tariff

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Compiled is one or several sheets made ready to price. It never changes, and is safe for concurrent use.
type Compiled struct {
	sheets []*sheet
	dict   *dictionary
}

// sheet is a compiled tariff.
type sheet struct {
	doc      *Tariff
	hash     string
	from, to int32 // days in order, both included
	// kinds has a bit for each kind of quotient accepted; 0 accepts all.
	kinds uint64
	top   bool // a missing quotient is the highest one
	step  step
	point Point
	// byNumber finds an activity by its number in the dictionary; -1 where the sheet has none.
	byNumber   []int32
	activities []activity
	// said are the conditions in words, titled the labels made of a title and a condition, sources the names of places: all
	// for explanations.
	said    map[*Condition]ent.Label
	titled  map[titledCondition]ent.Label
	sources map[string]string
}

type titledCondition struct {
	title ent.Label
	when  *Condition
}

// withCondition returns a label followed by a condition in words.
func (s *sheet) withCondition(what ent.Label, c *Condition) ent.Label {
	if l, ok := s.titled[titledCondition{what, c}]; ok {
		return l
	}
	text := s.said[c]
	return label(what.FR+" ("+text.FR+")", what.EN+" ("+text.EN+")")
}

// words makes the texts of the explanations once.
func (s *sheet) words() {
	s.said, s.titled, s.sources = map[*Condition]ent.Label{}, map[titledCondition]ent.Label{}, map[string]string{}
	for _, c := range s.doc.allConditions() {
		s.said[c] = c.Label()
	}
	add := func(what ent.Label, c *Condition) {
		if c != nil && !c.sensitive() {
			s.titled[titledCondition{what, c}] = s.withCondition(what, c)
		}
	}
	for i := range s.activities {
		a := &s.activities[i]
		for j := range a.rules {
			r := &a.rules[j]
			s.sources[r.path] = s.doc.ID + r.path[1:]
			add(titled(r.doc.Title, label("prix applicable", "price that applies")), r.doc.When)
			if b := r.bands; b != nil {
				for row := range b.doc.Rows {
					b.sources = append(b.sources, s.doc.ID+index(b.path+".rows", row)[1:])
				}
				for k := range b.doc.Columns {
					add(titled(b.doc.Columns[k].Title, label("colonne", "column")), b.doc.Columns[k].When)
				}
			}
		}
		for _, list := range [][]modifier{a.unit, a.line} {
			for j := range list {
				m := &list[j]
				s.sources[m.path] = s.doc.ID + m.path[1:]
				add(titled(m.doc.Title, label("modification", "modification")), m.doc.When)
			}
		}
		for _, field := range []string{".tolerance", ".unit"} {
			s.sources[a.path+".duration"+field] = s.doc.ID + a.path[1:] + ".duration" + field
		}
	}
}

type activity struct {
	doc      *Activity
	path     string
	rules    []rule
	unit     []modifier
	line     []modifier
	third    []thirdParty
	duration *Duration
	// asks are the criteria that its conditions look at; plain says that the formula is the whole price.
	asks  []checkKind
	plain bool
	// ranked and dated say whether a condition asks for the rank or the number of children present, and for the kind of day.
	ranked, dated bool
}

type thirdParty struct {
	doc     *ThirdParty
	path    string
	when    condition
	percent bool
	value   val // of a unit: euros, or a part of the price
}

type formulaKind uint8

const (
	formulaFlat formulaKind = iota
	formulaBands
	formulaLinear
	formulaEffort
	formulaShare
	formulaPSU
)

type rule struct {
	doc  *Rule
	path string
	when condition
	kind formulaKind
	flat val
	// rounded is the flat price by the rule of the sheet.
	rounded val
	bands   *bands
	linear  *linear
	effort  *effort
	psu     *psu
}

type modifier struct {
	doc   *Modifier
	path  string
	when  condition
	op    modifierOp
	value val
}

type modifierOp uint8

const (
	opAdd modifierOp = iota
	opMultiply
	opReplace
	opMin
	opMax
)

// bands are the rows of a grid, flattened into segments of quotients that follow each other without a hole.
type bands struct {
	doc     *Bands
	path    string
	share   bool
	of      val // the reference price of a share, d = 0 for the cost of the use
	columns []condition
	shift   []condition
	reading Decimals
	starts  []int64 // where each segment starts, see edge
	rows    []int32 // its row, or gap or overlap
	values  []val   // by row and column; d = 0 where the sheet has none
	width   int
	sources []string // of the rows
}

const (
	gap     int32 = -1
	overlap int32 = -2
)

// edge is where a segment starts: twice the quotient for a segment that contains it, one more for one that begins just
// above it.
func edge(q int64, above bool) int64 {
	if above {
		return 2*q + 1
	}
	return 2 * q
}

type linear struct {
	doc    *Linear
	path   string
	points []linearPoint
	above  val // d = 0 when the last price holds
}

type linearPoint struct {
	x     int64 // in units of 1/quotientScale
	y     val
	slope val // up to the next point, a unit of 1/quotientScale
}

type effort struct {
	doc      *Effort
	path     string
	rate     val // a unit of 1/quotientScale
	min, max val // d = 0 when there is none
	// Below low the floor holds, above high the ceiling.
	low, high int64
	// steps is the rate in steps of the rounding, minRounded and maxRounded are the bounds rounded.
	steps                  scale
	minRounded, maxRounded val
}

type psu struct {
	doc            *PSU
	path           string
	floor, ceiling val
	// from and to are the numbers of children of each rate, both included.
	from, to []int
	rates    []val // of an hour, a part of the monthly resources
	// The same for annual resources: the bounds, the price by rate, and the rates.
	low, high           val
	lowPrice, highPrice []val
	annual              []val
	// The same in steps of the rounding, for resources in cents.
	lowRounded, highRounded []val
	steps                   []scale
}

// Compile makes sheets ready to price. Sheets of one identifier follow each other; a day has one sheet of an activity. It
// returns all the issues that make that impossible, see [Tariff.Validate] for the others: a grid with a gap compiles, and
// the gap has no price.
func Compile(sheets ...*Tariff) (*Compiled, error) {
	var issues ent.Issues
	sheets = slices.DeleteFunc(slices.Clone(sheets), func(t *Tariff) bool { return t == nil })
	c := &Compiled{dict: newDictionary(sheets)}
	issues = append(issues, c.dict.issues...)
	for _, t := range sheets {
		found := t.structure()
		issues = append(issues, found...)
		if found.Worst() == ent.SeverityError {
			continue
		}
		s := compileSheet(t, c.dict)
		c.sheets = append(c.sheets, s)
	}
	if len(sheets) == 0 {
		issues = append(issues, catalog().New(CodeNoSheet, ent.Pos{}, "$"))
	}
	slices.SortStableFunc(c.sheets, func(a, b *sheet) int { return int(a.from) - int(b.from) })
	issues = append(issues, overlaps(sheets)...)
	if err := errorsOf(issues).Err(); err != nil {
		return nil, fmt.Errorf("tariff: %w", err)
	}
	return c, nil
}

// Compile makes one sheet ready to price.
func (t *Tariff) Compile() (*Compiled, error) { return Compile(t) }

func errorsOf(issues ent.Issues) ent.Issues {
	var out ent.Issues
	for _, i := range issues {
		if i.Severity == ent.SeverityError || i.Severity == ent.SeverityFatal {
			out = append(out, i)
		}
	}
	return out
}

// Sheets returns the sheets, by the first day of each.
func (c *Compiled) Sheets() []*Tariff {
	out := make([]*Tariff, len(c.sheets))
	for i, s := range c.sheets {
		out[i] = s.doc
	}
	return out
}

// Applied is what prices an activity on a day.
type Applied struct {
	Sheet    *Tariff
	Activity *Activity
	// Hash is that of the sheet, Order the place of the activity in it.
	Hash  string
	Order int
	// Ranked and Dated say whether the price may depend on the children present the same day, and on the kind of day.
	Ranked, Dated bool
}

// Applied returns the sheet and the activity that price a use on a day, and false when no sheet does.
func (c *Compiled) Applied(day ent.Date, activity string) (Applied, bool) {
	s, i := c.sheetOf(dayOf(day), c.dict.activity(activity))
	if s == nil {
		return Applied{}, false
	}
	a := &s.activities[i]
	return Applied{s.doc, a.doc, s.hash, int(i), a.ranked, a.dated}, true
}

// Holds reports whether the sheet holds on a day.
func (t *Tariff) Holds(day ent.Date) bool {
	return !day.IsZero() && !day.Before(t.From) && (t.To.IsZero() || !t.To.Before(day))
}

// dayOf orders days.
func dayOf(d ent.Date) int32 { return int32(d.Year)<<9 | int32(d.Month)<<5 | int32(d.Day) }

const lastDay = 1<<31 - 1

// sheetOf returns the sheet that prices an activity on a day, and its place in it; nil when there is none.
func (c *Compiled) sheetOf(day, number int32) (*sheet, int32) {
	if number < 0 || day == 0 {
		return nil, 0
	}
	for i := range c.sheets {
		s := c.sheets[len(c.sheets)-1-i] // the latest sheet is asked for most
		if s.from <= day && day <= s.to {
			if at := s.byNumber[number]; at >= 0 {
				return s, at
			}
		}
	}
	return nil, 0
}

func compileSheet(t *Tariff, dict *dictionary) *sheet {
	s := &sheet{
		doc: t, hash: t.Hash(), from: dayOf(t.From), to: dayOf(t.To), point: t.Rounding.Point,
		step: step{valOf(t.Rounding.Step), t.Rounding.Mode},
		top:  t.Quotient.Missing == quotient.MissingTopBand || t.Quotient.Missing == quotient.MissingTopBandSurcharge,
	}
	if t.To.IsZero() {
		s.to = lastDay
	}
	s.kinds = dict.kindsOf(t.Quotient.Kinds)
	s.byNumber = make([]int32, len(dict.activities))
	for i := range s.byNumber {
		s.byNumber[i] = -1
	}
	c := compiler{s.step.size.d, s.step, dict}
	for i := range t.Activities {
		if n := dict.activity(t.Activities[i].ID); n >= 0 {
			s.byNumber[n] = int32(i) //nolint:gosec // a list of a document
		}
		s.activities = append(s.activities, c.activity(&t.Activities[i], index("$.activities", i)))
	}
	s.words()
	return s
}

// compiler writes amounts with the denominator of the rounding where it can, so that a price of the sheet needs no division.
type compiler struct {
	den  int64
	step step
	dict *dictionary
}

// scale returns a factor in steps of the rounding.
func (c compiler) scale(factor *big.Rat) scale {
	v := valOfRat(new(big.Rat).Quo(factor, c.step.size.rat()))
	return scale{uint64(max(v.n, 0)), uint64(v.d)} //nolint:gosec // a rate is not negative
}

func (c compiler) rounded(v val) val {
	if v.d == 0 {
		return v
	}
	return new(calc).round(v, &c.step)
}

func (c compiler) val(d decimal.Decimal) val {
	v := valOf(d)
	if c.den%v.d == 0 {
		return val{v.n * (c.den / v.d), c.den}
	}
	return v
}

func (c compiler) activity(doc *Activity, path string) activity {
	a := activity{doc: doc, path: path, duration: doc.Duration}
	for i := range doc.Rules {
		a.rules = append(a.rules, c.rule(&doc.Rules[i], index(path+".rules", i)))
	}
	for i := range doc.Modifiers {
		m := c.modifier(&doc.Modifiers[i], index(path+".modifiers", i))
		if m.doc.On == StageLine {
			a.line = append(a.line, m)
		} else {
			a.unit = append(a.unit, m)
		}
	}
	for i := range doc.ThirdParty {
		p := thirdParty{doc: &doc.ThirdParty[i], path: index(path+".thirdParty", i), when: c.condition(doc.ThirdParty[i].When)}
		if p.doc.Add != nil {
			p.value = c.val(*p.doc.Add)
		} else {
			p.percent, p.value = true, valOf(p.doc.Percent.Shift(-2))
		}
		a.third = append(a.third, p)
	}
	a.look()
	a.plain = len(a.unit)+len(a.line)+len(a.third) == 0 && a.duration == nil
	return a
}

// conditions returns every condition of the activity.
func (a *activity) conditions() []condition {
	var out []condition
	for i := range a.rules {
		r := &a.rules[i]
		out = append(out, r.when)
		if r.bands != nil {
			out = append(append(out, r.bands.columns...), r.bands.shift...)
		}
	}
	for i := range a.unit {
		out = append(out, a.unit[i].when)
	}
	for i := range a.line {
		out = append(out, a.line[i].when)
	}
	for i := range a.third {
		out = append(out, a.third[i].when)
	}
	return out
}

// look notes which criteria the conditions ask for.
func (a *activity) look() {
	for _, w := range a.conditions() {
		for i := range w {
			k := w[i].kind
			if !slices.Contains(a.asks, k) {
				a.asks = append(a.asks, k)
			}
			a.ranked = a.ranked || k == checkRank || k == checkPresent
			a.dated = a.dated || k == checkDay
		}
	}
}

func (c compiler) rule(doc *Rule, path string) rule {
	r := rule{doc: doc, path: path, when: c.condition(doc.When)}
	switch {
	case doc.Price != nil:
		r.kind, r.flat = formulaFlat, c.val(*doc.Price)
		r.rounded = new(calc).round(r.flat, &c.step)
	case doc.Bands != nil:
		r.kind, r.bands = formulaBands, c.bands(doc.Bands, path+".bands")
	case doc.Linear != nil:
		r.kind, r.linear = formulaLinear, c.linear(doc.Linear, path+".linear")
	case doc.Effort != nil:
		r.kind, r.effort = formulaEffort, c.effort(doc.Effort, path+".effort")
	case doc.Share != nil:
		r.kind, r.bands = formulaShare, c.bands(&doc.Share.Bands, path+".share.bands")
		r.bands.share = true
		if doc.Share.Of != nil {
			r.bands.of = c.val(*doc.Share.Of)
		}
	case doc.PSU != nil:
		r.kind, r.psu = formulaPSU, c.psu(doc.PSU, path+".psu")
	}
	return r
}

func (c compiler) modifier(doc *Modifier, path string) modifier {
	m := modifier{doc: doc, path: path, when: c.condition(doc.When)}
	switch {
	case doc.Add != nil:
		m.op, m.value = opAdd, c.val(*doc.Add)
	case doc.Multiply != nil:
		m.op, m.value = opMultiply, valOf(*doc.Multiply)
	case doc.Percent != nil:
		m.op, m.value = opMultiply, valOf(decimal.New(100, 0).Add(*doc.Percent).Shift(-2))
	case doc.Replace != nil:
		m.op, m.value = opReplace, c.val(*doc.Replace)
	case doc.Min != nil:
		m.op, m.value = opMin, c.val(*doc.Min)
	case doc.Max != nil:
		m.op, m.value = opMax, c.val(*doc.Max)
	}
	return m
}
