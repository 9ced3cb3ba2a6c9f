package bulletin

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const hidden = "[redacted]"

// Figure is a number as it is printed, with its decimals, or none. None is not 0. It is personal data: logs redact it.
type Figure struct {
	value decimal.Decimal
	known bool
}

// FigureOf returns a figure that is known.
func FigureOf(d decimal.Decimal) Figure { return Figure{d, true} }

// printed returns a figure with as many decimals as its rounding gives: 12 is 12.0 to the nearest tenth.
func printed(d decimal.Decimal, r *ent.Rounding) Figure {
	text := ent.NumberText(d)
	_, have, _ := strings.Cut(text, ".")
	want := 0
	if r != nil {
		_, step, _ := strings.Cut(ent.NumberText(r.Step), ".")
		want = len(strings.TrimRight(step, "0"))
	}
	if len(have) >= want {
		return FigureOf(d)
	}
	if have == "" {
		text += "."
	}
	v, err := ent.ParseNumber(text + strings.Repeat("0", want-len(have)))
	if err != nil { // an average is far within the bounds of numbers
		return FigureOf(d)
	}
	return FigureOf(v)
}

// Decimal returns the number, and false for none.
func (f Figure) Decimal() (decimal.Decimal, bool) { return f.value, f.known }

// IsZero reports whether there is no number.
func (f Figure) IsZero() bool { return !f.known }

// Text returns the number as it is printed: "12,0"; nothing for none.
func (f Figure) Text(lang ent.Lang) string {
	if !f.known {
		return ""
	}
	s := ent.NumberText(f.value)
	if lang != ent.EN {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// MarshalJSON writes "12.0", or null for none.
func (f Figure) MarshalJSON() ([]byte, error) {
	if !f.known {
		return []byte("null"), nil
	}
	return json.Marshal(ent.NumberText(f.value))
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeDocument otherwise; what was written is not in the error.
func (f *Figure) UnmarshalJSON(b []byte) error {
	var s *string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("bulletin: figure: %w", CodeDocument)
	}
	*f = Figure{}
	if s == nil {
		return nil
	}
	d, err := ent.ParseNumber(*s)
	if err != nil {
		return fmt.Errorf("bulletin: figure: %w", CodeDocument)
	}
	*f = FigureOf(d)
	return nil
}

// String hides the figure.
func (f Figure) String() string { return hidden }

// GoString hides the figure.
func (f Figure) GoString() string { return `"` + hidden + `"` }

// LogValue hides the figure.
func (f Figure) LogValue() slog.Value { return slog.StringValue(hidden) }
