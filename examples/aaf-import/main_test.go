package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// sample returns the folder of a sample delivery; the test is skipped where the samples are absent, but in CI.
func sample(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("CARTABLE_CONFORMANCE")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, "aaf", name)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no samples: set CARTABLE_CONFORMANCE")
		}
		t.Skip("no samples: set CARTABLE_CONFORMANCE")
	}
	return dir
}

func TestReportOfTheSample(t *testing.T) {
	t.Parallel()
	dir := sample(t, "2d-complet")
	for lang, words := range map[string][]string{
		"fr": {"7 élèves, 7 responsables, 10 personnels", "6 référence(s) sans objet", "lus 7, gardés 7, refusés 0"},
		"en": {"7 pupils, 7 relatives, 10 staff", "6 dangling reference(s)", "read 7, kept 7, refused 0"},
	} {
		var out, errs bytes.Buffer
		assert.Equal(t, 0, run(context.Background(), []string{"-lang", lang, dir}, &out, &errs))
		for _, w := range words {
			assert.Contains(t, out.String(), w)
		}
		// The six dangling references and the one UAI warning, by their identifiers.
		for _, w := range []string{"6009999", "4999$X1", "4999$5Z", "(7000009)", "999900", "(7000010)", "(4004)"} {
			assert.Contains(t, out.String(), w, lang)
		}
		assert.Equal(t, 1, strings.Count(out.String(), "AAF-UAI"))
		assert.NotContains(t, out.String(), "ŒUVRARD")
	}
}

func TestReportAsJSON(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	assert.Equal(t, 0, run(context.Background(), []string{"-json", sample(t, "2d-complet")}, &out, &errs))
	var r ent.Report
	require.NoError(t, json.Unmarshal(out.Bytes(), &r))
	assert.True(t, r.Balanced())
	assert.EqualValues(t, 39, r.Total().Read)
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for want, args := range map[int][]string{
		1: {filepath.Join(sample(t, "edge"), "not_well_formed_Eleve_0000.xml")},
		2: {"-strict", sample(t, "2d-complet")},
	} {
		var out, errs bytes.Buffer
		assert.Equal(t, want, run(context.Background(), args, &out, &errs))
	}
	var out, errs bytes.Buffer
	assert.Equal(t, 1, run(context.Background(), nil, &out, &errs))
	assert.Contains(t, errs.String(), "usage")
	assert.Equal(t, 1, run(context.Background(), []string{"does-not-exist.zip"}, &out, &errs))
}
