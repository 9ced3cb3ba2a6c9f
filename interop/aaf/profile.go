package aaf

import "github.com/opencartable/cartable/ent"

// ProfilePolicy says how the functions of a staff member become a national profile. The zero value is the SDET's reading.
type ProfilePolicy struct {
	// Accompaniment is the profile of AESH (function AEH); ProfileStaff when empty, some projects have ProfileSchoolLife.
	Accompaniment ent.Profile
	// SchoolHeadTeaches keeps the head of a primary school, who teaches, a teacher; otherwise ENTEnsFonctionDir and the
	// discipline D0000 make a head.
	SchoolHeadTeaches bool
}

// of returns the profile of a function; "" for none. An unknown function is one of the other staff.
func (p ProfilePolicy) of(code ent.FunctionCode) ent.Profile {
	switch code {
	case ent.FunctionTeaching, ent.FunctionDocumentation:
		return ent.ProfileTeacher
	case ent.FunctionDirection:
		return ent.ProfileDirection
	case ent.FunctionEducation, ent.FunctionAssistant, ent.FunctionSupervision:
		return ent.ProfileSchoolLife
	case ent.FunctionAccompaniment:
		if p.Accompaniment != "" {
			return p.Accompaniment
		}
	case ent.FunctionNone, "":
		return ""
	}
	return ent.ProfileStaff
}

// knownFunctions are the functions seen in feeds.
func knownFunction(code ent.FunctionCode) bool {
	switch code {
	case "ENS", "DOC", "DIR", "EDU", "AED", "SUR", "AEH", "-", "ADF", "LAB", "ALB", "MDS", "OUV", "CTR", "ASE", "ORI", "CFC",
		"ACP", "AES", "TEC", "PSY", "ACS", "ADA", "FIJ":
		return true
	}
	return false
}

// rank orders the profiles of one structure: the first one wins.
func rank(p ent.Profile) int {
	for i, q := range []ent.Profile{ent.ProfileDirection, ent.ProfileTeacher, ent.ProfileSchoolLife, ent.ProfileStaff} {
		if p == q {
			return i
		}
	}
	return 9
}

// Profile returns the national profile of a staff member in one structure: that of the functions held there, direction
// before teaching, school life and the rest; without any, teacher for one who belongs to a teaching body, other staff
// otherwise. Where the feed does not say who belongs to one (before 2018), being in front of pupils counts.
func (s *StaffMember) Profile(structure string, policy ProfilePolicy) ent.Profile {
	best := ent.Profile("")
	for i := range s.Functions {
		f := &s.Functions[i]
		if f.Structure != structure {
			continue
		}
		p := policy.of(f.Code)
		switch f.Discipline {
		case "D0010", "D0011": // head and deputy head, whatever the function is called
			p = ent.ProfileDirection
		case "D0000": // head of a primary school
			if !policy.SchoolHeadTeaches {
				p = ent.ProfileDirection
			}
		}
		if p != "" && (best == "" || rank(p) < rank(best)) {
			best = p
		}
	}
	for _, d := range s.Directs {
		if d == structure && !policy.SchoolHeadTeaches {
			return ent.ProfileDirection
		}
	}
	switch {
	case best != "":
		return best
	case s.Teacher == Yes, s.Teacher == Unsaid && s.FacingPupils == Yes:
		return ent.ProfileTeacher
	}
	return ent.ProfileStaff
}

// academic reports whether a type of structure is a service of the academy: rectorat, inspection académique (DSDEN).
func academic(nature string) bool {
	switch nature {
	case "RECTORAT", "SERVICE RECTORAL", "INSPECTIONS ACADEMIQUES", "SERVICE DE L INSPECTION ACADEMIQUE":
		return true
	}
	return false
}

// ProfileIn is [StaffMember.Profile] with what the model knows of the structure: who does not teach in a service of the
// academy (rectorat, inspection académique) has the academic profile.
func (m *Model) ProfileIn(s *StaffMember, structure string, policy ProfilePolicy) ent.Profile {
	p := s.Profile(structure, policy)
	if at, ok := m.byStruct[structure]; ok && academic(at.Nature) && p != ent.ProfileTeacher {
		return ent.ProfileAcademic
	}
	return p
}

// Structures returns the structures a staff member belongs to: that of attachment, then those of the functions and of
// the direction, each once.
func (s *StaffMember) Structures() []string {
	var out []string
	if s.Structure != "" {
		out = append(out, s.Structure)
	}
	for i := range s.Functions {
		out = appendNew(out, s.Functions[i].Structure)
	}
	for _, d := range s.Directs {
		out = appendNew(out, d)
	}
	return out
}
