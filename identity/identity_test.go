package identity_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

func compiled(t testing.TB, document string) *identity.Compiled {
	t.Helper()
	l, issues := identity.Parse("layout.json", []byte(document))
	require.NotNil(t, l, "%v", issues)
	c, _ := l.Compile()
	require.NotNil(t, c)
	return c
}

// full is somebody of whom everything is known, each value with its source in it.
func full(p ent.Profile) *identity.Attributes {
	school := func(n string) identity.School {
		return identity.School{
			ID: ent.ID("mark-school.id" + n), UAI: ent.UAI("mark-school.uai" + n), External: "mark-school.external-id" + n, Name: "mark-school.name" + n,
			Kind: "mark-school.kind" + n, Classes: []identity.Group{{ID: ent.ID("mark-class-id" + n), Name: "mark-class" + n}},
			Groups: []identity.Group{{ID: ent.ID("mark-group-id" + n), Name: "mark-group" + n}}, MEFs: []string{"221200 mark-mefs" + n},
			Subjects: []string{"mark-subjects" + n}, Functions: []identity.Function{{"mark-code" + n, "mark-label" + n, "mark-discipline" + n, "x"}},
			Extra: map[string][]string{"inGarGroup": {"mark-extra" + n}},
		}
	}
	return &identity.Attributes{
		ID: "mark-id", Login: "mark-login", External: "RENNES-5123456", Profile: p, Name: ent.Name{Family: "mark-family", Given: "mark-given"},
		Display: "mark-display", BirthDate: ent.Date{Year: 2013, Month: 5, Day: 14},
		Mail:   identity.Mails{Internal: "mark-internal", Academy: "mark-academy", Personal: "mark-personal"},
		Mobile: "mark-mobile", Home: "mark-home",
		Address: ent.Place{Lines: []string{"mark-street"}, PostalCode: "mark-postal", Town: "mark-town"}, MEF: "mark-mef", Subjects: []string{"mark-studied"},
		Schools: []identity.School{school("1"), school("2")}, Children: []identity.Kin{{ID: "mark-child", External: "mark-child-key"}},
		Parents: []identity.Kin{{ID: "mark-parent", External: "mark-parent-key"}},
		Extra:   map[string][]string{"rights": {"mark-rights"}, "secret": {"mark-secret"}},
	}
}

// R-CAS-16: the table of partners is data, and each layout compiles without a word.
func TestRCAS16Presets(t *testing.T) {
	t.Parallel()
	ids := identity.Presets()
	assert.Len(t, ids, 41)
	for _, id := range ids {
		l, ok := identity.Preset(id)
		require.True(t, ok, id)
		assert.Equal(t, id, l.ID)
		assert.NotEmpty(t, l.Name, id)
		assert.NotEmpty(t, l.Source, id)
		c, issues := l.Compile()
		require.Empty(t, issues, id)
		for _, p := range ent.Profiles() {
			out, err := c.Release(full(p), identity.Context{Partner: id, School: "mark-school.uai1"})
			require.NoError(t, err, id)
			assert.NotEmpty(t, out.User, id)
			assert.Empty(t, out.Issues, "%s %s", id, p)
			for _, f := range out.Fields {
				assert.Contains(t, c.Fields(), f, id)
			}
		}
	}
	_, ok := identity.Preset("../codes")
	assert.False(t, ok)
}

// A layout is written and read back as the same document.
func TestLayoutIsADocument(t *testing.T) {
	t.Parallel()
	for _, id := range identity.Presets() {
		l, _ := identity.Preset(id)
		b, err := json.Marshal(l)
		require.NoError(t, err)
		assert.Contains(t, string(b), `"format":"cartable.layout/1"`)
		var back identity.Layout
		require.NoError(t, json.Unmarshal(b, &back))
		assert.Equal(t, l, back, id)
	}
	var l identity.Layout
	require.ErrorIs(t, json.Unmarshal([]byte(`{"format":"x"}`), &l), identity.CodeDocument)
}

// R-CAS-16: a source or a transform that is not known drops its element and says so; the rest is sent.
func TestRCAS16UnknownElementsAreDropped(t *testing.T) {
	t.Parallel()
	doc := `{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[
		{"name":"a","from":"no.such"},{"name":"b","from":"login","transform":["no-such"]},{"name":"c","from":"id","list":"no-such"},
		{"name":"d","from":"name.given"},{"name":"e","from":"login","transform":["date-fr"]}]}`
	l, issues := identity.Parse("x.json", []byte(doc))
	require.NotNil(t, l)
	assert.Len(t, issues, 3)
	for _, i := range issues {
		assert.Equal(t, ent.SeverityWarning, i.Severity)
		assert.Equal(t, "x.json", i.Pos.File)
	}
	c, _ := l.Compile()
	out, err := c.Release(full(ent.ProfilePupil), identity.Context{})
	require.NoError(t, err)
	assert.Equal(t, []identity.Value{{Name: "d", Text: "mark-given"}}, out.Values)
	require.Len(t, out.Issues, 1, "a login is no date")
	assert.Equal(t, identity.CodeTransform, out.Issues[0].Code)
	assert.NotContains(t, out.Issues[0].Message(ent.EN), "mark")
}

