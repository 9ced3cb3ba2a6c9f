// Package ticketsql is a registry of tickets on SQLite or PostgreSQL, for the nodes of a server that share a database and
// no Redis.
//
//	if err := db.Migrate(ctx, ticketsql.Schema()); err != nil {
//		return err
//	}
//	srv := &cas.Server{Tickets: ticketsql.New(db, "rennes", nil), …}
//	// now and then: tickets.Sweep(ctx)
//
// A ticket is taken by the statement that deletes it: of any number of nodes one gets it. What is stored of a ticket is its
// hash; a ticket that was given stands beside its session, since the service is told of its end by it.
package ticketsql
