package cas

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// What a client reads at most. Source: R-CAS-20.
const (
	maxAnswer = 1 << 20
	maxDepth  = 16
	maxValues = 10000
)

// Answer is what a CAS server says. It is personal data.
type Answer struct {
	// User is who it is; empty when the server refuses or when a proxy ticket was asked for.
	User string
	// Attributes are those of the answer, in its order: wherever they stand, in whatever of the eight styles of the field.
	Attributes []Named
	// IOU finds the proxy-granting ticket; Proxies are the callbacks through which the ticket came, the last one first.
	IOU     string
	Proxies []string
	// ProxyTicket answers a request for one.
	ProxyTicket string
	// Failure is why the server refuses, with its own words.
	Failure Failure
	Message string
}

// Named is an attribute with its values. Nested elements have a path: "ENTEleveClasses/ENTEleveClasse".
type Named struct {
	Name   string
	Values []string
}

// Get returns the values of an attribute, by its path or by the last part of it.
func (a *Answer) Get(name string) []string {
	for i := range a.Attributes {
		if a.Attributes[i].Name == name {
			return a.Attributes[i].Values
		}
	}
	for i := range a.Attributes {
		if n := a.Attributes[i].Name; n[strings.LastIndexByte(n, '/')+1:] == name {
			return a.Attributes[i].Values
		}
	}
	return nil
}

func (a *Answer) add(name, value string) {
	i := slices.IndexFunc(a.Attributes, func(n Named) bool { return n.Name == name })
	if i < 0 {
		a.Attributes = append(a.Attributes, Named{name, []string{value}})
		return
	}
	a.Attributes[i].Values = append(a.Attributes[i].Values, value)
}

func malformed() error { return catalog().New(CodeMalformed, ent.Pos{}, "$") }

// Read reads the answer of a CAS server to a validation, or to a request for a proxy ticket, in XML or JSON. It returns
// CodeMalformed for what is no answer: a page, a DOCTYPE, another namespace, two outcomes or two users. A refusal is no error
// here: see Failure.
func Read(b []byte) (*Answer, error) {
	if len(b) > maxAnswer {
		return nil, malformed()
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n")
	switch {
	case bytes.HasPrefix(text, []byte("{")):
		return readJSON(text)
	case bytes.HasPrefix(text, []byte("<")):
		return readXML(text)
	}
	return nil, malformed()
}

// Read1 reads the answer of /validate: "yes" and the user, or "no".
func Read1(b []byte) (*Answer, error) {
	if len(b) > maxAnswer {
		return nil, malformed()
	}
	lines := strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n")
	rest := strings.TrimRight(strings.Join(lines[1:], "\n"), "\n")
	switch {
	case lines[0] == "no" && rest == "":
		return &Answer{Failure: InvalidTicket}, nil
	case lines[0] == "yes" && strings.TrimSpace(rest) != "" && !strings.Contains(rest, "\n"):
		return &Answer{User: rest}, nil
	}
	return nil, malformed()
}

// elem is an element of an answer.
type elem struct {
	name     xml.Name
	attr     []xml.Attr
	text     strings.Builder
	children []*elem
}

func (e *elem) attribute(name string) (string, bool) {
	for _, a := range e.attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value, true
		}
	}
	return "", false
}

// parse reads elements: no directive, a bounded depth and number, one root.
func parse(b []byte) (*elem, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Entity = map[string]string{}
	var root *elem
	var open []*elem
	n := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if root == nil || len(open) > 0 {
				return nil, malformed()
			}
			return root, nil
		}
		if err != nil {
			return nil, malformed()
		}
		switch x := token.(type) {
		case xml.Directive:
			return nil, malformed()
		case xml.ProcInst:
			if x.Target != "xml" {
				return nil, malformed()
			}
		case xml.StartElement:
			e := &elem{name: x.Name, attr: x.Copy().Attr}
			if n++; n > maxValues || len(open) >= maxDepth || len(open) == 0 && root != nil {
				return nil, malformed()
			}
			if len(open) == 0 {
				root = e
			} else {
				top := open[len(open)-1]
				top.children = append(top.children, e)
			}
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text.Write(x)
			} else if len(bytes.TrimSpace(x)) > 0 {
				return nil, malformed()
			}
		}
	}
}

