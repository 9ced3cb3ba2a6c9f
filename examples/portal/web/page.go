package web

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static
var static embed.FS

// ErrNotFound is returned by a Handler for what does not exist, and for what the reader may not see: the two answers are
// the same, so that nobody learns from them who is in a school.
var ErrNotFound = errors.New("portal: no such page")

// Link is a text that leads somewhere.
type Link struct{ Text, Path string }

// Page is what a Handler returns: the layout shows the title, the trail and the view.
type Page struct {
	// Title is the heading of the page and the name of the browser's tab.
	Title string
	// Lead is the line under the heading.
	Lead string
	// Trail leads back to the pages above.
	Trail []Link
	View  *template.Template
	Data  any
	// Status is 200 when zero.
	Status int
	// Refresh is after how many seconds the browser asks again; never when zero.
	Refresh int
	// Query stands in the search box of the header.
	Query string
	// Script is the address of the page's script, which the page does without when it does not run.
	Script string
	// Fragment is a template of the view that is sent alone, for a script of ours.
	Fragment string
	// FormAction are the sites, beside the portal, to which a form of the page may lead by redirects; none when empty.
	FormAction string
	// Redirect sends the browser to another page of the portal, which then shows what a form did: reloading repeats nothing.
	Redirect string
}

// Views are the pages of an area by name.
type Views map[string]*template.Template

// ParseViews reads the templates of a folder, each in the layout of the portal. A page defines "body"; a file whose name
// starts with an underscore holds pieces that the pages of the folder share.
func ParseViews(files fs.FS, folder string) (Views, error) {
	names, err := fs.Glob(files, folder+"/*.html")
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	base, err := add(template.New("layout").Funcs(helpers()), templates, "templates/_layout.html", "templates/_pieces.html")
	if err != nil {
		return nil, err
	}
	var pieces, pages []string
	for _, n := range names {
		switch {
		case strings.HasPrefix(path.Base(n), "_"):
			pieces = append(pieces, n)
		default:
			pages = append(pages, n)
		}
	}
	if base, err = add(base, files, pieces...); err != nil {
		return nil, err
	}
	out := Views{}
	for _, n := range pages {
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		if t, err = add(t, files, n); err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(path.Base(n), ".html")] = t
	}
	return out, nil
}

// add parses files into a template, with the spaces of French typography.
func add(t *template.Template, files fs.FS, names ...string) (*template.Template, error) {
	for _, n := range names {
		b, err := fs.ReadFile(files, n)
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		if t, err = t.Parse(French(string(b))); err != nil {
			return nil, fmt.Errorf("portal: template %s: %w", n, err)
		}
	}
	return t, nil
}

// The spaces that no line may break at.
const (
	noBreak       = "\u00a0"
	noBreakNarrow = "\u202f"
)

// French puts the spaces of French typography into a text: unbreakable before a colon and inside quotation marks,
// unbreakable and narrow before the other double signs; and its apostrophe. It is for texts of ours, not for names. Templates
// and messages are written with ordinary ones.
func French(s string) string {
	return strings.NewReplacer(
		" :=", " :=", " !=", " !=", // of the templates' language
		"'", "’",
		" :", noBreak+":", "« ", "«"+noBreak, " »", noBreak+"»",
		" ;", noBreakNarrow+";", " !", noBreakNarrow+"!", " ?", noBreakNarrow+"?", " %", noBreakNarrow+"%",
	).Replace(s)
}

// Number writes a number with its thousands apart.
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + noBreakNarrow + s[at:]
	}
	return s
}

// Count writes a number and what it counts; none and one take the singular.
func Count(n int64, one, many string) string {
	if n > -2 && n < 2 {
		many = one
	}
	return Number(n) + noBreak + many
}

func helpers() template.FuncMap {
	return template.FuncMap{
		"fr":    French,
		"num":   func(n any) string { return Number(whole(n)) },
		"count": func(n any, one, many string) string { return Count(whole(n), one, many) },
		"date":  func(d ent.Date) string { return d.French() },
		"yesno": func(b bool) string {
			if b {
				return "oui"
			}
			return "non"
		},
		"add": func(a, b int) int { return a + b },
	}
}

func whole(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	}
	return 0
}

// Pager cuts a list into pages.
type Pager struct {
	// Page counts from 1, of Pages; First and Last are the ranks of what is shown, of Total.
	Page, Pages, First, Last, Total int
	// Previous and Next are empty at the ends.
	Previous, Next string
}

// PerPage is how many rows a page of a list holds.
const PerPage = 50

// NewPager returns the pager of a page asked for, brought into what there is. The address of a page is given by link.
func NewPager(asked, total int, link func(page int) string) Pager {
	p := Pager{Pages: max(1, (total+PerPage-1)/PerPage), Total: total}
	p.Page = min(max(1, asked), p.Pages)
	p.First, p.Last = min(total, (p.Page-1)*PerPage+1), min(total, p.Page*PerPage)
	if p.Page > 1 {
		p.Previous = link(p.Page - 1)
	}
	if p.Page < p.Pages {
		p.Next = link(p.Page + 1)
	}
	return p
}

// Slice returns the rows of the page.
func Slice[T any](p Pager, list []T) []T {
	if p.Total == 0 {
		return nil
	}
	return list[p.First-1 : p.Last]
}
