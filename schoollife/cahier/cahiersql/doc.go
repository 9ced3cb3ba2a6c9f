// Package cahiersql keeps cahiers de textes on SQLite or PostgreSQL.
//
//	if err := db.Migrate(ctx, cahiersql.Schema()); err != nil {
//		return err
//	}
//	service := &cahier.Service{Store: cahiersql.New(db), School: school, Zone: zone, NewID: newID}
//
// Versions are rows that are added: the key of the table is what keeps two writers from adding one version. A year that is closed is
// held by its row, under a lock. The store is an [ent.Holder]: it tells, erases and merges what is held on a person. The cahier is the
// class's and stays when a teacher is erased, without the name.
package cahiersql
