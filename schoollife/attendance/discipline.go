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

// Report keeps an incident, new (no ID) or changed, without its measures, which [Service.Decide] adds. pupils are those of its
// persons who are pupils: one at least, and who reports it may report on each. It returns CodeRefused otherwise, and for an
// incident of somebody else.
func (s *Service) Report(ctx context.Context, a Asker, i Incident, pupils []ent.ID) (Incident, error) {
	if len(i.Persons) == 0 || len(i.Persons) > maxPersons || len(i.Text) > maxText || len(i.Place) > 200 || len(i.Type) > 200 {
		return Incident{}, fmt.Errorf("attendance: incident: %w", CodeSize)
	}
	if i.At.Date.IsZero() {
		return Incident{}, fmt.Errorf("attendance: incident: %w", CodeSpan)
	}
	if !slices.ContainsFunc(i.Persons, func(p Protagonist) bool { return slices.Contains(pupils, p.Person) }) {
		return Incident{}, refused() // the right to report hangs on a pupil
	}
	for _, p := range i.Persons {
		if !slices.Contains(pupils, p.Person) {
			continue // staff, or somebody from outside
		}
		if _, err := s.pupil(ctx, a, p.Person, i.At.Date, access.ActionIncidentWrite); err != nil {
			return Incident{}, err
		}
	}
	known := i.ID != ""
	if !known {
		i.ID = s.NewID()
	}
	i.By = a.person()
	err := s.Store.ChangeIncident(ctx, a.Tenant, i.ID, func(had Incident) (Incident, error) {
		switch {
		case known && had.ID == "":
			return had, unknown()
		case had.ID != "" && (!known || had.By != a.person()):
			return had, refused()
		}
		i.Measures = had.Measures
		return i, nil
	})
	if err != nil {
		return Incident{}, err
	}
	i.Measures = nil // they are for who may read them
	return i, nil
}

func refused() error { return fmt.Errorf("attendance: incident: %w", CodeRefused) }

// Decide adds a punishment or a sanction to an incident. A sanction needs the right to decide sanctions; a punishment the right to
// report incidents on the pupil.
func (s *Service) Decide(ctx context.Context, a Asker, incident ent.ID, m Measure) (Measure, error) {
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
	if len(m.Text) > maxText {
		return Measure{}, fmt.Errorf("attendance: measure: %w", CodeSize)
	}
	m.ID, m.By = s.NewID(), a.person()
	err := s.Store.ChangeIncident(ctx, a.Tenant, incident, func(had Incident) (Incident, error) {
		if had.ID == "" {
			return had, unknown()
		}
		if len(had.Measures) >= maxPersons {
			return had, fmt.Errorf("attendance: measure: %w", CodeSize)
		}
		had.Measures = append(had.Measures, m)
		return had, nil
	})
	return m, err
}

// Incidents returns the incidents of a pupil, for who may read them: other persons among them, and of the measures those of the
// pupils whose sanctions one may read.
func (s *Service) Incidents(ctx context.Context, a Asker, pupil ent.ID, on ent.Date) ([]Incident, error) {
	if _, err := s.pupil(ctx, a, pupil, on, access.ActionIncidentRead); err != nil {
		return nil, err
	}
	list, err := s.Store.Incidents(ctx, a.Tenant, []ent.ID{pupil})
	if err != nil {
		return nil, err
	}
	read := map[ent.ID]bool{}
	for i := range list {
		var shown []Measure
		for _, m := range list[i].Measures {
			may, err := s.maySanction(ctx, a, m.Pupil, on, read)
			if err != nil {
				return nil, err
			}
			if may {
				shown = append(shown, m)
			}
		}
		list[i].Measures = shown
	}
	return list, nil
}

// maySanction reports whether the sanctions of a pupil may be read; known are the answers that there were.
func (s *Service) maySanction(ctx context.Context, a Asker, pupil ent.ID, on ent.Date, known map[ent.ID]bool) (bool, error) {
	if ok, asked := known[pupil]; asked {
		return ok, nil
	}
	t, err := s.School.Target(ctx, a.Tenant, pupil, on)
	if err != nil {
		return false, err
	}
	known[pupil] = may(a, access.ActionSanctionRead, t)
	return known[pupil], nil
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
