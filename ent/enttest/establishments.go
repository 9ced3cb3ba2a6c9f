package enttest

import (
	"iter"
	"sort"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/territory"
)

// town is an invented town, with the code of a commune that does not exist in a département of the academy.
type town struct {
	name, postal string
	code         ent.InseeCode
}

// towns makes the towns of the academy.
func (a *Academy) towns() []town {
	last := &a.sectors[len(a.sectors)-1]
	out := make([]town, 0, last.town+last.towns)
	t := territory.Default()
	var departements []ent.DepartementCode
	for d := range t.Departements() {
		if d.Academy == a.code && len(d.Code) == 2 {
			departements = append(departements, d.Code)
		}
	}
	if len(departements) == 0 {
		departements = []ent.DepartementCode{"01"}
	}
	next := make([]int, len(departements))
	for i := range next {
		next[i] = 999
	}
	for i := range cap(out) {
		j := i % len(departements)
		for next[j] > 400 {
			code := ent.InseeCode(string(departements[j]) + strconv.Itoa(next[j]))
			if _, taken := t.Resolve(code); !taken {
				break
			}
			next[j]--
		}
		n := next[j]
		if n > 400 {
			next[j]--
		}
		dep := string(departements[j])
		head := strings.NewReplacer("2A", "20", "2B", "20").Replace(dep)
		out = append(out, town{
			name: townName(i), postal: head + strconv.Itoa(900+n%100), code: ent.InseeCode(dep + strconv.Itoa(n)),
		})
	}
	return out
}

// townName returns the name of a town; the names are distinct.
func townName(i int) string {
	stems := list(townStems)
	endings := list(townEndings)
	name := stems[i%len(stems)]
	i /= len(stems)
	name += endings[i%len(endings)]
	if i /= len(endings); i > 0 {
		name += " " + strconv.Itoa(i+1)
	}
	return name
}

// Establishments ranges over the establishments: schools, then the district (IEN) of their sector, and at the end the
// replacement zone, in the order of their identifiers.
func (a *Academy) Establishments() iter.Seq[ent.Establishment] { return a.EstablishmentsOf("") }

// EstablishmentsOf ranges over the establishments of a degree.
func (a *Academy) EstablishmentsOf(degree ent.Degree) iter.Seq[ent.Establishment] {
	return func(yield func(ent.Establishment) bool) {
		for i := range a.sectors {
			s := &a.sectors[i]
			for j := range s.schools {
				e := a.establishment(s, j)
				if (degree == "" || e.Degree == degree) && !yield(e) {
					return
				}
			}
			if s.district >= 0 && degree != ent.SecondDegree && !yield(a.districtOf(s)) {
				return
			}
		}
		if a.zone >= 0 && degree != ent.FirstDegree {
			yield(a.zoneOf())
		}
	}
}

// Establishment returns an establishment by its identifier.
func (a *Academy) Establishment(id ent.ID) (ent.Establishment, bool) {
	s, index := a.schoolOf(id)
	switch {
	case s == nil:
		if n, ok := a.establishmentNumber(id); ok && n == a.zone {
			return a.zoneOf(), true
		}
		return ent.Establishment{}, false
	case index < 0:
		return a.districtOf(s), true
	}
	return a.establishment(s, index), true
}

// establishmentNumber returns the number in an identifier of an establishment.
func (a *Academy) establishmentNumber(id ent.ID) (int, bool) {
	n, err := strconv.Atoi(string(id))
	n -= 4001
	return n, err == nil && n >= 0 && n < a.establishments
}

// schoolOf returns the sector of an establishment and its index there, -1 for the district; no sector for another one.
func (a *Academy) schoolOf(id ent.ID) (*sector, int) {
	n, ok := a.establishmentNumber(id)
	if !ok || n == a.zone {
		return nil, -1
	}
	i := sort.Search(len(a.sectors), func(i int) bool { return a.sectors[i].schools[0].number > n }) - 1
	s := &a.sectors[i]
	if n == s.district {
		return s, -1
	}
	for j := range s.schools {
		if s.schools[j].number == n {
			return s, j
		}
	}
	return nil, -1
}

func (a *Academy) planOf(id ent.ID) *schoolPlan {
	s, index := a.schoolOf(id)
	if s == nil || index < 0 {
		return nil
	}
	return a.plan(s, index)
}

