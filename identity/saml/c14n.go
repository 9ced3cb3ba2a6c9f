package saml

import (
	"cmp"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// form is a canonical form: exclusive XML canonicalization 1.0, or the inclusive one, both without comments.
type form struct {
	inclusive bool
	// prefixes are those of InclusiveNamespaces; "" stands for #default.
	prefixes []string
}

// canonical returns the canonical form of an element where it stands, without the element skip inside it. It reads the
// tree that identity data is read from, and changes nothing there: goxmldsig's canonicalizers rewrite the element they are
// given, and want a copy with its context first. The tests compare both.
func canonical(apex, skip *etree.Element, f form) []byte {
	c := canonicalizer{form: f, skip: skip, out: make([]byte, 0, 4096)}
	var above []*etree.Element
	for p := apex.Parent(); p != nil; p = p.Parent() {
		above = append(above, p)
	}
	for _, p := range slices.Backward(above) {
		c.declare(p)
	}
	var inherited []etree.Attr
	if f.inclusive {
		inherited = inheritedXML(apex, above)
	}
	c.element(apex, inherited)
	return c.out
}

// inheritedXML returns the xml: attributes of the elements above, which the inclusive form moves to the apex.
func inheritedXML(apex *etree.Element, above []*etree.Element) []etree.Attr {
	var out []etree.Attr
	has := func(list []etree.Attr, key string) bool {
		return slices.ContainsFunc(list, func(a etree.Attr) bool { return a.Space == "xml" && a.Key == key })
	}
	for _, p := range above {
		for _, a := range p.Attr {
			if a.Space == "xml" && !has(apex.Attr, a.Key) && !has(out, a.Key) {
				out = append(out, a)
			}
		}
	}
	return out
}

type canonicalizer struct {
	form
	skip *etree.Element
	out  []byte
	// scope is what is declared in the document, shown what is written so far above the element.
	scope, shown []binding
}

func (c *canonicalizer) declare(el *etree.Element) {
	for i := range el.Attr {
		if b, ok := declares(&el.Attr[i]); ok {
			c.scope = append(c.scope, b)
		}
	}
}

func (c *canonicalizer) element(el *etree.Element, inherited []etree.Attr) {
	scope, shown := len(c.scope), len(c.shown)
	c.declare(el)
	c.out = append(c.out, '<')
	c.name(el.Space, el.Tag)
	c.namespaces(el)
	c.attributes(el, inherited)
	c.out = append(c.out, '>')
	for _, t := range el.Child {
		switch t := t.(type) {
		case *etree.Element:
			if t != c.skip {
				c.element(t, nil)
			}
		case *etree.CharData:
			c.text(t.Data)
		}
	}
	c.out = append(c.out, '<', '/')
	c.name(el.Space, el.Tag)
	c.out = append(c.out, '>')
	c.scope, c.shown = c.scope[:scope], c.shown[:shown]
}

func (c *canonicalizer) name(space, local string) {
	if space != "" {
		c.out = append(append(c.out, space...), ':')
	}
	c.out = append(c.out, local...)
}

// namespaces writes the declarations that the element needs and that are not written above it.
func (c *canonicalizer) namespaces(el *etree.Element) {
	var room [8]binding
	show := room[:0]
	want := func(prefix string) {
		uri := lookup(c.scope, prefix)
		if prefix == "xml" || uri == lookup(c.shown, prefix) || slices.ContainsFunc(show, func(b binding) bool { return b.prefix == prefix }) {
			return
		}
		show = append(show, binding{prefix, uri})
	}
	if c.inclusive {
		for _, b := range c.scope {
			want(b.prefix)
		}
	} else {
		want(el.Space)
		for i := range el.Attr {
			if a := &el.Attr[i]; a.Space != "" && a.Space != "xmlns" {
				want(a.Space)
			}
		}
		for _, p := range c.prefixes {
			want(p)
		}
	}
	slices.SortFunc(show, func(a, b binding) int { return strings.Compare(a.prefix, b.prefix) })
	for _, b := range show {
		c.out = append(c.out, " xmlns"...)
		if b.prefix != "" {
			c.out = append(append(c.out, ':'), b.prefix...)
		}
		c.quoted(b.uri)
	}
	c.shown = append(c.shown, show...)
}

// attributes writes the attributes by namespace, then by name.
func (c *canonicalizer) attributes(el *etree.Element, inherited []etree.Attr) {
	type attribute struct {
		uri string
		*etree.Attr
	}
	var room [8]attribute
	list := room[:0]
	for i := range el.Attr {
		a := &el.Attr[i]
		if _, declaration := declares(a); declaration {
			continue
		}
		uri := ""
		if a.Space != "" {
			uri = lookup(c.scope, a.Space)
		}
		list = append(list, attribute{uri, a})
	}
	for i := range inherited {
		list = append(list, attribute{nsXML, &inherited[i]})
	}
	slices.SortFunc(list, func(a, b attribute) int { return cmp.Or(strings.Compare(a.uri, b.uri), strings.Compare(a.Key, b.Key)) })
	for _, a := range list {
		c.out = append(c.out, ' ')
		c.name(a.Space, a.Key)
		c.quoted(a.Value)
	}
}

func (c *canonicalizer) quoted(s string) {
	c.out = append(c.out, '=', '"')
	from := 0
	for i := range len(s) {
		var e string
		switch s[i] {
		case '&':
			e = "&amp;"
		case '<':
			e = "&lt;"
		case '"':
			e = "&quot;"
		case '\t':
			e = "&#x9;"
		case '\n':
			e = "&#xA;"
		case '\r':
			e = "&#xD;"
		default:
			continue
		}
		c.out = append(append(c.out, s[from:i]...), e...)
		from = i + 1
	}
	c.out = append(append(c.out, s[from:]...), '"')
}

func (c *canonicalizer) text(s string) {
	from := 0
	for i := range len(s) {
		var e string
		switch s[i] {
		case '&':
			e = "&amp;"
		case '<':
			e = "&lt;"
		case '>':
			e = "&gt;"
		case '\r':
			e = "&#xD;"
		default:
			continue
		}
		c.out = append(append(c.out, s[from:i]...), e...)
		from = i + 1
	}
	c.out = append(c.out, s[from:]...)
}
