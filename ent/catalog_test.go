package ent_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

func TestCatalogueOfThisPackageIsComplete(t *testing.T) {
	t.Parallel()
	require.NoError(t, ent.Codes().Check())
}

// Removing any one text of any rule makes Check, and so the test above, fail.
func TestRemovingATextFails(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(*ent.Rule){
		"no French text":   func(r *ent.Rule) { r.FR = "" },
		"no English text":  func(r *ent.Rule) { r.EN = "" },
		"no source":        func(r *ent.Rule) { r.Source = "" },
		"no severity":      func(r *ent.Rule) { r.Severity = "" },
		"unknown severity": func(r *ent.Rule) { r.Severity = "grave" },
		"no code":          func(r *ent.Rule) { r.Code = "" },
		"placeholder":      func(r *ent.Rule) { r.EN += " {count}" },
	}
	for name, f := range spoil {
		for n, r := range ent.Codes().Rules() {
			all := ent.Codes().Rules()
			f(&all[n])
			assert.Error(t, ent.NewCatalog(all...).Check(), "%s in %s", name, r.Code)
		}
	}
	require.NoError(t, ent.Codes().Check(), "Rules returns a copy")
}

func TestCatalogueChecks(t *testing.T) {
	t.Parallel()
	rule := func(code ent.Code, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityInfo, FR: fr, EN: en, Source: "test"}
	}
	for name, c := range map[string]struct {
		rules []ent.Rule
		ok    bool
	}{
		"nothing":                    {nil, true},
		"same placeholders":          {[]ent.Rule{rule("A", "{x} et {y}", "{y} and {x}")}, true},
		"a placeholder twice in one": {[]ent.Rule{rule("A", "{x} {x}", "{x}")}, true},
		"another name":               {[]ent.Rule{rule("A", "{x}", "{y}")}, false},
		"only in French":             {[]ent.Rule{rule("A", "{x} a", "a")}, false},
		"only in English":            {[]ent.Rule{rule("A", "a", "{x} a")}, false},
		"a code twice":               {[]ent.Rule{rule("A", "a", "b"), rule("A", "c", "d")}, false},
	} {
		err := ent.NewCatalog(c.rules...).Check()
		assert.Equal(t, c.ok, err == nil, "%s: %v", name, err)
	}
}

func TestSeverityLabels(t *testing.T) {
	t.Parallel()
	for _, s := range []ent.Severity{ent.SeverityInfo, ent.SeverityWarning, ent.SeverityError, ent.SeverityFatal} {
		assert.NotEmpty(t, s.Label(ent.FR))
		assert.NotEmpty(t, s.Label(ent.EN))
	}
	assert.Equal(t, "x", ent.Severity("x").Label(ent.FR))
}
