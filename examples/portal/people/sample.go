package people

import (
	"archive/zip"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

// The deliveries to try: the changes of a night, and a complete delivery one of whose files was lost on the way.
const (
	sampleDelta = "delta.zip"
	sampleHoles = "complet-incomplet.zip"
)

// sample writes a fictional delivery of the second degree, dated the day after the last one that was applied.
func (a *Area) sample(w io.Writer, r *http.Request, who web.Account) error {
	if err := a.mayImport(r, who); err != nil {
		return err
	}
	name := r.PathValue("name")
	if !a.opt.Fictional || name != sampleDelta && name != sampleHoles {
		return web.ErrNotFound
	}
	return a.writeSample(lasting(r).Context(), w, name)
}

func (a *Area) writeSample(ctx context.Context, w io.Writer, name string) (err error) {
	dir, err := os.MkdirTemp(a.opt.TempDir, "cartable-portal-")
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	day, err := a.nextDay(ctx)
	if err != nil {
		return err
	}
	academy := enttest.New(a.opt.Academy)
	if name == sampleDelta {
		err = writeDelta(dir, academy, day)
	} else {
		err = writeHoles(dir, academy, day)
	}
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	z := zip.NewWriter(w)
	if err := errors.Join(z.AddFS(os.DirFS(dir)), z.Close()); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// nextDay is the day after the last delivery of the second degree.
func (a *Area) nextDay(ctx context.Context) (ent.Date, error) {
	for _, o := range a.offers() {
		if o.Model.Degree() != ent.SecondDegree {
			continue
		}
		standing, err := a.store.Standing(ctx, o.origin)
		if err != nil {
			return ent.Date{}, fmt.Errorf("portal: %w", err)
		}
		last := standing.Date
		if last.IsZero() { // undone
			last = o.Model.Date()
		}
		return last.AddDays(1), nil
	}
	return ent.Date{}, web.ErrNotFound
}

// writeHoles writes a complete delivery whose pupils fill two files, and loses the second one: no number tells that it is
// missing.
func writeHoles(dir string, academy *enttest.Academy, day ent.Date) error {
	pupils := 0
	for range academy.PupilsOf(ent.SecondDegree) {
		pupils++
	}
	err := aaftest.Write(dir, academy, ent.SecondDegree, aaftest.Options{Date: day, ChunkRecords: (pupils + 1) / 2})
	if err != nil {
		return err //nolint:wrapcheck // the caller says whose it is
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_Eleve_*.xml"))
	if err != nil || len(files) < 2 {
		return errors.Join(err, errors.New("the academy is too small to lose a file"))
	}
	return os.Remove(slices.Max(files)) //nolint:wrapcheck // the caller says whose it is
}

// writeDelta writes the changes of a night in one school: a pupil changes classes and mail, one leaves, one arrives, and a
// relative has another phone. As in the feeds, structures, programmes and subjects are sent whole, and a modification
// repeats the attributes that do not change.
func writeDelta(dir string, academy *enttest.Academy, day ent.Date) error {
	pupils := someSchool(academy)
	if len(pupils) < 3 {
		return errors.New("the academy is too small for a delta")
	}
	w, err := aaf.NewDeliveryWriter(dir, aaf.DeliveryOptions{
		Kind: aaf.Delta, Header: aaf.Header{VersionAF: "AAF-VE2407", Academy: academy.Code(), Degree: ent.SecondDegree, Generated: day},
	})
	if err != nil {
		return err //nolint:wrapcheck // the caller says whose it is
	}
	for _, r := range append(unchanged(academy), changed(academy, pupils[0], pupils[1], pupils[2])...) {
		if err := w.Write(r); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close() //nolint:wrapcheck // the caller says whose it is
}

// unchanged are the records of structures, subjects and programmes.
func unchanged(academy *enttest.Academy) []*aaf.Record {
	var out []*aaf.Record
	for e := range academy.EstablishmentsOf(ent.SecondDegree) {
		s := aaf.StructureOf(&e, academy.ClassesOf(e.ID), academy.GroupsOf(e.ID), ent.SecondDegree)
		out = append(out, s.Record(ent.SecondDegree))
	}
	for _, s := range academy.Subjects() {
		out = append(out, aaf.SubjectOf(&s).Record())
	}
	for _, p := range academy.Programmes() {
		out = append(out, aaf.ProgrammeOf(&p).Record())
	}
	return out
}

// changed are the records of the night, of three pupils of one school.
func changed(academy *enttest.Academy, moves, leaves, arrives enttest.Pupil) []*aaf.Record {
	labels := map[ent.SubjectCode]string{}
	for _, s := range academy.Subjects() {
		labels[s.Code] = s.Label
	}
	record := func(p *enttest.Pupil) *aaf.Record {
		label := func(c ent.SubjectCode) string { return labels[c] }
		return aaf.PupilOf(&p.Person, p.Relations, label, nil).Record(ent.SecondDegree)
	}
	moves.Contact.Mail = "nouvelle.adresse@exemple.test"
	moves.Schooling.Classes = otherClass(academy, &moves)
	change := record(&moves)
	change.Op = aaf.Modify

	arrives.ID, arrives.Name = "59999999", ent.Name{Given: "Camille", Family: "ARRIVANT", Birth: "ARRIVANT"}
	arrives.Schooling.INE, arrives.Schooling.SchoolNumber = "", ""
	for i := range arrives.Relations {
		arrives.Relations[i].Pupil = arrives.ID
	}
	out := []*aaf.Record{change, {Op: aaf.Delete, Category: aaf.Pupils, ID: string(leaves.ID)}, record(&arrives)}
	for r := range academy.RelativesOf(ent.SecondDegree) {
		if r.ID == moves.Relations[0].Relative {
			r.Contact.Mobile = "+33 6 39 98 00 17"
			phone := aaf.RelativeOf(&r.Person, r.Children).Record(ent.SecondDegree)
			phone.Op = aaf.Modify
			out = append(out, phone)
		}
	}
	return out
}

// someSchool returns pupils of the first school of the second degree, those who have a class and a relative.
func someSchool(academy *enttest.Academy) []enttest.Pupil {
	schools := slices.Collect(academy.EstablishmentsOf(ent.SecondDegree))
	slices.SortStableFunc(schools, func(x, y ent.Establishment) int { return cmp.Compare(x.ID, y.ID) })
	for _, s := range schools {
		var out []enttest.Pupil
		for p := range academy.PupilsIn(s.ID) {
			if len(p.Schooling.Classes) > 0 && len(p.Relations) > 0 {
				out = append(out, p)
			}
			if len(out) == 3 {
				return out
			}
		}
	}
	return nil
}

// otherClass returns another class of the pupil's school, the same one when there is no other.
func otherClass(academy *enttest.Academy, p *enttest.Pupil) []ent.ID {
	for _, c := range academy.ClassesOf(p.Schooling.Establishment) {
		if !slices.Contains(p.Schooling.Classes, c.ID) {
			return []ent.ID{c.ID}
		}
	}
	return p.Schooling.Classes
}
