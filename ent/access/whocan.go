package access

import (
	"iter"

	"github.com/opencartable/cartable/ent"
)

// WhoCan answers who may do an action on a target, among candidates: each of them who may, with the right that allows. It
// answers "who can see this pupil's marks?" with a list; the candidates are the people of the pupil's establishments, the
// relatives and the delegates. Candidates are read one at a time.
func WhoCan(rules *Rules, a Action, t Target, candidates iter.Seq[Facts]) iter.Seq2[ent.ID, Decision] {
	return func(yield func(ent.ID, Decision) bool) {
		var (
			s Scope
			f Facts
		)
		for f = range candidates {
			s.reset(rules, &f)
			if d := s.decide(a, &t, nil); d.Allowed && !yield(f.Person, d) {
				return
			}
		}
	}
}
