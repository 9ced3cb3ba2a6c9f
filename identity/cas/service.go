package cas

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// Service is a partner's registration: who it is, what it receives, who may use it.
type Service struct {
	// ID names it in the journal; Name shows it to people.
	ID, Name string
	// Purpose and LegalBasis stand in the record of each release (RGPD, article 30).
	Purpose, LegalBasis string
	// URLs are the rules by which its addresses are known.
	URLs []URLRule
	// Layout is what it receives.
	Layout *identity.Compiled
	// Profiles and Establishments, when set, are those of the people who may use it. Establishments also limits the schools
	// that it is told of.
	Profiles       []ent.Profile
	Establishments []ent.UAI
	// Open, when set, says whether it is open on an instant: a partner closed in summer.
	Open func(time.Time) bool
	// TicketLife is how long a ticket waits for its validation: 10 seconds to 5 minutes, 30 seconds when zero.
	TicketLife time.Duration
	// FreshLogin asks for credentials each time, whatever the request says.
	FreshLogin bool
	// Standard adds the attributes of the protocol itself.
	Standard bool
	// FoldCase compares addresses at validation without their case, for clients that change it.
	FoldCase bool
	// ProxyCallbacks are where a proxy-granting ticket may be sent; none for a service that may not have any. ProxyTargets
	// says that others may reach it by proxy.
	ProxyCallbacks []URLRule
	ProxyTargets   bool
	// Rate is how many validations a second it may ask a node for, no bound when zero: a ticket that comes beyond is kept, and
	// the service is told to come back (429).
	Rate int
	// Logout says how it learns that a session has ended, LogoutURL where, when that is not where the ticket was sent.
	Logout    Logout
	LogoutURL string
}

// Logout says how a service learns that a session has ended.
type Logout string

// The ways.
const (
	LogoutNone  Logout = ""
	LogoutBack  Logout = "back-channel"  // the server tells it
	LogoutFront Logout = "front-channel" // the browser does
)

const (
	defaultTicketLife = 30 * time.Second
	minTicketLife     = 10 * time.Second
	maxTicketLife     = 5 * time.Minute
)

func (s *Service) life() time.Duration {
	if s.TicketLife == 0 {
		return defaultTicketLife
	}
	return s.TicketLife
}

// allows returns whether somebody may use the service at an instant.
func (s *Service) allows(a *identity.Attributes, now time.Time) bool {
	if s.Open != nil && !s.Open(now) {
		return false
	}
	if len(s.Profiles) > 0 && !slices.Contains(s.Profiles, a.Profile) {
		return false
	}
	return len(s.Establishments) == 0 || slices.ContainsFunc(a.Schools, func(x identity.School) bool { return slices.Contains(s.Establishments, x.UAI) })
}

// Registered finds the registration that covers an address. It returns CodeUnregistered when none does.
type Registered interface {
	Service(ctx context.Context, address string) (*Service, error)
}

// Services are registrations in memory: the first one that covers an address is its own. Immutable, safe for concurrent use.
type Services struct{ list []registration }

type registration struct {
	service   *Service
	rules     []rule
	callbacks []rule
	http      bool
}

// NewServices makes registrations ready. The issues name what is not complete, each with the number of the service; the
// result is nil beside one.
func NewServices(list ...Service) (*Services, ent.Issues) {
	out := &Services{}
	var issues ent.Issues
	ids := map[string]bool{}
	for i := range list {
		s := list[i]
		path := "$[" + strconv.Itoa(i) + "]"
		file := func(wrong bool, field ent.Field) {
			if wrong {
				issues = append(issues, catalog().New(CodeService, ent.Pos{}, path+"."+string(field), ent.FieldOf("field", field)))
			}
		}
		file(s.ID == "" || ids[s.ID], "id")
		ids[s.ID] = true
		file(len(s.URLs) == 0, "urls")
		file(s.Layout == nil, "layout")
		file(s.TicketLife != 0 && (s.TicketLife < minTicketLife || s.TicketLife > maxTicketLife), "ticketLife")
		file(!slices.Contains([]Logout{LogoutNone, LogoutBack, LogoutFront}, s.Logout), "logout")
		r := registration{service: &s}
		rules := func(from []URLRule, to *[]rule, field string) {
			for n := range from {
				x, err := from[n].compile()
				if err != nil {
					issues = append(issues, catalog().New(CodeURLRule, ent.Pos{}, path+"."+field+"["+strconv.Itoa(n)+"]"))
					continue
				}
				*to = append(*to, x)
				r.http = r.http || from[n].AllowHTTP
			}
		}
		rules(s.URLs, &r.rules, "urls")
		rules(s.ProxyCallbacks, &r.callbacks, "proxyCallbacks")
		if s.LogoutURL != "" {
			_, err := parseService(s.LogoutURL, r.http)
			file(err != nil, "logoutUrl")
		}
		out.list = append(out.list, r)
	}
	if len(issues) > 0 {
		return nil, issues
	}
	return out, nil
}

// Service is of [Registered].
func (s *Services) Service(_ context.Context, address string) (*Service, error) {
	u, err := parseService(address, true)
	if err != nil {
		return nil, errors.Join(catalog().New(CodeUnregistered, ent.Pos{}, "$"), err)
	}
	for i := range s.list {
		r := &s.list[i]
		for j := range r.rules {
			if r.rules[j].covers(address, u) {
				return r.service, nil
			}
		}
	}
	return nil, catalog().New(CodeUnregistered, ent.Pos{}, "$")
}

// callback reports whether a service may have a proxy-granting ticket sent to an address.
func (s *Service) callback(address string) bool {
	u, err := parseService(address, false) // a secret goes there
	if err != nil {
		return false
	}
	return slices.ContainsFunc(s.ProxyCallbacks, func(r URLRule) bool {
		c, err := r.compile()
		return err == nil && c.covers(address, u)
	})
}

// bound returns what a ticket is bound to.
func (s *Service) bound(address string) (string, *url.URL, error) {
	u, err := parseService(address, true)
	if err != nil {
		return "", nil, err
	}
	return normal(u, s.FoldCase), u, nil
}
