package bulletin

import (
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Options say what is printed. The zero Options print an official bulletin in French, without ranks, coefficients, chart or
// previous periods, under [gradebook.RescaledRoundLast].
type Options struct {
	// Policy of the averages; it must round those of teachings, the general ones and the statistics.
	Policy *gradebook.Policy `json:"-"`
	// Lang of the texts of the page; French when it is not one of ours.
	Lang ent.Lang `json:"lang"`
	// Draft prints before the term is locked, and says so across the page.
	Draft bool `json:"draft,omitempty"`
	Rank  bool `json:"rank,omitempty"`
	// MinimumGroup is how many averages a group has at least for its figures to be printed: DefaultMinimumGroup of package
	// gradebook when 0; 1 withholds nothing.
	MinimumGroup    int  `json:"minimumGroup"`
	Chart           bool `json:"chart,omitempty"`
	Coefficients    bool `json:"coefficients,omitempty"`
	PreviousPeriods bool `json:"previousPeriods,omitempty"`
	// INE prints the national number of the pupil.
	INE bool `json:"ine,omitempty"`
	// Categories order and name the groups of teachings; those of no category come last. Without any, lines are not grouped.
	Categories []Category `json:"categories,omitempty"`
	// Mentions name the codes of opinions; a code without one is printed as it is, when there is no text either.
	Mentions []Mention `json:"mentions,omitempty"`
	// Zone is that of the school, for the day of the visa; UTC when nil.
	Zone *time.Location `json:"-"`
}

// Category names a category of teachings.
type Category struct {
	ID    ent.ID `json:"id"`
	Label string `json:"label"`
}

// Mention names a mention of a school.
type Mention struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// People is what a gradebook does not know: it knows identifiers only. Functions that are nil know nobody.
type People struct {
	School School
	// HeadTeachers of the class (professeurs principaux).
	HeadTeachers []ent.ID
	// Pupil returns who a pupil is; false, or no name, leaves the pupil out.
	Pupil func(ent.ID) (Pupil, bool)
	// Person returns the name of a teacher, of the president of the council or of the head, as it is printed; "" for unknown.
	Person func(ent.ID) string
	// Life returns what is known of the presence of a pupil in a period.
	Life func(pupil, period ent.ID) Life
}

func (p *People) pupil(id ent.ID) (Pupil, bool) {
	if p.Pupil == nil {
		return Pupil{}, false
	}
	x, ok := p.Pupil(id)
	x.ID = id
	return x, ok
}

func (p *People) name(id ent.ID) string {
	if p.Person == nil || id == "" {
		return ""
	}
	return p.Person(id)
}

func say(lang ent.Lang, fr, en string) string { return ent.Label{FR: fr, EN: en}.In(lang) }
