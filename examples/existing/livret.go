package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

// The part taken here: the same rows of the vendor's become the file of the livret scolaire unique. What the file wants and the
// tables do not have is told, pupil by pupil; nothing is invented to fill it.

// document makes the bilans of a term.
func (m *classMarks) document(term int) (*lsu.Document, error) {
	// What of the marks was refused is told with the averages, from the same rows.
	doc, _, err := lsu.FromGradebook(&m.book, m.policy(), termID(term), lsu.Roll{
		Header: lsu.Header{Editor: "Éditeur", Application: "Éditeur", School: m.uai},
		Heads:  []lsu.Head{{Key: "head", Label: "La direction"}}, Head: "head",
		Pupil: func(id ent.ID) (lsu.Pupil, bool) {
			p, ok := m.people[id]
			return lsu.Pupil{SiecleID: p.number, Family: p.last, Given: p.first}, ok
		},
		Teacher: func(id ent.ID) (lsu.Teacher, bool) {
			p, ok := m.people[id]
			return lsu.Teacher{Type: lsu.TeacherEPP, STS: p.number, Family: p.last, Given: p.first}, ok
		},
		Life: func(pupil, period ent.ID) *lsu.SchoolLife {
			a, ok := m.lives[string(pupil+"/"+period)]
			if !ok {
				return nil
			}
			return &lsu.SchoolLife{Late: a.late, Excused: a.excused, Unexcused: a.unexcused}
		},
	})
	return doc, err
}

// writeLivret lists what is missing, and writes the file of what is complete.
func (m *classMarks) writeLivret(path string, w io.Writer, term int) error {
	doc, err := m.document(term)
	if err != nil {
		return err
	}
	for _, p := range lsu.ByPupil(doc, lsu.Check(doc, lsu.Version7, lsu.Choices{})) {
		who := m.people[ent.ID(p.Pupil)]
		for _, s := range p.Sentences(ent.FR) {
			fmt.Fprintf(w, "%s %s : %s\n", who.last, who.first, s)
		}
	}
	var file bytes.Buffer
	report, err := lsu.Write(&file, doc, lsu.WriteOptions{Version: lsu.Version7, LeaveOut: true})
	if err != nil {
		return err // nothing was written
	}
	return errors.Join(os.WriteFile(path, file.Bytes(), 0o600), report.WriteText(w, ent.FR))
}
