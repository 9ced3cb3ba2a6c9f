package quotient

import (
	"fmt"
	"log/slog"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Status is the marital status of a tax household.
type Status string

// The statuses. There is no default.
const (
	StatusSingle   Status = "single"
	StatusDivorced Status = "divorced" // or separated
	StatusMarried  Status = "married"
	StatusPACS     Status = "pacs"
	// StatusWidowed is a widow or widower from the year after the death on; StatusWidowedThisYear in the year of it.
	StatusWidowed         Status = "widowed"
	StatusWidowedThisYear Status = "widowed-this-year"
)

// Label returns the status in words; an unknown one as it is.
func (s Status) Label(lang ent.Lang) string {
	switch s {
	case StatusSingle:
		return label("célibataire", "single").In(lang)
	case StatusDivorced:
		return label("divorcé ou séparé", "divorced or separated").In(lang)
	case StatusMarried:
		return label("marié", "married").In(lang)
	case StatusPACS:
		return label("pacsé", "in a civil partnership").In(lang)
	case StatusWidowed:
		return label("veuf", "widowed").In(lang)
	case StatusWidowedThisYear:
		return label("veuf dans l'année", "widowed in the year").In(lang)
	}
	return string(s)
}

// Couple reports whether the household has the parts of a couple; ok is false for an unknown status.
func (s Status) Couple() (couple, ok bool) {
	switch s {
	case StatusMarried, StatusPACS, StatusWidowedThisYear:
		return true, true
	case StatusSingle, StatusDivorced, StatusWidowed:
		return false, true
	}
	return false, false
}

// TaxHousehold is what the number of fiscal parts depends on, by the boxes of the income tax return. It is personal
// data: logs redact it.
type TaxHousehold struct {
	Status Status
	// Children are in exclusive charge, with other dependants counted like them; Shared in alternate residence.
	Children int
	Shared   int
	// DisabledChildren and DisabledShared are those of them with an invalidity card.
	DisabledChildren int
	DisabledShared   int
	// DisabledDependants are disabled adults living in the home. They are not among Children, and count like one each.
	DisabledDependants int
	// Isolated is box T: a person who raises children alone.
	Isolated bool
	// Disabled is box P, of the declarant; DisabledSpouse box F.
	Disabled       bool
	DisabledSpouse bool
	// Veteran is box W or G.
	Veteran bool
	// RaisedAlone is box L: raised a child alone for five years. RaisedOther is box E or K, which box N (not living alone)
	// takes away.
	RaisedAlone bool
	RaisedOther bool
	NotAlone    bool
}

// LogValue hides the household.
func (h TaxHousehold) LogValue() slog.Value { return redacted() }

// Check returns what is wrong with the household.
func (h TaxHousehold) Check() ent.Issues { return h.check("$") }

func (h *TaxHousehold) check(path string) ent.Issues {
	var out ent.Issues
	couple, ok := h.Status.Couple()
	if !ok {
		out = append(out, issue(CodeStatus, path+".status"))
	}
	out = append(out, checkPersons(path, []group{
		{"children", h.Children, h.DisabledChildren},
		{"shared", h.Shared, h.DisabledShared},
		{"disabledDependants", h.DisabledDependants, 0},
	})...)
	for _, b := range []struct {
		box, field string
		ticked     bool
		ofCouple   bool
	}{
		{"T", "isolated", h.Isolated, false},
		{"F", "disabledSpouse", h.DisabledSpouse, true},
		{"W", "veteran", h.Veteran, false},
		{"L", "raisedAlone", h.RaisedAlone, false},
		{"E", "raisedOther", h.RaisedOther, false},
	} {
		if ok && b.ticked && b.ofCouple != couple {
			out = append(out, issue(CodeBox, path+"."+b.field, ent.CodeOf("box", b.box)))
		}
	}
	return out
}

// Parts returns the number of fiscal parts, in the rules in force since 2008. Its ceiling on the tax saved (plafonnement)
// does not change the number. The household is checked first: its issues are the error.
func (h TaxHousehold) Parts() (decimal.Decimal, error) { return h.checked("", nil) }

// ExplainParts returns the number of fiscal parts and how it was reached, for the person the household belongs to.
func (h TaxHousehold) ExplainParts(owner ent.ID) (decimal.Decimal, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (decimal.Decimal, error) { return h.checked(owner, t) })
}

func (h *TaxHousehold) checked(owner ent.ID, t *ent.Trace) (decimal.Decimal, error) {
	if err := h.check("$").Err(); err != nil {
		return decimal.Decimal{}, fmt.Errorf("quotient: %w", err)
	}
	return h.parts(owner, t), nil
}

const sourceTax = "CGI, art. 193 ter à 195"

// parts follows openfisca-france, nbptr, which follows the code. n is the number of dependants in exclusive charge.
func (h *TaxHousehold) parts(owner ent.ID, t *ent.Trace) decimal.Decimal {
	a := tally{t: t, owner: owner, source: sourceTax}
	one, half, quarter := decimal.New(1, 0), decimal.New(5, -1), decimal.New(25, -2)
	couple, _ := h.Status.Couple()
	n := h.Children + h.DisabledDependants
	dependants := n+h.Shared > 0
	if couple {
		a.add(decimal.New(2, 0), ent.AudienceEveryone, label("couple, ou veuf l'année du décès", "couple, or widowed in the year"))
	} else {
		a.add(one, ent.AudienceEveryone, label("personne seule", "person alone"))
	}
	if h.Status == StatusWidowed && dependants {
		a.add(one, ent.AudienceEveryone, label("veuf avec personne à charge", "widowed with a dependant"))
	}
	weights := ints(5, 5, 10)
	a.ranks(weights, 0, n, false, rankedDependants())
	a.ranks(weights, n, h.Shared, true, rankedShared())

	a.times(h.DisabledChildren, half, false, ent.AudienceConcerned, label("enfants invalides", "disabled children"))
	a.times(h.DisabledShared, half, true, ent.AudienceConcerned, label("enfants invalides en résidence alternée", "disabled children in shared custody"))
	a.times(h.DisabledDependants, half, false, ent.AudienceConcerned, label("adultes invalides à charge", "disabled adult dependants"))

	if h.Isolated {
		what := label("parent isolé (case T)", "isolated parent (box T)")
		switch {
		case n > 0 || h.Shared > 1:
			a.add(half, ent.AudienceEveryone, what)
		case h.Shared == 1:
			a.add(quarter, ent.AudienceEveryone, what)
		default:
			a.add(decimal.Decimal{}, ent.AudienceEveryone, label("parent isolé (case T), sans personne à charge", "isolated parent (box T), without dependant"))
		}
	}
	h.personal(&a, couple, dependants)
	return a.total("part", label("parts fiscales", "fiscal parts"))
}

// personal adds what the declarant's own situation gives.
func (h *TaxHousehold) personal(a *tally, couple, dependants bool) {
	half := decimal.New(5, -1)
	if couple || dependants {
		if h.Disabled {
			a.add(half, ent.AudienceConcerned, label("déclarant invalide (case P)", "disabled declarant (box P)"))
		}
		if h.DisabledSpouse {
			a.add(half, ent.AudienceConcerned, label("conjoint invalide (case F)", "disabled spouse (box F)"))
		}
		return
	}
	if h.Disabled || h.Veteran || h.RaisedAlone || h.RaisedOther && !h.NotAlone {
		a.add(half, ent.AudienceConcerned, label("personne seule sans charge : invalidité, ancien combattant ou enfant élevé seul, sans cumul", "person alone without dependant: invalidity, veteran or child raised alone, not cumulated"))
	}
}
