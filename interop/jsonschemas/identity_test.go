package jsonschemas_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity"
)

// What each partner receives is a valid document, and what the reader refuses the schema refuses too.
func TestIdentityDocuments(t *testing.T) {
	t.Parallel()
	s := compile(t)["identity/layout-1"]
	require.NotNil(t, s)
	for _, id := range identity.Presets() {
		l, ok := identity.Preset(id)
		require.True(t, ok)
		assert.NoError(t, validate(t, s, l), id)
	}
	for _, doc := range []string{
		`{"format":"cartable.layout/1","id":"x","principal":{"first":["login"]},"more":1}`,
		`{"format":"cartable.layout/1","id":"x","principal":{"first":"login"}}`,
		`{"format":"cartable.layout/1","id":"x","style":"s","principal":{"first":["login"]}}`,
		`{"format":"cartable.layout/2","id":"x","principal":{"first":["login"]}}`,
	} {
		l, _ := identity.Parse("", []byte(doc))
		assert.Nil(t, l, doc)
		assert.Error(t, validate(t, s, json.RawMessage(doc)), doc)
	}
}
