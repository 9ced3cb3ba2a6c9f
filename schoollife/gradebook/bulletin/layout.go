package bulletin

import (
	"fmt"
	"strings"
)

// density is a size of print. The style has a class of the same name with the same lengths: change both.
type density struct {
	name                     string
	font, small, line, inset int
	// dense puts the appreciation below its line, over the whole width.
	dense bool
}

func densities() [4]density {
	return [4]density{
		{"roomy", 900, 800, 1110, 200, false},
		{"close", 800, 750, 980, 150, false},
		{"tight", 750, 750, 900, 100, false},
		{"dense", 750, 750, 870, 80, true},
	}
}

// The lengths of the page; those of the style are the same.
const (
	pageWidth  = 53858 // 190 mm
	pageHeight = 78800 // 281 mm, less 3 mm that a browser may take for its borders
	border     = 75
	pad        = 675 // left and right of a cell of text, with its border
	narrow     = 475 // of a cell of figures
	gap        = 5 * pt

	firstWidth  = 112 * pt
	leftWidth   = 300 * pt
	nameWidth   = 260 * pt
	rightWidth  = pageWidth - leftWidth - 8*pt
	logoSize    = 42 * pt
	legendText  = 750
	legendLine  = 880
	footLine    = 12 * pt
	chartMargin = 10 * pt
)

// columnWidth returns that of a column of figures.
func columnWidth(kind string) int {
	switch kind {
	case "own", "rank":
		return 34 * pt
	case "mean":
		return 31 * pt
	}
	return 28 * pt
}

// plan is how a bulletin is laid out: a density, and the pages, each with its rows by section.
type plan struct {
	density density
	chart   bool
	// dropped says that a chart was asked for, and left out for lack of room.
	dropped bool
	pages   [][]sectionView
}

// plan takes the most legible way that fits one page; without any, the chart goes; then several pages.
func (v *view) plan() plan {
	list := densities()
	charts := []bool{false}
	if v.Chart != nil {
		charts = []bool{true, false}
	}
	for _, with := range charts {
		for _, d := range list {
			if v.height(d, with) <= pageHeight {
				return plan{d, with, v.Chart != nil && !with, [][]sectionView{v.Sections}}
			}
		}
	}
	best := plan{}
	for _, d := range list { // the fewest pages, then the most legible
		if pages := v.split(d); best.pages == nil || len(pages) < len(best.pages) {
			best = plan{density: d, chart: v.Chart != nil, pages: pages}
		}
	}
	return best
}

// height reckons the whole bulletin on one page.
func (v *view) height(d density, withChart bool) int {
	h := v.headHeight() + v.rowHead(d) + v.tailHeight(d, withChart)
	for _, s := range v.Sections {
		h += v.sectionHead(d, s.Label)
		for i := range s.Rows {
			h += v.rowHeight(d, &s.Rows[i])
		}
	}
	return h
}

// split fills pages with rows; the last one holds what stands below the table.
func (v *view) split(d density) [][]sectionView {
	room := pageHeight - v.headHeight() - v.rowHead(d) - footLine
	tail := v.tailHeight(d, v.Chart != nil)
	var pages [][]sectionView
	var page []sectionView
	used, rows := 0, 0
	next := func() {
		pages, page, used, rows = append(pages, page), nil, 0, 0
	}
	for n, s := range v.Sections {
		open := false
		for i := range s.Rows {
			need := v.rowHeight(d, &s.Rows[i])
			if !open {
				need += v.sectionHead(d, s.Label)
			}
			limit := room
			if n == len(v.Sections)-1 && i == len(s.Rows)-1 {
				limit -= tail // the last line stays with the general average
			}
			if rows > 0 && used+need > limit {
				next()
				if open {
					need += v.sectionHead(d, s.Label)
				}
				open = false
			}
			if !open {
				label := s.Label
				if i > 0 && label != "" {
					label += say(v.Lang, " (suite)", " (continued)")
				}
				page = append(page, sectionView{Label: label})
				open = true
			}
			last := &page[len(page)-1]
			last.Rows = append(last.Rows, s.Rows[i])
			used += need
			rows++
		}
	}
	next()
	return pages
}

