package saml

import (
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/beevik/etree"
)

// Assertion is what an identity provider says of a person, verified. It is personal data: logs and prints redact it.
type Assertion struct {
	// ID and Issuer name the assertion; IssueInstant is its date.
	ID, Issuer   string
	IssueInstant time.Time
	// NameID is the person's name for this provider; it may be absent.
	NameID NameID
	// InResponseTo is the request that is answered, "" for a response that nobody asked for. The request is not pending any
	// more.
	InResponseTo string
	// NotOnOrAfter is until when the assertion could be presented.
	NotOnOrAfter time.Time
	// OneTimeUse is set when the provider forbids to keep the assertion for later.
	OneTimeUse bool

	// Context is the class of the authentication, AuthnInstant when it took place.
	Context      string
	AuthnInstant time.Time
	// SessionIndex names the session at the provider: a logout request names it. Our session ends at SessionNotOnOrAfter
	// at the latest, unless it is zero.
	SessionIndex        string
	SessionNotOnOrAfter time.Time

	Attributes []Attribute
}

// NameID is the name of a person, which goes back whole into a logout request.
type NameID struct {
	Value, Format, NameQualifier, SPNameQualifier, SPProvidedID string
}

// Attribute is an attribute of a person.
type Attribute struct {
	// Name is what an attribute is looked up by; FriendlyName is a hint, to show.
	Name, NameFormat, FriendlyName string
	Values                         []string
}

