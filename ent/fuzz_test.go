package ent_test

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// parsed is what every identifier does.
type parsed interface {
	comparable
	fmt.Stringer
	encoding.TextMarshaler
}

type unmarshaler[T any] interface {
	*T
	encoding.TextUnmarshaler
}

// A fuzzed parser keeps the error text of a known defect of each code: the text of any other input of that code must
// be the same, and so holds nothing of the input.
type fuzzed[T parsed, P unmarshaler[T]] struct {
	parse func(string) (T, error)
	text  map[ent.Code]string
}

func fuzzParser[T parsed, P unmarshaler[T]](f *testing.F, parse func(string) (T, error), good []string, bad map[ent.Code]string) *fuzzed[T, P] {
	f.Helper()
	z := &fuzzed[T, P]{parse: parse, text: map[ent.Code]string{}}
	for code, in := range bad {
		_, err := parse(in)
		require.ErrorIs(f, err, code)
		z.text[code] = err.Error()
		f.Add(in)
	}
	for _, in := range good {
		_, err := parse(in)
		require.NoError(f, err)
		f.Add(in)
	}
	f.Add("")
	return z
}

func (z *fuzzed[T, P]) check(t *testing.T, in string) {
	t.Helper()
	var zero, back T
	v, err := z.parse(in)
	unmarshalled := P(&back).UnmarshalText([]byte(in))
	if err != nil {
		assert.Equal(t, zero, v, "nothing stands beside an error")
		var code ent.Code
		require.True(t, errors.As(err, &code))
		assert.Equal(t, z.text[code], err.Error())
		if unmarshalled != nil {
			assert.Equal(t, zero, back)
			require.True(t, errors.As(unmarshalled, &code))
			assert.Equal(t, z.text[code], unmarshalled.Error())
		}
		return
	}
	assert.Equal(t, in, v.String())
	require.NoError(t, unmarshalled)
	assert.Equal(t, v, back)
	text, err := v.MarshalText()
	require.NoError(t, err)
	assert.Equal(t, in, string(text))
	doc, err := json.Marshal(v)
	require.NoError(t, err)
	back = zero
	require.NoError(t, json.Unmarshal(doc, &back))
	assert.Equal(t, v, back)
}

func FuzzUAI(f *testing.F) {
	z := fuzzParser[ent.UAI](f, ent.ParseUAI, []string{"0750655E", "6200001G", "9990001X"},
		map[ent.Code]string{ent.CodeUAI: "075065E", ent.CodeUAIKey: "0750655F", ent.CodeUAIPseudo: "004001ZV"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		if u, err := ent.NewUAI(len(in) * 7919); err == nil {
			assert.True(t, u.Valid())
		}
		if u := ent.UAI(in); u.Valid() {
			assert.False(t, ent.PseudoUAI(in).Valid())
			var n int
			_, err := fmt.Sscanf(in, "%07d", &n)
			require.NoError(t, err)
			made, err := ent.NewUAI(n)
			require.NoError(t, err)
			assert.Equal(t, u, made)
		}
	})
}

func FuzzPseudoUAI(f *testing.F) {
	z := fuzzParser[ent.PseudoUAI](f, ent.ParsePseudoUAI, []string{"004001ZV", "01301RES"}, map[ent.Code]string{ent.CodeUAI: "0750655E"})
	f.Fuzz(z.check)
}

func FuzzINE(f *testing.F) {
	z := fuzzParser[ent.INE](f, ent.ParseINE, []string{"180000001JG", "1234567890A", "1234A56789B"},
		map[ent.Code]string{ent.CodeINE: "18000000JG", ent.CodeINEKey: "180000006JA"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		n, err := ent.NewINE(len(in) * 7_919_993)
		if err == nil {
			assert.True(t, n.Valid())
			assert.Equal(t, ent.INERNIE, n.Generation())
		}
		// A document keeps a RNIE number whose key is wrong, and nothing of another shape.
		var read ent.INE
		assert.Equal(t, in == "" || ent.INE(in).Generation() != "", read.UnmarshalText([]byte(in)) == nil)
	})
}

func FuzzMEF(f *testing.F) {
	z := fuzzParser[ent.MEF](f, ent.ParseMEF, []string{"10310019110", "1031000K11A"}, map[ent.Code]string{ent.CodeMEF: "1031001911"})
	f.Fuzz(z.check)
}

func FuzzSubjectCode(f *testing.F) {
	z := fuzzParser[ent.SubjectCode](f, ent.ParseSubjectCode, []string{"020900", "A10001"}, map[ent.Code]string{ent.CodeSubject: "02090"})
	f.Fuzz(z.check)
}

func FuzzSIREN(f *testing.F) {
	z := fuzzParser[ent.SIREN](f, ent.ParseSIREN, []string{"190019992", "356000000"},
		map[ent.Code]string{ent.CodeSIREN: "19001999", ent.CodeSIRENKey: "190019993"})
	f.Fuzz(z.check)
}

