package aaf

import (
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// maxParts bounds the parts of one composite value.
const maxParts = 256

// decoder turns raw records into typed ones. What it returns shares nothing with the raw record: the values are cut out
// of one string per record, and lists out of slabs, so that a record costs a few allocations.
type decoder struct {
	chunk  strings.Builder
	filled []string // those of one attribute that are not empty
	parts  [maxParts]string
	left   []string // values of the attribute at hand that could not be read

	issue func(code ent.Code, attr, value string)
	attr  string

	text    slab[string]
	links   slab[Link]
	classes slab[ClassRef]
	dates   slab[ClassDate]
	labels  slab[CodeLabel]
	mefs    slab[StaffMEF]
	structs slab[StructLabel]
	taught  slab[ClassSubject]
	jobs    slab[StaffFunction]
	pupils  slab[Pupil]
	parents slab[Relative]
}

// slab hands out pieces of larger allocations when it works in bulk, and exact ones otherwise.
type slab[P any] struct {
	free []P
	bulk bool
}

// inBulk makes the decoder serve many records: a kept one then pins its neighbours.
func (d *decoder) inBulk() {
	d.text.bulk, d.links.bulk, d.classes.bulk, d.dates.bulk, d.labels.bulk = true, true, true, true, true
	d.mefs.bulk, d.structs.bulk, d.taught.bulk, d.jobs.bulk = true, true, true, true
}

// slabSize is how many elements a slab allocates at once: a kept record pins at most that many.
const slabSize = 128

// extend returns dst with room for n more.
func (s *slab[P]) extend(dst []P, n int) []P {
	need := len(dst) + n
	if cap(dst) >= need {
		return dst
	}
	if len(s.free) < need {
		size := need
		if s.bulk {
			size = max(slabSize, need)
		}
		s.free = make([]P, size)
	}
	out := s.free[:len(dst):need]
	copy(out, dst)
	s.free = s.free[need:]
	return out
}

// one returns a zero element.
func (s *slab[P]) one() *P {
	if len(s.free) == 0 {
		s.free = make([]P, 16)
	}
	p := &s.free[0]
	s.free = s.free[1:]
	return p
}

// slabOf returns the decoder's slab of a type; types that are rare share none.
func slabOf[P any](d *decoder) *slab[P] {
	var at any
	switch any((*P)(nil)).(type) {
	case *Link:
		at = &d.links
	case *ClassRef:
		at = &d.classes
	case *ClassDate:
		at = &d.dates
	case *CodeLabel:
		at = &d.labels
	case *StaffMEF:
		at = &d.mefs
	case *StructLabel:
		at = &d.structs
	case *ClassSubject:
		at = &d.taught
	case *StaffFunction:
		at = &d.jobs
	default:
		return &slab[P]{}
	}
	return at.(*slab[P])
}

// textChunk is how much text is allocated at once: a kept record pins at most that much.
const textChunk = 16 << 10

// keep copies a text, several to an allocation.
func (d *decoder) keep(text []byte) string {
	if d.chunk.Cap()-d.chunk.Len() < len(text) {
		d.chunk = strings.Builder{}
		d.chunk.Grow(max(textChunk, len(text)))
	}
	lo := d.chunk.Len()
	d.chunk.Write(text)
	return d.chunk.String()[lo:]
}

// strings appends values to a list.
func (d *decoder) strings(dst, v []string) []string {
	return append(d.text.extend(dst, len(v)), v...)
}

// leave files an issue about a value of the attribute being read, and keeps the value raw.
func (d *decoder) leave(code ent.Code, value string) {
	if d.issue != nil {
		d.issue(code, d.attr, value)
	}
	d.left = append(d.left, value)
}

// single returns the value of an attribute that should have one. Further values, and all of them when the field was
// filled by an earlier attribute of that name, are left.
func (d *decoder) single(v []string, filled bool) (value string, ok bool) {
	if filled {
		d.leaveAll(v)
		return "", false
	}
	d.leaveAll(v[1:])
	return v[0], true
}

func (d *decoder) leaveAll(v []string) {
	for _, s := range v {
		d.leave(CodeSeveral, s)
	}
}

// fill reads the attributes of a record into a typed one. The strings of the result are pieces of text.
func fill[T any](d *decoder, t *table[T], dst *T, head *Head, r *raw, text string) {
	head.Op, head.ID = r.op, text[r.id.lo:r.id.hi]
	for i := range r.attrs {
		a := &r.attrs[i]
		twice := head.present.has(a.key)
		head.present.add(a.key)
		at := t.byKey[a.key]
		if at != 0 && a.hi == a.lo+1 && !twice && t.fields[at-1].text != nil {
			if s := r.vals[a.lo]; s.lo != s.hi {
				*t.fields[at-1].text(dst) = text[s.lo:s.hi]
			}
			continue
		}
		filled := d.filled[:0]
		for _, s := range r.vals[a.lo:a.hi] {
			if s.lo != s.hi {
				filled = append(filled, text[s.lo:s.hi])
			}
		}
		d.filled = filled
		if at == 0 {
			if a.key == 0 || !jointures.has(a.key) {
				head.Extra = append(head.Extra, Attr{Name: a.name, Values: d.strings(nil, filled)})
			}
			continue
		}
		if len(filled) == 0 {
			continue
		}
		d.attr, d.left = a.name, d.left[:0]
		if f := t.fields[at-1].text; f != nil {
			if v, ok := d.single(filled, *f(dst) != ""); ok {
				*f(dst) = v
			}
		} else {
			t.fields[at-1].set(d, dst, filled)
		}
		if len(d.left) > 0 {
			head.Extra = append(head.Extra, Attr{Name: a.name, Values: d.strings(nil, d.left)})
		}
	}
}

// jointures are the attributes that repeat the identifier of the record.
var jointures = func() (s attrSet) {
	for _, c := range Categories() {
		k, _ := keyOf(c.jointure())
		s.add(k)
	}
	return s
}()

// toRecord writes a typed record as attributes, in the dialect of a degree.
func toRecord[T any](t *table[T], src *T, head *Head, c Category, degree ent.Degree) *Record {
	r := &Record{Op: head.Op, Category: c, ID: head.ID}
	if r.Op == "" {
		r.Op = Add
	}
	if r.Op == Delete {
		return r
	}
	partial := r.Op == Modify && head.present != attrSet{}
	r.Attrs = append(r.Attrs, Attr{Name: c.jointure(), Values: []string{head.ID}})
	// Values that could not be read go with those of the field they belong to, the others at the end.
	extra := slices.Clone(head.Extra)
	for i := range t.fields {
		f := &t.fields[i]
		name := f.name2D
		if degree == ent.FirstDegree {
			name = f.name1D
		}
		if name == "" || partial && !f.in(&head.present) {
			continue
		}
		values := f.get(src)
		for j := range extra {
			if extra[j].Name == name && len(extra[j].Values) > 0 {
				values = append(slices.Clip(values), extra[j].Values...)
				extra[j].Name = ""
			}
		}
		if len(values) == 0 && f.old && !partial {
			continue
		}
		r.Attrs = append(r.Attrs, Attr{Name: name, Values: values})
	}
	for _, a := range extra {
		if a.Name != "" {
			r.Attrs = append(r.Attrs, a)
		}
	}
	return r
}

// in reports whether the field stood in a record, under any of its names.
func (f *field[T]) in(s *attrSet) bool {
	for _, n := range append([]string{f.name2D, f.name1D}, f.also...) {
		if k, _ := keyOf(n); k != 0 && s.has(k) {
			return true
		}
	}
	return false
}

// losses counts the fields of a typed record that a degree's dialect has no attribute for.
func losses[T any](t *table[T], src *T, degree ent.Degree) []ent.Loss {
	var out []ent.Loss
	for i := range t.fields {
		f := &t.fields[i]
		name, other := f.name2D, f.name1D
		if degree == ent.FirstDegree {
			name, other = f.name1D, f.name2D
		}
		if name != "" {
			continue
		}
		if n := len(f.get(src)); n > 0 {
			out = append(out, ent.Loss{Code: CodeNoPlace, Field: ent.NewField(other), Count: int64(n)})
		}
	}
	return out
}

// Losses returns what the dialect of a degree cannot carry of a typed record: the address of a pupil in the first degree,
// the canteen in the second. [Entry.Record] leaves it out.
func (e *Entry) Losses(degree ent.Degree) []ent.Loss {
	switch {
	case e.Pupil != nil:
		out := losses(pupilTable(), e.Pupil, degree)
		if degree == ent.FirstDegree { // the links go by another attribute, with the kinship only
			out = slices.DeleteFunc(out, func(l ent.Loss) bool { return l.Field == "ENTElevePersRelEleve" })
			for _, l := range e.Pupil.Links {
				if l.Legal != "1" || l.Financial || l.Contact || l.Payment {
					out = append(out, ent.Loss{Code: CodeNoPlace, Field: "ENTElevePersRelEleve", Count: 1})
				}
			}
		}
		return out
	case e.Relative != nil:
		return losses(relativeTable(), e.Relative, degree)
	case e.Staff != nil:
		return losses(staffTable(), e.Staff, degree)
	case e.Structure != nil:
		return losses(structureTable(), e.Structure, degree)
	}
	return nil
}

// Record returns the pupil as attributes, in the dialect of a degree.
func (p *Pupil) Record(degree ent.Degree) *Record {
	r := toRecord(pupilTable(), p, &p.Head, Pupils, degree)
	if degree == ent.FirstDegree && r.Op != Delete && len(p.Links) > 0 {
		a := Attr{Name: "ENTEleveAutoriteParentale"}
		for _, l := range p.Links {
			// The attribute is that of parental authority: naming anybody else there would give them a right.
			if l.Legal == "1" {
				a.Values = append(a.Values, l.Relative+"$"+l.Kinship)
			}
		}
		r.Attrs = append(r.Attrs, a)
	}
	return r
}

// Record returns the relative as attributes, in the dialect of a degree.
func (p *Relative) Record(degree ent.Degree) *Record {
	return toRecord(relativeTable(), p, &p.Head, Relatives, degree)
}

// Record returns the staff member as attributes, in the dialect of a degree.
func (s *StaffMember) Record(degree ent.Degree) *Record {
	return toRecord(staffTable(), s, &s.Head, Staff, degree)
}

// Record returns the structure as attributes, in the dialect of a degree.
func (s *Structure) Record(degree ent.Degree) *Record {
	return toRecord(structureTable(), s, &s.Head, Structures, degree)
}

// Record returns the programme as attributes. The first degree has none.
func (p *Programme) Record() *Record {
	return toRecord(programmeTable(), p, &p.Head, Programmes, ent.SecondDegree)
}

// Record returns the subject as attributes. The first degree has none.
func (s *Subject) Record() *Record {
	return toRecord(subjectTable(), s, &s.Head, Subjects, ent.SecondDegree)
}
