// Package account holds accounts, for a product without its own: passwords, activation codes on paper, resets, a second factor,
// sessions, and merges of the two accounts of one parent. [Service] has the use cases, over a [Store] and a [SessionStore]; the
// rules work alone too: [Hasher], [Policy], [Queue], [Throttle], [MayMerge], [MayPrintCode].
//
//	s := &account.Service{
//		Store: accountsql.New(db), Sessions: &account.Sessions{Store: accountsql.NewSessions(db), OnEnd: signPartnersOut},
//		Hasher: account.NewHasher(), Throttle: &account.Throttle{Buckets: accountsql.NewBuckets(db)},
//		Keys: account.Keys{Current: key}, Notifier: mailer, ResetURL: resetURL, Logger: log,
//	}
//	out, err := s.SignIn(ctx, account.Attempt{Tenant: "rennes", Login: login, Password: password, Address: addr, Device: device})
//	if err != nil {
//		return err // account.CodeCredentials, CodeWait, CodePortal, …: err.(*account.Error).Message(ent.FR) is for the page
//	}
//	if out.Challenge != "" {
//		out, err = s.SecondFactor(ctx, "rennes", out.Challenge, code, addr)
//	}
//	start, err := out.Start()
//	session, token, err := s.Sessions.Start(ctx, start)
//	http.SetCookie(w, s.Sessions.Cookie(session, token))
//
// # Monday morning
//
// Hashing a password costs 20 to 30 ms of a core by design. All of it passes through one [Queue], a core at the most, first
// come first served: those who are signed in already do not wait behind those who sign in. Attempt.Queued and Queue.Wait tell
// how long it takes, and whoever finds the queue full is told at once.
//
// # Guessing
//
// A wrong password delays the address that sent it, for that account; nobody can lock another one out. A browser that signed
// in before has a bucket of its own, since a whole school has one address. See [Throttle] and [Limits].
//
// # Merged accounts
//
// A merged account opens the main one on every path: password, portal, link, code. It keeps its login; the second factor is
// that of the main account; a new password is set for all of them.
//
// # Texts
//
// CNIL, deliberation 2022-100 of 21 July 2022 (passwords). RFC 9106 (argon2id), with the parameters of OWASP: 19 MiB, two passes,
// one lane. RFC 6238 and 4226 (codes of applications). RFC 6265bis (prefixes of cookies). PHC string format. crypt(3): U.
// Drepper, Unix crypt using SHA-256 and SHA-512. The rules of merges and the alphabet of codes: observed in entcore.
//
// # Out of scope
//
// Pages and their tokens against forged requests, WebAuthn, codes by SMS, sending messages (ent.Notifier is the caller's),
// which account a portal's message stands for (package guichet), tickets of partners (package cas), the persons themselves
// (package directory).
package account
