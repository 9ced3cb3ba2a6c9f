package enttest

import (
	"strconv"

	"github.com/opencartable/cartable/ent"
)

// schoolPlan is what a school teaches: its classes and groups, and which seats of each level they hold.
type schoolPlan struct {
	school  *school
	id      ent.ID
	classes []ent.Class
	groups  []ent.Group
	// classLevel and classTrack give the level and the track of each class of the second degree; classOdd and groupOdd
	// tell the odd ones.
	classLevel, classTrack []int
	classOdd, groupOdd     []bool
	// groupNeed is what each group of the second degree is taught.
	groupNeed []need
	at        [levels]levelPlan
	// project is the class that follows the local programme, -1 for none.
	project int
	// lessons are the subjects of the pupils of each class: see lessonsOf.
	lessons [][4][]ent.SubjectCode
}

// levelPlan says which classes and groups the pupils of a level are in.
type levelPlan struct {
	first, classes int // the classes of the level, one after the other
	before         int // pupils of lower levels, where classes are cut across levels
	half           int // first of the half-class groups, two by class; -1 for none
	spanish        int // first of the Spanish groups; -1 for none
	spanishGroups  int
	german         int // the German group; -1 for none
	latin          int // the Latin group; -1 for none
	ulis           int // the ULIS group; -1 for none
}

// Largest classes, by kind of school.
const (
	classPrimary = 27
	classCollege = 32
	classSEGPA   = 16
	classLycee   = 35
	classPro     = 24
)

func (a *Academy) plan(s *sector, index int) *schoolPlan {
	c := &s.schools[index]
	p := &schoolPlan{school: c, id: establishmentID(c.number), project: -1}
	for l := range p.at {
		p.at[l] = levelPlan{half: -1, spanish: -1, german: -1, latin: -1, ulis: -1}
	}
	if c.kind.second() {
		a.planSecond(p)
		if s.number == 0 && len(s.colleges) > 0 && index == s.colleges[0] {
			p.addProject()
		}
	} else {
		a.planFirst(p)
	}
	return p
}

// planFirst cuts the pupils, youngest first, into classes of about the same size: a small school has classes of several
// levels, a large one few.
func (a *Academy) planFirst(p *schoolPlan) {
	c := p.school
	total := 0
	for l := range level6e {
		p.at[l].before = total
		total += c.level[l]
	}
	count := (total + classPrimary - 1) / classPrimary
	for i := range count {
		from, to := cut(total, count, i), cut(total, count, i+1)
		label := ""
		var names []string
		for l := range level6e {
			if p.at[l].before < to && p.at[l].before+c.level[l] > from {
				if label != "" {
					label += "-"
				}
				label += levelName(l)
				names = append(names, levelName(l))
			}
		}
		code := strconv.Itoa((4001+c.number)*100 + i + 1)
		p.classes = append(p.classes, ent.Class{
			ID: p.id + "$" + ent.ID(code), Establishment: p.id, Code: code, Label: label + " " + letter(i), Levels: names,
		})
		p.classOdd = append(p.classOdd, false)
	}
	if total >= 60 && c.level[levelCP+1] > 0 {
		code := strconv.Itoa((4001+c.number)*100 + 99)
		p.addGroup(ent.Group{Code: code, Label: "ULIS"}, need{}, false)
		for l := levelCP; l < level6e; l++ {
			p.at[l].ulis = 0
		}
	}
}

// cut returns where the part i of n begins.
func cut(total, n, i int) int { return total * i / n }

func (a *Academy) planSecond(p *schoolPlan) {
	c := p.school
	var d draw
	d.on(a, "class codes", string(p.id))
	style := d.n(3)
	first, last := c.kind.levels()
	most := map[kind]int{college: classCollege, segpa: classSEGPA, lycee: classLycee, pro: classPro}[c.kind]
	for l := first; l <= last; l++ {
		n := c.level[l]
		at := &p.at[l]
		at.first, at.classes = len(p.classes), (n+most-1)/most
		for i := range at.classes {
			track := 0
			if c.kind == lycee && l > level2d || c.kind == pro {
				track = i % len(tracksOf(c.kind))
			}
			odd := d.chance(a.odd)
			code := classCode(c.kind, l, i, track, style)
			if odd {
				code = oddClassCode(l, i)
			}
			p.classes = append(p.classes, ent.Class{
				ID: p.id + "$" + ent.ID(code), Establishment: p.id, Code: code,
				Label:      levelLabel(c.kind, l) + " " + letter(i),
				Programmes: []ent.MEF{programmeOf(c.kind, l, track)},
			})
			p.classLevel = append(p.classLevel, l)
			p.classTrack = append(p.classTrack, track)
			p.classOdd = append(p.classOdd, odd)
		}
	}
	for l := first; l <= last; l++ {
		a.planGroups(p, l, &d)
	}
	p.lessons = make([][4][]ent.SubjectCode, len(p.classes))
}

