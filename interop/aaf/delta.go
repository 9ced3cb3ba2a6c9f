package aaf

import (
	"context"
	"fmt"

	"github.com/opencartable/cartable/ent"
)

// ApplyPolicy says how a delivery is applied to a model. The zero value is the usual one.
type ApplyPolicy struct {
	// RejectUnknownModify refuses the modification of an object that is not known; otherwise it is applied as an add when
	// it says enough of a person, with a warning.
	RejectUnknownModify bool
	// AllowOlder applies a delivery older than the last one: the caller knows why.
	AllowOlder bool
}

// Apply brings a Delta into the model: adds replace entirely, modifications replace the attributes they hold (an empty
// one clears, an absent one changes nothing), deletions remove. Structures, programmes and subjects, which a Delta sends
// whole, are replaced one by one. It either applies the whole delivery or changes nothing: a file that cannot be read to
// its end, or a delivery older than the last one, is an error. Applying the same Delta again changes nothing.
func (m *Model) Apply(ctx context.Context, d *Delivery, policy ApplyPolicy) (*ent.Report, error) {
	r := d.Reader()
	if day := d.Date(); !policy.AllowOlder && !day.IsZero() && day.Before(m.date) {
		i := catalog().New(CodeOlderFeed, ent.Pos{}, "$", ent.DateOf("date", day), ent.DateOf("last", m.date))
		r.report.Add(i)
		return r.report, i
	}
	var staged []staged
	t := newTypist(r)
	ranks := m.ranks(d)
	kept := m.st.mark()
	err := r.pass(func(x *raw) bool {
		if ctx.Err() != nil {
			return false
		}
		e := t.entry(x, string(x.text))
		if x.cat == catUnknown || !t.accept(&e, x) {
			return true
		}
		staged = append(staged, stage(m.st, x, ranks[r.current.name], r))
		return true
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		m.st.rollback(kept)
		return r.report, fmt.Errorf("aaf: nothing applied: %w", err)
	}
	seen := make(map[string]bool, len(staged))
	for i := range staged {
		s := &staged[i]
		key := string(rune(m.st.rows[s.row].cat)) + string(m.st.id(s.row))
		if seen[key] {
			r.report.Add(catalog().New(CodeDuplicate, s.pos, s.path))
		}
		seen[key] = true
		m.commit(s, r, policy)
	}
	r.report.Merge(m.settleReport(r))
	return r.report, nil
}

// staged is a record read and not yet applied.
type staged struct {
	op   Op
	row  uint32
	pos  ent.Pos
	path string
}

func stage(st *store, x *raw, file uint16, r *Reader) staged {
	s := staged{op: x.op, row: st.put(x, file), pos: r.pos(x), path: r.path(x, "")}
	st.rows[s.row].dead = true // until it is applied
	return s
}

// commit applies one record.
func (m *Model) commit(s *staged, r *Reader, policy ApplyPolicy) {
	cat := m.st.rows[s.row].cat
	old, known := m.st.find(cat, m.st.id(s.row))
	switch s.op {
	case Delete:
		if !known {
			r.report.Add(catalog().New(CodeDeleteUnknown, s.pos, s.path))
			return
		}
		m.st.rows[old].dead = true
	case Modify:
		m.modify(s, cat, old, known, r, policy)
	case Add:
		if known {
			m.st.rows[old].dead = true
		}
		m.st.rows[s.row].dead = false
		m.st.set(cat, s.row)
	}
}

func (m *Model) modify(s *staged, cat catIndex, old uint32, known bool, r *Reader, policy ApplyPolicy) {
	var change raw
	m.st.get(s.row, &change)
	if !known {
		r.report.Add(catalog().New(CodeModifyUnknown, s.pos, s.path))
		if policy.RejectUnknownModify || !m.suffices(s.row, cat) {
			kind := string(cat.category()) + " " + string(Modify)
			r.report.Count(kind, ent.Tally{Kept: -1, Refused: 1})
			return
		}
		m.st.rows[s.row].dead = false
		m.st.set(cat, s.row)
		return
	}
	var x raw
	m.st.get(old, &x)
	merged := x.record()
	apply(merged, change.record())
	x.load(merged)
	n := m.st.put(&x, m.st.rows[s.row].file)
	m.st.rows[old].dead = true
	m.st.set(cat, n)
}

// apply replaces in a record the attributes that a modification holds.
func apply(rec, change *Record) {
	replaced := map[string]bool{}
	for _, a := range change.Attrs {
		if replaced[a.Name] { // the same name twice in one record adds up
			rec.Attrs = append(rec.Attrs, a)
			continue
		}
		replaced[a.Name] = true
		at := -1
		kept := rec.Attrs[:0]
		for _, old := range rec.Attrs {
			if old.Name != a.Name {
				kept = append(kept, old)
				continue
			}
			if at < 0 {
				at = len(kept)
				kept = append(kept, a)
			}
		}
		rec.Attrs = kept
		if at < 0 {
			rec.Attrs = append(rec.Attrs, a)
		}
	}
}

// suffices reports whether a record holds what an add must.
func (m *Model) suffices(n uint32, cat catIndex) bool {
	switch cat {
	case catPupil:
		return lacks(&m.pupil(n).Name) == ""
	case catRelative:
		return m.relative(n).Name.Family != ""
	case catStaff:
		return lacks(&m.staff(n).Name) == ""
	case catStructure, catSubject, catProgramme, catUnknown, catCount:
	}
	return true
}

// settleReport joins again and returns what the join found.
func (m *Model) settleReport(r *Reader) *ent.Report {
	if h := r.Header(); h.VersionAF != "" {
		m.header = h
	}
	if day := r.d.Date(); m.date.Before(day) {
		m.date = day
	}
	before := m.report
	m.report = &ent.Report{}
	m.join()
	joined := m.report
	m.report = before
	return joined
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
