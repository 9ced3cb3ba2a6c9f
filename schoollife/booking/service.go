package booking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// School is what bookings ask of the product around them.
type School interface {
	// Target returns the target of a resource, for access: its establishment, and as owners those with whom it is shared.
	Target(ctx context.Context, tenant ent.Tenant, r *Resource) (access.Target, error)
}

// Asker is who asks, with their rights.
type Asker struct {
	Tenant ent.Tenant
	Guard  access.Guard
}

func (a Asker) person() ent.ID { return a.Guard.Scope.Person() }

// Service is the use cases, under the rights of who asks. It is safe for concurrent use.
//
// Who may manage a resource (booking.manage) may book it too, is not bound by its delays and quotas, and needs no validation.
type Service struct {
	Store  Store
	School School
	// Zone is that of the school.
	Zone *time.Location
	// NewID makes identifiers of bookings and of series.
	NewID func() ent.ID
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Notifier tells owners what others decided of their bookings, on Channel; nobody is told when it is nil.
	Notifier ent.Notifier
	Channel  ent.Channel
}

func (s *Service) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// rights are those of who asks on a resource.
type rights struct{ read, write, manage bool }

// rights returns those on a resource, or CodeDenied of package access when action is not among them.
func (s *Service) rights(ctx context.Context, a Asker, r *Resource, action access.Action) (rights, error) {
	t, err := s.School.Target(ctx, a.Tenant, r)
	if err != nil {
		return rights{}, err
	}
	manage := a.Guard.Require(access.ActionBookingManage, t)
	out := rights{read: true, write: true, manage: manage == nil}
	if out.manage {
		return out, nil
	}
	if action == access.ActionBookingManage {
		return out, manage
	}
	write := a.Guard.Require(access.ActionBookingWrite, t)
	if out.write = write == nil; out.write {
		return out, nil
	}
	if action == access.ActionBookingWrite {
		return out, write
	}
	err = a.Guard.Require(access.ActionBookingRead, t)
	out.read = err == nil
	return out, err
}

// Grid is the calendar of a week.
type Grid struct {
	Monday    ent.Date
	Resources []Resource
	Bookings  []Booking
}

// Week returns the resources of an establishment that the person may see, and their bookings in the week of a day, Monday to
// Sunday. Bookings that do not hold, and what each one is for, are there for their owner and for managers.
func (s *Service) Week(ctx context.Context, a Asker, establishment ent.ID, on ent.Date) (Grid, error) {
	g := Grid{Monday: monday(on)}
	list, err := s.Store.Resources(ctx, a.Tenant, establishment)
	if err != nil {
		return g, err
	}
	manages := map[ent.ID]bool{}
	var ids []ent.ID
	for i := range list {
		may, err := s.rights(ctx, a, &list[i], access.ActionBookingRead)
		if errors.Is(err, access.CodeDenied) && !errors.Is(err, access.CodeNotLogged) {
			continue
		}
		if err != nil {
			return g, err
		}
		manages[list[i].ID] = may.manage
		ids = append(ids, list[i].ID)
		g.Resources = append(g.Resources, list[i])
	}
	span := Span{Moment{Date: g.Monday}, Moment{Date: g.Monday.AddDays(7)}}
	from, to := span.Instants(s.Zone)
	for len(ids) > 0 {
		n := min(len(ids), MaxQuery)
		some, err := s.Store.Bookings(ctx, a.Tenant, Query{Resources: ids[:n], From: from, To: to})
		if err != nil {
			return g, err
		}
		for _, b := range some {
			if b, ok := shown(b, a.person(), manages[b.Resource]); ok {
				g.Bookings = append(g.Bookings, b)
			}
		}
		ids = ids[n:]
	}
	Sort(g.Bookings)
	return g, nil
}

// shown returns a booking as a person sees it, false when not at all.
func shown(b Booking, person ent.ID, manager bool) (Booking, bool) {
	if manager || b.Owner == person {
		return b, true
	}
	b.Label, b.Reason, b.Moderator = "", "", ""
	return b, b.Status.Holds()
}

