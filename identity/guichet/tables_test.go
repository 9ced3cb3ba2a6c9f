package guichet_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, guichet.Catalog().Check())
}

func TestAcceptanceC1Vectors(t *testing.T) {
	t.Parallel()
	degrees := map[ent.Degree]string{ent.FirstDegree: "1", ent.SecondDegree: "2"}
	profiles := map[ent.Profile]string{ent.ProfilePupil: "pupil", ent.ProfileRelative: "relative"}
	table := rows(t, "freduvecteur-cases.tsv")
	require.Len(t, table, 21)
	for _, c := range table {
		values := strings.Split(c[0], " ++ ")
		list, err := guichet.ParseVectors(values, guichet.VectorOptions{})
		if want, bad := strings.CutPrefix(c[1], "error "); bad {
			assert.Equal(t, want, word(err), c[0])
			assert.Empty(t, list)
			continue
		}
		require.NoError(t, err, c[0])
		assert.Len(t, list, strings.Count(c[0], " ++ ")+1)
		// A column that lists one value for each vector has commas, another one holds for all of them.
		cell := func(column, i int) string {
			parts := strings.Split(c[column], ",")
			return parts[min(i, len(parts)-1)]
		}
		for i, v := range list {
			got := []string{profiles[v.Profile], degrees[v.Degree], v.Family, v.Given, v.Pupil, string(v.School)}
			for n, g := range got {
				assert.Equal(t, cell(n+2, i), g, "%s, column %d", c[0], n+2)
			}
			s, err := v.Encode()
			require.NoError(t, err)
			back, err := guichet.ParseVector(s)
			require.NoError(t, err)
			assert.True(t, back == v)
		}
	}
}

// The row of values joined by a web-server module is refused either way.
func TestAcceptanceC1JoinedVectors(t *testing.T) {
	t.Parallel()
	joined := "4|||701294|0790031E;4|||701295|0790031E"
	assert.Equal(t, []string{"4|||701294|0790031E", "4|||701295|0790031E"}, guichet.SplitJoined(joined))
	_, err := guichet.ParseVectors(guichet.SplitJoined(joined), guichet.VectorOptions{})
	require.ErrorIs(t, err, guichet.CodeVectorSeveral)
	list, err := guichet.ParseVectors(guichet.SplitJoined(joined), guichet.VectorOptions{Allow: []ent.Code{guichet.CodeVectorSeveral}})
	require.NoError(t, err)
	assert.Len(t, list, 2)
	_, err = guichet.ParseVectors([]string{"2|MARTIN|Paule|701294|0790031E", "4|||701295|0790031E"}, guichet.VectorOptions{Allow: []ent.Code{guichet.CodeVectorSeveral}})
	require.ErrorIs(t, err, guichet.CodeVector, "mixed profiles are never tolerated")

	assert.Equal(t, []string{"a;b", "c"}, guichet.SplitJoined(`a\;b;c`))
	assert.Equal(t, `a\;b;c`, guichet.JoinValues([]string{"a;b", "c"}))
}

func TestVectorTolerances(t *testing.T) {
	t.Parallel()
	_, err := guichet.ParseVector("4|||701294|0790031E|")
	require.ErrorIs(t, err, guichet.CodeVectorTrailing)
	list, err := guichet.ParseVectors([]string{"4|||701294|0790031E||", "4|||701294|0790031E"}, guichet.VectorOptions{Allow: []ent.Code{guichet.CodeVectorTrailing}})
	require.NoError(t, err)
	assert.Len(t, list, 1, "an equal value counts once")
	_, err = guichet.ParseVector("4|||701294|0790031A")
	require.ErrorIs(t, err, ent.CodeUAIKey)
	_, err = guichet.ParseVector("4|||701294|" + strings.Repeat("0", 5000))
	require.ErrorIs(t, err, guichet.CodeLimit)
	_, err = guichet.ParseVectors(make([]string, 100), guichet.VectorOptions{})
	require.ErrorIs(t, err, guichet.CodeLimit)
	_, err = guichet.ParseVectors(nil, guichet.VectorOptions{})
	require.ErrorIs(t, err, guichet.CodeVector)
	_, err = guichet.ParseVector("2|-|'|701294|0790031E")
	require.ErrorIs(t, err, guichet.CodeVector, "a name without letters would equal any other")
	_, err = guichet.Vector{Profile: ent.ProfilePupil, Degree: ent.SecondDegree, Family: "A|B", Pupil: "7", School: "0790031E"}.Encode()
	require.ErrorIs(t, err, guichet.CodeVector)
	_, err = guichet.Vector{Profile: ent.ProfileTeacher}.Encode()
	require.ErrorIs(t, err, guichet.CodeVectorProfile)
}

