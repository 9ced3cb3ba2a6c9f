package saml

import (
	"context"

	"github.com/beevik/etree"
)

// Response verifies the response of an identity provider, as it came in the field SAMLResponse of the form, and returns its
// assertion. Pending tells which requests this browser made. The error is a *[RefusedError]; nothing is returned beside it.
//
// The document is parsed once, its signature verified there, and what is returned is read from the verified element.
func (r *Receiver) Response(ctx context.Context, encoded string, pending Pending) (*Assertion, error) {
	root, err := posted(encoded)
	if err != nil {
		return nil, err
	}
	if !is(root, nsProtocol, "Response") {
		return nil, refuseStructure("Response")
	}
	signature, err := signatureIn(root)
	if err != nil {
		return nil, err
	}
	e, err := r.open(root, signature != nil, r.acs)
	if err != nil {
		return nil, err
	}
	if err := r.solicited(ctx, e, pending); err != nil {
		return nil, err
	}
	if err := e.fresh(); err != nil {
		return nil, err
	}
	status, err := statusOf(root)
	if err != nil {
		return nil, err
	}
	if status.Code != StatusSuccess {
		return nil, &RefusedError{Code: CodeStatus, Status: status}
	}
	assertion, err := r.verified(root, signature, e.issuer)
	if err != nil {
		return nil, err
	}
	a, until, err := r.judge(assertion, e)
	if err != nil {
		return nil, err
	}
	fresh, err := r.replay.SetIfAbsent(ctx, replayKey(a.Issuer, a.ID), until)
	if err != nil {
		return nil, &RefusedError{Code: CodePort, Field: "Replay", cause: err}
	}
	if !fresh {
		return nil, refuse(CodeReplay)
	}
	a.Attributes = readAttributes(assertion)
	return a, nil
}

// posted decodes and parses a message of the POST binding.
func posted(encoded string) (*etree.Element, error) {
	if len(encoded) > MaxMessage {
		return nil, refuse(CodeTooLarge)
	}
	data, err := unbase64(encoded)
	if err != nil {
		return nil, refuseField(CodeEncoding, "base64")
	}
	return parse(data)
}

func (r *Receiver) solicited(ctx context.Context, e *envelope, pending Pending) error {
	if _, answer := attr(e.root, "InResponseTo"); answer {
		return answers(ctx, e.inResponseTo, pending)
	}
	if !e.issuer.allows(ToleranceUnsolicited) {
		return refuse(CodeUnsolicited)
	}
	return nil
}

// verified returns the one assertion of a response, decrypted and covered by a signature. Every signature that is there must
// hold, whichever is enough.
func (r *Receiver) verified(root, signature *etree.Element, p *Peer) (*etree.Element, error) {
	assertion, err := layout(root, nil)
	if err != nil {
		return nil, err
	}
	// What the signature of the response covers is what was sent, before anything is decrypted.
	if signature != nil {
		if err := verifySignature(root, signature, p); err != nil {
			return nil, err
		}
	}
	if assertion.Tag == "EncryptedAssertion" {
		encrypted := assertion
		if assertion, err = r.decryptor.open(encrypted, p); err != nil {
			return nil, err
		}
		// What came out obeys the same rules, and its identifiers are unlike those around it.
		if check(root) != nil {
			return nil, refuse(CodeDecrypt)
		}
		if _, err := layout(root, encrypted); err != nil {
			return nil, err
		}
	}
	inner, err := signatureIn(assertion)
	if err != nil {
		return nil, err
	}
	if inner != nil {
		if err := verifySignature(assertion, inner, p); err != nil {
			return nil, err
		}
		return assertion, nil
	}
	if signature == nil || !p.allows(ToleranceResponseSignature) {
		return nil, refuseField(CodeUnsigned, "Assertion")
	}
	return assertion, nil
}

// layout returns the only assertion of a response, encrypted or not, after checking that nothing that could be taken for
// another one, for another response or for another signature stands anywhere in the document. Opened is the
// EncryptedAssertion that was decrypted.
func layout(root, opened *etree.Element) (*etree.Element, error) {
	var found *etree.Element
	signed := map[*etree.Element]bool{}
	// Namespaces are looked up in what is declared on the way: etree would climb through every attribute of every ancestor,
	// once for each element.
	var scope []binding
	var walk func(*etree.Element) error
	walk = func(el *etree.Element) error {
		outer := len(scope)
		defer func() { scope = scope[:outer] }()
		for i := range el.Attr {
			if b, ok := declares(&el.Attr[i]); ok {
				scope = append(scope, b)
			}
		}
		named := func(ns, tag string) bool { return el.Tag == tag && lookup(scope, el.Space) == ns }
		switch {
		case el == opened:
		case named(nsAssertion, "Assertion"), named(nsAssertion, "EncryptedAssertion"):
			if found != nil || el.Parent() != root && (opened == nil || el.Parent() != opened) {
				return refuse(CodeAssertions)
			}
			found = el
		case named(nsProtocol, "Response"):
			if el != root {
				return refuseStructure("Response")
			}
		case named(nsDSig, "Signature"):
			if at := el.Parent(); at != root && at != found || signed[at] {
				return refuseStructure("Signature")
			}
			signed[el.Parent()] = true
		}
		for _, t := range el.Child {
			if c, ok := t.(*etree.Element); ok {
				if err := walk(c); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := walk(root); err != nil {
		return nil, err
	}
	if found == nil || opened != nil && found.Parent() != opened {
		return nil, refuse(CodeAssertions)
	}
	return found, nil
}
