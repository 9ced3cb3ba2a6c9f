package directory

import (
	"time"

	"github.com/opencartable/cartable/ent"
)

// State is where an account is in its life.
type State string

// The states, in the order in which an account goes through them.
const (
	Active State = "active"
	// Missing is who no origin knows any more. The account still works: a pupil who changes schools in July is back in
	// September.
	Missing State = "missing"
	// PreDeleted has no ties left and cannot sign in; a return gives all back.
	PreDeleted State = "pre-deleted"
	// Purged is erased: the state is only seen in a plan.
	Purged State = "purged"
	// Merged is an account whose data another one took; see Merge.
	Merged State = "merged"
)

func (s State) maySignIn() bool { return s == Active || s == Missing || s == "" }

// Found reports whether people of this state are found by a search: who is on the way to deletion is not.
func (s State) Found() bool { return s.maySignIn() }

// Label returns the state in words.
func (s State) Label(lang ent.Lang) string {
	switch s {
	case Active:
		return pick(lang, "actif", "active")
	case Missing:
		return pick(lang, "absent de l'annuaire", "missing")
	case PreDeleted:
		return pick(lang, "en instance de suppression", "pre-deleted")
	case Purged:
		return pick(lang, "supprimé", "purged")
	case Merged:
		return pick(lang, "fusionné", "merged")
	}
	return string(s)
}

func pick(lang ent.Lang, fr, en string) string {
	if lang == ent.EN {
		return en
	}
	return fr
}

// Delays are how many days an account stays in a state.
type Delays struct {
	// Missing is how long before pre-deletion.
	Missing int
	// Grace is how long between pre-deletion and purge.
	Grace int
}

// Lifecycle says how accounts end. The zero value takes the default delays: 60 days, then 28, so that an account is gone
// within three months after its holder lost any title to it. Source: arrêté du 30 novembre 2006, article 6. The most used
// importer waits 90 days twice: Delays{Missing: 90, Grace: 90} says so.
type Lifecycle struct {
	Delays Delays
	// ByProfile overrides the delays of a profile.
	ByProfile map[ent.Profile]Delays
}

// DefaultDelays returns the delays of a zero Lifecycle.
func DefaultDelays() Delays { return Delays{Missing: 60, Grace: 28} }

func (l Lifecycle) delays(p ent.Profile) Delays {
	d, ok := l.ByProfile[p]
	if !ok {
		d = l.Delays
	}
	if d == (Delays{}) {
		d = DefaultDelays()
	}
	return d
}

// Next returns the state an account should be in today: pre-deleted once missing for longer than the delay, purged once
// pre-deleted for longer than the grace. Nothing else moves by the clock alone.
func (l Lifecycle) Next(s State, p ent.Profile, since, today ent.Date) State {
	d := l.delays(p)
	switch {
	case since.IsZero() || today.IsZero():
	case s == Missing && since.AddDays(d.Missing).Before(today):
		return PreDeleted
	case s == PreDeleted && since.AddDays(d.Grace).Before(today):
		return Purged
	}
	return s
}

// Remaining returns how many days are left before the next step, 0 when none is to come or it is due: what a notice to the
// person says.
func (l Lifecycle) Remaining(s State, p ent.Profile, since, today ent.Date) int {
	d := l.delays(p)
	var end ent.Date
	switch s {
	case Missing:
		end = since.AddDays(d.Missing)
	case PreDeleted:
		end = since.AddDays(d.Grace)
	case Active, Purged, Merged:
		return 0
	}
	days := int(end.Time(time.UTC).Sub(today.Time(time.UTC)) / (24 * time.Hour))
	return max(days, 0)
}

// FinalYear reports whether a pupil's year is the last one in that kind of school: CM2, 3e, terminale, the last year of a
// cycle of several (CAP, BTS). They leave in summer by design. Source: BCN, positions 1-3 (dispositif), 9 (length of the
// cycle) and 10 (year in it) of the MEF; levels of the first degree.
func FinalYear(p *ent.Person) bool {
	s := p.Schooling
	if s == nil {
		return false
	}
	if s.LevelCode == "1125" {
		return true
	}
	m := string(s.Programme)
	if len(m) != 11 {
		return false
	}
	switch m[:3] {
	case "103", "167", "202", "212", "222": // 3e, 3e SEGPA, the general and technological final years
		return true
	}
	return m[0] >= '2' && m[8] >= '2' && m[8] == m[9]
}
