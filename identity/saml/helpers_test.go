package saml_test

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/csv"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/internal/samples"
)

const (
	spID     = "http://localhost:9085/sp"
	acs      = "http://localhost:9085/mellon/postResponse"
	slo      = "http://localhost:9085/mellon/logout"
	sspID    = "http://localhost:9084/simplesamlphp/saml2/idp/metadata.php"
	llngID   = "https://localhost:9443/saml/metadata"
	password = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password"

	// The pupil's response, and the parent's.
	eleve, eleveRequest   = "valid/ssp-assertion-signed-only-eleve.xml", "_BA803CAD30AF6ADF070B61F467E9705C"
	parent, parentRequest = "valid/ssp-both-signed-parent-2vectors.xml", "_21D7C1A258835D1715A4B3856D27D29A"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func instant() time.Time { return at("2026-11-22T07:59:00Z") }

func clock(t time.Time) func() time.Time { return func() time.Time { return t } }

func dir(t testing.TB) string {
	t.Helper()
	return samples.Dir(t, "identity", "saml")
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir(t), filepath.FromSlash(name)))
	require.NoError(t, err)
	return data
}

func encode[T ~string | ~[]byte](data T) string {
	return base64.StdEncoding.EncodeToString([]byte(data))
}

func key(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	block, _ := pem.Decode(sample(t, "keys/"+name+"-test.key"))
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	return k.(*rsa.PrivateKey)
}

func certificate(t testing.TB, name string) []byte {
	t.Helper()
	block, _ := pem.Decode(sample(t, "keys/"+name+"-test.pem"))
	return block.Bytes
}

// config is that of the service of the samples, which knows both providers by their metadata.
func config(t testing.TB, allow ...saml.Tolerance) saml.Config {
	t.Helper()
	c := saml.Config{
		EntityID: spID, ACS: acs, Logout: []string{slo}, Keys: []crypto.Decrypter{key(t, "sp")},
		Replay: &saml.MemoryReplay{Clock: clock(instant())}, Clock: clock(instant()),
	}
	for _, name := range []string{"metadata/idp-simplesamlphp.xml", "metadata/idp-lemonldap.xml"} {
		list, err := saml.ReadMetadata(sample(t, name))
		require.NoError(t, err)
		p, ok := list[0].Peer(saml.RoleIDP)
		require.True(t, ok)
		p.Contexts, p.Allow = []string{password}, allow
		c.Peers = append(c.Peers, p)
	}
	return c
}

func receiver(t testing.TB, c saml.Config) *saml.Receiver {
	t.Helper()
	r, err := saml.New(c)
	require.NoError(t, err)
	return r
}

// row is a line of expected.tsv.
type row struct{ file, group, verdict, why, crewjam, request, at string }

func expected(t testing.TB) []row {
	t.Helper()
	f, err := os.Open(filepath.Join(dir(t), "expected.tsv"))
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	lines, err := r.ReadAll()
	require.NoError(t, err)
	var out []row
	for _, l := range lines[1:] {
		out = append(out, row{file: l[0], group: l[1], verdict: l[2], why: l[3], crewjam: l[4], request: l[6], at: l[7]})
	}
	return out
}

func (r row) path() string {
	if r.group == "attack" {
		return "attacks/" + r.file
	}
	return r.group + "/" + r.file
}

func everything() []saml.Tolerance {
	return []saml.Tolerance{
		saml.ToleranceSHA1, saml.ToleranceShortKey, saml.ToleranceInclusive, saml.ToleranceResponseSignature,
		saml.ToleranceUnsolicited, saml.ToleranceRSA15, saml.ToleranceTripleDES,
	}
}

func background() context.Context { return context.Background() }
