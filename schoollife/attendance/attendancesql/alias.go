package attendancesql

import (
	"cmp"
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/attendance"
)

// aliases are the accounts that were kept, by the one that is gone. Rows are not written again at a merge, so that it can be undone:
// who reads gone finds kept, and what is written goes where it was read.
type aliases map[ent.ID]ent.ID

func merges(ctx context.Context, tx *sqldb.Tx) (aliases, error) {
	out := aliases{}
	err := tx.Query(ctx, `SELECT gone, kept FROM {attendance_merge} WHERE tenant = $1`, []any{string(tx.Tenant())}, func(row sqldb.Scanner) error {
		var gone, kept ent.ID
		err := row.Scan(&gone, &kept)
		out[gone] = kept
		return err
	})
	return out, err
}

// now returns the account that an identifier stands for.
func (a aliases) now(id ent.ID) ent.ID {
	for range len(a) { // a chain is no longer than the merges
		kept, ok := a[id]
		if !ok {
			break
		}
		id = kept
	}
	return id
}

// accounts returns all that an account stands for: itself first; nothing for one that is gone, all of which is with the one kept.
func (a aliases) accounts(id ent.ID) []ent.ID {
	if _, gone := a[id]; gone {
		return nil
	}
	var others []ent.ID
	for gone := range a {
		if a.now(gone) == id {
			others = append(others, gone)
		}
	}
	slices.Sort(others)
	return append([]ent.ID{id}, others...)
}

// back returns the account to write: the one that was there when it still says the same.
func (a aliases) back(id, was ent.ID) ent.ID {
	if a.now(was) == id {
		return was
	}
	return id
}

// shown is a roll call and the events of its lesson as they are now, and where each came from.
type shown struct {
	alias  aliases
	raw    attendance.RollCall
	call   attendance.RollCall
	events []attendance.Event
	// holder is the account whose entry is shown of a pupil: of two that were merged, the one that was marked last.
	holder map[ent.ID]ent.ID
	// others are the events of a pupil's other accounts.
	others map[ent.ID][]attendance.Event
}

// show puts the accounts that were kept in place of those that are gone.
func (a aliases) show(raw attendance.RollCall, events []attendance.Event) *shown {
	s := &shown{alias: a, raw: raw, call: raw, holder: map[ent.ID]ent.ID{}, others: map[ent.ID][]attendance.Event{}}
	if len(a) == 0 {
		s.events = events
		return s
	}
	s.entries()
	for _, e := range events {
		s.event(e)
	}
	attendance.SortEvents(s.events)
	return s
}

func (s *shown) entries() {
	best := map[ent.ID]attendance.Entry{}
	for _, e := range s.raw.Entries {
		p := s.alias.now(e.Pupil)
		if had, ok := best[p]; ok && (had.Revision > e.Revision || had.Revision == e.Revision && e.Pupil != p) {
			continue
		}
		s.holder[p] = e.Pupil
		e.Pupil, e.By = p, s.alias.now(e.By)
		best[p] = e
	}
	s.call.Entries = nil
	for _, e := range best {
		s.call.Entries = append(s.call.Entries, e)
	}
	sortEntries(s.call.Entries)
	s.call.By = s.alias.now(s.raw.By)
}

func sortEntries(list []attendance.Entry) {
	slices.SortFunc(list, func(a, b attendance.Entry) int { return cmp.Compare(a.Pupil, b.Pupil) })
}

// event shows an event of the lesson: that of the entry shown under the name that it has for the pupil who was kept.
func (s *shown) event(e attendance.Event) {
	p := s.alias.now(e.Pupil)
	if e.ID == attendance.EventID(s.raw.Lesson, e.Pupil) {
		if s.held(p) != e.Pupil {
			s.others[p] = append(s.others[p], e)
			return
		}
		e.ID = attendance.EventID(s.raw.Lesson, p)
	}
	e.Pupil, e.By = p, s.alias.now(e.By)
	s.events = append(s.events, e)
}

func (s *shown) held(p ent.ID) ent.ID {
	if h, ok := s.holder[p]; ok {
		return h
	}
	return p
}

// write returns what is to be written for what a change made of what was shown.
func (s *shown) write(call attendance.RollCall, events []attendance.Event) (attendance.RollCall, []attendance.Event) {
	if len(s.alias) == 0 {
		return call, events
	}
	out := call
	out.By = s.alias.back(call.By, s.raw.By)
	out.Entries = nil
	for _, e := range s.raw.Entries { // of the pupils who are still there
		if _, ok := call.Entry(s.alias.now(e.Pupil)); ok {
			out.Entries = append(out.Entries, e)
		}
	}
	for _, e := range call.Entries {
		if had, ok := s.call.Entry(e.Pupil); ok && had == e {
			continue
		}
		e.Pupil = s.held(e.Pupil)
		out.Entries = slices.DeleteFunc(out.Entries, func(o attendance.Entry) bool { return o.Pupil == e.Pupil })
		out.Entries = append(out.Entries, e)
	}
	sortEntries(out.Entries)
	var list []attendance.Event
	for _, e := range events {
		p := e.Pupil
		if e.ID == attendance.EventID(s.raw.Lesson, p) {
			e.Pupil = s.held(p)
			e.ID = attendance.EventID(s.raw.Lesson, e.Pupil)
			for _, o := range s.others[p] { // what is said of the pupil now is said instead
				if !o.Removed {
					o.Removed, o.Version, o.By, o.At = true, o.Version+1, e.By, e.At
					list = append(list, o)
				}
			}
			delete(s.others, p)
		}
		list = append(list, e)
	}
	return out, list
}
