package guichet

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Kind is what a portal is, and so how its attributes are read.
type Kind string

// The kinds.
const (
	// KindEduConnect gives references, FrEduCtRefId.
	KindEduConnect Kind = "educonnect"
	// KindVector gives FrEduVecteur: a téléservice of an académie, or another ENT.
	KindVector Kind = "vecteur"
	// KindAgents gives the academy e-mail address of members of staff.
	KindAgents Kind = "agents"
)

// Provider is a portal that is trusted.
type Provider struct {
	// Issuer is its entity identifier: urn:fi:ac-rennes:AA:1.0.
	Issuer string
	Kind   Kind
	// Names are those of its attributes; EduConnectNames or AgentNames when nil.
	Names Names
	// Keys makes join keys of references, for KindEduConnect.
	Keys KeyPolicy
	// Vectors is what is tolerated of vectors, for KindVector.
	Vectors VectorOptions
	// Domains are those of the addresses that the portal may speak for, for KindAgents, which wants at least one: the portal
	// of an académie does not name the staff of another. "*" accepts any.
	Domains []string
	// Return says where the browser may be sent at logout.
	Return ReturnPolicy
}

func (p *Provider) check() error {
	ok := p.Issuer != ""
	switch p.Kind {
	case KindEduConnect:
		if err := p.Keys.Check(); err != nil {
			return err
		}
	case KindVector:
	case KindAgents:
		ok = ok && len(p.Domains) > 0
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("guichet: provider: %w", CodeProvider)
	}
	return nil
}

// Assertion is what a verified message says.
type Assertion struct {
	Tenant ent.Tenant
	// Issuer is that of the message, verified. It alone chooses the portal.
	Issuer string
	// NameQualifier and NameID are content: anybody who makes a message writes what they like there.
	NameQualifier, NameID string
	Attributes            Attributes
}

// LogValue shows the issuer.
func (a Assertion) LogValue() slog.Value { return slog.GroupValue(slog.String("issuer", a.Issuer)) }

// String hides the assertion.
func (a Assertion) String() string { return hidden }

// GoString hides the assertion.
func (a Assertion) GoString() string { return hidden }

// Identity is an assertion that was read. It is personal data.
type Identity struct {
	// Claim is for a Resolver.
	Claim Claim
	// EduConnect is set for KindEduConnect and KindVector, Agent for KindAgents.
	EduConnect EduConnect
	Agent      Agent
	// ReturnURL is where to send the browser at logout, nil when the portal gave no address that may be followed.
	ReturnURL *url.URL
	// Issues are what was wrong and cost its own value.
	Issues ent.Issues
}

// LogValue shows the portal and what was wrong.
func (i Identity) LogValue() slog.Value {
	return slog.GroupValue(slog.String("provider", i.Claim.Provider), slog.Int("issues", len(i.Issues)))
}

// String hides the identity.
func (i Identity) String() string { return hidden }

// GoString hides the identity.
func (i Identity) GoString() string { return hidden }

// Providers are the portals that a project trusts. It is immutable.
type Providers struct{ list []Provider }

// NewProviders returns the portals. It returns CodeProvider for one without an issuer, of an unknown kind, without the domains
// that its kind wants, or that stands twice, and CodeKeyPolicy for keys that would mix académies.
func NewProviders(list ...Provider) (*Providers, error) {
	out := &Providers{list: slices.Clone(list)}
	for i := range list {
		if err := list[i].check(); err != nil {
			return nil, err
		}
		if _, ok := (&Providers{list: list[:i]}).For(list[i].Issuer); ok {
			return nil, fmt.Errorf("guichet: provider: %w", CodeProvider)
		}
	}
	return out, nil
}

// For returns the portal of an issuer.
func (p *Providers) For(issuer string) (Provider, bool) {
	i := slices.IndexFunc(p.list, func(o Provider) bool { return o.Issuer == issuer })
	if i < 0 {
		return Provider{}, false
	}
	return p.list[i], true
}

// Read reads an assertion by the portal that issued it. It returns CodeIssuer for an unknown one; CodeNoReference or CodeJoinKey
// when EduConnect gives no usable reference; what ParseVectors says; CodeMail. Beside an error other than CodeIssuer, the
// Identity holds all but a usable claim, so that the person can be logged out of the portal.
func (p *Providers) Read(a Assertion) (Identity, error) {
	portal, ok := p.For(a.Issuer)
	if !ok {
		return Identity{}, fmt.Errorf("guichet: %w", CodeIssuer)
	}
	id := Identity{Claim: Claim{Tenant: a.Tenant, Provider: portal.Issuer}}
	var err error
	if portal.Kind == KindAgents {
		err = portal.agent(a.Attributes, &id)
	} else {
		err = portal.family(a.Attributes, &id)
	}
	return id, err
}

func (p *Provider) agent(attributes Attributes, id *Identity) error {
	id.Agent, id.Issues = ReadAgent(attributes, p.Names)
	_, domain, _ := strings.Cut(id.Agent.Mail, "@")
	if domain == "" || !slices.ContainsFunc(p.Domains, func(d string) bool { return d == "*" || strings.EqualFold(d, domain) }) {
		return fmt.Errorf("guichet: agents: %w", CodeMail)
	}
	id.Claim.Mail, id.Claim.Subject = id.Agent.Mail, id.Agent.Mail
	return nil
}

func (p *Provider) family(attributes Attributes, id *Identity) error {
	names := p.Names
	if names == nil {
		names = EduConnectNames()
	}
	e, issues := ReadEduConnect(attributes, names)
	id.EduConnect, id.Issues = e, issues
	if e.ReturnURL != "" {
		u, err := p.Return.Check(e.ReturnURL)
		if err != nil {
			id.Issues = append(id.Issues, fieldIssue(CodeReturnURL, FieldReturnURL))
		}
		id.ReturnURL = u
	}
	id.Claim.Subject = e.ID
	for _, a := range e.Affiliations {
		if !slices.Contains(id.Claim.Profiles, a.Profile) {
			id.Claim.Profiles = append(id.Claim.Profiles, a.Profile)
		}
	}
	var err error
	if p.Kind == KindEduConnect {
		id.Claim.Keys, err = p.Keys.Keys(names.values(FieldReferences, attributes))
		return err
	}
	id.Claim.Vectors, err = ParseVectors(names.values(FieldVectors, attributes), p.Vectors)
	return err
}
