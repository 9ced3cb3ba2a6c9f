package door

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/account"
	"github.com/opencartable/cartable/identity/saml"
)

// educonnect is a simulated EduConnect: an identity provider of its own beside the portal, with its own sessions, in which the
// fictional families enter by choosing who they are. The portal knows of it what it knows of the real one: its metadata.
type educonnect struct {
	area   *Area
	idp    *saml.IDP
	layout *identity.Compiled

	mu       sync.Mutex
	sessions map[string]familySession
	// waiting are sessions upstream of people who have none here, for the page that lets them leave.
	waiting map[string]waitingSession
}

type familySession struct {
	who string
	at  time.Time
}

// waitingSession is a session upstream, with the account that a first visit is to open and the secret of the browser that may.
type waitingSession struct {
	saml.Upstream
	account ent.ID
	browser string
	until   time.Time
}

const (
	familyCookie = "educonnect-simule"
	// maxWaiting bounds what the simulation holds.
	maxWaiting  = 1000
	waitingLife = 10 * time.Minute
)

func (e *educonnect) base() string     { return e.area.opt.Origin + "/educonnect-simule" }
func (e *educonnect) entityID() string { return e.base() + "/idp/metadata" }

func newEduConnect(a *Area, key saml.KeyPair, opaque func(string, ent.ID) string) (*educonnect, error) {
	e := &educonnect{area: a, sessions: map[string]familySession{}, waiting: map[string]waitingSession{}}
	layout := identity.Layout{
		ID: "educonnect", Principal: identity.Principle{First: []identity.Source{"opaque-id"}},
		Elements: []identity.Element{
			{Name: "sn", From: "name.family"},
			{Name: "givenName", From: "name.given"},
			{Name: "FrEduCtId", From: "opaque-id"},
			{Name: "FrEduCtPersonAffiliation", From: "extra.affiliation"},
			{Name: "FrEduCtRefId", From: "extra.references"},
		},
	}
	var issues ent.Issues
	if e.layout, issues = layout.Compile(); e.layout == nil {
		return nil, issues.Err()
	}
	var err error
	e.idp, err = saml.NewIDP(saml.IDPConfig{
		EntityID: e.entityID(), BaseURL: e.base() + "/idp", PlainHTTP: true, Keys: []saml.KeyPair{key}, Partners: e, Store: saml.NewMemoryStore(a.opt.Now),
		Session: e.principal, Attributes: e.attributes, Opaque: opaque, End: e.end, Egress: identity.Egress(true), Logger: a.opt.Log, Clock: a.opt.Now,
		Login: func(w http.ResponseWriter, r *http.Request, back string, _ bool) {
			http.Redirect(w, r, "/educonnect-simule?"+url.Values{"suite": {strings.TrimPrefix(back, a.opt.Origin)}}.Encode(), http.StatusSeeOther)
		},
		// Without Page, since it is another site: its pages are the plain ones of package saml.
	})
	return e, err
}

// Partner implements saml.Partners: the portal is the one service.
func (e *educonnect) Partner(_ context.Context, entityID string) (*saml.Partner, error) {
	if entityID != e.area.opt.Origin+"/saml/metadata" {
		return nil, nil
	}
	b, err := e.area.sp.Metadata()
	if err != nil {
		return nil, err
	}
	list, err := saml.ReadMetadata(b)
	if err != nil {
		return nil, err
	}
	return &saml.Partner{
		Entity: list[0], Name: "Portail Cartable", Layout: e.layout, Encrypt: true, Purpose: "connexion",
		Names: map[string]saml.AttributeName{
			"sn": {Name: "urn:oid:2.5.4.4", Friendly: "sn"}, "givenName": {Name: "urn:oid:2.5.4.42", Friendly: "givenName"},
			"FrEduCtPersonAffiliation": {Name: "urn:oid:1.3.6.1.4.1.20326.10.999.1.7", Friendly: "FrEduCtPersonAffiliation"},
			"FrEduCtId":                {Name: "urn:oid:1.3.6.1.4.1.20326.10.999.1.57", Friendly: "FrEduCtId"},
		},
	}, nil
}

func (e *educonnect) routes(s *web.Site) {
	s.Handle("/educonnect-simule/idp/", http.StripPrefix("/educonnect-simule/idp", e.idp).ServeHTTP)
	s.Handle("GET /educonnect-simule", e.loginPage)
	s.Handle("POST /educonnect-simule", e.area.form(e.enter))
}

// families is the page where a family is chosen.
type families struct {
	Next    string
	Failed  bool
	Choices []school.Choice
}

func (e *educonnect) choices(ctx context.Context) []school.Choice {
	var out []school.Choice
	for _, c := range e.area.opt.School.Examples() {
		if c.Person.Category == school.Staff {
			continue
		}
		out = append(out, c)
	}
	// A relative and a pupil who have not activated their account yet, and a family that the school does not know.
	added := map[school.Category]bool{}
	e.area.opt.School.Members(func(m school.Member) {
		p := m.Person.Category
		if added[p] || p == school.Staff || p == school.Relative && len(m.Children) == 0 {
			return
		}
		for _, c := range out {
			if c.Person == m.Person {
				return
			}
		}
		x, err := e.area.accounts.Open(ctx, tenant, e.area.ids.of(m.Person.String()))
		if err != nil || x.State() != account.StateNotActivated {
			return
		}
		added[p] = true
		out = append(out, school.Choice{Person: m.Person, Name: m.Name.Display(), Role: web.French(m.Profile.Label(ent.FR)), Note: "compte pas encore utilisé"})
	})
	if one, _, ok := e.twoAccounts(ctx); ok {
		out = append(out, school.Choice{
			Person: school.Person{Category: twofold, Ref: one.Person.Ref}, Name: one.Name.Display(), Role: web.French(one.Profile.Label(ent.FR)), Note: "deux comptes dans l’ENT",
		})
	}
	return append(out, school.Choice{Name: "INCONNU Camille", Role: "responsable", Note: "aucun compte dans l’ENT"})
}

