package jsonschemas_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
)

// planLines returns every line of the plan files that were frozen, and of one that is written now.
func planLines(t *testing.T) (lines []any) {
	t.Helper()
	golden, err := os.ReadFile("../../ent/directory/testdata/plan-1.golden")
	require.NoError(t, err)
	fresh, err := directory.Compare(t.Context(), directory.NewBook(directory.Places{}, nil), directorytest.School(day(t, "2024-11-04")),
		directory.Policy{Today: day(t, "2024-11-04")})
	require.NoError(t, err)
	var written bytes.Buffer
	require.NoError(t, fresh.WriteFile(&written, bytes.Repeat([]byte{7}, 32), time.Date(2024, 11, 5, 0, 0, 0, 0, time.UTC)))
	for _, file := range [][]byte{golden, written.Bytes()} {
		for line := range bytes.Lines(file) {
			lines = append(lines, json.RawMessage(line))
		}
	}
	assert.Greater(t, len(lines), 10)
	return lines
}

// A line of a plan that shows what is to be sealed is not valid.
func TestPlanLines(t *testing.T) {
	t.Parallel()
	s := compile(t)["ent/plan-1"]
	key := directory.Key{Origin: "aaf:RENNES", Category: directory.Pupil, ID: "1"}
	assert.NoError(t, validate(t, s, map[string]any{"seen": directory.Seen{ID: "us-1", Key: key, Hash: directory.Hash{1}}}))
	clear := directory.Change{Op: directory.OpCreate, Object: directory.ObjectPerson, Key: key, Reason: directory.CodeNew}
	assert.NoError(t, validate(t, s, map[string]any{"change": clear}))
	clear.Account = &directory.Account{Person: ent.Person{Name: ent.Name{Family: "MARTIN"}}}
	assert.Error(t, validate(t, s, map[string]any{"change": clear}))
	assert.Error(t, validate(t, s, map[string]any{"change": map[string]any{"op": "forget", "object": "person", "reason": "DIR-NEW"}}))
}
