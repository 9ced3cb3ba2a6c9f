package lsu_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

// codesOf reads a text and returns the codes of its issues.
func codesOf(t testing.TB, s string, o lsu.Options) (*lsu.Document, *ent.Report, []ent.Code) {
	t.Helper()
	var codes []ent.Code
	o.OnIssue = func(i ent.Issue) { codes = append(codes, i.Code) }
	d, r, err := lsu.Read(strings.NewReader(s), o)
	require.NoError(t, err)
	return d, r, codes
}

// The same document under a prefix, with CDATA, comments and other booleans, is the same.
func TestReadForms(t *testing.T) {
	t.Parallel()
	plain := sample(t, "cases", "v00-minimal.xml")
	want := read(t, plain, lsu.Options{Version: lsu.Version7})
	prefixed := strings.NewReplacer("</", "</l:", "<?", "<?", `xmlns="`, `xmlns:l="`, "<", "<l:").Replace(plain)
	prefixed = strings.ReplaceAll(strings.ReplaceAll(prefixed, "<l:/l:", "</l:"), "<l:?", "<?")
	for name, s := range map[string]string{
		"prefix":          prefixed,
		"cdata":           strings.Replace(plain, "Bon trimestre.", "<![CDATA[Bon ]]><!-- x -->trimestre.", 1),
		"reference":       strings.Replace(plain, "Bon trimestre.", "&#66;on trimestre.\r\n ", 1),
		"boolean":         strings.Replace(plain, `eleve-non-note="true"`, `eleve-non-note=" 1 "`, 1),
		"schema location": strings.Replace(plain, "<lsun-bilans ", `<lsun-bilans xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" `, 1),
	} {
		require.NotEqual(t, plain, s, name)
		require.Equal(t, want, read(t, s, lsu.Options{Version: lsu.Version7}), name)
	}
}

// What the model does not know is counted, and refused by a version that does not know it either.
func TestReadUnknown(t *testing.T) {
	t.Parallel()
	plain := sample(t, "cases", "v00-minimal.xml")
	s := strings.Replace(plain, "<acquis-conseils>", `<moyennes-annuelles><moyenne x="1">12</moyenne></moyennes-annuelles><acquis-conseils>`, 1)
	s = strings.Replace(s, `code="061300"`, `code="061300" couleur="rouge"`, 1)
	d, r, codes := codesOf(t, s, lsu.Options{})
	require.Empty(t, codes)
	require.Equal(t, []ent.Loss{{Code: lsu.CodeNotKept, Field: "couleur", Count: 1}, {Code: lsu.CodeNotKept, Field: "moyennes-annuelles", Count: 1}}, r.Losses())
	require.Equal(t, read(t, plain, lsu.Options{}), d)
	_, _, codes = codesOf(t, s, lsu.Options{Version: lsu.Version7})
	require.Equal(t, []ent.Code{lsu.CodeAttributeUnknown, lsu.CodeUnexpected}, codes)
	// An element of another namespace is not ours.
	s = strings.Replace(plain, "<acquis-conseils>", `<x xmlns="urn:other"><acquis-conseils>no</acquis-conseils></x><acquis-conseils>`, 1)
	d, r, _ = codesOf(t, s, lsu.Options{})
	require.Len(t, r.Losses(), 1)
	require.Equal(t, "Ensemble solide.", d.Periodic[0].Appraisal)
}

// A value that cannot be read is an issue with its line, and missing.
func TestReadValues(t *testing.T) {
	t.Parallel()
	plain := sample(t, "cases", "v00-minimal.xml")
	for _, c := range [][2]string{
		{`nb-retards="2"`, `nb-retards="deux"`},
		{`date-scolarite="2025-11-28"`, `date-scolarite="28/11/2025"`},
		{`legal1="true"`, `legal1="oui"`},
		{`indice="1"`, `indice="99999999999"`},
	} {
		var issues ent.Issues
		_, _, err := lsu.Read(strings.NewReader(strings.Replace(plain, c[0], c[1], 1)), lsu.Options{File: "x.xml", OnIssue: func(i ent.Issue) { issues = append(issues, i) }})
		require.NoError(t, err)
		require.Len(t, issues, 1)
		require.Equal(t, lsu.CodeUnreadable, issues[0].Code)
		require.Positive(t, issues[0].Pos.Line)
		require.Equal(t, "x.xml", issues[0].Pos.File)
		_, _, codes := codesOf(t, strings.Replace(plain, c[0], c[1], 1), lsu.Options{Version: lsu.Version7})
		require.NotContains(t, codes, lsu.CodeUnreadable, "the schema has told it")
		require.NotEmpty(t, codes)
	}
}

