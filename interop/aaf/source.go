package aaf

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// SourceOptions say how a delivery becomes a source of ent/directory.
type SourceOptions struct {
	// Origin names the feed family: "aaf:" or "aaf1d:" and the academy when empty, by the degree of the feed.
	Origin directory.Origin
	// Kind is that of the delivery when its names do not say it. A delivery of no kind is never taken for a complete one:
	// nobody leaves because of it.
	Kind Kind
	// Profiles makes the profiles of the staff.
	Profiles ProfilePolicy
}

// Source is a delivery as ent/directory compares it. It implements [directory.Source].
type Source struct {
	m       *Model
	o       SourceOptions
	feed    directory.Feed
	u       *unpacker
	scratch []byte
	sums    []byte // of the symbols, twelve bytes each
	// deltas are the changes of a Delta, by key, in their order.
	deltas map[directory.Key]*delta
	order  []directory.Key
	report *ent.Report
}

// delta is what a Delta says of one record.
type delta struct {
	op      Op
	entries []Entry
}

// Source reads a delivery, whole, for ent/directory: a Complet, or a Delta whose modifications state only what they hold.
// It returns an error when a file cannot be read to its end; what is wrong with the delivery is in the report of the
// source, and a missing chunk in its feed, which makes a comparison stop.
func (d *Delivery) Source(ctx context.Context, o SourceOptions) (*Source, error) {
	m, err := d.Model(ctx)
	if err != nil {
		return nil, err
	}
	s := &Source{m: m, o: o, u: m.unpacker(false), report: d.Report()}
	s.report.Merge(m.Report())
	kind := cmp.Or(o.Kind, d.Kind())
	if kind == Delta {
		if err := s.readDelta(ctx, d); err != nil {
			return nil, err
		}
	}
	s.describe(d, kind)
	return s, nil
}

// Source makes a source of a model that was read from a Complet, or that a Delta was applied to.
func (m *Model) Source(o SourceOptions) *Source {
	s := &Source{m: m, o: o, u: m.unpacker(false), report: m.Report()}
	s.describe(nil, cmp.Or(o.Kind, m.kind))
	return s
}

// Report returns the account of the reading.
func (s *Source) Report() *ent.Report { return s.report }

// Model returns the delivery joined; of a Delta, what it adds.
func (s *Source) Model() *Model { return s.m }

func (s *Source) describe(d *Delivery, kind Kind) {
	m := s.m
	academy := cmp.Or(m.opt.Academy, string(m.header.Academy))
	if s.o.Origin == "" {
		s.o.Origin = directory.Origin(directory.KindAAF + ":" + academy)
		if m.degree == ent.FirstDegree {
			s.o.Origin = directory.Origin(directory.KindAAF1D + ":" + academy)
		}
	}
	s.feed = directory.Feed{
		Origin: s.o.Origin, Complete: kind == Complet, Date: m.date, Academy: m.header.Academy, Degree: m.degree,
		States: map[directory.Category]directory.FieldSet{
			directory.Pupil: pupilStates(m.degree), directory.Relative: relativeStates(), directory.Staff: staffStates(m.degree),
		},
		Context: s.context(),
	}
	for _, x := range m.dangling {
		if x.Code == CodeUnknownRelative {
			s.feed.Named = append(s.feed.Named, directory.Key{Origin: s.o.Origin, Category: directory.Relative, ID: x.Target})
		}
	}
	for _, x := range m.reverse {
		if !m.Has(Pupils, x.Target) {
			s.feed.Named = append(s.feed.Named, directory.Key{Origin: s.o.Origin, Category: directory.Pupil, ID: x.Target})
		}
	}
	if d != nil {
		s.feed.Missing = int(d.report.CountOf(CodeChunkMissing))
	}
}

// context sums up what gives records their meaning beside their own words: which structures there are and of what nature,
// the generation of the codes, the policy.
func (s *Source) context() directory.Hash {
	h := sha256.New()
	fmt.Fprintf(h, "1|%s|%s|%v\n", s.m.gen, s.m.degree, s.o.Profiles)
	keys := make([]string, 0, len(s.m.structures))
	for _, x := range s.m.structures {
		keys = append(keys, fmt.Sprintf("%s|%s|%t\n", x.ID, x.uai(), academic(x.Nature)))
	}
	slices.Sort(keys)
	for _, k := range keys {
		h.Write([]byte(k))
	}
	var out directory.Hash
	copy(out[:], h.Sum(nil))
	return out
}

// names are stated by every category.
func namesStated() []ent.Field {
	return []ent.Field{"name.title", "name.family", "name.birth", "name.given", "name.others"}
}

