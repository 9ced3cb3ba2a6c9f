package lsu

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// plan is what writing a document takes: the order of the records, their ids, and what is left out. It leaves the document
// as it is.
type plan struct {
	d     *Document
	v     Version
	bit   vset
	c     Choices
	first bool
	// order lists the records of each kind by natural key; rank and ids tell the place and the id of a key.
	order [kindCount][]int
	rank  [kindCount]map[Key]int
	ids   [kindCount][]string
	// skipPupil, skipPeriodic and skipCycle are left out, by their index in the document.
	skipPupil, skipPeriodic, skipCycle map[int]bool
	periodic, cycle                    []int
	division                           map[Key]string
	class                              map[Key]Key
	sts                                map[int]string
	findings                           []finding
}

func newPlan(d *Document, v Version, c Choices, keepIDs bool) *plan {
	p := &plan{
		d: d, v: v, bit: v.bit(), c: c, first: v.Degree() == ent.FirstDegree,
		skipPupil: map[int]bool{}, skipPeriodic: map[int]bool{}, skipCycle: map[int]bool{}, sts: map[int]string{},
	}
	p.deriveSTS()
	p.sort()
	p.name(keepIDs)
	p.classes()
	return p
}

// numeric compares texts that are mostly numbers: as numbers when both are, otherwise as texts.
func numeric(a, b string) int {
	if allDigits([]byte(a)) && allDigits([]byte(b)) {
		x, y := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if n := cmp.Compare(len(x), len(y)); n != 0 {
			return n
		}
		if n := strings.Compare(x, y); n != 0 {
			return n
		}
	}
	return strings.Compare(a, b)
}

func (p *plan) arrange(k kind, n int, key func(int) Key, less func(a, b int) int) {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(less(a, b), strings.Compare(string(key(a)), string(key(b))))
	})
	p.order[k] = order
	p.rank[k] = make(map[Key]int, n)
	for r, i := range order {
		if _, twice := p.rank[k][key(i)]; !twice {
			p.rank[k][key(i)] = r
		} else if key(i) != "" {
			p.find(CodeKeyTwice, unit{}, "$."+elementOf(k), shown(string(key(i))))
		}
	}
}

// elementOf names the records of a kind as the file does.
func elementOf(k kind) string {
	return [kindCount]string{
		"", "responsable-etab", "classe", "eleve", "periode", "discipline", "enseignant", "element-programme",
		"competences-numeriques-commun", "epi", "epi-groupe", "acc-perso", "acc-perso-groupe",
	}[k]
}

