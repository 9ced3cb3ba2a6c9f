// Package identity says who is at the door, and what may be told of them. A [Layout] is what one partner receives, as data:
// the rule of the principal, and a list of elements with their sources, conditions and transforms. [Release] draws from the
// [Attributes] that the caller fills, and gives what leaves: nothing that the layout does not name, with the names of what
// was released for the record.
//
//	layout, ok := identity.Preset("pronote")
//	out, err := layout.Release(&attributes, identity.Context{Partner: "pronote"})
//	if err != nil {
//		return err // identity.CodeNoPrincipal: an empty user is never sent
//	}
//	fmt.Println(out.User, out.Values)            // cas and saml write them, each in its own way
//	journal(out.Disclosure(partner, purpose, basis, now)) // names, never values
//
// The sub-packages speak the protocols: cas, saml, guichet.
//
// # Texts
//
// Attributes: SDET, annexe opérationnelle. Layouts: what French partners of CAS servers expect, from the published
// inventories and connectors; each preset says which partner. RGPD, article 5(1)(c): what a layout does not name is not sent.
//
// # Out of scope
//
// Accounts, sessions, pages: they are the caller's. Who may use which partner is the partner's registration (package cas).
package identity