// R-CAS-17: nothing that the layout does not name leaves, and what leaves is recorded by name.
func TestRCAS17NothingElseLeaves(t *testing.T) {
	t.Parallel()
	for _, id := range identity.Presets() {
		l, _ := identity.Preset(id)
		c, _ := l.Compile()
		for _, p := range ent.Profiles() {
			a := full(p)
			whole, err := c.Release(a, identity.Context{Partner: id, School: a.Schools[0].UAI})
			require.NoError(t, err)
			text, err := json.Marshal([]any{whole.User, whole.Values})
			require.NoError(t, err)
			for mark, field := range map[string]string{
				"mark-personal": "mail.personal", "mark-academy": "mail.academy", "mark-internal": "mail.internal", "mark-mobile": "phone.mobile", "mark-home": "phone.home",
				"mark-family": "name.family", "mark-street": "address.full", "mark-postal": "address", "2013": "birth-date", "mark-secret": "extra.secret",
				"mark-child": "children", "mark-parent": "parents", "mark-mef": "mef", "mark-studied": "subjects",
			} {
				named := slices.ContainsFunc(whole.Fields, func(f ent.Field) bool { return strings.HasPrefix(string(f), field) })
				assert.Equal(t, named, bytes.Contains(text, []byte(mark)), "%s %s: %s", id, p, field)
			}
		}
	}
	l, _ := identity.Preset("edumedia")
	c, _ := l.Compile()
	out, err := c.Release(full(ent.ProfilePupil), identity.Context{})
	require.NoError(t, err)
	d := out.Disclosure("edumedia", "ressources numériques", "mission d'intérêt public", time.Unix(0, 0))
	assert.Equal(t, []ent.Field{"external-id", "login", "profile", "school.uai"}, d.Fields)
	assert.EqualValues(t, 1, d.Count)
}

// Nobody is sent under no name, nor under another one.
func TestNoPrincipalIsRefused(t *testing.T) {
	t.Parallel()
	l, _ := identity.Preset("protected-email")
	c, _ := l.Compile()
	a := full(ent.ProfileTeacher)
	out, err := c.Release(a, identity.Context{})
	require.NoError(t, err)
	assert.Equal(t, "mark-internal", out.User)
	a.Mail = identity.Mails{Personal: "mark-personal"}
	out, err = c.Release(a, identity.Context{})
	require.ErrorIs(t, err, identity.CodeNoPrincipal)
	assert.Nil(t, out)
	assert.NotContains(t, err.Error(), "mark")
}

// Only the schools that a partner may be told of are; the school that a request names must be one of the person's.
func TestSchools(t *testing.T) {
	t.Parallel()
	c := compiled(t, `{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[
		{"name":"all","from":"school.uai"},{"name":"asked","from":"requested.uai"},
		{"name":"school","each":"school","elements":[{"name":"uai","from":"school.uai","attribute":true},{"name":"class","from":"school.classes"}]}]}`)
	a := full(ent.ProfileTeacher)
	texts := func(x identity.Context) string {
		out, err := c.Release(a, x)
		require.NoError(t, err)
		return fmt.Sprint(out.Values)
	}
	assert.Contains(t, texts(identity.Context{}), "mark-school.uai2")
	one := texts(identity.Context{Schools: []ent.UAI{"mark-school.uai1"}, School: "mark-school.uai2"})
	assert.NotContains(t, one, "uai2", "neither by name")
	assert.NotContains(t, one, "asked")
	assert.Contains(t, texts(identity.Context{School: "mark-school.uai2"}), "{asked mark-school.uai2")
	assert.NotContains(t, texts(identity.Context{School: "0350029S"}), "asked")
}