func TestAcceptanceC1RNE(t *testing.T) {
	t.Parallel()
	table := rows(t, "fredurne-cases.tsv")
	require.Len(t, table, 8)
	for _, c := range table {
		name, header := strings.CutSuffix(c[0], " (header)")
		values := []string{c[1]}
		if header {
			values = strings.Split(c[1], ",")
		}
		for i, s := range values {
			var got []string
			var err error
			var zero bool
			var written string
			if name == "FrEduRne" {
				var r guichet.RNE
				r, err = guichet.ParseRNE(s)
				got = []string{string(r.UAI), r.Type, r.Category, r.Function, string(r.UAJ), r.Nature, r.Kind, r.NatureCode}
				zero, written = r.IsZero(), r.String()
			} else {
				var r guichet.RNEResp
				r, err = guichet.ParseRNEResp(s)
				got = []string{string(r.UAI), r.Type, r.Category, r.Activity, "", r.Nature, r.Kind, r.NatureCode}
				zero, written = r.IsZero(), r.String()
			}
			if c[2] == "error" {
				require.ErrorIs(t, err, guichet.CodeRNE, s)
				continue
			}
			require.NoError(t, err, s)
			assert.Equal(t, c[2] == "ok: no value", zero, s)
			for n := range got {
				parts := strings.Split(c[n+3], ",")
				assert.Equal(t, parts[min(i, len(parts)-1)], got[n], "%s, column %d", s, n+3)
			}
			assert.True(t, strings.EqualFold(s, written), s)
		}
		if c[2] == "ok: 2 values" {
			assert.Len(t, values, 2)
		}
	}
}

func TestRNEFaults(t *testing.T) {
	t.Parallel()
	_, err := guichet.ParseRNE("0590121A$UAJ$PU$DIR$0590121L$T3$LYC$3000")
	require.ErrorIs(t, err, guichet.CodeRNEUAI)
	require.ErrorIs(t, err, ent.CodeUAIKey)
	_, err = guichet.ParseRNE("0590121L$UAJ$PU$DIR$rien$T3$LYC$3000")
	require.ErrorIs(t, err, guichet.CodeRNEUAI)
	_, err = guichet.ParseRNE(strings.Repeat("x", 5000))
	require.ErrorIs(t, err, guichet.CodeLimit)
	_, err = guichet.ParseRNEResp("0590121L\x00")
	require.ErrorIs(t, err, guichet.CodeRNE)
	r, err := guichet.ParseRNE("0590121L$UAJ$PU$DIR$X$T3$LYC$3000")
	require.NoError(t, err)
	assert.Empty(t, r.UAJ)
}

func TestAcceptanceC2References(t *testing.T) {
	t.Parallel()
	bare := guichet.KeyPolicy{Form: guichet.KeyBare, Academies: []string{"14"}}
	for _, c := range []struct {
		name   string
		policy guichet.KeyPolicy
		values []string
		want   []string
		err    string
	}{
		{"prefixed", guichet.KeyPolicy{}, []string{"{AAF}14|1|5123456"}, []string{"RENNES-5123456"}, "ok"},
		{"no prefix", bare, []string{"{AAF}14|1|5123456"}, []string{"5123456"}, "ok"},
		{"private", guichet.KeyPolicy{Private: true}, []string{"{AAF}14|1|5123456"}, []string{"RENNES-5123456", "PRENNES-5123456"}, "ok"},
		{"jointure", guichet.KeyPolicy{Form: guichet.KeyJointure}, []string{"{AAF}14|1|5123456"}, []string{"AC-RENNES$5123456"}, "ok"},
		{"other name", guichet.KeyPolicy{Names: map[string]string{"41": "POLYNESIE_FRANCAISE"}}, []string{"{AAF}41||7"}, []string{"POLYNESIE_FRANCAISE-7"}, "ok"},
		{"unknown academy", guichet.KeyPolicy{}, []string{"{AAF}77|1|5"}, nil, "invalid.joinKey"},
		{"two parts", guichet.KeyPolicy{}, []string{"{AAF}14|5123456"}, nil, "invalid.joinKey"},
		{"other source", guichet.KeyPolicy{}, []string{"{ECT}14|1|5"}, nil, "invalid.vector"},
		{"none", guichet.KeyPolicy{}, nil, nil, "invalid.vector"},
		{"bad and good", guichet.KeyPolicy{}, []string{"{AAF}77|1|5", "{ECT-ENT}14|1|9", "{AAF}14|1|5123456", "{AAF}14|1|5123456"}, []string{"RENNES-5123456"}, "ok"},
		{"academy not served", bare, []string{"{AAF}16|1|5123456"}, nil, "invalid.joinKey"},
		{"one digit served", guichet.KeyPolicy{Form: guichet.KeyBare, Academies: []string{"1"}}, []string{"{AAF}01|1|5"}, []string{"5"}, "ok"},
		{"an id that is a query", guichet.KeyPolicy{}, []string{"{AAF}14|1|*)(uid=*"}, nil, "invalid.joinKey"},
	} {
		keys, err := c.policy.Keys(c.values)
		assert.Equal(t, c.err, word(err), c.name)
		assert.Equal(t, c.want, keys, c.name)
	}
	for _, p := range []guichet.KeyPolicy{{Form: guichet.KeyBare}, {Form: "other"}, {Academies: []string{"77"}}} {
		_, err := p.Keys([]string{"{AAF}14|1|5123456"})
		require.ErrorIs(t, err, guichet.CodeKeyPolicy)
	}
	_, err := guichet.KeyPolicy{}.Keys(make([]string, 100))
	require.ErrorIs(t, err, guichet.CodeLimit)
}

