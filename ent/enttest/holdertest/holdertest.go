// Package holdertest proves that a part keeps the promise of [ent.Holder]: what it holds on a person is told, what is erased
// leaves no trace, and a merge can be undone.
//
//	holdertest.Run(t, holdertest.Part{Holder: h, Tenant: "t", Put: put, Dump: dump})
package holdertest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// Part is a part under test.
type Part struct {
	Holder ent.Holder
	Tenant ent.Tenant
	// Put stores everything that the part can hold on a new person, each value with the mark in it, and returns whom.
	Put func(t *testing.T, mark string) ent.ID
	// Dump returns all that is stored, of everybody, as text.
	Dump func(t *testing.T) string
}

// Run proves it.
func Run(t *testing.T, p Part) {
	t.Helper()
	held := func(id ent.ID) string {
		list, err := p.Holder.Held(t.Context(), p.Tenant, id)
		require.NoError(t, err)
		var b strings.Builder
		for _, h := range list {
			assert.Equal(t, p.Holder.Part(), h.Part)
			assert.NotEmpty(t, h.Kind)
			b.Write(h.Data)
		}
		return b.String()
	}
	const first, second, third = "MarkOne", "MarkTwo", "MarkThree"
	a, b, c := p.Put(t, first), p.Put(t, second), p.Put(t, third)
	require.Contains(t, held(a), first)
	require.NotContains(t, held(a), second, "what is held on one person says nothing of another")
	require.Contains(t, p.Dump(t), second, "the dump must show what is stored, or nothing is proved")

	before, other := held(a), held(b)
	require.NoError(t, p.Holder.Merge(t.Context(), p.Tenant, a, b))
	require.NotContains(t, held(b), `"`+second, "all is with the account that is kept")
	require.NoError(t, p.Holder.Unmerge(t.Context(), p.Tenant, a, b))
	assert.Equal(t, strings.Count(before, first), strings.Count(held(a), first))
	assert.Equal(t, strings.Count(other, second), strings.Count(held(b), second))
	require.NotContains(t, held(a), second)

	n, err := p.Holder.Erase(t.Context(), p.Tenant, c)
	require.NoError(t, err)
	assert.Positive(t, n)
	assert.Empty(t, held(c))
	assert.NotContains(t, p.Dump(t), third, "no trace is left")
	assert.NotContains(t, p.Dump(t), string(c)+`"`, "nor does anybody else point there")
	n, err = p.Holder.Erase(t.Context(), p.Tenant, c)
	require.NoError(t, err)
	assert.Zero(t, n, "erasing twice is no error")
	require.Contains(t, held(a), first, "nobody else was touched")
}
