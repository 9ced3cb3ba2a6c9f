package guichet

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Link remembers that a subject of a portal chose an account. Its subject is personal data.
type Link struct {
	Tenant   ent.Tenant  `json:"tenant"`
	Provider string      `json:"provider"`
	Subject  string      `json:"subject"`
	Account  ent.ID      `json:"account"`
	Profile  ent.Profile `json:"profile"`
	Created  time.Time   `json:"created"`
	Used     time.Time   `json:"used"`
	// From are the accounts, merged since, that the link was to, the last one last: it goes back to them when a merge is undone.
	From []ent.ID `json:"from,omitempty"`
}

// LogValue shows the portal and the account.
func (l Link) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", l.Provider), slog.String("account", string(l.Account)))
}

// String hides the link.
func (l Link) String() string { return hidden }

// GoString hides the link.
func (l Link) GoString() string { return hidden }

// Links keeps links. A subject of a portal has one link at the most in a tenant.
type Links interface {
	// Find returns the link of a subject, and false when there is none.
	Find(ctx context.Context, tenant ent.Tenant, provider, subject string) (Link, bool, error)
	// Put keeps a link, in the place of another one of the same subject.
	Put(ctx context.Context, l Link) error
	// List returns the links to an account, by portal and subject.
	List(ctx context.Context, tenant ent.Tenant, account ent.ID) ([]Link, error)
	// Remove forgets the link of a subject. It returns false when there was none.
	Remove(ctx context.Context, tenant ent.Tenant, provider, subject string) (bool, error)
}

// The types of the events that a LinkBook returns.
const (
	EventLinkCreated = "guichet.link.created"
	EventLinkRemoved = "guichet.link.removed"
)

// LinkBook remembers the choices of persons who asked for it, and returns what to write in the audit log. The events name the
// portal and the account, never the subject.
type LinkBook struct {
	Links Links
	// Clock is time.Now when nil.
	Clock func() time.Time
}

func (b *LinkBook) now() time.Time {
	if b.Clock == nil {
		return time.Now()
	}
	return b.Clock()
}

func (b *LinkBook) store() (Links, error) {
	if b == nil || b.Links == nil {
		return nil, fmt.Errorf("guichet: links: no store: %w", CodePort)
	}
	return b.Links, nil
}

func portError(err error) error { return fmt.Errorf("guichet: links: %w: %w", CodePort, err) }

// Remember keeps a choice. It is for a person who asked for it. It returns CodeLink when the portal gave no lasting subject.
func (b *LinkBook) Remember(ctx context.Context, c Chosen, by ent.Actor) (ent.Event, error) {
	links, err := b.store()
	if err != nil {
		return ent.Event{}, err
	}
	if c.Provider == "" || c.Subject == "" || c.Candidate.Account == "" {
		return ent.Event{}, fmt.Errorf("guichet: links: %w", CodeLink)
	}
	now := b.now()
	l := Link{Tenant: c.Tenant, Provider: c.Provider, Subject: c.Subject, Account: c.Candidate.Account, Profile: c.Candidate.Profile, Created: now, Used: now}
	if err := links.Put(ctx, l); err != nil {
		return ent.Event{}, portError(err)
	}
	return event(EventLinkCreated, l, by, now)
}

// List returns the links to an account, for the person and for staff who help.
func (b *LinkBook) List(ctx context.Context, tenant ent.Tenant, account ent.ID) ([]Link, error) {
	links, err := b.store()
	if err != nil {
		return nil, err
	}
	out, err := links.List(ctx, tenant, account)
	if err != nil {
		return nil, portError(err)
	}
	return out, nil
}

// Forget removes a link of List, and returns false when it was gone already.
func (b *LinkBook) Forget(ctx context.Context, l Link, by ent.Actor) (ent.Event, bool, error) {
	links, err := b.store()
	if err != nil {
		return ent.Event{}, false, err
	}
	removed, err := links.Remove(ctx, l.Tenant, l.Provider, l.Subject)
	if err != nil {
		return ent.Event{}, false, portError(err)
	}
	if !removed {
		return ent.Event{}, false, nil
	}
	e, err := event(EventLinkRemoved, l, by, b.now())
	return e, true, err
}

func (b *LinkBook) find(ctx context.Context, tenant ent.Tenant, provider, subject string) (Link, bool, error) {
	links, err := b.store()
	if err != nil {
		return Link{}, false, err
	}
	l, ok, err := links.Find(ctx, tenant, provider, subject)
	if err != nil {
		return Link{}, false, portError(err)
	}
	return l, ok, nil
}

// touch writes that a link was used.
func (b *LinkBook) touch(ctx context.Context, l Link) error {
	l.Used = b.now()
	if err := b.Links.Put(ctx, l); err != nil {
		return portError(err)
	}
	return nil
}

func event(kind string, l Link, by ent.Actor, at time.Time) (ent.Event, error) {
	data, err := json.Marshal(struct {
		Provider string      `json:"provider"`
		Profile  ent.Profile `json:"profile"`
	}{l.Provider, l.Profile})
	if err != nil {
		return ent.Event{}, fmt.Errorf("guichet: event: %w", err)
	}
	return ent.Event{Tenant: l.Tenant, Type: kind, Subject: l.Account, Actor: by, At: at, Data: data}, nil
}

// MemoryLinks is a Links in memory, for tests and for an ENT of one small school.
type MemoryLinks struct {
	mu    sync.Mutex
	links map[linkKey]Link
}

type linkKey struct {
	tenant            ent.Tenant
	provider, subject string
}

// NewMemoryLinks returns an empty store.
func NewMemoryLinks() *MemoryLinks { return &MemoryLinks{links: map[linkKey]Link{}} }

// Find returns the link of a subject.
func (m *MemoryLinks) Find(_ context.Context, tenant ent.Tenant, provider, subject string) (Link, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.links[linkKey{tenant, provider, subject}]
	return l, ok, nil
}

// Put keeps a link.
func (m *MemoryLinks) Put(_ context.Context, l Link) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	l.From = slices.Clone(l.From)
	m.links[linkKey{l.Tenant, l.Provider, l.Subject}] = l
	return nil
}

// List returns the links to an account.
func (m *MemoryLinks) List(_ context.Context, tenant ent.Tenant, account ent.ID) ([]Link, error) {
	m.mu.Lock()
	all := slices.Collect(maps.Values(m.links))
	m.mu.Unlock()
	out := slices.DeleteFunc(all, func(l Link) bool { return l.Tenant != tenant || l.Account != account })
	slices.SortFunc(out, func(a, b Link) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Subject, b.Subject))
	})
	return out, nil
}

// Remove forgets the link of a subject.
func (m *MemoryLinks) Remove(_ context.Context, tenant ent.Tenant, provider, subject string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := linkKey{tenant, provider, subject}
	_, ok := m.links[k]
	delete(m.links, k)
	return ok, nil
}
