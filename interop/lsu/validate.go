package lsu

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// unit is what a finding belongs to: a pupil or a report, by its rank in the file.
type unit struct {
	kind  string // "eleve", "bilan-periodique", "bilan-cycle" or ""
	index int
}

// finding is an issue and the unit it belongs to.
type finding struct {
	issue ent.Issue
	unit  unit
}

// validator judges the events of a document by the grammar of one version.
type validator struct {
	root  *node
	emit  func(finding)
	s     *xmlscan.Scanner
	stack []frame
	depth int
	off   bool // the root is not ours
	skip  int  // open elements that the grammar does not know
	ids   map[string]kind
	late  []lateRef
	unit  unit
	count map[string]int
	// show turns an id into the key that the caller knows.
	show func(id []byte) string
	// lines is false for a document that is not a file yet.
	lines bool
	vals  [32][]byte
	at    []int // what each attribute of the element is in the grammar: -1 unknown, -2 not of the format
	key   []byte
}

type frame struct {
	node     *node
	pos, n   int
	seen     uint32
	broken   bool
	complain bool
	text     []byte
	name     []byte
	sets     []keySet
}

type lateRef struct {
	id     string
	target kind
	field  string
	at     finding
}

func newValidator(v Version, s *xmlscan.Scanner, emit func(finding)) *validator {
	return &validator{
		root: v.grammar(), s: s, emit: emit, stack: make([]frame, 1, 12), ids: make(map[string]kind, 1024), count: map[string]int{},
		show: func(id []byte) string { return string(id) }, lines: true,
	}
}

// keySet holds the keys of an identity constraint: a short list, then a map.
type keySet struct {
	arena []byte
	ends  []int
	big   map[string]struct{}
}

func (k *keySet) reset() { k.arena, k.ends, k.big = k.arena[:0], k.ends[:0], nil }

// add reports whether the key is new.
func (k *keySet) add(key []byte) bool {
	if k.big != nil {
		if _, twice := k.big[string(key)]; twice {
			return false
		}
		k.big[string(key)] = struct{}{}
		return true
	}
	from := 0
	for _, end := range k.ends {
		if bytes.Equal(k.arena[from:end], key) {
			return false
		}
		from = end
	}
	k.arena = append(k.arena, key...)
	k.ends = append(k.ends, len(k.arena))
	if len(k.ends) > 32 {
		k.big = make(map[string]struct{}, 256)
		from = 0
		for _, end := range k.ends {
			k.big[string(k.arena[from:end])] = struct{}{}
			from = end
		}
	}
	return true
}

// push opens a frame, whose buffers are used again.
func (v *validator) push(n *node) {
	v.depth++
	if len(v.stack) <= v.depth {
		v.stack = append(v.stack, frame{})
	}
	f := &v.stack[v.depth]
	f.node, f.pos, f.n, f.seen, f.broken, f.complain, f.text, f.name = n, 0, 0, 0, false, false, f.text[:0], f.name[:0]
	for len(f.sets) < len(n.uniq) {
		f.sets = append(f.sets, keySet{})
	}
	for i := range f.sets {
		f.sets[i].reset()
	}
}

// start judges the start of an element; ours is false for one of another namespace.
func (v *validator) start(local []byte, ours bool) {
	switch {
	case v.off:
		return
	case v.skip > 0:
		v.skip++
		return
	case v.depth == 0:
		if !ours || string(local) != v.root.name {
			v.off = true
			v.report(CodeRoot, "lsun-bilans")
			return
		}
		v.push(v.root)
		v.attributes(nil, nil)
		return
	}
	parent := &v.stack[v.depth]
	kid := -1
	if ours {
		kid = v.match(parent, local)
	} else {
		v.unexpected(parent, "?")
	}
	if kid < 0 {
		v.skip = 1
		return
	}
	k := &parent.node.kids[kid]
	v.push(k.node)
	// push may have moved the frames.
	v.attributes(&v.stack[v.depth-1], k)
}

