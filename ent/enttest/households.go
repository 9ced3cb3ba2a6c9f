package enttest

import (
	"iter"
	"strconv"

	"github.com/opencartable/cartable/ent"
)

// Households ranges over the homes of the families, in the order of the relatives. Separated parents have two, each with
// the children: shared, or one in full and the other for visits. A relative with two records stands under the first.
func (a *Academy) Households() iter.Seq[ent.Household] {
	return func(yield func(ent.Household) bool) {
		for f, b := range a.families() {
			for home := range 2 {
				h, ok := b.household(f, home)
				if ok && !yield(h) {
					return
				}
			}
		}
	}
}

// household returns one of the two homes of a family; false when it has no such home.
func (b *builder) household(f *family, home int) (ent.Household, bool) {
	h := ent.Household{Address: b.homes[home]}
	second := false
	for i := range f.adults {
		ad := &f.adults[i]
		if ad.household != home || ad.slot == slotDuplicate {
			second = second || ad.household == 1
			continue
		}
		second = second || ad.household == 1
		if b.a.hasRecord(f, ad, "") {
			h.Adults = append(h.Adults, f.relativeID(ad.slot))
		}
	}
	if len(h.Adults) == 0 {
		return h, false
	}
	h.ID = ent.ID("8" + strconv.Itoa(1000000+f.number) + strconv.Itoa(home))
	for i := range f.kids {
		k := &f.kids[i]
		custody := ent.CustodyFull
		switch {
		case home == 1 && k.young:
			continue // a child of the new couple
		case second && f.shared && !k.young:
			custody = ent.CustodyShared
		case home == 1:
			custody = ent.CustodyVisits
		}
		h.Children = append(h.Children, ent.HouseholdChild{Person: pupilID(k.number), Custody: custody})
	}
	return h, true
}
