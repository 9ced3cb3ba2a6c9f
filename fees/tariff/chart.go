package tariff

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// WriteCSV writes the rows of the comparison for a spreadsheet: in French with semicolons and decimal commas, in English with
// commas and decimal points. Amounts are euros a year.
func (c *Comparison) WriteCSV(w io.Writer, lang ent.Lang) error {
	out := csv.NewWriter(w)
	number := ent.NumberText
	if lang != ent.EN {
		out.Comma = ';'
		number = func(d decimal.Decimal) string { return strings.Replace(ent.NumberText(d), ".", ",", 1) }
	}
	head := label("quotient à partir de;jusqu'à moins de;enfants;foyers;paient plus;paient moins;paient autant;avant (€);après (€);écart (€)",
		"quotient from;up to less than;children;households;pay more;pay less;pay the same;before (€);after (€);difference (€)")
	if err := out.Write(strings.Split(head.In(lang), ";")); err != nil {
		return fmt.Errorf("tariff: %w", err)
	}
	write := func(r *ComparisonRow, from string) error {
		to, children := "", label("tous", "all").In(lang)
		if r.From != nil {
			from = number(*r.From)
		}
		if r.To != nil {
			to = number(*r.To)
		}
		if r.Children > 0 {
			children = strconv.Itoa(r.Children)
			if r.Children == c.sizes {
				children += label(" ou plus", " or more").In(lang)
			}
		}
		n := func(v int64) string { return strconv.FormatInt(v, 10) }
		return out.Write([]string{
			from, to, children, n(r.Households), n(r.More), n(r.Less), n(r.Same), number(r.Before), number(r.After), number(r.After.Sub(r.Before)),
		})
	}
	for i := range c.Rows {
		if err := write(&c.Rows[i], label("non fourni", "not given").In(lang)); err != nil {
			return fmt.Errorf("tariff: %w", err)
		}
	}
	if err := write(&c.Total, label("total", "total").In(lang)); err != nil {
		return fmt.Errorf("tariff: %w", err)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("tariff: %w", err)
	}
	return nil
}

// The chart is drawn in a box of these units.
const (
	chartWidth, chartHeight = 880, 560
	chartLeft, chartRight   = 84, 16
	barsTop, barsBottom     = 90, 330
	shareTop, shareBottom   = 400, 490
)

// The colours are told apart by eyes that do not see red or green, and stand out on white by 3 to 1 at least.
const (
	colourBefore = "#5b6b7a"
	colourAfter  = "#0b5cad"
	colourMore   = "#b4530a"
	colourLess   = "#1b7f5c"
	colourSame   = "#9aa5b1"
	colourText   = "#1b1f24"
)

