package saml

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
)

// Logout sends the browser to the logout of the identity provider, and back to a page of ours. The caller has ended its own
// session and told its partners before: a provider that does not come back leaves nothing open here. A provider without a logout
// of SAML gets the browser at Upstream.ReturnURL, or the browser goes back at once. The error is as for [SP.Login].
func (p *SP) Logout(w http.ResponseWriter, r *http.Request, u Upstream, back string) error {
	if !local(back) {
		return refuseField(CodeSetup, "back")
	}
	_, role, err := p.partner(r.Context(), u.Issuer)
	if err != nil {
		return err
	}
	noStore(w.Header())
	to, binding, ok := role.exit("SingleLogoutService", false)
	if !ok || u.NameID.Value == "" {
		if webAddress(u.ReturnURL) {
			back = u.ReturnURL
		}
		http.Redirect(w, r, back, http.StatusSeeOther)
		return nil
	}
	id := newID()
	if err := p.keep(r.Context(), waitsLogout, id, pending{Issuer: u.Issuer, Back: back}); err != nil {
		return err
	}
	root := p.logoutRequestElement(id, to, u.NameID, u.SessionIndex, p.utc())
	return p.send(w, r, binding, message{name: "SAMLRequest", root: root, to: to, relay: id})
}

// logout receives messages of logout.
func (p *SP) logout(w http.ResponseWriter, r *http.Request) {
	request, response, soap, err := p.receiveLogout(w, r, p.pendingLogout)
	switch {
	case err != nil:
		p.fail(w, r, "saml: logout", err)
	case response != nil:
		p.loggedOut(w, r, response)
	default:
		p.endedUpstream(w, r, request, soap)
	}
}

// pendingLogout looks for our request of logout.
func (p *SP) pendingLogout(ctx context.Context, id string) (Standing, error) {
	_, ok, err := p.store.Get(ctx, p.key(waitsLogout, id))
	if err != nil || !ok {
		return RequestUnknown, err
	}
	return RequestPending, nil
}

// loggedOut leads the browser back from the logout of the provider.
func (p *SP) loggedOut(w http.ResponseWriter, r *http.Request, l *LogoutResponse) {
	b, ok, err := p.store.Take(r.Context(), p.key(waitsLogout, l.InResponseTo))
	var waits pending
	switch {
	case err != nil:
		p.fail(w, r, "saml: logout", &RefusedError{Code: CodePort, Field: "Store", cause: err})
		return
	case !ok || json.Unmarshal(b, &waits) != nil || waits.Issuer != l.Issuer:
		p.fail(w, r, "saml: logout", refuse(CodeRequest))
		return
	}
	if !l.Complete() {
		// The person has left here; the provider says that somebody else was not told.
		p.log.WarnContext(r.Context(), "saml: logout not complete upstream", slog.String("provider", l.Issuer))
		p.show(w, r, Page{Kind: PagePartly, Status: http.StatusOK, Continue: waits.Back})
		return
	}
	noStore(w.Header())
	http.Redirect(w, r, waits.Back, http.StatusSeeOther)
}

// endedUpstream ends what an identity provider asks to end, and answers it: a session that is not known is answered as one that
// was (R-SLO-1).
func (p *SP) endedUpstream(w http.ResponseWriter, r *http.Request, l *LogoutRequest, soap bool) {
	status := Status{Code: StatusSuccess}
	ctx := context.WithoutCancel(r.Context()) // a provider that does not wait must not stop it half way
	if p.c.Ended == nil {
		status = Status{Code: StatusResponder}
	} else if n, err := p.c.Ended(ctx, l); err != nil {
		p.logged(ctx, "saml: logout", &RefusedError{Code: CodePort, Field: "Ended", cause: err})
		status = Status{Code: StatusResponder}
	} else {
		p.log.InfoContext(ctx, "saml: logout asked upstream", slog.Any("request", l), slog.Int("ended", n))
	}
	p.answerLogout(w, r, l, status, soap)
}
