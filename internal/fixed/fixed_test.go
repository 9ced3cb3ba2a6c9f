package fixed_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/fixed"
)

// TestProductsAndSums compares with big numbers, at the limits too.
func TestProductsAndSums(t *testing.T) {
	t.Parallel()
	d := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	edge := []int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 / 2, 1 << 32, -(1 << 31), 3037000499, 3037000500}
	for range 5000 {
		a, b := d.Int64()>>d.IntN(63), -(d.Int64() >> d.IntN(63))
		if d.IntN(2) == 0 {
			a = edge[d.IntN(len(edge))]
		}
		if d.IntN(2) == 0 {
			b = edge[d.IntN(len(edge))]
		}
		want := new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
		got, ok := fixed.Product(a, b)
		if ok {
			assert.Zero(t, want.Cmp(big.NewInt(got)), "%d × %d", a, b)
		} else {
			assert.GreaterOrEqual(t, want.BitLen(), 63, "%d × %d", a, b) // the least int64 alone is refused without need
		}
		want.Add(big.NewInt(a), big.NewInt(b))
		got, ok = fixed.Sum(a, b)
		assert.Equal(t, want.IsInt64(), ok, "%d + %d", a, b)
		if ok {
			assert.Equal(t, want.Int64(), got)
		}
	}
}

// TestAway compares each mode with the rounding of ent.
func TestAway(t *testing.T) {
	t.Parallel()
	modes := []ent.RoundingMode{
		ent.RoundHalfUp, ent.RoundHalfDown, ent.RoundHalfEven, ent.RoundUp, ent.RoundDown, ent.RoundCeiling, ent.RoundFloor,
	}
	for _, mode := range modes {
		r := ent.Rounding{Step: decimal.New(1, 0), Mode: mode}
		for den := int64(1); den <= 12; den++ {
			for n := int64(-40); n <= 40; n++ {
				want, err := r.Round(big.NewRat(n, den))
				require.NoError(t, err)
				m := fixed.Magnitude(n)
				whole, rest := m/uint64(den), m%uint64(den)
				if rest != 0 && fixed.Away(mode, n < 0, whole, rest, uint64(den)) {
					whole++
				}
				got := int64(whole)
				if n < 0 {
					got = -got
				}
				assert.Equal(t, want.IntPart(), got, "%s of %d/%d", mode, n, den)
			}
		}
	}
}
