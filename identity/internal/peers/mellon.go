//go:build unix

package peers

import (
	"html"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Mellon is a SAML service provider: Apache with mod_auth_mellon (lasso).
type Mellon struct {
	t         testing.TB
	dir, port string
	// URL is where it is reached, EntityID who it is, and Metadata what an identity provider must know of it.
	URL, EntityID string
	Metadata      []byte
	// Protected is an address that is shown to who has signed in.
	Protected string
	// ACS and SLO are where it takes responses and messages of logout.
	ACS, SLO string
	// CertPEM is the certificate of its key.
	CertPEM []byte
}

const mellonConfiguration = `LoadModule auth_mellon_module MODULES/mod_auth_mellon.so
MellonLockFile DIR/lock
MellonPostDirectory DIR/post
<Location "/">
	Require all granted
	MellonEnable info
	MellonEndpointPath /mellon
	MellonSPPrivateKeyFile DIR/sp.key
	MellonSPCertFile DIR/sp.cert
	MellonSPMetadataFile DIR/sp.xml
	MellonIdPMetadataFile DIR/idp.xml
	MellonSecureCookie Off
	MellonEnvVarsSetCount On
	MellonVariable mellon
</Location>
<Location "/cours">
	MellonEnable auth
	AuthType Mellon
	Require valid-user
</Location>
`

// NewMellon makes one, with its key and its metadata. It serves when Start has been called.
func NewMellon(t testing.TB) *Mellon {
	t.Helper()
	slow(t)
	Need(t, apache, apacheModules+"mod_auth_mellon.so", "mellon_create_metadata")
	m := &Mellon{t: t, dir: Dir(t), port: FreePort(t)}
	m.URL = "http://127.0.0.1:" + m.port
	m.EntityID, m.Protected = m.URL+"/mellon/metadata", m.URL+"/cours?semaine=12"
	m.ACS, m.SLO = m.URL+"/mellon/postResponse", m.URL+"/mellon/logout"
	require.NoError(t, command(t, m.dir, "mellon_create_metadata", m.EntityID, m.URL+"/mellon"))
	for _, ext := range []string{"key", "cert", "xml"} {
		made, err := filepath.Glob(filepath.Join(m.dir, "*."+ext))
		require.NoError(t, err)
		require.Len(t, made, 1)
		require.NoError(t, os.Rename(made[0], filepath.Join(m.dir, "sp."+ext)))
	}
	m.Metadata, m.CertPEM = read(t, filepath.Join(m.dir, "sp.xml")), read(t, filepath.Join(m.dir, "sp.cert"))
	require.NoError(t, os.Mkdir(filepath.Join(m.dir, "post"), 0o755)) //nolint:gosec // Apache's
	return m
}

// Start serves, for the users of an identity provider.
func (m *Mellon) Start(idpMetadata []byte) {
	m.t.Helper()
	write(m.t, m.dir, "idp.xml", idpMetadata)
	startApache(m.t, m.dir, m.port, mellonConfiguration)
}

// Attributes returns what the protected page knows of who has signed in, by name; NAME_ID is the identifier of SAML. ok is
// false for any other page, such as the login of the identity provider.
func (m *Mellon) Attributes(p *Page) (out map[string][]string, ok bool) {
	env, ok := environment(p)
	if !ok {
		return nil, false
	}
	out = map[string][]string{}
	for name, count := range env {
		name, ours := strings.CutPrefix(name, "MELLON_")
		name, counts := strings.CutSuffix(name, "_N")
		if n, err := strconv.Atoi(count); ours && counts && err == nil {
			for i := range n { // lasso leaves texts as they stand in XML
				out[name] = append(out[name], html.UnescapeString(env["MELLON_"+name+"_"+strconv.Itoa(i)]))
			}
		}
	}
	return out, true
}

// LogoutURL ends the session of a browser here and at the identity provider, and comes back to an address of this server.
func (m *Mellon) LogoutURL() string {
	return m.URL + "/mellon/logout?" + url.Values{"ReturnTo": {m.URL + "/"}}.Encode()
}
