package account

import (
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Error is what every function of this package returns. It holds no personal value.
type Error struct {
	// Code is one of this package: errors.Is(err, account.CodeCredentials) works.
	Code ent.Code
	// Wait is how long to wait before another try, for CodeWait and CodeQueueFull.
	Wait time.Duration
	// Portal is where the person enters, for CodePortal.
	Portal string
	// Issues say what is wrong with a password, for CodePolicy.
	Issues ent.Issues

	cause error
}

func failure(code ent.Code) *Error { return &Error{Code: code} }

// storeError is a port of the caller that failed. An error of ours passes as it is.
func storeError(err error) error {
	switch err.(type) { //nolint:errorlint // what is wrapped is not ours to unwrap
	case nil:
		return nil
	case *Error:
		return err
	}
	return &Error{Code: CodeStore, cause: err}
}

// Issue returns the error as an issue, to be shown.
func (e *Error) Issue() ent.Issue {
	seconds := int64((e.Wait + time.Second - 1) / time.Second)
	return catalog().New(e.Code, ent.Pos{}, "$", ent.Count("seconds", seconds), ent.CodeOf("portal", e.Portal))
}

// Message returns the sentence for the person, and one for each issue of a password.
func (e *Error) Message(lang ent.Lang) string {
	out := []string{e.Issue().Message(lang)}
	for _, i := range e.Issues {
		out = append(out, i.Message(lang))
	}
	return strings.Join(out, " ")
}

// Error returns the English sentence and the code.
func (e *Error) Error() string { return "account: " + e.Message(ent.EN) + " [" + string(e.Code) + "]" }

// GoString is Error, so that %#v shows no cause either.
func (e *Error) GoString() string { return strconv.Quote(e.Error()) }

// LogValue is Error.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Unwrap returns the code, the issues, and the cause when a port of the caller failed. Error does not print the cause.
func (e *Error) Unwrap() []error {
	out := []error{e.Code}
	for _, i := range e.Issues {
		out = append(out, i)
	}
	if e.cause != nil {
		out = append(out, e.cause)
	}
	return out
}
