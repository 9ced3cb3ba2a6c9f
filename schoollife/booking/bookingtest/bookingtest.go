package bookingtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const tenant = ent.Tenant("t")

var (
	now   = time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	first = ent.Date{Year: 2026, Month: 9, Day: 7}
)

// Run proves a store; empty returns a new one.
func Run(t *testing.T, empty func(t *testing.T) booking.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, booking.Store){
		"resources": resources, "states": states, "series": series, "suspended": suspended, "reduced": reduced, "deleted": deleted,
		"quotas": quotas, "queries": queries, "unevenUnits": unevenUnits, "sameAsMemory": sameAsMemory, "tenants": tenants,
		"concurrentOne":    func(t *testing.T, s booking.Store) { Concurrent(t, s, 1, 1000) },
		"concurrentThree":  func(t *testing.T, s booking.Store) { Concurrent(t, s, 3, 1000) },
		"concurrentSwitch": concurrentSwitch, "concurrentQuota": concurrentQuota, "concurrentSeries": concurrentSeries,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, empty(t))
		})
	}
}

// Resource returns a resource that can be booked, periodically too.
func Resource(id string, quantity int) booking.Resource {
	return booking.Resource{ID: ent.ID(id), Label: id, Establishment: "e", Quantity: quantity, Available: true, Periodic: true}
}

// Put keeps a resource, and returns it as it is kept.
func Put(t testing.TB, s booking.Store, r booking.Resource) booking.Resource {
	t.Helper()
	e, err := s.PutResource(t.Context(), tenant, r, now)
	require.NoError(t, err)
	return e.Resource
}

// Booking returns a booking of one unit, in UTC: from a minute of the first Monday of tests to another, days later when it is beyond
// a day.
func Booking(id string, resource ent.ID, from, to int) booking.Booking {
	moment := func(m int) booking.Moment {
		return booking.Moment{Date: first.AddDays(m / (24 * 60)), At: timetable.Clock(m % (24 * 60))} //nolint:gosec // less than 1440
	}
	b := booking.Booking{
		ID: ent.ID(id), Resource: resource, Owner: "durand", Span: booking.Span{Start: moment(from), End: moment(to)}, Quantity: 1,
		Status: booking.StatusValidated, Label: "TP", Made: now,
	}
	return b.In(time.UTC)
}

func units(b booking.Booking, n int) booking.Booking {
	b.Quantity = n
	return b
}

func admit(t testing.TB, s booking.Store, r booking.Resource, list ...booking.Booking) booking.Result {
	t.Helper()
	out, err := s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: list, At: now})
	require.NoError(t, err)
	return out
}

func change(t testing.TB, s booking.Store, id ent.ID, to booking.Status) error {
	t.Helper()
	b, err := s.Booking(t.Context(), tenant, id)
	require.NoError(t, err)
	_, err = s.Change(t.Context(), tenant, b.Resource, []booking.Change{{ID: id, Base: b.Version, To: to, Moderator: "chef", Reason: "travaux"}}, now)
	return err
}

func status(t testing.TB, s booking.Store, id ent.ID) booking.Status {
	t.Helper()
	b, err := s.Booking(t.Context(), tenant, id)
	require.NoError(t, err)
	return b.Status
}

// all returns the bookings of a resource.
func all(t testing.TB, s booking.Store, id ent.ID) []booking.Booking {
	t.Helper()
	list, err := s.Bookings(t.Context(), tenant, booking.Query{Resources: []ent.ID{id}})
	require.NoError(t, err)
	return list
}

