// Package samltest proves that a store keeps the promise of [saml.Store].
//
//	samltest.RunStore(t, func(now func() time.Time) saml.Store { return mine(now) })
package samltest

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// RunStore proves it. open returns an empty store that reads the clock given.
func RunStore(t *testing.T, open func(now func() time.Time) saml.Store) {
	t.Helper()
	var at atomic.Int64
	at.Store(time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC).UnixMicro())
	now := func() time.Time { return time.UnixMicro(at.Load()) }
	pass := func(d time.Duration) { at.Add(d.Microseconds()) }
	s := open(now)
	ctx := t.Context()
	key := func(n int) string { return strings.Repeat(strconv.Itoa(n), 64) }

	// A use is remembered until its time, and can be made again after it.
	fresh, err := s.SetIfAbsent(ctx, key(1), now().Add(time.Minute))
	require.NoError(t, err)
	assert.True(t, fresh)
	pass(59 * time.Second)
	fresh, err = s.SetIfAbsent(ctx, key(1), now().Add(time.Minute))
	require.NoError(t, err)
	assert.False(t, fresh, "it is there")
	pass(2 * time.Second)
	fresh, err = s.SetIfAbsent(ctx, key(1), now().Add(time.Minute))
	require.NoError(t, err)
	assert.True(t, fresh, "the second call did not make it last longer")

	// Of many nodes at once, one is the first.
	var wait sync.WaitGroup
	var first, taken atomic.Int64
	require.NoError(t, s.Put(ctx, "q"+key(2), []byte("v"), time.Minute))
	for range 50 {
		wait.Go(func() {
			ok, err := s.SetIfAbsent(ctx, key(2), now().Add(time.Minute))
			assert.NoError(t, err)
			if ok {
				first.Add(1)
			}
		})
		wait.Go(func() {
			v, ok, err := s.Take(ctx, "q"+key(2))
			assert.NoError(t, err)
			if ok {
				assert.Equal(t, "v", string(v))
				taken.Add(1)
			}
		})
	}
	wait.Wait()
	assert.EqualValues(t, 1, first.Load())
	assert.EqualValues(t, 1, taken.Load())

	// A value is there until it is taken, or its time is over.
	require.NoError(t, s.Put(ctx, "q"+key(3), []byte{0, 255}, time.Minute))
	for range 2 {
		v, ok, err := s.Get(ctx, "q"+key(3))
		require.NoError(t, err)
		assert.True(t, ok)
		assert.Equal(t, []byte{0, 255}, v)
	}
	pass(61 * time.Second)
	_, ok, err := s.Get(ctx, "q"+key(3))
	require.NoError(t, err)
	assert.False(t, ok)
	_, ok, err = s.Take(ctx, "q"+key(3))
	require.NoError(t, err)
	assert.False(t, ok)

	// A list gives its entries in their order, once.
	for _, e := range []string{"a", "b", "a"} {
		require.NoError(t, s.Join(ctx, "p"+key(4), []byte(e), time.Hour))
		pass(time.Millisecond)
	}
	require.NoError(t, s.Join(ctx, "p"+key(5), []byte("other"), time.Minute))
	ended := func(list string) (out []string) {
		entries, err := s.End(ctx, list)
		require.NoError(t, err)
		for _, e := range entries {
			out = append(out, string(e))
		}
		return out
	}
	assert.Equal(t, []string{"a", "b", "a"}, ended("p"+key(4)))
	assert.Empty(t, ended("p"+key(4)))
	pass(2 * time.Minute)
	assert.Empty(t, ended("p"+key(5)), "its time is over")

	// Each entry has its own life: a list that is added to for ever does not grow for ever.
	require.NoError(t, s.Join(ctx, "p"+key(6), []byte("a"), time.Minute))
	pass(50 * time.Second)
	require.NoError(t, s.Join(ctx, "p"+key(6), []byte("b"), time.Minute))
	pass(20 * time.Second)
	require.NoError(t, s.Join(ctx, "p"+key(6), []byte("c"), time.Minute))
	assert.Equal(t, []string{"b", "c"}, ended("p"+key(6)))
}
