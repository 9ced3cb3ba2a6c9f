package directorysql

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// Merge makes one account of two, as [directory.Merge] says, and returns the one that is kept. Pupils tied to a relative who
// is gone are tied to the other.
func (s *Store) Merge(ctx context.Context, a, b ent.ID, o directory.MergeOptions) (ent.ID, error) {
	var kept ent.ID
	err := s.change(ctx, func(w *session) error {
		tx := w.tx
		x, y, err := both(w, a, b)
		if err != nil {
			return err
		}
		k, g, record, err := directory.Merge(&x, &y, o)
		if err != nil {
			return err
		}
		kept = k.ID
		// The unique keys and the login pass from one to the other: who loses them is written first.
		before := map[ent.ID]*directory.Account{x.ID: &x, y.ID: &y}
		if err := w.write(before[g.ID], &g); err != nil {
			return err
		}
		if err := w.write(before[k.ID], &k); err != nil {
			return err
		}
		if err := retarget(w, &record); err != nil {
			return err
		}
		text, err := json.Marshal(record)
		if err != nil {
			return failure(CodeRow)
		}
		_, err = tx.Exec(ctx, `INSERT INTO {merge} (tenant, gone, kept, at, doc) VALUES ($1, $2, $3, $4, $5)`,
			string(s.tenant), string(g.ID), string(k.ID), sqldb.Micros(s.o.Clock()), string(text))
		if err != nil {
			return err
		}
		return tx.Emit(ctx, ent.Event{Type: EventMerged, Subject: g.ID, Actor: o.By}, ent.Event{Type: EventChanged, Subject: k.ID, Actor: o.By})
	})
	return kept, err
}

// both reads two accounts, locked.
func both(w *session, a, b ent.ID) (x, y directory.Account, err error) {
	list, err := w.accounts([]ent.ID{a, b})
	if err != nil {
		return x, y, err
	}
	if len(list) != 2 {
		return x, y, directory.Catalog().New(directory.CodeNoAccount, ent.Pos{}, "$")
	}
	if list[0].ID == a {
		return list[0], list[1], nil
	}
	return list[1], list[0], nil
}

// retarget ties the pupils of the account that is gone to the one that is kept.
func retarget(w *session, r *directory.MergeRecord) error {
	return eachPupil(w, r.Gone, func(a *directory.Account) bool { return r.Retarget(a) })
}

// eachPupil changes the pupils tied to a relative.
func eachPupil(w *session, relative ent.ID, change func(*directory.Account) bool) error {
	ids, err := find(w.ctx, w.tx, &directory.Query{Relatives: []ent.ID{relative}})
	if err != nil {
		return err
	}
	list, err := w.accounts(ids)
	if err != nil {
		return err
	}
	for i := range list {
		after := list[i].Clone()
		if !change(&after) {
			continue
		}
		after.Version++
		if err := w.write(&list[i], &after); err != nil {
			return err
		}
	}
	return nil
}

// Unmerge undoes the merge that took an account away, as [directory.Unmerge] says. It returns directory.CodeNoMerge when there
// is none, or when its time is over.
func (s *Store) Unmerge(ctx context.Context, gone ent.ID, by ent.Actor) error {
	return s.change(ctx, func(w *session) error {
		tx := w.tx
		var record directory.MergeRecord
		var text []byte
		err := tx.QueryRow(ctx, `SELECT doc FROM {merge} WHERE tenant = $1 AND gone = $2`, []any{string(s.tenant), string(gone)}, &text)
		if errors.Is(err, sql.ErrNoRows) {
			return directory.Catalog().New(directory.CodeNoMerge, ent.Pos{Record: string(gone)}, "$")
		}
		if err != nil {
			return err
		}
		if json.Unmarshal(text, &record) != nil {
			return failure(CodeRow)
		}
		kept, lost, err := both(w, record.Kept, record.Gone)
		if err != nil {
			return err
		}
		a, b, err := directory.Unmerge(&kept, &lost, &record)
		if err != nil {
			return err
		}
		if err := w.write(&kept, &a); err != nil {
			return err
		}
		if err := w.write(&lost, &b); err != nil {
			return err
		}
		err = eachPupil(w, record.Kept, record.Restore)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM {merge} WHERE tenant = $1 AND gone = $2`, string(s.tenant), string(gone)); err != nil {
			return err
		}
		return tx.Emit(ctx, ent.Event{Type: EventUnmerged, Subject: b.ID, Actor: by}, ent.Event{Type: EventChanged, Subject: a.ID, Actor: by})
	})
}

// Distinct settles that two accounts are two persons: Never of a MergePolicy, once read by Settled.
func (s *Store) Distinct(ctx context.Context, a, b ent.ID) error {
	if compareIDs(a, b) > 0 {
		a, b = b, a
	}
	return s.update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {distinct} (tenant, a, b) VALUES ($1, $2, $3) ON CONFLICT (tenant, a, b) DO NOTHING`,
			string(s.tenant), string(a), string(b))
		return err
	})
}

// Settled returns whether two accounts were settled to be two persons, as MergePolicy.Never wants it.
func (s *Store) Settled(ctx context.Context) (func(a, b ent.ID) bool, error) {
	pairs := map[[2]ent.ID]bool{}
	err := s.view(ctx, func(tx *sqldb.Tx) error {
		return tx.Query(ctx, `SELECT a, b FROM {distinct} WHERE tenant = $1`, []any{string(s.tenant)}, func(row sqldb.Scanner) error {
			var p [2]ent.ID
			err := row.Scan(&p[0], &p[1])
			pairs[p] = true
			return err
		})
	})
	return func(a, b ent.ID) bool { return pairs[[2]ent.ID{min(a, b), max(a, b)}] }, err
}

// Duplicates returns the pairs of accounts that may be one person, but for those that were settled. It reads everybody.
func (s *Store) Duplicates(ctx context.Context, policy directory.MergePolicy) ([]directory.Duplicate, error) {
	never, err := s.Settled(ctx)
	if err != nil {
		return nil, err
	}
	own := policy.Never
	policy.Never = func(a, b ent.ID) bool { return never(a, b) || own != nil && own(a, b) }
	var bad error
	out := directory.Duplicates(func(yield func(directory.Account) bool) {
		for a, err := range s.Accounts(ctx, directory.Query{All: true}) {
			if err != nil {
				bad = err
				return
			}
			if !yield(a) {
				return
			}
		}
	}, policy)
	if bad != nil {
		return nil, bad
	}
	return out, nil
}
