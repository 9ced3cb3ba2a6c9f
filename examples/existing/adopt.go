package main

import (
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/aaf"
)

// The part taken here: on the first night the vendor has its users already. Adopt finds which record each one is of, and the
// vendor writes these keys: no user is created, no login touched.

// adopt writes the keys of the feed beside the vendor's users, and returns what was found, unmatched and ambiguous users
// included. With dry nothing is written.
func (v *vendor) adopt(ctx context.Context, path string, dry bool) (*directory.AdoptionPlan, error) {
	delivery, err := aaf.Open(path, aaf.Options{})
	if err != nil {
		return nil, err
	}
	source, err := delivery.Source(ctx, aaf.SourceOptions{})
	if err != nil {
		return nil, err
	}
	var users []directory.Adoptable
	err = v.each(ctx, `SELECT id, role, old_key, ine, last_name, first_name, born FROM users WHERE role <> 'admin'
		AND NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = users.id)`, func(scan func(...any) error) error {
		var id int64
		var x directory.Adoptable
		var born string
		if err := scan(&id, &x.Category, &x.External, &x.INE, &x.Name.Family, &x.Name.Given, &born); err != nil {
			return err
		}
		x.ID = userID(id)
		x.BirthDate, _ = ent.ParseDate(born) // empty for many
		users = append(users, x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	plan := directory.Adopt(slices.Values(users), source, directory.AdoptOptions{Academies: []string{"LYON"}})
	if dry {
		return plan, nil
	}
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo after Commit
	for _, a := range plan.Adoptions {
		// No hash: the next night compares the record whatever it says.
		if _, err := tx.ExecContext(ctx, `INSERT INTO user_keys (category, feed_key, user_id, hash) VALUES ($1, $2, $3, '')`,
			categoryName(a.Key.Category), a.Key.ID, number(a.ID)); err != nil {
			return nil, err
		}
	}
	return plan, tx.Commit()
}
