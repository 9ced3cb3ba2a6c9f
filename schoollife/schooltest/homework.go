package schooltest

import (
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// themes are what a lesson of a subject may be about.
func themes(s ent.SubjectCode) []string {
	switch s {
	case "020700":
		return []string{"Le récit d'aventures", "L'accord du participe passé", "La lettre", "Lecture\u00a0: un extrait", "Le conte"}
	case "061300":
		return []string{"Les fractions", "Le théorème de Pythagore", "Proportionnalité", "Les nombres relatifs", "Symétrie"}
	case "042100", "040600":
		return []string{"L'Empire romain", "Habiter une métropole", "La Révolution française", "Les cartes"}
	case "062300", "062400":
		return []string{"L'électricité", "Les états de la matière", "Vitesse et mouvement"}
	case "062900":
		return []string{"La cellule", "Respirer", "Les séismes"}
	case "100100":
		return []string{"Course d'orientation", "Handball", "Acrosport"}
	}
	return []string{"Séance 1", "Vocabulaire", "Révisions", "Projet"}
}

// entry is what a session and a piece of homework of a lesson share.
func (y *Year) entry(l *timetable.Lesson, id string) cahier.Head {
	h := cahier.Head{
		ID: ent.ID(id), School: y.establishment, Year: y.academy.Year(), Subject: l.Subject, Published: true, Version: 1,
		At: l.Date.Time(time.UTC).Add(17 * time.Hour),
	}
	for _, r := range l.Resources {
		switch {
		case r.Kind == timetable.KindTeacher && h.Teacher == "":
			h.Teacher, h.By = r.ID, r.ID
		case r.Kind.Audience():
			h.Audience = append(h.Audience, r)
		}
	}
	return h
}

// Sessions returns what was written in the cahiers for the lessons from a day to another, and the homework that was given there: in one
// lesson of three, due for the next lesson of that teaching, or a day or two later.
func (y *Year) Sessions(from, to ent.Date) ([]cahier.Session, []cahier.Homework) {
	var sessions []cahier.Session
	var work []cahier.Homework
	lessons := y.Lessons()
	for i := range lessons {
		l := &lessons[i]
		if l.Date.Before(from) || to.Before(l.Date) || l.State == timetable.StateCancelled {
			continue
		}
		rng := y.academy.Rand("session", ent.ID(l.On.String()+"/"+string(l.Course)))
		list := themes(ent.SubjectCode(l.Subject))
		title := list[rng.IntN(len(list))]
		id := l.On.String() + "/" + string(l.Course)
		s := cahier.Session{Head: y.entry(l, "s/"+id), Lesson: l.Key, Date: l.Date, Start: l.Start, End: l.End, Title: title, Content: title + "\u00a0: cours, puis exercices."}
		if s.Teacher == "" {
			continue
		}
		sessions = append(sessions, s)
		if rng.IntN(3) != 0 || l.Subject == "100100" {
			continue
		}
		h := cahier.Homework{
			Head: y.entry(l, "h/"+id), Session: s.ID, Given: l.Date, Minutes: [...]int{0, 10, 15, 20, 30}[rng.IntN(5)],
			Text: fmt.Sprintf("%s\u00a0: exercices %d et %d.", title, 1+rng.IntN(9), 10+rng.IntN(9)), Type: "exercice", HandIn: rng.IntN(5) == 0,
		}
		if rng.IntN(8) == 0 {
			h.Type, h.Test, h.Text = "contrôle", true, title+"\u00a0: contrôle."
		}
		next := y.next(lessons[i+1:], l)
		if next == nil {
			continue
		}
		h.For, h.Due = next.Key, next.Date
		work = append(work, h)
	}
	cahier.SortSessions(sessions)
	cahier.SortHomework(work)
	return sessions, work
}

// next is the next lesson of a teaching that is held.
func (y *Year) next(lessons []timetable.Lesson, l *timetable.Lesson) *timetable.Lesson {
	for i := range lessons {
		x := &lessons[i]
		if x.Subject == l.Subject && x.State != timetable.StateCancelled && x.Date.Compare(l.Date) > 0 && sameAudience(x, l) {
			return x
		}
	}
	return nil
}

func sameAudience(a, b *timetable.Lesson) bool {
	for _, r := range a.Resources {
		if r.Kind.Audience() && b.Has(r) {
			return true
		}
	}
	return false
}
