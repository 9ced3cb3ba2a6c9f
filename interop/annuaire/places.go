package annuaire

import (
	"cmp"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/internal/frtext"
)

// places are the classes and groups that the cells name. Two spellings that differ by case, accents or spaces are one
// class; the first one met names it.
type places struct {
	school          ent.ID
	classes, groups map[string]*place
}

type place struct {
	id     ent.ID
	label  string
	levels map[string]bool
}

func newPlaces(school ent.ID) places {
	return places{school, map[string]*place{}, map[string]*place{}}
}

// placeKey folds the name of a class.
func placeKey(label string) string { return frtext.Fold(oneLine(label)) }

// local returns the name of a class or group without the prefix of the school, false for one of another school.
func (p *places) local(cell string) (string, bool) {
	prefix, rest, ok := strings.Cut(cell, "$")
	if !ok {
		return cell, true
	}
	rest = strings.TrimSpace(rest)
	return rest, strings.TrimSpace(prefix) == string(p.school) && rest != ""
}

// class returns a class by its name, made when it is met for the first time; group does so for a group.
func (p *places) class(label string) *place { return p.in(p.classes, label) }

func (p *places) group(label string) *place { return p.in(p.groups, label) }

func (p *places) in(m map[string]*place, label string) *place {
	k := placeKey(label)
	if m[k] == nil {
		label = oneLine(label)
		m[k] = &place{id: p.school + "$" + ent.ID(label), label: label, levels: map[string]bool{}}
	}
	return m[k]
}

// all returns the classes and groups, sorted.
func (p *places) all() directory.Places {
	var out directory.Places
	for _, c := range sorted(p.classes) {
		levels := make([]string, 0, len(c.levels))
		for l := range c.levels {
			levels = append(levels, l)
		}
		slices.SortFunc(levels, func(a, b string) int { return cmp.Or(cmp.Compare(levelRank(a), levelRank(b)), cmp.Compare(a, b)) })
		if len(levels) == 0 {
			levels = nil
		}
		out.Classes = append(out.Classes, ent.Class{ID: c.id, Establishment: p.school, Code: c.label, Label: c.label, Levels: levels})
	}
	for _, g := range sorted(p.groups) {
		out.Groups = append(out.Groups, ent.Group{ID: g.id, Establishment: p.school, Code: g.label, Label: g.label})
	}
	return out
}

func sorted(m map[string]*place) []*place {
	out := make([]*place, 0, len(m))
	for _, x := range m {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b *place) int { return cmp.Compare(a.id, b.id) })
	return out
}
