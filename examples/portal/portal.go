package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/opencartable/cartable/examples/portal/fees"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

// portal is the areas plugged together.
type portal struct {
	site   *web.Site
	intake *intake.Intake
	school *school.Area
}

// newPortal makes the areas and their site. A new area is added here.
func newPortal(o intake.Options, out io.Writer, log *slog.Logger) (*portal, error) {
	in, err := intake.New(o)
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
	site, err := web.New(web.Options{
		Door: door, Log: log, Notice: web.French(notice), Busy: in.Busy, Areas: []web.Area{schools, prices, in},
	})
	if err != nil {
		return nil, err
	}
	return &portal{site: site, intake: in, school: schools}, nil
}

// read reads the deliveries and shows what they hold.
func (p *portal) read(ctx context.Context) error {
	return p.intake.Run(ctx, func(feeds []*intake.Feed) {
		models := make([]*aaf.Model, len(feeds))
		for i, f := range feeds {
			models[i] = f.Model
		}
		p.school.Show(school.Build(models, p.intake.Fictional(), p.intake.Parent()))
	})
}
