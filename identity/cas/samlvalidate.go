package cas

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opencartable/cartable/identity"
)

// Names of SAML 1.1. Source: SAML V1.1 Core (OASIS, 2003), sections 2.3, 2.4, 3.2, 3.4; the namespace of attributes is that of
// the first server, and clients compare it.
const (
	soapNamespace      = "http://schemas.xmlsoap.org/soap/envelope/"
	protocolNamespace  = "urn:oasis:names:tc:SAML:1.0:protocol"
	assertionNamespace = "urn:oasis:names:tc:SAML:1.0:assertion"
	attributeNamespace = "http://www.ja-sig.org/products/cas/"
	confirmation       = "urn:oasis:names:tc:SAML:1.0:cm:artifact"
	authentication     = "urn:oasis:names:tc:SAML:1.0:am:password"

	// maxSAMLRequest bounds a request: it holds one ticket.
	maxSAMLRequest = 16 << 10
	// assertionSkew is how far an assertion is good around its instant.
	assertionSkew = 30 * time.Second
)

// samlRequest reads a request: what names it, and the ticket it holds.
func samlRequest(b []byte) (id, ticket string, err error) {
	if len(b) > maxSAMLRequest {
		return "", "", malformed()
	}
	envelope, err := parse(b)
	if err != nil {
		return "", "", err
	}
	request := envelope.only(soapNamespace, "Envelope").child(soapNamespace, "Body").child(protocolNamespace, "Request")
	artifact := request.child(protocolNamespace, "AssertionArtifact")
	if artifact == nil || len(artifact.children) > 0 {
		return "", "", malformed()
	}
	if id, _ = request.attribute("RequestID"); !ncName(id) {
		id = ""
	}
	return id, strings.TrimSpace(artifact.text.String()), nil
}

// only returns the element when it has a name, nil otherwise.
func (e *elem) only(space, local string) *elem {
	if e == nil || e.name.Space != space || e.name.Local != local {
		return nil
	}
	return e
}

// child returns the child of a name, nil when there is none or several.
func (e *elem) child(space, local string) *elem {
	if e == nil {
		return nil
	}
	var out *elem
	for _, c := range e.children {
		if c.only(space, local) == nil {
			continue
		}
		if out != nil {
			return nil
		}
		out = c
	}
	return out
}

// ncName reports whether a text may name a request: others are not written back.
func ncName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return s != "" && len(s) <= 256
}

// samlValidate checks a ticket for a client that speaks SAML 1.1. Source: the samlValidate address of Apereo's server, which
// the CAS protocol does not describe; SAML V1.1 Core, and Bindings, section 3.1 (SOAP).
func (s *Server) samlValidate(w http.ResponseWriter, r *http.Request) {
	q, readable := query(r)
	a := samlAnswer{s: s, w: w, r: r, target: q.Get("TARGET"), now: s.now().UTC()}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, maxSAMLRequest+1))
	ticket := ""
	if err == nil {
		a.request, ticket, err = samlRequest(b)
	}
	if err != nil || !readable || len(q["TARGET"]) != 1 {
		a.fail(refuse(InvalidRequest))
		return
	}
	asked := url.Values{"service": q["TARGET"], "ticket": {ticket}}
	if renew, there := q["renew"]; there {
		asked["renew"] = renew
	}
	v := &validation{s: s, ctx: r.Context(), q: asked}
	if err := v.check(serviceTicket); err != nil {
		a.fail(err)
		return
	}
	ok, err := v.success()
	if err != nil {
		a.fail(err)
		return
	}
	a.succeed(ok)
}

// samlAnswer writes an answer in SAML 1.1.
type samlAnswer struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	request string // what names the request, "" when it has no name that may be written back
	target  string
	now     time.Time
	x       xmlWriter
}

func samlInstant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (a *samlAnswer) id() (string, error) {
	var b [16]byte
	_, err := io.ReadFull(a.s.random(), b[:])
	return fmt.Sprintf("_%x", b), err
}

// element writes an element around what inside writes.
func (a *samlAnswer) element(name string, attributes []identity.Attribute, inside func()) {
	a.x.open("", name, attributes)
	inside()
	a.x.close("", name)
}

func (a *samlAnswer) leaf(name, text string) {
	a.element(name, nil, func() { a.x.text(text) })
}

// send writes the envelope and the response around a status and what follows it.
func (a *samlAnswer) send(response string, inside func()) {
	head := []identity.Attribute{
		{Name: "xmlns", Text: protocolNamespace},
		{Name: "xmlns:samlp", Text: protocolNamespace}, // for the codes of the status, which are qualified names
		{Name: "ResponseID", Text: response},
		{Name: "IssueInstant", Text: samlInstant(a.now)},
		{Name: "MajorVersion", Text: "1"},
		{Name: "MinorVersion", Text: "1"},
	}
	if a.request != "" {
		head = append(head, identity.Attribute{Name: "InResponseTo", Text: a.request})
	}
	if a.target != "" && len(a.target) <= maxURL {
		head = append(head, identity.Attribute{Name: "Recipient", Text: a.target})
	}
	envelope := []identity.Attribute{{Name: "xmlns:SOAP-ENV", Text: soapNamespace}}
	a.element("SOAP-ENV:Envelope", envelope, func() {
		a.x.b.WriteString("<SOAP-ENV:Header/>")
		a.element("SOAP-ENV:Body", nil, func() { a.element("Response", head, inside) })
	})
	_, _ = a.w.Write(a.x.b.Bytes())
}

