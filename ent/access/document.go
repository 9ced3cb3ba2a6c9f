package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// maxDocument bounds the size of a policy's document: a page or two.
const maxDocument = 1 << 18

// policyFields has the fields of a Policy without its methods.
type policyFields Policy

type policyJSON struct {
	Format string `json:"format"`
	policyFields
}

// MarshalJSON writes a document of Format.
func (p Policy) MarshalJSON() ([]byte, error) {
	return json.Marshal(policyJSON{Format, policyFields(p)})
}

// UnmarshalJSON reads a document, by the rules of Parse.
func (p *Policy) UnmarshalJSON(b []byte) error {
	v, issues := Parse("", b)
	if v == nil {
		return fmt.Errorf("access: %w", issues.Err())
	}
	*p = *v
	return nil
}

// Parse reads a policy and checks it. An unknown key and one that stands twice are refused; an action that is not known
// here is kept, with an issue that says so. An issue of the text has its place in the named file, one of a value its path.
// The policy is nil beside an issue that is an error.
func Parse(file string, b []byte) (*Policy, ent.Issues) {
	if len(b) > maxDocument {
		return nil, ent.Issues{catalog().New(CodeSize, ent.Pos{File: file}, "$", ent.Count("limit", maxDocument))}
	}
	var j policyJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return nil, ent.Issues{unreadable(file, b, d.InputOffset(), err)}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, ent.Issues{unreadable(file, b, d.InputOffset(), errors.New("text after the document"))}
	}
	if name, offset, twice := keyTwice(b); twice {
		return nil, ent.Issues{unreadableAt(file, b, offset, name)}
	}
	if j.Format != Format {
		return nil, ent.Issues{catalog().New(CodeDocument, ent.Pos{File: file}, "$.format", ent.FieldOf("field", "format"))}
	}
	p := Policy(j.policyFields)
	issues := p.Check()
	for i := range issues {
		issues[i].Pos.File = file
	}
	if !usable(issues) {
		return nil, issues
	}
	return &p, issues
}

// unreadable says where a document stops being a policy. A name read from the file is shown only when it has the shape of
// one.
func unreadable(file string, b []byte, offset int64, err error) ent.Issue {
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
			if at := bytes.Index(b, []byte(name)); at >= 0 {
				offset = int64(at) + 1
			}
		}
	}
	return unreadableAt(file, b, offset, field)
}

func unreadableAt(file string, b []byte, offset int64, field string) ent.Issue {
	read := b[:min(max(offset, 0), int64(len(b)))]
	line := 1 + bytes.Count(read, []byte{'\n'})
	column := max(1, utf8.RuneCount(read[bytes.LastIndexByte(read, '\n')+1:]))
	return catalog().New(CodeDocument, ent.Pos{File: file, Line: line, Column: column, Offset: offset}, "$", ent.FieldOf("field", ent.Field(field)))
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
