package aaf_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/aaf"
)

// open opens a sample delivery.
func open(t testing.TB, o aaf.Options, elem ...string) *aaf.Delivery {
	t.Helper()
	d, err := aaf.Open(samples.Dir(t, append([]string{"aaf"}, elem...)...), o)
	require.NoError(t, err)
	return d
}

func model(t testing.TB, elem ...string) *aaf.Model {
	t.Helper()
	m, err := open(t, aaf.Options{}, elem...).Model(context.Background())
	require.NoError(t, err)
	return m
}

// all reads every record, which must succeed.
func all(t testing.TB, r *aaf.Reader) []*aaf.Record {
	t.Helper()
	var out []*aaf.Record
	for rec, err := range r.Records() {
		require.NoError(t, err)
		out = append(out, rec)
	}
	require.True(t, r.Report().Balanced())
	return out
}

// typed reads every typed record, which must succeed.
func typed(t testing.TB, r *aaf.Reader) []aaf.Entry {
	t.Helper()
	var out []aaf.Entry
	for e, err := range r.Typed() {
		require.NoError(t, err)
		out = append(out, e)
	}
	require.True(t, r.Report().Balanced())
	return out
}

// folder writes files into a new folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	return dir
}

// relative is a file with one relative, whose attributes are given as XML.
func relative(id, attrs string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<ficAlimMENESR>
<addRequest>
<operationalAttributes><attr name="categoriePersonne"><value>PersRelEleve</value></attr></operationalAttributes>
<identifier><id>` + id + `</id></identifier>
<attributes>
<attr name="ENTPersonJointure"><value>` + id + `</value></attr>
<attr name="sn"><value>TEST</value></attr>
` + attrs + `
</attributes>
</addRequest>
</ficAlimMENESR>
`
}

func codes(r *ent.Report) string {
	var b strings.Builder
	for _, c := range r.Codes() {
		b.WriteString(string(c) + " ")
	}
	return b.String()
}
