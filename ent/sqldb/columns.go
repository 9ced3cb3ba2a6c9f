package sqldb

import (
	"database/sql"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Micros returns an instant as it is stored: microseconds since 1970, UTC, in a BIGINT.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time returns the instant that [Micros] stored.
func Time(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// InstantArg returns an instant as an argument; NULL for the zero time, which is missing.
func InstantArg(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return Micros(t)
}

// DateArg returns a day as an argument, YYYY-MM-DD in a TEXT; NULL for a missing one.
func DateArg(d ent.Date) any {
	if d.IsZero() {
		return nil
	}
	return d.String()
}

// Instant reads an instant; NULL gives the zero time.
func Instant(dst *time.Time) sql.Scanner {
	return column(func(v any) error {
		var n sql.NullInt64
		if err := n.Scan(v); err != nil {
			return err
		}
		*dst = time.Time{}
		if n.Valid {
			*dst = Time(n.Int64)
		}
		return nil
	})
}

// Text reads a text by its parser: Text(&day, ent.ParseDate), Text(&price, ent.ParseNumber). NULL gives the zero value,
// an empty text goes to the parser.
func Text[T any](dst *T, parse func(string) (T, error)) sql.Scanner {
	return column(func(v any) error {
		var s sql.NullString
		if err := s.Scan(v); err != nil {
			return err
		}
		var zero T
		*dst = zero
		if !s.Valid {
			return nil
		}
		got, err := parse(s.String)
		if err == nil {
			*dst = got
		}
		return err
	})
}

// column is a function that reads a column.
type column func(v any) error

// Scan implements sql.Scanner.
func (c column) Scan(v any) error { return c(v) }
