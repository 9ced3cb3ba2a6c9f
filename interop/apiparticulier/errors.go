package apiparticulier

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Situation says what a person can do about an error. An unknown one passes.
type Situation string

// The situations.
const (
	// SituationProof: no file was found, the family is asked for a proof. The software did not fail.
	SituationProof Situation = "proof"
	// SituationInput: the civil identity or the month is to be corrected.
	SituationInput Situation = "input"
	// SituationToken: the token is to be renewed, or the family to consent again by FranceConnect.
	SituationToken Situation = "token"
	// SituationRights: the habilitation does not cover the datum.
	SituationRights Situation = "rights"
	// SituationWait: the same call passes after CallError.RetryAfter.
	SituationWait Situation = "wait"
	// SituationLater: the provider is down; nobody can do anything but ask again later.
	SituationLater Situation = "later"
	// SituationSetup: the address, the SIRET or the client is to be set up again.
	SituationSetup Situation = "setup"
)

// Label returns the situation in words, for an agent; an unknown one as it is.
func (s Situation) Label(lang ent.Lang) string {
	switch s {
	case SituationProof:
		return ent.Label{FR: "demander un justificatif à la famille", EN: "ask the family for a proof"}.In(lang)
	case SituationInput:
		return ent.Label{FR: "corriger la saisie", EN: "correct the input"}.In(lang)
	case SituationToken:
		return ent.Label{FR: "renouveler le jeton ou le consentement", EN: "renew the token or the consent"}.In(lang)
	case SituationRights:
		return ent.Label{FR: "revoir l'habilitation", EN: "review the habilitation"}.In(lang)
	case SituationWait:
		return ent.Label{FR: "attendre, puis redemander", EN: "wait, then ask again"}.In(lang)
	case SituationLater:
		return ent.Label{FR: "réessayer plus tard", EN: "retry later"}.In(lang)
	case SituationSetup:
		return ent.Label{FR: "revoir la configuration", EN: "review the set-up"}.In(lang)
	}
	return string(s)
}

// CallError is a call that gave no answer. It holds nothing of what was asked nor of what the server wrote, but codes.
// A call that found no file also is a *quotient.NotFoundError.
type CallError struct {
	// Code is one of this package.
	Code ent.Code
	// Situation says what to do.
	Situation Situation
	// Status is that of HTTP, 0 when no answer came.
	Status int
	// APICode is the five-digit code of API Particulier, "" when there is none.
	APICode string
	// Field is the parameter that is refused or the field that is wrong, when it is known.
	Field ent.Field
	// RetryAfter is how long to wait, 0 when not told.
	RetryAfter time.Duration

	cause error
}

// Error returns the sentence of the code.
func (e *CallError) Error() string {
	s := "apiparticulier: " + e.Issue().Error()
	if e.Status != 0 {
		s += ", status " + strconv.Itoa(e.Status)
	}
	if e.APICode != "" {
		s += ", code " + e.APICode
	}
	return s
}

// GoString is Error, so that %#v shows no cause either.
func (e *CallError) GoString() string { return strconv.Quote(e.Error()) }

// Unwrap returns the code, then the cause: a *quotient.NotFoundError, the error of a context, that of the caller's own
// Token function. Error does not print the cause.
func (e *CallError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.cause}
}

// Issue returns what to show to an agent.
func (e *CallError) Issue() ent.Issue {
	if e.Field != "" {
		return fieldIssue(e.Code, "$."+string(e.Field), string(e.Field))
	}
	return issue(e.Code, "$")
}

// Message returns the sentence of the code, which says what to do.
func (e *CallError) Message(lang ent.Lang) string { return e.Issue().Message(lang) }

// Temporary reports whether the same call may pass later.
func (e *CallError) Temporary() bool {
	return e.Situation == SituationWait || e.Situation == SituationLater
}

// DecodeError reads the body of an answer other than 200, of any version. A body that cannot be read still gives an
// error, by its status; but a 404 without a code of API Particulier is CodeAnswer, since a wrong address must not pass
// for a family without file.
func DecodeError(kind Kind, status int, body []byte) *CallError {
	e := &CallError{Status: status}
	named, retry := e.read(body)
	e.RetryAfter = retry
	switch {
	case status == 404 && named:
		e.Code, e.Situation = CodeNotFound, SituationProof
		if kind != KindSchooling {
			e.cause = &quotient.NotFoundError{Situation: situationOf(e.APICode)}
		}
	case status == 400, status == 422:
		e.Code, e.Situation = CodeParameters, SituationInput
		switch e.APICode {
		case "00366":
			e.Code = CodeIdentity
		case "00203":
			e.Situation = SituationSetup
		}
	case status == 401:
		e.Code, e.Situation = CodeToken, SituationToken
	case status == 403:
		e.Code, e.Situation = CodeForbidden, SituationRights
	case status == 409:
		e.Code, e.Situation = CodeConflict, SituationWait
	case status == 429:
		e.Code, e.Situation = CodeRate, SituationWait
	case status == 504 && (e.APICode == "" || e.APICode == "37002"):
		e.Code, e.Situation = CodeTimeout, SituationLater
	case status >= 500 && status <= 599:
		e.Code, e.Situation = CodeUpstream, SituationLater
	case status >= 300 && status <= 399:
		e.Code, e.Situation = CodeRedirect, SituationSetup
	default:
		e.Code, e.Situation = CodeAnswer, SituationSetup
	}
	return e
}

// situationOf returns why no file was found. 35003 stands for two reasons, and an unknown code for any.
func situationOf(code string) quotient.Situation {
	switch code {
	case "10003", "23003", "37003":
		return quotient.SituationNoFile
	}
	return quotient.SituationUnknown
}

// read fills the error from its body, and returns whether it is one of API Particulier.
func (e *CallError) read(body []byte) (named bool, retry time.Duration) {
	o, err := parse(body)
	if err != nil {
		return false, 0
	}
	if v2, ok := o.get("error").(string); ok {
		return v2 != "", 0
	}
	list, _ := o.get("errors").([]any)
	for _, v := range list {
		item, ok := v.(*object)
		if !ok {
			continue
		}
		code, _ := item.get("code").(string)
		if code == "" {
			continue
		}
		// A code of another shape still is one, but may be any text: it is not repeated.
		if _, ok := digits(code); ok && len(code) == 5 {
			e.APICode = code
		}
		if source, ok := item.get("source").(*object); ok {
			e.Field = parameter(source.get("parameter"))
		}
		if meta, ok := item.get("meta").(*object); ok {
			if n, ok := meta.get("retry_in").(json.Number); ok {
				retry = seconds(n.String())
			}
		}
		return true, retry
	}
	return false, 0
}

// parameter returns a name only when it is that of a parameter.
func parameter(v any) ent.Field {
	s, _ := v.(string)
	switch s {
	case "prenoms[]":
		return "prenoms"
	case "recipient", "nomNaissance", "nomUsage", "prenoms", "anneeDateNaissance", "moisDateNaissance",
		"jourDateNaissance", "sexeEtatCivil", "codeCogInseePaysNaissance", "codeCogInseeCommuneNaissance",
		"nomCommuneNaissance", "codeCogInseeDepartementNaissance", "annee", "mois":
		return ent.Field(s)
	}
	return ""
}

// maxWait bounds what a server may ask to wait.
const maxWait = 24 * time.Hour

// seconds reads a number of seconds; 0 when it is none.
func seconds(s string) time.Duration {
	n, ok := digits(s)
	if !ok {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxWait)
}
