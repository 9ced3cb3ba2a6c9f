package booking_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

// shared is a school whose resources are shared with some teachers.
type shared []ent.ID

func (s shared) Target(_ context.Context, _ ent.Tenant, r *booking.Resource) (access.Target, error) {
	return access.Target{Establishments: []ent.ID{r.Establishment}, Owners: s}, nil
}

// post keeps the messages, or fails.
type post struct {
	sent []ent.Message
	err  error
}

func (p *post) Notify(_ context.Context, m ent.Message) error {
	p.sent = append(p.sent, m)
	return p.err
}

func asker(t *testing.T, id ent.ID, profile ent.Profile) booking.Asker {
	t.Helper()
	rules, err := access.Default().Compile()
	require.NoError(t, err)
	f := access.Facts{Person: id, Affiliations: []ent.Affiliation{{Establishment: "e", Profile: profile}}}
	return booking.Asker{Tenant: "t", Guard: access.Guard{Scope: access.NewScope(rules, f)}}
}

type school struct {
	*booking.Service
	post                 *post
	head, durand, petit  booking.Asker
	outsider, vie, pupil booking.Asker
	now                  time.Time
}

// newSchool has a lab that durand and petit may book.
func newSchool(t *testing.T, change func(*booking.Resource)) *school {
	t.Helper()
	x := &school{post: &post{}, now: time.Date(2026, 9, 4, 10, 0, 0, 0, paris(t))}
	n := 0
	x.Service = &booking.Service{
		Store: booking.NewMemory(), School: shared{"durand", "petit", "eleve"}, Zone: paris(t), Now: func() time.Time { return x.now }, Notifier: x.post,
		NewID: func() ent.ID { n++; return ent.ID(fmt.Sprintf("id%03d", n)) },
	}
	x.head, x.durand, x.petit = asker(t, "chef", ent.ProfileDirection), asker(t, "durand", ent.ProfileTeacher), asker(t, "petit", ent.ProfileTeacher)
	x.outsider, x.vie, x.pupil = asker(t, "autre", ent.ProfileTeacher), asker(t, "cpe", ent.ProfileSchoolLife), asker(t, "eleve", ent.ProfilePupil)
	r := bookingtest.Resource("lab", 1)
	if change != nil {
		change(&r)
	}
	_, err := x.PutResource(t.Context(), x.head, r)
	require.NoError(t, err)
	return x
}

func (x *school) wish(t *testing.T, from, to string) booking.Wish {
	t.Helper()
	return booking.Wish{Resource: "lab", Span: span(t, from, to), Quantity: 1, Label: "TP"}
}

