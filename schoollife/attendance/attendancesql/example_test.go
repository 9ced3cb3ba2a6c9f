package attendancesql_test

import (
	"context"
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancesql"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// A roll call that is sent twice is taken once, and its event follows.
func Example() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	if err := db.Migrate(ctx, attendancesql.Schema()); err != nil {
		fmt.Println(err)
		return
	}
	store := attendancesql.New(db)
	on := ent.Date{Year: 2026, Month: 11, Day: 3}
	lesson := timetable.Lesson{Key: timetable.Key{Course: "maths-6A", On: on}, Date: on, Start: 8 * 60, End: 9 * 60}
	sent := attendance.Submission{ID: "x1", Lesson: lesson.Key, Marks: []attendance.Mark{{Pupil: "zoe", Status: attendance.StatusAbsent}}, Done: true}
	for range 2 {
		err = store.ChangeCall(ctx, "college", lesson.Key, func(call attendance.RollCall, had []attendance.Event) (attendance.RollCall, []attendance.Event, error) {
			out, _, err := call.Take(sent, &lesson, []ent.ID{"zoe", "noe"}, "durand", time.Date(2026, 11, 3, 7, 5, 0, 0, time.UTC))
			return out, attendance.Follow(had, attendance.Seen(&out, &lesson)), err
		})
		call, _ := store.Call(ctx, "college", lesson.Key)
		events, _ := store.Events(ctx, "college", attendance.Query{From: on, To: on})
		fmt.Println(call.State.Label(ent.FR), call.Revision, len(events), events[0].Kind.Label(ent.FR), err)
	}
	// Output:
	// fait 1 1 absence <nil>
	// fait 1 1 absence <nil>
}
