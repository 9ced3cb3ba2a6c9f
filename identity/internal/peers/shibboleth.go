//go:build unix

package peers

import (
	"html"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Shibboleth is a SAML service provider: Apache with mod_shib, and shibd.
type Shibboleth struct {
	t         testing.TB
	dir, port string
	socket    string
	names     []string
	key       *Key
	// URL is where it is reached, EntityID who it is, and Metadata what an identity provider must know of it, as it writes it
	// itself.
	URL, EntityID string
	Metadata      []byte
	// Protected is an address that is shown to who has signed in.
	Protected string
	// ACS and SLO are where it takes responses and messages of logout.
	ACS, SLO string
	// CertPEM is the certificate of its key, which signs its requests and opens what is encrypted for it.
	CertPEM []byte
}

const shibbolethConfiguration = `<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="60">
<OutOfProcess logger="DIR/shibd.logger"/>
<InProcess logger="DIR/native.logger"/>
<UnixListener address="SOCKET"/>
<ApplicationDefaults entityID="ENTITY" REMOTE_USER="uid" signing="true" encryption="false">
<Sessions lifetime="3600" timeout="3600" relayState="ss:mem" checkAddress="false" handlerSSL="false" cookieProps="http" redirectLimit="host">
<SSO entityID="PROVIDER">SAML2</SSO>
<Logout>SAML2 Local</Logout>
<Handler type="MetadataGenerator" Location="/Metadata" signing="false"/>
<Handler type="Session" Location="/Session" showAttributeValues="true"/>
</Sessions>
<Errors redirectErrors="false"/>
<MetadataProvider type="XML" validate="true" path="DIR/idp.xml"/>
<AttributeExtractor type="XML" validate="true" reloadChanges="false" path="DIR/attribute-map.xml"/>
<CredentialResolver type="File" key="KEY" certificate="CERT"/>
</ApplicationDefaults>
<SecurityPolicyProvider type="XML" validate="true" path="/etc/shibboleth/security-policy.xml"/>
<ProtocolProvider type="XML" validate="true" reloadChanges="false" path="/etc/shibboleth/protocols.xml"/>
</SPConfig>
`

const shibbolethLogger = `log4j.rootCategory=WARN, file
log4j.category.OpenSAML=INFO
log4j.appender.file=org.apache.log4j.FileAppender
log4j.appender.file.fileName=DIR/NAME.log
log4j.appender.file.layout=org.apache.log4j.PatternLayout
log4j.appender.file.layout.ConversionPattern=%d{%Y-%m-%d %H:%M:%S} %p %c %x: %m%n
`

const shibbolethApache = `LoadModule mod_shib MODULES/mod_shib.so
ShibConfig DIR/shibboleth2.xml
<Location "/">
	Require all granted
</Location>
<Location "/Shibboleth.sso">
	SetHandler shib
</Location>
<Location "/cours">
	AuthType shibboleth
	ShibRequestSetting requireSession 1
	Require valid-user
</Location>
`

// noProvider stands where the identity provider's metadata will: it is nobody's.
const noProvider = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:nobody"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="http://127.0.0.1:9/"/></IDPSSODescriptor></EntityDescriptor>`

// NewShibboleth makes one, with its key and its metadata, that knows attributes by the names given, in the formats "basic" and
// "unspecified"; uid and FrEduVecteur are always there. It serves when Start has been called.
func NewShibboleth(t testing.TB, attributes ...string) *Shibboleth {
	t.Helper()
	slow(t)
	Need(t, apache, apacheModules+"mod_shib.so", "/usr/sbin/shibd")
	s := &Shibboleth{t: t, dir: Dir(t), port: FreePort(t), key: NewKey(t, "Shibboleth")}
	s.names = slices.Sorted(maps.Keys(func() map[string]bool {
		out := map[string]bool{"uid": true, "FrEduVecteur": true}
		for _, a := range attributes {
			out[a] = true
		}
		return out
	}()))
	s.URL = "http://127.0.0.1:" + s.port
	s.EntityID, s.Protected = s.URL+"/shibboleth", s.URL+"/cours?semaine=12"
	s.ACS, s.SLO = s.URL+"/Shibboleth.sso/SAML2/POST", s.URL+"/Shibboleth.sso/SLO/Redirect"
	s.CertPEM = s.key.CertPEM
	short, err := os.MkdirTemp("", "shibd") //nolint:usetesting // the folder of a test may be too long for the address of a socket
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	s.socket = filepath.Join(short, "s")
	_ = asApache(t, &exec.Cmd{}, short)
	stop := s.start([]byte(noProvider))
	s.Metadata = fetch(t, s.URL+"/Shibboleth.sso/Metadata")
	stop()
	return s
}

// Start serves, for the users of an identity provider.
func (s *Shibboleth) Start(idpMetadata []byte) {
	s.t.Helper()
	s.start(idpMetadata)
}

func (s *Shibboleth) start(idpMetadata []byte) (stop func()) {
	t := s.t
	t.Helper()
	_ = os.Remove(s.socket)
	write(t, s.dir, "idp.xml", idpMetadata)
	fill := strings.NewReplacer("SOCKET", s.socket, "DIR", s.dir, "ENTITY", s.EntityID, "PROVIDER", html.EscapeString(entityID(t, idpMetadata)), "KEY", s.key.KeyFile, "CERT", s.key.CertFile)
	write(t, s.dir, "shibboleth2.xml", []byte(fill.Replace(shibbolethConfiguration)))
	for _, name := range []string{"shibd", "native"} {
		write(t, s.dir, name+".logger", []byte(strings.NewReplacer("DIR", s.dir, "NAME", name).Replace(shibbolethLogger)))
	}
	var m strings.Builder
	m.WriteString(`<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map">` + "\n")
	for _, name := range s.names {
		m.WriteString(`<Attribute name="` + html.EscapeString(name) + `" nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" id="` + html.EscapeString(name) + `"/>` + "\n")
		m.WriteString(`<Attribute name="` + html.EscapeString(name) + `" nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified" id="` + html.EscapeString(name) + `"/>` + "\n")
	}
	m.WriteString("</Attributes>\n")
	write(t, s.dir, "attribute-map.xml", []byte(m.String()))
	shibd := exec.Command("/usr/sbin/shibd", "-f", "-F", "-c", filepath.Join(s.dir, "shibboleth2.xml"), "-p", filepath.Join(s.dir, "shibd.pid"))
	shibd.Dir = s.dir
	daemon := run(t, s.socket, asApache(t, shibd, s.dir), filepath.Join(s.dir, "shibd.log"), filepath.Join(s.dir, "native.log"))
	server := startApache(t, s.dir, s.port, shibbolethApache)
	return func() {
		server.stop()
		daemon.stop()
	}
}

// Attributes returns what the protected page knows of who has signed in, by name: of the attributes that NewShibboleth was
// given, those that have a value. ok is false for any other page, such as the login of the identity provider.
func (s *Shibboleth) Attributes(p *Page) (out map[string][]string, ok bool) {
	env, ok := environment(p)
	if !ok {
		return nil, false
	}
	out = map[string][]string{}
	for _, name := range s.names {
		if v := env[name]; v != "" {
			out[name] = strings.Split(v, ";")
		}
	}
	return out, true
}

// LogoutURL ends the session of a browser here and at the identity provider, and comes back to an address of this server.
func (s *Shibboleth) LogoutURL() string {
	return s.URL + "/Shibboleth.sso/Logout?" + url.Values{"return": {s.URL + "/"}}.Encode()
}
