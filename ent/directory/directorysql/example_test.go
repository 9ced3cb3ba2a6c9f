package directorysql_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/sqldb/open"
)

func ExampleStore_Apply() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "directory")
	if err != nil {
		return
	}
	defer os.RemoveAll(dir)
	db, err := open.SQLite(ctx, filepath.Join(dir, "ent.db"), open.Options{})
	if err != nil {
		return
	}
	defer db.Close()
	if err := db.Migrate(ctx, directorysql.Schema()); err != nil {
		return
	}
	people := directorysql.New(db, "rennes", directorysql.Options{})
	today := ent.Date{Year: 2024, Month: 9, Day: 17}
	plan, err := directory.Compare(ctx, people, directorytest.School(today), directory.Policy{Today: today})
	if err != nil {
		return
	}
	done, err := people.Apply(ctx, plan, directorysql.ApplyOptions{})
	if err != nil {
		return
	}
	rules, err := access.Default().Compile()
	if err != nil {
		return
	}
	// Who asks may see everybody: an administrator of the whole product.
	who := access.NewScope(rules, access.Facts{Today: today, Delegations: []access.Delegation{{Everywhere: true}}})
	page, err := people.Search(ctx, who, access.ActionPersonRead, directorysql.Search{Text: "léa m"})
	if err != nil {
		return
	}
	fmt.Println(done.Report.Total().Kept, "changes,", plan.Count(directory.OpCreate, directory.ObjectPerson), "persons created")
	for i := range page.People {
		fmt.Println(page.People[i].Person.Name.Display(), page.People[i].Login)
	}
	// Output:
	// 7 changes, 3 persons created
	// MARTIN Léa lea.martin
}
