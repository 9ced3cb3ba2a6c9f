package directory

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// EndOfYear says what the end of a school year takes from the accounts of some establishments: the ties of pupils to
// classes and groups, of teachers to what they teach, and of head teachers, whatever origin gave them; then the classes and
// groups themselves. The feed of the new year gives others. Ties to establishments and relatives stay. establishments nil
// means all. The accounts may be any, in any order; nothing is read elsewhere.
func EndOfYear(today ent.Date, places *Places, accounts []Account, establishments []ent.ID) *Plan {
	p := &Plan{Today: today, Feed: Feed{Origin: Hand}, loaded: true, report: &ent.Report{}}
	in := func(id ent.ID) bool { return establishments == nil || slices.Contains(establishments, id) }
	for i := range places.Classes {
		if c := places.Classes[i]; in(c.Establishment) {
			p.places = append(p.places, Change{
				Op: OpPurge, Object: ObjectClass, ID: c.ID, Reason: CodeYearEnd, Place: &PlaceChange{Class: &c}, Establishments: []ent.ID{c.Establishment},
			})
		}
	}
	for i := range places.Groups {
		if g := places.Groups[i]; in(g.Establishment) {
			p.places = append(p.places, Change{
				Op: OpPurge, Object: ObjectGroup, ID: g.ID, Reason: CodeYearEnd, Place: &PlaceChange{Group: &g}, Establishments: []ent.ID{g.Establishment},
			})
		}
	}
	slices.SortFunc(p.places, func(a, b Change) int { return compareIDs(a.ID, b.ID) })
	for i := range accounts {
		a := &accounts[i]
		var gone []Tie
		for _, t := range a.Ties {
			switch t.Kind {
			case TieClass, TieGroup, TieTeaching, TieHead:
				if in(t.Establishment) {
					gone = append(gone, t)
				}
			case TieEstablishment, TieRelative:
			}
		}
		p.report.Keep(string(a.Category), 1)
		if len(gone) == 0 {
			continue
		}
		ch := Change{
			Op: OpDetach, Object: ObjectPerson, ID: a.ID, Profile: a.Profile(), Establishments: a.establishments(), Reason: CodeYearEnd,
			Version: a.Version, Detach: gone,
		}
		if len(a.Keys) > 0 {
			ch.Key = a.Keys[0].Key
		}
		p.changes = append(p.changes, ch)
	}
	slices.SortFunc(p.changes, func(a, b Change) int { return compareIDs(a.ID, b.ID) })
	p.count()
	return p
}
