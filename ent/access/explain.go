package access

import (
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	sdetSource  = "SDET"
	civilSource = "code civil, art. 371-1 à 373-5 et 414"
)

func bit(yes bool) decimal.Decimal {
	if yes {
		return decimal.NewFromInt(1)
	}
	return decimal.Zero
}

func given(yes bool, fr, en string) ent.Step {
	return ent.Step{Op: ent.OpGiven, Value: bit(yes), Label: ent.Label{FR: fr, EN: en}}
}

func actionLabel(a Action) (ent.Label, []ent.Param) {
	i, known := a.info()
	if !known {
		return ent.Label{FR: "Accès : {action}", EN: "Access: {action}"}, []ent.Param{ent.CodeOf("action", string(a))}
	}
	return ent.Label{FR: "Accès : " + i.label.FR, EN: "Access: " + i.label.EN}, nil
}

// traceNobody records that no right is on the action.
func traceNobody(tr *ent.Trace, a Action) {
	tr.Push(given(false, "Personne n'a cette action dans les droits en vigueur", "Nobody has this action in the rights in force"))
	label, params := actionLabel(a)
	tr.Fold(1, ent.Step{Op: ent.OpMax, Value: decimal.Zero, Label: label, Params: params})
}

// traceApart records that the target is another relative of the person's child.
func traceApart(tr *ent.Trace, a Action) {
	step := given(false, "La personne visée est un autre responsable d'un même élève", "The person aimed at is another relative of the same pupil")
	step.Source = catalogSource(CodeApart)
	tr.Push(step)
	label, params := actionLabel(a)
	tr.Fold(1, ent.Step{Op: ent.OpProduct, Value: decimal.Zero, Label: label, Params: params})
}

func catalogSource(c ent.Code) string { r, _ := catalog().Rule(c); return r.Source }

// traceRight records a right that the person has: held, reaching, and for a relative open.
func (s *Scope) traceRight(tr *ent.Trace, r *right, reached bool, via *child) {
	who, span := s.rules.whos[r.who].label(), r.span.label()
	tr.Push(given(true, "Qualité : "+who.FR, "Quality: "+who.EN))
	tr.Push(given(reached, "Portée : "+span.FR, "Reach: "+span.EN))
	n, open := 2, reached
	if via != nil {
		s.traceChild(tr, via)
		n, open = 3, via.allowed
	}
	tr.Fold(n, ent.Step{
		Op: ent.OpProduct, Value: bit(open), Source: sdetSource,
		Label: ent.Label{FR: "Droit : " + who.FR + ", " + span.FR, EN: "Right: " + who.EN + ", " + span.EN},
	})
}

// traceChild records what settles a relative's access. Its detail has the same shape whatever the situation is, and is for
// the pupil alone: that a child is placed is not shown to a third person, not even by what is left out.
func (s *Scope) traceChild(tr *ent.Trace, c *child) {
	detail := func(step ent.Step) {
		step.Owner, step.Audience, step.Source = c.pupil.ID, ent.AudienceConcerned, civilSource
		tr.Push(step)
	}
	detail(c.choice.step("Choix de l'élève majeur", "Choice of the pupil of age", "aucun", "none"))
	detail(c.ruling.step("Décision enregistrée", "Recorded decision", "aucune", "none"))
	detail(given(false, "Enfant confié à l'aide sociale : aucun autre responsable avant décision", "Child placed with the social services: no other relative before a decision"))
	detail(given(c.settled != byRule || c.allowed, "Sans situation particulière", "Without a particular situation"))
	tr.Fold(byRule+1, ent.Step{
		Op: ent.OpChoose, Value: bit(c.allowed), Chosen: c.settled, Owner: c.pupil.ID, Audience: ent.AudienceConcerned,
		Label: ent.Label{FR: "Situation de l'élève", EN: "Situation of the pupil"},
	})
	// A sum of one: the choice tells by its number which situation it is, so it is hidden as a whole.
	tr.Fold(1, ent.Step{Op: ent.OpSum, Value: bit(c.allowed), Label: c.age.label(), Owner: c.pupil.ID, Audience: ent.AudienceAgent})
}

func (a answer) step(fr, en, noFR, noEN string) ent.Step {
	if a == silent {
		return given(false, fr+" : "+noFR, en+": "+noEN)
	}
	return given(a == allows, fr, en)
}

func (m majority) label() ent.Label {
	switch m {
	case ofAge:
		return ent.Label{FR: "Accès de ce responsable (élève majeur)", EN: "Access of this relative (pupil of age)"}
	case unknownAge:
		return ent.Label{FR: "Accès de ce responsable (date de naissance inconnue : élève tenu pour mineur)", EN: "Access of this relative (birth date unknown: pupil held to be a minor)"}
	case minor:
	}
	return ent.Label{FR: "Accès de ce responsable (élève mineur)", EN: "Access of this relative (minor)"}
}

// traceDecision folds the rights of the person.
func traceDecision(tr *ent.Trace, a Action, rights int, allowed bool) {
	if rights == 0 {
		tr.Push(given(false, "Aucun droit de cette personne ne porte sur cette action", "No right of this person covers this action"))
		rights = 1
	}
	label, params := actionLabel(a)
	tr.Fold(rights, ent.Step{Op: ent.OpMax, Value: bit(allowed), Label: label, Params: params})
}
