package lsu_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/lsu"
)

// clone copies a document, through its fields only.
func clone(d *lsu.Document) *lsu.Document {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	out := &lsu.Document{}
	if err := json.Unmarshal(b, out); err != nil {
		panic(err)
	}
	return out
}

func write(t testing.TB, d *lsu.Document, o lsu.WriteOptions) (string, *ent.Report) {
	t.Helper()
	var b bytes.Buffer
	r, err := lsu.Write(&b, d, o)
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return b.String(), r
}

func read(t testing.TB, s string, o lsu.Options) *lsu.Document {
	t.Helper()
	d, r, err := lsu.Read(strings.NewReader(s), o)
	require.NoError(t, err)
	require.True(t, r.Balanced())
	require.Empty(t, r.Codes())
	require.Empty(t, r.Losses())
	return d
}

func sample(t testing.TB, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(samples.Dir(t, append([]string{"lsu"}, elem...)...))
	require.NoError(t, err)
	return string(b)
}

// schemas are the files of the versions whose schema is public.
func schemas() map[lsu.Version]string {
	return map[lsu.Version]string{
		lsu.Version2018: "import-complet-strict-v3-2018.xsd", lsu.Version201902: "import-complet-strict-v3-201902.xsd",
		lsu.Version2019: "import-bilan-complet-v3-2019.xsd", lsu.Version20190427: "import-bilan-complet-v3-20190427.xsd",
		lsu.Version2020: "import-bilan-complet-v3-2020.xsd", lsu.Version7: "import-complet-strict-v7.xsd",
		lsu.VersionFirst1: "livret-scolaire-1d-1.0b.xsd",
	}
}

// xmllint judges a file by the schema of a version.
func xmllint(t testing.TB, v lsu.Version, content string) {
	t.Helper()
	lint := os.Getenv("CARTABLE_XMLLINT")
	if lint == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("set CARTABLE_XMLLINT to the path of xmllint")
		}
		t.Skip("set CARTABLE_XMLLINT to the path of xmllint to validate against the schemas")
	}
	schema := samples.Dir(t, "lsu", schemas()[v])
	file := filepath.Join(t.TempDir(), "out.xml")
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	out, err := exec.Command(lint, "--noout", "--nonet", "--schema", schema, file).CombinedOutput()
	require.NoError(t, err, string(out))
}

// found returns the issues of a code.
func found(issues ent.Issues, c ent.Code) ent.Issues {
	var out ent.Issues
	for _, i := range issues {
		if i.Code == c {
			out = append(out, i)
		}
	}
	return out
}

// grave returns the issues that are not mere information.
func grave(issues ent.Issues) ent.Issues {
	var out ent.Issues
	for _, i := range issues {
		if i.Severity != ent.SeverityInfo {
			out = append(out, i)
		}
	}
	return out
}
