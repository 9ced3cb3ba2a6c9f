package main

import (
	"maps"
	"reflect"

	"github.com/invopop/jsonschema"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// The lines of a plan file, as they are written: what ent/directory seals stands in none of them.
type planHead struct {
	Format string `json:"format"`
	directory.PlanHead
}

type planBlock struct {
	// Block is why the plan is not to be applied before somebody consents.
	Block ent.Issue `json:"block"`
}

type planChange struct {
	Change directory.Change `json:"change"`
	// Fields names what changes.
	Fields []ent.Field `json:"fields,omitempty"`
	// Sealed holds the values, which the caller's key opens.
	Sealed []byte `json:"sealed,omitempty"`
}

type planSeen struct {
	Seen directory.Seen `json:"seen"`
}

type planEnd struct {
	End bool `json:"end"`
	// Lines is how many there are before this one, MAC what authenticates them all.
	Lines int64  `json:"lines"`
	MAC   []byte `json:"mac"`
}

// planNoun is a file of lines: its schema is that of any line of it.
func planNoun() noun {
	return noun{
		group: "ent", name: "plan", version: 1, value: planHead{}, format: directory.PlanFormat, document: directory.Plan{}, strict: true,
		lines: []any{planBlock{}, planChange{}, planSeen{}, planEnd{}},
	}
}

// sealed lists what a line of a plan never holds in clear.
func sealed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[directory.FieldChange](), reflect.TypeFor[directory.Tie](), reflect.TypeFor[directory.Account](),
		reflect.TypeFor[directory.PlaceChange](),
	}
}

// withLines makes the schema of a file of lines: that of its head, or of one of the others.
func withLines(s *jsonschema.Schema, others []*jsonschema.Schema) *jsonschema.Schema {
	head := *s
	out := &jsonschema.Schema{
		Version: s.Version, ID: s.ID, Title: s.Title, Description: s.Description, Definitions: s.Definitions, OneOf: []*jsonschema.Schema{&head},
	}
	head.Version, head.ID, head.Definitions = "", "", nil
	head.Title, head.Description = "Head", "The first line."
	for _, o := range others {
		maps.Copy(out.Definitions, o.Definitions)
		o.Version, o.Definitions = "", nil
		out.OneOf = append(out.OneOf, o)
	}
	if change := out.Definitions["Change"]; change != nil {
		for _, name := range []string{"fields", "attach", "detach", "account", "place"} {
			change.Properties.Delete(name)
		}
	}
	return out
}
