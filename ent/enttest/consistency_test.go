package enttest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/ent/territory"
)

// academies are those on which each rule of consistency is tried.
func academies(t *testing.T) map[string]*enttest.Academy {
	t.Helper()
	out := map[string]*enttest.Academy{
		"one school": enttest.New(enttest.Options{Schools: 1}),
		"default":    enttest.New(enttest.Options{Seed: 5}),
		"none odd":   enttest.New(enttest.Options{Seed: 6, Persons: 4000, OddPerMille: -1}),
		"canary":     enttest.Canary(2),
		"two parts":  enttest.New(enttest.Options{Seed: 7, Schools: 24, OddPerMille: 20}),
	}
	if testing.Short() {
		delete(out, "two parts")
	}
	return out
}

func each(t *testing.T, check func(t *testing.T, a *enttest.Academy)) {
	t.Helper()
	t.Parallel()
	for name, a := range academies(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, a)
		})
	}
}

// known holds what references may name.
type known struct {
	establishments map[ent.ID]ent.Establishment
	classes        map[ent.ID]ent.Class
	groups         map[ent.ID]ent.Group
	pupils         map[ent.ID]enttest.Pupil
	relatives      map[ent.ID]enttest.Relative
	staff          map[ent.ID]ent.Person
	subjects       map[ent.SubjectCode]bool
	programmes     map[ent.MEF]bool
}

// has is require.Contains without its walk through the whole map.
func has[K comparable, V any](t *testing.T, m map[K]V, key K) {
	t.Helper()
	if _, ok := m[key]; !ok {
		require.Failf(t, "reference", "nothing is named %v", key)
	}
}

func gather(t *testing.T, a *enttest.Academy) *known {
	t.Helper()
	k := &known{
		establishments: map[ent.ID]ent.Establishment{},
		classes:        map[ent.ID]ent.Class{},
		groups:         map[ent.ID]ent.Group{},
		pupils:         map[ent.ID]enttest.Pupil{},
		relatives:      map[ent.ID]enttest.Relative{},
		staff:          map[ent.ID]ent.Person{},
		subjects:       map[ent.SubjectCode]bool{},
		programmes:     map[ent.MEF]bool{},
	}
	all := map[ent.ID]bool{}
	id := func(id ent.ID) ent.ID {
		require.False(t, all[id], "%s stands twice", id)
		all[id] = true
		return id
	}
	for e := range a.Establishments() {
		k.establishments[id(e.ID)] = e
	}
	for c := range a.Classes() {
		k.classes[id(c.ID)] = c
	}
	for g := range a.Groups() {
		k.groups[id(g.ID)] = g
	}
	for p := range a.Pupils() {
		k.pupils[id(p.ID)] = p
	}
	for r := range a.Relatives() {
		k.relatives[id(r.ID)] = r
	}
	for p := range a.Staff() {
		k.staff[id(p.ID)] = p
	}
	for h := range a.Households() {
		id(h.ID)
	}
	for _, s := range a.Subjects() {
		require.False(t, k.subjects[s.Code])
		k.subjects[s.Code] = true
	}
	for _, p := range a.Programmes() {
		require.False(t, k.programmes[p.Code])
		k.programmes[p.Code] = true
	}
	return k
}

func TestReferencesResolve(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		k := gather(t, a)
		for _, e := range k.establishments {
			for _, p := range e.Parents {
				has(t, k.establishments, p)
			}
			got, ok := a.Establishment(e.ID)
			require.True(t, ok)
			require.Equal(t, e, got)
		}
		for _, c := range k.classes {
			require.Equal(t, c.Establishment+"$"+ent.ID(c.Code), c.ID)
			has(t, k.establishments, c.Establishment)
			for _, m := range c.Programmes {
				has(t, k.programmes, m)
			}
		}
		for _, g := range k.groups {
			require.Equal(t, g.Establishment+"$"+ent.ID(g.Code), g.ID)
			for _, c := range g.Classes {
				require.Equal(t, g.Establishment, k.classes[c].Establishment)
			}
		}
		for _, p := range k.pupils {
			checkPupil(t, k, &p)
		}
		for _, r := range k.relatives {
			for _, c := range r.Children {
				p := k.pupils[c]
				require.True(t, slices.ContainsFunc(p.Relations, func(x ent.Relation) bool { return x.Relative == r.ID }))
			}
			require.Equal(t, len(r.Children) == 0, strings.HasSuffix(string(r.ID), "9"), "only the orphans have no pupil")
		}
		for _, p := range k.staff {
			for _, x := range p.Affiliations {
				has(t, k.establishments, x.Establishment)
			}
			for _, c := range p.HeadTeacherOf {
				require.True(t, slices.ContainsFunc(p.Teachings, func(x ent.Teaching) bool { return x.Class == c }))
			}
		}
	})
}

