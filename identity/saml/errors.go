package saml

import (
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// RefusedError is a message that is refused. It holds nothing of the message but the codes of its status.
type RefusedError struct {
	// Code is one of this package: errors.Is(err, saml.CodeExpired) works.
	Code ent.Code
	// Field is what is wrong, an element, an attribute or a part, when it is known.
	Field ent.Field
	// Status is what the partner answered, when Code is CodeStatus. It is read before any signature is verified.
	Status Status

	cause error
}

// Status is the status of an answer (SAML 2.0 Core, 3.2.2.2).
type Status struct {
	// Code is the top-level code, a URN; Detail the second-level one, "" when there is none.
	Code, Detail string
}

// The status codes that a service provider meets.
const (
	StatusSuccess       = "urn:oasis:names:tc:SAML:2.0:status:Success"
	StatusRequester     = "urn:oasis:names:tc:SAML:2.0:status:Requester"
	StatusResponder     = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	StatusAuthnFailed   = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
	StatusNoPassive     = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
	StatusRequestDenied = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
	StatusPartialLogout = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
)

func short(status string) string {
	if status == "" {
		return "-"
	}
	return strings.TrimPrefix(status, "urn:oasis:names:tc:SAML:2.0:status:")
}

// Error returns the sentence of the code.
func (e *RefusedError) Error() string { return "saml: " + e.Issue().Error() }

// GoString is Error, so that %#v shows no cause either.
func (e *RefusedError) GoString() string { return strconv.Quote(e.Error()) }

// Unwrap returns the code, then the cause when a port of the caller failed. Error does not print the cause.
func (e *RefusedError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.cause}
}

// Issue returns what to show to whoever looks after the connection.
func (e *RefusedError) Issue() ent.Issue {
	switch {
	case e.Code == CodeStatus:
		return catalog().New(e.Code, ent.Pos{}, "$", ent.CodeOf("status", short(e.Status.Code)), ent.CodeOf("detail", short(e.Status.Detail)))
	case e.Field != "":
		return catalog().New(e.Code, ent.Pos{}, "$."+string(e.Field), ent.FieldOf("field", e.Field))
	}
	return catalog().New(e.Code, ent.Pos{}, "$")
}

// Message returns the sentence of the code. Users are shown one neutral page instead, whatever the code.
func (e *RefusedError) Message(lang ent.Lang) string { return e.Issue().Message(lang) }

func refuse(code ent.Code) error { return &RefusedError{Code: code} }

func refuseField(code ent.Code, field ent.Field) error {
	return &RefusedError{Code: code, Field: field}
}

func refuseStructure[S ~string](name S) error { return refuseField(CodeStructure, ent.Field(name)) }
