package directory

import (
	"slices"

	"github.com/opencartable/cartable/ent"
)

// places finds the establishments, classes and groups that a source names among those that are known, and plans the rest.
type places struct {
	origin Origin
	byKey  map[PlaceKey]*Place
	byUAI  map[ent.UAI]*Place
	byID   map[ent.ID]bool
	// to maps the origin's identifiers to those of the directory.
	establishments, classes, groups map[ent.ID]ent.ID
	knownClass                      map[placeCode]*ent.Class
	knownGroup                      map[placeCode]*ent.Group
	plan                            []Change
	// spoken are the establishments in which the origin speaks of classes; foreign those that another origin named first,
	// whose classes are not this one's to take away.
	spoken, foreign map[ent.ID]bool
	// home is the establishment of a class or group of the directory.
	home map[ent.ID]ent.ID
}

type placeCode struct {
	establishment ent.ID
	code          string
}

func newPlaces(known *Places, origin Origin) *places {
	p := &places{
		origin: origin, byKey: map[PlaceKey]*Place{}, byUAI: map[ent.UAI]*Place{}, byID: map[ent.ID]bool{},
		establishments: map[ent.ID]ent.ID{}, classes: map[ent.ID]ent.ID{}, groups: map[ent.ID]ent.ID{},
		knownClass: map[placeCode]*ent.Class{}, knownGroup: map[placeCode]*ent.Group{}, spoken: map[ent.ID]bool{}, foreign: map[ent.ID]bool{}, home: map[ent.ID]ent.ID{},
	}
	for i := range known.Establishments {
		e := &known.Establishments[i]
		p.byID[e.ID] = true
		p.foreign[e.ID] = p.otherOrigin(e)
		for _, k := range e.Keys {
			p.byKey[k] = e
			if k.Origin == origin {
				p.establishments[k.ID] = e.ID
			}
		}
		if e.UAI != "" {
			p.byUAI[e.UAI] = e
		}
	}
	for i := range known.Classes {
		c := &known.Classes[i]
		p.byID[c.ID] = true
		p.knownClass[placeCode{c.Establishment, c.Code}] = c
		p.home[c.ID] = c.Establishment
	}
	for i := range known.Groups {
		g := &known.Groups[i]
		p.byID[g.ID] = true
		p.knownGroup[placeCode{g.Establishment, g.Code}] = g
		p.home[g.ID] = g.Establishment
	}
	return p
}

// asKnown lets the source name places by the directory's own identifiers.
func (p *places) asKnown(known *Places) {
	for i := range known.Establishments {
		p.establishments[known.Establishments[i].ID] = known.Establishments[i].ID
	}
	for i := range known.Classes {
		p.classes[known.Classes[i].ID] = known.Classes[i].ID
	}
	for i := range known.Groups {
		p.groups[known.Groups[i].ID] = known.Groups[i].ID
	}
}

// free returns an identifier that no place has, from the origin's own.
func (p *places) free(id ent.ID) ent.ID {
	if p.byID[id] {
		id = ent.ID(string(p.origin)+"/") + id
	}
	p.byID[id] = true
	return id
}

func (p *places) read(src Source) {
	list := slices.SortedFunc(src.Establishments(), func(a, b ent.Establishment) int { return compareIDs(a.ID, b.ID) })
	for i := range list {
		p.establishment(&list[i])
	}
	// Parents are named by the origin's identifiers, known once all are read.
	for i := range p.plan {
		e := p.plan[i].Place.Establishment
		for j, parent := range e.Parents {
			if id, ok := p.establishments[parent]; ok {
				e.Parents[j] = id
			}
		}
	}
	for _, c := range slices.SortedFunc(src.Classes(), func(a, b ent.Class) int { return compareIDs(a.ID, b.ID) }) {
		p.class(c)
	}
	for _, g := range slices.SortedFunc(src.Groups(), func(a, b ent.Group) int { return compareIDs(a.ID, b.ID) }) {
		p.group(g)
	}
}

func compareIDs(a, b ent.ID) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (p *places) establishment(e *ent.Establishment) {
	key := PlaceKey{p.origin, e.ID}
	source := e.ID
	fresh := *e
	fresh.Parents = slices.Clone(e.Parents)
	if old, ok := p.byKey[key]; ok {
		p.establishments[source], fresh.ID = old.ID, old.ID
		if p.otherOrigin(old) || p.sameEstablishment(&old.Establishment, &fresh) {
			return
		}
		p.add(Change{Op: OpChange, Object: ObjectEstablishment, ID: old.ID, Reason: CodePlaceChanged, Place: &PlaceChange{Establishment: &fresh}})
		return
	}
	if old, ok := p.byUAI[e.UAI]; ok && e.UAI != "" {
		p.establishments[source] = old.ID
		p.add(Change{
			Op: OpAttach, Object: ObjectEstablishment, ID: old.ID, Reason: CodePlaceSame,
			Place: &PlaceChange{Establishment: &old.Establishment, Key: key},
		})
		return
	}
	fresh.ID = p.free(e.ID)
	p.establishments[source] = fresh.ID
	if e.UAI != "" {
		p.byUAI[e.UAI] = &Place{Establishment: fresh}
	}
	p.add(Change{
		Op: OpCreate, Object: ObjectEstablishment, ID: fresh.ID, Reason: CodePlaceNew,
		Place: &PlaceChange{Establishment: &fresh, Key: key},
	})
}

// otherOrigin reports whether a better origin describes the establishment: the first one that named it does.
func (p *places) otherOrigin(old *Place) bool {
	return len(old.Keys) > 0 && old.Keys[0].Origin != p.origin
}

