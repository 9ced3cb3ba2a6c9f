package directory

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Op is what a change does.
type Op string

// The operations of a plan.
const (
	OpCreate    Op = "create"
	OpChange    Op = "change" // fields, or a key that joins the account
	OpAttach    Op = "attach" // ties that come, or say something else than before
	OpDetach    Op = "detach" // ties that go, or a key that an origin no longer knows
	OpSuspend   Op = "suspend"
	OpRestore   Op = "restore"
	OpPreDelete Op = "pre-delete"
	OpPurge     Op = "purge"
	OpMerge     Op = "merge"    // a proposal: With may be the same person
	OpConflict  Op = "conflict" // nothing is done: somebody must decide
)

// Ops returns the operations, in the order of a summary.
func Ops() []Op {
	return []Op{OpCreate, OpChange, OpAttach, OpDetach, OpSuspend, OpRestore, OpPreDelete, OpPurge, OpMerge, OpConflict}
}

// Label returns the operation in words.
func (o Op) Label(lang ent.Lang) string {
	switch o {
	case OpCreate:
		return pick(lang, "création", "creation")
	case OpChange:
		return pick(lang, "modification", "change")
	case OpAttach:
		return pick(lang, "rattachement", "attachment")
	case OpDetach:
		return pick(lang, "détachement", "detachment")
	case OpSuspend:
		return pick(lang, "absence", "absence")
	case OpRestore:
		return pick(lang, "retour", "return")
	case OpPreDelete:
		return pick(lang, "mise en instance de suppression", "pre-deletion")
	case OpPurge:
		return pick(lang, "suppression définitive", "purge")
	case OpMerge:
		return pick(lang, "proposition de fusion", "merge proposal")
	case OpConflict:
		return pick(lang, "conflit à régler", "conflict to settle")
	}
	return string(o)
}

// Object is what a change is about.
type Object string

// The objects of a plan.
const (
	ObjectPerson        Object = "person"
	ObjectEstablishment Object = "establishment"
	ObjectClass         Object = "class"
	ObjectGroup         Object = "group"
)

// Label returns the object in words, plural.
func (o Object) Label(lang ent.Lang) string {
	switch o {
	case ObjectPerson:
		return pick(lang, "personnes", "persons")
	case ObjectEstablishment:
		return pick(lang, "établissements", "establishments")
	case ObjectClass:
		return pick(lang, "classes", "classes")
	case ObjectGroup:
		return pick(lang, "groupes", "groups")
	}
	return string(o)
}

// Change is one thing to do, with its reason. Changes of one person follow each other in a plan, and belong together.
type Change struct {
	Op     Op     `json:"op"`
	Object Object `json:"object"`
	// ID is the caller's identifier, "" for a person to create. For a class or an establishment to create it is the
	// origin's identifier, by which the ties of the same plan name it.
	ID ent.ID `json:"id,omitempty"`
	// Key is how the origin names the person; NewKey says that the account does not hold it yet, KeyGone that the origin no
	// longer knows it.
	Key     Key  `json:"key,omitzero"`
	NewKey  bool `json:"newKey,omitempty"`
	KeyGone bool `json:"keyGone,omitempty"`
	// Profile and Establishments are those of the person, for the summary and the filter.
	Profile        ent.Profile `json:"profile,omitempty"`
	Establishments []ent.ID    `json:"establishments,omitempty"`
	// Reason is a code of this package's catalogue; Params fill its text.
	Reason ent.Code    `json:"reason"`
	Params []ent.Param `json:"params,omitempty"`
	// Version is that of the account the plan was made from, Hash that of the record.
	Version int64 `json:"version,omitempty"`
	Hash    Hash  `json:"hash,omitzero"`
	// Day is when the new state begins.
	Day ent.Date `json:"day,omitzero"`
	// Fields are what changes, Attach and Detach the ties that come and go. They are personal data.
	Fields []FieldChange `json:"fields,omitempty"`
	Attach []Tie         `json:"attach,omitempty"`
	Detach []Tie         `json:"detach,omitempty"`
	// Account is the person to create, but for the identifier and the login.
	Account *Account `json:"account,omitempty"`
	// Establishment, Class and Group are set for a change of a place.
	Place *PlaceChange `json:"place,omitempty"`
	// With is the other account, or the key, of a merge proposal or a conflict; Likeness says why they look alike.
	With     []Key     `json:"with,omitempty"`
	WithIDs  []ent.ID  `json:"withIds,omitempty"`
	Likeness *Likeness `json:"likeness,omitempty"`
}

// FieldChange is a field before and after. It is personal data.
type FieldChange struct {
	Field ent.Field `json:"field"`
	From  string    `json:"from,omitempty"`
	To    string    `json:"to,omitempty"`
	// Owner is who decides the field from now on.
	Owner Origin `json:"owner,omitempty"`
}

// LogValue shows the field only.
func (f FieldChange) LogValue() slog.Value { return slog.StringValue(string(f.Field)) }

// PlaceChange is an establishment, a class or a group as it will be.
type PlaceChange struct {
	Establishment *ent.Establishment `json:"establishment,omitempty"`
	// Key is how the origin names the establishment, when that is new.
	Key   PlaceKey   `json:"key,omitzero"`
	Class *ent.Class `json:"class,omitempty"`
	Group *ent.Group `json:"group,omitempty"`
}

// labelled reports whether the identifier is made of a label, which people write: that of a class or a group.
func (c *Change) labelled() bool { return c.Object == ObjectClass || c.Object == ObjectGroup }

// LogValue shows what is done to which identifier, never a value. Classes and groups have no identifier to show.
func (c Change) LogValue() slog.Value {
	id := c.ID
	if c.labelled() {
		id = ""
	}
	return slog.GroupValue(slog.String("op", string(c.Op)), slog.String("object", string(c.Object)), slog.String("id", string(id)),
		slog.String("key", c.Key.String()), slog.String("reason", string(c.Reason)))
}

// Why returns the reason as an issue, which has a text in both languages.
func (c *Change) Why() ent.Issue {
	return catalog().New(c.Reason, ent.Pos{Record: c.Key.ID}, "$", c.Params...)
}
