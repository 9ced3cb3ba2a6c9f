package bulletin

// Reckoned returns the heights that the layout reckons for the sheets of a bulletin, in hundredths of a point.
func Reckoned(d *Document) []int {
	v := d.view()
	v.Chart = d.chart()
	p := v.plan()
	var out []int
	for _, x := range v.pagesOf(p) {
		h := x.headHeight() + x.rowHead(p.density)
		for _, s := range x.Sections {
			h += x.sectionHead(p.density, s.Label)
			for i := range s.Rows {
				h += x.rowHeight(p.density, &s.Rows[i])
			}
		}
		if x.Last {
			h += x.tailHeight(p.density, p.chart)
		}
		if x.Page != "" {
			h += footLine
		}
		out = append(out, h)
	}
	return out
}
