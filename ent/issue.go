package ent

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Pos is a place in what was read. Zero fields are unknown.
type Pos struct {
	// File is the name of the file inside its delivery, never a path of the machine.
	File string `json:"file,omitempty"`
	// Line and Column count from 1; Column counts characters.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	// Offset is the byte offset from the start of the file.
	Offset int64 `json:"offset,omitempty"`
	// Record is the identifier of the record.
	Record string `json:"record,omitempty"`
}

// String returns file:line:column (record), leaving out what is unknown.
func (p Pos) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	switch {
	case p.Line > 0:
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	case p.Offset > 0:
		fmt.Fprintf(&b, "@%d", p.Offset)
	}
	if p.Record != "" {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("(" + p.Record + ")")
	}
	return b.String()
}

// Param is a value named by a placeholder of a rule's text. It is made by one of the constructors only, none of which
// takes the raw text of a file: an Issue can be logged, mailed and kept.
type Param struct {
	name, kind string
	text       string
	num        decimal.Decimal
	date       Date
}

// Count returns a parameter holding a number of things.
func Count(name string, n int64) Param {
	return Param{name: name, kind: "count", num: decimal.NewFromInt(n)}
}

// Decimal returns a parameter holding an exact number.
func Decimal(name string, d decimal.Decimal) Param {
	return Param{name: name, kind: "decimal", num: d}
}

// DateOf returns a parameter holding a date that is not a person's (a delivery, an edition, a deadline).
func DateOf(name string, d Date) Param { return Param{name: name, kind: "date", date: d} }

// FieldOf returns a parameter naming a field or an attribute.
func FieldOf(name string, f Field) Param {
	return Param{name: name, kind: "field", text: string(NewField(string(f)))}
}

// CodeOf returns a parameter holding a code of a code list or the key of a record or of a class. What does not look like
// a code (a space, an accent, more than 40 characters) is replaced by an ellipsis, since it may be a name.
func CodeOf(name, code string) Param {
	return Param{name: name, kind: "code", text: codeShaped(code)}
}

func codeShaped(s string) string {
	if s == "" || len(s) > 40 {
		return "…"
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case '0' <= c && c <= '9', c == '.', c == '_', c == '-', c == '$', c == ':', c == '/', c == '+',
			'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		default:
			return "…"
		}
	}
	return s
}

// Name returns the placeholder that the parameter fills.
func (p Param) Name() string { return p.name }

// Text returns the parameter as it stands in a message.
func (p Param) Text(lang Lang) string {
	switch p.kind {
	case "count", "decimal":
		return formatNumber(p.num, lang)
	case "date":
		return p.date.Format(lang)
	}
	return p.text
}

