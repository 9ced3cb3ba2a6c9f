package accountsql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/accountsql"
)

var start = time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)

func service(db *sqldb.DB) *account.Service {
	return &account.Service{
		Store: accountsql.New(db), Sessions: &account.Sessions{Store: accountsql.NewSessions(db)},
		Hasher:   &account.Hasher{Cost: account.Cost{Memory: 8, Passes: 1}, Queue: account.NewQueue(1, 0)},
		Throttle: &account.Throttle{Buckets: accountsql.NewBuckets(db)},
		Keys:     account.Keys{Current: make([]byte, account.MinKey)},
		Clock:    func() time.Time { return start },
	}
}

// dump writes all the rows but the events, which hold identifiers only.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"account", "account_login", "account_token", "account_session", "account_bucket"} {
		rows, err := db.Handle().QueryContext(t.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			require.NoError(t, rows.Scan(row...))
			for i := range row {
				fmt.Fprintf(&b, `"%s"`, *row[i].(*any))
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return b.String()
}

// Sessions are not in it: a merge ends those of the account that goes, and undoing the merge does not bring them back.
func TestAccountsAreAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s, n := service(db), 0
		holdertest.Run(t, holdertest.Part{
			Holder: s.Holder(), Tenant: "t",
			Put: func(t *testing.T, mark string) ent.ID {
				n++
				id := ent.ID(fmt.Sprint("person-", n))
				require.NoError(t, s.Save(t.Context(), "t", ent.Actor{Kind: ent.ActorSystem}, account.Account{
					ID: id, Login: mark + ".login", Alias: mark + "-alias", Profile: ent.ProfileRelative, Name: ent.Name{Family: mark, Given: mark + "G"},
					Mail: mark + "@exemple.test", Mobile: mark + "M", SchoolNames: []string{mark}, PreviousMail: mark + "old@exemple.test",
				}))
				_, err := s.PrintCodes(t.Context(), account.Order{Tenant: "t", By: account.Agent{Administrator: true}, Accounts: []ent.ID{id}})
				require.NoError(t, err)
				return id
			},
			Dump: func(t *testing.T) string { return dump(t, db) },
		})
	}, accountsql.Schema())
}

// Sessions are told and erased, those of the main account that a merged login opened too.
func TestSessionsAreHeldAndErased(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := service(db)
		for _, id := range []ent.ID{"a", "b"} {
			require.NoError(t, s.Save(t.Context(), "t", ent.Actor{Kind: ent.ActorSystem}, account.Account{ID: id, Login: string(id), Profile: ent.ProfileRelative}))
		}
		h := s.Holder()
		require.NoError(t, h.Merge(t.Context(), "t", "a", "b"))
		for _, via := range []ent.ID{"", "b"} {
			_, _, err := s.Sessions.Start(t.Context(), account.Start{Tenant: "t", Account: "a", Via: via, Agent: "Mark" + string(via)})
			require.NoError(t, err)
		}
		held, err := h.Held(t.Context(), "t", "a")
		require.NoError(t, err)
		assert.Len(t, held, 4, "two accounts, two sessions")
		_, err = h.Erase(t.Context(), "t", "b")
		require.NoError(t, err)
		assert.NotContains(t, dump(t, db), "Markb")
		n, err := h.Erase(t.Context(), "t", "a")
		require.NoError(t, err)
		assert.EqualValues(t, 2, n)
		assert.Empty(t, dump(t, db))
	}, accountsql.Schema())
}
