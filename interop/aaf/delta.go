package aaf

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// ApplyPolicy says how a delivery is applied to a model. The zero value is the usual one.
type ApplyPolicy struct {
	// RejectUnknownModify refuses the modification of an object that is not known; otherwise it is applied as an add when
	// it says enough of a person, with a warning.
	RejectUnknownModify bool
	// AllowComplet applies a Complet as if it were a Delta: what it lacks stays, and nobody is removed.
	AllowComplet bool
	// AllowOlder applies a delivery older than the last one: the caller knows why.
	AllowOlder bool
}

// Apply brings a Delta into the model: adds replace entirely, modifications replace the attributes they hold (an empty
// one clears, an absent one changes nothing), deletions remove, in the order of the file names, then of the documents.
// Structures, programmes and subjects, which a Delta sends whole, are replaced one by one. It either applies the whole
// delivery or changes nothing: a file that cannot be read to its end, a delivery older than the last one, a Complet, or a
// delivery of another academy or degree is an error. Applying the same Delta again changes nothing. The report is that of
// this delivery and of the join after it.
func (m *Model) Apply(ctx context.Context, d *Delivery, policy ApplyPolicy) (*ent.Report, error) {
	r := d.Reader()
	if d.Kind() == Complet && !policy.AllowComplet {
		return r.report, m.refuse(r, catalog().New(CodeWrongDelivery, ent.Pos{}, "$"))
	}
	if err := m.older(r, d.Date(), policy); err != nil {
		return r.report, err
	}
	kept := m.st.mark()
	list, err := m.stageAll(ctx, d, r)
	header, day := r.Header(), d.Date()
	if day.IsZero() {
		day = header.Generated
	}
	if err == nil {
		err = m.older(r, day, policy)
	}
	if err == nil && (m.header.differs(header) || m.degree != "" && r.Degree() != "" && m.degree != r.Degree()) {
		err = m.refuse(r, catalog().New(CodeWrongDelivery, ent.Pos{}, "$"))
	}
	if err != nil {
		m.st.rollback(kept)
		return r.report, fmt.Errorf("aaf: nothing applied: %w", err)
	}
	seen := make(map[string]bool, len(list))
	for i := range list {
		s := &list[i]
		key := string(rune(m.st.rows[s.row].cat)) + string(m.st.id(s.row))
		if seen[key] && s.op != Modify { // two modifications add up
			m.file(s, r, CodeDuplicate)
		}
		seen[key] = true
		m.commit(s, r, policy)
	}
	m.know(d)
	header.merge(m.header) // what the Delta does not say stays
	m.header = header
	if m.date.Before(day) {
		m.date = day
	}
	m.st.compact()
	before := m.report
	m.report = &ent.Report{}
	m.join()
	r.report.Merge(m.report)
	m.report = before
	return r.report, nil
}

// stageAll reads a delivery into rows that no index knows, and returns them in the order in which they apply.
func (m *Model) stageAll(ctx context.Context, d *Delivery, r *Reader) ([]staged, error) {
	var list []staged
	t := newTypist(r)
	ranks := m.ranks(d)
	err := r.pass(func(x *raw) bool {
		if ctx.Err() != nil {
			return false
		}
		e := t.entry(x, t.keep(x.text))
		if m.storable(x, r) && t.accept(&e, x) {
			list = append(list, stage(m.st, x, ranks[r.current.name], r))
		}
		return true
	})
	if err == nil {
		err = ctx.Err()
	}
	m.st.sortStaged(list)
	return list, err
}

func (m *Model) refuse(r *Reader, i ent.Issue) error {
	r.report.Add(i)
	return i
}

// older refuses a delivery older than the last one applied. A missing date is not older.
func (m *Model) older(r *Reader, day ent.Date, policy ApplyPolicy) error {
	if policy.AllowOlder || day.IsZero() || !day.Before(m.date) {
		return nil
	}
	return m.refuse(r, catalog().New(CodeOlderFeed, ent.Pos{}, "$", ent.DateOf("date", day), ent.DateOf("last", m.date)))
}

// staged is a record read and not yet applied.
type staged struct {
	op   Op
	row  uint32
	line int
	col  int
	off  int64
}

func stage(st *store, x *raw, file uint32, r *Reader) staged {
	p := r.current.pos
	s := staged{op: x.op, row: st.put(x, file), line: p.Line, col: p.Column, off: p.Offset}
	st.rows[s.row].dead = true                                // until it is applied
	st.rows[s.row].line = uint32(min(p.Line, math.MaxUint32)) //nolint:gosec // bounded
	return s
}

