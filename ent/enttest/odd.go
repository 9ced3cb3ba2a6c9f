package enttest

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Oddity is what is unusual about a person, a class, a group or an establishment.
type Oddity string

// The odd cases.
const (
	// OddNoBirthDate: a pupil or a staff member without a date of birth.
	OddNoBirthDate Oddity = "no-birth-date"
	// OddNoINE: a pupil without a national number, as those who just arrived.
	OddNoINE Oddity = "no-ine"
	// OddINEKey: a national number whose key letters are wrong.
	OddINEKey Oddity = "ine-key"
	// OddOldINE: a national number of the older generation (BEA).
	OddOldINE Oddity = "old-ine"
	// OddNamesake: a pupil who has the names of other pupils, and the date of birth of those of the same level.
	OddNamesake Oddity = "namesake"
	// OddLongName: a person with very long names.
	OddLongName Oddity = "long-name"
	// OddShortName: a person whose last name has one letter.
	OddShortName Oddity = "short-name"
	// OddNoTitle: a person without civility.
	OddNoTitle Oddity = "no-title"
	// OddMail: a relative whose mail has no at sign.
	OddMail Oddity = "mail"
	// OddNoContact: a relative whom nothing reaches, without address.
	OddNoContact Oddity = "no-contact"
	// OddLegalPerson: the social services, a relative without first name. They come with placed children, one family in
	// a hundred, whatever the rate; without odd cases they have a first name.
	OddLegalPerson Oddity = "legal-person"
	// OddDuplicate: a second record of a parent of several children, for the last of them; the other values are those
	// of the first record.
	OddDuplicate Oddity = "duplicate"
	// OddOrphan: a relative of no pupil.
	OddOrphan Oddity = "orphan"
	// OddClassCode: a class whose code holds an accent, a space and a full stop.
	OddClassCode Oddity = "class-code"
	// OddUnknownSubject: a group that is taught [UnknownSubject].
	OddUnknownSubject Oddity = "unknown-subject"
	// OddPseudoUAI: a service that has a pseudo-UAI: the replacement zone.
	OddPseudoUAI Oddity = "pseudo-uai"
)

func pupilOddities() []Oddity {
	return []Oddity{
		OddNoBirthDate, OddNoINE, OddINEKey, OddOldINE, OddNamesake, OddNamesake, OddLongName, OddShortName, OddNoTitle,
	}
}

func relativeOddities() []Oddity {
	return []Oddity{OddLongName, OddShortName, OddNoTitle, OddMail, OddNoContact}
}

func staffOddities() []Oddity {
	return []Oddity{OddNoBirthDate, OddLongName, OddShortName, OddNoTitle}
}

// OddityOf returns what is odd about something of the academy, "" for nothing, by its identifier. It is what a test
// compares with the issues that a reader reports.
func (a *Academy) OddityOf(id ent.ID) Oddity {
	if a.odd == 0 || id == "" {
		return ""
	}
	if est, _, ok := strings.Cut(string(id), "$"); ok {
		return a.oddityWithin(ent.ID(est), id)
	}
	if len(id) < len("50000000") {
		if n, ok := a.establishmentNumber(id); ok && n == a.zone {
			return OddPseudoUAI
		}
		return ""
	}
	switch id[0] {
	case '5':
		return a.drawOddity(id, pupilOddities())
	case '7':
		return a.drawOddity(id, staffOddities())
	}
	switch slot(id[len(id)-1] - '0') {
	case slotSocial:
		return OddLegalPerson
	case slotDuplicate:
		return OddDuplicate
	case slotOrphan:
		return OddOrphan
	default:
		return a.drawOddity(id, relativeOddities())
	}
}

func (a *Academy) drawOddity(id ent.ID, list []Oddity) Oddity {
	var d draw
	d.on(a, "odd", string(id))
	if !d.chance(a.odd) {
		return ""
	}
	return list[d.n(len(list))]
}

// oddityWithin finds a class or a group of an establishment.
func (a *Academy) oddityWithin(est, id ent.ID) Oddity {
	p := a.planOf(est)
	if p == nil {
		return ""
	}
	for i := range p.classes {
		if p.classes[i].ID == id && p.classOdd[i] {
			return OddClassCode
		}
	}
	for i := range p.groups {
		if p.groups[i].ID == id && p.groupOdd[i] {
			return OddUnknownSubject
		}
	}
	return ""
}

// oddName makes a name odd. The odd names of a canary academy carry the mark too.
func (a *Academy) oddName(o Oddity, n *ent.Name) {
	mark := ""
	if a.canary {
		mark = canaryMark
	}
	switch o {
	case OddLongName:
		n.Family = "VAN " + mark + "DEN BROECK DE LA ROCHE-AUX-FÉES D'ENTREMONT-" + n.Family
		n.Given += "-Marie-" + mark + "Ange-Élisabeth Antoinette-Gwenaëlle"
	case OddShortName:
		n.Family = mark + "Y"
		n.Birth = n.Family
	case OddNamesake:
		n.Family, n.Birth, n.Given, n.Others = mark+"MARTIN", mark+"MARTIN", mark+"Camille", nil
	case OddNoTitle:
		n.Title = ""
	default: // not of the name
	}
}