func resources(t *testing.T, s booking.Store) {
	_, err := s.Resource(t.Context(), tenant, "lab")
	require.ErrorIs(t, err, booking.CodeUnknown)
	r := Resource("lab", 4)
	r.MinDelay, r.MaxDelay, r.Moderated, r.Kind = 24*time.Hour, 30*24*time.Hour, true, "rooms"
	r.Windows = []booking.Window{{Day: 1, Start: 480, End: 1080}}
	r.Blackouts = []booking.Span{Booking("", "", 0, 60).Span}
	r.Quotas = []booking.Quota{{Per: booking.PerWeek, Count: 2, Minutes: 120}}
	kept := Put(t, s, r)
	assert.Equal(t, int64(1), kept.Version)
	got, err := s.Resource(t.Context(), tenant, "lab")
	require.NoError(t, err)
	r.Version = 1
	assert.Equal(t, r, got)
	_, err = s.PutResource(t.Context(), tenant, Resource("lab", 1), now)
	require.ErrorIs(t, err, booking.CodeStale, "it is there already")
	r.Label = "Labo"
	assert.Equal(t, int64(2), Put(t, s, r).Version)
	_, err = s.PutResource(t.Context(), tenant, r, now)
	require.ErrorIs(t, err, booking.CodeStale, "somebody else changed it")
	bad := Resource("bad", 1)
	bad.MinDelay, bad.MaxDelay = time.Hour, time.Hour
	_, err = s.PutResource(t.Context(), tenant, bad, now)
	require.ErrorIs(t, err, booking.CodeDelays)
	ghost := Resource("ghost", 1)
	ghost.Version = 3
	_, err = s.PutResource(t.Context(), tenant, ghost, now)
	require.ErrorIs(t, err, booking.CodeUnknown)
	Put(t, s, Resource("a", 1))
	elsewhere := Resource("b", 1)
	elsewhere.Establishment = "f"
	Put(t, s, elsewhere)
	list, err := s.Resources(t.Context(), tenant, "e")
	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, []string{"Labo", "a"}, []string{list[0].Label, list[1].Label})
}

// states: what holds and what does not, and that who comes back is checked.
func states(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 1))
	waiting := Booking("a", "lab", 480, 540)
	waiting.Status = booking.StatusCreated
	out := admit(t, s, r, waiting)
	require.Empty(t, out.Refused)
	waiting.Version = 1
	assert.Equal(t, []booking.Booking{waiting}, out.Booked)
	assert.Equal(t, []booking.Booking{waiting}, all(t, s, "lab"))
	require.Empty(t, admit(t, s, r, Booking("b", "lab", 540, 600)).Refused, "adjacent")
	out = admit(t, s, r, Booking("c", "lab", 539, 541))
	require.Len(t, out.Refused, 1)
	assert.Equal(t, booking.CodeConflict, out.Refused[0].Code)
	assert.Equal(t, []ent.ID{"a", "b"}, out.Refused[0].With)
	_, err := s.Booking(t.Context(), tenant, "c")
	require.ErrorIs(t, err, booking.CodeUnknown)

	require.NoError(t, change(t, s, "a", booking.StatusValidated))
	require.NoError(t, change(t, s, "a", booking.StatusRefused))
	got, err := s.Booking(t.Context(), tenant, "a")
	require.NoError(t, err)
	assert.Equal(t, []any{booking.StatusRefused, ent.ID("chef"), "travaux", int64(3)}, []any{got.Status, got.Moderator, got.Reason, got.Version})
	require.Empty(t, admit(t, s, r, Booking("d", "lab", 480, 540)).Refused, "what is refused holds nothing")
	var refused *booking.RefusedError
	err = change(t, s, "a", booking.StatusValidated)
	require.ErrorAs(t, err, &refused, "and is checked again")
	require.ErrorIs(t, err, booking.CodeConflict)
	assert.Equal(t, []ent.ID{"d"}, refused.Refusals[0].With)
	require.NoError(t, change(t, s, "d", booking.StatusCancelled))
	require.NoError(t, change(t, s, "a", booking.StatusValidated))
	require.ErrorIs(t, change(t, s, "d", booking.StatusValidated), booking.CodeStatus, "its owner gave it up")
	out = admit(t, s, r, Booking("e", "lab", 485, 490))
	require.Len(t, out.Refused, 1)

	change := func(c ...booking.Change) error {
		_, err := s.Change(t.Context(), tenant, "lab", c, now)
		return err
	}
	require.ErrorIs(t, change(booking.Change{ID: "a", Base: 1, To: booking.StatusCancelled}), booking.CodeStale)
	require.ErrorIs(t, change(booking.Change{ID: "x", Base: 1, To: booking.StatusCancelled}), booking.CodeUnknown)
	require.ErrorIs(t, change(booking.Change{ID: "b", Base: 1, To: booking.StatusCancelled}, booking.Change{ID: "x", Base: 1, To: booking.StatusCancelled}), booking.CodeUnknown)
	assert.Equal(t, booking.StatusValidated, status(t, s, "b"), "all or none")
	require.ErrorIs(t, change(), booking.CodeSize)
	_, err = s.Change(t.Context(), tenant, "ghost", []booking.Change{{ID: "a", Base: 4, To: booking.StatusCancelled}}, now)
	require.ErrorIs(t, err, booking.CodeUnknown)

	_, err = s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{Booking("b", "lab", 900, 960)}, At: now})
	require.ErrorIs(t, err, booking.CodeTwice)
	for _, bad := range []booking.Booking{Booking("x", "lab", 60, 60), units(Booking("x", "lab", 60, 90), 0), Booking("", "lab", 60, 90), Booking("x", "other", 60, 90)} {
		_, err = s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{bad}, At: now})
		require.ErrorIs(t, err, booking.CodeRange)
	}
	_, err = s.Admit(t.Context(), tenant, booking.Admission{Resource: r, At: now})
	require.ErrorIs(t, err, booking.CodeSize)
	out = admit(t, s, r, units(Booking("f", "lab", 60, 90), 2))
	require.Len(t, out.Refused, 1)
	assert.Equal(t, booking.CodeQuantity, out.Refused[0].Code)
}

