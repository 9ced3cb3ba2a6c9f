package enttest

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// post is one member of the staff: where, doing what, teaching whom; without a name.
type post struct {
	affiliations []ent.Affiliation
	teachings    []ent.Teaching
	heads        []ent.ID
	left         int // half-hours a week not yet given
}

// staffing recruits the staff of a sector.
type staffing struct {
	a     *Academy
	s     *sector
	d     draw
	plans []*schoolPlan
	posts []*post
	// lessons lists, for each class of the second degree, the teachers of the whole class.
	lessons map[ent.ID][]*post
}

// posts returns the staff of a sector, in the order of their numbers.
func (a *Academy) posts(s *sector) []*post {
	st := &staffing{a: a, s: s, lessons: map[ent.ID][]*post{}}
	st.d.onNumber(a, "staff", s.number)
	for i := range s.schools {
		st.plans = append(st.plans, a.plan(s, i))
	}
	for i := range disciplineCount {
		st.recruit(i)
	}
	st.headTeachers()
	for _, p := range st.plans {
		if p.school.kind.second() {
			st.team(p)
		} else {
			st.primaryTeam(p)
		}
	}
	st.travellers()
	return st.posts
}

// teach is the function of a teacher of a discipline.
func teach(of discipline) ent.Function {
	return ent.Function{Code: ent.FunctionTeaching, Label: "ENSEIGNEMENT", Discipline: of.code, DisciplineLabel: of.label}
}

// add takes on a person at an establishment.
func (st *staffing) add(est ent.ID, profile ent.Profile, functions ...ent.Function) *post {
	p := &post{}
	p.join(est, profile, functions...)
	st.posts = append(st.posts, p)
	return p
}

// join attaches a person to one more establishment.
func (p *post) join(est ent.ID, profile ent.Profile, functions ...ent.Function) {
	for i := range p.affiliations {
		if p.affiliations[i].Establishment == est {
			return
		}
	}
	p.affiliations = append(p.affiliations, ent.Affiliation{Establishment: est, Profile: profile, Functions: functions})
}

// recruit gives each class and group of the second degree a teacher of a discipline, school after school: a teacher who
// has hours left may complete them in the next one.
func (st *staffing) recruit(index int) {
	const (
		fullTime = 36
		partTime = 26
	)
	of := disciplineOf(index)
	rare := index == discMusic || index == discArts || index == discClassics || index == discGerman || index == discTechnology
	var now *post
	for _, p := range st.plans {
		if !p.school.kind.second() {
			continue
		}
		if now != nil && (now.left < 8 || len(now.affiliations) > 2 || !rare && !st.d.chance(120)) {
			now = nil
		}
		give := func(n need, class, group ent.ID) {
			if n.discipline != index || n.hours == 0 {
				return
			}
			if now == nil || now.left < n.hours {
				now = st.add(p.id, ent.ProfileTeacher, teach(of))
				now.left = fullTime
				if st.d.chance(120) {
					now.left = partTime
				}
			}
			now.join(p.id, ent.ProfileTeacher, teach(of))
			now.left -= n.hours
			now.teachings = append(now.teachings, ent.Teaching{Establishment: p.id, Subject: n.subject, Class: class, Group: group})
			if class != "" && !slices.Contains(st.lessons[class], now) {
				st.lessons[class] = append(st.lessons[class], now)
			}
		}
		for i := range p.classes {
			for _, n := range p.needsOf(i) {
				give(n, p.classes[i].ID, "")
			}
		}
		for i := range p.groups {
			give(p.groupNeed[i], "", p.groups[i].ID)
		}
	}
}

// headTeachers gives each class of the second degree one of its teachers, nobody having two classes as long as another
// teacher of the class has none.
func (st *staffing) headTeachers() {
	turn := 0
	for _, p := range st.plans {
		if !p.school.kind.second() {
			continue
		}
		for i := range p.classes {
			team := st.lessons[p.classes[i].ID]
			if len(team) == 0 {
				continue
			}
			chosen := team[turn%len(team)]
			for j := range team {
				if t := team[(turn+j)%len(team)]; len(t.heads) == 0 {
					chosen = t
					break
				}
			}
			chosen.heads = append(chosen.heads, p.classes[i].ID)
			turn++
		}
	}
}

