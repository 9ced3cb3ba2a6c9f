package saml

import (
	"context"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// Partner is an entity that we deal with: its metadata, and what we agreed with it. The first fields serve for both roles, then
// come those of an identity provider that we trust, then those of a service that we sign people in to.
type Partner struct {
	// Entity is its metadata.
	Entity Entity
	// Name is what people know it by.
	Name string
	// Allow lists what is accepted from it beyond the rules.
	Allow []Tolerance

	// Contexts are the AuthnContext classes accepted from an identity provider; without any, no response passes.
	Contexts []string
	// Request is what is asked of it each time.
	Request RequestOptions

	// Layout is what a service receives: no element, no attribute. Names gives elements the names that they have in SAML; an
	// element without one has its own, of the format "basic".
	Layout *identity.Compiled
	Names  map[string]AttributeName
	// NameID is the rule of the name that it knows a person by: transient by default, and the transient one says nothing.
	NameID NameIDRule
	// SignResponse signs the response too; the assertion always is. Encrypt encrypts the assertion with the key of its metadata.
	SignResponse, Encrypt bool
	// Unsolicited lets people go there from our pages, without a request of the service.
	Unsolicited bool
	// Admits says who may go there, and when; everybody when nil.
	Admits func(a *identity.Attributes, now time.Time) bool
	// Establishments are those that it may be told of; all when empty.
	Establishments []ent.UAI
	// Purpose and LegalBasis stand in the record of each release.
	Purpose, LegalBasis string
}

// LogValue shows its entity ID.
func (p Partner) LogValue() slog.Value {
	return slog.GroupValue(slog.String("entity", p.Entity.ID))
}

// RequestOptions is what an AuthnRequest asks for beyond a sign-in (SAML 2.0 Core, 3.4.1).
type RequestOptions struct {
	// NameIDFormat is the format of the name; none is asked for when empty, and EduConnect wants none.
	NameIDFormat string
	// Context is the class of the authentication; any when empty.
	Context string
	// Force asks for credentials although there is a session. Passive asks that nothing be shown.
	Force, Passive bool
}

// AttributeName is the name of an attribute in SAML (SAML 2.0 Core, 2.7.3.1).
type AttributeName struct {
	Name string `json:"name"`
	// Format is that of the name: uri for an OID, basic otherwise, when empty.
	Format   string `json:"format,omitempty"`
	Friendly string `json:"friendly,omitempty"`
}

// The formats of the names of attributes.
const (
	FormatBasic = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	FormatURI   = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
)

// NameIDRule says by what name a service knows a person.
type NameIDRule string

// The rules.
const (
	// NameIDTransient is another name at each sign-in.
	NameIDTransient NameIDRule = ""
	// NameIDPersistent is the principal of the layout, in the format "persistent": an opaque one, as a rule.
	NameIDPersistent NameIDRule = "persistent"
	// NameIDPrincipal is the principal of the layout, in the format "unspecified".
	NameIDPrincipal NameIDRule = "principal"
)

// Label returns the rule in words; an unknown one as it is.
func (n NameIDRule) Label(lang ent.Lang) string {
	switch n {
	case NameIDTransient:
		return ent.Label{FR: "un nom différent à chaque connexion", EN: "another name at each sign-in"}.In(lang)
	case NameIDPersistent:
		return ent.Label{FR: "un nom durable, propre au service", EN: "a lasting name, of the service's own"}.In(lang)
	case NameIDPrincipal:
		return ent.Label{FR: "le nom que donne le modèle du service", EN: "the name that the service's layout gives"}.In(lang)
	}
	return string(n)
}

// The formats of the names of persons.
const (
	NameIDFormatTransient   = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	NameIDFormatPersistent  = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	NameIDFormatUnspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
)

func (n NameIDRule) format() string {
	switch n {
	case NameIDPersistent:
		return NameIDFormatPersistent
	case NameIDPrincipal:
		return NameIDFormatUnspecified
	case NameIDTransient:
	}
	return NameIDFormatTransient
}

// Partners finds partners by their entity ID: a [Book], a [Feed], or the caller's own. It returns nil for one that is not known,
// and an error when it cannot say.
type Partners interface {
	Partner(ctx context.Context, entityID string) (*Partner, error)
}

// Book is a fixed list of partners.
type Book struct{ partners map[string]*Partner }

// NewBook returns a book of partners. The error is of CodeSetup: an entity twice, or without an ID.
func NewBook(list ...Partner) (*Book, error) {
	b := &Book{partners: make(map[string]*Partner, len(list))}
	for _, p := range list {
		if p.Entity.ID == "" || b.partners[p.Entity.ID] != nil {
			return nil, refuseField(CodeSetup, "Partners")
		}
		b.partners[p.Entity.ID] = &p
	}
	return b, nil
}

// Partner implements [Partners].
func (b *Book) Partner(_ context.Context, entityID string) (*Partner, error) {
	return b.partners[entityID], nil
}

// Books looks for a partner in each list, in their order.
type Books []Partners

// Partner implements [Partners].
func (b Books) Partner(ctx context.Context, entityID string) (*Partner, error) {
	for _, in := range b {
		if p, err := in.Partner(ctx, entityID); p != nil || err != nil {
			return p, err
		}
	}
	return nil, nil
}

// peer is the partner in a role, for a Receiver; nil when it has no such role. A service may be without a key: it asks without
// a signature, and nothing that is said to be signed by it holds.
func (p *Partner) peer(kind RoleKind) *Peer {
	out, ok := p.Entity.Peer(kind)
	if !ok {
		return nil
	}
	out.Contexts, out.Allow = p.Contexts, p.Allow
	return &out
}

// with returns a receiver that looks for peers among partners.
func (r *Receiver) with(ctx context.Context, from Partners, kind RoleKind) *Receiver {
	out := *r
	out.find = func(entityID string) (*Peer, error) {
		p, err := from.Partner(ctx, entityID)
		if err != nil || p == nil {
			return nil, err
		}
		return p.peer(kind), nil
	}
	return &out
}

// side is what our service provider and our identity provider have in common.
type side struct {
	entityID, baseURL string
	keys              ours
	partners          Partners
	store             Store
	kind              RoleKind // of the partners
	receiver          *Receiver
	clock             func() time.Time
	log               *slog.Logger
	page              PageFunc
}

// newSide checks what both have in common.
func newSide(s side, list []KeyPair, skew time.Duration, plain bool, acs string) (side, error) {
	var err error
	if s.keys, err = keysOf(list); err != nil {
		return side{}, err
	}
	s.clock = clockOf(s.clock)
	if s.log == nil {
		s.log = slog.Default()
	}
	switch {
	case s.partners == nil:
		return side{}, refuseField(CodeSetup, "Partners")
	case s.store == nil:
		return side{}, refuseField(CodeSetup, "Store")
	case !reachable(s.baseURL, plain):
		return side{}, refuseField(CodeSetup, "BaseURL")
	}
	s.receiver, err = New(Config{
		EntityID: s.entityID, ACS: acs, Logout: []string{s.baseURL + "/slo"}, Keys: s.keys.decrypts, Replay: s.store,
		Clock: s.clock, Skew: skew,
	})
	return s, err
}

// partner returns a partner in its role.
func (s *side) partner(ctx context.Context, entityID string) (*Partner, Role, error) {
	p, err := s.partners.Partner(ctx, entityID)
	if err != nil {
		return nil, Role{}, &RefusedError{Code: CodePort, Field: "Partners", cause: err}
	}
	if p == nil {
		return nil, Role{}, refuse(CodeIssuer)
	}
	role, ok := p.Entity.Role(s.kind)
	if !ok {
		return nil, Role{}, refuse(CodeIssuer)
	}
	if !role.ValidUntil.IsZero() && !s.clock().Before(role.ValidUntil) {
		return nil, Role{}, refuse(CodeRetired)
	}
	return p, role, nil
}

// receiving returns a receiver for one request.
func (s *side) receiving(ctx context.Context) *Receiver {
	return s.receiver.with(ctx, s.partners, s.kind)
}
