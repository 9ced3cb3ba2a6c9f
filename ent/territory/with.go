package territory

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// The causes of a [RowError], besides the codes of package ent for a malformed code or date.
var (
	// ErrFormat is a file, a header or a name that is not as it must be.
	ErrFormat = errors.New("malformed")
	// ErrDuplicate is a code, or a UAI prefix, that stands twice.
	ErrDuplicate = errors.New("stands twice")
	// ErrReference is a code that refers to nothing in the lists, or to itself in a circle.
	ErrReference = errors.New("refers to nothing")
	// ErrSource is a list without its source, title or date, or a source without its list.
	ErrSource = errors.New("source missing or not of a list loaded with it")
)

// RowError is one row that was refused.
type RowError struct {
	// File is the name of the file, or of the list for a row given to [Territory.With].
	File string
	// Line is the line in the file, or the place of the row in the list counted from 1; 0 is the whole list.
	Line int
	// Column is the column at fault, if it is one.
	Column string
	// Err is the cause.
	Err error
}

// Error returns the place and the cause. It quotes no value.
func (e *RowError) Error() string {
	var b strings.Builder
	b.WriteString("territory: " + e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Column != "" {
		b.WriteString(": " + e.Column)
	}
	return b.String() + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *RowError) Unwrap() error { return e.Err }

// Lists are rows to add to a Territory. A row whose code is already there replaces it. Sources holds at least one entry
// for each list that has rows, with a title and a date.
type Lists struct {
	Sources      []Source
	Regions      []Region
	Academies    []Academy
	Departements []Departement
	Communes     []Commune
	Former       []FormerCommune
}

// With returns a Territory with the rows of l added to those of t, which stays as it is. A code is either a commune's of
// today or a former one's: the one given last holds. When rows are wrong it returns nil and an error that joins a
// [RowError] for each of the first 20.
func (t *Territory) With(l Lists) (*Territory, error) {
	return t.with(&l, &places{})
}

// maxErrors is how many wrong rows are told; a file with another separator has as many as lines.
const maxErrors = 20

// places turns the index of a row into a place the caller knows, and gathers what is wrong.
type places struct {
	lines map[List][]int // line of each row, for rows read from files
	errs  []error
	count int
}

func (p *places) add(e *RowError) {
	p.count++
	if p.count <= maxErrors {
		p.errs = append(p.errs, e)
	}
}

// row notes a wrong row of a list; nothing when err is nil.
func (p *places) row(list List, i int, column string, err error) {
	if err == nil {
		return
	}
	e := &RowError{File: string(list), Line: i + 1, Column: column, Err: err}
	if lines, ok := p.lines[list]; ok {
		e.File, e.Line = fileOf(list), lines[i]
	}
	p.add(e)
}

func (p *places) err() error {
	if p.count > maxErrors {
		return errors.Join(append(slices.Clone(p.errs), fmt.Errorf("territory: %d more", p.count-maxErrors))...)
	}
	return errors.Join(p.errs...)
}

func (t *Territory) with(l *Lists, p *places) (*Territory, error) {
	checkRows(p, ListRegions, l.Regions, ent.ParseRegionCode, func(r Region) string { return r.Name })
	checkRows(p, ListAcademies, l.Academies, ent.ParseAcademyCode, func(a Academy) string { return a.Name })
	checkRows(p, ListDepartements, l.Departements, ent.ParseDepartementCode, func(d Departement) string { return d.Name })
	checkRows(p, ListCommunes, l.Communes, ent.ParseInseeCode, func(c Commune) string { return c.Name })
	checkRows(p, ListFormer, l.Former, ent.ParseInseeCode, func(f FormerCommune) string { return f.Name })
	l.checkSources(p)
	for i, f := range l.Former {
		if f.Until.IsZero() {
			p.row(ListFormer, i, "until", ent.CodeDate)
		}
	}
	if p.count > 0 {
		return nil, p.err()
	}
	next := &Territory{
		regions:      t.regions.with(l.Regions),
		academies:    t.academies.with(l.Academies),
		departements: t.departements.with(l.Departements),
		communes:     without(t.communes, l.Former).with(l.Communes),
		former:       without(t.former, l.Communes).with(l.Former),
		sources:      slices.Concat(t.sources, l.Sources),
	}
	next.index(l, p)
	next.checkReferences(l, p)
	if p.count > 0 {
		return nil, p.err()
	}
	return next, nil
}

// checkRows checks what a row says by itself: a well-formed code, once, and a name.
func checkRows[K ~string, V coded[K]](p *places, list List, rows []V, parse func(string) (K, error), name func(V) string) {
	// A list in order has no code twice; only another one is worth a map of its codes.
	var seen map[K]bool
	if !slices.IsSortedFunc(rows, func(a, b V) int { return cmp.Or(cmp.Compare(a.code(), b.code()), -1) }) {
		seen = make(map[K]bool, len(rows))
	}
	for i, r := range rows {
		_, err := parse(string(r.code()))
		p.row(list, i, "code", err)
		if seen != nil {
			if seen[r.code()] {
				p.row(list, i, "code", ErrDuplicate)
			}
			seen[r.code()] = true
		}
		if n := name(r); n == "" || n != strings.TrimSpace(n) || !utf8.ValidString(n) {
			p.row(list, i, "name", ErrFormat)
		}
	}
}

// checkSources checks that every list says where it comes from, and no other.
func (l *Lists) checkSources(p *places) {
	rows := map[List]int{
		ListRegions: len(l.Regions), ListAcademies: len(l.Academies), ListDepartements: len(l.Departements),
		ListCommunes: len(l.Communes), ListFormer: len(l.Former),
	}
	for i, s := range l.Sources {
		switch {
		case rows[s.List] == 0:
			p.row(listSources, i, "list", ErrSource)
		case s.Title == "" || !utf8.ValidString(s.Title):
			p.row(listSources, i, "title", ErrSource)
		case s.AsOf.IsZero():
			p.row(listSources, i, "as_of", ErrSource)
		}
	}
	for _, list := range slices.Sorted(maps.Keys(rows)) {
		if rows[list] > 0 && !slices.ContainsFunc(l.Sources, func(s Source) bool { return s.List == list }) {
			e := &RowError{File: string(list), Err: ErrSource}
			if _, read := p.lines[list]; read {
				e.File = fileOf(list)
			}
			p.add(e)
		}
	}
}

// index maps the UAI prefixes to their départements.
func (t *Territory) index(l *Lists, p *places) {
	t.prefixes = make(map[string]ent.DepartementCode, len(t.departements))
	for _, d := range t.departements {
		if d.UAIPrefix != "" && t.prefixes[d.UAIPrefix] == "" {
			t.prefixes[d.UAIPrefix] = d.Code
		}
	}
	// Two départements of one prefix: at least one of them is new, since each load was checked.
	for _, d := range t.departements {
		if first := t.prefixes[d.UAIPrefix]; d.UAIPrefix != "" && first != d.Code {
			i := slices.IndexFunc(l.Departements, func(n Departement) bool { return n.Code == d.Code || n.Code == first })
			p.row(ListDepartements, i, "uai_prefix", ErrDuplicate)
		}
	}
}

// checkReferences checks the codes by which new rows name others, in the lists as they are afterwards.
func (t *Territory) checkReferences(l *Lists, p *places) {
	missing := func(list List, i int, column string, found bool) {
		if !found {
			p.row(list, i, column, ErrReference)
		}
	}
	region := func(code ent.RegionCode) bool {
		_, ok := t.Region(code)
		return ok || code == ""
	}
	for i, a := range l.Academies {
		missing(ListAcademies, i, "region", region(a.Region))
	}
	for i, d := range l.Departements {
		missing(ListDepartements, i, "region", region(d.Region))
		_, ok := t.Academy(d.Academy)
		missing(ListDepartements, i, "academy", ok || d.Academy == "")
		if d.UAIPrefix != "" && !isPrefix(d.UAIPrefix) {
			p.row(ListDepartements, i, "uai_prefix", ErrFormat)
		}
	}
	for i, c := range l.Communes {
		_, ok := t.Departement(c.Code.Departement())
		missing(ListCommunes, i, "code", ok)
		_, ok = t.Commune(c.Parent)
		missing(ListCommunes, i, "parent", ok && c.Parent != c.Code || c.Parent == "")
	}
	for i, f := range l.Former {
		// Communes of before gave way to the former ones: one that is still there was given in this load.
		if _, today := t.Commune(f.Code); today {
			p.row(ListFormer, i, "code", ErrDuplicate)
		}
		missing(ListFormer, i, "successor", f.Successor == "" || t.ends(f.Successor))
	}
}

// ends reports whether a chain of successors ends, at a commune of today or at one that was shared.
func (t *Territory) ends(code ent.InseeCode) bool {
	for range len(t.former) + 1 {
		if _, ok := t.Commune(code); ok {
			return true
		}
		f, ok := t.FormerCommune(code)
		if !ok {
			return false
		}
		if f.Successor == "" {
			return true
		}
		code = f.Successor
	}
	return false
}

func isPrefix(s string) bool {
	return len(s) == 3 && strings.Trim(s, "0123456789") == ""
}