// week returns n bookings, a week apart.
func week(id string, resource ent.ID, n, from, to int) []booking.Booking {
	var out []booking.Booking
	for i := range n {
		b := Booking(fmt.Sprint(id, i), resource, from+i*7*24*60, to+i*7*24*60)
		b.Series = ent.ID(id)
		out = append(out, b)
	}
	return out
}

// series: all occurrences or none, or what is free with the list of the rest.
func series(t *testing.T, s booking.Store) {
	for _, quantity := range []int{1, 2} {
		id := ent.ID(fmt.Sprint("room", quantity))
		prefix := string(id)
		r := Put(t, s, Resource(string(id), quantity))
		require.Empty(t, admit(t, s, r, units(Booking(prefix+"x", id, 2*7*24*60+490, 2*7*24*60+500), quantity)).Refused)
		list := week(prefix+"s", id, 5, 480, 540)
		out := admit(t, s, r, list...)
		assert.Empty(t, out.Booked)
		require.Len(t, out.Refused, 1)
		assert.Equal(t, list[2].ID, out.Refused[0].Booking.ID)
		assert.Equal(t, []ent.ID{ent.ID(prefix + "x")}, out.Refused[0].With)
		assert.Len(t, all(t, s, id), 1, "nothing is booked")
		out, err := s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: list, Partial: true, At: now})
		require.NoError(t, err)
		assert.Len(t, out.Booked, 4)
		require.Len(t, out.Refused, 1)
		got, err := s.Bookings(t.Context(), tenant, booking.Query{Series: ent.ID(prefix + "s")})
		require.NoError(t, err)
		assert.Equal(t, out.Booked, got)
	}
	// Occurrences that meet each other do not both hold.
	r := Put(t, s, Resource("self", 1))
	out := admit(t, s, r, Booking("o1", "self", 60, 200), Booking("o2", "self", 150, 300))
	require.Len(t, out.Refused, 1)
	assert.Equal(t, []ent.ID{"o1"}, out.Refused[0].With)
	_, err := s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{Booking("p", "self", 60, 90), Booking("p", "self", 100, 120)}, At: now})
	require.ErrorIs(t, err, booking.CodeTwice)
	assert.Empty(t, all(t, s, "self"))
}

