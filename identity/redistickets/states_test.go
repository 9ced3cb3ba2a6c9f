//go:build unix

package redistickets_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/identity/redistickets"
	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/identity/saml/samltest"
)

var (
	_ saml.Store     = (*redistickets.States)(nil)
	_ guichet.States = (*redistickets.States)(nil)
)

func TestStates(t *testing.T) {
	t.Parallel()
	addr, _ := start(t)
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	samltest.RunStore(t, func(now func() time.Time) saml.Store {
		return redistickets.New(client, redistickets.Options{Prefix: "rennes:", Now: now}).States()
	})
}