func checkPupil(t *testing.T, k *known, p *enttest.Pupil) {
	t.Helper()
	s := p.Schooling
	require.Len(t, s.Classes, 1)
	c := k.classes[s.Classes[0]]
	require.Equal(t, s.Establishment, c.Establishment)
	if k.establishments[s.Establishment].Degree == ent.FirstDegree {
		require.Contains(t, c.Levels, s.Level)
	} else {
		require.Contains(t, c.Programmes, s.Programme)
	}
	for _, id := range s.Groups {
		g, ok := k.groups[id]
		require.True(t, ok)
		if len(g.Classes) > 0 {
			require.Contains(t, g.Classes, c.ID)
		}
	}
	for _, x := range s.Subjects {
		has(t, k.subjects, x)
	}
	require.NotEmpty(t, p.Relations)
	legal, payers := 0, 0
	for _, r := range p.Relations {
		require.Equal(t, p.ID, r.Pupil)
		require.Contains(t, k.relatives[r.Relative].Children, p.ID)
		if r.Responsibility == ent.ResponsibilityLegal {
			legal++
		}
		if r.Financial {
			payers++
		}
	}
	require.Positive(t, legal)
	require.Equal(t, 1, payers)
}

func TestTeachings(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		k := gather(t, a)
		taught := map[string]bool{}
		classes, groups, heads := map[ent.ID]bool{}, map[ent.ID]bool{}, map[ent.ID]bool{}
		for _, p := range k.staff {
			for _, x := range p.Teachings {
				require.Equal(t, p.ID, x.Teacher)
				require.True(t, slices.ContainsFunc(p.Affiliations, func(f ent.Affiliation) bool { return f.Establishment == x.Establishment }))
				key := fmt.Sprint(x.Class, "/", x.Group, "/", x.Subject)
				require.False(t, taught[key], "%s has two teachers", key)
				taught[key] = true
				first := k.establishments[x.Establishment].Degree == ent.FirstDegree
				switch {
				case x.Class != "":
					require.Equal(t, x.Establishment, k.classes[x.Class].Establishment)
					classes[x.Class] = true
				default:
					require.Equal(t, x.Establishment, k.groups[x.Group].Establishment)
					groups[x.Group] = true
				}
				odd := a.OddityOf(x.Group) == enttest.OddUnknownSubject
				require.Equal(t, odd, x.Subject == enttest.UnknownSubject)
				require.True(t, odd || k.subjects[x.Subject] || first && x.Subject == "")
			}
			for _, c := range p.HeadTeacherOf {
				require.False(t, heads[c])
				heads[c] = true
			}
		}
		for id, c := range k.classes {
			require.True(t, classes[id], "%s has no teacher", id)
			require.Equal(t, len(c.Programmes) > 0, heads[id])
		}
		for id, g := range k.groups {
			require.True(t, groups[id] || g.Label == "ULIS", "%s has no teacher", id)
		}
	})
}

