package jsonschemas_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/schoollife/gradebook/competence"
)

// The scales and tables that the package gives, and the frozen one, are valid.
func TestCompetenceDocuments(t *testing.T) {
	t.Parallel()
	all := compile(t)
	scales, tables := all["schoollife/competence-scale-1"], all["schoollife/competence-table-1"]
	require.NotNil(t, scales)
	require.NotNil(t, tables)
	for _, s := range []competence.Scale{competence.EvenThirds(), competence.OneToFour()} {
		assert.NoError(t, validate(t, scales, s), s.Name)
	}
	for _, c := range []competence.Table{competence.PositionsFromPercent(), competence.StatesFromPercent(), competence.PositionsFromMeanLevel()} {
		assert.NoError(t, validate(t, tables, c), c.Name)
	}
	golden, err := os.ReadFile("../../schoollife/gradebook/competence/testdata/scale.golden.json")
	require.NoError(t, err)
	assert.NoError(t, validate(t, scales, json.RawMessage(golden)))
}

// What the readers refuse for its form, the schemas refuse too; and they take what the readers take.
func TestCompetenceDocumentsByHand(t *testing.T) {
	t.Parallel()
	all := compile(t)
	scale := func(more string) string {
		return `{"format":"cartable.competence-scale/1","levels":[{"code":"-","value":"0","label":{"fr":"non"}},{"code":"+","value":"100","label":{"fr":"oui","en":"yes"}}` + more + `}`
	}
	table := func(bounds, first string) string {
		return `{"format":"cartable.competence-table/1","target":"position","bounds":` + bounds + `,"min":"0","max":"20","bands":[{"min":"0","max":"5","code":"1","value":"1"},
			{"min":"5","max":"10","code":"2","value":"2"},{"min":"10","max":"15","code":"3","value":"3"},{"min":"15","max":` + first + `,"code":"4","value":"4"}]}`
	}
	for doc, ok := range map[string]bool{
		scale(`]`):                 true,
		scale(`],"source":"nous"`): true,
		scale(`],"more":1`):        false,
		scale(`,{"code":"x","value":100,"label":{"fr":"x"}}]`):               false,
		scale(`,{"code":"x","value":"1","label":{"en":"x"},"color":"red"}]`): false,
		`{"format":"cartable.competence-scale/2","levels":[]}`:               false,
	} {
		_, issues := competence.ParseScale("", []byte(doc))
		assert.Equal(t, ok, len(issues) == 0, doc)
		assert.Equal(t, ok, validate(t, all["schoollife/competence-scale-1"], json.RawMessage(doc)) == nil, doc)
	}
	for doc, ok := range map[string]bool{
		table(`"half-open"`, `"20"`): true,
		table(`"half-open"`, `20`):   false,
		table(`"closed"`, `"20"`):    false,
		table(`"half-open"`, `""`):   false,
	} {
		_, issues := competence.ParseTable("", []byte(doc))
		assert.Equal(t, ok, len(issues) == 0, doc)
		assert.Equal(t, ok, validate(t, all["schoollife/competence-table-1"], json.RawMessage(doc)) == nil, doc)
	}
}
