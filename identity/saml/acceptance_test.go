package saml_test

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

// reasons are the codes with which the files of expected.tsv are refused, by default for the valid ones.
func reasons() map[string]ent.Code {
	return map[string]ent.Code{
		"ssp-response-signed-only-parent.xml":                         saml.CodeUnsigned,
		"ssp-sha1-both-signed-parent.xml":                             saml.CodeAlgorithm,
		"xmlsec-encrypted-aes256cbc-rsa15-selfcontained-ns-eleve.xml": saml.CodeAlgorithm,
		"xmlsec-encrypted-aes256cbc-rsa15-inherited-ns-eleve.xml":     saml.CodeAlgorithm,
		"billion-laughs.xml":                                          saml.CodeXML,
		"comment-in-digestvalue.xml":                                  saml.CodeSignature,
		"doctype-entity.xml":                                          saml.CodeXML,
		"doctype-external-entity.xml":                                 saml.CodeXML,
		"dup-id-evil-first.xml":                                       saml.CodeXML,
		"dup-id-evil-last.xml":                                        saml.CodeXML,
		"pi-in-attribute-value.xml":                                   saml.CodeXML,
		"signature-stripped.xml":                                      saml.CodeUnsigned,
		"signed-by-attacker-cert-in-keyinfo.xml":                      saml.CodeSignature,
		"status-responder-with-assertion.xml":                         saml.CodeStatus,
		"tampered-attribute-value.xml":                                saml.CodeSignature,
		"trailing-second-root.xml":                                    saml.CodeXML,
		"two-assertions-evil-last.xml":                                saml.CodeAssertions,
		"unsigned-evil-only.xml":                                      saml.CodeUnsigned,
		"xsw1-response-in-signature.xml":                              saml.CodeXML,
		"xsw2-response-detached.xml":                                  saml.CodeXML,
		"xsw3-evil-assertion-first.xml":                               saml.CodeAssertions,
		"xsw4-evil-wraps-original.xml":                                saml.CodeAssertions,
		"xsw5-signature-moved-original-last.xml":                      saml.CodeAssertions,
		"xsw6-original-inside-moved-signature.xml":                    saml.CodeAssertions,
		"xsw7-evil-in-extensions.xml":                                 saml.CodeAssertions,
		"xsw8-original-in-object.xml":                                 saml.CodeAssertions,
	}
}

// B1: the 37 verdicts of expected.tsv.
func TestAcceptanceB1(t *testing.T) {
	t.Parallel()
	options := map[string]saml.Tolerance{
		"ssp-response-signed-only-parent.xml":                         saml.ToleranceResponseSignature,
		"ssp-sha1-both-signed-parent.xml":                             saml.ToleranceSHA1,
		"xmlsec-encrypted-aes256cbc-rsa15-selfcontained-ns-eleve.xml": saml.ToleranceRSA15,
		"xmlsec-encrypted-aes256cbc-rsa15-inherited-ns-eleve.xml":     saml.ToleranceRSA15,
	}
	rows := expected(t)
	require.Len(t, rows, 37)
	for _, r := range rows {
		t.Run(r.file, func(t *testing.T) {
			t.Parallel()
			try := func(allow ...saml.Tolerance) (*saml.Assertion, error) {
				c := config(t, allow...)
				c.Clock = clock(at(r.at))
				return receiver(t, c).Response(t.Context(), encode(sample(t, r.path())), saml.PendingIDs(r.request))
			}
			a, err := try()
			option, optional := options[r.file]
			accepts := strings.HasPrefix(r.verdict, "accept")
			switch {
			case optional:
				require.Contains(t, r.verdict, "reject", "expected.tsv says that it takes an option")
				require.Contains(t, r.verdict, "accept")
				require.ErrorIs(t, err, reasons()[r.file])
				a, err = try(option)
				fallthrough
			case accepts:
				require.NoError(t, err)
				genuine(t, a)
			default:
				require.True(t, strings.HasPrefix(r.verdict, "reject"), r.verdict)
				require.Nil(t, a)
				require.ErrorIs(t, err, reasons()[r.file])
				_, err = try(everything()...)
				require.Error(t, err, "no tolerance opens a door")
				_, err = try(saml.ToleranceResponseSignature)
				require.Error(t, err)
			}
			if r.group == "attack" && accepts {
				assert.Equal(t, []string{"4|||701294|0790031E"}, a.Values("FrEduVecteur"))
			}
		})
	}
}

