package cas_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/internal/samples"
)

const samlRequest = `<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header/><SOAP-ENV:Body>` +
	`<samlp:Request xmlns:samlp="urn:oasis:names:tc:SAML:1.0:protocol" MajorVersion="1" MinorVersion="1" RequestID="_a1" IssueInstant="2026-09-07T08:00:00.000Z">` +
	`<samlp:AssertionArtifact>TICKET</samlp:AssertionArtifact></samlp:Request></SOAP-ENV:Body></SOAP-ENV:Envelope>`

func (w *world) saml(target, body string, params ...string) *httptest.ResponseRecorder {
	q := url.Values{"TARGET": {target}}
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	rec := httptest.NewRecorder()
	w.server.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/samlValidate?"+q.Encode(), strings.NewReader(body)))
	return rec
}

func samlTicket(t string) string { return strings.Replace(samlRequest, "TICKET", t, 1) }

// samlRead is what a client of SAML 1.1 reads.
type samlRead struct {
	XMLName xml.Name `xml:"http://schemas.xmlsoap.org/soap/envelope/ Envelope"`
	Body    struct {
		Response struct {
			InResponseTo string `xml:",attr"`
			Recipient    string `xml:",attr"`
			Status       struct {
				Code struct {
					Value string `xml:",attr"`
					Inner struct {
						Value string `xml:",attr"`
					} `xml:"StatusCode"`
				} `xml:"StatusCode"`
				Message string `xml:"StatusMessage"`
			}
			Assertion *struct {
				Issuer     string `xml:",attr"`
				Conditions struct {
					NotBefore, NotOnOrAfter string `xml:",attr"`
					Audience                string `xml:"AudienceRestrictionCondition>Audience"`
				}
				Attributes []struct {
					Name   string   `xml:"AttributeName,attr"`
					Values []string `xml:"AttributeValue"`
				} `xml:"AttributeStatement>Attribute"`
				Authentication struct {
					Instant string `xml:"AuthenticationInstant,attr"`
					User    string `xml:"Subject>NameIdentifier"`
				} `xml:"AuthenticationStatement"`
			} `xml:"urn:oasis:names:tc:SAML:1.0:assertion Assertion"`
		} `xml:"urn:oasis:names:tc:SAML:1.0:protocol Response"`
	} `xml:"http://schemas.xmlsoap.org/soap/envelope/ Body"`
}

func samlAnswer(t *testing.T, rec *httptest.ResponseRecorder) samlRead {
	t.Helper()
	var out samlRead
	require.NoError(t, xml.Unmarshal(rec.Body.Bytes(), &out), rec.Body.String())
	assert.Equal(t, "text/xml; charset=UTF-8", rec.Header().Get("Content-Type"))
	return out
}

// A client of SAML 1.1 signs in by TARGET and SAMLart, and gets an assertion for its ticket, once.
func TestSAMLValidate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	rec := w.get("/login", "TARGET", app)
	require.Equal(t, http.StatusSeeOther, rec.Code)
	back, err := url.Parse(w.login)
	require.NoError(t, err)
	assert.Equal(t, app, back.Query().Get("TARGET"), "the login comes back to what was asked")
	w.pass(time.Minute)
	w.signIn()
	w.warn = true
	asked := w.get("/login", "TARGET", app)
	assert.Contains(t, asked.Body.String(), "TARGET=https%3A%2F%2Fapp.example.org", "the question does too")
	w.warn = false
	posted := w.get("/login", "TARGET", app, "method", "POST").Body.String()
	assert.Contains(t, posted, `name="SAMLart" value="ST-`)
	to, err := url.Parse(w.get("/login", "TARGET", app).Header().Get("Location"))
	require.NoError(t, err)
	assert.Equal(t, "app.example.org", to.Host)
	ticket := to.Query().Get("SAMLart")
	require.Regexp(t, `^ST-`, ticket)
	assert.Empty(t, to.Query().Get("ticket"))
	w.pass(2 * time.Second)

	got := samlAnswer(t, w.saml(app, samlTicket(ticket))).Body.Response
	assert.Equal(t, "samlp:Success", got.Status.Code.Value)
	assert.Equal(t, "_a1", got.InResponseTo)
	assert.Equal(t, app, got.Recipient)
	require.NotNil(t, got.Assertion)
	a := got.Assertion
	assert.Equal(t, "https://ent.example.fr/cas", a.Issuer)
	assert.Equal(t, app, a.Conditions.Audience)
	assert.Equal(t, "2026-09-07T08:00:32.000Z", a.Conditions.NotBefore)
	assert.Equal(t, "2026-09-07T08:01:32.000Z", a.Conditions.NotOnOrAfter)
	assert.Equal(t, "2026-09-07T08:01:00.000Z", a.Authentication.Instant)
	assert.NotEmpty(t, a.Authentication.User)
	values := map[string][]string{}
	for _, x := range a.Attributes {
		values[x.Name] = x.Values
	}
	assert.Equal(t, []string{"DUPONT"}, values["Nom"])
	require.Len(t, w.journal, 1, "the release is recorded")

	again := samlAnswer(t, w.saml(app, samlTicket(ticket))).Body.Response
	assert.Nil(t, again.Assertion)
	assert.Equal(t, "samlp:Requester", again.Status.Code.Value)
	assert.Equal(t, "samlp:RequestDenied", again.Status.Code.Inner.Value)
	assert.Contains(t, again.Status.Message, "INVALID_TICKET")
	assert.Len(t, w.journal, 1)
	assert.NotContains(t, w.log.String(), ticket)
}

