package enttest

import (
	"strconv"
	"strings"
	"sync"
)

// word is a name in the forms it is used in.
type word struct {
	text  string // as a civil register writes it: "Zoé", "LEFÈVRE"
	upper string
	slug  string // as a mail address writes it: "zoe"
}

// tables holds the names in order of frequency.
type tables struct {
	families                       []word
	girls, boys, women, men        []word
	elderWomen, elderMen           []word
	streets, streetKinds, suffixes []string
}

var nameTables = sync.OnceValue(func() *tables {
	return &tables{
		families:    words(familyNames),
		girls:       words(girlNames),
		boys:        words(boyNames),
		women:       words(womanNames),
		men:         words(manNames),
		elderWomen:  words(elderWomanNames),
		elderMen:    words(elderManNames),
		streets:     strings.Split(strings.TrimSpace(streetNames), "\n"),
		streetKinds: []string{"rue", "rue", "rue", "rue", "avenue", "allée", "chemin", "impasse", "place", "boulevard", "route"},
		suffixes:    []string{" bis", " ter"},
	}
})

func words(list string) []word {
	var out []word
	for text := range strings.SplitSeq(list, ",") {
		out = append(out, newWord(strings.TrimSpace(text)))
	}
	return out
}

func newWord(text string) word { return word{text, strings.ToUpper(text), slugOf(text)} }

// join returns a compound of two names.
func (w word) join(separator string, o word) word {
	return word{w.text + separator + o.text, w.upper + separator + o.upper, w.slug + o.slug}
}

// slugOf returns the ASCII letters of a name, in lower case.
func slugOf(text string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(text) {
		switch {
		case 'a' <= r && r <= 'z':
			b.WriteRune(r)
		case r == 'œ':
			b.WriteString("oe")
		default:
			const from, to = "àâäãáåçéèêëíîïìñóôöòøúùûüÿý", "aaaaaaceeeeiiiinooooouuuuyy"
			i := 0
			for _, f := range from {
				if f == r {
					b.WriteByte(to[i])
				}
				i++
			}
		}
	}
	return b.String()
}

// familyName draws a last name.
func (a *Academy) familyName(d *draw) word {
	if a.canary {
		return canaryFamily(d)
	}
	list := nameTables().families
	return list[d.early(len(list))]
}

// age groups of first names.
type age uint8

const (
	child age = iota
	grown
	elder
)

// givenName draws a first name of a generation.
func (a *Academy) givenName(d *draw, female bool, of age) word {
	if a.canary {
		return canaryGiven(d)
	}
	t := nameTables()
	var list []word
	switch {
	case of == child && female:
		list = t.girls
	case of == child:
		list = t.boys
	case of == grown && female:
		list = t.women
	case of == grown:
		list = t.men
	case female:
		list = t.elderWomen
	default:
		list = t.elderMen
	}
	return list[d.early(len(list))]
}

// addressLines draws the lines of an address.
func (a *Academy) addressLines(d *draw) []string {
	t := nameTables()
	var b []byte
	b = strconv.AppendInt(b, int64(1+d.early(120)), 10)
	if d.chance(60) {
		b = append(b, t.suffixes[d.n(len(t.suffixes))]...)
	}
	b = append(b, ' ')
	b = append(b, t.streetKinds[d.n(len(t.streetKinds))]...)
	b = append(b, ' ')
	if a.canary {
		b = append(b, "du "...)
		b = append(b, canaryFamily(d).upper...)
	} else {
		b = append(b, t.streets[d.n(len(t.streets))]...)
	}
	lines := []string{string(b)}
	if d.chance(180) {
		second := [...]string{"Bât. ", "Apt ", "Esc. ", "Résidence "}[d.n(4)]
		if a.canary {
			second += canaryMark + " "
		}
		lines = append(lines, second+letter(d.n(12)))
	}
	return lines
}

// phone draws a number of the ranges that the regulator (ARCEP) keeps for works of fiction.
func (a *Academy) phone(d *draw, mobile bool) string {
	b := make([]byte, 0, 17)
	switch {
	case mobile:
		b = append(b, "+33 6 39 98 "...)
	default:
		b = append(b, [...]string{"+33 1 99 00 ", "+33 4 65 71 ", "+33 4 65 71 ", "+33 4 65 71 "}[d.n(4)]...)
	}
	first := d.n(100)
	if a.canary {
		first = canaryPair
		b = append(b[:0], "+33 1 99 00 "...)
		if mobile {
			b = append(b[:0], "+33 6 39 98 "...)
		}
	} else if first == canaryPair {
		first++
	}
	last := d.n(100)
	b = append(b, byte('0'+first/10), byte('0'+first%10), ' ', byte('0'+last/10), byte('0'+last%10))
	return string(b)
}

// mail returns an address that no other person has: it ends with the person's number.
func mail(given, family word, number int, domain string) string {
	b := make([]byte, 0, 64)
	b = append(b, given.slug...)
	if given.slug != "" && family.slug != "" {
		b = append(b, '.')
	}
	b = append(b, family.slug...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, '@')
	b = append(b, domain...)
	return string(b)
}

// list splits a constant list of names, whose lines break anywhere.
func list(names string) []string {
	out := strings.Split(names, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}
