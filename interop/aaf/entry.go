package aaf

import (
	"iter"

	"github.com/opencartable/cartable/ent"
)

// Entry is one typed record: the pointer of its category is set, the others are nil. A record of an unknown category
// comes as Other, one to delete with its identifier only.
type Entry struct {
	Category  Category
	Pupil     *Pupil
	Relative  *Relative
	Staff     *StaffMember
	Structure *Structure
	Programme *Programme
	Subject   *Subject
	Other     *Record
	// Issues are what was found in this record; the report counts them too.
	Issues ent.Issues
}

// Head returns the head of the record, nil for one of an unknown category.
func (e *Entry) Head() *Head {
	switch {
	case e.Pupil != nil:
		return &e.Pupil.Head
	case e.Relative != nil:
		return &e.Relative.Head
	case e.Staff != nil:
		return &e.Staff.Head
	case e.Structure != nil:
		return &e.Structure.Head
	case e.Programme != nil:
		return &e.Programme.Head
	case e.Subject != nil:
		return &e.Subject.Head
	}
	return nil
}

// Typed yields every record as the type of its category, checked: codes and keys, dates, numbers of parts, what a person
// must have. One bad value costs that value, which stays raw in Extra. The rest is as in [Reader.Records].
func (r *Reader) Typed() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		stopped := false
		d := newTypist(r)
		err := r.pass(func(x *raw) bool {
			e := d.entry(x, d.keep(x.text))
			if !d.accept(&e, x) {
				return true
			}
			stopped = !yield(e, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(Entry{}, err)
		}
	}
}

// typist makes typed records and files their issues.
type typist struct {
	decoder
	r      *Reader
	x      *raw
	issues ent.Issues
}

func newTypist(r *Reader) *typist {
	t := &typist{r: r}
	t.inBulk()
	t.issue = func(code ent.Code, attr, value string) {
		t.file(code, attr, value, ent.FieldOf("field", ent.Field(attr)))
	}
	return t
}

// file adds an issue about an attribute of the record.
func (t *typist) file(code ent.Code, attr, value string, params ...ent.Param) {
	i := catalog().New(code, t.r.pos(t.x), t.r.path(t.x, attr), params...)
	if t.r.d.opt.KeepValues && value != "" {
		i = i.WithValue(value)
	}
	t.issues = append(t.issues, i)
	t.r.report.Add(i)
}

// entry decodes a record whose text was copied, or is borrowed until the next one.
func (t *typist) entry(x *raw, text string) Entry {
	t.x, t.issues = x, nil
	e := Entry{Category: x.category()}
	pos := t.r.posIn(x, text)
	switch x.cat {
	case catPupil:
		e.Pupil = t.pupils.one()
		fill(&t.decoder, pupilTable(), e.Pupil, &e.Pupil.Head, x, text)
		t.twins(e.Pupil.Links)
		e.Pupil.tidy()
		t.pupil(e.Pupil)
	case catRelative:
		e.Relative = t.parents.one()
		fill(&t.decoder, relativeTable(), e.Relative, &e.Relative.Head, x, text)
		e.Relative.tidy()
	case catStaff:
		e.Staff = &StaffMember{}
		fill(&t.decoder, staffTable(), e.Staff, &e.Staff.Head, x, text)
		t.staff(e.Staff)
	case catStructure:
		e.Structure = &Structure{}
		fill(&t.decoder, structureTable(), e.Structure, &e.Structure.Head, x, text)
		e.Structure.tidy()
		t.structure(e.Structure)
	case catProgramme:
		e.Programme = &Programme{}
		fill(&t.decoder, programmeTable(), e.Programme, &e.Programme.Head, x, text)
		t.mef(e.Programme.ID, "ENTMefJointure")
	case catSubject:
		e.Subject = &Subject{}
		fill(&t.decoder, subjectTable(), e.Subject, &e.Subject.Head, x, text)
	default:
		e.Other = x.record()
		e.Other.Pos = pos
	}
	if h := e.Head(); h != nil {
		h.Pos = pos
	}
	e.Issues = t.issues
	return e
}
