package enttest

import "github.com/opencartable/cartable/ent"

// situation is how the adults of a family live.
type situation uint8

const (
	together situation = iota
	separated
	blended // a parent, a former partner and a new one
	single
	fostered // by a foster carer, the social services being legally responsible
	guarded  // by a guardian
	ofAge    // an adult pupil, responsible for himself or herself
)

// slot is the place of an adult in a family. It is the last digit of the relative's identifier.
type slot int

const (
	slotParentA slot = iota // lives with the children
	slotParentB
	slotPartner // the new partner of parent A, and the father of the youngest children
	slotContactA
	slotContactB
	slotCarer // foster carer, guardian, or the adult pupil
	slotSocial
	_
	slotDuplicate // parent A once more, as feeds hold them when a child changes schools
	slotOrphan    // a relative of no pupil
	slots
)

// adult is an adult of a family.
type adult struct {
	slot    slot
	kinship ent.Kinship
	female  bool
	// household is 0 or 1 for the two homes of a family, 2 for elsewhere.
	household int
}

// kid is a pupil of a family.
type kid struct {
	number int // of the pupil
	school int // index in the sector
	level  int
	seat   int // rank in the level of the school
	late   int // years of delay: 1 repeated a year, -1 skipped one
	twin   bool
	// young says that the new partner is a parent of this one.
	young bool
}

// family is one family: what it is made of, without names.
type family struct {
	number    int
	sector    *sector
	situation situation
	shared    bool // separated parents each have the children half of the time
	payerB    bool // parent B pays
	married   bool // parent A took the name of parent B
	adults    []adult
	kids      []kid
}

// walker walks through the families of a sector, in order, and seats each child. Its whole state is the number of free
// seats by school and level.
type walker struct {
	a      *Academy
	sector *sector
	d      draw
	free   [][levels]int
	left   int
	pupils int // seated so far
	count  int // families so far
	family family
}

func (a *Academy) walk(s *sector) *walker {
	w := &walker{a: a, sector: s, left: s.pupils, free: make([][levels]int, len(s.schools))}
	for i := range s.schools {
		w.free[i] = s.schools[i].level
	}
	return w
}

// next makes the next family; false when all seats are taken.
func (w *walker) next() bool {
	if w.left == 0 {
		return false
	}
	f := &w.family
	*f = family{number: w.sector.first + w.count, sector: w.sector, adults: f.adults[:0], kids: f.kids[:0]}
	w.count++
	d := &w.d
	d.onNumber(w.a, "family", f.number)
	if f.number == 0 && w.seatThree() {
		f.situation = together
	} else {
		w.seatChildren()
	}
	w.bringAdults()
	return true
}

// seatThree seats three children in the three kinds of schools: the family that every academy of three schools has.
func (w *walker) seatThree() bool {
	if !w.a.threeSchools() {
		return false
	}
	for _, want := range []int{level6e - 2, level6e + 2, level2d + 1} {
		if c := w.choose(want, -1, w.sector.colleges[0]); c >= 0 {
			w.seat(c, want)
		}
	}
	return len(w.family.kids) == 3
}

// threeSchools reports whether the first sector has the three kinds of schools.
func (a *Academy) threeSchools() bool {
	var at [3]bool
	for i := range a.sectors[0].schools {
		c := &a.sectors[0].schools[i]
		at[0] = at[0] || c.level[level6e-2] > 0
		at[1] = at[1] || c.level[level6e+2] > 0
		at[2] = at[2] || c.level[level2d+1] > 0
	}
	return at == [3]bool{true, true, true}
}

func (w *walker) seatChildren() {
	f, d := &w.family, &w.d
	first, level := w.randomSeat()
	w.seat(first, level)
	f.situation = situation(d.among(660, 170, 60, 90, 10, 10))
	if level >= levelTl-1 && d.chance(60) {
		f.situation = ofAge
		f.kids[0].late = levelTl - level + 1
		return
	}
	site, coll := -1, -1
	c := &w.sector.schools[first]
	if c.kind.second() {
		if c.kind == college {
			coll = first
		}
		if n := len(w.sector.schools); n > 0 {
			site = w.sector.schools[d.n(n)].site
		}
	} else {
		site = c.site
	}
	if coll < 0 && len(w.sector.colleges) > 0 {
		coll = w.sector.colleges[max(site, 0)%len(w.sector.colleges)]
	}
	low, high := level, level
	for range d.among(300, 420, 190, 65, 25) {
		if d.chance(16) {
			if c := w.chooseTwin(level, first); c >= 0 {
				w.seat(c, level)
				f.kids[len(f.kids)-1].twin = true
				f.kids[len(f.kids)-1].late = f.kids[0].late
				continue
			}
		}
		gap := 1 + d.among(20, 38, 27, 15)
		at := 0
		if d.n(2) == 0 {
			low -= gap
			at = low
		} else {
			high += gap
			at = high
		}
		if at < 0 || at > levelTl {
			continue // not yet, or no longer, at school
		}
		if c := w.choose(at, site, coll); c >= 0 {
			w.seat(c, at)
		}
	}
}

