package bookingsql

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/schoollife/booking"
)

//go:embed sql postgres
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema { return sqldb.Schema{Name: "booking", FS: files} }

// Store keeps resources and bookings, of all tenants of a database.
type Store struct{ db *sqldb.DB }

var _ booking.Store = (*Store)(nil)

// New returns the store of a database.
func New(db *sqldb.DB) *Store { return &Store{db} }

// unreadable tells of a row without its text, which may be personal.
func unreadable() error { return fmt.Errorf("bookingsql: row: %w", booking.CodeStore) }

func unknown() error { return fmt.Errorf("bookingsql: %w", booking.CodeUnknown) }

func stale() error { return fmt.Errorf("bookingsql: %w", booking.CodeStale) }

func write(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", unreadable()
	}
	return string(b), nil
}

func read(text string, v any) error {
	if json.Unmarshal([]byte(text), v) != nil { // the cause quotes the row
		return unreadable()
	}
	return nil
}

// list writes numbered parameters from n on, and returns them with their arguments.
func list(n int, values []ent.ID) (string, []any) {
	marks, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = "$"+strconv.Itoa(n+i), string(v)
	}
	return strings.Join(marks, ", "), args
}

// resourceRow is a resource and whether it was deleted.
type resourceRow struct {
	booking.Resource
	gone bool
}

func readResource(row sqldb.Scanner) (resourceRow, error) {
	var r resourceRow
	var doc string
	var gone int64
	if err := row.Scan(&doc, &gone); err != nil {
		return r, err
	}
	r.gone = gone != 0
	return r, read(doc, &r.Resource)
}

// resource reads a resource, and locks it when its bookings are to be written. It returns CodeUnknown when there is none, or it is
// gone.
func resource(ctx context.Context, tx *sqldb.Tx, id ent.ID, lock bool) (booking.Resource, error) {
	r, err := resourceOrGone(ctx, tx, id, lock)
	if err == nil && r.gone {
		err = unknown()
	}
	return r.Resource, err
}

func resourceOrGone(ctx context.Context, tx *sqldb.Tx, id ent.ID, lock bool) (resourceRow, error) {
	query := `SELECT doc, gone FROM {booking_resource} WHERE tenant = $1 AND id = $2`
	if lock && tx.Engine() == sqldb.PostgreSQL {
		query += ` FOR UPDATE`
	}
	rows, err := sqldb.All(ctx, tx, query, []any{string(tx.Tenant()), string(id)}, readResource)
	if err != nil {
		return resourceRow{}, err
	}
	if len(rows) == 0 {
		return resourceRow{}, unknown()
	}
	return rows[0], nil
}

// Resources is of [booking.Store].
func (s *Store) Resources(ctx context.Context, tenant ent.Tenant, establishment ent.ID) ([]booking.Resource, error) {
	var out []booking.Resource
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		rows, err := sqldb.All(ctx, tx, `SELECT doc, gone FROM {booking_resource} WHERE tenant = $1 AND establishment = $2 AND gone = 0`,
			[]any{string(tenant), string(establishment)}, readResource)
		out = make([]booking.Resource, len(rows))
		for i := range rows {
			out[i] = rows[i].Resource
		}
		return err
	})
	booking.SortResources(out)
	return out, err
}

// Resource is of [booking.Store].
func (s *Store) Resource(ctx context.Context, tenant ent.Tenant, id ent.ID) (booking.Resource, error) {
	var out booking.Resource
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = resource(ctx, tx, id, false)
		return err
	})
	return out, err
}

// PutResource is of [booking.Store].
func (s *Store) PutResource(ctx context.Context, tenant ent.Tenant, r booking.Resource, at time.Time) (booking.Effect, error) {
	var out booking.Effect
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = putResource(ctx, tx, r, at)
		return err
	})
	if err != nil {
		return booking.Effect{}, err
	}
	return out, nil
}

