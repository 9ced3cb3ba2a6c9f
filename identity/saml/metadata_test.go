package saml_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

const md = `xmlns="urn:oasis:names:tc:SAML:2.0:metadata"`

func TestMetadataThatIsNested(t *testing.T) {
	t.Parallel()
	list, err := saml.ReadMetadata([]byte(`<EntitiesDescriptor ` + md + ` validUntil="2026-12-01T00:00:00Z" cacheDuration="PT1H">
		<Extensions/>
		<EntityDescriptor entityID="a" cacheDuration="P1D"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" validUntil="2026-11-30T00:00:00Z"/></EntityDescriptor>
		<EntitiesDescriptor validUntil="2027-01-01T00:00:00Z" cacheDuration="PT15M">
			<EntityDescriptor entityID="b"><x:Role xmlns:x="urn:x" protocolSupportEnumeration="x"/><Organization/></EntityDescriptor>
			<EntityDescriptor entityID="c" validUntil="2026-11-25T00:00:00Z"/>
		</EntitiesDescriptor>
	</EntitiesDescriptor>`))
	require.NoError(t, err)
	require.Len(t, list, 3)
	assert.Equal(t, "a", list[0].ID)
	assert.Equal(t, at("2026-12-01T00:00:00Z"), list[0].ValidUntil)
	assert.Equal(t, time.Hour, list[0].CacheDuration)
	p, ok := list[0].Peer(saml.RoleSP)
	require.True(t, ok)
	assert.Equal(t, at("2026-11-30T00:00:00Z"), p.ValidUntil, "that of the role")
	_, ok = list[0].Peer(saml.RoleIDP)
	assert.False(t, ok)
	assert.Equal(t, at("2026-12-01T00:00:00Z"), list[1].ValidUntil, "what surrounds it ends sooner")
	assert.Equal(t, 15*time.Minute, list[1].CacheDuration)
	assert.Empty(t, list[1].Roles)
	assert.Equal(t, at("2026-11-25T00:00:00Z"), list[2].ValidUntil)
}

func TestMetadataThatIsRefused(t *testing.T) {
	t.Parallel()
	entity := func(attrs, inside string) string {
		return `<EntityDescriptor ` + md + ` ` + attrs + `>` + inside + `</EntityDescriptor>`
	}
	const saml2 = `protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"`
	for name, c := range map[string]struct {
		document string
		want     ent.Code
	}{
		"another root":         {`<a/>`, saml.CodeMetadata},
		"another namespace":    {`<EntityDescriptor entityID="a"/>`, saml.CodeMetadata},
		"no name":              {entity("", ""), saml.CodeMetadata},
		"an unreadable end":    {entity(`entityID="a" validUntil="tomorrow"`, ""), saml.CodeMetadata},
		"an unreadable length": {entity(`entityID="a" cacheDuration="1h"`, ""), saml.CodeMetadata},
		"no boolean":           {entity(`entityID="a"`, `<SPSSODescriptor `+saml2+` AuthnRequestsSigned="yes"/>`), saml.CodeMetadata},
		"no number":            {entity(`entityID="a"`, `<SPSSODescriptor `+saml2+`><AssertionConsumerService Binding="b" Location="l" index="x"/></SPSSODescriptor>`), saml.CodeMetadata},
		"no certificate":       {entity(`entityID="a"`, `<SPSSODescriptor `+saml2+`><KeyDescriptor><KeyInfo xmlns="`+ds+`"><X509Data><X509Certificate>*</X509Certificate></X509Data></KeyInfo></KeyDescriptor></SPSSODescriptor>`), saml.CodeMetadata},
		"a DOCTYPE":            {`<!DOCTYPE a>` + entity(`entityID="a"`, ""), saml.CodeXML},
		"too long":             {strings.Repeat(" ", saml.MaxMetadata) + entity(`entityID="a"`, ""), saml.CodeTooLarge},
	} {
		_, err := saml.ReadMetadata([]byte(c.document))
		require.ErrorIs(t, err, c.want, name)
	}
}

func TestMetadataThatIsSigned(t *testing.T) {
	t.Parallel()
	document := `<EntitiesDescriptor ` + md + ` ID="_m"><EntityDescriptor entityID="a"/></EntitiesDescriptor>`
	// The signature comes after a first child.
	signed := sign(t, change(t, document, "><EntityDescriptor", "><Extensions/><EntityDescriptor"), "_m", recipe{})
	publisher := saml.Peer{Keys: []crypto.PublicKey{&key(t, "attacker").PublicKey, &key(t, "idp").PublicKey}}
	list, err := saml.VerifyMetadata([]byte(signed), publisher)
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, err = saml.VerifyMetadata([]byte(change(t, signed, `entityID="a"`, `entityID="b"`)), publisher)
	require.ErrorIs(t, err, saml.CodeSignature)
	_, err = saml.VerifyMetadata([]byte(document), publisher)
	require.ErrorIs(t, err, saml.CodeUnsigned)
	_, err = saml.VerifyMetadata([]byte(signed), saml.Peer{})
	require.ErrorIs(t, err, saml.CodeKey)
}

// A certificate that ended in 2012, with a negative serial number that crypto/x509 refuses, carries a key.
func TestKeysOfOldCertificates(t *testing.T) {
	t.Parallel()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{CommonName: "x"}, NotAfter: at("2012-01-01T00:00:00Z")}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	require.NoError(t, err)
	i := strings.Index(string(der), "\x02\x02\x12\x34")
	require.Positive(t, i)
	der[i+2] = 0x92
	_, err = x509.ParseCertificate(der)
	require.Error(t, err)
	for text, readable := range map[string]bool{encode(der): true, encode(der[:40]): false, encode("x"): false} {
		list, err := saml.ReadMetadata([]byte(fmt.Sprintf(`<EntityDescriptor %s entityID="a"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor><KeyInfo xmlns="%s"><X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor></IDPSSODescriptor></EntityDescriptor>`, md, ds, text)))
		require.NoError(t, err)
		role, ok := list[0].Role(saml.RoleIDP)
		require.True(t, ok)
		require.Len(t, role.Keys, 1)
		if !readable {
			assert.Nil(t, role.Keys[0].Public)
			assert.Empty(t, role.SigningKeys())
			continue
		}
		require.Len(t, role.SigningKeys(), 1)
		assert.True(t, k.PublicKey.Equal(role.SigningKeys()[0]))
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Duration{
		"PT1H": time.Hour, "P1D": 24 * time.Hour, "P1DT12H30M5.5S": 36*time.Hour + 30*time.Minute + 5*time.Second,
		"PT0S": 0, "P1M": 30 * 24 * time.Hour, "PT1M": time.Minute, "P1Y": 365 * 24 * time.Hour, "\nPT5M\n": 5 * time.Minute,
	} {
		got, ok := saml.DurationForTest(s)
		assert.True(t, ok, s)
		assert.Equal(t, want, got, s)
	}
	for _, s := range []string{"", "P", "1H", "PT", "-PT1H", "P1H", "PT1D", "P1M1Y", "PTH", "PT1", "PT1.5H", "P99999999Y", "PT1S1S", "PT1.S"} {
		_, ok := saml.DurationForTest(s)
		assert.False(t, ok, s)
	}
}
