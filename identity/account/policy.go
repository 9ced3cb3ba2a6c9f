package account

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// Policy says which passwords will do. Entropy is log2 of alphabet to the power of length, as the CNIL counts; next to the
// formula stands a table of sets that it takes as equivalent.
type Policy struct {
	// Name is that of the preset; FR and EN say in one sentence what is asked, for the form.
	Name   string
	FR, EN string
	// MinBits is what the formula must give, unless one of Sets is met.
	MinBits float64
	Sets    []Set
	// MinLength counts characters, MinClasses kinds of them: lower case, upper case, digits, others. They hold whatever the
	// entropy.
	MinLength, MinClasses int
	// Specials is how many other signs the form takes; 37 when 0, which Unicode always has.
	Specials int
	// AllowCommon and AllowPersonal leave out the list of common passwords, and that of the person's own words.
	AllowCommon, AllowPersonal bool
	// History is how many former passwords are refused, the present one among them.
	History int
	// Throttled says that the entropy is enough only with a [Throttle]. Supervised that it is not enough for the CNIL: for
	// young pupils under the eyes of a teacher, on an account that holds little.
	Throttled, Supervised bool
	// Second says that a second factor is wanted.
	Second bool
}

// Set is one line of the table of the CNIL: a length with some classes of characters, or a number of words.
type Set struct {
	Length, Classes int
	// Specials is how many other signs the form must take at the least, when Classes is 4.
	Specials int
	Words    int
}

// Entropy returns log2(alphabet^length): 78.8 for 12 characters of 95, 90.5 for 7 words of 7776.
func Entropy(length, alphabet int) float64 {
	if length <= 0 || alphabet <= 1 {
		return 0
	}
	return float64(length) * math.Log2(float64(alphabet))
}

// sets80 are those that the CNIL takes for 80 bits: a password that stands alone.
func sets80() []Set {
	return []Set{{Length: 12, Classes: 4, Specials: 37}, {Length: 14, Classes: 3}, {Words: 7}}
}

// sets50 are those for 50 bits, with a restriction of access.
func sets50() []Set {
	return []Set{{Length: 8, Classes: 4, Specials: 11}, {Length: 8, Classes: 3}, {Words: 5}}
}

// The presets.

// PolicyStaff is for adults of schools and of offices: 80 bits.
func PolicyStaff() Policy {
	return Policy{
		Name: "staff", MinBits: 80, Sets: sets80(), MinLength: 12, History: 3,
		FR: "12 caractères au moins, avec minuscules, majuscules, chiffres et autres signes ; ou 14 sans autres signes ; ou une phrase de 7 mots.",
		EN: "At least 12 characters with lower case, upper case, digits and other signs; or 14 without other signs; or a phrase of 7 words.",
	}
}

// PolicyAdministrator is for those whose account opens those of others: 80 bits, and a second factor.
func PolicyAdministrator() Policy {
	p := PolicyStaff()
	p.Name, p.History, p.Second = "administrator", 5, true
	p.FR += " Un second facteur est demandé."
	p.EN += " A second factor is asked for."
	return p
}

// PolicyRelative is for relatives: 50 bits, with a throttle.
func PolicyRelative() Policy {
	return Policy{
		Name: "relative", MinBits: 50, Sets: sets50(), MinLength: 8, History: 1, Throttled: true,
		FR: "8 caractères au moins, de trois sortes parmi minuscules, majuscules, chiffres et autres signes ; ou une phrase de 5 mots.",
		EN: "At least 8 characters of three kinds out of lower case, upper case, digits and other signs; or a phrase of 5 words.",
	}
}

// PolicyPupil is for pupils of secondary schools: that of relatives.
func PolicyPupil() Policy {
	p := PolicyRelative()
	p.Name = "pupil"
	return p
}

// PolicySupervised is for pupils of primary schools: a word or a row of pictures. It is below what the CNIL recommends, and
// says so: the caller opens such accounts in class, or for what can do no harm.
func PolicySupervised() Policy {
	return Policy{
		Name: "supervised", MinLength: 4, AllowCommon: true, AllowPersonal: true, Throttled: true, Supervised: true,
		FR: "Un mot ou une suite d'images d'au moins 4 signes, choisi avec un adulte.",
		EN: "A word or a row of at least 4 pictures, chosen with an adult.",
	}
}

// youngUntil is the age from which a pupil has a password of their own: that of the first year of collège.
const youngUntil = 11

// PolicyFor returns the preset of an account at a date: by profile and, for a pupil, by age. A pupil whose date of birth is
// missing is taken for a pupil of a secondary school, the stricter rule.
func PolicyFor(a *Account, on ent.Date) Policy {
	switch {
	case a.Administrator:
		return PolicyAdministrator()
	case a.Profile == ent.ProfileRelative:
		return PolicyRelative()
	case a.Profile == ent.ProfilePupil:
		if !a.Birth.IsZero() && a.Birth.Age(on) < youngUntil {
			return PolicySupervised()
		}
		return PolicyPupil()
	}
	return PolicyStaff()
}

// Strength is what the formula sees of a password.
type Strength struct {
	// Length counts the characters but those that go on with a row: aaa, abc, azerty, the second half of toto.
	Length, Classes, Words int
	// Alphabet is how many signs the classes hold, Bits the entropy.
	Alphabet int
	Bits     float64
}

