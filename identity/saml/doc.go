// Package saml is SAML 2.0 for an ENT: a service provider that trusts EduConnect and the guichets of the académies ([SP]), an
// identity provider that signs people in to partners ([IDP]), logout both ways, and metadata.
//
//	entities, err := saml.ReadMetadata(file) // or saml.NewFeed: published, signed, read again in time
//	partners, err := saml.NewBook(saml.Partner{Entity: entities[0], Contexts: []string{saml.PasswordProtected}})
//	sp, err := saml.NewSP(saml.SPConfig{
//		EntityID: "https://ent.example.fr/saml/metadata", BaseURL: "https://ent.example.fr/saml", Keys: keys,
//		Partners: partners, Store: saml.NewMemoryStore(nil),
//		SignedIn: us.signedIn, // package guichet finds the account; open your session, and keep a.Upstream() with it
//		Ended:    us.ended,    // the identity provider ends a session
//	})
//	mux.Handle("/saml/", http.StripPrefix("/saml", sp))
//	mux.HandleFunc("/educonnect", func(w http.ResponseWriter, r *http.Request) {
//		err := sp.Login(w, r, entities[0].ID, "/")
//		…
//	})
//	// In the logout, once the session is over here: err := sp.Logout(w, r, upstream, "/")
//
// # What we receive
//
// [Receiver.Response] parses a response once, verifies its signatures on that tree with the keys of the peer's metadata and
// with nothing that the message brings, and reads the assertion from the element that was verified. It decrypts, checks
// addresses, dates, audience, request and replay, and refuses what is not exactly of the shape that SAML wants: a second
// assertion, a repeated identifier, a DOCTYPE, a comment in a digest, anything after the root. What one peer may do beyond
// is a list of tolerances. [Receiver] serves alone too, in a product that has its own handlers.
//
// A refusal is a *[RefusedError], which holds a code and nothing of the message. Users are shown one neutral page: what
// exactly is wrong with an encrypted message must not be told to who sent it. Names and values of persons are redacted from
// logs and prints. A [Store] that does not answer is told as such, never as a bad message.
//
// # What we send
//
// Messages are built with the types of crewjam/saml, signed in RSA-SHA256 or ECDSA with exclusive canonicalization, encrypted in
// AES-256-GCM with RSA-OAEP. An assertion is always signed, lives for five minutes, and holds what the partner's layout names:
// each release is written to the journal before it leaves.
//
// # Texts
//
// SAML 2.0 Core, Bindings, Profiles (Web Browser SSO, Single Logout) and Metadata (OASIS, 2005, with the errata of 2012);
// XML Signature and Exclusive XML Canonicalization 1.0; XML Encryption 1.1.
//
// # Out of scope
//
// The artifact binding; SOAP but for logout. EncryptedID and EncryptedAttribute: the first is refused, the second not read.
// RSA-PSS, DSA, HMAC, AES key wrap. Transforms other than the enveloped signature and canonical XML. Attribute values that are
// XML: their text is read. A line end or a tab that stands as such inside an attribute of a signed element: the digest does not
// match, and the message is refused. Aggregates of more than 8 MB: take the files of the entities, see [EntityURL]. Accounts and
// sessions, which are the caller's, and what an attribute means, which is package guichet's.
package saml
