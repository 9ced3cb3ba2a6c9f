package directory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// part is a holder in memory.
type part struct {
	name string
	held map[ent.ID]int64
	fail error
	log  *[]string
}

func (p *part) Part() string { return p.name }

func (p *part) Held(_ context.Context, _ ent.Tenant, id ent.ID) ([]ent.Holding, error) {
	if p.held[id] == 0 {
		return nil, p.fail
	}
	return []ent.Holding{{Part: p.name, Kind: "thing"}}, p.fail
}

func (p *part) Erase(_ context.Context, _ ent.Tenant, id ent.ID) (int64, error) {
	*p.log = append(*p.log, "erase "+p.name)
	n := p.held[id]
	delete(p.held, id)
	return n, p.fail
}

func (p *part) Merge(context.Context, ent.Tenant, ent.ID, ent.ID) error {
	*p.log = append(*p.log, "merge "+p.name)
	return p.fail
}

func (p *part) Unmerge(context.Context, ent.Tenant, ent.ID, ent.ID) error {
	*p.log = append(*p.log, "unmerge "+p.name)
	return nil
}

func TestHolders(t *testing.T) {
	t.Parallel()
	var log []string
	a := &part{"directory", map[ent.ID]int64{"us-1": 1}, nil, &log}
	b := &part{"gradebook", map[ent.ID]int64{"us-1": 3}, nil, &log}
	held, err := directory.HeldBy(t.Context(), "t", "us-1", a, b)
	require.NoError(t, err)
	assert.Len(t, held, 2)
	n, err := directory.EraseFrom(t.Context(), "t", "us-1", a, b)
	require.NoError(t, err)
	assert.Equal(t, map[string]int64{"directory": 1, "gradebook": 3}, n)
	assert.Equal(t, []string{"erase gradebook", "erase directory"}, log, "the directory last: a part that fails can be asked again")

	log = nil
	b.fail = errors.New("down")
	_, err = directory.EraseFrom(t.Context(), "t", "us-1", a, b)
	require.ErrorContains(t, err, "gradebook")
	assert.Equal(t, []string{"erase gradebook"}, log)
	_, err = directory.HeldBy(t.Context(), "t", "us-1", a, b)
	require.ErrorContains(t, err, "gradebook")

	log = nil
	require.ErrorContains(t, directory.MergeIn(t.Context(), "t", "us-1", "us-2", a, b), "gradebook")
	assert.Equal(t, []string{"merge directory", "merge gradebook", "unmerge directory"}, log, "what succeeded is undone")
}