// randomSeat draws one of the free seats, all being equally likely.
func (w *walker) randomSeat() (school, level int) {
	r := w.d.n(w.left)
	for i := range w.free {
		for l, n := range &w.free[i] {
			if r < n {
				return i, l
			}
			r -= n
		}
	}
	return 0, 0 // not reached: left is the sum of free
}

// choose returns a school with a free seat at a level: that of the family's site or its collège if possible; -1 when the
// level is full.
func (w *walker) choose(level, site, coll int) int {
	total := 0
	for i := range w.free {
		if n := w.free[i][level]; n > 0 {
			if c := &w.sector.schools[i]; i == coll || site >= 0 && c.site == site {
				return i
			}
			total += n
		}
	}
	if total == 0 {
		return -1
	}
	r := w.d.n(total)
	for i := range w.free {
		if n := w.free[i][level]; r < n {
			return i
		} else {
			r -= n
		}
	}
	return -1
}

func (w *walker) chooseTwin(level, school int) int {
	if w.free[school][level] > 0 {
		return school
	}
	return w.choose(level, -1, -1)
}

// seat gives the family's next child a seat.
func (w *walker) seat(c, level int) {
	k := kid{number: w.sector.first + w.pupils, school: c, level: level, seat: w.sector.schools[c].level[level] - w.free[c][level]}
	if level > level6e {
		switch r := w.d.n(1000); {
		case r < 60:
			k.late = 1
		case r < 75:
			k.late = -1
		}
	}
	w.free[c][level]--
	w.left--
	w.pupils++
	w.family.kids = append(w.family.kids, k)
}

// bringAdults gives the family its adults.
func (w *walker) bringAdults() {
	f, d := &w.family, &w.d
	add := func(s slot, k ent.Kinship, female bool, household int) {
		f.adults = append(f.adults, adult{s, k, female, household})
	}
	f.payerB = d.chance(350)
	f.married = d.chance(450)
	f.shared = d.chance(330)
	motherFirst := f.situation == together || f.situation == blended || d.chance(820)
	sameSex := d.chance(15)
	parent := func(s slot, female bool, household int) {
		k := ent.KinshipFather
		if female {
			k = ent.KinshipMother
		}
		add(s, k, female, household)
	}
	switch f.situation {
	case together:
		parent(slotParentA, true, 0)
		parent(slotParentB, sameSex, 0)
	case separated:
		f.married = false
		parent(slotParentA, motherFirst, 0)
		parent(slotParentB, motherFirst == sameSex, 1)
	case blended:
		f.married = false
		parent(slotParentA, true, 0)
		parent(slotParentB, false, 1)
		w.bringPartner()
	case single:
		f.payerB, f.married = false, false
		parent(slotParentA, motherFirst, 0)
	case fostered:
		add(slotCarer, ent.KinshipFosterCarer, d.chance(800), 0)
		add(slotSocial, ent.KinshipSocialServices, false, 2)
	case guarded:
		add(slotCarer, ent.KinshipGuardian, d.chance(600), 0)
	case ofAge:
		add(slotCarer, ent.KinshipSelf, false, 0)
	}
	// Feeds of the first degree list holders of parental authority only.
	if f.hasSecond() && f.situation != fostered && f.situation != ofAge {
		kinships := [...]ent.Kinship{ent.KinshipAscendant, ent.KinshipOtherFamily, ent.KinshipSibling, ent.KinshipChildMinder, ent.KinshipOther}
		if d.chance(700) {
			add(slotContactA, kinships[d.among(60, 22, 8, 5, 5)], d.chance(600), 2)
			if d.chance(450) {
				add(slotContactB, kinships[d.among(60, 22, 8, 5, 5)], d.chance(400), 2)
			}
		}
	}
	if d.chance(w.a.odd) && f.number > 0 && len(f.kids) > 1 && f.adults[0].slot == slotParentA {
		add(slotDuplicate, f.adults[0].kinship, f.adults[0].female, 0)
	}
	if d.chance(w.a.odd) {
		add(slotOrphan, "", d.chance(500), 2)
	}
}

// bringPartner gives parent A a new partner, the father of the youngest children if there are several, otherwise a
// person to be called.
func (w *walker) bringPartner() {
	f := &w.family
	youngest := f.kids[0].level
	oldest := youngest
	for _, k := range f.kids {
		youngest, oldest = min(youngest, k.level), max(oldest, k.level)
	}
	kinship := ent.KinshipOther
	if youngest < oldest {
		kinship = ent.KinshipFather
		for i := range f.kids {
			f.kids[i].young = f.kids[i].level == youngest
		}
	} else if !f.hasSecond() {
		return
	}
	f.adults = append(f.adults, adult{slotPartner, kinship, false, 0})
}

// hasSecond reports whether a child is in the second degree.
func (f *family) hasSecond() bool {
	for i := range f.kids {
		if f.kids[i].level >= level6e {
			return true
		}
	}
	return false
}
