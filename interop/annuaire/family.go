package annuaire

import (
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/internal/frtext"
)

// family ties relatives to pupils once all are read.
type family struct {
	// pupils are found by each last name they bear and the first name. One that was refused stays among them, with record
	// -1: a name that two had is ambiguous, whether the second was kept or not.
	pupils    map[string][]*child
	relatives map[string][]int
	links     []link
	claims    []claim
	// listed says that a file of relatives that names their children was read, onPupils that the rows of pupils name relatives.
	listed, onPupils bool
	// withChildren are the relatives whose own row names children.
	withChildren map[int]bool
	named        []directory.Key
	missing      map[directory.Key]bool
	bonds        map[bond]bool
}

// bond is a pupil and a relative.
type bond struct {
	pupil    int
	relative directory.Key
}

// mostAlike is how many pupils, or relatives, of one name are told apart: with more of them, nobody is.
const mostAlike = 64

// headers notes what the columns of a file that was read say of families.
func (f *family) headers(file *file) {
	h := &file.head
	switch file.info.Profile {
	case Student:
		f.onPupils = f.onPupils || h.has(colRelative) || h.has(colR1Last) || h.has(colR2Last)
	case Relative:
		f.listed = f.listed || !file.info.Unread && (h.has(colChildID) || h.has(colChildFirst))
	case Teacher, Personnel, Guest:
	}
}

// child is a pupil who may be a relative's child.
type child struct {
	record  int
	usage   string
	classes []*place
}

// link is a child as the row of a relative names it.
type link struct {
	row                     *row
	relative                int
	id                      string
	last, usage, first, cls string
	cell                    int
}

// claim is a relative as the row of a pupil names them.
type claim struct {
	row         *row
	pupil       int
	id          string
	last, first string
	cell        int
}

// add notes a pupil, kept or not.
func (f *family) add(p *ent.Person, n int, kept bool, x *row, classes []*place) {
	if kept && n < 0 {
		return // the same row twice
	}
	if f.pupils == nil {
		f.pupils = map[string][]*child{}
	}
	c := &child{record: n, usage: x.lastKey, classes: classes}
	if p.Name.Family != p.Name.Birth && p.Name.Birth != "" {
		c.usage = frtext.Key(p.Name.Family)
	}
	birth := x.lastKey + "|" + x.firstKey
	f.pupils[birth] = alike(f.pupils[birth], c)
	if c.usage != x.lastKey {
		usage := c.usage + "|" + x.firstKey
		f.pupils[usage] = alike(f.pupils[usage], c)
	}
}

// alike adds a pupil to those of one name. Beyond the limit one who is nobody stands for the rest.
func alike(list []*child, c *child) []*child {
	switch {
	case len(list) < mostAlike:
		return append(list, c)
	case len(list) == mostAlike:
		return append(list, &child{record: -1, usage: c.usage})
	}
	return list
}

// relative notes a relative of a file of relatives.
func (f *family) relative(p *ent.Person, n int) {
	if f.relatives == nil {
		f.relatives = map[string][]int{}
	}
	for _, last := range []string{p.Name.Family, p.Name.Birth} {
		k := nameKey(last, p.Name.Given)
		if last != "" && len(f.relatives[k]) < mostAlike && !slices.Contains(f.relatives[k], n) {
			f.relatives[k] = append(f.relatives[k], n)
		}
	}
}

// children notes the children of the row of a relative: the n-th name, first name and class belong together, wherever they
// stand.
func (f *family) children(x *row, relative int) {
	h := &x.f.head
	most := 0
	for c, cells := range h.at {
		if c.ofChild() {
			most = max(most, len(cells))
		}
	}
	for n := range most {
		l := link{
			row: x, relative: relative, id: x.nth(colChildID, n), last: x.nth(colChildLast, n), usage: x.nth(colChildUsage, n),
			first: x.nth(colChildFirst, n), cls: x.nth(colChildClasses, n), cell: x.cellOf(colChildLast, n),
		}
		if l.id != "" {
			l.cell = x.cellOf(colChildID, n)
		}
		if l.id+l.last+l.usage+l.first == "" {
			continue
		}
		if f.withChildren == nil {
			f.withChildren = map[int]bool{}
		}
		f.withChildren[relative] = true
		f.links = append(f.links, l)
	}
}

// claimed notes the relatives that the row of a pupil names, by identifier or by name.
func (f *family) claimed(pupil int, x *row) {
	x.each(colRelative, func(v string, cell int) {
		f.claims = append(f.claims, claim{row: x, pupil: pupil, id: v, cell: cell})
	})
	for _, c := range [][2]column{{colR1Last, colR1First}, {colR2Last, colR2First}} {
		if last := x.one(c[0]); frtext.Key(last) != "" {
			f.claims = append(f.claims, claim{row: x, pupil: pupil, last: last, first: x.one(c[1]), cell: x.cellOf(c[0], 0)})
		}
	}
}

// tie makes the ties between pupils and relatives.
func (r *reading) tie() {
	f := &r.family
	for i := range f.links {
		r.link(&f.links[i])
	}
	for i := range f.claims {
		r.claim(&f.claims[i])
	}
	// Pupils whose delivery lists relatives, on their rows or in a file that was read, have these and no others.
	if !f.listed {
		return
	}
	for i := range r.records {
		if r.records[i].Key.Category == directory.Pupil {
			r.records[i].Stated |= directory.FieldsOf("relative")
		}
	}
}

