package lsu

import (
	"slices"
	"sync"
)

// The grammar of all versions is one table (schema.go), each line of which says in which versions it holds. compile makes
// the grammar of one version of it: the reader's check, the writer and its losses follow the same table.

// base is the lexical base of a simple type.
type base uint8

const (
	baseString base = iota
	baseInt
	baseDate
	baseDateTime
	baseBool
	baseID
	baseRef
	baseRefs
)

// kind is a kind of record that has an id.
type kind uint8

const (
	kindNone kind = iota
	kindHead
	kindClass
	kindPupil
	kindPeriod
	kindDiscipline
	kindTeacher
	kindElement
	kindDigital
	kindEPI
	kindEPIGroup
	kindAP
	kindAPGroup
	kindCount
)

// simple is a simple type.
type simple struct {
	base base
	// length, minLen and maxLen count UTF-16 units, or the items of a list; 0 is none (minLen of a list is 1).
	length, minLen, maxLen int
	// notBlank is the pattern (.|\n)*[^\s](.|\n)*.
	notBlank bool
	// digits is a pattern of one digit within a range, such as "14" for [1-4].
	digits string
	// lock is the pattern of StringDateTime.
	lock bool
	// min and max bound an integer.
	min, max int
	bounded  bool
	// items is a code list, filtered by version into enum.
	items []Item
	enum  []string
	// target is what a reference leads to.
	target kind
}

func text(n int) simple        { return simple{minLen: 1, maxLen: n, notBlank: true} }
func exactly(n int) simple     { return simple{length: n} }
func span(min, max int) simple { return simple{minLen: min, maxLen: max} }
func enum(codes ...string) simple {
	s := simple{}
	for _, c := range codes {
		s.items = append(s.items, Item{Code: c, in: vAll})
	}
	return s
}
func list(l List) simple           { return simple{items: Items(l)} }
func digit(lo string) simple       { return simple{base: baseInt, digits: lo, min: 0} }
func ref(k kind) simple            { return simple{base: baseRef, target: k} }
func refs(k kind) simple           { return simple{base: baseRefs, target: k, minLen: 1} }
func refsMin(k kind, n int) simple { return simple{base: baseRefs, target: k, minLen: n} }

// attr is a line of an attribute.
type attr struct {
	name string
	typ  simple
	in   vset
	must vset
}

func req(name string, t simple) attr { return attr{name, t, vAll, vAll} }
func opt(name string, t simple) attr { return attr{name, t, vAll, 0} }

// only keeps the attribute in some versions.
func (a attr) only(in vset) attr { a.in, a.must = a.in&in, a.must&in; return a }

// needed makes the attribute required in some versions only.
func (a attr) needed(in vset) attr { a.must = in; return a }

// child is a line of a content model.
type child struct {
	el       *element
	min, max int
	in       vset
}

const unbounded = 1 << 30

func one(e *element) child                 { return child{e, 1, 1, vAll} }
func maybe(e *element) child               { return child{e, 0, 1, vAll} }
func some(e *element) child                { return child{e, 1, unbounded, vAll} }
func any0(e *element) child                { return child{e, 0, unbounded, vAll} }
func times(e *element, min, max int) child { return child{e, min, max, vAll} }
func (c child) only(in vset) child         { c.in &= in; return c }

// unique is a line of an identity constraint of the children of one name.
type unique struct {
	child  string
	fields []string
	in     vset
}

// element is a line of an element.
type element struct {
	name  string
	attrs []attr
	kids  []child
	all   bool // in any order
	// text is set for an element that holds text.
	text  *simple
	uniq  []unique
	id    kind
	names []string // the attributes that name the element in a path
}

func el(name string, parts ...any) *element {
	e := &element{name: name}
	for _, p := range parts {
		switch p := p.(type) {
		case attr:
			e.attrs = append(e.attrs, p)
		case child:
			e.kids = append(e.kids, p)
		case simple:
			e.text = &p
		case kind:
			e.id = p
		case unique:
			if p.in == 0 {
				p.in = vAll
			}
			e.uniq = append(e.uniq, p)
		case naming:
			e.names = p
		}
	}
	return e
}

type naming []string

func named(attrs ...string) naming { return attrs }

// node is an element of the grammar of one version.
type node struct {
	name     string
	attrs    []nodeAttr
	required uint32
	kids     []nodeKid
	all      bool
	text     *simple
	id       kind
	names    []int
	uniq     []nodeUnique
}

type nodeAttr struct {
	name string
	typ  simple
}

type nodeKid struct {
	node     *node
	min, max int
	// uniq are the constraints of the parent in which the child counts.
	uniq []int
}

type nodeUnique struct{ fields []int }

func (n *node) attr(name string) int {
	return slices.IndexFunc(n.attrs, func(a nodeAttr) bool { return a.name == name })
}

func (n *node) kid(name string) *node {
	for i := range n.kids {
		if n.kids[i].node.name == name {
			return n.kids[i].node
		}
	}
	return nil
}

// compile makes the grammar of one version.
func compile(e *element, in vset) *node {
	n := &node{name: e.name, all: e.all, id: e.id}
	if e.text != nil {
		t := e.text.in(in)
		n.text = &t
	}
	for _, a := range e.attrs {
		if a.in&in == 0 {
			continue
		}
		if a.must&in != 0 {
			n.required |= 1 << len(n.attrs)
		}
		n.attrs = append(n.attrs, nodeAttr{a.name, a.typ.in(in)})
	}
	for _, name := range e.names {
		if i := n.attr(name); i >= 0 {
			n.names = append(n.names, i)
		}
	}
	for _, c := range e.kids {
		if c.in&in == 0 {
			continue
		}
		k := nodeKid{node: compile(c.el, in), min: c.min, max: c.max}
		for _, u := range e.uniq {
			if u.child != c.el.name || u.in&in == 0 {
				continue
			}
			var fields []int
			for _, f := range u.fields {
				fields = append(fields, k.node.attr(f))
			}
			if slices.Contains(fields, -1) {
				continue // the other degree's
			}
			k.uniq = append(k.uniq, len(n.uniq))
			n.uniq = append(n.uniq, nodeUnique{fields})
		}
		n.kids = append(n.kids, k)
	}
	return n
}

func (s simple) in(v vset) simple {
	for _, i := range s.items {
		if i.in&v != 0 {
			s.enum = append(s.enum, i.Code)
		}
	}
	return s
}

// grammars are the compiled grammars, made at the first use of each.
var grammars = func() map[Version]func() *node {
	m := map[Version]func() *node{}
	for _, v := range Versions() {
		m[v] = sync.OnceValue(func() *node {
			if v == VersionFirst1 {
				return compile(firstDegree(), v1d)
			}
			return compile(secondDegree(), v.bit())
		})
	}
	return m
}()

func (v Version) grammar() *node { return grammars[v]() }
