package accountsql_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/accountsql"
)

// D5 on a database, with the directory of the same one: a parent has an account in each school; merging them brings the
// children together, and un-merging parts them again.
func TestAcceptanceD5WithTheDirectory(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		ctx, today := t.Context(), ent.Date{Year: 2026, Month: 9, Day: 7}
		people := directorysql.New(db, "t", directorysql.Options{})
		s := service(db)
		s.Holders = []ent.Holder{directorysql.NewHolder(db, directorysql.Options{})}
		var parents []ent.ID
		for i, child := range []string{"Tom", "Léa"} {
			src := &directory.Records{What: directory.Feed{Origin: directory.Origin(fmt.Sprint("csv:", i))}}
			parent := directory.Key{Origin: src.What.Origin, Category: directory.Relative, ID: "1"}
			src.List = []directory.Record{
				{Key: parent, Person: ent.Person{Name: ent.Name{Family: "MARTIN", Given: fmt.Sprint("Zoé", i)}}},
				{
					Key:    directory.Key{Origin: src.What.Origin, Category: directory.Pupil, ID: "2"},
					Person: ent.Person{Name: ent.Name{Family: "MARTIN", Given: child}},
					Ties:   []directory.Tie{{Kind: directory.TieRelative, Relative: parent, Responsibility: ent.ResponsibilityLegal}},
				},
			}
			plan, err := directory.Compare(ctx, people, src, directory.Policy{Today: today})
			require.NoError(t, err)
			_, err = people.Apply(ctx, plan, directorysql.ApplyOptions{Consent: true})
			require.NoError(t, err)
			for a, err := range people.Accounts(ctx, directory.Query{Keys: []directory.Key{parent}}) {
				require.NoError(t, err)
				parents = append(parents, a.ID)
			}
		}
		require.Len(t, parents, 2)
		children := func(of ent.ID) int {
			n := 0
			for _, err := range people.Accounts(ctx, directory.Query{Relatives: []ent.ID{of}}) {
				require.NoError(t, err)
				n++
			}
			return n
		}
		hash, err := s.Hasher.Hash(ctx, "Bateau-Rouge-42")
		require.NoError(t, err)
		by := ent.Actor{Kind: ent.ActorSystem}
		for i, source := range []account.Source{account.SourceCSV, account.SourceManual} {
			require.NoError(t, s.Save(ctx, "t", by, account.Account{
				ID: parents[i], Login: fmt.Sprint("zoe", i), Profile: ent.ProfileRelative, Source: source, Password: hash,
			}))
		}
		assert.Equal(t, []int{1, 1}, []int{children(parents[0]), children(parents[1])})

		key, _, err := s.MergeKey(ctx, "t", parents[1])
		require.NoError(t, err)
		_, err = s.Merge(ctx, "t", parents[0], key)
		require.NoError(t, err)
		assert.Equal(t, []int{2, 0}, []int{children(parents[0]), children(parents[1])})
		_, err = s.Merge(ctx, "t", parents[0], key)
		require.ErrorIs(t, err, account.CodeMergeKey)
		out, err := s.SignIn(ctx, account.Attempt{Tenant: "t", Login: "zoe1", Password: "Bateau-Rouge-42", Address: netip.MustParseAddr("192.0.2.1")})
		require.NoError(t, err)
		assert.Equal(t, parents[0], out.Account.ID)

		require.NoError(t, s.Unmerge(ctx, "t", "zoe1", by))
		assert.Equal(t, []int{1, 1}, []int{children(parents[0]), children(parents[1])})
		out, err = s.SignIn(ctx, account.Attempt{Tenant: "t", Login: "zoe1", Password: "Bateau-Rouge-42", Address: netip.MustParseAddr("192.0.2.1")})
		require.NoError(t, err)
		assert.Equal(t, parents[1], out.Account.ID)
	}, directorysql.Schema(), accountsql.Schema())
}

// What accounts write is committed with what the caller writes, or not at all.
func TestInATransactionOfTheCaller(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		store := accountsql.New(db)
		put := func(fail error) error {
			return db.Update(t.Context(), "t", func(tx *sqldb.Tx) error {
				if err := accountsql.In(tx).Put(t.Context(), account.Account{ID: "a", Login: "a"}); err != nil {
					return err
				}
				return fail
			})
		}
		find := func() error {
			return store.View(t.Context(), "t", func(tx account.Tx) error {
				_, err := tx.ByLogin(t.Context(), "a")
				return err
			})
		}
		require.ErrorIs(t, put(assert.AnError), assert.AnError)
		require.ErrorIs(t, find(), account.CodeUnknown)
		require.NoError(t, put(nil))
		require.NoError(t, find())
	}, accountsql.Schema())
}
