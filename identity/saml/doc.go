// Package saml verifies what a service provider of SAML 2.0 receives: the responses of identity providers (EduConnect, the
// guichets of the académies), the messages of logout, and metadata.
//
//	entities, err := saml.ReadMetadata(file)
//	peer, ok := entities[0].Peer(saml.RoleIDP)
//	peer.Contexts = []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}
//	receiver, err := saml.New(saml.Config{
//		EntityID: "https://ent.example.org/saml",
//		ACS:      "https://ent.example.org/saml/acs",
//		Peers:    []saml.Peer{peer},
//		Replay:   &saml.MemoryReplay{}, // one store for all the nodes of a service
//	})
//	// In the handler of the ACS, with the requests that this browser made:
//	assertion, err := receiver.Response(ctx, r.PostFormValue("SAMLResponse"), saml.PendingIDs(ids...))
//	if errors.Is(err, saml.CodeExpired) { … }
//	uid := assertion.Values("uid")
//
// # What is here
//
// [Receiver.Response] parses a response once, verifies its signatures on that tree with the keys of the peer's metadata and
// with nothing that the message brings, and reads the assertion from the element that was verified. It decrypts, checks
// addresses, dates, audience, request and replay, and refuses what is not exactly of the shape that SAML wants: a second
// assertion, a repeated identifier, a DOCTYPE, a comment in a digest, anything after the root. What one peer may do beyond
// is a list of tolerances.
//
// [Receiver.Redirect] verifies messages of the redirect binding over the octets of their URL; [Receiver.LogoutRequest] and
// [Receiver.LogoutResponse] judge those of logout. [ReadMetadata] reads partners; the dates of their certificates do not
// count, those of the metadata do.
//
// A refusal is a *[RefusedError], which holds a code and nothing of the message. Users are shown one neutral page: what
// exactly is wrong with an encrypted message must not be told to who sent it. Names and values of persons are redacted from
// logs and prints.
//
// # Texts
//
// SAML 2.0 Core, Bindings, Profiles (Web Browser SSO, Single Logout) and Metadata (OASIS, 2005, with the errata of 2012);
// XML Signature and Exclusive XML Canonicalization 1.0; XML Encryption 1.1.
//
// # Out of scope
//
// Making messages: requests, responses, our metadata. The artifact and SOAP bindings. EncryptedID and EncryptedAttribute:
// the first is refused, the second not read. RSA-PSS, DSA, HMAC, AES key wrap. Transforms other than the enveloped signature
// and canonical XML. Attribute values that are XML: their text is read. A line end or a tab that stands as such inside an
// attribute of a signed element: the digest does not match, and the message is refused. Aggregates of federations, of more
// than 8 MB. Sessions, and what an attribute means.
package saml
