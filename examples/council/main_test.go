package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/tariff/grids"
)

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func grid(t *testing.T, name string) string {
	t.Helper()
	text, ok := grids.Source(name)
	require.True(t, ok)
	return file(t, name+".yaml", string(text))
}

func TestAVote(t *testing.T) {
	t.Parallel()
	csv, svg := filepath.Join(t.TempDir(), "vote.csv"), filepath.Join(t.TempDir(), "vote.svg")
	var out, errs bytes.Buffer
	require.NoError(t, run([]string{"-before", grid(t, "nalliers-cantine"), "-after", grid(t, "val-de-marne-colleges-2025"), "-csv", csv, "-svg", svg}, &out, &errs))
	assert.Contains(t, out.String(), "1000 foyers :")
	b, err := os.ReadFile(csv)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	assert.Len(t, lines, 1+8*5+1)
	assert.True(t, strings.HasPrefix(lines[len(lines)-1], "total;;tous;1000;"), lines[len(lines)-1])
	b, err = os.ReadFile(svg)
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(b, new(struct{ XMLName xml.Name })), "the chart is well formed")

	people := file(t, "people.csv", "0;600;1;40\n600;1200;2;60\n")
	out.Reset()
	require.NoError(t, run([]string{"-lang", "en", "-population", people, "-before", grid(t, "nalliers-cantine"), "-after", grid(t, "groix-cantine-2021")}, &out, &errs))
	assert.Contains(t, out.String(), "100 households:")
}

func TestWhatCannotBeCompared(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	require.Error(t, run([]string{"-before", "nowhere.yaml"}, &out, &errs))
	require.ErrorContains(t, run([]string{"-before", file(t, "a.yaml", "id: x"), "-after", "b"}, &out, &errs), "TAR-FORMAT")
	people := file(t, "people.csv", "0;600;1;many\n")
	require.ErrorContains(t, run([]string{"-population", people, "-before", grid(t, "nalliers-cantine"), "-after", grid(t, "groix-cantine-2021")}, &out, &errs), "people.csv:1")
}
