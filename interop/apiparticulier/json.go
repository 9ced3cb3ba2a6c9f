package apiparticulier

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

const (
	// MaxBody is how many bytes of an answer are read; a longer one is refused.
	MaxBody = 1 << 20
	// MaxDepth is how deep the objects and lists of an answer may stand in one another.
	MaxDepth = 16
)

// object is a JSON object whose fields are ticked as they are read.
type object struct {
	path   string
	fields map[string]any
	used   map[string]bool
	twice  int64
}

// parse reads one JSON object within the limits. Nothing of the text goes into an error.
func parse(body []byte) (*object, error) {
	if len(body) > MaxBody {
		return nil, fmt.Errorf("apiparticulier: %w", issue(CodeLimit, "$"))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	v, err := parseValue(d, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(*object)
	if _, err := d.Token(); !ok || !errors.Is(err, io.EOF) {
		return nil, notJSON(d)
	}
	o.setPath("$")
	return o, nil
}

func notJSON(d *json.Decoder) error {
	return fmt.Errorf("apiparticulier: %w", catalog().New(CodeJSON, ent.Pos{Offset: d.InputOffset()}, "$"))
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("apiparticulier: %w", issue(CodeLimit, "$"))
	}
	t, err := d.Token()
	if err != nil {
		return nil, notJSON(d)
	}
	switch t {
	case json.Delim('{'):
		o := &object{fields: map[string]any{}, used: map[string]bool{}}
		for d.More() {
			k, err := d.Token()
			key, ok := k.(string)
			if err != nil || !ok {
				return nil, notJSON(d)
			}
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			if _, twice := o.fields[key]; twice {
				o.twice++
				continue
			}
			o.fields[key] = v
		}
		if _, err := d.Token(); err != nil {
			return nil, notJSON(d)
		}
		return o, nil
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := parseValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		if _, err := d.Token(); err != nil {
			return nil, notJSON(d)
		}
		return list, nil
	}
	return t, nil
}

func (o *object) setPath(path string) { o.path = path }

// get returns a field and ticks it; nil when it is absent or null.
func (o *object) get(key string) any {
	o.used[key] = true
	return o.fields[key]
}

// has reports whether the field stands, null or not.
func (o *object) has(key string) bool {
	_, ok := o.fields[key]
	return ok
}

// reader reads an answer and files what it meets.
type reader struct{ report *ent.Report }

func (r reader) odd(code ent.Code, o *object, key string) {
	r.report.Add(fieldIssue(code, o.path+"."+key, key))
}

// object returns a field that is an object; nil when it is absent, null or something else.
func (r reader) object(o *object, key string) *object {
	switch v := o.get(key).(type) {
	case nil:
	case *object:
		v.setPath(o.path + "." + key)
		return v
	default:
		r.odd(CodeType, o, key)
	}
	return nil
}

// done files the fields that nobody read. Their names are not repeated: they are text of the server.
func (r reader) done(o *object) {
	var unknown int64
	for k := range o.fields {
		if !o.used[k] {
			unknown++
		}
	}
	r.count(CodeUnknown, o.path, unknown)
	r.count(CodeTwice, o.path, o.twice)
}

func (r reader) count(code ent.Code, path string, n int64) {
	if n > 0 {
		r.report.AddN(issue(code, path, ent.Count("count", n)), n)
	}
}

// text returns the first of the fields that holds one, "" when none does.
func (r reader) text(o *object, keys ...string) string {
	out := ""
	for _, key := range keys {
		switch v := o.get(key).(type) {
		case nil:
		case string:
			if out == "" {
				out = v
			}
		default:
			r.odd(CodeType, o, key)
		}
	}
	return out
}

// number returns a whole number, written as such or as a text of digits; 0 when it is absent, null or "".
func (r reader) number(o *object, key string) int {
	s := ""
	switch v := o.get(key).(type) {
	case nil:
		return 0
	case string:
		if strings.TrimSpace(v) == "" {
			return 0
		}
		s = v
	case json.Number:
		s = v.String()
	}
	n, ok := digits(s)
	if !ok {
		r.odd(CodeType, o, key)
	}
	return n
}

// whole returns a whole number that may be missing, and 0 is known.
func (r reader) whole(o *object, key string) *int {
	v, ok := o.get(key).(json.Number)
	if !ok {
		if o.fields[key] != nil {
			r.odd(CodeType, o, key)
		}
		return nil
	}
	n, ok := digits(v.String())
	if !ok {
		r.odd(CodeValue, o, key)
		return nil
	}
	return &n
}

// amount returns a number that may be missing.
func (r reader) amount(o *object, key string) quotient.Amount {
	v, ok := o.get(key).(json.Number)
	if !ok {
		if o.fields[key] != nil {
			r.odd(CodeType, o, key)
		}
		return quotient.Amount{}
	}
	whole, frac, dot := strings.Cut(v.String(), ".")
	_, wholeOK := digits(whole)
	_, fracOK := digits(frac)
	d, err := decimal.NewFromString(v.String())
	if err != nil || !wholeOK || dot && !fracOK {
		r.odd(CodeValue, o, key)
		return quotient.Amount{}
	}
	return quotient.Known(d)
}

// flag returns a yes or no that may be missing.
func (r reader) flag(o *object, key string) *bool {
	switch v := o.get(key).(type) {
	case nil:
	case bool:
		return &v
	default:
		r.odd(CodeType, o, key)
	}
	return nil
}

// month returns a month of two fields, missing when one of them is.
func (r reader) month(o *object, year, month string) ent.Month {
	y, m := r.number(o, year), r.number(o, month)
	if y == 0 && m == 0 {
		return ent.Month{}
	}
	out, err := ent.NewMonth(y, m)
	if err != nil {
		r.odd(CodeDate, o, month)
		return ent.Month{}
	}
	return out
}

// partial returns a date whose parts may be unknown.
func (r reader) partial(o *object, key string, parts ...int) PartialDate {
	d, err := NewPartialDate(parts[0], parts[1], parts[2])
	if err != nil {
		r.odd(CodeDate, o, key)
	}
	return d
}

// people returns the persons of a list; nil when it is absent, empty when it is so.
func (r reader) people(o *object, key string, person func(reader, *object) Person) []Person {
	if !o.has(key) {
		r.odd(CodeAbsent, o, key)
		return nil
	}
	list, ok := o.get(key).([]any)
	if !ok {
		r.odd(CodeType, o, key)
		return nil
	}
	out := []Person{}
	for i, v := range list {
		p, ok := v.(*object)
		if !ok {
			r.report.Refuse("person", 1)
			r.odd(CodeType, o, key)
			continue
		}
		p.setPath(o.path + "." + key + "[" + strconv.Itoa(i) + "]")
		out = append(out, person(r, p))
		r.done(p)
		r.report.Keep("person", 1)
	}
	return out
}

// encoding files a text that is not in UTF-8.
func (r reader) encoding(body []byte) {
	if !utf8.Valid(body) {
		r.report.Add(issue(CodeEncoding, "$"))
	}
}
