package gradebooksql_test

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooksql"
)

// Two who write over the same version: one is saved, the other is told.
func Example() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx, gradebooksql.Schema()); err != nil {
		fmt.Println(err)
		return
	}
	store := gradebooksql.New(db)
	at := time.Date(2026, 10, 5, 9, 30, 0, 0, time.UTC)
	term := gradebook.Term{Class: "3A", Period: "T1", State: gradebook.LockOpen, Version: 1}
	if err := store.PutTerm(ctx, "college", gradebook.TermChange{Term: term, By: "head", At: at}); err != nil {
		fmt.Println(err)
		return
	}
	mark := func(by ent.ID, points int64) gradebook.Entry {
		return gradebook.Entry{
			Key:     gradebook.Key{Kind: gradebook.EntryMark, Period: "T1", Teaching: "FR", Of: "d1", Pupil: "zoe"},
			Version: 1, Class: "3A", Epoch: 1, By: by, At: at, Value: gradebook.Value{Result: gradebook.Points(decimal.New(points, 0))},
		}
	}
	for _, e := range []gradebook.Entry{mark("durand", 12), mark("petit", 14)} {
		out, err := store.Save(ctx, "college", []gradebook.Entry{e})
		fmt.Println(e.By, out, err)
	}
	list, err := store.Entries(ctx, "college", gradebook.Query{Periods: []ent.ID{"T1"}})
	fmt.Println(len(list), list[0].Value.Result.Text(ent.FR), err)
	// Output:
	// durand [saved] <nil>
	// petit [conflict] <nil>
	// 1 12 <nil>
}