func putResource(ctx context.Context, tx *sqldb.Tx, r booking.Resource, at time.Time) (booking.Effect, error) {
	if r.Version == 0 {
		return addResource(ctx, tx, r)
	}
	was, err := resource(ctx, tx, r.ID, true)
	if err != nil {
		return booking.Effect{}, err
	}
	ahead, err := aheadOf(ctx, tx, r.ID, at)
	if err != nil {
		return booking.Effect{}, err
	}
	e, err := r.Replace(&was, ahead)
	if err != nil {
		return booking.Effect{}, err
	}
	doc, err := write(e.Resource)
	if err != nil {
		return booking.Effect{}, err
	}
	if err := tx.Send(ctx, `UPDATE {booking_resource} SET establishment = $1, version = $2, doc = $3 WHERE tenant = $4 AND id = $5`,
		string(r.Establishment), e.Resource.Version, doc, string(tx.Tenant()), string(r.ID)); err != nil {
		return booking.Effect{}, err
	}
	if err := updateStates(ctx, tx, e.Suspended); err != nil {
		return booking.Effect{}, err
	}
	if tx.Engine() == sqldb.PostgreSQL && (was.Units() != e.Resource.Units() || len(e.Restored) > 0) {
		// Those that come back have no unit yet, and those that stay may have one that is no more.
		restored := make([]numbered, len(e.Restored))
		for i := range restored {
			restored[i] = number(&e.Restored[i])
		}
		if err := renumber(ctx, tx, r.ID, at, restored); err != nil {
			return booking.Effect{}, err
		}
		if err := writeUnits(ctx, tx, restored); err != nil {
			return booking.Effect{}, err
		}
	}
	return e, updateStates(ctx, tx, e.Restored)
}

func addResource(ctx context.Context, tx *sqldb.Tx, r booking.Resource) (booking.Effect, error) {
	e, err := r.Replace(nil, nil)
	if err != nil {
		return booking.Effect{}, err
	}
	doc, err := write(e.Resource)
	if err != nil {
		return booking.Effect{}, err
	}
	n, err := tx.Exec(ctx, `INSERT INTO {booking_resource} (tenant, id, establishment, version, gone, doc) VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT DO NOTHING`,
		string(tx.Tenant()), string(r.ID), string(r.Establishment), e.Resource.Version, doc)
	if err == nil && n == 0 {
		err = stale()
	}
	return e, err
}

// DeleteResource is of [booking.Store].
func (s *Store) DeleteResource(ctx context.Context, tenant ent.Tenant, id ent.ID, base int64, at time.Time) ([]booking.Booking, error) {
	var out []booking.Booking
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		out = nil
		r, err := resource(ctx, tx, id, true)
		if err != nil {
			return err
		}
		if r.Version != base {
			return stale()
		}
		ahead, err := aheadOf(ctx, tx, id, at)
		if err != nil {
			return err
		}
		r.Version++
		doc, err := write(r)
		if err != nil {
			return err
		}
		if err := tx.Send(ctx, `UPDATE {booking_resource} SET gone = 1, version = $1, doc = $2 WHERE tenant = $3 AND id = $4`,
			r.Version, doc, string(tenant), string(id)); err != nil {
			return err
		}
		out = booking.Drop(ahead)
		return updateStates(ctx, tx, out)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

const columns = `id, resource, owner, starts, ends, starts_local, ends_local, zone, quantity, label, status, moderator, reason, series, made, version`

// reader reads bookings, under the accounts that were kept.
type reader struct{ alias aliases }

func (r *reader) booking(row sqldb.Scanner) (booking.Booking, error) {
	var b booking.Booking
	var quantity int64
	err := row.Scan(&b.ID, &b.Resource, &b.Owner, sqldb.Instant(&b.Starts), sqldb.Instant(&b.Ends), sqldb.Text(&b.Start, booking.ParseMoment),
		sqldb.Text(&b.End, booking.ParseMoment), &b.Zone, &quantity, &b.Label, &b.Status, &b.Moderator, &b.Reason, &b.Series,
		sqldb.Instant(&b.Made), &b.Version)
	b.Quantity = int(quantity)
	b.Owner, b.Moderator = r.alias.now(b.Owner), r.alias.now(b.Moderator)
	return b, err
}

// some returns bookings of a tenant by a condition, whose parameters begin at $2.
func some(ctx context.Context, tx *sqldb.Tx, where string, args ...any) ([]booking.Booking, error) {
	alias, err := merges(ctx, tx)
	if err != nil {
		return nil, err
	}
	r := reader{alias}
	out, err := sqldb.All(ctx, tx, `SELECT `+columns+` FROM {booking} WHERE tenant = $1 AND `+where, append([]any{string(tx.Tenant())}, args...), r.booking)
	booking.Sort(out)
	return out, err
}

// aheadOf returns the bookings of a resource that are not over.
func aheadOf(ctx context.Context, tx *sqldb.Tx, id ent.ID, at time.Time) ([]booking.Booking, error) {
	return some(ctx, tx, `resource = $2 AND ends > $3`, string(id), sqldb.Micros(at))
}

// holding is a condition on bookings that hold their resource: the one of the exclusion constraint.
const holding = `status IN ('created', 'validated')`

// heldIn returns the bookings that hold a resource within [from, to).
func heldIn(ctx context.Context, tx *sqldb.Tx, id ent.ID, from, to time.Time) ([]booking.Booking, error) {
	return some(ctx, tx, `resource = $2 AND ends > $3 AND starts < $4 AND `+holding, string(id), sqldb.Micros(from), sqldb.Micros(to))
}

// Bookings is of [booking.Store].
func (s *Store) Bookings(ctx context.Context, tenant ent.Tenant, q booking.Query) ([]booking.Booking, error) {
	if !q.Valid() {
		return nil, fmt.Errorf("bookingsql: query: %w", booking.CodeSize)
	}
	var out []booking.Booking
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		var where []string
		var args []any
		add := func(text string, more ...any) {
			where, args = append(where, text), append(args, more...)
		}
		among := func(column string, ids []ent.ID) {
			in, more := list(2+len(args), ids)
			add(column+` IN (`+in+`)`, more...)
		}
		if len(q.Resources) > 0 {
			among("resource", q.Resources)
		}
		if q.Owner != "" {
			alias, err := merges(ctx, tx)
			if err != nil {
				return err
			}
			ids := alias.accounts(q.Owner)
			if len(ids) == 0 {
				return nil
			}
			among("owner", ids)
		}
		if q.Series != "" {
			among("series", []ent.ID{q.Series})
			add(`series <> ''`)
		}
		if !q.From.IsZero() {
			add(`ends > $`+strconv.Itoa(2+len(args)), sqldb.Micros(q.From))
		}
		if !q.To.IsZero() {
			add(`starts < $`+strconv.Itoa(2+len(args)), sqldb.Micros(q.To))
		}
		var err error
		out, err = some(ctx, tx, strings.Join(where, ` AND `), args...)
		return err
	})
	return out, err
}