// Mine returns the person's own bookings, whatever their state, which have an instant in [from, to); zero times do not bound.
func (s *Service) Mine(ctx context.Context, a Asker, from, to time.Time) ([]Booking, error) {
	if a.Guard.Scope == nil {
		return nil, fmt.Errorf("booking: %w", access.CodeDenied)
	}
	return s.Store.Bookings(ctx, a.Tenant, Query{Owner: a.person(), From: from, To: to})
}

// Wish is what somebody wants to book.
type Wish struct {
	Resource ent.ID
	Span
	// Quantity is how many units: one at least.
	Quantity int
	Label    string
	// Owner is for a manager who books for somebody else.
	Owner ent.ID
}

// SeriesOptions say how a series is booked. The zero value books all occurrences or none.
type SeriesOptions struct {
	// Partial books what is free; the result lists what is refused, and why.
	Partial bool
	// DryRun books nothing, and tells what would become of it.
	DryRun bool
}

// Book books a resource once. What is refused is a [RefusedError], which says why and with which bookings it conflicts.
func (s *Service) Book(ctx context.Context, a Asker, w Wish) (Booking, error) {
	out, err := s.book(ctx, a, w, []Span{w.Span}, SeriesOptions{}, false)
	if err != nil {
		return Booking{}, err
	}
	return out.Booked[0], nil
}

// BookSeries books a resource on each occurrence of a recurrence, the first of which is that of the wish. All occurrences are booked,
// or none and the error is a [RefusedError] that lists those refused; with Partial what is free is, and the result lists the rest.
func (s *Service) BookSeries(ctx context.Context, a Asker, w Wish, every Recurrence, o SeriesOptions) (Result, error) {
	spans, err := every.Occurrences(w.Span)
	if err != nil {
		return Result{}, err
	}
	return s.book(ctx, a, w, spans, o, true)
}

// bookTries is how often a booking is tried again when its resource changed meanwhile.
const bookTries = 3

func (s *Service) book(ctx context.Context, a Asker, w Wish, spans []Span, o SeriesOptions, series bool) (Result, error) {
	for try := 1; ; try++ {
		out, err := s.bookOnce(ctx, a, w, spans, o, series)
		if errors.Is(err, CodeStale) && try < bookTries {
			continue
		}
		if err == nil && !o.Partial && !o.DryRun && len(out.Refused) > 0 {
			return Result{}, &RefusedError{out.Refused}
		}
		return out, err
	}
}

func (s *Service) bookOnce(ctx context.Context, a Asker, w Wish, spans []Span, o SeriesOptions, series bool) (Result, error) {
	r, err := s.Store.Resource(ctx, a.Tenant, w.Resource)
	if err != nil {
		return Result{}, err
	}
	may, err := s.rights(ctx, a, &r, access.ActionBookingWrite)
	if err != nil {
		return Result{}, err
	}
	if w.Owner == "" {
		w.Owner = a.person()
	}
	switch {
	case w.Owner != a.person() && !may.manage:
		return Result{}, fmt.Errorf("booking: for somebody else: %w", access.CodeDenied)
	case len(w.Label) > MaxLabel:
		return Result{}, fmt.Errorf("booking: label: %w", CodeSize)
	case series && !r.Periodic:
		return Result{}, fmt.Errorf("booking: series: %w", CodeNotPeriodic)
	}
	ask := Ask{Now: s.now(), Zone: s.Zone, Manager: may.manage}
	adm := Admission{Resource: r, Partial: o.Partial, At: ask.Now}
	if !may.manage {
		adm.Quotas = r.Quotas
	}
	wanted, refused := s.wanted(w, spans, &r, ask, series)
	adm.Bookings = wanted
	if len(wanted) == 0 || len(refused) > 0 && !o.Partial && !o.DryRun {
		return Result{Refused: refused}, nil
	}
	out, err := s.admit(ctx, a.Tenant, adm, o.DryRun)
	if err != nil {
		return Result{}, err
	}
	out.Refused = append(out.Refused, refused...)
	slices.SortStableFunc(out.Refused, func(a, b Refusal) int { return a.Booking.Start.Compare(b.Booking.Start) })
	if !o.Partial && len(out.Refused) > 0 {
		out.Booked = nil
	}
	return out, nil
}

