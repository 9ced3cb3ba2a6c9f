package cas

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// validation is one request to a validating address.
type validation struct {
	s       *Server
	ctx     context.Context
	q       url.Values
	grant   grant
	service *Service
	address *url.URL
}

// check takes the ticket, whatever the answer will be, and compares it with what is asked. Source: R-CAS-3, R-CAS-4.
func (v *validation) check(kinds ...kind) error {
	ticket, address := v.q.Get("ticket"), v.q.Get("service")
	if ticket == "" || address == "" || len(v.q["ticket"]) > 1 || len(v.q["service"]) > 1 {
		return refuse(InvalidRequest)
	}
	if !shaped(ticket, serviceTicket, proxyTicket) {
		return refuse(InvalidTicket)
	}
	service, unknown := v.s.Services.Service(v.ctx, address)
	if unknown == nil {
		if err := v.s.rates.take(service, v.s.now()); err != nil {
			return err
		}
	}
	b, err := v.s.Tickets.Take(v.ctx, keyOf(ticket))
	switch {
	case errors.Is(err, CodeGone):
		return refuse(InvalidTicket)
	case err != nil:
		return err
	}
	g, ok := decodeGrant(b)
	if !ok {
		return refuse(InternalError)
	}
	v.grant = g
	if !shaped(ticket, kinds...) {
		return refuse(InvalidTicketSpec)
	}
	if unknown != nil {
		if errors.Is(unknown, CodeUnregistered) {
			return refuse(InvalidService)
		}
		return unknown
	}
	v.service = service
	bound, u, err := v.service.bound(address)
	if err != nil || bound != g.bound || v.service.ID != g.serviceID {
		return refuse(InvalidService)
	}
	v.address = u
	if set(v.q, "renew") && !g.fresh {
		return refuse(InvalidTicket)
	}
	return nil
}

// success releases what the layout names.
func (v *validation) success() (*Success, error) {
	s := v.s
	a, err := s.Attributes(v.ctx, v.grant.account)
	if err != nil {
		return nil, err
	}
	if a == nil || !v.service.allows(a, s.now()) {
		return nil, refuse(InvalidTicket) // closed, or blocked, since the ticket was given
	}
	out, err := v.service.Layout.Release(a, s.context(v.service, v.address, v.grant.fresh, v.grant.remember))
	if err != nil {
		return nil, refuse(InternalError)
	}
	for _, i := range out.Issues {
		s.log().WarnContext(v.ctx, "cas: element dropped", slog.String("service", v.service.ID), slog.Any("issue", i))
	}
	if s.Journal != nil {
		d := out.Disclosure(v.service.ID, v.service.Purpose, v.service.LegalBasis, s.now())
		if err := s.Journal(v.ctx, v.grant.account, d); err != nil {
			return nil, err
		}
	}
	return &Success{
		User: out.User, Style: out.Style, Values: out.Values, Standard: v.service.Standard, At: v.grant.at, NewLogin: v.grant.fresh,
		Remembered: v.grant.remember, Proxies: v.grant.proxies,
	}, nil
}

// validate answers in XML or JSON. Source: CAS protocol 3.0.3, 2.5, 2.6 and 2.8.
func (s *Server) validate(w http.ResponseWriter, r *http.Request, kinds ...kind) {
	q, readable := query(r)
	a := answering{s: s, w: w, r: r, element: "authenticationFailure"}
	if !readable || r.Method != http.MethodGet && r.Method != http.MethodHead || !a.format(q) {
		a.fail(refuse(InvalidRequest))
		return
	}
	v := &validation{s: s, ctx: r.Context(), q: q}
	if err := v.check(kinds...); err != nil {
		a.fail(err)
		return
	}
	callback := q.Get("pgtUrl")
	if callback != "" {
		if len(v.service.ProxyCallbacks) == 0 {
			a.fail(refuse(UnauthorizedServiceProxy))
			return
		}
		if !v.service.callback(callback) {
			a.fail(refuse(InvalidProxyCallback))
			return
		}
	}
	ok, err := v.success()
	if err != nil {
		a.fail(err)
		return
	}
	if callback != "" {
		// Where the protocol contradicts itself: a call that fails leaves the answer without the block (R-CAS-7).
		ok.ProxyIOU = s.grantProxy(v.ctx, &v.grant, callback)
	}
	if a.json {
		a.write(ok.JSON())
	} else {
		a.write(ok.XML())
	}
}

// validate1 answers as CAS 1 does. Source: CAS protocol 3.0.3, 2.4.
func (s *Server) validate1(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	q, readable := query(r)
	v := &validation{s: s, ctx: r.Context(), q: q}
	err := refuse(InvalidRequest)
	if readable {
		err = v.check(serviceTicket)
	}
	if err == nil {
		var ok *Success
		if ok, err = v.success(); err == nil && !strings.ContainsAny(ok.User, "\r\n") {
			_, _ = w.Write([]byte("yes\n" + ok.User + "\n"))
			return
		}
	}
	if _, protocol := errors.AsType[RefusedError](err); err != nil && !protocol {
		s.down(w, r, err)
	}
	_, _ = w.Write([]byte("no\n"))
}