func readXML(b []byte) (*Answer, error) {
	root, err := parse(b)
	if err != nil {
		return nil, err
	}
	if root.name != (xml.Name{Space: Namespace, Local: "serviceResponse"}) || len(root.children) != 1 {
		return nil, malformed()
	}
	out := root.children[0]
	if out.name.Space != Namespace {
		return nil, malformed()
	}
	a := &Answer{}
	switch out.name.Local {
	case "authenticationSuccess":
		if err := a.success(out); err != nil {
			return nil, err
		}
		return a, nil
	case "authenticationFailure", "proxyFailure":
		code, _ := out.attribute("code")
		a.Failure, a.Message = Failure(code), strings.TrimSpace(out.text.String())
		if code == "" {
			a.Failure = InternalError
		}
		return a, nil
	case "proxySuccess":
		for _, c := range out.children {
			if c.name == (xml.Name{Space: Namespace, Local: "proxyTicket"}) && a.ProxyTicket == "" {
				a.ProxyTicket = strings.TrimSpace(c.text.String())
			}
		}
		if a.ProxyTicket != "" {
			return a, nil
		}
	}
	return nil, malformed()
}

// success reads the block of a success: the user, attributes inside and outside, what belongs to proxies.
func (a *Answer) success(e *elem) error {
	users := 0
	for _, c := range e.children {
		if c.name.Space != Namespace {
			continue
		}
		switch c.name.Local {
		case "user":
			users++
			a.User = strings.TrimSpace(c.text.String())
			if len(c.children) > 0 {
				return malformed()
			}
		case "attributes":
			for _, x := range c.children {
				a.attribute(x, "")
			}
		case "proxyGrantingTicket":
			a.IOU = strings.TrimSpace(c.text.String())
		case "proxies":
			for _, p := range c.children {
				a.Proxies = append(a.Proxies, strings.TrimSpace(p.text.String()))
			}
		}
	}
	if users != 1 || a.User == "" {
		return malformed()
	}
	outside := &Answer{}
	for _, c := range e.children {
		switch c.name.Local {
		case "user", "attributes", "proxyGrantingTicket", "proxies":
		default:
			outside.attribute(c, "")
		}
	}
	inside := slices.Clone(a.Attributes)
	for _, n := range outside.Attributes {
		i := slices.IndexFunc(inside, func(o Named) bool { return o.Name == n.Name })
		for _, v := range n.Values {
			if i < 0 || !slices.Contains(inside[i].Values, v) { // inside and outside: once
				a.add(n.Name, v)
			}
		}
	}
	return nil
}

// attribute reads one attribute, or those inside it.
func (a *Answer) attribute(e *elem, path string) {
	name, named := e.attribute("name")
	value, valued := e.attribute("value")
	if e.name.Local == "attribute" && named && valued {
		a.add(path+name, value)
		return
	}
	path += e.name.Local
	if len(e.children) == 0 {
		a.add(path, strings.TrimSpace(e.text.String()))
		return
	}
	for _, c := range e.children {
		a.attribute(c, path+"/")
	}
}

