package directorysql

import (
	"context"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// applyParts applies a plan in one transaction for the places, one per establishment, and one for the end.
func (s *Store) applyParts(ctx context.Context, p *directory.Plan, o *ApplyOptions) (*applying, error) {
	parts := map[ent.ID][]directory.Change{}
	home := map[ent.ID]ent.ID{} // the changes of one person stay together
	for ch := range p.Changes() {
		if ch.Object != directory.ObjectPerson {
			continue
		}
		at := ent.ID("")
		if len(ch.Establishments) > 0 {
			at = ch.Establishments[0]
		}
		if first, ok := home[ch.ID]; ok && ch.ID != "" {
			at = first
		}
		if ch.Op == directory.OpCreate && ch.Key.Category == directory.Relative {
			at = "" // first of all: the pupils of every establishment find them
		}
		home[ch.ID] = at
		parts[at] = append(parts[at], ch)
	}
	var whole *applying
	carry := func(next *applying) { // what the parts have in common
		if whole != nil {
			next.n, next.created, next.done = whole.n, whole.created, whole.done
			merged := &ent.Report{}
			merged.Merge(whole.report)
			next.report = merged
		}
	}
	run := func(fn func(*applying) error) error {
		var a *applying
		err := s.change(ctx, func(w *session) error {
			a = s.newApplying(w, p, o)
			carry(a)
			a.created = maps.Clone(a.created) // a try that is rolled back created nobody
			return fn(a)
		})
		if err == nil {
			whole = a
		}
		return err
	}
	if err := run((*applying).begin); err != nil {
		return nil, err
	}
	for _, at := range slices.Sorted(maps.Keys(parts)) {
		err := run(func(a *applying) error {
			a.p = p
			if err := a.personsOf(parts[at]); err != nil {
				return err
			}
			return a.emit()
		})
		if err != nil {
			return whole, err
		}
	}
	return whole, run(func(a *applying) error {
		if err := a.settle(); err != nil {
			return err
		}
		if err := a.seen(); err != nil {
			return err
		}
		return a.end()
	})
}

// personsOf is persons without the hashes of unchanged records, which come last.
func (a *applying) personsOf(list []directory.Change) error {
	whole := a.p
	a.p = whole.For() // a part of nothing: no hash is written
	defer func() { a.p = whole }()
	return a.persons(slices.Values(list))
}

// settle ties the pupils of one establishment to the relatives that another establishment's part has created.
func (a *applying) settle() error {
	keys := make([]directory.Key, 0, len(a.created))
	for k := range a.created {
		keys = append(keys, k)
	}
	ids, err := find(a.ctx, a.tx, &directory.Query{Waiting: keys})
	if err != nil {
		return err
	}
	list, err := a.w.accounts(ids)
	if err != nil {
		return err
	}
	for i := range list {
		after := list[i].Clone()
		for j := range after.Ties {
			if t := &after.Ties[j]; t.Kind == directory.TieRelative && t.Target == "" {
				t.Target = a.created[t.Relative]
			}
		}
		directory.SortTies(after.Ties)
		if err := a.w.write(&list[i], &after); err != nil {
			return err
		}
	}
	return nil
}
