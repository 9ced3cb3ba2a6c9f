package gradebook

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// statistics are those of the averages of a teaching or of a class: the published ones, of the pupils who are there at the
// end of the period.
type statistics struct {
	count, without       int32
	mean                 num // rounded
	exact                num
	min, max             num
	median, first, third num
	bands                []int32
}

// evalStatistics computes those of a group, and the ranks in it.
func (s *Sheet) evalStatistics(i int) {
	g := &s.groups[i]
	s.ran.Statistics++
	g.stats = s.statistics(len(g.rows), func(row int) *cell {
		if !g.present[row] {
			g.cells[row].rank, g.cells[row].of = 0, 0
			return nil
		}
		return &g.cells[row]
	})
}

// evalAnnualStatistics computes those of a teaching in the year: of the pupils who are there at its end.
func (s *Sheet) evalAnnualStatistics(t int) {
	s.ran.Statistics++
	last := len(s.periods) - 1
	list := s.pairsOf[t]
	s.annualS[t] = s.statistics(len(list), func(i int) *cell {
		p := &s.pairs[list[i]]
		row := int32(-1)
		if last >= 0 {
			row = p.rows[last]
		}
		if row >= 0 && !s.groups[t*len(s.periods)+last].present[row] || row < 0 && len(s.members[s.teachings[t].set]) > 0 {
			p.cell.rank, p.cell.of = 0, 0
			return nil
		}
		return &p.cell
	})
}

// evalGeneralStatistics computes those of the general averages of a class.
func (s *Sheet) evalGeneralStatistics(q, class int) {
	s.ran.Statistics++
	i := q*len(s.classes) + class
	list := s.inClass[i]
	s.generalS[i] = s.statistics(len(list), func(n int) *cell { return &s.general[q*len(s.pupils)+int(list[n])] })
}

// statistics of n cells; a nil cell is of somebody who does not count. Ranks are written into the cells: equal averages
// share one and the next are skipped (1, 2, 2, 4).
func (s *Sheet) statistics(n int, at func(int) *cell) statistics {
	var out statistics
	list := make([]*cell, 0, n)
	for i := range n {
		switch c := at(i); {
		case c == nil:
		case !c.shown.some():
			c.rank, c.of = 0, 0
			out.without++
		default:
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return out
	}
	sortCells(list)
	out.count = int32(len(list)) //nolint:gosec // bounded by the limits
	sum := whole1(0)
	for i, c := range list {
		sum = sum.add(c.shown)
		c.of = out.count
		// From the end, the greatest first: the rank of the last of equals is that of all.
		j := len(list) - 1 - i
		r := list[j]
		r.rank = int32(i) + 1 //nolint:gosec // bounded by the limits
		if i > 0 && r.shown.cmp(list[j+1].shown) == 0 {
			r.rank = list[j+1].rank
		}
	}
	out.exact = sum.quo(whole1(int64(len(list))))
	out.mean = s.rules.of.round(out.exact)
	out.min, out.max = list[0].shown, list[len(list)-1].shown
	out.median = list[len(list)/2].shown
	if len(list)%2 == 0 {
		out.median = out.median.add(list[len(list)/2-1].shown).quo(whole1(2))
	}
	if len(list) >= 4 {
		out.first, out.third = list[(len(list)+3)/4-1].shown, list[(3*len(list)+3)/4-1].shown
	}
	out.bands = make([]int32, len(s.rules.bands)+1)
	from := 0
	for b, bound := range s.rules.bands {
		to := from
		for to < len(list) && list[to].shown.cmp(bound) < 0 {
			to++
		}
		out.bands[b] = int32(to - from) //nolint:gosec // bounded by the limits
		from = to
	}
	out.bands[len(s.rules.bands)] = int32(len(list) - from) //nolint:gosec // bounded by the limits
	return out
}

// sortCells sorts by what is shown.
func sortCells(list []*cell) {
	slices.SortFunc(list, func(a, b *cell) int {
		if a.shown.d == b.shown.d && a.shown.wide == nil && b.shown.wide == nil {
			return int(min(max(a.shown.n-b.shown.n, -1), 1)) // marks are far from what overflows
		}
		return a.shown.cmp(b.shown)
	})
}

// Statistics are those of a group of averages, as they are published.
type Statistics struct {
	// Count pupils have an average, Without have none. The others are not there at the end of the period.
	Count, Without int
	// Mean is the rounded mean of the published averages; Exact the mean before it is rounded, cut after 12 decimals when it
	// does not end. All figures are zero, and mean nothing, when Count is 0.
	Mean, Exact, Min, Max, Median decimal.Decimal
	// First and Third are the quartiles: the values at the ranks ceil(n/4) and ceil(3n/4), in increasing order. Quartiles is
	// false, and both zero, for fewer than 4 averages.
	First, Third decimal.Decimal
	Quartiles    bool
	// Bands count the averages below the first bound of the policy, from it to the next, and so on.
	Bands []int
}

func (x *statistics) public() Statistics {
	out := Statistics{Count: int(x.count), Without: int(x.without)}
	if x.count == 0 {
		return out
	}
	out.Mean, out.Exact, out.Min, out.Max = x.mean.decimal(), x.exact.decimal(), x.min.decimal(), x.max.decimal()
	out.Median = x.median.decimal()
	if out.Quartiles = x.first.some(); out.Quartiles {
		out.First, out.Third = x.first.decimal(), x.third.decimal()
	}
	for _, n := range x.bands {
		out.Bands = append(out.Bands, int(n))
	}
	return out
}

// StatisticsOf returns the statistics of any figures, with the roundings and bands of a policy: those of one test, of
// several classes. A mark that is missing is left out by the caller, never given as 0.
func StatisticsOf(p Policy, values []decimal.Decimal) (Statistics, error) {
	r, err := p.compile()
	if err != nil {
		return Statistics{}, err
	}
	cells := make([]cell, len(values))
	for i, v := range values {
		cells[i].shown = numOfRat(v.Rat())
	}
	s := Sheet{rules: r}
	x := s.statistics(len(cells), func(i int) *cell { return &cells[i] })
	return x.public(), nil
}

// Ranks returns the rank of each value, the greatest first: equal values share a rank and the next ones are skipped. A nil
// value has the rank 0 and comes after all others.
func Ranks(values []*decimal.Decimal) []int {
	out := make([]int, len(values))
	for i, v := range values {
		if v == nil {
			continue
		}
		out[i] = 1
		for _, o := range values {
			if o != nil && o.Cmp(*v) > 0 {
				out[i]++
			}
		}
	}
	return out
}

// AssessmentStatistics returns the statistics of the marks of one assessment, brought to the reference whatever its scale;
// it returns CodeNoFigure for an unknown assessment.
func (s *Sheet) AssessmentStatistics(id ent.ID) (Statistics, error) {
	a, ok := s.assessmentAt[id]
	if !ok {
		return Statistics{}, noFigure()
	}
	x := &s.assessments[a]
	var cells []cell
	for q := range s.groups {
		g := &s.groups[q]
		c := slices.Index(g.cols, a)
		if c < 0 {
			continue
		}
		for row := range g.rows {
			switch v := g.m[row*len(g.cols)+c]; {
			case v > limitValue:
				cells = append(cells, cell{shown: num{n: v, d: g.ten}.mul(s.rules.reference).quo(x.scale)})
			case zeroValue(v):
				cells = append(cells, cell{shown: whole1(0)})
			}
		}
	}
	st := s.statistics(len(cells), func(i int) *cell { return &cells[i] })
	return st.public(), nil
}
