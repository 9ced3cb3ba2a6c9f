package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/interop/lsu"
)

func call(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

// files reads a folder: the name of each file, and its text.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		out[f.Name()] = string(b)
	}
	return out
}

func bilans(text string) int { return strings.Count(text, "<bilan-periodique ") }

func TestDryRunListsPupilByPupil(t *testing.T) {
	t.Parallel()
	code, out, errs := call(t, "-dry-run")
	assert.Equal(t, exitMissing, code)
	assert.Contains(t, out, "  - Période 1, 090100 : L'appréciation manque dans une discipline.\n")
	assert.Contains(t, out, "87 bilans, 14 problèmes, 14 élèves concernés")
	assert.Equal(t, 14, strings.Count(out, " (6-A)\n")+strings.Count(out, " (5-A)\n")+strings.Count(out, " (4-A)\n")+strings.Count(out, " (3-A)\n"), "each under a name and a class")
	assert.Contains(t, errs, "4 / 4  3-A")
	code, out, _ = call(t, "-dry-run", "-lang", "en", "-appreciation", "dash")
	assert.Equal(t, exitDone, code)
	assert.Contains(t, out, "87 bilans, 0 problems, 0 pupils concerned")
}

// Nothing is written while something is missing, unless it is asked to leave it out; then what is left out is counted.
func TestNothingIsWrittenIncomplete(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "lsu")
	code, _, errs := call(t, "-out", dir)
	assert.Equal(t, exitMissing, code)
	assert.Contains(t, errs, "LSU-APPRECIATION-MISSING")
	assert.Empty(t, files(t, dir))
	code, out, _ := call(t, "-out", dir, "-leave-out")
	assert.Equal(t, exitMissing, code)
	assert.Contains(t, out, "import_lsun_complet.xml : 87 bilans lus, 73 écrits, 14 laissés de côté")
	assert.Equal(t, 73, bilans(files(t, dir)["import_lsun_complet.xml"]))
}

func TestFilesOfEachVersion(t *testing.T) {
	t.Parallel()
	for _, v := range lsu.Versions() {
		if v == lsu.VersionFirst1 {
			continue
		}
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := []string{"-out", dir, "-appreciation", "dash", "-version", string(v)}
			if !v.Verified() {
				code, _, errs := call(t, args...)
				assert.Equal(t, exitFailed, code)
				assert.Contains(t, errs, string(lsu.CodeUnverified))
				args = append(args, "-unverified")
			}
			code, out, errs := call(t, args...)
			require.Equal(t, exitDone, code, out+errs)
			text := files(t, dir)["import_lsun_complet.xml"]
			assert.Equal(t, 87, bilans(text))
			issues, err := lsu.CheckFile(strings.NewReader(text), v, lsu.Choices{})
			require.NoError(t, err)
			assert.Empty(t, issues)
		})
	}
}

func TestSplitIsTheWholeAndDeterministic(t *testing.T) {
	t.Parallel()
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		code, out, errs := call(t, "-out", dir, "-split", "-appreciation", "dash", "-period", "T2")
		require.Equal(t, exitDone, code, out+errs)
	}
	assert.Equal(t, files(t, one), files(t, two))
	assert.Len(t, files(t, one), 4)
	sum := 0
	for name, text := range files(t, one) {
		sum += bilans(text)
		assert.Equal(t, 1, strings.Count(text, `indice="2"`), name)
		info, err := os.Stat(filepath.Join(one, name))
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "marks of children")
	}
	assert.Equal(t, 87, sum)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"-nothing"}, {"-dry-run", "x"}, {"-dry-run", "-version", "8"}, {"-dry-run", "-version", "1d-1.0"}, {"-dry-run", "-appreciation", "x"}, {"-dry-run", "-lang", "xx"}} {
		code, _, errs := call(t, args...)
		assert.Equal(t, exitUsage, code, args)
		assert.Contains(t, errs, "usage: lsu-export")
	}
	for _, args := range [][]string{{"-school", "nowhere"}, {"-period", "T4"}} {
		code, _, errs := call(t, append(args, "-dry-run")...)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, args[1])
	}
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	code, _, _ := call(t, "-out", file, "-appreciation", "dash")
	assert.Equal(t, exitFailed, code)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, exitFailed, run(ctx, []string{"-dry-run"}, &bytes.Buffer{}, &bytes.Buffer{}))
}

func TestFileName(t *testing.T) {
	t.Parallel()
	for class, want := range map[string]string{"6-A": "6-A", "6° A/B.": "6°_A_B_", `..\x`: "___x"} {
		assert.Equal(t, want, fileName(class))
	}
}
