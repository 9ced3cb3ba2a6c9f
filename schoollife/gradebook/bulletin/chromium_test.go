package bulletin_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

// chromium returns the browser that CARTABLE_CHROMIUM names; without it the test is skipped, and fails in CI.
func chromium(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CARTABLE_CHROMIUM")
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("CARTABLE_CHROMIUM names no browser")
		}
		t.Skip("CARTABLE_CHROMIUM names no browser")
	}
	return path
}

func browse(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), chromium(t), append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir=" + t.TempDir(),
	}, args...)...)
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

// Each golden page, printed by a browser, takes the sheets of A4 that it says it takes. They are printed as one: each sheet of a
// bulletin begins a page, so that as many pages as sheets means one page for each.
func TestPrintedPages(t *testing.T) {
	t.Parallel()
	chromium(t)
	sheet := regexp.MustCompile(`/Type\s*/Page[^s]`)
	box := regexp.MustCompile(`/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]`)
	printed := func(docs []*bulletin.Document, pages int) {
		folder := t.TempDir()
		in, out := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.pdf")
		var b bytes.Buffer
		sink := bulletin.OnePage(&b, bulletin.Page{})
		for _, d := range docs {
			require.NoError(t, sink.Put(d))
		}
		require.NoError(t, sink.Close())
		require.NoError(t, os.WriteFile(in, b.Bytes(), 0o600))
		browse(t, "--no-pdf-header-footer", "--print-to-pdf="+out, "file://"+in)
		pdf, err := os.ReadFile(out)
		require.NoError(t, err)
		assert.Len(t, sheet.FindAll(pdf, -1), pages)
		boxes := box.FindAllSubmatch(pdf, -1)
		require.NotEmpty(t, boxes)
		for _, b := range boxes { // in points; a browser counts in pixels of 0.75
			assert.InDelta(t, 595.28, float(t, string(b[1])), 0.8)
			assert.InDelta(t, 841.89, float(t, string(b[2])), 0.8)
		}
	}
	var docs []*bulletin.Document
	pages := 0
	for _, c := range cases(t) {
		docs = append(docs, c.doc)
		pages += c.pages
	}
	printed(docs, pages)
	printed(docs[:1], 1)
}

// What the layout reckons is not less than what a browser makes of it, within the room that the page leaves.
func TestReckonedHeights(t *testing.T) {
	t.Parallel()
	chromium(t)
	folder := t.TempDir()
	var b strings.Builder
	var want []int
	var names []string
	for _, c := range cases(t) {
		page := html(t, c.doc)
		_, page, _ = strings.Cut(page, "<main>")
		page, _, _ = strings.Cut(page, "</main>")
		b.WriteString(page)
		for i, h := range bulletin.Reckoned(c.doc) {
			want, names = append(want, h), append(names, fmt.Sprintf("%s %d", c.name, i+1))
		}
	}
	in := filepath.Join(folder, "page.html")
	style := strings.Replace(bulletin.Style(), "@media screen", "@media tty", 1)
	require.NoError(t, os.WriteFile(in, []byte(`<!DOCTYPE html><meta charset="utf-8"><style>`+style+`</style><body>`+b.String()+
		`<script>document.title=[...document.querySelectorAll("article")].map(a=>Math.round(a.getBoundingClientRect().height*75)).join(" ")</script>`), 0o600))
	title := regexp.MustCompile(`<title>([0-9 ]+)</title>`).FindStringSubmatch(browse(t, "--dump-dom", "file://"+in))
	require.Len(t, title, 2)
	got := strings.Fields(title[1])
	require.Len(t, got, len(want))
	for i, text := range got {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		assert.LessOrEqual(t, n, want[i]+300, "%s: a browser needs more than was reckoned", names[i])
		assert.Greater(t, n, want[i]-6000, "%s: a browser needs much less than was reckoned", names[i])
		t.Logf("%s: %d reckoned, %d in a browser", names[i], want[i], n)
	}
}

func float(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}
