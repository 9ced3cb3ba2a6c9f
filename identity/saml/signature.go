package saml

import (
	"crypto/subtle"
	"strings"

	"github.com/beevik/etree"
)

// signatureIn returns the signature that stands in an element, nil when there is none.
func signatureIn(el *etree.Element) (*etree.Element, error) { return child(el, nsDSig, "Signature") }

// verifySignature verifies the signature that stands in an element and covers it whole. The strict subset of XML Signature
// that SAML wants leaves nothing to choose to whoever wrote the message: one reference, to the parent of the signature, and
// two transforms. KeyInfo is not read: the keys are those of the peer.
func verifySignature(el, signature *etree.Element, p *Peer) error {
	s, err := readSignature(signature)
	if err != nil {
		return err
	}
	if signature.Parent() != el {
		return refuseField(CodeSignature, "Signature")
	}
	method, ok := signatureMethodOf(value(s.method, "Algorithm"), p)
	if !ok {
		return refuseField(CodeAlgorithm, "SignatureMethod")
	}
	infoForm, err := formOf(s.c14n, p)
	if err != nil {
		return err
	}
	if err := s.reference.covers(el, signature, p); err != nil {
		return err
	}
	return method.verify(p, canonical(s.info, nil, infoForm), s.value)
}

// signatureParts are the parts of a signature, each found once and at its place.
type signatureParts struct {
	info, c14n, method *etree.Element
	reference          reference
	value              []byte
}

type reference struct {
	uri                string
	transform1, second *etree.Element
	digest             *etree.Element
	value              []byte
}

func readSignature(signature *etree.Element) (s signatureParts, err error) {
	// ds:Object and anything else is refused by what is expected.
	parts, ok := sequence(signature, "SignedInfo", "SignatureValue", "KeyInfo")
	if !ok && len(parts) == 2 {
		parts, ok = sequence(signature, "SignedInfo", "SignatureValue")
	}
	if !ok {
		return s, refuseField(CodeSignature, "Signature")
	}
	s.info = parts[0]
	if s.value, ok = octets(parts[1]); !ok {
		return s, refuseField(CodeSignature, "SignatureValue")
	}
	if parts, ok = sequence(s.info, "CanonicalizationMethod", "SignatureMethod", "Reference"); !ok {
		return s, refuseField(CodeSignature, "SignedInfo")
	}
	s.c14n, s.method = parts[0], parts[1]
	if !bare(s.method) {
		return s, refuseField(CodeSignature, "SignatureMethod")
	}
	s.reference, err = readReference(parts[2])
	return s, err
}

func readReference(el *etree.Element) (r reference, err error) {
	parts, ok := sequence(el, "Transforms", "DigestMethod", "DigestValue")
	if _, typed := attr(el, "Type"); !ok || typed || !bare(parts[1]) {
		return r, refuseField(CodeSignature, "Reference")
	}
	r.uri, r.digest = value(el, "URI"), parts[1]
	if r.value, ok = octets(parts[2]); !ok {
		return r, refuseField(CodeSignature, "DigestValue")
	}
	transforms, ok := sequence(parts[0], "Transform", "Transform")
	if !ok {
		return r, refuseField(CodeSignature, "Transforms")
	}
	r.transform1, r.second = transforms[0], transforms[1]
	return r, nil
}

// covers verifies the digest of the element that the signature stands in.
func (r reference) covers(el, signature *etree.Element, p *Peer) error {
	id, ok := attr(el, "ID")
	if !ok || id == "" || r.uri != "#"+id {
		return refuseField(CodeSignature, "URI")
	}
	if value(r.transform1, "Algorithm") != enveloped || !bare(r.transform1) {
		return refuseField(CodeSignature, "Transform")
	}
	f, err := formOf(r.second, p)
	if err != nil {
		return err
	}
	hash, ok := digestMethodOf(value(r.digest, "Algorithm"), p)
	if !ok {
		return refuseField(CodeAlgorithm, "DigestMethod")
	}
	if subtle.ConstantTimeCompare(sum(hash, canonical(el, signature, f)), r.value) != 1 {
		return refuseField(CodeSignature, "DigestValue")
	}
	return nil
}

// formOf reads a canonical form with its InclusiveNamespaces.
func formOf(el *etree.Element, p *Peer) (form, error) {
	switch value(el, "Algorithm") {
	case exclusiveC14N:
		if bare(el) {
			return form{}, nil
		}
		parts, ok := sequenceOf(el, nsExcC14N, "InclusiveNamespaces")
		if !ok || !bare(parts[0]) {
			return form{}, refuseField(CodeSignature, "InclusiveNamespaces")
		}
		prefixes := strings.Fields(value(parts[0], "PrefixList"))
		if len(prefixes) > maxAttrs {
			return form{}, refuseField(CodeSignature, "InclusiveNamespaces")
		}
		for i, prefix := range prefixes {
			if prefix == "#default" {
				prefixes[i] = ""
			}
		}
		return form{prefixes: prefixes}, nil
	case inclusiveC14N:
		if p.allows(ToleranceInclusive) && bare(el) {
			return form{inclusive: true}, nil
		}
	}
	return form{}, refuseField(CodeAlgorithm, "CanonicalizationMethod")
}

// sequence returns the children of an element when they are exactly these of XML Signature, in this order, with nothing
// but white space between them.
func sequence(el *etree.Element, tags ...string) ([]*etree.Element, bool) {
	return sequenceOf(el, nsDSig, tags...)
}

func sequenceOf(el *etree.Element, ns string, tags ...string) ([]*etree.Element, bool) {
	var out []*etree.Element
	for _, t := range el.Child {
		switch t := t.(type) {
		case *etree.Element:
			if len(out) == len(tags) || !is(t, ns, tags[len(out)]) {
				return out, false
			}
			out = append(out, t)
		case *etree.CharData:
			if strings.Trim(t.Data, " \t\r\n") != "" {
				return out, false
			}
		default:
			return out, false
		}
	}
	return out, len(out) == len(tags)
}

// bare reports whether nothing but white space stands in an element.
func bare(el *etree.Element) bool {
	_, ok := sequenceOf(el, "")
	return ok
}
