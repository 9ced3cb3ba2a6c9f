package tariff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/opencartable/cartable/ent"
)

// Limits of a document: a sheet of prices is a page or two.
const (
	maxDocument = 1 << 18 // bytes
	maxDepth    = 32
	maxIssues   = 200
)

// Parse reads a tariff written as JSON or YAML. Numbers are taken from their text, with or without quotes: 3.10 is never a
// binary fraction. An unknown key is refused with the nearest known one, and so are a key that stands twice, anchors,
// aliases, tags and merge keys. The issues have their place in the named file. The tariff is nil beside an issue that is an
// error; what is wrong with the prices themselves is [Tariff.Validate]'s to say.
func Parse(file string, b []byte) (*Tariff, ent.Issues) {
	fatal := func(code ent.Code, pos ent.Pos, params ...ent.Param) (*Tariff, ent.Issues) {
		pos.File = file
		return nil, ent.Issues{catalog().New(code, pos, "$", params...)}
	}
	if len(b) > maxDocument {
		return fatal(CodeSize, ent.Pos{}, ent.Count("limit", maxDocument))
	}
	if line, deep := tooDeep(b); deep {
		return fatal(CodeDepth, ent.Pos{Line: line}, ent.Count("limit", maxDepth))
	}
	root, pos, err := parseTree(b)
	if err != nil {
		return fatal(CodeSyntax, pos)
	}
	d := decoder{file: file, places: places{}}
	t := &Tariff{places: d.places}
	d.document(root, t)
	if d.issues.Worst() == ent.SeverityError || d.issues.Worst() == ent.SeverityFatal {
		return nil, d.issues
	}
	return t, d.issues
}

// UnmarshalJSON reads a document, by the rules of Parse.
func (t *Tariff) UnmarshalJSON(b []byte) error {
	v, issues := Parse("", b)
	if v == nil {
		return fmt.Errorf("tariff: %w", issues.Err())
	}
	*t = *v
	return nil
}

// tooDeep looks for nesting that would make the reader recurse without end, before it reads: brackets, and lists opened one
// in another on a line. Brackets within texts count too, which is to the safe side.
func tooDeep(b []byte) (line int, deep bool) {
	depth, line := 0, 1
	for text := range bytes.SplitSeq(b, []byte{'\n'}) {
		dashes, lead := 0, true
		for i, c := range text {
			switch c {
			case '{', '[':
				depth++
			case '}', ']':
				depth = max(0, depth-1)
			case '-', '?', ':':
				if lead && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t') {
					dashes++
				}
			}
			lead = lead && (c == '-' || c == '?' || c == ':' || c == ' ' || c == '\t')
			if depth > maxDepth || dashes > maxDepth {
				return line, true
			}
		}
		if indent := len(text) - len(bytes.TrimLeft(text, " ")); indent > 8*maxDepth {
			return line, true
		}
		line++
	}
	return 0, false
}

var errTree = errors.New("not one document")

// parseTree returns the root of the only document.
func parseTree(b []byte) (root ast.Node, pos ent.Pos, err error) {
	// The library is not ours: what makes it panic is an unreadable document.
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, errTree
		}
	}()
	if trimmed := bytes.TrimLeft(b, "\ufeff \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(trimmed) {
		// JSON may be indented with tabs, YAML may not. Outside a text a tab is white space, and within one JSON has none.
		b = bytes.ReplaceAll(b, []byte{'\t'}, []byte{' '})
	}
	f, err := parser.ParseBytes(b, 0)
	if err != nil {
		var e yaml.Error
		if errors.As(err, &e) && e.GetToken() != nil && e.GetToken().Position != nil {
			pos = placeOf(e.GetToken())
		}
		return nil, pos, err
	}
	for _, d := range f.Docs {
		if d.Body == nil {
			continue
		}
		if root != nil {
			return nil, placeOf(d.Body.GetToken()), errTree
		}
		root = d.Body
	}
	if root == nil {
		return nil, pos, errTree
	}
	return root, pos, nil
}

func placeOf(t *token.Token) ent.Pos {
	if t == nil || t.Position == nil {
		return ent.Pos{}
	}
	return ent.Pos{Line: t.Position.Line, Column: t.Position.Column}
}

// places are where the values of a document stand, by path.
type places map[string]ent.Pos

// at returns the place of a path, or of the nearest one that holds it.
func (p places) at(path string) ent.Pos {
	for path != "" {
		if pos, ok := p[path]; ok {
			return pos
		}
		cut := strings.LastIndexAny(path, ".[")
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	return ent.Pos{}
}

// scalar returns the text of a scalar and whether it was written as a text.
func scalar(n ast.Node) (text string, quoted, ok bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		t := v.GetToken().Type
		return v.Value, t == token.SingleQuoteType || t == token.DoubleQuoteType, true
	case *ast.LiteralNode:
		return v.Value.Value, true, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, false, true
	}
	return "", false, false
}

// entries returns the keys and values of a mapping.
func entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch v := n.(type) {
	case *ast.MappingNode:
		return v.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}, true
	}
	return nil, false
}

// index writes the step of a path into a list.
func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