func (a *samlAnswer) head() {
	h := a.w.Header()
	h.Set("Content-Type", "text/xml; charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

func (a *samlAnswer) code(name string, inside func()) {
	a.element("StatusCode", []identity.Attribute{{Name: "Value", Text: "samlp:" + name}}, inside)
}

// fail says why there is no assertion.
func (a *samlAnswer) fail(err error) {
	refused, protocol := errors.AsType[RefusedError](err)
	failure, code := refused.Failure, "Requester"
	if !protocol {
		failure = InternalError
	}
	if failure == InternalError {
		code = "Responder"
	}
	a.head()
	id, broken := a.id()
	switch {
	case broken != nil:
		a.s.down(a.w, a.r, broken)
		return
	case !protocol:
		a.s.down(a.w, a.r, err)
	default:
		a.s.log().InfoContext(a.r.Context(), "cas: refused", slog.String("code", string(failure)))
	}
	a.send(id, func() {
		a.element("Status", nil, func() {
			a.code(code, func() {
				if protocol && failure != InvalidRequest && failure != InternalError {
					a.code("RequestDenied", func() {})
				}
			})
			a.leaf("StatusMessage", string(failure)+": "+failure.description())
		})
	})
}

// succeed writes the assertion.
func (a *samlAnswer) succeed(ok *Success) {
	response, err := a.id()
	assertion := ""
	if err == nil {
		assertion, err = a.id()
	}
	a.head()
	if err != nil {
		a.s.down(a.w, a.r, err)
		return
	}
	a.send(response, func() {
		a.element("Status", nil, func() { a.code("Success", func() {}) })
		a.element("Assertion", []identity.Attribute{
			{Name: "xmlns", Text: assertionNamespace},
			{Name: "AssertionID", Text: assertion},
			{Name: "IssueInstant", Text: samlInstant(a.now)},
			{Name: "Issuer", Text: a.s.BaseURL},
			{Name: "MajorVersion", Text: "1"},
			{Name: "MinorVersion", Text: "1"},
		}, func() { a.assertion(ok) })
	})
}

func (a *samlAnswer) assertion(ok *Success) {
	a.element("Conditions", []identity.Attribute{
		{Name: "NotBefore", Text: samlInstant(a.now.Add(-assertionSkew))}, {Name: "NotOnOrAfter", Text: samlInstant(a.now.Add(assertionSkew))},
	}, func() {
		a.element("AudienceRestrictionCondition", nil, func() { a.leaf("Audience", a.target) })
	})
	// The schema wants one attribute at least in a statement.
	if list := samlAttributes(ok); len(list) > 0 {
		a.element("AttributeStatement", nil, func() {
			a.subject(ok.User)
			for _, n := range list {
				a.element("Attribute", []identity.Attribute{{Name: "AttributeName", Text: n.Name}, {Name: "AttributeNamespace", Text: attributeNamespace}}, func() {
					for _, v := range n.Values {
						a.leaf("AttributeValue", v)
					}
				})
			}
		})
	}
	a.element("AuthenticationStatement", []identity.Attribute{
		{Name: "AuthenticationInstant", Text: samlInstant(ok.At)}, {Name: "AuthenticationMethod", Text: authentication},
	}, func() { a.subject(ok.User) })
}

func (a *samlAnswer) subject(user string) {
	a.element("Subject", nil, func() {
		a.leaf("NameIdentifier", user)
		a.element("SubjectConfirmation", nil, func() { a.leaf("ConfirmationMethod", confirmation) })
	})
}

// samlAttributes are the values of an answer as a client of SAML reads them: each name once with all its values; what stands
// inside another value has its path as a name, as a client of the other answers reads it.
func samlAttributes(ok *Success) []Named {
	var out Answer
	if ok.Standard {
		out.add("longTermAuthenticationRequestTokenUsed", boolean(ok.Remembered))
		out.add("isFromNewLogin", boolean(ok.NewLogin))
	}
	var walk func(path string, list []identity.Value)
	walk = func(path string, list []identity.Value) {
		for i := range list {
			v := &list[i]
			name, text := v.Name, v.Text
			if v.Name == "attribute" { // <cas:attribute name="…" value="…"/>
				for _, x := range v.Attributes {
					switch x.Name {
					case "name":
						name = x.Text
					case "value":
						text = x.Text
					}
				}
			}
			if len(v.Values) > 0 {
				walk(path+name+"/", v.Values)
			} else {
				out.add(path+name, text)
			}
		}
	}
	walk("", ok.Values)
	return out.Attributes
}