func pupilStates(degree ent.Degree) directory.FieldSet {
	f := append(
		namesStated(), "birthDate", "contact.mail", "contact.home", "schooling.ine", "schooling.establishment", "schooling.level",
		"schooling.regime", "schooling.transport", "schooling.from", "schooling.to", "establishment", "class", "group", "relative",
	)
	if degree == ent.FirstDegree {
		return directory.FieldsOf(append(f, "schooling.levelCode")...)
	}
	return directory.FieldsOf(append(
		f, "contact.address.lines", "contact.address.postalCode", "contact.address.town", "contact.address.country",
		"schooling.schoolNumber", "schooling.programme", "schooling.track", "schooling.regimeLabel", "schooling.scholarship",
		"schooling.apprentice", "schooling.subjects",
	)...)
}

// A relative has no birth date in any feed: what somebody else says of it stays.
func relativeStates() directory.FieldSet {
	return directory.FieldsOf(append(
		namesStated(), "contact.mail", "contact.home", "contact.work", "contact.mobile", "contact.sms", "contact.address.lines",
		"contact.address.postalCode", "contact.address.town", "contact.address.country", "contact.addressShared",
	)...)
}

// A teacher of the first degree carries no class: the tie is made by hand or by a file, and stays.
func staffStates(degree ent.Degree) directory.FieldSet {
	f := append(namesStated(), "birthDate", "contact.mail", "establishment")
	if degree != ent.FirstDegree {
		f = append(f, "teaching", "head-teacher")
	}
	return directory.FieldsOf(f...)
}

// Feed is of [directory.Source].
func (s *Source) Feed() directory.Feed { return s.feed }

// Establishments is of [directory.Source].
func (s *Source) Establishments() iter.Seq[ent.Establishment] { return s.m.Establishments() }

// Classes is of [directory.Source].
func (s *Source) Classes() iter.Seq[ent.Class] {
	return func(yield func(ent.Class) bool) {
		for n := range s.m.classes.nodes {
			g := &s.m.classes.nodes[n]
			if !yield(s.m.EntClass(&Class{Structure: g.structure, Code: g.code, Label: g.label, MEFs: g.parts, Levels: slices.Clone(g.levels)})) {
				return
			}
		}
	}
}

// Groups is of [directory.Source].
func (s *Source) Groups() iter.Seq[ent.Group] {
	return func(yield func(ent.Group) bool) {
		for n := range s.m.groups.nodes {
			g := &s.m.groups.nodes[n]
			if !yield(s.m.EntGroup(&Group{Structure: g.structure, Code: g.code, Label: g.label, Classes: g.parts})) {
				return
			}
		}
	}
}

// categoryOf returns the category of a kind of record in the directory, "" for what is no person.
func categoryOf(c Category) directory.Category {
	switch c {
	case Pupils:
		return directory.Pupil
	case Relatives:
		return directory.Relative
	case Staff:
		return directory.Staff
	case Structures, Programmes, Subjects:
	}
	return ""
}

// Heads is of [directory.Source].
func (s *Source) Heads() iter.Seq[directory.Head] {
	return func(yield func(directory.Head) bool) {
		if s.deltas != nil {
			for _, k := range s.order {
				if !yield(directory.Head{Key: k, Op: recordOp(s.deltas[k].op)}) {
					return
				}
			}
			return
		}
		var ids texts
		for _, c := range []Category{Pupils, Relatives, Staff} {
			to := categoryOf(c)
			for n := range s.m.rows(indexOf(c)) {
				h := directory.Head{Key: directory.Key{Origin: s.o.Origin, Category: to, ID: ids.of(s.m.st.id(n))}, Hash: s.hash(n), Ref: n}
				if !yield(h) {
					return
				}
			}
		}
	}
}

// texts makes short texts of bytes, many of them in one piece of memory.
type texts struct{ b *strings.Builder }

func (t *texts) of(b []byte) string {
	const piece = 4096
	if t.b == nil || t.b.Len()+len(b) > t.b.Cap() {
		t.b = &strings.Builder{}
		t.b.Grow(max(piece, len(b)))
	}
	at := t.b.Len()
	t.b.Write(b)
	return t.b.String()[at:]
}

func recordOp(op Op) directory.RecordOp {
	switch op {
	case Delete:
		return directory.RecordDelete
	case Modify:
		return directory.RecordModify
	case Add:
	}
	return directory.RecordAdd
}

