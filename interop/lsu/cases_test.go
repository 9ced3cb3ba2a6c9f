package lsu_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/lsu"
)

// toV3 rewrites a case for the edition of 2020 as the README of the samples says.
func toV3(s string) string {
	s = strings.Replace(s, `schemaVersion="7.0"`, `schemaVersion="2.0"`, 1)
	var b strings.Builder
	for {
		i := strings.Index(s, "<bilan-periodique ")
		if j := strings.Index(s, "<bilan-cycle "); i < 0 || j >= 0 && j < i {
			i = j
		}
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := i + strings.IndexByte(s[i:], '>')
		tag := s[i:end]
		if !strings.Contains(tag, "date-verrou=") {
			tag += ` date-verrou="2026-06-10"`
		}
		b.WriteString(s[:i] + tag)
		s = s[end:]
	}
}

// J1: the 45 cases, in both versions, with the rule of the schema.
func TestAcceptanceJ1(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "lsu", "cases")
	f, err := os.Open(filepath.Join(dir, "expected.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 46)
	for _, row := range rows[1:] {
		b, err := os.ReadFile(filepath.Join(dir, row[0]))
		require.NoError(t, err)
		for i, v := range []lsu.Version{lsu.Version7, lsu.Version2020} {
			t.Run(row[0]+"/"+string(v), func(t *testing.T) {
				t.Parallel()
				content := string(b)
				if v == lsu.Version2020 {
					content = toV3(content)
				}
				var rules []string
				var issues ent.Issues
				_, _, err := lsu.Read(strings.NewReader(content), lsu.Options{Version: v, OnIssue: func(i ent.Issue) {
					issues = append(issues, i)
					if r := lsu.SchemaRule(i.Code); r != "" {
						rules = append(rules, r)
						require.Positive(t, i.Pos.Line)
					}
				}})
				require.NoError(t, err)
				if row[2+2*i] == "valid" {
					require.Empty(t, rules, "%v", issues)
					return
				}
				require.Equal(t, "invalid", row[2+2*i])
				require.NotEmpty(t, rules)
				require.Equal(t, row[3+2*i], rules[0], "%v", issues)
			})
		}
	}
}
