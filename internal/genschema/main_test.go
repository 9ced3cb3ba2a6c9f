package main

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/fees/tariff"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const (
	module = "github.com/opencartable/cartable"
	root   = "../.."
)

func TestCommittedFilesAreUpToDate(t *testing.T) {
	t.Parallel()
	want, err := generate(root)
	require.NoError(t, err)
	got, err := committed(filepath.Join(root, filepath.FromSlash(target)))
	require.NoError(t, err)
	const cure = "run go generate ./interop/jsonschemas and commit"
	assert.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)), cure)
	for name := range want {
		if string(want[name]) != string(got[name]) {
			t.Errorf("%s is not up to date: %s", name, cure)
		}
	}
	again, err := generate(root)
	require.NoError(t, err)
	assert.Equal(t, want, again, "the same sources give the same bytes")
}

// What go generate runs writes those same files, makes the folder, and removes what is no longer made.
func TestGenerateDirective(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(target), "doc.go"))
	require.NoError(t, err)
	assert.Contains(t, string(b), "//go:generate go run ../../internal/genschema -root ../..\n")

	dir := t.TempDir()
	for _, folder := range slices.Sorted(maps.Keys(folders())) {
		to := filepath.Join(dir, filepath.FromSlash(folder))
		if _, err := os.Stat(to); err == nil {
			continue // copied with the folder above
		}
		require.NoError(t, os.CopyFS(to, os.DirFS(filepath.Join(root, filepath.FromSlash(folder)))))
	}
	out := filepath.Join(dir, filepath.FromSlash(target))
	require.NoError(t, os.MkdirAll(filepath.Join(out, "ent"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(out, "ent", "gone-1.json"), []byte("{}"), 0o644))
	require.NoError(t, run(dir))
	got, err := committed(out)
	require.NoError(t, err)
	want, err := generate(root)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestCodesOfEveryPackageAreThere(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-f", "{{.ImportPath}}\t{{.Dir}}\t{{range .GoFiles}}{{.}} {{end}}", "./...")
	cmd.Dir = root
	list, err := cmd.Output()
	require.NoError(t, err)
	var with []string
	for line := range strings.Lines(string(list)) {
		field := strings.Split(strings.TrimSpace(line), "\t")
		require.Len(t, field, 3, line)
		for name := range strings.FieldsSeq(field[2]) {
			if declaresCatalogue(t, filepath.Join(field[1], name)) {
				with = append(with, strings.TrimPrefix(field[0], module+"/"))
			}
		}
	}
	slices.Sort(with)
	assert.Equal(t, with, slices.Sorted(maps.Keys(catalogues())), "a package with a Catalog stands in the function catalogues")
	assert.Contains(t, with, "ent")

	b, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(target), "codes.json"))
	require.NoError(t, err)
	var lines []codeLine
	require.NoError(t, json.Unmarshal(b, &lines))
	var named []string
	for _, l := range lines {
		named = append(named, l.Package)
	}
	slices.Sort(named)
	assert.Equal(t, with, slices.Compact(named))
}

// declaresCatalogue says whether a file declares a function without receiver nor parameter that returns a catalogue.
func declaresCatalogue(t *testing.T, path string) bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Params.NumFields() != 0 || fn.Type.Results.NumFields() != 1 {
			continue
		}
		star, ok := fn.Type.Results.List[0].Type.(*ast.StarExpr)
		if !ok {
			continue
		}
		switch x := star.X.(type) {
		case *ast.Ident:
			ok = x.Name == "Catalog"
		case *ast.SelectorExpr:
			ok = x.Sel.Name == "Catalog"
		default:
			ok = false
		}
		if ok {
			return true
		}
	}
	return false
}

func TestCodesAreSortedAndOfOnePackage(t *testing.T) {
	t.Parallel()
	lines, err := codeLines(catalogues())
	require.NoError(t, err)
	assert.True(t, slices.IsSortedFunc(lines, func(a, b codeLine) int { return strings.Compare(string(a.Code), string(b.Code)) }))
	rule := ent.Rule{Code: "X", Severity: ent.SeverityInfo, FR: "a", EN: "b", Source: "c"}
	_, err = codeLines(map[string]*ent.Catalog{"a": ent.NewCatalog(rule), "b": ent.NewCatalog(rule)})
	require.Error(t, err)
	rule.EN = ""
	_, err = codeLines(map[string]*ent.Catalog{"a": ent.NewCatalog(rule)})
	require.Error(t, err)
}

