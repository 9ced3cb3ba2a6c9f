package lsu

import (
	"io"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Check returns all that is wrong with a document for a version, as [Write] would find it: the rules of its schema and those
// of meaning. An issue of severity error or fatal blocks. The place of an issue is a path in the names of the file with the
// caller's keys, and its record the key of the pupil, of whom [ByPupil] makes a list; a key that does not have the shape of
// a code is shown as the rank of the record in the document, such as #12.
func Check(d *Document, v Version, c Choices) ent.Issues {
	if !v.Known() {
		return ent.Issues{catalog().New(CodeVersion, ent.Pos{}, "")}
	}
	_, findings := newPlan(d, v, c, false).judge(v.latest())
	return issuesOf(findings)
}

func issuesOf(findings []finding) ent.Issues {
	var out ent.Issues
	for _, f := range findings {
		out = append(out, f.issue)
	}
	return out
}

// CheckFile reads a file and returns all that is wrong with it for a version: the breaches of the schema with their lines,
// then those of the rules of meaning, whose records are named by their ids. The error is that of [Read].
func CheckFile(r io.Reader, v Version, c Choices) (ent.Issues, error) {
	var issues ent.Issues
	d, _, findings, err := read(r, Options{Version: v, OnIssue: func(i ent.Issue) { issues = append(issues, i) }}, true)
	if err != nil {
		return issues, err
	}
	p := newPlan(d, v, c, true)
	p.findings = nil // keys are ids here, and the schema's check told those that stand twice
	k := &checker{p: p}
	k.document()
	told := map[string]bool{}
	for _, f := range findings {
		told[f.issue.Path] = true
	}
	// What the schema has told with a line is not told again.
	more := slices.DeleteFunc(p.tolerate(k.findings), func(f finding) bool { return told[f.issue.Path] })
	return append(issues, issuesOf(more)...), nil
}

// checker judges a document by its meaning: section 11 of the rules of LSU as its importers and exporters show them.
type checker struct {
	p        *plan
	findings []finding
	// twin groups the disciplines of one code and modality; used tells the twins that a pupil has both of.
	twin map[Key]string
	used map[string]bool
	mode map[classPeriod]*mode
	// order lists the classes as they were met.
	order []classPeriod
}

type classPeriod struct {
	class  string
	period Key
}

type mode struct{ marks, positions, average bool }

func (c *checker) add(code ent.Code, u unit, path, record string, params ...ent.Param) {
	c.findings = append(c.findings, finding{catalog().New(code, ent.Pos{Record: record}, path, params...), u})
}

func (c *checker) document() {
	d := c.p.d
	if _, err := ent.ParseUAI(d.Header.School); err != nil && d.Header.School != "" {
		c.add(CodeUAI, unit{}, "$.etablissement", "")
	}
	c.pupils()
	for _, i := range c.p.order[kindPeriod] {
		if x := &d.Periods[i]; x.Index < 1 || x.Index > x.Count {
			k := c.p.keyShown(kindPeriod, x.Key)
			c.add(CodePeriodIndex, unit{}, "$.periodes.periode['"+k+"'].indice", k)
		}
	}
	for i := range d.Parcours {
		if x := &d.Parcours[i]; x.blank() {
			c.add(CodeBlankCommon, unit{}, "$.parcours-communs.parcours-commun['"+number(i)+"']", "")
		}
	}
	for i := range d.SchoolLife {
		if x := &d.SchoolLife[i]; x.blank() {
			c.add(CodeBlankCommon, unit{}, "$.vies-scolaires-communs.vie-scolaire-commun['"+number(i)+"']", "")
		}
	}
	if !c.p.first {
		c.disciplines()
		c.projects()
	}
	c.mode = map[classPeriod]*mode{}
	for _, i := range c.p.periodic {
		if c.counts(d.Periodic[i].Pupil) && !c.p.skipPeriodic[i] {
			c.periodic(i)
		}
	}
	for _, i := range c.p.cycle {
		if c.counts(d.Cycle[i].Pupil) && !c.p.skipCycle[i] {
			c.cycle(i)
		}
	}
	if !c.p.first {
		c.twins()
		c.teachers()
		c.modes()
	}
}

// counts reports whether a pupil is written; an unknown one is the schema's matter.
func (c *checker) counts(pupil Key) bool {
	i, ok := c.p.get(kindPupil, pupil)
	return !ok || !c.p.skipPupil[i]
}

func (c *checker) pupils() {
	p := c.p
	ine := p.first || p.v == Version13 && p.c.PupilID == PupilINE
	for _, i := range p.order[kindPupil] {
		if p.skipPupil[i] {
			continue
		}
		x := &p.d.Pupils[i]
		path := func(name string) (string, string) {
			k := p.keyShown(kindPupil, x.Key)
			return "$.eleves.eleve['" + k + "']." + name, k
		}
		switch {
		case ine:
			if _, err := ent.ParseINE(string(x.INE)); err != nil && x.INE != "" {
				at, k := path("ine")
				c.add(CodePupilINE, unit{"eleve", i}, at, k)
			}
		case !allDigits([]byte(strings.TrimSpace(x.SiecleID))) || strings.Trim(x.SiecleID, "0 ") == "":
			at, k := path("id-be")
			c.add(CodeSiecleID, unit{"eleve", i}, at, k)
		}
	}
}

func (c *checker) disciplines() {
	p := c.p
	c.twin, c.used = map[Key]string{}, map[string]bool{}
	first := map[string]Key{}
	for _, i := range p.order[kindDiscipline] {
		x := &p.d.Disciplines[i]
		k := p.keyShown(kindDiscipline, x.Key)
		if units([]byte(x.Code)) != 6 {
			c.add(CodeSubjectCode, unit{}, "$.disciplines.discipline['"+k+"'].code", k)
		} else if strings.HasPrefix(x.Code, "0000") && allDigits([]byte(x.Code)) {
			c.add(CodeInventedCode, unit{}, "$.disciplines.discipline['"+k+"'].code", k)
		}
		key := x.Code + "\x00" + string(x.Election) + "\x00" + string(x.Language)
		if had, twice := first[key]; twice {
			c.twin[had], c.twin[x.Key] = key, key
		} else {
			first[key] = x.Key
		}
	}
}

// twins tells the disciplines alike that no pupil has both of; those that a pupil has are told with the pupil.
func (c *checker) twins() {
	told := map[string]bool{}
	for _, i := range c.p.order[kindDiscipline] {
		x := &c.p.d.Disciplines[i]
		key, ok := c.twin[x.Key]
		if !ok || c.used[key] {
			continue
		}
		if told[key] { // the second one and the next
			k := c.p.keyShown(kindDiscipline, x.Key)
			c.add(CodeDisciplineKey, unit{}, "$.disciplines.discipline['"+k+"']", k)
		}
		told[key] = true
	}
}

func (c *checker) projects() {
	p := c.p
	declared := map[ThemeCode]bool{}
	for i := range p.d.Themes {
		declared[p.d.Themes[i].Code] = true
	}
	for _, i := range p.order[kindEPI] {
		x := &p.d.EPIs[i]
		k := p.keyShown(kindEPI, x.Key)
		missing := ""
		switch {
		case strings.TrimSpace(x.Title) == "":
			missing = "intitule"
		case x.Theme == "":
			missing = "thematique"
		case len(p.sorted(kindDiscipline, x.Disciplines)) < 2:
			missing = "discipline-refs"
		}
		if missing != "" {
			c.add(CodeProjectEPI, unit{}, "$.epis.epi['"+k+"']."+missing, k)
		}
		if _, national := LabelOf(ListTheme, string(x.Theme)); x.Theme != "" && !national && !declared[x.Theme] {
			c.add(CodeTheme, unit{}, "$.epis.epi['"+k+"'].thematique", k)
		}
	}
	for _, i := range p.order[kindEPIGroup] {
		g := &p.d.EPIGroups[i]
		epi, ok := p.get(kindEPI, g.Project)
		if !ok {
			continue
		}
		for _, discipline := range p.d.EPIs[epi].Disciplines {
			if !slices.ContainsFunc(g.Teachings, func(t Teaching) bool { return t.Discipline == discipline && t.Teacher != "" }) {
				k := p.keyShown(kindEPIGroup, g.Key)
				c.add(CodeProjectTeacher, unit{}, "$.epis-groupes.epi-groupe['"+k+"'].enseignants-disciplines", k)
				break
			}
		}
	}
}

// teachers tells those without an identifier of STS.
func (c *checker) teachers() {
	for _, i := range c.p.order[kindTeacher] {
		if strings.TrimSpace(c.p.stsOf(i)) == "" {
			k := c.p.keyShown(kindTeacher, c.p.d.Teachers[i].Key)
			c.add(CodeTeacherSTS, unit{}, "$.enseignants.enseignant['"+k+"'].id-sts", k)
		}
	}
}

// missing reports whether a text is blank.
func missing(s string) bool { return strings.TrimSpace(s) == "" }

func (c *checker) periodic(i int) {
	p, r := c.p, &c.p.d.Periodic[i]
	u := unit{"bilan-periodique", i}
	at := func(code ent.Code, field string, params ...ent.Param) {
		c.add(code, u, p.periodicPath(i)+"."+field, p.keyShown(kindPupil, r.Pupil), params...)
	}
	if missing(r.Appraisal) {
		if p.first {
			at(CodeAppraisal, "appreciation-generale")
		} else {
			at(CodeAppraisal, "acquis-conseils")
		}
	}
	c.supports(r.Support, at)
	c.guardians(r.Guardians, at)
	if p.first {
		return
	}
	council := r.Council
	if council.IsZero() && p.c.Council == CouncilFromLock {
		council = r.Locked.Date()
	}
	switch {
	case council.IsZero():
		at(CodeCouncilDate, "date-conseil-classe")
	case !r.Schooling.IsZero() && council.Before(r.Schooling):
		at(CodeCouncilEarly, "date-conseil-classe")
	}
	if r.Locked == "" && p.bit&v3 == 0 {
		at(CodeNoLock, "date-verrou")
	}
	if l := r.Life; l == nil {
		at(CodeCounters, "vie-scolaire")
	} else {
		for _, n := range []struct {
			name string
			n    *int
		}{{"nb-retards", l.Late}, {"nb-abs-justifiees", l.Excused}, {"nb-abs-injustifiees", l.Unexcused}} {
			if n.n == nil {
				at(CodeCounters, "vie-scolaire."+n.name)
			}
		}
	}
	c.results(r, at)
}

func (c *checker) results(r *PeriodicReport, at func(ent.Code, string, ...ent.Param)) {
	p := c.p
	class := r.Division
	if i, ok := p.get(kindPupil, r.Pupil); ok && class == "" {
		class = p.d.Pupils[i].Division
	}
	m := c.mode[classPeriod{class, r.Period}]
	if m == nil {
		m = &mode{}
		c.mode[classPeriod{class, r.Period}] = m
		c.order = append(c.order, classPeriod{class, r.Period})
	}
	var met map[string]Key
	for i := range r.Results {
		x := &r.Results[i]
		on := func(code ent.Code, field string) {
			at(code, "liste-acquis.acquis['"+p.keyShown(kindDiscipline, x.Discipline)+"']."+field)
		}
		if len(x.Teachers) == 0 {
			on(CodeNoTeacher, "enseignant-refs")
		}
		bare := x.Mark == "" && x.Position == "" && !x.NotMarked
		if bare && p.c.Unmarked == UnmarkedBlocks {
			on(CodeNotAssessed, "moyenne-eleve")
		}
		if x.NotMarked && x.Mark != "" && x.Mark != MarkNN {
			on(CodeMarkAndFlag, "eleve-non-note")
		}
		if missing(x.Appreciation) && (p.c.Appreciation == AppreciationRequired || p.c.Appreciation == AppreciationRequiredIfMarked && !x.NotMarked && x.Mark != MarkNN && !bare) {
			on(CodeAppreciation, "appreciation")
		}
		switch {
		case x.NotMarked || x.Mark == MarkNN:
		case x.Mark != "":
			m.marks = true
		case x.Position != "":
			m.positions = true
		}
		m.average = m.average || x.ClassMark != ""
		if key, ok := c.twin[x.Discipline]; ok {
			if other, twice := met[key]; twice && other != x.Discipline {
				c.used[key] = true
				on(CodeServiceTwice, "discipline-ref")
			}
			if met == nil {
				met = map[string]Key{}
			}
			met[key] = x.Discipline
		}
	}
}

func (c *checker) modes() {
	for _, at := range c.order {
		m := c.mode[at]
		path := "$.bilans-periodiques['" + shown(at.class) + "','" + c.p.keyShown(kindPeriod, at.period) + "']"
		switch {
		case m.marks && m.positions:
			c.add(CodeMixedModes, unit{}, path, "", ent.CodeOf("class", at.class))
		case m.positions && m.average:
			c.add(CodeClassMark, unit{}, path, "")
		}
	}
}

func (c *checker) supports(list []Support, at func(ent.Code, string, ...ent.Param)) {
	for _, s := range list {
		if s.PPRE != "" && s.Code != SupportPPRE || s.Contract != "" && s.Code != SupportCTR {
			at(CodeSupportText, "modalites-accompagnement.modalite-accompagnement['"+shown(string(s.Code))+"']")
		}
	}
}

func (c *checker) guardians(list []Guardian, at func(ent.Code, string, ...ent.Param)) {
	for i := range list {
		g, name := &list[i], "responsables.responsable['"+number(i)+"']"
		switch {
		case !g.complete(c.p.bit):
			at(CodeGuardian, name)
		case missing(g.Family) && missing(g.Denomination):
			at(CodeGuardianName, name)
		}
		if g.Address != nil && !g.Address.complete(c.p.bit) {
			at(CodeAddress, name+".adresse")
		}
	}
}

func (c *checker) cycle(i int) {
	p, r := c.p, &c.p.d.Cycle[i]
	u := unit{"bilan-cycle", i}
	at := func(code ent.Code, field string, params ...ent.Param) {
		c.add(code, u, p.cyclePath(i)+"."+field, p.keyShown(kindPupil, r.Pupil), params...)
	}
	if missing(r.Synthesis) {
		at(CodeAppraisal, "synthese")
	}
	have := map[DomainCode]bool{}
	for _, s := range r.Socle {
		if s.Position != "" && domainRank(s.Domain) < 8 {
			have[s.Domain] = true
		}
	}
	if p.c.Socle == SocleLanguageExempt && len(have) == 7 && len(r.Socle) == 7 && !have[DomainLanguages] {
		have[DomainLanguages] = true
	}
	if len(have) < 8 {
		field := "socle.domaine"
		if len(r.Socle) == 0 {
			field = "socle"
		}
		at(CodeSocle, field, ent.Count("count", int64(len(have))))
	}
	c.guardians(r.Guardians, at)
	if p.first {
		return
	}
	if r.Locked == "" && p.bit&v3 == 0 {
		at(CodeNoLock, "date-verrou")
	}
	if r.Complement != nil && r.Complement.Code != "AUC" && r.Cycle == "3" {
		at(CodeComplement, "enseignement-complement")
	}
}
