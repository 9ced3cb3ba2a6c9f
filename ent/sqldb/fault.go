package sqldb

import (
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// fault is what a driver's error says, without values.
type fault struct {
	code                    ent.Code
	state, constraint, text string
}

// faultOf reads the errors of both engines through what every driver of theirs offers, so that no driver is imported.
func faultOf(err error) (fault, bool) {
	if p, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); ok {
		return postgresFault(p, p.SQLState()), true
	}
	if s, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return sqliteFault(s.Code(), s.Error()), true
	}
	return fault{}, false
}

// postgresFault follows PostgreSQL, appendix A.
func postgresFault(err error, state string) fault {
	f := fault{code: CodeDatabase, state: state}
	switch {
	case state == "40001", state == "40P01", state == "55P03": // serialization, deadlock, lock not available
		f.code = CodeBusy
	case state == "23505", state == "23P01": // unique, exclusion
		f.code = CodeDuplicate
	case strings.HasPrefix(state, "23"):
		f.code = CodeConstraint
	case state == "25006":
		f.code = CodeReadOnly
	case state == "57014":
		f.code = CodeCancelled
	case strings.HasPrefix(state, "08"), strings.HasPrefix(state, "57P"), strings.HasPrefix(state, "28"), strings.HasPrefix(state, "3D"):
		f.code = CodeConnection
	}
	// pgx and lib/pq agree on the method, not on the names of the fields.
	f.constraint = field(err, "ConstraintName", "Constraint")
	if f.constraint == "" {
		f.constraint = field(err, "ColumnName", "Column") // of a missing value
	}
	// Class 42 is about the text of the statement, which holds no value: those are arguments.
	if strings.HasPrefix(state, "42") {
		f.text = field(err, "Message")
	}
	return f
}

// field returns the first text field of these names in the struct of an error.
func field(err error, fields ...string) string {
	v := reflect.Indirect(reflect.ValueOf(err))
	if v.Kind() != reflect.Struct {
		return ""
	}
	for _, name := range fields {
		if s := v.FieldByName(name); s.IsValid() && s.Kind() == reflect.String {
			return s.String()
		}
	}
	return ""
}

// The primary result codes of SQLite, and two extended ones. Source: sqlite.org/rescode.html.
const (
	sqliteError      = 1
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteInterrupt  = 9
	sqliteCantOpen   = 14
	sqliteConstraint = 19
	sqliteNotADB     = 26
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
)

func sqliteFault(code int, message string) fault {
	f := fault{code: CodeDatabase, state: strconv.Itoa(code)}
	switch code & 0xff {
	case sqliteBusy, sqliteLocked:
		f.code = CodeBusy
	case sqliteReadOnly:
		f.code = CodeReadOnly
	case sqliteInterrupt:
		f.code = CodeCancelled
	case sqliteCantOpen, sqliteNotADB:
		f.code = CodeConnection
	case sqliteConstraint:
		f.code = CodeConstraint
		if code == sqlitePrimaryKey || code == sqliteUnique {
			f.code = CodeDuplicate
		}
		f.constraint = between(message, " constraint failed: ", " (")
	case sqliteError:
		// Only what is about the text of the statement: other messages quote values, such as a path or a search.
		said := between(message, "SQL logic error: ", " (")
		for _, about := range []string{"no such ", "near ", "table ", "index ", "duplicate column name: "} {
			if strings.HasPrefix(said, about) {
				f.text = said
			}
		}
	}
	return f
}

// between returns what stands after the first and before the last of two marks, "" when one is missing.
func between(s, before, after string) string {
	_, s, ok := strings.Cut(s, before)
	end := strings.LastIndex(s, after)
	if !ok || end < 0 {
		return ""
	}
	return s[:end]
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }
