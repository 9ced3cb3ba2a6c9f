package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/aaf"
)

// readFeed reads an AAF delivery into the vendor's own tables, in one transaction: everything or nothing. A person who is
// known by the key of the feed is updated and keeps the vendor's number; nobody is removed here.
func (v *vendor) readFeed(ctx context.Context, path string) error {
	d, err := aaf.Open(path, aaf.Options{})
	if err != nil {
		return err
	}
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo after Commit
	in := &intake{ctx: ctx, tx: tx}
	r := d.Reader()
	for e, err := range r.Typed() {
		if err == nil {
			err = in.take(&e)
		}
		if err != nil {
			return errors.Join(err, v.tell(r.Report()))
		}
	}
	in.degree, in.generation = r.Degree(), r.Generation()
	if err := in.settle(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return v.tell(r.Report())
}

// tell keeps the report for the page.
func (v *vendor) tell(report *ent.Report) error {
	var b strings.Builder
	err := report.WriteText(&b, ent.FR)
	v.mu.Lock()
	v.account = b.String()
	v.mu.Unlock()
	return err
}

// intake writes typed records into the vendor's tables. What points at records that come later waits for settle.
type intake struct {
	ctx        context.Context
	tx         *sql.Tx
	degree     ent.Degree
	generation ent.Generation
	members    []member
	links      []link
}

type member struct {
	user            int64
	structure, code string
}

type link struct {
	pupil int64
	aaf.Link
}

func (in *intake) take(e *aaf.Entry) error {
	if h := e.Head(); h == nil || h.Op == aaf.Delete {
		return nil // what has left is a matter of policy, which this file does not have
	}
	switch {
	case e.Structure != nil:
		s := e.Structure
		uai, err := ent.ParseUAI(s.UAI)
		if err != nil {
			return nil //nolint:nilerr // a service, not a school: the vendor has no use for it
		}
		_, err = in.tx.ExecContext(in.ctx, `INSERT INTO schools (id, feed_key, uai, name) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM schools), $1, $2, $3)
			ON CONFLICT (feed_key) DO UPDATE SET uai = $2, name = $3`, s.ID, uai.String(), strings.Join(s.Name, " "))
		return err
	case e.Pupil != nil:
		p := e.Pupil
		id, err := in.user(e.Category, p.ID, p.Name, "pupil")
		if err != nil {
			return err
		}
		in.members = append(in.members, member{id, p.Structure, ""})
		for _, c := range p.Classes {
			in.members = append(in.members, member{id, c.Structure, c.Code})
		}
		for _, l := range p.Links {
			in.links = append(in.links, link{id, l})
		}
	case e.Relative != nil:
		_, err := in.user(e.Category, e.Relative.ID, e.Relative.Name, "relative")
		return err
	case e.Staff != nil:
		s := e.Staff
		id, err := in.user(e.Category, s.ID, s.Name, "staff")
		if err != nil {
			return err
		}
		for _, at := range s.Structures() {
			in.members = append(in.members, member{id, at, ""})
		}
		for _, c := range s.ClassSubjects {
			in.members = append(in.members, member{id, c.Structure, c.Code})
		}
	}
	return nil
}

// user finds or makes the vendor's user of a feed key and returns its number.
func (in *intake) user(c aaf.Category, key string, n ent.Name, role string) (int64, error) {
	var id int64
	err := in.tx.QueryRowContext(in.ctx, `SELECT user_id FROM user_keys WHERE category = $1 AND feed_key = $2`, string(c), key).Scan(&id)
	switch {
	case err == nil:
		_, err = in.tx.ExecContext(in.ctx, `UPDATE users SET last_name = $1, first_name = $2 WHERE id = $3`, n.Family, ent.CaseName(n.Given), id)
		return id, err
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	err = in.tx.QueryRowContext(in.ctx, `INSERT INTO users (id, last_name, first_name, role)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM users), $1, $2, $3) RETURNING id`, n.Family, ent.CaseName(n.Given), role).Scan(&id)
	if err != nil {
		return 0, err
	}
	_, err = in.tx.ExecContext(in.ctx, `INSERT INTO user_keys (category, feed_key, user_id) VALUES ($1, $2, $3)`, string(c), key, id)
	return id, err
}

// settle writes memberships and guardians, leaving out those that point at nobody: the report named them.
func (in *intake) settle() error {
	for _, m := range in.members {
		if _, err := in.tx.ExecContext(in.ctx, `INSERT INTO memberships (user_id, school_id, class)
			SELECT $1, id, $3 FROM schools WHERE feed_key = $2 ON CONFLICT DO NOTHING`, m.user, m.structure, m.code); err != nil {
			return fmt.Errorf("membership: %w", err)
		}
	}
	for _, l := range in.links {
		// Only who has a right, or looks after the child, becomes a guardian in this product.
		resp, _ := ent.ParseResponsibility(l.Legal, in.generation)
		if resp == ent.ResponsibilityNone {
			continue
		}
		if _, err := in.tx.ExecContext(in.ctx, `INSERT INTO guardians (child_id, adult_id, legal)
			SELECT $1, user_id, $3 FROM user_keys WHERE category = 'PersRelEleve' AND feed_key = $2
			ON CONFLICT (child_id, adult_id) DO UPDATE SET legal = excluded.legal`, l.pupil, l.Relative, resp == ent.ResponsibilityLegal); err != nil {
			return fmt.Errorf("guardian: %w", err)
		}
	}
	return nil
}