// match finds the place of a child, and reports a child out of place.
func (v *validator) match(f *frame, local []byte) int {
	n := f.node
	if n.text != nil {
		if !f.complain {
			f.complain = true
			v.report(CodeChildOfText, n.name)
		}
		return -1
	}
	if n.all {
		for i := range n.kids {
			if n.kids[i].node.name == string(local) {
				if f.seen&(1<<i) != 0 {
					v.unexpected(f, string(local))
				}
				f.seen |= 1 << i
				return i
			}
		}
		v.unexpected(f, string(local))
		return -1
	}
	if f.pos < len(n.kids) {
		if k := &n.kids[f.pos]; k.node.name == string(local) && f.n < k.max {
			f.n++
			return f.pos
		}
	}
	place, open := -1, true
	for i := f.pos; i < len(n.kids); i++ {
		k := &n.kids[i]
		had := 0
		if i == f.pos {
			had = f.n
		}
		if k.node.name == string(local) && had < k.max {
			place = i
			break
		}
		open = open && had >= k.min
	}
	if place >= 0 && open {
		f.pos, f.n = place, 1
		return place
	}
	// A child out of place: it is told once for its parent, and read where it belongs.
	if !f.broken {
		f.broken = true
		switch {
		case !v.lines && place >= 0: // what we write is in order: a required brother was left out before it
			v.report(CodeMissing, v.expected(f))
		case len(n.kids) == 0:
			v.report(CodeExtra, string(local))
		case f.n > 0 && f.n == n.kids[f.pos].min-1:
			v.report(CodeOneShortBefore, n.kids[f.pos].node.name, ent.Count("min", int64(n.kids[f.pos].min)))
		case f.n > 0 && f.n < n.kids[f.pos].min:
			v.report(CodeManyShortBefore, n.kids[f.pos].node.name, ent.Count("min", int64(n.kids[f.pos].min)), ent.Count("count", int64(f.n)))
		case f.pos == len(n.kids)-1 && f.n >= n.kids[f.pos].max && f.n > 1:
			v.report(CodeTooMany, n.kids[f.pos].node.name, ent.Count("max", int64(n.kids[f.pos].max)))
		case f.pos == len(n.kids)-1 && f.n >= n.kids[f.pos].max:
			v.report(CodeExtra, string(local))
		default:
			v.report(CodeUnexpected, string(local), ent.FieldOf("expected", ent.Field(v.expected(f))))
		}
	}
	if place < 0 {
		for i := range n.kids {
			if n.kids[i].node.name == string(local) {
				return i
			}
		}
		return -1
	}
	f.pos, f.n = place, 1
	return place
}

func (v *validator) unexpected(f *frame, name string) {
	if f.broken {
		return
	}
	f.broken = true
	if n := f.node; n.all && f.seen == 1<<len(n.kids)-1 {
		v.report(CodeExtra, name)
	} else {
		v.report(CodeUnexpected, name, ent.FieldOf("expected", ent.Field(v.expected(f))))
	}
}

// expected names the next child that must come, or the last that may.
func (v *validator) expected(f *frame) string {
	kids := f.node.kids
	for i := f.pos; i < len(kids); i++ {
		if i == f.pos && f.n >= kids[i].min {
			continue
		}
		if kids[i].min > 0 {
			return kids[i].node.name
		}
	}
	if len(kids) > 0 {
		return kids[len(kids)-1].node.name
	}
	return "?"
}

