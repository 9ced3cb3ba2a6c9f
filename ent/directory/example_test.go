package directory_test

import (
	"context"
	"fmt"
	"os"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// A night: what the vendor has, what the feed says, and what must be done.
func ExampleCompare() {
	known := directory.NewBook(directory.Places{}, func(yield func(directory.Account) bool) {
		yield(directory.Account{
			ID: "us-42", Category: directory.Pupil, Person: ent.Person{Name: ent.Name{Family: "MARTIN", Given: "Léa"}},
			Keys: []directory.HeldKey{{Key: directory.Key{Origin: "aaf:RENNES", Category: directory.Pupil, ID: "5000001"}}},
		})
	})
	feed := &directory.Records{
		What: directory.Feed{Origin: "aaf:RENNES", Complete: true},
		List: []directory.Record{
			{
				Key:    directory.Key{Origin: "aaf:RENNES", Category: directory.Pupil, ID: "5000001"},
				Person: ent.Person{Name: ent.Name{Family: "MARTIN-ROUX", Given: "Léa"}},
			},
			{
				Key:    directory.Key{Origin: "aaf:RENNES", Category: directory.Staff, ID: "7000001"},
				Person: ent.Person{Name: ent.Name{Family: "DURAND", Given: "PAUL"}},
			},
		},
	}
	plan, err := directory.Compare(context.Background(), known, feed, directory.Policy{Today: ent.Date{Year: 2024, Month: 9, Day: 17}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for c := range plan.Changes() {
		fmt.Printf("%s %q %s: %s\n", c.Op, c.ID, c.Key.ID, c.Why().Message(ent.FR))
	}
	if err := plan.WriteSummary(os.Stdout, ent.FR); err != nil {
		fmt.Println(err)
	}
	// Output:
	// create "" 7000001: Première fois dans l'annuaire source.
	// change "us-42" 5000001: L'annuaire source dit autre chose (1 champs).
	//         1  création (personnes)
	//         1  modification (élève)
}
