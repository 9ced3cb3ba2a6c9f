package aaf

import (
	"errors"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// twins files the links to one relative that say different things, before tidy keeps one of them.
func (t *typist) twins(links []Link) {
	for i, l := range links {
		if i >= 64 { // a pupil has two to four
			return
		}
		for _, m := range links[:i] {
			if m.Relative == l.Relative && m != l && m != placeholder(l.Relative) && l != placeholder(l.Relative) {
				t.file(CodeLinkTwice, "ENTElevePersRelEleve", "", ent.CodeOf("target", shownID([]byte(l.Relative))))
				break
			}
		}
	}
}

// pupil checks what a pupil's record says.
func (t *typist) pupil(p *Pupil) {
	if p.Op == Delete {
		return
	}
	if p.INE != "" {
		_, err := ent.ParseINE(p.INE)
		switch {
		case errors.Is(err, ent.CodeINEKey):
			t.file(CodeINEKey, "ENTEleveINE", p.INE)
		case err != nil:
			t.file(CodeINE, "ENTEleveINE", p.INE)
		}
	}
	if p.MEF != "" {
		t.mef(p.MEF, "ENTEleveMEF")
	}
	for i := range p.Links {
		l := &p.Links[i]
		if _, ok := ent.ParseKinship(l.Kinship); !ok {
			t.list("ENTElevePersRelEleve", l.Kinship)
		}
		if _, ok := ent.ParseResponsibility(l.Legal, ent.Generation2018); !ok {
			t.list("ENTElevePersRelEleve", l.Legal)
		}
		switch n, ok := number(l.Kinship); {
		case ok && n >= 10:
			t.r.recent = true
		case ok && n >= 1 && n <= 7 && *l != placeholder(l.Relative):
			t.r.old = true
		}
	}
	if s := p.Status; s != "" && s != "SCOLAIRE" && s != "APPRENTI" {
		t.list("ENTEleveStatutEleve", s)
	}
	if l := p.Level1D.Code; l != "" && !knownLevel(l) {
		t.list("ENTEleveNiveau", l)
	}
	if p.BirthDate.IsZero() && p.Op == Add {
		t.file(CodeBirthDate, "ENTPersonDateNaissance", "")
	}
}

// knownLevel reports whether a code is that of a level of the first degree: TPS to GS, CP to CM2.
func knownLevel(code string) bool {
	switch code {
	case "1110", "1111", "1112", "1113", "1121", "1122", "1123", "1124", "1125":
		return true
	}
	return false
}

// Placed reports whether social services (ASE) are among the relatives: what the others may see then wants a decision of
// its own, which is the caller's.
func (p *Pupil) Placed() bool {
	return slices.ContainsFunc(p.Links, func(l Link) bool {
		k, _ := ent.ParseKinship(l.Kinship)
		return k == ent.KinshipSocialServices
	})
}

// tidy settles what a record says twice.
func (p *Pupil) tidy() { p.Links = withoutTwins(p.Links) }

func (p *Relative) tidy() { p.Contact.AddressShared = p.Shared == Yes }

func (s *Structure) tidy() { s.Classes = mergeClasses(s.Classes) }

// placeholder is the link 1$1$1$1$0 that feeds of 2018 hold beside the real one, or in its place.
func placeholder(relative string) Link {
	return Link{Relative: relative, Kinship: "1", Financial: true, Legal: "1", Contact: true}
}

// withoutTwins keeps one link per relative: the first, unless it is the placeholder 1$1$1$1$0, which another one
// replaces. Source: observed in feeds, where the placeholder comes beside the real link.
func withoutTwins(links []Link) []Link {
	out := links[:0]
	var at map[string]int
	if len(links) > 8 { // a pupil has two to four: a loop does
		at = make(map[string]int, len(links))
	}
	for _, l := range links {
		i := slices.IndexFunc(out, func(o Link) bool { return at == nil && o.Relative == l.Relative })
		if n, ok := at[l.Relative]; ok {
			i = n
		}
		if i < 0 {
			if at != nil {
				at[l.Relative] = len(out)
			}
			out = append(out, l)
		} else if out[i] == placeholder(l.Relative) {
			out[i] = l
		}
	}
	return out
}

func (t *typist) list(attr, value string) {
	t.file(CodeList, attr, value, ent.FieldOf("field", ent.Field(attr)))
}

func (t *typist) mef(code, attr string) {
	if _, err := ent.ParseMEF(code); err != nil {
		t.file(CodeMEF, attr, code)
	}
}

func (t *typist) staff(s *StaffMember) {
	for i := range s.Functions {
		if code := s.Functions[i].Code; !knownFunction(code) {
			t.list("ENTPersonFonctions", string(code))
		}
	}
}

func (t *typist) structure(s *Structure) {
	if s.Op == Delete {
		return
	}
	switch uai := s.uai(); {
	case uai == "" && s.Op == Add:
		t.file(CodeUAIMissing, "ENTStructureUAI", "")
	case uai != "":
		_, err := ent.ParseUAI(uai)
		switch {
		case errors.Is(err, ent.CodeUAIPseudo):
			t.file(CodeUAIPseudo, "ENTStructureUAI", uai)
		case err != nil:
			t.file(CodeUAI, "ENTStructureUAI", uai)
		}
	}
	if s.SIRET != "" {
		if _, err := ent.ParseSIRET(strings.ReplaceAll(s.SIRET, " ", "")); err != nil {
			t.file(CodeSIRET, "ENTStructureSIREN", s.SIRET)
		}
	}
	if c := ent.Sector(s.Sector); c != "" && c != ent.SectorPublic && c != ent.SectorPrivate {
		t.list("ENTEtablissementContrat", s.Sector)
	}
	for i := range s.Classes {
		for _, m := range s.Classes[i].MEFs {
			t.mef(m, "ENTStructureClasses")
		}
	}
}

// uai returns the UAI, in either of its attributes.
func (s *Structure) uai() string {
	if s.UAI != "" {
		return s.UAI
	}
	return s.OldUAI
}

// mergeClasses makes one entry of a class that is listed twice, with the programmes of both.
func mergeClasses(list []ClassEntry) []ClassEntry {
	out := list[:0]
	at := make(map[string]int, len(list))
	for _, c := range list {
		i, twice := at[c.Code]
		if !twice {
			at[c.Code] = len(out)
			out = append(out, c)
			continue
		}
		if out[i].Label == "" {
			out[i].Label = c.Label
		}
		for _, m := range c.MEFs {
			out[i].MEFs = appendNew(out[i].MEFs, m)
		}
	}
	return out
}

func appendNew[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// accept says whether a record is kept, and corrects the tally of one that is refused for what it lacks: a name for a
// person to add, and in strict reading the birth date of a pupil.
func (t *typist) accept(e *Entry, x *raw) bool {
	if x.op != Add {
		return true
	}
	var missing string
	switch {
	case e.Pupil != nil:
		missing = lacks(&e.Pupil.Name)
		if missing == "" && e.Pupil.BirthDate.IsZero() && t.r.d.opt.Strict {
			missing = "ENTPersonDateNaissance"
		}
	case e.Relative != nil:
		if e.Relative.Name.Family == "" { // a legal person has no first name
			missing = "sn"
		}
	case e.Staff != nil:
		missing = lacks(&e.Staff.Name)
	}
	if missing == "" {
		return true
	}
	t.file(CodeRequired, missing, "", ent.FieldOf("field", ent.Field(missing)))
	e.Issues = t.issues
	sum := &t.r.tallies[x.cat][opNumber(x.op)]
	sum.Kept--
	sum.Refused++
	return false
}

func lacks(n *ent.Name) string {
	switch {
	case n.Family == "":
		return "sn"
	case n.Given == "":
		return "givenName"
	}
	return ""
}
