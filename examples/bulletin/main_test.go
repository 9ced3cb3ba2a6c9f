package main

import (
	"bytes"
	"context"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/enttest"
)

// printed runs the program and returns the page.
func printed(t *testing.T, args ...string) (page, out, errs string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "class.html")
	var o, e bytes.Buffer
	require.Equal(t, exitDone, run(t.Context(), append([]string{"-class", "6-A", "-out", path}, args...), &o, &e), e.String())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Zero(t, info.Mode().Perm()&0o077, "marks of children")
	return string(b), o.String(), e.String()
}

// Every pupil of the class is there, in the order of a French list, with nothing from elsewhere and no script.
func TestClass(t *testing.T) {
	t.Parallel()
	page, out, errs := printed(t)
	assert.Contains(t, out, "bulletins                lus 21, gardés 21, refusés 0")
	assert.NotContains(t, out, "BUL-REFUSED", "what is given is of the class")
	assert.Contains(t, errs, "21 / 21")
	s, err := openSchool(7, "4001", "6-A", "T1", true)
	require.NoError(t, err)
	require.Len(t, s.order(), 21)
	rest := html.UnescapeString(page)
	for _, id := range s.order() {
		_, after, found := strings.Cut(rest, s.name(id))
		require.True(t, found, "in its place: %s", id)
		rest = after
	}
	assert.NotContains(t, page, "<script")
	for _, outside := range []string{"src=\"http", "href=\"http", "@import", "url("} {
		assert.NotContains(t, page, outside)
	}
	again, _, _ := printed(t)
	assert.Equal(t, page, again)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	plain, _, _ := printed(t)
	for _, o := range []string{"-rank", "-chart", "-coefficients", "-draft"} {
		page, _, _ := printed(t, o)
		assert.NotEqual(t, plain, page, o)
	}
	second, _, _ := printed(t, "-period", "T2")
	before, _, _ := printed(t, "-period", "T2", "-previous")
	assert.NotEqual(t, second, before)
	assert.NotContains(t, plain, "<svg", "no chart unless it is asked for")
	english, out, _ := printed(t, "-lang", "en")
	assert.Contains(t, english, `<html lang="en"`)
	assert.Contains(t, out, "kept 21")
}

// Before the lock a bulletin is a draft, or it is not.
func TestBeforeTheCouncil(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "class.html")
	var out, errs bytes.Buffer
	assert.Equal(t, exitFailed, run(t.Context(), []string{"-class", "6-A", "-out", path, "-open"}, &out, &errs))
	assert.Contains(t, errs.String(), "BUL-LOCK")
	assert.NoFileExists(t, path)
	page, _, _ := printed(t, "-open", "-draft")
	assert.Contains(t, strings.ToLower(page), "document de travail")
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"-class", "6-A"}, {"-nothing"}, {"-class", "6-A", "-out", "x", "more"}, {"-class", "6-A", "-out", "x", "-lang", "xx"}} {
		assert.Equal(t, exitUsage, run(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{}))
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "class.html")
	for _, args := range [][]string{{"-class", "7-Z"}, {"-class", "6-A", "-period", "T9"}, {"-class", "6-A", "-school", "nowhere"}, {"-class", "6-A", "-minimum", "-1"}} {
		assert.Equal(t, exitFailed, run(t.Context(), append(args, "-out", path), &bytes.Buffer{}, &bytes.Buffer{}))
		assert.NoFileExists(t, path)
	}
	assert.Equal(t, exitFailed, run(t.Context(), []string{"-class", "6-A", "-out", dir}, &bytes.Buffer{}, &bytes.Buffer{}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, exitFailed, run(ctx, []string{"-class", "6-A", "-out", path}, &bytes.Buffer{}, &bytes.Buffer{}))
	assert.NoFileExists(t, path, "what is not whole is removed")
}

// The school of the example is one of enttest: nobody in it exists.
func TestSchoolIsFictional(t *testing.T) {
	t.Parallel()
	e, ok := enttest.New(enttest.Options{Seed: 7}).Establishment("4001")
	require.True(t, ok)
	page, _, _ := printed(t)
	assert.Contains(t, page, string(e.UAI))
	assert.True(t, strings.HasPrefix(string(e.UAI), "999"))
}
