package ticketsql_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/ticketsql"
)

// A registry on a database: what one node puts, another one takes, once.
func Example() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := db.Migrate(ctx, ticketsql.Schema()); err != nil {
		fmt.Println(err)
		return
	}
	one, other := ticketsql.New(db, "rennes", nil), ticketsql.New(db, "rennes", nil)
	if err := one.Put(ctx, "the hash of a ticket", []byte("what it stands for"), 30*time.Second); err != nil {
		fmt.Println(err)
		return
	}
	b, err := other.Take(ctx, "the hash of a ticket")
	fmt.Println(string(b), err)
	_, err = one.Take(ctx, "the hash of a ticket")
	fmt.Println(errors.Is(err, cas.CodeGone))
	// Output:
	// what it stands for <nil>
	// true
}