// twofold is the choice of a relative whom the academy knows by two keys: two accounts fit, and one is chosen.
const twofold school.Category = "deux-comptes"

// twoAccounts are the relative whom the door proposes, and another one who plays the second account of the same person.
func (e *educonnect) twoAccounts(ctx context.Context) (one, other school.Member, ok bool) {
	for _, c := range e.area.opt.School.Examples() {
		if m, found := e.area.opt.School.Member(c.Person.String()); found && c.Person.Category == school.Relative {
			one = m
		}
	}
	e.area.opt.School.Members(func(m school.Member) {
		if ok || m.Person.Category != school.Relative || m.Person == one.Person || len(m.Children) == 0 {
			return
		}
		if _, err := e.area.accounts.Open(ctx, tenant, e.area.ids.of(m.Person.String())); err == nil {
			other, ok = m, true
		}
	})
	return one, other, ok && one.Person.Category != ""
}

func (e *educonnect) loginPage(w http.ResponseWriter, r *http.Request) {
	e.area.show(w, r, "families", "EduConnect simulé", families{Next: r.FormValue("suite"), Choices: e.choices(r.Context())})
}

const stranger = "inconnu"

func (e *educonnect) enter(w http.ResponseWriter, r *http.Request) {
	who, next := r.PostFormValue("person"), r.PostFormValue("suite")
	if who == "" || who == "/0-" {
		who = stranger
	}
	m, ok := e.area.opt.School.Member(who)
	if one, _, two := e.twoAccounts(r.Context()); two && who == (school.Person{Category: twofold, Ref: one.Person.Ref}).String() {
		m, ok = school.Member{Person: school.Person{Category: twofold, Ref: one.Person.Ref}}, true
	}
	if who != stranger && (!ok || m.Person.Category == school.Staff) || !strings.HasPrefix(next, "/educonnect-simule/idp/") {
		e.area.showStatus(w, r, "families", "EduConnect simulé", families{Next: next, Choices: e.choices(r.Context()), Failed: true}, http.StatusUnprocessableEntity)
		return
	}
	if ok {
		who = m.Person.String() // however it was written
	}
	token := rand.Text()
	e.mu.Lock()
	if len(e.sessions) >= maxWaiting {
		clear(e.sessions) // a simulation
	}
	e.sessions[token] = familySession{who, e.area.opt.Now()}
	e.mu.Unlock()
	c := web.Cookie(r, token, 0)
	c.Name, c.Path = familyCookie, "/educonnect-simule"
	http.SetCookie(w, c)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (e *educonnect) principal(r *http.Request) (*identity.Principal, error) {
	c, err := r.Cookie(familyCookie)
	if err != nil {
		return nil, nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	s, ok := e.sessions[c.Value]
	if !ok {
		return nil, nil
	}
	return &identity.Principal{Account: e.area.ids.of(s.who), Session: c.Value, At: s.at}, nil
}

// attributes is what EduConnect says of a family: the reference of the academy's database, and no more than it needs.
func (e *educonnect) attributes(ctx context.Context, id ent.ID) (*identity.Attributes, error) {
	out := &identity.Attributes{ID: id, Name: ent.Name{Family: "INCONNU", Given: "Camille"}, Extra: map[string][]string{
		"affiliation": {"resp2d"}, "references": {"{AAF}" + academy + "|1|1"},
	}}
	if one, other, ok := e.twoAccounts(ctx); ok && strings.HasPrefix(e.area.ids.ref(id), string(twofold)+"/") {
		out.Name = one.Name
		out.Extra["references"] = []string{"{AAF}" + academy + "|1|" + one.Person.Ref.Key, "{AAF}" + academy + "|1|" + other.Person.Ref.Key}
		return out, nil
	}
	if m, ok := e.area.opt.School.Member(e.area.ids.ref(id)); ok {
		out.Name = m.Name
		out.Extra["references"] = []string{"{AAF}" + academy + "|1|" + m.Person.Ref.Key}
		if m.Person.Category == school.Pupil {
			out.Extra["affiliation"] = []string{"eleve2d"}
		}
	}
	return out, nil
}

func (e *educonnect) end(_ context.Context, session string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.sessions, session)
	return nil
}

// remember keeps a session upstream for some minutes, under a name that a form posts.
func (e *educonnect) remember(up saml.Upstream) string {
	token := rand.Text()
	e.keep(token, waitingSession{Upstream: up})
	return token
}

// keep keeps what waits under a name: the form brings back a name for what was proved, and nothing that could be changed.
func (e *educonnect) keep(token string, w waitingSession) {
	now := e.area.opt.Now()
	w.until = now.Add(waitingLife)
	e.mu.Lock()
	defer e.mu.Unlock()
	for k, v := range e.waiting {
		if len(e.waiting) >= maxWaiting || !now.Before(v.until) {
			delete(e.waiting, k)
		}
	}
	e.waiting[token] = w
}

var errGone = errors.New("portal: nothing waits under this name")

func (e *educonnect) taken(token string) (waitingSession, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	v, ok := e.waiting[token]
	delete(e.waiting, token)
	if !ok || !e.area.opt.Now().Before(v.until) {
		return waitingSession{}, errGone
	}
	return v, nil
}
