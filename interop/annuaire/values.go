package annuaire

import (
	"errors"
	"strings"
	"unicode"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// refuse files a value that is not valid; the fields of its column keep what they hold.
func (x *row) refuse(code ent.Code, c column) {
	x.issue(code, c)
	x.unsay(statedBy(x.f.info.Profile, c)...)
}

// date reads DD/MM/YYYY or YYYY-MM-DD.
func (x *row) date(c column) ent.Date {
	v := x.one(c)
	if v == "" {
		return ent.Date{}
	}
	d, err := ent.ParseFrenchDate(v)
	if err != nil {
		d, err = ent.ParseDate(v)
	}
	if err != nil {
		x.refuse(CodeDate, c)
	}
	return d
}

// flag reads true and false. Other words, such as oui, are not understood: they give nothing and take nothing away.
func (x *row) flag(c column) *bool {
	switch frtext.Fold(x.one(c)) {
	case "":
	case "true":
		return new(true)
	case "false":
		return new(false)
	default:
		x.refuse(CodeFlag, c)
	}
	return nil
}

// checked returns a value that passes a check, "" otherwise.
func (x *row) checked(c column, valid func(string) bool) string {
	v := x.one(c)
	if v != "" && !valid(v) {
		x.refuse(CodeValue, c)
		return ""
	}
	return v
}

// validMail accepts what can be an address: something, an at sign, a domain with a dot. Source of these three checks:
// entcore's validation of fields.
func validMail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	dot := strings.LastIndexByte(domain, '.')
	return ok && local != "" && dot > 0 && dot < len(domain)-1 && len(s) <= 254 && !strings.Contains(domain, "@") &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>,;\"", r)
		})
}

// validPhone accepts 6 to 15 digits, each followed by a space, a hyphen or a full stop or not, after 00, + or nothing.
func validPhone(s string) bool {
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		s = rest
	} else {
		s = strings.TrimPrefix(s, "00")
	}
	digits := 0
	for i, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case i > 0 && (r == ' ' || r == '-' || r == '.'):
		default:
			return false
		}
	}
	return 6 <= digits && digits <= 15
}

// validZip accepts 4 to 9 letters, digits, spaces and hyphens.
func validZip(s string) bool {
	return 4 <= len(s) && len(s) <= 9 && !strings.ContainsFunc(s, func(r rune) bool {
		return !('0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || r == ' ' || r == '-')
	})
}

// person reads what every profile has. It returns false when the row does not say who it is.
func (x *row) person() (ent.Person, bool) {
	var p ent.Person
	last, first := x.one(colLast), x.one(colFirst)
	x.lastKey, x.firstKey = frtext.Key(last), frtext.Key(first)
	if x.lastKey == "" {
		x.issue(CodeMissingValue, colLast)
		return p, false
	}
	if x.firstKey == "" {
		if x.f.info.Profile != Relative {
			x.issue(CodeMissingValue, colFirst)
			return p, false
		}
		x.issue(CodeNoGiven, colNone)
	}
	p.Name = ent.Name{Title: x.civility(), Family: last, Given: first}
	if x.f.head.has(colSurname) { // the name is then that of birth, beside the one in use
		p.Name.Birth = last
		if usage := x.one(colSurname); usage != "" && frtext.Key(usage) != "" {
			p.Name.Family = usage
		}
	}
	p.BirthDate = x.date(colBirth)
	c := &p.Contact
	c.Mail = x.checked(colEmail, validMail)
	c.Home = x.checked(colHome, validPhone)
	c.Work = x.checked(colWork, validPhone)
	c.Mobile = x.checked(colMobile, validPhone)
	for l := range strings.SplitSeq(x.text(x.cellOf(colAddress, 0)), "\n") {
		if l = oneLine(l); l != "" {
			c.Address.Lines = append(c.Address.Lines, l)
		}
	}
	c.Address.PostalCode = x.checked(colZip, validZip)
	c.Address.Town, c.Address.Country = x.one(colCity), x.one(colCountry)
	return p, true
}

// civility reads the title, or that of the sex where there is no title: feeds give one to pupils too.
func (x *row) civility() string {
	c, v := colTitle, x.one(colTitle)
	if v == "" && x.f.head.has(colGender) {
		c, v = colGender, x.one(colGender)
	}
	switch strings.TrimSuffix(frtext.Fold(v), ".") {
	case "":
		return ""
	case "m", "mr", "monsieur", "h", "g":
		return "M."
	case "mme", "madame", "mlle", "mademoiselle", "f":
		return "Mme"
	}
	x.refuse(CodeValue, c)
	return ""
}

// ine reads the national number of a pupil.
func (x *row) ine() ent.INE {
	v := strings.ToUpper(x.one(colINE))
	if v == "" {
		return ""
	}
	n, err := ent.ParseINE(v)
	switch {
	case errors.Is(err, ent.CodeINEKey):
		x.refuse(CodeINEKey, colINE)
	case err != nil:
		x.refuse(CodeINE, colINE)
	}
	return n
}

// regimeOf returns the regime that a label begins with, "" for another one.
func regimeOf(label string) ent.Regime {
	up := strings.ToUpper(frtext.Fold(label))
	switch {
	case strings.HasPrefix(up, "DEMI"), up == "DP":
		return ent.RegimeHalf
	case strings.HasPrefix(up, "EXTERNE"):
		return ent.RegimeDay
	case strings.HasPrefix(up, "INTERNE"):
		return ent.RegimeBoarder
	}
	return ""
}

// function reads a function: its label alone, or code$label$discipline$label of it, the school before them or not.
func (x *row) function(v string, cell int) (ent.Function, bool) {
	parts := strings.Split(v, "$")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	switch len(parts) {
	case 1:
		return ent.Function{Label: v}, true
	case 5:
		if parts[0] != "" && parts[0] != string(x.f.r.o.School.ID) {
			x.issueAt(CodeOtherSchool, cell, colFunctions)
			return ent.Function{}, false
		}
		parts = parts[1:]
	case 4:
	default:
		x.issueAt(CodeValue, cell, colFunctions)
		return ent.Function{}, false
	}
	f := ent.Function{Code: ent.FunctionCode(parts[0]), Label: parts[1], Discipline: parts[2], DisciplineLabel: parts[3]}
	return f, f != ent.Function{}
}
