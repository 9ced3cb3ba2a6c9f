package cas

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"time"

	"github.com/opencartable/cartable/identity"
)

// Namespace is that of all elements of an answer. Source: CAS protocol 3.0, appendix A.
const Namespace = "http://www.yale.edu/tp/cas"

// Success is what a validation tells of somebody.
type Success struct {
	User   string
	Style  identity.Style
	Values []identity.Value
	// At, NewLogin and Remembered are the attributes of the protocol itself; they are written when Standard is set, or with
	// the layouts that want the last two.
	Standard             bool
	At                   time.Time
	NewLogin, Remembered bool
	// ProxyIOU finds the proxy-granting ticket; Proxies are the URLs through which the ticket came, the last one first.
	ProxyIOU string
	Proxies  []string
}

// xmlWriter writes elements; the prefix stands in the names, as some clients look for it by its letters.
type xmlWriter struct{ b bytes.Buffer }

func (w *xmlWriter) text(s string) { _ = xml.EscapeText(&w.b, []byte(s)) } // a buffer does not fail

func (w *xmlWriter) open(prefix, name string, attributes []identity.Attribute) {
	w.b.WriteByte('<')
	w.b.WriteString(prefix)
	w.b.WriteString(name)
	for _, a := range attributes {
		w.b.WriteByte(' ')
		w.b.WriteString(a.Name)
		w.b.WriteString(`="`)
		w.text(a.Text)
		w.b.WriteByte('"')
	}
	w.b.WriteByte('>')
}

func (w *xmlWriter) close(prefix, name string) {
	w.b.WriteString("</")
	w.b.WriteString(prefix)
	w.b.WriteString(name)
	w.b.WriteByte('>')
}

func (w *xmlWriter) leaf(name, text string) {
	w.open(cas, name, nil)
	w.text(text)
	w.close(cas, name)
}

func (w *xmlWriter) values(prefix string, list []identity.Value) {
	for i := range list {
		v := &list[i]
		w.open(prefix, v.Name, v.Attributes)
		if len(v.Values) > 0 {
			w.values(prefix, v.Values)
		} else {
			w.text(v.Text)
		}
		w.close(prefix, v.Name)
	}
}

const cas = "cas:"

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func (w *xmlWriter) begin() {
	w.b.WriteString(`<cas:serviceResponse xmlns:cas="` + Namespace + `">`)
}

func (w *xmlWriter) end() []byte {
	w.b.WriteString("</cas:serviceResponse>\n")
	return w.b.Bytes()
}

// standard writes the attributes of the protocol itself; user asks for the two that every layout of that style has.
func (w *xmlWriter) standard(s *Success, user bool) {
	if s.Standard {
		w.leaf("authenticationDate", s.At.UTC().Format("2006-01-02T15:04:05Z"))
	}
	if s.Standard || user {
		w.leaf("longTermAuthenticationRequestTokenUsed", boolean(s.Remembered))
		w.leaf("isFromNewLogin", boolean(s.NewLogin))
	}
}

// attributes writes the element of the attributes, in the order of the schema.
func (w *xmlWriter) attributes(s *Success) {
	inside := s.Style == identity.StyleAttributes || s.Style == identity.StyleBoth || s.Style == ""
	user := s.Style == identity.StyleUserAttributes
	if s.Style == identity.StyleFlat {
		// Beside the user too: phpCAS looks at nothing else once there is an element of attributes.
		w.standard(s, false)
		return
	}
	if !s.Standard && !user && (!inside || len(s.Values) == 0) {
		return
	}
	w.open(cas, "attributes", nil)
	w.standard(s, user)
	switch {
	case user:
		w.open(cas, "userAttributes", nil)
		w.values("", s.Values)
		w.close(cas, "userAttributes")
	case inside:
		w.values(cas, s.Values)
	}
	w.close(cas, "attributes")
}

// XML writes the answer of a validation that succeeds.
func (s *Success) XML() []byte {
	var w xmlWriter
	w.begin()
	w.open(cas, "authenticationSuccess", nil)
	w.leaf("user", s.User)
	w.attributes(s)
	if s.Style == identity.StyleFlat || s.Style == identity.StyleBoth {
		w.values(cas, s.Values)
	}
	if s.ProxyIOU != "" {
		w.leaf("proxyGrantingTicket", s.ProxyIOU)
	}
	if len(s.Proxies) > 0 {
		w.open(cas, "proxies", nil)
		for _, p := range s.Proxies {
			w.leaf("proxy", p)
		}
		w.close(cas, "proxies")
	}
	w.close(cas, "authenticationSuccess")
	return w.end()
}

