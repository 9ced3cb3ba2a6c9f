package directorysql

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// Options say how a store works. The zero value is the default.
type Options struct {
	// NewID returns the identifier of a person to create; by default a UUID of version 7, which is ordered by time.
	NewID func() ent.ID
	// Relatives says which relatives get a login.
	Relatives directory.RelativePolicy
	// UndoFor is how long the data that undoes a plan, or a merge, is kept: 7 days for a plan by default, and 90 for a merge.
	UndoFor  time.Duration
	MergeFor time.Duration
	// Clock gives the instant of plans; by default time.Now.
	Clock func() time.Time
	// Logger tells what was done, without any personal value; by default nothing is logged.
	Logger *slog.Logger
}

// Store is the directory of one tenant. It is safe for concurrent use. It implements [directory.Known].
type Store struct {
	db     *sqldb.DB
	tenant ent.Tenant
	o      Options
}

// New returns the directory of a tenant. Schema must have been migrated.
func New(db *sqldb.DB, tenant ent.Tenant, o Options) *Store {
	if o.NewID == nil {
		o.NewID = newID
	}
	if o.UndoFor == 0 {
		o.UndoFor = 7 * 24 * time.Hour
	}
	if o.MergeFor == 0 {
		o.MergeFor = 90 * 24 * time.Hour
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Store{db: db, tenant: tenant, o: o}
}

func newID() ent.ID {
	id, err := uuid.NewV7()
	if err != nil { // the system has no randomness: nothing can go on
		panic(err)
	}
	return ent.ID(id.String())
}

// Tenant returns whose directory it is.
func (s *Store) Tenant() ent.Tenant { return s.tenant }

func (s *Store) view(ctx context.Context, fn func(*sqldb.Tx) error) error {
	return s.db.View(ctx, s.tenant, fn)
}

func (s *Store) update(ctx context.Context, fn func(*sqldb.Tx) error) error {
	return s.db.Update(ctx, s.tenant, fn)
}

// Activate says that a person has taken possession of the account: from then on it is the one that merges keep. It sends
// EventActivated, the first time. It returns directory.CodeNoAccount for nobody.
func (s *Store) Activate(ctx context.Context, id ent.ID) error {
	return s.set(ctx, "activated", true, ent.Event{Type: EventActivated, Subject: id, Actor: ent.Actor{Kind: ent.ActorPerson, ID: id}})
}

// Block keeps a person from signing in, whatever feeds say, until it is called with false. It sends EventBlocked or
// EventUnblocked when that changes anything.
func (s *Store) Block(ctx context.Context, id ent.ID, blocked bool, by ent.Actor) error {
	e := ent.Event{Type: EventUnblocked, Subject: id, Actor: by}
	if blocked {
		e.Type = EventBlocked
	}
	return s.set(ctx, "blocked", blocked, e)
}

// set changes a column of a person, and sends the event if it did.
func (s *Store) set(ctx context.Context, column string, value bool, e ent.Event) error {
	return s.update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE {person} SET `+column+` = $1, version = version + 1 WHERE tenant = $2 AND id = $3 AND `+column+` <> $1`,
			value, string(s.tenant), string(e.Subject))
		if err != nil {
			return err
		}
		if n > 0 {
			return tx.Emit(ctx, e)
		}
		err = tx.QueryRow(ctx, `SELECT 1 FROM {person} WHERE tenant = $1 AND id = $2`, []any{string(s.tenant), string(e.Subject)}, new(int64))
		if errors.Is(err, sql.ErrNoRows) {
			return directory.Catalog().New(directory.CodeNoAccount, ent.Pos{Record: string(e.Subject)}, "$")
		}
		return err
	})
}
