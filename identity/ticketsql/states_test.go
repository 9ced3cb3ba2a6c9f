package ticketsql_test

import (
	"testing"
	"time"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/identity/saml/samltest"
	"github.com/opencartable/cartable/identity/ticketsql"
)

var (
	_ saml.Store     = (*ticketsql.States)(nil)
	_ guichet.States = (*ticketsql.States)(nil)
)

func TestStates(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		samltest.RunStore(t, func(now func() time.Time) saml.Store { return ticketsql.New(db, "t", now).States() })
	}, ticketsql.Schema())
}