// wanted returns the bookings that the rules of a resource allow, and those that they refuse.
func (s *Service) wanted(w Wish, spans []Span, r *Resource, ask Ask, series bool) ([]Booking, []Refusal) {
	one := Booking{Resource: r.ID, Owner: w.Owner, Quantity: w.Quantity, Label: w.Label, Status: StatusValidated, Made: ask.Now.UTC().Truncate(time.Microsecond)}
	if r.Moderated && !ask.Manager {
		one.Status = StatusCreated
	}
	if series {
		one.Series = s.NewID()
	}
	var allowed []Booking
	var refused []Refusal
	for _, span := range spans {
		b := one
		b.Span = span
		if span.valid() {
			b = b.In(s.Zone)
		}
		if code := r.check(&b, ask); code != "" {
			refused = append(refused, Refusal{Booking: b, Code: code})
			continue
		}
		b.ID = s.NewID()
		allowed = append(allowed, b)
	}
	return allowed, refused
}

// admit admits, or says what would be admitted.
func (s *Service) admit(ctx context.Context, tenant ent.Tenant, a Admission, dry bool) (Result, error) {
	if !dry {
		return s.Store.Admit(ctx, tenant, a)
	}
	if err := a.Valid(); err != nil {
		return Result{}, err
	}
	from, to := a.Window()
	held, err := s.Store.Bookings(ctx, tenant, Query{Resources: []ent.ID{a.Resource.ID}, From: from, To: to})
	if err != nil {
		return Result{}, err
	}
	return a.Decide(held), nil
}

// Cancel cancels a booking: one's own that is not over (booking.write on what one owns), or any as a manager. base is the version that
// was seen.
func (s *Service) Cancel(ctx context.Context, a Asker, id ent.ID, base int64, reason string) (Booking, error) {
	b, err := s.Store.Booking(ctx, a.Tenant, id)
	if err != nil {
		return Booking{}, err
	}
	out, err := s.cancel(ctx, a, []Booking{b}, func(*Booking) int64 { return base }, reason)
	if len(out) == 0 {
		return Booking{}, err
	}
	return out[0], err
}

// CancelSeries cancels the occurrences of a series that have not begun, all of them or none. It returns CodeUnknown when none is left.
func (s *Service) CancelSeries(ctx context.Context, a Asker, series ent.ID, reason string) ([]Booking, error) {
	if series == "" {
		return nil, unknown()
	}
	now := s.now()
	list, err := s.Store.Bookings(ctx, a.Tenant, Query{Series: series, From: now})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(b Booking) bool { return b.Starts.Before(now) || !leads(b.Status, StatusCancelled) })
	if len(list) == 0 {
		return nil, unknown()
	}
	return s.cancel(ctx, a, list, func(b *Booking) int64 { return b.Version }, reason)
}

// cancel cancels bookings of one resource and of one owner.
func (s *Service) cancel(ctx context.Context, a Asker, list []Booking, base func(*Booking) int64, reason string) ([]Booking, error) {
	r, err := s.Store.Resource(ctx, a.Tenant, list[0].Resource)
	if err != nil {
		return nil, err
	}
	own := access.Target{Establishments: []ent.ID{r.Establishment}, Owners: []ent.ID{list[0].Owner}}
	moderator := ent.ID("")
	if a.Guard.Scope == nil || list[0].Owner != a.person() || a.Guard.Require(access.ActionBookingWrite, own) != nil {
		if _, err := s.rights(ctx, a, &r, access.ActionBookingManage); err != nil {
			return nil, err
		}
		moderator = a.person()
	}
	if moderator == "" && slices.ContainsFunc(list, func(b Booking) bool { return b.Over(s.now()) }) {
		return nil, fmt.Errorf("booking: cancel: %w", CodePast) // it counts in the quotas
	}
	changes := make([]Change, len(list))
	for i := range list {
		changes[i] = Change{ID: list[i].ID, Base: base(&list[i]), To: StatusCancelled, Moderator: moderator, Reason: reason}
	}
	out, err := s.Store.Change(ctx, a.Tenant, r.ID, changes, s.now())
	if err != nil || moderator == "" {
		return out, err
	}
	return out, s.tell(ctx, a.Tenant, NoticeCancelled, out, a.person())
}

