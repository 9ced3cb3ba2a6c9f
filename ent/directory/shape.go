package directory

import (
	"iter"

	"github.com/opencartable/cartable/ent"
)

// Shape is what a vendor keeps of what feeds say: a product with a table of names and classes compares these alone.
type Shape struct {
	// States names the fields and the kinds of ties that are kept.
	States []ent.Field
	// Establishment, Class, Group and Tie trim what is kept, and return false for what is left out. Nil keeps all as it is.
	Establishment func(*ent.Establishment) bool
	Class         func(*ent.Class) bool
	Group         func(*ent.Group) bool
	Tie           func(*Tie) bool
}

// Shaped returns a source that says no more than a shape keeps.
func Shaped(src Source, s Shape) Source { return shaped{src, s, FieldsOf(s.States...)} }

type shaped struct {
	Source
	shape Shape
	set   FieldSet
}

func (s shaped) Feed() Feed {
	f := s.Source.Feed()
	states := map[Category]FieldSet{Pupil: s.set, Relative: s.set, Staff: s.set, Guest: s.set}
	for c, set := range f.States {
		states[c] &= set
	}
	f.States = states
	return f
}

func (s shaped) Establishments() iter.Seq[ent.Establishment] {
	return trimmed(s.Source.Establishments(), s.shape.Establishment)
}

func (s shaped) Classes() iter.Seq[ent.Class] { return trimmed(s.Source.Classes(), s.shape.Class) }

func (s shaped) Groups() iter.Seq[ent.Group] { return trimmed(s.Source.Groups(), s.shape.Group) }

func trimmed[T any](list iter.Seq[T], trim func(*T) bool) iter.Seq[T] {
	if trim == nil {
		return list
	}
	return func(yield func(T) bool) {
		for v := range list {
			if trim(&v) && !yield(v) {
				return
			}
		}
	}
}

func (s shaped) Record(h Head) Record {
	r := s.Source.Record(h)
	kept := r.Ties[:0:0]
	for _, t := range r.Ties {
		if s.set&t.Kind.bit() != 0 && (s.shape.Tie == nil || s.shape.Tie(&t)) {
			kept = append(kept, t)
		}
	}
	r.Ties = kept
	for i, f := range fieldTable() { // what is not kept is not handed over either
		if s.set&(1<<i) == 0 && f.get(&r.Person) != "" {
			_ = f.set(&r.Person, "") // nothing is a text of every field
		}
	}
	return r
}
