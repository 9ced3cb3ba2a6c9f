package main

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/examples/portal/intake"
)

// TestEveryPage follows every link that each profile sees, and checks that each page can be used without sight, mouse or
// script.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	s := start(t, intake.Options{})
	for profile, person := range s.choices(t) {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			crawl(t, s.as(t, person), 300)
		})
	}
	t.Run("nobody", func(t *testing.T) {
		t.Parallel()
		crawl(t, s.visitor(t), 20)
		checkPage(t, "search of the sign-in page", s.visitor(t).page("/connexion?q=le"))
	})
}

func crawl(t *testing.T, v *visitor, limit int) {
	t.Helper()
	seen := map[string]bool{"/": true}
	for queue := []string{"/"}; len(queue) > 0 && limit > 0; limit-- {
		path := queue[0]
		queue = queue[1:]
		status, body := v.get(path)
		require.Equal(t, http.StatusOK, status, path)
		if strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "/mairie/comparaison/") || strings.HasPrefix(path, "/annuaire/exemples/") || strings.HasPrefix(path, "/essai/") ||
			strings.HasPrefix(path, "/notes/lsu.xml") || strings.HasPrefix(path, "/notes/bulletin") || strings.HasPrefix(path, "/vie/emploi-du-temps/imprimer") {
			continue // files, and what is printed
		}
		for _, next := range checkPage(t, path, body) {
			if !seen[next] && !elsewhen(next) {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
}

// elsewhen reports whether a page is that of a week without end before or after: three weeks are looked at.
func elsewhen(path string) bool {
	u, err := url.Parse(path)
	if err != nil {
		return false
	}
	for _, name := range []string{"jour", "semaine"} {
		if on := u.Query().Get(name); strings.HasPrefix(path, "/vie/") && on != "" && (on < "2024-11-25" || on > "2024-12-12") {
			return true
		}
	}
	return false
}

// element is an open element of a page.
type element struct {
	name, id string
	text     strings.Builder
	labelled bool // has an aria-label or an aria-labelledby
}

// checked is what is found on a page.
type checked struct {
	t      *testing.T
	path   string
	open   []*element
	count  map[string]int
	ids    map[string]bool
	labels map[string]bool // the ids that labels are for
	needs  map[string]bool // the ids that must have a label
	refers []string        // the ids that attributes name
	links  []string
	level  int // of the last heading
}

// checkPage reads a page as XML in HTML dress, to which the templates keep, and returns the internal links. Elements must
// nest and close: a decoder that is strict but for the void elements would refuse the rest.
func checkPage(t *testing.T, path, body string) []string {
	t.Helper()
	c := &checked{t: t, path: path, count: map[string]int{}, ids: map[string]bool{}, labels: map[string]bool{}, needs: map[string]bool{}}
	d := xml.NewDecoder(strings.NewReader(body))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, path)
		switch x := token.(type) {
		case xml.StartElement:
			c.enter(x)
		case xml.EndElement:
			c.leave(x.Name.Local)
		case xml.CharData:
			for _, e := range c.open {
				e.text.Write(x)
			}
		}
	}
	assert.Empty(t, c.open, path)
	for name, want := range map[string]int{"h1": 1, "main": 1, "title": 1, "header": 1, "footer": 1, "html": 1} {
		assert.Equal(t, want, c.count[name], "%s: <%s>", path, name)
	}
	assert.Zero(t, c.count["style"], path)
	for id := range c.needs {
		assert.True(t, c.labels[id], "%s: no label for #%s", path, id)
	}
	for _, id := range c.refers {
		assert.True(t, c.ids[id], "%s: nothing is #%s", path, id)
	}
	return c.links
}

func (c *checked) enter(x xml.StartElement) {
	attr := map[string]string{}
	for _, a := range x.Attr {
		attr[a.Name.Local] = a.Value
		assert.False(c.t, a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on"), "%s: inline %s", c.path, a.Name.Local)
	}
	e := &element{name: x.Name.Local, id: attr["id"], labelled: attr["aria-label"] != "" || attr["aria-labelledby"] != ""}
	c.open = append(c.open, e)
	c.count[e.name]++
	if e.id != "" {
		assert.False(c.t, c.ids[e.id], "%s: two #%s", c.path, e.id)
		c.ids[e.id] = true
	}
	for _, name := range []string{"aria-labelledby", "aria-describedby"} {
		if attr[name] != "" {
			c.refers = append(c.refers, attr[name])
		}
	}
	c.judge(e, attr)
}

// judge checks what holds for one element.
func (c *checked) judge(e *element, attr map[string]string) {
	switch e.name {
	case "html":
		assert.Equal(c.t, "fr", attr["lang"], c.path)
	case "script":
		assert.True(c.t, strings.HasPrefix(attr["src"], "/static/"), "%s: a script that is not a file of ours", c.path)
		e.labelled = true
	case "input", "progress", "select", "textarea":
		if attr["type"] != "hidden" {
			require.NotEmpty(c.t, e.id, "%s: an <%s> without id", c.path, e.name)
			c.needs[e.id] = true
		}
	case "label":
		c.labels[attr["for"]] = true
		c.refers = append(c.refers, attr["for"])
	case "img":
		_, ok := attr["alt"]
		assert.True(c.t, ok, "%s: an image without alt", c.path)
	case "th":
		assert.Contains(c.t, []string{"col", "row"}, attr["scope"], c.path)
	case "h1", "h2", "h3":
		level := int(e.name[1] - '0')
		assert.LessOrEqual(c.t, level, c.level+1, "%s: a heading level is skipped", c.path)
		c.level = level
	case "a":
		switch href := attr["href"]; {
		case strings.HasPrefix(href, "#"):
			c.refers = append(c.refers, href[1:])
		case strings.HasPrefix(href, "/"):
			c.links = append(c.links, href)
		default:
			assert.True(c.t, strings.HasPrefix(href, "mailto:"), "%s: leads to %q", c.path, href)
		}
	}
}

func (c *checked) leave(name string) {
	require.NotEmpty(c.t, c.open, c.path)
	e := c.open[len(c.open)-1]
	require.Equal(c.t, name, e.name, c.path)
	c.open = c.open[:len(c.open)-1]
	text := strings.TrimSpace(e.text.String())
	switch name {
	case "a", "button", "h1", "h2", "h3", "title", "caption", "label", "summary", "dt", "option":
		assert.True(c.t, text != "" || e.labelled, "%s: an empty <%s>", c.path, name)
	case "script":
		assert.Empty(c.t, text, "%s: an inline script", c.path)
	case "nav", "section":
		assert.True(c.t, e.labelled, "%s: a <%s> without name", c.path, name)
	case "table":
		// The caption, being a child, was counted already.
		assert.LessOrEqual(c.t, c.count["table"], c.count["caption"], c.path)
	}
	for _, wrong := range []string{" :", " ;", " ?", " !", "« ", " »"} {
		if len(c.open) == 0 {
			assert.NotContains(c.t, text, wrong, "%s: an ordinary space where French wants another", c.path)
		}
	}
	assert.NotContains(c.t, text, "ZgotmplZ", c.path)
}