// Validate validates a booking, as a manager: one that waits, or one that was refused or suspended, which is then checked again and
// may be refused with a [RefusedError]. The owner is told; an error of the notifier comes with the booking, which is validated.
func (s *Service) Validate(ctx context.Context, a Asker, id ent.ID, base int64) (Booking, error) {
	return s.moderate(ctx, a, Change{ID: id, Base: base, To: StatusValidated}, NoticeValidated)
}

// Refuse refuses a booking, as a manager, which then holds nothing. The owner is told: see [Service.Validate].
func (s *Service) Refuse(ctx context.Context, a Asker, id ent.ID, base int64, reason string) (Booking, error) {
	return s.moderate(ctx, a, Change{ID: id, Base: base, To: StatusRefused, Reason: reason}, NoticeRefused)
}

func (s *Service) moderate(ctx context.Context, a Asker, c Change, kind string) (Booking, error) {
	b, err := s.Store.Booking(ctx, a.Tenant, c.ID)
	if err != nil {
		return Booking{}, err
	}
	r, err := s.Store.Resource(ctx, a.Tenant, b.Resource)
	if err != nil {
		return Booking{}, err
	}
	if _, err := s.rights(ctx, a, &r, access.ActionBookingManage); err != nil {
		return Booking{}, err
	}
	c.Moderator = a.person()
	out, err := s.Store.Change(ctx, a.Tenant, r.ID, []Change{c}, s.now())
	if err != nil {
		return Booking{}, err
	}
	return out[0], s.tell(ctx, a.Tenant, kind, out, a.person())
}

// PutResource adds or changes a resource, as a manager of where it is and of where it was: see [Resource.Replace] for what becomes
// of its bookings. Owners are told of those that are suspended or come back; an error of the notifier comes with the effect, which
// is there.
func (s *Service) PutResource(ctx context.Context, a Asker, r Resource) (Effect, error) {
	if _, err := s.rights(ctx, a, &r, access.ActionBookingManage); err != nil {
		return Effect{}, err
	}
	if r.Version > 0 {
		was, err := s.Store.Resource(ctx, a.Tenant, r.ID)
		if err != nil {
			return Effect{}, err
		}
		if _, err := s.rights(ctx, a, &was, access.ActionBookingManage); err != nil {
			return Effect{}, err
		}
	}
	e, err := s.Store.PutResource(ctx, a.Tenant, r, s.now())
	if err != nil {
		return Effect{}, err
	}
	return e, errors.Join(
		s.tell(ctx, a.Tenant, NoticeSuspended, e.Suspended, a.person()), s.tell(ctx, a.Tenant, NoticeRestored, e.Restored, a.person()))
}

// DeleteResource takes a resource away, as a manager. Its bookings to come are cancelled and returned, and their owners told, each
// once; an error of the notifier comes with them, and the resource is gone.
func (s *Service) DeleteResource(ctx context.Context, a Asker, id ent.ID, base int64) ([]Booking, error) {
	r, err := s.Store.Resource(ctx, a.Tenant, id)
	if err != nil {
		return nil, err
	}
	if _, err := s.rights(ctx, a, &r, access.ActionBookingManage); err != nil {
		return nil, err
	}
	out, err := s.Store.DeleteResource(ctx, a.Tenant, id, base, s.now())
	if err != nil {
		return nil, err
	}
	return out, s.tell(ctx, a.Tenant, NoticeDeleted, out, a.person())
}