// genuine fails unless an assertion is one of those that the providers of the samples made.
func genuine(t *testing.T, a *saml.Assertion) {
	t.Helper()
	require.NotNil(t, a)
	require.Len(t, a.Values("uid"), 1)
	switch uid := a.Values("uid")[0]; uid {
	case "F1abc":
		assert.Equal(t, []string{"4|||701294|0790031E"}, a.Values("FrEduVecteur"))
		assert.Equal(t, []string{"{AAF}25|1|1234567"}, a.Values("FrEduCtRefId"))
		assert.Equal(t, sspID, a.Issuer)
	case "P1":
		assert.Equal(t, []string{"2|MARTIN|Paule|701294|0790031E", "2|MARTIN|Paule|701295|0790031E"}, a.Values("FrEduVecteur"))
		assert.Equal(t, sspID, a.Issuer)
	case "dwho":
		assert.Equal(t, llngID, a.Issuer)
	default:
		assert.Fail(t, "nobody of this name logged in")
	}
}

// B2: the values.
func TestAcceptanceB2(t *testing.T) {
	t.Parallel()
	r := receiver(t, config(t))
	a, err := r.Response(t.Context(), encode(sample(t, eleve)), saml.PendingIDs(eleveRequest))
	require.NoError(t, err)
	assert.Equal(t, []string{"F1abc"}, a.Values("uid"))
	assert.Equal(t, []string{"4|||701294|0790031E"}, a.Values("FrEduVecteur"))
	assert.Equal(t, []string{"{AAF}25|1|1234567"}, a.Values("FrEduCtRefId"))
	assert.Equal(t, sspID, a.Issuer)
	assert.Equal(t, saml.NameID{
		Value: "_1e058404ee1acc2bcd732d2482d8e994646bdbcc2c", Format: "urn:oasis:names:tc:SAML:2.0:nameid-format:transient", SPNameQualifier: spID,
	}, a.NameID)
	assert.Equal(t, "_d0d73e36cd759d1d369cde2b1e89bce9c402306c4e", a.SessionIndex)
	assert.Equal(t, at("2026-11-22T15:58:18Z"), a.SessionNotOnOrAfter)
	assert.Equal(t, at("2026-11-22T08:03:18Z"), a.NotOnOrAfter)
	assert.Equal(t, at("2026-11-22T07:58:18Z"), a.AuthnInstant)
	assert.Equal(t, password, a.Context)
	assert.Equal(t, eleveRequest, a.InResponseTo)
	assert.Equal(t, "_a1c620e5198099251e768a0c0a0655ec4a6dfb3723", a.ID)
	require.Len(t, a.Attributes, 5)
	assert.Equal(t, "urn:oasis:names:tc:SAML:2.0:attrname-format:basic", a.Attributes[0].NameFormat)

	a, err = r.Response(t.Context(), encode(sample(t, parent)), saml.PendingIDs(parentRequest))
	require.NoError(t, err)
	assert.Equal(t, []string{"P1"}, a.Values("uid"))
	assert.Equal(t, []string{"2|MARTIN|Paule|701294|0790031E", "2|MARTIN|Paule|701295|0790031E"}, a.Values("urn:oid:absent", "FrEduVecteur"))
	assert.Nil(t, a.Values("sn"))

	c := config(t)
	c.Clock = clock(at("2026-11-22T07:56:30Z"))
	a, err = receiver(t, c).Response(t.Context(), encode(sample(t, "valid/llng-both-signed-dwho.xml")), saml.PendingIDs("_B4BDC48575126BAC6B8ACC2D0E48241F"))
	require.NoError(t, err)
	assert.Equal(t, "mail", a.Attributes[0].FriendlyName)
	assert.Equal(t, []string{"dwho@badwolf.org"}, a.Values("mail"))
}

