package cas

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/internal/samples"
)

// table reads a table of the samples, without its first line.
func table(t *testing.T, elem ...string) [][]string {
	t.Helper()
	b, err := os.ReadFile(samples.Dir(t, elem...))
	require.NoError(t, err)
	var out [][]string
	for _, line := range strings.Split(strings.TrimRight(string(b), "\n"), "\n")[1:] {
		out = append(out, strings.Split(line, "\t"))
	}
	return out
}

// Acceptance A2 and R-CAS-10: which addresses a registration covers.
func TestRCAS10Registration(t *testing.T) {
	t.Parallel()
	rows := table(t, "identity", "cas", "service-registration-cases.tsv")
	require.Len(t, rows, 37)
	for _, row := range rows {
		r := URLRule{Mode: Mode(row[0]), URL: row[1]}
		c, err := r.compile()
		got := "deny"
		if err == nil {
			if u, bad := parseService(row[2], true); bad == nil && c.covers(row[2], u) {
				got = "allow"
			}
		}
		assert.Equal(t, row[3], got, "%s %s for %s: %s", row[0], row[1], row[2], row[4])
	}
	open := URLRule{Mode: ModeRegexp, URL: `https://app.example.org/.*`}
	_, err := open.compile()
	require.ErrorIs(t, err, CodeURLRule, "an unescaped dot in the host is refused at registration")
	open.AnyDot = true
	_, err = open.compile()
	require.NoError(t, err, "unless somebody says so")
	for _, r := range []URLRule{
		{ModePrefix, "http://app.example.org/", false, false},
		{ModePrefix, "app.example.org", false, false},
		{"", "https://app.example.org/", false, false},
		{ModeWildcardHost, "https://*.fr/", false, false},
		{ModeWildcardHost, "https://a.*.example.org/", false, false},
		{ModeRegexp, "https://(", false, false},
		{ModePrefix, "https://app.example.org/?x=1", false, false},
		{ModePrefix, "https://écol.example.org/", false, false},
	} {
		_, err := r.compile()
		require.ErrorIs(t, err, CodeURLRule, "%s %s", r.Mode, r.URL)
	}
}

// Acceptance A2 and R-CAS-11: when the address of the validation is that of the login.
func TestRCAS11Equality(t *testing.T) {
	t.Parallel()
	rows := table(t, "identity", "cas", "service-equality-cases.tsv")
	require.Len(t, rows, 19)
	for _, row := range rows {
		a, err := parseService(row[0], true)
		require.NoError(t, err, row[0])
		b, err := parseService(row[1], true)
		require.NoError(t, err, row[1])
		got := "different"
		if normal(a, false) == normal(b, false) {
			got = "same"
		}
		assert.Equal(t, row[2], got, "%s and %s", row[0], row[1])
	}
	a, _ := parseService("https://app.example.org/X", true)
	b, _ := parseService("https://APP.example.org/x", true)
	assert.Equal(t, normal(a, true), normal(b, true), "for old clients, by an option of the service")
}

func FuzzServiceURL(f *testing.F) {
	for _, s := range []string{"https://app.example.org/x?a=1#f", "https://a@b/", "https://app.example.org/%2e%2e/", "https://[::1]:8443/x;jsessionid=A", "http:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := parseService(s, true)
		if err != nil {
			return
		}
		assert.NotContains(t, s, "\\")
		n := normal(u, false)
		again, err := parseService(n, true)
		if assert.NoError(t, err, "%q", n) {
			assert.Equal(t, n, normal(again, false), "%q", s)
		}
		r := URLRule{Mode: ModePrefix, URL: "https://app.example.org/"}
		c, err := r.compile()
		require.NoError(t, err)
		if c.covers(s, u) {
			assert.Equal(t, "app.example.org", strings.ToLower(u.Hostname()))
		}
	})
}
