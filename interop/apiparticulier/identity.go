package apiparticulier

import (
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// France is the code of the country of birth of those born in France.
const France = "99100"

const (
	// maxName is the length of a name, in characters: a longer one is refused before it is sent.
	maxName = 100
	// maxGiven is how many first names the API takes.
	maxGiven = 3
	// history is how many months back the API answers.
	history = 24
)

// Identity is the civil identity of the person on whose file the quotient stands (allocataire): another parent's finds
// nothing. It is personal data: logs and prints redact it.
type Identity struct {
	BirthName string
	// UsageName is optional, and never the same as the birth name.
	UsageName string
	// GivenNames are one to three: the more there are, the surer the match.
	GivenNames []string
	// Birth may be partial: a month needs its year, a day its month.
	Birth PartialDate
	// Sex is that of the civil register, M or F.
	Sex string
	// BirthCountry is a code of the code officiel géographique: France is 99100.
	BirthCountry string
	// BirthCommune is the code of the commune, for who was born in France.
	BirthCommune ent.InseeCode
	// BirthCommuneName, with BirthDepartement and the year of birth, stands instead of BirthCommune.
	BirthCommuneName string
	BirthDepartement ent.DepartementCode
}

// LogValue hides the identity.
func (i Identity) LogValue() slog.Value { return redacted() }

// String hides the identity.
func (i Identity) String() string { return hidden }

// GoString hides the identity.
func (i Identity) GoString() string { return hidden }

// Check returns what the API would refuse, each issue by the name of its parameter and without its value.
func (i Identity) Check() ent.Issues {
	var c checks
	c.text("nomNaissance", i.BirthName, true)
	c.text("nomUsage", i.UsageName, false)
	switch {
	case len(i.GivenNames) == 0:
		c.add(CodeRequired, "prenoms")
	case len(i.GivenNames) > maxGiven:
		c.add(CodeShape, "prenoms")
	}
	for _, g := range i.GivenNames[:min(len(i.GivenNames), maxGiven)] {
		c.text("prenoms", g, true)
	}
	c.birth(i.Birth)
	switch i.Sex {
	case "M", "F":
	case "":
		c.add(CodeRequired, "sexeEtatCivil")
	default:
		c.add(CodeShape, "sexeEtatCivil")
	}
	c.place(i)
	return c.issues
}

type checks struct{ issues ent.Issues }

func (c *checks) add(code ent.Code, field string) {
	c.issues = append(c.issues, fieldIssue(code, "$."+field, field))
}

func (c *checks) text(field, s string, required bool) {
	switch {
	case s == "" && !required:
	case strings.TrimSpace(s) == "":
		c.add(CodeRequired, field)
	case !utf8.ValidString(s), utf8.RuneCountInString(s) > maxName, strings.ContainsFunc(s, unicode.IsControl):
		c.add(CodeShape, field)
	}
}

func (c *checks) birth(d PartialDate) {
	if _, err := NewPartialDate(int(d.Year), int(d.Month), int(d.Day)); err != nil || d.Year != 0 && d.Year < 1850 {
		c.add(CodeShape, "anneeDateNaissance")
		return
	}
	// The API ignores a month without a year: it would look for somebody else.
	if d.Month != 0 && d.Year == 0 {
		c.add(CodeRequired, "anneeDateNaissance")
	}
	if d.Day != 0 && d.Month == 0 {
		c.add(CodeRequired, "moisDateNaissance")
	}
}

func (c *checks) place(i Identity) {
	country, ok := digits(i.BirthCountry)
	switch {
	case i.BirthCountry == "":
		c.add(CodeRequired, "codeCogInseePaysNaissance")
		return
	case !ok || len(i.BirthCountry) != 5 || country < 99000:
		c.add(CodeShape, "codeCogInseePaysNaissance")
		return
	}
	named := i.BirthCommuneName != "" || i.BirthDepartement != ""
	switch {
	case i.BirthCountry != France && (i.BirthCommune != "" || named),
		i.BirthCommune != "" && named:
		c.add(CodeAlternative, "codeCogInseeCommuneNaissance")
	case i.BirthCountry != France:
	case i.BirthCommune != "":
		if len(i.BirthCommune) != 5 || !isCOG(string(i.BirthCommune)) {
			c.add(CodeShape, "codeCogInseeCommuneNaissance")
		}
	case !named:
		c.add(CodeRequired, "codeCogInseeCommuneNaissance")
	default:
		c.text("nomCommuneNaissance", i.BirthCommuneName, true)
		switch n := len(i.BirthDepartement); {
		case n == 0:
			c.add(CodeRequired, "codeCogInseeDepartementNaissance")
		case n < 2 || n > 3 || !isCOG(string(i.BirthDepartement)):
			c.add(CodeShape, "codeCogInseeDepartementNaissance")
		}
		if i.Birth.Year == 0 {
			c.add(CodeRequired, "anneeDateNaissance")
		}
	}
}

// isCOG reports whether a code is made of digits, or begins with 2A or 2B. A commune may have disappeared, and the
// sandbox has codes of its own (00404): whether it exists is the server's business.
func isCOG(s string) bool {
	if strings.HasPrefix(s, "2A") || strings.HasPrefix(s, "2B") {
		s = "20" + s[2:]
	}
	_, ok := digits(s)
	return ok
}

// values returns the query parameters.
func (i Identity) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	number := func(name string, n int) {
		if n != 0 {
			v.Set(name, strconv.Itoa(n))
		}
	}
	set("nomNaissance", i.BirthName)
	set("nomUsage", i.UsageName)
	for _, g := range i.GivenNames {
		v.Add("prenoms[]", g)
	}
	number("anneeDateNaissance", int(i.Birth.Year))
	number("moisDateNaissance", int(i.Birth.Month))
	number("jourDateNaissance", int(i.Birth.Day))
	set("sexeEtatCivil", i.Sex)
	set("codeCogInseePaysNaissance", i.BirthCountry)
	set("codeCogInseeCommuneNaissance", string(i.BirthCommune))
	set("nomCommuneNaissance", i.BirthCommuneName)
	set("codeCogInseeDepartementNaissance", string(i.BirthDepartement))
	return v
}

// month files a month to come or too old. A missing month is the current one. The hours around midnight are left
// to the server.
func (c *checks) month(m ent.Month, now time.Time) {
	if m.IsZero() {
		return
	}
	day := ent.DateAt(now, time.UTC)
	latest := ent.MonthOf(day.AddDays(1))
	if _, err := ent.NewMonth(int(m.Year), int(m.Month)); err != nil || m.Compare(latest) > 0 || tooOld(m, now) {
		c.add(CodeMonth, "mois")
	}
}

func tooOld(m ent.Month, now time.Time) bool {
	return m.Compare(ent.MonthOf(ent.DateAt(now, time.UTC)).AddMonths(-history)) < 0
}
