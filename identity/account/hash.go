package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// MaxPassword is how many bytes a password may have: a longer one is refused before it is hashed.
const MaxPassword = 1024

// Cost is that of argon2id. The zero value is the default: 19 MiB, two passes, one lane.
type Cost struct {
	// Memory is in KiB.
	Memory uint32
	Passes uint32
	Lanes  uint8
}

// What a stored hash may ask for at the most.
const (
	maxMemory = 256 * 1024
	maxPasses = 16
	maxLanes  = 16
	// maxWork is memory times passes: about a second.
	maxWork = 1024 * 1024
)

const (
	saltSize = 16
	keySize  = 32
	// wrapped begins argon2id over a hash that others made.
	wrapped = "$wrapped$"
)

// b64 is the base 64 of PHC strings.
var b64 = base64.RawStdEncoding

func equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

func (c Cost) orDefault() Cost {
	if c.Memory == 0 {
		c.Memory = 19 * 1024
	}
	if c.Passes == 0 {
		c.Passes = 2
	}
	if c.Lanes == 0 {
		c.Lanes = 1
	}
	return c
}

// Hasher hashes passwords by argon2id and checks those that others hashed: bcrypt, PBKDF2 with SHA-256 or SHA-512, MD5, SHA-1,
// SHA-256 and SHA-512 in hexadecimal or as directories keep them ({MD5}, {SMD5}, {SHA}, {SSHA}, {SSHA256}, {SSHA512}), and
// crypt $1$, $5$, $6$. Whatever is not argon2id at the present cost is hashed anew at the next login. All work passes through
// the queue.
//
// A password is brought to the Unicode form NFC before it is hashed, since one keyboard writes é as one character and
// another as two. A hash that others made is tried with the bytes as they came too.
type Hasher struct {
	Cost Cost
	// Queue is where the work waits. It is shared by all hashers of a server; needed.
	Queue *Queue
	// Random is crypto/rand when nil.
	Random io.Reader
}

// NewHasher returns a Hasher of the default cost, on a queue of its own.
func NewHasher() *Hasher { return &Hasher{Queue: NewQueue(0, 0)} }

// phc is an argon2id hash, as the PHC string format writes it.
type phc struct {
	cost      Cost
	salt, key []byte
	// inner is how the hash under it was made, nil for a password.
	inner *old
}

func (p *phc) String() string {
	s := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.cost.Memory, p.cost.Passes, p.cost.Lanes,
		b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
	if p.inner != nil {
		s = wrapped + p.inner.setting() + s
	}
	return s
}

func parsePHC(s string) (*phc, bool) {
	if len(s) > maxEncoded {
		return nil, false
	}
	p := &phc{}
	if rest, ok := strings.CutPrefix(s, wrapped); ok {
		setting, hash, _ := strings.Cut(rest, "$")
		if p.inner, ok = parseSetting(setting); !ok {
			return nil, false
		}
		s = "$" + hash
	}
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != "v="+strconv.Itoa(argon2.Version) {
		return nil, false
	}
	costs := strings.Split(f[3], ",")
	if len(costs) != 3 {
		return nil, false
	}
	var n [3]uint32
	for i, name := range []string{"m=", "t=", "p="} {
		text, ok := strings.CutPrefix(costs[i], name)
		v, err := strconv.ParseUint(text, 10, 32)
		if !ok || err != nil {
			return nil, false
		}
		n[i] = uint32(v)
	}
	var e1, e2 error
	p.salt, e1 = b64.DecodeString(f[4])
	p.key, e2 = b64.DecodeString(f[5])
	if e1 != nil || e2 != nil || n[0] > maxMemory || n[1] < 1 || n[1] > maxPasses || n[0]*n[1] > maxWork || n[2] < 1 || n[2] > maxLanes || n[0] < 8*n[2] ||
		len(p.salt) < 8 || len(p.salt) > maxSalt || len(p.key) < 16 || len(p.key) > 64 {
		return nil, false
	}
	p.cost = Cost{n[0], n[1], uint8(n[2])} //nolint:gosec // at most maxLanes
	return p, true
}

func (p *phc) compute(input []byte, size int) []byte {
	return argon2.IDKey(input, p.salt, p.cost.Passes, p.cost.Memory, p.cost.Lanes, uint32(size)) //nolint:gosec // at most 64
}

// Check says whether a stored hash can be verified, for an import that must not wait for each login to know.
func (h *Hasher) Check(stored string) error {
	if _, ok := parsePHC(stored); ok {
		return nil
	}
	if _, ok := parseOld(stored); ok {
		return nil
	}
	return failure(CodeHash)
}

// make hashes an input, outside the queue.
func (h *Hasher) make(input []byte, inner *old) (string, error) {
	random := h.Random
	if random == nil {
		random = rand.Reader
	}
	p := &phc{cost: h.Cost.orDefault(), salt: make([]byte, saltSize), inner: inner}
	if _, err := io.ReadFull(random, p.salt); err != nil {
		return "", &Error{Code: CodeRandom, cause: err}
	}
	p.key = p.compute(input, keySize)
	return p.String(), nil
}

