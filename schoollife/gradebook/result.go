package gradebook

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Status is why a pupil has no mark, or a zero, for an assessment. An unknown one is kept and does not count.
type Status string

// The statuses, in the order of the codes of the most deployed product. Zero and no mark are different things: two
// statuses count as a mark of 0, the others do not count at all.
const (
	StatusAbsent          Status = "absent"             // absent
	StatusExempt          Status = "exempt"             // dispensé
	StatusNotMarked       Status = "not-marked"         // non noté
	StatusUnfit           Status = "unfit"              // inapte
	StatusNotHandedIn     Status = "not-handed-in"      // non rendu
	StatusAbsentZero      Status = "absent-zero"        // absent, compte zéro
	StatusNotHandedInZero Status = "not-handed-in-zero" // non rendu, compte zéro
	StatusCongratulations Status = "congratulations"    // félicitations
)

type statusText struct {
	status       Status
	fr, en       string
	short, enSho string
}

func statusTexts() []statusText {
	return []statusText{
		{StatusAbsent, "absent", "absent", "Abs", "Abs"},
		{StatusExempt, "dispensé", "exempt", "Disp", "Ex"},
		{StatusNotMarked, "non noté", "not marked", "N.Not", "NM"},
		{StatusUnfit, "inapte", "unfit", "Inap", "Unfit"},
		{StatusNotHandedIn, "non rendu", "not handed in", "N.Rdu", "NHI"},
		{StatusAbsentZero, "absent, compte zéro", "absent, counts as zero", "Abs0", "Abs0"},
		{StatusNotHandedInZero, "non rendu, compte zéro", "not handed in, counts as zero", "N.Rdu0", "NHI0"},
		{StatusCongratulations, "félicitations", "congratulations", "Félic", "Congr"},
	}
}

// Statuses returns the known statuses in their order.
func Statuses() []Status {
	texts := statusTexts()
	out := make([]Status, len(texts))
	for i, t := range texts {
		out[i] = t.status
	}
	return out
}

// CountsAsZero reports whether the status stands for a mark of 0.
func (s Status) CountsAsZero() bool { return s == StatusAbsentZero || s == StatusNotHandedInZero }

// Label returns the status in words; an unknown one as it is.
func (s Status) Label(lang ent.Lang) string {
	for _, t := range statusTexts() {
		if t.status == s {
			return ent.Label{FR: t.fr, EN: t.en}.In(lang)
		}
	}
	return string(s)
}

// Short returns what stands in the cell of a grid: "Abs", "Disp"; an unknown status as it is.
func (s Status) Short(lang ent.Lang) string {
	for _, t := range statusTexts() {
		if t.status == s {
			return ent.Label{FR: t.short, EN: t.enSho}.In(lang)
		}
	}
	return string(s)
}

const (
	// maxDecimals and maxWhole bound marks, scales and coefficients: less than 10^6, with 4 decimals at the most.
	maxDecimals = 4
	maxWhole    = 6
	maxStatus   = 40
)

type resultKind uint8

const (
	resultEmpty resultKind = iota
	resultPoints
	resultStatus
	// resultWide is a number out of bounds: it is kept as it came, and refused where marks are read.
	resultWide
)

// Result is what stands for a pupil at an assessment: points, or a status, never both. The zero Result is an empty cell.
// Compare two with Equal. It is personal data: logs redact it.
type Result struct {
	// word holds, from its low end, the kind, the decimals of the points, and their units of 10^-decimals or the number of a
	// known status: a year of marks is read at the pace of the memory, so a Result is two words.
	word int64
	rest *rest // for what a word does not hold
}

const (
	kindBits  = 4
	unitsFrom = 8
)

// rest is a number out of bounds or an unknown status.
type rest struct {
	wide   decimal.Decimal
	status Status
}

func word(n int64, exp uint8, kind resultKind) int64 {
	return n<<unitsFrom | int64(exp)<<kindBits | int64(kind)
}

func (r Result) kind() resultKind { return resultKind(r.word & (1<<kindBits - 1)) }

// units are those of 10^-exp of points, or the number of a known status.
func (r Result) units() int64 { return r.word >> unitsFrom }

func (r Result) exp() int { return int(r.word >> kindBits & (1<<(unitsFrom-kindBits) - 1)) }

// sign is that of a number.
func (r Result) sign() int {
	switch r.kind() {
	case resultWide:
		return r.rest.wide.Sign()
	case resultPoints:
		return cmp.Compare(r.units(), 0)
	case resultEmpty, resultStatus:
	}
	return 0
}

// knownStatuses are in the order of [Statuses].
func knownStatuses() [8]Status {
	return [...]Status{
		StatusAbsent, StatusExempt, StatusNotMarked, StatusUnfit,
		StatusNotHandedIn, StatusAbsentZero, StatusNotHandedInZero, StatusCongratulations,
	}
}

// Points returns a number of points, in the scale of the assessment. One that is negative, not less than 10^6 or has more
// than 4 decimals is refused where it is read.
func Points(d decimal.Decimal) Result {
	n, exp, ok := scaled(d)
	if !ok {
		return Result{word: int64(resultWide), rest: &rest{wide: d}}
	}
	return Result{word: word(n, exp, resultPoints)}
}

// Without returns a status in place of points; no status is an empty cell.
func Without(s Status) Result {
	if s == "" {
		return Result{}
	}
	known := knownStatuses()
	for i := range known {
		if known[i] == s {
			return Result{word: word(int64(i), 0, resultStatus)}
		}
	}
	return Result{word: int64(resultStatus), rest: &rest{status: s}}
}

