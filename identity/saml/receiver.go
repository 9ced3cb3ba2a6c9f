package saml

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"slices"
	"time"

	"github.com/beevik/etree"
)

// Config says who receives, and from whom.
type Config struct {
	// EntityID is our name: the audience that assertions must name.
	EntityID string
	// ACS is the address of our assertion consumer service, as it stands in our metadata.
	ACS string
	// Logout are the addresses of our single logout services, those for answers too.
	Logout []string
	// Peers are the partners, each known by its EntityID.
	Peers []Peer
	// Keys are our RSA keys, to decrypt with: each is tried, so that one can succeed another. They may be in a module of
	// hardware.
	Keys []crypto.Decrypter
	// Replay remembers the assertions that were used. It is required.
	Replay ReplayStore
	// Clock returns the time, time.Now by default.
	Clock func() time.Time
	// Skew is how far the clock of a peer may be from ours when the validity of an assertion is judged; 1 minute by
	// default, 5 at the most.
	Skew time.Duration
}

const (
	defaultSkew = time.Minute
	maxSkew     = 5 * time.Minute
	// A message is dated within issueSkew of now, and at most issueAge ago.
	issueSkew = 3 * time.Minute
	issueAge  = 10 * time.Minute
)

// Receiver verifies messages. It never changes, and may be used by several goroutines; a new configuration is a new one.
type Receiver struct {
	entityID, acs string
	logout        []string
	peers         map[string]*Peer
	decryptor     decryptor
	replay        ReplayStore
	clock         func() time.Time
	skew          time.Duration
	// find looks for a peer that the configuration does not name; nil without.
	find func(entityID string) (*Peer, error)
}

// New returns a Receiver of a copy of the configuration, or an error of CodeSetup.
func New(c Config) (*Receiver, error) {
	r := &Receiver{
		entityID: c.EntityID, acs: c.ACS, logout: slices.Clone(c.Logout), peers: make(map[string]*Peer, len(c.Peers)),
		decryptor: decryptor{keys: slices.Clone(c.Keys), recipient: c.EntityID},
		replay:    c.Replay, clock: clockOf(c.Clock), skew: c.Skew,
	}
	if r.skew == 0 {
		r.skew = defaultSkew
	}
	switch {
	case c.EntityID == "":
		return nil, refuseField(CodeSetup, "EntityID")
	case c.ACS == "" && len(c.Logout) == 0:
		return nil, refuseField(CodeSetup, "ACS")
	case c.Replay == nil:
		return nil, refuseField(CodeSetup, "Replay")
	case r.skew < 0 || r.skew > maxSkew:
		return nil, refuseField(CodeSetup, "Skew")
	}
	for _, key := range c.Keys {
		if key == nil {
			return nil, refuseField(CodeSetup, "Keys")
		}
		if _, ok := key.Public().(*rsa.PublicKey); !ok {
			return nil, refuseField(CodeSetup, "Keys")
		}
	}
	for _, p := range c.Peers {
		if err := p.check(); err != nil {
			return nil, err
		}
		if r.peers[p.EntityID] != nil {
			return nil, refuseField(CodeSetup, "Peers")
		}
		p.Keys, p.Contexts, p.Allow = slices.Clone(p.Keys), slices.Clone(p.Contexts), slices.Clone(p.Allow)
		r.peers[p.EntityID] = &p
	}
	return r, nil
}

func (p *Peer) check() error {
	if p.EntityID == "" {
		return refuseField(CodeSetup, "Peers.EntityID")
	}
	if len(p.Keys) == 0 {
		return refuseField(CodeSetup, "Peers.Keys")
	}
	for _, key := range p.Keys {
		switch key := key.(type) {
		case *rsa.PublicKey:
			if key == nil {
				return refuseField(CodeSetup, "Peers.Keys")
			}
		case *ecdsa.PublicKey:
			if key == nil {
				return refuseField(CodeSetup, "Peers.Keys")
			}
		default:
			return refuseField(CodeSetup, "Peers.Keys")
		}
	}
	known := tolerances()
	for _, t := range p.Allow {
		if !slices.Contains(known, t) {
			return refuseField(CodeSetup, "Peers.Allow")
		}
	}
	return nil
}

// Standing is what a service knows of a request that a message answers. An unknown one stands for RequestUnknown.
type Standing int

// The standings.
const (
	// RequestUnknown: no such request is pending.
	RequestUnknown Standing = iota
	// RequestPending: this browser made the request, and it was not answered yet.
	RequestPending
	// RequestElsewhere: another browser made it.
	RequestElsewhere
)