// The rules of a ticket are those of the other addresses.
func TestSAMLValidateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.signIn()
	for name, c := range map[string]struct {
		target, message string
		body            func(ticket string) string
		params          []string
	}{
		"another service": {"https://back.example.org/", "INVALID_SERVICE", samlTicket, nil},
		"unregistered":    {"https://elsewhere.example.net/", "INVALID_SERVICE", samlTicket, nil},
		"no target":       {"", "INVALID_REQUEST", samlTicket, nil},
		"two targets":     {app, "INVALID_REQUEST", samlTicket, []string{"TARGET", app}},
		"renew":           {app, "INVALID_TICKET", samlTicket, []string{"renew", "true"}},
		"a proxy ticket":  {app, "INVALID_TICKET", func(t string) string { return samlTicket("PT" + t[2:]) }, nil},
		"an entity":       {app, "INVALID_REQUEST", func(t string) string { return `<!DOCTYPE a [<!ENTITY t "` + t + `">]>` + samlTicket("&t;") }, nil},
		"two artifacts": {app, "INVALID_REQUEST", func(t string) string {
			return samlTicket(t + "</samlp:AssertionArtifact><samlp:AssertionArtifact>" + t)
		}, nil},
		"an element inside":     {app, "INVALID_REQUEST", func(t string) string { return samlTicket(t + "<x/>") }, nil},
		"another protocol":      {app, "INVALID_REQUEST", func(t string) string { return strings.Replace(samlTicket(t), "SAML:1.0", "SAML:2.0", 1) }, nil},
		"something after":       {app, "INVALID_REQUEST", func(t string) string { return samlTicket(t) + "<x/>" }, nil},
		"too long":              {app, "INVALID_REQUEST", func(t string) string { return samlTicket(t + strings.Repeat(" ", 1<<14)) }, nil},
		"nothing":               {app, "INVALID_REQUEST", func(string) string { return "" }, nil},
		"no envelope":           {app, "INVALID_REQUEST", func(t string) string { return "<ticket>" + t + "</ticket>" }, nil},
		"a ticket that is none": {app, "INVALID_TICKET", func(string) string { return samlTicket("ST-&lt;&gt;") }, nil},
	} {
		ticket := w.ticket(app)
		rec := w.saml(c.target, c.body(ticket), c.params...)
		assert.Equal(t, http.StatusOK, rec.Code, name)
		got := samlAnswer(t, rec).Body.Response
		assert.Nil(t, got.Assertion, name)
		assert.Contains(t, got.Status.Message, c.message+":", name)
		assert.NotContains(t, rec.Body.String(), ticket, name)
		assert.Equal(t, c.message == "INVALID_REQUEST", got.Status.Code.Inner.Value == "", name)
	}
	assert.Empty(t, w.journal)

	rec := w.get("/samlValidate", "TARGET", app, "SAMLart", w.ticket(app))
	assert.Equal(t, http.StatusMethodNotAllowed, rec.Code)
	assert.Equal(t, http.MethodPost, rec.Header().Get("Allow"))

	ticket := w.ticket(app)
	rec = w.saml(app, strings.Replace(samlTicket(ticket), `RequestID="_a1"`, `RequestID="&quot;&gt;&lt;x/&gt;"`, 1))
	got := samlAnswer(t, rec).Body.Response
	assert.NotNil(t, got.Assertion)
	assert.Empty(t, got.InResponseTo, "what names nothing is not written back")

	ticket = w.ticket(app)
	w.broken = errors.New("the base is down")
	rec = w.saml(app, samlTicket(ticket))
	assert.Equal(t, http.StatusServiceUnavailable, rec.Code)
	assert.Equal(t, "samlp:Responder", samlAnswer(t, rec).Body.Response.Status.Code.Value)
	w.broken = nil

	w.server.Random = strings.NewReader(strings.Repeat("x", 200))
	ticket = w.ticket(app)
	w.server.Random = noRandom{}
	rec = w.saml(app, samlTicket(ticket))
	assert.Equal(t, http.StatusServiceUnavailable, rec.Code)
	assert.Empty(t, rec.Body.String())
}

