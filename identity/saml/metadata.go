package saml

import (
	"crypto"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/beevik/etree"

	"github.com/opencartable/cartable/ent"
)

// MaxMetadata is the longest metadata document, in bytes. A federation's aggregate is longer: its partners are read from
// their own files.
const MaxMetadata = 8 << 20

// The bindings.
const (
	BindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	BindingPOST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	BindingSOAP     = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
	BindingArtifact = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"
)

// RoleKind is the element of a role. Those that this package has no name for are read too.
type RoleKind string

// The roles that an ENT meets.
const (
	RoleIDP       RoleKind = "IDPSSODescriptor"
	RoleSP        RoleKind = "SPSSODescriptor"
	RoleAttribute RoleKind = "AttributeAuthorityDescriptor"
)

// Label returns the role in words; an unknown one as it is.
func (k RoleKind) Label(lang ent.Lang) string {
	switch k {
	case RoleIDP:
		return ent.Label{FR: "fournisseur d'identité", EN: "identity provider"}.In(lang)
	case RoleSP:
		return ent.Label{FR: "fournisseur de service", EN: "service provider"}.In(lang)
	case RoleAttribute:
		return ent.Label{FR: "autorité d'attributs", EN: "attribute authority"}.In(lang)
	}
	return string(k)
}

// Entity is an EntityDescriptor: a partner (SAML 2.0 Metadata, 2.3.2).
type Entity struct {
	ID string
	// ValidUntil is the earliest end of what surrounds the entity and of its own, zero without one. CacheDuration is the
	// shortest hint to read it again, zero without one.
	ValidUntil    time.Time
	CacheDuration time.Duration
	Roles         []Role
}

// Role is what an entity does. One entity may have several.
type Role struct {
	Kind RoleKind
	// ValidUntil is the end of the role, never after that of its entity.
	ValidUntil time.Time
	// Protocols are the protocols it speaks.
	Protocols []string
	// WantAuthnRequestsSigned is that of an identity provider, the two others are those of a service provider.
	WantAuthnRequestsSigned, AuthnRequestsSigned, WantAssertionsSigned bool
	Keys                                                               []Key
	Endpoints                                                          []Endpoint
	NameIDFormats                                                      []string
}

// KeyUse is what a key serves for.
type KeyUse string

// The uses: without one, a key serves for both.
const (
	UseBoth       KeyUse = ""
	UseSigning    KeyUse = "signing"
	UseEncryption KeyUse = "encryption"
)

// Label returns the use in words; an unknown one as it is.
func (u KeyUse) Label(lang ent.Lang) string {
	switch u {
	case UseBoth:
		return ent.Label{FR: "signature et chiffrement", EN: "signing and encryption"}.In(lang)
	case UseSigning:
		return ent.Label{FR: "signature", EN: "signing"}.In(lang)
	case UseEncryption:
		return ent.Label{FR: "chiffrement", EN: "encryption"}.In(lang)
	}
	return string(u)
}

// Key is a key of a role.
type Key struct {
	Use KeyUse
	// Public is nil when the certificate holds no key that this package can read.
	Public crypto.PublicKey
	// Certificate is the certificate that carries the key. Nothing of it is trusted nor looked at but the key.
	Certificate []byte
	// Methods are the encryption algorithms that the role takes, when it says so.
	Methods []string
}

// Endpoint is an address of a role.
type Endpoint struct {
	// Kind is the name of the element, such as SingleLogoutService.
	Kind, Binding, Location string
	// ResponseLocation is where answers go, "" when they go to Location.
	ResponseLocation string
	Index            int
	Default          bool
}

// Role returns the first role of a kind that speaks SAML 2.0.
func (e *Entity) Role(kind RoleKind) (Role, bool) {
	for _, r := range e.Roles {
		if r.Kind == kind && (len(r.Protocols) == 0 || slices.Contains(r.Protocols, nsProtocol)) {
			return r, true
		}
	}
	return Role{}, false
}