// Booking is of [booking.Store].
func (s *Store) Booking(ctx context.Context, tenant ent.Tenant, id ent.ID) (booking.Booking, error) {
	var out booking.Booking
	err := s.db.View(ctx, tenant, func(tx *sqldb.Tx) error {
		rows, err := some(ctx, tx, `id = $2`, string(id))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return unknown()
		}
		out = rows[0]
		return nil
	})
	return out, err
}

// Change is of [booking.Store].
func (s *Store) Change(ctx context.Context, tenant ent.Tenant, id ent.ID, changes []booking.Change, at time.Time) ([]booking.Booking, error) {
	var out []booking.Booking
	err := s.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		out, err = change(ctx, tx, id, changes, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func change(ctx context.Context, tx *sqldb.Tx, id ent.ID, changes []booking.Change, at time.Time) ([]booking.Booking, error) {
	if len(changes) == 0 || len(changes) > booking.MaxOccurrences {
		return nil, fmt.Errorf("bookingsql: change: %w", booking.CodeSize)
	}
	r, err := resource(ctx, tx, id, true)
	if err != nil {
		return nil, err
	}
	ids := make([]ent.ID, len(changes))
	for i := range changes {
		ids[i] = changes[i].ID
	}
	in, args := list(3, ids)
	had, err := some(ctx, tx, `resource = $2 AND id IN (`+in+`)`, append([]any{string(id)}, args...)...)
	if err != nil || len(had) == 0 {
		return nil, errors.Join(err, unknown())
	}
	a := booking.Admission{Bookings: had}
	from, to := a.Window()
	held, err := heldIn(ctx, tx, id, from, to)
	if err != nil {
		return nil, err
	}
	out, err := r.ChangeAll(had, held, changes)
	if err != nil {
		return nil, err
	}
	taken, err := take(ctx, tx, &r, at, fresh(had, out))
	if err != nil {
		return nil, err
	}
	// The units first: those of before may be another one's by now.
	if err := writeUnits(ctx, tx, taken); err != nil {
		return nil, err
	}
	return out, updateStates(ctx, tx, out)
}

// fresh returns the bookings that hold and did not before.
func fresh(had, now []booking.Booking) []booking.Booking {
	held := map[ent.ID]bool{}
	for i := range had {
		held[had[i].ID] = had[i].Status.Holds()
	}
	var out []booking.Booking
	for _, b := range now {
		if b.Status.Holds() && !held[b.ID] {
			out = append(out, b)
		}
	}
	return out
}

// updateStates writes the states of bookings that are there.
func updateStates(ctx context.Context, tx *sqldb.Tx, list []booking.Booking) error {
	for i := range list {
		b := &list[i]
		if err := tx.Send(ctx, `UPDATE {booking} SET status = $1, moderator = $2, reason = $3, version = $4 WHERE tenant = $5 AND id = $6`,
			string(b.Status), string(b.Moderator), b.Reason, b.Version, string(tx.Tenant()), string(b.ID)); err != nil {
			return err
		}
	}
	return nil
}