// down says that something behind the server does not answer, or that a service asks for too much: that is no verdict on a ticket.
func (s *Server) down(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, CodeBusy) {
		s.log().WarnContext(r.Context(), "cas: validation", slog.String("code", string(CodeBusy)))
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	s.log().ErrorContext(r.Context(), "cas: validation", slog.Any("error", err))
	w.WriteHeader(http.StatusServiceUnavailable)
}

// answering writes an answer in the form that was asked for.
type answering struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	element string
	json    bool
}

// format reads which form is wanted, false for one that does not exist.
func (a *answering) format(q url.Values) bool {
	switch strings.ToUpper(q.Get("format")) {
	case "", "XML":
		return true
	case "JSON":
		a.json = true
		return true
	}
	return false
}

func (a *answering) head() {
	h := a.w.Header()
	h.Set("Content-Type", "application/xml; charset=UTF-8")
	if a.json {
		h.Set("Content-Type", "application/json")
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

func (a *answering) write(b []byte) {
	a.head()
	_, _ = a.w.Write(b)
}

func (a *answering) fail(err error) {
	refused, protocol := errors.AsType[RefusedError](err)
	code := refused.Failure
	a.head()
	if !protocol {
		code = InternalError
		a.s.down(a.w, a.r, err)
	} else {
		a.s.log().InfoContext(a.r.Context(), "cas: refused", slog.String("code", string(code)))
	}
	if a.json {
		_, _ = a.w.Write(code.json(a.element))
		return
	}
	_, _ = a.w.Write(code.xml(a.element))
}

// proxy gives a proxy ticket for a proxy-granting one. Source: CAS protocol 3.0.3, 2.7.
func (s *Server) proxy(w http.ResponseWriter, r *http.Request) {
	q, readable := query(r)
	a := answering{s: s, w: w, r: r, element: "proxyFailure"}
	if !readable || !a.format(q) || q.Get("pgt") == "" || q.Get("targetService") == "" {
		a.fail(refuse(InvalidRequest))
		return
	}
	ctx, target := r.Context(), q.Get("targetService")
	if !shaped(q.Get("pgt"), grantTicket) {
		a.fail(refuse(InvalidTicket))
		return
	}
	b, err := s.Tickets.Get(ctx, keyOf(q.Get("pgt")))
	switch {
	case errors.Is(err, CodeGone):
		a.fail(refuse(InvalidTicket))
		return
	case err != nil:
		a.fail(err)
		return
	}
	g, ok := decodeGrant(b)
	if !ok {
		a.fail(refuse(InternalError))
		return
	}
	svc, err := s.Services.Service(ctx, target)
	switch {
	case errors.Is(err, CodeUnregistered), err == nil && !svc.ProxyTargets:
		a.fail(refuse(UnauthorizedService))
		return
	case err != nil:
		a.fail(err)
		return
	}
	bound, _, err := svc.bound(target)
	if err != nil {
		a.fail(refuse(UnauthorizedService))
		return
	}
	g.bound, g.serviceID, g.fresh = bound, svc.ID, false
	ticket, err := s.issue(ctx, proxyTicket, &g, svc.life(), target)
	if err != nil {
		a.fail(err)
		return
	}
	if a.json {
		a.write(response("proxySuccess", map[string]string{"proxyTicket": ticket}))
		return
	}
	var x xmlWriter
	x.begin()
	x.open(cas, "proxySuccess", nil)
	x.leaf("proxyTicket", ticket)
	x.close(cas, "proxySuccess")
	a.write(x.end())
}

// grantProxy sends a proxy-granting ticket to a callback, and returns by what the service finds it; "" when the callback
// does not take it.
func (s *Server) grantProxy(ctx context.Context, from *grant, callback string) string {
	iou, err := newTicket(s.random(), grantIOU)
	if err != nil {
		return ""
	}
	g := *from
	g.proxies = append([]string{callback}, from.proxies...)
	pgt, err := s.issue(ctx, grantTicket, &g, s.sessionLife(), "")
	if err != nil {
		s.log().ErrorContext(ctx, "cas: proxy-granting ticket", slog.Any("error", err))
		return ""
	}
	if err := s.deliver(ctx, callback, pgt, iou); err != nil {
		s.log().WarnContext(ctx, "cas: proxy callback", slog.String("service", from.serviceID), slog.Any("error", err))
		_, _ = s.Tickets.Take(ctx, keyOf(pgt))
		return ""
	}
	return iou
}
