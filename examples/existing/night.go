package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/aaf"
)

// The part taken here: Cartable compares the feed with the vendor's own users, and the vendor applies the plan to its own
// tables. No store of Cartable's, and no id but the vendor's numbers.

// errBlocked is why a night stops before anything is written.
var errBlocked = errors.New("the guard refuses this delivery")

// night compares a delivery with the users and applies the plan, in one transaction. consent applies what a guard refuses.
func (v *vendor) night(ctx context.Context, path string, today ent.Date, consent bool) (*directory.Plan, error) {
	delivery, err := aaf.Open(path, aaf.Options{})
	if err != nil {
		return nil, err
	}
	feed, err := delivery.Source(ctx, aaf.SourceOptions{})
	if err != nil {
		return nil, err
	}
	source := directory.Shaped(feed, shape())
	known, err := v.book(ctx, source.Feed().Origin)
	if err != nil {
		return nil, err
	}
	plan, err := directory.Compare(ctx, known, source, directory.Policy{Today: today})
	if err != nil {
		return nil, err
	}
	if err := plan.Stopped(); err != nil { // of another academy, or older than the last one: nobody consents to that
		return plan, errors.Join(errBlocked, err)
	}
	if err := plan.Blocked(); err != nil && !consent {
		return plan, errors.Join(errBlocked, err)
	}
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo after Commit
	if err := v.applyPlan(ctx, tx, plan); err != nil {
		return nil, err
	}
	return plan, tx.Commit()
}

// shape is what the vendor keeps: names, schools, classes and guardians. Nothing else is compared.
func shape() directory.Shape {
	return directory.Shape{
		States: []ent.Field{"name.family", "name.given", "establishment", "class", "relative"},
		Establishment: func(e *ent.Establishment) bool {
			*e = ent.Establishment{ID: e.ID, UAI: e.UAI, Patronym: e.Name()}
			return e.UAI != "" // a service is no school: the vendor has no use for it
		},
		Class: func(c *ent.Class) bool {
			*c = ent.Class{ID: c.ID, Establishment: c.Establishment, Code: c.Code}
			return true
		},
		Group: func(*ent.Group) bool { return false },
		Tie: func(t *directory.Tie) bool {
			if t.Kind == directory.TieRelative {
				*t = directory.Tie{Kind: t.Kind, Relative: t.Relative, Responsibility: t.Responsibility}
				// Only who has a right, or looks after the child, is a guardian in this product.
				return t.Responsibility != ent.ResponsibilityNone
			}
			*t = directory.Tie{Kind: t.Kind, Target: t.Target, Profile: t.Profile}
			return true
		},
	}
}

