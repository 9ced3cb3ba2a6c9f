package bulletin

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// chart is a drawing of the pupil's averages, with those of the groups that may be shown: a bar and a lozenge, so that no
// colour is needed. Lengths are in points, as they stand in the drawing.
type chart struct {
	Title, Desc   string
	Width, Height string
	Ticks         []tick
	Bars          []bar
	Pupil, Class  string
	KeyY, KeyText string
	KeyMark       string
	Bottom        string
}

type tick struct{ X, Text string }

type bar struct {
	Label              string
	TextY              string
	X, Y, Width, Thick string
	// Mark is the outline of the lozenge, "" for none.
	Mark string
}

const (
	chartWidth = 236 * pt
	chartLeft  = 94 * pt
	chartSpan  = 132 * pt
	chartTop   = 11 * pt
	chartRow   = 880
	chartText  = 750 // the least size of print
)

func points(n int) string {
	if n%pt == 0 {
		return strconv.Itoa(n / pt)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%02d", n/pt, n%pt), "0")
}

// chart draws; nil when there are fewer than two averages, or none is asked for.
func (d *Document) chart() *chart {
	if !d.Options.Chart {
		return nil
	}
	lang := d.Options.Lang
	top := d.Policy.Reference
	if top.IsZero() {
		top = decimal.New(20, 0)
	}
	ref := top
	var rows []Line
	for _, l := range d.Lines() {
		v, ok := l.Result.Average.Decimal()
		if !ok {
			continue
		}
		rows = append(rows, l)
		top = decimal.Max(top, v) // points above half may pass the reference
		if m, ok := l.Group.Mean.Decimal(); ok {
			top = decimal.Max(top, m)
		}
	}
	if len(rows) < 2 {
		return nil
	}
	at := func(v decimal.Decimal) int { // 0 ≤ v ≤ top, and top is positive
		share := new(big.Rat).Quo(v.Rat(), top.Rat())
		n := share.Mul(share, big.NewRat(chartSpan, 1))
		return max(0, int(new(big.Int).Quo(n.Num(), n.Denom()).Int64()))
	}
	c := &chart{
		Title: say(lang, "Moyennes de l'élève et de la classe, par enseignement", "Averages of the pupil and of the class, by teaching"),
		Pupil: say(lang, "élève", "pupil"), Class: say(lang, "classe", "class"), Width: points(chartWidth),
	}
	for i := range 5 {
		v := ref.Mul(decimal.New(int64(25*i), -2))
		t := tick{X: points(chartLeft + at(v))}
		if i%2 == 0 || v.IsInteger() {
			t.Text = exactText(lang, FigureOf(v))
		}
		c.Ticks = append(c.Ticks, t)
	}
	var desc []string
	y := chartTop
	for _, l := range rows {
		v, _ := l.Result.Average.Decimal()
		b := bar{
			Label: shorten(l.Label, chartText, chartLeft-5*pt), TextY: points(y + 720), X: points(chartLeft), Y: points(y + 130),
			Width: points(at(v)), Thick: points(620),
		}
		text := l.Label + " " + l.Result.Average.Text(lang)
		if m, ok := l.Group.Mean.Decimal(); ok {
			b.Mark = lozenge(chartLeft+at(m), y+440)
			text += say(lang, ", classe ", ", class ") + l.Group.Mean.Text(lang)
		}
		c.Bars = append(c.Bars, b)
		desc = append(desc, text)
		y += chartRow
	}
	c.Bottom = points(y + pt)
	c.KeyY, c.KeyText = points(y+400), points(y+1000)
	c.KeyMark = lozenge(chartLeft+60*pt, y+725)
	c.Height = points(y + 1300)
	c.Desc = strings.Join(desc, " ; ")
	if lang == ent.EN {
		c.Desc = strings.Join(desc, "; ")
	}
	return c
}

func chartHeight(n int) int { return chartTop + n*chartRow + 1300 }

func lozenge(x, y int) string {
	const r = 360
	return fmt.Sprintf("%s,%s %s,%s %s,%s %s,%s", points(x-r), points(y), points(x), points(y-r), points(x+r), points(y), points(x), points(y+r))
}
