package door

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/saml"
)

// partner is a service that people of the portal go to.
type partner struct {
	Name, Protocol, Address string
	Layout                  *identity.Compiled
	cas                     *cas.Service
	saml                    *saml.Partner
}

// id is what it is called in the journal.
func (p *partner) id() string {
	if p.cas != nil {
		return p.cas.ID
	}
	return p.saml.Entity.ID
}

// Fields are what it may ever receive.
func (p *partner) Fields() string {
	var out []string
	for _, f := range p.Layout.Fields() {
		out = append(out, string(f))
	}
	return strings.Join(out, ", ")
}

// partners is the register, in memory: cas.Registered and saml.Partners read it.
type partners struct {
	mu       sync.RWMutex
	list     []*partner
	services *cas.Services
}

func newPartners() (*partners, error) {
	p := &partners{}
	return p, p.add()
}

// add registers partners; all of them, or none.
func (p *partners) add(more ...*partner) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := append(slices.Clone(p.list), more...)
	var services []cas.Service
	entities := map[string]bool{}
	for _, x := range list {
		switch {
		case x.cas != nil:
			services = append(services, *x.cas)
		case entities[x.saml.Entity.ID]:
			return saml.CodeSetup
		default:
			entities[x.saml.Entity.ID] = true
		}
	}
	registered, issues := cas.NewServices(services...)
	if registered == nil {
		return issues.Err()
	}
	p.list, p.services = list, registered
	return nil
}

// Service implements cas.Registered.
func (p *partners) Service(ctx context.Context, address string) (*cas.Service, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.services.Service(ctx, address)
}

// Partner implements saml.Partners.
func (p *partners) Partner(_ context.Context, entityID string) (*saml.Partner, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, x := range p.list {
		if x.saml != nil && x.saml.Entity.ID == entityID {
			return x.saml, nil
		}
	}
	return nil, nil
}

func (p *partners) all() []*partner {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Clone(p.list)
}

// casPartner is a partner by CAS.
func casPartner(name, address, preset string) (*partner, error) {
	compiled, err := compile(preset)
	if err != nil {
		return nil, err
	}
	return &partner{Name: name, Protocol: "CAS", Address: address, Layout: compiled, cas: &cas.Service{
		ID: name, Name: name, Purpose: "ouverture du service", LegalBasis: "mission d’intérêt public", Layout: compiled,
		URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: address, AllowHTTP: true}}, Logout: cas.LogoutBack,
	}}, nil
}

// samlPartner is a partner by SAML, from its metadata.
func samlPartner(name, preset string, metadata []byte) (*partner, error) {
	compiled, err := compile(preset)
	if err != nil {
		return nil, err
	}
	list, err := saml.ReadMetadata(metadata)
	if err != nil {
		return nil, err
	}
	if _, ok := list[0].Role(saml.RoleSP); !ok || len(list) != 1 {
		return nil, saml.CodeMetadata
	}
	return &partner{Name: name, Protocol: "SAML", Address: list[0].ID, Layout: compiled, saml: &saml.Partner{
		Entity: list[0], Name: name, Layout: compiled, Purpose: "ouverture du service", LegalBasis: "mission d’intérêt public",
	}}, nil
}

func compile(preset string) (*identity.Compiled, error) {
	l, ok := identity.Preset(preset)
	if !ok {
		return nil, identity.CodeLayout
	}
	compiled, issues := l.Compile()
	if compiled == nil {
		return nil, issues.Err()
	}
	return compiled, nil
}

// register is the page of the partners.
type register struct {
	Partners []*partner
	Presets  []string
	Problem  string
	Form     struct{ Name, Address, Metadata, Preset string }
	// CAS, IDP and Metadata are what a partner asks for.
	CAS, Metadata string
}

func (a *Area) partnersPage(_ *http.Request, who web.Account) (web.Page, error) {
	return a.registerPage(who, register{})
}

func (a *Area) registerPage(who web.Account, d register) (web.Page, error) {
	if !who.ManagesAll() {
		return web.Page{}, web.ErrNotFound
	}
	d.Partners, d.Presets = a.partners.all(), identity.Presets()
	d.CAS, d.Metadata = a.opt.Origin+"/cas", a.opt.Origin+"/idp/metadata"
	p := web.Page{Title: "Partenaires", View: a.view("partners"), Data: d, Lead: web.French("Les services où l’on entre avec le portail, et ce que chacun reçoit.")}
	if d.Problem != "" {
		p.Status = http.StatusUnprocessableEntity
	}
	return p, nil
}

func (a *Area) registerCAS(r *http.Request, who web.Account) (web.Page, error) {
	d := register{}
	d.Form.Name, d.Form.Address, d.Form.Preset = strings.TrimSpace(r.PostFormValue("name")), strings.TrimSpace(r.PostFormValue("address")), r.PostFormValue("preset")
	return a.registered(who, d, func() (*partner, error) { return casPartner(d.Form.Name, d.Form.Address, d.Form.Preset) })
}

func (a *Area) registerSAML(r *http.Request, who web.Account) (web.Page, error) {
	d := register{}
	d.Form.Name, d.Form.Metadata, d.Form.Preset = strings.TrimSpace(r.PostFormValue("name")), r.PostFormValue("metadata"), r.PostFormValue("preset")
	return a.registered(who, d, func() (*partner, error) { return samlPartner(d.Form.Name, d.Form.Preset, []byte(d.Form.Metadata)) })
}

func (a *Area) registered(who web.Account, d register, build func() (*partner, error)) (web.Page, error) {
	if !who.ManagesAll() {
		return web.Page{}, web.ErrNotFound
	}
	var p *partner
	err := error(identity.CodeLayout)
	if d.Form.Name != "" {
		p, err = build()
	}
	if err == nil {
		err = a.partners.add(p)
	}
	if err != nil {
		d.Problem = problem(err)
		return a.registerPage(who, d)
	}
	return web.Page{Redirect: "/partenaires"}, nil
}

// problem says in French why a partner was not registered.
func problem(err error) string {
	if i, ok := err.(interface{ Issue() ent.Issue }); ok {
		return web.French(i.Issue().Message(ent.FR))
	}
	if i, ok := err.(ent.Issue); ok { //nolint:errorlint // cas's issues come as they are
		return web.French(i.Message(ent.FR))
	}
	return web.French("Ce partenaire n’a pas été enregistré : vérifiez son nom, son adresse ou ses métadonnées, et ce qu’il reçoit.")
}

// journal is what was released of each person, by names alone.
type journal struct {
	mu   sync.Mutex
	kept map[ent.ID][]ent.Disclosure
}

const maxDisclosures = 20

func (j *journal) keep(_ context.Context, id ent.ID, d ent.Disclosure) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.kept == nil {
		j.kept = map[ent.ID][]ent.Disclosure{}
	}
	j.kept[id] = append(j.kept[id], d)
	j.kept[id] = j.kept[id][max(0, len(j.kept[id])-maxDisclosures):]
	return nil
}

func (j *journal) of(id ent.ID) []ent.Disclosure {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.kept[id])
}

// casPage and samlPage show the pages of the protocols in the dress of the portal.
func (a *Area) casPage(w http.ResponseWriter, r *http.Request, p cas.Page) {
	a.showStatus(w, r, "message", p.Title, message{web.French(p.Text), p.Service, p.Continue}, p.Status)
}

func (a *Area) samlPage(w http.ResponseWriter, r *http.Request, p saml.Page) {
	a.showStatus(w, r, "message", p.Title, message{web.French(p.Text), "", p.Continue}, p.Status)
}

type message struct{ Text, Service, Continue string }
