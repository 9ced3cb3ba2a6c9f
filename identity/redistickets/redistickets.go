// Package redistickets is a registry of tickets on Redis or Valkey, one server or a cluster, for the nodes of a CAS server.
//
//	client := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"redis-1:6379", "redis-2:6379", "redis-3:6379"}})
//	srv := &cas.Server{Tickets: redistickets.New(client, redistickets.Options{Prefix: "rennes:"}), …}
//
// A ticket is taken by one GETDEL: of any number of nodes one gets it. What expires goes by itself. What is stored of a ticket
// is its hash; a ticket that was given stands beside its session, since the service is told of its end by it. A server of the
// cluster that dies takes its tickets with it: they were worth some seconds; nobody is told that they are bad, unless they are
// gone when the server is back.
//
// A replica that takes over may hold a ticket that was taken a moment before: Redis copies later than it answers. Give
// tickets a cluster without replicas, or with "WAIT" in the client's own hooks, where that matters more than being up.
package redistickets

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/opencartable/cartable/identity/cas"
)

// Options say where tickets stand.
type Options struct {
	// Prefix comes before every key, so that products and tenants share a server.
	Prefix string
	// Now is the clock, time.Now when nil: a value ends by the server's clock or by this one, whichever is first.
	Now func() time.Time
}

// Registry keeps tickets on Redis. Safe for concurrent use.
type Registry struct {
	client redis.UniversalClient
	o      Options
}

var _ cas.Registry = (*Registry)(nil)

// New returns a registry over the caller's client, which the caller closes.
func New(client redis.UniversalClient, o Options) *Registry {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Registry{client, o}
}

func (r *Registry) key(k string) string     { return r.o.Prefix + "t:" + k }
func (r *Registry) session(s string) string { return r.o.Prefix + "s:" + s }

// stamped is a value after when it ends.
func (r *Registry) stamped(value []byte, life time.Duration) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(value)), uint64(r.o.Now().Add(life).UnixMilli())) //nolint:gosec // after 1970
	return append(b, value...)
}

// fresh returns a value without its stamp, false when it is past its time.
func (r *Registry) fresh(b []byte) ([]byte, bool) {
	if len(b) < 8 || binary.BigEndian.Uint64(b) <= uint64(r.o.Now().UnixMilli()) { //nolint:gosec // after 1970
		return nil, false
	}
	return b[8:], true
}

// Put is of [cas.Registry].
func (r *Registry) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	return r.client.Set(ctx, r.key(key), r.stamped(value, life), life).Err()
}

func (r *Registry) value(c *redis.StringCmd) ([]byte, error) {
	b, err := c.Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, cas.CodeGone
	}
	if err != nil {
		return nil, err
	}
	v, ok := r.fresh(b)
	if !ok {
		return nil, cas.CodeGone
	}
	return v, nil
}

// Get is of [cas.Registry].
func (r *Registry) Get(ctx context.Context, key string) ([]byte, error) {
	return r.value(r.client.Get(ctx, r.key(key)))
}

// Take is of [cas.Registry]: one GETDEL. When its answer is lost the client asks again, and is told that the ticket is gone.
func (r *Registry) Take(ctx context.Context, key string) ([]byte, error) {
	return r.value(r.client.GetDel(ctx, r.key(key)))
}

// join adds to a list that lasts as long as the longest life of what is in it; end reads it and removes it. Each is one step
// on the server, and on one key, so that a cluster does it too.
var (
	join = redis.NewScript(`redis.call('RPUSH', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end`)
	end = redis.NewScript(`local list = redis.call('LRANGE', KEYS[1], 0, -1)
redis.call('DEL', KEYS[1])
return list`)
)

// Join is of [cas.Registry].
func (r *Registry) Join(ctx context.Context, session string, entry []byte, life time.Duration) error {
	err := join.Run(ctx, r.client, []string{r.session(session)}, r.stamped(entry, life), life.Milliseconds()).Err()
	if errors.Is(err, redis.Nil) { // the script says nothing
		return nil
	}
	return err
}

// End is of [cas.Registry].
func (r *Registry) End(ctx context.Context, session string) ([][]byte, error) {
	list, err := end.Run(ctx, r.client, []string{r.session(session)}).StringSlice()
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, s := range list {
		if v, ok := r.fresh([]byte(s)); ok {
			out = append(out, v)
		}
	}
	return out, nil
}
