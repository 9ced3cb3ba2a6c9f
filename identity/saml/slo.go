package saml

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/beevik/etree"
)

const (
	nsSOAP      = "http://schemas.xmlsoap.org/soap/envelope/"
	soapTimeout = 3 * time.Second
	maxAnswer   = 64 << 10
)

// receiveLogout reads a message of logout, however it comes: by redirect, by POST, or over SOAP from the partner itself.
func (s *side) receiveLogout(w http.ResponseWriter, r *http.Request, waits Pending) (request *LogoutRequest, response *LogoutResponse, soap bool, err error) {
	ctx := r.Context()
	receiver := s.receiving(ctx)
	switch {
	case r.Method == http.MethodGet:
		q, err := readQuery(r.URL.RawQuery)
		if err != nil {
			return nil, nil, false, err
		}
		if q.name == "SAMLResponse" {
			response, err = receiver.LogoutResponse(ctx, r.URL.RawQuery, waits)
			return nil, response, false, err
		}
		request, err = receiver.LogoutRequest(r.URL.RawQuery)
		return request, nil, false, err
	case r.Method == http.MethodPost && strings.HasPrefix(r.Header.Get("Content-Type"), "text/xml"):
		data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxMessage))
		if err != nil {
			return nil, nil, true, refuse(CodeTooLarge)
		}
		root, err := receiver.soapMessage(data)
		if err != nil {
			return nil, nil, true, err
		}
		request, err = receiver.logoutRequest(root, false)
		return request, nil, true, err
	}
	encoded, err := posted1(w, r, "SAMLRequest")
	if err == nil {
		request, err = receiver.PostedLogoutRequest(encoded)
		if request != nil {
			request.RelayState = r.PostForm.Get("RelayState")
		}
		return request, nil, false, err
	}
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Code != CodeEncoding || r.PostForm == nil {
		return nil, nil, false, err
	}
	values := r.PostForm["SAMLResponse"]
	if len(values) != 1 {
		return nil, nil, false, err
	}
	response, err = receiver.PostedLogoutResponse(ctx, values[0], waits)
	return nil, response, false, err
}

// soapMessage returns the message in the body of an envelope, verified where it stands (SAML 2.0 Bindings, 3.2).
func (r *Receiver) soapMessage(data []byte) (*etree.Element, error) {
	root, err := soapBody(data)
	if err != nil {
		return nil, err
	}
	return root, r.verifyMessage(root)
}

func soapBody(data []byte) (*etree.Element, error) {
	envelope, err := parse(data)
	if err != nil {
		return nil, err
	}
	if !is(envelope, nsSOAP, "Envelope") {
		return nil, refuseStructure("Envelope")
	}
	body, err := child(envelope, nsSOAP, "Body")
	if err != nil {
		return nil, err
	}
	if body == nil || len(body.ChildElements()) != 1 {
		return nil, refuseStructure("Body")
	}
	return body.ChildElements()[0], nil
}

// envelopeOf puts a message into an envelope.
func envelopeOf(root *etree.Element) []byte {
	var b bytes.Buffer
	b.WriteString(`<soap:Envelope xmlns:soap="` + nsSOAP + `"><soap:Body>`)
	b.Write(serialize(root))
	b.WriteString(`</soap:Body></soap:Envelope>`)
	return b.Bytes()
}

// answerLogout answers a request of logout, the way it came.
func (s *side) answerLogout(w http.ResponseWriter, r *http.Request, l *LogoutRequest, status Status, soap bool) {
	_, role, err := s.partner(r.Context(), l.Issuer)
	if err != nil {
		s.fail(w, r, "saml: logout", err)
		return
	}
	if soap {
		root := s.logoutResponseElement("", l.ID, status, s.utc())
		if err := s.keys.signing.signElement(root); err != nil {
			s.fail(w, r, "saml: logout", err)
			return
		}
		w.Header().Set("Content-Type", "text/xml; charset=UTF-8")
		_, _ = w.Write(envelopeOf(root))
		return
	}
	to, binding, ok := role.exit("SingleLogoutService", true)
	if !ok {
		s.show(w, r, Page{Kind: PageSignedOut, Status: http.StatusOK})
		return
	}
	root := s.logoutResponseElement(to, l.ID, status, s.utc())
	if err := s.send(w, r, binding, message{name: "SAMLResponse", root: root, to: to, relay: l.RelayState}); err != nil {
		s.fail(w, r, "saml: logout", err)
	}
}

// tell asks a partner over SOAP to end a session, and returns an error unless that partner says that it has.
func (s *side) tell(ctx context.Context, client *http.Client, partner, to string, root *etree.Element) error {
	ctx, cancel := context.WithTimeout(ctx, soapTimeout)
	defer cancel()
	if err := s.keys.signing.signElement(root); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(envelopeOf(root)))
	if err != nil {
		return refuseField(CodeMetadata, "SingleLogoutService")
	}
	req.Header.Set("Content-Type", "text/xml; charset=UTF-8")
	req.Header.Set("SOAPAction", `"http://www.oasis-open.org/committees/security"`)
	res, err := client.Do(req)
	if err != nil {
		return &RefusedError{Code: CodePort, Field: "SingleLogoutService", cause: err}
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil || res.StatusCode != http.StatusOK {
		return refuseField(CodePort, "SingleLogoutService")
	}
	if len(data) > maxAnswer {
		return refuse(CodeTooLarge)
	}
	answer, err := soapBody(data)
	if err != nil {
		return err
	}
	if !is(answer, nsProtocol, "LogoutResponse") || value(answer, "InResponseTo") != value(root, "ID") {
		return refuseStructure("LogoutResponse")
	}
	issuer, err := issuerOf(answer)
	if err != nil {
		return err
	}
	if issuer != partner {
		return refuse(CodeIssuer) // the signature of another partner is one too
	}
	// Over TLS the channel is the partner's own, and some do not sign what they answer over it: a signature that is there must
	// hold.
	if err := s.receiving(ctx).verifyMessage(answer); err != nil && !(errors.Is(err, CodeUnsigned) && req.URL.Scheme == "https") {
		return err
	}
	status, err := statusOf(answer)
	if err != nil {
		return err
	}
	if status.Code != StatusSuccess || status.Detail == StatusPartialLogout {
		return &RefusedError{Code: CodeStatus, Status: status}
	}
	return nil
}