// R-EDU-2: a reference is a typed value, an unknown source is kept, and it is written back as it was.
func TestREDU2TypedReference(t *testing.T) {
	t.Parallel()
	r, err := guichet.ParseReference("{ECT-ENT}1|quoi|A-5")
	require.NoError(t, err)
	assert.True(t, r == guichet.Reference{Source: "ECT-ENT", Academy: "1", Middle: "quoi", ID: "A-5"})
	s, err := r.Encode()
	require.NoError(t, err)
	assert.Equal(t, "{ECT-ENT}1|quoi|A-5", s)
	_, err = guichet.KeyPolicy{}.KeysOf(r)
	require.ErrorIs(t, err, guichet.CodeNoReference)
	for _, bad := range []string{"", "AAF14|1|5", "{}14|1|5", "{AAF}|1|5", "{AAF}014|1|5", "{AAF}14|1|", "{AAF}14|1|5|6", "{AAF}14|1|5 6"} {
		_, err := guichet.ParseReference(bad)
		require.ErrorIs(t, err, guichet.CodeReference, bad)
	}
	_, err = guichet.Reference{Source: "AAF", Academy: "14", Middle: "a|b", ID: "5"}.Encode()
	require.ErrorIs(t, err, guichet.CodeReference)
}

func TestAcceptanceC3Jointure(t *testing.T) {
	t.Parallel()
	j, err := guichet.ParseJointure("AC-RENNES$5123456")
	require.NoError(t, err)
	assert.True(t, j == guichet.Jointure{Source: "AC-RENNES", Key: "5123456"})
	s, err := j.Encode()
	require.NoError(t, err)
	assert.Equal(t, "AC-RENNES$5123456", s)
	for _, bad := range []string{"", "AC-RENNES", "$5", "AC-RENNES$", "A$B$C"} {
		_, err := guichet.ParseJointure(bad)
		require.ErrorIs(t, err, guichet.CodeJointure, bad)
	}
	_, err = guichet.Jointure{Source: "A$B", Key: "C"}.Encode()
	require.ErrorIs(t, err, guichet.CodeJointure)
}

func TestAcceptanceC4Academies(t *testing.T) {
	t.Parallel()
	table := rows(t, "academies.tsv")
	require.Len(t, table, 47)
	all := guichet.Academies()
	require.Len(t, all, 47)
	for i, c := range table {
		assert.Equal(t, guichet.Academy{Number: c[1], Name: c[2]}, all[i])
		for _, number := range c[:2] {
			a, ok := guichet.AcademyOf(number)
			assert.True(t, ok, number)
			assert.Equal(t, c[2], a.Name, number)
		}
	}
	one, _ := guichet.AcademyOf("1")
	two, _ := guichet.AcademyOf("01")
	assert.Equal(t, "PARIS", one.Name)
	assert.Equal(t, one, two)
	_, ok := guichet.AcademyOf("")
	assert.False(t, ok)
	code, ok := one.Code()
	assert.True(t, ok)
	assert.Equal(t, ent.AcademyCode("001"), code)
	abroad, _ := guichet.AcademyOf("0")
	_, ok = abroad.Code()
	assert.False(t, ok)
}
