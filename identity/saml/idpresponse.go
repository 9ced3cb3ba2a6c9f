package saml

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"

	"github.com/opencartable/cartable/identity"
)

const (
	// assertionLife is how long an assertion may be presented, assertionBefore what the clock of a service may be late by.
	assertionLife   = 5 * time.Minute
	assertionBefore = 30 * time.Second
)

// participant is a service that a session was used for.
type participant struct {
	Partner string `json:"partner"`
	NameID  NameID `json:"nameId"`
	Index   string `json:"index"`
}

// assert sends an assertion to a service.
func (p *IDP) assert(w http.ResponseWriter, r *http.Request, a asked, who *identity.Principal, partner *Partner, role Role) error {
	ctx, now := r.Context(), p.utc()
	class := ""
	if p.c.Context != nil {
		class = p.c.Context(who)
	}
	if class == "" {
		class = PasswordProtected
	}
	if a.Contexts != nil && !slices.Contains(a.Contexts, class) {
		return &RefusedError{Code: CodeStatus, Status: Status{Code: StatusResponder, Detail: StatusNoAuthnContext}}
	}
	known, err := p.c.Attributes(ctx, who.Account)
	if err != nil {
		return &RefusedError{Code: CodePort, Field: "Attributes", cause: err}
	}
	if known == nil || partner.Layout == nil || partner.Admits != nil && !partner.Admits(known, now) {
		return refuse(CodeNotAllowed)
	}
	released, err := partner.Layout.Release(known, identity.Context{
		Partner: partner.Entity.ID, Schools: partner.Establishments, NewLogin: a.Back, Remembered: who.Remembered, Opaque: p.c.Opaque,
	})
	if err != nil {
		if errors.Is(err, identity.CodeNoPrincipal) {
			return refuse(CodeNotAllowed)
		}
		return err
	}
	for _, i := range released.Issues {
		p.log.WarnContext(ctx, "saml: an attribute was left out", slog.String("partner", partner.Entity.ID), slog.String("code", string(i.Code)))
	}
	list, dropped := partner.attributes(released.Values)
	for _, name := range dropped {
		p.log.WarnContext(ctx, "saml: a value was left out", slog.String("partner", partner.Entity.ID), slog.String("element", name))
	}
	one := participant{Partner: partner.Entity.ID, Index: newID()}
	if one.NameID, err = p.nameID(a, partner, released); err != nil {
		return err
	}
	if a.Subject != "" && a.Subject != storeKey("", one.NameID.Value) {
		return &RefusedError{Code: CodeStatus, Status: Status{Code: StatusResponder, Detail: StatusUnknownPrincipal}}
	}
	root, err := p.response(a, who, class, partner, role, list, one, now)
	if err != nil {
		return err
	}
	// The session before it is used: what its end does not find would outlive it. The journal last: it holds what left.
	if err := p.join(ctx, who.Session, one); err != nil {
		return err
	}
	if p.c.Journal != nil {
		d := released.Disclosure(partner.Entity.ID, partner.Purpose, partner.LegalBasis, now)
		if err := p.c.Journal(ctx, who.Account, d); err != nil {
			return &RefusedError{Code: CodePort, Field: "Journal", cause: err}
		}
	}
	p.log.InfoContext(ctx, "saml: signed in to a partner", slog.String("partner", partner.Entity.ID), slog.Any("who", who))
	return p.send(w, r, BindingPOST, message{name: "SAMLResponse", root: root, to: a.ACS, relay: a.Relay})
}

// join remembers that a session was used for a service: by the session, by the index that the service knows it by, and by the
// person's name there, which leads to the indexes.
func (p *IDP) join(ctx context.Context, session string, one participant) error {
	entry, err := json.Marshal(one)
	if err != nil {
		return err
	}
	life := p.c.SessionLife
	err = p.store.Put(ctx, p.indexKey(one.Partner, one.NameID.Value, one.Index), []byte(session), life)
	if err == nil {
		err = p.store.Join(ctx, p.nameKey(one.Partner, one.NameID.Value), []byte(one.Index), life)
	}
	if err == nil {
		err = p.store.Join(ctx, p.key("p", session), entry, life)
	}
	if err != nil {
		return &RefusedError{Code: CodePort, Field: "Store", cause: err}
	}
	return nil
}

func (p *IDP) indexKey(partner, name, index string) string { return p.key("i", partner, name, index) }

func (p *IDP) nameKey(partner, name string) string { return p.key("n", partner, name) }

// nameID returns the name that a service will know the person by.
func (p *IDP) nameID(a asked, partner *Partner, released *identity.Released) (NameID, error) {
	format := partner.NameID.format()
	switch a.Format {
	case "", NameIDFormatUnspecified, format, "urn:oasis:names:tc:SAML:2.0:nameid-format:encrypted":
	default:
		return NameID{}, &RefusedError{Code: CodeStatus, Status: Status{Code: StatusRequester, Detail: StatusInvalidNameIDPolicy}}
	}
	out := NameID{Value: released.User, Format: format, NameQualifier: p.entityID, SPNameQualifier: partner.Entity.ID}
	switch partner.NameID {
	case NameIDPersistent:
	case NameIDPrincipal:
		out.NameQualifier, out.SPNameQualifier = "", ""
	default: // a rule that does not exist must not give the principal away
		out.Value = newID()
	}
	if !printable(out.Value) {
		return NameID{}, refuse(CodeNotAllowed) // somebody who has no name that can be sent
	}
	return out, nil
}

