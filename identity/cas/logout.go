package cas

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opencartable/cartable/identity"
)

const (
	logoutWorkers = 16
	logoutTimeout = 3 * time.Second // of one service
	logoutBudget  = 5 * time.Second // of all of them
)

// logout ends the session, and sends the browser to a registered service or to a page. Source: CAS protocol 3.0.3, 2.3.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	q, _ := query(r)
	who, err := s.Session(r)
	if err != nil {
		s.log().ErrorContext(r.Context(), "cas: logout", slog.Any("error", err))
		s.page(w, r, Page{Kind: PageUnavailable, Status: http.StatusServiceUnavailable})
		return
	}
	var ended identity.Ended
	if who != nil {
		if s.SignOut != nil {
			if err := s.SignOut(w, r); err != nil {
				s.log().ErrorContext(r.Context(), "cas: logout", slog.Any("error", err))
				s.page(w, r, Page{Kind: PageUnavailable, Status: http.StatusServiceUnavailable})
				return
			}
		}
		ended = s.EndSession(r.Context(), who.Session)
	}
	noStore(w.Header())
	// The parameter "url" of CAS 2 is not followed: it would lead anywhere.
	next := ""
	if to := q.Get("service"); to != "" {
		if svc, err := s.Services.Service(r.Context(), to); err == nil {
			if _, u, err := svc.bound(to); err == nil {
				next = u.String()
			}
		}
	}
	if next != "" && len(ended.Front) == 0 {
		w.Header().Set("Location", next)
		w.WriteHeader(http.StatusFound)
		return
	}
	s.page(w, r, Page{Kind: PageSignedOut, Status: http.StatusOK, Continue: next, Frames: ended.Front})
}

// EndSession ends all that was given in a session: its tickets are worth nothing any more, and the services that were visited
// are told, together and within some seconds. The caller calls it whenever a session ends, by whatever way. A service that
// does not answer is not waited for again; its own session ends by itself.
func (s *Server) EndSession(ctx context.Context, session string) identity.Ended {
	var out identity.Ended
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutBudget) // the browser may have left
	defer cancel()
	entries, err := s.Tickets.End(ctx, keyOf(session))
	if err != nil {
		s.log().ErrorContext(ctx, "cas: end of a session", slog.Any("error", err))
		return out
	}
	var told, failed atomic.Int64
	var wait sync.WaitGroup
	slots := make(chan struct{}, logoutWorkers)
	for _, b := range entries {
		v, ok := decodeVisit(b)
		if !ok {
			continue
		}
		_, _ = s.Tickets.Take(ctx, keyOf(v.ticket)) // one that was not used yet
		if !shaped(v.ticket, serviceTicket, proxyTicket) {
			continue
		}
		out.Visits++
		svc, err := s.Services.Service(ctx, v.address)
		if err != nil || svc.ID != v.serviceID || svc.Logout == LogoutNone {
			continue
		}
		to := v.address
		if svc.LogoutURL != "" {
			to = svc.LogoutURL
		}
		message := s.logoutRequest(v.ticket)
		if svc.Logout == LogoutFront {
			if at, ok := frontURL(to, message); ok {
				out.Front = append(out.Front, at)
			}
			continue
		}
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			if err := s.tell(ctx, to, message); err != nil {
				failed.Add(1)
				s.log().WarnContext(ctx, "cas: logout not told", slog.String("service", svc.ID), slog.Any("error", err))
				return
			}
			told.Add(1)
		})
	}
	wait.Wait()
	out.Told, out.Failed = int(told.Load()), int(failed.Load())
	return out
}

// logoutRequest is the message of the end of a ticket's session. Source: CAS protocol 3.0.3, 2.3.3 and appendix C.
func (s *Server) logoutRequest(ticket string) []byte {
	id, err := newTicket(s.random(), "LR-")
	if err != nil {
		id = "LR-" + shown(ticket)
	}
	var b bytes.Buffer
	b.WriteString(`<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="` + id + `" Version="2.0" IssueInstant="`)
	b.WriteString(s.now().UTC().Format("2006-01-02T15:04:05Z"))
	b.WriteString(`"><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">@NOT_USED@</saml:NameID><samlp:SessionIndex>`)
	_ = xml.EscapeText(&b, []byte(ticket))
	b.WriteString(`</samlp:SessionIndex></samlp:LogoutRequest>`)
	return b.Bytes()
}

func (s *Server) tell(ctx context.Context, to string, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, logoutTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(url.Values{"logoutRequest": {string(message)}}.Encode()))
	if err != nil {
		return withoutURL(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.egress().Do(req)
	if err != nil {
		return withoutURL(err)
	}
	drain(res) // whatever it says: some answer with a redirect to a login
	return nil
}

// frontURL is the address by which the browser tells a service.
func frontURL(to string, message []byte) (string, bool) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return "", false
	}
	_, _ = w.Write(message) // a buffer does not fail
	_ = w.Close()
	u, err := url.Parse(to)
	if err != nil {
		return "", false
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += url.Values{"SAMLRequest": {base64.StdEncoding.EncodeToString(b.Bytes())}}.Encode()
	u.Fragment = ""
	return u.String(), true
}