// SVG draws the comparison: what a household pays a year on average with each sheet by band of quotient, and below how many
// pay more, less or the same. It is one picture with a title and a description, and no script.
func (c *Comparison) SVG(lang ent.Lang) []byte {
	var rows []*ComparisonRow
	for i := range c.Rows {
		if c.Rows[i].Children == 0 {
			rows = append(rows, &c.Rows[i])
		}
	}
	d := drawing{lang: lang, step: 1}
	if len(rows) > 0 {
		d.step = (chartWidth - chartLeft - chartRight) / len(rows)
	}
	top := decimal.New(1, 0)
	for _, r := range rows {
		before, after := r.Average()
		top = decimal.Max(top, before, after)
	}
	d.scale = niceTop(top)
	title := label("Ce que paie un foyer par an, avant et après", "What a household pays a year, before and after")
	d.f(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="chart-title chart-desc" font-family="system-ui, sans-serif" font-size="13" fill="%s">`,
		chartWidth, chartHeight, colourText)
	d.f(`<title id="chart-title">%s</title><desc id="chart-desc">%s</desc>`, title.In(lang), c.Summary(lang))
	d.f(`<rect width="%d" height="%d" fill="#ffffff"/>`, chartWidth, chartHeight)
	d.text(chartLeft, 28, "start", 17, title.In(lang))
	d.legend(chartLeft, 56, colourBefore, label("avant", "before"))
	d.legend(chartLeft+110, 56, colourAfter, label("après", "after"))
	d.text(chartLeft+230, 56, "start", 13, label("moyenne par foyer, en euros par an, selon le quotient", "average of a household, in euros a year, by quotient").In(lang))
	d.axis()
	for i, r := range rows {
		d.band(i, r)
	}
	d.text(chartLeft, 386, "start", 13, label("part des foyers qui paient", "share of the households that pay").In(lang))
	d.legend(chartLeft+230, 386, colourMore, label("plus", "more"))
	d.legend(chartLeft+320, 386, colourLess, label("moins", "less"))
	d.legend(chartLeft+420, 386, colourSame, label("autant", "the same"))
	d.text(chartLeft-8, shareBottom+18, "end", 12, label("foyers", "households").In(lang))
	d.text(chartLeft, 542, "start", 13, c.Summary(lang))
	d.f("</svg>\n")
	return []byte(d.b.String())
}

// Summary sums the comparison up in a sentence.
func (c *Comparison) Summary(lang ent.Lang) string {
	diff := c.Total.After.Sub(c.Total.Before)
	sign := ""
	if diff.Sign() > 0 {
		sign = "+"
	}
	s := fmt.Sprintf(label("%d foyers : %d paient plus, %d moins, %d autant ; recette %s%s par an.",
		"%d households: %d pay more, %d less, %d the same; revenue %s%s a year.").In(lang),
		c.Total.Households, c.Total.More, c.Total.Less, c.Total.Same, sign, Euros(diff.Round(2), lang))
	if c.LeftOut > 0 {
		s += fmt.Sprintf(label(" Sans prix : %d.", " Without price: %d.").In(lang), c.LeftOut)
	}
	return s
}

// niceTop returns the top of an axis: 1, 2 or 5 times a power of ten, not less than a value.
func niceTop(v decimal.Decimal) decimal.Decimal {
	power := decimal.New(1, 0)
	for {
		for _, n := range []int64{1, 2, 5} {
			if top := power.Mul(decimal.New(n, 0)); top.GreaterThanOrEqual(v) {
				return top
			}
		}
		power = power.Mul(decimal.New(10, 0))
	}
}

type drawing struct {
	b     strings.Builder
	lang  ent.Lang
	scale decimal.Decimal
	step  int
}

func (d *drawing) f(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

func (d *drawing) text(x, y int, anchor string, size int, s string) {
	d.f(`<text x="%d" y="%d" text-anchor="%s" font-size="%d">%s</text>`, x, y, anchor, size, s)
}

func (d *drawing) rect(x, y, w, h int, colour string) {
	d.f(`<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`, x, y, w, h, colour)
}

func (d *drawing) legend(x, y int, colour string, what ent.Label) {
	d.rect(x, y-11, 14, 14, colour)
	d.text(x+20, y, "start", 13, what.In(d.lang))
}

// height returns the length of a part of a whole, in units of the box.
func height(v, whole decimal.Decimal, length int) int {
	if whole.Sign() <= 0 || v.Sign() <= 0 {
		return 0
	}
	return int(v.Mul(decimal.New(int64(length), 0)).DivRound(whole, 0).IntPart())
}

func (d *drawing) axis() {
	for i := range 5 {
		v := d.scale.Mul(decimal.New(int64(i*25), -2))
		y := barsBottom - (barsBottom-barsTop)*i/4
		d.f(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#d5dbe1"/>`, chartLeft, y, chartWidth-chartRight, y)
		n := ent.NumberText(v.Truncate(2))
		if v.IsInteger() {
			n = v.Truncate(0).String()
		}
		if d.lang != ent.EN {
			n = strings.Replace(n, ".", ",", 1)
		}
		d.text(chartLeft-8, y+4, "end", 12, n)
	}
}

func (d *drawing) band(i int, r *ComparisonRow) {
	x := chartLeft + i*d.step
	bar := max(3, d.step*2/7)
	before, after := r.Average()
	for j, v := range []decimal.Decimal{before, after} {
		h := height(v, d.scale, barsBottom-barsTop)
		d.rect(x+d.step/7+j*(bar+2), barsBottom-h, bar, h, []string{colourBefore, colourAfter}[j])
	}
	middle := x + d.step/2 - 2
	d.text(middle, barsBottom+18, "middle", 12, d.bandLabel(r))
	d.text(middle, shareBottom+18, "middle", 12, strconv.FormatInt(r.Households, 10))
	// Each edge is rounded, not each height: the three make the whole.
	all, sum, below := decimal.New(r.Households, 0), int64(0), 0
	for j, n := range []int64{r.Same, r.Less, r.More} {
		sum += n
		top := height(decimal.New(sum, 0), all, shareBottom-shareTop)
		d.rect(x+d.step/7, shareBottom-top, 2*bar+2, top-below, []string{colourSame, colourLess, colourMore}[j])
		below = top
	}
}

func (d *drawing) bandLabel(r *ComparisonRow) string {
	switch {
	case !r.Known:
		return label("non fourni", "not given").In(d.lang)
	case r.To == nil:
		return "≥ " + r.From.String()
	}
	return r.From.String() + "–" + r.To.String()
}
