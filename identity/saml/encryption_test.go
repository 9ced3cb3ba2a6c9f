package saml_test

import (
	"crypto"
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

func TestEncryption(t *testing.T) {
	t.Parallel()
	signed := sign(t, message, "_a", recipe{})
	attacker := &key(t, "attacker").PublicKey
	forOthers := sealing{transport: xenc + "rsa-oaep-mgf1p", oaep: rsa.OAEPOptions{Hash: crypto.SHA1}, to: attacker, recipient: ` Recipient="http://other"`}.encryptedKey(t, make([]byte, 32))
	sha256 := `<ds:DigestMethod xmlns:ds="` + ds + `" Algorithm="` + xenc + `sha256"/>`
	mgf := func(name string) string {
		return `<xenc11:MGF xmlns:xenc11="` + xenc11 + `" Algorithm="` + xenc11 + name + `"/>`
	}
	for name, c := range map[string]struct {
		sealing sealing
		allow   []saml.Tolerance
		want    ent.Code
	}{
		"aes256-gcm":                         {},
		"aes128-gcm":                         {sealing: sealing{content: xenc11 + "aes128-gcm"}},
		"aes128-cbc":                         {sealing: sealing{content: xenc + "aes128-cbc"}},
		"aes192-cbc":                         {sealing: sealing{content: xenc + "aes192-cbc"}},
		"aes256-cbc":                         {sealing: sealing{content: xenc + "aes256-cbc"}},
		"triple DES":                         {sealing: sealing{content: xenc + "tripledes-cbc"}, want: saml.CodeAlgorithm},
		"triple DES, allowed":                {sealing: sealing{content: xenc + "tripledes-cbc"}, allow: []saml.Tolerance{saml.ToleranceTripleDES}},
		"rsa-1_5":                            {sealing: sealing{transport: xenc + "rsa-1_5"}, want: saml.CodeAlgorithm},
		"rsa-1_5, allowed":                   {sealing: sealing{transport: xenc + "rsa-1_5"}, allow: []saml.Tolerance{saml.ToleranceRSA15}},
		"mgf1p with sha256":                  {sealing: sealing{method: sha256, oaep: rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}}},
		"oaep":                               {sealing: sealing{transport: xenc11 + "rsa-oaep"}},
		"oaep, sha256, MGF in sha1":          {sealing: sealing{transport: xenc11 + "rsa-oaep", method: sha256, oaep: rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA1}}},
		"oaep, sha256 twice":                 {sealing: sealing{transport: xenc11 + "rsa-oaep", method: sha256 + mgf("mgf1sha256"), oaep: rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}}},
		"oaep, MGF in sha256":                {sealing: sealing{transport: xenc11 + "rsa-oaep", method: mgf("mgf1sha256"), oaep: rsa.OAEPOptions{Hash: crypto.SHA1, MGFHash: crypto.SHA256}}},
		"a label":                            {sealing: sealing{method: `<xenc:OAEPparams>bGFiZWw=</xenc:OAEPparams>`, oaep: rsa.OAEPOptions{Hash: crypto.SHA1, Label: []byte("label")}}},
		"another MGF":                        {sealing: sealing{transport: xenc11 + "rsa-oaep", method: mgf("mgf1sha512")}, want: saml.CodeAlgorithm},
		"the key beside":                     {sealing: sealing{outside: `<ds:RetrievalMethod URI="#k"/>`}},
		"a key for another first":            {sealing: sealing{before: forOthers}},
		"a key for us, by name":              {sealing: sealing{before: forOthers, recipient: ` Recipient="` + spID + `"`}},
		"a key for us, by another name":      {sealing: sealing{before: forOthers, recipient: ` Recipient="http://third"`}},
		"a key that is not allowed, and one": {sealing: sealing{before: strings.Replace(forOthers, "rsa-oaep-mgf1p", "rsa-1_5", 1)}},
		"too many keys":                      {sealing: sealing{before: strings.Repeat(forOthers, 8)}, want: saml.CodeStructure},
		"a key for another only":             {sealing: sealing{to: attacker}, want: saml.CodeDecrypt},
		"an unknown algorithm":               {sealing: sealing{content: xenc11 + "aes256-gcm", transport: xenc + "kw-aes256"}, want: saml.CodeAlgorithm},
		"a key that was touched":             {sealing: sealing{tamper: func(k, _ []byte) { touch(k, 5) }}, want: saml.CodeDecrypt},
		"a touched key in rsa-1_5": {
			sealing: sealing{transport: xenc + "rsa-1_5", tamper: func(k, _ []byte) { touch(k, 5) }},
			allow:   []saml.Tolerance{saml.ToleranceRSA15}, want: saml.CodeDecrypt,
		},
		"touched data":          {sealing: sealing{tamper: func(_, d []byte) { touch(d, 40) }}, want: saml.CodeDecrypt},
		"touched padding":       {sealing: sealing{content: xenc + "aes128-cbc", tamper: func(_, d []byte) { touch(d, len(d)-17) }}, want: saml.CodeDecrypt},
		"a touched first block": {sealing: sealing{content: xenc + "aes128-cbc", tamper: func(_, d []byte) { touch(d, 0) }}, want: saml.CodeDecrypt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := respond(t, seal(t, signed, part(t, signed), c.sealing), config(t, c.allow...))
			if c.want == "" {
				require.NoError(t, err)
				assert.Equal(t, []string{"F1abc"}, a.Values("uid"))
				return
			}
			require.ErrorIs(t, err, c.want)
			if c.want == saml.CodeDecrypt {
				assert.Equal(t, "saml: The assertion cannot be decrypted. [SAML-DECRYPT]", err.Error(), "always the same")
			}
		})
	}
}