// What stops the reading.
func TestReadRefused(t *testing.T) {
	t.Parallel()
	plain := sample(t, "cases", "v00-minimal.xml")
	for name, c := range map[string]struct {
		content string
		limits  lsu.Limits
		code    ent.Code
	}{
		"cut":           {content: plain[:len(plain)/2], code: lsu.CodeSyntax},
		"empty":         {content: "", code: lsu.CodeSyntax},
		"not xml":       {content: "a;b;c", code: lsu.CodeSyntax},
		"entity":        {content: strings.Replace(plain, "<lsun-bilans", `<!DOCTYPE x [<!ENTITY a "b">]><lsun-bilans`, 1), code: lsu.CodeSyntax},
		"another root":  {content: `<html/>`, code: lsu.CodeRoot},
		"rss":           {content: `<x xmlns="` + lsu.Namespace + `"/>`, code: lsu.CodeRoot},
		"too large":     {content: plain, limits: lsu.Limits{Bytes: 1000}, code: lsu.CodeLimit},
		"too deep":      {content: plain, limits: lsu.Limits{Depth: 3}, code: lsu.CodeLimit},
		"token too big": {content: strings.Replace(plain, "Ensemble", strings.Repeat("a", 1<<18), 1), limits: lsu.Limits{Token: 1 << 17}, code: lsu.CodeLimit},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, v := range []lsu.Version{"", lsu.Version7} {
				d, r, err := lsu.Read(strings.NewReader(c.content), lsu.Options{Version: v, Limits: c.limits})
				require.ErrorIs(t, err, c.code)
				require.Nil(t, d)
				require.Positive(t, r.CountOf(c.code))
				require.True(t, r.Balanced())
			}
		})
	}
	broken := errors.New("broken")
	_, _, err := lsu.Read(io.MultiReader(strings.NewReader(plain[:900]), iotest.ErrReader(broken)), lsu.Options{})
	require.ErrorIs(t, err, lsu.CodeReadFailed)
	require.ErrorIs(t, err, broken)
	_, _, err = lsu.Read(strings.NewReader(plain), lsu.Options{Version: "8"})
	require.ErrorIs(t, err, lsu.CodeVersion)
}

// Faults of form beside those of the cases, each with the rule that the JDK names.
func TestSchemaRules(t *testing.T) {
	t.Parallel()
	plain := sample(t, "cases", "v00-minimal.xml")
	for name, c := range map[string]struct{ from, to, rule string }{
		"id twice":            {`id="EL_100002"`, `id="EL_100001"`, "cvc-id.2"},
		"text among elements": {"<eleves>", "<eleves>oups", "cvc-complex-type.2.3"},
		"element in a text":   {"Bon trimestre.", "Bon <b>trimestre</b>.", "cvc-type.3.1.2"},
		"nothing more":        {"</lsun-bilans>", "<donnees/></lsun-bilans>", "cvc-complex-type.2.4.d"},
		"nine components":     {`<domaine code="REP_MND" positionnement="3"/>`, `<domaine code="REP_MND" positionnement="3"/><domaine code="CPD_FRA" positionnement="3"/>`, "cvc-complex-type.2.4.f"},
		"header twice":        {"<application>", "<editeur>E</editeur><application>", "cvc-complex-type.2.4.a"},
		"no editor":           {"<editeur>EXEMPLE</editeur>", "", "cvc-complex-type.2.4.b"},
		"empty references":    {`enseignant-refs="ENS_8950"`, `enseignant-refs=" "`, "cvc-minLength-valid"},
		"an impossible day":   {`date-scolarite="2025-11-28"`, `date-scolarite="2025-11-31"`, "cvc-datatype-valid.1.2.1"},
		"carriage return":     {"Bon trimestre.", "Bon&#13;trimestre.", "cvc-pattern-valid"},
		"same number twice":   {`id-be="100002"`, `id-be="0100001"`, "cvc-identity-constraint.4.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := strings.Replace(plain, c.from, c.to, 1)
			require.NotEqual(t, plain, s)
			_, _, codes := codesOf(t, s, lsu.Options{Version: lsu.Version7})
			require.NotEmpty(t, codes)
			require.Equal(t, c.rule, lsu.SchemaRule(codes[0]), "%v", codes)
		})
	}
	require.Empty(t, lsu.SchemaRule(lsu.CodeAppraisal))
}