// scaled returns a number as n × 10^-exp with the fewest decimals, and false when it is out of bounds.
func scaled(d decimal.Decimal) (n int64, exp uint8, ok bool) {
	e := int(d.Exponent())
	if e > maxWhole || e < -24 || d.NumDigits() > 18 {
		return 0, 0, false
	}
	n = d.CoefficientInt64()
	for ; e > 0; e-- {
		n *= 10
	}
	for e < 0 && n%10 == 0 {
		n, e = n/10, e+1
	}
	limit := int64(pow10(maxWhole))
	for range -e {
		limit *= 10
	}
	return n, uint8(-e), e >= -maxDecimals && n < limit && n > -limit //nolint:gosec // not greater than 24
}

// Empty reports whether nothing was entered.
func (r Result) Empty() bool { return r.word == 0 }

// Points returns the points, and false for a status or an empty cell.
func (r Result) Points() (decimal.Decimal, bool) {
	switch r.kind() {
	case resultPoints:
		return decimal.New(r.units(), -int32(r.exp())), true //nolint:gosec // at most 4
	case resultWide:
		return r.rest.wide, true
	case resultEmpty, resultStatus:
	}
	return decimal.Decimal{}, false
}

// Status returns the status, "" for points or an empty cell.
func (r Result) Status() Status {
	switch {
	case r.kind() != resultStatus:
		return ""
	case r.rest != nil:
		return r.rest.status
	}
	known := knownStatuses()
	return known[r.units()]
}

// Equal reports whether both say the same: 12 and 12.0 do.
func (r Result) Equal(o Result) bool {
	if r.word != o.word || r.rest == nil || o.rest == nil {
		return r.word == o.word && r.rest == o.rest
	}
	return r.rest.status == o.rest.status && r.rest.wide.Equal(o.rest.wide)
}

// Text returns what stands in a grid: "12,5", "Abs", nothing.
func (r Result) Text(lang ent.Lang) string {
	if d, ok := r.Points(); ok {
		s := ent.NumberText(d)
		if lang != ent.EN {
			s = strings.Replace(s, ".", ",", 1)
		}
		return s
	}
	return r.Status().Short(lang)
}

const hidden = "[redacted]"

// String hides the result.
func (r Result) String() string { return hidden }

// GoString hides the result.
func (r Result) GoString() string { return `"` + hidden + `"` }

// LogValue hides the result.
func (r Result) LogValue() slog.Value { return slog.StringValue(hidden) }

type resultJSON struct {
	Points string `json:"points,omitempty"`
	Status Status `json:"status,omitempty"`
}

// MarshalJSON writes {"points":"12.5"}, {"status":"absent"} or null.
func (r Result) MarshalJSON() ([]byte, error) {
	switch d, ok := r.Points(); {
	case ok:
		return json.Marshal(resultJSON{Points: ent.NumberText(d)})
	case r.Empty():
		return []byte("null"), nil
	}
	return json.Marshal(resultJSON{Status: r.Status()})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeEntry for anything else, points and a status together among
// them; what was written is not in the error.
func (r *Result) UnmarshalJSON(b []byte) error {
	var j *resultJSON
	if err := json.Unmarshal(b, &j); err != nil { // its text may hold the points
		return fmt.Errorf("gradebook: result: %w", CodeEntry)
	}
	*r = Result{}
	switch {
	case j == nil:
	case j.Points != "" && j.Status != "", len(j.Status) > maxStatus, len(j.Points) > maxStatus:
		return fmt.Errorf("gradebook: result: %w", CodeEntry)
	case j.Status != "":
		*r = Without(j.Status)
	case j.Points != "":
		d, err := ent.ParseNumber(j.Points)
		if err != nil {
			return fmt.Errorf("gradebook: result: %w", CodeEntry)
		}
		*r = Points(d)
	}
	return nil
}

// ParseResult reads what a teacher types in a cell: a number with a comma or a point, the short or the long name of a
// status in either language and any case, nothing. It returns CodeNegative for a negative number, CodePrecision for one
// with more than 4 decimals or too great, CodeEntry for anything else; the text is not in the error.
func ParseResult(text string) (Result, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Result{}, nil
	}
	if len(text) > maxStatus {
		return Result{}, fmt.Errorf("gradebook: entry: %w", CodeEntry)
	}
	plain := plainText(text)
	for _, t := range statusTexts() {
		for _, name := range []string{t.fr, t.en, t.short, t.enSho, string(t.status)} {
			if plainText(name) == plain {
				return Without(t.status), nil
			}
		}
	}
	d, err := ent.ParseNumber(strings.Replace(text, ",", ".", 1))
	if err != nil {
		return Result{}, fmt.Errorf("gradebook: entry: %w", CodeEntry)
	}
	return checkedPoints(d)
}

func checkedPoints(d decimal.Decimal) (Result, error) {
	r := Points(d)
	switch {
	case d.Sign() < 0:
		return Result{}, fmt.Errorf("gradebook: entry: %w", CodeNegative)
	case r.kind() == resultWide:
		return Result{}, fmt.Errorf("gradebook: entry: %w", CodePrecision)
	}
	return r, nil
}

// plainText makes "N. Rdu", "n.rdu" and "nrdu" one name, and "Dispensé" and "dispense" another.
func plainText(s string) string {
	return strings.NewReplacer("é", "e", "è", "e", "É", "e", " ", "", ".", "", "-", "", "_", "").Replace(strings.ToLower(s))
}
