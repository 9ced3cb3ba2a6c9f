//go:build unix

package peers

import (
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// LemonLDAP is LemonLDAP::NG: a CAS server, and a SAML identity provider when it has partners. Its users are dwho, rtyler and
// msmith, whose passwords are their logins; they have the attributes uid, cn and mail, and those of LemonLDAPOptions.Macros.
type LemonLDAP struct {
	// URL is its portal, without a final slash; Plain is where it is reached without TLS, the same when there is none.
	URL, Plain string
	// CAS is the base address of the CAS server, Logout where a browser signs out.
	CAS, Logout string
	// EntityID, SSO and SLO are of the identity provider; the last two take redirects. Metadata says all of it, and
	// MetadataURL is where it is read.
	EntityID, SSO, SLO, MetadataURL string
	Metadata                        []byte
	// Key signs what the identity provider says; nil without partners.
	Key *Key
	// CAFile is its authority in PEM when it has TLS.
	CAFile string
}

// CASApplication is one that a CAS server of LemonLDAP::NG knows, and tells of the end of a session, in the back channel.
type CASApplication struct {
	// Name is letters; Service the beginning of its addresses.
	Name, Service string
	// Attributes are what it is told of somebody: by its own name, the one of the attribute here.
	Attributes map[string]string
}

// SAMLPartner is a service provider that an identity provider of LemonLDAP::NG knows.
type SAMLPartner struct {
	// Name is letters; Metadata its own.
	Name     string
	Metadata []byte
	// Attributes are what it is told of somebody: by its own name, the one of the attribute here.
	Attributes map[string]string
	// EncryptAssertions encrypts what is said of somebody.
	EncryptAssertions bool
}

// LemonLDAPOptions say what it knows.
type LemonLDAPOptions struct {
	Apps     []CASApplication
	Partners []SAMLPartner
	// Macros are attributes that everybody has, each a text, or several between "; ".
	Macros map[string]string
	// TLS puts a TLS server in front. Services that are called back by proxy tickets need it.
	TLS bool
	// Fresh is for how long a sign-in counts as new, whole seconds: five when zero.
	Fresh time.Duration
	// Workers are its processes, two when zero.
	Workers int
	// Trust are authorities in PEM that it trusts when it calls services, beside its own front's.
	Trust []string
}

const lemonldap = "/usr/share/perl5/Lemonldap/NG/Portal/Main.pm"

const lemonldapINI = `[all]
logLevel = error
checkTime = 600
[configuration]
type=File
dirName=DIR/conf
localStorage=Cache::FileCache
localStorageOptions={ 'namespace' => 'config', 'default_expires_in' => 600, 'directory_umask' => '007', 'cache_root' => 'DIR/cache', 'cache_depth' => 3 }
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en, fr
[handler]
status = 0
`

const lemonldapPSGI = "use Lemonldap::NG::Portal::Main;\nLemonldap::NG::Portal::Main->run({});\n"

// StartLemonLDAP starts one.
func StartLemonLDAP(t testing.TB, o LemonLDAPOptions) *LemonLDAP {
	t.Helper()
	slow(t)
	Need(t, "starman", lemonldap)
	if o.Workers == 0 {
		o.Workers = 2
	}
	if o.Fresh == 0 {
		o.Fresh = 5 * time.Second
	}
	dir, port := Dir(t), FreePort(t)
	l := &LemonLDAP{Plain: "http://127.0.0.1:" + port}
	l.URL = l.Plain
	trust := o.Trust
	if o.TLS {
		front := NewFront(t, l.Plain)
		l.URL, l.CAFile = front.URL, front.CAFile
		trust = append(trust, front.CAFile)
	}
	l.CAS, l.Logout = l.URL+"/cas", l.URL+"/?logout=1"
	l.EntityID, l.SSO, l.SLO = l.URL+"/saml/metadata", l.URL+"/saml/singleSignOn", l.URL+"/saml/singleLogout"
	l.MetadataURL = l.EntityID
	for _, d := range []string{"conf", "cache", "sessions/lock", "persistent/lock"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, d), 0o755)) //nolint:gosec // of the test
	}
	conf, err := json.Marshal(l.configuration(t, dir, &o))
	require.NoError(t, err)
	write(t, filepath.Join(dir, "conf"), "lmConf-1.json", conf)
	ini := write(t, dir, "lemonldap-ng.ini", []byte(strings.ReplaceAll(lemonldapINI, "DIR", dir)))
	psgi := write(t, dir, "portal.psgi", []byte(lemonldapPSGI))
	cmd := exec.Command("starman", "--listen", "127.0.0.1:"+port, "--workers", strconv.Itoa(o.Workers), "--max-requests", "1000000", "--preload-app", psgi)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LLNG_DEFAULTCONFFILE="+ini, "PLACK_ENV=deployment")
	if len(trust) > 0 {
		var all []byte
		for _, f := range trust {
			all = append(all, read(t, f)...)
		}
		cmd.Env = append(cmd.Env, "PERL_LWP_SSL_CA_FILE="+write(t, dir, "trust.pem", all))
	}
	run(t, "127.0.0.1:"+port, cmd)
	if len(o.Partners) > 0 {
		l.Metadata = fetch(t, l.Plain+"/saml/metadata")
	}
	return l
}