func TestWhoBooksAndSees(t *testing.T) {
	t.Parallel()
	x := newSchool(t, nil)
	w := x.wish(t, "2026-09-07T08:00", "2026-09-07T09:00")
	b, err := x.Book(t.Context(), x.durand, w)
	require.NoError(t, err)
	assert.Equal(t, booking.StatusValidated, b.Status)
	assert.Equal(t, "Europe/Paris", b.Zone)
	assert.Equal(t, time.Date(2026, 9, 7, 6, 0, 0, 0, time.UTC), b.Starts)
	_, err = x.Book(t.Context(), x.petit, w)
	var refused *booking.RefusedError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, []ent.ID{b.ID}, refused.Refusals[0].With)
	for who, a := range map[string]booking.Asker{"not shared with": x.outsider, "school life": x.vie, "nobody": {Tenant: "t"}} {
		_, err = x.Book(t.Context(), a, w)
		require.ErrorIs(t, err, access.CodeDenied, who)
	}
	w2 := w
	w2.Owner = "petit"
	_, err = x.Book(t.Context(), x.durand, w2)
	require.ErrorIs(t, err, access.CodeDenied, "for somebody else")
	w2.Span = w2.AddDays(1)
	other, err := x.Book(t.Context(), x.head, w2)
	require.NoError(t, err)
	assert.Equal(t, ent.ID("petit"), other.Owner)
	_, err = x.Book(t.Context(), x.durand, booking.Wish{Resource: "ghost"})
	require.ErrorIs(t, err, booking.CodeUnknown)

	week := func(a booking.Asker) booking.Grid {
		g, err := x.Week(t.Context(), a, "e", date(t, "2026-09-13"))
		require.NoError(t, err)
		assert.Equal(t, date(t, "2026-09-07"), g.Monday)
		return g
	}
	assert.Equal(t, "TP", week(x.durand).Bookings[0].Label)
	assert.Empty(t, week(x.durand).Bookings[1].Label, "what another one books for is not shown")
	assert.Equal(t, "TP", week(x.head).Bookings[1].Label)
	assert.Len(t, week(x.outsider).Bookings, 2, "every teacher reads the calendar")
	assert.Len(t, week(x.pupil).Bookings, 2, "and whom it is shared with")
	assert.Empty(t, week(asker(t, "dehors", ent.ProfilePupil)).Resources)
	_, err = x.Refuse(t.Context(), x.head, b.ID, b.Version, "examen")
	require.NoError(t, err)
	assert.Len(t, week(x.petit).Bookings, 1, "what does not hold is not shown to others")
	mine := week(x.durand).Bookings
	require.Len(t, mine, 2)
	assert.Equal(t, "examen", mine[0].Reason)
	list, err := x.Mine(t.Context(), x.durand, time.Time{}, time.Time{})
	require.NoError(t, err)
	assert.Len(t, list, 1)
	_, err = x.Mine(t.Context(), booking.Asker{Tenant: "t"}, time.Time{}, time.Time{})
	require.ErrorIs(t, err, access.CodeDenied)
}

// TestManagersBypass: delays and quotas do not bind managers, the rest does.
func TestManagersBypass(t *testing.T) {
	t.Parallel()
	x := newSchool(t, func(r *booking.Resource) {
		r.Moderated, r.MinDelay = true, 24*time.Hour
		r.Quotas = []booking.Quota{{Per: booking.PerWeek, Count: 1}}
		r.Windows = []booking.Window{{Day: 5, Start: 480, End: 1080}, {Day: 1, Start: 480, End: 1080}}
	})
	soon := x.wish(t, "2026-09-04T11:00", "2026-09-04T12:00")
	_, err := x.Book(t.Context(), x.durand, soon)
	require.ErrorIs(t, err, booking.CodeTooEarly)
	b, err := x.Book(t.Context(), x.head, soon)
	require.NoError(t, err)
	assert.Equal(t, booking.StatusValidated, b.Status, "and waits for nobody")
	_, err = x.Book(t.Context(), x.head, x.wish(t, "2026-09-04T13:00", "2026-09-04T14:00"))
	require.NoError(t, err)
	_, err = x.Book(t.Context(), x.head, x.wish(t, "2026-09-04T17:00", "2026-09-04T19:00"))
	require.ErrorIs(t, err, booking.CodeClosed)
	_, err = x.Book(t.Context(), x.head, x.wish(t, "2026-09-04T13:30", "2026-09-04T14:30"))
	require.ErrorIs(t, err, booking.CodeConflict)

	b, err = x.Book(t.Context(), x.durand, x.wish(t, "2026-09-07T08:00", "2026-09-07T09:00"))
	require.NoError(t, err)
	assert.Equal(t, booking.StatusCreated, b.Status)
	_, err = x.Book(t.Context(), x.durand, x.wish(t, "2026-09-07T10:00", "2026-09-07T11:00"))
	require.ErrorIs(t, err, booking.CodeQuota)
	_, err = x.Book(t.Context(), x.petit, x.wish(t, "2026-09-07T08:30", "2026-09-07T09:30"))
	require.ErrorIs(t, err, booking.CodeConflict, "what waits for a validation holds")
}