// formatNumber writes a number with the language's decimal sign.
func formatNumber(d decimal.Decimal, lang Lang) string {
	s := NumberText(d)
	if lang != EN {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

type paramJSON struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// MarshalJSON writes name, kind and value; numbers and dates in their international form.
func (p Param) MarshalJSON() ([]byte, error) {
	v := p.text
	switch p.kind {
	case "count", "decimal":
		v = NumberText(p.num)
	case "date":
		v = p.date.String()
	}
	return json.Marshal(paramJSON{p.name, p.kind, v})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Param) UnmarshalJSON(b []byte) error {
	var j paramJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("ent: parameter: %w", err)
	}
	switch j.Kind {
	case "count", "decimal":
		d, err := ParseNumber(j.Value)
		if err != nil {
			return fmt.Errorf("ent: parameter: %w", err)
		}
		*p = Param{name: j.Name, kind: j.Kind, num: d}
	case "date":
		d, err := ParseDate(j.Value)
		if err != nil {
			return fmt.Errorf("ent: parameter: %w", err)
		}
		*p = DateOf(j.Name, d)
	case "field":
		*p = FieldOf(j.Name, Field(j.Value))
	default:
		*p = Param{name: j.Name, kind: j.Kind, text: codeShaped(j.Value)}
	}
	return nil
}

// Issue says what is wrong, where and how bad. It holds no personal value, unless its reader was told to keep the
// offending one, which only [Issue.Value] returns. It is an error for errors.Is with its Code.
type Issue struct {
	rule  *Rule
	value *string

	Code     Code
	Severity Severity
	// Path names the datum in JSON Path form, such as $.Eleve['5000006'].ENTEleveINE.
	Path   string
	Pos    Pos
	Params []Param
}

// Message renders the rule's text with the parameters.
func (i Issue) Message(lang Lang) string {
	if i.rule == nil {
		return string(i.Code)
	}
	text := lang.pick(i.rule.FR, i.rule.EN)
	for _, p := range i.Params {
		text = strings.ReplaceAll(text, "{"+p.name+"}", p.Text(lang))
	}
	return text
}

// Error returns the place, the English message and the code.
func (i Issue) Error() string {
	s := i.Message(EN) + " [" + string(i.Code) + "]"
	if at := i.Pos.String(); at != "" {
		s = at + ": " + s
	}
	return s
}

// Unwrap returns the Issue's Code, which errors.Is and errors.As then find.
func (i Issue) Unwrap() error { return i.Code }

// WithValue returns the Issue holding the offending value, for a reader that was asked to keep values.
func (i Issue) WithValue(v string) Issue {
	i.value = &v
	return i
}

// Value returns the offending value and whether it was kept. It is personal data: never log it.
func (i Issue) Value() (string, bool) {
	if i.value == nil {
		return "", false
	}
	return *i.value, true
}

// LogValue shows the code and the place, never a value.
func (i Issue) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(i.Code)), slog.String("severity", string(i.Severity)),
		slog.String("path", i.Path), slog.String("at", i.Pos.String()))
}

// String is Error: printing an Issue never shows its kept value.
func (i Issue) String() string { return i.Error() }

// GoString is Error, so that %#v shows no kept value either.
func (i Issue) GoString() string { return strconv.Quote(i.Error()) }

// IssueJSON is the persisted form of an Issue, with its message in both languages for readers without the catalogue.
type IssueJSON struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Path     string   `json:"path,omitempty"`
	Pos      *Pos     `json:"pos,omitempty"`
	Params   []Param  `json:"params,omitempty"`
	FR       string   `json:"fr"`
	EN       string   `json:"en"`
}

// MarshalJSON writes an [IssueJSON]. A kept value is not written.
func (i Issue) MarshalJSON() ([]byte, error) {
	j := IssueJSON{Code: i.Code, Severity: i.Severity, Path: i.Path, Params: i.Params, FR: i.Message(FR), EN: i.Message(EN)}
	if i.Pos != (Pos{}) {
		j.Pos = &i.Pos
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads an [IssueJSON]; the messages it holds are rendered again by Message.
func (i *Issue) UnmarshalJSON(b []byte) error {
	var j IssueJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("ent: issue: %w", err)
	}
	*i = Issue{Code: j.Code, Severity: j.Severity, Path: j.Path, Params: j.Params}
	// The stored sentences are final: their placeholders were filled when they were written.
	i.rule = &Rule{Code: j.Code, Severity: j.Severity, FR: j.FR, EN: j.EN}
	if j.Pos != nil {
		i.Pos = *j.Pos
	}
	return nil
}

// Issues is a list of issues; nil when there is none.
type Issues []Issue

// Err returns nil for an empty list, otherwise an error that errors.Is and errors.As search.
func (is Issues) Err() error {
	if len(is) == 0 {
		return nil
	}
	errs := make([]error, len(is))
	for n, i := range is {
		errs[n] = i
	}
	return errors.Join(errs...)
}

// Worst returns the gravest severity of the list, "" for an empty one.
func (is Issues) Worst() Severity {
	worst := Severity("")
	for _, i := range is {
		if i.Severity.rank() > worst.rank() {
			worst = i.Severity
		}
	}
	return worst
}

func (s Severity) rank() int {
	switch s {
	case SeverityInfo:
		return 1
	case SeverityWarning:
		return 2
	case SeverityError:
		return 3
	case SeverityFatal:
		return 4
	}
	return 0
}
