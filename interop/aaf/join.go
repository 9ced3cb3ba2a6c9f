package aaf

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// join ties the records together, from scratch: after a Delta it runs again over all of them.
func (m *Model) join() {
	m.structures, m.byStruct = nil, map[string]*Structure{}
	m.subjects, m.programmes = map[string]*Subject{}, map[string]*Programme{}
	m.classes, m.groups = newGroupSet(), newGroupSet()
	m.dangling, m.reverse = nil, nil
	m.staffAt, m.numbers = map[string][]uint32{}, nil
	m.nomenclatures()
	m.catalogue()
	m.joinPupils()
	m.joinRelatives()
	m.joinStaff()
	m.classes.settle()
	m.groups.settle()
	for _, d := range m.dangling {
		m.report.Add(m.issue(d))
	}
	for _, d := range m.reverse {
		m.report.Add(m.issue(d))
	}
}

// issue says a dangling reference in words.
func (m *Model) issue(d Dangling) ent.Issue {
	pos := ent.Pos{Record: shownID([]byte(d.From))}
	if n, ok := m.st.find(indexOf(d.Category), []byte(d.From)); ok {
		if f := int(m.st.rows[n].file); f < len(m.files) {
			pos.File, pos.Line = m.files[f], int(m.st.rows[n].line)
		}
	}
	path := "$." + string(d.Category) + "['" + pos.Record + "']." + d.Attribute
	params := []ent.Param{ent.FieldOf("field", ent.Field(d.Attribute)), ent.CodeOf("target", d.Target)}
	if d.Code == CodeReverseOnly {
		params = params[1:]
	}
	return catalog().New(d.Code, pos, path, params...)
}

func (m *Model) lost(c Category, from []byte, attr, value string, code ent.Code, target string) {
	m.dangling = append(m.dangling, Dangling{c, string(from), attr, value, code, target})
}

func (m *Model) nomenclatures() {
	u := m.unpacker(true)
	for n := range m.rows(catSubject) {
		s := &Subject{}
		unpack(u, n, subjectTable(), s, &s.Head)
		m.subjects[s.ID] = s
	}
	for n := range m.rows(catProgramme) {
		p := &Programme{}
		unpack(u, n, programmeTable(), p, &p.Head)
		m.programmes[p.ID] = p
	}
}

// catalogue takes the classes and groups that the structures list.
func (m *Model) catalogue() {
	u := m.unpacker(true)
	for n := range m.rows(catStructure) {
		s := &Structure{}
		unpack(u, n, structureTable(), s, &s.Head)
		s.tidy()
		m.structures = append(m.structures, s)
		m.byStruct[s.ID] = s
	}
	for _, s := range m.structures {
		for _, c := range s.Classes {
			m.classes.add(s.ID, c.Code, c.Label, c.MEFs, true)
			for _, mef := range c.MEFs {
				m.programme(Structures, []byte(s.ID), "ENTStructureClasses", c.Code+"$"+mef, mef)
			}
		}
		if d := s.District; d != "" && m.byStruct[d] == nil {
			m.lost(Structures, []byte(s.ID), "ENTEcoleCirconscription", d, CodeUnknownStructure, d)
		}
		for _, g := range s.Groups {
			m.groups.add(s.ID, g.Code, g.Label, g.Classes, true)
		}
		for _, p := range s.Parents {
			if m.byStruct[p] == nil {
				m.lost(Structures, []byte(s.ID), "ENTEtablissementStructRattachFctl", p, CodeUnknownStructure, p)
			}
		}
		for _, g := range s.Groups {
			for _, c := range g.Classes {
				m.member(&m.classes, Structures, []byte(s.ID), "ENTStructureGroupes", classKey(s.ID, c), s.ID, c, "")
			}
		}
	}
}

// programme files a MEF that the delivery does not describe, when it describes any.
func (m *Model) programme(c Category, from []byte, attr, value, mef string) {
	if len(m.programmes) > 0 && m.programmes[mef] == nil {
		m.lost(c, from, attr, value, CodeUnknownMEF, mef)
	}
}

// member finds the class or group that a record names, creating it when its structure is known: peers all do. It reports
// false when the structure is not in the delivery.
func (m *Model) member(g *groupSet, c Category, from []byte, attr, value, structure, code, label string) (uint32, bool) {
	if n, ok := g.byKey[classKey(structure, code)]; ok {
		return n, true
	}
	if m.byStruct[structure] == nil {
		m.lost(c, from, attr, value, CodeUnknownClass, classKey(structure, code))
		return 0, false
	}
	// The first degree has no catalogue of classes: naming one is how it exists.
	if m.degree != ent.FirstDegree {
		m.report.Add(m.issue(Dangling{c, string(from), attr, value, CodeClassCreated, classKey(structure, code)}))
	}
	return g.add(structure, code, label, nil, false), true
}

