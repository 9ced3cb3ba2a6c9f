package apiparticulier

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Kind names an answer of API Particulier.
type Kind string

// The kinds.
const (
	// KindQuotient is the family quotient and composition, v3.
	KindQuotient Kind = "quotient-v3"
	// KindEAJE is what the price of a nursery is computed from (participation familiale EAJE), v3.
	KindEAJE Kind = "eaje-v3"
	// KindQuotientV2 is composition-familiale-v2.
	KindQuotientV2 Kind = "quotient-v2"
	// KindQuotientV1 is composition-familiale, retired in October 2025, whose quotient of 0 also stood for none.
	KindQuotientV1 Kind = "quotient-v1"
	// KindSchooling is the enrolment and scholarship of a pupil (scolarités), v4.
	KindSchooling Kind = "schooling-v4"
)

// Answer is an answer 200, of any version. Each part may be absent: a token gets what it has a right to. It is personal
// data: logs redact it.
type Answer struct {
	Kind Kind
	// Holders are the one or two persons on whose file the quotient stands (allocataires); Children may be adults. Nil
	// is a part that is absent, an empty list a family without children.
	Holders, Children []Person
	// Address is the one declared to the CAF or the MSA, nil when it is absent; it may be out of date.
	Address *Address
	// Quotient, EAJE and Schooling are nil when the answer has none.
	Quotient  *FamilyQuotient
	EAJE      *EAJE
	Schooling *Schooling
	// Cache and Limits are what the headers of an HTTP answer say.
	Cache  Cache
	Limits Limits
	// Report counts the persons read and what was odd, unknown fields among it.
	Report ent.Report
}

// LogValue hides the answer.
func (a Answer) LogValue() slog.Value { return slog.GroupValue(slog.String("kind", string(a.Kind))) }

// Person is somebody of a family, named as the source names them.
type Person struct {
	BirthName string
	// UsageName is the name in use, "" when it is the birth name or not known.
	UsageName string
	// GivenNames are all first names in one text: a space may stand inside a compound one.
	GivenNames string
	// FullName is what version 1 gives instead of the three above.
	FullName string
	Birth    PartialDate
	// Sex is M or F.
	Sex string
	// BirthCommune is told of the holder who was asked for, in answers EAJE.
	BirthCommune ent.InseeCode
}

// LogValue hides the person.
func (p Person) LogValue() slog.Value { return redacted() }

// Address is a postal address in the form of La Poste. Only some lines are there.
type Address struct {
	Recipient       string // destinataire
	Complement      string // complément d'information
	ComplementPlace string // complément d'information géographique
	Street          string // numéro et libellé de la voie
	Locality        string // lieu-dit
	PostalTown      string // code postal et ville
	Country         string
}

// LogValue hides the address.
func (a Address) LogValue() slog.Value { return redacted() }

// FamilyQuotient is the quotient of an answer.
type FamilyQuotient struct {
	// Provider is CNAF or MSA; another one is kept as it came.
	Provider quotient.Provider
	// Value may be missing; 0 is a value.
	Value quotient.Amount
	Month ent.Month
	// ComputedIn is the month of the computation, missing before v3; that of the MSA is always recent.
	ComputedIn ent.Month
}

// LogValue hides the quotient.
func (q FamilyQuotient) LogValue() slog.Value { return redacted() }

// AsQuotient returns the quotient of the domain, with no period: how long it holds is the tariff's business. It returns
// CodeNoValue when there is none, CodeProvider when the provider, and so the kind, is not known.
func (a *Answer) AsQuotient() (quotient.Quotient, error) {
	if a.Quotient == nil {
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", issue(CodeNoValue, "$.quotient_familial"))
	}
	if a.Quotient.Value.IsZero() {
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", &quotient.NotFoundError{Situation: quotient.SituationUnknown})
	}
	q := quotient.Quotient{
		Value: a.Quotient.Value, Month: a.Quotient.Month, Provider: a.Quotient.Provider,
		Proof: quotient.Proof{Kind: quotient.ProofAPI},
	}
	switch q.Provider {
	case quotient.ProviderCNAF:
		q.Kind = quotient.KindCAF
	case quotient.ProviderMSA:
		q.Kind = quotient.KindMSA
	default:
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", issue(CodeProvider, "$.quotient_familial.fournisseur"))
	}
	return q, nil
}

// EAJE is what the price of a nursery is computed from.
type EAJE struct {
	// DependentChildren and AEEHChildren (those with the allowance for a disabled child) are nil when they are missing.
	DependentChildren, AEEHChildren *int
	// Resources is the annual basis, in euros.
	Resources     quotient.Amount
	ResourcesYear int
}

// LogValue hides the data.
func (e EAJE) LogValue() slog.Value { return redacted() }

// Schooling is the enrolment of a pupil.
type Schooling struct {
	Pupil          Person
	ProgrammeStat  string // code MEF stat
	ProgrammeLabel string
	UAI            ent.UAI
	School         string
	Ministry       string // code of the ministry
	SchoolYear     string
	Enrolled       *bool
	// Status is a code such as ST (scolaire) or AP (apprenti).
	Status, StatusLabel string
	// Scholarship is nil when it is not known; false is not to be trusted before mid-October.
	Scholarship *bool
	// Level is the échelon, nil without scholarship.
	Level *int
}

// LogValue hides the schooling.
func (s Schooling) LogValue() slog.Value { return redacted() }

// Cache says whether an answer came from the cache of API Particulier.
type Cache struct {
	// Cached is nil when the header is absent.
	Cached *bool
	// ExpiresIn is how long the cache holds it still, 0 when not told.
	ExpiresIn time.Duration
}

// Limits are the limits of the call as the server counts them, by minute; -1 when not told.
type Limits struct {
	Limit, Remaining int
	// Reset is the end of the period, the zero time when not told.
	Reset time.Time
}
