// Package cas is the CAS protocol, versions 1, 2 and 3: a server on the caller's own sessions and accounts, and a client.
//
//	srv := &cas.Server{
//		BaseURL:    "https://ent.example.fr/cas",
//		Services:   services,                // who may ask, and what each receives: cas.NewServices(…)
//		Tickets:    cas.NewMemoryRegistry(), // one node; a shared registry for several
//		Session:    us.Session,              // who is signed in, from the request
//		Attributes: us.Attributes,           // what is known of an account
//		Login:      us.RedirectToLogin,      // the caller's login, which comes back to an address
//	}
//	mux.Handle("/cas/", http.StripPrefix("/cas", srv))
//	us.OnLogout(func(r *http.Request, session string) { srv.EndSession(r.Context(), session) })
//
// A ticket serves once, whatever the answer, for the service it was given to: its registry takes it in one step. Nothing
// leaves that the service's layout does not name (package identity), and every release is told to the caller's journal.
//
// # Texts
//
// CAS protocol specification 3.0.3 (Apereo): sections and appendix A (schema) are named where they are followed. Where it
// contradicts itself, or where clients of the field want otherwise, the place says so.
//
// The address /samlValidate answers as Apereo's server does, in SAML 1.1; its method of authentication is always the password,
// since this server does not know how the caller signs people in.
//
// # Out of scope
//
// The login page, passwords and accounts: they are the caller's. HEADER as a method; login tickets, which belong to the
// login page. The client proxies for nobody.
package cas
