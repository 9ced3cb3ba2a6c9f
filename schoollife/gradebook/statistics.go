package gradebook

import (
	"fmt"
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
	s.list = s.list[:0]
	for row, here := range g.present {
		g.cells[row].rank = 0
		if here {
			s.list = append(s.list, &g.cells[row])
		}
	}
	s.statistics(&s.sorter, s.list, &g.stats)
}

// evalAnnualStatistics computes those of a teaching in the year: of the pupils who are there at its end.
func (s *Sheet) evalAnnualStatistics(t int) {
	s.ran.Statistics++
	s.list = s.list[:0]
	last := len(s.periods) - 1
	known := len(s.members[s.teachings[t].set]) > 0
	for _, n := range s.pairsOf[t] {
		p := &s.pairs[n]
		p.cell.rank = 0
		here := !known // no row: not there in the last period, unless nobody knows who is
		if last >= 0 && p.rows[last] >= 0 {
			here = s.groups[t*len(s.periods)+last].present[p.rows[last]]
		}
		if here {
			s.list = append(s.list, &p.cell)
		}
	}
	s.statistics(&s.sorter, s.list, &s.annualS[t])
}

// evalGeneralStatistics computes those of the general averages of a class.
func (s *Sheet) evalGeneralStatistics(q, class int) {
	s.ran.Statistics++
	i := q*len(s.classes) + class
	s.list = s.list[:0]
	for _, p := range s.inClass[i] {
		s.list = append(s.list, &s.general[q*len(s.pupils)+int(p)])
	}
	s.statistics(&s.sorter, s.list, &s.generalS[i])
}

// sorter sorts cells by what they show.
type sorter struct {
	keys   []int64 // what is shown, then the place in the list
	sorted []*cell
}

const (
	placeBits = 20 // of a place in a list
	maxKey    = int64(1) << (62 - placeBits)
)

// sort returns the cells that have a value, the least first, and how many have none. Figures of one rounding have one
// denominator: sorting whole numbers, which hold their place, is then enough.
func (x *sorter) sort(list []*cell) (sorted []*cell, without int32) {
	x.keys, x.sorted = x.keys[:0], x.sorted[:0]
	whole, d := len(list) < 1<<placeBits, int64(0)
	for i, c := range list {
		if !c.some() {
			without++
			continue
		}
		if d == 0 {
			d = c.shown.d
		}
		whole = whole && c.shown.wide == nil && c.shown.d == d && c.shown.n >= 0 && c.shown.n < maxKey
		x.keys = append(x.keys, c.shown.n<<placeBits|int64(i))
		x.sorted = append(x.sorted, c)
	}
	if !whole {
		slices.SortFunc(x.sorted, func(a, b *cell) int { return a.shown.cmp(b.shown) })
		return x.sorted, without
	}
	sortKeys(x.keys)
	for i, k := range x.keys {
		x.sorted[i] = list[k&(1<<placeBits-1)]
	}
	return x.sorted, without
}

// sortKeys sorts by insertion what is as short as a class: that is faster than what is made for any length.
func sortKeys(keys []int64) {
	const class = 40
	if len(keys) > class {
		slices.Sort(keys)
		return
	}
	for i := 1; i < len(keys); i++ {
		k, j := keys[i], i
		for ; j > 0 && keys[j-1] > k; j-- {
			keys[j] = keys[j-1]
		}
		keys[j] = k
	}
}

// statistics computes those of some cells, and ranks them: equal averages share a rank and the next are skipped (1, 2, 2, 4).
func (s *Sheet) statistics(x *sorter, cells []*cell, out *statistics) {
	list, without := x.sort(cells)
	bands := out.bands[:0]
	*out = statistics{count: int32(len(list)), without: without} //nolint:gosec // bounded by the limits
	if len(list) == 0 {
		return
	}
	sum := whole1(0)
	for i, c := range list {
		if i == 0 {
			sum = c.shown
		} else {
			sum = sum.add(c.shown)
		}
		// From the end, the greatest first: the rank of the last of equals is that of all.
		j := len(list) - 1 - i
		r := list[j]
		r.rank = int32(i) + 1 //nolint:gosec // bounded by the limits
		if i > 0 && r.shown.same(list[j+1].shown) {
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
	out.bands = s.count(list, bands)
}

// count counts sorted cells by band.
func (s *Sheet) count(list []*cell, bands []int32) []int32 {
	from := 0
	for _, bound := range s.rules.bands {
		to := from
		for to < len(list) && list[to].shown.cmp(bound) < 0 {
			to++
		}
		bands = append(bands, int32(to-from)) //nolint:gosec // bounded by the limits
		from = to
	}
	return append(bands, int32(len(list)-from)) //nolint:gosec // bounded by the limits
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
	if len(values) > maxMarks {
		return Statistics{}, fmt.Errorf("gradebook: %w", catalog().New(CodeLimit, ent.Pos{}, "", ent.FieldOf("field", "values"), ent.Count("count", maxMarks)))
	}
	cells := make([]*cell, len(values))
	for i, v := range values {
		cells[i] = &cell{shown: numOfRat(v.Rat()), state: StateComputed}
	}
	s := Sheet{rules: r}
	var x statistics
	s.statistics(new(sorter), cells, &x)
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
	a, ok := s.assessmentOf(id)
	if !ok {
		return Statistics{}, noFigure()
	}
	x := &s.assessments[a]
	var cells []*cell
	for q := range s.groups {
		g := &s.groups[q]
		c := slices.Index(g.cols, a)
		if c < 0 {
			continue
		}
		for row := range g.rows {
			switch v := g.m[row*len(g.cols)+c]; {
			case v > limitValue:
				cells = append(cells, &cell{shown: num{n: v, d: units}.mul(s.rules.reference).quo(x.scale), state: StateComputed})
			case zeroValue(v):
				cells = append(cells, &cell{shown: whole1(0), state: StateComputed})
			}
		}
	}
	var st statistics
	s.statistics(new(sorter), cells, &st)
	return st.public(), nil
}
