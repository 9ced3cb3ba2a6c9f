package saml

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/opencartable/cartable/identity"
)

const (
	logoutWorkers = 16
	logoutBudget  = 5 * time.Second // of all services
)

// EndSession ends what a session was used for: services that take a logout over SOAP are told, together and within some seconds;
// those that take it by the browser only come back as addresses. The caller calls it whenever a session ends, by whatever way.
func (p *IDP) EndSession(ctx context.Context, session string) identity.Ended {
	return p.endSession(ctx, session, "")
}

// endSession leaves out the service that asks for the logout: it is answered.
func (p *IDP) endSession(ctx context.Context, session, asking string) identity.Ended {
	var out identity.Ended
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutBudget) // the browser may have left
	defer cancel()
	entries, err := p.store.End(ctx, p.key("p", session))
	if err != nil {
		p.logged(ctx, "saml: end of a session", &RefusedError{Code: CodePort, Field: "Store", cause: err})
		out.Failed++
		return out
	}
	var told, failed atomic.Int64
	var wait sync.WaitGroup
	slots := make(chan struct{}, logoutWorkers)
	for _, b := range entries {
		var one participant
		if json.Unmarshal(b, &one) != nil {
			continue
		}
		out.Visits++
		p.forget(ctx, one)
		if one.Partner == asking {
			continue
		}
		_, role, err := p.partner(ctx, one.Partner)
		if err != nil {
			p.logged(ctx, "saml: end of a session", err)
			failed.Add(1)
			continue
		}
		soap, direct := role.Endpoint("SingleLogoutService", BindingSOAP)
		if !direct {
			switch to, ok, err := p.frontURL(one, role); {
			case err != nil:
				p.logged(ctx, "saml: end of a session", err)
				failed.Add(1)
			case ok:
				out.Front = append(out.Front, to)
			}
			continue
		}
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			root := p.logoutRequestElement(newID(), soap.Location, one.NameID, one.Index, p.utc())
			if err := p.tell(ctx, p.c.Egress, one.Partner, soap.Location, root); err != nil {
				failed.Add(1)
				p.logged(ctx, "saml: logout not told", err)
				return
			}
			told.Add(1)
		})
	}
	wait.Wait()
	out.Told, out.Failed = int(told.Load()), out.Failed+int(failed.Load())
	return out
}

// forget takes a session out of those that a service names. What stays in the list of a lasting name leads nowhere; a transient
// one has served.
func (p *IDP) forget(ctx context.Context, one participant) {
	if _, _, err := p.store.Take(ctx, p.indexKey(one.Partner, one.NameID.Value, one.Index)); err != nil {
		p.logged(ctx, "saml: end of a session", &RefusedError{Code: CodePort, Field: "Store", cause: err})
	}
	if one.NameID.Format != NameIDFormatTransient {
		return
	}
	if _, err := p.store.End(ctx, p.nameKey(one.Partner, one.NameID.Value)); err != nil {
		p.logged(ctx, "saml: end of a session", &RefusedError{Code: CodePort, Field: "Store", cause: err})
	}
}

// found is a session that a service names.
type found struct{ session, index string }

// sessions takes out, and returns, the sessions that a service names: all those of the name without an index. With an error too,
// it returns those that it has taken out.
func (p *IDP) sessions(ctx context.Context, l *LogoutRequest) ([]found, error) {
	// The name that another provider gave, or gave to another service, is not one of ours: over SOAP a request need not say where
	// it goes, and that provider may send it on.
	if q := l.NameID; q.NameQualifier != "" && q.NameQualifier != p.entityID || q.SPNameQualifier != "" && q.SPNameQualifier != l.Issuer {
		return nil, nil
	}
	indexes := l.SessionIndexes
	if len(indexes) == 0 {
		entries, err := p.store.End(ctx, p.nameKey(l.Issuer, l.NameID.Value))
		if err != nil {
			return nil, &RefusedError{Code: CodePort, Field: "Store", cause: err}
		}
		for _, b := range entries {
			indexes = append(indexes, string(b))
		}
	}
	var out []found
	for i, index := range indexes {
		b, ok, err := p.store.Take(ctx, p.indexKey(l.Issuer, l.NameID.Value, index))
		if err != nil {
			if len(l.SessionIndexes) == 0 {
				for _, rest := range indexes[i:] {
					p.restoreName(ctx, l, rest)
				}
			}
			return out, &RefusedError{Code: CodePort, Field: "Store", cause: err}
		}
		if ok {
			out = append(out, found{string(b), index})
		}
	}
	return out, nil
}

