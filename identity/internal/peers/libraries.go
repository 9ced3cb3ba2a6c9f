//go:build unix

package peers

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// systemPython is the one that Debian's packages are for.
const systemPython = "/usr/bin/python3"

const authenCAS = `
use strict; use Authen::CAS::Client; use JSON::PP;
my ($base, $service, $ticket) = @ARGV;
my $r = Authen::CAS::Client->new($base, fatal => 0)->service_validate($service, $ticket);
my %out = (kind => ref($r));
$out{user} = $r->user if $r->is_success;
$out{code} = $r->code if $r->is_failure;
print encode_json(\%out);
`

// AuthenCASAnswer is what Authen::CAS::Client makes of a validation: a user, or the code of a refusal.
type AuthenCASAnswer struct{ Kind, User, Code string }

// AuthenCAS validates a ticket by the Perl library Authen::CAS::Client.
func AuthenCAS(t testing.TB, s CASServer, service, ticket string) (out AuthenCASAnswer) {
	t.Helper()
	Need(t, "perl", "/usr/share/perl5/Authen/CAS/Client.pm")
	c := exec.Command("perl", "-e", authenCAS, s.Base, service, ticket)
	c.Env = append(os.Environ(), "PERL_LWP_SSL_CA_FILE="+s.CAFile)
	text, err := c.CombinedOutput()
	require.NoError(t, err, "%s", text)
	require.NoError(t, json.Unmarshal(text, &out), "%s", text)
	return out
}

const pySAML2 = `
import json, sys
from saml2 import BINDING_HTTP_POST
from saml2.client import Saml2Client
from saml2.config import Config
w = json.load(sys.stdin)
c = Config()
c.load({
    "entityid": w["entity"], "xmlsec_binary": "/usr/bin/xmlsec1", "key_file": w["key"], "cert_file": w["cert"],
    "encryption_keypairs": [{"key_file": w["key"], "cert_file": w["cert"]}], "metadata": {"local": [w["metadata"]]}, "allow_unknown_attributes": True,
    "service": {"sp": {"endpoints": {"assertion_consumer_service": [(w["acs"], BINDING_HTTP_POST)]}, "want_assertions_signed": True, "want_response_signed": w["both"], "allow_unsolicited": False}},
})
out = {}
try:
    r = Saml2Client(c).parse_authn_request_response(w["response"], BINDING_HTTP_POST, outstanding={w["request"]: "/"})
    out = {"attributes": r.ava, "name": r.name_id.text, "issuer": r.issuer()}
except Exception as e:
    out = {"refused": type(e).__name__}
print(json.dumps(out))
`

// PySAML2 is a service provider by the Python library pysaml2, which asks xmlsec1 for signatures.
type PySAML2 struct {
	EntityID, ACS string
	Key           *Key
	// IDPMetadata is that of the identity provider; Both wants the response signed beside the assertion.
	IDPMetadata []byte
	Both        bool
}

// PySAML2Answer is what it makes of a response: attributes, or the name of the exception that refuses it.
type PySAML2Answer struct {
	Attributes   map[string][]string
	Name, Issuer string
	Refused      string
}

// Response reads a response, in base 64, to a request.
func (p *PySAML2) Response(t testing.TB, encoded, request string) (out PySAML2Answer) {
	t.Helper()
	Need(t, systemPython, "/usr/lib/python3/dist-packages/saml2/__init__.py", "xmlsec1")
	dir := Dir(t)
	write(t, dir, "idp.xml", p.IDPMetadata)
	in, err := json.Marshal(map[string]any{
		"entity": p.EntityID, "acs": p.ACS, "key": p.Key.KeyFile, "cert": p.Key.CertFile, "metadata": dir + "/idp.xml", "both": p.Both,
		"response": encoded, "request": request,
	})
	require.NoError(t, err)
	c := exec.Command(systemPython, "-c", pySAML2)
	c.Stdin = bytes.NewReader(in)
	text, err := c.Output()
	require.NoError(t, err, "%s", text)
	require.NoError(t, json.Unmarshal(text, &out), "%s", text)
	return out
}