// suspended: what happens to bookings when their resource goes and comes back, some of them without room by then.
func suspended(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 2))
	over := Booking("over", "lab", 0, 60).In(time.UTC)
	over.Span = over.AddDays(-30)
	over = over.In(time.UTC)
	require.Empty(t, admit(t, s, r, over).Refused)
	require.Empty(t, admit(t, s, r, Booking("a", "lab", 480, 540)).Refused)
	require.Empty(t, admit(t, s, r, Booking("b", "lab", 500, 560)).Refused)
	require.Empty(t, admit(t, s, r, Booking("c", "lab", 600, 660)).Refused)
	require.NoError(t, change(t, s, "c", booking.StatusRefused))
	old := r
	r.Available = false
	e, err := s.PutResource(t.Context(), tenant, r, now)
	require.NoError(t, err)
	require.Len(t, e.Suspended, 2)
	assert.Equal(t, []booking.Status{"suspended", "suspended", "refused", "validated"}, []booking.Status{status(t, s, "a"), status(t, s, "b"), status(t, s, "c"), status(t, s, "over")})
	_, err = s.Admit(t.Context(), tenant, booking.Admission{Resource: old, Bookings: []booking.Booking{Booking("d", "lab", 480, 540)}, At: now})
	require.ErrorIs(t, err, booking.CodeStale)
	_, err = s.Admit(t.Context(), tenant, booking.Admission{Resource: e.Resource, Bookings: []booking.Booking{Booking("d", "lab", 480, 540)}, At: now})
	require.ErrorIs(t, err, booking.CodeUnavailable)
	require.ErrorIs(t, change(t, s, "c", booking.StatusValidated), booking.CodeUnavailable)

	r = e.Resource
	r.Available, r.Quantity = true, 1 // one of the two is broken for good
	e, err = s.PutResource(t.Context(), tenant, r, now)
	require.NoError(t, err)
	require.Len(t, e.Restored, 1)
	assert.Equal(t, ent.ID("a"), e.Restored[0].ID)
	require.Len(t, e.Left, 1)
	assert.Equal(t, []ent.ID{"a"}, e.Left[0].With)
	assert.Equal(t, []booking.Status{"created", "suspended"}, []booking.Status{status(t, s, "a"), status(t, s, "b")})
	require.ErrorIs(t, change(t, s, "b", booking.StatusValidated), booking.CodeConflict)
	require.Len(t, admit(t, s, e.Resource, Booking("d", "lab", 530, 550)).Refused, 1)
	require.Empty(t, admit(t, s, e.Resource, Booking("d", "lab", 540, 550)).Refused)
	require.NoError(t, change(t, s, "a", booking.StatusCancelled))
	require.NoError(t, change(t, s, "d", booking.StatusCancelled))
	require.NoError(t, change(t, s, "b", booking.StatusValidated))
}

// reduced: a quantity that leaves out bookings is refused; a smaller one that does not gives way to no double booking.
func reduced(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 3))
	require.Empty(t, admit(t, s, r, units(Booking("a", "lab", 480, 540), 2)).Refused)
	require.Empty(t, admit(t, s, r, Booking("b", "lab", 500, 560)).Refused) // which has the third unit
	require.NoError(t, change(t, s, "a", booking.StatusCancelled))
	require.Empty(t, admit(t, s, r, Booking("c", "lab", 520, 560)).Refused)
	less := r
	less.Quantity = 1
	_, err := s.PutResource(t.Context(), tenant, less, now)
	var refused *booking.RefusedError
	require.ErrorAs(t, err, &refused)
	assert.Len(t, refused.Refusals, 2)
	require.NoError(t, change(t, s, "c", booking.StatusCancelled))
	r = Put(t, s, less)
	require.Len(t, admit(t, s, r, Booking("d", "lab", 550, 600)).Refused, 1)
	require.Empty(t, admit(t, s, r, Booking("e", "lab", 480, 500)).Refused)
	r.Quantity = 2
	r = Put(t, s, r)
	require.Empty(t, admit(t, s, r, Booking("d", "lab", 490, 600)).Refused)
	require.Len(t, admit(t, s, r, Booking("f", "lab", 490, 600)).Refused, 1)
}

