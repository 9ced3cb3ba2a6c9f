package sqldb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

func TestEventsComeOutAsTheyWentIn(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 1, 8, 0, 0, 123456000, time.UTC)
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{Clock: func() time.Time { return now }})
		at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.FixedZone("", 3600))
		events := []ent.Event{
			{Type: "a"},
			{Type: "b", Subject: "us-1", Actor: ent.Actor{Kind: ent.ActorPerson, ID: "us-2", Profile: ent.ProfileTeacher}, At: at, Data: json.RawMessage(`{"x": "é\n"}`)},
		}
		for i := range 300 {
			events = append(events, ent.Event{Type: "many", Subject: ent.ID(fmt.Sprint(i)), Tenant: tenant})
		}
		update(t, db, func(tx *sqldb.Tx) error { return tx.Emit(t.Context(), events...) })
		update(t, db, func(tx *sqldb.Tx) error { return tx.Emit(t.Context()) })
		var got []ent.Event
		n, err := db.Deliver(t.Context(), tenant, "c", 1000, func(_ context.Context, e []ent.Event) error { got = e; return nil })
		require.NoError(t, err)
		assert.Equal(t, len(events), n)
		for i := range events {
			events[i].Tenant, events[i].Sequence = tenant, int64(i+1)
			if events[i].At.IsZero() {
				events[i].At = now
			}
			events[i].At = events[i].At.UTC()
		}
		assert.Equal(t, events, got)
	})
}

func TestAnEventThatIsNotOne(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		for name, e := range map[string]ent.Event{
			"no type": {}, "another tenant": {Type: "a", Tenant: "brest"}, "a sequence": {Type: "a", Sequence: 4}, "no JSON": {Type: "a", Data: []byte("{")},
		} {
			err := db.Update(t.Context(), tenant, func(tx *sqldb.Tx) error { return tx.Emit(t.Context(), ent.Event{Type: "first"}, e) })
			assert.ErrorIs(t, err, sqldb.CodeEvent, name)
		}
		assert.Zero(t, number(t, db, `SELECT count(*) FROM {outbox}`))
	})
}
