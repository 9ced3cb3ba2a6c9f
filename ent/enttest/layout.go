package enttest

// kind is the kind of a school.
type kind uint8

const (
	nursery    kind = iota // école maternelle
	elementary             // école élémentaire
	primary                // both under one roof
	college
	segpa // attached to a collège
	lycee // general and technological
	pro   // vocational
)

// Levels run from PS (0) to Tle (14).
const (
	levels  = 15
	levelCP = 3
	level6e = 8
	level2d = 12
	levelTl = 14
)

// levelsOf returns the first and last levels of a kind of school.
func (k kind) levels() (first, last int) {
	switch k {
	case nursery:
		return 0, levelCP - 1
	case elementary:
		return levelCP, level6e - 1
	case primary:
		return 0, level6e - 1
	case college, segpa:
		return level6e, level2d - 1
	default:
		return level2d, levelTl
	}
}

func (k kind) second() bool { return k >= college }

// school is a school of a sector, with its pupils by level.
type school struct {
	number  int // of the establishment
	kind    kind
	site    int // schools of one site share a town and families
	town    int
	parent  int // number of the collège of a SEGPA, of the district of a primary school; -1 for none
	private bool
	level   [levels]int
	pupils  int
}

// sector is a part of the academy where families send their children: a few collèges, a lycée or two, and the primary
// schools around. Families never cross its border, so that it can be walked through alone and in constant memory.
type sector struct {
	number   int
	schools  []school
	district int // number of the primary schools' district (IEN), -1 for none
	// first and pupils bound the numbers of its pupils, and of its families, which are never more; staff is the number of
	// its first staff member.
	first, pupils, staff int
	// town is its first town and towns how many it has.
	town, towns int
	colleges    []int // indexes of the collèges
}

// plan says how large an academy to lay out.
type plan struct {
	sectors int
	schools int // in all
	pupils  int // 0: as many as schools of ordinary size hold
	scale   scale
}

// scale gives the relative sizes of schools: those of a village differ less than those of a city.
type scale struct{ college, lycee, pro, site int }

const (
	fullSchools = 20
	fullPupils  = 5400
)

// planFor chooses the schools of a number of pupils.
func planFor(pupils int) plan {
	p := plan{sectors: max(1, (pupils+fullPupils/2)/fullPupils), pupils: pupils, scale: scale{84, 84, 50, 74}}
	steps := []struct{ pupils, schools int }{{110, 1}, {200, 2}, {300, 3}, {450, 4}, {1000, 6}, {1600, 9}, {2600, 12}}
	n := fullSchools
	for _, s := range steps {
		if pupils < s.pupils {
			n = s.schools
			break
		}
	}
	switch {
	case n > 12:
		p.scale = scale{500, 800, 300, 190}
	case n > 6:
		p.scale = scale{250, 300, 120, 100}
	}
	p.schools = p.sectors * n
	return p
}

// kindsOf returns the kinds of the n schools of a sector: the order in which a sector gains schools.
func kindsOf(n int) []kind {
	order := [fullSchools]kind{
		college, primary, lycee, primary, college, primary, primary, primary, primary, pro,
		primary, primary, college, primary, primary, primary, primary, primary, primary, primary,
	}
	out := order[:min(n, fullSchools)]
	// Of four primary schools, two share a site, one for each age.
	var at []int
	for i, k := range out {
		if k == primary {
			at = append(at, i)
		}
	}
	for j := 1; j+1 < len(at); j += 3 {
		out[at[j]], out[at[j+1]] = nursery, elementary
	}
	return out
}

