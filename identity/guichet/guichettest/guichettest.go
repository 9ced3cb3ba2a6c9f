// Package guichettest proves that a store keeps the promises of [guichet.States] and of [guichet.Links].
//
//	guichettest.RunStates(t, myStates)
//	guichettest.RunLinks(t, myLinks)
package guichettest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

// RunStates proves an empty store: what was put is taken once, whoever asks at the same time.
func RunStates(t *testing.T, s guichet.States) {
	t.Helper()
	_, ok, err := s.Take(t.Context(), "unknown")
	require.NoError(t, err)
	assert.False(t, ok)

	value := []byte{0, 'v', 0xff}
	require.NoError(t, s.Put(t.Context(), "a", value, time.Minute))
	require.NoError(t, s.Put(t.Context(), "b", []byte("other"), time.Minute))
	value[1] = 'x'
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			got, ok, err := s.Take(t.Context(), "a")
			assert.NoError(t, err)
			if ok {
				taken.Add(1)
				assert.Equal(t, []byte{0, 'v', 0xff}, got)
			}
		})
	}
	wg.Wait()
	assert.Equal(t, int32(1), taken.Load(), "a value is taken once")
	got, ok, err := s.Take(t.Context(), "b")
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "other", string(got))
}

// RunLinks proves an empty store: one link for a subject, in its tenant.
func RunLinks(t *testing.T, s guichet.Links) {
	t.Helper()
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	link := guichet.Link{Tenant: "t", Provider: "p", Subject: "s", Account: "a", Profile: ent.ProfileRelative, Created: at, Used: at, From: []ent.ID{"z", "y"}}
	find := func(tenant ent.Tenant, provider, subject string) (guichet.Link, bool) {
		l, ok, err := s.Find(t.Context(), tenant, provider, subject)
		require.NoError(t, err)
		return l, ok
	}
	_, ok := find("t", "p", "s")
	assert.False(t, ok)
	require.NoError(t, s.Put(t.Context(), link))
	got, ok := find("t", "p", "s")
	assert.True(t, ok)
	assert.Equal(t, link, got)
	for _, other := range [][3]string{{"u", "p", "s"}, {"t", "q", "s"}, {"t", "p", "S"}} {
		_, ok := find(ent.Tenant(other[0]), other[1], other[2])
		assert.False(t, ok, "another tenant, portal or subject has no link")
	}

	link.Account, link.Used = "b", at.Add(time.Hour)
	require.NoError(t, s.Put(t.Context(), link))
	second := link
	second.Provider = "o"
	require.NoError(t, s.Put(t.Context(), second))
	list, err := s.List(t.Context(), "t", "a")
	require.NoError(t, err)
	assert.Empty(t, list, "a subject has one link")
	list, err = s.List(t.Context(), "t", "b")
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, []guichet.Link{second, link}, list, "by portal")
	list, err = s.List(t.Context(), "u", "b")
	require.NoError(t, err)
	assert.Empty(t, list)

	for _, want := range []bool{true, false} {
		removed, err := s.Remove(t.Context(), "t", "p", "s")
		require.NoError(t, err)
		assert.Equal(t, want, removed)
	}
	_, ok = find("t", "p", "s")
	assert.False(t, ok)
	_, ok = find("t", "o", "s")
	assert.True(t, ok)
}
