package ent

import (
	"context"
	"encoding/json"
	"log/slog"
)

// Holder is a part that stores something of persons. Merging two accounts, erasing a person and telling all that is held on
// one cross every part: the vendor lists its holders, and package directory calls each. enttest/holdertest proves one.
type Holder interface {
	// Part names it: "directory", "gradebook".
	Part() string
	// Held returns all that the part holds on a person, for the person who asks (RGPD, article 15); nil when nothing.
	Held(ctx context.Context, tenant Tenant, person ID) ([]Holding, error)
	// Erase removes it (RGPD, article 17), and returns how many things it was. What a law keeps stays, and is still told by
	// Held with its reason.
	Erase(ctx context.Context, tenant Tenant, person ID) (int64, error)
	// Merge gives what is held on gone to kept; Unmerge gives back what Merge took.
	Merge(ctx context.Context, tenant Tenant, kept, gone ID) error
	Unmerge(ctx context.Context, tenant Tenant, kept, gone ID) error
}

// Holding is one thing held on a person. It is personal data.
type Holding struct {
	Part string `json:"part"`
	// Kind says what it is: "account", "mark".
	Kind string `json:"kind"`
	// Reason says why it outlives an erasure, "" when it does not.
	Reason Code            `json:"reason,omitempty"`
	Data   json.RawMessage `json:"data"`
}

// LogValue shows where it is held and what kind it is.
func (h Holding) LogValue() slog.Value {
	return slog.GroupValue(slog.String("part", h.Part), slog.String("kind", h.Kind))
}
