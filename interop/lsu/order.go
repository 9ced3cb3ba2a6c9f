package lsu

import (
	"cmp"
	"slices"
	"strings"
)

func (p *plan) compareParcoursCommons(a, b int) int {
	x, y := &p.d.Parcours[a], &p.d.Parcours[b]
	return cmp.Or(p.compare(kindPeriod, x.Period, y.Period), strings.Compare(x.Division, y.Division), p.compare(kindClass, x.Class, y.Class))
}

func (p *plan) compareSchoolLife(a, b int) int {
	x, y := &p.d.SchoolLife[a], &p.d.SchoolLife[b]
	return cmp.Or(p.compare(kindPeriod, x.Period, y.Period), strings.Compare(x.Division, y.Division), strings.Compare(x.Comment, y.Comment))
}

func (p *plan) compareThemes(a, b int) int {
	x, y := &p.d.Themes[a], &p.d.Themes[b]
	return cmp.Or(strings.Compare(string(x.Code), string(y.Code)), strings.Compare(x.Label, y.Label))
}

func (e *encoder) compareResults(a, b *Result) int {
	return cmp.Or(e.p.compare(kindDiscipline, a.Discipline, b.Discipline), strings.Compare(a.Domain, b.Domain))
}

func (e *encoder) comparing(k kind) func(a, b ProjectComment) int {
	return func(a, b ProjectComment) int {
		return cmp.Or(e.p.compare(k, a.Group, b.Group), strings.Compare(a.Comment, b.Comment))
	}
}

func compareParcours(a, b Parcours) int {
	return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.Text, b.Text))
}

func compareDigital(a, b DigitalResult) int {
	return cmp.Or(digitalRank(a.Code)-digitalRank(b.Code), strings.Compare(string(a.Code), string(b.Code)), strings.Compare(string(a.Level), string(b.Level)))
}

func compareSupport(a, b Support) int {
	return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), strings.Compare(a.PPRE, b.PPRE), strings.Compare(a.Contract, b.Contract))
}

func compareSocle(a, b SocleResult) int {
	return cmp.Or(domainRank(a.Domain)-domainRank(b.Domain), strings.Compare(string(a.Domain), string(b.Domain)), strings.Compare(string(a.Position), string(b.Position)))
}

// digitalRank orders the five domains of the reference framework: INF, COM, CRE, PRO, ENV.
func digitalRank(c DigitalCode) int {
	if len(c) < 6 {
		return 9
	}
	i := strings.Index("INF COM CRE PRO ENV", string(c[3:6]))
	if i < 0 {
		return 99
	}
	return i
}

func domainRank(c DomainCode) int {
	switch c {
	case DomainFrench:
		return 0
	case DomainLanguages:
		return 1
	case DomainSciences:
		return 2
	case DomainArts:
		return 3
	case DomainMethods:
		return 4
	case DomainCitizen:
		return 5
	case DomainNature:
		return 6
	case DomainWorld:
		return 7
	}
	return 8
}

func compareGuardians(a, b *Guardian) int {
	first := func(x, y bool) int {
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	}
	n := cmp.Or(first(a.Legal1, b.Legal1), first(a.Legal2, b.Legal2), strings.Compare(a.Family, b.Family), strings.Compare(a.Given, b.Given),
		strings.Compare(a.Denomination, b.Denomination), strings.Compare(string(a.Civility), string(b.Civility)), strings.Compare(a.Relationship, b.Relationship))
	if n != 0 || a.Address == nil || b.Address == nil {
		return cmp.Or(n, first(a.Address != nil, b.Address != nil))
	}
	return cmp.Or(slices.Compare(a.Address.Lines[:], b.Address.Lines[:]), strings.Compare(a.Address.PostalCode, b.Address.PostalCode), strings.Compare(a.Address.Town, b.Address.Town))
}