func deleted(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 1))
	over := Booking("over", "lab", 0, 60)
	over.Span = over.AddDays(-30)
	for _, b := range []booking.Booking{over.In(time.UTC), Booking("a", "lab", 480, 540), Booking("b", "lab", 600, 660)} {
		require.Empty(t, admit(t, s, r, b).Refused)
	}
	require.NoError(t, change(t, s, "b", booking.StatusRefused))
	_, err := s.DeleteResource(t.Context(), tenant, "lab", 7, now)
	require.ErrorIs(t, err, booking.CodeStale)
	list, err := s.DeleteResource(t.Context(), tenant, "lab", 1, now)
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, []any{ent.ID("a"), booking.StatusCancelled}, []any{list[0].ID, list[0].Status})
	assert.Equal(t, []booking.Status{"validated", "cancelled", "refused"}, []booking.Status{status(t, s, "over"), status(t, s, "a"), status(t, s, "b")})
	_, err = s.Resource(t.Context(), tenant, "lab")
	require.ErrorIs(t, err, booking.CodeUnknown)
	_, err = s.DeleteResource(t.Context(), tenant, "lab", 1, now)
	require.ErrorIs(t, err, booking.CodeUnknown)
	_, err = s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{Booking("c", "lab", 480, 540)}, At: now})
	require.ErrorIs(t, err, booking.CodeUnknown)
	_, err = s.PutResource(t.Context(), tenant, Resource("lab", 1), now)
	require.ErrorIs(t, err, booking.CodeStale, "its identifier names what it was")
	left, err := s.Resources(t.Context(), tenant, "e")
	require.NoError(t, err)
	assert.Empty(t, left)
}

func quotas(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 1))
	book := func(id, owner string, from, to int, q ...booking.Quota) ent.Code {
		b := Booking(id, "lab", from, to)
		b.Owner = ent.ID(owner)
		out, err := s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{b}, Quotas: q, At: now})
		require.NoError(t, err)
		if len(out.Refused) > 0 {
			return out.Refused[0].Code
		}
		return ""
	}
	const day = 24 * 60
	two := booking.Quota{Per: booking.PerWeek, Count: 2}
	hours := booking.Quota{Per: booking.PerMonth, Minutes: 150}
	assert.Empty(t, book("a", "durand", 0, 60, two, hours))
	assert.Empty(t, book("b", "durand", 6*day, 6*day+60, two, hours), "Sunday")
	assert.Equal(t, booking.CodeQuota, book("c", "durand", day, day+10, two, hours), "a third in the week")
	assert.Empty(t, book("d", "petit", day, day+10, two, hours), "another person")
	assert.Empty(t, book("e", "durand", 7*day, 7*day+30, two, hours), "the next week: 150 minutes of the month")
	assert.Equal(t, booking.CodeQuota, book("f", "durand", 8*day, 8*day+1, two, hours))
	assert.Empty(t, book("g", "durand", 24*day, 24*day+150, two, hours), "October")
	require.NoError(t, change(t, s, "a", booking.StatusCancelled))
	assert.Empty(t, book("h", "durand", day+20, day+80, two, hours), "what is cancelled does not count")
	assert.Equal(t, booking.CodeConflict, book("i", "durand", day+20, day+80, two), "that it is taken comes first")
	assert.Empty(t, book("j", "durand", 2*day, 2*day+600), "no quota binds who has none")
}