// attributes judges the attributes of the element that was pushed, then its place among its brothers.
func (v *validator) attributes(parent *frame, kid *nodeKid) {
	f := &v.stack[v.depth]
	n := f.node
	clear(v.vals[:len(n.attrs)])
	v.at = v.at[:0]
	next := 0 // attributes usually come in the order of the schema
	for i := range v.s.NumAttr() {
		name, value := v.s.Attr(i)
		a := -1
		for range n.attrs {
			if next >= len(n.attrs) {
				next = 0
			}
			if n.attrs[next].name == string(name) {
				a = next
				break
			}
			next++
		}
		if a >= 0 {
			v.vals[a] = value
		} else if technical(name) {
			a = -2
		}
		v.at = append(v.at, a)
	}
	for _, i := range n.names {
		if len(f.name) > 0 {
			f.name = append(f.name, ' ')
		}
		f.name = append(f.name, v.vals[i]...)
	}
	switch n.name {
	case "eleve", "bilan-periodique", "bilan-cycle":
		v.unit = unit{n.name, v.count[n.name]}
		v.count[n.name]++
	}
	var seen uint32
	for i, a := range v.at {
		name, value := v.s.Attr(i)
		switch {
		case a >= 0:
			seen |= 1 << a
			v.value(n.attrs[a].name, &n.attrs[a].typ, value, n.id)
		case a == -1:
			v.report(CodeAttributeUnknown, string(name))
		}
	}
	if missing := n.required &^ seen; missing != 0 {
		for i := range n.attrs {
			if missing&(1<<i) != 0 {
				v.report(CodeAttributeMissing, n.attrs[i].name)
			}
		}
	}
	if parent == nil || kid == nil {
		return
	}
unique:
	for _, u := range kid.uniq {
		v.key = v.key[:0]
		for _, i := range parent.node.uniq[u].fields {
			if seen&(1<<i) == 0 {
				continue unique
			}
			value := v.vals[i]
			if t := &n.attrs[i].typ; t.base != baseString {
				value = trimXML(value)
				if t.base == baseInt {
					value = bytes.TrimLeft(value, "+0")
				}
			}
			v.key = append(append(v.key, value...), 0)
		}
		if !parent.sets[u].add(v.key) {
			v.report(CodeUnique, n.attrs[parent.node.uniq[u].fields[0]].name)
		}
	}
}

// technical tells the attributes that are not of the format: declarations of namespaces, xsi:schemaLocation.
func technical(name []byte) bool {
	return bytes.HasPrefix(name, []byte("xmlns")) || bytes.HasPrefix(name, []byte("xsi:")) || bytes.HasPrefix(name, []byte("xml:"))
}

// value judges a value and what it names.
func (v *validator) value(name string, t *simple, value []byte, id kind) {
	if f, ok := t.check(value); !ok {
		v.fault(name, f)
		return
	}
	switch t.base {
	case baseID:
		value = trimXML(value)
		if _, twice := v.ids[string(value)]; twice {
			v.report(CodeIDTwice, name)
			return
		}
		v.ids[string(value)] = id
	case baseRef:
		v.refer(name, trimXML(value), t.target)
	case baseRefs:
		for item := range fields(value) {
			v.refer(name, item, t.target)
		}
	case baseString, baseInt, baseDate, baseDateTime, baseBool:
	}
}

func (v *validator) refer(name string, id []byte, target kind) {
	got, ok := v.ids[string(id)]
	switch {
	case !ok: // it may come later
		v.late = append(v.late, lateRef{string(id), target, name, v.found(CodeUnknownRef, name)})
	case got != target:
		v.report(CodeReferenceKind, name)
	}
}

func (v *validator) fault(name string, f fault) {
	var params []ent.Param
	switch f.code {
	case CodeLength, CodeMinLength, CodeMaxLength:
		params = []ent.Param{ent.Count("count", int64(f.have)), ent.Count("limit", int64(f.want))}
	case CodeMinInclusive, CodeMaxInclusive:
		params = []ent.Param{ent.Count("limit", int64(f.want))}
	default: // without a number
	}
	v.report(f.code, name, params...)
}

// text takes character data.
func (v *validator) text(t []byte) {
	if v.off || v.skip > 0 || v.depth == 0 {
		return
	}
	f := &v.stack[v.depth]
	if f.node.text != nil {
		f.text = append(f.text, t...)
		return
	}
	if !f.complain && !blank(t) {
		f.complain = true
		v.report(CodeText, f.node.name)
	}
}

