package accountsql

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/identity/account"
)

// Buckets keeps attempts, for the nodes of a server that share a database.
type Buckets struct{ db *sqldb.DB }

var _ account.Buckets = (*Buckets)(nil)

// NewBuckets returns the buckets of a database, for all its tenants. The nodes' clocks must agree to a second.
func NewBuckets(db *sqldb.DB) *Buckets { return &Buckets{db} }

// Take is of [account.Buckets]. Rows are locked in the order of their keys, so that two attempts wait and do not deadlock.
func (b *Buckets) Take(ctx context.Context, tenant ent.Tenant, buckets []account.Bucket, now time.Time) (time.Duration, error) {
	if len(buckets) == 0 {
		return 0, nil
	}
	buckets = slices.SortedFunc(slices.Values(buckets), func(a, b account.Bucket) int { return strings.Compare(a.Key, b.Key) })
	var longest time.Duration
	err := b.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		longest = 0
		at := map[string]time.Time{}
		// What is there is written as it is: the statement that locks the rows reads them.
		args, values := []any{string(tenant)}, make([]string, len(buckets))
		for i, v := range buckets {
			args, values[i] = append(args, v.Key), `($1, $`+strconv.Itoa(i+2)+`, 0)`
		}
		err := tx.Query(ctx, `INSERT INTO {account_bucket} AS b (tenant, key, at) VALUES `+strings.Join(values, ", ")+`
			ON CONFLICT (tenant, key) DO UPDATE SET at = b.at RETURNING key, at`, args, func(row sqldb.Scanner) error {
			var key string
			var micros int64
			err := row.Scan(&key, &micros)
			at[key] = sqldb.Time(micros)
			return err
		})
		if err != nil {
			return err
		}
		after := make([]time.Time, len(buckets))
		for i, v := range buckets {
			var wait time.Duration
			after[i], wait = v.After(at[v.Key], now)
			longest = max(longest, wait)
		}
		if longest > 0 {
			return nil
		}
		for i, v := range buckets {
			if _, err := tx.Exec(ctx, `UPDATE {account_bucket} SET at = $1 WHERE tenant = $2 AND key = $3`,
				sqldb.Micros(after[i]), string(tenant), v.Key); err != nil {
				return err
			}
		}
		return nil
	})
	return longest, err
}

// Give is of [account.Buckets].
func (b *Buckets) Give(ctx context.Context, tenant ent.Tenant, buckets []account.Bucket, fill []string, _ time.Time) error {
	type step struct {
		key  string
		back int64
	}
	var steps []step
	for _, v := range buckets {
		steps = append(steps, step{v.Key, v.Every.Microseconds()})
	}
	for _, key := range fill {
		steps = append(steps, step{key, -1})
	}
	slices.SortFunc(steps, func(a, b step) int { return strings.Compare(a.key, b.key) })
	if len(steps) == 0 {
		return nil
	}
	return b.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		for _, v := range steps {
			query, args := `UPDATE {account_bucket} SET at = at - $1 WHERE tenant = $2 AND key = $3`, []any{v.back, string(tenant), v.key}
			if v.back < 0 {
				query, args = `DELETE FROM {account_bucket} WHERE tenant = $1 AND key = $2`, []any{string(tenant), v.key}
			}
			if _, err := tx.Exec(ctx, query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep removes the buckets that are full again, and returns how many. Call it now and then: nothing else does.
func (b *Buckets) Sweep(ctx context.Context, tenant ent.Tenant, now time.Time) (int64, error) {
	var n int64
	err := b.db.Update(ctx, tenant, func(tx *sqldb.Tx) error {
		var err error
		n, err = tx.Exec(ctx, `DELETE FROM {account_bucket} WHERE tenant = $1 AND at <= $2`, string(tenant), sqldb.Micros(now))
		return err
	})
	return n, err
}