type object map[string]any

// configuration is the one document that it reads.
func (l *LemonLDAP) configuration(t testing.TB, dir string, o *LemonLDAPOptions) object {
	t.Helper()
	u, err := url.Parse(l.URL)
	require.NoError(t, err)
	c := object{
		"cfgNum": 1, "cfgAuthor": "test", "cfgDate": 1, "cfgVersion": "2.16.1", "domain": u.Hostname(), "portal": l.URL + "/", "key": "a key of the tests",
		"authentication": "Demo", "userDB": "Same", "passwordDB": "Null", "registerDB": "Null", "demoExportedVars": object{"cn": "cn", "mail": "mail", "uid": "uid"},
		"whatToTrace": "uid", "cookieName": "lemonldap", "securedCookie": 0, "requireToken": 0, "portalMainLogo": "", "portalCheckLogins": 0,
		"locationRules": object{u.Host: object{"default": "accept"}}, "exportedHeaders": object{}, "exportedVars": object{},
		"globalStorage": "Apache::Session::File", "globalStorageOptions": object{"Directory": dir + "/sessions", "LockDirectory": dir + "/sessions/lock"},
		"persistentStorage": "Apache::Session::File", "persistentStorageOptions": object{"Directory": dir + "/persistent", "LockDirectory": dir + "/persistent/lock"},
		"localSessionStorage":        "Cache::FileCache",
		"localSessionStorageOptions": object{"namespace": "sessions", "default_expires_in": 600, "directory_umask": "007", "cache_root": dir + "/cache", "cache_depth": 3},
		"portalForceAuthnInterval":   int(o.Fresh / time.Second), "issuerDBCASActivation": 1, "casAccessControlPolicy": "error", "casBackChannelSingleLogout": 1,
		"casAttributes": object{"uid": "uid"}, "casAttr": "uid",
	}
	macros := object{}
	for name, v := range o.Macros {
		macros[name] = "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(v) + "'"
	}
	c["macros"] = macros
	options, vars := object{}, object{}
	for _, a := range o.Apps {
		options[a.Name] = object{"casAppMetaDataOptionsService": a.Service, "casAppMetaDataOptionsUserAttribute": "uid", "casAppMetaDataOptionsLogout": 1}
		vars[a.Name] = a.Attributes
	}
	c["casAppMetaDataOptions"], c["casAppMetaDataExportedVars"] = options, vars
	if len(o.Partners) == 0 {
		return c
	}
	l.Key = NewKey(t, "LemonLDAP::NG")
	c["issuerDBSAMLActivation"], c["samlServicePrivateKeySig"], c["samlServicePublicKeySig"] = 1, string(l.Key.KeyPEM), string(l.Key.CertPEM)
	c["samlServiceSignatureMethod"], c["samlServiceUseCertificateInResponse"] = "RSA_SHA256", 1
	metadata, attributes, settings := object{}, object{}, object{}
	for _, p := range o.Partners {
		metadata[p.Name] = object{"samlSPMetaDataXML": string(p.Metadata)}
		list := object{}
		for theirs, ours := range p.Attributes {
			list[ours] = "1;" + theirs + ";urn:oasis:names:tc:SAML:2.0:attrname-format:basic;" + theirs
		}
		attributes[p.Name] = list
		mode := "none"
		if p.EncryptAssertions {
			mode = "assertion"
		}
		settings[p.Name] = object{
			"samlSPMetaDataOptionsNameIDFormat": "transient", "samlSPMetaDataOptionsEncryptionMode": mode, "samlSPMetaDataOptionsSignSSOMessage": 1,
			"samlSPMetaDataOptionsSignSLOMessage": 1, "samlSPMetaDataOptionsCheckSSOMessageSignature": 1, "samlSPMetaDataOptionsCheckSLOMessageSignature": 1,
			"samlSPMetaDataOptionsNotOnOrAfterTimeout": 600, "samlSPMetaDataOptionsSessionNotOnOrAfterTimeout": 3600, "samlSPMetaDataOptionsOneTimeUse": 0,
			"samlSPMetaDataOptionsForceUTF8": 1,
		}
	}
	c["samlSPMetaDataXML"], c["samlSPMetaDataExportedAttributes"], c["samlSPMetaDataOptions"] = metadata, attributes, settings
	return c
}
