package guichet

import (
	"log/slog"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// The data of a member of staff, by the names of their attributes.
const (
	FieldMail       ent.Field = "ctemail"
	FieldLogin      ent.Field = "ct-remote-user"
	FieldLastName   ent.Field = "ctln"
	FieldFirstName  ent.Field = "ctfn"
	FieldAcademy    ent.Field = "codaca"
	FieldFunction   ent.Field = "FrEduFonctAdm"
	FieldRNE        ent.Field = "FrEduRne"
	FieldRNEResp    ent.Field = "FrEduRneResp"
	FieldDelegation ent.Field = "FrEduResDel"
)

// AgentNames returns the names under which the académies' portals and ClearTrust agents send each datum.
// Source: entcore, SSOAgents; APLyPro; a ClearTrust bundle of the académie de Toulouse.
func AgentNames() Names {
	return Names{
		FieldMail:       {"ctemail", "mail", "email"},
		FieldLogin:      {"ct-remote-user"},
		FieldLastName:   {"ctln", "sn", "family_name"},
		FieldFirstName:  {"ctfn", "givenName", "given_name"},
		FieldAcademy:    {"codaca"},
		FieldFunction:   {"FrEduFonctAdm"},
		FieldRNE:        {"FrEduRne"},
		FieldRNEResp:    {"FrEduRneResp"},
		FieldDelegation: {"FrEduResDel"},
	}
}

// Agent is what an académie says of a member of its staff. It is personal data.
type Agent struct {
	// Mail is the academy e-mail address, in lower case.
	Mail  string
	Login string
	Name  ent.Name
	// Academy is the académie, when it is told.
	Academy  ent.AcademyCode
	Function Function
	// RNEs are where the person works, Responsible the establishments the person answers for.
	RNEs        []RNE
	Responsible []RNEResp
	Delegations []Delegation
}

// LogValue hides the person.
func (a Agent) LogValue() slog.Value { return redacted() }

// String hides the person.
func (a Agent) String() string { return hidden }

// GoString hides the person.
func (a Agent) GoString() string { return hidden }

// ReadAgent reads the attributes by the names given, those of AgentNames when nil. What is wrong costs its own value and is
// told by an issue that names the attribute, never its value.
func ReadAgent(attributes Attributes, names Names) (Agent, ent.Issues) {
	if names == nil {
		names = AgentNames()
	}
	r := &reader{attributes: attributes, names: names}
	a := Agent{
		Mail:        parsed(r, FieldMail, parseMail),
		Login:       r.one(FieldLogin),
		Name:        ent.Name{Family: r.one(FieldLastName), Given: r.one(FieldFirstName)},
		Academy:     parsed(r, FieldAcademy, ent.ParseAcademyCode),
		RNEs:        parsedAll(r, FieldRNE, ParseRNE),
		Responsible: parsedAll(r, FieldRNEResp, ParseRNEResp),
	}
	if f := r.one(FieldFunction); !isNone(f) {
		a.Function = Function(f)
	}
	for _, s := range r.many(FieldDelegation) {
		if isNone(s) {
			continue
		}
		d, err := ParseDelegation(s)
		if err != nil {
			r.file(codeOf(err), FieldDelegation)
			continue
		}
		a.Delegations = append(a.Delegations, d)
	}
	return a, r.issues
}

// parseMail reads an address: one "@", something on both sides, no space, and in ASCII, where no letter folds into another. It
// is in lower case: addresses are compared so.
func parseMail(s string) (string, error) {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || strings.Contains(domain, "@") || !opaque(s) || !isASCII(s) {
		return "", CodeAttribute
	}
	return strings.ToLower(s), nil
}

// HeadOf returns the establishments that the person heads: those of FrEduRneResp when FrEduFonctAdm is DIR.
func (a Agent) HeadOf() []ent.UAI {
	if a.Function != FunctionHead {
		return nil
	}
	return uais(nil, a.Responsible)
}

// Delegated returns the establishments on which an application is opened to the person on a day.
func (a Agent) Delegated(application string, day ent.Date) []ent.UAI {
	var out []ent.UAI
	for _, d := range a.Delegations {
		if application != "" && d.Application() == application && d.ValidOn(day) {
			out = uais(out, d.Establishments)
		}
	}
	return out
}

func uais(out []ent.UAI, list []RNEResp) []ent.UAI {
	for _, r := range list {
		if !slices.Contains(out, r.UAI) {
			out = append(out, r.UAI)
		}
	}
	return out
}
