package cas

import (
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is past its time leaves the memory, without anybody asking for it.
func TestMemoryRegistryForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	r := NewMemoryRegistry(func() time.Time { return now })
	size := func() (n int) {
		for i := range r.shards {
			n += len(r.shards[i].values) + len(r.shards[i].sessions)
		}
		return n
	}
	for n := range 2000 {
		require.NoError(t, r.Put(t.Context(), "k"+strconv.Itoa(n), []byte("v"), 10*time.Second))
		require.NoError(t, r.Join(t.Context(), "s"+strconv.Itoa(n), []byte("e"), 10*time.Second))
	}
	require.Equal(t, 4000, size())
	now = now.Add(5 * time.Minute)
	for n := range 5000 { // some traffic reaches each part
		_, err := r.Get(t.Context(), "other"+strconv.Itoa(n))
		require.ErrorIs(t, err, CodeGone)
	}
	assert.Zero(t, size())
}
