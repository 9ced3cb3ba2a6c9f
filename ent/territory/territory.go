package territory

import (
	"cmp"
	"iter"
	"slices"
	"sync"

	"github.com/opencartable/cartable/ent"
)

// Region is a région. Overseas collectivities belong to none.
type Region struct {
	Code ent.RegionCode
	Name string
}

// Academy is an académie, the ministry's district, or a vice-rectorat overseas.
type Academy struct {
	Code ent.AcademyCode
	Name string
	// Region is empty for an academy of an overseas collectivity.
	Region ent.RegionCode
}

// Departement is a département, or an overseas collectivity or territory, whose code has the same form.
type Departement struct {
	Code ent.DepartementCode
	// UAIPrefix is the first three digits of the UAI of its establishments; empty where none is known.
	UAIPrefix string
	Name      string
	// Region is empty for an overseas collectivity.
	Region ent.RegionCode
	// Academy is empty where there is none: the French southern and antarctic lands have no school.
	Academy ent.AcademyCode
}

// Commune is a commune of today, or a municipal arrondissement of Paris, Lyon or Marseille.
type Commune struct {
	Code ent.InseeCode
	Name string
	// Parent is the commune of a municipal arrondissement, otherwise empty.
	Parent ent.InseeCode
}

// FormerCommune is a code that is no longer a commune's: the commune was merged, or changed its code with its département.
type FormerCommune struct {
	Code ent.InseeCode
	Name string
	// Until is the first day it was no longer a commune.
	Until ent.Date
	// Successor is the commune it is now part of, or another former commune that leads to it. It is empty for a commune
	// that was shared between several.
	Successor ent.InseeCode
}

// List names one of the lists of a Territory. Its file is the name followed by ".csv".
type List string

// The lists.
const (
	ListRegions      List = "regions"
	ListAcademies    List = "academies"
	ListDepartements List = "departements"
	ListCommunes     List = "communes"
	ListFormer       List = "former"
)

// Source says where the rows of a list come from, and of what day they are true.
type Source struct {
	List      List
	Title     string
	Publisher string
	Licence   string
	URL       string
	Edition   string
	AsOf      ent.Date
}

// Territory is a set of lists. It never changes and may be used by several goroutines at once; [Territory.Load] and
// [Territory.With] return another one. The zero Territory is empty, for a caller who wants no list of ours.
type Territory struct {
	regions      table[ent.RegionCode, Region]
	academies    table[ent.AcademyCode, Academy]
	departements table[ent.DepartementCode, Departement]
	communes     table[ent.InseeCode, Commune]
	former       table[ent.InseeCode, FormerCommune]
	prefixes     map[string]ent.DepartementCode
	sources      []Source
}

var embedded = sync.OnceValue(func() *Territory {
	t, err := new(Territory).Load(Files())
	if err != nil {
		// Only a file edited wrongly in this module leads here, and every test of the package says so.
		panic(err)
	}
	return t
})

// Default returns the lists that come with this package, read on the first call.
func Default() *Territory { return embedded() }

// Region returns the région of a code.
func (t *Territory) Region(code ent.RegionCode) (Region, bool) { return t.regions.find(code) }

// Academy returns the academy of a code.
func (t *Territory) Academy(code ent.AcademyCode) (Academy, bool) { return t.academies.find(code) }

// Departement returns the département, or the overseas collectivity, of a code.
func (t *Territory) Departement(code ent.DepartementCode) (Departement, bool) {
	return t.departements.find(code)
}

// DepartementOfUAI returns the département that the first three digits of a UAI name. 971 gives Guadeloupe, also for the
// establishments of Saint-Barthélemy and Saint-Martin.
func (t *Territory) DepartementOfUAI(uai ent.UAI) (Departement, bool) {
	code, ok := t.prefixes[uai.DepartementPrefix()]
	if !ok {
		return Departement{}, false
	}
	return t.departements.find(code)
}

// Commune returns the commune, or the municipal arrondissement, that has this code today.
func (t *Territory) Commune(code ent.InseeCode) (Commune, bool) { return t.communes.find(code) }

