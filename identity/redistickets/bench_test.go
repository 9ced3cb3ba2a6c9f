//go:build unix

package redistickets_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/internal/casbench"
	"github.com/opencartable/cartable/identity/internal/peers"
	"github.com/opencartable/cartable/identity/redistickets"
)

// redisName is the variable by which the server of a measure finds Redis.
const redisName = "CARTABLE_BENCH_REDIS"

func TestMain(m *testing.M) {
	casbench.Child(func() (cas.Registry, error) {
		return redistickets.New(redis.NewClient(&redis.Options{Addr: os.Getenv(redisName)}), redistickets.Options{}), nil
	})
	os.Exit(m.Run())
}

// BenchmarkRatioValidate compares validation over HTTP with LemonLDAP::NG, tickets on Redis: at least 12 times as many a second.
func BenchmarkRatioValidate(b *testing.B) {
	peers.Need(b, "redis-server")
	port := peers.FreePort(b)
	at := "127.0.0.1:" + port
	peers.Run(b, at, exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", b.TempDir()))
	casbench.Validations(b, "Redis", casbench.Promise{Stay: 12}, redisName+"="+at)
	client := redis.NewClient(&redis.Options{Addr: at})
	defer client.Close()
	stats, err := client.Info(b.Context(), "commandstats").Result()
	require.NoError(b, err)
	for line := range strings.Lines(stats) { // one GETDEL a validation, one SET and one script a ticket
		b.Log(strings.TrimSpace(line))
	}
}
