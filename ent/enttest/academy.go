package enttest

import (
	"strconv"

	"github.com/opencartable/cartable/ent"
)

// Options says which academy to make. The zero Options is a small academy of six schools, about 1500 persons.
type Options struct {
	// Seed chooses among the academies of one size.
	Seed uint64
	// Persons is the approximate number of pupils, relatives and staff together, within 5 % from 100 (one school) to the
	// largest academies (1 500 000) and beyond; the smallest possible is about 45. At most 20 000 in a canary academy.
	Persons int
	// Schools is the number of schools, used when Persons is 0: one school is a collège, three are a collège, a primary
	// school and a lycée. SEGPA, districts and services come on top.
	Schools int
	// Year is the school year, 2024-2025 when 0.
	Year ent.SchoolYear
	// Academy is the code of the academy, "010" when empty: the code is a real one, so that territories join; towns,
	// schools and persons are not.
	Academy ent.AcademyCode
	// OddPerMille is how many persons, classes and groups in a thousand are odd cases (see [Oddity]); 5 when 0 (100 in a
	// canary academy), none when negative.
	OddPerMille int
	// Canary marks every personal value, so that a test finds those that leak: see [Academy.FindMark].
	Canary bool
}

const (
	defaultPersons = 1500
	defaultYear    = ent.SchoolYear(2024)
	defaultAcademy = ent.AcademyCode("010")
	defaultOdd     = 5
	canaryOdd      = 100
	// maxCanaryPersons keeps the pupils of a canary academy within the 10 000 national numbers that carry the mark.
	maxCanaryPersons = 20000
)

// Academy is a fictional academy. Nothing of it is stored but its layout: each iterator makes what it yields, the same
// at each range. It never changes and may be used by several goroutines at once.
type Academy struct {
	seed    uint64
	year    ent.SchoolYear
	code    ent.AcademyCode
	odd     int
	canary  bool
	sectors []sector
	places  []town
	// zone is the number of the replacement zone, -1 for none.
	zone           int
	establishments int
	pupils         int
}

// New returns the academy of the options. It computes the layout only, which costs a few milliseconds.
func New(o Options) *Academy {
	a := &Academy{seed: o.Seed, year: o.Year, code: o.Academy, odd: o.OddPerMille, canary: o.Canary, zone: -1}
	if a.year == 0 {
		a.year = defaultYear
	}
	if a.code == "" {
		a.code = defaultAcademy
	}
	switch {
	case a.odd < 0:
		a.odd = 0
	case a.odd == 0 && a.canary:
		a.odd = canaryOdd
	case a.odd == 0:
		a.odd = defaultOdd
	}
	a.odd = min(a.odd, 1000)
	persons := o.Persons
	if persons <= 0 && o.Schools <= 0 {
		persons = defaultPersons
	}
	if a.canary {
		persons = min(persons, maxCanaryPersons)
	}
	if persons > 0 {
		a.fit(persons)
	} else {
		schools := o.Schools
		if a.canary {
			schools = min(schools, 30)
		}
		a.lay(plan{schools: schools})
	}
	a.places = a.towns()
	return a
}

// Canary returns a canary academy of the default size: every personal value carries a mark that [Academy.FindMark]
// recognises, and odd cases are frequent, so that readers have issues to report.
func Canary(seed uint64) *Academy { return New(Options{Seed: seed, Canary: true}) }

// Year returns the school year.
func (a *Academy) Year() ent.SchoolYear { return a.year }

// Code returns the code of the academy.
func (a *Academy) Code() ent.AcademyCode { return a.code }

// fit lays the academy out for a number of persons. How many relatives and staff come with a pupil depends on the
// families and on the schools, so the number of pupils is found by trials on the first sectors.
func (a *Academy) fit(persons int) {
	const (
		sample = 3
		trials = 80
	)
	p := planFor(max(persons*2/5, 8))
	bestPupils, bestGap := p.pupils, -1
	tried := map[int]bool{}
	for range trials {
		a.lay(p)
		tried[p.pupils] = true
		counted, pupils := 0, 0
		for i := range min(sample, len(a.sectors)) {
			counted += a.count(&a.sectors[i])
			pupils += a.sectors[i].pupils
		}
		total := counted
		if pupils > 0 && len(a.sectors) > sample {
			total = int(int64(counted) * int64(a.pupils) / int64(pupils))
		}
		gap := persons - total
		if size := max(gap, -gap); bestGap < 0 || size < bestGap {
			bestPupils, bestGap = p.pupils, size
		}
		if bestGap*200 <= persons {
			break
		}
		// One pupil more changes all families, so a small academy jumps around the number: its neighbours are tried.
		step := gap / 3
		way := 1
		if gap < 0 {
			way = -1
		}
		for p.pupils = max(p.pupils+step, 8); tried[p.pupils]; p.pupils += way {
			if p.pupils <= 8 {
				way = 1
			}
		}
	}
	p.pupils = bestPupils
	a.lay(p)
}

// count returns how many persons a sector holds.
func (a *Academy) count(s *sector) int {
	n := s.pupils + len(a.posts(s))
	for w := a.walk(s); w.next(); {
		for i := range w.family.adults {
			if a.hasRecord(&w.family, &w.family.adults[i], "") {
				n++
			}
		}
	}
	return n
}

// Size counts what an academy holds.
type Size struct {
	Schools, Establishments, Classes, Groups, Pupils, Relatives, Staff int
}

// Persons returns the pupils, relatives and staff together.
func (s Size) Persons() int { return s.Pupils + s.Relatives + s.Staff }

// Size counts what the academy holds, by walking through it; names and addresses are not made, so it takes a fraction of
// the time of a full pass.
func (a *Academy) Size() Size {
	out := Size{Establishments: a.establishments, Pupils: a.pupils}
	for i := range a.sectors {
		s := &a.sectors[i]
		staff := len(a.posts(s))
		out.Staff += staff
		out.Relatives += a.count(s) - staff - s.pupils
		for j := range s.schools {
			p := a.plan(s, j)
			out.Classes += len(p.classes)
			out.Groups += len(p.groups)
			if s.schools[j].kind != segpa {
				out.Schools++
			}
		}
	}
	return out
}

// Identifiers are digits, since the national feeds take them for keys: a leading digit for the kind of thing and a
// number of at least seven digits from 1, so that the kinds never meet. Establishments count from 4001.
func personID(kind byte, n int) ent.ID {
	var buf [20]byte
	b := append(buf[:0], kind)
	for limit := 1000000; n < limit && limit > 1; limit /= 10 {
		b = append(b, '0')
	}
	return ent.ID(strconv.AppendInt(b, int64(n), 10))
}

func pupilID(n int) ent.ID         { return personID('5', n+1) }
func relativeID(n int) ent.ID      { return personID('6', n) }
func staffID(n int) ent.ID         { return personID('7', n+1) }
func establishmentID(n int) ent.ID { return ent.ID(strconv.Itoa(4001 + n)) }
