package annuaire

import (
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// row is a row of a file, and what it leaves out of what the file states.
type row struct {
	f     *file
	line  int
	cells []string
	quote bool
	// unsaid are the fields of which the row says nothing: a cell that is not valid, or not there.
	unsaid directory.FieldSet
	// lastKey and firstKey are the names as they are compared, once person has read them.
	lastKey, firstKey string
}

// issue files what is wrong with a column of the row.
func (x *row) issue(code ent.Code, c column, params ...ent.Param) {
	x.issueAt(code, x.cellOf(c, 0), c, params...)
}

// issueAt does so for one of several cells of a column; -1 stands for the row.
func (x *row) issueAt(code ent.Code, cell int, c column, params ...ent.Param) {
	path := "$." + string(x.f.info.Profile)
	if c != colNone {
		path += "." + string(c)
		params = append(params, ent.FieldOf("field", ent.Field(c)))
	}
	i := catalog().New(code, x.f.pos(x.line, x.column(cell)), path, params...)
	if x.f.r.o.KeepValues && 0 <= cell && cell < len(x.cells) {
		i = i.WithValue(x.cells[cell])
	}
	x.f.r.add(i)
}

// column returns where a cell begins, in characters of its line, 0 when it cannot be told: the row is read once more.
func (x *row) column(cell int) int {
	if cell < 0 || cell >= len(x.cells) {
		return 0
	}
	return x.f.t.column(x.line, cell)
}

func (x *row) cellOf(c column, n int) int {
	if at := x.f.head.at[c]; n < len(at) {
		return at[n]
	}
	return -1
}

// text returns a cell as it is meant: without space around, and without the apostrophe that keeps a spreadsheet from
// computing it.
func (x *row) text(cell int) string {
	if cell < 0 || cell >= len(x.cells) {
		return ""
	}
	return unescape(strings.TrimSpace(x.cells[cell]))
}

// one returns the cell of a column that stands once, on one line.
func (x *row) one(c column) string { return oneLine(x.text(x.cellOf(c, 0))) }

// nth returns the n-th cell of a column that repeats.
func (x *row) nth(c column, n int) string { return oneLine(x.text(x.cellOf(c, n))) }

// each calls f with the cells of a column that hold something.
func (x *row) each(c column, f func(value string, cell int)) {
	for n, cell := range x.f.head.at[c] {
		if v := x.nth(c, n); v != "" {
			f(v, cell)
		}
	}
}

// unsay leaves fields out of what the row states.
func (x *row) unsay(fields ...ent.Field) { x.unsaid |= directory.FieldsOf(fields...) }

// oneLine joins what stands on several lines or is written with several spaces.
func oneLine(s string) string {
	if !strings.ContainsAny(s, " \t\r\n\u00a0\u202f") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// sound checks the shape of the row, false when it must be refused.
func (x *row) sound() bool {
	h := &x.f.head
	switch {
	case x.quote:
		x.issue(CodeQuote, colNone)
		return false
	case len(x.cells) > h.width && !blank(x.cells[h.width:]):
		x.issueAt(CodeTooManyColumns, h.width, colNone, ent.Count("count", int64(len(x.cells))), ent.Count("columns", int64(h.width)))
		return false
	}
	for n, c := range x.cells {
		if len(c) > x.f.r.o.Limits.Cell {
			x.issueAt(CodeLimitCell, n, colNone, ent.Count("limit", int64(x.f.r.o.Limits.Cell)))
			return false
		}
	}
	if len(x.cells) >= h.width {
		return true
	}
	// A row that a line break cut in two must not become two persons: it holds at least who the person is.
	who := []column{colLast, colFirst}
	if x.f.info.Profile == Student {
		who = append(who, colBirth)
	}
	for _, c := range who {
		if n := x.cellOf(c, 0); n >= len(x.cells) {
			x.issueAt(CodeCutRow, -1, c)
			return false
		}
	}
	x.issue(CodeShortRow, colNone, ent.Count("count", int64(len(x.cells))), ent.Count("columns", int64(h.width)))
	for c, cells := range h.at {
		if cells[len(cells)-1] >= len(x.cells) {
			x.unsay(statedBy(x.f.info.Profile, c)...)
		}
	}
	return true
}

// losses counts the cells that have no place.
func (x *row) losses() {
	for n, field := range x.f.head.lost {
		if x.text(n) != "" {
			x.f.r.report.Lose(ent.Loss{Code: CodeNoPlace, Field: field, Count: 1})
		}
	}
}

// statedBy returns the fields and kinds of ties that a column speaks of.
func statedBy(p Profile, c column) []ent.Field {
	switch c {
	case colTitle, colGender:
		return []ent.Field{"name.title"}
	case colLast:
		return []ent.Field{"name.family"}
	case colSurname:
		return []ent.Field{"name.family", "name.birth"}
	case colFirst:
		return []ent.Field{"name.given"}
	case colBirth:
		return []ent.Field{"birthDate"}
	case colHome:
		return []ent.Field{"contact.home"}
	case colWork:
		return []ent.Field{"contact.work"}
	case colMobile:
		return []ent.Field{"contact.mobile"}
	case colEmail:
		return []ent.Field{"contact.mail"}
	case colAddress:
		return []ent.Field{"contact.address.lines"}
	case colZip:
		return []ent.Field{"contact.address.postalCode"}
	case colCity:
		return []ent.Field{"contact.address.town"}
	case colCountry:
		return []ent.Field{"contact.address.country"}
	default: // a column of some profiles
	}
	switch p {
	case Student:
		return statedOfPupils(c)
	case Teacher, Personnel:
		switch c {
		case colClasses, colGroups, colTaught:
			return []ent.Field{"teaching"}
		case colHead:
			return []ent.Field{"head-teacher"}
		default:
		}
	case Relative, Guest:
	}
	return nil
}

func statedOfPupils(c column) []ent.Field {
	switch c {
	case colClasses:
		return []ent.Field{"class"}
	case colGroups:
		return []ent.Field{"group"}
	case colLevel:
		return []ent.Field{"schooling.level", "schooling.levelCode", "schooling.programme"}
	case colModule:
		return []ent.Field{"schooling.programme"}
	case colSector:
		return []ent.Field{"schooling.track"}
	case colAccommodation:
		return []ent.Field{"schooling.regime", "schooling.regimeLabel"}
	case colScholarship:
		return []ent.Field{"schooling.scholarship"}
	case colTransport:
		return []ent.Field{"schooling.transport"}
	case colINE:
		return []ent.Field{"schooling.ine"}
	case colSubject:
		return []ent.Field{"schooling.subjects"}
	case colRelative, colR1Last, colR1First, colR2Last, colR2First:
		return []ent.Field{"relative"}
	default:
		return nil
	}
}

// stated returns what the row states: what its columns speak of, and the school.
func (x *row) stated() directory.FieldSet {
	return x.f.stated &^ x.unsaid
}