// restore puts back a session that could not be ended: the service that asks again finds it.
func (p *IDP) restore(ctx context.Context, l *LogoutRequest, f found) {
	if err := p.store.Put(ctx, p.indexKey(l.Issuer, l.NameID.Value, f.index), []byte(f.session), p.c.SessionLife); err != nil {
		p.logged(ctx, "saml: logout", &RefusedError{Code: CodePort, Field: "Store", cause: err})
	}
	if len(l.SessionIndexes) == 0 {
		p.restoreName(ctx, l, f.index)
	}
}

func (p *IDP) restoreName(ctx context.Context, l *LogoutRequest, index string) {
	if err := p.store.Join(ctx, p.nameKey(l.Issuer, l.NameID.Value), []byte(index), p.c.SessionLife); err != nil {
		p.logged(ctx, "saml: logout", &RefusedError{Code: CodePort, Field: "Store", cause: err})
	}
}

// frontURL is the address by which the browser tells a service; false for one that takes no logout.
func (p *IDP) frontURL(one participant, role Role) (string, bool, error) {
	e, ok := role.Endpoint("SingleLogoutService", BindingRedirect)
	if !ok || !webAddress(e.Location) {
		return "", false, nil
	}
	root := p.logoutRequestElement(newID(), e.Location, one.NameID, one.Index, p.utc())
	to, err := p.keys.signing.redirectURL(message{name: "SAMLRequest", root: root, to: e.Location})
	return to, err == nil, err
}

// logout receives messages of logout.
func (p *IDP) logout(w http.ResponseWriter, r *http.Request) {
	// An answer comes into a hidden frame, to a request that nothing waits for: whatever it says, the session is over.
	request, response, soap, err := p.receiveLogout(w, r, func(context.Context, string) (Standing, error) { return RequestPending, nil })
	switch {
	case err != nil:
		p.fail(w, r, "saml: logout", err)
		return
	case response != nil:
		p.show(w, r, Page{Kind: PageSignedOut, Status: http.StatusOK})
		return
	}
	if p.c.End == nil {
		p.answerLogout(w, r, request, Status{Code: StatusResponder}, soap) // and nobody is told that anything ended
		return
	}
	ctx := context.WithoutCancel(r.Context()) // a service that does not wait must not stop it half way
	sessions, err := p.sessions(ctx, request)
	// The services of all of them are told together.
	told := make([]identity.Ended, len(sessions))
	var wait sync.WaitGroup
	for i, f := range sessions {
		wait.Go(func() { told[i] = p.endSession(ctx, f.session, request.Issuer) })
	}
	wait.Wait()
	var ended identity.Ended
	status := Status{Code: StatusSuccess}
	done := map[string]bool{}
	for i, f := range sessions {
		ended = ended.With(told[i])
		if done[f.session] {
			continue // the person came to the service twice
		}
		if err := p.c.End(ctx, f.session); err != nil {
			p.logged(ctx, "saml: logout", &RefusedError{Code: CodePort, Field: "End", cause: err})
			p.restore(ctx, request, f)
			status = Status{Code: StatusResponder}
			continue
		}
		done[f.session] = true
	}
	if err != nil {
		p.fail(w, r, "saml: logout", err) // what had been found is over
		return
	}
	// Services that only the browser can tell are not told from here: their sessions end by themselves, and the answer says so.
	if status.Code == StatusSuccess && (ended.Failed > 0 || len(ended.Front) > 0) {
		status.Detail = StatusPartialLogout
	}
	p.log.InfoContext(ctx, "saml: logout asked by a partner", slog.Any("request", request), slog.Int("ended", len(done)))
	p.answerLogout(w, r, request, status, soap)
}
