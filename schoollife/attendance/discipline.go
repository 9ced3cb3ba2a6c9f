package attendance

import (
	"context"
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// maxPersons is how many persons, and measures, one incident may have.
const maxPersons = 200

// Report keeps an incident, new (no ID) or changed, without its measures, which [Service.Decide] adds. Who reports one may report on
// each of the pupils in it.
func (s *Service) Report(ctx context.Context, a Asker, i Incident, pupils []ent.ID) (Incident, error) {
	if len(i.Persons) == 0 || len(i.Persons) > maxPersons || len(i.Text) > maxText || len(i.Place) > 200 || len(i.Type) > 200 {
		return Incident{}, fmt.Errorf("attendance: incident: %w", CodeSize)
	}
	if i.At.Date.IsZero() {
		return Incident{}, fmt.Errorf("attendance: incident: %w", CodeSpan)
	}
	for _, p := range i.Persons {
		if !slices.Contains(pupils, p.Person) {
			continue // staff, or somebody from outside
		}
		if _, err := s.pupil(ctx, a, p.Person, i.At.Date, access.ActionIncidentWrite); err != nil {
			return Incident{}, err
		}
	}
	i.Measures = nil
	if i.ID != "" {
		had, err := s.Store.Incident(ctx, a.Tenant, i.ID)
		if err != nil {
			return Incident{}, err
		}
		if had.By != a.person() {
			return Incident{}, fmt.Errorf("attendance: incident: %w", CodeRefused)
		}
		i.Measures = had.Measures
	} else {
		i.ID = s.NewID()
	}
	i.By = a.person()
	return i, s.Store.PutIncident(ctx, a.Tenant, i)
}

// Decide adds a punishment or a sanction to an incident. A sanction needs the right to decide sanctions; a punishment the right to
// report incidents on the pupil.
func (s *Service) Decide(ctx context.Context, a Asker, incident ent.ID, m Measure) (Measure, error) {
	i, err := s.Store.Incident(ctx, a.Tenant, incident)
	if err != nil {
		return Measure{}, err
	}
	action := access.ActionIncidentWrite
	if m.Kind.Sanction() {
		action = access.ActionSanctionWrite
	}
	if _, err := s.pupil(ctx, a, m.Pupil, m.Decided, action); err != nil {
		return Measure{}, err
	}
	if err := m.Check(true); err != nil {
		return Measure{}, err
	}
	if len(i.Measures) >= maxPersons || len(m.Text) > maxText {
		return Measure{}, fmt.Errorf("attendance: measure: %w", CodeSize)
	}
	m.ID, m.By = s.NewID(), a.person()
	i.Measures = append(i.Measures, m)
	return m, s.Store.PutIncident(ctx, a.Tenant, i)
}

// Incidents returns the incidents of a pupil, for who may read them: whole, other persons among them.
func (s *Service) Incidents(ctx context.Context, a Asker, pupil ent.ID, on ent.Date) ([]Incident, error) {
	if _, err := s.pupil(ctx, a, pupil, on, access.ActionIncidentRead); err != nil {
		return nil, err
	}
	return s.Store.Incidents(ctx, a.Tenant, []ent.ID{pupil})
}

// Measures returns the punishments and sanctions of a pupil, for the pupil, the relatives and the school: they say nothing of the
// other persons of an incident.
func (s *Service) Measures(ctx context.Context, a Asker, pupil ent.ID, on ent.Date) ([]Measure, error) {
	if _, err := s.pupil(ctx, a, pupil, on, access.ActionSanctionRead); err != nil {
		return nil, err
	}
	list, err := s.Store.Incidents(ctx, a.Tenant, []ent.ID{pupil})
	if err != nil {
		return nil, err
	}
	var out []Measure
	for _, i := range list {
		for _, m := range i.Measures {
			if m.Pupil == pupil {
				out = append(out, m)
			}
		}
	}
	return out, nil
}

// Clear erases the measures that a retention no longer keeps on a day, and returns them. With dry it only says which. It is for a
// job of the product.
func (s *Service) Clear(ctx context.Context, tenant ent.Tenant, r Retention, on ent.Date, dry bool) ([]Measure, error) {
	all, err := s.Store.Measures(ctx, tenant)
	if err != nil {
		return nil, err
	}
	gone := r.Expired(all, on)
	if dry || len(gone) == 0 {
		return gone, nil
	}
	ids := make([]ent.ID, len(gone))
	for i := range gone {
		ids[i] = gone[i].ID
	}
	_, err = s.Store.EraseMeasures(ctx, tenant, ids)
	return gone, err
}
