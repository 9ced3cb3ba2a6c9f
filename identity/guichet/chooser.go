package guichet

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

// States keeps small values for a short time, by keys that cannot be guessed. On several nodes it is shared: a Redis with SET
// PX and GETDEL is enough.
type States interface {
	// Put keeps a value until it is taken or its time is over.
	Put(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Take returns a value and removes it, in one step: of two callers, one gets it. It returns false for a key that is unknown,
	// was taken or is over.
	Take(ctx context.Context, key string) ([]byte, bool, error)
}

// Choice is what a chooser offers.
type Choice struct {
	// Claim is where the candidates come from: its tenant, portal and subject are kept.
	Claim      Claim
	Candidates []Candidate
	// Browser is the secret that the browser holds already, from another tab; a new one is made when it is "" or too short.
	Browser string
}

// LogValue shows the portal.
func (c Choice) LogValue() slog.Value { return c.Claim.LogValue() }

// String hides the choice.
func (c Choice) String() string { return hidden }

// GoString hides the choice.
func (c Choice) GoString() string { return hidden }

// Offer is what the page needs. The list is shown in the answer to the message of the portal, and posted once.
type Offer struct {
	// State goes into the form, as a hidden field. It is of one use, and stands for the token against forged requests.
	State string
	// Browser goes into a cookie: Secure, HttpOnly, SameSite=Lax. It never appears in the page.
	Browser string
	// Candidates are in the order of their index, from 0.
	Candidates []Candidate
	Expires    time.Time
}

// LogValue shows when it ends.
func (o Offer) LogValue() slog.Value { return slog.GroupValue(slog.Time("expires", o.Expires)) }

// String hides the offer.
func (o Offer) String() string { return hidden }

// GoString hides the offer.
func (o Offer) GoString() string { return hidden }

// Chosen is the account that the person chose, and where it came from.
type Chosen struct {
	Tenant            ent.Tenant
	Provider, Subject string
	Candidate         Candidate
}

// LogValue shows the portal and the candidate's identifier.
func (c Chosen) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", c.Provider), slog.Any("candidate", c.Candidate))
}

// String hides what was chosen.
func (c Chosen) String() string { return hidden }

// GoString hides what was chosen.
func (c Chosen) GoString() string { return hidden }

// ChoiceTTL is how long a choice waits when Chooser.TTL does not say.
const ChoiceTTL = 10 * time.Minute

const (
	// grace is how long an expired choice stays in the store, so that it is told from a used one.
	grace = time.Hour
	// minSecret is the length of rand.Text: 130 bits.
	minSecret = 26
)

// Chooser offers the accounts of a claim that fits several. What is offered stays on the server: the page sends back an index.
type Chooser struct {
	States States
	// TTL is how long a choice waits; ChoiceTTL when 0.
	TTL time.Duration
	// Clock is time.Now when nil.
	Clock func() time.Time
}

func (c Chooser) now() time.Time {
	if c.Clock == nil {
		return time.Now()
	}
	return c.Clock()
}

// waiting is what the store keeps. It holds a hash of the browser's secret, and the store's key is a hash of the state: who
// reads the store cannot choose.
type waiting struct {
	Browser    []byte      `json:"browser"`
	Expires    time.Time   `json:"expires"`
	Tenant     ent.Tenant  `json:"tenant"`
	Provider   string      `json:"provider"`
	Subject    string      `json:"subject"`
	Candidates []Candidate `json:"candidates"`
}

func hash(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

func stateKey(state string) string { return "guichet:choice:" + hex.EncodeToString(hash(state)) }

// Start keeps the candidates and returns what the page needs. It returns CodeChoice when there is nothing to offer or no store,
// CodePort when the store fails.
func (c Chooser) Start(ctx context.Context, choice Choice) (Offer, error) {
	if c.States == nil || len(choice.Candidates) == 0 {
		return Offer{}, fmt.Errorf("guichet: chooser: %w", CodeChoice)
	}
	ttl := c.TTL
	if ttl <= 0 {
		ttl = ChoiceTTL
	}
	offer := Offer{State: rand.Text(), Browser: choice.Browser, Candidates: choice.Candidates, Expires: c.now().Add(ttl)}
	if len(offer.Browser) < minSecret || !opaque(offer.Browser) {
		offer.Browser = rand.Text()
	}
	b, err := json.Marshal(waiting{
		Browser: hash(offer.Browser), Expires: offer.Expires, Candidates: choice.Candidates,
		Tenant: choice.Claim.Tenant, Provider: choice.Claim.Provider, Subject: choice.Claim.Subject,
	})
	if err != nil {
		return Offer{}, fmt.Errorf("guichet: chooser: %w: %w", CodeChoice, err)
	}
	if err := c.States.Put(ctx, stateKey(offer.State), b, ttl+grace); err != nil {
		return Offer{}, fmt.Errorf("guichet: chooser: %w: %w", CodePort, err)
	}
	return offer, nil
}

// Choose returns what the person chose: the state of the form, the secret of the cookie, the index of the form. Every attempt
// uses the state up, whatever its result, but one without a cookie. It returns CodeChoiceBrowser for another browser or no
// cookie, CodeChoiceUsed for a state that was used, gone or never made, CodeChoiceExpired, CodeChoiceIndex for an index that was not
// offered, CodePort when the store fails. Tenant must be the one of the host that answers: a state of another one is unknown
// here.
func (c Chooser) Choose(ctx context.Context, tenant ent.Tenant, state, browser string, index int) (Chosen, error) {
	fail := func(code ent.Code) (Chosen, error) { return Chosen{}, fmt.Errorf("guichet: chooser: %w", code) }
	switch {
	case c.States == nil:
		return fail(CodeChoice)
	case browser == "":
		return fail(CodeChoiceBrowser)
	case !opaque(state):
		return fail(CodeChoiceUsed)
	}
	b, ok, err := c.States.Take(ctx, stateKey(state))
	if err != nil {
		return Chosen{}, fmt.Errorf("guichet: chooser: %w: %w", CodePort, err)
	}
	if !ok {
		return fail(CodeChoiceUsed)
	}
	var w waiting
	if err := json.Unmarshal(b, &w); err != nil {
		// The cause may quote what was kept.
		return fail(CodePort)
	}
	switch {
	case w.Tenant != tenant:
		return fail(CodeChoiceUsed)
	case subtle.ConstantTimeCompare(w.Browser, hash(browser)) != 1:
		return fail(CodeChoiceBrowser)
	case !c.now().Before(w.Expires):
		return fail(CodeChoiceExpired)
	case index < 0 || index >= len(w.Candidates):
		return fail(CodeChoiceIndex)
	}
	return Chosen{Tenant: w.Tenant, Provider: w.Provider, Subject: w.Subject, Candidate: w.Candidates[index]}, nil
}