func queries(t *testing.T, s booking.Store) {
	for _, id := range []string{"a", "b"} {
		r := Put(t, s, Resource(id, 1))
		for i := range 3 {
			b := Booking(fmt.Sprint(id, i), ent.ID(id), i*60, i*60+60)
			b.Owner = ent.ID(fmt.Sprint("p", i))
			require.Empty(t, admit(t, s, r, b).Refused)
		}
	}
	ids := func(q booking.Query) []ent.ID {
		list, err := s.Bookings(t.Context(), tenant, q)
		require.NoError(t, err)
		var out []ent.ID
		for _, b := range list {
			out = append(out, b.ID)
		}
		return out
	}
	zero := Booking("", "", 0, 1).Starts
	assert.Equal(t, []ent.ID{"a0", "b0", "a1", "b1", "a2", "b2"}, ids(booking.Query{Resources: []ent.ID{"b", "a"}}))
	assert.Equal(t, []ent.ID{"a1"}, ids(booking.Query{Resources: []ent.ID{"a"}, From: zero.Add(time.Hour), To: zero.Add(2 * time.Hour)}), "half-open")
	assert.Equal(t, []ent.ID{"a2", "b2"}, ids(booking.Query{Owner: "p2"}))
	assert.Equal(t, []ent.ID{"b2"}, ids(booking.Query{Owner: "p2", Resources: []ent.ID{"b"}, From: zero}))
	assert.Empty(t, ids(booking.Query{Series: "none"}))
	_, err := s.Bookings(t.Context(), tenant, booking.Query{From: zero})
	require.ErrorIs(t, err, booking.CodeSize)
}

// unevenUnits: there is room at each moment, though no single unit is free all along.
func unevenUnits(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("tablets", 2))
	for _, b := range []booking.Booking{Booking("a", "tablets", 0, 60), Booking("b", "tablets", 0, 120), Booking("c", "tablets", 120, 180), Booking("d", "tablets", 60, 180)} {
		require.Empty(t, admit(t, s, r, b).Refused, b.ID)
	}
	require.Len(t, admit(t, s, r, Booking("e", "tablets", 100, 130)).Refused, 1)
	require.NoError(t, change(t, s, "d", booking.StatusRefused))
	require.Empty(t, admit(t, s, r, Booking("f", "tablets", 60, 180)).Refused)
	require.ErrorIs(t, change(t, s, "d", booking.StatusValidated), booking.CodeConflict)
	require.NoError(t, change(t, s, "f", booking.StatusCancelled))
	require.NoError(t, change(t, s, "d", booking.StatusValidated))
	assert.Equal(t, 2, booking.Peak(all(t, s, "tablets"), Booking("", "", 0, 1).Starts, Booking("", "", 180, 181).Starts))
}

func tenants(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 1))
	require.Empty(t, admit(t, s, r, Booking("a", "lab", 480, 540)).Refused)
	_, err := s.Resource(t.Context(), tenant+"2", "lab")
	require.ErrorIs(t, err, booking.CodeUnknown)
	_, err = s.Booking(t.Context(), tenant+"2", "a")
	require.ErrorIs(t, err, booking.CodeUnknown)
	_, err = s.PutResource(t.Context(), tenant+"2", Resource("lab", 1), now)
	require.NoError(t, err)
	out, err := s.Admit(t.Context(), tenant+"2", booking.Admission{Resource: r, Bookings: []booking.Booking{Booking("a", "lab", 480, 540)}, At: now})
	require.NoError(t, err)
	assert.Len(t, out.Booked, 1, "it is another room")
	_, err = s.Change(t.Context(), tenant+"2", "lab", []booking.Change{{ID: "a", Base: 1, To: booking.StatusCancelled}}, now)
	require.NoError(t, err)
	assert.Equal(t, booking.StatusValidated, status(t, s, "a"))
}

// holdsAtMost checks by the minute, without the sweep, that no moment has more than a resource has.
func holdsAtMost(t testing.TB, list []booking.Booking, quantity int) {
	t.Helper()
	load := map[int64]int{}
	for i := range list {
		b := &list[i]
		if !b.Status.Holds() {
			continue
		}
		for m := b.Starts.Unix() / 60; m < b.Ends.Unix()/60; m++ {
			load[m] += b.Quantity
		}
	}
	for _, n := range load {
		if n > quantity {
			t.Fatalf("%d units are held at once of %d", n, quantity)
		}
	}
}
