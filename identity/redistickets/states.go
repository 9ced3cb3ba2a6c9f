package redistickets

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/opencartable/cartable/identity/cas"
)

// States keeps on the same server what saml.Store and guichet.States ask for.
type States struct{ r *Registry }

// States returns the store of what is not a ticket. Its keys stand beside those of tickets, and are unlike them.
func (r *Registry) States() *States { return &States{r} }

// setIfAbsent sets a value unless one is there whose stamp is to come. Stamps are big-endian: they compare as they stand.
var setIfAbsent = redis.NewScript(`local v = redis.call('GET', KEYS[1])
if v and string.sub(v, 1, 8) > ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`)

// SetIfAbsent is of saml.ReplayStore: one step on the server.
func (s *States) SetIfAbsent(ctx context.Context, key string, until time.Time) (bool, error) {
	now := s.r.o.Now()
	life := max(until.Sub(now), time.Millisecond)
	at := binary.BigEndian.AppendUint64(nil, uint64(now.UnixMilli())) //nolint:gosec // after 1970
	n, err := setIfAbsent.Run(ctx, s.r.client, []string{s.r.key(key)}, at, s.r.stamped(nil, life), life.Milliseconds()).Int()
	return n == 1, err
}

// Put is of saml.Store and guichet.States.
func (s *States) Put(ctx context.Context, key string, value []byte, life time.Duration) error {
	return s.r.Put(ctx, key, value, life)
}

// Get is of saml.Store.
func (s *States) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return found(s.r.Get(ctx, key))
}

// Take is of saml.Store and guichet.States.
func (s *States) Take(ctx context.Context, key string) ([]byte, bool, error) {
	return found(s.r.Take(ctx, key))
}

// Join is of saml.Store.
func (s *States) Join(ctx context.Context, list string, entry []byte, life time.Duration) error {
	return s.r.Join(ctx, list, entry, life)
}

// End is of saml.Store.
func (s *States) End(ctx context.Context, list string) ([][]byte, error) { return s.r.End(ctx, list) }

func found(b []byte, err error) ([]byte, bool, error) {
	if errors.Is(err, cas.CodeGone) {
		return nil, false, nil
	}
	return b, err == nil, err
}