func FuzzSIRET(f *testing.F) {
	z := fuzzParser[ent.SIRET](f, ent.ParseSIRET, []string{"19001999200014", "35600000000048"},
		map[ent.Code]string{ent.CodeSIRET: "1900199920001", ent.CodeSIRETKey: "19001999200015"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		if n := ent.SIRET(in); n.Valid() {
			assert.Equal(t, in[:9], n.SIREN().String())
		}
	})
}

func FuzzInseeCode(f *testing.F) {
	z := fuzzParser[ent.InseeCode](f, ent.ParseInseeCode, []string{"01004", "2A004", "97105", "99100"}, map[ent.Code]string{ent.CodeInsee: "20004"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		// A commune's département is valid exactly when its own code is.
		c := ent.InseeCode(in)
		assert.Equal(t, c.Valid(), c.Departement().Valid())
	})
}

func FuzzDepartementCode(f *testing.F) {
	z := fuzzParser[ent.DepartementCode](f, ent.ParseDepartementCode, []string{"01", "2B", "974"}, map[ent.Code]string{ent.CodeDepartement: "20"})
	f.Fuzz(z.check)
}

func FuzzRegionCode(f *testing.F) {
	z := fuzzParser[ent.RegionCode](f, ent.ParseRegionCode, []string{"53", "01"}, map[ent.Code]string{ent.CodeRegion: "1"})
	f.Fuzz(z.check)
}

func FuzzAcademyCode(f *testing.F) {
	z := fuzzParser[ent.AcademyCode](f, ent.ParseAcademyCode, []string{"010", "032"}, map[ent.Code]string{ent.CodeAcademy: "000"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		if c, err := ent.NormalizeAcademyCode(in); err == nil {
			assert.True(t, c.Valid())
		} else {
			require.ErrorIs(t, err, ent.CodeAcademy)
		}
	})
}

func FuzzDate(f *testing.F) {
	z := fuzzParser[ent.Date](f, ent.ParseDate, []string{"2024-02-29", "0001-01-01", "9999-12-31"}, map[ent.Code]string{ent.CodeDate: "2023-02-29"})
	f.Add("29/02/2024")
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		if d, err := ent.ParseFrenchDate(in); err == nil {
			assert.Equal(t, in, d.French())
			back, err := ent.ParseDate(d.String())
			require.NoError(t, err)
			assert.Equal(t, d, back)
		} else {
			require.ErrorIs(t, err, ent.CodeDate)
		}
		if d, err := ent.ParseDate(in); err == nil {
			assert.Equal(t, d, d.AddDays(len(in)).AddDays(-len(in)))
			assert.True(t, ent.SchoolYearOf(d).Contains(d) || ent.SchoolYearOf(d) == 0)
		}
	})
}

func FuzzSchoolYear(f *testing.F) {
	z := fuzzParser[ent.SchoolYear](f, ent.ParseSchoolYear, []string{"2024-2025", "0001-0002"}, map[ent.Code]string{ent.CodeSchoolYear: "2024-2026"})
	f.Fuzz(func(t *testing.T, in string) {
		z.check(t, in)
		if y, err := ent.ParseSchoolYear(in); err == nil {
			assert.True(t, y.Contains(y.First()) && y.Contains(y.Last()))
			assert.False(t, y.Contains(y.First().AddDays(-1)) || y.Contains(y.Last().AddDays(1)))
		}
	})
}

func FuzzExplanation(f *testing.F) {
	f.Add([]byte(`{"format":"cartable.explanation/1","root":{"op":"sum","value":"3.50","label":{"fr":"a","en":"b"},"operands":[{"op":"given","value":"1.50"},{"op":"given","value":"2"}]}}`))
	f.Add([]byte(`{"format":"cartable.explanation/1","root":{"op":"round","value":"0","rounding":{"step":"0.01","mode":"half-up"},"operands":[{"op":"given","value":"1e999999999"}]}}`))
	f.Add([]byte(`{"format":"cartable.explanation/2"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var e ent.Explanation
		if json.Unmarshal(in, &e) != nil {
			return
		}
		if err := e.Check(); err != nil {
			require.ErrorIs(t, err, ent.CodeExplanation)
		}
		e.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent})
		checkRewritten(t, e, new(ent.Explanation))
	})
}

func FuzzReport(f *testing.F) {
	f.Add([]byte(`{"format":"cartable.report/1","tallies":{"Eleve":{"read":3,"kept":2,"refused":1}},"codes":[{"code":"X","count":25,"examples":[{"code":"X","severity":"error","pos":{"line":3},"params":[{"name":"n","kind":"decimal","value":"1.50"}],"fr":"a {n}","en":"b {n}"}]}],"losses":[{"code":"X","field":"a.b","count":2}]}`))
	f.Add([]byte(`{"format":"cartable.report/0"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var r ent.Report
		if json.Unmarshal(in, &r) != nil {
			return
		}
		require.NoError(t, r.WriteText(io.Discard, ent.EN))
		checkRewritten(t, r, new(ent.Report))
	})
}

// checkRewritten checks that writing, reading and writing again gives the same bytes.
func checkRewritten(t *testing.T, v, into any) {
	t.Helper()
	one, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(one, into))
	two, err := json.Marshal(into)
	require.NoError(t, err)
	assert.Equal(t, string(one), string(two))
}
