package lsu

import (
	"fmt"
	"log/slog"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Mark is an average as the file writes it: at most 8 characters, "14.7/20", "11.5", "NN" or anything. "" is missing, which
// is neither zero nor NN. It is personal data: logs hide it.
type Mark string

// MarkNN is the mark of who has none.
const MarkNN Mark = "NN"

// MarkOn20 writes a mark on 20 with a point and at most two decimals, such as "14.7/20". It rounds nothing: it returns
// CodeMark for a value with more decimals, below 0 or above 20.
func MarkOn20(d decimal.Decimal) (Mark, error) {
	if e := d.Exponent(); e > 2 || e < -64 { // an exponent may be such that comparing fills the memory
		return "", fmt.Errorf("lsu: mark: %w", CodeMark)
	}
	if d.IsNegative() || d.Cmp(decimal.New(20, 0)) > 0 || !d.Equal(d.Truncate(2)) {
		return "", fmt.Errorf("lsu: mark: %w", CodeMark)
	}
	s := ent.NumberText(d)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return Mark(s + "/20"), nil
}

// On20 returns the value of a mark on 20, written with or without "/20"; false for another text, NN among them.
func (m Mark) On20() (decimal.Decimal, bool) {
	d, err := ent.ParseNumber(strings.Replace(strings.TrimSuffix(strings.TrimSpace(string(m)), "/20"), ",", ".", 1))
	if err != nil || d.IsNegative() || d.Cmp(decimal.New(20, 0)) > 0 {
		return decimal.Decimal{}, false
	}
	return d, true
}

// LogValue hides the mark.
func (Mark) LogValue() slog.Value { return hidden() }

// Moment is a day, or a day and an hour, without zone: "2025-11-28" or "2025-11-28T18:00:00". "" is missing.
type Moment string

// MomentOn returns the moment of a whole day, "" for a missing date. The first degree wants an hour: see [MomentAt].
func MomentOn(d ent.Date) Moment { return Moment(d.String()) }

// MomentAt returns the moment of an hour of a day, "" for a missing date.
func MomentAt(d ent.Date, hour, minute, second int) Moment {
	if d.IsZero() {
		return ""
	}
	return Moment(fmt.Sprintf("%sT%02d:%02d:%02d", d, hour, minute, second))
}

// Date returns the day of the moment, missing when it has none.
func (m Moment) Date() ent.Date {
	if len(m) < 10 {
		return ent.Date{}
	}
	d, err := ent.ParseDate(string(m[:10]))
	if err != nil {
		return ent.Date{}
	}
	return d
}
