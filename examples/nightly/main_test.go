package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

func TestNights(t *testing.T) {
	t.Parallel()
	dir, feed := t.TempDir(), t.TempDir()
	require.NoError(t, aaftest.Write(feed, enttest.New(enttest.Options{Seed: 1, Persons: 400}), ent.SecondDegree, aaftest.Options{}))
	db := filepath.Join(dir, "ent.db")
	now := time.Date(2024, 11, 4, 4, 0, 0, 0, time.UTC)
	call := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"-db", db}, args...), &out, &errs, now)
		return code, out.String() + errs.String()
	}
	code, text := call(feed)
	assert.Equal(t, exitDone, code, text)
	assert.Contains(t, text, "création (élève)")
	code, text = call("-apply", feed)
	assert.Equal(t, exitDone, code, text)
	code, text = call("-apply", feed)
	assert.Equal(t, exitDone, code)
	assert.Contains(t, text, "Rien à faire")

	// A file is lost, and the next night says so, with the schools.
	files, err := filepath.Glob(filepath.Join(feed, "*_Eleve_*"))
	require.NoError(t, err)
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	head, _, found := bytes.Cut(b, []byte("<addRequest>"))
	require.True(t, found)
	require.NoError(t, os.WriteFile(files[0], append(head, "</ficAlimMENESR>"...), 0o600))
	code, text = call("-apply", feed)
	assert.Equal(t, exitRefused, code, text)
	assert.Contains(t, text, "4001")
	assert.Contains(t, text, "CONFIRMATION")
	code, _ = call("-apply", "-consent", feed)
	assert.Equal(t, exitDone, code)
	code, text = call("-undo")
	assert.Equal(t, exitDone, code, text)
	code, text = call("-undo")
	assert.Equal(t, exitUnreadable, code, "once")
	assert.Contains(t, text, "DSQ-UNDO")
}

// A delivery of another academy stops the night, and so does an older one, be it with consent.
func TestWrongDelivery(t *testing.T) {
	t.Parallel()
	dir, feed := t.TempDir(), t.TempDir()
	require.NoError(t, aaftest.Write(feed, enttest.New(enttest.Options{Seed: 1, Persons: 400}), ent.SecondDegree, aaftest.Options{}))
	now := time.Date(2024, 11, 4, 4, 0, 0, 0, time.UTC)
	night := func(args ...string) (int, string) {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"-db", filepath.Join(dir, "ent.db"), "-apply"}, args...), &out, &errs, now)
		return code, out.String() + errs.String()
	}
	rewrite := func(from, to string) {
		files, err := filepath.Glob(filepath.Join(feed, "*.xml"))
		require.NoError(t, err)
		for _, f := range files {
			b, err := os.ReadFile(f)
			require.NoError(t, err)
			require.Contains(t, string(b), from)
			require.NoError(t, os.WriteFile(f, bytes.Replace(b, []byte(from), []byte(to), 1), 0o600))
		}
	}
	code, text := night(feed)
	require.Equal(t, exitDone, code, text)
	rewrite(`codeAcademieExport="10"`, `codeAcademieExport="13"`)
	code, text = night(feed)
	assert.Equal(t, exitRefused, code)
	assert.Contains(t, text, "Première livraison de cette académie")
	rewrite(`codeAcademieExport="13"`, `codeAcademieExport="10"`)
	files, err := filepath.Glob(filepath.Join(feed, "*.xml"))
	require.NoError(t, err)
	for _, f := range files { // the day of a delivery is that of its name
		require.NoError(t, os.Rename(f, strings.Replace(f, "20240916", "20240915", 1)))
	}
	code, text = night("-consent", feed)
	assert.Equal(t, exitRefused, code)
	assert.Contains(t, text, "plus ancienne")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"-undo", "x"}, {"a", "b"}, {"-nothing"}} {
		assert.Equal(t, exitUsage, run(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{}, time.Time{}))
	}
	assert.Equal(t, exitUnreadable, run(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "x.db"), "nowhere.zip"}, &bytes.Buffer{}, &bytes.Buffer{}, time.Time{}))
}
