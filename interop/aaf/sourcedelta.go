package aaf

import (
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// readDelta keeps the records of a Delta as they come: the model has forgotten what was deleted, and takes a modification
// of an unknown record for an addition.
func (s *Source) readDelta(ctx context.Context, d *Delivery) error {
	s.deltas = map[directory.Key]*delta{}
	if s.o.Origin == "" { // the keys bear the origin
		s.describe(d, Delta)
	}
	for e, err := range d.Reader().Typed() {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		h := e.Head()
		to := categoryOf(e.Category)
		if h == nil || to == "" {
			continue
		}
		k := directory.Key{Origin: s.o.Origin, Category: to, ID: h.ID}
		x := s.deltas[k]
		if x == nil {
			x = &delta{}
			s.deltas[k] = x
			s.order = append(s.order, k)
		}
		switch h.Op {
		case Add: // replaces entirely
			x.op, x.entries = Add, []Entry{e}
		case Delete:
			x.op, x.entries = Delete, nil
		case Modify: // adds up
			s.nameClasses(&e)
			if len(x.entries) == 0 || x.op == Delete {
				x.op = Modify
			}
			x.entries = append(x.entries, e)
		}
	}
	return nil
}

// nameClasses adds the classes and groups that a modification names: one that says too little of a person is not in the
// model.
func (s *Source) nameClasses(e *Entry) {
	if e.Pupil == nil {
		return
	}
	add := func(g *groupSet, list []ClassRef) {
		for _, c := range list {
			if s.m.byStruct[c.Structure] != nil && c.Code != "" {
				g.add(c.Structure, c.Code, c.Label, nil, false)
			}
		}
	}
	add(&s.m.classes, e.Pupil.Classes)
	add(&s.m.groups, e.Pupil.Groups)
}

// deltaRecord returns what a Delta says of a record: the first entry, then what the later ones state.
func (s *Source) deltaRecord(h directory.Head) directory.Record {
	x := s.deltas[h.Key]
	out := directory.Record{Key: h.Key, Op: recordOp(x.op)}
	for i := range x.entries {
		e := &x.entries[i]
		r := directory.Record{Key: h.Key, Op: recordOp(e.Head().Op), Pos: e.Head().Pos}
		switch {
		case e.Pupil != nil:
			s.pupil(&r, e.Pupil)
		case e.Relative != nil:
			s.relative(&r, e.Relative)
		case e.Staff != nil:
			s.staff(&r, e.Staff)
		}
		if e.Head().Op == Modify {
			r.Stated = stated(e.Head())
		}
		if i == 0 {
			r.Op = out.Op
			out = r
			continue
		}
		out.Overlay(&r)
	}
	return out
}

// stated returns what a modification speaks of: an empty attribute clears, an absent one changes nothing.
func stated(h *Head) directory.FieldSet {
	var set directory.FieldSet
	for _, a := range statedBy() {
		if slices.ContainsFunc(a.attrs, h.Present) {
			set |= directory.FieldsOf(a.fields...)
		}
	}
	return set
}

type statement struct {
	attrs  []string
	fields []ent.Field
}

// statedBy tells which attributes speak of which fields and ties. The establishments of a pupil follow from the structure
// of attachment and from the classes, those of staff from the attachment, the functions and the direction.
func statedBy() []statement {
	one := func(field ent.Field, attrs ...string) statement { return statement{attrs, []ent.Field{field}} }
	return []statement{
		one("birthDate", "ENTPersonDateNaissance"),
		one("name.birth", "ENTPersonNomPatro"),
		one("name.family", "sn", "ENTPersonNom"),
		one("name.given", "givenName", "ENTPersonPrenom"),
		one("name.others", "ENTPersonAutresPrenoms"),
		one("name.title", "personalTitle", "ENTPersonCivilite"),
		one("contact.mail", "mail", "ENTPersonMail"),
		one("contact.home", "homePhone", "ENTPersonTelPerso"),
		one("contact.work", "telephoneNumber", "ENTPersRelEleveTelPro"),
		one("contact.mobile", "mobile", "ENTPersRelEleveTelMobile"),
		one("contact.sms", "ENTPersonMobileSMS"),
		one("contact.address.lines", "ENTPersonAdresse"),
		one("contact.address.postalCode", "ENTPersonCodePostal"),
		one("contact.address.town", "ENTPersonVille"),
		one("contact.address.country", "ENTPersonPays"),
		one("contact.addressShared", "ENTPersonAdresseDiffusion"),
		one("schooling.ine", "ENTEleveINE"),
		one("schooling.schoolNumber", "ENTEleveStructRattachId"),
		one("schooling.establishment", "ENTPersonStructRattach"),
		one("schooling.programme", "ENTEleveMEF"),
		{[]string{"ENTEleveNivFormation"}, []ent.Field{"schooling.level"}},
		{[]string{"ENTEleveNiveau"}, []ent.Field{"schooling.level", "schooling.levelCode"}},
		one("schooling.track", "ENTEleveFiliere"),
		{[]string{"ENTEleveRegime", "ENTEleveRestaurantScolaire"}, []ent.Field{"schooling.regime", "schooling.regimeLabel"}},
		one("schooling.scholarship", "ENTEleveBoursier"),
		one("schooling.transport", "ENTEleveTransport"),
		one("schooling.apprentice", "ENTEleveStatutEleve"),
		one("schooling.subjects", "ENTEleveCodeEnseignements"),
		one("schooling.from", "ENTEleveDateEntreeStructRattach"),
		one("schooling.to", "ENTEleveDateSortieStructRattach"),
		one("class", "ENTEleveClasses", "ENTPersonClasses"),
		one("group", "ENTEleveGroupes", "ENTPersonGroupes"),
		one("relative", "ENTElevePersRelEleve", "ENTEleveAutoriteParentale"),
		one("establishment", "ENTPersonStructRattach", "ENTPersonFonctions"),
		one("teaching", "ENTAuxEnsClassesMatieres", "ENTAuxEnsGroupesMatieres", "ENTAuxEnsClasses", "ENTAuxEnsGroupes"),
		one("head-teacher", "ENTAuxEnsClassesPrincipal"),
	}
}
