package aaf

import "github.com/opencartable/cartable/ent"

// Legacy fills the attributes that feeds had until 2017 from the links of a pupil, for consumers that know no others:
// parents are the kin 1, 2, 10 and 20; parental authority is every legal representative, and the first person in charge;
// the two other relatives are those with a financial, contact or payment role, in that order of priority, a later
// FINANCIER or CONTACT taking the place of an earlier PAIEMENT. Source: the down-conversion of the most used importer.
func (p *Pupil) Legacy(g ent.Generation) {
	p.Parents, p.Authority, p.Father, p.Mother = nil, nil, "", ""
	p.Other = [2]OtherRelative{}
	inCharge := false
	for _, l := range p.Links {
		parent := true
		switch k, _ := ent.ParseKinship(l.Kinship); k {
		case ent.KinshipFather:
			p.Father = l.Relative
		case ent.KinshipMother:
			p.Mother = l.Relative
		default:
			parent = false
		}
		if parent {
			p.Parents = append(p.Parents, l.Relative)
		}
		switch r, _ := ent.ParseResponsibility(l.Legal, g); {
		case r == ent.ResponsibilityLegal:
			p.Authority = append(p.Authority, l.Relative)
		case r == ent.ResponsibilityInCharge && !inCharge:
			inCharge = true
			p.Authority = append(p.Authority, l.Relative)
		}
		if !parent {
			p.other(l)
		}
	}
}

// other places a relative who is not a parent in one of the two older attributes.
func (p *Pupil) other(l Link) {
	const payment = "PAIEMENT"
	quality := ""
	switch {
	case l.Financial:
		quality = "FINANCIER"
	case l.Contact:
		quality = "CONTACT"
	case l.Payment:
		quality = payment
	default:
		return
	}
	for i := range p.Other {
		if p.Other[i] == (OtherRelative{}) {
			p.Other[i] = OtherRelative{l.Relative, quality}
			return
		}
	}
	for i := range p.Other {
		if quality != payment && p.Other[i].Quality == payment {
			p.Other[i] = OtherRelative{l.Relative, quality}
			return
		}
	}
}
