package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Error is what went wrong in the database, without a value of any row: a code of this package, the state that the engine
// gave, the name of a constraint. What a driver says can hold values (the detail of a duplicate key, the text that is no
// number), so that its message is shown only when it is about the SQL text itself, and it is not in the chain of errors.
type Error struct {
	// Code is one of this package; errors.Is finds it.
	Code ent.Code
	// State is the SQLSTATE of PostgreSQL, or the extended result code of SQLite in digits.
	State string
	// Constraint is the name of the constraint or index, or with SQLite its columns.
	Constraint string
	// Schema and Version name the migration that failed.
	Schema  string
	Version int64

	text  string // what else can be said without a value
	safe  error  // a sentinel of the standard library
	cause error
}

// Error returns the English message, the code and what is known beside it.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("sqldb: ")
	b.WriteString(e.Message(ent.EN))
	b.WriteString(" [" + string(e.Code) + "]")
	for _, s := range []string{e.migration(), e.State, e.Constraint, e.text} {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	return b.String()
}

func (e *Error) migration() string {
	if e.Version == 0 {
		return e.Schema
	}
	return e.Schema + "/" + digits(e.Version)
}

// Message returns the text of the code.
func (e *Error) Message(lang ent.Lang) string {
	return catalog().New(e.Code, ent.Pos{}, "").Message(lang)
}

// Unwrap returns the code, and the sentinel of the standard library that stands for it: sql.ErrNoRows, context.Canceled.
func (e *Error) Unwrap() []error {
	if e.safe == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.safe}
}

// GoString is Error, so that %#v shows no value either.
func (e *Error) GoString() string { return e.Error() }

// LogValue is Error.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Cause returns what the driver said, nil when the error is of this package. It can hold values of rows: never log it.
func (e *Error) Cause() error { return e.cause }

func failure(code ent.Code) *Error { return &Error{Code: code} }

// Wrap makes an Error of what a driver or database/sql returned, for SQL that a package sends by itself; nil of nil.
func Wrap(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	e := &Error{Code: CodeDatabase, cause: err}
	switch f, ok := faultOf(err); {
	case ok:
		e.Code, e.State, e.Constraint, e.text = f.code, f.state, f.constraint, f.text
	case errors.Is(err, sql.ErrNoRows):
		e.Code, e.safe = CodeNoRow, sql.ErrNoRows
	case errors.Is(err, sql.ErrTxDone):
		e.Code, e.safe = CodeEnded, sql.ErrTxDone
	case isConnection(err):
		e.Code = CodeConnection
	}
	for _, s := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, s) {
			e.Code, e.safe = CodeCancelled, s
		}
	}
	return e
}

func isConnection(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, s := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, s) {
			return true
		}
	}
	return false
}
