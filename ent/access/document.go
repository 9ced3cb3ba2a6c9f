package access

import (
	"encoding/json"
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/strictjson"
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
	if f := strictjson.Read(file, b, &j); f != nil {
		return nil, ent.Issues{catalog().New(CodeDocument, f.Pos, "$", ent.FieldOf("field", f.Field))}
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
