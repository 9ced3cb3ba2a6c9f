package annuaire

import (
	"cmp"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// seen is the first row of a key.
type seen struct {
	record int
	row    *row
	// several says that another row of the key was refused.
	several bool
}

// keep adds a record under the key of its row. It returns its place, or -1 for a row whose key another one has: the two say
// the same, or the second is refused, since nothing tells whether they are one person.
func (r *reading) keep(x *row, id string, rec directory.Record) (n int, ok bool) {
	rec.Key = directory.Key{Origin: r.o.Origin, Category: x.f.info.Profile.Category(), ID: id}
	if first := r.seen[rec.Key]; first != nil {
		if first.row.f == x.f && slices.Equal(first.row.cells, x.cells) {
			x.issue(CodeRowTwice, colNone, ent.Count("line", int64(first.row.line)))
			return -1, true
		}
		first.several = true
		r.twice++
		x.issue(CodeDuplicate, colNone, ent.Count("line", int64(first.row.line)))
		return -1, false
	}
	rec.Pos = x.f.pos(x.line, 0)
	n = len(r.records)
	r.seen[rec.Key] = &seen{record: n, row: x}
	r.records = append(r.records, rec)
	return n, true
}

// school returns the tie to the school.
func (r *reading) school(p ent.Profile, functions ...ent.Function) directory.Tie {
	return directory.Tie{
		Kind: directory.TieEstablishment, Origin: r.o.Origin, Target: r.o.School.ID, Profile: p, Functions: functions,
	}
}

// cells returns the classes, or the groups, that the cells of a column name.
func (r *reading) cells(x *row, c column, get func(string) *place) []*place {
	var out []*place
	x.each(c, func(v string, cell int) {
		label, ok := r.places.local(v)
		if !ok {
			x.issueAt(CodeOtherSchool, cell, c)
			return
		}
		if p := get(label); !slices.Contains(out, p) {
			out = append(out, p)
		}
	})
	return out
}

// classes returns the classes of a row, or the one that stands for them.
func (r *reading) classes(x *row) []*place {
	if r.o.OverrideClass != "" {
		return []*place{r.places.class(r.o.OverrideClass)}
	}
	return r.cells(x, colClasses, r.places.class)
}

// pupil makes a pupil of a row.
func (r *reading) pupil(f *file, x *row) bool {
	p, ok := x.person()
	if !ok {
		return false
	}
	if p.BirthDate.IsZero() {
		x.issue(CodeNoBirthDate, colNone)
	}
	p.Schooling = &ent.Schooling{
		Establishment: r.o.School.ID, INE: x.ine(), Track: x.one(colSector), Scholarship: x.flag(colScholarship), Transport: x.flag(colTransport),
	}
	s := p.Schooling
	x.programme(s)
	if label := x.one(colAccommodation); label != "" {
		s.Regime, s.RegimeLabel = regimeOf(label), label
		if label == string(s.Regime) {
			s.RegimeLabel = ""
		}
	}
	x.each(colSubject, func(v string, cell int) {
		code, err := ent.ParseSubjectCode(v)
		if err != nil {
			x.issueAt(CodeValue, cell, colSubject)
			x.unsay("schooling.subjects")
			return
		}
		s.Subjects = append(s.Subjects, code)
	})
	rec := directory.Record{Person: p, SchoolUAI: r.o.School.UAI, Ties: []directory.Tie{r.school(ent.ProfilePupil)}}
	classes := r.classes(x)
	for _, c := range classes {
		rec.Ties = append(rec.Ties, directory.Tie{Kind: directory.TieClass, Origin: r.o.Origin, Target: c.id, Establishment: r.o.School.ID})
	}
	for _, g := range r.cells(x, colGroups, r.places.group) {
		rec.Ties = append(rec.Ties, directory.Tie{Kind: directory.TieGroup, Origin: r.o.Origin, Target: g.id, Establishment: r.o.School.ID})
	}
	rec.Stated = x.stated() | directory.FieldsOf("schooling.establishment")
	if r.o.OverrideClass != "" {
		rec.Stated |= directory.FieldsOf("class")
	}
	id := r.personID(f, x, p.BirthDate)
	n, ok := r.keep(x, id, rec)
	r.family.add(&p, n, ok, x, classes)
	if n < 0 {
		return ok
	}
	for _, c := range classes {
		if s.Level != "" {
			c.levels[s.Level] = true
		}
	}
	r.family.claimed(n, x)
	return true
}

// programme reads the level and the study programme. A level of the first degree has a code and, from CP on, a programme,
// which a column of its own prevails over; another level says nothing of them.
func (x *row) programme(s *ent.Schooling) {
	s.Level = x.one(colLevel)
	l, known := levelOf(s.Level)
	if known {
		s.LevelCode, s.Programme = l.code, l.programme
	}
	if !known && s.Level != "" {
		x.unsay("schooling.levelCode")
		if !x.f.head.has(colModule) {
			x.unsay("schooling.programme")
		}
	}
	if v := x.one(colModule); v != "" {
		mef, err := ent.ParseMEF(v)
		if err != nil {
			x.refuse(CodeValue, colModule)
			return
		}
		s.Programme = mef
	}
}

// relative makes a relative of a row. A relative stands on one row with all the children, or on a row for each: rows that
// differ by the child only are one person when the file gives an identifier, or a way to reach them that is the same. Two
// mothers of one name and nothing else cannot be told apart, and one must not see the other's child: the second is refused.
func (r *reading) relative(f *file, x *row) bool {
	p, ok := x.person()
	if !ok {
		return false
	}
	id := r.personID(f, x, p.BirthDate)
	key := directory.Key{Origin: r.o.Origin, Category: directory.Relative, ID: id}
	if first := r.seen[key]; first != nil && first.row.f == f && r.sameRelative(first.row, x, &p) {
		r.family.children(x, first.record)
		return true
	}
	n, ok := r.keep(x, id, directory.Record{Person: p, Stated: x.stated() &^ directory.FieldsOf("establishment")})
	if n < 0 {
		return ok
	}
	r.family.relative(&p, n)
	r.family.children(x, n)
	return true
}

func (r *reading) sameRelative(first, x *row, p *ent.Person) bool {
	if slices.Equal(first.cells, x.cells) || len(first.cells) != len(x.cells) {
		return false // the same row twice is said by keep
	}
	child := map[int]bool{}
	for c, cells := range x.f.head.at {
		if c.ofChild() {
			for _, n := range cells {
				child[n] = true
			}
		}
	}
	for n := range x.cells {
		if !child[n] && x.text(n) != first.text(n) {
			return false
		}
	}
	c := &p.Contact
	return x.one(colID) != "" || cmp.Or(c.Mail, c.Home, c.Work, c.Mobile) != "" || len(c.Address.Lines) > 0 && c.Address.Town != ""
}

// staff makes a teacher, another member of the staff or a guest of a row.
func (r *reading) staff(f *file, x *row) bool {
	p, ok := x.person()
	if !ok {
		return false
	}
	var functions []ent.Function
	x.each(colFunctions, func(v string, cell int) {
		if fn, ok := x.function(v, cell); ok && !slices.Contains(functions, fn) {
			functions = append(functions, fn)
		}
	})
	if f.info.Profile != Guest {
		x.each(colCategories, func(v string, _ int) {
			if fn := (ent.Function{DisciplineLabel: v}); !slices.Contains(functions, fn) {
				functions = append(functions, fn)
			}
		})
	}
	rec := directory.Record{Person: p, Ties: []directory.Tie{r.school(profileOf(f.info.Profile, functions), functions...)}}
	rec.Stated = x.stated()
	if f.info.Profile != Guest {
		r.teach(&rec, x)
	}
	_, ok = r.keep(x, r.personID(f, x, p.BirthDate), rec)
	return ok
}

// teach ties a member of the staff to the classes and groups taught, for each subject whose code is given.
func (r *reading) teach(rec *directory.Record, x *row) {
	var subjects []ent.SubjectCode
	x.each(colTaught, func(v string, _ int) {
		if code, err := ent.ParseSubjectCode(v); err == nil {
			subjects = append(subjects, code)
		} else { // a label, which teachings have no place for
			r.report.Lose(ent.Loss{Code: CodeNoPlace, Field: ent.Field(colTaught), Count: 1})
		}
	})
	if len(subjects) == 0 {
		subjects = []ent.SubjectCode{""}
	}
	add := func(p *place, group bool) {
		for _, s := range subjects {
			rec.Ties = append(rec.Ties, directory.Tie{
				Kind: directory.TieTeaching, Origin: r.o.Origin, Target: p.id, Establishment: r.o.School.ID, Subject: s, Group: group,
			})
		}
	}
	for _, c := range r.classes(x) {
		add(c, false)
	}
	for _, g := range r.cells(x, colGroups, r.places.group) {
		add(g, true)
	}
	for _, c := range r.cells(x, colHead, r.places.class) {
		rec.Ties = append(rec.Ties, directory.Tie{Kind: directory.TieHead, Origin: r.o.Origin, Target: c.id, Establishment: r.o.School.ID})
	}
	if r.o.OverrideClass != "" {
		rec.Stated |= directory.FieldsOf("teaching")
	}
}

// profileOf returns the national profile of a member of the staff: a teacher's is that of the file, others have that of
// their first function whose code tells one. A guest has none. Source: SDET, functions.
func profileOf(p Profile, functions []ent.Function) ent.Profile {
	switch p {
	case Teacher:
		return ent.ProfileTeacher
	case Guest:
		return ""
	case Personnel, Student, Relative:
	}
	for _, f := range functions {
		switch f.Code {
		case ent.FunctionDirection:
			return ent.ProfileDirection
		case ent.FunctionEducation, ent.FunctionAssistant, ent.FunctionSupervision:
			return ent.ProfileSchoolLife
		case ent.FunctionTeaching, ent.FunctionDocumentation:
			return ent.ProfileTeacher
		default: // no profile of its own
		}
	}
	return ent.ProfileStaff
}
