package directory

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// AnyVersion is the version of a change that applies whatever the account has become.
const AnyVersion int64 = -1

// Plan is what must be done, and why. It changes nothing by itself. When very many persons are to be created, as on a first
// night, these changes are made from the source as one ranges over the plan, so the source must still be there; a smaller
// plan, or one read from a file, holds them.
type Plan struct {
	Feed  Feed
	Today ent.Date
	// Base numbers the last plan of the origin when this one was made: see Standing.Plan.
	Base int64

	places      []Change
	creates     []Head
	made        []Change // those of creates, in their order, unless there are too many of them to be held
	derived     map[Key][]Tie
	changes     []Change
	seen        []Seen
	blocks      ent.Issues
	report      *ent.Report
	populations []Population
	counts      map[countKey]int64
	remake      func(Head) Change
	// loaded says that changes holds everything, in order.
	loaded  bool
	partial bool
	// stopped says that nothing was compared.
	stopped bool
	only    map[ent.ID]bool
}

// Seen is a record that says nothing new of what the directory keeps, though it is not the one last applied: its hash is all
// there is to keep.
type Seen struct {
	ID   ent.ID `json:"id"`
	Key  Key    `json:"key"`
	Hash Hash   `json:"hash,omitzero"`
}

type countKey struct {
	op            Op
	object        Object
	profile       ent.Profile
	establishment ent.ID
}

// Blocked returns why the plan must not be applied before somebody consents: a guard, an older delivery, missing files,
// another academy. The error names the establishments; errors.Is finds the codes.
func (p *Plan) Blocked() error { return p.blocks.Err() }

// Stopped returns CodeStopped, with why, when the delivery was not compared at all: it is older than the last one, or of
// another academy or degree. No consent applies such a plan: Policy.AllowOlder and Policy.Academy say otherwise before it is
// made.
func (p *Plan) Stopped() error {
	if !p.stopped {
		return nil
	}
	return errors.Join(catalog().New(CodeStopped, ent.Pos{}, "$"), p.Blocked())
}

// Blocks returns the same as issues.
func (p *Plan) Blocks() ent.Issues { return slices.Clone(p.blocks) }

// Report returns the account of the comparison: every record read, kept or refused, and what was noticed.
func (p *Plan) Report() *ent.Report { return p.report }

// Populations returns what the guard saw, by establishment and profile; empty for a delivery that is not complete.
func (p *Plan) Populations() []Population { return slices.Clone(p.populations) }

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool { return len(p.places)+len(p.creates)+len(p.changes) == 0 }

// Partial reports whether the plan is a part of another one: see For.
func (p *Plan) Partial() bool { return p.only != nil || p.partial }

// Total returns how many changes there are.
func (p *Plan) Total() int64 {
	var n int64
	for k, v := range p.counts {
		if k.establishment == "" {
			n += v
		}
	}
	return n
}

// Seen returns the records whose hash alone is to be kept.
func (p *Plan) Seen() []Seen { return slices.Clone(p.seen) }

// Changes yields the changes: establishments, classes and groups first, then relatives, staff, guests and pupils; those to
// create first. The changes of one person follow each other.
func (p *Plan) Changes() iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for _, ch := range p.places {
			if p.wanted(&ch) && !yield(ch) {
				return
			}
		}
		n := 0
		for i, h := range p.creates {
			for ; !p.loaded && n < len(p.changes) && p.changes[n].Key.Category.rank() < h.Key.Category.rank(); n++ {
				if p.wanted(&p.changes[n]) && !yield(p.changes[n]) {
					return
				}
			}
			if ch := p.creation(i); p.wanted(&ch) && !yield(ch) {
				return
			}
		}
		for ; n < len(p.changes); n++ {
			if p.wanted(&p.changes[n]) && !yield(p.changes[n]) {
				return
			}
		}
	}
}

// creation returns the change that creates the person of a record.
func (p *Plan) creation(i int) Change {
	if p.made != nil {
		return p.made[i]
	}
	return p.remake(p.creates[i])
}

func (p *Plan) wanted(ch *Change) bool {
	return p.only == nil || slices.ContainsFunc(ch.Establishments, func(e ent.ID) bool { return p.only[e] })
}

