package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/examples/portal/fees"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/examples/portal/people"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

// portal is the areas plugged together.
type portal struct {
	site   *web.Site
	intake *intake.Intake
	school *school.Area
	people *people.Area
}

// options are what the command line asks of the areas.
type options struct {
	intake.Options
	// Data is the folder where the directory is kept; in memory when empty.
	Data string
}

// newPortal makes the areas and their site. A new area is added here.
func newPortal(ctx context.Context, o options, out io.Writer, log *slog.Logger) (*portal, error) {
	in, err := intake.New(o.Options)
	if err != nil {
		return nil, err
	}
	schools, err := school.New()
	if err != nil {
		return nil, err
	}
	prices, err := fees.New(o.Academy)
	if err != nil {
		return nil, err
	}
	var door web.Door = school.NewDoor(schools)
	notice := "Académie fictive : aucune de ces personnes n’existe."
	if !in.Fictional() {
		if door, err = web.NewCodeDoor(out); err != nil {
			return nil, err
		}
		notice = "Livraison ouverte avec -feed : ces pages peuvent montrer des personnes réelles."
	}
	accounts, err := people.New(ctx, people.Options{
		Data: o.Data, Fictional: in.Fictional(), Academy: o.Academy, Person: personOf, TempDir: o.TempDir, Log: log,
	})
	if err != nil {
		return nil, err
	}
	site, err := web.New(web.Options{
		Door: door, Log: log, Notice: web.French(notice), Busy: in.Busy, Areas: []web.Area{schools, prices, in, accounts},
	})
	if err != nil {
		return nil, errors.Join(err, accounts.Close())
	}
	return &portal{site: site, intake: in, school: schools, people: accounts}, nil
}

// close closes what is kept open.
func (p *portal) close() error { return p.people.Close() }

// personOf says which person of the deliveries signed in, in the words of the directory.
func personOf(ref string) (feed int, category directory.Category, key string, ok bool) {
	p, ok := school.ParsePerson(ref)
	if !ok {
		return 0, "", "", false
	}
	category = map[school.Category]directory.Category{
		school.Pupil: directory.Pupil, school.Relative: directory.Relative, school.Staff: directory.Staff,
	}[p.Category]
	return p.Ref.Feed, category, p.Ref.Key, true
}

// read reads the deliveries and shows what they hold.
func (p *portal) read(ctx context.Context) error {
	return p.intake.Run(ctx, func(feeds []*intake.Feed) error {
		models := make([]*aaf.Model, len(feeds))
		for i, f := range feeds {
			models[i] = f.Model
		}
		p.school.Show(school.Build(models, p.intake.Fictional(), p.intake.Parent()))
		return p.people.Fill(ctx, feeds)
	})
}