// end judges what an element holds once it is closed.
func (v *validator) end() {
	if v.off {
		return
	}
	if v.skip > 0 {
		v.skip--
		return
	}
	f := &v.stack[v.depth]
	n := f.node
	if n.text != nil {
		if fl, ok := n.text.check(f.text); !ok {
			v.fault(n.name, fl)
		}
	}
	if !f.broken {
		v.complete(f)
	}
	if n.name == v.unit.kind {
		v.unit = unit{}
	}
	v.depth--
	if v.depth == 0 {
		v.finish()
	}
}

func (v *validator) complete(f *frame) {
	n := f.node
	if n.all {
		for i := range n.kids {
			if n.kids[i].min > 0 && f.seen&(1<<i) == 0 {
				v.report(CodeMissing, n.kids[i].node.name)
				return
			}
		}
		return
	}
	for i := f.pos; i < len(n.kids); i++ {
		k, had := &n.kids[i], 0
		if i == f.pos {
			had = f.n
		}
		if had >= k.min {
			continue
		}
		switch short := k.min - had; {
		case k.min == 1 || had == 0:
			v.report(CodeMissing, k.node.name)
		case short == 1:
			v.report(CodeOneShort, k.node.name, ent.Count("min", int64(k.min)))
		default:
			v.report(CodeManyShort, k.node.name, ent.Count("min", int64(k.min)), ent.Count("count", int64(had)))
		}
		return
	}
}

// finish judges the references to what came after them, or never.
func (v *validator) finish() {
	for _, l := range v.late {
		got, ok := v.ids[l.id]
		switch {
		case !ok:
			v.emit(l.at)
		case got != l.target:
			l.at.issue = catalog().New(CodeReferenceKind, l.at.issue.Pos, l.at.issue.Path, l.at.issue.Params...)
			v.emit(l.at)
		}
	}
	v.late = nil
}

func (v *validator) report(code ent.Code, name string, params ...ent.Param) {
	v.emit(v.found(code, name, params...))
}

// found makes an issue about an element or an attribute of the element at hand.
func (v *validator) found(code ent.Code, name string, params ...ent.Param) finding {
	var p strings.Builder
	p.WriteByte('$')
	record, pupil := "", ""
	for i := 1; i <= v.depth; i++ {
		f := &v.stack[i]
		if i > 2 { // the root and donnees say nothing
			p.WriteString("." + f.node.name)
		}
		if len(f.name) == 0 {
			continue
		}
		names := v.names(f.name)
		p.WriteString("['" + strings.Join(names, "','") + "']")
		if record == "" {
			record = names[0]
		}
		switch f.node.name {
		case "eleve", "bilan-periodique", "bilan-cycle":
			pupil = names[0]
		}
	}
	if v.depth > 0 && name != v.stack[v.depth].node.name {
		p.WriteString("." + string(ent.NewField(name)))
	}
	if pupil != "" {
		record = pupil
	}
	pos := ent.Pos{Record: record}
	if v.lines {
		at := v.s.Pos()
		pos.Line, pos.Column, pos.Offset = at.Line, at.Column, at.Offset
	}
	return finding{catalog().New(code, pos, p.String(), append([]ent.Param{ent.FieldOf("field", ent.Field(name))}, params...)...), v.unit}
}

// names turns the ids of a frame into keys that can be shown.
func (v *validator) names(b []byte) []string {
	var out []string
	for id := range fields(b) {
		out = append(out, shown(v.show(id)))
	}
	if out == nil {
		return []string{"…"}
	}
	return out
}

// shown returns a key that has the shape of a code: a word with a digit, or a code of a list. Otherwise an ellipsis, since
// it may be a name.
func shown(key string) string {
	if key == "" || len(key) > 64 {
		return "…"
	}
	digit := false
	for i := range len(key) {
		c := key[i]
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case c == '_', c == '-', c == '.', c == ':', c == '/', c == '$', c == '#', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		default:
			return "…"
		}
	}
	if digit {
		return key
	}
	for _, l := range []List{ListParcours, ListSupport, ListDomain, ListDigital, ListTheme} {
		if _, ok := LabelOf(l, key); ok {
			return key
		}
	}
	return "…"
}

// number shows the rank of a record, from 1, for one whose key cannot be shown.
func number(i int) string { return "#" + strconv.Itoa(i+1) }
