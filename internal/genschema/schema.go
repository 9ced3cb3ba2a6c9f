package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// A noun is one published schema: the folder and the name of its file, its version, and the Go value that it is made from.
type noun struct {
	group   string
	name    string
	version int
	value   any
	// format is the first field of a persisted document; document names the type its comment comes from, when value is
	// only the written form of it.
	format   string
	document any
	// written says that people write the document by hand: its reader takes shorter forms, and refuses unknown keys.
	written bool
	// strict says that the reader refuses unknown keys, and takes no shorter form.
	strict bool
	// lines are the other kinds of lines of a document that is written line by line; value is the first line.
	lines []any
}

// The written form of an Explanation is not the shape of its Go type.
type explanation struct {
	Format string   `json:"format"`
	Root   ent.Step `json:"root"`
}

type disclosure struct {
	Format string `json:"format"`
	ent.Disclosure
}

type event struct {
	Format string `json:"format"`
	ent.Event
}

func nouns() []noun {
	one := func(name string, v any) noun { return noun{group: "ent", name: name, version: 1, value: v} }
	doc := func(name, format string, v, of any) noun {
		return noun{group: "ent", name: name, version: 1, value: v, format: format, document: of}
	}
	return append([]noun{
		one("uai", ent.UAI("")), one("pseudo-uai", ent.PseudoUAI("")), one("ine", ent.INE("")), one("mef", ent.MEF("")),
		one("subject-code", ent.SubjectCode("")), one("siren", ent.SIREN("")), one("siret", ent.SIRET("")),
		one("commune", ent.InseeCode("")), one("departement", ent.DepartementCode("")), one("region", ent.RegionCode("")),
		one("academy", ent.AcademyCode("")), one("date", ent.Date{}), one("school-year", ent.SchoolYear(0)),

		one("name", ent.Name{}), one("person", ent.Person{}), one("affiliation", ent.Affiliation{}), one("relation", ent.Relation{}),
		one("household", ent.Household{}), one("place", ent.Place{}), one("establishment", ent.Establishment{}), one("class", ent.Class{}),
		one("group", ent.Group{}), one("subject", ent.Subject{}), one("teaching", ent.Teaching{}), one("programme", ent.Programme{}),

		one("loss", ent.Loss{}), doc("issue", "", ent.IssueJSON{}, ent.Issue{}),
		doc("report", ent.ReportFormat, ent.ReportJSON{}, ent.Report{}),
		doc("explanation", ent.ExplanationFormat, explanation{}, ent.Explanation{}),
		doc("disclosure", ent.DisclosureFormat, disclosure{}, ent.Disclosure{}),
		doc("event", ent.EventFormat, event{}, ent.Event{}),
		accessNoun(), planNoun(), layoutNoun(),
	}, append(feesNouns(), schoollifeNouns()...)...)
}

// patterns returns the shape that each parser accepts. A key is not in it: a pattern cannot compute one.
func patterns() map[reflect.Type]string {
	return map[reflect.Type]string{
		reflect.TypeFor[ent.UAI]():             `^[0-9]{7}[A-HJ-NPR-Z]$`,
		reflect.TypeFor[ent.PseudoUAI]():       `^([0-9]{6}[A-Z]{2}|[0-9]{5}[A-Z]{3})$`,
		reflect.TypeFor[ent.INE]():             `^([0-9]{9}[A-Z]{2}|[0-9]{10}[A-Z]|[0-9]{4}A[0-9]{5}[A-Z])$`,
		reflect.TypeFor[ent.MEF]():             `^[0-9]{3}[0-9A-Z]{8}$`,
		reflect.TypeFor[ent.SubjectCode]():     `^[0-9A-Z]{6}$`,
		reflect.TypeFor[ent.SIREN]():           `^[0-9]{9}$`,
		reflect.TypeFor[ent.SIRET]():           `^[0-9]{14}$`,
		reflect.TypeFor[ent.InseeCode]():       `^((0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|9[89])[0-9]{3}|97[1-9][0-9]{2})$`,
		reflect.TypeFor[ent.DepartementCode](): `^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|99|97[1-9]|98[0-9])$`,
		reflect.TypeFor[ent.RegionCode]():      `^[0-9]{2}$`,
		reflect.TypeFor[ent.AcademyCode]():     `^(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})$`,
		reflect.TypeFor[ent.Date]():            `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`,
		reflect.TypeFor[ent.SchoolYear]():      `^[0-9]{4}-[0-9]{4}$`,
		reflect.TypeFor[ent.Field]():           `^([A-Za-z][A-Za-z0-9._-]{0,63}|\?)$`,
		reflect.TypeFor[ent.Month]():           `^[0-9]{4}-(0[1-9]|1[0-2])$`,
		reflect.TypeFor[directory.Hash]():      `^([0-9a-f]{32})?$`,
		reflect.TypeFor[timetable.Clock]():     `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`,
		reflect.TypeFor[tariff.Clock]():        `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`,
		reflect.TypeFor[tariff.Interval]():     `^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`,
	}
}