// Hash hashes a password. It returns CodeTooLong, CodeQueueFull or the error of the context.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	input, err := normal(password)
	if err != nil {
		return "", err
	}
	var out string
	if wait := h.do(ctx, nil, func() { out, err = h.make(input, nil) }); wait != nil {
		return "", wait
	}
	return out, err
}

// Wrap protects a hash that others made by argon2id over it, without the password: a base of MD5 sums can be made safe in one
// night. What is returned is verified and replaced like any other. A hash that is strong already is returned as it is:
// argon2id, bcrypt, PBKDF2.
func (h *Hasher) Wrap(ctx context.Context, stored string) (string, error) {
	if _, ok := parsePHC(stored); ok {
		return stored, nil
	}
	o, ok := parseOld(stored)
	if !ok {
		return "", failure(CodeHash)
	}
	switch o.scheme {
	case schemeBcrypt, schemePBKDF2SHA256, schemePBKDF2SHA512:
		return stored, nil
	}
	var out string
	var err error
	if wait := h.do(ctx, nil, func() { out, err = h.make(o.sum, o) }); wait != nil {
		return "", wait
	}
	return out, err
}

// Verify compares a password with a stored hash. When it is right and the hash is not what Hash makes today, upgrade is the
// new hash to store. An empty hash is that of somebody unknown: it takes as long as one of today's cost, and never matches. Nor does
// an empty password.
func (h *Hasher) Verify(ctx context.Context, stored, password string) (ok bool, upgrade string, err error) {
	return h.verify(ctx, nil, stored, password)
}

func (h *Hasher) verify(ctx context.Context, queued func(*Turn), stored, password string) (ok bool, upgrade string, err error) {
	input, err := normal(password)
	if err != nil {
		return false, "", err
	}
	raw := []byte(password)
	wait := h.do(ctx, queued, func() { ok, upgrade, err = h.compare(stored, input, raw) })
	if wait != nil {
		return false, "", wait
	}
	return ok, upgrade, err
}

// compare is one piece of work of the queue. It costs one argon2id at least, whatever is stored, so that the time does not
// tell an unknown login, nor a hash that is quickly made. One that takes longer than that, as bcrypt does, is told by its time
// until its person has signed in once.
func (h *Hasher) compare(stored string, input, raw []byte) (bool, string, error) {
	if len(raw) == 0 {
		stored = "" // some bases hold the hash of nothing
	}
	if p, ok := parsePHC(stored); ok {
		if !p.matches(input, raw) {
			return false, "", nil
		}
		if p.inner == nil && p.cost == h.Cost.orDefault() && len(p.key) == keySize {
			return true, "", nil
		}
		upgrade, err := h.make(input, nil)
		return true, upgrade, err
	}
	if o, ok := parseOld(stored); ok && (o.matches(raw) || string(raw) != string(input) && o.matches(input)) {
		upgrade, err := h.make(input, nil)
		return true, upgrade, err
	}
	dummy := &phc{cost: h.Cost.orDefault(), salt: make([]byte, saltSize)}
	dummy.compute(input, keySize)
	return false, "", nil
}

func (p *phc) matches(input, raw []byte) bool {
	if p.inner == nil {
		return equal(p.compute(input, len(p.key)), p.key)
	}
	if equal(p.compute(p.inner.digest(raw), len(p.key)), p.key) {
		return true
	}
	return string(raw) != string(input) && equal(p.compute(p.inner.digest(input), len(p.key)), p.key)
}

// used reports whether a password is one of the hashes. It is one piece of work.
func (h *Hasher) used(ctx context.Context, stored []string, password string) (bool, error) {
	if len(stored) == 0 {
		return false, nil
	}
	input, err := normal(password)
	if err != nil {
		return false, err
	}
	found := false
	err = h.do(ctx, nil, func() {
		for _, s := range stored {
			if p, ok := parsePHC(s); ok {
				found = found || p.matches(input, []byte(password))
			} else if o, ok := parseOld(s); ok {
				found = found || o.matches([]byte(password))
			}
		}
	})
	return found, err
}

// do waits for the queue. queued is told when somebody is before.
func (h *Hasher) do(ctx context.Context, queued func(*Turn), fn func()) error {
	t, err := h.Queue.Enter()
	if err != nil {
		return err
	}
	defer t.Leave() // queued is the caller's, and may panic
	if queued != nil && t.Position() > 0 {
		queued(t)
	}
	return t.Run(ctx, fn)
}

// normal returns what is hashed of a password. It returns CodeTooLong.
func normal(password string) ([]byte, error) {
	if len(password) > MaxPassword {
		return nil, failure(CodeTooLong)
	}
	return norm.NFC.Bytes([]byte(password)), nil
}
