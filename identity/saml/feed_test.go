package saml_test

import (
	"context"
	"crypto"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/identity/saml"
)

// aggregate is what a federation publishes, signed with a key of the samples.
func aggregate(t *testing.T, signer string, until time.Time, ids ...string) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" ID="_f" validUntil=%q cacheDuration="PT1H">`, until.UTC().Format(time.RFC3339))
	b.WriteString("<x/>") // the signature goes after it
	for _, id := range ids {
		b.WriteString(`<md:EntityDescriptor entityID="` + id + `"><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`)
	}
	b.WriteString(`</md:EntitiesDescriptor>`)
	if signer == "" {
		return b.String()
	}
	return sign(t, b.String(), "_f", recipe{key: key(t, signer)})
}

type memoryKeep struct{ data []byte }

func (m *memoryKeep) Load(context.Context) ([]byte, error) { return m.data, nil }
func (m *memoryKeep) Save(_ context.Context, data []byte) error {
	m.data = data
	return nil
}

func TestFeed(t *testing.T) {
	t.Parallel()
	var document atomic.Pointer[string]
	publish := func(s string) { document.Store(&s) }
	clock := &now{t: instant()}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := *document.Load()
		if s == "" {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		tag := fmt.Sprintf(`"%x"`, digestOf(crypto.SHA256, []byte(s)))
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", tag)
		_, _ = w.Write([]byte(s))
	}))
	defer server.Close()
	keep := &memoryKeep{}
	config := saml.FeedConfig{
		URL: server.URL + "/fer.xml", Client: server.Client(), Keep: keep, Clock: clock.read,
		// The next key of the publisher is pinned beside the present one.
		Keys: []crypto.PublicKey{key(t, "sp").Public(), key(t, "idp").Public()},
		Take: func(e saml.Entity) (saml.Partner, bool) {
			return saml.Partner{Name: "x", Contexts: []string{saml.AnyContext}}, e.ID != "urn:not-for-us"
		},
	}
	feed, err := saml.NewFeed(config)
	require.NoError(t, err)
	known := func(id string) bool {
		p, err := feed.Partner(t.Context(), id)
		require.NoError(t, err)
		return p != nil
	}
	end := instant().Add(9 * 24 * time.Hour)

	publish(aggregate(t, "idp", end, "urn:a", "urn:b", "urn:not-for-us"))
	report, err := feed.Refresh(t.Context())
	require.NoError(t, err)
	assert.Equal(t, [4]int{3, 2, 2, 0}, [4]int{report.Entities, report.Taken, report.Added, report.Removed})
	assert.Equal(t, end, report.ValidUntil)
	assert.WithinRange(t, report.Next, instant().Add(54*time.Minute), instant().Add(time.Hour))
	assert.True(t, known("urn:a"))
	assert.False(t, known("urn:not-for-us"), "being in a federation is not enough")

	report, err = feed.Refresh(t.Context())
	require.NoError(t, err)
	assert.True(t, report.Unchanged)
	assert.WithinRange(t, report.Next, instant().Add(54*time.Minute), instant().Add(time.Hour), "the hint of the document goes on")

	// What is not the publisher's, what is over, what is older, and a server that is down, leave the last good copy.
	good := *document.Load()
	for name, bad := range map[string]struct {
		document string
		code     error
	}{
		"another key":     {aggregate(t, "attacker", end, "urn:evil"), saml.CodeSignature},
		"nobody's":        {aggregate(t, "", end, "urn:evil"), saml.CodeUnsigned},
		"altered":         {strings.Replace(good, "urn:b", "urn:e", 1), saml.CodeSignature},
		"over":            {aggregate(t, "idp", instant().Add(-time.Second), "urn:a"), saml.CodeRetired},
		"older":           {aggregate(t, "idp", end.Add(-time.Hour), "urn:old"), saml.CodeMetadata},
		"without an end":  {sign(t, strings.Replace(aggregate(t, "", end, "urn:old"), "validUntil=", "x=", 1), "_f", recipe{key: key(t, "idp")}), saml.CodeMetadata},
		"an entity twice": {aggregate(t, "idp", end, "urn:a", "urn:a"), saml.CodeMetadata},
		"empty":           {aggregate(t, "idp", end), saml.CodeMetadata},
		"not XML":         {"<html>", saml.CodeXML},
		"down":            {"", saml.CodePort},
	} {
		publish(bad.document)
		_, err := feed.Refresh(t.Context())
		require.ErrorIs(t, err, bad.code, name)
		assert.True(t, known("urn:a") && known("urn:b"), name)
	}
	assert.WithinRange(t, feed.Next(), instant().Add(54*time.Minute), instant().Add(time.Hour), "less and less often")

	// An entity that is gone is not trusted any more; the other pinned key has taken over.
	publish(aggregate(t, "sp", end.Add(time.Hour), "urn:b"))
	report, err = feed.Refresh(t.Context())
	require.NoError(t, err)
	assert.Equal(t, [3]int{1, 0, 1}, [3]int{report.Taken, report.Added, report.Removed})
	assert.False(t, known("urn:a"))

	// Another start without network has the copy that was kept; one that was altered on the disk is refused.
	publish("")
	feed, err = saml.NewFeed(config)
	require.NoError(t, err)
	report, err = feed.Restore(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, report.Taken)
	assert.True(t, known("urn:b"))
	keep.data = []byte(strings.Replace(string(keep.data), "urn:b", "urn:x", 1))
	feed, err = saml.NewFeed(config)
	require.NoError(t, err)
	_, err = feed.Restore(t.Context())
	require.ErrorIs(t, err, saml.CodeSignature)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	feed.Run(ctx) // ends with its context
}

