package aaf

import (
	"context"
	"iter"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Model is a whole delivery joined: who is in which class, whose relative is whose, and which references lead nowhere.
// It holds every record with what it does not know, in about 250 bytes a person. It is safe for concurrent reading, not
// while [Model.Apply] runs.
type Model struct {
	opt    Options
	st     *store
	header Header
	degree ent.Degree
	gen    ent.Generation
	kind   Kind
	date   ent.Date
	report *ent.Report
	files  []string

	structures []*Structure
	byStruct   map[string]*Structure
	subjects   map[string]*Subject
	programmes map[string]*Programme
	classes    groupSet
	groups     groupSet
	children   adjacency // relative row → pupil rows
	staffAt    map[string][]uint32
	numbers    []numbered // pupils by structure and number, sorted by hash
	dangling   []Dangling
	reverse    []Dangling
}

// Dangling is a reference that leads nowhere.
type Dangling struct {
	// Category and From are those of the record that holds the reference, Attribute where it stands.
	Category  Category
	From      string
	Attribute string
	// Value is the value as the record gives it, Code what is missing, Target the identifier of it.
	Value  string
	Code   ent.Code
	Target string
}

// Model reads the whole delivery and joins it. Modifications and deletions, which a Complet never holds, are applied in
// their place, as [Model.Apply] does: a Delta read on its own gives what it adds, and warnings. A record of an unknown
// category has no place in a model: it is counted as refused. Model returns an error, and no model, when a file could not be read to its
// end: a Complet with a hole would look like thousands of departures. The report of the model says why.
func (d *Delivery) Model(ctx context.Context) (*Model, error) {
	m := &Model{opt: d.opt, st: newStore(), kind: d.Kind(), date: d.Date()}
	r := d.Reader()
	m.report = r.report
	t := newTypist(r)
	ranks := m.ranks(d)
	var canceled error
	var late []staged
	changes := int64(0)
	_, tar := d.from.(tarball)
	inOrder := !tar
	err := r.pass(func(x *raw) bool {
		if canceled = ctx.Err(); canceled != nil {
			return false
		}
		e := t.entry(x, t.keep(x.text))
		if !m.storable(x, r) || !t.accept(&e, x) {
			return true
		}
		if x.op != Add {
			changes++
		}
		s := stage(m.st, x, ranks[r.current.name], r)
		if inOrder {
			m.read(&s, r)
		} else { // a tarball comes in its own order
			late = append(late, s)
		}
		return true
	})
	if canceled != nil {
		return nil, canceled
	}
	if err != nil {
		return nil, &ModelError{Report: m.report, err: err}
	}
	m.st.sortStaged(late)
	for i := range late {
		m.read(&late[i], r)
	}
	switch {
	case m.kind == Delta:
		m.report.Add(catalog().New(CodeDeltaAlone, ent.Pos{}, "$"))
	case changes > 0:
		m.report.Add(catalog().New(CodeNotComplet, ent.Pos{}, "$", ent.Count("count", changes)))
	}
	m.know(d)
	m.header, m.degree, m.gen = r.Header(), r.Degree(), r.Generation()
	if m.date.IsZero() {
		m.date = m.header.Generated
	}
	m.join()
	return m, nil
}

// ModelError is why a delivery gives no model, with the report of what was read.
type ModelError struct {
	Report *ent.Report
	err    error
}

// Error returns the errors of the files.
func (e *ModelError) Error() string { return e.err.Error() }

// Unwrap returns the errors of the files.
func (e *ModelError) Unwrap() error { return e.err }

// ranks numbers the files in their reading order, after those that the model knows.
func (m *Model) ranks(d *Delivery) map[string]uint32 {
	out := make(map[string]uint32, len(d.files))
	for i := range d.files {
		out[d.files[i].Name] = uint32(len(m.files) + i) //nolint:gosec // bounded by Limits.Entries
	}
	return out
}

// read applies one record of the first reading, where an identifier that is known was said by this same delivery.
func (m *Model) read(s *staged, r *Reader) {
	old, known := m.st.find(m.st.rows[s.row].cat, m.st.id(s.row))
	if known && s.op != Modify { // two modifications add up
		m.file(s, r, CodeDuplicate)
	}
	m.settle(s, old, known, r, ApplyPolicy{})
}

// know keeps the names of the files of a delivery that was applied.
func (m *Model) know(d *Delivery) {
	for i := range d.files {
		m.files = append(m.files, d.files[i].Name)
	}
}

// storable reports whether the model has a place for a record, and counts one of an unknown category as refused.
func (m *Model) storable(x *raw, r *Reader) bool {
	if x.cat != catUnknown {
		return true
	}
	kind := "? " + string(x.op)
	sum := r.others[kind]
	r.others[kind] = ent.Tally{Read: sum.Read, Kept: sum.Kept - 1, Refused: sum.Refused + 1}
	r.report.Lose(ent.Loss{Code: CodeUnknownCategory, Field: "record", Count: 1})
	return false
}

// Header returns what the comments of the files say.
func (m *Model) Header() Header { return m.header }

// Degree returns the degree of the feed, "" when nothing tells.
func (m *Model) Degree() ent.Degree { return m.degree }

// Generation returns which code lists the feed follows.
func (m *Model) Generation() ent.Generation { return m.gen }

// Date returns the date of the last delivery that the model holds.
func (m *Model) Date() ent.Date { return m.date }

// Report returns the account of the reading and of the join.
func (m *Model) Report() *ent.Report { return m.report }

// Dangling returns the references that lead nowhere, in the order of the records.
func (m *Model) Dangling() []Dangling { return m.dangling }

// ReverseOnly returns the pupils that a relative names and who do not name that relative: no right comes from it.
func (m *Model) ReverseOnly() []Dangling { return m.reverse }

// Count returns how many records of a category the model holds.
func (m *Model) Count(c Category) int {
	n, want := 0, indexOf(c)
	for i := range m.st.rows {
		if r := &m.st.rows[i]; r.cat == want && !r.dead {
			n++
		}
	}
	return n
}

// rows yields the live rows of a category.
func (m *Model) rows(c catIndex) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := range m.st.rows {
			if r := &m.st.rows[i]; r.cat == c && !r.dead && !yield(uint32(i)) { //nolint:gosec // fewer than 2^32
				return
			}
		}
	}
}