// keys of the attributes that the join reads.
func keysOf(names ...string) (s attrSet) {
	for _, n := range names {
		k, _ := keyOf(n)
		s.add(k)
	}
	return s
}

func mustKey(name string) attrKey { k, _ := keyOf(name); return k }

func (m *Model) joinPupils() {
	var (
		attach    = mustKey("ENTPersonStructRattach")
		class2D   = mustKey("ENTEleveClasses")
		class1D   = mustKey("ENTPersonClasses")
		group2D   = mustKey("ENTEleveGroupes")
		group1D   = mustKey("ENTPersonGroupes")
		links     = mustKey("ENTElevePersRelEleve")
		parents   = mustKey("ENTEleveAutoriteParentale")
		level     = mustKey("ENTEleveNiveau")
		mef       = mustKey("ENTEleveMEF")
		subject   = mustKey("ENTEleveCodeEnseignements")
		addressOf = mustKey("ENTEleveAdresseRel")
		want      = keysOf("ENTPersonStructRattach", "ENTEleveClasses", "ENTPersonClasses", "ENTEleveGroupes", "ENTPersonGroupes",
			"ENTElevePersRelEleve", "ENTEleveAutoriteParentale", "ENTEleveNiveau", "ENTEleveMEF", "ENTEleveCodeEnseignements",
			"ENTEleveAdresseRel", "ENTEleveStructRattachId")
		pairs    []pair
		mine     []uint32 // classes of the pupil at hand
		levelOf  string
		relative []uint32
		school   = mustKey("ENTEleveStructRattachId")
		number   []byte
	)
	for n := range m.rows(catPupil) {
		id := m.st.id(n)
		mine, levelOf, relative, number = mine[:0], "", relative[:0], number[:0]
		at := ""
		m.st.each(n, &want, func(k attrKey, v []byte) {
			switch k {
			case school:
				number = append(number, v...)
			case attach:
				at = string(v)
				if m.byStruct[string(v)] == nil {
					m.lost(Pupils, id, "ENTPersonStructRattach", string(v), CodeUnknownStructure, string(v))
				}
			case class2D, class1D:
				if c, ok := m.pupilGroup(&m.classes, k, id, v); ok {
					mine = append(mine, c)
					m.classes.pupilPairs = append(m.classes.pupilPairs, pair{c, n})
				}
			case group2D, group1D:
				if g, ok := m.pupilGroup(&m.groups, k, id, v); ok {
					m.groups.pupilPairs = append(m.groups.pupilPairs, pair{g, n})
				}
			case links, parents:
				if k == parents && bytes.IndexByte(v, '$') < 0 {
					return // the older list, which ENTElevePersRelEleve repeats with rights
				}
				target, ok := linkTarget(v, k == parents)
				if !ok {
					return // the typed reading refuses it too, and has filed it
				}
				row, ok := m.st.find(catRelative, target)
				if !ok {
					m.lost(Pupils, id, nameTable().list[k].name, string(v), CodeUnknownRelative, string(target))
					return
				}
				if slices.Contains(relative, row) {
					return
				}
				relative = append(relative, row)
				pairs = append(pairs, pair{row, n})
			case level:
				_, l, _ := bytes.Cut(v, []byte("$"))
				levelOf = string(l)
			case mef:
				m.programme(Pupils, id, "ENTEleveMEF", string(v), string(v))
			case subject:
				if len(m.subjects) > 0 && m.subjects[string(v)] == nil {
					m.lost(Pupils, id, "ENTEleveCodeEnseignements", string(v), CodeUnknownSubject, string(v))
				}
			case addressOf:
				if _, ok := m.st.find(catRelative, v); !ok {
					m.lost(Pupils, id, "ENTEleveAdresseRel", string(v), CodeUnknownRelative, string(v))
				}
			}
		})
		if len(number) > 0 {
			m.numbers = append(m.numbers, numbered{m.st.hash([]byte(classKey(at, string(number)))), n})
		}
		if levelOf != "" {
			for _, c := range mine {
				m.classes.nodes[c].addLevel(levelOf)
			}
		}
	}
	slices.SortFunc(m.numbers, func(a, b numbered) int { return cmp.Compare(a.hash, b.hash) })
	m.children = newAdjacency(len(m.st.rows), pairs)
}