func TestFeedSetup(t *testing.T) {
	t.Parallel()
	take := func(saml.Entity) (saml.Partner, bool) { return saml.Partner{}, true }
	for name, c := range map[string]saml.FeedConfig{
		"http":    {URL: "http://a.example/", Unsigned: true, Take: take},
		"no keys": {URL: "https://a.example/", Take: take},
		"no take": {URL: "https://a.example/", Unsigned: true},
	} {
		_, err := saml.NewFeed(c)
		require.ErrorIs(t, err, saml.CodeSetup, name)
	}
	assert.Equal(t, "https://metadata.federation.renater.fr/fer/entities/ba2b6066c746dcd30c3b6e622a3adfbd35eaaaa9.xml",
		saml.EntityURL("https://metadata.federation.renater.fr/fer/entities/", "urn:a"))
}

// One member whose own validity is over, or who wants to be read every minute, does not stop or hasten the feed of all: that one is
// not accepted any more, and the others are.
func TestFeedMemberExpired(t *testing.T) {
	t.Parallel()
	entityOf := func(id, own string) string {
		return `<md:EntityDescriptor entityID="` + id + `" ` + own + `><md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></md:EntityDescriptor>`
	}
	end := instant().Add(9 * 24 * time.Hour)
	document := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" validUntil="` + end.Format(time.RFC3339) + `" cacheDuration="PT1H">` +
		entityOf("urn:a", "") + entityOf("urn:old", `validUntil="`+instant().Add(-time.Hour).Format(time.RFC3339)+`" cacheDuration="PT1M"`) + `</md:EntitiesDescriptor>`
	status := http.StatusOK
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		if status == http.StatusOK {
			_, _ = w.Write([]byte(document))
		}
	}))
	defer server.Close()
	feed, err := saml.NewFeed(saml.FeedConfig{
		URL: server.URL, Client: server.Client(), Clock: clock(instant()), Unsigned: true,
		Take: func(saml.Entity) (saml.Partner, bool) { return saml.Partner{Contexts: []string{saml.AnyContext}}, true },
	})
	require.NoError(t, err)
	report, err := feed.Refresh(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, report.Taken)
	assert.Equal(t, end, report.ValidUntil)
	assert.WithinRange(t, report.Next, instant().Add(54*time.Minute), instant().Add(time.Hour))
	sp, err := saml.NewSP(saml.SPConfig{
		EntityID: "https://ent.example.fr/saml/metadata", BaseURL: "https://ent.example.fr/saml", Keys: []saml.KeyPair{pair()[0]}, Store: saml.NewMemoryStore(nil),
		Clock: clock(instant()), Partners: feed, SignedIn: func(http.ResponseWriter, *http.Request, *saml.Assertion, string) {},
	})
	require.NoError(t, err)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	require.ErrorIs(t, sp.Login(httptest.NewRecorder(), r, "urn:old", "/"), saml.CodeRetired)
	require.ErrorIs(t, sp.Logout(httptest.NewRecorder(), r, saml.Upstream{Issuer: "urn:old", NameID: saml.NameID{Value: "n"}}, "/"), saml.CodeRetired)
	require.ErrorIs(t, sp.Login(httptest.NewRecorder(), r, "urn:a", "/"), saml.CodeMetadata, "it is accepted, and has no address")

	// "Not changed" from a server that was given no mark to compare is no answer.
	status = http.StatusNotModified
	_, err = feed.Refresh(t.Context())
	require.ErrorIs(t, err, saml.CodePort)
}
