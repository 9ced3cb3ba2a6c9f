package saml

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/beevik/etree"
)

// The status codes that an identity provider answers with.
const (
	StatusInvalidNameIDPolicy = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
	StatusUnknownPrincipal    = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
	StatusNoAuthnContext      = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
)

// receiveRequest reads an AuthnRequest, by redirect or by POST (SAML 2.0 Core, 3.4.1). It is answered at an address of the
// service's metadata and nowhere else; a signature that is there must hold, and one must be there when the metadata says that
// the service signs.
func (p *IDP) receiveRequest(w http.ResponseWriter, r *http.Request) (asked, error) {
	var root *etree.Element
	var relay string
	var signed bool
	var err error
	receiver := p.receiving(r.Context())
	if r.Method == http.MethodGet {
		root, relay, signed, err = receiver.redirected(r.URL.RawQuery)
	} else {
		var encoded string
		if encoded, err = posted1(w, r, "SAMLRequest"); err == nil {
			root, signed, err = receiver.postedRequest(encoded)
			relay = r.PostForm.Get("RelayState")
		}
	}
	if err != nil {
		return asked{}, err
	}
	if !is(root, nsProtocol, "AuthnRequest") {
		return asked{}, refuseStructure("AuthnRequest")
	}
	e, err := receiver.open(root, signed, p.baseURL+"/sso")
	if err != nil {
		return asked{}, err
	}
	if err := e.fresh(); err != nil {
		return asked{}, err
	}
	_, role, err := p.partner(r.Context(), e.issuer.EntityID)
	if err != nil {
		return asked{}, err
	}
	if !signed && (role.AuthnRequestsSigned || p.c.RequireSigned) {
		return asked{}, refuseField(CodeUnsigned, "AuthnRequest")
	}
	switch {
	case len(relay) > maxRelay:
		return asked{}, refuseField(CodeTooLarge, "RelayState")
	case len(e.id) > maxAsked:
		return asked{}, refuseField(CodeTooLarge, "ID")
	}
	a := asked{Partner: e.issuer.EntityID, ID: e.id, Relay: relay, At: e.now}
	if a.ACS, err = consumer(root, role); err != nil {
		return asked{}, err
	}
	if a.Force, err = boolean(root, "ForceAuthn"); err != nil {
		return asked{}, refuseStructure("ForceAuthn")
	}
	if a.Passive, err = boolean(root, "IsPassive"); err != nil {
		return asked{}, refuseStructure("IsPassive")
	}
	policy, err := child(root, nsProtocol, "NameIDPolicy")
	if err != nil {
		return asked{}, err
	}
	if policy != nil {
		a.Format = value(policy, "Format")
	}
	if len(a.Format) > maxAsked {
		return asked{}, refuseField(CodeTooLarge, "NameIDPolicy")
	}
	subject, err := child(root, nsAssertion, "Subject")
	if err != nil {
		return asked{}, err
	}
	if subject != nil {
		name, err := readNameID(subject)
		if err != nil {
			return asked{}, err
		}
		a.Subject = storeKey("", name.Value)
	}
	a.Contexts, err = contexts(root)
	return a, err
}

const (
	// maxRelay is more than the 80 bytes of the text: what services send is often longer.
	maxRelay = 2 << 10
	// maxAsked and maxContexts bound what waits in the store: anybody may ask.
	maxAsked    = 256
	maxContexts = 16

	contextUnspecified = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
)

// contexts returns the classes that satisfy a RequestedAuthnContext: nil for any, none for what cannot be satisfied (SAML 2.0
// Core, 3.3.2.2.1). Which of two classes is the stronger nobody says: "minimum" and "maximum" take those that are named.
func contexts(root *etree.Element) ([]string, error) {
	el, err := child(root, nsProtocol, "RequestedAuthnContext")
	if err != nil || el == nil {
		return nil, err
	}
	switch comparison, ok := attr(el, "Comparison"); {
	case !ok, comparison == "exact", comparison == "minimum", comparison == "maximum":
	case comparison == "better":
		return []string{}, nil
	default:
		return nil, refuseStructure("Comparison")
	}
	out := []string{}
	for _, c := range children(el, nsAssertion, "AuthnContextClassRef") {
		class, ok := uri(c)
		switch {
		case !ok:
			return nil, refuseStructure("AuthnContextClassRef")
		case len(class) > maxAsked || len(out) == maxContexts:
			return nil, refuseField(CodeTooLarge, "RequestedAuthnContext")
		case class == contextUnspecified:
			return nil, nil
		}
		out = append(out, class)
	}
	return out, nil
}

// consumes reports whether a service takes responses at an address.
func (r *Role) consumes(address string) bool {
	return slices.ContainsFunc(r.Endpoints, func(e Endpoint) bool {
		return e.Kind == "AssertionConsumerService" && e.Binding == BindingPOST && e.Location == address
	})
}

// redirected reads a request of the redirect binding, whose signature is verified when there is one.
func (r *Receiver) redirected(rawQuery string) (root *etree.Element, relay string, signed bool, err error) {
	q, err := readQuery(rawQuery)
	if err != nil {
		return nil, "", false, err
	}
	if q.name != "SAMLRequest" {
		return nil, "", false, refuseField(CodeEncoding, "query")
	}
	data, err := q.message()
	if err != nil {
		return nil, "", false, err
	}
	if root, err = parse(data); err != nil {
		return nil, "", false, err
	}
	peer, err := r.issuer(root, r.clock())
	if err != nil {
		return nil, "", false, err
	}
	_, algorithm := q.raw["SigAlg"]
	_, signature := q.raw["Signature"]
	if algorithm || signature {
		if err := q.verify(peer); err != nil {
			return nil, "", false, err
		}
		signed = true
	}
	relay, err = url.QueryUnescape(q.raw["RelayState"])
	if err != nil {
		return nil, "", false, refuseField(CodeEncoding, "RelayState")
	}
	return root, relay, signed, nil
}

// postedRequest reads a request of the POST binding, whose signature is verified when there is one.
func (r *Receiver) postedRequest(encoded string) (root *etree.Element, signed bool, err error) {
	if root, err = posted(encoded); err != nil {
		return nil, false, err
	}
	err = r.verifyMessage(root)
	var refused *RefusedError
	if errors.As(err, &refused) && refused.Code == CodeUnsigned {
		return root, false, nil
	}
	return root, err == nil, err
}

// consumer returns where the service wants its response: an address of its metadata, of the POST binding.
func consumer(root *etree.Element, role Role) (string, error) {
	if b, ok := attr(root, "ProtocolBinding"); ok && b != BindingPOST {
		return "", refuse(CodeACS)
	}
	asked, byURL := attr(root, "AssertionConsumerServiceURL")
	number, byIndex := attr(root, "AssertionConsumerServiceIndex")
	if !byURL && !byIndex {
		e, ok := role.Endpoint("AssertionConsumerService", BindingPOST)
		if !ok || !webAddress(e.Location) {
			return "", refuse(CodeACS)
		}
		return e.Location, nil
	}
	index, err := strconv.Atoi(number)
	if byIndex && (byURL || err != nil) {
		return "", refuse(CodeACS)
	}
	at := slices.IndexFunc(role.Endpoints, func(e Endpoint) bool {
		return e.Kind == "AssertionConsumerService" && e.Binding == BindingPOST && (byURL && e.Location == asked || byIndex && e.Index == index)
	})
	if at < 0 || !webAddress(role.Endpoints[at].Location) {
		return "", refuse(CodeACS)
	}
	return role.Endpoints[at].Location, nil
}