// noRandom gives no randomness.
type noRandom struct{}

func (noRandom) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// The answer is that of the sample, but for identifiers and instants.
func TestSAMLValidateSample(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "identity", "cas", "responses")
	request, err := os.ReadFile(filepath.Join(dir, "samlvalidate-request.xml"))
	require.NoError(t, err)
	want, err := os.ReadFile(filepath.Join(dir, "samlvalidate-response.xml"))
	require.NoError(t, err)
	l, issues := identity.Parse("sample.json", []byte(`{"format":"cartable.layout/1","id":"sample","name":"Sample","principal":{"first":["login"]},"style":"attributes",
		"elements":[{"name":"ENTPersonJointure","from":"external-id"},{"name":"ENTPersonProfils","from":"profile","map":{"National_1":"National_ELV"}}]}`))
	require.Empty(t, issues)
	compiled, issues := l.Compile()
	require.Empty(t, issues)
	w := newWorld(t, func(s *cas.Service) { s.Layout = compiled })
	w.server.BaseURL = "https://ent.example.org/cas"
	w.person.External = "AC-RENNES$5123456"
	w.person.Profile = ent.ProfilePupil
	w.signIn()
	const target = "https://app.example.org/"
	rec := w.saml(target, regexp.MustCompile(`ST-[^<]*`).ReplaceAllString(string(request), w.ticket(target)))
	assert.Equal(t, shape(string(want)), shape(rec.Body.String()))
	before, after, ok := strings.Cut(rec.Body.String(), ` ResponseID="`)
	require.True(t, ok, before)
	assert.Regexp(t, `^_[0-9a-f]{32}"`, after)
}

// shape is an answer without what is its own: identifiers, instants, and space between elements.
func shape(s string) string {
	s = regexp.MustCompile(`>\s+<`).ReplaceAllString(strings.TrimSpace(s), "><")
	s = regexp.MustCompile(`></StatusCode>`).ReplaceAllString(s, "/>")
	s = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`).ReplaceAllString(s, "INSTANT")
	s = regexp.MustCompile(`(ResponseID|AssertionID)="[^"]*"`).ReplaceAllString(s, "$1=ID")
	return regexp.MustCompile(`<(Response|Assertion) ([^>]*)>`).ReplaceAllStringFunc(s, func(tag string) string {
		list := strings.Fields(strings.Trim(tag, "<>"))
		slices.Sort(list[1:])
		return strings.Join(list, " ")
	})
}

func FuzzSAMLValidate(f *testing.F) {
	f.Add([]byte(samlTicket("ST-x")))
	f.Add([]byte(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body/></Envelope>`))
	services, issues := cas.NewServices(cas.Service{ID: "app", Layout: layout(f, "uid"), URLs: []cas.URLRule{{Mode: cas.ModePrefix, URL: "https://app.example.org"}}})
	require.Empty(f, issues)
	server := &cas.Server{BaseURL: "https://ent.example.fr/cas", Services: services, Tickets: cas.NewMemoryRegistry(nil), Logger: slog.New(slog.DiscardHandler)}
	f.Fuzz(func(t *testing.T, b []byte) {
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/samlValidate?TARGET="+url.QueryEscape(app), bytes.NewReader(b)))
		assert.Equal(t, http.StatusOK, rec.Code)
		got := samlAnswer(t, rec).Body.Response
		assert.Nil(t, got.Assertion)
		assert.Equal(t, "samlp:Requester", got.Status.Code.Value)
	})
}
