package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/fees/tariff/grids"
)

func grid(t *testing.T, name string) string {
	t.Helper()
	text, ok := grids.Source(name)
	require.True(t, ok)
	path := filepath.Join(t.TempDir(), name+".yaml")
	require.NoError(t, os.WriteFile(path, text, 0o600))
	return path
}

func TestPriceOfAFamily(t *testing.T) {
	t.Parallel()
	file := grid(t, "roncq-2025")
	for _, c := range []struct {
		args []string
		code int
		out  []string
		errs []string
	}{
		{[]string{"-activity", "meal", "-quotient", "700", "-residence", "commune", "-booking", "none"}, 0, []string{"4,85\u00a0€", "Repas non réservé", "quotient familial CAF : 700 EUR"}, []string{"Les quotients de 800 à 859"}},
		{[]string{"-lang", "en", "-activity", "care", "-quotient", "700", "-residence", "commune", "-times", "16:30-18:10"}, 0, []string{"€3.40", "units begun"}, []string{"Quotients from 800 to 859"}},
		{[]string{"-activity", "care", "-quotient", "820", "-residence", "outside", "-times", "16:30-18:10"}, 2, nil, []string{"TAR-NO-BAND"}},
		{[]string{"-activity", "meal", "-residence", "commune", "-booking", "none"}, 2, nil, []string{"TAR-NO-QUOTIENT"}},
		{nil, 0, []string{"wednesday\tMercredi (AMIS) (journée)"}, nil},
	} {
		var out, errs bytes.Buffer
		assert.Equal(t, c.code, run(append(c.args, file), &out, &errs), errs.String())
		for _, w := range c.out {
			assert.Contains(t, out.String(), w)
		}
		for _, w := range c.errs {
			assert.Contains(t, errs.String(), w)
		}
	}
}

func TestATariffThatCannotBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bad.yaml")
	require.NoError(t, os.WriteFile(path, []byte("format: cartable.tariff/1\nid: a\ntitel: b\n"), 0o600))
	var out, errs bytes.Buffer
	assert.Equal(t, 1, run([]string{path}, &out, &errs))
	assert.Contains(t, errs.String(), "bad.yaml:3:1: erreur: La clé titel n'existe pas. Peut-être title ?")
	assert.Equal(t, 1, run(nil, &out, &errs))
}
