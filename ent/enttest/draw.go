package enttest

import (
	"math/bits"
	"math/rand/v2"
	"strconv"

	"github.com/opencartable/cartable/ent"
)

// Rand returns the random source of one thing under one label: the only source of draws of an academy and of the
// generators built on it. It depends on the seed, the label and the identifier alone, so a generator added later under
// a label of its own moves no earlier draw.
func (a *Academy) Rand(label string, id ent.ID) *rand.Rand {
	s1, s2 := seeds(a.seed, label, string(id))
	return rand.New(rand.NewPCG(s1, s2))
}

// draw is the source the package itself uses: that of Rand, reseeded without allocating. Its draws are defined here on
// the generator's words, so that they stay the same if the standard library changes how it derives numbers.
type draw struct {
	pcg rand.PCG
}

// on restarts the source for a thing.
func (d *draw) on(a *Academy, label, id string) {
	d.pcg.Seed(seeds(a.seed, label, id))
}

// onNumber restarts the source for a thing that has a number and no identifier.
func (d *draw) onNumber(a *Academy, label string, n int) {
	var buf [20]byte
	s1, s2 := seeds(a.seed, label, strconv.AppendInt(buf[:0], int64(n), 10))
	d.pcg.Seed(s1, s2)
}

// n returns a number from 0 to k-1; 0 when k is not positive.
func (d *draw) n(k int) int {
	if k <= 1 {
		return 0
	}
	hi, _ := bits.Mul64(d.pcg.Uint64(), uint64(k))
	return int(hi)
}

// chance is true so many times in a thousand.
func (d *draw) chance(perMille int) bool { return d.n(1000) < perMille }

// early returns a number from 0 to k-1, the small ones being more likely: lists of names stand in order of frequency.
func (d *draw) early(k int) int { return min(d.n(k), d.n(k)) }

// among returns the index of a weight, in proportion to the weights.
func (d *draw) among(weights ...int) int {
	total := 0
	for _, w := range weights {
		total += w
	}
	r := d.n(total)
	for i, w := range weights {
		if r < w {
			return i
		}
		r -= w
	}
	return len(weights) - 1
}

// seeds hashes (FNV-1a, then the finaliser of SplitMix64) a seed, a label and an identifier. It must never change: every
// academy would.
func seeds[T string | []byte](seed uint64, label string, id T) (s1, s2 uint64) {
	const prime = 1099511628211
	h := uint64(14695981039346656037)
	for i := range 8 {
		h = (h ^ (seed >> (8 * i) & 0xff)) * prime
	}
	for i := range len(label) {
		h = (h ^ uint64(label[i])) * prime
	}
	h = (h ^ 0xff) * prime // no text holds this byte: ("ab","c") and ("a","bc") differ
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * prime
	}
	return mix(h), mix(h + 0x9e3779b97f4a7c15)
}

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
