package account

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// MemoryStore is a Store in memory, for tests and for an ENT of one small school. It keeps no event: it hands them to
// OnEvent.
type MemoryStore struct {
	// OnEvent is told of what happened once it is done; nil for nobody. It must not call the store.
	OnEvent func(ent.Event)

	mu      sync.RWMutex
	tenants map[ent.Tenant]*memoryTenant
}

var _ Store = (*MemoryStore)(nil)

type tokenKey struct {
	kind TokenKind
	hash string
}

type memoryTenant struct {
	accounts map[ent.ID]Account
	logins   map[string]ent.ID
	mails    map[string]map[ent.ID]bool
	merged   map[ent.ID]map[ent.ID]bool
	tokens   map[tokenKey]Token
	held     map[ent.ID]map[tokenKey]bool
}

// NewMemoryStore returns an empty store.
func NewMemoryStore() *MemoryStore { return &MemoryStore{tenants: map[ent.Tenant]*memoryTenant{}} }

func newMemoryTenant() *memoryTenant {
	return &memoryTenant{
		map[ent.ID]Account{},
		map[string]ent.ID{},
		map[string]map[ent.ID]bool{},
		map[ent.ID]map[ent.ID]bool{},
		map[tokenKey]Token{},
		map[ent.ID]map[tokenKey]bool{},
	}
}

// View is of [Store].
func (m *MemoryStore) View(_ context.Context, tenant ent.Tenant, fn func(Tx) error) error {
	m.mu.RLock()
	defer m.mu.RUnlock()
	t := m.tenants[tenant]
	if t == nil {
		t = newMemoryTenant()
	}
	return fn(&memoryTx{t: t})
}

