package sqldb

import (
	"context"
	"encoding/json"

	"github.com/opencartable/cartable/ent"
)

func outboxColumns() []string {
	return []string{"tenant", "sequence", "type", "subject", "actor_kind", "actor_id", "actor_profile", "at", "data"}
}

// Emit writes events to the outbox of the tenant, each once, with the sequences that follow. Tenant, Sequence and, when it
// is missing, At are filled in; the data is not read. Emit last: from here to the end of the transaction, no other one of
// the tenant can emit, which is what makes the sequence the order of the commits. It returns CodeEvent, and writes none,
// when an event has no type, another tenant or a sequence.
func (tx *Tx) Emit(ctx context.Context, events ...ent.Event) error {
	if len(events) == 0 {
		return nil
	}
	for _, e := range events {
		if e.Type == "" || e.Sequence != 0 || e.Tenant != "" && e.Tenant != tx.tenant || len(e.Data) > 0 && !json.Valid(e.Data) {
			return failure(CodeEvent)
		}
	}
	first, err := tx.next(ctx, outboxCounter, int64(len(events)))
	if err != nil {
		return err
	}
	now := tx.db.clock()
	row := make([]any, len(outboxColumns()))
	_, err = tx.Load(ctx, "outbox", outboxColumns(), func(yield func([]any) bool) {
		for i, e := range events {
			if e.At.IsZero() {
				e.At = now
			}
			row = append(row[:0], string(tx.tenant), first+int64(i), e.Type, string(e.Subject), string(e.Actor.Kind),
				string(e.Actor.ID), string(e.Actor.Profile), Micros(e.At), string(e.Data))
			if !yield(row) {
				return
			}
		}
	})
	return err
}

// eventsAfter returns the events that follow a sequence, in their order.
func eventsAfter(ctx context.Context, tx *Tx, sequence int64, most int) ([]ent.Event, error) {
	return All(ctx, tx, `SELECT sequence, type, subject, actor_kind, actor_id, actor_profile, at, data FROM {outbox}
		WHERE tenant = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
		[]any{string(tx.tenant), sequence, int64(most)}, func(row Scanner) (ent.Event, error) {
			e := ent.Event{Tenant: tx.tenant}
			var at int64
			var data string
			err := row.Scan(&e.Sequence, &e.Type, &e.Subject, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Profile, &at, &data)
			e.At = Time(at)
			if data != "" {
				e.Data = json.RawMessage(data)
			}
			return e, err
		})
}