func TestHouseholds(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		k := gather(t, a)
		homes := map[ent.ID][]ent.Custody{}
		for h := range a.Households() {
			require.NotEmpty(t, h.Adults)
			require.NotEmpty(t, h.Children)
			require.False(t, h.Address.IsZero())
			for _, r := range h.Adults {
				has(t, k.relatives, r)
			}
			for _, c := range h.Children {
				homes[c.Person] = append(homes[c.Person], c.Custody)
				p := k.pupils[c.Person]
				require.True(t, slices.ContainsFunc(p.Relations, func(x ent.Relation) bool {
					if a.OddityOf(x.Relative) == enttest.OddDuplicate { // the home names the first record
						x.Relative = x.Relative[:len(x.Relative)-1] + "0"
					}
					return slices.Contains(h.Adults, x.Relative)
				}),
					"%s lives with nobody it is related to", c.Person)
			}
		}
		for id := range k.pupils {
			switch c := homes[id]; len(c) {
			case 1:
				require.Equal(t, ent.CustodyFull, c[0])
			case 2:
				shared := c[0] == ent.CustodyShared && c[1] == ent.CustodyShared
				require.True(t, shared || c[0] == ent.CustodyFull && c[1] == ent.CustodyVisits)
			default:
				require.Failf(t, "homes", "%s has %d", id, len(c))
			}
		}
	})
}

func TestIdentifiers(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		k := gather(t, a)
		ine, numbers := map[ent.INE]bool{}, map[string]bool{}
		for _, e := range k.establishments {
			require.Equal(t, a.OddityOf(e.ID) == enttest.OddPseudoUAI, e.UAI == "")
			require.True(t, e.UAI.Valid() || e.Pseudo.Valid())
			require.True(t, e.SIRET == "" && e.Pseudo != "" || e.SIRET.Valid(), e.SIRET)
			require.True(t, e.SIRET == "" || e.SIRET.SIREN().Valid(), e.SIRET)
			require.True(t, e.Address.Commune.Valid())
			_, real := territory.Default().Resolve(e.Address.Commune)
			require.False(t, real, "%s is a real commune", e.Address.Commune)
		}
		for m := range k.programmes {
			require.True(t, m.Valid())
		}
		for s := range k.subjects {
			require.True(t, s.Valid())
		}
		for id, p := range k.pupils {
			n := p.Schooling.INE
			switch a.OddityOf(id) {
			case enttest.OddNoINE:
				require.Empty(t, n)
			case enttest.OddINEKey:
				_, err := ent.ParseINE(string(n))
				require.ErrorIs(t, err, ent.CodeINEKey)
			case enttest.OddOldINE:
				require.Equal(t, ent.INEBEA, n.Generation())
			default:
				require.True(t, n.Valid())
				require.Equal(t, ent.INERNIE, n.Generation())
			}
			require.False(t, n != "" && ine[n])
			ine[n] = true
			if s := p.Schooling.SchoolNumber; s != "" {
				require.False(t, numbers[s])
				numbers[s] = true
			}
		}
		for id := range k.relatives {
			require.Equal(t, "6", string(id[:1]))
		}
	})
}

func TestAges(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		k := gather(t, a)
		start := map[string]int{"1111": 3, "1112": 4, "1113": 5, "1121": 6, "1122": 7, "1123": 8, "1124": 9, "1125": 10}
		for id, p := range k.pupils {
			if p.BirthDate.IsZero() {
				require.Equal(t, enttest.OddNoBirthDate, a.OddityOf(id))
				continue
			}
			age := int(a.Year()) - int(p.BirthDate.Year)
			if s := p.Schooling; s.LevelCode != "" {
				require.Equal(t, start[s.LevelCode], age)
			} else {
				require.GreaterOrEqual(t, age, 10)
				require.LessOrEqual(t, age, 19)
			}
			for _, r := range p.Relations {
				if r.Kinship == ent.KinshipSelf {
					require.GreaterOrEqual(t, age, 18)
				}
			}
		}
		for _, p := range k.relatives {
			require.True(t, p.BirthDate.IsZero(), "feeds give no date of birth of relatives")
		}
	})
}