func TestModeration(t *testing.T) {
	t.Parallel()
	x := newSchool(t, func(r *booking.Resource) { r.Moderated = true })
	b, err := x.Book(t.Context(), x.durand, x.wish(t, "2026-09-07T08:00", "2026-09-07T09:00"))
	require.NoError(t, err)
	_, err = x.Validate(t.Context(), x.petit, b.ID, b.Version)
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = x.Validate(t.Context(), x.durand, b.ID, b.Version)
	require.ErrorIs(t, err, access.CodeDenied, "nobody validates for oneself")
	b, err = x.Validate(t.Context(), x.head, b.ID, b.Version)
	require.NoError(t, err)
	assert.Equal(t, []any{booking.StatusValidated, ent.ID("chef")}, []any{b.Status, b.Moderator})
	_, err = x.Refuse(t.Context(), x.head, b.ID, 1, "")
	require.ErrorIs(t, err, booking.CodeStale)
	b, err = x.Refuse(t.Context(), x.head, b.ID, b.Version, "Examen")
	require.NoError(t, err)
	require.Len(t, x.post.sent, 2)
	assert.Equal(t, []string{booking.NoticeValidated, booking.NoticeRefused}, []string{x.post.sent[0].Kind, x.post.sent[1].Kind})
	m := x.post.sent[1]
	assert.Equal(t, []any{ent.ID("durand"), ent.Tenant("t"), ent.ChannelMail}, []any{m.Person, m.Tenant, m.Channel})
	assert.Contains(t, m.FR.Text, "refusée :\n- du 07/09/2026 8 h 00 au 07/09/2026 9 h 00")
	assert.Contains(t, m.EN.Text, "from 2026-09-07 08:00")
	assert.NotContains(t, m.FR.Text, "Examen")
	_, err = x.Book(t.Context(), x.petit, x.wish(t, "2026-09-07T08:30", "2026-09-07T08:45"))
	require.NoError(t, err)
	_, err = x.Validate(t.Context(), x.head, b.ID, b.Version)
	require.ErrorIs(t, err, booking.CodeConflict)
	assert.Len(t, x.post.sent, 2)
	_, err = x.Validate(t.Context(), x.head, "ghost", 1)
	require.ErrorIs(t, err, booking.CodeUnknown)
}

func TestCancelling(t *testing.T) {
	t.Parallel()
	x := newSchool(t, func(r *booking.Resource) { r.Quotas = []booking.Quota{{Per: booking.PerMonth, Count: 2}} })
	a, err := x.Book(t.Context(), x.durand, x.wish(t, "2026-09-04T11:00", "2026-09-04T12:00"))
	require.NoError(t, err)
	b, err := x.Book(t.Context(), x.durand, x.wish(t, "2026-09-07T08:00", "2026-09-07T09:00"))
	require.NoError(t, err)
	_, err = x.Cancel(t.Context(), x.petit, b.ID, b.Version, "")
	require.ErrorIs(t, err, access.CodeDenied)
	_, err = x.Cancel(t.Context(), booking.Asker{Tenant: "t"}, b.ID, b.Version, "")
	require.ErrorIs(t, err, access.CodeDenied)
	b, err = x.Cancel(t.Context(), x.durand, b.ID, b.Version, "")
	require.NoError(t, err)
	assert.Equal(t, []any{booking.StatusCancelled, ent.ID("")}, []any{b.Status, b.Moderator})
	_, err = x.Cancel(t.Context(), x.durand, b.ID, b.Version, "")
	require.ErrorIs(t, err, booking.CodeStatus)
	assert.Empty(t, x.post.sent, "who cancels knows")

	x.now = x.now.Add(3 * time.Hour)
	_, err = x.Cancel(t.Context(), x.durand, a.ID, a.Version, "")
	require.ErrorIs(t, err, booking.CodePast, "it was used, and counts")
	a, err = x.Cancel(t.Context(), x.head, a.ID, a.Version, "panne")
	require.NoError(t, err)
	assert.Equal(t, []any{ent.ID("chef"), "panne"}, []any{a.Moderator, a.Reason})
	require.Len(t, x.post.sent, 1)
	assert.Equal(t, booking.NoticeCancelled, x.post.sent[0].Kind)
	_, err = x.Cancel(t.Context(), x.head, "ghost", 1, "")
	require.ErrorIs(t, err, booking.CodeUnknown)
}

