package intake

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

// Options say what to read.
type Options struct {
	// Feeds are the deliveries: folders or archives. Without any, a fictional academy is made and delivered.
	Feeds []string
	// Academy is the fictional academy.
	Academy enttest.Options
	// TempDir is where the fictional academy is written for the time of the reading; that of the system when empty.
	TempDir string
}

// Feed is one delivery, read or not.
type Feed struct {
	// Number counts from 1.
	Number int
	// Name is the base name of the path, or what was made.
	Name  string
	Kind  aaf.Kind
	Date  ent.Date
	Files []aaf.File
	// Model is nil when the delivery could not be read to its end; Err then says why.
	Model  *aaf.Model
	Report *ent.Report
	Err    error
}

// Intake reads the deliveries, once, and holds them.
type Intake struct {
	opt   Options
	views web.Views

	mu    sync.Mutex
	step  string
	at    aaf.Progress
	done  bool
	feeds []*Feed
}

// New returns an intake that has read nothing yet.
func New(o Options) (*Intake, error) {
	views, err := web.ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	return &Intake{opt: o, views: views, step: "Ouverture"}, nil
}

// Fictional tells that the persons are: there is no delivery but the one made here.
func (in *Intake) Fictional() bool { return len(in.opt.Feeds) == 0 }

// Parent returns the key of a fictional relative with children in three schools, "" when there is none.
func (in *Intake) Parent() string {
	if !in.Fictional() {
		return ""
	}
	return string(enttest.New(in.opt.Academy).ParentOfThreeSchools())
}

// Run reads the deliveries one after the other, then hands them to ready, and only then opens the portal. A delivery that
// cannot be read stops nothing: its report says why. An error is of this machine, such as a full disk, or of ctx.
func (in *Intake) Run(ctx context.Context, ready func([]*Feed) error) error {
	feeds := make([]*Feed, 0, len(in.opt.Feeds))
	if in.Fictional() {
		made, err := in.fictional(ctx)
		if err != nil {
			return err
		}
		feeds = made
	}
	for n, path := range in.opt.Feeds {
		feeds = append(feeds, in.read(ctx, n+1, filepath.Base(path), path))
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	in.tell("Préparation des pages", aaf.Progress{})
	if err := ready(feeds); err != nil {
		return err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.feeds, in.done = feeds, true
	return nil
}

// fictional writes the academy as two deliveries, reads them, and removes the files: the models hold all of it.
func (in *Intake) fictional(ctx context.Context) (feeds []*Feed, err error) {
	in.tell("Création d’une académie fictive", aaf.Progress{})
	dir, err := os.MkdirTemp(in.opt.TempDir, "cartable-portal-")
	if err != nil {
		return nil, fmt.Errorf("portal: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a := enttest.New(in.opt.Academy)
	for n, degree := range []ent.Degree{ent.SecondDegree, ent.FirstDegree} {
		folder := filepath.Join(dir, string(degree))
		if err := os.Mkdir(folder, 0o700); err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		if err := aaftest.Write(folder, a, degree, aaftest.Options{}); err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		name := "Académie fictive, second degré"
		if degree == ent.FirstDegree {
			name = "Académie fictive, premier degré"
		}
		feeds = append(feeds, in.read(ctx, n+1, name, folder))
	}
	return feeds, nil
}

func (in *Intake) read(ctx context.Context, number int, name, path string) *Feed {
	step := fmt.Sprintf("Lecture de la livraison %d", number)
	in.tell(step, aaf.Progress{})
	f := read(ctx, name, path, aaf.Options{Progress: func(p aaf.Progress) { in.tell(step, p) }}, func(ctx context.Context, d *aaf.Delivery) (*aaf.Model, *ent.Report, error) {
		m, err := d.Model(ctx)
		if err != nil {
			return nil, nil, err //nolint:wrapcheck // read says what it is
		}
		return m, m.Report(), nil
	})
	f.Number = number
	return f
}

// Source reads a delivery for the directory of people: a Delta keeps what it asks. The source is nil when Feed.Err says why.
func Source(ctx context.Context, name, path string, o aaf.Options) (*Feed, *aaf.Source) {
	var src *aaf.Source
	f := read(ctx, name, path, o, func(ctx context.Context, d *aaf.Delivery) (*aaf.Model, *ent.Report, error) {
		s, err := d.Source(ctx, aaf.SourceOptions{})
		if err != nil {
			return nil, nil, err //nolint:wrapcheck // read says what it is
		}
		src = s
		return s.Model(), s.Report(), nil
	})
	return f, src
}

// read opens a delivery and reads it by a function. What cannot be read is said by the report and the error of the feed.
func read(ctx context.Context, name, path string, o aaf.Options, by func(context.Context, *aaf.Delivery) (*aaf.Model, *ent.Report, error)) *Feed {
	f := &Feed{Name: name, Report: &ent.Report{}}
	d, err := aaf.Open(path, o)
	if err != nil {
		f.Err = err
		for _, i := range aaf.FileError(err) {
			f.Report.Add(i)
		}
		return f
	}
	f.Kind, f.Date, f.Files, f.Report = d.Kind(), d.Date(), d.Files(), d.Report()
	m, report, err := by(ctx, d)
	if err != nil {
		f.Err = err
		if failed, ok := errors.AsType[*aaf.ModelError](err); ok {
			f.Report = failed.Report
		}
		return f
	}
	f.Model, f.Report = m, report
	return f
}

func (in *Intake) tell(step string, p aaf.Progress) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.step, in.at = step, p
}

// progress is what the page shows meanwhile.
type progress struct {
	Step    string
	Known   bool
	Percent int64
	Records int64
}

// Busy returns the page that tells how far the reading is, until it is over.
func (in *Intake) Busy() (web.Page, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.done {
		return web.Page{}, false
	}
	p := progress{Step: in.step, Records: in.at.Records}
	if in.at.Total > 0 {
		p.Known, p.Percent = true, min(100, 100*in.at.Bytes/in.at.Total)
	}
	return web.Page{
		Title: "Le portail se prépare", View: in.views["progress"], Data: p, Refresh: 2, Status: 503,
	}, true
}

func (in *Intake) all() []*Feed {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.feeds
}
