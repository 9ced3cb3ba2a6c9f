package directorysql

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// holder is the directory as a part that holds something of persons.
type holder struct {
	db *sqldb.DB
	o  Options
}

// NewHolder returns the directory, of every tenant, as an [ent.Holder].
func NewHolder(db *sqldb.DB, o Options) ent.Holder { return &holder{db, o} }

func (h *holder) store(t ent.Tenant) *Store { return New(h.db, t, h.o) }

// Part is of [ent.Holder].
func (h *holder) Part() string { return "directory" }

// Held is of [ent.Holder].
func (h *holder) Held(ctx context.Context, t ent.Tenant, person ent.ID) ([]ent.Holding, error) {
	return h.store(t).Held(ctx, person)
}

// Erase is of [ent.Holder].
func (h *holder) Erase(ctx context.Context, t ent.Tenant, person ent.ID) (int64, error) {
	return h.store(t).Erase(ctx, person, ent.Actor{Kind: ent.ActorSystem})
}

// Merge is of [ent.Holder]. Who calls it has decided.
func (h *holder) Merge(ctx context.Context, t ent.Tenant, kept, gone ent.ID) error {
	s := h.store(t)
	today := ent.DateAt(s.o.Clock(), time.UTC)
	_, err := s.Merge(ctx, kept, gone, directory.MergeOptions{On: today, By: ent.Actor{Kind: ent.ActorSystem}, Proven: true, Keep: kept})
	return err
}

// Unmerge is of [ent.Holder].
func (h *holder) Unmerge(ctx context.Context, t ent.Tenant, _, gone ent.ID) error {
	return h.store(t).Unmerge(ctx, gone, ent.Actor{Kind: ent.ActorSystem})
}

// Held returns all that the directory holds on a person: the account; who is tied to it; what undoes the last plan; what
// undoes a merge, which is told of the account that is kept.
func (s *Store) Held(ctx context.Context, person ent.ID) ([]ent.Holding, error) {
	var out []ent.Holding
	add := func(kind string, v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return failure(CodeRow)
		}
		out = append(out, ent.Holding{Part: "directory", Kind: kind, Data: text})
		return nil
	}
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		list, err := accounts(ctx, tx, []ent.ID{person})
		if err != nil {
			return err
		}
		for i := range list {
			if err := add("account", &list[i]); err != nil {
				return err
			}
		}
		pupils, err := find(ctx, tx, &directory.Query{Relatives: []ent.ID{person}})
		if err != nil {
			return err
		}
		if len(pupils) > 0 {
			if err := add("named by pupils", pupils); err != nil {
				return err
			}
		}
		texts := func(kind, query string) error {
			return tx.Query(ctx, query, []any{string(s.tenant), string(person)}, func(row sqldb.Scanner) error {
				var text []byte
				if err := row.Scan(&text); err != nil {
					return err
				}
				return add(kind, json.RawMessage(text))
			})
		}
		if err := texts("before the last plan", `SELECT before FROM {undo} WHERE tenant = $1 AND person = $2`); err != nil {
			return err
		}
		return texts("before a merge", `SELECT doc FROM {merge} WHERE tenant = $1 AND kept = $2`)
	})
	return out, err
}

// Erase removes a person, and all that is kept beside: ties of pupils to a relative, what undoes a plan or a merge. It
// returns how many things went. An origin that still knows the person brings them back at its next feed: erase there first.
func (s *Store) Erase(ctx context.Context, person ent.ID, by ent.Actor) (int64, error) {
	var n int64
	err := s.change(ctx, func(w *session) error {
		n = 0
		gone := func(t directory.Tie) bool { return t.Kind == directory.TieRelative && t.Target == person }
		err := eachPupil(w, person, func(a *directory.Account) bool {
			before := len(a.Ties) + len(a.Saved)
			a.Ties, a.Saved = slices.DeleteFunc(a.Ties, gone), slices.DeleteFunc(a.Saved, gone)
			n += int64(before - len(a.Ties) - len(a.Saved))
			for i := range a.Keys {
				a.Keys[i].Hash = directory.Hash{} // what the origin says of the pupil is read again
			}
			return true
		})
		if err != nil {
			return err
		}
		list, err := w.accounts([]ent.ID{person})
		if err != nil {
			return err
		}
		n += int64(len(list))
		if len(list) == 0 {
			list = []directory.Account{{ID: person}} // what undoes a plan may still hold them
		}
		k, err := w.forget(&list[0])
		if err != nil {
			return err
		}
		n += k
		if n == 0 {
			return nil
		}
		return w.tx.Emit(ctx, ent.Event{Type: EventPurged, Subject: person, Actor: by})
	})
	return n, err
}

// Retain removes what is past its time: the data that undoes plans and merges, and the rows of the plans themselves a year
// after. It returns how many rows went, by kind. Call it every night.
func (s *Store) Retain(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	now := s.o.Clock()
	err := s.update(ctx, func(tx *sqldb.Tx) error {
		for _, q := range []struct {
			kind, query string
			before      time.Time
		}{
			{"undo", `DELETE FROM {undo} WHERE tenant = $1 AND plan IN (SELECT id FROM {plan} WHERE tenant = $1 AND until < $2)`, now},
			{"merge", `DELETE FROM {merge} WHERE tenant = $1 AND at < $2`, now.Add(-s.o.MergeFor)},
			{"plan", `DELETE FROM {plan} WHERE tenant = $1 AND until < $2`, now.AddDate(-1, 0, 0)},
		} {
			n, err := tx.Exec(ctx, q.query, string(s.tenant), sqldb.Micros(q.before))
			if err != nil {
				return err
			}
			out[q.kind] = n
		}
		// What a plan kept of the places is small, and holds no person but the labels of classes.
		_, err := tx.Exec(ctx, `UPDATE {plan} SET before = '{}' WHERE tenant = $1 AND until < $2`, string(s.tenant), sqldb.Micros(now))
		return err
	})
	return out, err
}
