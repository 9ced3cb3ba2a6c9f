package sqldb

import (
	"context"
	"strings"
)

// outboxCounter numbers the events. A name of a caller never begins so.
const outboxCounter = "~outbox"

// Next reserves k numbers of a counter of the tenant and returns the first; the counter begins at 1. It locks the row of
// the counter until the transaction ends: the numbers have no gap, since a rollback gives them back, and they are in the
// order of the commits. Ask late, since others wait. It serves numbers of invoices.
func (tx *Tx) Next(ctx context.Context, counter string, k int64) (int64, error) {
	if counter == "" || strings.HasPrefix(counter, "~") {
		return 0, failure(CodeCounter)
	}
	return tx.next(ctx, counter, k)
}

func (tx *Tx) next(ctx context.Context, counter string, k int64) (int64, error) {
	if k < 1 {
		return 0, failure(CodeCounter)
	}
	var last int64
	err := tx.QueryRow(ctx, `INSERT INTO {counter} AS c (tenant, name, value) VALUES ($1, $2, $3)
		ON CONFLICT (tenant, name) DO UPDATE SET value = c.value + excluded.value RETURNING value`,
		[]any{string(tx.tenant), counter, k}, &last)
	if err != nil {
		return 0, err
	}
	return last - k + 1, nil
}