func TestClassSizes(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Persons: 20000})
	sizes, members := map[ent.ID]int{}, map[ent.ID]int{}
	for p := range a.Pupils() {
		sizes[p.Schooling.Classes[0]]++
		for _, g := range p.Schooling.Groups {
			members[g]++
		}
	}
	n, inRange := 0, 0
	for c := range a.Classes() {
		require.Positive(t, sizes[c.ID], "no class is empty")
		require.LessOrEqual(t, sizes[c.ID], 36)
		if !strings.Contains(c.Code, "SEG") {
			n++
			if s := sizes[c.ID]; s >= 20 && s <= 35 {
				inRange++
			}
		}
	}
	assert.Greater(t, inRange*100, n*85)
	for g := range a.Groups() {
		require.Positive(t, members[g.ID], "%s is empty", g.ID)
	}
}

func TestGuaranteedPersons(t *testing.T) {
	t.Parallel()
	for _, schools := range []int{3, 6, 25} {
		a := enttest.New(enttest.Options{Seed: 11, Schools: schools})
		k := gather(t, a)
		r := k.relatives[a.ParentOfThreeSchools()]
		var kinds []string
		for _, c := range r.Children {
			kinds = append(kinds, k.establishments[k.pupils[c].Schooling.Establishment].NatureCode)
		}
		require.Len(t, kinds, 3)
		require.Equal(t, []string{"340", "302"}, kinds[1:])
		require.Len(t, r.Affiliations, 3)
		require.GreaterOrEqual(t, len(k.staff[a.StaffInSeveralSchools()].Affiliations), 2)
	}
	assert.Empty(t, enttest.New(enttest.Options{Schools: 1}).ParentOfThreeSchools())
	assert.Empty(t, enttest.New(enttest.Options{Schools: 1}).StaffInSeveralSchools())
}

func TestDegreesAndEstablishments(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		k := gather(t, a)
		pupils, relatives, both := 0, map[ent.ID]bool{}, 0
		for _, d := range []ent.Degree{ent.FirstDegree, ent.SecondDegree} {
			for p := range a.PupilsOf(d) {
				pupils++
				require.Equal(t, d, k.establishments[p.Schooling.Establishment].Degree)
				require.Equal(t, k.pupils[p.ID], p, "the same whichever way it is asked for")
			}
			for r := range a.RelativesOf(d) {
				if relatives[r.ID] {
					both++
				}
				relatives[r.ID] = true
				require.Equal(t, k.relatives[r.ID].Name, r.Name)
				require.Equal(t, k.relatives[r.ID].Contact, r.Contact)
				for _, f := range r.Affiliations {
					require.Equal(t, d, k.establishments[f.Establishment].Degree)
				}
			}
			for p := range a.StaffOf(d) {
				require.NotEmpty(t, p.Affiliations)
				for _, f := range p.Affiliations {
					require.Equal(t, d, k.establishments[f.Establishment].Degree)
				}
			}
			for e := range a.EstablishmentsOf(d) {
				require.Equal(t, d, e.Degree)
			}
		}
		require.Len(t, k.pupils, pupils)
		require.Len(t, k.relatives, len(relatives))
		if len(k.establishments) > 6 {
			require.Positive(t, both, "some relatives are in both deliveries")
		}
		inSchools, staff := 0, 0
		for id := range k.establishments {
			for p := range a.PupilsIn(id) {
				inSchools++
				require.Equal(t, k.pupils[p.ID], p)
			}
			staff += length(a.StaffIn(id))
		}
		require.Equal(t, pupils, inSchools)
		require.GreaterOrEqual(t, staff, len(k.staff))
	})
	assert.Zero(t, length(enttest.New(enttest.Options{}).PupilsIn("9")))
}

// Older feeds are in ISO-8859-15: every text must go into it.
func TestTextsAreLatin9(t *testing.T) {
	each(t, func(t *testing.T, a *enttest.Academy) {
		var b strings.Builder
		describe(&b, a)
		for _, r := range b.String() {
			if r > 0xff && !strings.ContainsRune("ŒœŸŠšŽž€", r) {
				require.Failf(t, "rune", "%q", r)
			}
			require.False(t, unicode.IsControl(r) && r != '\n')
		}
	})
}
