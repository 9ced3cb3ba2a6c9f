package marks

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/lsu"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

func isDenied(err error) bool {
	return errors.Is(err, access.CodeDenied) || errors.Is(err, gradebook.CodeUnknown)
}

// lsuData is what prevents the file, and the file.
type lsuData struct {
	Class     string
	Bilans    int
	Pupils    []lsuPupil
	Others    []string
	Ready     bool
	File      string
	Partial   string
	LeftOut   int
	ClassPath string
}

type lsuPupil struct {
	Name      string
	Sentences []string
	Blocking  bool
}

// document makes the bilans of a class.
func (a *Area) document(r *http.Request, q *asking) (*lsu.Document, *gradebook.ClassBook, ent.ID, error) {
	b, err := a.desk.Class(r.Context(), q.Asker, ent.ID(r.FormValue("classe")))
	if err != nil {
		return nil, nil, "", fmt.Errorf("portal: %w", err)
	}
	target := access.Target{Profile: ent.ProfilePupil, Establishments: []ent.ID{b.Room.Establishment}, Classes: []ent.ID{b.Room.Class}}
	if err := q.Guard.Require(access.ActionBulletinLock, target); err != nil {
		return nil, nil, "", fmt.Errorf("portal: %w", err)
	}
	period := periodAsked(r, &b.Room)
	roll, err := a.source.roll(r.Context(), &b.Room)
	if err != nil {
		return nil, nil, "", err
	}
	doc, _, err := lsu.FromGradebook(&b, policy(), period, roll)
	if err != nil {
		return nil, nil, "", fmt.Errorf("portal: %w", err)
	}
	return doc, &b, period, nil
}

func (a *Area) problems(r *http.Request, q *asking) (web.Page, error) {
	doc, b, period, err := a.document(r, q)
	if err != nil {
		return web.Page{}, err
	}
	issues := lsu.Check(doc, lsu.Version7, lsu.Choices{})
	d := lsuData{Class: b.Room.Label, Bilans: len(doc.Periodic), Ready: true, ClassPath: address("/notes/classe", "classe", string(b.Room.Class), "periode", string(period))}
	for _, p := range lsu.ByPupil(doc, issues) {
		x := lsuPupil{Blocking: p.Blocking()}
		for _, sentence := range p.Sentences(ent.FR) {
			x.Sentences = append(x.Sentences, web.French(sentence))
		}
		if p.Pupil == "" {
			d.Others = append(d.Others, x.Sentences...)
		} else {
			x.Name = a.source.PupilName(ent.ID(p.Pupil))
			d.Pupils = append(d.Pupils, x)
		}
		if x.Blocking {
			d.Ready = false
			if p.Pupil != "" {
				d.LeftOut++
			}
		}
	}
	slices.SortStableFunc(d.Pupils, func(x, y lsuPupil) int {
		if x.Blocking != y.Blocking {
			if x.Blocking {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.Name, y.Name)
	})
	d.File = address("/notes/lsu.xml", "classe", string(b.Room.Class), "periode", string(period))
	if _, err := lsu.Write(io.Discard, doc, lsu.WriteOptions{Version: lsu.Version7, LeaveOut: true}); err == nil {
		d.Partial = address("/notes/lsu.xml", "classe", string(b.Room.Class), "periode", string(period), "partiel", "1")
	}
	return web.Page{
		Title: "Livret scolaire (LSU), classe " + b.Room.Label, View: a.views["lsu"], Data: d,
		Trail: []web.Link{{Text: "Notes", Path: "/notes"}, {Text: "Classe " + b.Room.Label, Path: d.ClassPath}},
	}, nil
}

// lsuFile writes the file, whole, or without the bilans that cannot be sent when that is asked for.
func (a *Area) lsuFile(w io.Writer, r *http.Request, who web.Account) error {
	q, err := a.asking(who)
	if err != nil {
		return err
	}
	doc, _, _, err := a.document(r, q)
	if err != nil {
		return err
	}
	_, err = lsu.Write(w, doc, lsu.WriteOptions{Version: lsu.Version7, LeaveOut: r.FormValue("partiel") != ""})
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// notFound hides what does not exist, or is not ready, from what failed.
func notFound(write func(io.Writer, *http.Request, web.Account) error) func(io.Writer, *http.Request, web.Account) error {
	return func(w io.Writer, r *http.Request, who web.Account) error {
		err := write(w, r.WithContext(context.WithoutCancel(r.Context())), who)
		if err != nil && (isDenied(err) || errors.Is(err, gradebook.CodeNotPublic) || errors.Is(err, bulletin.CodeLock)) {
			return web.ErrNotFound
		}
		return err
	}
}

// files adds what is downloaded or printed.
func (a *Area) files(s *web.Site) {
	s.File("/notes/lsu.xml", "application/xml; charset=utf-8", a.lsuFile)
	s.Document("/notes/bulletins", notFound(a.bulletins))
	s.Document("/notes/bulletin", notFound(a.bulletin))
}