// planGroups makes the groups of a level: halves of a class, and languages across the classes.
func (a *Academy) planGroups(p *schoolPlan, l int, d *draw) {
	c, at := p.school, &p.at[l]
	n := c.level[l]
	if n == 0 || c.kind == segpa {
		return
	}
	prefix := levelPrefix(l)
	all := make([]ent.ID, at.classes)
	for i := range all {
		all[i] = p.classes[at.first+i].ID
	}
	add := func(code, label string, classes []ent.ID, what need) int {
		return p.addGroup(ent.Group{Code: code, Label: label, Classes: classes}, what, d.chance(a.odd))
	}
	if c.kind == pro || l == level6e {
		at.half = len(p.groups)
		what := need{subTechnology, discTechnology, 3}
		if c.kind == pro {
			what = need{subPractice, discTrade, 20}
		}
		for i := range at.classes {
			for half := range 2 {
				add(prefix+letter(i)+"GR"+strconv.Itoa(half+1), "", all[i:i+1:i+1], what)
			}
		}
		return
	}
	rest := n
	if n >= 48 {
		at.german = add(prefix+"ALL1", "ALLEMAND LV2", all, need{subGerman, discGerman, 5})
		rest -= n / 6
	}
	at.spanish, at.spanishGroups = len(p.groups), max(1, (rest+27)/28)
	for i := range at.spanishGroups {
		add(prefix+"ESP"+strconv.Itoa(i+1), "ESPAGNOL LV2 GR."+strconv.Itoa(i+1), all, need{subSpanish, discSpanish, 5})
	}
	if c.kind == college && n >= 20 {
		at.latin = add(prefix+"LAT", "LATIN", all, need{subLatin, discClassics, 4})
	}
}

func (p *schoolPlan) addGroup(g ent.Group, what need, odd bool) int {
	g.ID, g.Establishment = p.id+"$"+ent.ID(g.Code), p.id
	if odd {
		what.subject = UnknownSubject
	}
	p.groups = append(p.groups, g)
	p.groupNeed = append(p.groupNeed, what)
	p.groupOdd = append(p.groupOdd, odd && what.hours > 0)
	return len(p.groups) - 1
}

// addProject lets half of a 3e class follow the local programme.
func (p *schoolPlan) addProject() {
	at := &p.at[level2d-1]
	if at.classes == 0 {
		return
	}
	p.project = at.first
	c := &p.classes[p.project]
	c.Programmes = append(c.Programmes, localProgramme)
}

// place says where a seat of a level is: the class and the rank in it.
func (p *schoolPlan) place(level, seat int) (class, rank int) {
	at := &p.at[level]
	if p.school.kind.second() {
		return at.first + seat%at.classes, seat / at.classes
	}
	position, total, count := at.before+seat, p.school.pupils, len(p.classes)
	class = position * count / total
	for position >= cut(total, count, class+1) {
		class++
	}
	for position < cut(total, count, class) {
		class--
	}
	return class, position - cut(total, count, class)
}

// groupsOf returns the groups of a pupil, and the variant of the subjects followed: bit 0 German, bit 1 Latin.
func (p *schoolPlan) groupsOf(level, seat, class, rank int) (groups []ent.ID, variant int) {
	at := &p.at[level]
	if at.half >= 0 {
		groups = append(groups, p.groups[at.half+2*(class-at.first)+rank%2].ID)
	}
	switch {
	case at.german >= 0 && seat%6 == 5:
		groups = append(groups, p.groups[at.german].ID)
		variant |= 1
	case at.spanish >= 0:
		groups = append(groups, p.groups[at.spanish+rank%at.spanishGroups].ID)
	}
	if at.latin >= 0 && seat%7 == 2 {
		groups = append(groups, p.groups[at.latin].ID)
		variant |= 2
	}
	if at.ulis >= 0 && seat == 1 {
		groups = append(groups, p.groups[at.ulis].ID)
	}
	return groups, variant
}

// lessonsOf returns the subjects that a pupil of a class follows. Pupils share the list.
func (p *schoolPlan) lessonsOf(class, variant int) []ent.SubjectCode {
	if list := p.lessons[class][variant]; list != nil {
		return list
	}
	l := p.classLevel[class]
	var list []ent.SubjectCode
	for _, n := range p.needsOf(class) {
		list = append(list, n.subject)
	}
	at := &p.at[l]
	switch {
	case at.half >= 0 && p.school.kind == pro:
		list = append(list, subPractice)
	case at.half >= 0:
		list = append(list, subTechnology)
	case variant&1 != 0:
		list = append(list, subGerman)
	case at.spanish >= 0:
		list = append(list, subSpanish)
	}
	if variant&2 != 0 {
		list = append(list, subLatin)
	}
	p.lessons[class][variant] = list
	return list
}

// needsOf returns what a class of the second degree is taught as a whole.
func (p *schoolPlan) needsOf(class int) []need {
	list := needsOf(p.school.kind, p.classLevel[class], p.classTrack[class])
	if class == p.project {
		list = append(list, need{localSubject, discMaths, 2})
	}
	return list
}
