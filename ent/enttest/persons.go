package enttest

import (
	"iter"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Pupil is a pupil with the relations to relatives, in the order of a feed: parents first.
type Pupil struct {
	ent.Person
	Relations []ent.Relation `json:"relations,omitempty"`
}

// Relative is a relative with the pupils that name it. A relative of no pupil is an odd case.
type Relative struct {
	ent.Person
	Children []ent.ID `json:"children,omitempty"`
}

// Pupils ranges over all pupils, family by family. Lists of subjects are shared between pupils: copy before changing.
func (a *Academy) Pupils() iter.Seq[Pupil] { return a.PupilsOf("") }

// PupilsOf ranges over the pupils of a degree: what its feed delivers.
func (a *Academy) PupilsOf(degree ent.Degree) iter.Seq[Pupil] {
	return func(yield func(Pupil) bool) {
		for f, b := range a.families() {
			for i := range f.kids {
				k := &f.kids[i]
				if degree != "" && k.degree() != degree {
					continue
				}
				if !yield(b.pupil(f, k)) {
					return
				}
			}
		}
	}
}

// PupilsIn ranges over the pupils of one establishment, without making those of others.
func (a *Academy) PupilsIn(establishment ent.ID) iter.Seq[Pupil] {
	return func(yield func(Pupil) bool) {
		s, index := a.schoolOf(establishment)
		if s == nil || index < 0 {
			return
		}
		b := a.builder(s)
		for w := a.walk(s); w.next(); {
			named := false
			for i := range w.family.kids {
				k := &w.family.kids[i]
				if k.school != index {
					continue
				}
				if !named {
					b.name(&w.family)
					named = true
				}
				if !yield(b.pupil(&w.family, k)) {
					return
				}
			}
		}
	}
}

// Relatives ranges over all relatives, family by family, in the order of their children.
func (a *Academy) Relatives() iter.Seq[Relative] { return a.RelativesOf("") }

// RelativesOf ranges over the relatives of the pupils of a degree, with these pupils only: what its feed delivers. A
// relative of pupils of both degrees comes in both, with the same identifier.
func (a *Academy) RelativesOf(degree ent.Degree) iter.Seq[Relative] {
	return func(yield func(Relative) bool) {
		for f, b := range a.families() {
			for i := range f.adults {
				if !a.hasRecord(f, &f.adults[i], degree) {
					continue
				}
				if !yield(b.relative(f, &f.adults[i], degree)) {
					return
				}
			}
		}
	}
}

// ParentOfThreeSchools returns a relative with children in a primary school, a collège and a lycée; "" in an academy
// that lacks one of them.
func (a *Academy) ParentOfThreeSchools() ent.ID {
	if !a.threeSchools() {
		return ""
	}
	return (&family{}).relativeID(slotParentA)
}

// kidName is the first name of a child. The names of a family are drawn together, so that brothers and sisters have names
// of their own whichever of them is asked for.
type kidName struct {
	female bool
	given  word
}

// families ranges over the named families with their builder.
func (a *Academy) families() iter.Seq2[*family, *builder] {
	return func(yield func(*family, *builder) bool) {
		for i := range a.sectors {
			s := &a.sectors[i]
			b := a.builder(s)
			for w := a.walk(s); w.next(); {
				b.name(&w.family)
				if !yield(&w.family, b) {
					return
				}
			}
		}
	}
}

// builder makes the persons of a sector's families.
type builder struct {
	a      *Academy
	sector *sector
	plans  []*schoolPlan
	levels map[ent.MEF]ent.Programme
	d      draw
	// Of the family at hand: last names of parents A and B and of the new partner, first names given so far, homes.
	nameA, nameB, partner word
	kids                  []kidName
	homes                 [2]ent.Place
}

func (a *Academy) builder(s *sector) *builder {
	b := &builder{a: a, sector: s, levels: map[ent.MEF]ent.Programme{}}
	for _, p := range a.Programmes() {
		b.levels[p.Code] = p
	}
	for i := range s.schools {
		b.plans = append(b.plans, a.plan(s, i))
	}
	return b
}

// name draws what the members of a family have in common.
func (b *builder) name(f *family) {
	d := &b.d
	d.onNumber(b.a, "family names", f.number)
	b.nameA, b.nameB, b.partner = b.a.familyName(d), b.a.familyName(d), b.a.familyName(d)
	b.kids = b.kids[:0]
	for range f.kids {
		female := d.n(2) == 0
		given := b.a.givenName(d, female, child)
		for _, k := range b.kids {
			if k.given.text == given.text {
				given = b.a.givenName(d, female, child)
			}
		}
		b.kids = append(b.kids, kidName{female, given})
	}
	d.onNumber(b.a, "family homes", f.number)
	c := &b.sector.schools[f.kids[0].school]
	near := c.town
	b.homes[0] = b.a.home(d, near)
	away := near
	if d.chance(400) {
		away = b.sector.town + d.n(b.sector.towns)
	}
	b.homes[1] = b.a.home(d, away)
}

func (a *Academy) home(d *draw, at int) ent.Place {
	t := &a.places[at]
	return ent.Place{Lines: a.addressLines(d), PostalCode: t.postal, Town: t.name, Country: "FRANCE", Commune: t.code}
}

// childName returns the last name of a child: that of one parent, or both.
func (b *builder) childName(f *family, young bool) word {
	other := b.nameB
	if young {
		other = b.partner
	}
	switch f.situation {
	case together, separated, blended:
		// All children of a couple bear one name.
		switch r := f.number * 7919 % 1000; {
		case r < 790:
			return other
		case r < 880:
			return b.nameA
		case r < 950:
			return other.join(" ", b.nameA)
		default:
			return b.nameA.join("-", other)
		}
	default:
		return b.nameA
	}
}

func (b *builder) pupil(f *family, k *kid) Pupil {
	a, d := b.a, &b.d
	id := pupilID(k.number)
	odd := Oddity("")
	if a.odd > 0 {
		odd = a.drawOddity(id, pupilOddities())
	}
	d.on(a, "pupil", string(id))
	family := b.childName(f, k.young)
	female, given := b.kids[k.number-f.kids[0].number].female, b.kids[k.number-f.kids[0].number].given
	var p Pupil
	p.ID = id
	p.Name = ent.Name{Title: title(female), Family: family.upper, Birth: family.upper, Given: given.text}
	p.Name.Others = append(make([]string, 0, 3), given.text)
	for range d.among(40, 35, 25) {
		p.Name.Others = append(p.Name.Others, b.a.givenName(d, female, elder).text)
	}
	p.BirthDate = b.birthDate(f, k)
	plan := b.plans[k.school]
	p.Affiliations = []ent.Affiliation{{Establishment: plan.id, Profile: ent.ProfilePupil}}
	p.Contact.Address = b.homes[0]
	p.Schooling = b.schooling(plan, k, odd)
	switch odd {
	case "":
	case OddNoBirthDate:
		p.BirthDate = ent.Date{}
	default:
		a.oddName(odd, &p.Name)
		if odd == OddNamesake && !p.BirthDate.IsZero() && !a.canary {
			p.BirthDate.Month, p.BirthDate.Day = 3, 15
		}
	}
	p.Relations = make([]ent.Relation, 0, len(f.adults))
	for i := range f.adults {
		if r, ok := f.bond(&f.adults[i], k); ok {
			r.Pupil, r.Relative = id, f.relativeID(f.adults[i].slot)
			p.Relations = append(p.Relations, r)
		}
	}
	return p
}

// birthDate draws a date in the year of the level; twins share it.
func (b *builder) birthDate(f *family, k *kid) ent.Date {
	var d draw
	source := k
	if k.twin {
		source = &f.kids[0]
	}
	d.onNumber(b.a, "birth date", source.number)
	return b.a.date(&d, int(b.a.year)-3-k.level-k.late)
}

// date draws a day of a year.
func (a *Academy) date(d *draw, year int) ent.Date {
	month, day := 1+d.n(12), 1+d.n(28)
	if a.canary {
		month, day = canaryMonth, canaryDay
	} else if month == canaryMonth && day == canaryDay {
		day++
	}
	return ent.Date{Year: int16(year), Month: uint8(month), Day: uint8(day)}
}

func (b *builder) schooling(plan *schoolPlan, k *kid, odd Oddity) *ent.Schooling {
	a, d := b.a, &b.d
	class, rank := plan.place(k.level, k.seat)
	groups, variant := plan.groupsOf(k.level, k.seat, class, rank)
	s := &ent.Schooling{
		INE: a.ine(k.number, odd), Establishment: plan.id,
		Classes: []ent.ID{plan.classes[class].ID}, Groups: groups,
		From: ent.Date{Year: int16(a.year), Month: 9, Day: 2},
	}
	s.Transport = new(d.chance(180))
	s.Regime = ent.RegimeHalf
	if k.level < level6e {
		s.LevelCode, s.Level = levelCode()[k.level], levelName(k.level)
		if d.chance(280) {
			s.Regime = ent.RegimeDay
		}
		return s
	}
	s.SchoolNumber = a.schoolNumber(k.number)
	s.Programme = plan.classes[class].Programmes[0]
	if class == plan.project && rank%2 == 1 {
		s.Programme = localProgramme
	}
	p := b.levels[s.Programme]
	s.Level, s.Track = p.Level, p.Track
	s.Scholarship = new(d.chance(270))
	s.Apprentice = new(false)
	if plan.school.kind == pro {
		*s.Apprentice = d.chance(80)
	}
	s.Subjects = plan.lessonsOf(class, variant)
	boarders := 0
	if k.level >= level2d {
		boarders = 60
	}
	switch r := d.n(1000); {
	case r < boarders:
		s.Regime, s.RegimeLabel = ent.RegimeBoarder, "INTERNE DANS L'ETABLISSEMENT"
	case r < 300:
		s.Regime, s.RegimeLabel = ent.RegimeDay, "EXTERNE LIBRE"
	case r < 340:
		s.Regime, s.RegimeLabel = ent.RegimeDay, "EXTERNE SURVEILLE"
	case r < 420:
		s.RegimeLabel = "DEMI-PENSIONNAIRE AU TICKET"
	case r < 520:
		s.RegimeLabel = "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT 4 JOURS"
	default:
		s.RegimeLabel = "DEMI-PENSIONNAIRE DANS L'ETABLISSEMENT"
	}
	return s
}

// ine returns the national number of a pupil: distinct, in a range that no register gives.
func (a *Academy) ine(number int, odd Oddity) ent.INE {
	n := 990000000 + number%10000000
	if a.canary {
		n = 777770000 + number%10000
	}
	switch odd {
	case OddNoINE:
		return ""
	case OddOldINE:
		return ent.INE(strconv.Itoa(n) + "0Z")
	default: // a number of today
	}
	ine, err := ent.NewINE(n)
	if err != nil {
		return ""
	}
	if odd == OddINEKey {
		end := byte('A')
		if ine[10] == end {
			end = 'B'
		}
		ine = ine[:10] + ent.INE([]byte{end})
	}
	return ine
}

func (a *Academy) schoolNumber(number int) string {
	if a.canary {
		return canaryDigits + strconv.Itoa(10000+number%10000)
	}
	return strconv.Itoa(1000001 + number)
}

func title(female bool) string {
	if female {
		return "Mme"
	}
	return "M."
}

func (b *builder) relative(f *family, ad *adult, degree ent.Degree) Relative {
	a, d := b.a, &b.d
	var r Relative
	r.ID = f.relativeID(ad.slot)
	odd := Oddity("")
	if a.odd > 0 {
		odd = a.drawOddity(r.ID, relativeOddities())
	}
	b.tie(&r, f, ad, degree)
	number := f.relativeNumber(ad.slot)
	source := r.ID
	if ad.slot == slotDuplicate { // the same human being: the same draws
		source, odd = f.relativeID(slotParentA), ""
		number += int(slotParentA) - int(slotDuplicate)
	}
	d.on(a, "relative", string(source))
	if ad.slot == slotSocial {
		b.socialServices(&r, number)
		return r
	}
	family, birth, of := b.adultName(f, ad)
	given := a.givenName(d, ad.female, of)
	if ad.kinship == ent.KinshipSelf { // the pupil's own names
		p := b.pupil(f, &f.kids[0])
		d.on(a, "relative", string(source))
		r.Name = p.Name
		r.Name.Others = nil
		given = newWord(p.Name.Given)
		family = newWord(p.Name.Family)
	} else {
		r.Name = ent.Name{Title: title(ad.female), Family: family.upper, Birth: birth.upper, Given: given.text}
	}
	c := &r.Contact
	switch {
	case ad.household < 2:
		c.Address = b.homes[ad.household]
	case d.chance(600):
		c.Address = a.home(d, b.sector.town+d.n(b.sector.towns))
	}
	c.AddressShared = d.chance(350)
	if d.chance(550) {
		c.Home = a.phone(d, false)
	}
	if d.chance(250) {
		c.Work = a.phone(d, false)
	}
	if d.chance(880) {
		c.Mobile = a.phone(d, true)
		if d.chance(400) {
			c.SMS = c.Mobile
		}
	}
	if d.chance(550) || ad.slot == slotParentA && f.duplicated() || ad.slot == slotDuplicate {
		c.Mail = mail(given, family, number, "courriel.test")
	}
	b.oddRelative(odd, &r)
	return r
}

// tie gives a relative the pupils of a degree and their establishments.
func (b *builder) tie(r *Relative, f *family, ad *adult, degree ent.Degree) {
	for i := range f.kids {
		k := &f.kids[i]
		if degree != "" && k.degree() != degree {
			continue
		}
		if _, ok := f.bond(ad, k); !ok {
			continue
		}
		r.Children = append(r.Children, pupilID(k.number))
		est := b.plans[k.school].id
		known := false
		for j := range r.Affiliations {
			known = known || r.Affiliations[j].Establishment == est
		}
		if !known {
			r.Affiliations = append(r.Affiliations, ent.Affiliation{Establishment: est, Profile: ent.ProfileRelative})
		}
	}
}

// adultName returns the last name in use and at birth of an adult, and the generation.
func (b *builder) adultName(f *family, ad *adult) (use, birth word, of age) {
	switch ad.slot {
	case slotParentA, slotDuplicate:
		if f.married {
			return b.nameB, b.nameA, grown
		}
		return b.nameA, b.nameA, grown
	case slotParentB:
		return b.nameB, b.nameB, grown
	case slotPartner:
		return b.partner, b.partner, grown
	default: // not a parent
	}
	name := b.a.familyName(&b.d)
	if ad.kinship == ent.KinshipAscendant {
		if b.d.n(2) == 0 {
			name = b.nameA
		}
		return name, name, elder
	}
	if ad.kinship == ent.KinshipSibling {
		return b.nameA, b.nameA, child
	}
	return name, name, grown
}

func (b *builder) socialServices(r *Relative, number int) {
	d := &b.d
	town := b.a.places[b.sector.town]
	mark := ""
	if b.a.canary {
		mark = canaryMark + " "
	}
	r.Name.Family = "ASE " + mark + town.name
	if b.a.odd == 0 {
		r.Name.Given = "Service"
	}
	r.Contact = ent.Contact{Work: b.a.phone(d, false), Address: b.a.home(d, b.sector.town)}
	r.Contact.Mail = mail(word{slug: "ase"}, word{slug: strings.ToLower(strings.TrimSpace(mark))}, number, "departement.test")
}

func (b *builder) oddRelative(odd Oddity, r *Relative) {
	switch odd {
	case "":
	case OddMail:
		r.Contact.Mail = "inconnu"
		if b.a.canary {
			r.Contact.Mail += canaryMark
		}
	case OddNoContact:
		r.Contact = ent.Contact{}
	default:
		b.a.oddName(odd, &r.Name)
	}
}