// hash sums up a row: its attributes with their values, in their order. A value that repeats from record to record is summed
// up once, and stands by its sum. What no type has a place for is left out.
func (s *Source) hash(n uint32) directory.Hash {
	st := s.m.st
	out := s.scratch[:0]
	b := st.data(n)
	l := st.uvarint(&b)
	b = b[l:]
	for len(b) > 0 {
		key := b[0]
		b = b[1:]
		if key == 0 {
			st.uvarint(&b)
		}
		values := st.uvarint(&b)
		start := len(out)
		out = append(out, key)
		out = binary.AppendUvarint(out, uint64(values)) //nolint:gosec // written by encode
		for range values {
			v := st.uvarint(&b)
			if v&1 == 1 {
				out = append(out, s.symbol(uint32(v>>1))...) //nolint:gosec // idem
				continue
			}
			out = binary.AppendUvarint(out, uint64(v)) //nolint:gosec // idem
			out = append(out, b[:v>>1]...)
			b = b[v>>1:]
		}
		if key == 0 {
			out = out[:start]
		}
	}
	s.scratch = out
	sum := sha256.Sum256(out)
	return directory.Hash(sum[:16])
}

// symbol returns the sum of a value that repeats.
func (s *Source) symbol(n uint32) []byte {
	const size = 8 // two values that repeat are told apart by 63 bits, and what they make by 128
	if int(n)*size+size > len(s.sums) {
		s.sums = append(s.sums, make([]byte, max(int(n)*size+size-len(s.sums), len(s.sums)))...)
	}
	at := s.sums[int(n)*size : int(n)*size+size]
	if at[0] == 0 {
		sum := sha256.Sum256(s.m.st.syms.bytes(n))
		copy(at, sum[:])
		at[0] |= 1 // never zero: that one is not summed up yet
	}
	return at
}

// Record is of [directory.Source].
func (s *Source) Record(h directory.Head) directory.Record {
	if s.deltas != nil {
		return s.deltaRecord(h)
	}
	r := directory.Record{Key: h.Key, Pos: ent.Pos{Record: shownID([]byte(h.Key.ID))}}
	switch h.Key.Category {
	case directory.Pupil:
		s.pupil(&r, s.u.pupil(h.Ref))
	case directory.Relative:
		s.relative(&r, s.u.relative(h.Ref))
	case directory.Staff:
		s.staff(&r, s.u.staff(h.Ref))
	case directory.Guest:
	}
	return r
}

func (s *Source) pupil(r *directory.Record, p *Pupil) {
	person := s.m.PupilPerson(p)
	if x := s.m.byStruct[p.Structure]; x != nil {
		r.SchoolUAI, _ = ent.ParseUAI(x.uai())
	}
	for _, a := range person.Affiliations {
		r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieEstablishment, Target: a.Establishment, Profile: a.Profile})
	}
	for _, c := range person.Schooling.Classes {
		r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieClass, Target: c})
	}
	for _, g := range person.Schooling.Groups {
		r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieGroup, Target: g})
	}
	for _, l := range p.Links {
		kinship, _ := ent.ParseKinship(l.Kinship)
		resp, _ := ent.ParseResponsibility(l.Legal, s.m.gen)
		r.Ties = append(r.Ties, directory.Tie{
			Kind: directory.TieRelative, Relative: directory.Key{Origin: s.o.Origin, Category: directory.Relative, ID: l.Relative},
			Kinship: kinship, Responsibility: resp, Financial: l.Financial, Payment: l.Payment, Contact: l.Contact,
		})
	}
	r.Person = withoutTies(person)
}

// withoutTies is a person without what the ties say.
func withoutTies(p ent.Person) ent.Person {
	p.ID, p.Affiliations, p.Teachings, p.HeadTeacherOf = "", nil, nil, nil
	if p.Schooling != nil {
		p.Schooling.Classes, p.Schooling.Groups = nil, nil
	}
	return p
}

func (s *Source) relative(r *directory.Record, p *Relative) {
	r.Person = ent.Person{Name: p.Name, BirthDate: p.BirthDate, Contact: p.Contact}
}

func (s *Source) staff(r *directory.Record, x *StaffMember) {
	person := s.m.StaffPerson(x, s.o.Profiles)
	for _, a := range person.Affiliations {
		r.Ties = append(r.Ties, directory.Tie{
			Kind: directory.TieEstablishment, Target: a.Establishment, Profile: a.Profile, Functions: a.Functions, From: a.From, To: a.To,
		})
	}
	for _, t := range person.Teachings {
		tie := directory.Tie{Kind: directory.TieTeaching, Target: t.Class, Subject: t.Subject}
		if t.Group != "" {
			tie.Target, tie.Group = t.Group, true
		}
		r.Ties = append(r.Ties, tie)
	}
	for _, c := range person.HeadTeacherOf {
		r.Ties = append(r.Ties, directory.Tie{Kind: directory.TieHead, Target: c})
	}
	r.Person = withoutTies(person)
}
