// Package timetablesql keeps the timetables of schools on SQLite or PostgreSQL.
//
//	if err := db.Migrate(ctx, timetablesql.Schema()); err != nil {
//		return err
//	}
//	store := timetablesql.New(db)
//	kept, err := store.Kept(ctx, tenant, school)
//	plan := timetable.Compare(kept, file, timetable.ImportOptions{Source: "edt"}) // read it, or have it read
//	err = store.Apply(ctx, tenant, school, plan, by, now)                      // all of it, or nothing
//
// An import is one transaction under the lock of its school: a crash in the middle leaves what was there. The plan that undoes it is
// kept with it. The store is an [ent.Holder]: it tells, erases and merges what is held on a person.
package timetablesql