// sort orders the records that others refer to, those that a comparison needs before the others.
func (p *plan) sort() {
	d := p.d
	p.arrange(kindHead, len(d.Heads), func(i int) Key { return d.Heads[i].Key }, func(a, b int) int {
		x, y := &d.Heads[a], &d.Heads[b]
		return cmp.Or(strings.Compare(headLabel(x), headLabel(y)), strings.Compare(x.Family, y.Family), strings.Compare(x.Given, y.Given), strings.Compare(string(x.Civility), string(y.Civility)))
	})
	p.arrange(kindClass, len(d.Classes), func(i int) Key { return d.Classes[i].Key }, func(a, b int) int {
		x, y := &d.Classes[a], &d.Classes[b]
		return cmp.Or(numeric(x.Number, y.Number), strings.Compare(x.Label, y.Label))
	})
	p.arrange(kindPupil, len(d.Pupils), func(i int) Key { return d.Pupils[i].Key }, func(a, b int) int {
		x, y := &d.Pupils[a], &d.Pupils[b]
		return cmp.Or(numeric(p.pupilID(x), p.pupilID(y)), strings.Compare(string(x.INE), string(y.INE)), strings.Compare(x.Family, y.Family), strings.Compare(x.Given, y.Given))
	})
	p.arrange(kindPeriod, len(d.Periods), func(i int) Key { return d.Periods[i].Key }, func(a, b int) int {
		x, y := &d.Periods[a], &d.Periods[b]
		return cmp.Or(strings.Compare(x.Year, y.Year), cmp.Compare(x.Count, y.Count), cmp.Compare(x.Index, y.Index), x.Start.Compare(y.Start), x.End.Compare(y.End))
	})
	codes := map[Key]string{}
	for i := range d.Disciplines {
		codes[d.Disciplines[i].Key] = d.Disciplines[i].Code + string(d.Disciplines[i].Election)
	}
	p.arrange(kindDiscipline, len(d.Disciplines), func(i int) Key { return d.Disciplines[i].Key }, func(a, b int) int {
		x, y := &d.Disciplines[a], &d.Disciplines[b]
		return cmp.Or(strings.Compare(x.Code, y.Code), strings.Compare(string(x.Election), string(y.Election)),
			strings.Compare(codes[x.Language], codes[y.Language]), strings.Compare(x.National, y.National), strings.Compare(x.Label, y.Label))
	})
	p.arrange(kindTeacher, len(d.Teachers), func(i int) Key { return d.Teachers[i].Key }, func(a, b int) int {
		x, y := &d.Teachers[a], &d.Teachers[b]
		return cmp.Or(strings.Compare(string(x.Type), string(y.Type)), numeric(p.stsOf(a), p.stsOf(b)),
			strings.Compare(x.Family, y.Family), strings.Compare(x.Given, y.Given), strings.Compare(string(x.Civility), string(y.Civility)))
	})
	p.arrange(kindElement, len(d.Elements), func(i int) Key { return d.Elements[i].Key }, func(a, b int) int {
		return strings.Compare(d.Elements[a].Label, d.Elements[b].Label)
	})
	p.arrange(kindDigital, len(d.Digital), func(i int) Key { return d.Digital[i].Key }, func(a, b int) int {
		x, y := &d.Digital[a], &d.Digital[b]
		return cmp.Or(strings.Compare(string(x.Type), string(y.Type)), strings.Compare(x.Structure, y.Structure), strings.Compare(x.Text, y.Text))
	})
	p.projects(kindEPI, kindEPIGroup, d.EPIs, d.EPIGroups)
	p.projects(kindAP, kindAPGroup, d.APs, d.APGroups)

	p.periodic = p.arranged(len(d.Periodic), func(a, b int) int {
		x, y := &d.Periodic[a], &d.Periodic[b]
		return cmp.Or(p.compare(kindPupil, x.Pupil, y.Pupil), p.compare(kindPeriod, x.Period, y.Period), x.Schooling.Compare(y.Schooling), x.Council.Compare(y.Council))
	})
	p.cycle = p.arranged(len(d.Cycle), func(a, b int) int {
		x, y := &d.Cycle[a], &d.Cycle[b]
		return cmp.Or(p.compare(kindPupil, x.Pupil, y.Pupil), strings.Compare(x.Cycle, y.Cycle), strings.Compare(x.Year, y.Year))
	})
}

func (p *plan) projects(k, groups kind, projects []Project, list []ProjectGroup) {
	p.arrange(k, len(projects), func(i int) Key { return projects[i].Key }, func(a, b int) int {
		x, y := &projects[a], &projects[b]
		return cmp.Or(strings.Compare(x.Title, y.Title), strings.Compare(string(x.Theme), string(y.Theme)),
			slices.CompareFunc(p.sorted(kindDiscipline, x.Disciplines), p.sorted(kindDiscipline, y.Disciplines), func(m, n Key) int { return p.compare(kindDiscipline, m, n) }),
			strings.Compare(x.Description, y.Description))
	})
	p.arrange(groups, len(list), func(i int) Key { return list[i].Key }, func(a, b int) int {
		x, y := &list[a], &list[b]
		return cmp.Or(p.compare(k, x.Project, y.Project), strings.Compare(x.Title, y.Title), strings.Compare(x.Comment, y.Comment),
			slices.CompareFunc(p.teachings(x.Teachings), p.teachings(y.Teachings), p.compareTeaching))
	})
}

func (p *plan) teachings(list []Teaching) []Teaching {
	out := slices.Clone(list)
	slices.SortFunc(out, p.compareTeaching)
	return slices.Compact(out)
}

func (p *plan) compareTeaching(a, b Teaching) int {
	return cmp.Or(p.compare(kindDiscipline, a.Discipline, b.Discipline), p.compare(kindTeacher, a.Teacher, b.Teacher))
}