// Each pattern accepts what its parser accepts, and what it refuses for its key alone.
func TestPatternsAreTheShapesOfTheParsers(t *testing.T) {
	t.Parallel()
	parsers := map[reflect.Type]func(string) error{
		reflect.TypeFor[ent.UAI]():             func(s string) error { _, err := ent.ParseUAI(s); return err },
		reflect.TypeFor[ent.PseudoUAI]():       func(s string) error { _, err := ent.ParsePseudoUAI(s); return err },
		reflect.TypeFor[ent.INE]():             func(s string) error { _, err := ent.ParseINE(s); return err },
		reflect.TypeFor[ent.MEF]():             func(s string) error { _, err := ent.ParseMEF(s); return err },
		reflect.TypeFor[ent.SubjectCode]():     func(s string) error { _, err := ent.ParseSubjectCode(s); return err },
		reflect.TypeFor[ent.SIREN]():           func(s string) error { _, err := ent.ParseSIREN(s); return err },
		reflect.TypeFor[ent.SIRET]():           func(s string) error { _, err := ent.ParseSIRET(s); return err },
		reflect.TypeFor[ent.InseeCode]():       func(s string) error { _, err := ent.ParseInseeCode(s); return err },
		reflect.TypeFor[ent.DepartementCode](): func(s string) error { _, err := ent.ParseDepartementCode(s); return err },
		reflect.TypeFor[ent.RegionCode]():      func(s string) error { _, err := ent.ParseRegionCode(s); return err },
		reflect.TypeFor[ent.AcademyCode]():     func(s string) error { _, err := ent.ParseAcademyCode(s); return err },
		reflect.TypeFor[directory.Hash]():      func(s string) error { return new(directory.Hash).UnmarshalText([]byte(s)) },
		reflect.TypeFor[ent.Date]():            func(s string) error { _, err := ent.ParseDate(s); return err },
		reflect.TypeFor[ent.Month]():           func(s string) error { _, err := ent.ParseMonth(s); return err },
		reflect.TypeFor[timetable.Clock](): func(s string) error { // it reads other spellings of exports too: ours is the one that is written
			c, err := timetable.ParseClock(s)
			if err == nil && c.String() != s {
				err = errors.New("another spelling")
			}
			return err
		},
		reflect.TypeFor[tariff.Clock]():    func(s string) error { _, err := tariff.ParseClock(s); return err },
		reflect.TypeFor[tariff.Interval](): func(s string) error { _, err := tariff.ParseInterval(s); return err },
		reflect.TypeFor[ent.SchoolYear]():  func(s string) error { _, err := ent.ParseSchoolYear(s); return err },
		reflect.TypeFor[ent.Field](): func(s string) error {
			if string(ent.NewField(s)) != s {
				return ent.CodeFormat
			}
			return nil
		},
	}
	assert.Len(t, parsers, len(patterns()))
	for typ, parse := range parsers {
		shape := regexp.MustCompile(patterns()[typ])
		accepted := 0
		for _, s := range texts() {
			err := parse(s)
			match := shape.MatchString(s)
			switch {
			case err == nil:
				accepted++
				assert.True(t, match, "%s: %q is accepted by the parser", typ, s)
			case match:
				// The right shape: a key, a day of the month or the next year is wrong, which no pattern computes.
				known := strings.HasSuffix(err.Error(), "-KEY") || strings.HasSuffix(err.Error(), "ENT-DATE") || strings.HasSuffix(err.Error(), "TAR-CLOCK") || strings.HasSuffix(err.Error(), "ENT-SCHOOL-YEAR")
				assert.True(t, known, "%s: %q is refused by the parser: %v", typ, s, err)
			}
		}
		assert.NotZero(t, accepted, typ)
	}
}

// texts returns every code of two and three characters of a small alphabet, the five-character codes of each head, and
// good and bad values of the longer identifiers.
func texts() []string {
	const alphabet = "0129ABabO é"
	var out []string
	out = append(out, "", "?", "1", "a")
	for _, a := range alphabet {
		for _, b := range alphabet {
			out = append(out, string(a)+string(b))
			for _, c := range alphabet {
				out = append(out, string(a)+string(b)+string(c))
			}
		}
	}
	for n := range 1000 {
		three := string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
		out = append(out, three, three[1:], three+"04", three+"1A")
	}
	for s := range strings.FieldsSeq(`0750655E 0750655F 0750655I 075065E 0750655e 004001ZV 01301RES 0130RESA 180000001JG 180000006JA 18000000JG
		1234567890A 1234A56789B 1234B56789B 10310019110 1031000K11A 1031001911 1O310019110 020900 A10001 a10001 190019992 190019993 19001999
		19001999200014 19001999200015 1900199920001 35600000000048 2A004 2B033 20004 97105 97001 98818 99100 2024-02-29 2023-02-29 2024-13-01
		2024-00-01 0000-01-01 2024-01-32 2024-1-1 2024-2025 2024-2026 0000-0001 9999-0000 2024/2025 2024-12 2024-13 0000-12 08:30 23:59 24:00 24:01 8:30 16:30-18:00 18:00-16:30 16:30-24:00 ENTEleveINE person.birthDate a-b_c 1a`) {
		out = append(out, s, s+"\n", " "+s, s+"0")
	}
	return append(out, strings.Repeat("a", 64), strings.Repeat("a", 65))
}
