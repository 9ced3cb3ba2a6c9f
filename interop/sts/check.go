package sts

import (
	"github.com/opencartable/cartable/ent"
)

// Check says which structures, teachers and subjects of an EDT_STS file the STS_EDT file of the school does not have, with their
// line: STSWEB refuses them.
func (d *Document) Check(base *Document) *ent.Report {
	report := &ent.Report{}
	structures, persons, subjects := map[StructureKind]map[string]bool{Division: {}, Group: {}}, map[string]bool{}, map[string]bool{}
	for i := range base.Structures {
		structures[base.Structures[i].Kind][base.Structures[i].Code] = true
	}
	for _, p := range base.Individuals {
		persons[p.ID] = true
	}
	for _, s := range base.Subjects {
		subjects[s.Code] = true
	}
	tell := func(known bool, kind string, code ent.Code, line int, what string) {
		if known {
			report.Keep(kind, 1)
			return
		}
		report.Refuse(kind, 1)
		report.Add(catalog().New(code, ent.Pos{Line: line}, "/"+string(d.Kind)+"/DONNEES/STRUCTURE", ent.CodeOf("code", what)))
	}
	for i := range d.Structures {
		s := &d.Structures[i]
		tell(structures[s.Kind][s.Code], "structures", CodeStructure, s.line(), s.Code)
		for _, o := range s.Divisions {
			tell(structures[Division][o.Division], "divisions of groups", CodeStructure, s.line(), o.Division)
		}
		for _, x := range s.Services {
			tell(subjects[x.Subject], "services", CodeSubject, x.Line, x.Subject)
			for _, t := range x.Teachers {
				tell(persons[t.ID], "teachers", CodeTeacher, x.Line, t.ID)
			}
		}
	}
	return report
}

// line returns that of the first service.
func (s *Structure) line() int {
	if len(s.Services) == 0 {
		return 0
	}
	return s.Services[0].Line
}