// StrengthOf measures a password on a form that takes so many other signs.
func StrengthOf(password string, specials int) Strength {
	text := norm.NFC.String(password)
	var lower, upper, digit, other bool
	for _, r := range text {
		switch {
		case unicode.IsLower(r):
			lower = true
		case unicode.IsUpper(r):
			upper = true
		case unicode.IsDigit(r):
			digit = true
		default:
			other = true
		}
	}
	s := Strength{Length: length(text), Words: words(text)}
	for _, c := range []struct {
		has  bool
		size int
	}{{lower, 26}, {upper, 26}, {digit, 10}, {other, specials}} {
		if c.has {
			s.Classes++
			s.Alphabet += c.size
		}
	}
	s.Bits = Entropy(s.Length, s.Alphabet)
	return s
}

// length counts what is not a row.
func length(text string) int {
	runes := []rune(frtext.Fold(text))
	n := 0
	for i, r := range runes {
		if i >= 2 && row(runes[i-2], runes[i-1], r) {
			continue
		}
		n++
	}
	if period := period(runes); period < len(runes) {
		n = min(n, period+1)
	}
	return n
}

func row(a, b, c rune) bool {
	d := b - a
	if d == c-b && d >= -1 && d <= 1 {
		return true
	}
	for _, keys := range []string{"azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"} {
		if strings.Contains(keys, string([]rune{a, b, c})) || strings.Contains(keys, string([]rune{c, b, a})) {
			return true
		}
	}
	return false
}

// period returns the length of the block that the text is made of, twice at least; the length of the text for none.
func period(runes []rune) int {
	for p := 1; p <= len(runes)/2; p++ {
		if slices.Equal(runes[p:], runes[:len(runes)-p]) {
			return p
		}
	}
	return len(runes)
}

// words counts the different words of three letters and more.
func words(text string) int {
	seen := map[string]bool{}
	for _, w := range strings.FieldsFunc(frtext.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if utf8.RuneCountInString(w) >= 3 {
			seen[w] = true
		}
	}
	return len(seen)
}

func (p *Policy) specials() int {
	if p.Specials == 0 {
		return 37
	}
	return p.Specials
}

// strong reports whether the formula or the table takes a password.
func (p *Policy) strong(s Strength) bool {
	if s.Bits >= p.MinBits {
		return true
	}
	return slices.ContainsFunc(p.Sets, func(set Set) bool {
		if set.Words > 0 {
			return s.Words >= set.Words
		}
		return s.Length >= set.Length && s.Classes >= set.Classes && (set.Classes < 4 || p.specials() >= set.Specials)
	})
}

// Evaluate returns all that is wrong with a password for a person; nil when it will do. Former passwords are looked at when
// it is set.
func (p *Policy) Evaluate(password string, about *Account) ent.Issues {
	var out ent.Issues
	add := func(code ent.Code, params ...ent.Param) {
		out = append(out, catalog().New(code, ent.Pos{}, "$.password", params...))
	}
	if len(password) > MaxPassword {
		add(CodeTooLong)
		return out
	}
	s := StrengthOf(password, p.specials())
	if utf8.RuneCountInString(norm.NFC.String(password)) < p.MinLength {
		add(CodeShort, ent.Count("least", int64(p.MinLength)))
	}
	if s.Classes < p.MinClasses {
		add(CodeClasses, ent.Count("least", int64(p.MinClasses)))
	}
	if !p.strong(s) {
		add(CodeWeak)
	}
	if !p.AllowCommon && common(password) {
		add(CodeCommon)
	}
	if about != nil && (!p.AllowPersonal && personal(password, about) || LoginKey(password) == LoginKey(about.Login)) {
		add(CodePersonal)
	}
	return out
}

//go:embed common.txt
var commonText string

var commonWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.Lines(commonText) {
		out[strings.TrimSpace(w)] = true
	}
	return out
})

// common reports whether a password is one that many use, whatever stands around it: Azerty2026!, p@ssw0rd.
func common(password string) bool {
	folded := frtext.Fold(password)
	plain := strings.NewReplacer("@", "a", "0", "o", "1", "i", "3", "e", "$", "s", "5", "s", "!", "i").Replace(folded)
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	for _, w := range []string{folded, strings.TrimFunc(folded, notLetter), frtext.Key(folded), plain, strings.TrimFunc(plain, notLetter)} {
		if commonWords()[w] {
			return true
		}
	}
	return false
}

// personal reports whether a password holds a word of the person's own.
func personal(password string, a *Account) bool {
	key := frtext.Key(password)
	own := []string{a.Login, a.Alias, a.Name.Family, a.Name.Birth, a.Name.Given}
	own = append(own, a.SchoolNames...)
	mailbox, _, _ := strings.Cut(a.Mail, "@")
	own = append(own, mailbox)
	for _, text := range own {
		// Each word of a name, and the whole without its spaces.
		for _, w := range append(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), text) {
			w = frtext.Key(w)
			if n := utf8.RuneCountInString(w); n >= 4 && strings.Contains(key, w) || n > 0 && w == key {
				return true
			}
		}
	}
	if a.Birth.IsZero() {
		return false
	}
	y, m, d := fmt.Sprintf("%04d", a.Birth.Year), fmt.Sprintf("%02d", a.Birth.Month), fmt.Sprintf("%02d", a.Birth.Day)
	return slices.ContainsFunc([]string{d + m + y, y + m + d, d + m + y[2:], y[2:] + m + d}, func(s string) bool { return strings.Contains(key, s) })
}
