package saml_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/internal/samples"
)

func seeds(f *testing.F, pattern string) {
	f.Helper()
	root := samples.Root()
	if root == "" {
		return
	}
	files, err := filepath.Glob(filepath.Join(root, "identity", "saml", pattern))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzResponse: whatever is made of the samples, an assertion that passes is one that a provider made.
func FuzzResponse(f *testing.F) {
	f.Add([]byte(message))
	seeds(f, "valid/*.xml")
	seeds(f, "attacks/*.xml")
	var receivers []*saml.Receiver
	ids := []string{"_q"}
	if samples.Root() == "" {
		f.Skip("no samples: no keys")
	}
	for _, allow := range [][]saml.Tolerance{nil, everything()} {
		c := config(f, allow...)
		c.Replay = forgetful{}
		receivers = append(receivers, receiver(f, c))
	}
	for _, r := range expected(f) {
		ids = append(ids, r.request)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		started := time.Now()
		for _, r := range receivers {
			a, err := r.Response(t.Context(), encode(data), saml.PendingIDs(ids...))
			if (a == nil) == (err == nil) {
				t.Fatal("an assertion or an error")
			}
			if a != nil {
				genuine(t, a)
			}
		}
		if d := time.Since(started); d > 5*time.Second {
			t.Fatal("too slow", d)
		}
	})
}

// FuzzMetadata: no document breaks the reader, and what it reads has a name.
func FuzzMetadata(f *testing.F) {
	f.Add([]byte(`<EntityDescriptor ` + md + ` entityID="a" validUntil="2026-12-01T00:00:00Z" cacheDuration="PT1H"/>`))
	seeds(f, "metadata/*.xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := saml.ReadMetadata(data)
		if err != nil && list != nil {
			t.Fatal("entities or an error")
		}
		for _, e := range list {
			if e.ID == "" {
				t.Fatal("an entity without name")
			}
			for _, r := range e.Roles {
				if p, ok := e.Peer(r.Kind); ok && strings.TrimSpace(p.EntityID) != "" && len(p.Keys) > 0 {
					p.EntityID = "x" + p.EntityID
					if _, err := saml.New(saml.Config{EntityID: "a", ACS: "b", Replay: forgetful{}, Peers: []saml.Peer{p}}); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

// FuzzRedirect: no query breaks the reader of the redirect binding.
func FuzzRedirect(f *testing.F) {
	if samples.Root() == "" {
		f.Skip("no samples: no keys")
	}
	r := receiver(f, config(f))
	f.Add(redirect(f, "SAMLRequest", logoutRequest, "&RelayState=x"))
	f.Add(redirect(f, "SAMLResponse", logoutResponse, ""))
	f.Fuzz(func(t *testing.T, query string) {
		m, err := r.Redirect(query)
		if (m == nil) == (err == nil) {
			t.Fatal("a message or an error")
		}
		if m != nil && m.ID != "_l" {
			t.Fatal("nobody signed this message")
		}
	})
}

// FuzzCanonical compares the exclusive form with that of goxmldsig. Where a default namespace is taken back, goxmldsig writes
// xmlns="" even below nothing that showed a default namespace; libxml2 does not, and TestCanonicalForms holds that case.
func FuzzCanonical(f *testing.F) {
	f.Add([]byte(`<r xmlns="urn:d" xmlns:a="urn:1"><a:e xmlns:b="urn:2" b:x="1" y="2"><f><g/></f>t&amp;</a:e></r>`))
	seeds(f, "attacks/*.xml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Contains(data, []byte(`xmlns=""`)) || bytes.Contains(data, []byte(`xmlns=''`)) {
			return
		}
		root, err := saml.ParseForTest(data)
		if err != nil {
			return
		}
		for _, el := range append(root.ChildElements(), root) {
			for _, prefixes := range []string{"", "a xs"} {
				want, err := goxmldsig(el, prefixes)
				if err != nil {
					continue // it has limits of its own
				}
				if got := saml.CanonicalForTest(el, false, strings.Fields(prefixes)...); !bytes.Equal(got, want) {
					t.Fatalf("ours   %s\ntheirs %s", got, want)
				}
			}
		}
	})
}
