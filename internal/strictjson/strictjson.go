// Package strictjson reads JSON documents that people write by hand: an unknown key, a key that stands twice and text after
// the end are refused, with their place.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// SyntaxError says where a document stops being one.
type SyntaxError struct {
	// Field is the key at fault, or "document". A name read from the file is shown only when it has the shape of one.
	Field ent.Field
	Pos   ent.Pos
}

// Error names the place; what the text holds there is not said.
func (f *SyntaxError) Error() string { return "strictjson: unreadable at " + f.Pos.String() }

// Read reads a document of the named file into v. It returns a *SyntaxError for what is wrong.
func Read(file string, b []byte, v any) *SyntaxError {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return unreadable(file, b, d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return at(file, b, d.InputOffset(), "document")
	}
	if name, offset, twice := keyTwice(b); twice {
		return at(file, b, offset, name)
	}
	return nil
}

func unreadable(file string, b []byte, offset int64, err error) *SyntaxError {
	field := "document"
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		offset = int64(len(b))
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset, field = kind.Offset, kind.Field
	default:
		if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
			field = strings.Trim(name, `"`)
			if n := bytes.Index(b, []byte(name)); n >= 0 {
				offset = int64(n) + 1
			}
		}
	}
	return at(file, b, offset, field)
}

func at(file string, b []byte, offset int64, field string) *SyntaxError {
	read := b[:min(max(offset, 0), int64(len(b)))]
	line := 1 + bytes.Count(read, []byte{'\n'})
	column := max(1, utf8.RuneCount(read[bytes.LastIndexByte(read, '\n')+1:]))
	return &SyntaxError{ent.NewField(field), ent.Pos{File: file, Line: line, Column: column, Offset: offset}}
}

// keyTwice finds a key that stands twice in an object, in whatever case: the decoder would keep the last one.
func keyTwice(b []byte) (name string, offset int64, twice bool) {
	type object struct {
		seen map[string]bool // nil in an array
		key  bool            // the next token is a key
	}
	var open []object
	d := json.NewDecoder(bytes.NewReader(b))
	for {
		token, err := d.Token()
		if err != nil {
			return "", 0, false // the document was read already
		}
		top := len(open) - 1
		if top >= 0 && open[top].seen != nil {
			if key, ok := token.(string); ok && open[top].key {
				folded := strings.ToLower(key)
				if open[top].seen[folded] {
					return key, d.InputOffset(), true
				}
				open[top].seen[folded], open[top].key = true, false
				continue
			}
			open[top].key = true // a value, or what opens one, stands before the next key
		}
		switch token {
		case json.Delim('{'):
			open = append(open, object{map[string]bool{}, true})
		case json.Delim('['):
			open = append(open, object{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:top]
		}
	}
}
