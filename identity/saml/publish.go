package saml

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"time"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
)

const (
	// metadataLife is how long our metadata is valid, metadataCache how often to read it again.
	metadataLife  = 10 * 24 * time.Hour
	metadataCache = 6 * time.Hour
)

// Metadata returns our metadata as a service provider, signed, to give to identity providers (SAML 2.0 Metadata, 2.4.4).
func (p *SP) Metadata() ([]byte, error) {
	yes := true
	location := p.baseURL + "/slo"
	role := crewjam.SPSSODescriptor{
		SSODescriptor:       p.descriptor(location, NameIDFormatTransient),
		AuthnRequestsSigned: &yes, WantAssertionsSigned: &yes,
		AssertionConsumerServices: []crewjam.IndexedEndpoint{{Binding: BindingPOST, Location: p.baseURL + "/acs", Index: 1, IsDefault: &yes}},
	}
	return p.publish(crewjam.EntityDescriptor{SPSSODescriptors: []crewjam.SPSSODescriptor{role}})
}

// Metadata returns our metadata as an identity provider, signed, to give to services (SAML 2.0 Metadata, 2.4.3).
func (p *IDP) Metadata() ([]byte, error) {
	signed := p.c.RequireSigned
	location := p.baseURL + "/sso"
	role := crewjam.IDPSSODescriptor{
		SSODescriptor:           p.descriptor(p.baseURL+"/slo", NameIDFormatTransient, NameIDFormatPersistent, NameIDFormatUnspecified),
		WantAuthnRequestsSigned: &signed,
		SingleSignOnServices:    []crewjam.Endpoint{{Binding: BindingRedirect, Location: location}, {Binding: BindingPOST, Location: location}},
	}
	return p.publish(crewjam.EntityDescriptor{IDPSSODescriptors: []crewjam.IDPSSODescriptor{role}})
}

func (s *side) descriptor(logout string, formats ...crewjam.NameIDFormat) crewjam.SSODescriptor {
	out := crewjam.SSODescriptor{
		RoleDescriptor: crewjam.RoleDescriptor{ProtocolSupportEnumeration: nsProtocol},
		SingleLogoutServices: []crewjam.Endpoint{
			{Binding: BindingSOAP, Location: logout}, {Binding: BindingRedirect, Location: logout}, {Binding: BindingPOST, Location: logout},
		},
		NameIDFormats: formats,
	}
	for _, k := range s.keys.all {
		info := crewjam.KeyInfo{X509Data: crewjam.X509Data{X509Certificates: []crewjam.X509Certificate{{Data: base64.StdEncoding.EncodeToString(k.Certificate)}}}}
		if k.Use != UseEncryption {
			out.KeyDescriptors = append(out.KeyDescriptors, crewjam.KeyDescriptor{Use: string(UseSigning), KeyInfo: info})
		}
		if k.Use != UseSigning && s.kind == RoleIDP && k.decrypts() {
			out.KeyDescriptors = append(out.KeyDescriptors, crewjam.KeyDescriptor{
				Use: string(UseEncryption), KeyInfo: info,
				EncryptionMethods: []crewjam.EncryptionMethod{{Algorithm: nsXEnc11 + "aes256-gcm"}, {Algorithm: nsXEnc11 + "aes128-gcm"}, {Algorithm: nsXEnc + "rsa-oaep-mgf1p"}},
			})
		}
	}
	return out
}

// publish signs metadata as a whole.
func (s *side) publish(e crewjam.EntityDescriptor) ([]byte, error) {
	e.EntityID, e.ID, e.ValidUntil, e.CacheDuration = s.entityID, newID(), s.utc().Add(metadataLife), metadataCache
	b, err := xml.Marshal(e)
	if err != nil {
		return nil, err
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(b); err != nil {
		return nil, err
	}
	dropEmpty(doc.Root())
	doc.Root().InsertChildAt(0, algorithms())
	if err := s.keys.signing.signElement(doc.Root()); err != nil {
		return nil, err
	}
	return serialize(doc.Root()), nil
}

// algorithms tells partners what we verify: without it Shibboleth signs what it answers over SOAP in SHA-1. Source: SAML 2.0
// Metadata Profile for Algorithm Support.
func algorithms() *etree.Element {
	out := etree.NewElement("Extensions")
	out.CreateAttr("xmlns", nsMetadata)
	out.CreateAttr("xmlns:alg", "urn:oasis:names:tc:SAML:metadata:algsupport")
	const more = "http://www.w3.org/2001/04/xmldsig-more#"
	for _, a := range []string{nsXEnc + "sha256", more + "sha384", nsXEnc + "sha512"} {
		out.CreateElement("alg:DigestMethod").CreateAttr("Algorithm", a)
	}
	for _, a := range []string{rsaSHA256, more + "rsa-sha384", more + "rsa-sha512", ecdsaSHA256, ecdsaSHA384} {
		out.CreateElement("alg:SigningMethod").CreateAttr("Algorithm", a)
	}
	return out
}

// dropEmpty removes the attributes that the types of crewjam write without a value.
func dropEmpty(el *etree.Element) {
	for _, name := range []string{"use", "Format", "cacheDuration", "validUntil"} {
		if v, ok := attr(el, name); ok && v == "" {
			el.RemoveAttr(name)
		}
	}
	for _, c := range el.ChildElements() {
		dropEmpty(c)
	}
}

func serveMetadata(w http.ResponseWriter, r *http.Request, make func() ([]byte, error)) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	b, err := make()
	if err != nil {
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(b)
}