// Records yields every record of the model, category by category in the order of Categories, as ones to add.
func (m *Model) Records() iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		var x raw
		for c := range catUnknown {
			for n := range m.rows(c) {
				m.st.get(n, &x)
				if !yield(x.record()) {
					return
				}
			}
		}
	}
}

// unpacker makes typed records out of rows. One serves many rows; what it returns shares nothing with it.
type unpacker struct {
	m *Model
	x raw
	d decoder
}

func (m *Model) unpacker(bulk bool) *unpacker {
	u := &unpacker{m: m}
	if bulk {
		u.d.inBulk()
	}
	return u
}

func unpack[T any](u *unpacker, n uint32, t *table[T], dst *T, head *Head) {
	u.m.st.get(n, &u.x)
	fill(&u.d, t, dst, head, &u.x, string(u.x.text))
}

func (u *unpacker) pupil(n uint32) *Pupil {
	p := &Pupil{}
	unpack(u, n, pupilTable(), p, &p.Head)
	p.tidy()
	return p
}

func (u *unpacker) relative(n uint32) *Relative {
	p := &Relative{}
	unpack(u, n, relativeTable(), p, &p.Head)
	p.tidy()
	return p
}

func (u *unpacker) staff(n uint32) *StaffMember {
	s := &StaffMember{}
	unpack(u, n, staffTable(), s, &s.Head)
	return s
}

func (m *Model) pupil(n uint32) *Pupil { return m.unpacker(false).pupil(n) }

func (m *Model) staff(n uint32) *StaffMember { return m.unpacker(false).staff(n) }

func each[T any](m *Model, c catIndex, get func(*unpacker, uint32) *T) iter.Seq[*T] {
	return func(yield func(*T) bool) {
		u := m.unpacker(true)
		for n := range m.rows(c) {
			if !yield(get(u, n)) {
				return
			}
		}
	}
}

func lookup[T any](m *Model, c catIndex, id string, get func(*unpacker, uint32) *T) (*T, bool) {
	n, ok := m.st.find(c, []byte(id))
	if !ok {
		return nil, false
	}
	return get(m.unpacker(false), n), true
}

// Pupils yields the pupils in the order of the delivery.
func (m *Model) Pupils() iter.Seq[*Pupil] { return each(m, catPupil, (*unpacker).pupil) }

// Relatives yields the relatives in the order of the delivery.
func (m *Model) Relatives() iter.Seq[*Relative] { return each(m, catRelative, (*unpacker).relative) }

// Staff yields the staff in the order of the delivery.
func (m *Model) Staff() iter.Seq[*StaffMember] { return each(m, catStaff, (*unpacker).staff) }

// Pupil returns the pupil of an identifier.
func (m *Model) Pupil(id string) (*Pupil, bool) { return lookup(m, catPupil, id, (*unpacker).pupil) }

// Relative returns the relative of an identifier.
func (m *Model) Relative(id string) (*Relative, bool) {
	return lookup(m, catRelative, id, (*unpacker).relative)
}

