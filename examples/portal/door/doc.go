// Package door is how people come into the portal and go on to partners: sign-in by an account of one's own (password, second
// factor, activation, reset) or by a simulated EduConnect, the sessions, and what each partner receives by CAS or SAML.
package door
