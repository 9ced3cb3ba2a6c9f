package identity

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/strictjson"
)

// Format is the format of a layout's document.
const Format = "cartable.layout/1"

const (
	maxDocument = 1 << 16
	maxElements = 500
	maxDepth    = 8
)

// Style says where elements stand in an answer of a CAS server.
type Style string

// The styles.
const (
	// StyleFlat puts elements beside the user.
	StyleFlat Style = "flat"
	// StyleAttributes puts them in the attributes, as the protocol says.
	StyleAttributes Style = "attributes"
	// StyleUserAttributes puts them, outside of the protocol's namespace, in one element of the attributes.
	StyleUserAttributes Style = "user-attributes"
	// StyleBoth puts them beside the user and in the attributes.
	StyleBoth Style = "both"
)

// Layout is what one partner receives, as data.
type Layout struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Source says where it is published, or who asked for it.
	Source string `json:"source,omitempty"`
	// Principal is the rule of the user's name.
	Principal Principle `json:"principal"`
	Style     Style     `json:"style,omitempty"`
	// SchoolParameter names the parameter of the service's URL that holds the UAI of the school at hand.
	SchoolParameter string    `json:"schoolParameter,omitempty"`
	Elements        []Element `json:"elements,omitempty"`
}

// Principle is the rule of a principal: the first source that has a value. A person without any is refused: no user is ever
// empty, and none stands in for another.
type Principle struct {
	First     []Source    `json:"first"`
	Transform []Transform `json:"transform,omitempty"`
}

// Element is one element of a layout. It has a source, or elements of its own.
type Element struct {
	Name string `json:"name"`
	// From is the source; First are several, of which the first that has a value counts.
	From  Source   `json:"from,omitempty"`
	First []Source `json:"first,omitempty"`
	// For limits the element to people of these profiles.
	For []ent.Profile `json:"for,omitempty"`
	// Map gives each value another one; a value that it does not hold goes, or stays when Other is set.
	Map   map[string]string `json:"map,omitempty"`
	Other bool              `json:"other,omitempty"`
	// Transform is done in its order, before Map.
	Transform []Transform `json:"transform,omitempty"`
	// List says how several values are written, Separator what stands between joined ones.
	List      List   `json:"list,omitempty"`
	Separator string `json:"separator,omitempty"`
	// Elements are those inside; Each makes one of the whole for every school, class or group.
	Elements []Element `json:"elements,omitempty"`
	Each     Each      `json:"each,omitempty"`
	// Empty keeps the element when nothing is in it, and then it stands empty.
	Empty bool `json:"empty,omitempty"`
	// Attribute makes it an XML attribute of the element around it.
	Attribute bool `json:"attribute,omitempty"`
	// AdministrativeFirst draws from the schools of the person's post before the others.
	AdministrativeFirst bool `json:"administrativeFirst,omitempty"`
}

// Each says for what an element stands.
type Each string

// What it stands for.
const (
	EachSchool Each = "school"
	EachClass  Each = "class"
	EachGroup  Each = "group"
)

// layoutFields has the fields of a Layout without its methods.
type layoutFields Layout

type layoutJSON struct {
	Format string `json:"format"`
	layoutFields
}

// MarshalJSON writes a document of Format.
func (l Layout) MarshalJSON() ([]byte, error) {
	return json.Marshal(layoutJSON{Format, layoutFields(l)})
}

// UnmarshalJSON reads a document, by the rules of Parse.
func (l *Layout) UnmarshalJSON(b []byte) error {
	v, issues := Parse("", b)
	if v == nil {
		return fmt.Errorf("identity: %w", issues.Err())
	}
	*l = *v
	return nil
}

// Parse reads a layout's document and checks it. An unknown key and one that stands twice are refused. An element whose
// source or transform is not known is an issue that is no error: Compile leaves it out. The layout is nil beside an error.
func Parse(file string, b []byte) (*Layout, ent.Issues) {
	if len(b) > maxDocument {
		return nil, ent.Issues{catalog().New(CodeSize, ent.Pos{File: file}, "$", ent.Count("limit", maxDocument))}
	}
	var j layoutJSON
	if f := strictjson.Read(file, b, &j); f != nil {
		return nil, ent.Issues{catalog().New(CodeDocument, f.Pos, "$", ent.FieldOf("field", f.Field))}
	}
	if j.Format != Format {
		return nil, ent.Issues{catalog().New(CodeDocument, ent.Pos{File: file}, "$.format", ent.FieldOf("field", "format"))}
	}
	l := Layout(j.layoutFields)
	_, issues := l.Compile()
	for i := range issues {
		issues[i].Pos.File = file
		if stops(issues[i]) {
			return nil, issues
		}
	}
	return &l, issues
}

// Compiled is a layout made ready to release: immutable, safe for concurrent use.
type Compiled struct {
	layout    Layout
	principal drawn
	elements  []element
	sources   []ent.Field
}

