package tariff

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// MarshalJSON writes a document of Format. Numbers are texts in plain notation, whatever the settings of the decimal
// library; the same tariff gives the same bytes.
func (t Tariff) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	if err := encodeStruct(&b, reflect.ValueOf(t), `"format":`+strconv.Quote(Format)); err != nil {
		return nil, fmt.Errorf("tariff: %w", err)
	}
	return b.Bytes(), nil
}

// Hash names the exact content of the tariff: the SHA-256 of its document, in hexadecimal. An invoice keeps it, to be
// explained again years later.
func (t *Tariff) Hash() string {
	b, err := t.MarshalJSON()
	if err != nil {
		return "" // only a number out of limits, which Validate refuses
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func encode(b *bytes.Buffer, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			b.WriteString("null")
			return nil
		}
		return encode(b, v.Elem())
	}
	switch x := v.Interface().(type) {
	case decimal.Decimal:
		if !inLimits(x) {
			return CodeNumber
		}
		b.WriteString(strconv.Quote(ent.NumberText(x)))
		return nil
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return err
		}
		return encodeText(b, string(text))
	}
	switch v.Kind() {
	case reflect.Struct:
		return encodeStruct(b, v, "")
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case reflect.Map:
		return encodeMap(b, v)
	case reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int:
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	default:
		return encodeText(b, v.String())
	}
	return nil
}

func encodeStruct(b *bytes.Buffer, v reflect.Value, first string) error {
	b.WriteString("{" + first)
	comma := first != ""
	for _, f := range fieldsOf(v.Type()) {
		x := v.Field(f.index)
		if !f.wanted && (x.IsZero() || x.Kind() == reflect.Slice && x.Len() == 0) {
			continue
		}
		if comma {
			b.WriteByte(',')
		}
		comma = true
		b.WriteString(strconv.Quote(f.name) + ":")
		if err := encode(b, x); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func encodeMap(b *bytes.Buffer, v reflect.Value) error {
	b.WriteByte('{')
	byName := map[string]reflect.Value{}
	for _, k := range v.MapKeys() {
		byName[k.String()] = v.MapIndex(k)
	}
	for i, name := range slices.Sorted(maps.Keys(byName)) {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encodeText(b, name); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := encode(b, byName[name]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

func encodeText(b *bytes.Buffer, s string) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the line end
	return nil
}
