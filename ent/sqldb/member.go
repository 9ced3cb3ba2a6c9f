package sqldb

import (
	"context"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// MemberKind says what a person belongs to.
type MemberKind string

// The kinds of membership.
const (
	MemberEstablishment MemberKind = "establishment"
	MemberClass         MemberKind = "class"
	MemberGroup         MemberKind = "group"
)

// Member is one thing that a person belongs to.
type Member struct {
	Kind MemberKind
	// Target is the establishment, the class or the group.
	Target ent.ID
	// Establishment is that of the target.
	Establishment ent.ID
	// Profile is the one under which the person belongs there; a person may have several.
	Profile ent.Profile
}

// PutMembers replaces all that a person belongs to by the list; a member that stands twice counts once. The table {member}
// (tenant, target, person, kind, establishment, profile) is the only one that the SQL of another package may join. The
// directory keeps it, or a vendor by this function. It returns CodeMember when an id is missing or a kind is not known.
func PutMembers(ctx context.Context, tx *Tx, person ent.ID, members []Member) error {
	for _, m := range members {
		if m.Target == "" || !slices.Contains([]MemberKind{MemberEstablishment, MemberClass, MemberGroup}, m.Kind) {
			return failure(CodeMember)
		}
	}
	if person == "" {
		return failure(CodeMember)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM {member} WHERE tenant = $1 AND person = $2`, string(tx.tenant), string(person)); err != nil {
		return err
	}
	for i, m := range members {
		if slices.Contains(members[:i], m) {
			continue
		}
		if _, err := tx.Exec(ctx, `INSERT INTO {member} (tenant, target, person, profile, kind, establishment) VALUES ($1, $2, $3, $4, $5, $6)`,
			string(tx.tenant), string(m.Target), string(person), string(m.Profile), string(m.Kind), string(m.Establishment)); err != nil {
			return err
		}
	}
	return nil
}
