package bulletin

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Sink takes bulletins one after another: [OnePage] and [EachFile] are two.
type Sink interface {
	Put(d *Document) error
	// Close ends what was written. Without it, what was written is not whole.
	Close() error
}

type onePage struct {
	w      io.Writer
	page   Page
	opened bool
}

// OnePage writes all bulletins into one page, each on its own sheets of paper. They are written as they come: a class takes no
// more memory than a pupil.
func OnePage(w io.Writer, p Page) Sink { return &onePage{w: w, page: p} }

// Put writes a bulletin.
func (s *onePage) Put(d *Document) error {
	if err := s.open(d); err != nil {
		return err
	}
	return put(s.w, d)
}

func (s *onePage) open(d *Document) error {
	if s.opened || s.page.Fragment {
		return nil
	}
	s.opened = true
	v := headView{Lang: ent.FR, Title: "Bulletin", Nonce: s.page.Nonce, Style: template.CSS(style)} //nolint:gosec // ours
	if d != nil {
		v.Lang = d.Options.Lang
		v.Title = say(v.Lang, "Bulletin — ", "Report — ") + d.Class.Label + " — " + d.Period.Label
	}
	return execute(s.w, "open", v)
}

// Close ends the page.
func (s *onePage) Close() error {
	if s.page.Fragment {
		return nil
	}
	if err := s.open(nil); err != nil {
		return err
	}
	return execute(s.w, "close", nil)
}

type eachFile struct {
	create func(*Document) (io.WriteCloser, error)
	page   Page
}

// EachFile writes each bulletin into a file of its own, which create opens and which is closed after it.
func EachFile(create func(*Document) (io.WriteCloser, error), p Page) Sink {
	return eachFile{create, p}
}

// Put writes a bulletin.
func (s eachFile) Put(d *Document) error {
	w, err := s.create(d)
	if err != nil {
		return err
	}
	return errors.Join(d.HTML(w, s.page), w.Close())
}

// Close does nothing: each file is closed already.
func (eachFile) Close() error { return nil }

// Batch makes the bulletins of a class and gives them to a sink, in the order of pupils: the caller sorts them, by their names as
// a rule. Without any, all pupils of the class at the end of the period have theirs, in the order of its members. Progress,
// when it is not nil, is called after each with how many are done of how many.
//
// The report counts "bulletins": those kept, and those refused with their issues. The error is for the whole: what [Make] says
// of a class, that of the sink, that of the context; the report then says what was done before, and the sink is not closed.
func Batch(ctx context.Context, to Sink, book *gradebook.ClassBook, period ent.ID, pupils []ent.ID, people People, o Options,
	progress func(done, total int),
) (*ent.Report, error) {
	report := &ent.Report{}
	c, err := prepare(book, period, &people, o, true)
	if err != nil {
		return report, err
	}
	if pupils == nil {
		pupils = c.pupils()
	}
	for _, i := range c.issues { // once, not for each pupil
		report.Add(i)
	}
	c.issues = nil
	seen := make(map[ent.ID]bool, len(pupils))
	for n, pupil := range pupils {
		if err := ctx.Err(); err != nil {
			return report, fmt.Errorf("bulletin: %w", err)
		}
		if seen[pupil] {
			report.Refuse("bulletins", 1)
			report.Add(issue(CodeTwice, "$.pupils['"+string(pupil)+"']"))
		} else if err := c.batched(to, pupil, report); err != nil {
			return report, err
		}
		seen[pupil] = true
		if progress != nil {
			progress(n+1, len(pupils))
		}
	}
	return report, to.Close()
}

// batched makes one bulletin of a batch; the error is that of the sink.
func (c *class) batched(to Sink, pupil ent.ID, report *ent.Report) error {
	d, issues, err := c.bulletin(pupil)
	for _, i := range issues {
		report.Add(i)
	}
	if err != nil {
		report.Refuse("bulletins", 1)
		if i, ok := errors.AsType[ent.Issue](err); ok {
			report.Add(i)
		}
		return nil
	}
	path := "$.pupils['" + string(pupil) + "']"
	v := d.view()
	v.Chart = d.chart()
	p := v.plan()
	if p.dropped {
		report.Add(issue(CodeChart, path))
	}
	if len(p.pages) > 1 {
		report.Add(issue(CodePages, path, ent.Count("count", int64(len(p.pages)))))
	}
	if err := to.Put(d); err != nil {
		return err
	}
	report.Keep("bulletins", 1)
	return nil
}