// Classes ranges over the classes, establishment by establishment.
func (a *Academy) Classes() iter.Seq[ent.Class] {
	return func(yield func(ent.Class) bool) {
		for p := range a.plans() {
			for _, c := range p.classes {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// Groups ranges over the groups, establishment by establishment.
func (a *Academy) Groups() iter.Seq[ent.Group] {
	return func(yield func(ent.Group) bool) {
		for p := range a.plans() {
			for _, g := range p.groups {
				if !yield(g) {
					return
				}
			}
		}
	}
}

func (a *Academy) plans() iter.Seq[*schoolPlan] {
	return func(yield func(*schoolPlan) bool) {
		for i := range a.sectors {
			for j := range a.sectors[i].schools {
				if !yield(a.plan(&a.sectors[i], j)) {
					return
				}
			}
		}
	}
}

// ClassesOf returns the classes of an establishment.
func (a *Academy) ClassesOf(establishment ent.ID) []ent.Class {
	if p := a.planOf(establishment); p != nil {
		return p.classes
	}
	return nil
}

// GroupsOf returns the groups of an establishment.
func (a *Academy) GroupsOf(establishment ent.ID) []ent.Group {
	if p := a.planOf(establishment); p != nil {
		return p.groups
	}
	return nil
}

// base fills what all establishments have.
func (a *Academy) base(number, at int) ent.Establishment {
	t := &a.places[at]
	id := establishmentID(number)
	e := ent.Establishment{
		ID: id, Town: t.name, MinistryCode: "06", Ministry: "MINISTERE DE L'EDUCATION NATIONALE",
		Sector: ent.SectorPublic, Academy: a.code, UAI: uaiOf(number),
	}
	var d draw
	d.on(a, "establishment", string(id))
	e.Address = ent.Place{
		Lines:      []string{strconv.Itoa(1+d.n(40)) + " " + [...]string{"rue", "avenue", "place"}[d.n(3)] + " de l'École"},
		PostalCode: t.postal, Town: t.name, Country: "FRANCE", Commune: t.code,
	}
	e.Phone = "+33 4 65 71 " + pair(number/100%70) + " " + pair(number%100)
	if d.chance(300) {
		e.Fax = "+33 4 65 71 " + pair(90+number/100%10) + " " + pair(number%100)
	}
	e.Mail = "ce." + strings.ToLower(string(e.UAI)) + "@academie.test"
	return e
}

func pair(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

// uaiOf returns a valid UAI whose first three digits are those of no département.
func uaiOf(number int) ent.UAI {
	n := 9990001 + number
	if n > 9999999 {
		n = 9990000 - (n - 9999999)
	}
	uai, err := ent.NewUAI(n)
	if err != nil {
		return ""
	}
	return uai
}

// siretOf returns a valid SIRET: 19 for a school of the State, 21 for that of a commune.
func siretOf(head string, number int) ent.SIRET {
	siren := withKey(head + "9" + strconv.Itoa(10000+number%90000))
	return ent.SIRET(withKey(siren + "0001"))
}

// withKey appends the Luhn key of digits.
func withKey(digits string) string {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return digits + strconv.Itoa((10-sum%10)%10)
}

func (a *Academy) establishment(s *sector, index int) ent.Establishment {
	c := &s.schools[index]
	e := a.base(c.number, c.town)
	e.Degree = ent.FirstDegree
	if c.kind.second() {
		e.Degree = ent.SecondDegree
	}
	head := "21"
	switch c.kind {
	case nursery:
		e.Kind, e.NatureCode, e.Nature = "E.M", "101", "ECOLE MATERNELLE"
	case elementary, primary:
		e.Kind, e.NatureCode, e.Nature = "E.E", "151", "ECOLE DE NIVEAU ELEMENTAIRE"
		if c.kind == primary {
			e.Kind = "E.P"
		}
	case college:
		e.Kind, e.NatureCode, e.Nature, head = "CLG", "340", "COLLEGE", "19"
	case segpa:
		e.Kind, e.NatureCode, e.Nature, head = "SEGPA", "390", "SECTION ENSEIGNT GEN. ET PROF. ADAPTE", "19"
	case lycee:
		e.Kind, e.NatureCode, e.Nature, head = "LGT", "302", "LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE", "19"
	case pro:
		e.Kind, e.NatureCode, e.Nature, head = "LP", "320", "LYCEE PROFESSIONNEL", "19"
	}
	if c.private {
		e.Sector = ent.SectorPrivate
		head = "77"
	}
	if !c.kind.second() {
		e.Kind += "." + string(e.Sector)
	}
	e.Patronym = patronym(c)
	e.SIRET = siretOf(head, c.number)
	if c.parent >= 0 {
		e.Parents = []ent.ID{establishmentID(c.parent)}
	}
	return e
}

// patronym returns the proper name of a school; a nursery and the SEGPA have that of the school beside them.
func patronym(c *school) string {
	names := list(schoolNames)
	n := c.number
	switch {
	case c.kind == nursery:
		n++ // the elementary school of the site comes next
	case c.kind == segpa:
		n = c.parent
	case c.kind == primary && c.number%5 == 0:
		return "" // many village schools have no name
	}
	return names[n*7%len(names)]
}

func (a *Academy) districtOf(s *sector) ent.Establishment {
	e := a.base(s.district, s.town)
	e.Degree, e.Kind, e.NatureCode, e.Nature = ent.FirstDegree, "IEN", "809", "CIRCONSCRIPTIONS INSPECTION EDUC NAT"
	e.Patronym = e.Town
	e.SIRET = siretOf("17", s.district)
	return e
}

func (a *Academy) zoneOf() ent.Establishment {
	e := a.base(a.zone, 0)
	e.UAI, e.Pseudo = "", "099001ZR"
	e.Degree, e.Kind, e.Nature = ent.SecondDegree, "ZR", "ZONE DE REMPLACEMENT"
	e.Patronym = e.Town
	e.Mail = ""
	return e
}
