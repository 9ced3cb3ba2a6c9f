package accountsql_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/account/accounttest"
	"github.com/opencartable/cartable/identity/accountsql"
	"github.com/opencartable/cartable/identity/guichet/guichettest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { accounttest.RunStore(t, accountsql.New(db)) }, accountsql.Schema())
}

func TestSessions(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { accounttest.RunSessions(t, accountsql.NewSessions(db)) }, accountsql.Schema())
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { accounttest.RunBuckets(t, accountsql.NewBuckets(db)) }, accountsql.Schema())
}

func TestLinks(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) { guichettest.RunLinks(t, accountsql.NewLinks(db)) }, accountsql.Schema())
}

// A bucket that is full again goes at a sweep.
func TestSweep(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		b := accountsql.NewBuckets(db)
		now := start
		_, err := b.Take(t.Context(), "t", []account.Bucket{{Key: "k", Limit: account.Limit{Burst: 2, Every: 60e9}}}, now)
		require.NoError(t, err)
		n, err := b.Sweep(t.Context(), "t", now)
		require.NoError(t, err)
		assert.Zero(t, n)
		n, err = b.Sweep(t.Context(), "u", now.Add(60e9))
		require.NoError(t, err)
		assert.Zero(t, n)
		n, err = b.Sweep(t.Context(), "t", now.Add(60e9))
		require.NoError(t, err)
		assert.EqualValues(t, 1, n)
	}, accountsql.Schema())
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, accountsql.Schema(), map[string]string{"sql/00001_accounts.sql": "202ffc346676ef2571dbde4e9889b6f2a41697da4d827c7139b6dd01cc6aaaad", "sql/00002_links.sql": "5e5755a4dc42b9b425b5fd440f13059f147eced61faff0dd0392c773e3efc34a"})
}

// What is typed may hold any byte: no database answers by a failure, which would be told apart from a wrong login.
func TestAnyLoginIsAnswered(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		s := service(db)
		for _, login := range []string{"zoe\x00", "\x00", "\xff\xfe", "zo\xc3", "é\x00", strings.Repeat("é", 400), ""} {
			_, err := s.SignIn(t.Context(), account.Attempt{Tenant: "t", Login: login, Password: "Bateau-Rouge-42", Address: netip.MustParseAddr("192.0.2.1")})
			require.ErrorIs(t, err, account.CodeCredentials, "%q", login)
			_, err = s.Activate(t.Context(), account.Activation{
				Tenant: "t", Login: login, Code: "abcdefgh", Password: "Bateau-Rouge-42", Terms: "1", Address: netip.MustParseAddr("192.0.2.1"),
			})
			require.ErrorIs(t, err, account.CodeActivation, "%q", login)
			require.NoError(t, s.Store.View(t.Context(), "t", func(tx account.Tx) error {
				list, err := tx.ByMail(t.Context(), account.MailKey(login+"@exemple.test"))
				assert.Empty(t, list)
				return err
			}), "%q", login)
		}
	}, accountsql.Schema())
}
