package saml

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
)

// The namespaces.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsDSig      = "http://www.w3.org/2000/09/xmldsig#"
	nsXEnc      = "http://www.w3.org/2001/04/xmlenc#"
	nsXEnc11    = "http://www.w3.org/2009/xmlenc11#"
	nsExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
	nsXML       = "http://www.w3.org/XML/1998/namespace"
	nsXMLNS     = "http://www.w3.org/2000/xmlns/"
)

const (
	// MaxMessage is the longest message, in bytes as it is sent and, when it is deflated, as it comes out.
	MaxMessage = 256 << 10
	// MaxDepth is how deep elements may stand in each other.
	MaxDepth = 64

	// maxAttrs and maxScope bound what an element may hold and inherit: the checks compare each with each.
	maxAttrs = 64
	maxScope = 128
)

// read parses a document and checks what surrounds its root: no DOCTYPE, no processing instruction, one root and nothing
// after it. The names and the identifiers of its elements are the business of check.
func read(data []byte) (*etree.Element, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, refuseField(CodeXML, "encoding")
	}
	doc := etree.NewDocument()
	doc.ReadSettings = etree.ReadSettings{
		CharsetReader: func(string, io.Reader) (io.Reader, error) { return nil, errors.New("another charset") },
		// Otherwise the last of two attributes of one name silently stands for both.
		PreserveDuplicateAttrs: true,
		MaxDepth:               MaxDepth,
	}
	if err := doc.ReadFromBytes(data); err != nil {
		if errors.Is(err, etree.ErrMaxDepth) {
			return nil, refuseField(CodeXML, "depth")
		}
		// What the parser says may quote the message.
		return nil, refuseField(CodeXML, "syntax")
	}
	var root *etree.Element
	for i, t := range doc.Child {
		switch t := t.(type) {
		case *etree.Element:
			if root != nil {
				return nil, refuseField(CodeXML, "end")
			}
			root = t
		case *etree.ProcInst:
			if i != 0 || t.Target != "xml" {
				return nil, refuseField(CodeXML, "instruction")
			}
		case *etree.Comment:
			if root != nil {
				return nil, refuseField(CodeXML, "end")
			}
		case *etree.CharData:
			if strings.Trim(t.Data, " \t\r\n") != "" {
				return nil, refuseField(CodeXML, "end")
			}
		default:
			return nil, refuseField(CodeXML, "doctype")
		}
	}
	if root == nil {
		return nil, refuseField(CodeXML, "root")
	}
	return root, nil
}

// binding is a prefix and what it stands for; the prefix "" is that of the default namespace.
type binding struct{ prefix, uri string }

// lookup returns what a prefix stands for, "" when it stands for nothing.
func lookup(scope []binding, prefix string) string {
	if prefix == "xml" {
		return nsXML
	}
	for _, b := range slices.Backward(scope) {
		if b.prefix == prefix {
			return b.uri
		}
	}
	return ""
}

// declares returns the binding that an attribute makes.
func declares(a *etree.Attr) (binding, bool) {
	switch {
	case a.Space == "xmlns":
		return binding{a.Key, a.Value}, true
	case a.Space == "" && a.Key == "xmlns":
		return binding{"", a.Value}, true
	}
	return binding{}, false
}

// checker checks a tree once it is whole: names, namespaces, identifiers, instructions and depth.
type checker struct {
	scope []binding
	ids   map[string]bool
}

func check(root *etree.Element) error {
	c := checker{ids: map[string]bool{}}
	return c.element(root, 1)
}

func (c *checker) element(el *etree.Element, depth int) error {
	if depth > MaxDepth {
		return refuseField(CodeXML, "depth")
	}
	if len(el.Attr) > maxAttrs {
		return refuseField(CodeXML, "attributes")
	}
	outer := len(c.scope)
	defer func() { c.scope = c.scope[:outer] }()
	if err := c.declare(el); err != nil {
		return err
	}
	if !c.named(el.Space, el.Tag) || el.Space == "xmlns" {
		return refuseField(CodeXML, "namespace")
	}
	if err := c.attributes(el); err != nil {
		return err
	}
	for _, t := range el.Child {
		switch t := t.(type) {
		case *etree.Element:
			if err := c.element(t, depth+1); err != nil {
				return err
			}
		case *etree.ProcInst:
			return refuseField(CodeXML, "instruction")
		case *etree.Directive:
			return refuseField(CodeXML, "doctype")
		}
	}
	return nil
}

func (c *checker) declare(el *etree.Element) error {
	for i := range el.Attr {
		b, ok := declares(&el.Attr[i])
		if !ok {
			continue
		}
		switch {
		case b.prefix == "xmlns",
			(b.prefix == "xml") != (b.uri == nsXML),
			b.uri == nsXMLNS,
			// Only the default namespace can be taken back.
			b.uri == "" && b.prefix != "",
			strings.Contains(b.prefix, ":"):
			return refuseField(CodeXML, "namespace")
		}
		if len(c.scope) == maxScope {
			return refuseField(CodeXML, "namespace")
		}
		c.scope = append(c.scope, b)
	}
	return nil
}

