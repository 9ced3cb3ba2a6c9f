package bulletin

import (
	_ "embed"
	"errors"
	"html/template"
	"io"
	"sync"

	"github.com/opencartable/cartable/ent"
)

//go:embed bulletin.css
var style string

//go:embed bulletin.html
var page string

var pageTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("bulletin").Parse(page)) })

// Page says how a bulletin is written as HTML. The zero Page is a document that stands alone, with its style in it.
type Page struct {
	// Nonce is that of the style in the Content-Security-Policy of the answer.
	Nonce string
	// Fragment writes what stands in the body only, for a page of the caller's with [Style] in it.
	Fragment bool
}

// Style returns the style of bulletins, for a page that holds fragments. It names nothing outside of the class "bulletin",
// but for the size of the page when it is printed.
func Style() string { return style }

func noChart(lang ent.Lang) string {
	return say(lang, "Le graphique n'est pas imprimé, faute de place.", "The chart is not printed, for lack of room.")
}

// Pages returns how many sheets of paper the bulletin takes: one unless its texts are very long.
func (d *Document) Pages() int {
	v := d.view()
	v.Chart = d.chart()
	return len(v.plan().pages)
}

// HTML writes the bulletin: a page that prints on A4, in black and grey, without script. The error is that of the writer.
func (d *Document) HTML(w io.Writer, p Page) error {
	s := OnePage(w, p)
	if err := s.Put(d); err != nil {
		return err
	}
	return s.Close()
}

type headView struct {
	Lang  ent.Lang
	Title string
	Nonce string
	Style template.CSS
}

// put writes the sheets of one bulletin.
func put(w io.Writer, d *Document) error {
	v := d.view()
	v.Chart = d.chart()
	for _, x := range v.pagesOf(v.plan()) {
		if err := execute(w, "sheet", &x); err != nil {
			return err
		}
	}
	return nil
}

// execute keeps the error of the writer, and nothing of what was written.
func execute(w io.Writer, name string, data any) error {
	t := &teller{w: w}
	if err := pageTemplate().ExecuteTemplate(t, name, data); err != nil {
		if t.err != nil {
			return t.err
		}
		return errTemplate
	}
	return nil
}

var errTemplate = errors.New("bulletin: the page could not be written")

type teller struct {
	w   io.Writer
	err error
}

// Write passes on what it gets.
func (t *teller) Write(b []byte) (int, error) {
	n, err := t.w.Write(b)
	if err != nil {
		t.err = err
	}
	return n, err //nolint:wrapcheck // the caller's writer
}