func (r *reading) bind(pupil int, relative directory.Key) {
	b := bond{pupil, relative}
	if r.family.bonds[b] {
		return
	}
	if r.family.bonds == nil {
		r.family.bonds = map[bond]bool{}
	}
	r.family.bonds[b] = true
	p := &r.records[pupil]
	p.Ties = append(p.Ties, directory.Tie{
		Kind: directory.TieRelative, Origin: r.o.Origin, Relative: relative, Responsibility: r.o.Responsibility,
	})
}

// link ties a relative to a child, or says why not: a guess would show a child to somebody else's parent.
func (r *reading) link(l *link) {
	issue := func(code ent.Code, params ...ent.Param) { l.row.issueAt(code, l.cell, colNone, params...) }
	relative := r.records[l.relative].Key
	if l.id != "" {
		first := r.seen[directory.Key{Origin: r.o.Origin, Category: directory.Pupil, ID: l.id}]
		switch {
		case first == nil:
			issue(CodeUnknownChild)
			return
		case first.several:
			issue(CodeAmbiguousChild, ent.Count("count", 2))
			return
		}
		r.bind(first.record, relative)
		return
	}
	if frtext.Key(l.first) == "" || frtext.Key(l.last) == "" && frtext.Key(l.usage) == "" {
		issue(CodeChildMapping)
		return
	}
	found := r.family.pupils[nameKey(l.last, l.first)]
	if len(found) == 0 && l.usage != "" {
		found = r.family.pupils[nameKey(l.usage, l.first)]
	}
	if len(found) == 0 {
		issue(CodeUnknownChild)
		return
	}
	if usage := frtext.Key(l.usage); usage != "" && len(found) > 1 {
		if same := filter(found, func(c *child) bool { return c.usage == usage }); len(same) > 0 {
			found = same
		}
	}
	if label, ok := r.places.local(l.cls); l.cls != "" && ok && r.o.OverrideClass == "" {
		want := r.places.classes[placeKey(label)]
		there := filter(found, func(c *child) bool {
			return c.record < 0 || len(c.classes) == 0 || want != nil && slices.Contains(c.classes, want)
		})
		if len(there) == 0 && len(found) == 1 {
			issue(CodeChildClass)
			return
		}
		if len(there) > 0 {
			found = there
		}
	}
	if len(found) > 1 || found[0].record < 0 {
		issue(CodeAmbiguousChild, ent.Count("count", int64(max(len(found), 2))))
		return
	}
	r.bind(found[0].record, relative)
}

func filter(list []*child, keep func(*child) bool) []*child {
	var out []*child
	for _, c := range list {
		if keep(c) {
			out = append(out, c)
		}
	}
	return out
}

// claim ties a pupil to a relative that the row of the pupil names. A name leads to the one relative of the files who bears
// it, if their own row names no children: it would have named this one. Where no file lists them the pupil gets a relative
// of their own, whom no other pupil shares: brothers and sisters have two records, which a merge joins, and two mothers of
// one name are never one.
func (r *reading) claim(c *claim) {
	f := &r.family
	if c.id != "" {
		k := directory.Key{Origin: r.o.Origin, Category: directory.Relative, ID: c.id}
		if r.seen[k] == nil {
			c.row.issueAt(CodeUnknownRelative, c.cell, colRelative)
			if !f.missing[k] {
				if f.missing == nil {
					f.missing = map[directory.Key]bool{}
				}
				f.missing[k] = true
				f.named = append(f.named, k)
			}
		}
		r.bind(c.pupil, k)
		return
	}
	name := nameKey(c.last, c.first)
	var free []int
	for _, n := range f.relatives[name] {
		k := r.records[n].Key
		if f.bonds[bond{c.pupil, k}] {
			return // tied already, by the row of the relative
		}
		if !f.withChildren[n] {
			free = append(free, n)
		}
	}
	switch {
	case len(free) == 1:
		r.bind(c.pupil, r.records[free[0]].Key)
		return
	case len(free) > 1:
		c.row.issueAt(CodeAmbiguousRelative, c.cell, colNone, ent.Count("count", int64(len(free))))
		return
	}
	last, first := frtext.Key(c.last), frtext.Key(c.first)
	k := directory.Key{
		Origin: r.o.Origin, Category: directory.Relative,
		ID: generated(r.key, "relative-of", r.records[c.pupil].Key.ID, last, first),
	}
	if r.seen[k] == nil {
		p := ent.Person{Name: ent.Name{Family: c.last, Given: c.first}}
		r.seen[k] = &seen{record: len(r.records), row: c.row}
		r.records = append(r.records, directory.Record{
			Key: k, Person: p, Stated: directory.FieldsOf("name.family", "name.given"), Pos: c.row.f.pos(c.row.line, 0),
		})
		r.report.Keep(ofPupils, 1)
	}
	r.bind(c.pupil, k)
}

// ofPupils is the kind under which a report counts the relatives that the rows of pupils name.
const ofPupils = "Relative of Student"
