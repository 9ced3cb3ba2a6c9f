package quotient

import (
	"fmt"
	"log/slog"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Kind says how a quotient was reached: two kinds are never compared. An unknown kind passes.
type Kind string

// The kinds met in tariffs.
const (
	// KindCAF is the national quotient of the family benefits office.
	KindCAF Kind = "caf"
	// KindMSA is the national quotient of the agricultural scheme.
	KindMSA Kind = "msa"
	// KindRFRPerPart is the reference tax income of a year, by month and by fiscal part.
	KindRFRPerPart Kind = "rfr-per-part"
	// KindRFRPerPerson is the reference tax income of a year, by month and by person.
	KindRFRPerPerson Kind = "rfr-per-person"
	// KindRFRTwelfth is a twelfth of the reference tax income, with no division.
	KindRFRTwelfth Kind = "rfr-twelfth"
	// KindMunicipal is a commune's own, told from another one by its name.
	KindMunicipal Kind = "municipal"
)

// Kinds returns the kinds of this package.
func Kinds() []Kind {
	return []Kind{KindCAF, KindMSA, KindRFRPerPart, KindRFRPerPerson, KindRFRTwelfth, KindMunicipal}
}

// Label returns the kind in words; an unknown kind as it is.
func (k Kind) Label(lang ent.Lang) string {
	switch k {
	case KindCAF:
		return label("quotient familial CAF", "CAF family quotient").In(lang)
	case KindMSA:
		return label("quotient familial MSA", "MSA family quotient").In(lang)
	case KindRFRPerPart:
		return label("revenu fiscal de référence par mois et par part", "reference tax income by month and part").In(lang)
	case KindRFRPerPerson:
		return label("revenu fiscal de référence par mois et par personne", "reference tax income by month and person").In(lang)
	case KindRFRTwelfth:
		return label("douzième du revenu fiscal de référence", "a twelfth of the reference tax income").In(lang)
	case KindMunicipal:
		return label("quotient communal", "municipal quotient").In(lang)
	}
	return string(k)
}

func label(fr, en string) ent.Label { return ent.Label{FR: fr, EN: en} }

// Provider says who handed the quotient out. An unknown one passes.
type Provider string

// The providers.
const (
	ProviderCNAF    Provider = "CNAF"
	ProviderMSA     Provider = "MSA"
	ProviderCommune Provider = "commune"
	ProviderFamily  Provider = "family"
)

// ProofKind says what proves a quotient. An unknown kind passes.
type ProofKind string

// The kinds of proof.
const (
	ProofAPI         ProofKind = "api"         // an answer of API Particulier
	ProofCertificate ProofKind = "certificate" // a certificate of the CAF or the MSA
	ProofTaxNotice   ProofKind = "tax-notice"  // avis d'imposition
	ProofPayslips    ProofKind = "payslips"
	ProofDeclaration ProofKind = "declaration" // the family's word
)

// Label returns the kind of proof in words; an unknown one as it is.
func (k ProofKind) Label(lang ent.Lang) string {
	switch k {
	case ProofAPI:
		return label("réponse d'API Particulier", "answer of API Particulier").In(lang)
	case ProofCertificate:
		return label("attestation de la CAF ou de la MSA", "certificate of the CAF or the MSA").In(lang)
	case ProofTaxNotice:
		return label("avis d'imposition", "tax notice").In(lang)
	case ProofPayslips:
		return label("bulletins de paie", "payslips").In(lang)
	case ProofDeclaration:
		return label("déclaration de la famille", "the family's declaration").In(lang)
	}
	return string(k)
}

// Proof names what proves a quotient. It never holds the document, nor anything read in it.
type Proof struct {
	Kind ProofKind `json:"kind"`
	// Reference is the caller's: a number of request, of file.
	Reference string `json:"reference,omitempty"`
}

// Quotient is a family quotient with what makes it usable: its kind, its month, its period and its proof. The zero
// Quotient is missing. It is personal data: logs redact it.
type Quotient struct {
	Kind Kind `json:"kind"`
	// Name is that of a municipal quotient.
	Name string `json:"name,omitempty"`
	// Value is missing until somebody knows it; 0 is a value, that of a family without income or benefit.
	Value Amount `json:"value"`
	// Month is the month of reference, ComputedOn the day of computation.
	Month      ent.Month `json:"month,omitzero"`
	ComputedOn ent.Date  `json:"computedOn,omitzero"`
	// From and To bound the days for which it holds, both included; a missing To is open.
	From     ent.Date `json:"from,omitzero"`
	To       ent.Date `json:"to,omitzero"`
	Proof    Proof    `json:"proof,omitzero"`
	Provider Provider `json:"provider,omitempty"`
}

// Get returns the value. It returns CodeMissing when there is none.
func (q Quotient) Get() (decimal.Decimal, error) {
	v, ok := q.Value.Value()
	if !ok {
		return decimal.Decimal{}, fmt.Errorf("quotient: %w", CodeMissing)
	}
	return v, nil
}

// Same reports whether both are of one kind and, for municipal ones, of one name.
func (q Quotient) Same(o Quotient) bool { return q.Kind == o.Kind && q.Name == o.Name }

// LogValue hides the quotient.
func (q Quotient) LogValue() slog.Value { return redacted() }

// Check returns what is wrong with the quotient, a missing value aside.
func (q Quotient) Check() ent.Issues {
	var out ent.Issues
	if q.Kind == "" || q.Kind == KindMunicipal && q.Name == "" {
		out = append(out, issue(CodeKind, "$.kind"))
	}
	if v, ok := q.Value.Value(); ok {
		out = append(out, checkAmount(v, "$.value", "value", false)...)
	}
	for _, d := range []struct {
		name ent.Field
		date ent.Date
	}{{"computedOn", q.ComputedOn}, {"from", q.From}, {"to", q.To}} {
		if !d.date.IsZero() && !isDate(d.date) {
			out = append(out, fieldIssue(CodeDate, "$."+string(d.name), d.name))
		}
	}
	if !q.Month.IsZero() && !isDate(q.Month.First()) {
		out = append(out, fieldIssue(CodeDate, "$.month", "month"))
	}
	if !q.To.IsZero() && q.To.Before(q.From) {
		out = append(out, issue(CodePeriod, "$.to"))
	}
	return out
}

// isDate reports whether a date of the caller exists.
func isDate(d ent.Date) bool {
	_, err := ent.NewDate(int(d.Year), int(d.Month), int(d.Day))
	return err == nil
}

// FromLegacy returns a quotient received from a source that writes 0 when none could be computed, as version 1 of API
// Particulier did: a 0 becomes missing, with an issue of CodeAmbiguousZero.
func FromLegacy(q Quotient) (Quotient, ent.Issues) {
	if v, ok := q.Value.Value(); ok && v.IsZero() {
		q.Value = Amount{}
		return q, ent.Issues{issue(CodeAmbiguousZero, "$.value")}
	}
	return q, nil
}

// Missing says what becomes of a family whose quotient is missing, as the tariff wants it. How much it then pays is the
// tariff's business.
type Missing string

// The policies met. There is no default: a family is never priced by chance.
const (
	// MissingRefuse gives no price.
	MissingRefuse Missing = "refuse"
	// MissingTopBand gives the price of the highest band.
	MissingTopBand Missing = "top-band"
	// MissingTopBandSurcharge adds a surcharge for a late file to it.
	MissingTopBandSurcharge Missing = "top-band-surcharge"
	// MissingFullPrice gives the price of those without benefits.
	MissingFullPrice Missing = "full-price"
)

// Label returns the policy in words; an unknown one as it is.
func (m Missing) Label(lang ent.Lang) string {
	switch m {
	case MissingRefuse:
		return label("pas de prix sans quotient", "no price without a quotient").In(lang)
	case MissingTopBand:
		return label("tranche la plus haute", "highest band").In(lang)
	case MissingTopBandSurcharge:
		return label("tranche la plus haute et majoration", "highest band and a surcharge").In(lang)
	case MissingFullPrice:
		return label("plein tarif", "full price").In(lang)
	}
	return string(m)
}

// Accept returns nil for a quotient that has a value, and for a missing one when the policy prices it. It returns
// CodeMissing when the policy refuses, CodePolicy for a policy that is not known.
func (m Missing) Accept(q Quotient) error {
	switch m {
	case MissingTopBand, MissingTopBandSurcharge, MissingFullPrice:
		return nil
	case MissingRefuse:
		_, err := q.Get()
		return err
	}
	return fmt.Errorf("quotient: %w", fieldIssue(CodePolicy, "$.missing", "missing"))
}