// Update is of [Store].
func (m *MemoryStore) Update(_ context.Context, tenant ent.Tenant, fn func(Tx) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tenants[tenant]
	if t == nil {
		t = newMemoryTenant()
		m.tenants[tenant] = t
	}
	tx := &memoryTx{t: t}
	done := false
	defer func() {
		if !done { // fn may panic
			for _, undo := range slices.Backward(tx.undo) {
				undo()
			}
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	done = true
	if m.OnEvent != nil {
		for _, e := range tx.events {
			m.OnEvent(e)
		}
	}
	return nil
}

type memoryTx struct {
	t      *memoryTenant
	undo   []func()
	events []ent.Event
}

// Account is of [Tx].
func (x *memoryTx) Account(_ context.Context, id ent.ID) (Account, error) {
	a, ok := x.t.accounts[id]
	if !ok {
		return Account{}, failure(CodeUnknown)
	}
	return a.Clone(), nil
}

// ByLogin is of [Tx].
func (x *memoryTx) ByLogin(ctx context.Context, key string) (Account, error) {
	return x.Account(ctx, x.t.logins[key])
}

// ByMail is of [Tx].
func (x *memoryTx) ByMail(_ context.Context, key string) ([]Account, error) {
	return x.all(x.t.mails[key]), nil
}

// MergedInto is of [Tx].
func (x *memoryTx) MergedInto(_ context.Context, id ent.ID) ([]Account, error) {
	return x.all(x.t.merged[id]), nil
}

func (x *memoryTx) all(ids map[ent.ID]bool) []Account {
	var out []Account
	for id := range ids {
		a := x.t.accounts[id]
		out = append(out, a.Clone())
	}
	slices.SortFunc(out, func(a, b Account) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// Put is of [Tx].
func (x *memoryTx) Put(_ context.Context, a Account) error {
	keys := a.Logins()
	if len(keys) == 0 || a.ID == "" {
		return failure(CodeLogin)
	}
	for _, k := range keys {
		if other, ok := x.t.logins[k]; ok && other != a.ID {
			return failure(CodeLogin)
		}
	}
	before, had := x.t.accounts[a.ID]
	x.undo = append(x.undo, func() {
		x.t.forget(a.ID)
		if had {
			x.t.index(before)
		}
	})
	x.t.forget(a.ID)
	x.t.index(a.Clone())
	return nil
}

func (t *memoryTenant) index(a Account) {
	t.accounts[a.ID] = a
	for _, k := range a.Logins() {
		t.logins[k] = a.ID
	}
	if k := MailKey(a.Mail); k != "" {
		add(t.mails, k, a.ID)
	}
	if a.MergedInto != "" {
		add(t.merged, a.MergedInto, a.ID)
	}
}

func (t *memoryTenant) forget(id ent.ID) {
	a, ok := t.accounts[id]
	if !ok {
		return
	}
	delete(t.accounts, id)
	for _, k := range a.Logins() {
		delete(t.logins, k)
	}
	remove(t.mails, MailKey(a.Mail), id)
	remove(t.merged, a.MergedInto, id)
}

func add[K, V comparable](index map[K]map[V]bool, k K, v V) {
	if index[k] == nil {
		index[k] = map[V]bool{}
	}
	index[k][v] = true
}

func remove[K, V comparable](index map[K]map[V]bool, k K, v V) {
	delete(index[k], v)
	if len(index[k]) == 0 {
		delete(index, k)
	}
}

// Remove is of [Tx].
func (x *memoryTx) Remove(ctx context.Context, id ent.ID) (bool, error) {
	before, had := x.t.accounts[id]
	if had {
		x.undo = append(x.undo, func() { x.t.index(before) })
		x.t.forget(id)
	}
	return had, x.DropTokens(ctx, id, "")
}

// PutToken is of [Tx].
func (x *memoryTx) PutToken(_ context.Context, t Token) error {
	k := tokenKey{t.Kind, t.Hash}
	before, had := x.t.tokens[k]
	x.undo = append(x.undo, func() {
		x.t.dropToken(k)
		if had {
			x.t.putToken(before)
		}
	})
	x.t.dropToken(k)
	x.t.putToken(t)
	return nil
}

func (t *memoryTenant) putToken(v Token) {
	k := tokenKey{v.Kind, v.Hash}
	t.tokens[k] = v
	add(t.held, v.Account, k)
}

func (t *memoryTenant) dropToken(k tokenKey) {
	remove(t.held, t.tokens[k].Account, k)
	delete(t.tokens, k)
}

// Token is of [Tx].
func (x *memoryTx) Token(_ context.Context, kind TokenKind, hash string) (Token, error) {
	t, ok := x.t.tokens[tokenKey{kind, hash}]
	if !ok {
		return Token{}, failure(CodeLink)
	}
	return t, nil
}

// TakeToken is of [Tx].
func (x *memoryTx) TakeToken(ctx context.Context, kind TokenKind, hash string) (Token, error) {
	t, err := x.Token(ctx, kind, hash)
	if err == nil {
		x.drop(tokenKey{kind, hash})
	}
	return t, err
}

func (x *memoryTx) drop(k tokenKey) {
	t := x.t.tokens[k]
	x.undo = append(x.undo, func() { x.t.putToken(t) })
	x.t.dropToken(k)
}

// DropTokens is of [Tx].
func (x *memoryTx) DropTokens(_ context.Context, account ent.ID, kind TokenKind) error {
	for _, k := range slices.Collect(maps.Keys(x.t.held[account])) {
		if kind == "" || k.kind == kind {
			x.drop(k)
		}
	}
	return nil
}

// Sweep is of [Tx].
func (x *memoryTx) Sweep(_ context.Context, before time.Time) (int64, error) {
	var n int64
	for k, t := range maps.Clone(x.t.tokens) {
		if t.Expires.Before(before) {
			x.drop(k)
			n++
		}
	}
	return n, nil
}

// Emit is of [Tx].
func (x *memoryTx) Emit(_ context.Context, e ent.Event) error {
	x.events = append(x.events, e)
	return nil
}
