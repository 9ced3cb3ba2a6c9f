package directory

import (
	"iter"

	"github.com/opencartable/cartable/ent"
)

// Source is what an origin says today: a feed, a file, changes made by hand. Establishments, classes and groups bear the
// origin's own identifiers; Compare finds those that are known.
type Source interface {
	// Feed says what the delivery is.
	Feed() Feed
	Establishments() iter.Seq[ent.Establishment]
	Classes() iter.Seq[ent.Class]
	Groups() iter.Seq[ent.Group]
	// Heads yields every person of the source once, in any order.
	Heads() iter.Seq[Head]
	// Record returns all that the source says of a person that Heads yielded.
	Record(h Head) Record
}

// Head names a record and sums it up, so that one which has not changed is not even made.
type Head struct {
	Key Key
	Op  RecordOp
	// Hash is zero when the source has none: the record is then compared field by field.
	Hash Hash
	// Account names the person by the directory's own identifier, in place of a key: a change by hand.
	Account ent.ID
	// Ref is for the source's own use.
	Ref uint32
}

// RecordOp is what a record asks.
type RecordOp string

// The operations of a record.
const (
	RecordAdd    RecordOp = ""       // all that the origin knows of the person
	RecordModify RecordOp = "modify" // only what Stated names
	RecordDelete RecordOp = "delete"
	// RecordRestore, by hand only, takes back what put an account on its way to deletion.
	RecordRestore RecordOp = "restore"
)

// Record is what an origin says of one person.
type Record struct {
	Key Key
	Op  RecordOp
	// Person holds the fields; its ID, affiliations, classes, groups and teachings are left empty: Ties say them.
	Person ent.Person
	Ties   []Tie
	// Stated is what the record speaks of; zero for all that the feed states, and for nothing in a modification.
	Stated FieldSet
	// SchoolUAI is the UAI of the school whose number Schooling.SchoolNumber is; Adopt matches on it.
	SchoolUAI ent.UAI
	Pos       ent.Pos
}

// Feed says what a delivery is.
type Feed struct {
	Origin Origin `json:"origin"`
	// Complete says that who is absent has left. Otherwise (a Delta, a change by hand) who is absent is unchanged.
	Complete bool `json:"complete,omitempty"`
	// Scope, when set, limits the absence to these establishments of the origin: a file of one school.
	Scope []ent.ID `json:"scope,omitempty"`
	// Date is when the origin made it; an older one than the last applied is refused.
	Date    ent.Date        `json:"date,omitzero"`
	Academy ent.AcademyCode `json:"academy,omitempty"`
	Degree  ent.Degree      `json:"degree,omitempty"`
	// Named are persons whom records of the delivery name and whom it does not hold: relatives that pupils name, pupils that
	// relatives name. When they are known, a file is lost rather than they have left.
	Named []Key `json:"-"`
	// Missing counts the files that the delivery should hold and does not.
	Missing int `json:"missing,omitempty"`
	// States is what the origin speaks of, by category; AllFields for one that is not there.
	States map[Category]FieldSet `json:"-"`
	// Context changes when equal records may mean something else: a school that came or went, another policy.
	Context Hash `json:"context,omitzero"`
}

// states returns what a record speaks of.
func (f *Feed) states(r *Record) FieldSet {
	set, ok := f.States[r.Key.Category]
	if !ok {
		set = AllFields
	}
	if r.Stated != 0 || r.Op == RecordModify { // a modification that speaks of nothing we keep changes nothing
		set &= r.Stated
	}
	return set
}

// Overlay writes over a record what a later one of the same key states.
func (r *Record) Overlay(later *Record) {
	set := later.Stated
	if set == 0 && later.Op != RecordModify {
		set = AllFields
	}
	for i, f := range fieldTable() {
		v := f.get(&later.Person)
		if set&(1<<i) != 0 && v != f.get(&r.Person) {
			_ = f.set(&r.Person, v) // a text that comes from a field is one of the field
		}
	}
	kept := r.Ties[:0:0]
	for i := range r.Ties {
		if set&r.Ties[i].Kind.bit() == 0 {
			kept = append(kept, r.Ties[i])
		}
	}
	for i := range later.Ties {
		if set&later.Ties[i].Kind.bit() != 0 {
			kept = append(kept, later.Ties[i])
		}
	}
	r.Ties = kept
	switch {
	case set == AllFields:
		r.Stated = 0
	case r.Stated != 0 || r.Op == RecordModify:
		r.Stated |= set
	}
	if later.SchoolUAI != "" {
		r.SchoolUAI = later.SchoolUAI
	}
}