// lay makes the sectors of a plan.
func (a *Academy) lay(p plan) {
	if p.sectors == 0 {
		p.sectors = max(1, (p.schools+fullSchools-1)/fullSchools)
		p.scale = scale{400, 700, 250, 120}
	}
	a.sectors = make([]sector, p.sectors)
	a.establishments, a.pupils = 0, 0
	var d draw
	d.onNumber(a, "layout", 0)
	shares := make([]int, p.sectors)
	for i := range shares {
		shares[i] = 900 + d.n(200)
	}
	if p.pupils > 0 {
		share(shares, p.pupils)
	} else {
		clear(shares)
	}
	staff, towns := 0, 0
	for i := range a.sectors {
		s := &a.sectors[i]
		*s = sector{number: i, district: -1, first: a.pupils, staff: staff, town: towns}
		n := p.schools*(i+1)/p.sectors - p.schools*i/p.sectors
		d.onNumber(a, "sector", i)
		a.fill(s, kindsOf(n), p.scale, shares[i], &d)
		a.pupils += s.pupils
		staff += s.pupils + 200 // more than it has: one teacher a class at the least, a class of one pupil at the worst
		towns += s.towns
	}
	a.zone = -1
	if a.odd > 0 {
		a.zone = a.establishments
		a.establishments++
	}
}

// fill gives a sector its schools and the schools their pupils; pupils is 0 for schools of the scale's own size.
func (a *Academy) fill(s *sector, kinds []kind, sc scale, pupils int, d *draw) {
	sizes := make([]int, len(kinds))
	site := -1
	for i, k := range kinds {
		w, from := 0, -1
		switch k {
		case college:
			w = sc.college
			s.colleges = append(s.colleges, i)
		case lycee:
			w = sc.lycee
		case pro:
			w = sc.pro
		case nursery:
			site++
			w, from = sc.site*3/4, site
		case elementary: // the site of the nursery before it
			w, from = sc.site*5/4, site
		default:
			site++
			w, from = sc.site, site
		}
		s.schools = append(s.schools, school{kind: k, site: from, parent: -1})
		sizes[i] = w * (85 + d.n(31)) / 100
	}
	if pupils > 0 {
		share(sizes, pupils)
	}
	s.towns = 1 + (site+1)/4
	for i := range s.schools {
		c := &s.schools[i]
		c.number = a.establishments
		a.establishments++
		c.pupils = sizes[i]
		s.pupils += sizes[i]
		c.town = s.town
		if c.site >= 0 {
			c.town += c.site % s.towns
			c.private = c.site%6 == 5
		} else {
			c.private = c.kind == college && i == s.colleges[len(s.colleges)-1] && len(s.colleges) > 2
		}
	}
	a.attach(s)
	for i := range s.schools {
		s.schools[i].spread(d)
	}
}

// attach adds the SEGPA of the first collège and the district of the primary schools.
func (a *Academy) attach(s *sector) {
	if len(s.colleges) > 1 {
		host := &s.schools[s.colleges[0]]
		n := min(60, host.pupils/5)
		c := school{number: a.establishments, kind: segpa, site: -1, town: host.town, parent: host.number, pupils: n}
		a.establishments++
		host.pupils -= n
		s.schools = append(s.schools, c)
	}
	for i := range s.schools {
		c := &s.schools[i]
		if c.kind.second() {
			continue
		}
		if s.district < 0 {
			s.district = a.establishments
			a.establishments++
		}
		c.parent = s.district
	}
}

// spread shares the pupils of a school between its levels.
func (c *school) spread(d *draw) {
	first, last := c.kind.levels()
	sizes := make([]int, last-first+1)
	for i := range sizes {
		sizes[i] = 95 + d.n(11)
	}
	share(sizes, c.pupils)
	copy(c.level[first:], sizes)
}

// share replaces weights by parts of a total, in proportion, that add up to it.
func share(weights []int, total int) {
	sum := int64(0)
	for _, w := range weights {
		sum += int64(w)
	}
	if sum == 0 {
		return
	}
	run, done := int64(0), 0
	for i, w := range weights {
		run += int64(w)
		upTo := int((run*int64(total) + sum/2) / sum)
		weights[i] = upTo - done
		done = upTo
	}
}
