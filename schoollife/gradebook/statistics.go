package gradebook

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/fixed"
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
		if last >= 0 {
			if row := s.rowIn(p, last); row >= 0 {
				here = s.groups[t*len(s.periods)+last].present[row]
			}
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
	bounds []int64 // of the bands, in units of 1/d
	d      int64
	top    [smallFigures]uint8 // for sortKeys
}

const (
	placeBits    = 20 // of a place in a list
	smallFigures = 512
	maxKey       = int64(1) << (62 - placeBits)
)

// whole makes the keys of the cells that have a value, sorted, and counts those that have none; false when the figures are
// not whole numbers of one unit. Figures of one rounding have one denominator: sorting whole numbers, which hold their place,
// is then enough.
func (x *sorter) whole(list []*cell) (d int64, without int32, ok bool) {
	x.keys = x.keys[:0]
	ok = len(list) < 1<<placeBits
	for i, c := range list {
		if !c.some() {
			without++
			continue
		}
		if d == 0 {
			d = c.shown.d
		}
		n := c.shown.n
		ok = ok && c.shown.wide == nil && c.shown.d == d && n >= 0 && n < maxKey
		x.keys = append(x.keys, n<<placeBits|int64(i))
	}
	if ok {
		x.sortKeys()
	}
	return d, without, ok
}

// sort returns the cells that have a value, the least first.
func (x *sorter) sort(list []*cell) []*cell {
	x.sorted = x.sorted[:0]
	for _, c := range list {
		if c.some() {
			x.sorted = append(x.sorted, c)
		}
	}
	slices.SortFunc(x.sorted, func(a, b *cell) int { return a.shown.cmp(b.shown) })
	return x.sorted
}

// in returns the bounds of the bands in units of 1/d: a number of them is below a bound when it is below what stands here.
// It is false where that does not fit.
func (x *sorter) in(bounds []num, d int64) bool {
	if x.d == d && len(x.bounds) == len(bounds) {
		return true
	}
	x.d, x.bounds = 0, x.bounds[:0]
	for _, b := range bounds {
		n, ok := fixed.Product(b.n, d)
		if !ok || b.wide != nil || n < 0 {
			return false
		}
		up := n / b.d
		if n%b.d != 0 {
			up++
		}
		x.bounds = append(x.bounds, up)
	}
	x.d = d
	return true
}

// sortKeys sorts the keys by what is shown. What is as short as a class, and small as tenths are, is dealt into as many
// places as there are figures, of which those that are taken are marked in words: nothing is compared.
func (x *sorter) sortKeys() {
	const class = 64
	keys, all := x.keys, int64(0)
	for _, k := range keys {
		all |= k
	}
	if len(keys) > class || all>>placeBits >= smallFigures {
		slices.Sort(keys)
		return
	}
	var taken [smallFigures / 64]uint64
	var under [class]uint8 // the key that was there before + 1
	var from [class]int64
	copy(from[:], keys)
	for i, k := range from[:len(keys)] {
		n := k >> placeBits & (smallFigures - 1)
		if taken[n/64]&(1<<(n%64)) != 0 {
			under[i] = x.top[n]
		}
		taken[n/64] |= 1 << (n % 64)
		x.top[n] = uint8(i) + 1 //nolint:gosec // less than 64
	}
	next := 0
	for w, word := range taken {
		for ; word != 0; word &= word - 1 {
			for i := x.top[w*64+bits.TrailingZeros64(word)]; i != 0; i = under[i-1] {
				keys[next] = from[i-1]
				next++
			}
		}
	}
}

// statistics computes those of some cells, and ranks them: equal averages share a rank and the next are skipped (1, 2, 2, 4).
func (s *Sheet) statistics(x *sorter, cells []*cell, out *statistics) {
	d, without, whole := x.whole(cells)
	bands := out.bands[:0]
	*out = statistics{count: int32(len(x.keys)), without: without, bands: bands} //nolint:gosec // bounded by the limits
	switch {
	case len(x.keys) == 0:
		return
	case whole && x.in(s.rules.bands, d):
		s.wholeStatistics(x, cells, d, out)
	default:
		s.anyStatistics(x.sort(cells), out)
	}
}

// wholeStatistics computes those of figures that are whole numbers of 1/d.
func (s *Sheet) wholeStatistics(x *sorter, cells []*cell, d int64, out *statistics) {
	keys, sum := x.keys, int64(0) // less than 2^20 figures, each less than 2^42
	rank, above := int32(0), int64(-1)
	for i, k := range slices.Backward(keys) {
		n := k >> placeBits
		sum += n
		if n != above {
			rank, above = int32(len(keys)-i), n //nolint:gosec // bounded by the limits
		}
		cells[k&(1<<placeBits-1)].rank = rank
	}
	at := func(i int) num { return num{n: keys[i] >> placeBits, d: d} }
	median := at(len(keys) / 2)
	if len(keys)%2 == 0 {
		median = median.add(at(len(keys)/2 - 1)).quo(whole1(2))
	}
	s.summary(num{n: sum, d: d}, median, at, len(keys), out)
	from := 0
	for _, bound := range x.bounds {
		to := from
		for to < len(keys) && keys[to]>>placeBits < bound {
			to++
		}
		out.bands = append(out.bands, int32(to-from)) //nolint:gosec // bounded by the limits
		from = to
	}
	out.bands = append(out.bands, int32(len(keys)-from)) //nolint:gosec // bounded by the limits
}

// anyStatistics computes those of sorted cells of any numbers.
func (s *Sheet) anyStatistics(list []*cell, out *statistics) {
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
	at := func(i int) num { return list[i].shown }
	median := at(len(list) / 2)
	if len(list)%2 == 0 {
		median = median.add(at(len(list)/2 - 1)).quo(whole1(2))
	}
	s.summary(sum, median, at, len(list), out)
	out.bands = s.count(list, out.bands)
}

// summary writes what is told of n figures in increasing order.
func (s *Sheet) summary(sum, median num, at func(int) num, n int, out *statistics) {
	out.exact = sum.quo(whole1(int64(n)))
	out.mean = s.rules.of.round(out.exact)
	out.min, out.max, out.median = at(0), at(n-1), median
	if n >= 4 {
		out.first, out.third = at((n+3)/4-1), at((3*n+3)/4-1)
	}
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
			case v > emptyValue:
				cells = append(cells, &cell{shown: num{n: v - 1, d: units}.mul(s.rules.reference).quo(x.scale), state: StateComputed})
			case zeroValue(v):
				cells = append(cells, &cell{shown: whole1(0), state: StateComputed})
			}
		}
	}
	var st statistics
	s.statistics(new(sorter), cells, &st)
	return st.public(), nil
}