// Values returns the values of the attribute of a name: of the first of the names that has one, since one attribute may be
// named by its OID or by its basic name. FriendlyNames are not names.
func (a *Assertion) Values(names ...string) []string {
	for _, name := range names {
		var out []string
		for _, at := range a.Attributes {
			if at.Name == name {
				out = append(out, at.Values...)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

const hidden = "[redacted]"

// LogValue shows the issuer and how many attributes there are.
func (a Assertion) LogValue() slog.Value {
	return slog.GroupValue(slog.String("issuer", a.Issuer), slog.Int("attributes", len(a.Attributes)))
}

// String hides the assertion.
func (a Assertion) String() string { return hidden }

// GoString hides the assertion.
func (a Assertion) GoString() string { return hidden }

// LogValue hides the name.
func (n NameID) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides the name.
func (n NameID) String() string { return hidden }

// GoString hides the name.
func (n NameID) GoString() string { return hidden }

// LogValue shows the name of the attribute and how many values it has.
func (a Attribute) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", a.Name), slog.Int("values", len(a.Values)))
}

// String hides the values.
func (a Attribute) String() string { return a.Name + " (" + strconv.Itoa(len(a.Values)) + ")" }

// GoString hides the values.
func (a Attribute) GoString() string { return strconv.Quote(a.String()) }

// readNameID reads the name that stands in an element; the zero NameID when there is none. An encrypted name is refused.
func readNameID(el *etree.Element) (NameID, error) {
	if len(children(el, nsAssertion, "EncryptedID")) > 0 {
		return NameID{}, refuseStructure("EncryptedID")
	}
	name, err := child(el, nsAssertion, "NameID")
	if err != nil || name == nil {
		return NameID{}, err
	}
	v, ok := text(name)
	if !ok || v == "" {
		return NameID{}, refuseStructure("NameID")
	}
	return NameID{
		Value: v, Format: value(name, "Format"), NameQualifier: value(name, "NameQualifier"),
		SPNameQualifier: value(name, "SPNameQualifier"), SPProvidedID: value(name, "SPProvidedID"),
	}, nil
}

func readAttributes(assertion *etree.Element) []Attribute {
	var out []Attribute
	for _, statement := range children(assertion, nsAssertion, "AttributeStatement") {
		for _, el := range children(statement, nsAssertion, "Attribute") {
			a := Attribute{Name: value(el, "Name"), NameFormat: value(el, "NameFormat"), FriendlyName: value(el, "FriendlyName")}
			if a.Name == "" {
				continue
			}
			for _, v := range children(el, nsAssertion, "AttributeValue") {
				a.Values = append(a.Values, deepText(v))
			}
			out = append(out, a)
		}
	}
	return out
}

// judge checks an assertion whose signature is verified, and reads it. It returns until when it must not be seen again.
func (r *Receiver) judge(assertion *etree.Element, e *envelope) (*Assertion, time.Time, error) {
	a := &Assertion{ID: value(assertion, "ID"), InResponseTo: e.inResponseTo}
	var until time.Time
	if value(assertion, "Version") != "2.0" {
		return nil, until, refuseStructure("Version")
	}
	if a.ID == "" {
		return nil, until, refuseStructure("ID")
	}
	var err error
	if a.Issuer, err = issuerOf(assertion); err != nil {
		return nil, until, err
	}
	if a.Issuer != e.issuer.EntityID {
		return nil, until, refuse(CodeIssuer)
	}
	var ok bool
	if a.IssueInstant, ok, err = instant(assertion, "IssueInstant"); err != nil || !ok {
		return nil, until, refuseStructure("IssueInstant")
	}
	subject, err := child(assertion, nsAssertion, "Subject")
	if err != nil || subject == nil {
		return nil, until, refuseStructure("Subject")
	}
	if a.NameID, err = readNameID(subject); err != nil {
		return nil, until, err
	}
	if a.NotOnOrAfter, until, err = r.confirmed(subject, e); err != nil {
		return nil, until, err
	}
	end, err := r.conditions(assertion, a, e.now)
	if err != nil {
		return nil, until, err
	}
	if !end.IsZero() && end.Before(a.NotOnOrAfter) {
		a.NotOnOrAfter = end
	}
	if err := r.authenticated(assertion, a, e); err != nil {
		return nil, until, err
	}
	return a, until.Add(r.skew), nil
}

// confirmed checks that one bearer confirmation of the subject holds, and returns until when; and until when any of them
// could hold, which is how long the assertion must be remembered.
func (r *Receiver) confirmed(subject *etree.Element, e *envelope) (end, latest time.Time, err error) {
	refused, held := error(nil), false
	for _, c := range children(subject, nsAssertion, "SubjectConfirmation") {
		if value(c, "Method") != "urn:oasis:names:tc:SAML:2.0:cm:bearer" {
			continue
		}
		t, err := r.bearer(c, e)
		switch {
		case err == nil && !held:
			end, held = t, true
		case refused == nil:
			refused = err
		}
		if t.After(latest) {
			latest = t
		}
	}
	switch {
	case held:
		return end, latest, nil
	case refused != nil:
		return end, latest, refused
	}
	return end, latest, refuseField(CodeConfirmation, "bearer")
}

// bearer checks one confirmation. It returns its end with an error too, when it has one.
func (r *Receiver) bearer(confirmation *etree.Element, e *envelope) (time.Time, error) {
	data, err := child(confirmation, nsAssertion, "SubjectConfirmationData")
	if err != nil || data == nil {
		return time.Time{}, refuseField(CodeConfirmation, "SubjectConfirmationData")
	}
	end, ok, err := instant(data, "NotOnOrAfter")
	if err != nil {
		return end, err
	}
	_, starts := attr(data, "NotBefore")
	switch {
	case value(data, "Recipient") != r.acs:
		return end, refuse(CodeRecipient)
	case !ok:
		return end, refuseField(CodeConfirmation, "NotOnOrAfter")
	case !e.now.Before(end.Add(r.skew)):
		return end, refuse(CodeExpired)
	case value(data, "InResponseTo") != e.inResponseTo:
		return end, refuse(CodeRequest)
	case starts:
		return end, refuseField(CodeConfirmation, "NotBefore")
	}
	return end, nil
}

// conditions checks the conditions, of which the audience is required, and returns until when they hold.
func (r *Receiver) conditions(assertion *etree.Element, a *Assertion, now time.Time) (time.Time, error) {
	c, err := child(assertion, nsAssertion, "Conditions")
	if err != nil {
		return time.Time{}, err
	}
	if c == nil {
		return time.Time{}, refuse(CodeAudience)
	}
	start, begins, err := instant(c, "NotBefore")
	if err != nil {
		return time.Time{}, err
	}
	if begins && now.Before(start.Add(-r.skew)) {
		return time.Time{}, refuse(CodeEarly)
	}
	end, ends, err := instant(c, "NotOnOrAfter")
	if err != nil {
		return time.Time{}, err
	}
	if ends && !now.Before(end.Add(r.skew)) {
		return time.Time{}, refuse(CodeExpired)
	}
	restricted := false
	for _, el := range c.ChildElements() {
		switch {
		case is(el, nsAssertion, "AudienceRestriction"):
			if !r.heard(el) {
				return time.Time{}, refuse(CodeAudience)
			}
			restricted = true
		case is(el, nsAssertion, "OneTimeUse"):
			a.OneTimeUse = true
		case is(el, nsAssertion, "ProxyRestriction"):
			// It bounds who may assert again on the strength of this one: we never do.
		default:
			return time.Time{}, refuse(CodeCondition)
		}
	}
	if !restricted {
		return time.Time{}, refuse(CodeAudience)
	}
	return end, nil
}

func (r *Receiver) heard(restriction *etree.Element) bool {
	return slices.ContainsFunc(children(restriction, nsAssertion, "Audience"), func(el *etree.Element) bool {
		name, ok := uri(el)
		return ok && name == r.entityID
	})
}

// authenticated reads the one statement of authentication, and checks its class.
func (r *Receiver) authenticated(assertion *etree.Element, a *Assertion, e *envelope) error {
	s, err := child(assertion, nsAssertion, "AuthnStatement")
	if err != nil || s == nil {
		return refuseStructure("AuthnStatement")
	}
	if a.AuthnInstant, _, err = instant(s, "AuthnInstant"); err != nil {
		return err
	}
	a.SessionIndex = value(s, "SessionIndex")
	end, ends, err := instant(s, "SessionNotOnOrAfter")
	if err != nil {
		return err
	}
	if ends && !e.now.Before(end.Add(r.skew)) {
		return refuse(CodeExpired)
	}
	a.SessionNotOnOrAfter = end
	context, err := child(s, nsAssertion, "AuthnContext")
	if err != nil || context == nil {
		return refuseStructure("AuthnContext")
	}
	class, err := child(context, nsAssertion, "AuthnContextClassRef")
	if err != nil {
		return err
	}
	if class != nil {
		a.Context, _ = uri(class)
	}
	if !slices.Contains(e.issuer.Contexts, AnyContext) && (a.Context == "" || !slices.Contains(e.issuer.Contexts, a.Context)) {
		return refuse(CodeContext)
	}
	return nil
}
