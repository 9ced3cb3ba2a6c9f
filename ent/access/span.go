package access

import "github.com/opencartable/cartable/ent"

// Span is how far a right reaches.
type Span string

// The spans, from the nearest.
const (
	SpanSelf Span = "self" // the person's own data
	// SpanOwn is what the person teaches, made, received or was given a share in (Target.Owners). For people of a profile, a
	// function or a group it ends with their affiliation: a teacher who moved writes no more marks in the former school.
	SpanOwn Span = "own"
	// SpanMyClasses and SpanClassmates are for pupils: what belongs to a class or group of theirs, and its people.
	SpanMyClasses  Span = "my-classes"
	SpanClassmates Span = "classmates"
	// The spans of relatives: the children themselves, what belongs to their classes and groups, and the people there.
	SpanChildren           Span = "children"
	SpanChildrenClasses    Span = "children-classes"
	SpanChildrenClassmates Span = "children-classmates"
	SpanTaught             Span = "taught"     // classes and groups taught, and their pupils
	SpanHeadClass          Span = "head-class" // classes of which the person is head teacher, and their pupils
	SpanEstablishment      Span = "establishment"
	SpanAll                Span = "all"
)

// Spans returns the spans, from the nearest.
func Spans() []Span {
	return []Span{
		SpanSelf, SpanOwn, SpanMyClasses, SpanClassmates, SpanChildren, SpanChildrenClasses, SpanChildrenClassmates,
		SpanTaught, SpanHeadClass, SpanEstablishment, SpanAll,
	}
}

func (s Span) label() ent.Label {
	switch s {
	case SpanSelf:
		return ent.Label{FR: "soi-même", EN: "oneself"}
	case SpanOwn:
		return ent.Label{FR: "ce qui est à soi", EN: "one's own"}
	case SpanMyClasses:
		return ent.Label{FR: "ses classes et groupes", EN: "own classes and groups"}
	case SpanClassmates:
		return ent.Label{FR: "les personnes de ses classes et groupes", EN: "people of own classes and groups"}
	case SpanChildren:
		return ent.Label{FR: "ses enfants", EN: "own children"}
	case SpanChildrenClasses:
		return ent.Label{FR: "les classes et groupes de ses enfants", EN: "classes and groups of own children"}
	case SpanChildrenClassmates:
		return ent.Label{FR: "les personnes des classes et groupes de ses enfants", EN: "people of the classes and groups of own children"}
	case SpanTaught:
		return ent.Label{FR: "les classes et groupes où l'on enseigne", EN: "classes and groups taught"}
	case SpanHeadClass:
		return ent.Label{FR: "la classe dont on est professeur principal", EN: "the class one is head teacher of"}
	case SpanEstablishment:
		return ent.Label{FR: "son établissement", EN: "own establishment"}
	case SpanAll:
		return ent.Label{FR: "partout", EN: "everywhere"}
	}
	return ent.Label{FR: string(s), EN: string(s)}
}

// Label returns the span in words.
func (s Span) Label(lang ent.Lang) string { return s.label().In(lang) }

// fits reports whether a span means something for whom it is given.
func (s Span) fits(w Who) bool {
	_, profile := w.profile()
	_, function := w.function()
	_, group := w.group()
	named := profile || function || group
	switch s {
	case SpanSelf:
		return named || w == WhoAnyone || w == WhoPupilOfAge
	case SpanOwn:
		return named || w == WhoAnyone
	case SpanMyClasses, SpanClassmates:
		return named || w == WhoPupilOfAge
	case SpanChildren, SpanChildrenClasses, SpanChildrenClassmates:
		return w.relative()
	case SpanTaught:
		return named
	case SpanHeadClass:
		return w == WhoHeadTeacher
	case SpanEstablishment:
		return named || w == WhoDelegate
	case SpanAll:
		return named
	}
	return false
}