// B3: the same response twice.
func TestAcceptanceB3(t *testing.T) {
	t.Parallel()
	c := config(t)
	one, other := receiver(t, c), receiver(t, c)
	pending := saml.PendingIDs(eleveRequest)
	_, err := one.Response(t.Context(), encode(sample(t, eleve)), pending)
	require.NoError(t, err)
	_, err = one.Response(t.Context(), encode(sample(t, eleve)), pending)
	require.ErrorIs(t, err, saml.CodeReplay)
	_, err = other.Response(t.Context(), encode(sample(t, eleve)), pending)
	require.ErrorIs(t, err, saml.CodeReplay, "another node with the same store")
	// The same assertion in another envelope: what is remembered is the assertion.
	_, err = other.Response(t.Context(), encode(bytes.Replace(sample(t, eleve), []byte("_640b1f46"), []byte("_640b1f47"), 1)), pending)
	require.ErrorIs(t, err, saml.CodeReplay)

	c.Replay = &saml.MemoryReplay{}
	_, err = receiver(t, c).Response(t.Context(), encode(sample(t, eleve)), pending)
	require.NoError(t, err, "what a store does not know passes")
}

// B4: five refusals, five codes.
func TestAcceptanceB4(t *testing.T) {
	t.Parallel()
	ours := saml.PendingIDs(eleveRequest)
	elsewhere := func(context.Context, string) (saml.Standing, error) { return saml.RequestElsewhere, nil }
	message := string(sample(t, eleve))
	codes := map[ent.Code]bool{}
	for name, c := range map[string]struct {
		code    ent.Code
		message string
		pending saml.Pending
		change  func(*saml.Config)
	}{
		"another request": {code: saml.CodeRequest, pending: saml.PendingIDs("_another")},
		"another browser": {code: saml.CodeBrowser, pending: elsewhere},
		"after the end": {code: saml.CodeExpired, change: func(c *saml.Config) {
			c.Clock = clock(at("2026-11-22T08:03:18Z").Add(time.Minute))
		}},
		"another audience": {code: saml.CodeAudience, change: func(c *saml.Config) { c.EntityID = "http://localhost:9085/other" }},
		// The envelope of this response is not signed: it may lack its Destination, and the Recipient still counts.
		"another recipient": {
			code: saml.CodeRecipient, message: strings.Replace(message, ` Destination="`+acs+`"`, "", 1),
			change: func(c *saml.Config) { c.ACS = "http://localhost:9085/other" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			conf := config(t)
			if c.change != nil {
				c.change(&conf)
			}
			if c.message == "" {
				c.message = message
			}
			if c.pending == nil {
				c.pending = ours
			}
			a, err := receiver(t, conf).Response(t.Context(), encode(c.message), c.pending)
			require.Nil(t, a)
			require.ErrorIs(t, err, c.code)
			codes[c.code] = true
		})
	}
	assert.Len(t, codes, 5)

	conf := config(t)
	conf.Clock = clock(at("2026-11-22T08:03:18Z").Add(time.Minute - time.Second))
	_, err := receiver(t, conf).Response(t.Context(), encode(message), ours)
	require.NoError(t, err, "within the skew")
}

func redirects(t *testing.T) []string {
	t.Helper()
	var out []string
	for s := bufio.NewScanner(bytes.NewReader(sample(t, "redirect-binding-urls.txt"))); s.Scan(); {
		_, query, _ := strings.Cut(s.Text(), "?")
		out = append(out, query)
	}
	require.Len(t, out, 4)
	return out
}

// parties returns the receivers of the four URLs of the samples: the providers, who know the service by its key, and the
// service.
func parties(t *testing.T) []*saml.Receiver {
	t.Helper()
	sp := saml.Peer{EntityID: spID, Keys: []crypto.PublicKey{&key(t, "sp").PublicKey}}
	idp := saml.Peer{EntityID: sspID, Keys: []crypto.PublicKey{&key(t, "idp").PublicKey}}
	party := func(id, logout string, peer saml.Peer) *saml.Receiver {
		return receiver(t, saml.Config{
			EntityID: id, ACS: acs, Logout: []string{logout}, Peers: []saml.Peer{peer}, Replay: &saml.MemoryReplay{},
			Clock: clock(at("2026-11-22T08:10:00Z")),
		})
	}
	ssp := party(sspID, "http://localhost:9084/simplesamlphp/saml2/idp/SingleLogoutService.php", sp)
	return []*saml.Receiver{ssp, ssp, party(spID, slo, idp), party(llngID, "-", sp)}
}

