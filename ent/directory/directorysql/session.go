package directorysql

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// session writes accounts, and all that is kept beside them, inside one transaction.
type session struct {
	ctx    context.Context
	tx     *sqldb.Tx
	tenant string
	marks  marks
}

// change runs fn in a transaction that writes, and brings the marks up to date at its end.
func (s *Store) change(ctx context.Context, fn func(*session) error) error {
	return s.db.Update(ctx, s.tenant, func(tx *sqldb.Tx) error {
		w := newSession(ctx, tx)
		if err := fn(w); err != nil {
			return err
		}
		return w.flush()
	})
}

func newSession(ctx context.Context, tx *sqldb.Tx) *session {
	return &session{ctx: ctx, tx: tx, tenant: string(tx.Tenant()), marks: marks{}}
}

// beside is a table that holds something of an account which follows from it. The first key columns are the key.
type beside struct {
	table   string
	columns []string
	key     []int
	rows    func(tenant string, a *directory.Account, yield func([]any))
}

func besides() []beside {
	return []beside{
		{"person_key", keyRowColumns(), []int{0, 1, 2, 3}, keyRows},
		{"kin", kinRowColumns(), []int{0, 1, 2}, kinRows},
		{"found", foundRowColumns(), []int{0, 1, 4, 2, 3}, foundRows},
		{"member", memberRowColumns(), []int{0, 1, 2, 3}, memberRows},
	}
}

// load inserts new accounts, in bulk.
func (w *session) load(plan int64, list []directory.Account) error {
	var bad error
	_, err := w.tx.Load(w.ctx, "person", personRowColumns(), func(yield func([]any) bool) {
		for i := range list {
			row, err := personRow(w.tenant, plan, &list[i])
			if err != nil {
				bad = err
				return
			}
			if !yield(row) {
				return
			}
		}
	})
	if bad != nil {
		return bad
	}
	for _, t := range besides() {
		if err != nil {
			return err
		}
		_, err = w.tx.Load(w.ctx, t.table, t.columns, func(yield func([]any) bool) {
			more := true
			for i := range list {
				t.rows(w.tenant, &list[i], func(row []any) { more = more && yield(row) })
				if !more {
					return
				}
			}
		})
	}
	for i := range list {
		w.marks.put(&list[i])
	}
	return err
}

// write replaces an account by what it has become, and what is kept beside it where that has changed.
func (w *session) write(before, after *directory.Account) error {
	row, err := personRow(w.tenant, 0, after)
	if err != nil {
		return err
	}
	was := personColumns(w.tenant, 0, before)
	// Only what has changed: SQLite makes the entries of an index anew for each column that is named. The plan that created the
	// person stays.
	columns := personRowColumns()
	doc := len(columns) - 1
	var set strings.Builder
	args := make([]any, 0, len(row))
	for i := 2; i < len(row); i++ {
		if i == doc || columns[i] != "plan" && row[i] != was[i] {
			args = append(args, row[i])
			set.WriteString(columns[i] + " = $" + strconv.Itoa(len(args)) + ", ")
		}
	}
	query := `UPDATE {person} SET ` + strings.TrimSuffix(set.String(), ", ") + fmt.Sprintf(` WHERE tenant = $%d AND id = $%d`, len(args)+1, len(args)+2)
	if err := w.tx.Send(w.ctx, query, append(args, row[0], row[1])...); err != nil {
		return err
	}
	for _, t := range besides() {
		var was, is [][]any
		t.rows(w.tenant, before, func(r []any) { was = append(was, r) })
		t.rows(w.tenant, after, func(r []any) { is = append(is, r) })
		if err := w.replace(&t, was, is); err != nil {
			return err
		}
	}
	w.marks.replace(before, after)
	return nil
}

// replace brings the rows beside an account up to date, each by its key.
func (w *session) replace(t *beside, was, is [][]any) error {
	for _, r := range was {
		if !slices.ContainsFunc(is, func(o []any) bool { return t.same(r, o) }) {
			if err := w.drop(t, r); err != nil {
				return err
			}
		}
	}
	for _, r := range is {
		i := slices.IndexFunc(was, func(o []any) bool { return t.same(r, o) })
		switch {
		case i >= 0 && equalRows(was[i], r):
			continue
		case i >= 0:
			if err := w.amend(t, r); err != nil {
				return err
			}
			continue
		}
		if err := w.insert(t.table, t.columns, r); err != nil {
			return err
		}
	}
	return nil
}

