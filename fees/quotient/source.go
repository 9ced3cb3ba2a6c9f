package quotient

import (
	"context"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Request asks a source for the quotient of a person.
type Request struct {
	// Person is the one on whose file the quotient stands (allocataire): another parent's identity finds nothing.
	Person ent.Person
	// Recipient is the public body that uses the quotient.
	Recipient ent.SIRET
	// Month is the month wanted; missing, the current one of the source.
	Month ent.Month
}

// Source is where quotients come from: a client of API Particulier, the caller's own files. It returns a
// *NotFoundError when it has none for that person and month, which is not a failure; never a Quotient without value.
type Source interface {
	Quotient(ctx context.Context, r Request) (Quotient, error)
}

// Situation says why a source has no quotient, as far as it knows. An unknown one passes.
type Situation string

// The situations.
const (
	// SituationUnknown is a source that does not say.
	SituationUnknown Situation = "unknown"
	// SituationNoFile is a person without file; perhaps the other parent has one.
	SituationNoFile Situation = "no-file"
	// SituationNotHolder is a person who is not the one on whose file the quotient stands.
	SituationNotHolder Situation = "not-holder"
	// SituationNoBenefits is a family that receives no benefit and so has no quotient.
	SituationNoBenefits Situation = "no-benefits"
	// SituationSpecialScheme is a scheme that the source does not cover.
	SituationSpecialScheme Situation = "special-scheme"
	// SituationIdentity is an identity that does not match.
	SituationIdentity Situation = "identity"
	// SituationMonth is a month that the source does not hold or holds no more.
	SituationMonth Situation = "month"
)

// Label returns the situation in words; an unknown one as it is.
func (s Situation) Label(lang ent.Lang) string {
	switch s {
	case SituationUnknown:
		return label("la source ne dit pas pourquoi", "the source does not say why").In(lang)
	case SituationNoFile:
		return label("pas de dossier à ce nom", "no file under that name").In(lang)
	case SituationNotHolder:
		return label("la personne n'est pas l'allocataire", "the person is not the holder of the file").In(lang)
	case SituationNoBenefits:
		return label("la famille ne reçoit pas de prestation", "the family receives no benefit").In(lang)
	case SituationSpecialScheme:
		return label("régime particulier non couvert", "a special scheme that is not covered").In(lang)
	case SituationIdentity:
		return label("l'identité ne correspond pas", "the identity does not match").In(lang)
	case SituationMonth:
		return label("mois non disponible", "month not available").In(lang)
	}
	return string(s)
}

// NotFoundError says that a source has no quotient for a person: a proof is to be asked for. It names nobody.
type NotFoundError struct {
	Situation Situation
}

// Error returns the situation.
func (e *NotFoundError) Error() string { return "quotient: " + e.Issue().Error() }

// Unwrap returns CodeNotFound.
func (e *NotFoundError) Unwrap() error { return CodeNotFound }

// Issue returns what to show to an agent.
func (e *NotFoundError) Issue() ent.Issue {
	return issue(CodeNotFound, "$", ent.CodeOf("situation", string(e.Situation)))
}

// Message returns what to show to a family.
func (e *NotFoundError) Message(lang ent.Lang) string {
	return label("Quotient introuvable (", "Quotient not found (").In(lang) + e.Situation.Label(lang) +
		label("). Merci de fournir un justificatif.", "). Please give a proof.").In(lang)
}

// Memory is a Source of quotients held by person. It is for tests, and for those who read a list first. It is safe for
// concurrent use once nobody writes to it.
type Memory map[ent.ID][]Quotient

// Quotient returns the person's quotient of that month, the last one of it in the list; without a month, that of the
// latest month.
func (m Memory) Quotient(ctx context.Context, r Request) (Quotient, error) {
	if err := ctx.Err(); err != nil {
		return Quotient{}, fmt.Errorf("quotient: %w", err)
	}
	known, ok := m[r.Person.ID]
	if !ok {
		return Quotient{}, &NotFoundError{SituationNoFile}
	}
	var out Quotient
	for _, q := range slices.Backward(known) {
		switch {
		case q.Value.IsZero(), !r.Month.IsZero() && q.Month != r.Month:
		case out.Value.IsZero(), q.Month.Compare(out.Month) > 0:
			out = q
		}
	}
	if out.Value.IsZero() {
		return Quotient{}, &NotFoundError{SituationMonth}
	}
	return out, nil
}
