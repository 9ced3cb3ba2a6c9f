// Package directorysql keeps a directory of persons in SQLite or PostgreSQL: it is what package directory compares a feed
// with, and it applies the plan, in one transaction or one per establishment.
//
//	db, err := open.SQLite(ctx, "ent.db", open.Options{})
//	if err != nil {
//		return err
//	}
//	if err := db.Migrate(ctx, directorysql.Schema()); err != nil {
//		return err
//	}
//	people := directorysql.New(db, "rennes", directorysql.Options{})
//	plan, err := directory.Compare(ctx, people, source, directory.Policy{Today: today})
//	if err == nil {
//		err = plan.Blocked() // the guard names the schools
//	}
//	if err != nil {
//		return err
//	}
//	done, err := people.Apply(ctx, plan, directorysql.ApplyOptions{Actor: me})
//	// … and on the next morning, should it have been a mistake:
//	_, err = people.Undo(ctx, done.Plan, me)
//
// Whoever dies in the middle of Apply leaves the directory as it was before or as it is after; each change is an event of
// the outbox, stored once with it. A person who has changed since the plan was made is left aside and reported, and a plan
// made before another one of the same origin was applied is refused.
//
// [Store.Search] finds people by the beginning of any part of their names, folded as French does, within what the asker may
// see, by pages. [Store.Merge] and [Store.Unmerge] settle duplicates; [Store.Held] and [Store.Erase] answer a person who
// asks what is held.
//
// Out of scope: who may see whom (package access says it, and gives a Reach), accounts and passwords, the vendor's own tables
// of persons: a vendor who keeps one applies the changes of the plan to it, as examples/existing does.
package directorysql
