package school

import (
	"net/url"
	"strconv"
	"strings"
)

// Ref names something by the number of its delivery, from 1, and its key there: keys are unique within one delivery only.
type Ref struct {
	Feed int
	Key  string
}

// String returns the reference as addresses write it: 1-4001.
func (r Ref) String() string { return strconv.Itoa(r.Feed) + "-" + r.Key }

// ParseRef reads what String wrote.
func ParseRef(s string) (Ref, bool) {
	feed, key, ok := strings.Cut(s, "-")
	n, err := strconv.Atoi(feed)
	if !ok || err != nil || n < 1 || key == "" {
		return Ref{}, false
	}
	return Ref{n, key}, true
}

// Category is what a person is in a delivery; a person of two categories has two pages.
type Category string

// The categories of persons, as addresses write them.
const (
	Pupil    Category = "eleve"
	Relative Category = "responsable"
	Staff    Category = "personnel"
)

// Person names a person.
type Person struct {
	Category Category
	Ref      Ref
}

// String returns the person as sign-in writes it: eleve/1-50000001.
func (p Person) String() string { return string(p.Category) + "/" + p.Ref.String() }

// ParsePerson reads what String wrote.
func ParsePerson(s string) (Person, bool) {
	c, id, _ := strings.Cut(s, "/")
	ref, ok := ParseRef(id)
	switch Category(c) {
	case Pupil, Relative, Staff:
		return Person{Category(c), ref}, ok
	}
	return Person{}, false
}

// Path returns the address of the page of a person.
func (p Person) Path() string {
	return "/personnes/" + string(p.Category) + "/" + url.PathEscape(p.Ref.String())
}

func schoolPath(r Ref) string { return "/etablissements/" + url.PathEscape(r.String()) }
func classPath(r Ref) string  { return "/classes/" + url.PathEscape(r.String()) }
func groupPath(r Ref) string  { return "/groupes/" + url.PathEscape(r.String()) }
