package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Limit lets Burst attempts pass at once, then one every Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// Limits say how many wrong attempts pass. Each is a list: all of its limits hold.
type Limits struct {
	// Pair is for one account from one address, Account for one account from all addresses, Address for one address on all
	// accounts. A school has one address for a thousand pupils, who may all wait in the queue at once: Address is wide.
	Pair, Account, Address []Limit
	// Device is for one account from a browser that signed in to it before. It stands in the place of the three others: what a
	// neighbour tries delays neither the teacher's own computer nor the pupil's.
	Device []Limit
	// Mail is for links and messages asked for one account or address.
	Mail []Limit
}

// DefaultLimits follow the CNIL: a minute after five attempts, 25 in a day.
func DefaultLimits() Limits {
	day := []Limit{{5, time.Minute}, {25, 24 * time.Hour / 25}}
	return Limits{
		Pair: day, Device: day,
		Account: []Limit{{50, 30 * time.Second}},
		Address: []Limit{{1000, time.Second}},
		Mail:    []Limit{{3, 10 * time.Minute}},
	}
}

// Bucket is one limit on one key. The key says nothing of whom it is about.
type Bucket struct {
	Key string
	Limit
}

// Buckets keeps the attempts. On several nodes it is shared. accounttest.RunBuckets proves one.
//
// A bucket is one instant, the theoretical arrival time of the generic cell rate algorithm: it is at the present for a full
// bucket, and goes ahead by Every with each attempt, by Burst times Every at the most.
type Buckets interface {
	// Take takes one from each bucket, or none when one of them is empty; then it returns how long until it has one. Of any
	// number of callers at once, no more pass than the buckets let.
	Take(ctx context.Context, tenant ent.Tenant, buckets []Bucket, now time.Time) (time.Duration, error)
	// Give gives one back to each bucket, and fills the others to the brim.
	Give(ctx context.Context, tenant ent.Tenant, buckets []Bucket, fill []string, now time.Time) error
}

// After returns the instant of a bucket after one attempt, and how long to wait when it has none left. It is the whole rule,
// for a store.
func (l Limit) After(at, now time.Time) (time.Time, time.Duration) {
	// Further ahead than an empty bucket it is only when the clock was set back since, or the limit made narrower.
	if empty := now.Add(time.Duration(l.Burst) * l.Every); at.After(empty) {
		at = empty
	}
	if at.Before(now) {
		at = now
	}
	if wait := at.Add(l.Every).Sub(now) - time.Duration(l.Burst)*l.Every; wait > 0 {
		return at, wait
	}
	return at.Add(l.Every), 0
}

// MemoryBuckets is a Buckets in memory, for one node and for tests.
type MemoryBuckets struct {
	mu    sync.Mutex
	at    map[memoryBucket]time.Time
	sweep int
}

type memoryBucket struct {
	tenant ent.Tenant
	key    string
}

// NewMemoryBuckets returns full buckets.
func NewMemoryBuckets() *MemoryBuckets {
	return &MemoryBuckets{at: map[memoryBucket]time.Time{}, sweep: firstSweep}
}

// firstSweep is how many buckets there are before the full ones are looked for.
const firstSweep = 10_000

// Take is of [Buckets].
func (m *MemoryBuckets) Take(_ context.Context, tenant ent.Tenant, buckets []Bucket, now time.Time) (time.Duration, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	after := make([]time.Time, len(buckets))
	var longest time.Duration
	for i, b := range buckets {
		var wait time.Duration
		after[i], wait = b.After(m.at[memoryBucket{tenant, b.Key}], now)
		longest = max(longest, wait)
	}
	if longest > 0 {
		return longest, nil
	}
	for i, b := range buckets {
		m.at[memoryBucket{tenant, b.Key}] = after[i]
	}
	if len(m.at) > m.sweep {
		for k, at := range m.at {
			if !at.After(now) {
				delete(m.at, k) // full again
			}
		}
		m.sweep = max(firstSweep, 2*len(m.at))
	}
	return 0, nil
}

