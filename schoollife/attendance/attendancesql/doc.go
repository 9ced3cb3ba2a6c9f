// Package attendancesql keeps roll calls, absences, declarations, proofs and incidents on SQLite or PostgreSQL.
//
//	if err := db.Migrate(ctx, attendancesql.Schema()); err != nil {
//		return err
//	}
//	service := attendance.Service{Store: attendancesql.New(db), School: school, Counter: counter, Zone: zone, NewID: newID}
//	call, clashes, err := service.Take(ctx, asker, sent) // the roll call and its events, both or neither
//
// Changes of one lesson, or of one incident, follow each other under the lock of its row. Events are added, never changed: their
// history is what is there. The store is an [ent.Holder]: it tells, erases and merges what is held on a person. A merge writes
// nothing again: whoever reads the account that is gone finds the one that is kept, and a merge is undone by forgetting it.
//
// The file of a pupil's absences is opened for the single school year (Code de l'éducation, R131-6): no text keeps it against an
// erasure, nor a sanction's name in the register, which has none (circulaire 2014-059).
package attendancesql
