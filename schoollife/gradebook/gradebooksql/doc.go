// Package gradebooksql keeps a gradebook on SQLite or PostgreSQL.
//
//	if err := db.Migrate(ctx, gradebooksql.Schema()); err != nil {
//		return err
//	}
//	service := &gradebook.Service{Store: gradebooksql.New(db), School: school}
//
// Entries are rows that are added and never changed: the key of the table is what keeps two writers from adding one version,
// so that no mark can be overwritten, and the trail of who wrote what is the data itself. A grid is saved by one statement,
// which holds all its conditions: on PostgreSQL it is one round trip.
//
// The store is an [ent.Holder]: it tells, erases and merges what is held on a pupil, and on who wrote.
package gradebooksql