// book reads the vendor's tables as a directory.
func (v *vendor) book(ctx context.Context, origin directory.Origin) (*directory.Book, error) {
	users := map[int64]*directory.Account{}
	var places directory.Places
	err := v.each(ctx, `SELECT id, feed_key, uai, name FROM schools`, func(scan func(...any) error) error {
		var id int64
		var key sql.NullString
		var e ent.Establishment
		if err := scan(&id, &key, &e.UAI, &e.Patronym); err != nil {
			return err
		}
		e.ID = userID(id)
		p := directory.Place{Establishment: e}
		if key.Valid {
			p.Keys = []directory.PlaceKey{{Origin: origin, ID: ent.ID(key.String)}}
		}
		places.Establishments = append(places.Establishments, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = v.each(ctx, `SELECT id, last_name, first_name, role, missing_since FROM users WHERE role <> 'admin'`, func(scan func(...any) error) error {
		var id int64
		var a directory.Account
		var role, since string
		if err := scan(&id, &a.Person.Name.Family, &a.Person.Name.Given, &role, &since); err != nil {
			return err
		}
		a.ID, a.Category, a.State = userID(id), directory.Category(role), directory.Active
		if since != "" {
			a.State = directory.Missing
			a.Since, _ = ent.ParseDate(since) // written by us
		}
		users[id] = &a
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = v.each(ctx, `SELECT user_id, category, feed_key, hash, gone FROM user_keys`, func(scan func(...any) error) error {
		var id int64
		var category, key, hash string
		var gone bool
		if err := scan(&id, &category, &key, &hash, &gone); err != nil {
			return err
		}
		k := directory.HeldKey{Key: directory.Key{Origin: origin, Category: categories()[category], ID: key}}
		if gone {
			k.Gone = users[id].Since
		}
		users[id].Keys = append(users[id].Keys, k)
		return users[id].Keys[len(users[id].Keys)-1].Hash.UnmarshalText([]byte(hash))
	})
	if err != nil {
		return nil, err
	}
	profiles := map[directory.Category]ent.Profile{
		directory.Pupil: ent.ProfilePupil, directory.Relative: ent.ProfileRelative, directory.Staff: ent.ProfileStaff,
	}
	classes := map[ent.ID]bool{}
	err = v.each(ctx, `SELECT user_id, school_id, class, profile FROM memberships`, func(scan func(...any) error) error {
		var id, school int64
		var class string
		var profile ent.Profile
		if err := scan(&id, &school, &class, &profile); err != nil {
			return err
		}
		a := users[id]
		if profile == "" {
			profile = profiles[a.Category]
		}
		t := directory.Tie{Kind: directory.TieEstablishment, Target: userID(school), Profile: profile, Origin: origin}
		if class != "" {
			t = directory.Tie{Kind: directory.TieClass, Target: userID(school) + "$" + ent.ID(class), Establishment: userID(school), Origin: origin}
			if !classes[t.Target] {
				classes[t.Target] = true
				places.Classes = append(places.Classes, ent.Class{ID: t.Target, Establishment: userID(school), Code: class})
			}
		} else if a.Category == directory.Relative {
			t.Origin, t.ByChild, t.Responsibility = "", true, ent.ResponsibilityLegal
		}
		a.Ties = append(a.Ties, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = v.each(ctx, `SELECT child_id, adult_id, legal FROM guardians`, func(scan func(...any) error) error {
		var child, adult int64
		var legal bool
		if err := scan(&child, &adult, &legal); err != nil {
			return err
		}
		t := directory.Tie{Kind: directory.TieRelative, Target: userID(adult), Origin: origin, Responsibility: ent.ResponsibilityInCharge}
		if legal {
			t.Responsibility = ent.ResponsibilityLegal
		}
		if u := users[adult]; len(u.Keys) > 0 {
			t.Relative = u.Keys[0].Key
		}
		users[child].Ties = append(users[child].Ties, t)
		return nil
	})
	if err != nil {
		return nil, err
	}
	book := directory.NewBook(places, nil)
	// The last delivery of each origin: an older one is refused, and one of another academy.
	err = v.each(ctx, `SELECT origin, day, academy, degree, context FROM deliveries`, func(scan func(...any) error) error {
		var o directory.Origin
		var s directory.Standing
		var day, hash string
		if err := scan(&o, &day, &s.Academy, &s.Degree, &hash); err != nil {
			return err
		}
		s.Date, _ = ent.ParseDate(day) // written by us
		book.Stand(o, s)
		return s.Context.UnmarshalText([]byte(hash))
	})
	if err != nil {
		return nil, err
	}
	for _, a := range users {
		directory.SortTies(a.Ties)
		book.Put(*a)
	}
	return book, nil
}

// categories names the feed's categories as the vendor's table of keys does.
func categories() map[string]directory.Category {
	return map[string]directory.Category{"Eleve": directory.Pupil, "PersRelEleve": directory.Relative, "PersEducNat": directory.Staff}
}

func categoryName(c directory.Category) string {
	for name, k := range categories() {
		if k == c {
			return name
		}
	}
	return ""
}

func (v *vendor) each(ctx context.Context, query string, row func(scan func(...any) error) error, args ...any) error {
	rows, err := v.db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// applier writes a plan into the vendor's tables.
type applier struct {
	ctx context.Context
	tx  *sql.Tx
	// schools, classes and users are what this plan has created, by the name under which its ties speak of them.
	schools map[ent.ID]int64
	classes map[ent.ID]ent.Class
	users   map[directory.Key]int64
	late    []lateTie
}

type lateTie struct {
	child int64
	tie   directory.Tie
}

func (v *vendor) applyPlan(ctx context.Context, tx *sql.Tx, plan *directory.Plan) error {
	a := &applier{ctx: ctx, tx: tx, schools: map[ent.ID]int64{}, classes: map[ent.ID]ent.Class{}, users: map[directory.Key]int64{}}
	for c := range plan.Changes() {
		var err error
		switch {
		case c.Object == directory.ObjectPerson:
			err = a.person(&c)
		case c.Op != directory.OpPurge: // a class that nobody is in has no row here
			err = a.place(&c)
		}
		if err != nil {
			return fmt.Errorf("night: %s of %s: %w", c.Op, c.Object, err)
		}
	}
	for _, l := range a.late {
		if err := a.tie(l.child, &l.tie); err != nil {
			return err
		}
	}
	for _, s := range plan.Seen() {
		if err := a.hash(number(s.ID), s.Key, s.Hash); err != nil {
			return err
		}
	}
	f := &plan.Feed
	hash, err := f.Context.MarshalText()
	if err != nil {
		return err
	}
	return a.exec(`INSERT INTO deliveries (origin, day, academy, degree, context) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (origin) DO UPDATE SET day = max(day, $2), academy = $3, degree = $4, context = $5`,
		string(f.Origin), f.Date.String(), string(f.Academy), string(f.Degree), string(hash))
}

func (a *applier) exec(query string, args ...any) error {
	_, err := a.tx.ExecContext(a.ctx, query, args...)
	return err
}

func (a *applier) insert(query string, args ...any) (id int64, err error) {
	err = a.tx.QueryRowContext(a.ctx, query, args...).Scan(&id)
	return id, err
}

func (a *applier) place(c *directory.Change) error {
	if class := c.Place.Class; class != nil {
		a.classes[c.ID] = *class
		return nil
	}
	e := c.Place.Establishment
	if c.Op != directory.OpCreate {
		return a.exec(`UPDATE schools SET uai = $2, name = $3, feed_key = coalesce(nullif($4, ''), feed_key) WHERE id = $1`,
			number(c.ID), e.UAI.String(), e.Name(), string(c.Place.Key.ID))
	}
	id, err := a.insert(`INSERT INTO schools (id, feed_key, uai, name) VALUES ((SELECT coalesce(max(id), 0) + 1 FROM schools), $1, $2, $3) RETURNING id`,
		string(c.Place.Key.ID), e.UAI.String(), e.Name())
	a.schools[c.ID] = id
	return err
}

func (a *applier) person(c *directory.Change) error {
	id := number(c.ID)
	switch c.Op {
	case directory.OpCreate:
		return a.create(c)
	case directory.OpChange:
		for _, f := range c.Fields {
			column := map[ent.Field]string{"name.family": "last_name", "name.given": "first_name"}[f.Field]
			if err := a.exec(`UPDATE users SET `+column+` = $2 WHERE id = $1`, id, f.To); err != nil {
				return err
			}
		}
	case directory.OpSuspend:
		return errors.Join(
			a.exec(`UPDATE users SET missing_since = $2 WHERE id = $1`, id, c.Day.String()),
			a.exec(`UPDATE user_keys SET gone = TRUE, hash = '' WHERE user_id = $1`, id),
		)
	case directory.OpRestore:
		if err := a.exec(`UPDATE users SET missing_since = '' WHERE id = $1`, id); err != nil {
			return err
		}
	case directory.OpPreDelete, directory.OpPurge:
		return a.purge(id) // this product keeps nobody in between
	case directory.OpMerge, directory.OpConflict:
		return nil // a page of the vendor's asks somebody
	case directory.OpAttach, directory.OpDetach:
	}
	for i := range c.Detach {
		if err := a.untie(id, &c.Detach[i]); err != nil {
			return err
		}
	}
	for i := range c.Attach {
		if err := a.tie(id, &c.Attach[i]); err != nil {
			return err
		}
	}
	if c.Hash.IsZero() {
		return nil
	}
	return a.hash(id, c.Key, c.Hash)
}

func (a *applier) create(c *directory.Change) error {
	n := c.Account.Person.Name
	id, err := a.insert(`INSERT INTO users (id, last_name, first_name, role)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM users), $1, $2, $3) RETURNING id`, n.Family, n.Given, string(c.Key.Category))
	if err != nil {
		return err
	}
	a.users[c.Key] = id
	if err := a.hash(id, c.Key, c.Hash); err != nil {
		return err
	}
	for i := range c.Account.Ties {
		if err := a.tie(id, &c.Account.Ties[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) hash(id int64, k directory.Key, h directory.Hash) error {
	text, err := h.MarshalText()
	if err != nil {
		return err
	}
	return a.exec(`INSERT INTO user_keys (category, feed_key, user_id, hash) VALUES ($1, $2, $3, $4)
		ON CONFLICT (category, feed_key) DO UPDATE SET hash = $4, gone = FALSE`, categoryName(k.Category), k.ID, id, string(text))
}

// school returns the vendor's number of an establishment, false for one that is no school.
func (a *applier) school(id ent.ID) (int64, bool) {
	if n, ok := a.schools[id]; ok {
		return n, true
	}
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return 0, false
	}
	var found int64
	return n, a.tx.QueryRowContext(a.ctx, `SELECT id FROM schools WHERE id = $1`, n).Scan(&found) == nil
}

// class returns the school and the code of a class.
func (a *applier) class(id ent.ID) (int64, string, bool) {
	if c, ok := a.classes[id]; ok {
		n, ok := a.school(c.Establishment)
		return n, c.Code, ok
	}
	school, code, ok := strings.Cut(string(id), "$")
	n, known := a.school(ent.ID(school))
	return n, code, ok && known
}

func (a *applier) tie(id int64, t *directory.Tie) error {
	switch t.Kind {
	case directory.TieEstablishment:
		if n, ok := a.school(t.Target); ok {
			return a.exec(`INSERT INTO memberships (user_id, school_id, class, profile) VALUES ($1, $2, '', $3)
				ON CONFLICT (user_id, school_id, class) DO UPDATE SET profile = $3`, id, n, string(t.Profile))
		}
	case directory.TieClass:
		if n, code, ok := a.class(t.Target); ok {
			return a.exec(`INSERT INTO memberships (user_id, school_id, class) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, n, code)
		}
	case directory.TieRelative:
		adult := number(t.Target)
		if t.Target == "" {
			n, ok := a.users[t.Relative]
			if !ok {
				a.wait(id, t)
				return nil
			}
			adult = n
		}
		return a.exec(`INSERT INTO guardians (child_id, adult_id, legal) VALUES ($1, $2, $3)
			ON CONFLICT (child_id, adult_id) DO UPDATE SET legal = $3`, id, adult, t.Responsibility == ent.ResponsibilityLegal)
	case directory.TieGroup, directory.TieTeaching, directory.TieHead:
	}
	return nil
}

// wait keeps a tie until the plan has created everybody; one that nobody comes for is dropped at the end.
func (a *applier) wait(id int64, t *directory.Tie) {
	if !slices.ContainsFunc(a.late, func(l lateTie) bool { return l.child == id && l.tie.Relative == t.Relative }) {
		a.late = append(a.late, lateTie{id, *t})
	}
}

func (a *applier) untie(id int64, t *directory.Tie) error {
	switch t.Kind {
	case directory.TieEstablishment:
		if n, ok := a.school(t.Target); ok {
			return a.exec(`DELETE FROM memberships WHERE user_id = $1 AND school_id = $2 AND class = ''`, id, n)
		}
	case directory.TieClass:
		if n, code, ok := a.class(t.Target); ok {
			return a.exec(`DELETE FROM memberships WHERE user_id = $1 AND school_id = $2 AND class = $3`, id, n, code)
		}
	case directory.TieRelative:
		if t.Target != "" {
			return a.exec(`DELETE FROM guardians WHERE child_id = $1 AND adult_id = $2`, id, number(t.Target))
		}
	case directory.TieGroup, directory.TieTeaching, directory.TieHead:
	}
	return nil
}

func (a *applier) purge(id int64) error {
	for _, q := range []string{
		`DELETE FROM memberships WHERE user_id = $1`, `DELETE FROM guardians WHERE child_id = $1 OR adult_id = $1`,
		`DELETE FROM user_keys WHERE user_id = $1`, `DELETE FROM users WHERE id = $1`,
	} {
		if err := a.exec(q, id); err != nil {
			return err
		}
	}
	return nil
}

// number undoes userID; 0 for what is not a number of ours.
func number(id ent.ID) int64 {
	n, err := strconv.ParseInt(string(id), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
