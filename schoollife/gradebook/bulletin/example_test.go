package bulletin_test

import (
	"bytes"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

func Example() {
	points := func(s string) gradebook.Value {
		return gradebook.Value{Result: gradebook.Points(decimal.RequireFromString(s))}
	}
	control := gradebook.Assessment{ID: "a1", Teaching: "fr", Period: "T1", Scale: decimal.New(20, 0), Coefficient: decimal.New(1, 0)}
	entries := []gradebook.Entry{{Key: gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T1", Teaching: "fr", Of: "a1"}, Value: gradebook.Value{Assessment: &control}}}
	room := gradebook.Room{
		Class: "6A", Label: "6e A", Periods: []gradebook.Period{{ID: "T1", Label: "1er trimestre", Index: 1, Count: 3, Start: ent.Date{Year: 2024, Month: 9, Day: 2}}},
		Teachings: []gradebook.Teaching{{ID: "fr", Label: "Français", Class: "6A", Coefficient: decimal.New(1, 0)}},
	}
	for i, p := range []string{"12.5", "9", "15", "11"} {
		pupil := ent.ID(fmt.Sprintf("p%d", i))
		room.Members = append(room.Members, gradebook.Member{Pupil: pupil, Class: "6A"})
		entries = append(entries, gradebook.Entry{Key: gradebook.Key{Kind: gradebook.EntryMark, Period: "T1", Teaching: "fr", Of: "a1", Pupil: pupil}, Value: points(p)})
	}
	book := gradebook.ClassBook{
		Room: room, Entries: entries, Input: gradebook.InputOf(room, entries),
		Terms: []gradebook.Term{{Class: "6A", Period: "T1", State: gradebook.LockPartial}},
	}
	people := bulletin.People{Pupil: func(ent.ID) (bulletin.Pupil, bool) { return bulletin.Pupil{Name: "MARTIN Zoé"}, true }}

	doc, issues, err := bulletin.Make(&book, "T1", "p0", people, bulletin.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, i := range issues {
		fmt.Println(i.Message(ent.FR))
	}
	l := doc.Lines()[0]
	fmt.Println(l.Label, l.Result.Average.Text(ent.FR), l.Group.Withheld, doc.Pages(), bulletin.Verify(doc, &book))
	var page bytes.Buffer
	if err := doc.HTML(&page, bulletin.Page{}); err != nil {
		fmt.Println(err)
	}
	fmt.Println(bytes.Contains(page.Bytes(), []byte(">n.c.<")))
	// Output:
	// L'appréciation manque.
	// Moins de 5 moyennes : les chiffres du groupe ne sont pas communiqués.
	// Moins de 5 moyennes : les chiffres du groupe ne sont pas communiqués.
	// L'appréciation générale manque.
	// Français 12,5 true 1 <nil>
	// true
}
