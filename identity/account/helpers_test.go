package account_test

import (
	"bytes"
	"context"
	"encoding/base32"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
)

const tenant = ent.Tenant("rennes")

// monday is when the tests begin.
var monday = time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC)

// cheap is a cost for tests that do not measure.
func cheap() account.Cost { return account.Cost{Memory: 8, Passes: 1} }

// address of the documentation range.
func address(last string) netip.Addr { return netip.MustParseAddr("192.0.2." + last) }

// mailbox is a Notifier that keeps what it takes.
type mailbox struct {
	mu   sync.Mutex
	sent []ent.Message
}

func (m *mailbox) Notify(_ context.Context, v ent.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, v)
	return nil
}

// take returns what was sent, and empties the box.
func (m *mailbox) take() []ent.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.sent
	m.sent = nil
	return out
}

// ended is a session that ended.
type ended struct {
	account ent.ID
	id      string
	why     account.EndReason
}

// school is a service with its surroundings.
type school struct {
	*account.Service
	t      *testing.T
	mu     sync.Mutex
	at     time.Time
	mail   *mailbox
	ended  []ended
	events []ent.Event
	log    bytes.Buffer
}

func (s *school) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *school) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

// newSchool returns a service on memory, where hashing is cheap.
func newSchool(t *testing.T) *school {
	t.Helper()
	s := &school{t: t, at: monday, mail: &mailbox{}}
	store := account.NewMemoryStore()
	store.OnEvent = func(e ent.Event) { s.events = append(s.events, e) }
	log := slog.New(slog.NewJSONHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.Service = &account.Service{
		Store: store,
		Sessions: &account.Sessions{
			Store: account.NewMemorySessions(), Clock: s.clock, Logger: log,
			OnEnd: func(_ context.Context, v account.Session, why account.EndReason) error {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.ended = append(s.ended, ended{v.Account, v.ID, why})
				return nil
			},
		},
		Hasher:   &account.Hasher{Cost: cheap(), Queue: account.NewQueue(2, 0)},
		Throttle: &account.Throttle{Buckets: account.NewMemoryBuckets()},
		Keys:     account.Keys{Current: bytes.Repeat([]byte{7}, account.MinKey)},
		Notifier: s.mail, Issuer: "ENT de test", Clock: s.clock, Logger: log,
		ResetURL: func(token string) string { return "https://ent.exemple.test/reset#" + token },
		MailURL:  func(token string) string { return "https://ent.exemple.test/mail#" + token },
	}
	return s
}

func (s *school) save(accounts ...account.Account) {
	s.t.Helper()
	require.NoError(s.t, s.Save(s.t.Context(), tenant, ent.Actor{Kind: ent.ActorSystem}, accounts...))
}

const goodPassword = "Bateau-Rouge-42!"

// active saves an account with goodPassword.
func (s *school) active(a account.Account) account.Account {
	s.t.Helper()
	hash, err := s.Hasher.Hash(s.t.Context(), goodPassword)
	require.NoError(s.t, err)
	a.Password = hash
	if a.Login == "" {
		a.Login = string(a.ID)
	}
	s.save(a)
	return s.get(a.ID)
}

func (s *school) get(id ent.ID) account.Account {
	s.t.Helper()
	var out account.Account
	require.NoError(s.t, s.Store.View(s.t.Context(), tenant, func(tx account.Tx) error {
		var err error
		out, err = tx.Account(s.t.Context(), id)
		return err
	}))
	return out
}

func (s *school) signIn(login, password string, from netip.Addr) (account.Outcome, error) {
	return s.SignIn(s.t.Context(), account.Attempt{Tenant: tenant, Login: login, Password: password, Address: from})
}

// enter signs in and starts a session.
func (s *school) enter(login, password string) (account.Session, string) {
	s.t.Helper()
	out, err := s.signIn(login, password, address("1"))
	require.NoError(s.t, err)
	return s.start(out)
}

func (s *school) start(out account.Outcome) (account.Session, string) {
	s.t.Helper()
	start, err := out.Start()
	require.NoError(s.t, err)
	v, token, err := s.Sessions.Start(s.t.Context(), start)
	require.NoError(s.t, err)
	return v, token
}

// link returns the secret after the # of the n-th link of a message.
func link(m ent.Message, n string) string {
	_, secret, _ := strings.Cut(m.Params["link."+n], "#")
	return secret
}

// phone plays the application of a phone.
func phone(t *testing.T, e account.Enrolment) func(time.Time) string {
	t.Helper()
	u, err := url.Parse(e.URI)
	require.NoError(t, err)
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(u.Query().Get("secret"))
	require.NoError(t, err)
	return func(at time.Time) string { return account.TOTP(secret, at) }
}

func relative(id ent.ID) account.Account {
	return account.Account{
		ID: id, Login: string(id), Profile: ent.ProfileRelative, Source: account.SourceAAF, Mail: string(id) + "@exemple.test",
		Name: ent.Name{Family: "Martin", Given: "Zoé"},
	}
}

func teacher(id ent.ID) account.Account {
	return account.Account{
		ID: id, Login: string(id), Profile: ent.ProfileTeacher, Mail: string(id) + "@exemple.test", Name: ent.Name{Family: "Durand", Given: "Paul"},
		Establishments: []ent.ID{"college"}, Classes: []ent.ID{"6A"},
	}
}

func pupil(id ent.ID) account.Account {
	return account.Account{
		ID: id, Login: string(id), Profile: ent.ProfilePupil, Birth: ent.Date{Year: 2014, Month: 5, Day: 17}, Name: ent.Name{Family: "Petit", Given: "Léa"},
		Establishments: []ent.ID{"college"}, Classes: []ent.ID{"6A"},
	}
}
