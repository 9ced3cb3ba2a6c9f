package sqldb_test

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
)

//go:embed testdata/sample
var sampleFiles embed.FS

// sample is the schema of a package that keeps things: a table, and one with a person's columns.
func sample() sqldb.Schema {
	files, err := fs.Sub(sampleFiles, "testdata/sample")
	if err != nil {
		panic(err)
	}
	return sqldb.Schema{Name: "sample", FS: files}
}

func Example() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := db.Migrate(ctx, sample()); err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range []string{"a", "b", "a"} {
		err := db.Update(ctx, "rennes", func(tx *sqldb.Tx) error {
			number, err := tx.Next(ctx, "thing", 1)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO {thing} (tenant, id, number) VALUES ($1, $2, $3)`, string(tx.Tenant()), id, number); err != nil {
				return err
			}
			return tx.Emit(ctx, ent.Event{Type: "thing.created", Subject: ent.ID(id)})
		})
		if err != nil {
			fmt.Println(err)
		}
	}
	n, err := db.Deliver(ctx, "rennes", "mail", 100, func(_ context.Context, events []ent.Event) error {
		for _, e := range events {
			fmt.Println(e.Sequence, e.Type, e.Subject)
		}
		return nil
	})
	fmt.Println(n, err)
	// Output:
	// sqldb: A value that must be unique is already there. [SQL-DUPLICATE] 1555 ct_thing.tenant, ct_thing.id
	// 1 thing.created a
	// 2 thing.created b
	// 2 <nil>
}
