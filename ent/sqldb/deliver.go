package sqldb

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/opencartable/cartable/ent"
)

// lease is how long a delivery holds its consumer without a sign of life. A server that dies delays the next delivery by
// so much, by the clocks of the servers.
const lease = time.Minute

// Deliver gives fn the next events of the tenant that the consumer has not had, at most batch of them, in their order, and
// returns how many; 0 when there is none, and fn is not called. When fn returns nil they count as delivered.
//
// Delivery is at least once: when fn fails, or the server dies, the same events come again. (Tenant, Sequence) tells a
// repeated one. Each consumer has its own place and has one delivery at a time: CodeDelivering says that another is under
// way, or that this one was so slow to give signs of life that another took over, whereupon the context of fn ends. fn runs
// outside any transaction, and may begin its own. A consumer begins at the oldest event kept.
func (db *DB) Deliver(ctx context.Context, tenant ent.Tenant, consumer string, batch int, fn func(context.Context, []ent.Event) error) (int, error) {
	if consumer == "" || batch < 1 {
		return 0, failure(CodeConsumer)
	}
	d := delivery{db: db, tenant: tenant, consumer: consumer, holder: rand.Text()}
	events, err := d.take(ctx, batch)
	if err != nil {
		return 0, err
	}
	if len(events) == 0 {
		return 0, d.release(ctx, d.position)
	}
	done := false
	defer func() {
		if !done { // fn failed or panicked: the place stays, the next delivery need not wait
			_ = d.release(ctx, d.position) // the lease ends by itself otherwise
		}
	}()
	if err := d.during(ctx, func(ctx context.Context) error { return fn(ctx, events) }); err != nil {
		return 0, err
	}
	if err := d.release(ctx, events[len(events)-1].Sequence); err != nil {
		return 0, err
	}
	done = true
	return len(events), nil
}

// delivery is one delivery to a consumer.
type delivery struct {
	db       *DB
	tenant   ent.Tenant
	consumer string
	holder   string
	position int64 // the sequence of the last event delivered before
}

// take gets the lease of the consumer, who is known from then on, and reads the events.
func (d *delivery) take(ctx context.Context, batch int) ([]ent.Event, error) {
	var events []ent.Event
	err := d.db.Update(ctx, d.tenant, func(tx *Tx) error {
		now := d.db.clock()
		err := tx.QueryRow(ctx, `INSERT INTO {consumer} AS c (tenant, name, position, holder, until) VALUES ($1, $2, 0, $3, $4)
			ON CONFLICT (tenant, name) DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE c.until <= $5
			RETURNING position`, []any{string(d.tenant), d.consumer, d.holder, Micros(now.Add(lease)), Micros(now)}, &d.position)
		if errors.Is(err, CodeNoRow) {
			return failure(CodeDelivering)
		}
		if err != nil {
			return err
		}
		events, err = eventsAfter(ctx, tx, d.position, batch)
		return err
	})
	return events, err
}

// during runs fn while it renews the lease; the context of fn ends when that fails.
func (d *delivery) during(ctx context.Context, fn func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		t := time.NewTicker(lease / 4)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				if err := d.renew(ctx); err != nil && ctx.Err() == nil {
					cancel(err)
					return
				}
			}
		}
	}()
	defer func() {
		cancel(nil)
		<-renewed
	}()
	return fn(ctx)
}

func (d *delivery) renew(ctx context.Context) error {
	return d.held(ctx, `UPDATE {consumer} SET until = $1 WHERE tenant = $2 AND name = $3 AND holder = $4`,
		Micros(d.db.clock().Add(lease)), string(d.tenant), d.consumer, d.holder)
}

// release gives the lease back at the place where the consumer now is. It does so when the caller has gone, too: what was
// delivered was delivered.
func (d *delivery) release(ctx context.Context, position int64) error {
	return d.held(context.WithoutCancel(ctx), `UPDATE {consumer} SET holder = '', until = 0, position = $1
		WHERE tenant = $2 AND name = $3 AND holder = $4`, position, string(d.tenant), d.consumer, d.holder)
}

// held runs an update of the consumer's row that only its holder can make.
func (d *delivery) held(ctx context.Context, query string, args ...any) error {
	return d.db.Update(ctx, d.tenant, func(tx *Tx) error {
		n, err := tx.Exec(ctx, query, args...)
		if err == nil && n == 0 {
			return failure(CodeDelivering)
		}
		return err
	})
}

// Retire forgets a consumer that will come no more, so that [DB.Forget] no longer waits for it.
func (db *DB) Retire(ctx context.Context, tenant ent.Tenant, consumer string) error {
	return db.Update(ctx, tenant, func(tx *Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM {consumer} WHERE tenant = $1 AND name = $2`, string(tenant), consumer)
		return err
	})
}

// Forget deletes the events older than an instant that every known consumer of the tenant has had, and returns how many.
// Without a consumer nothing is deleted: it may not have come yet. Sequences go on as before.
func (db *DB) Forget(ctx context.Context, tenant ent.Tenant, olderThan time.Time) (int64, error) {
	var n int64
	err := db.Update(ctx, tenant, func(tx *Tx) error {
		var err error
		n, err = tx.Exec(ctx, `DELETE FROM {outbox} WHERE tenant = $1 AND at < $2
			AND sequence <= (SELECT min(position) FROM {consumer} WHERE tenant = $1)`, string(tenant), Micros(olderThan))
		return err
	})
	return n, err
}
