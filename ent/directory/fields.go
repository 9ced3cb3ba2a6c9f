package directory

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// FieldSet is a set of fields of a person and of kinds of ties: what an origin states. What it does not state, it never
// clears.
type FieldSet uint64

// fieldDef is one field of a person that is compared and changed by itself.
type fieldDef struct {
	name ent.Field
	get  func(p *ent.Person) string
	set  func(p *ent.Person, v string) error
}

// fieldTable lists the fields, in an order that never changes: their bits stand in plans of stores.
var fieldTable = sync.OnceValue(func() []fieldDef {
	return []fieldDef{
		text("name.title", func(p *ent.Person) *string { return &p.Name.Title }),
		text("name.family", func(p *ent.Person) *string { return &p.Name.Family }),
		text("name.birth", func(p *ent.Person) *string { return &p.Name.Birth }),
		text("name.given", func(p *ent.Person) *string { return &p.Name.Given }),
		list("name.others", func(p *ent.Person) *[]string { return &p.Name.Others }),
		date("birthDate", func(p *ent.Person) *ent.Date { return &p.BirthDate }),
		text("contact.mail", func(p *ent.Person) *string { return &p.Contact.Mail }),
		text("contact.home", func(p *ent.Person) *string { return &p.Contact.Home }),
		text("contact.work", func(p *ent.Person) *string { return &p.Contact.Work }),
		text("contact.mobile", func(p *ent.Person) *string { return &p.Contact.Mobile }),
		text("contact.sms", func(p *ent.Person) *string { return &p.Contact.SMS }),
		list("contact.address.lines", func(p *ent.Person) *[]string { return &p.Contact.Address.Lines }),
		text("contact.address.postalCode", func(p *ent.Person) *string { return &p.Contact.Address.PostalCode }),
		text("contact.address.town", func(p *ent.Person) *string { return &p.Contact.Address.Town }),
		text("contact.address.country", func(p *ent.Person) *string { return &p.Contact.Address.Country }),
		text("contact.address.commune", func(p *ent.Person) *string { return (*string)(&p.Contact.Address.Commune) }),
		{
			"contact.addressShared",
			func(p *ent.Person) string { return yes(p.Contact.AddressShared) },
			func(p *ent.Person, v string) error { p.Contact.AddressShared = v == "true"; return nil },
		},
		schooling("schooling.ine", func(s *ent.Schooling) *string { return (*string)(&s.INE) }),
		schooling("schooling.schoolNumber", func(s *ent.Schooling) *string { return &s.SchoolNumber }),
		schooling("schooling.establishment", func(s *ent.Schooling) *string { return (*string)(&s.Establishment) }),
		schooling("schooling.programme", func(s *ent.Schooling) *string { return (*string)(&s.Programme) }),
		schooling("schooling.levelCode", func(s *ent.Schooling) *string { return &s.LevelCode }),
		schooling("schooling.level", func(s *ent.Schooling) *string { return &s.Level }),
		schooling("schooling.track", func(s *ent.Schooling) *string { return &s.Track }),
		schooling("schooling.regime", func(s *ent.Schooling) *string { return (*string)(&s.Regime) }),
		schooling("schooling.regimeLabel", func(s *ent.Schooling) *string { return &s.RegimeLabel }),
		flag("schooling.scholarship", func(s *ent.Schooling) **bool { return &s.Scholarship }),
		flag("schooling.transport", func(s *ent.Schooling) **bool { return &s.Transport }),
		flag("schooling.apprentice", func(s *ent.Schooling) **bool { return &s.Apprentice }),
		{
			"schooling.subjects",
			func(p *ent.Person) string {
				if p.Schooling == nil {
					return ""
				}
				return listText(p.Schooling.Subjects)
			},
			func(p *ent.Person, v string) error { return readList(&school(p).Subjects, v) },
		},
		schoolDate("schooling.from", func(s *ent.Schooling) *ent.Date { return &s.From }),
		schoolDate("schooling.to", func(s *ent.Schooling) *ent.Date { return &s.To }),
	}
})

func text(name ent.Field, at func(*ent.Person) *string) fieldDef {
	return fieldDef{
		name, func(p *ent.Person) string { return *at(p) },
		func(p *ent.Person, v string) error { *at(p) = v; return nil },
	}
}

func list(name ent.Field, at func(*ent.Person) *[]string) fieldDef {
	return fieldDef{
		name, func(p *ent.Person) string { return listText(*at(p)) },
		func(p *ent.Person, v string) error { return readList(at(p), v) },
	}
}

