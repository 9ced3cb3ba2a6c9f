package access

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Guard is what a handler asks before it answers. It refuses with an error, and records the uses of the actions that the
// policy logs. A Guard without a scope refuses everything.
type Guard struct {
	Scope *Scope
	// Log records an access before it is given. When it fails, or is missing for an action that the policy logs, the access
	// is refused.
	Log func(Access) error
	// Now is the clock of the log; time.Now when nil.
	Now func() time.Time
}

// Access is one line of the access log: who asked for what on whom, when, and the answer. It holds identifiers only.
type Access struct {
	At     time.Time `json:"at"`
	Who    ent.ID    `json:"who"`
	Action Action    `json:"action"`
	// Person is whose data it is; empty for a thing or a list. Of is the profile of the persons of a list.
	Person         ent.ID      `json:"person,omitempty"`
	Of             ent.Profile `json:"of,omitempty"`
	List           bool        `json:"list,omitempty"`
	Establishments []ent.ID    `json:"establishments,omitempty"`
	Classes        []ent.ID    `json:"classes,omitempty"`
	Groups         []ent.ID    `json:"groups,omitempty"`
	// Persons are those that a list reaches one by one, such as the asker's children.
	Persons []ent.ID `json:"persons,omitempty"`
	Allowed bool     `json:"allowed"`
	Reason  ent.Code `json:"reason"`
}

// LogValue shows identifiers and codes.
func (a Access) LogValue() slog.Value {
	return slog.GroupValue(slog.String("who", string(a.Who)), slog.String("action", string(a.Action)), slog.String("person", string(a.Person)),
		slog.Bool("list", a.List), slog.Bool("allowed", a.Allowed), slog.String("reason", string(a.Reason)))
}

// Require returns nil when the person may do the action on the target. Otherwise it returns an error that is CodeDenied and
// the code of the reason, or CodeNotLogged when the log failed. No error holds a personal value.
func (g Guard) Require(a Action, t Target) error {
	if g.Scope == nil {
		return fmt.Errorf("access: no scope: %w", CodeDenied)
	}
	d := g.Scope.Can(a, t)
	if err := g.record(Access{
		Action: a, Person: t.Person, Of: t.Profile, Establishments: t.Establishments, Classes: t.Classes, Groups: t.Groups,
		Allowed: d.Allowed, Reason: d.Reason,
	}); err != nil {
		return err
	}
	if !d.Allowed {
		return fmt.Errorf("access: %w: %w", CodeDenied, d.Reason)
	}
	return nil
}

// Reach returns what the person reaches, for a query that lists; see [Scope.Reach]. It returns CodeDenied when that is
// nothing at all, and records one line for the list.
func (g Guard) Reach(a Action, of ent.Profile) (Reach, error) {
	if g.Scope == nil {
		return Reach{}, fmt.Errorf("access: no scope: %w", CodeDenied)
	}
	r := g.Scope.Reach(a, of)
	line := Access{
		Action: a, Of: of, List: true, Establishments: r.Establishments, Classes: r.Classes, Groups: r.Groups, Persons: r.Persons,
		Allowed: !r.Empty(), Reason: CodeGranted,
	}
	if r.Empty() {
		line.Reason = CodeOutOfReach
	}
	if err := g.record(line); err != nil {
		return Reach{}, err
	}
	if r.Empty() {
		return Reach{}, fmt.Errorf("access: %w: %w", CodeDenied, CodeOutOfReach)
	}
	return r, nil
}

var errNoLog = errors.New("no log is set")

func (g Guard) record(line Access) error {
	if !g.Scope.rules.Logged(line.Action) {
		return nil
	}
	now := g.Now
	if now == nil {
		now = time.Now
	}
	line.At, line.Who = now(), g.Scope.person
	err := errNoLog
	if g.Log != nil {
		err = g.Log(line)
	}
	if err != nil {
		return fmt.Errorf("access: %w: %w: %w", CodeDenied, CodeNotLogged, err)
	}
	return nil
}
