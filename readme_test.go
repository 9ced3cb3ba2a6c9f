package cartable_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// documents are the files of the root that a reader opens first.
func documents() []string {
	return []string{
		"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "GLOSSARY.md", "BENCHMARKS.md",
	}
}

// snippetImports is the whole of what the harness adds to a snippet: a package name stands for this path.
func snippetImports() map[string]string {
	return map[string]string{
		"context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "os": "os", "slices": "slices", "slog": "log/slog", "testing": "testing",
		"fstest":         "testing/fstest",
		"annuaire":       module + "/interop/annuaire",
		"directorysql":   module + "/ent/directory/directorysql",
		"directorytest":  module + "/ent/directory/directorytest",
		"holdertest":     module + "/ent/enttest/holdertest",
		"open":           module + "/ent/sqldb/open",
		"sqldb":          module + "/ent/sqldb",
		"sqldbtest":      module + "/ent/sqldb/sqldbtest",
		"decimal":        "github.com/shopspring/decimal",
		"aaf":            module + "/interop/aaf",
		"aaftest":        module + "/interop/aaf/aaftest",
		"apiparticulier": module + "/interop/apiparticulier",
		"access":         module + "/ent/access",
		"calendar":       module + "/ent/calendar",
		"billing":        module + "/fees/billing",
		"feestest":       module + "/fees/feestest",
		"grids":          module + "/fees/tariff/grids",
		"tariff":         module + "/fees/tariff",
		"quotient":       module + "/fees/quotient",
		"quotienttest":   module + "/fees/quotient/quotienttest",
		"directory":      module + "/ent/directory",
		"ent":            module + "/ent",
		"enttest":        module + "/ent/enttest",
		"identity":       module + "/identity",
		"cas":            module + "/identity/cas",
		"castest":        module + "/identity/cas/castest",
		"redis":          "github.com/redis/go-redis/v9",
		"redistickets":   module + "/identity/redistickets",
		"ticketsql":      module + "/identity/ticketsql",
		"account":        module + "/identity/account",
		"accountsql":     module + "/identity/accountsql",
		"accounttest":    module + "/identity/account/accounttest",
		"netip":          "net/netip",
		"time":           "time",
		"saml":           module + "/identity/saml",
		"samltest":       module + "/identity/saml/samltest",
		"guichet":        module + "/identity/guichet",
		"guichettest":    module + "/identity/guichet/guichettest",
		"jsonschemas":    module + "/interop/jsonschemas",
		"lsu":            module + "/interop/lsu",
		"gradebook":      module + "/schoollife/gradebook",
		"bulletin":       module + "/schoollife/gradebook/bulletin",
		"competence":     module + "/schoollife/gradebook/competence",
		"exam":           module + "/schoollife/gradebook/exam",
		"gradebooksql":   module + "/schoollife/gradebook/gradebooksql",
		"gradebooktest":  module + "/schoollife/gradebook/gradebooktest",
		"schooltest":     module + "/schoollife/schooltest",
		"timetable":      module + "/schoollife/timetable",
		"edt":            module + "/interop/edt",
		"attendance":     module + "/schoollife/attendance",
		"timetablesql":   module + "/schoollife/timetable/timetablesql",
		"timetabletest":  module + "/schoollife/timetable/timetabletest",
		"ical":           module + "/interop/ical",
		"udt":            module + "/interop/udt",
		"sts":            module + "/interop/sts",
		"fet":            module + "/interop/fet",
		"cahier":         module + "/schoollife/cahier",
		"cahiersql":      module + "/schoollife/cahier/cahiersql",
		"cahiertest":     module + "/schoollife/cahier/cahiertest",
		"attendancesql":  module + "/schoollife/attendance/attendancesql",
		"attendancetest": module + "/schoollife/attendance/attendancetest",
		"booking":        module + "/schoollife/booking",
		"bookingsql":     module + "/schoollife/booking/bookingsql",
		"bookingtest":    module + "/schoollife/booking/bookingtest",
		"territory":      module + "/ent/territory",
	}
}

func document(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(b)
}

// snippet is one block of Go in a document.
type snippet struct {
	file string
	line int // of its first line
	code string
}

func snippets(file, text string) []snippet {
	var out []snippet
	var lines []string
	start := 0
	for i, line := range strings.Split(text, "\n") {
		switch {
		case start == 0 && line == "```go":
			start = i + 2
		case start > 0 && line == "```":
			out = append(out, snippet{file, start, strings.Join(lines, "\n")})
			start, lines = 0, nil
		case start > 0:
			lines = append(lines, line)
		}
	}
	return out
}