// sameEstablishment compares what an origin says with what is known, parents by the directory's identifiers.
func (p *places) sameEstablishment(a, b *ent.Establishment) bool {
	parents := make([]ent.ID, 0, len(b.Parents))
	for _, id := range b.Parents {
		if to, ok := p.establishments[id]; ok {
			id = to
		}
		parents = append(parents, id)
	}
	x, y := *a, *b
	x.Parents, y.Parents, x.Address, y.Address = nil, nil, ent.Place{}, ent.Place{}
	p1, p2 := a.Address, b.Address
	return establishmentKey(&x) == establishmentKey(&y) && slices.Equal(a.Parents, parents) && slices.Equal(p1.Lines, p2.Lines) &&
		p1.PostalCode == p2.PostalCode && p1.Town == p2.Town && p1.Country == p2.Country && p1.Commune == p2.Commune
}

// establishmentKey holds what can be compared at once.
func establishmentKey(e *ent.Establishment) [18]string {
	return [18]string{
		string(e.ID), string(e.UAI), string(e.Pseudo), string(e.SIRET), e.Kind, e.Patronym, e.Town, e.NatureCode, e.Nature,
		e.MinistryCode, e.Ministry, string(e.Sector), string(e.Degree), string(e.Academy), e.Phone, e.Fax, e.Mail, "",
	}
}

func (p *places) class(c ent.Class) {
	source := c.ID
	at, ok := p.establishments[c.Establishment]
	if !ok {
		return
	}
	p.spoken[at] = true
	c.Establishment = at
	if old, ok := p.knownClass[placeCode{at, c.Code}]; ok {
		c.ID = old.ID
		p.classes[source] = old.ID
		if !p.foreign[at] && (old.Label != c.Label || !slices.Equal(old.Programmes, c.Programmes) || !slices.Equal(old.Levels, c.Levels)) {
			p.add(Change{Op: OpChange, Object: ObjectClass, ID: c.ID, Reason: CodePlaceChanged, Place: &PlaceChange{Class: &c}, Establishments: []ent.ID{at}})
		}
		delete(p.knownClass, placeCode{at, c.Code})
		return
	}
	c.ID = p.free(source)
	p.classes[source], p.home[c.ID] = c.ID, at
	p.add(Change{Op: OpCreate, Object: ObjectClass, ID: c.ID, Reason: CodePlaceNew, Place: &PlaceChange{Class: &c}, Establishments: []ent.ID{at}})
}

func (p *places) group(g ent.Group) {
	source := g.ID
	at, ok := p.establishments[g.Establishment]
	if !ok {
		return
	}
	p.spoken[at] = true
	g.Establishment = at
	classes := make([]ent.ID, 0, len(g.Classes))
	for _, c := range g.Classes {
		if id, ok := p.classes[c]; ok {
			classes = append(classes, id)
		}
	}
	g.Classes = classes
	if old, ok := p.knownGroup[placeCode{at, g.Code}]; ok {
		g.ID = old.ID
		p.groups[source] = old.ID
		if !p.foreign[at] && (old.Label != g.Label || !slices.Equal(old.Classes, g.Classes)) {
			p.add(Change{Op: OpChange, Object: ObjectGroup, ID: g.ID, Reason: CodePlaceChanged, Place: &PlaceChange{Group: &g}, Establishments: []ent.ID{at}})
		}
		delete(p.knownGroup, placeCode{at, g.Code})
		return
	}
	g.ID = p.free(source)
	p.groups[source], p.home[g.ID] = g.ID, at
	p.add(Change{Op: OpCreate, Object: ObjectGroup, ID: g.ID, Reason: CodePlaceNew, Place: &PlaceChange{Group: &g}, Establishments: []ent.ID{at}})
}

// gone plans the removal of the classes and groups that a complete source no longer names in the establishments of which
// it names others. Whoever applies the plan keeps one that somebody is still in.
func (p *places) gone() {
	var out []Change
	for code, c := range p.knownClass {
		if p.spoken[code.establishment] && !p.foreign[code.establishment] {
			out = append(out, Change{Op: OpPurge, Object: ObjectClass, ID: c.ID, Reason: CodePlaceGone, Place: &PlaceChange{Class: c}, Establishments: []ent.ID{code.establishment}})
		}
	}
	for code, g := range p.knownGroup {
		if p.spoken[code.establishment] && !p.foreign[code.establishment] {
			out = append(out, Change{Op: OpPurge, Object: ObjectGroup, ID: g.ID, Reason: CodePlaceGone, Place: &PlaceChange{Group: g}, Establishments: []ent.ID{code.establishment}})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return compareIDs(a.ID, b.ID) })
	p.plan = append(p.plan, out...)
}

func (p *places) add(c Change) {
	if c.Object == ObjectEstablishment {
		c.Establishments = []ent.ID{c.ID}
	}
	p.plan = append(p.plan, c)
}

// resolve gives a tie the directory's identifiers, false when its target is unknown. A relative is another matter.
func (p *places) resolve(t *Tie) bool {
	var ok bool
	switch t.Kind {
	case TieEstablishment:
		t.Target, ok = found(p.establishments, t.Target)
	case TieClass, TieHead:
		t.Target, ok = found(p.classes, t.Target)
	case TieGroup:
		t.Target, ok = found(p.groups, t.Target)
	case TieTeaching:
		if t.Group {
			t.Target, ok = found(p.groups, t.Target)
		} else {
			t.Target, ok = found(p.classes, t.Target)
		}
	case TieRelative:
		return true
	}
	if ok && t.Kind != TieEstablishment {
		t.Establishment = p.home[t.Target]
	}
	return ok
}

func found(m map[ent.ID]ent.ID, id ent.ID) (ent.ID, bool) {
	to, ok := m[id]
	return to, ok
}
