package access_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// The written form of the default policy is frozen, and read back.
func TestGoldenPolicy(t *testing.T) {
	t.Parallel()
	const path = "testdata/policy.golden.json"
	got, err := json.MarshalIndent(access.Default(), "", "  ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(path, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got)+"\n")
	back, issues := access.Parse(path, want)
	require.Empty(t, issues)
	assert.Equal(t, access.Default(), back)
	var p access.Policy
	require.NoError(t, json.Unmarshal(want, &p))
	assert.Equal(t, *access.Default(), p)
}

func TestDefaultIsACopy(t *testing.T) {
	t.Parallel()
	p := access.Default()
	rules := compiled(t, p)
	p.Grants[0].May[0] = "account.manage"
	p.Communication.Groups[0].LinksTo = nil
	assert.Equal(t, access.ActionPersonRead, access.Default().Grants[0].May[0])
	own := rules.Policy()
	assert.Equal(t, *access.Default(), own, "compiled rules keep their own copy")
	own.Grants[0].Who[0] = access.WhoDelegate
	assert.Equal(t, *access.Default(), rules.Policy())
	assert.True(t, rules.Logged(access.ActionSanctionRead))
	assert.False(t, rules.Logged(access.ActionMarksRead))
}

func TestPolicyChecks(t *testing.T) {
	t.Parallel()
	assert.Empty(t, access.Default().Check())
	for _, c := range []struct {
		name, text string
		want       ent.Code
		path       string
		usable     bool
	}{
		{"nobody", `"grants":[{"who":[],"may":["marks.read"],"reach":["self"]}]`, access.CodeEmpty, "$.grants[0].who", false},
		{"no action", `"grants":[{"who":["anyone"],"may":[],"reach":["self"]}]`, access.CodeEmpty, "$.grants[0].may", false},
		{"no reach", `"grants":[{"who":["anyone"],"may":["marks.read"],"reach":[]}]`, access.CodeEmpty, "$.grants[0].reach", false},
		{"unknown role", `"grants":[{"who":["anyone","everybody"],"may":["marks.read"],"reach":["self"]}]`, access.CodeWho, "$.grants[0].who[1]", false},
		{"empty profile", `"grants":[{"who":["profile:"],"may":["marks.read"],"reach":["self"]}]`, access.CodeWho, "$.grants[0].who[0]", false},
		{"unknown reach", `"grants":[{"who":["anyone"],"may":["marks.read"],"reach":["galaxy"]}]`, access.CodeSpan, "$.grants[0].reach[0]", false},
		{"reach of others", `"grants":[{"who":["profile:National_3"],"may":["marks.read"],"reach":["children"]}]`, access.CodeSpanWho, "$.grants[0].reach[0]", false},
		{"relatives of a school", `"grants":[{"who":["relative-legal"],"may":["marks.read"],"reach":["establishment"]}]`, access.CodeSpanWho, "$.grants[0].reach[0]", false},
		{"everybody everywhere", `"grants":[{"who":["anyone"],"may":["marks.read"],"reach":["all"]}]`, access.CodeSpanWho, "$.grants[0].reach[0]", false},
		{"badly formed action", `"grants":[{"who":["anyone"],"may":["Marks Read"],"reach":["self"]}]`, access.CodeAction, "$.grants[0].may[0]", false},
		{"unknown action", `"grants":[{"who":["anyone"],"may":["health.read","health.read"],"reach":["self"]}]`, access.CodeActionKept, "$.grants[0].may[0]", true},
		{"an administrator who reads", `"grants":[{"who":["delegate"],"may":["marks.read"],"reach":["establishment"]}]`, access.CodeAdminReads, "$.grants[0].may[0]", true},
		{"unknown rule", `"inCharge":"sometimes","grants":[]`, access.CodeRule, "$.inCharge", false},
		{"unknown rule at 18", `"ofAge":"never","grants":[]`, access.CodeRule, "$.ofAge", false},
		{"unknown rule of groups", `"groupTeachers":"all","grants":[]`, access.CodeRule, "$.groupTeachers", false},
		{"apart", `"grants":[],"apart":["x"]`, access.CodeAction, "$.apart[0]", false},
		{"logged", `"grants":[],"logged":["x"]`, access.CodeAction, "$.logged[0]", false},
		{"group kind", `"grants":[],"communication":{"groups":[{"kind":"x","users":"BOTH"}]}`, access.CodeGroupRule, "$.communication.groups[0].kind", false},
		{"direction", `"grants":[],"communication":{"groups":[{"kind":"staff","users":"ALL"}]}`, access.CodeGroupUsers, "$.communication.groups[0].users", false},
		{"group twice", `"grants":[],"communication":{"groups":[{"kind":"staff","users":"BOTH"},{"kind":"staff","users":"NONE"}]}`, access.CodeGroupTwice, "$.communication.groups[1]", false},
		{"link to nowhere", `"grants":[],"communication":{"groups":[{"kind":"staff","users":"BOTH","linksTo":[{"kind":"pupils"}]}]}`, access.CodeGroupUnknown, "$.communication.groups[0].linksTo[0]", false},
		{"link to some class", `"grants":[],"communication":{"groups":[{"kind":"staff","users":"BOTH","linksTo":[{"kind":"pupils","class":true}]},{"kind":"pupils","class":true,"users":"BOTH"}]}`, access.CodeGroupUnknown, "$.communication.groups[0].linksTo[0]", false},
		{"unknown key", `"grants":[],"grant":[]`, access.CodeDocument, "$", false},
		{"key twice", `"grants":[],"Grants":[]`, access.CodeDocument, "$", false},
		{"wrong type", `"grants":{}`, access.CodeDocument, "$", false},
		{"text after", `"grants":[]} {`, access.CodeDocument, "$", false},
	} {
		p, issues := access.Parse("rights.json", []byte(`{"format":"cartable.access/1","name":"n",`+c.text+`}`))
		assert.Equal(t, c.usable, p != nil, c.name)
		if assert.Len(t, issues, 1, c.name) {
			assert.Equal(t, c.want, issues[0].Code, c.name)
			assert.Equal(t, c.path, issues[0].Path, c.name)
			assert.Equal(t, "rights.json", issues[0].Pos.File, c.name)
			assert.NotContains(t, issues[0].Message(ent.FR), "{", c.name)
		}
	}
	for _, text := range []string{``, `{`, `[]`, `{"format":"cartable.access/2","name":"n","grants":[]}`, strings.Repeat(" ", 1<<18+1)} {
		p, issues := access.Parse("", []byte(text))
		assert.Nil(t, p)
		assert.Len(t, issues, 1)
	}
	_, err := (&access.Policy{InCharge: "x"}).Compile()
	require.ErrorIs(t, err, access.CodeRule)
	require.ErrorIs(t, json.Unmarshal([]byte(`{"format":"x"}`), &access.Policy{}), access.CodeDocument)
}

// A document that is read compiles, and is written and read again the same.
func FuzzParse(f *testing.F) {
	b, err := json.Marshal(access.Default())
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(`{"format":"cartable.access/1","name":"","grants":[{"who":["group:x"],"may":["a.b"],"reach":["all"],"of":["National_1"]}]}`))
	f.Add([]byte(`{"format":"cartable.access/1","grants":null,"communication":{"groups":[{"kind":"staff","users":"NONE"}],"pupilToRelatives":true}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, issues := access.Parse("f", b)
		if p == nil {
			require.NotEmpty(t, issues)
			return
		}
		_, err := p.Compile()
		require.NoError(t, err)
		written, err := json.Marshal(p)
		require.NoError(t, err)
		again, _ := access.Parse("f", written)
		require.NotNil(t, again)
		twice, err := json.Marshal(again)
		require.NoError(t, err)
		require.Equal(t, string(written), string(twice))
	})
}
