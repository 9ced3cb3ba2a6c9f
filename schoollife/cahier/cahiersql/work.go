package cahiersql

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/cahier"
)

// PutProgress is of [cahier.Store].
func (s *Store) PutProgress(ctx context.Context, tenant ent.Tenant, p cahier.Progress) error {
	doc, err := write(p)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		if err := work(ctx, tx, p.Homework); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO {cahier_work} (tenant, kind, homework, pupil, returned, doc) VALUES ($1, $2, $3, $4, FALSE, $5)
			ON CONFLICT (tenant, kind, homework, pupil) DO UPDATE SET doc = excluded.doc`, string(tenant), kindDone, string(p.Homework), string(p.Pupil), doc)
		return err
	})
}

// done is what a row says of a pupil, whoever the account stands for now.
type done[T any] struct {
	homework, pupil, row ent.ID
	value                T
}

// works returns one thing for each homework and pupil: of two accounts that were merged, that of the one that was kept goes first.
func works[T any](ctx context.Context, s *Store, tenant ent.Tenant, kind string, homework []ent.ID, pupil ent.ID, set func(*T, ent.ID)) ([]T, error) {
	if len(homework) == 0 {
		return nil, nil
	}
	if len(homework) > maxNames {
		return nil, fail(cahier.CodeSize)
	}
	var rows []done[T]
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		args := []any{string(tenant), kind}
		text := `SELECT homework, pupil, doc FROM {cahier_work} WHERE tenant = $1 AND kind = $2 AND homework IN (` + list(&args, homework) + `)`
		if pupil != "" {
			text += ` AND pupil IN (` + list(&args, a.accounts(pupil)) + `)`
		}
		rows, err = sqldb.All(ctx, tx, text, args, func(row sqldb.Scanner) (done[T], error) {
			var d done[T]
			var doc string
			if err := row.Scan(&d.homework, &d.row, &doc); err != nil {
				return d, err
			}
			d.pupil = a.now(d.row)
			return d, read(doc, &d.value)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(x, y done[T]) int {
		own := func(d done[T]) int {
			if d.row == d.pupil {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.homework, y.homework), cmp.Compare(x.pupil, y.pupil), cmp.Compare(own(x), own(y)), cmp.Compare(x.row, y.row))
	})
	var out []T
	for i := range rows {
		if i > 0 && rows[i].homework == rows[i-1].homework && rows[i].pupil == rows[i-1].pupil {
			continue
		}
		set(&rows[i].value, rows[i].pupil)
		out = append(out, rows[i].value)
	}
	return out, nil
}

// Progress is of [cahier.Store].
func (s *Store) Progress(ctx context.Context, tenant ent.Tenant, homework []ent.ID, pupil ent.ID) ([]cahier.Progress, error) {
	return works(ctx, s, tenant, kindDone, homework, pupil, func(p *cahier.Progress, id ent.ID) { p.Pupil = id })
}

// HandedIn is of [cahier.Store].
func (s *Store) HandedIn(ctx context.Context, tenant ent.Tenant, homework []ent.ID, pupil ent.ID) ([]cahier.HandedIn, error) {
	return works(ctx, s, tenant, kindHanded, homework, pupil, func(h *cahier.HandedIn, id ent.ID) { h.Pupil = id })
}

// HandIn is of [cahier.Store].
func (s *Store) HandIn(ctx context.Context, tenant ent.Tenant, h cahier.HandedIn) error {
	doc, err := write(h)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		if err := work(ctx, tx, h.Homework); err != nil {
			return err
		}
		if err := returned(ctx, tx, &h); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO {cahier_work} AS w (tenant, kind, homework, pupil, returned, doc) VALUES ($1, $2, $3, $4, FALSE, $5)
			ON CONFLICT (tenant, kind, homework, pupil) DO UPDATE SET doc = excluded.doc WHERE NOT w.returned`,
			string(tenant), kindHanded, string(h.Homework), string(h.Pupil), doc)
		if err == nil && n == 0 {
			err = fail(cahier.CodeReturned)
		}
		return err
	})
}

// returned refuses what was returned to another account of the pupil.
func returned(ctx context.Context, tx *sqldb.Tx, h *cahier.HandedIn) error {
	a, err := merges(ctx, tx)
	if err != nil || len(a) == 0 {
		return err
	}
	args := []any{string(tx.Tenant()), kindHanded, string(h.Homework)}
	var one int64
	err = tx.QueryRow(ctx, `SELECT 1 FROM {cahier_work} WHERE tenant = $1 AND kind = $2 AND homework = $3 AND returned AND pupil IN (`+list(&args, a.accounts(h.Pupil))+`) LIMIT 1`, args, &one)
	if errors.Is(err, sqldb.CodeNoRow) {
		return nil
	}
	if err == nil {
		err = fail(cahier.CodeReturned)
	}
	return err
}

// Return is of [cahier.Store].
func (s *Store) Return(ctx context.Context, tenant ent.Tenant, homework, pupil ent.ID, comment string, at time.Time) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		if err := work(ctx, tx, homework); err != nil {
			return err
		}
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		lock := ""
		if tx.Engine() == sqldb.PostgreSQL {
			lock = " FOR UPDATE"
		}
		for _, id := range a.accounts(pupil) {
			key := []any{string(tenant), kindHanded, string(homework), string(id)}
			var doc string
			err := tx.QueryRow(ctx, `SELECT doc FROM {cahier_work} WHERE tenant = $1 AND kind = $2 AND homework = $3 AND pupil = $4`+lock, key, &doc)
			if errors.Is(err, sqldb.CodeNoRow) {
				continue
			}
			if err != nil {
				return err
			}
			var h cahier.HandedIn
			if err := read(doc, &h); err != nil {
				return err
			}
			h.Comment, h.Returned = comment, at
			if doc, err = write(h); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `UPDATE {cahier_work} SET doc = $5, returned = TRUE WHERE tenant = $1 AND kind = $2 AND homework = $3 AND pupil = $4`, append(key, doc)...)
			return err
		}
		return fail(cahier.CodeUnknown)
	})
}

