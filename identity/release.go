package identity

import (
	"log/slog"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Context is what a release depends on beside the person and the layout.
type Context struct {
	// Partner is the identifier of the partner's registration.
	Partner string
	// School is the school that the request names, by the layout's SchoolParameter.
	School ent.UAI
	// Schools, when set, are those that the partner may be told of.
	Schools []ent.UAI
	// NewLogin and Remembered say how the person signed in.
	NewLogin, Remembered bool
	// Opaque returns the person's identifier for one partner: see Opaque. Without it "opaque-id" has no value.
	Opaque func(partner string, account ent.ID) string

	principal string
}

func (c *Context) opaque(a *Attributes) string {
	if c.Opaque == nil || c.Partner == "" || a.ID == "" {
		return ""
	}
	return c.Opaque(c.Partner, a.ID)
}

// Value is an element of what leaves: a text, or elements of its own. It is personal data.
type Value struct {
	Name       string
	Text       string
	Attributes []Attribute
	Values     []Value
}

// Attribute is an XML attribute of a value.
type Attribute struct{ Name, Text string }

// Released is what leaves. It is personal data.
type Released struct {
	// User is the principal, never empty.
	User   string
	Style  Style
	Values []Value
	// Fields are the sources that had a value, each once, sorted: the principal's too.
	Fields []ent.Field
	// Issues are the elements that were dropped because a transform failed.
	Issues ent.Issues
}

// LogValue shows the names of what leaves.
func (r Released) LogValue() slog.Value { return slog.GroupValue(slog.Any("fields", r.Fields)) }

// LogValue shows the name of the element.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.Name) }

// Disclosure is the record of the release: names, never values.
func (r *Released) Disclosure(recipient, purpose, basis string, at time.Time) ent.Disclosure {
	return ent.Disclosure{Recipient: recipient, Purpose: purpose, LegalBasis: basis, Fields: slices.Clone(r.Fields), Count: 1, At: at}
}

// Release draws what the layout names from what is known of a person. It returns CodeNoPrincipal, and nothing else, when the
// rule of the principal gives no name. A transform that fails drops its element, and is reported; the rest leaves.
func (c *Compiled) Release(a *Attributes, x Context) (*Released, error) {
	s := &scope{a: a, c: &x}
	for i := range a.Schools {
		if school := &a.Schools[i]; len(x.Schools) == 0 || slices.Contains(x.Schools, school.UAI) {
			s.schools = append(s.schools, school)
		}
	}
	out := &Released{Style: c.layout.Style}
	if out.Style == "" {
		out.Style = StyleAttributes
	}
	user, field, ok := c.principal.draw(s)
	if !ok || len(user) == 0 || user[0] == "" {
		return nil, catalog().New(CodeNoPrincipal, ent.Pos{}, "$.principal")
	}
	out.User, x.principal = user[0], user[0]
	out.Fields = append(out.Fields, field)
	r := &releasing{out: out}
	out.Values, _ = r.all(c.elements, s)
	out.Fields = sortedFields(out.Fields)
	return out, nil
}

func sortedFields(list []ent.Field) []ent.Field {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

// draw returns the values of the first source that has some, and which one it was.
func (d *drawn) draw(s *scope) (values []string, field ent.Field, ok bool) {
	for i, get := range d.first {
		if values = get(s); len(values) > 0 {
			field = d.fields[i]
			break
		}
	}
	for _, do := range d.transforms {
		if values, ok = do(values); !ok {
			return nil, field, false
		}
	}
	return values, field, true
}

type releasing struct{ out *Released }

// all makes some elements: the XML attributes of the element around them stand apart.
func (r *releasing) all(list []element, s *scope) (values []Value, attributes []Attribute) {
	for i := range list {
		e := &list[i]
		if len(e.def.For) > 0 && !slices.Contains(e.def.For, s.a.Profile) {
			if e.def.Empty {
				values = append(values, Value{Name: e.def.Name})
			}
			continue
		}
		at := s
		if e.def.AdministrativeFirst {
			at = &scope{}
			*at = *s
			at.schools = slices.Clone(s.schools)
			slices.SortStableFunc(at.schools, func(x, y *School) int { return rank(y) - rank(x) })
		}
		if len(e.elements) > 0 || len(e.def.Elements) > 0 {
			values = append(values, r.each(e, at)...)
			continue
		}
		texts := r.texts(e, at)
		switch {
		case e.def.Attribute:
			if len(texts) > 0 {
				attributes = append(attributes, Attribute{e.def.Name, texts[0]})
			}
		case len(texts) == 0 && e.def.Empty:
			values = append(values, Value{Name: e.def.Name})
		}
		for _, t := range texts {
			if !e.def.Attribute {
				values = append(values, Value{Name: e.def.Name, Text: t})
			}
		}
	}
	return values, attributes
}

func rank(x *School) int {
	if x.Administrative {
		return 1
	}
	return 0
}

// texts returns the texts of an element with a source.
func (r *releasing) texts(e *element, s *scope) []string {
	values, field, ok := e.drawn.draw(s)
	if !ok {
		r.out.Issues = append(r.out.Issues, catalog().New(CodeTransform, ent.Pos{}, "$", ent.FieldOf("field", field)))
		return nil
	}
	if e.def.Map != nil {
		mapped := make([]string, 0, len(values))
		for _, v := range values {
			to, known := e.def.Map[v]
			switch {
			case known:
				mapped = append(mapped, to)
			case e.def.Other:
				mapped = append(mapped, v)
			}
		}
		values = mapped
	}
	if len(values) > 0 {
		r.out.Fields = append(r.out.Fields, field)
	}
	return e.def.List.write(values, e.def.Separator)
}

// each makes an element with elements of its own: one, or one for every school, class or group.
func (r *releasing) each(e *element, s *scope) []Value {
	var out []Value
	make1 := func(at *scope) {
		values, attributes := r.all(e.elements, at)
		if len(values)+len(attributes) > 0 || e.def.Empty && e.def.Each == "" {
			out = append(out, Value{Name: e.def.Name, Values: values, Attributes: attributes})
		}
	}
	schools := s.schools
	if s.school != nil {
		schools = []*School{s.school}
	}
	switch e.def.Each {
	case EachSchool:
		for _, x := range schools {
			at := *s
			at.school = x
			make1(&at)
		}
	case EachClass, EachGroup:
		for _, x := range schools {
			list := x.Groups
			if e.def.Each == EachClass {
				list = x.Classes
			}
			for i := range list {
				at := *s
				at.group = &list[i]
				make1(&at)
			}
		}
	case "":
		make1(s)
	}
	return out
}