func readJSON(b []byte) (*Answer, error) {
	var j struct {
		ServiceResponse struct {
			AuthenticationSuccess *struct {
				User                string          `json:"user"`
				ProxyGrantingTicket string          `json:"proxyGrantingTicket"`
				Proxies             []string        `json:"proxies"`
				Attributes          json.RawMessage `json:"attributes"`
			} `json:"authenticationSuccess"`
			AuthenticationFailure *jsonFailure `json:"authenticationFailure"`
			ProxySuccess          *struct {
				ProxyTicket string `json:"proxyTicket"`
			} `json:"proxySuccess"`
			ProxyFailure *jsonFailure `json:"proxyFailure"`
		} `json:"serviceResponse"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&j); err != nil || d.More() {
		return nil, malformed()
	}
	r := &j.ServiceResponse
	outcomes := 0
	for _, there := range []bool{r.AuthenticationSuccess != nil, r.AuthenticationFailure != nil, r.ProxySuccess != nil, r.ProxyFailure != nil} {
		if there {
			outcomes++
		}
	}
	if outcomes != 1 {
		return nil, malformed()
	}
	failure := r.AuthenticationFailure
	if failure == nil {
		failure = r.ProxyFailure
	}
	if failure != nil {
		a := &Answer{Failure: Failure(failure.Code), Message: strings.TrimSpace(failure.Description)}
		if failure.Code == "" {
			a.Failure = InternalError
		}
		return a, nil
	}
	if r.ProxySuccess != nil {
		if r.ProxySuccess.ProxyTicket == "" {
			return nil, malformed()
		}
		return &Answer{ProxyTicket: r.ProxySuccess.ProxyTicket}, nil
	}
	ok := r.AuthenticationSuccess
	a := &Answer{User: strings.TrimSpace(ok.User), IOU: ok.ProxyGrantingTicket, Proxies: ok.Proxies}
	if a.User == "" {
		return nil, malformed()
	}
	if err := a.object(ok.Attributes, "", 0); err != nil {
		return nil, err
	}
	return a, nil
}

type jsonFailure struct {
	Code        string `json:"code"`
	Description string `json:"description"`
}

// object reads the attributes of a JSON answer, in their order.
func (a *Answer) object(b json.RawMessage, path string, depth int) error {
	if len(b) == 0 || bytes.Equal(b, []byte("null")) {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') || depth > maxDepth {
		return malformed()
	}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return malformed()
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return malformed()
		}
		if err := a.value(v, path+name, depth); err != nil {
			return err
		}
	}
	return nil
}

func (a *Answer) value(v json.RawMessage, name string, depth int) error {
	switch v[0] {
	case '{':
		return a.object(v, name+"/", depth+1)
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(v, &list); err != nil || depth > maxDepth {
			return malformed()
		}
		for _, x := range list {
			if err := a.value(x, name, depth+1); err != nil {
				return err
			}
		}
		return nil
	case '"':
		var s string
		if err := json.Unmarshal(v, &s); err != nil {
			return malformed()
		}
		a.add(name, s)
		return nil
	}
	if text := string(v); text != "null" {
		a.add(name, text)
	}
	return nil
}

// maxLogout bounds a message of logout.
const maxLogout = 64 << 10

// ReadLogout returns the ticket whose session a logout message ends. The message has no signature: the ticket is the secret,
// and it ends the session of that ticket and nothing else. One that is not well formed is searched for the ticket all the
// same, since a national guichet sends such. It returns CodeMalformed when there is none.
func ReadLogout(message []byte) (string, error) {
	if len(message) > maxLogout || bytes.Contains(message, []byte("<!")) {
		return "", malformed()
	}
	ticket := ""
	if root, err := parse(message); err == nil {
		if root.name.Local != "LogoutRequest" {
			return "", malformed()
		}
		for _, c := range root.children {
			if c.name.Local == "SessionIndex" && ticket == "" {
				ticket = strings.TrimSpace(c.text.String())
			}
		}
	} else {
		_, rest, found := strings.Cut(string(message), "SessionIndex>")
		text, _, closed := strings.Cut(rest, "<")
		if found && closed && strings.Contains(string(message), "LogoutRequest") {
			ticket = strings.TrimSpace(text)
		}
	}
	if !validTicket(ticket) {
		return "", malformed()
	}
	return ticket, nil
}

// validTicket reports whether a text may be a ticket of any server. Source: R-CAS-20.
func validTicket(s string) bool {
	rest, ok := strings.CutPrefix(s, "ST-")
	if !ok {
		rest, ok = strings.CutPrefix(s, "PT-")
	}
	if !ok || rest == "" || len(rest) > 256 {
		return false
	}
	for i := range len(rest) {
		c := rest[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// LogValue shows the outcome, and how many attributes there are.
func (a Answer) LogValue() slog.Value {
	return slog.GroupValue(slog.String("failure", string(a.Failure)), slog.Int("attributes", len(a.Attributes)))
}