// closed lists the types whose constants are all the values there are. The constants of the other lists are examples: an
// unknown code is kept.
func closed() []reflect.Type {
	return slices.Concat(feesClosed(), accessClosed(), layoutClosed(), schoollifeClosed(), []reflect.Type{
		reflect.TypeFor[directory.Op](), reflect.TypeFor[directory.Object](), reflect.TypeFor[ent.Severity](), reflect.TypeFor[ent.Op](),
		reflect.TypeFor[ent.RoundingMode](),
	})
}

const numberPattern = `^-?[0-9]+(\.[0-9]+)?$`

// schemas returns the schema of each noun, by the name of its file. Each one stands alone: it refers to no other file.
func schemas(root string) (map[string][]byte, error) {
	src, err := readSources(root)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, n := range nouns() {
		b, err := indented(n.schema(src))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.name, err)
		}
		files[path.Join(n.group, n.file())] = b
	}
	return files, nil
}

func (n noun) file() string { return n.name + "-" + strconv.Itoa(n.version) + ".json" }

// id is a name that never changes, not an address where something answers.
func (n noun) id() jsonschema.ID {
	return jsonschema.ID("urn:cartable:schema:" + n.group + ":" + n.name + ":" + strconv.Itoa(n.version))
}

func (n noun) schema(src *sources) *jsonschema.Schema {
	m := &mapper{src: src, defs: jsonschema.Definitions{}, written: n.written}
	r := &jsonschema.Reflector{
		// A later version of ent adds fields without a new format, so a reader passes over those it does not know.
		Anonymous: true, AllowAdditionalProperties: !n.written && !n.strict, ExpandedStruct: true, Mapper: m.schema, LookupComment: src.comment,
	}
	t := reflect.TypeOf(n.value)
	var s *jsonschema.Schema
	if m.schema(t) != nil {
		s = m.defs[t.Name()]
		delete(m.defs, t.Name())
		s.Version = jsonschema.Version
	} else {
		s = r.ReflectFromType(t)
		maps.Copy(s.Definitions, m.defs)
		m.allowMissing(s)
		for _, d := range s.Definitions {
			m.allowMissing(d)
		}
		if n.written {
			m.allowShort(s)
		}
	}
	s.ID, s.Title = n.id(), strings.TrimSuffix(t.Name(), "JSON")
	if n.document != nil {
		of := reflect.TypeOf(n.document)
		s.Title, s.Description = of.Name(), src.comment(of, "")
	}
	if n.format != "" {
		f := s.Properties.Value("format")
		f.Const, f.Description = n.format, "Format of the document, always first."
	}
	if len(n.lines) == 0 {
		return s
	}
	others := make([]*jsonschema.Schema, 0, len(n.lines))
	for _, v := range n.lines {
		o := r.ReflectFromType(reflect.TypeOf(v))
		m.allowMissing(o)
		for _, d := range o.Definitions {
			m.allowMissing(d)
		}
		others = append(others, o)
	}
	maps.Copy(s.Definitions, m.defs)
	return withLines(s, others)
}

// A mapper gives the schemas of the types that are written as text, each a definition of its document.
type mapper struct {
	src     *sources
	defs    jsonschema.Definitions
	written bool
}

func (m *mapper) schema(t reflect.Type) *jsonschema.Schema {
	pattern, coded := patterns()[t]
	var s *jsonschema.Schema
	switch {
	case slices.Contains(sealed(), t):
		return &jsonschema.Schema{}
	case coded:
		s = &jsonschema.Schema{Type: "string", Pattern: pattern}
		if t == reflect.TypeFor[ent.Date]() {
			s.Format = "date"
		}
	case t == reflect.TypeFor[decimal.Decimal]() && m.written:
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: numberPattern}, {Type: "number"}}}
	case t == reflect.TypeFor[quotient.Amount]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: numberPattern}, {Type: "null", Description: "Missing."}}}
	case t == reflect.TypeFor[bulletin.Figure]():
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: numberPattern}, {Type: "null", Description: "None, which is not 0."}}}
	case t == reflect.TypeFor[decimal.Decimal]():
		return &jsonschema.Schema{Type: "string", Pattern: numberPattern}
	case t == reflect.TypeFor[ent.Issue]():
		r := &jsonschema.Reflector{Anonymous: true, AllowAdditionalProperties: true, ExpandedStruct: true, Mapper: m.schema, LookupComment: m.src.comment}
		s = r.Reflect(ent.IssueJSON{})
		maps.Copy(m.defs, s.Definitions)
		s.Definitions, s.Version = nil, ""
	case t == reflect.TypeFor[ent.Param]():
		s = &jsonschema.Schema{Type: "object", Properties: jsonschema.NewProperties(), Required: []string{"name", "kind", "value"}}
		s.Properties.Set("name", &jsonschema.Schema{Type: "string", Description: "Placeholder that the parameter fills."})
		s.Properties.Set("kind", &jsonschema.Schema{Type: "string", Examples: []any{"count", "decimal", "date", "field", "code"}})
		s.Properties.Set("value", &jsonschema.Schema{Type: "string", Description: "Numbers in plain notation, dates as YYYY-MM-DD."})
	case t.Kind() == reflect.String && m.src.of(t) != nil:
		s = &jsonschema.Schema{Type: "string"}
		if slices.Contains(closed(), t) {
			s.Enum = m.src.of(t).values[t.Name()]
		} else {
			s.Examples = m.src.of(t).values[t.Name()]
		}
	default:
		return nil
	}
	if d := m.src.comment(t, ""); d != "" {
		s.Description = d
	}
	m.defs[t.Name()] = s
	return &jsonschema.Schema{Ref: "#/$defs/" + t.Name()}
}

