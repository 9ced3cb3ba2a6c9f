package saml_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/saml"
	"github.com/opencartable/cartable/internal/samples"
)

// FuzzMessages: whatever comes to the handlers of both sides, by redirect, by POST or over SOAP, they answer without a panic and
// never as if they were broken themselves; nobody is signed in nor out but by what the other side signed.
func FuzzMessages(f *testing.F) {
	if samples.Root() == "" {
		f.Skip("no samples: no keys, which all the processes of a run must share")
	}
	keys := func(name string) []saml.KeyPair {
		k, err := saml.ParseKeyPair(sample(f, "keys/"+name+"-test.pem"), sample(f, "keys/"+name+"-test.key"))
		if err != nil {
			f.Fatal(err)
		}
		return []saml.KeyPair{k}
	}
	const name, index = "the-name", "_the-index"
	at := clock(instant())
	quiet := slog.New(slog.DiscardHandler)
	who := &identity.Principal{Account: "us-42", Session: "s", At: instant()}
	line := &wire{answer: func(*http.Request, string) (int, string) { return 500, "" }}
	book := &lateBook{}
	idp, err := saml.NewIDP(saml.IDPConfig{
		EntityID: "https://idp.example/idp/metadata", BaseURL: "https://idp.example", Keys: keys("idp"), Store: saml.NewMemoryStore(at), Clock: at,
		Partners: book, Logger: quiet, Egress: &http.Client{Transport: line},
		Session:    func(*http.Request) (*identity.Principal, error) { return who, nil },
		Attributes: func(context.Context, ent.ID) (*identity.Attributes, error) { return known(), nil },
		Login:      func(w http.ResponseWriter, _ *http.Request, _ string, _ bool) { w.WriteHeader(http.StatusOK) },
		End:        func(context.Context, string) error { return nil },
	})
	if err != nil {
		f.Fatal(err)
	}
	signedIn, ended := 0, map[string]int{}
	published, err := idp.Metadata()
	if err != nil {
		f.Fatal(err)
	}
	provider, err := saml.NewBook(saml.Partner{Entity: entity(f, published), Contexts: []string{saml.AnyContext}})
	if err != nil {
		f.Fatal(err)
	}
	sp, err := saml.NewSP(saml.SPConfig{
		EntityID: "https://sp.example/saml/metadata", BaseURL: "https://sp.example", Keys: keys("sp"), Store: saml.NewMemoryStore(at), Clock: at,
		Partners: provider, Logger: quiet, SignedIn: func(http.ResponseWriter, *http.Request, *saml.Assertion, string) { signedIn++ },
		Ended: func(_ context.Context, l *saml.LogoutRequest) (int, error) {
			ended[l.NameID.Value]++
			return 1, nil
		},
	})
	if err != nil {
		f.Fatal(err)
	}
	if published, err = sp.Metadata(); err != nil {
		f.Fatal(err)
	}
	service := entity(f, published)
	service.Roles[0].AuthnRequestsSigned = false // so that what is behind the signature is reached
	if book.Book, err = saml.NewBook(saml.Partner{Entity: service, Layout: elements("uid=login"), Unsolicited: true, NameID: saml.NameIDPrincipal}); err != nil {
		f.Fatal(err)
	}

	get := func(h http.Handler, path string) func([]byte) (http.Handler, *http.Request) {
		return func(data []byte) (http.Handler, *http.Request) {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.URL.RawQuery = string(data)
			return h, r
		}
	}
	deflated := func(h http.Handler, path, field string) func([]byte) (http.Handler, *http.Request) {
		return func(data []byte) (http.Handler, *http.Request) {
			var b bytes.Buffer
			z, _ := flate.NewWriter(&b, flate.BestSpeed)
			_, _ = z.Write(data)
			_ = z.Close()
			return get(h, path)([]byte(url.Values{field: {base64.StdEncoding.EncodeToString(b.Bytes())}}.Encode()))
		}
	}
	body := func(h http.Handler, path, kind string) func([]byte) (http.Handler, *http.Request) {
		return func(data []byte) (http.Handler, *http.Request) {
			r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(data))
			r.Header.Set("Content-Type", kind)
			return h, r
		}
	}
	const formType = "application/x-www-form-urlencoded"
	posted := func(h http.Handler, path, field string) func([]byte) (http.Handler, *http.Request) {
		return func(data []byte) (http.Handler, *http.Request) {
			return body(h, path, formType)([]byte(url.Values{field: {encode(data)}, "RelayState": {"r"}}.Encode()))
		}
	}
	doors := []func([]byte) (http.Handler, *http.Request){
		get(idp, "/sso"), deflated(idp, "/sso", "SAMLRequest"), posted(idp, "/sso", "SAMLRequest"), body(idp, "/sso", formType),
		get(idp, "/slo"), posted(idp, "/slo", "SAMLRequest"), body(idp, "/slo", "text/xml"), get(idp, "/continue"),
		get(sp, "/slo"), posted(sp, "/slo", "SAMLRequest"), posted(sp, "/slo", "SAMLResponse"), body(sp, "/slo", "text/xml"),
		posted(sp, "/acs", "SAMLResponse"), body(sp, "/acs", formType), body(sp, "/slo", formType),
	}

	// The seeds are what each side sends.
	send := func(do func(http.ResponseWriter, *http.Request)) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		do(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		return rec
	}
	inflate := func(location string) (query string, xml []byte) {
		u, err := url.Parse(location)
		if err != nil {
			f.Fatal(err)
		}
		data, err := base64.StdEncoding.DecodeString(u.Query().Get("SAMLRequest"))
		if err != nil {
			f.Fatal(err)
		}
		if xml, err = io.ReadAll(flate.NewReader(bytes.NewReader(data))); err != nil {
			f.Fatal(err)
		}
		return u.RawQuery, xml
	}
	var seeds [][]byte
	login := send(func(w http.ResponseWriter, r *http.Request) {
		if err := sp.Login(w, r, "https://idp.example/idp/metadata", "/"); err != nil {
			f.Fatal(err)
		}
	})
	query, request := inflate(login.Header().Get("Location"))
	seeds = append(seeds, []byte(query), request)
	logout := send(func(w http.ResponseWriter, r *http.Request) {
		u := saml.Upstream{Issuer: "https://idp.example/idp/metadata", NameID: saml.NameID{Value: name}, SessionIndex: index}
		if err := sp.Logout(w, r, u, "/"); err != nil {
			f.Fatal(err)
		}
	})
	query, request = inflate(logout.Header().Get("Location"))
	seeds = append(seeds, []byte(query), request)
	start := send(func(w http.ResponseWriter, r *http.Request) { idp.Start(w, r, "https://sp.example/saml/metadata", "") })
	_, values, ok := form(start.Body.String())
	if !ok {
		f.Fatal(start.Body.String())
	}
	response, _ := base64.StdEncoding.DecodeString(values.Get("SAMLResponse"))
	seeds = append(seeds, response)
	_ = idp.EndSession(context.Background(), "s")
	seeds = append(seeds, []byte(line.sent[0]))
	for _, s := range seeds {
		for door := range doors {
			f.Add(uint8(door), s) //nolint:gosec // a dozen
		}
	}
	who = nil

	f.Fuzz(func(t *testing.T, door uint8, data []byte) {
		h, r := doors[int(door)%len(doors)](data)
		clear(ended)
		started, rec := time.Now(), httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code >= 500 {
			t.Fatal(rec.Code, rec.Body.String())
		}
		if signedIn > 0 {
			t.Fatal("signed in by an answer that nobody waits for")
		}
		for n := range ended {
			if n != known().Login {
				t.Fatal("signed out by what nobody signed:", n)
			}
		}
		if d := time.Since(started); d > 5*time.Second {
			t.Fatal("too slow", d)
		}
	})
}