// B5: the signatures of the redirect binding.
func TestAcceptanceB5(t *testing.T) {
	t.Parallel()
	queries, to := redirects(t), parties(t)
	for i, kind := range []string{"AuthnRequest", "LogoutRequest", "LogoutResponse", "AuthnRequest"} {
		m, err := to[i].Redirect(queries[i])
		require.NoError(t, err)
		assert.Equal(t, kind, m.Kind)
		assert.True(t, strings.HasPrefix(m.RelayState, "http://localhost:9085/"))

		_, err = to[i].Redirect(flip(queries[i], "RelayState="))
		require.ErrorIs(t, err, saml.CodeSignature)
		for _, name := range []string{"SAMLRequest=", "SAMLResponse="} {
			if strings.Contains(queries[i], name) {
				_, err = to[i].Redirect(flip(queries[i], name))
				require.Error(t, err)
			}
		}
		_, err = to[i].Redirect(strings.ReplaceAll(queries[i], "%2F", "%2f"))
		require.ErrorIs(t, err, saml.CodeSignature, "the octets are signed, not what they mean")
		values, err := url.ParseQuery(queries[i])
		require.NoError(t, err)
		for _, name := range []string{"Signature", "SigAlg"} {
			without := url.Values{}
			for k, v := range values {
				if k != name {
					without[k] = v
				}
			}
			_, err = to[i].Redirect(without.Encode())
			require.ErrorIs(t, err, saml.CodeUnsigned)
		}
	}

	l, err := to[1].LogoutRequest(queries[1])
	require.NoError(t, err)
	assert.Equal(t, "_7eb7e85b4f18b5f114284bfdf4845276f5b166064b", l.NameID.Value)
	assert.Equal(t, []string{"_6ed4f1646862f6aa6e49468434a4c1aa6a8b423372"}, l.SessionIndexes)
	assert.Equal(t, spID, l.NameID.SPNameQualifier)
	assert.Equal(t, "http://localhost:9085/", l.RelayState)
	_, err = to[1].LogoutRequest(queries[0])
	require.ErrorIs(t, err, saml.CodeStructure, "an AuthnRequest is none")

	pending := saml.PendingIDs("_26AE3EB2C10AA0C0C275956CA36B442C")
	answer, err := to[2].LogoutResponse(t.Context(), queries[2], pending)
	require.NoError(t, err)
	assert.True(t, answer.Complete())
	assert.Equal(t, "_26AE3EB2C10AA0C0C275956CA36B442C", answer.InResponseTo)
	_, err = to[2].LogoutResponse(t.Context(), queries[2], saml.PendingIDs())
	require.ErrorIs(t, err, saml.CodeRequest)
}

// flip changes one letter of a parameter.
func flip(query, name string) string {
	i := strings.Index(query, name) + len(name) + 12
	for query[i] == '%' || query[i-1] == '%' || query[i-2] == '%' {
		i++
	}
	c := byte('A')
	if query[i] == 'A' {
		c = 'B'
	}
	return query[:i] + string(c) + query[i+1:]
}