// response is the response with its assertion (R-SAML-1).
func (p *IDP) response(a asked, who *identity.Principal, class string, partner *Partner, role Role, list []crewjam.Attribute, one participant, now time.Time) (*etree.Element, error) {
	until := now.Add(assertionLife)
	end := who.At.UTC().Truncate(time.Second).Add(p.c.SessionLife)
	if end.Before(until) {
		// Somebody who is remembered gave credentials long ago: an end that is past would refuse them at every service.
		end = now.Add(p.c.SessionLife)
	}
	m := crewjam.Assertion{
		ID: newID(), IssueInstant: now, Version: "2.0", Issuer: *issuerElement(p.entityID),
		Subject: &crewjam.Subject{
			NameID: nameIDElement(one.NameID),
			SubjectConfirmations: []crewjam.SubjectConfirmation{{
				Method:                  "urn:oasis:names:tc:SAML:2.0:cm:bearer",
				SubjectConfirmationData: &crewjam.SubjectConfirmationData{NotOnOrAfter: until, Recipient: a.ACS, InResponseTo: a.ID},
			}},
		},
		Conditions: &crewjam.Conditions{
			NotBefore: now.Add(-assertionBefore), NotOnOrAfter: until,
			AudienceRestrictions: []crewjam.AudienceRestriction{{Audience: crewjam.Audience{Value: partner.Entity.ID}}},
		},
		AuthnStatements: []crewjam.AuthnStatement{{
			AuthnInstant: who.At.UTC().Truncate(time.Second), SessionIndex: one.Index, SessionNotOnOrAfter: &end,
			AuthnContext: crewjam.AuthnContext{AuthnContextClassRef: &crewjam.AuthnContextClassRef{Value: class}},
		}},
	}
	if len(list) > 0 {
		m.AttributeStatements = []crewjam.AttributeStatement{{Attributes: list}}
	}
	envelope := crewjam.Response{
		ID: newID(), InResponseTo: a.ID, Version: "2.0", IssueInstant: now, Destination: a.ACS, Issuer: issuerElement(p.entityID),
		Status: statusElement(Status{Code: StatusSuccess}),
	}
	root, assertion := envelope.Element(), m.Element()
	if partner.Encrypt {
		to := role.encryptionKey()
		if to == nil {
			return nil, refuse(CodeKey)
		}
		// What is encrypted must be readable on its own.
		if err := p.keys.signing.signElement(assertion); err != nil {
			return nil, err
		}
		sealed, err := encryptAssertion(serialize(assertion), to, partner.Entity.ID)
		if err != nil {
			return nil, err
		}
		root.AddChild(sealed)
	} else {
		root.AddChild(assertion)
		if err := p.keys.signing.signElement(assertion); err != nil {
			return nil, err
		}
	}
	if partner.SignResponse {
		if err := p.keys.signing.signElement(root); err != nil {
			return nil, err
		}
	}
	return root, nil
}

// attributes writes what a layout released as attributes: each name once with its values, elements with elements inside by
// those inside. Dropped are the elements whose values XML cannot carry.
func (p *Partner) attributes(values []identity.Value) (out []crewjam.Attribute, dropped []string) {
	at := map[string]int{}
	var add func([]identity.Value)
	add = func(list []identity.Value) {
		for _, v := range list {
			if len(v.Values) > 0 {
				add(v.Values)
				continue
			}
			if v.Text == "" {
				continue
			}
			if !printable(v.Text) {
				dropped = append(dropped, v.Name)
				continue
			}
			name := p.Names[v.Name]
			if name.Name == "" {
				name.Name = v.Name
			}
			if name.Format == "" {
				name.Format = FormatBasic
				if strings.HasPrefix(name.Name, "urn:oid:") {
					name.Format = FormatURI
				}
			}
			i, there := at[name.Name]
			if !there {
				i = len(out)
				at[name.Name] = i
				out = append(out, crewjam.Attribute{Name: name.Name, NameFormat: name.Format, FriendlyName: name.Friendly})
			}
			out[i].Values = append(out[i].Values, crewjam.AttributeValue{Type: "xs:string", Value: v.Text})
		}
	}
	add(values)
	return out, dropped
}

// printable reports whether XML can carry a text.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool {
		return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF
	})
}

// decline answers a request without an assertion.
func (p *IDP) decline(w http.ResponseWriter, r *http.Request, a asked, status Status) error {
	m := crewjam.Response{
		ID: newID(), InResponseTo: a.ID, Version: "2.0", IssueInstant: p.utc(), Destination: a.ACS, Issuer: issuerElement(p.entityID),
		Status: statusElement(status),
	}
	root := m.Element()
	if err := p.keys.signing.signElement(root); err != nil {
		return err
	}
	return p.send(w, r, BindingPOST, message{name: "SAMLResponse", root: root, to: a.ACS, relay: a.Relay})
}