// linkTarget returns the relative of a link, when the link is one: six parts with flags of 0 or 1, or in the first degree
// two parts.
func linkTarget(v []byte, firstDegree bool) ([]byte, bool) {
	var p [6]string
	n := split(p[:], string(v))
	var flag bool
	switch {
	case firstDegree && n != 2, !firstDegree && n != 6, p[0] == "",
		!readBit(p[2], &flag), !readBit(p[4], &flag), !readBit(p[5], &flag):
		return nil, false
	}
	return []byte(p[0]), true
}

// pupilGroup finds the class or group of a value struct$code or struct$type$typeLabel$code$label.
func (m *Model) pupilGroup(g *groupSet, k attrKey, id, v []byte) (uint32, bool) {
	// The key is the value itself in the second degree: no string is made for it.
	if n, ok := g.byKey[string(v)]; ok {
		return n, true
	}
	var p [6]string
	structure, code, label := "", "", ""
	switch split(p[:], string(v)) {
	case 2:
		structure, code = p[0], p[1]
	case 5:
		structure, code, label = p[0], p[3], p[4]
	}
	if structure == "" || code == "" {
		return 0, false // the typed reading has filed it
	}
	return m.member(g, Pupils, id, nameTable().list[k].name, string(v), structure, code, label)
}

func (m *Model) joinRelatives() {
	want := keysOf("ENTAuxPersRelEleveEleve", "ENTPersRelEleveEleve")
	for n := range m.rows(catRelative) {
		var named []uint32
		first := true
		m.st.each(n, &want, func(k attrKey, v []byte) {
			if first {
				named, first = m.children.of(n), false
			}
			if p, ok := m.st.find(catPupil, v); ok && slices.Contains(named, p) {
				return
			}
			m.reverse = append(m.reverse, Dangling{
				Relatives, string(m.st.id(n)), nameTable().list[k].name, string(v), CodeReverseOnly, string(v),
			})
		})
	}
}

func (m *Model) joinStaff() {
	u := m.unpacker(true)
	for n := range m.rows(catStaff) {
		s := u.staff(n)
		id := []byte(s.ID)
		known := func(attr, value, structure string) {
			if structure != "" && m.byStruct[structure] == nil {
				m.lost(Staff, id, attr, value, CodeUnknownStructure, structure)
			}
		}
		known("ENTPersonStructRattach", s.Structure, s.Structure)
		for i := range s.Functions {
			f := &s.Functions[i]
			known("ENTPersonFonctions", strings.Join([]string{f.Structure, string(f.Code), f.Label, f.Discipline, f.DisciplineLabel}, "$"), f.Structure)
		}
		for _, d := range s.Directs {
			known("ENTEnsFonctionDir", d, d)
		}
		for _, f := range s.MEFs {
			m.programme(Staff, id, "ENTAuxEnsMEF", strings.Join([]string{f.Structure, f.MEF, f.Label}, "$"), f.MEF)
		}
		for _, at := range s.Structures() {
			m.staffAt[at] = append(m.staffAt[at], n)
		}
		m.teaches(&m.classes, n, id, "ENTAuxEnsClassesMatieres", s.taughtClasses())
		m.teaches(&m.groups, n, id, "ENTAuxEnsGroupesMatieres", s.taughtGroups())
		for _, h := range s.HeadOf {
			if c, ok := m.member(&m.classes, Staff, id, "ENTAuxEnsClassesPrincipal", classKey(h.Structure, h.Code), h.Structure, h.Code, ""); ok {
				m.classes.headPairs = append(m.classes.headPairs, pair{c, n})
			}
		}
	}
}

func (m *Model) teaches(g *groupSet, n uint32, id []byte, attr string, list []ClassSubject) {
	for _, t := range list {
		value := classKey(t.Structure, t.Code)
		if t.Subject != "" {
			value += "$" + t.Subject
		}
		c, ok := m.member(g, Staff, id, attr, value, t.Structure, t.Code, "")
		if !ok {
			continue
		}
		if t.Subject != "" && len(m.subjects) > 0 && m.subjects[t.Subject] == nil {
			m.lost(Staff, id, attr, value, CodeUnknownSubject, t.Subject)
		}
		g.teacherPairs = append(g.teacherPairs, pair{c, uint32(len(g.taught))}) //nolint:gosec // few
		g.taught = append(g.taught, taught{n, t.Subject})
	}
}