// sortStaged orders records by file name; those of one file are in their order already.
func (s *store) sortStaged(list []staged) {
	slices.SortStableFunc(list, func(a, b staged) int { return cmp.Compare(s.rows[a.row].file, s.rows[b.row].file) })
}

// file files an issue about a staged record.
func (m *Model) file(s *staged, r *Reader, code ent.Code) {
	row := &m.st.rows[s.row]
	id := shownID(m.st.id(s.row))
	pos := ent.Pos{Line: s.line, Column: s.col, Offset: s.off, Record: id}
	if n := int(row.file) - len(m.files); n >= 0 && n < len(r.d.files) {
		pos.File = r.d.files[n].Name
	}
	r.report.Add(catalog().New(code, pos, "$."+string(row.cat.category())+"['"+id+"']"))
}

// commit applies one record. An identifier that stands several times in one delivery ends as its last record says.
func (m *Model) commit(s *staged, r *Reader, policy ApplyPolicy) {
	old, known := m.st.find(m.st.rows[s.row].cat, m.st.id(s.row))
	m.settle(s, old, known, r, policy)
}

// settle is commit for an identifier that was looked up already.
func (m *Model) settle(s *staged, old uint32, known bool, r *Reader, policy ApplyPolicy) {
	row := &m.st.rows[s.row]
	switch s.op {
	case Delete:
		if !known {
			m.file(s, r, CodeDeleteUnknown)
			return
		}
		m.st.rows[old].dead = true
	case Modify:
		m.modify(s, old, known, r, policy)
	case Add:
		if known {
			m.st.rows[old].dead = true
		}
		row.dead = false
		m.st.set(row.cat, s.row)
	}
}

func (m *Model) modify(s *staged, old uint32, known bool, r *Reader, policy ApplyPolicy) {
	cat := m.st.rows[s.row].cat
	refused := func() {
		m.file(s, r, CodeModifyRefused)
		r.report.Count(string(cat.category())+" "+string(Modify), ent.Tally{Kept: -1, Refused: 1})
	}
	if !known {
		m.file(s, r, CodeModifyUnknown)
		if policy.RejectUnknownModify || !m.suffices(s.row, cat) {
			refused()
			return
		}
		m.st.rows[s.row].dead = false
		m.st.set(cat, s.row)
		return
	}
	var x, change raw
	m.st.get(s.row, &change)
	m.st.get(old, &x)
	merged := x.record()
	apply(merged, change.record())
	x.load(merged)
	n := m.st.put(&x, m.st.rows[s.row].file)
	m.st.rows[n].line = m.st.rows[s.row].line
	if !m.suffices(n, cat) {
		m.st.rows[n].dead = true
		refused()
		return
	}
	m.st.rows[old].dead = true
	m.st.set(cat, n)
}

// apply replaces in a record the attributes that a modification holds; one that stands twice in it adds up.
func apply(rec, change *Record) {
	changed := make(map[string]bool, len(change.Attrs))
	for _, a := range change.Attrs {
		changed[a.Name] = true
	}
	at := make(map[string]int, len(rec.Attrs))
	kept := make([]Attr, 0, len(rec.Attrs)+len(change.Attrs))
	for _, a := range rec.Attrs {
		if _, twice := at[a.Name]; changed[a.Name] && twice {
			continue
		}
		at[a.Name] = len(kept)
		kept = append(kept, a)
	}
	replaced := make(map[string]bool, len(changed))
	for _, a := range change.Attrs {
		if i, ok := at[a.Name]; ok && !replaced[a.Name] {
			kept[i] = a
		} else {
			kept = append(kept, a)
		}
		replaced[a.Name] = true
	}
	rec.Attrs = kept
}

// suffices reports whether a record holds what an add must.
func (m *Model) suffices(n uint32, cat catIndex) bool {
	switch cat {
	case catPupil:
		return lacks(&m.pupil(n).Name) == ""
	case catRelative:
		return m.unpacker(false).relative(n).Name.Family != ""
	case catStaff:
		return lacks(&m.staff(n).Name) == ""
	case catStructure, catSubject, catProgramme, catUnknown, catCount:
	}
	return true
}

// mark is the state of a store to come back to.
type mark struct{ rows, chunks, last int }

func (s *store) mark() mark {
	k := mark{rows: len(s.rows), chunks: len(s.chunks)}
	if k.chunks > 0 {
		k.last = len(s.chunks[k.chunks-1])
	}
	return k
}

// rollback forgets the rows put since the mark. None of them was indexed.
func (s *store) rollback(k mark) {
	s.rows = s.rows[:k.rows]
	s.chunks = s.chunks[:k.chunks]
	if k.chunks > 0 {
		s.chunks[k.chunks-1] = s.chunks[k.chunks-1][:k.last]
	}
}
