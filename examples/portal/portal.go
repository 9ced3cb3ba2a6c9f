package main

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/examples/portal/academy"
	"github.com/opencartable/cartable/examples/portal/door"
	"github.com/opencartable/cartable/examples/portal/fees"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/examples/portal/life"
	"github.com/opencartable/cartable/examples/portal/marks"
	"github.com/opencartable/cartable/examples/portal/people"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// portal is the areas plugged together.
type portal struct {
	site   *web.Site
	intake *intake.Intake
	school *school.Area
	people *people.Area
	// marks is nil for a delivery, which holds no marks.
	marks *marks.Area
	// life is nil for a delivery, which holds no school day.
	life *life.Area
	// door is nil for a delivery of real persons, who enter by a code of the terminal.
	door *door.Area
}

// options are what the command line asks of the areas.
type options struct {
	intake.Options
	// Data is the folder where the directory is kept; in memory when empty.
	Data string
	// Origin is the address of the portal, without a final slash.
	Origin string
	// Marks keeps the gradebook instead of a database, when it is given.
	Marks gradebook.Store
	// Life keeps the school day instead of a database, when it is given.
	Life *life.Stores
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
	if o.Origin == "" {
		o.Origin = "http://localhost:8080"
	}
	notice := "Académie fictive : aucune de ces personnes n’existe."
	if !in.Fictional() {
		notice = "Livraison ouverte avec -feed : ces pages peuvent montrer des personnes réelles."
	}
	accounts, err := people.New(ctx, people.Options{
		Data: o.Data, Fictional: in.Fictional(), Academy: o.Academy, Person: personOf, TempDir: o.TempDir, Log: log,
	})
	if err != nil {
		return nil, err
	}
	p := &portal{intake: in, school: schools, people: accounts}
	opt := web.Options{Log: log, Notice: web.French(notice), Busy: in.Busy, Areas: []web.Area{schools, prices, in, accounts}}
	if in.Fictional() {
		if p.door, err = door.New(ctx, door.Options{Origin: o.Origin, Data: o.Data, School: schools, Log: log}); err != nil {
			return nil, errors.Join(err, p.close())
		}
		who := academy.New(o.Academy)
		if p.marks, err = marks.New(ctx, marks.Options{Data: o.Data, Academy: who, Store: o.Marks, Log: log}); err != nil {
			return nil, errors.Join(err, p.close())
		}
		if p.life, err = life.New(ctx, life.Options{Data: o.Data, Academy: who, Stores: o.Life, Origin: o.Origin, Log: log}); err != nil {
			return nil, errors.Join(err, p.close())
		}
		opt.Areas = append(opt.Areas, p.life, p.marks)
		entrance := school.NewDoor(schools)
		entrance.Accounts = p.door.Form
		opt.Door, opt.Sessions, opt.Open, opt.Areas = entrance, p.door.Sessions(), p.door.Open(), append(opt.Areas, p.door)
	} else if opt.Door, err = web.NewCodeDoor(out); err != nil {
		return nil, errors.Join(err, p.close())
	}
	if p.site, err = web.New(opt); err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// close closes what is kept open.
func (p *portal) close() error {
	err := p.people.Close()
	if p.marks != nil {
		err = errors.Join(err, p.marks.Close())
	}
	if p.life != nil {
		err = errors.Join(err, p.life.Close())
	}
	if p.door != nil {
		err = errors.Join(err, p.door.Close())
	}
	return err
}

// personOf says which person of the deliveries signed in, in the words of the directory.
func personOf(ref string) (feed int, category directory.Category, key string, ok bool) {
	p, ok := school.ParsePerson(ref)
	if !ok {
		return 0, "", "", false
	}
	return p.Ref.Feed, categories()[p.Category], p.Ref.Key, true
}

// categories are those of the school in the words of the directory.
func categories() map[school.Category]directory.Category {
	return map[school.Category]directory.Category{
		school.Pupil: directory.Pupil, school.Relative: directory.Relative, school.Staff: directory.Staff,
	}
}

// read reads the deliveries and shows what they hold.
func (p *portal) read(ctx context.Context) error {
	return p.intake.Run(ctx, func(feeds []*intake.Feed) error {
		models := make([]*aaf.Model, len(feeds))
		for i, f := range feeds {
			models[i] = f.Model
		}
		p.school.Show(school.Build(models, p.intake.Fictional(), p.intake.Parent()))
		if err := p.people.Fill(ctx, feeds); err != nil || p.door == nil {
			return err
		}
		logins, err := p.people.Logins(ctx)
		if err != nil {
			return err
		}
		return p.door.Fill(ctx, func(at school.Person) string { return logins[people.LoginKey(categories()[at.Category], at.Ref.Key)] })
	})
}
