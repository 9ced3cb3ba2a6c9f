// Package castest proves that a registry of tickets keeps the promise of [cas.Registry].
//
//	castest.RunRegistry(t, func(now func() time.Time) cas.Registry { return mine(now) })
package castest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
)

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time       { return time.UnixMicro(c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Microseconds()) }

// RunRegistry proves it. open returns an empty registry that reads the clock given.
func RunRegistry(t *testing.T, open func(now func() time.Time) cas.Registry) {
	t.Helper()
	c := &clock{}
	c.at.Store(time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC).UnixMicro())
	r := open(c.now)
	key := func(n int) string { return fmt.Sprintf("%032d", n) }
	taken := func(k string) string {
		t.Helper()
		b, err := r.Take(t.Context(), k)
		if err != nil {
			require.ErrorIs(t, err, cas.CodeGone)
			return ""
		}
		return string(b)
	}

	// Put, get, take: once.
	require.NoError(t, r.Put(t.Context(), key(1), []byte{0, 255, 'a'}, time.Minute))
	b, err := r.Get(t.Context(), key(1))
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 255, 'a'}, b)
	assert.Equal(t, "\x00\xffa", taken(key(1)))
	assert.Empty(t, taken(key(1)), "once")
	_, err = r.Get(t.Context(), key(1))
	require.ErrorIs(t, err, cas.CodeGone)
	assert.Empty(t, taken("\xff\x00 any bytes"), "a key may be any bytes")
	require.NoError(t, r.Put(t.Context(), "\xff\x00 any bytes", []byte("b"), time.Minute))
	assert.Equal(t, "b", taken("\xff\x00 any bytes"))

	// A value ends with its time, to the second.
	require.NoError(t, r.Put(t.Context(), key(2), []byte("v"), 30*time.Second))
	c.pass(29 * time.Second)
	_, err = r.Get(t.Context(), key(2))
	require.NoError(t, err)
	c.pass(2 * time.Second)
	_, err = r.Get(t.Context(), key(2))
	require.ErrorIs(t, err, cas.CodeGone)
	assert.Empty(t, taken(key(2)))
	require.NoError(t, r.Put(t.Context(), key(2), []byte("w"), time.Minute))
	assert.Equal(t, "w", taken(key(2)), "a key serves again")

	// A session gives all that joined it, in its order, once.
	for _, e := range []string{"a", "b", "a", "\x00"} {
		require.NoError(t, r.Join(t.Context(), key(3), []byte(e), time.Hour))
		c.pass(time.Millisecond)
	}
	require.NoError(t, r.Join(t.Context(), key(4), []byte("other"), time.Hour))
	ended := func(k string) (out []string) {
		t.Helper()
		list, err := r.End(t.Context(), k)
		require.NoError(t, err)
		for _, e := range list {
			out = append(out, string(e))
		}
		return out
	}
	assert.Equal(t, []string{"a", "b", "a", "\x00"}, ended(key(3)))
	assert.Empty(t, ended(key(3)), "once")
	assert.Equal(t, []string{"other"}, ended(key(4)))
	assert.Empty(t, ended(key(5)), "a session that was not")
	require.NoError(t, r.Join(t.Context(), key(6), []byte("old"), time.Minute))
	c.pass(2 * time.Minute)
	assert.Empty(t, ended(key(6)), "past its time")

	// Of any number of calls at once one gets it.
	for n := range 20 {
		k := key(100 + n)
		require.NoError(t, r.Put(t.Context(), k, []byte("v"), time.Minute))
		var got, none, other atomic.Int64
		var wait sync.WaitGroup
		for range 200 {
			wait.Go(func() {
				switch _, err := r.Take(t.Context(), k); {
				case err == nil:
					got.Add(1)
				case assert.ErrorIs(t, err, cas.CodeGone):
					none.Add(1)
				default:
					other.Add(1)
				}
			})
		}
		wait.Wait()
		require.Equal(t, []int64{1, 199, 0}, []int64{got.Load(), none.Load(), other.Load()})
	}

	// Many who join at once are all there.
	var wait sync.WaitGroup
	for n := range 50 {
		wait.Go(func() { assert.NoError(t, r.Join(t.Context(), key(7), []byte{byte(n)}, time.Hour)) })
	}
	wait.Wait()
	assert.Len(t, ended(key(7)), 50)
}