// StaffMember returns the staff member of an identifier.
func (m *Model) StaffMember(id string) (*StaffMember, bool) {
	return lookup(m, catStaff, id, (*unpacker).staff)
}

// Structures returns the structures in the order of the delivery. The caller does not change them.
func (m *Model) Structures() []*Structure { return m.structures }

// Structure returns the structure of a key, which is not a UAI.
func (m *Model) Structure(key string) (*Structure, bool) {
	s, ok := m.byStruct[key]
	return s, ok
}

// Subject returns the subject of a code.
func (m *Model) Subject(code string) (*Subject, bool) { s, ok := m.subjects[code]; return s, ok }

// Programme returns the programme of a MEF.
func (m *Model) Programme(mef string) (*Programme, bool) {
	p, ok := m.programmes[mef]
	return p, ok
}

// NationalMEF returns the national programme of a MEF: itself when it is national or when the delivery ties it to none.
func (m *Model) NationalMEF(mef string) string {
	if p, ok := m.programmes[mef]; ok && p.National != "" {
		return p.National
	}
	return mef
}

// Level is what a study programme counts as in statistics.
type Level struct {
	// By says what told it: "mef" (a national programme), "attached" (the national programme that a local one is attached
	// to), "stat" (the first five digits of its statistical code), "label" (nothing better than its label).
	By    string
	Code  string
	Label string
}

// LevelOf returns the level of a MEF: itself when it is national, otherwise the programme it is attached to, otherwise its
// statistical code, otherwise its label. It returns false for a MEF that the delivery does not describe.
func (m *Model) LevelOf(mef string) (Level, bool) {
	p, ok := m.programmes[mef]
	switch {
	case !ok:
		return Level{}, false
	case ent.MEF(mef).Variant() == ent.MEFNational:
		return Level{"mef", mef, p.Label}, true
	case p.National != "":
		label := p.Label
		if n, ok := m.programmes[p.National]; ok {
			label = n.Label
		}
		return Level{"attached", p.National, label}, true
	case len(p.Stat) == 11:
		return Level{"stat", p.Stat[:5], p.Label}, true
	}
	return Level{"label", p.Label, p.Label}, true
}

// NationalSubject returns the national subject of a code: itself when the delivery ties it to none.
func (m *Model) NationalSubject(code string) string {
	if s, ok := m.subjects[code]; ok && s.National != "" {
		return s.National
	}
	return code
}

// LinksOf returns the links of a pupil to relatives, each once.
func (m *Model) LinksOf(pupil string) []Link {
	if p, ok := m.Pupil(pupil); ok {
		return p.Links
	}
	return nil
}

// ChildrenOf returns the pupils who name a relative, in the order of the delivery.
func (m *Model) ChildrenOf(relative string) []string {
	n, ok := m.st.find(catRelative, []byte(relative))
	if !ok {
		return nil
	}
	return m.ids(m.children.of(n))
}

func (m *Model) ids(rows []uint32) []string {
	out := make([]string, len(rows))
	for i, n := range rows {
		out[i] = string(m.st.id(n))
	}
	return out
}

// Responsible yields the relatives with whom some pupil has a legal representative, and with inCharge those who look
// after one without being it: those who may have an account. Source: SDET 6.3, niveau de responsabilité.
func (m *Model) Responsible(inCharge bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		for n := range m.rows(catRelative) {
			id := string(m.st.id(n))
			if m.answers(id, m.children.of(n), inCharge) && !yield(id) {
				return
			}
		}
	}
}

func (m *Model) answers(relative string, pupils []uint32, inCharge bool) bool {
	for _, p := range pupils {
		for _, l := range m.pupil(p).Links {
			if l.Relative != relative {
				continue
			}
			r, _ := ent.ParseResponsibility(l.Legal, m.gen)
			if r == ent.ResponsibilityLegal || inCharge && r == ent.ResponsibilityInCharge {
				return true
			}
		}
	}
	return false
}

// FunctionGroups returns the keys of the function groups a staff member belongs to: structure$discipline for a teacher,
// structure$function for the others.
func (s *StaffMember) FunctionGroups() []string {
	var out []string
	for i := range s.Functions {
		f := &s.Functions[i]
		switch f.Code {
		case ent.FunctionNone, "":
		case ent.FunctionTeaching:
			out = appendNew(out, f.Structure+"$"+f.Discipline)
		default:
			out = appendNew(out, f.Structure+"$"+string(f.Code))
		}
	}
	return out
}

// classKey joins a structure and a code.
func classKey(structure, code string) string { return structure + "$" + code }

// cutKey undoes classKey.
func cutKey(key string) (structure, code string) {
	structure, code, _ = strings.Cut(key, "$")
	return structure, code
}