func (p *plan) arranged(n int, less func(a, b int) int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	slices.SortStableFunc(out, less)
	return out
}

// compare compares references by the order of what they lead to; those that lead nowhere come last.
func (p *plan) compare(k kind, a, b Key) int {
	x, ok := p.rank[k][a]
	y, also := p.rank[k][b]
	switch {
	case ok && also:
		return cmp.Compare(x, y)
	case ok:
		return -1
	case also:
		return 1
	}
	return strings.Compare(string(a), string(b))
}

// sorted returns references in order, each once.
func (p *plan) sorted(k kind, keys []Key) []Key {
	if len(keys) < 2 {
		return keys
	}
	out := slices.Clone(keys)
	slices.SortFunc(out, func(a, b Key) int { return p.compare(k, a, b) })
	return slices.Compact(out)
}

// get returns the index of a record in the document.
func (p *plan) get(k kind, key Key) (int, bool) {
	r, ok := p.rank[k][key]
	if !ok {
		return 0, false
	}
	return p.order[k][r], true
}

// pupilID returns what stands for a pupil in the version.
func (p *plan) pupilID(x *Pupil) string {
	if p.first || p.v == Version13 && p.c.PupilID == PupilINE {
		return string(x.INE)
	}
	return x.SiecleID
}

func headLabel(h *Head) string {
	if h.Label != "" || h.Family == "" {
		return h.Label
	}
	return strings.TrimSpace(h.Given + " " + h.Family)
}

func (p *plan) stsOf(teacher int) string {
	if s := p.sts[teacher]; s != "" {
		return s
	}
	return p.d.Teachers[teacher].STS
}

// deriveSTS gives a stable number to teachers without one, when it is asked.
func (p *plan) deriveSTS() {
	if p.c.STS != STSDerived || p.first {
		return
	}
	used := map[string]bool{}
	var without []int
	for i := range p.d.Teachers {
		if s := p.d.Teachers[i].STS; s != "" {
			used[s] = true
		} else {
			without = append(without, i)
		}
	}
	slices.SortFunc(without, func(a, b int) int { return strings.Compare(string(p.d.Teachers[a].Key), string(p.d.Teachers[b].Key)) })
	for _, i := range without {
		t := &p.d.Teachers[i]
		s := StableSTS(p.d.Header.School, string(t.Key))
		for used[s] {
			n, _ := strconv.Atoi(s)
			s = strconv.Itoa(n + 1)
		}
		used[s] = true
		p.sts[i] = s
		p.find(CodeDerivedSTS, unit{}, "$.enseignants.enseignant", shown(string(t.Key)))
	}
}

// name gives each record an id: from its natural key, or its own key when the ids of a file are to be kept.
func (p *plan) name(keep bool) {
	d := p.d
	used := map[string]bool{}
	kept := func(key Key) string {
		if keep && isNCName([]byte(key)) && !used[string(key)] {
			used[string(key)] = true
			return string(key)
		}
		return ""
	}
	key := func(k kind, i int) Key {
		switch k {
		case kindHead:
			return d.Heads[i].Key
		case kindClass:
			return d.Classes[i].Key
		case kindPupil:
			return d.Pupils[i].Key
		case kindPeriod:
			return d.Periods[i].Key
		case kindDiscipline:
			return d.Disciplines[i].Key
		case kindTeacher:
			return d.Teachers[i].Key
		case kindElement:
			return d.Elements[i].Key
		case kindDigital:
			return d.Digital[i].Key
		case kindEPI:
			return d.EPIs[i].Key
		case kindEPIGroup:
			return d.EPIGroups[i].Key
		case kindAP:
			return d.APs[i].Key
		default:
			return d.APGroups[i].Key
		}
	}
	for k := kindHead; k < kindCount; k++ {
		p.ids[k] = make([]string, len(p.order[k]))
		for r, i := range p.order[k] {
			p.ids[k][r] = kept(key(k, i))
		}
	}
	for k := kindHead; k < kindCount; k++ {
		for r, i := range p.order[k] {
			if p.ids[k][r] != "" {
				continue
			}
			id := p.natural(k, i, r)
			for n, plain := 2, id; used[id]; n++ {
				id = plain + "_" + strconv.Itoa(n)
			}
			used[id] = true
			p.ids[k][r] = id
		}
	}
}

