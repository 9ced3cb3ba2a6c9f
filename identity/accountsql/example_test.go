package accountsql_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/accountsql"
)

// Accounts on a database. A base of old hashes is brought as it is: each is replaced at the next login.
func Example() {
	ctx := context.Background()
	db, err := open.SQLite(ctx, ":memory:", open.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if err := db.Migrate(ctx, accountsql.Schema()); err != nil {
		fmt.Println(err)
		return
	}
	key := make([]byte, account.MinKey) // 32 random bytes, kept outside the database
	s := &account.Service{
		Store: accountsql.New(db), Sessions: &account.Sessions{Store: accountsql.NewSessions(db)}, Hasher: account.NewHasher(),
		Throttle: &account.Throttle{Buckets: accountsql.NewBuckets(db)}, Keys: account.Keys{Current: key},
	}
	paul := account.Account{
		ID: "us-7", Login: "paul.durand", Profile: ent.ProfileTeacher, Name: ent.Name{Family: "DURAND", Given: "Paul"},
		Password: "6228baaa202996b5dfac796f58ce6670", // MD5
	}
	if err := s.Save(ctx, "rennes", ent.Actor{Kind: ent.ActorSystem}, paul); err != nil {
		fmt.Println(err)
		return
	}
	attempt := account.Attempt{Tenant: "rennes", Login: "paul.durand", Password: "Été 2026", Address: netip.MustParseAddr("192.0.2.7")}
	out, err := s.SignIn(ctx, attempt)
	fmt.Println(out.Account.ID, err)
	a, err := s.Open(ctx, "rennes", "us-7")
	fmt.Println(a.Password[:9], err)
	attempt.Password = "hiver 2026"
	_, err = s.SignIn(ctx, attempt)
	fmt.Println(errors.Is(err, account.CodeCredentials))
	// Output:
	// us-7 <nil>
	// $argon2id <nil>
	// true
}
