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

// held returns what is held on a person: what an erasure takes, and what outlives one with its reason.
func (p *Part) held(t *testing.T, tenant ent.Tenant, id ent.ID) (erasable, kept string) {
	t.Helper()
	list, err := p.Holder.Held(t.Context(), tenant, id)
	require.NoError(t, err)
	var take, keep strings.Builder
	for _, h := range list {
		assert.Equal(t, p.Holder.Part(), h.Part)
		assert.NotEmpty(t, h.Kind)
		if h.Reason == "" {
			take.Write(h.Data)
		} else {
			keep.Write(h.Data)
		}
	}
	return take.String(), keep.String()
}

func (p *Part) told(t *testing.T, id ent.ID) string {
	t.Helper()
	erasable, kept := p.held(t, p.Tenant, id)
	return erasable + kept
}

// Run proves it.
func Run(t *testing.T, p Part) {
	t.Helper()
	const first, second, third = "MarkOne", "MarkTwo", "MarkThree"
	a, b, c := p.Put(t, first), p.Put(t, second), p.Put(t, third)
	require.Contains(t, p.told(t, a), first)
	require.NotContains(t, p.told(t, a), second, "what is held on one person says nothing of another")
	require.Contains(t, p.Dump(t), second, "the dump must show what is stored, or nothing is proved")
	p.elsewhere(t, a, first)

	before, other := p.told(t, a), p.told(t, b)
	require.NoError(t, p.Holder.Merge(t.Context(), p.Tenant, a, b))
	require.Contains(t, p.told(t, a), second, "what was held on the account that is gone is told with the one that is kept")
	erasable, _ := p.held(t, p.Tenant, b)
	require.NotContains(t, erasable, second, "all is with the account that is kept")
	require.NoError(t, p.Holder.Unmerge(t.Context(), p.Tenant, a, b))
	assert.Equal(t, strings.Count(before, first), strings.Count(p.told(t, a), first))
	assert.Equal(t, strings.Count(other, second), strings.Count(p.told(t, b), second))
	require.NotContains(t, p.told(t, a), second)

	p.erased(t, c, third)
	n, err := p.Holder.Erase(t.Context(), p.Tenant, c)
	require.NoError(t, err)
	assert.Zero(t, n, "erasing twice is no error")
	require.Contains(t, p.told(t, a), first, "nobody else was touched")

	// One person erased between a merge and the end of its undoing: both accounts are this person's.
	const fourth, fifth = "MarkFour", "MarkFive"
	d, e := p.Put(t, fourth), p.Put(t, fifth)
	require.NoError(t, p.Holder.Merge(t.Context(), p.Tenant, d, e))
	p.erased(t, d, fourth, fifth)
	require.Contains(t, p.told(t, b), second, "nobody else was touched")
}

// erased erases a person, of whom nothing is left but what is told with a reason.
func (p *Part) erased(t *testing.T, id ent.ID, marks ...string) {
	t.Helper()
	n, err := p.Holder.Erase(t.Context(), p.Tenant, id)
	require.NoError(t, err)
	assert.Positive(t, n)
	erasable, kept := p.held(t, p.Tenant, id)
	assert.Empty(t, erasable)
	if kept != "" {
		return // the dump holds it, by right
	}
	for _, mark := range marks {
		assert.NotContains(t, p.Dump(t), mark, "no trace is left")
	}
	assert.NotContains(t, p.Dump(t), `"`+string(id)+`"`, "nor does anybody else point there")
}

// elsewhere proves that another tenant neither sees nor erases a person.
func (p *Part) elsewhere(t *testing.T, id ent.ID, mark string) {
	t.Helper()
	other := p.Tenant + "-other"
	erasable, kept := p.held(t, other, id)
	assert.Empty(t, erasable+kept, "another tenant holds nothing on this one's persons")
	n, err := p.Holder.Erase(t.Context(), other, id)
	require.NoError(t, err)
	assert.Zero(t, n)
	require.Contains(t, p.told(t, id), mark)
}
