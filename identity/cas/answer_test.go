package cas_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/internal/samples"
)

// persona reads one of the two persons of the samples.
func persona(t *testing.T, file string) *identity.Attributes {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	var p struct {
		ID, Login, ExternalID, Profile, LastName, FirstName, DisplayName, BirthDate, PostalCode, Email, EmailAcademy string
		Structures                                                                                                   []struct{ UAI, Name, Type, ExternalID string }
		Administrative, Classes, Groups, FieldsOfStudy, SubjectCodes, Mefs, Functions                                []string
		Mef                                                                                                          string
	}
	require.NoError(t, json.Unmarshal(b, &p))
	a := &identity.Attributes{
		ID: ent.ID(p.ID), Login: p.Login, External: p.ExternalID, Name: ent.Name{Family: p.LastName, Given: p.FirstName}, Display: p.DisplayName,
		Mail: identity.Mails{Academy: p.EmailAcademy, Personal: p.Email}, Address: ent.Place{PostalCode: p.PostalCode}, MEF: p.Mef, Subjects: p.FieldsOfStudy,
		Profile: map[string]ent.Profile{"Student": ent.ProfilePupil, "Teacher": ent.ProfileTeacher}[p.Profile],
	}
	if p.BirthDate != "" {
		a.BirthDate, err = ent.ParseDate(p.BirthDate)
		require.NoError(t, err)
	}
	in := func(list []string, school, sep string) []string {
		var out []string
		for _, v := range list {
			if rest, ok := strings.CutPrefix(v, school+sep); ok {
				out = append(out, rest)
			}
		}
		return out
	}
	for _, s := range p.Structures {
		x := identity.School{
			ID: ent.ID(s.ExternalID), UAI: ent.UAI(s.UAI), External: s.ExternalID, Name: s.Name, Kind: s.Type, Administrative: slices.Contains(p.Administrative, s.UAI),
			Subjects: in(p.SubjectCodes, s.ExternalID, "-"),
		}
		for _, c := range in(p.Classes, s.ExternalID, "$") {
			x.Classes = append(x.Classes, identity.Group{ID: ent.ID(s.ExternalID + "$" + c), Name: c})
		}
		for _, c := range in(p.Groups, s.ExternalID, "$") {
			x.Groups = append(x.Groups, identity.Group{ID: ent.ID(s.ExternalID + "$" + c), Name: c})
		}
		for _, m := range in(p.Mefs, s.ExternalID, "$") {
			code, _, _ := strings.Cut(m, "$")
			x.MEFs = append(x.MEFs, code)
		}
		for _, f := range in(p.Functions, s.ExternalID, "$") {
			parts := strings.Split(f, "$")
			x.Functions = append(x.Functions, identity.Function{Code: parts[0], Label: parts[1], Discipline: parts[2], DisciplineLabel: parts[3]})
		}
		a.Schools = append(a.Schools, x)
	}
	return a
}

// node is an element of an answer.
type node struct {
	name, text string
	children   []*node
}

func (n *node) lines(depth int, sorted bool) []string {
	var parts [][]string
	for _, c := range n.children {
		parts = append(parts, c.lines(depth+1, sorted || n.name == "userAttributes"))
	}
	if n.name == "userAttributes" {
		slices.SortFunc(parts, slices.Compare)
	}
	return append([]string{strings.Repeat(" ", depth) + n.name + "=" + strings.TrimSpace(n.text)}, slices.Concat(parts...)...)
}

// tree reads an answer without the white space between its elements; the order counts, but for userAttributes.
func tree(t *testing.T, b []byte) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(b)))
	stack := []*node{{}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		top := stack[len(stack)-1]
		switch x := token.(type) {
		case xml.StartElement:
			name := x.Name.Local
			if x.Name.Space == "" {
				name = "(none):" + name
			} else {
				require.Equal(t, cas.Namespace, x.Name.Space)
			}
			n := &node{name: name}
			top.children = append(top.children, n)
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(top.children) == 0 {
				top.text += string(x)
			}
		}
	}
	return stack[0].lines(0, false)
}

// Acceptance A14: with the attributes of the protocol the answers are valid, in the eyes of xmllint.
func TestAcceptanceA14(t *testing.T) {
	t.Parallel()
	lint := os.Getenv("CARTABLE_XMLLINT")
	if lint == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("set CARTABLE_XMLLINT")
		}
		t.Skip("set CARTABLE_XMLLINT")
	}
	schema := filepath.Join(samples.Dir(t, "identity", "cas"), "cas-service-response-3.0.1.xsd")
	w := newWorld(t, func(s *cas.Service) {
		s.Standard, s.Layout, s.ProxyTargets = true, layout(t, "milliweb"), true
		s.ProxyCallbacks = []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://app.example.org/pgt"}}
	})
	w.server.Egress = &http.Client{Transport: accepting{}}
	w.signIn()
	for name, body := range map[string]string{
		"success": w.validated("/p3/serviceValidate", app, w.ticket(app)),
		"failure": w.validated("/p3/serviceValidate", app, "ST-1"),
		"granted": w.validated("/p3/serviceValidate", app, w.ticket(app), "pgtUrl", "https://app.example.org/pgt"),
		"refused": w.get("/proxy", "pgt", "PGT-1", "targetService", app).Body.String(),
	} {
		file := filepath.Join(t.TempDir(), name+".xml")
		require.NoError(t, os.WriteFile(file, []byte(body), 0o600))
		out, err := exec.Command(lint, "--noout", "--nonet", "--schema", schema, file).CombinedOutput()
		assert.NoError(t, err, "%s: %s%s", name, out, body)
	}
}

// accepting answers 200 to everything.
type accepting struct{}

func (accepting) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: r}, nil
}

// Acceptance A3: what partners expect of two persons, element by element.
func TestAcceptanceA3(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "identity/cas/partners")
	presets := map[string]string{
		"cidj": "cidj", "edumedia": "edumedia", "englishattack": "english-attack", "externalid-stripped": "external-id", "gepi": "gepi", "kne": "kne",
		"labomep": "labomep", "lesitetv": "lesitetv", "ode": "ode", "pronote": "pronote", "proeps": "proeps", "uai": "uai", "uid": "uid",
		"universalis": "universalis", "uuid": "uuid",
	}
	people := map[string]*identity.Attributes{
		"pupil": persona(t, filepath.Join(dir, "persona-pupil.json")), "teacher": persona(t, filepath.Join(dir, "persona-teacher.json")),
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	require.NoError(t, err)
	require.Len(t, files, 17)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".xml")
		at := strings.LastIndex(name, "-")
		layout, ok := identity.Preset(presets[name[:at]])
		require.True(t, ok, name)
		c, issues := layout.Compile()
		require.Empty(t, issues, name)
		out, err := c.Release(people[name[at+1:]], identity.Context{Partner: name, School: "0350029S"})
		require.NoError(t, err, name)
		require.Empty(t, out.Issues, name)
		want, err := os.ReadFile(f)
		require.NoError(t, err)
		got := (&cas.Success{User: out.User, Style: out.Style, Values: out.Values}).XML()
		assert.Equal(t, tree(t, want), tree(t, got), name)
	}
}
