// Package guichet reads who the national portals (guichets) say a person is, and finds the accounts of that person:
// EduConnect for families, the téléservices of the académies before it, and the académies' own portal for staff (guichet
// agents). The messages themselves come verified from identity/saml, from OpenID Connect or from the headers of a proxy.
//
//	portals, err := guichet.NewProviders(
//		guichet.Provider{Issuer: educonnect, Kind: guichet.KindEduConnect},
//		guichet.Provider{Issuer: agents, Kind: guichet.KindAgents, Domains: []string{"ac-rennes.fr"}},
//	)
//
//	who, err := portals.Read(guichet.Assertion{Issuer: verified.Issuer, Attributes: attributes})
//	if err != nil {
//		return refuse(who.ReturnURL, err) // a page, and a logout upstream
//	}
//	found, err := guichet.Resolver{People: myAccounts, Links: links}.Resolve(ctx, who.Claim)
//	switch {
//	case err != nil: // guichet.CodePort: the accounts cannot be reached, 503
//	case found.Refused(): // found.Issue().Message(ent.FR), and a logout upstream: the computer may be shared
//	case found.Outcome == guichet.OutcomeMany:
//		page, err := chooser.Start(ctx, guichet.Choice{Claim: who.Claim, Candidates: found.Candidates})
//	default:
//		open(found.Candidates[0])
//	}
//
// # What is here
//
//   - Formats: FrEduVecteur ([Vector]), FrEduCtRefId ([Reference]), ENTPersonJointure ([Jointure]), FrEduRne, FrEduRneResp,
//     FrEduResDel, FrEduFonctAdm, the attributes of EduConnect and of the GAR, the headers of a ClearTrust agent.
//   - [Providers]: the portal is chosen by the issuer of the message and by nothing else.
//   - [Resolver]: from a [Claim] to accounts, through [People], a port of one method. Each vector is resolved as a unit. A
//     name is compared without accents, case, hyphens, apostrophes and spaces. One blocked candidate does not block the
//     others, nobody found is never "blocked", merged accounts are followed, and the whole can be explained.
//   - [Chooser]: when several accounts fit, the list stays on the server under a one-time state, bound to the browser.
//   - [LinkBook]: the choices that a person asked to remember.
//   - [ReturnPolicy]: whether the browser may be sent to the logout address that EduConnect gave.
//
// No error, issue or log names a person: the types that hold personal data hide it when they are printed or logged.
//
// # Texts
//
// No public text defines these attributes: the formats are those read in the open code of entcore, LaclasseService, RECIA's
// CAS overlay, pass Culture, SNU, APLyPro, Mon stage de 3e and a ClearTrust bundle of the académie de Toulouse.
//
// # Out of scope
//
// Verifying a message (identity/saml), opening a session, the pages, activating an account, the OpenID Connect dialogue,
// FranceConnect. Two relatives of one child with the same names both fit a vector: the chooser then shows both, as every
// product does; a project that has such homonyms gives them join keys.
package guichet
