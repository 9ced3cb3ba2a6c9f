package saml_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/saml"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, saml.Catalog().Check())
	for _, r := range saml.Catalog().Rules() {
		err := &saml.RefusedError{Code: r.Code, Field: "x"}
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			assert.NotContains(t, err.Message(lang), "{", r.Code)
		}
	}
}

func TestSetupThatIsRefused(t *testing.T) {
	t.Parallel()
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	edwards, _, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	for name, change := range map[string]func(*saml.Config){
		"no name":                 func(c *saml.Config) { c.EntityID = "" },
		"no address":              func(c *saml.Config) { c.ACS, c.Logout = "", nil },
		"no store":                func(c *saml.Config) { c.Replay = nil },
		"a negative skew":         func(c *saml.Config) { c.Skew = -time.Second },
		"a long skew":             func(c *saml.Config) { c.Skew = time.Hour },
		"a key that is missing":   func(c *saml.Config) { c.Keys = []crypto.Decrypter{nil} },
		"a peer without name":     func(c *saml.Config) { c.Peers[0].EntityID = "" },
		"a peer without key":      func(c *saml.Config) { c.Peers[0].Keys = nil },
		"a peer with another key": func(c *saml.Config) { c.Peers[0].Keys = []crypto.PublicKey{edwards} },
		"a peer's key by value":   func(c *saml.Config) { c.Peers[0].Keys = []crypto.PublicKey{curve.PublicKey} },
		"an unknown tolerance":    func(c *saml.Config) { c.Peers[0].Allow = []saml.Tolerance{"all"} },
		"a peer twice":            func(c *saml.Config) { c.Peers[1].EntityID = c.Peers[0].EntityID },
	} {
		c := config(t)
		change(&c)
		_, err := saml.New(c)
		require.ErrorIs(t, err, saml.CodeSetup, name)
	}
}

func TestAReceiverNeverChanges(t *testing.T) {
	t.Parallel()
	c := config(t)
	r := receiver(t, c)
	c.Peers[0].Keys[0], c.Peers[0].Contexts[0], c.Keys[0] = nil, "", nil
	_, err := r.Response(t.Context(), encode(sample(t, "valid/xmlsec-encrypted-aes256gcm-oaep-inherited-ns-eleve.xml")), saml.PendingIDs(eleveRequest))
	require.NoError(t, err)
}

// One receiver for several goroutines: an assertion passes once.
func TestOneOfManyPasses(t *testing.T) {
	t.Parallel()
	r := receiver(t, config(t))
	response := encode(sample(t, eleve))
	var passed atomic.Int32
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := r.Response(background(), response, saml.PendingIDs(eleveRequest)); err == nil {
				passed.Add(1)
			}
		})
	}
	group.Wait()
	assert.Equal(t, int32(1), passed.Load())
}

func TestMemoryReplayForgets(t *testing.T) {
	t.Parallel()
	now := instant()
	m := &saml.MemoryReplay{Clock: func() time.Time { return now }}
	set := func(key string, d time.Duration) bool {
		ok, err := m.SetIfAbsent(background(), key, now.Add(d))
		require.NoError(t, err)
		return ok
	}
	assert.True(t, set("a", time.Minute))
	assert.False(t, set("a", time.Minute))
	now = now.Add(time.Minute)
	assert.True(t, set("a", time.Minute))
	for i := range 10_000 {
		now = now.Add(time.Second)
		set(fmt.Sprint(i), time.Minute)
	}
	assert.Less(t, m.LenForTest(), 300)
}

// What a person is, and what the message held, is in no print and in no log.
func TestNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	const mark = "ŒuvrardCanary"
	document := sign(t, strings.NewReplacer("F1abc", mark, ">_n<", ">"+mark+"<").Replace(message), "_a", recipe{})
	a, err := respond(t, document, config(t))
	require.NoError(t, err)
	require.Equal(t, mark, a.NameID.Value)
	request := &saml.LogoutRequest{NameID: a.NameID, Issuer: sspID}
	things := []any{a, *a, a.NameID, a.Attributes[0], request, *request}
	for _, doc := range []string{
		strings.ReplaceAll(document, "2.0", mark), strings.ReplaceAll(document, sspID, mark), change(t, document, mark, mark+"x"),
		strings.ReplaceAll(document, "Success", mark), "<" + mark, strings.ReplaceAll(document, "2026-11-22T08:03:18Z", mark),
		strings.ReplaceAll(document, exclusive, mark), strings.ReplaceAll(document, acs, mark),
	} {
		_, err := respond(t, doc, config(t))
		require.Error(t, err)
		things = append(things, err)
	}
	for _, x := range things {
		var logged bytes.Buffer
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "x", x)
		slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "x", x)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&logged, verb, x)
		}
		assert.NotContains(t, logged.String(), "Canary", "%T", x)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		assert.NotContains(t, fmt.Sprintf(verb, a.Attributes), "Canary")
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, x := range everything() {
		assert.NotEqual(t, string(x), x.Label(ent.FR))
		assert.NotEqual(t, x.Label(ent.FR), x.Label(ent.EN))
	}
	assert.Equal(t, "x", saml.Tolerance("x").Label(ent.FR))
	for _, x := range []saml.RoleKind{saml.RoleIDP, saml.RoleSP, saml.RoleAttribute} {
		assert.NotEqual(t, x.Label(ent.FR), x.Label(ent.EN))
	}
	assert.Equal(t, "x", saml.RoleKind("x").Label(ent.FR))
	for _, x := range []saml.KeyUse{saml.UseBoth, saml.UseEncryption} {
		assert.NotEqual(t, x.Label(ent.FR), x.Label(ent.EN))
	}
	assert.Equal(t, "x", saml.KeyUse("x").Label(ent.FR))
}