// JSON writes the same: values that stand once are texts, others lists.
func (s *Success) JSON() []byte {
	attributes := map[string]any{}
	if s.Standard {
		attributes["authenticationDate"] = s.At.UTC().Format("2006-01-02T15:04:05Z")
	}
	if s.Standard || s.Style == identity.StyleUserAttributes {
		attributes["longTermAuthenticationRequestTokenUsed"], attributes["isFromNewLogin"] = s.Remembered, s.NewLogin
	}
	merge(attributes, s.Values)
	ok := map[string]any{"user": s.User}
	if len(attributes) > 0 {
		ok["attributes"] = attributes
	}
	if s.ProxyIOU != "" {
		ok["proxyGrantingTicket"] = s.ProxyIOU
	}
	if len(s.Proxies) > 0 {
		ok["proxies"] = s.Proxies
	}
	return response("authenticationSuccess", ok)
}

// merge adds values to an object; a name that stands several times is a list.
func merge(to map[string]any, list []identity.Value) {
	for i := range list {
		v := &list[i]
		var x any = v.Text
		if len(v.Values)+len(v.Attributes) > 0 {
			inner := map[string]any{}
			for _, a := range v.Attributes {
				inner[a.Name] = a.Text
			}
			merge(inner, v.Values)
			if len(v.Values) == 0 && v.Text != "" {
				inner["value"] = v.Text
			}
			x = inner
		}
		switch old := to[v.Name].(type) {
		case nil:
			to[v.Name] = x
		case []any:
			to[v.Name] = append(old, x)
		default:
			to[v.Name] = []any{old, x}
		}
	}
}

func response(what string, v any) []byte {
	b, _ := json.Marshal(map[string]any{"serviceResponse": map[string]any{what: v}}) // texts and booleans
	return append(b, '\n')
}

// Failure is a code of the protocol. Source: CAS protocol 3.0, 2.5.3 and 2.7.3.
type Failure string

// The codes.
const (
	InvalidRequest           Failure = "INVALID_REQUEST"
	InvalidTicketSpec        Failure = "INVALID_TICKET_SPEC"
	UnauthorizedServiceProxy Failure = "UNAUTHORIZED_SERVICE_PROXY"
	UnauthorizedService      Failure = "UNAUTHORIZED_SERVICE"
	InvalidProxyCallback     Failure = "INVALID_PROXY_CALLBACK"
	InvalidTicket            Failure = "INVALID_TICKET"
	InvalidService           Failure = "INVALID_SERVICE"
	InternalError            Failure = "INTERNAL_ERROR"
)

// RefusedError is a refusal with the code of the protocol: the answer of a server, or why this one refuses.
type RefusedError struct{ Failure Failure }

// Error returns the code.
func (e RefusedError) Error() string { return "cas: refused: " + string(e.Failure) }

// Unwrap returns CodeRefused.
func (e RefusedError) Unwrap() error { return CodeRefused }

func refuse(f Failure) error { return RefusedError{f} }

// description says a failure in words, without what was asked: a ticket or a URL may hold a person's.
func (f Failure) description() string {
	switch f {
	case InvalidRequest:
		return "a required parameter is missing or badly formed"
	case InvalidTicketSpec:
		return "the ticket is not of the kind that this address accepts"
	case UnauthorizedServiceProxy:
		return "the service may not obtain proxy tickets"
	case UnauthorizedService:
		return "the service is not registered"
	case InvalidProxyCallback:
		return "the proxy callback is refused"
	case InvalidTicket:
		return "the ticket is unknown, used or expired"
	case InvalidService:
		return "the ticket was given to another service"
	case InternalError:
	}
	return "the server could not answer"
}

// xml writes the answer of a validation, or of a request for a proxy ticket, that fails.
func (f Failure) xml(element string) []byte {
	var w xmlWriter
	w.begin()
	w.open(cas, element, []identity.Attribute{{Name: "code", Text: string(f)}})
	w.text(f.description())
	w.close(cas, element)
	return w.end()
}

func (f Failure) json(element string) []byte {
	return response(element, map[string]string{"code": string(f), "description": f.description()})
}
