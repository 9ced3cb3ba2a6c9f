package account

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

const hidden = "[redacted]"

func redacted() slog.Value { return slog.StringValue(hidden) }

// State is that of an account. Its values are those of guichet.State: guichet.State(a.State()) answers a guichet.Query.
type State string

// The states.
const (
	StateActive       State = "active"
	StateNotActivated State = "not-activated"
	StateBlocked      State = "blocked"
	StateMerged       State = "merged"
)

// Source is where an account comes from. Others are the caller's.
type Source string

// The sources.
const (
	SourceAAF    Source = "AAF"
	SourceAAF1D  Source = "AAF1D"
	SourceCSV    Source = "CSV"
	SourceManual Source = "MANUAL"
)

// family returns the sources that merge together.
func (s Source) family() Source {
	switch s {
	case SourceAAF1D:
		return SourceAAF
	case SourceManual, "":
		return SourceCSV
	default:
		return s
	}
}

// Account is how one person enters. Its ID is the caller's, mostly that of the person. It is personal data, and holds the
// hash of a password.
type Account struct {
	ID ent.ID `json:"id"`
	// Login and Alias, when there is one, enter alike. Accents, case and spaces around do not count; no two accounts have one
	// in common.
	Login   string      `json:"login"`
	Alias   string      `json:"alias,omitempty"`
	Profile ent.Profile `json:"profile"`
	// Administrator is somebody whose account opens those of others: the strictest policy, and a second factor.
	Administrator bool     `json:"administrator,omitempty"`
	Name          ent.Name `json:"name"`
	Birth         ent.Date `json:"birth,omitzero"`
	Mail          string   `json:"mail,omitempty"`
	Mobile        string   `json:"mobile,omitempty"`
	Lang          ent.Lang `json:"lang,omitempty"`
	// Establishments and Classes say who may print its codes; SchoolNames are words that its password may not be made of.
	Establishments []ent.ID `json:"establishments,omitempty"`
	Classes        []ent.ID `json:"classes,omitempty"`
	SchoolNames    []string `json:"schoolNames,omitempty"`
	Source         Source   `json:"source,omitempty"`
	// Portal is the provider by which the person enters, and then no password of ours does: "educonnect".
	Portal  string `json:"portal,omitempty"`
	Blocked bool   `json:"blocked,omitempty"`

	// What follows is kept by the use cases.

	// Activated is when, zero for never; Terms the version that was accepted then.
	Activated time.Time `json:"activated,omitzero"`
	Terms     string    `json:"terms,omitempty"`
	// MergedInto is the account that this one opens.
	MergedInto ent.ID `json:"mergedInto,omitempty"`
	// Password is a hash that [Hasher] reads, History those before it, the last one first.
	Password    string    `json:"password,omitempty"`
	PasswordSet time.Time `json:"passwordSet,omitzero"`
	History     []string  `json:"history,omitempty"`
	// PreviousMail is the address before MailChanged: it is told too of what happens to the account, for a time.
	PreviousMail string    `json:"previousMail,omitempty"`
	MailChanged  time.Time `json:"mailChanged,omitzero"`
	// Second is the second factor.
	Second *Second `json:"second,omitempty"`
}

// State returns the state of the account.
func (a *Account) State() State {
	switch {
	case a.MergedInto != "":
		return StateMerged
	case a.Blocked:
		return StateBlocked
	case a.Activated.IsZero():
		return StateNotActivated
	}
	return StateActive
}

// Clone returns a copy that shares nothing.
func (a *Account) Clone() Account {
	c := *a
	c.Name.Others = slices.Clone(a.Name.Others)
	c.Establishments, c.Classes = slices.Clone(a.Establishments), slices.Clone(a.Classes)
	c.SchoolNames, c.History = slices.Clone(a.SchoolNames), slices.Clone(a.History)
	if a.Second != nil {
		s := *a.Second
		s.Sealed, s.Recovery = slices.Clone(s.Sealed), slices.Clone(s.Recovery)
		c.Second = &s
	}
	return c
}

// LogValue shows the identifier and the state.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(a.ID)), slog.String("state", string(a.State())))
}

// String hides the account.
func (a Account) String() string { return hidden }

// GoString hides the account.
func (a Account) GoString() string { return hidden }

// maxLogin is how many bytes of a login count: those of the longest e-mail address.
const maxLogin = 320

// LoginKey returns a login as it is compared: without accents, case, nor spaces around.
func LoginKey(login string) string {
	login = strings.TrimSpace(storable(login))
	return frtext.Fold(login[:min(len(login), maxLogin)])
}

// storable leaves out of what was typed the one character that PostgreSQL refuses.
func storable(s string) string { return strings.ReplaceAll(s, "\x00", "") }

// MailKey returns an address as it is compared.
func MailKey(mail string) string {
	return strings.ToLower(strings.TrimSpace(strings.ToValidUTF8(storable(mail), "")))
}

// Logins returns the login and the alias as they are compared, each once.
func (a *Account) Logins() []string {
	var out []string
	for _, l := range []string{a.Login, a.Alias} {
		if k := LoginKey(l); k != "" && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}
