package directory

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// MergePolicy says when two accounts are taken for one person. Zero fields take the defaults. Source: the scoring of the
// most used importer.
type MergePolicy struct {
	// Propose is the least score of a proposal, Auto that of a match within one school; 4 and 5.
	Propose int
	Auto    int
	// Never, when set, says that somebody settled that two accounts are two persons.
	Never func(a, b ent.ID) bool
}

func (p MergePolicy) orDefaults() MergePolicy {
	if p.Propose == 0 {
		p.Propose = 4
	}
	if p.Auto == 0 {
		p.Auto = 5
	}
	return p
}

// Likeness says how much two persons look alike: 2 when both names are nearly equal, and 1 more for each of last name,
// first name, birth date and mail that is equal, case, accents and spaces aside. A missing value is equal to nothing.
type Likeness struct {
	Score  int  `json:"score"`
	Near   bool `json:"near,omitempty"`
	Family bool `json:"family,omitempty"`
	Given  bool `json:"given,omitempty"`
	Birth  bool `json:"birth,omitempty"`
	Mail   bool `json:"mail,omitempty"`
	// SameSchool says that they share an establishment.
	SameSchool bool `json:"sameSchool,omitempty"`
}

// NameKey returns the last and first name without case, accents, spaces nor hyphens: persons of one NameKey may be one
// person. It is personal data.
func NameKey(n ent.Name) string { return frtext.Key(n.Family) + "/" + frtext.Key(n.Given) }

// traits are what two persons are compared by.
type traits struct {
	family, given, mail string
	birth               ent.Date
	at                  []ent.ID
}

func traitsOf(p *ent.Person, ties []Tie) traits {
	return traits{
		frtext.Key(p.Name.Family), frtext.Key(p.Name.Given), frtext.Key(p.Contact.Mail), p.BirthDate, establishmentsOf(ties),
	}
}

func (a *traits) like(b *traits) Likeness {
	l := Likeness{
		Family: a.family != "" && a.family == b.family, Given: a.given != "" && a.given == b.given,
		Birth: !a.birth.IsZero() && a.birth == b.birth, Mail: a.mail != "" && a.mail == b.mail,
		SameSchool: slices.ContainsFunc(a.at, func(id ent.ID) bool { return slices.Contains(b.at, id) }),
	}
	l.Near = near(a.family, b.family) && near(a.given, b.given)
	if !l.Near {
		return l
	}
	l.Score = 2
	for _, equal := range []bool{l.Family, l.Given, l.Birth, l.Mail} {
		if equal {
			l.Score++
		}
	}
	return l
}

// LikenessOf compares two accounts.
func LikenessOf(a, b *Account) Likeness {
	x, y := traitsOf(&a.Person, a.Ties), traitsOf(&b.Person, b.Ties)
	return x.like(&y)
}

// nearPercent is how alike two names must be: edits against the length of the shorter one.
const nearPercent = 60

// near reports whether two folded names are nearly equal: one less the edits over the length of the shorter is 0.6 or
// more.
func near(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	x, y := []rune(a), []rune(b)
	shorter := min(len(x), len(y))
	allowed := shorter * (100 - nearPercent) / 100
	if max(len(x), len(y))-shorter > allowed {
		return false
	}
	return edits(x, y) <= allowed
}

// edits is the distance of Levenshtein.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range b {
			cost := diagonal
			if r != s {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// Explain returns how the score was reached. No value of a person is in it.
func (l Likeness) Explain() ent.Explanation {
	root := ent.Step{
		Op: ent.OpSum, Value: decimal.NewFromInt(int64(l.Score)), Label: ent.Label{FR: "ressemblance", EN: "likeness"},
		Source: "Cartable", Audience: ent.AudienceAgent,
	}
	given := func(yes bool, n int64, fr, en string) {
		if !yes || !l.Near {
			n = 0
		}
		root.Operands = append(root.Operands, ent.Step{
			Op: ent.OpGiven, Value: decimal.NewFromInt(n), Label: ent.Label{FR: fr, EN: en}, Audience: ent.AudienceAgent,
		})
	}
	given(l.Near, 2, "noms et prénoms presque égaux", "names nearly equal")
	given(l.Family, 1, "même nom", "same last name")
	given(l.Given, 1, "même prénom", "same first name")
	given(l.Birth, 1, "même date de naissance", "same birth date")
	given(l.Mail, 1, "même adresse électronique", "same mail")
	return ent.Explanation{Root: root}
}