// Peer returns what a Receiver must know of the entity in a role: its name, its signing keys, and the end of its metadata.
// Contexts and Allow are left to the caller. It is false when the entity has no such role.
func (e *Entity) Peer(kind RoleKind) (Peer, bool) {
	r, ok := e.Role(kind)
	if !ok {
		return Peer{}, false
	}
	return Peer{EntityID: e.ID, Keys: r.SigningKeys(), ValidUntil: r.ValidUntil}, true
}

// SigningKeys returns the public keys that may have signed, in their order.
func (r *Role) SigningKeys() []crypto.PublicKey {
	var out []crypto.PublicKey
	for _, k := range r.Keys {
		if k.Public != nil && (k.Use == UseSigning || k.Use == UseBoth) {
			out = append(out, k.Public)
		}
	}
	return out
}

// Endpoint returns the address of a kind and of a binding: the default one, or else the first.
func (r *Role) Endpoint(kind, binding string) (Endpoint, bool) {
	var found Endpoint
	ok := false
	for _, e := range r.Endpoints {
		if e.Kind == kind && e.Binding == binding && (!ok || e.Default && !found.Default) {
			found, ok = e, true
		}
	}
	return found, ok
}

// ReadMetadata reads an EntityDescriptor, or those of an EntitiesDescriptor, nested or not. It judges no date and no
// signature: see [VerifyMetadata]. The error is of CodeMetadata, CodeXML, CodeTooLarge or CodeStructure.
func ReadMetadata(data []byte) ([]Entity, error) {
	d, err := readDocument(data, nil)
	return d.entities, err
}

// VerifyMetadata reads metadata that its publisher signed as a whole. Of the publisher, its keys and its tolerances count:
// several keys let one succeed another.
func VerifyMetadata(data []byte, publisher Peer) ([]Entity, error) {
	d, err := readDocument(data, &publisher)
	return d.entities, err
}

// document is metadata with what its root says of the whole: of one entity it may say less.
type document struct {
	entities []Entity
	until    time.Time
	cache    time.Duration
}

// readDocument reads metadata, signed by its publisher unless that is nil.
func readDocument(data []byte, publisher *Peer) (document, error) {
	if len(data) > MaxMetadata {
		return document{}, refuse(CodeTooLarge)
	}
	root, err := parse(data)
	if err != nil {
		return document{}, err
	}
	if publisher != nil {
		signature, err := signatureIn(root)
		if err != nil {
			return document{}, err
		}
		if signature == nil {
			return document{}, refuseField(CodeUnsigned, "Signature")
		}
		if err := verifySignature(root, signature, publisher); err != nil {
			return document{}, err
		}
	}
	var d document
	if d.entities, err = entities(root, time.Time{}, 0, nil); err != nil {
		return document{}, err
	}
	d.until, d.cache, err = bounds(root, time.Time{}, 0)
	return d, err
}

func entities(el *etree.Element, until time.Time, cache time.Duration, out []Entity) ([]Entity, error) {
	until, cache, err := bounds(el, until, cache)
	if err != nil {
		return nil, err
	}
	switch {
	case is(el, nsMetadata, "EntityDescriptor"):
		e, err := readEntity(el, until, cache)
		if err != nil {
			return nil, err
		}
		return append(out, e), nil
	case is(el, nsMetadata, "EntitiesDescriptor"):
		for _, c := range el.ChildElements() {
			if is(c, nsMetadata, "EntityDescriptor") || is(c, nsMetadata, "EntitiesDescriptor") {
				if out, err = entities(c, until, cache, out); err != nil {
					return nil, err
				}
			}
		}
		return out, nil
	}
	return nil, refuseField(CodeMetadata, "EntityDescriptor")
}

// bounds narrows what surrounds an element by its own validUntil and cacheDuration.
func bounds(el *etree.Element, until time.Time, cache time.Duration) (time.Time, time.Duration, error) {
	t, ok, err := instant(el, "validUntil")
	if err != nil {
		return until, cache, refuseField(CodeMetadata, "validUntil")
	}
	if ok && (until.IsZero() || t.Before(until)) {
		until = t
	}
	if v, ok := attr(el, "cacheDuration"); ok {
		d, ok := duration(v)
		if !ok {
			return until, cache, refuseField(CodeMetadata, "cacheDuration")
		}
		if cache == 0 || d < cache {
			cache = d
		}
	}
	return until, cache, nil
}

