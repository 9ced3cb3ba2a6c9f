package saml

import (
	"context"
	"log/slog"
	"slices"

	"github.com/beevik/etree"
)

// LogoutRequest is a verified request of a peer to end the session of a person (SAML 2.0 Core, 3.7.1).
type LogoutRequest struct {
	// ID is what the answer names in its InResponseTo.
	ID, Issuer string
	// NameID and SessionIndexes say which sessions: without an index, all those of the name.
	NameID         NameID
	SessionIndexes []string
	// RelayState goes back with the answer as it is.
	RelayState string
}

// Names reports whether the request names a session of ours, by what was kept of it when the person signed in: the provider, the
// name, and the index when there are some (R-SLO-1). What only one side says of the name, a format or a qualifier, is not held
// against it.
func (l *LogoutRequest) Names(u Upstream) bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	format := func(n NameID) string {
		if n.Format == NameIDFormatUnspecified {
			return ""
		}
		return n.Format
	}
	a, b := l.NameID, u.NameID
	return l.Issuer == u.Issuer && a.Value != "" && a.Value == b.Value && same(format(a), format(b)) &&
		same(a.NameQualifier, b.NameQualifier) && same(a.SPNameQualifier, b.SPNameQualifier) &&
		(len(l.SessionIndexes) == 0 || u.SessionIndex == "" || slices.Contains(l.SessionIndexes, u.SessionIndex))
}

// LogValue shows the issuer.
func (l LogoutRequest) LogValue() slog.Value {
	return slog.GroupValue(slog.String("issuer", l.Issuer), slog.Int("sessions", len(l.SessionIndexes)))
}

// String hides the person.
func (l LogoutRequest) String() string { return hidden }

// GoString hides the person.
func (l LogoutRequest) GoString() string { return hidden }

// LogoutResponse is a verified answer to our request of logout (SAML 2.0 Core, 3.7.2).
type LogoutResponse struct {
	ID, Issuer string
	// InResponseTo is our request, which is not pending any more.
	InResponseTo string
	// Status says whether all sessions ended: StatusPartialLogout in its Detail says that some did not.
	Status     Status
	RelayState string
}

// Complete reports whether all sessions ended.
func (l *LogoutResponse) Complete() bool {
	return l.Status.Code == StatusSuccess && l.Status.Detail != StatusPartialLogout
}

// LogoutRequest verifies a request of logout of the HTTP-Redirect binding, from the raw query of its URL.
func (r *Receiver) LogoutRequest(rawQuery string) (*LogoutRequest, error) {
	m, err := r.Redirect(rawQuery)
	if err != nil {
		return nil, err
	}
	l, err := r.logoutRequest(m.root, true)
	if err != nil {
		return nil, err
	}
	l.RelayState = m.RelayState
	return l, nil
}

// PostedLogoutRequest verifies a request of logout of the HTTP-POST binding, from the field SAMLRequest of the form.
func (r *Receiver) PostedLogoutRequest(encoded string) (*LogoutRequest, error) {
	root, err := r.postedMessage(encoded)
	if err != nil {
		return nil, err
	}
	return r.logoutRequest(root, true)
}

// LogoutResponse verifies an answer to our request of logout, from the raw query of its URL. A status of failure is no
// error: the person has left.
func (r *Receiver) LogoutResponse(ctx context.Context, rawQuery string, pending Pending) (*LogoutResponse, error) {
	m, err := r.Redirect(rawQuery)
	if err != nil {
		return nil, err
	}
	l, err := r.logoutResponse(ctx, m.root, pending)
	if err != nil {
		return nil, err
	}
	l.RelayState = m.RelayState
	return l, nil
}

// PostedLogoutResponse verifies an answer to our request of logout, from the field SAMLResponse of the form.
func (r *Receiver) PostedLogoutResponse(ctx context.Context, encoded string, pending Pending) (*LogoutResponse, error) {
	root, err := r.postedMessage(encoded)
	if err != nil {
		return nil, err
	}
	return r.logoutResponse(ctx, root, pending)
}

// postedMessage reads a message that must be signed itself.
func (r *Receiver) postedMessage(encoded string) (*etree.Element, error) {
	root, err := posted(encoded)
	if err != nil {
		return nil, err
	}
	return root, r.verifyMessage(root)
}

// verifyMessage verifies the signature of a message, which must be there.
func (r *Receiver) verifyMessage(root *etree.Element) error {
	peer, err := r.issuer(root, r.clock())
	if err != nil {
		return err
	}
	signature, err := signatureIn(root)
	if err != nil {
		return err
	}
	if signature == nil {
		return refuseField(CodeUnsigned, "Signature")
	}
	return verifySignature(root, signature, peer)
}

// logoutRequest judges a verified request. Addressed says that it must name where it was sent to: over SOAP it need not.
func (r *Receiver) logoutRequest(root *etree.Element, addressed bool) (*LogoutRequest, error) {
	if !is(root, nsProtocol, "LogoutRequest") {
		return nil, refuseStructure("LogoutRequest")
	}
	e, err := r.open(root, addressed, r.logout...)
	if err != nil {
		return nil, err
	}
	if err := e.fresh(); err != nil {
		return nil, err
	}
	end, ends, err := instant(root, "NotOnOrAfter")
	if err != nil {
		return nil, err
	}
	if ends && !e.now.Before(end.Add(r.skew)) {
		return nil, refuse(CodeExpired)
	}
	l := &LogoutRequest{ID: e.id, Issuer: e.issuer.EntityID}
	if l.NameID, err = readNameID(root); err != nil {
		return nil, err
	}
	if l.NameID.Value == "" {
		return nil, refuseStructure("NameID")
	}
	for _, el := range children(root, nsProtocol, "SessionIndex") {
		index, ok := uri(el)
		if !ok {
			return nil, refuseStructure("SessionIndex")
		}
		l.SessionIndexes = append(l.SessionIndexes, index)
	}
	return l, nil
}

func (r *Receiver) logoutResponse(ctx context.Context, root *etree.Element, pending Pending) (*LogoutResponse, error) {
	if !is(root, nsProtocol, "LogoutResponse") {
		return nil, refuseStructure("LogoutResponse")
	}
	e, err := r.open(root, true, r.logout...)
	if err != nil {
		return nil, err
	}
	if err := answers(ctx, e.inResponseTo, pending); err != nil {
		return nil, err
	}
	if err := e.fresh(); err != nil {
		return nil, err
	}
	l := &LogoutResponse{ID: e.id, Issuer: e.issuer.EntityID, InResponseTo: e.inResponseTo}
	if l.Status, err = statusOf(root); err != nil {
		return nil, err
	}
	return l, nil
}
