package timetable

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Atom returns the number of the set of pupils who always go together that a pupil is in, from 0; false for an unknown pupil.
func (a *Audience) Atom(pupil ent.ID) (int, bool) {
	n, ok := a.at[pupil]
	return int(n), ok
}

// Attend calls yield for each set of pupils that the classes, parts and groups of a lesson bring that day, once each, and alone
// for each pupil that the lesson names. Two lessons with the same resources bring different sets when a pupil moves in between.
func (a *Audience) Attend(l *Lesson, yield func(atom int), alone func(pupil ent.ID)) {
	var buffer [32]int32
	done := buffer[:0]
	for _, r := range l.Resources {
		switch {
		case r.Kind == KindPupil:
			alone(r.ID)
		case r.Kind.Audience():
			a.attend(r, l.Date, func(n int32) {
				if !slices.Contains(done, n) {
					done = append(done, n)
					yield(int(n))
				}
			})
		}
	}
}