// named reports whether a name is one, and its prefix is declared.
func (c *checker) named(prefix, local string) bool {
	return local != "" && !strings.Contains(local, ":") && (prefix == "" || lookup(c.scope, prefix) != "")
}

func (c *checker) attributes(el *etree.Element) error {
	for i := range el.Attr {
		a := &el.Attr[i]
		_, declaration := declares(a)
		if !declaration && !c.named(a.Space, a.Key) {
			return refuseField(CodeXML, "namespace")
		}
		for j := range i {
			b := &el.Attr[j]
			if a.Key != b.Key {
				continue
			}
			if _, other := declares(b); a.Space == b.Space ||
				!declaration && !other && a.Space != "" && b.Space != "" && lookup(c.scope, a.Space) == lookup(c.scope, b.Space) {
				return refuseField(CodeXML, "attributes")
			}
		}
		if !declaration && strings.EqualFold(a.Key, "id") {
			if c.ids[a.Value] {
				return refuseField(CodeXML, "ID")
			}
			c.ids[a.Value] = true
		}
	}
	return nil
}

// parse reads a document and checks all of it.
func parse(data []byte) (*etree.Element, error) {
	root, err := read(data)
	if err != nil {
		return nil, err
	}
	if err := check(root); err != nil {
		return nil, err
	}
	return root, nil
}

// is reports whether an element has a name of a namespace. In a checked tree every prefix is declared.
func is(el *etree.Element, ns, tag string) bool { return el.Tag == tag && el.NamespaceURI() == ns }

// attr returns an attribute without namespace; etree's own look-up takes one of any namespace.
func attr(el *etree.Element, name string) (string, bool) {
	for i := range el.Attr {
		if el.Attr[i].Space == "" && el.Attr[i].Key == name {
			return el.Attr[i].Value, true
		}
	}
	return "", false
}

func value(el *etree.Element, name string) string {
	v, _ := attr(el, name)
	return v
}

// children returns the children of a name.
func children(el *etree.Element, ns, tag string) []*etree.Element {
	var out []*etree.Element
	for _, t := range el.Child {
		if c, ok := t.(*etree.Element); ok && is(c, ns, tag) {
			out = append(out, c)
		}
	}
	return out
}

// child returns the only child of a name; nil without error when there is none.
func child(el *etree.Element, ns, tag string) (*etree.Element, error) {
	all := children(el, ns, tag)
	switch len(all) {
	case 0:
		return nil, nil
	case 1:
		return all[0], nil
	}
	return nil, refuseStructure(tag)
}

// text returns the whole text of an element, over comments and CDATA sections: etree's own stops at the first comment.
// It is false when another element stands inside.
func text(el *etree.Element) (string, bool) {
	var s strings.Builder
	flat := true
	for _, t := range el.Child {
		switch t := t.(type) {
		case *etree.CharData:
			s.WriteString(t.Data)
		case *etree.Element:
			flat = false
		}
	}
	return s.String(), flat
}

// uri returns the text of an element that holds an identifier, without the white space around.
func uri(el *etree.Element) (string, bool) {
	s, ok := text(el)
	s = strings.Trim(s, " \t\r\n")
	return s, ok && s != ""
}

// deepText returns the text of an element and of all inside.
func deepText(el *etree.Element) string {
	var b strings.Builder
	var walk func(*etree.Element)
	walk = func(el *etree.Element) {
		for _, t := range el.Child {
			switch t := t.(type) {
			case *etree.CharData:
				b.WriteString(t.Data)
			case *etree.Element:
				walk(t)
			}
		}
	}
	walk(el)
	return b.String()
}

// octets returns the base64 text of an element that holds nothing else, not even a comment.
func octets(el *etree.Element) ([]byte, bool) {
	var s strings.Builder
	for _, t := range el.Child {
		c, ok := t.(*etree.CharData)
		if !ok {
			return nil, false
		}
		s.WriteString(c.Data)
	}
	out, err := unbase64(s.String())
	return out, err == nil && len(out) > 0
}

// unbase64 decodes base64, wherever its lines are broken.
func unbase64(s string) ([]byte, error) {
	if strings.ContainsAny(s, " \t") {
		s = strings.NewReplacer(" ", "", "\t", "").Replace(s)
	}
	return base64.StdEncoding.DecodeString(s) // skips line ends
}

// instant reads an attribute that holds an xs:dateTime with its zone. It is false when the attribute is absent.
func instant(el *etree.Element, name string) (time.Time, bool, error) {
	v, ok := attr(el, name)
	if !ok {
		return time.Time{}, false, nil
	}
	t, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(v))
	if err != nil {
		return time.Time{}, false, refuseStructure(name)
	}
	return t.UTC(), true, nil
}