func TestSeries(t *testing.T) {
	t.Parallel()
	x := newSchool(t, func(r *booking.Resource) {
		r.MaxDelay = 28 * 24 * time.Hour // to 2 October
		r.Blackouts = []booking.Span{span(t, "2026-09-14T00:00", "2026-09-15T00:00")}
	})
	taken, err := x.Book(t.Context(), x.petit, x.wish(t, "2026-09-21T08:30", "2026-09-21T09:30"))
	require.NoError(t, err)
	w := x.wish(t, "2026-09-07T08:00", "2026-09-07T09:00")
	every := booking.Recurrence{Days: []int{1}, Every: 1, Count: 5}
	_, err = x.BookSeries(t.Context(), x.durand, w, every, booking.SeriesOptions{})
	var refused *booking.RefusedError
	require.ErrorAs(t, err, &refused)
	mine, err := x.Mine(t.Context(), x.durand, time.Time{}, time.Time{})
	require.NoError(t, err)
	assert.Empty(t, mine, "all or none")
	codes := func(list []booking.Refusal) (out []ent.Code) {
		for _, r := range list {
			out = append(out, r.Code)
		}
		return out
	}
	want := []ent.Code{booking.CodeBlackout, booking.CodeConflict, booking.CodeTooLate}
	for _, o := range []booking.SeriesOptions{{DryRun: true}, {Partial: true, DryRun: true}, {Partial: true}} {
		out, err := x.BookSeries(t.Context(), x.durand, w, every, o)
		require.NoError(t, err)
		assert.Equal(t, want, codes(out.Refused))
		assert.Equal(t, []ent.ID{taken.ID}, out.Refused[1].With)
		mine, err = x.Mine(t.Context(), x.durand, time.Time{}, time.Time{})
		require.NoError(t, err)
		if o.DryRun {
			assert.Empty(t, mine)
		}
		if o.Partial {
			require.Len(t, out.Booked, 2)
			assert.Equal(t, out.Booked[0].Series, out.Booked[1].Series)
			assert.NotEmpty(t, out.Booked[0].Series)
		} else {
			assert.Empty(t, out.Booked)
		}
	}
	require.Len(t, mine, 2)
	x.now = time.Date(2026, 9, 7, 8, 30, 0, 0, paris(t)) // in the first one
	_, err = x.CancelSeries(t.Context(), x.petit, mine[0].Series, "")
	require.ErrorIs(t, err, access.CodeDenied)
	gone, err := x.CancelSeries(t.Context(), x.durand, mine[0].Series, "")
	require.NoError(t, err)
	require.Len(t, gone, 1, "the one that has begun stays")
	assert.Equal(t, mine[1].ID, gone[0].ID)
	_, err = x.CancelSeries(t.Context(), x.durand, mine[0].Series, "")
	require.ErrorIs(t, err, booking.CodeUnknown)
	_, err = x.CancelSeries(t.Context(), x.durand, "", "")
	require.ErrorIs(t, err, booking.CodeUnknown)

	r, err := x.Store.Resource(t.Context(), "t", "lab")
	require.NoError(t, err)
	r.Periodic = false
	_, err = x.PutResource(t.Context(), x.head, r)
	require.NoError(t, err)
	_, err = x.BookSeries(t.Context(), x.durand, w, every, booking.SeriesOptions{})
	require.ErrorIs(t, err, booking.CodeNotPeriodic)
	_, err = x.BookSeries(t.Context(), x.durand, w, booking.Recurrence{}, booking.SeriesOptions{})
	require.ErrorIs(t, err, booking.CodeRecurrence)
}