func date(name ent.Field, at func(*ent.Person) *ent.Date) fieldDef {
	return fieldDef{
		name, func(p *ent.Person) string { return at(p).String() },
		func(p *ent.Person, v string) error { return readDate(at(p), v) },
	}
}

// school returns the schooling of a person, made when there is none.
func school(p *ent.Person) *ent.Schooling {
	if p.Schooling == nil {
		p.Schooling = &ent.Schooling{}
	}
	return p.Schooling
}

func schooling(name ent.Field, at func(*ent.Schooling) *string) fieldDef {
	return fieldDef{
		name,
		func(p *ent.Person) string {
			if p.Schooling == nil {
				return ""
			}
			return *at(p.Schooling)
		},
		func(p *ent.Person, v string) error { *at(school(p)) = v; return nil },
	}
}

func schoolDate(name ent.Field, at func(*ent.Schooling) *ent.Date) fieldDef {
	return fieldDef{
		name,
		func(p *ent.Person) string {
			if p.Schooling == nil {
				return ""
			}
			return at(p.Schooling).String()
		},
		func(p *ent.Person, v string) error { return readDate(at(school(p)), v) },
	}
}

func flag(name ent.Field, at func(*ent.Schooling) **bool) fieldDef {
	return fieldDef{
		name,
		func(p *ent.Person) string {
			if p.Schooling == nil || *at(p.Schooling) == nil {
				return ""
			}
			return strconv.FormatBool(**at(p.Schooling))
		},
		func(p *ent.Person, v string) error {
			*at(school(p)) = nil
			if v == "" {
				return nil
			}
			b, err := strconv.ParseBool(v)
			if err != nil {
				return fmt.Errorf("directory: field %s: %w", name, CodePlanFile)
			}
			*at(school(p)) = &b
			return nil
		},
	}
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

func listText[T ~string](l []T) string {
	if len(l) == 0 {
		return ""
	}
	b, err := json.Marshal(l)
	if err != nil {
		return "" // strings always marshal
	}
	return string(b)
}

func readList[T ~string](l *[]T, v string) error {
	*l = nil
	if v == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(v), l); err != nil {
		return fmt.Errorf("directory: list: %w", CodePlanFile)
	}
	return nil
}

func readDate(d *ent.Date, v string) error {
	if v == "" {
		*d = ent.Date{}
		return nil
	}
	var err error
	*d, err = ent.ParseDate(v)
	if err != nil {
		return fmt.Errorf("directory: date: %w", CodePlanFile)
	}
	return nil
}

// PersonFields returns the fields of a person that are compared one by one, in their order.
func PersonFields() []ent.Field {
	out := make([]ent.Field, len(fieldTable()))
	for i, f := range fieldTable() {
		out[i] = f.name
	}
	return out
}

// FieldsOf returns the set of the fields and kinds of ties named. A name that is neither is left out.
func FieldsOf(names ...ent.Field) FieldSet {
	var s FieldSet
	for _, n := range names {
		if i := fieldIndex(n); i >= 0 {
			s |= 1 << i
		} else {
			s |= TieKind(n).bit()
		}
	}
	return s
}

// AllFields is every field and every kind of tie.
const AllFields = ^FieldSet(0)

// Has reports whether the set holds a field or a kind of tie.
func (s FieldSet) Has(name ent.Field) bool {
	if b := TieKind(name).bit(); b != 0 {
		return s&b != 0
	}
	i := fieldIndex(name)
	return i >= 0 && s&(1<<i) != 0
}

// Without returns the set without the fields and kinds of ties named.
func (s FieldSet) Without(names ...ent.Field) FieldSet { return s &^ FieldsOf(names...) }

func fieldIndex(n ent.Field) int {
	return slices.IndexFunc(fieldTable(), func(f fieldDef) bool { return f.name == n })
}

// Value returns a field of a person as text: a date as 2010-04-01, a list as a JSON array, a flag as true or false; ""
// when it is missing. It is personal data.
func Value(p *ent.Person, f ent.Field) string {
	if i := fieldIndex(f); i >= 0 {
		return fieldTable()[i].get(p)
	}
	return ""
}

// SetValue writes a field of a person from the text that Value gives. It returns CodeField for an unknown field and
// CodePlanFile for a text that is not one of it.
func SetValue(p *ent.Person, f ent.Field, v string) error {
	i := fieldIndex(f)
	if i < 0 {
		return fmt.Errorf("directory: %w", CodeField)
	}
	return fieldTable()[i].set(p, v)
}