// team gives a school of the second degree those who do not teach classes.
func (st *staffing) team(p *schoolPlan) {
	if p.school.kind == segpa {
		st.add(p.id, ent.ProfileDirection, ent.Function{
			Code: ent.FunctionDirection, Label: "DIRECTION", Discipline: "D0011", DisciplineLabel: "DIRECTION ADJOINT AU CHEF ETABLISSEMENT",
		})
		return
	}
	n := p.school.pupils
	staff := func(count int, profile ent.Profile, code ent.FunctionCode, label string, disciplines ...discipline) {
		for i := range count {
			d := disciplines[i%len(disciplines)]
			st.add(p.id, profile, ent.Function{Code: code, Label: label, Discipline: d.code, DisciplineLabel: d.label})
		}
	}
	boarders := discipline{"S0054", "ENCADRE. SUR. DES ELEVES (HORS INTERNAT)"}
	if p.school.kind != college {
		boarders = discipline{"S0055", "ENCADRE. SUR. DES ELEVES (INTERNAT)"}
	}
	staff(1, ent.ProfileDirection, ent.FunctionDirection, "DIRECTION", discipline{"D0010", "DIRECTION CHEF D'ETABLISSEMENT"})
	staff(n/300, ent.ProfileDirection, ent.FunctionDirection, "DIRECTION", discipline{"D0011", "DIRECTION ADJOINT AU CHEF ETABLISSEMENT"})
	staff(1+n/350, ent.ProfileSchoolLife, ent.FunctionEducation, "EDUCATION", discipline{"E0030", "EDUCATION  (CE ,CPE)"})
	staff(1+n/80, ent.ProfileSchoolLife, ent.FunctionAssistant, "ASSISTANT D'EDUCATION",
		discipline{"S0054", "ENCADRE. SUR. DES ELEVES (HORS INTERNAT)"}, boarders, discipline{"S0093", "AIDE DEVOIRS ET LECONS"})
	staff(1+n/600, ent.ProfileTeacher, ent.FunctionDocumentation, "DOCUMENTATION", discipline{"L0080", "DOCUMENTATION"})
	staff(n/120, ent.ProfileStaff, ent.FunctionAccompaniment, "ACCOMPAGNEMENT",
		discipline{"D0021", "ACCOMPAGNEMENT ELEVES SITUATION HANDICAP"})
	staff(1+n/250, ent.ProfileStaff, "ADF", "PERSONNELS ADMINISTRATIFS",
		discipline{"P9102", "GESTION MATERIELLE"}, discipline{"P9101", "FONCTION ADMINISTRATIVE"}, discipline{"P9103", "GESTION COMPTABLE"})
	if p.school.kind == pro {
		staff(1, ent.ProfileStaff, "CTR", "CHEF DE TRAVAUX", discipline{"P2072", "CHEF DE TRAVAUX EQUIP.SERV.COLLECTIVITES"})
	}
}

// primaryTeam gives each class of a primary school its teacher; the first one is also the head. The class has one
// teaching, without a subject: the feed of the first degree does not carry it.
func (st *staffing) primaryTeam(p *schoolPlan) {
	general := teach(discipline{"G0000", "SANS SPECIALITE"})
	for i := range p.classes {
		profile, functions := ent.ProfileTeacher, []ent.Function{general}
		if i == 0 {
			profile = ent.ProfileDirection
			functions = []ent.Function{teach(discipline{"D0000", "DIRECTION"}), general}
		}
		t := st.add(p.id, profile, functions...)
		t.teachings = append(t.teachings, ent.Teaching{Establishment: p.id, Class: p.classes[i].ID})
	}
}

// travellers are those who work in several schools of the sector, or in none.
func (st *staffing) travellers() {
	var first, second []*schoolPlan
	for _, p := range st.plans {
		switch {
		case !p.school.kind.second():
			first = append(first, p)
		case p.school.kind != segpa:
			second = append(second, p)
		}
	}
	aid := ent.Function{
		Code: ent.FunctionAccompaniment, Label: "ACCOMPAGNEMENT",
		Discipline: "D0021", DisciplineLabel: "ACCOMPAGNEMENT ELEVES SITUATION HANDICAP",
	}
	for i := range (len(first) + 1) / 2 {
		p := st.add(first[i].id, ent.ProfileStaff, aid)
		if i == 0 && len(second) > 0 { // of both degrees
			p.join(second[0].id, ent.ProfileStaff, aid)
		} else {
			p.join(first[len(first)-1-i].id, ent.ProfileStaff, aid)
		}
	}
	for i := 0; i < len(second) && len(second) > 1; i += 3 {
		guide := ent.Function{
			Code: "PSY", Label: "PSYCHOLOGUE DE L'EDUCATION NATIONALE", Discipline: "Y0012", DisciplineLabel: "EDU.DEV.CONS.ORI",
		}
		p := st.add(second[i].id, ent.ProfileStaff, guide)
		for _, at := range second[i+1 : min(i+3, len(second))] {
			p.join(at.id, ent.ProfileStaff, guide)
		}
	}
	none := ent.Function{Code: ent.FunctionNone, Label: "SANS OBJET", Discipline: "-", DisciplineLabel: "SANS OBJET"}
	if st.s.district >= 0 {
		district := establishmentID(st.s.district)
		st.add(district, ent.ProfileStaff, ent.Function{
			Code: "ACS", Label: "ACCOMPAGNEMENT SOUTIEN ET HORS AIS", Discipline: "G0205", DisciplineLabel: "COORDINATION REP PLUS",
		})
		for range len(first) / 5 {
			st.add(district, ent.ProfileTeacher, none)
		}
	}
	if st.a.zone >= 0 {
		for range len(second) / 2 {
			st.add(establishmentID(st.a.zone), ent.ProfileTeacher, none)
		}
	}
}
