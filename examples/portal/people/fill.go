package people

import (
	"context"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/examples/portal/intake"
	"github.com/opencartable/cartable/interop/aaf"
)

// offer is a delivery that the portal has read at its start: it can be compared without being sent.
type offer struct {
	*intake.Feed
	origin directory.Origin
}

// Fill takes the deliveries that the portal has read. Those of a fictional academy are applied, so that the directory has
// people; real ones wait for somebody to read what they would do.
func (a *Area) Fill(ctx context.Context, feeds []*intake.Feed) error {
	var list []offer
	for _, f := range feeds {
		if f.Model == nil || f.Kind == aaf.Delta {
			continue
		}
		src := f.Model.Source(aaf.SourceOptions{Kind: f.Kind})
		list = append(list, offer{f, src.Feed().Origin})
		if !a.opt.Fictional {
			continue
		}
		if err := a.first(ctx, src); err != nil {
			return err
		}
	}
	a.mu.Lock()
	a.offered = list
	a.mu.Unlock()
	// What is told of the past is held in memory: it is read again from the oldest event kept.
	if err := a.db.Retire(ctx, tenant, consumer); err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// first applies a delivery of an origin that the directory does not know yet.
func (a *Area) first(ctx context.Context, src *aaf.Source) error {
	standing, err := a.store.Standing(ctx, src.Feed().Origin)
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	if standing.Plan != 0 {
		return nil // kept from another time: see Options.Data
	}
	plan, err := directory.Compare(ctx, a.store, src, a.policy())
	if err == nil {
		_, err = a.store.Apply(ctx, plan, directorysql.ApplyOptions{})
	}
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

func (a *Area) policy() directory.Policy { return directory.Policy{Today: a.today()} }

func (a *Area) offers() []offer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.offered
}

const (
	eventBatch = 500
	// maxHistory is how many events of one person are kept to be shown.
	maxHistory = 20
	// consumer is the name under which the outbox knows the portal.
	consumer = "portail"
)

// past returns what happened to somebody, the newest first, as the outbox of the directory tells it.
func (a *Area) past(ctx context.Context, id ent.ID) ([]ent.Event, error) {
	a.remembering.Lock()
	defer a.remembering.Unlock()
	for {
		n, err := a.db.Deliver(ctx, tenant, consumer, eventBatch, func(_ context.Context, events []ent.Event) error {
			for _, e := range events {
				list := a.history[e.Subject]
				if slices.ContainsFunc(list, func(o ent.Event) bool { return o.Sequence == e.Sequence }) {
					continue // delivery is at least once
				}
				list = append(list, e)
				a.history[e.Subject] = list[max(0, len(list)-maxHistory):]
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
		if n == 0 {
			break
		}
	}
	out := slices.Clone(a.history[id])
	slices.Reverse(out)
	return out, nil
}