// Opaque identifiers: stable for one partner, with nothing in common between two, and refused without a real key.
func TestOpaque(t *testing.T) {
	t.Parallel()
	of, err := identity.Opaque(bytes.Repeat([]byte("k"), 32))
	require.NoError(t, err)
	assert.Equal(t, of("a", "1"), of("a", "1"))
	seen := map[string]bool{}
	for _, partner := range []string{"a", "b", "a1", ""} {
		for _, id := range []ent.ID{"1", "11", "2", "b1"} {
			v := of(partner, id)
			assert.Len(t, v, 32)
			assert.False(t, seen[v], "%s %s", partner, id)
			seen[v] = true
		}
	}
	other, err := identity.Opaque(bytes.Repeat([]byte("l"), 32))
	require.NoError(t, err)
	assert.NotEqual(t, of("a", "1"), other("a", "1"))
	_, err = identity.Opaque([]byte("short"))
	require.ErrorIs(t, err, identity.CodeKey)

	c := compiled(t, `{"format":"cartable.layout/1","id":"x","principal":{"first":["opaque-id"]}}`)
	_, err = c.Release(full(ent.ProfilePupil), identity.Context{Partner: "a"})
	require.ErrorIs(t, err, identity.CodeNoPrincipal, "no other name stands in for a missing one")
	out, err := c.Release(full(ent.ProfilePupil), identity.Context{Partner: "a", Opaque: of})
	require.NoError(t, err)
	assert.Equal(t, of("a", "mark-id"), out.User)
}

// Acceptance C5 and C6.
func TestAcceptanceC5C6(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"RENNES-5123456": "5123456", "AIX-MARSEILLE-42": "42", "8b2f6c1e-2d3a-4f6b-9c47-5d0b1a7e9f10": "8b2f6c1e-2d3a-4f6b-9c47-5d0b1a7e9f10", "5123456": "5123456",
	} {
		assert.Equal(t, want, identity.StripAcademy(key))
	}
	for key, want := range map[string]string{
		"PARIS-1234": "1234020", "CRETEIL-77": "77009", "VERSAILLES-5": "5027", "AGRICOLE-8": "8028", "ENT$42": "42", "RENNES-9": "RENNES-9", "PARIS-CRIF-12": "12",
	} {
		assert.Equal(t, want, identity.AcademicSuffix(key))
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for doc, code := range map[string]ent.Code{
		`{`: identity.CodeDocument, `{"format":"other"}`: identity.CodeDocument,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"more":1}`:                                                  identity.CodeDocument,
		`{"format":"cartable.layout/1","principal":{"first":["login"]}}`:                                                                    identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":[]}}`:                                                                  identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["no.such"]}}`:                                                         identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","style":"s","principal":{"first":["login"]}}`:                                               identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[{"name":"a:b","from":"login"}]}`:                identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[{"name":"a"}]}`:                                 identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[{"name":"a","from":"login","attribute":true}]}`: identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[{"name":"a","from":"login","first":["id"]}]}`:   identity.CodeLayout,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"elements":[{"name":"a","from":"login","each":"school"}]}`:  identity.CodeLayout,
		strings.Repeat(" ", 1<<16+1): identity.CodeSize,
	} {
		l, issues := identity.Parse("x.json", []byte(doc))
		assert.Nil(t, l, "%.80s", doc)
		require.ErrorIs(t, issues.Err(), code, "%.80s", doc)
	}
}

func TestLogsHoldNoPersonalValue(t *testing.T) {
	t.Parallel()
	a := full(ent.ProfilePupil)
	l, _ := identity.Preset("milliweb")
	c, _ := l.Compile()
	released, err := c.Release(a, identity.Context{})
	require.NoError(t, err)
	var out bytes.Buffer
	for name, v := range map[string]any{
		"*Attributes": a, "Attributes": *a, "Mails": a.Mail, "Kin": a.Children[0], "*Released": released, "Released": *released, "Value": released.Values[0],
		"Principal": identity.Principal{Account: "x", Session: "mark-session"},
	} {
		slog.New(slog.NewTextHandler(&out, nil)).Info(name, "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info(name, "v", v)
		assert.NotContains(t, strings.ReplaceAll(out.String(), "mark-id", ""), "mark", name)
		out.Reset()
	}
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, identity.Catalog().Check())
}

func FuzzParse(f *testing.F) {
	for _, id := range identity.Presets() {
		b, err := os.ReadFile("presets/" + id + ".json")
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		l, _ := identity.Parse("x", b)
		if l == nil {
			return
		}
		c, _ := l.Compile()
		require.NotNil(t, c, "what is parsed compiles")
		out, err := c.Release(full(ent.ProfileTeacher), identity.Context{Partner: "p", School: "mark-school.uai1"})
		if err == nil {
			require.NotEmpty(t, out.User)
		}
	})
}

func BenchmarkRelease(b *testing.B) {
	l, _ := identity.Preset("universalis")
	c, _ := l.Compile()
	a := full(ent.ProfileTeacher)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Release(a, identity.Context{Partner: "p"}); err != nil {
			b.Fatal(err)
		}
	}
}