// drawn is a rule made ready.
type drawn struct {
	first      []func(*scope) []string
	fields     []ent.Field
	transforms []func([]string) ([]string, bool)
}

type element struct {
	def      *Element
	drawn    drawn
	elements []element
}

// Layout returns a copy of the layout.
func (c *Compiled) Layout() Layout { return c.layout }

// Fields returns all that the layout may release, sorted, whatever is known of a person: for the register of processing.
func (c *Compiled) Fields() []ent.Field { return sortedFields(c.sources) }

// Compile makes the layout ready. An element whose source, transform or list is not known is left out, with a warning; a
// rule of the principal that is not known, a name that is no XML name, and a layout that is too large are errors, and the
// result is nil.
func (l *Layout) Compile() (*Compiled, ent.Issues) {
	k := &compiler{}
	c := &Compiled{layout: *l}
	if l.ID == "" {
		k.issue(CodeLayout, "$.id", "id")
	}
	switch l.Style {
	case "", StyleFlat, StyleAttributes, StyleUserAttributes, StyleBoth:
	default:
		k.issue(CodeLayout, "$.style", "style")
	}
	if len(l.Principal.First) == 0 {
		k.issue(CodeLayout, "$.principal", "principal")
	}
	before := len(k.issues)
	c.principal = k.drawn(l.Principal.First, l.Principal.Transform, "$.principal")
	if len(k.issues) > before {
		k.issue(CodeLayout, "$.principal", "principal")
	}
	c.elements = k.elements(l.Elements, "$.elements", 0)
	if k.n > maxElements {
		k.issue(CodeLayout, "$.elements", "elements")
	}
	c.sources = k.sources
	if slices.ContainsFunc(k.issues, stops) {
		return nil, k.issues
	}
	return c, k.issues
}

func stops(i ent.Issue) bool {
	return i.Severity == ent.SeverityError || i.Severity == ent.SeverityFatal
}

type compiler struct {
	issues  ent.Issues
	sources []ent.Field
	n       int
}

func (k *compiler) issue(code ent.Code, path string, field ent.Field) {
	k.issues = append(k.issues, catalog().New(code, ent.Pos{}, path, ent.FieldOf("field", field)))
}

func (k *compiler) drawn(first []Source, transforms []Transform, path string) drawn {
	var out drawn
	for i, f := range first {
		get, ok := f.compile()
		if !ok {
			k.issue(CodeUnknownSource, path+".first["+strconv.Itoa(i)+"]", ent.NewField(string(f)))
			continue
		}
		out.first, out.fields = append(out.first, get), append(out.fields, ent.NewField(string(f)))
		k.sources = append(k.sources, ent.NewField(string(f)))
	}
	for i, t := range transforms {
		do, ok := t.compile()
		if !ok {
			k.issue(CodeUnknownTransform, path+".transform["+strconv.Itoa(i)+"]", ent.NewField(string(t)))
			out.first = nil // what would be sent is not what was meant
			continue
		}
		out.transforms = append(out.transforms, do)
	}
	return out
}

func (k *compiler) elements(list []Element, path string, depth int) []element {
	if depth >= maxDepth {
		k.issue(CodeLayout, path, "elements")
		return nil
	}
	var out []element
	for i := range list {
		e, at := &list[i], fmt.Sprintf("%s[%d]", path, i)
		if k.n++; k.n > maxElements {
			return out
		}
		switch {
		case !xmlName(e.Name):
			k.issue(CodeLayout, at+".name", "name")
		case e.From != "" && len(e.First) > 0, (e.From != "" || len(e.First) > 0) == (len(e.Elements) > 0):
			k.issue(CodeLayout, at+".from", "from") // a source, or elements of its own
		case e.Each != "" && e.Each != EachSchool && e.Each != EachClass && e.Each != EachGroup, e.Each != "" && len(e.Elements) == 0:
			k.issue(CodeLayout, at+".each", "each")
		case e.Attribute && len(e.Elements) > 0, e.Attribute && depth == 0:
			k.issue(CodeLayout, at+".attribute", "attribute")
		case !e.List.known():
			k.issue(CodeUnknownTransform, at+".list", ent.NewField(string(e.List)))
			continue
		}
		first := e.First
		if e.From != "" {
			first = []Source{e.From}
		}
		x := element{def: e, drawn: k.drawn(first, e.Transform, at), elements: k.elements(e.Elements, at+".elements", depth+1)}
		if len(e.Elements) == 0 && len(x.drawn.first) == 0 {
			continue // reported
		}
		out = append(out, x)
	}
	return out
}

// xmlName reports whether a text is a name of an element: what partners use, without a prefix.
func xmlName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return true
}

// SchoolParameter returns the parameter of a service's URL that holds the UAI of the school at hand, "" for none.
func (c *Compiled) SchoolParameter() string { return c.layout.SchoolParameter }
