package open_test

import (
	"context"
	"fmt"

	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
)

func ExampleSQLite() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{Prefix: "acme_"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		fmt.Println(err)
		return
	}
	err = db.Update(ctx, "rennes", func(tx *sqldb.Tx) error {
		first, err := tx.Next(ctx, "invoice", 3)
		fmt.Println("numbers", first, "to", first+2)
		return err
	})
	fmt.Println(err)
	// Output:
	// numbers 1 to 3
	// <nil>
}
