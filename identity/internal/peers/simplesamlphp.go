//go:build unix

package peers

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// User is somebody who can sign in at an identity provider.
type User struct {
	Login, Password string
	Attributes      map[string][]string
}

// SimpleSAMLphp is a SAML identity provider.
type SimpleSAMLphp struct {
	t   testing.TB
	dir string
	// URL is where it is reached, EntityID who it is, Metadata what a service provider must know of it, and MetadataURL
	// where that is read.
	URL, EntityID, MetadataURL string
	Metadata                   []byte
	// Key signs what it says.
	Key *Key
	// SSO and SLO are where it takes requests, and messages of logout, both by redirect.
	SSO, SLO string
	partners map[string]string
}

// ServiceProvider is one that an identity provider of SimpleSAMLphp knows.
type ServiceProvider struct {
	EntityID string
	// ACS and SLO are where it takes responses, by POST, and messages of logout, by redirect.
	ACS, SLO string
	// CertPEM is the certificate of its key: its requests must be signed by it then, and what is encrypted is for it.
	CertPEM []byte
	// NoRequestSignature leaves requests unchecked although there is a certificate.
	NoRequestSignature bool
	// EncryptAssertions encrypts what is said of somebody.
	EncryptAssertions bool
	// PlainLogout leaves messages of logout unsigned; mod_auth_mellon refuses those.
	PlainLogout bool
	// PlainResponse leaves the response unsigned, the assertion is signed in any case.
	PlainResponse bool
	// NameIDFormat is transient when empty.
	NameIDFormat string
}

const simplesaml = "/usr/share/simplesamlphp"

const simplesamlConfiguration = `<?php
$config = array(
	'baseurlpath' => 'simplesamlphp/', 'certdir' => 'DIR/cert/', 'loggingdir' => 'DIR/log/', 'datadir' => 'DIR/data/', 'tempdir' => 'DIR/tmp',
	'metadatadir' => 'DIR/metadata/', 'attributenamemapdir' => '/etc/simplesamlphp/attributemap/',
	'technicalcontact_email' => 'nobody@example.org', 'timezone' => 'Europe/Paris', 'secretsalt' => 'a salt of the tests', 'auth.adminpassword' => 'unused',
	'admin.checkforupdates' => false, 'logging.handler' => 'file', 'logging.level' => 6, 'statistics.out' => array(), 'enable.saml20-idp' => true,
	'module.enable' => array('exampleauth' => true, 'core' => true, 'saml' => true),
	'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'session.phpsession.cookiename' => 'SimpleSAML',
	'session.phpsession.savepath' => 'DIR/sessions', 'store.type' => 'phpsession', 'language.available' => array('en', 'fr'), 'language.default' => 'en',
	'language.cookie.secure' => false, 'production' => true, 'authproc.idp' => array(), 'authproc.sp' => array(),
	'metadata.sources' => array(array('type' => 'flatfile')), 'trusted.url.domains' => array(),
);
`

const simplesamlHosted = `<?php
$metadata['ENTITY'] = array(
	'host' => '__DEFAULT__', 'privatekey' => 'KEY', 'certificate' => 'CERT', 'auth' => 'users',
	'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
	'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
);
`