// source makes a Go file of a snippet: as it stands when it is a file, otherwise as declarations, otherwise as the body
// of a function that has a ctx and returns an error. Errors name the line of the document.
func (s *snippet) source() (string, error) {
	at := fmt.Sprintf("\n//line %s:%d\n", s.file, s.line)
	if strings.HasPrefix(s.code, "package ") {
		return at + s.code + "\n", nil
	}
	body := at + s.code + "\n"
	if strings.Contains(s.code, "us vendor)") {
		// The one type that a reader brings: what identity/cas asks for. That snippet also runs: see identity/cas.
		body += vendorType
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package snippet\n"+body, parser.SkipObjectResolution)
	if err != nil {
		end := "return nil\n}\n"
		if last := strings.Split(s.code, "\n"); strings.HasPrefix(last[len(last)-1], "return ") {
			end = "}\n"
		}
		body = "\nfunc _(ctx context.Context) error {" + body + end
		if file, err = parser.ParseFile(token.NewFileSet(), "", "package snippet\n"+body, parser.SkipObjectResolution); err != nil {
			return "", fmt.Errorf("%s:%d: %w", s.file, s.line, err)
		}
	}
	head := "package snippet\n"
	for _, name := range packageNames(file) {
		head += fmt.Sprintf("import %s %q\n", name, snippetImports()[name])
	}
	return head + body, nil
}

const vendorType = `
type vendor = interface {
	Session(r *http.Request) (*identity.Principal, error)
	Attributes(ctx context.Context, account ent.ID) (*identity.Attributes, error)
	Login(w http.ResponseWriter, r *http.Request, back string, renew bool)
}
`

// packageNames returns the names of snippetImports that a file selects from.
func packageNames(file *ast.File) []string {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && snippetImports()[id.Name] != "" {
				used[id.Name] = true
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(used))
}

// build compiles snippets inside this module, each as a package of its own that exists in the eyes of go build only.
func build(t *testing.T, list []snippet) (string, error) {
	t.Helper()
	root, err := os.Getwd()
	require.NoError(t, err)
	dir := t.TempDir()
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	args := []string{"build", "-overlay", filepath.Join(dir, "overlay.json")}
	for i := range list {
		src, err := list[i].source()
		require.NoError(t, err)
		name := fmt.Sprintf("snippet%d", i)
		file := filepath.Join(dir, name+".go")
		require.NoError(t, os.WriteFile(file, []byte(src), 0o600))
		overlay.Replace[filepath.Join(root, "internal", name, name+".go")] = file
		args = append(args, "./internal/"+name)
	}
	b, err := json.Marshal(overlay)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "overlay.json"), b, 0o600))
	out, err := exec.Command("go", args...).CombinedOutput()
	return string(out), err
}

func TestDocumentsSnippetsCompile(t *testing.T) {
	t.Parallel()
	var list []snippet
	for _, name := range documents() {
		list = append(list, snippets(name, document(t, name))...)
	}
	require.NotEmpty(t, list)
	out, err := build(t, list)
	require.NoError(t, err, out)
}

func TestSnippetThatDoesNotCompileIsFound(t *testing.T) {
	t.Parallel()
	text := "x\n```go\nuai, err := ent.ParseUAI(42)\n```\n"
	out, err := build(t, snippets("README.md", text))
	require.Error(t, err)
	assert.Contains(t, out, "README.md:3:")
	assert.Contains(t, out, "declared and not used: uai")
}

func TestReadmeBeginsWithTwoCommands(t *testing.T) {
	t.Parallel()
	lines := strings.Split(document(t, "README.md"), "\n")
	top := strings.Join(lines[:25], "\n")
	assert.Contains(t, top, "\ngo run ./examples/portal")
	assert.Contains(t, top, "\ngo test ./...")
}

func TestReadmeNamesEveryPackage(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "./...").Output()
	require.NoError(t, err, stderr(err))
	readme := document(t, "README.md")
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^\\| \\[`([a-z/0-9]+)`\\]").FindAllStringSubmatch(readme, -1) {
		named[m[1]] = true
	}
	blocks := ""
	for _, s := range snippets("README.md", readme) {
		blocks += s.code + "\n"
	}
	for p := range strings.FieldsSeq(string(out)) {
		pkg := relative(p)
		if within(pkg, "examples") || slices.Contains(strings.Split(pkg, "/"), "internal") {
			continue
		}
		if pkg == "." {
			pkg = filepath.Base(module)
		} else {
			assert.Contains(t, blocks, filepath.Base(pkg)+".", "no snippet of %s", pkg)
		}
		assert.True(t, named[pkg], "%s is not in the table of packages", pkg)
		delete(named, pkg)
	}
	assert.Empty(t, named, "in the table of packages, and not in the module")
}

var (
	links    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	headings = regexp.MustCompile(`(?m)^#+ +(.+)$`)
)

// anchors returns the fragments that the headings of a document give on a code host.
func anchors(text string) []string {
	var out []string
	for _, h := range headings.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, h[1]))
	}
	return out
}

func TestDocumentsLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, name := range documents() {
		for _, m := range links.FindAllStringSubmatch(document(t, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file, fragment, _ := strings.Cut(m[1], "#")
			if file == "" {
				file = name
			}
			_, err := os.Stat(filepath.FromSlash(file))
			assert.NoError(t, err, "%s: link to %s", name, m[1])
			if fragment != "" && strings.HasSuffix(file, ".md") {
				assert.Contains(t, anchors(document(t, file)), fragment, "%s: link to %s", name, m[1])
			}
		}
	}
}
