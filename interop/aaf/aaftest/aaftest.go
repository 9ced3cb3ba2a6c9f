// Package aaftest writes a fictional academy of package enttest as AAF deliveries, one per degree as the ministry does.
// It serves tests, benchmarks and the demonstration of the examples.
package aaftest

import (
	"errors"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/aaf"
)

// Options say how the delivery is written.
type Options struct {
	// Date is the day of the delivery; 16 September of the school year when missing.
	Date ent.Date
	// ChunkRecords is how many records a file holds; default 10 000.
	ChunkRecords int
	// Prefix is the first part of the file names.
	Prefix string
}

// Write writes the Complet of one degree into a folder. It streams: memory does not depend on the size of the academy.
// What the dialect of the degree cannot carry is left out, as an academy leaves it out: see aaf.Entry.Losses.
func Write(dir string, a *enttest.Academy, degree ent.Degree, o Options) error {
	if o.Date.IsZero() {
		o.Date = ent.Date{Year: int16(a.Year()), Month: 9, Day: 16} //nolint:gosec // a year
	}
	sdet := "Annexe 4bis version 6.4"
	if degree == ent.FirstDegree {
		sdet = "Annexe 1 version 6.4"
	}
	w, err := aaf.NewDeliveryWriter(dir, aaf.DeliveryOptions{
		Prefix: o.Prefix, ChunkRecords: o.ChunkRecords,
		Header: aaf.Header{VersionAF: "AAF-VE2407", VersionSDET: sdet, Academy: a.Code(), Degree: degree, Generated: o.Date},
	})
	if err != nil {
		return err
	}
	return errors.Join(records(w, a, degree), w.Close())
}

func records(w *aaf.DeliveryWriter, a *enttest.Academy, degree ent.Degree) error {
	for e := range a.EstablishmentsOf(degree) {
		s := aaf.StructureOf(&e, a.ClassesOf(e.ID), a.GroupsOf(e.ID), degree)
		if err := w.Write(s.Record(degree)); err != nil {
			return err
		}
	}
	if degree == ent.SecondDegree {
		for _, s := range a.Subjects() {
			if err := w.Write(aaf.SubjectOf(&s).Record()); err != nil {
				return err
			}
		}
		for _, p := range a.Programmes() {
			if err := w.Write(aaf.ProgrammeOf(&p).Record()); err != nil {
				return err
			}
		}
	}
	labels := map[ent.SubjectCode]string{}
	for _, s := range a.Subjects() {
		labels[s.Code] = s.Label
	}
	label := func(c ent.SubjectCode) string { return labels[c] }
	classes := map[ent.ID]ent.Class{}
	if degree == ent.FirstDegree {
		for c := range a.Classes() {
			classes[c.ID] = c
		}
	}
	class := func(id ent.ID) *ent.Class {
		c, ok := classes[id]
		if !ok {
			return nil
		}
		return &c
	}
	for p := range a.PupilsOf(degree) {
		if err := w.Write(aaf.PupilOf(&p.Person, p.Relations, label, class).Record(degree)); err != nil {
			return err
		}
	}
	for r := range a.RelativesOf(degree) {
		if err := w.Write(aaf.RelativeOf(&r.Person, r.Children).Record(degree)); err != nil {
			return err
		}
	}
	for s := range a.StaffOf(degree) {
		if err := w.Write(aaf.StaffOf(&s, degree).Record(degree)); err != nil {
			return err
		}
	}
	return nil
}