// B6: the four metadata files.
func TestAcceptanceB6(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, id               string
		roles, endpoints, keys int
		role                   saml.RoleKind
		check                  func(saml.Role) bool
	}{
		{"idp-simplesamlphp.xml", sspID, 1, 2, 2, saml.RoleIDP, func(r saml.Role) bool { return !r.WantAuthnRequestsSigned }},
		{"idp-lemonldap.xml", llngID, 3, 14, 6, saml.RoleIDP, func(r saml.Role) bool { return r.WantAuthnRequestsSigned }},
		{"sp-mellon.xml", spID, 1, 2, 2, saml.RoleSP, func(r saml.Role) bool { return r.AuthnRequestsSigned && !r.WantAssertionsSigned }},
		{"sp-shibboleth-generated.xml", "http://localhost:9086/shib", 1, 9, 2, saml.RoleSP, func(r saml.Role) bool { return r.AuthnRequestsSigned }},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			list, err := saml.ReadMetadata(sample(t, "metadata/"+c.file))
			require.NoError(t, err)
			require.Len(t, list, 1)
			e := list[0]
			assert.Equal(t, c.id, e.ID)
			assert.Len(t, e.Roles, c.roles)
			endpoints, keys := 0, 0
			for _, r := range e.Roles {
				endpoints += len(r.Endpoints)
				keys += len(r.Keys)
				for _, k := range r.Keys {
					assert.IsType(t, (*rsa.PublicKey)(nil), k.Public)
				}
			}
			assert.Equal(t, c.endpoints, endpoints)
			assert.Equal(t, c.keys, keys)
			role, ok := e.Role(c.role)
			require.True(t, ok)
			assert.True(t, c.check(role))
			assert.Len(t, role.SigningKeys(), 1)
		})
	}
	list, err := saml.ReadMetadata(sample(t, "metadata/idp-lemonldap.xml"))
	require.NoError(t, err)
	idp, _ := list[0].Role(saml.RoleIDP)
	out, ok := idp.Endpoint("SingleLogoutService", saml.BindingRedirect)
	require.True(t, ok)
	assert.Equal(t, "https://localhost:9443/saml/singleLogoutReturn", out.ResponseLocation)
	list, err = saml.ReadMetadata(sample(t, "metadata/sp-shibboleth-generated.xml"))
	require.NoError(t, err)
	sp, _ := list[0].Role(saml.RoleSP)
	assert.Contains(t, sp.Keys[1].Methods, "http://www.w3.org/2009/xmlenc11#aes256-gcm")
}

// B7: the second of two signing keys, then without it.
func TestAcceptanceB7(t *testing.T) {
	t.Parallel()
	metadata := func(names ...string) saml.Peer {
		var b strings.Builder
		b.WriteString(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + sspID + `"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`)
		for _, n := range names {
			b.WriteString(`<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` + encode(certificate(t, n)) + `</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`)
		}
		b.WriteString(`</IDPSSODescriptor></EntityDescriptor>`)
		list, err := saml.ReadMetadata([]byte(b.String()))
		require.NoError(t, err)
		p, ok := list[0].Peer(saml.RoleIDP)
		require.True(t, ok)
		p.Contexts = []string{password}
		return p
	}
	try := func(p saml.Peer) error {
		c := config(t)
		c.Peers = []saml.Peer{p}
		_, err := receiver(t, c).Response(t.Context(), encode(sample(t, eleve)), saml.PendingIDs(eleveRequest))
		return err
	}
	require.NoError(t, try(metadata("attacker", "idp")))
	require.ErrorIs(t, try(metadata("attacker")), saml.CodeSignature)
}

// bomb returns a deflated stream of n megabytes of zeros.
func bomb(t *testing.T, n int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	require.NoError(t, err)
	zeros := make([]byte, 1<<20)
	_, err = w.Write(zeros)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	first := out.Len()
	_, err = w.Write(zeros)
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	// After a flush a block begins at an octet, and refers to zeros only: it can be repeated.
	block := bytes.Clone(out.Bytes()[first:])
	for range n - 2 {
		out.Write(block)
	}
	return out.Bytes()
}

// B9: messages that inflate without end are refused in little memory. DEFLATE grows 1032 times at the most: 1 KB makes 1 MB,
// and 1 GB takes 1 MB, which is too long before it is inflated.
func TestAcceptanceB9(t *testing.T) {
	r := parties(t)[2]
	for name, n := range map[string]int{"1 MB": 2, "150 MB": 150, "1 GB": 1 << 10} {
		deflated := bomb(t, n)
		query := "SAMLResponse=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated)) + "&SigAlg=x&Signature=x"
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := r.Redirect(query)
		runtime.ReadMemStats(&after)
		require.ErrorIs(t, err, saml.CodeTooLarge, name)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(10<<20), name)
		t.Logf("%s from %d bytes: refused, %d KB allocated", name, len(deflated), (after.TotalAlloc-before.TotalAlloc)>>10)
	}
}