func readEntity(el *etree.Element, until time.Time, cache time.Duration) (Entity, error) {
	e := Entity{ID: value(el, "entityID"), ValidUntil: until, CacheDuration: cache}
	if e.ID == "" {
		return Entity{}, refuseField(CodeMetadata, "entityID")
	}
	for _, c := range el.ChildElements() {
		if c.NamespaceURI() != nsMetadata {
			continue
		}
		// Every role, and nothing else that is known here, says which protocols it speaks.
		protocols, ok := attr(c, "protocolSupportEnumeration")
		if !ok {
			continue
		}
		r, err := readRole(c, until)
		if err != nil {
			return Entity{}, err
		}
		r.Protocols = strings.Fields(protocols)
		e.Roles = append(e.Roles, r)
	}
	return e, nil
}

func readRole(el *etree.Element, until time.Time) (Role, error) {
	r := Role{Kind: RoleKind(el.Tag)}
	var err error
	if r.ValidUntil, _, err = bounds(el, until, 0); err != nil {
		return Role{}, err
	}
	if r.WantAuthnRequestsSigned, err = boolean(el, "WantAuthnRequestsSigned"); err != nil {
		return Role{}, err
	}
	if r.AuthnRequestsSigned, err = boolean(el, "AuthnRequestsSigned"); err != nil {
		return Role{}, err
	}
	if r.WantAssertionsSigned, err = boolean(el, "WantAssertionsSigned"); err != nil {
		return Role{}, err
	}
	for _, c := range el.ChildElements() {
		if c.NamespaceURI() != nsMetadata {
			continue
		}
		switch c.Tag {
		case "KeyDescriptor":
			keys, err := readKeys(c)
			if err != nil {
				return Role{}, err
			}
			r.Keys = append(r.Keys, keys...)
		case "NameIDFormat":
			if f, ok := uri(c); ok {
				r.NameIDFormats = append(r.NameIDFormats, f)
			}
		default:
			e, ok, err := readEndpoint(c)
			if err != nil {
				return Role{}, err
			}
			if ok {
				r.Endpoints = append(r.Endpoints, e)
			}
		}
	}
	return r, nil
}

// readKeys reads the certificates of a KeyDescriptor, usually one.
func readKeys(el *etree.Element) ([]Key, error) {
	var methods []string
	for _, m := range children(el, nsMetadata, "EncryptionMethod") {
		methods = append(methods, value(m, "Algorithm"))
	}
	var out []Key
	for _, info := range children(el, nsDSig, "KeyInfo") {
		for _, x := range children(info, nsDSig, "X509Data") {
			for _, c := range children(x, nsDSig, "X509Certificate") {
				der, ok := octets(c)
				if !ok {
					return nil, refuseField(CodeMetadata, "X509Certificate")
				}
				out = append(out, Key{Use: KeyUse(value(el, "use")), Public: publicKeyOf(der), Certificate: der, Methods: methods})
			}
		}
	}
	return out, nil
}

func readEndpoint(el *etree.Element) (Endpoint, bool, error) {
	e := Endpoint{Kind: el.Tag, Binding: value(el, "Binding"), Location: value(el, "Location"), ResponseLocation: value(el, "ResponseLocation")}
	if e.Binding == "" || e.Location == "" {
		return Endpoint{}, false, nil
	}
	var err error
	if index, ok := attr(el, "index"); ok {
		if e.Index, err = strconv.Atoi(strings.TrimSpace(index)); err != nil {
			return Endpoint{}, false, refuseField(CodeMetadata, "index")
		}
	}
	e.Default, err = boolean(el, "isDefault")
	return e, true, err
}

// boolean reads an xs:boolean; false when it is absent.
func boolean(el *etree.Element, name string) (bool, error) {
	v, ok := attr(el, name)
	if !ok {
		return false, nil
	}
	switch strings.TrimSpace(v) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, refuseField(CodeMetadata, ent.Field(name))
}