// allowMissing lets a required identifier be empty, as UnmarshalText does: the field is written whatever it holds. An
// optional one is not written when it is missing.
func (m *mapper) allowMissing(s *jsonschema.Schema) {
	if s.Properties == nil {
		return
	}
	for p := s.Properties.Oldest(); p != nil; p = p.Next() {
		name, ok := strings.CutPrefix(p.Value.Ref, "#/$defs/")
		if d := m.defs[name]; !ok || d == nil || d.Pattern == "" || !slices.Contains(s.Required, p.Key) {
			continue
		}
		p.Value = &jsonschema.Schema{
			Description: p.Value.Description,
			AnyOf:       []*jsonschema.Schema{{Ref: p.Value.Ref}, {Const: "", Description: "Missing."}},
		}
	}
}

// sources are what the schemas take from the Go files, by the path of their package.
type sources struct {
	packages map[string]*source
}

// source is one package: comments, and the constants of each type.
type source struct {
	dir      string
	comments map[string]string
	values   map[string][]any
}

func (src *sources) of(t reflect.Type) *source { return src.packages[t.PkgPath()] }

// folders are those of the packages whose types are published.
func folders() map[string]reflect.Type {
	return map[string]reflect.Type{
		"ent": reflect.TypeFor[ent.ID](), "ent/access": reflect.TypeFor[access.Action](), "ent/directory": reflect.TypeFor[directory.Op](), "fees/quotient": reflect.TypeFor[quotient.Kind](), "fees/tariff": reflect.TypeFor[tariff.Unit](),
		"identity": reflect.TypeFor[identity.Style](), "schoollife/gradebook": reflect.TypeFor[gradebook.State](), "schoollife/gradebook/bulletin": reflect.TypeFor[bulletin.Line](),
		"schoollife/gradebook/competence": reflect.TypeFor[competence.Target](), "schoollife/timetable": reflect.TypeFor[timetable.Kind](), "schoollife/cahier": reflect.TypeFor[cahier.Level](),
	}
}

func readSources(root string) (*sources, error) {
	src := &sources{packages: map[string]*source{}}
	for folder, t := range folders() {
		s, err := readSource(filepath.Join(root, filepath.FromSlash(folder)))
		if err != nil {
			return nil, err
		}
		src.packages[t.PkgPath()] = s
	}
	return src, nil
}

func readSource(dir string) (*source, error) {
	src := &source{dir: filepath.ToSlash(filepath.Clean(dir)), values: map[string][]any{}}
	var r jsonschema.Reflector
	if err := r.AddGoComments("", dir); err != nil {
		return nil, err
	}
	src.comments = r.CommentMap
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			return nil, err
		}
		src.constants(parsed)
	}
	return src, nil
}

// constants collects the string constants whose type is written beside them.
func (src *source) constants(f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, spec := range g.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				continue
			}
			typ, typed := v.Type.(*ast.Ident)
			lit, literal := v.Values[0].(*ast.BasicLit)
			if !typed || !literal || lit.Kind != token.STRING {
				continue
			}
			if s, err := strconv.Unquote(lit.Value); err == nil && s != "" && typ.Name != "Code" {
				src.values[typ.Name] = append(src.values[typ.Name], s)
			}
		}
	}
}

var (
	docLink = regexp.MustCompile(`\[([A-Z][A-Za-z.]*)\]`)
	breaks  = regexp.MustCompile(`\s+`)
)

// comment returns the first sentence of the comment of a type (the rest speaks to users of Go) or the comment of a field, on
// one line, without the marks of Go documentation.
func (src *sources) comment(t reflect.Type, field string) string {
	from := src.of(t)
	if from == nil {
		return ""
	}
	key := from.dir + "." + t.Name()
	if field != "" {
		key += "." + field
	}
	return strings.TrimSpace(breaks.ReplaceAllString(docLink.ReplaceAllString(from.comments[key], "$1"), " "))
}
