// Package accountsql keeps the accounts, sessions and attempts of package account on SQLite or PostgreSQL.
//
//	if err := db.Migrate(ctx, accountsql.Schema()); err != nil {
//		return err
//	}
//	s := &account.Service{
//		Store: accountsql.New(db), Sessions: &account.Sessions{Store: accountsql.NewSessions(db)},
//		Throttle: &account.Throttle{Buckets: accountsql.NewBuckets(db)}, …
//	}
//	// now and then: s.Sweep(ctx, tenant) and buckets.Sweep(ctx, tenant, now)
//
// The database holds hashes of passwords, codes, links and tokens of sessions, and sealed secrets of second factors: who reads it
// enters nowhere without the keys, which live elsewhere (account.Keys). That two accounts never share a login, and that
// a code serves once, is enforced by the tables. Events go to the outbox of sqldb.
//
// [Links] keeps the choices of package guichet that persons asked to remember; guichet.LinkBook.Holder tells, erases and moves those.
//
// Service.Holder tells, erases and merges what these tables hold on a person (ent.Holder).
package accountsql
