package saml

import (
	"bytes"
	"compress/flate"
	"io"
	"net/url"
	"strings"

	"github.com/beevik/etree"
)

// Redirect is a message of the HTTP-Redirect binding whose signature is verified (SAML 2.0 Bindings, 3.4). Its destination
// and its date are not judged: [Receiver.LogoutRequest] and [Receiver.LogoutResponse] do.
type Redirect struct {
	// Kind is the name of its root element, such as AuthnRequest.
	Kind string
	// ID, Issuer and Destination are those of the message.
	ID, Issuer, Destination string
	// RelayState goes back to the peer as it is.
	RelayState string

	root *etree.Element
	peer *Peer
}

// Redirect verifies a message from the query of the URL that it came with, which must be the very octets that were
// received: http.Request.URL.RawQuery. One that is decoded and encoded again does not verify.
func (r *Receiver) Redirect(rawQuery string) (*Redirect, error) {
	q, err := readQuery(rawQuery)
	if err != nil {
		return nil, err
	}
	data, err := q.message()
	if err != nil {
		return nil, err
	}
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	if root.NamespaceURI() != nsProtocol {
		return nil, refuseStructure("Message")
	}
	peer, err := r.issuer(root, r.clock())
	if err != nil {
		return nil, err
	}
	if err := q.verify(peer); err != nil {
		return nil, err
	}
	relay, err := url.QueryUnescape(q.raw["RelayState"])
	if err != nil {
		return nil, refuseField(CodeEncoding, "RelayState")
	}
	return &Redirect{
		Kind: root.Tag, ID: value(root, "ID"), Issuer: peer.EntityID, Destination: value(root, "Destination"),
		RelayState: relay, root: root, peer: peer,
	}, nil
}

// query holds the parameters of the binding as they were sent.
type query struct {
	// name is that of the message, SAMLRequest or SAMLResponse.
	name string
	raw  map[string]string
}

func readQuery(rawQuery string) (*query, error) {
	if len(rawQuery) > MaxMessage {
		return nil, refuse(CodeTooLarge)
	}
	q := &query{raw: map[string]string{}}
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, raw, _ := strings.Cut(part, "=")
		switch name {
		case "SAMLRequest", "SAMLResponse":
			if q.name != "" {
				return nil, refuseField(CodeEncoding, "query")
			}
			q.name = name
		case "RelayState", "SigAlg", "Signature", "SAMLEncoding":
		default:
			continue
		}
		if _, twice := q.raw[name]; twice {
			return nil, refuseField(CodeEncoding, "query")
		}
		q.raw[name] = raw
	}
	if q.name == "" {
		return nil, refuseField(CodeEncoding, "query")
	}
	if enc, ok := q.raw["SAMLEncoding"]; ok {
		if s, err := url.QueryUnescape(enc); err != nil || s != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE" {
			return nil, refuseField(CodeEncoding, "SAMLEncoding")
		}
	}
	return q, nil
}

// message inflates the message. What comes out is bounded, whatever it would have grown to.
func (q *query) message() ([]byte, error) {
	s, err := url.QueryUnescape(q.raw[q.name])
	if err != nil {
		return nil, refuseField(CodeEncoding, "query")
	}
	deflated, err := unbase64(s)
	if err != nil {
		return nil, refuseField(CodeEncoding, "base64")
	}
	inflater := flate.NewReader(bytes.NewReader(deflated))
	data, err := io.ReadAll(io.LimitReader(inflater, MaxMessage+1))
	if err != nil {
		return nil, refuseField(CodeEncoding, "deflate")
	}
	if len(data) > MaxMessage {
		return nil, refuse(CodeTooLarge)
	}
	return data, nil
}

// verify verifies the signature over the parameters as they were sent, in the order of the binding.
func (q *query) verify(p *Peer) error {
	rawAlgorithm, ok := q.raw["SigAlg"]
	rawSignature, signed := q.raw["Signature"]
	if !ok || !signed {
		return refuseField(CodeUnsigned, "Signature")
	}
	algorithm, err := url.QueryUnescape(rawAlgorithm)
	if err != nil {
		return refuseField(CodeEncoding, "SigAlg")
	}
	method, ok := signatureMethodOf(algorithm, p)
	if !ok {
		return refuseField(CodeAlgorithm, "SigAlg")
	}
	s, err := url.QueryUnescape(rawSignature)
	if err != nil {
		return refuseField(CodeEncoding, "Signature")
	}
	signature, err := unbase64(s)
	if err != nil {
		return refuseField(CodeEncoding, "Signature")
	}
	octets := q.name + "=" + q.raw[q.name]
	if relay, ok := q.raw["RelayState"]; ok {
		octets += "&RelayState=" + relay
	}
	octets += "&SigAlg=" + rawAlgorithm
	return method.verify(p, []byte(octets), signature)
}
