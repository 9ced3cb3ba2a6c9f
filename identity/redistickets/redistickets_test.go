//go:build unix

package redistickets_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/cas/castest"
	"github.com/opencartable/cartable/identity/redistickets"
)

func freePort(t *testing.T) string {
	t.Helper()
	for range 50 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		_, port, err := net.SplitHostPort(l.Addr().String())
		require.NoError(t, err)
		l.Close()
		if len(port) < 5 || port < "55535" { // a node of a cluster also takes the port 10 000 above
			return port
		}
	}
	require.Fail(t, "no free port")
	return ""
}

// start runs a Redis server until the end of the test; in CI it must be there.
func start(t *testing.T, args ...string) (addr string, kill func()) {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is missing")
		}
		t.Skip("redis-server is missing")
	}
	port := freePort(t)
	cmd := exec.Command("redis-server", append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}, args...)...)
	require.NoError(t, cmd.Start())
	kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(kill)
	addr = "127.0.0.1:" + port
	for range 100 {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			c.Close()
			return addr, kill
		}
		time.Sleep(30 * time.Millisecond)
	}
	require.Fail(t, "redis-server does not answer")
	return "", nil
}

func TestRegistry(t *testing.T) {
	t.Parallel()
	addr, _ := start(t)
	client := redis.NewClient(&redis.Options{Addr: addr})
	defer client.Close()
	castest.RunRegistry(t, func(now func() time.Time) cas.Registry {
		return redistickets.New(client, redistickets.Options{Prefix: "rennes:", Now: now})
	})
	keys, err := client.Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	for _, k := range keys {
		assert.True(t, strings.HasPrefix(k, "rennes:"))
		ttl, err := client.PTTL(t.Context(), k).Result()
		require.NoError(t, err)
		assert.Positive(t, ttl, "nothing stays for ever")
	}
}

// A server that is down is an error, and not a ticket that is gone.
func TestDown(t *testing.T) {
	t.Parallel()
	addr, kill := start(t)
	client := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: 1, DialTimeout: time.Second})
	defer client.Close()
	r := redistickets.New(client, redistickets.Options{})
	require.NoError(t, r.Put(t.Context(), "k", []byte("v"), time.Minute))
	kill()
	_, err := r.Take(t.Context(), "k")
	require.Error(t, err)
	require.NotErrorIs(t, err, cas.CodeGone)
	require.Error(t, r.Put(t.Context(), "k", []byte("v"), time.Minute))
	_, err = r.End(t.Context(), "s")
	require.Error(t, err)
}

// Three nodes, one of which is killed while tickets are taken from everywhere: never two successes, and a lost ticket is an
// error or gone.
func TestClusterThatLosesANode(t *testing.T) {
	t.Parallel()
	var addrs []string
	var kill func()
	for range 3 {
		addr, k := start(t, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000")
		addrs, kill = append(addrs, addr), k
	}
	out, err := exec.Command("redis-cli", append([]string{"--cluster", "create"}, append(addrs, "--cluster-replicas", "0", "--cluster-yes")...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: addrs, DialTimeout: time.Second, ReadTimeout: time.Second, MaxRedirects: 2})
	defer client.Close()
	r := redistickets.New(client, redistickets.Options{})
	require.Eventually(t, func() bool { return r.Put(t.Context(), "warm", nil, time.Minute) == nil && ready(t.Context(), client) }, 20*time.Second, 100*time.Millisecond)
	castest.RunRegistry(t, func(now func() time.Time) cas.Registry {
		return redistickets.New(client, redistickets.Options{Prefix: "c:", Now: now})
	})

	const tickets = 300
	for n := range tickets {
		require.NoError(t, r.Put(t.Context(), fmt.Sprint("ticket", n), []byte("v"), time.Minute))
	}
	var got [tickets]atomic.Int64
	var taken, gone, failed atomic.Int64
	var wait sync.WaitGroup
	for w := range 8 {
		wait.Go(func() {
			for n := range tickets {
				i := (n + w*tickets/8) % tickets
				switch _, err := r.Take(t.Context(), fmt.Sprint("ticket", i)); {
				case err == nil:
					got[i].Add(1)
					taken.Add(1)
				case errors.Is(err, cas.CodeGone):
					gone.Add(1)
				default:
					failed.Add(1)
				}
				if w == 0 && n == tickets/8 {
					kill()
				}
			}
		})
	}
	wait.Wait()
	for i := range got {
		require.LessOrEqual(t, got[i].Load(), int64(1), "ticket %d", i)
	}
	assert.Positive(t, taken.Load())
	assert.Positive(t, failed.Load(), "those of the node that is dead")
	t.Logf("%d taken, %d gone, %d errors", taken.Load(), gone.Load(), failed.Load())
}

// ready reports whether all nodes know all of the cluster.
func ready(ctx context.Context, c *redis.ClusterClient) bool {
	err := c.ForEachMaster(ctx, func(ctx context.Context, n *redis.Client) error {
		info, err := n.ClusterInfo(ctx).Result()
		if err == nil && !strings.Contains(info, "cluster_state:ok") {
			err = errors.New("not yet")
		}
		return err
	})
	return err == nil
}
