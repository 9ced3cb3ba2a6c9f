package bulletin_test

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

var update = flag.Bool("update", false, "write the golden files")

// Pages and documents are frozen; a document is read back, and gives the same page.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, c := range cases(t) {
		j, err := json.MarshalIndent(c.doc, "", "  ")
		require.NoError(t, err)
		frozen(t, c.name+".golden.json", string(j)+"\n")
		page := html(t, c.doc)
		frozen(t, c.name+".golden.html", page)
		assert.Equal(t, c.pages, c.doc.Pages(), c.name)
		var again bulletin.Document
		require.NoError(t, json.Unmarshal(j, &again))
		assert.Equal(t, page, html(t, &again), c.name)
		back, err := json.MarshalIndent(again, "", "  ")
		require.NoError(t, err)
		assert.Equal(t, string(j), string(back), c.name)
	}
}

func frozen(t *testing.T, file, got string) {
	t.Helper()
	file = "testdata/" + file
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, file)
}