func (v *view) headHeight() int {
	room := leftWidth
	if v.Logo != "" {
		room -= logoSize + 6*pt
	}
	left := lines(v.School, 1000, room, true) * 1250
	for _, l := range v.Address {
		left += lines(l, 800, room, false) * 1000
	}
	if v.Logo != "" {
		left = max(left, logoSize)
	}
	right := lines(v.Title, 1400, rightWidth, true)*1700 + lines(v.Year, 900, rightWidth, false)*1150 + lines(v.Class, 900, rightWidth, false)*1150
	if v.Draft != "" {
		right += 1500
	}
	name := lines(v.Pupil, 1200, nameWidth, true) * 1500
	about := 0
	for _, a := range v.About {
		about += lines(a, 800, pageWidth-nameWidth-8*pt, false) * 1000
	}
	return max(left, right) + 4*pt + max(name, about) + 2*2*pt + 2*border + gap
}

func (d *density) row(lines int) int { return lines*d.line + 2*d.inset + border }

// rowHead is the height of the head of the table.
func (v *view) rowHead(d density) int { return d.row(1) + border }

func (v *view) sectionHead(d density, label string) int {
	if label == "" {
		return 0
	}
	return d.row(lines(label, d.font, pageWidth-pad, true))
}

func (v *view) figuresWidth() int {
	w := 0
	for _, c := range v.Columns {
		w += columnWidth(c.Kind)
	}
	return w
}

func (v *view) rowHeight(d density, r *rowView) int {
	figures := 1
	for i, c := range r.Cells {
		figures = max(figures, lines(c.Text, d.font, columnWidth(v.Columns[i].Kind)-narrow, true))
	}
	if d.dense {
		room := pageWidth - v.figuresWidth() - pad
		head := r.Label
		if r.Teachers != "" {
			head += " — " + r.Teachers
		}
		h := d.row(max(figures, lines(head, d.font, room, true))) + border // a thicker one parts the teachings
		if r.Says != "" {
			h += d.row(lines(r.Says, d.font, pageWidth-pad, false))
		}
		return h
	}
	first := lines(r.Label, d.font, firstWidth-pad, true)
	if r.Teachers != "" {
		first += lines(r.Teachers, d.small, firstWidth-pad, false)
	}
	says := 0
	if r.Says != "" {
		says = lines(r.Says, d.font, pageWidth-v.figuresWidth()-firstWidth-pad, false)
	}
	return d.row(max(figures, first, says))
}

// tailHeight is that of the general average and of all below the table.
func (v *view) tailHeight(d density, withChart bool) int {
	room, side := pageWidth, 0
	legend := strings.Join(v.Legend, " ")
	if withChart && v.Chart != nil {
		room -= chartWidth + chartMargin
		side = chartHeight(len(v.Chart.Bars))
	} else if v.Chart != nil {
		legend += " " + noChart(v.Lang)
	}
	blocks := 0
	for _, b := range v.Blocks {
		blocks += lines(b.Title+b.Colon+b.Text, d.font, room-10*pt, false)*d.line + 3*pt // the title is bold
	}
	return v.rowHeight(d, &v.General) + gap + max(blocks, side) + gap + border + 2*pt + lines(legend, legendText, pageWidth, false)*legendLine
}

// pagesOf makes the view of each page.
func (v *view) pagesOf(p plan) []view {
	out := make([]view, len(p.pages))
	for i, sections := range p.pages {
		x := *v
		x.Sections, x.Density, x.Dense, x.Last = sections, p.density.name, p.density.dense, i == len(p.pages)-1
		if !p.chart || !x.Last {
			x.Chart = nil
		}
		if p.dropped {
			x.Legend = append(append([]string(nil), v.Legend...), noChart(v.Lang))
		}
		if len(p.pages) > 1 {
			x.Page = fmt.Sprintf("%d/%d", i+1, len(p.pages))
		}
		out[i] = x
	}
	return out
}