// natural makes the id of a record from what names it in the format, or from its rank.
func (p *plan) natural(k kind, i, rank int) string {
	prefix := [kindCount]string{"", "RESP", "CL", "EL", "P", "DI", "ENS", "EP", "CNC", "EPI", "EPIG", "AP", "APG"}[k]
	n := ""
	switch k {
	case kindClass:
		n = p.d.Classes[i].Number
	case kindPupil:
		n = p.pupilID(&p.d.Pupils[i])
	case kindPeriod:
		x := &p.d.Periods[i]
		n = x.Year + "_" + strconv.Itoa(x.Index) + "_" + strconv.Itoa(x.Count)
	case kindDiscipline:
		n = p.d.Disciplines[i].Code + string(p.d.Disciplines[i].Election)
	case kindTeacher:
		if !p.first {
			n = string(p.d.Teachers[i].Type) + "_" + p.stsOf(i)
		}
	default: // the rank
	}
	for j := range len(n) {
		c := n[j]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			n = ""
			break
		}
	}
	if n == "" || len(n) > 40 {
		n = strconv.Itoa(rank + 1)
	}
	return prefix + "_" + n
}

// unknownID is the id of nothing.
const unknownID = "INCONNU"

// id returns the id that a reference leads to. A reference to another kind keeps that kind's id, so that the check tells the
// difference from one that leads nowhere.
func (p *plan) id(k kind, key Key) string {
	if r, ok := p.rank[k][key]; ok {
		return p.ids[k][r]
	}
	for other := kindHead; other < kindCount; other++ {
		if r, ok := p.rank[other][key]; ok && key != "" {
			return p.ids[other][r]
		}
	}
	if key == "" {
		return ""
	}
	return unknownID
}

// several stands for the class of a pupil whose reports are of several.
const several = "\x00"

// classes finds the class of the pupils whose reports name one: that of the reports when they all have the same.
func (p *plan) classes() {
	p.division, p.class = map[Key]string{}, map[Key]Key{}
	note := func(pupil Key, division string, class Key) {
		i, ok := p.get(kindPupil, pupil)
		if !ok {
			return
		}
		division, class = cmp.Or(division, p.d.Pupils[i].Division), cmp.Or(class, p.d.Pupils[i].Class)
		if had, ok := p.division[pupil]; ok && had != division {
			division = several
		}
		if had, ok := p.class[pupil]; ok && had != class {
			class = several
		}
		p.division[pupil], p.class[pupil] = division, class
	}
	named := false
	for i := range p.d.Periodic {
		named = named || p.d.Periodic[i].Division != "" || p.d.Periodic[i].Class != ""
	}
	for i := range p.d.Cycle {
		named = named || p.d.Cycle[i].Division != "" || p.d.Cycle[i].Class != ""
	}
	if !named {
		return
	}
	for i := range p.d.Periodic {
		note(p.d.Periodic[i].Pupil, p.d.Periodic[i].Division, p.d.Periodic[i].Class)
	}
	for i := range p.d.Cycle {
		note(p.d.Cycle[i].Pupil, p.d.Cycle[i].Division, p.d.Cycle[i].Class)
	}
}

// showing returns what shows an id: the caller's key, or the rank of the record in the document.
func (p *plan) showing() func([]byte) string {
	names := map[string]string{unknownID: "…"}
	for k := kindHead; k < kindCount; k++ {
		for key, r := range p.rank[k] {
			s := shown(string(key))
			if s == "…" {
				s = number(p.order[k][r])
			}
			names[p.ids[k][r]] = s
		}
	}
	return func(id []byte) string {
		if s, ok := names[string(id)]; ok {
			return s
		}
		return string(id)
	}
}

// keyShown shows the key of a record.
func (p *plan) keyShown(k kind, key Key) string {
	s := shown(string(key))
	if i, ok := p.get(k, key); ok && s == "…" {
		s = number(i)
	}
	return s
}

func (p *plan) find(code ent.Code, u unit, path, record string, params ...ent.Param) {
	p.findings = append(p.findings, finding{catalog().New(code, ent.Pos{Record: record}, path, params...), u})
}