// StartSimpleSAMLphp starts one for some users. It knows no service provider before Register.
func StartSimpleSAMLphp(t testing.TB, users ...User) *SimpleSAMLphp {
	t.Helper()
	slow(t)
	Need(t, "php", simplesaml+"/www/module.php")
	port := FreePort(t)
	s := &SimpleSAMLphp{t: t, dir: Dir(t), Key: NewKey(t, "SimpleSAMLphp"), partners: map[string]string{}}
	s.URL = "http://127.0.0.1:" + port + "/simplesamlphp"
	s.EntityID = s.URL + "/saml2/idp/metadata.php"
	s.MetadataURL, s.SSO, s.SLO = s.EntityID, s.URL+"/saml2/idp/SSOService.php", s.URL+"/saml2/idp/SingleLogoutService.php"
	for _, d := range []string{"cert", "log", "data", "tmp", "metadata", "sessions", "www"} {
		require.NoError(t, os.Mkdir(filepath.Join(s.dir, d), 0o755)) //nolint:gosec // of the test
	}
	require.NoError(t, os.Symlink(simplesaml+"/www", filepath.Join(s.dir, "www", "simplesamlphp")))
	fill := strings.NewReplacer("DIR", s.dir, "ENTITY", s.EntityID, "KEY", s.Key.KeyFile, "CERT", s.Key.CertFile)
	write(t, s.dir, "config.php", []byte(fill.Replace(simplesamlConfiguration)))
	write(t, filepath.Join(s.dir, "metadata"), "saml20-idp-hosted.php", []byte(fill.Replace(simplesamlHosted)))
	var b strings.Builder
	b.WriteString("<?php\n$config = array('users' => array('exampleauth:UserPass',\n")
	for _, u := range users {
		fmt.Fprintf(&b, "%s => array(", php(u.Login+":"+u.Password))
		for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
			fmt.Fprintf(&b, "%s => array(", php(name))
			for _, v := range u.Attributes[name] {
				b.WriteString(php(v) + ", ")
			}
			b.WriteString("), ")
		}
		b.WriteString("),\n")
	}
	b.WriteString("));\n")
	write(t, s.dir, "authsources.php", []byte(b.String()))
	s.Register()
	cmd := exec.Command("php", "-S", "127.0.0.1:"+port, "-d", "display_errors=0", "-d", "log_errors=1", "-d", "session.save_path="+filepath.Join(s.dir, "sessions"), "-t", filepath.Join(s.dir, "www"))
	cmd.Env = append(os.Environ(), "SIMPLESAMLPHP_CONFIG_DIR="+s.dir, "PHP_CLI_SERVER_WORKERS=3")
	run(t, "127.0.0.1:"+port, cmd, filepath.Join(s.dir, "log", "simplesamlphp.log"))
	s.Metadata = fetch(t, s.MetadataURL)
	return s
}

// php writes a text as PHP does.
func php(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// Register makes service providers known, beside those that are; one with the entity ID of another takes its place.
func (s *SimpleSAMLphp) Register(list ...ServiceProvider) {
	t := s.t
	t.Helper()
	const binding = "urn:oasis:names:tc:SAML:2.0:bindings:"
	for _, p := range list {
		format := p.NameIDFormat
		if format == "" {
			format = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
		}
		var b strings.Builder
		fmt.Fprintf(&b, "$metadata[%s] = array(\n", php(p.EntityID))
		fmt.Fprintf(&b, "'AssertionConsumerService' => array(array('Binding' => %s, 'Location' => %s, 'index' => 0, 'isDefault' => true)),\n", php(binding+"HTTP-POST"), php(p.ACS))
		if p.SLO != "" {
			fmt.Fprintf(&b, "'SingleLogoutService' => array(array('Binding' => %s, 'Location' => %s)),\n", php(binding+"HTTP-Redirect"), php(p.SLO))
		}
		if len(p.CertPEM) > 0 {
			fmt.Fprintf(&b, "'certData' => %s,\n", php(certData(p.CertPEM)))
		}
		fmt.Fprintf(&b, "'NameIDFormat' => %s, 'simplesaml.nameidattribute' => 'uid', 'saml20.sign.assertion' => true, 'saml20.sign.response' => %t, 'sign.logout' => %t,\n",
			php(format), !p.PlainResponse, !p.PlainLogout)
		fmt.Fprintf(&b, "'assertion.encryption' => %t, 'validate.authnrequest' => %t, 'validate.logout' => %t, 'redirect.validate' => %t,\n);\n",
			p.EncryptAssertions, len(p.CertPEM) > 0 && !p.NoRequestSignature, len(p.CertPEM) > 0, len(p.CertPEM) > 0 && !p.NoRequestSignature)
		s.partners[p.EntityID] = b.String()
	}
	var all strings.Builder
	all.WriteString("<?php\n")
	for _, id := range slices.Sorted(maps.Keys(s.partners)) {
		all.WriteString(s.partners[id])
	}
	write(t, filepath.Join(s.dir, "metadata"), "saml20-sp-remote.php", []byte(all.String()))
}

// certData is a certificate in base64 alone.
func certData(certPEM []byte) string {
	var out strings.Builder
	for l := range strings.Lines(string(certPEM)) {
		if !strings.HasPrefix(l, "-----") {
			out.WriteString(strings.TrimSpace(l))
		}
	}
	if _, err := base64.StdEncoding.DecodeString(out.String()); err != nil {
		return ""
	}
	return out.String()
}