// document replaces a document of an owner.
func (s *Store) document(ctx context.Context, tenant ent.Tenant, kind string, owner, id ent.ID, v any) error {
	doc, err := write(v)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO {cahier_document} (tenant, kind, owner, id, doc) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, kind, id, owner) DO UPDATE SET doc = excluded.doc`, string(tenant), kind, string(owner), string(id), doc)
		return err
	})
}

// PutHabilitation is of [cahier.Store].
func (s *Store) PutHabilitation(ctx context.Context, tenant ent.Tenant, h cahier.Habilitation) error {
	return s.document(ctx, tenant, kindPower, h.School, h.ID, h)
}

// Habilitations is of [cahier.Store].
func (s *Store) Habilitations(ctx context.Context, tenant ent.Tenant, school ent.ID) ([]cahier.Habilitation, error) {
	var out []cahier.Habilitation
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		out, err = sqldb.All(ctx, tx, `SELECT doc FROM {cahier_document} WHERE tenant = $1 AND kind = $2 AND owner = $3`,
			[]any{string(tenant), kindPower, string(school)}, readDoc[cahier.Habilitation])
		for i := range out {
			h := &out[i]
			h.Inspector = a.now(h.Inspector)
			for j := range h.Teachers {
				h.Teachers[j] = a.now(h.Teachers[j])
			}
		}
		return err
	})
	slices.SortFunc(out, func(x, y cahier.Habilitation) int { return cmp.Or(x.From.Compare(y.From), cmp.Compare(x.ID, y.ID)) })
	return out, err
}

// Progressions is of [cahier.Store].
func (s *Store) Progressions(ctx context.Context, tenant ent.Tenant, owner ent.ID) ([]cahier.Folder, []cahier.Template, error) {
	var folders []cahier.Folder
	var templates []cahier.Template
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		folders, templates = nil, nil
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range a.accounts(owner) {
			some, err := sqldb.All(ctx, tx, `SELECT doc FROM {cahier_document} WHERE tenant = $1 AND kind = $2 AND owner = $3`,
				[]any{string(tenant), kindFolders, string(id)}, readDoc[[]cahier.Folder])
			if err != nil {
				return err
			}
			for _, x := range some {
				for _, f := range x { // the account that was kept writes those of the other one too
					if !slices.ContainsFunc(folders, func(had cahier.Folder) bool { return had.ID == f.ID }) {
						folders = append(folders, f)
					}
				}
			}
			more, err := sqldb.All(ctx, tx, `SELECT doc FROM {cahier_document} WHERE tenant = $1 AND kind = $2 AND owner = $3`,
				[]any{string(tenant), kindTemplate, string(id)}, readDoc[cahier.Template])
			if err != nil {
				return err
			}
			templates = append(templates, more...)
		}
		for i := range folders {
			folders[i].Owner = a.now(folders[i].Owner)
		}
		for i := range templates {
			templates[i].Owner = a.now(templates[i].Owner)
		}
		return nil
	})
	cahier.SortTemplates(templates)
	return folders, templates, err
}

// PutFolders is of [cahier.Store].
func (s *Store) PutFolders(ctx context.Context, tenant ent.Tenant, owner ent.ID, folders []cahier.Folder) error {
	return s.document(ctx, tenant, kindFolders, owner, "", folders)
}

// PutTemplate is of [cahier.Store].
func (s *Store) PutTemplate(ctx context.Context, tenant ent.Tenant, t cahier.Template) error {
	doc, err := write(t)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		owners, err := sqldb.All(ctx, tx, `SELECT owner FROM {cahier_document} WHERE tenant = $1 AND kind = $2 AND id = $3`, []any{string(tenant), kindTemplate, string(t.ID)},
			func(row sqldb.Scanner) (ent.ID, error) {
				var id ent.ID
				return id, row.Scan(&id)
			})
		if err != nil {
			return err
		}
		owner := t.Owner
		for _, had := range owners {
			if a.now(had) != t.Owner {
				return fail(cahier.CodeUnknown)
			}
			owner = had // it stays in the row of the account that is gone
		}
		_, err = tx.Exec(ctx, `INSERT INTO {cahier_document} (tenant, kind, owner, id, doc) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (tenant, kind, id, owner) DO UPDATE SET doc = excluded.doc`, string(tenant), kindTemplate, string(owner), string(t.ID), doc)
		return err
	})
}

// DeleteTemplate is of [cahier.Store].
func (s *Store) DeleteTemplate(ctx context.Context, tenant ent.Tenant, owner, id ent.ID) error {
	return s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		a, err := merges(ctx, tx)
		if err != nil {
			return err
		}
		args := []any{string(tenant), kindTemplate, string(id)}
		n, err := tx.Exec(ctx, `DELETE FROM {cahier_document} WHERE tenant = $1 AND kind = $2 AND id = $3 AND owner IN (`+list(&args, a.accounts(owner))+`)`, args...)
		if err == nil && n == 0 {
			err = fail(cahier.CodeUnknown)
		}
		return err
	})
}
