package strictjson_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/internal/strictjson"
)

type document struct {
	Name string `json:"name"`
	List []int  `json:"list"`
}

func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		field        string
		line, column int
	}{
		`{"name":"a","list":[1]}`:          {},
		"{\n \"name\":3}":                  {"name", 2, 9},
		"{\n \"nom\":\"a\"}":               {"nom", 2, 2},
		"{\"name\":\"a\",\n\"Name\":\"\"}": {"Name", 2, 6},
		`{"name":"a"} x`:                   {"document", 1, 13},
		`{"name":`:                         {"document", 1, 8},
		`{"name":"é" "list":[]}`:           {"document", 1, 13},
	} {
		var d document
		f := strictjson.Read("a.json", []byte(text), &d)
		if want.line == 0 {
			require.Nil(t, f, text)
			continue
		}
		require.NotNil(t, f, text)
		assert.Equal(t, want.field, string(f.Field), text)
		assert.Equal(t, want.line, f.Pos.Line, text)
		assert.Equal(t, want.column, f.Pos.Column, text)
		assert.Equal(t, "a.json", f.Pos.File)
		assert.NotContains(t, f.Error(), "é")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"name":"a","list":[1]}`))
	f.Add([]byte(`{"name":"a","Name":"b"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var d, loose document
		fault := strictjson.Read("a", b, &d)
		if fault != nil {
			return
		}
		if err := json.Unmarshal(b, &loose); err != nil {
			t.Fatal("accepts what is no JSON")
		}
	})
}