// FormerCommune returns the commune that had this code in the past and has it no longer.
func (t *Territory) FormerCommune(code ent.InseeCode) (FormerCommune, bool) {
	return t.former.find(code)
}

// Resolve returns today's commune for a code of any year: the commune itself, or that which a former one became.
func (t *Territory) Resolve(code ent.InseeCode) (Commune, bool) {
	// A chain visits each former commune at most once; longer, it turns in circles.
	for range len(t.former) + 1 {
		if c, ok := t.communes.find(code); ok {
			return c, true
		}
		f, ok := t.former.find(code)
		if !ok {
			break
		}
		code = f.Successor
	}
	return Commune{}, false
}

// DepartementOfCommune returns the département of a commune: today's for a former commune (a commune of the old
// Seine-et-Oise is in the Val-d'Oise), and that which the code itself names for a commune in no list.
func (t *Territory) DepartementOfCommune(code ent.InseeCode) (Departement, bool) {
	if c, ok := t.Resolve(code); ok {
		code = c.Code
	}
	return t.departements.find(code.Departement())
}

// Regions ranges over the régions in the order of their codes.
func (t *Territory) Regions() iter.Seq[Region] { return slices.Values(t.regions) }

// Academies ranges over the academies in the order of their codes.
func (t *Territory) Academies() iter.Seq[Academy] { return slices.Values(t.academies) }

// Departements ranges over the départements in the order of their codes: 2A and 2B come after 29, overseas last.
func (t *Territory) Departements() iter.Seq[Departement] { return slices.Values(t.departements) }

// Communes ranges over the communes and municipal arrondissements in the order of their codes.
func (t *Territory) Communes() iter.Seq[Commune] { return slices.Values(t.communes) }

// FormerCommunes ranges over the former communes in the order of their codes.
func (t *Territory) FormerCommunes() iter.Seq[FormerCommune] { return slices.Values(t.former) }

// Sources returns where the lists come from, in the order they were loaded.
func (t *Territory) Sources() []Source { return slices.Clone(t.sources) }

// coded is a row of a list, found by its code.
type coded[K ~string] interface{ code() K }

func (r Region) code() ent.RegionCode           { return r.Code }
func (a Academy) code() ent.AcademyCode         { return a.Code }
func (d Departement) code() ent.DepartementCode { return d.Code }
func (c Commune) code() ent.InseeCode           { return c.Code }
func (f FormerCommune) code() ent.InseeCode     { return f.Code }

// table is a list in the order of its codes. It is never written to once it is made: tables of several Territories share
// their rows.
type table[K ~string, V coded[K]] []V

func (t table[K, V]) find(code K) (V, bool) {
	i, ok := slices.BinarySearchFunc(t, code, func(v V, k K) int { return cmp.Compare(v.code(), k) })
	if !ok {
		var none V
		return none, false
	}
	return t[i], true
}

// with returns the table with rows added; a row of the same code is replaced.
func (t table[K, V]) with(rows []V) table[K, V] {
	if len(rows) == 0 {
		return t
	}
	byCode := func(a, b V) int { return cmp.Compare(a.code(), b.code()) }
	added := rows
	if !slices.IsSortedFunc(rows, byCode) {
		added = slices.SortedFunc(slices.Values(rows), byCode)
	}
	out := make(table[K, V], 0, len(t)+len(added))
	for _, v := range t {
		for len(added) > 0 && byCode(added[0], v) < 0 {
			out, added = append(out, added[0]), added[1:]
		}
		if len(added) > 0 && byCode(added[0], v) == 0 {
			v, added = added[0], added[1:]
		}
		out = append(out, v)
	}
	return append(out, added...)
}

// without returns the table without the codes of some rows, which may be those of another list.
func without[K ~string, V, W coded[K]](t table[K, V], rows []W) table[K, V] {
	if len(t) == 0 || len(rows) == 0 {
		return t
	}
	gone := make(map[K]bool, len(rows))
	for _, r := range rows {
		gone[r.code()] = true
	}
	return slices.DeleteFunc(slices.Clone(t), func(v V) bool { return gone[v.code()] })
}