// Pending says what is known of a request by its ID. It is called once at the most, before any signature is verified: it
// looks, and removes nothing. A request is removed once its response is accepted, see Assertion.InResponseTo.
type Pending func(ctx context.Context, id string) (Standing, error)

// PendingIDs is the Pending of a service that keeps the IDs of its requests with the browser.
func PendingIDs(ids ...string) Pending {
	return func(_ context.Context, id string) (Standing, error) {
		if slices.Contains(ids, id) {
			return RequestPending, nil
		}
		return RequestUnknown, nil
	}
}

// answers checks that a message answers a request of this browser.
func answers(ctx context.Context, id string, pending Pending) error {
	if pending == nil || id == "" {
		return refuse(CodeRequest)
	}
	standing, err := pending(ctx, id)
	if err != nil {
		return &RefusedError{Code: CodePort, Field: "Pending", cause: err}
	}
	switch standing {
	case RequestPending:
		return nil
	case RequestElsewhere:
		return refuse(CodeBrowser)
	default:
		return refuse(CodeRequest)
	}
}

// envelope is what every message has.
type envelope struct {
	root         *etree.Element
	id           string
	issuer       *Peer
	inResponseTo string
	issued       time.Time
	now          time.Time
}

// open checks what every message has. Destinations are the addresses where it may be sent to.
func (r *Receiver) open(root *etree.Element, signed bool, destinations ...string) (*envelope, error) {
	e := &envelope{root: root, id: value(root, "ID"), inResponseTo: value(root, "InResponseTo"), now: r.clock()}
	if value(root, "Version") != "2.0" {
		return nil, refuseStructure("Version")
	}
	if e.id == "" {
		return nil, refuseStructure("ID")
	}
	if to, ok := attr(root, "Destination"); (ok || signed) && (to == "" || !slices.Contains(destinations, to)) {
		return nil, refuse(CodeDestination)
	}
	var err error
	if e.issuer, err = r.issuer(root, e.now); err != nil {
		return nil, err
	}
	return e, nil
}

// issuer returns the peer that issued a message.
func (r *Receiver) issuer(el *etree.Element, now time.Time) (*Peer, error) {
	name, err := issuerOf(el)
	if err != nil {
		return nil, err
	}
	p := r.peers[name]
	if p == nil && r.find != nil {
		if p, err = r.find(name); err != nil {
			return nil, &RefusedError{Code: CodePort, Field: "Partners", cause: err}
		}
	}
	if p == nil {
		return nil, refuse(CodeIssuer)
	}
	if !p.ValidUntil.IsZero() && !now.Before(p.ValidUntil) {
		return nil, refuse(CodeRetired)
	}
	return p, nil
}

func issuerOf(el *etree.Element) (string, error) {
	issuer, err := child(el, nsAssertion, "Issuer")
	if err != nil {
		return "", err
	}
	if issuer == nil {
		return "", refuseStructure("Issuer")
	}
	if f, ok := attr(issuer, "Format"); ok && f != "urn:oasis:names:tc:SAML:2.0:nameid-format:entity" {
		return "", refuseStructure("Issuer")
	}
	name, ok := uri(issuer)
	if !ok {
		return "", refuseStructure("Issuer")
	}
	return name, nil
}

// fresh checks when a message was issued.
func (e *envelope) fresh() error {
	t, ok, err := instant(e.root, "IssueInstant")
	switch {
	case err != nil:
		return err
	case !ok:
		return refuseStructure("IssueInstant")
	case t.After(e.now.Add(issueSkew)), t.Before(e.now.Add(-issueAge)):
		return refuse(CodeInstant)
	}
	e.issued = t
	return nil
}

// statusOf reads the status of an answer.
func statusOf(root *etree.Element) (Status, error) {
	status, err := child(root, nsProtocol, "Status")
	if err != nil {
		return Status{}, err
	}
	if status == nil {
		return Status{}, refuseStructure("Status")
	}
	top, err := child(status, nsProtocol, "StatusCode")
	if err != nil {
		return Status{}, err
	}
	if top == nil {
		return Status{}, refuseStructure("StatusCode")
	}
	s := Status{Code: value(top, "Value")}
	detail, err := child(top, nsProtocol, "StatusCode")
	if err != nil {
		return Status{}, err
	}
	if detail != nil {
		s.Detail = value(detail, "Value")
	}
	return s, nil
}