func touch(b []byte, i int) {
	if b != nil {
		b[i] ^= 0x55
	}
}

func TestWhatMayBeEncrypted(t *testing.T) {
	t.Parallel()
	// The plain text is what stands between the statuses and the end, whatever it is.
	with := func(plain string) string {
		return seal(t, change(t, message, assertion, plain), plain, sealing{})
	}
	signed := part(t, sign(t, message, "_a", recipe{}))
	for name, c := range map[string]struct {
		plain string
		want  ent.Code
	}{
		"an assertion":                    {signed, ""},
		"an assertion without signature":  {assertion, saml.CodeUnsigned},
		"two assertions":                  {signed + signed, saml.CodeDecrypt},
		"a response":                      {strings.ReplaceAll(signed, "saml:Assertion", "samlp:Response"), saml.CodeDecrypt},
		"an assertion of another name":    {`<Assertion xmlns="urn:x"/>`, saml.CodeDecrypt},
		"an unknown prefix":               {strings.ReplaceAll(signed, "xsi:type", "xsj:type"), saml.CodeDecrypt},
		"an ID that is taken":             {strings.ReplaceAll(signed, "_a", "_r"), saml.CodeDecrypt},
		"a DOCTYPE":                       {"<!DOCTYPE a>" + signed, saml.CodeDecrypt},
		"an instruction":                  {strings.Replace(signed, "F1abc", "F1<?x?>abc", 1), saml.CodeDecrypt},
		"an assertion inside":             {strings.Replace(signed, "</saml:Subject>", `</saml:Subject><saml:Advice><saml:Assertion/></saml:Advice>`, 1), saml.CodeAssertions},
		"an encrypted assertion":          {`<saml:EncryptedAssertion/>`, saml.CodeDecrypt},
		"something changed since signing": {strings.Replace(signed, "F1abc", "F1abd", 1), saml.CodeSignature},
		"text":                            {"F1abc", saml.CodeDecrypt},
	} {
		_, err := respond(t, with(c.plain), config(t))
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorIs(t, err, c.want, name)
	}
	// The signature of the response covers what is encrypted: it may be enough.
	covered := sign(t, with(assertion), "_r", recipe{})
	_, err := respond(t, covered, config(t))
	require.ErrorIs(t, err, saml.CodeUnsigned)
	_, err = respond(t, covered, config(t, saml.ToleranceResponseSignature))
	require.NoError(t, err)

	c := config(t)
	c.Keys = nil
	_, err = respond(t, with(signed), c)
	require.ErrorIs(t, err, saml.CodeDecrypt)
	c.Keys = []crypto.Decrypter{key(t, "attacker"), key(t, "sp")}
	_, err = respond(t, with(signed), c)
	require.NoError(t, err, "the older of our keys is tried too")

	for name, doc := range map[string]string{
		"no data":   `<saml:EncryptedAssertion/>`,
		"no cipher": `<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="` + xenc + `"><xenc:EncryptionMethod Algorithm="` + xenc + `aes128-cbc"/></xenc:EncryptedData></saml:EncryptedAssertion>`,
		"a link":    `<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="` + xenc + `"><xenc:EncryptionMethod Algorithm="` + xenc + `aes128-cbc"/><xenc:CipherData><xenc:CipherReference URI="http://x"/></xenc:CipherData></xenc:EncryptedData></saml:EncryptedAssertion>`,
		"content":   `<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="` + xenc + `" Type="` + xenc + `Content"/></saml:EncryptedAssertion>`,
	} {
		_, err := respond(t, change(t, message, assertion, doc), config(t))
		require.ErrorIs(t, err, saml.CodeStructure, name)
	}
}
