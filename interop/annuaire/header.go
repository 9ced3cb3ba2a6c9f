package annuaire

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// header says which cells of a row hold what.
type header struct {
	width int
	at    map[column][]int
	// lost are the cells that hold something which has no place, with its name.
	lost map[int]ent.Field
}

// has reports whether a column is there.
func (h *header) has(c column) bool { return len(h.at[c]) > 0 }

// profileWords are the words by which the name of a file says its profile.
func profileWords(word string) Profile {
	switch word {
	case "student", "students", "eleve", "eleves":
		return Student
	case "relative", "relatives", "responsable", "responsables":
		return Relative
	case "teacher", "teachers", "enseignant", "enseignants":
		return Teacher
	case "personnel", "personnels":
		return Personnel
	case "guest", "guests", "invite", "invites":
		return Guest
	}
	return ""
}

// profileOfName returns the profile that the name of a file says, "" when it says none, or several.
func profileOfName(name string) Profile {
	base := strings.TrimSuffix(frtext.Fold(path.Base(strings.ReplaceAll(name, `\`, "/"))), ".csv")
	found := Profile("")
	for _, w := range strings.FieldsFunc(base, func(r rune) bool { return !unicode.IsLetter(r) }) {
		p := profileWords(w)
		if p == "" || p == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = p
	}
	return found
}

// profileOfTitles returns the profile that a header tells: those of ONDE exports, and any that has a column which one
// profile alone knows.
func profileOfTitles(titles []string) Profile {
	has := func(list ...string) bool {
		return slices.ContainsFunc(list, func(t string) bool { return slices.Contains(titles, t) })
	}
	switch {
	case has("nomresponsable", "prenomresponsable", "civiliteresponsable"),
		slices.ContainsFunc(titles, func(t string) bool { return columnOf(Student, t) == colNone && columnOf(Relative, t).ofChild() }):
		return Relative
	case has("nomeleve", "prenomeleve", "ine", "niveau", "regime", "r1_nom", "decisiondepassage"):
		return Student
	case has("directeur", "presencedevanteleves", "professeurprincipal", "matiereenseignee"):
		return Teacher
	}
	return ""
}

// columnIssue is given what is wrong with a column, by its number from 0.
type columnIssue func(code ent.Code, n int, params ...ent.Param)

// readHeader says what each column is. empty tells whether a column has no value at all.
func readHeader(p Profile, titles []string, empty func(int) bool, issue columnIssue) header {
	h := header{width: len(titles), at: map[column][]int{}, lost: map[int]ent.Field{}}
	for n, t := range titles {
		c := columnOf(p, t)
		switch {
		case t == "":
			if !empty(n) { // a separator at the end of each line is nothing
				issue(CodeEmptyColumn, n, ent.Count("column", int64(n+1)))
				h.lost[n] = "untitled"
			}
		case c == colNone:
			// The title is not shown: in a file without header it is a value of the first person.
			issue(CodeUnknownColumn, n, ent.Count("column", int64(n+1)))
			h.lost[n] = "unknown"
		case c == colIgnored:
		case h.has(c) && !c.repeats():
			issue(CodeColumnTwice, n, ent.Count("column", int64(n+1)), ent.FieldOf("field", ent.Field(c)))
			h.lost[n] = ent.Field(c)
		default:
			h.at[c] = append(h.at[c], n)
		}
	}
	return h
}

// required returns the columns without which a file says nothing.
func required() []column { return []column{colLast, colFirst} }