// For returns the part of the plan that concerns some establishments. Its blocks are those of the whole: a delivery that is
// not trusted is not trusted for one school either.
func (p *Plan) For(establishments ...ent.ID) *Plan {
	out := *p
	out.only = map[ent.ID]bool{}
	for _, e := range establishments {
		out.only[e] = true
	}
	out.count()
	return &out
}

func (p *Plan) add(op Op, object Object, profile ent.Profile, at []ent.ID) {
	if p.counts == nil {
		p.counts = map[countKey]int64{}
	}
	p.counts[countKey{op, object, profile, ""}]++
	for _, e := range at {
		p.counts[countKey{op, object, profile, e}]++
	}
}

// count counts every change but the creations of pupils and staff, which were counted as they were decided.
func (p *Plan) count() {
	if p.only != nil || p.loaded {
		p.counts = nil
		for ch := range p.Changes() {
			p.add(ch.Op, ch.Object, ch.Profile, ch.Establishments)
		}
		return
	}
	for i := range p.places {
		p.add(p.places[i].Op, p.places[i].Object, "", p.places[i].Establishments)
	}
	for i := range p.changes {
		p.add(p.changes[i].Op, p.changes[i].Object, p.changes[i].Profile, p.changes[i].Establishments)
	}
	for _, h := range p.creates {
		if h.Key.Category == Relative {
			p.add(OpCreate, ObjectPerson, ent.ProfileRelative, establishmentsOf(p.derived[h.Key]))
		}
	}
}

// Count returns how many changes of an operation there are for a kind of object.
func (p *Plan) Count(op Op, object Object) int64 {
	var n int64
	for k, v := range p.counts {
		if k.op == op && k.object == object && k.establishment == "" {
			n += v
		}
	}
	return n
}

// Line is a line of a summary: how many changes of an operation, for a profile, in an establishment ("" for all).
type Line struct {
	Op            Op          `json:"op"`
	Object        Object      `json:"object"`
	Profile       ent.Profile `json:"profile,omitempty"`
	Establishment ent.ID      `json:"establishment,omitempty"`
	Count         int64       `json:"count"`
}

// Lines returns the counts: those of the whole first, then by establishment.
func (p *Plan) Lines() []Line {
	out := make([]Line, 0, len(p.counts))
	for k, n := range p.counts {
		out = append(out, Line{k.op, k.object, k.profile, k.establishment, n})
	}
	slices.SortFunc(out, func(a, b Line) int {
		return cmp.Or(
			cmp.Compare(a.Establishment, b.Establishment), cmp.Compare(slices.Index(Ops(), a.Op), slices.Index(Ops(), b.Op)),
			cmp.Compare(a.Object, b.Object), cmp.Compare(a.Profile, b.Profile),
		)
	})
	return out
}

// WriteSummary writes for a person what the plan would do: why it is blocked, the counts, then by establishment. No name
// stands in it.
func (p *Plan) WriteSummary(w io.Writer, lang ent.Lang) error {
	var b strings.Builder
	if len(p.blocks) > 0 {
		b.WriteString(pick(lang, "À NE PAS APPLIQUER SANS CONFIRMATION\n", "NOT TO BE APPLIED WITHOUT CONSENT\n"))
		for _, i := range p.blocks {
			b.WriteString("  ")
			if i.Pos.Record != "" {
				b.WriteString(i.Pos.Record + pick(lang, " : ", ": "))
			}
			b.WriteString(i.Message(lang) + "\n")
		}
	}
	if len(p.counts) == 0 {
		b.WriteString(pick(lang, "Rien à faire.\n", "Nothing to do.\n"))
	}
	last := ent.ID("")
	for _, l := range p.Lines() {
		if l.Establishment != last {
			fmt.Fprintf(&b, "%s\n", l.Establishment)
			last = l.Establishment
		}
		who := l.Object.Label(lang)
		if l.Object == ObjectPerson && l.Profile != "" {
			who = l.Profile.Label(lang)
		}
		fmt.Fprintf(&b, "  %7d  %s (%s)\n", l.Count, l.Op.Label(lang), who)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
