package redistickets_test

import (
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/redistickets"
)

// One client for a server or for a cluster: with several addresses it is a cluster.
func Example() {
	client := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"redis-1:6379", "redis-2:6379", "redis-3:6379"}})
	defer client.Close()
	srv := &cas.Server{Tickets: redistickets.New(client, redistickets.Options{Prefix: "rennes:"})}
	_, shared := srv.Tickets.(*redistickets.Registry)
	fmt.Println(shared)
	// Output: true
}
