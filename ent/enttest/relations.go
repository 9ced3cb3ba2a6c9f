package enttest

import "github.com/opencartable/cartable/ent"

// bond returns how an adult is tied to a child of the family, without their identifiers; false for not at all.
func (f *family) bond(ad *adult, k *kid) (ent.Relation, bool) {
	r := ent.Relation{Kinship: ad.kinship, Responsibility: ent.ResponsibilityLegal}
	last := k == &f.kids[len(f.kids)-1]
	switch ad.slot {
	case slotParentA, slotDuplicate:
		if f.duplicated() && last != (ad.slot == slotDuplicate) {
			return ent.Relation{}, false
		}
		r.Financial = !f.payerB || k.young
		r.Contact = !r.Financial
	case slotParentB:
		if k.young {
			return ent.Relation{}, false
		}
		r.Financial = f.payerB
	case slotPartner:
		switch {
		case k.young: // a legal parent
		case ad.kinship != ent.KinshipOther, k.level < level6e:
			return ent.Relation{}, false
		default:
			r.Responsibility, r.Contact = ent.ResponsibilityNone, true
		}
	case slotCarer:
		switch ad.kinship {
		case ent.KinshipFosterCarer:
			r.Responsibility, r.Contact = ent.ResponsibilityInCharge, true
			return r, true
		case ent.KinshipSelf:
			r.Contact = true
		default: // a guardian
		}
		r.Financial = true
	case slotSocial:
		r.Financial = true
	case slotContactA, slotContactB:
		if k.level < level6e {
			return ent.Relation{}, false
		}
		r.Responsibility, r.Contact = ent.ResponsibilityNone, true
	default:
		return ent.Relation{}, false
	}
	r.Payment = r.Financial
	return r, true
}

// duplicated reports whether parent A has two records.
func (f *family) duplicated() bool {
	for i := range f.adults {
		if f.adults[i].slot == slotDuplicate {
			return true
		}
	}
	return false
}

// relativeID returns the identifier of an adult: the number of the family and the place in it.
func (f *family) relativeID(s slot) ent.ID { return relativeID(f.relativeNumber(s)) }

func (f *family) relativeNumber(s slot) int { return (f.number+1)*int(slots) + int(s) }

// degree returns the degree of a child.
func (k *kid) degree() ent.Degree {
	if k.level >= level6e {
		return ent.SecondDegree
	}
	return ent.FirstDegree
}

// hasRecord reports whether an adult stands in the delivery of a degree, in any when the degree is empty.
func (a *Academy) hasRecord(f *family, ad *adult, degree ent.Degree) bool {
	if ad.slot == slotOrphan {
		return degree == "" || degree == f.kids[0].degree()
	}
	for i := range f.kids {
		k := &f.kids[i]
		if degree != "" && k.degree() != degree {
			continue
		}
		if _, ok := f.bond(ad, k); ok {
			return true
		}
	}
	return false
}