// same reports whether two rows have one key.
func (t *beside) same(a, b []any) bool {
	for _, i := range t.key {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func equalRows(a, b []any) bool {
	return slices.EqualFunc(a, b, func(v, o any) bool {
		p, ok1 := v.([]byte)
		q, ok2 := o.([]byte)
		if ok1 || ok2 {
			return ok1 && ok2 && string(p) == string(q)
		}
		return v == o
	})
}

// drop deletes a row by its key.
func (w *session) drop(t *beside, row []any) error {
	var b strings.Builder
	args := make([]any, 0, len(t.key))
	for n, i := range t.key {
		if n > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(t.columns[i] + " = $" + strconv.Itoa(n+1))
		args = append(args, row[i])
	}
	return w.tx.Send(w.ctx, `DELETE FROM {`+t.table+`} WHERE `+b.String(), args...)
}

// amend writes what is not the key of a row that is there.
func (w *session) amend(t *beside, row []any) error {
	var set, where []string
	args := make([]any, 0, len(row))
	part := func(i int) string {
		args = append(args, row[i])
		return t.columns[i] + " = $" + strconv.Itoa(len(args))
	}
	for i := range t.columns {
		if !slices.Contains(t.key, i) {
			set = append(set, part(i))
		}
	}
	for _, i := range t.key {
		where = append(where, part(i))
	}
	return w.tx.Send(w.ctx, `UPDATE {`+t.table+`} SET `+strings.Join(set, ", ")+` WHERE `+strings.Join(where, " AND "), args...)
}

func (w *session) insert(table string, columns []string, row []any) error {
	var values strings.Builder
	for i := range columns {
		if i > 0 {
			values.WriteString(", ")
		}
		values.WriteString("$" + strconv.Itoa(i+1))
	}
	return w.tx.Send(w.ctx, `INSERT INTO {`+table+`} (`+strings.Join(columns, ", ")+`) VALUES (`+values.String()+`)`, row...)
}

// remove deletes an account and all that is kept beside it.
func (w *session) remove(a *directory.Account) error {
	for _, t := range besides() {
		var was [][]any
		t.rows(w.tenant, a, func(r []any) { was = append(was, r) })
		if err := w.replace(&t, was, nil); err != nil {
			return err
		}
	}
	w.marks.replace(a, &directory.Account{ID: a.ID})
	for _, q := range []string{`DELETE FROM {person} WHERE tenant = $1 AND id = $2`, `DELETE FROM {kin} WHERE tenant = $1 AND relative = $2`} {
		if err := w.tx.Send(w.ctx, q, w.tenant, string(a.ID)); err != nil {
			return err
		}
	}
	return nil
}

// release lets the pupils of a relative who goes wait for them again, by key. Their versions stay: a plan at work may be
// about to change them.
func (w *session) release(relative ent.ID) error {
	return eachPupil(w, relative, func(a *directory.Account) bool {
		v := a.Version
		directory.Release(a, relative)
		a.Version = v
		return true
	})
}

// forget removes an account, with those that were merged into it, and what undoes plans and merges of them. It returns how
// many things went.
func (w *session) forget(a *directory.Account) (int64, error) {
	merged, err := w.mergedInto(a.ID)
	if err != nil {
		return 0, err
	}
	var n int64
	for _, id := range append(merged, a.ID) {
		if err := w.release(id); err != nil {
			return 0, err
		}
		for _, q := range []string{
			`DELETE FROM {undo} WHERE tenant = $1 AND person = $2`,
			`DELETE FROM {merge} WHERE tenant = $1 AND (kept = $2 OR gone = $2)`,
			`DELETE FROM {distinct} WHERE tenant = $1 AND (a = $2 OR b = $2)`,
		} {
			k, err := w.tx.Exec(w.ctx, q, w.tenant, string(id))
			if err != nil {
				return 0, err
			}
			n += k
		}
	}
	list, err := w.accounts(merged)
	if err != nil {
		return 0, err
	}
	for i := range list {
		if err := w.remove(&list[i]); err != nil {
			return 0, err
		}
		n++
	}
	return n, w.remove(a)
}

// mergedInto returns the accounts that were merged into one, and into those. They were the same person.
func (w *session) mergedInto(person ent.ID) ([]ent.ID, error) {
	var merged []ent.ID
	for next := []ent.ID{person}; len(next) > 0; next = next[1:] {
		err := w.tx.Query(w.ctx, `SELECT gone FROM {merge} WHERE tenant = $1 AND kept = $2`, []any{w.tenant, string(next[0])}, func(row sqldb.Scanner) error {
			var id ent.ID
			err := row.Scan(&id)
			merged, next = append(merged, id), append(next, id)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return merged, nil
}

// accounts reads accounts, locked.
func (w *session) accounts(ids []ent.ID) ([]directory.Account, error) {
	ids = sorted(slices.Clone(ids))
	if err := lock(w.ctx, w.tx, ids); err != nil {
		return nil, err
	}
	return accounts(w.ctx, w.tx, ids)
}

// search returns the account of an id in a list sorted by id.
func search(list []directory.Account, id ent.ID) *directory.Account {
	n, ok := slices.BinarySearchFunc(list, id, func(a directory.Account, id ent.ID) int { return compareIDs(a.ID, id) })
	if !ok {
		return nil
	}
	return &list[n]
}
