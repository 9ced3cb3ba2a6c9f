package identity

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Attributes is what layouts may draw from. The caller fills what it holds; what is missing is not sent. It is personal data.
type Attributes struct {
	// ID is the caller's identifier of the account, Login the name by which the person signs in, External the key of the
	// person in the source, with the academy before it when several feed the product ("RENNES-5123456").
	ID       ent.ID
	Login    string
	External string
	Profile  ent.Profile
	Name     ent.Name
	// Display is the name as shown; Name.Display when empty.
	Display   string
	BirthDate ent.Date
	Mail      Mails
	// Mobile and Home are telephone numbers.
	Mobile, Home string
	Address      ent.Place
	// MEF and Subjects are a pupil's programme and the codes of what is studied.
	MEF      string
	Subjects []string
	Schools  []School
	Children []Kin
	Parents  []Kin
	// Extra are values of the caller's own, drawn as "extra.NAME".
	Extra map[string][]string
}

// Mails are the addresses of a person, by who gave them.
type Mails struct{ Internal, Academy, Personal string }

// School is an establishment of the person, with what the person is there.
type School struct {
	ID       ent.ID
	UAI      ent.UAI
	External string
	Name     string
	// Kind is the nature in words: "COLLEGE", "LYCEE PROFESSIONNEL".
	Kind string
	// Administrative says that it is the school of the person's post, Main that it is the first one.
	Administrative, Main bool
	Classes, Groups      []Group
	// MEFs and Subjects are a teacher's.
	MEFs, Subjects []string
	Functions      []Function
	// Extra are values of the caller's own, drawn as "school.extra.NAME": a right in a partner's product.
	Extra map[string][]string
}

// Group is a class or a group of pupils.
type Group struct {
	ID   ent.ID
	Name string
}

// Function is what a member of staff does in a school.
type Function struct{ Code, Label, Discipline, DisciplineLabel string }

// Kin is a child or a parent of the person.
type Kin struct {
	ID       ent.ID
	External string
	UAI      ent.UAI
}

// LogValue shows the account only.
func (a Attributes) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(a.ID)))
}

// LogValue hides the addresses.
func (m Mails) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// LogValue hides who they are.
func (k Kin) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// display returns the name as shown.
func (a *Attributes) display() string {
	if a.Display != "" {
		return a.Display
	}
	return a.Name.Display()
}
