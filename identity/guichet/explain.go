package guichet

import (
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Every step is a number of accounts, for agents: that an account exists, or is blocked, is not for whoever asks.

func counted(op ent.Op, n int, fr, en string) ent.Step {
	return ent.Step{Op: op, Value: decimal.NewFromInt(int64(n)), Label: ent.Label{FR: fr, EN: en}, Audience: ent.AudienceAgent}
}

func given(n int, fr, en string) ent.Step { return counted(ent.OpGiven, n, fr, en) }

// traceClue records what one clue found, and what was put aside.
func traceClue(tr *ent.Trace, label ent.Label, n, found, otherProfile, otherName int) {
	tr.Push(given(found, "Comptes trouvés", "Accounts found"))
	tr.Push(given(otherProfile, "dont d'un autre profil", "of which of another profile"))
	tr.Push(given(otherName, "dont d'un autre nom ou d'une autre adresse", "of which of another name or address"))
	step := counted(ent.OpDifference, found-otherProfile-otherName, label.FR, label.EN)
	step.Params = []ent.Param{ent.Count("n", int64(n))}
	tr.Fold(3, step)
}

// traceResult joins the clues and takes away what cannot be opened.
func traceResult(tr *ent.Trace, clues int, g *gathering, blocked, usable int) {
	tr.Fold(clues, counted(ent.OpSum, g.matched, "Réponses qui correspondent", "Answers that fit"))
	tr.Push(given(g.repeated, "Comptes déjà trouvés, ou réunis par une fusion", "Accounts found before, or joined by a merge"))
	tr.Push(given(g.lost, "Comptes fusionnés dans un compte qui n'existe plus", "Accounts merged into one that is no longer there"))
	tr.Push(given(blocked, "Comptes bloqués", "Blocked accounts"))
	tr.Fold(4, counted(ent.OpDifference, usable, "Comptes proposés", "Accounts offered"))
}