// TestResourceGoes: owners are told once each, and what the notifier fails to do does not undo what is done.
func TestResourceGoes(t *testing.T) {
	t.Parallel()
	x := newSchool(t, nil)
	for i, a := range []booking.Asker{x.durand, x.petit, x.durand, x.head} {
		_, err := x.Book(t.Context(), a, x.wish(t, fmt.Sprintf("2026-09-07T%02d:00", 8+i), fmt.Sprintf("2026-09-07T%02d:00", 9+i)))
		require.NoError(t, err)
	}
	r, err := x.Store.Resource(t.Context(), "t", "lab")
	require.NoError(t, err)
	r.Available = false
	_, err = x.PutResource(t.Context(), x.durand, r)
	require.ErrorIs(t, err, access.CodeDenied)
	e, err := x.PutResource(t.Context(), x.head, r)
	require.NoError(t, err)
	assert.Len(t, e.Suspended, 4)
	require.Len(t, x.post.sent, 2, "who did it knows")
	assert.Equal(t, []ent.ID{"durand", "petit"}, []ent.ID{x.post.sent[0].Person, x.post.sent[1].Person})
	assert.Equal(t, "2", x.post.sent[0].Params["bookings"])
	_, err = x.Book(t.Context(), x.durand, x.wish(t, "2026-09-08T08:00", "2026-09-08T09:00"))
	require.ErrorIs(t, err, booking.CodeUnavailable)
	r = e.Resource
	r.Available = true
	e, err = x.PutResource(t.Context(), x.head, r)
	require.NoError(t, err)
	assert.Len(t, e.Restored, 4)
	assert.Equal(t, booking.NoticeRestored, x.post.sent[2].Kind)
	moved := e.Resource
	moved.Establishment = "f"
	_, err = x.PutResource(t.Context(), x.head, moved)
	require.ErrorIs(t, err, access.CodeDenied, "not a manager of where it goes")

	x.post.sent, x.post.err = nil, errors.New("the post is closed")
	_, err = x.DeleteResource(t.Context(), x.petit, "lab", e.Resource.Version)
	require.ErrorIs(t, err, access.CodeDenied)
	list, err := x.DeleteResource(t.Context(), x.head, "lab", e.Resource.Version)
	require.ErrorIs(t, err, x.post.err)
	assert.Len(t, list, 4)
	assert.Len(t, x.post.sent, 2)
	_, err = x.Store.Resource(t.Context(), "t", "lab")
	require.ErrorIs(t, err, booking.CodeUnknown)
	b, err := x.Store.Booking(t.Context(), "t", list[0].ID)
	require.NoError(t, err)
	assert.Equal(t, booking.StatusCancelled, b.Status)
}

// changing is a store whose resource changes just before the first admissions.
type changing struct {
	booking.Store
	times int
}

func (c *changing) Admit(ctx context.Context, tenant ent.Tenant, a booking.Admission) (booking.Result, error) {
	if c.times > 0 {
		c.times--
		r := a.Resource
		r.Label += "'"
		if _, err := c.PutResource(ctx, tenant, r, a.At); err != nil {
			return booking.Result{}, err
		}
	}
	return c.Store.Admit(ctx, tenant, a)
}

// TestResourceChangesMeanwhile: a booking is checked again under what the resource has become.
func TestResourceChangesMeanwhile(t *testing.T) {
	t.Parallel()
	x := newSchool(t, nil)
	c := &changing{x.Store, 2}
	x.Store = c
	_, err := x.Book(t.Context(), x.durand, x.wish(t, "2026-09-07T08:00", "2026-09-07T09:00"))
	require.NoError(t, err)
	c.times = 3
	_, err = x.Book(t.Context(), x.durand, x.wish(t, "2026-09-07T09:00", "2026-09-07T10:00"))
	require.ErrorIs(t, err, booking.CodeStale)
}