// Give is of [Buckets].
func (m *MemoryBuckets) Give(_ context.Context, tenant ent.Tenant, buckets []Bucket, fill []string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range buckets {
		k := memoryBucket{tenant, b.Key}
		if at, ok := m.at[k]; ok {
			m.at[k] = at.Add(-b.Every)
		}
	}
	for _, key := range fill {
		delete(m.at, memoryBucket{tenant, key})
	}
	return nil
}

// Throttle delays those who guess. Nobody is locked out: an attempt that is too early is told how long to wait, and costs
// nothing. An attempt is paid before it is checked, so that a hundred at once are not let through, and a right one is paid back.
type Throttle struct {
	Buckets Buckets
	// Limits are DefaultLimits when nil.
	Limits *Limits
}

// form is what is attempted.
type form string

const (
	formSignIn     form = "sign-in"
	formActivation form = "activation"
	formSecond     form = "second"
	formReset      form = "reset"
)

// attempt is one that was paid.
type attempt struct {
	b      Buckets
	tenant ent.Tenant
	// all was paid. A right attempt gets back one, and fill is filled to the brim.
	all, back []Bucket
	fill      []string
}

// AddressKey returns what stands for the address of a browser: an IPv4 address, the first half of an IPv6 one, since one
// line has all the rest.
func AddressKey(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// bucketKey hides whom a bucket is about: the caller's shared store may be looked at.
func bucketKey(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func bucketsOf(limits []Limit, parts ...string) []Bucket {
	var out []Bucket
	for i, l := range limits {
		key := bucketKey(append([]string{string(rune('0' + i))}, parts...)...)
		out = append(out, Bucket{key, l})
	}
	return out
}

func (t *Throttle) limits() Limits {
	if t.Limits == nil {
		return DefaultLimits()
	}
	return *t.Limits
}

// take pays for an attempt on a subject: an account, or what was typed. device is the secret of a browser that
// signed in to it before, "" for another one.
func (t *Throttle) take(ctx context.Context, tenant ent.Tenant, f form, subject string, addr netip.Addr, device string, now time.Time) (*attempt, error) {
	l := t.limits()
	a := &attempt{b: t.Buckets, tenant: tenant}
	var all []Bucket
	if device != "" {
		all = bucketsOf(l.Device, "device", string(f), subject, device)
		for _, b := range all {
			a.fill = append(a.fill, b.Key)
		}
	} else {
		if !addr.IsValid() {
			return nil, failure(CodeAddress)
		}
		from := AddressKey(addr)
		pair := bucketsOf(l.Pair, "pair", string(f), subject, from)
		for _, b := range pair {
			a.fill = append(a.fill, b.Key)
		}
		// The address is one for all forms: who tried codes has no more tries for passwords.
		a.back = append(bucketsOf(l.Account, "account", string(f), subject), bucketsOf(l.Address, "address", from)...)
		all = slices.Concat(pair, a.back)
	}
	wait, err := t.Buckets.Take(ctx, tenant, all, now)
	if err != nil {
		return nil, storeError(err)
	}
	if wait > 0 {
		return nil, &Error{Code: CodeWait, Wait: wait}
	}
	a.all = all
	return a, nil
}

// mail reports whether one more message may be sent for a subject.
func (t *Throttle) mail(ctx context.Context, tenant ent.Tenant, subject string, now time.Time) (bool, error) {
	wait, err := t.Buckets.Take(ctx, tenant, bucketsOf(t.limits().Mail, "mail", subject), now)
	return wait == 0, storeError(err)
}

// right pays back an attempt that was no guess. The bucket of the address gets its one, and is not filled: whoever has an
// account of their own gains nothing by signing in between two guesses.
func (a *attempt) right(ctx context.Context, now time.Time) error {
	// Paid back even when the browser has gone: it owes nothing.
	return storeError(a.b.Give(context.WithoutCancel(ctx), a.tenant, a.back, a.fill, now))
}

// void pays back an attempt that was not checked: the queue was full, the store failed, the browser left.
func (a *attempt) void(ctx context.Context, now time.Time) {
	// The attempt failed already, by a reason that the caller is told.
	_ = a.b.Give(context.WithoutCancel(ctx), a.tenant, a.all, nil, now)
}
