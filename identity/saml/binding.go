package saml

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
)

// newID returns an identifier of a message: 128 bits that cannot be guessed.
func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // it never fails
	return "_" + hex.EncodeToString(b)
}

// reachable reports whether an address may be ours: https, or http when the caller said so.
func reachable(address string, plain bool) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || plain && u.Scheme == "http") && u.Host != "" && u.User == nil && u.RawQuery == "" &&
		u.Fragment == "" && !strings.HasSuffix(address, "/")
}

// local reports whether an address leads to a page of the same site: a path, and nothing that a browser takes for a host.
func local(address string) bool {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.Host == "" && u.Scheme == ""
}

// message is one that we send.
type message struct {
	// name is SAMLRequest or SAMLResponse.
	name string
	root *etree.Element
	// to is the address of the partner, relay its RelayState.
	to, relay string
}

// redirectURL is the address that carries a message, signed (SAML 2.0 Bindings, 3.4.4.1).
func (k KeyPair) redirectURL(m message) (string, error) {
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.DefaultCompression)
	if err != nil {
		return "", err
	}
	_, _ = w.Write(serialize(m.root)) // a buffer does not fail
	_ = w.Close()
	algorithm, _ := k.algorithm()
	octets := m.name + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(deflated.Bytes()))
	if m.relay != "" {
		octets += "&RelayState=" + url.QueryEscape(m.relay)
	}
	octets += "&SigAlg=" + url.QueryEscape(algorithm)
	signature, err := k.sign([]byte(octets))
	if err != nil {
		return "", err
	}
	octets += "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	if strings.Contains(m.to, "?") {
		return m.to + "&" + octets, nil
	}
	return m.to + "?" + octets, nil
}

// send sends the browser to a partner with a message, by the redirect or the POST binding. A posted message is signed here,
// unless it has been.
func (s *side) send(w http.ResponseWriter, r *http.Request, binding string, m message) error {
	if binding == BindingRedirect {
		to, err := s.keys.signing.redirectURL(m)
		if err != nil {
			return err
		}
		noStore(w.Header())
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
		return nil
	}
	signature, err := signatureIn(m.root)
	if err != nil {
		return err
	}
	if signature == nil && m.root.Tag != "Response" {
		if err := s.keys.signing.signElement(m.root); err != nil {
			return err
		}
	}
	s.post(w, r, m)
	return nil
}

// exit returns where messages of a kind go: by redirect, or else by POST.
func (r *Role) exit(kind string, response bool) (to, binding string, ok bool) {
	for _, b := range []string{BindingRedirect, BindingPOST} {
		e, found := r.Endpoint(kind, b)
		if !found || !webAddress(e.Location) {
			continue
		}
		if response && e.ResponseLocation != "" {
			return e.ResponseLocation, b, webAddress(e.ResponseLocation)
		}
		return e.Location, b, true
	}
	return "", "", false
}

// webAddress reports whether a browser may be sent to an address: no metadata makes it run a script.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

func issuerElement(entityID string) *crewjam.Issuer {
	return &crewjam.Issuer{Format: "urn:oasis:names:tc:SAML:2.0:nameid-format:entity", Value: entityID}
}

func nameIDElement(n NameID) *crewjam.NameID {
	return &crewjam.NameID{
		Value: n.Value, Format: n.Format, NameQualifier: n.NameQualifier, SPNameQualifier: n.SPNameQualifier, SPProvidedID: n.SPProvidedID,
	}
}

// logoutRequestElement is a request of logout of ours (SAML 2.0 Core, 3.7.1).
func (s *side) logoutRequestElement(id, to string, name NameID, index string, now time.Time) *etree.Element {
	until := now.Add(issueAge)
	m := crewjam.LogoutRequest{
		ID: id, Version: "2.0", IssueInstant: now, NotOnOrAfter: &until, Destination: to, Issuer: issuerElement(s.entityID), NameID: nameIDElement(name),
	}
	if index != "" {
		m.SessionIndex = &crewjam.SessionIndex{Value: index}
	}
	return m.Element()
}

// logoutResponseElement is an answer of ours to a request of logout (SAML 2.0 Core, 3.7.2).
func (s *side) logoutResponseElement(to, inResponseTo string, status Status, now time.Time) *etree.Element {
	m := crewjam.LogoutResponse{
		ID: newID(), Version: "2.0", IssueInstant: now, Destination: to, InResponseTo: inResponseTo, Issuer: issuerElement(s.entityID),
		Status: statusElement(status),
	}
	return m.Element()
}

func statusElement(s Status) crewjam.Status {
	out := crewjam.Status{StatusCode: crewjam.StatusCode{Value: s.Code}}
	if s.Detail != "" {
		out.StatusCode.StatusCode = &crewjam.StatusCode{Value: s.Detail}
	}
	return out
}

// utc is the time of a message, to the second.
func (s *side) utc() time.Time { return s.clock().UTC().Truncate(time.Second) }

func noStore(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")
	h.Set("Referrer-Policy", "no-referrer")
}
