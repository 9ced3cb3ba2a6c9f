package booking_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, booking.Catalog().Check())
}

func TestLabels(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range booking.Statuses() {
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			assert.NotEmpty(t, s.Label(lang))
			seen[s.Label(lang)] = true
		}
	}
	assert.Len(t, seen, 10)
	assert.Equal(t, "unheard", booking.Status("unheard").Label(ent.FR), "an unknown state is kept")
	assert.False(t, booking.Status("unheard").Holds())
	assert.Equal(t, "par mois", booking.PerMonth.Label(ent.FR))
	assert.Equal(t, "a week", booking.PerWeek.Label(ent.EN))
	assert.Equal(t, "La ressource est déjà réservée à ce moment.", booking.Refusal{Code: booking.CodeConflict}.Message(ent.FR))
}

// TestBookingsAreRedacted: neither a log nor an error shows who books, nor what for.
func TestBookingsAreRedacted(t *testing.T) {
	t.Parallel()
	b := bookingtest.Booking("b1", "lab", 0, 60)
	b.Owner, b.Label, b.Reason, b.Moderator = "CANARI", "CANARI", "CANARI", "CANARI"
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("booked", "booking", b)
	assert.Contains(t, out.String(), "b1")
	assert.NotContains(t, out.String(), "CANARI")
	err := error(&booking.RefusedError{Refusals: []booking.Refusal{{Booking: b, Code: booking.CodeConflict, With: []ent.ID{"CANARI"}}, {Booking: b, Code: booking.CodeQuota}}})
	require.ErrorIs(t, err, booking.CodeConflict)
	require.ErrorIs(t, err, booking.CodeQuota)
	assert.NotErrorIs(t, err, booking.CodeClosed)
	assert.NotContains(t, err.Error(), "CANARI")
	assert.NotEmpty(t, (&booking.RefusedError{}).Error())
}

func TestMomentsAreTexts(t *testing.T) {
	t.Parallel()
	b := bookingtest.Booking("b1", "lab", 480, 545)
	text, err := json.Marshal(b)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"start":"2026-09-07T08:00","end":"2026-09-07T09:05"`)
	var back booking.Booking
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, b, back)
	for _, bad := range []string{"", "2026-09-07", "2026-09-07T25:00", "2026-02-30T08:00", "T08:00"} {
		_, err := booking.ParseMoment(bad)
		require.ErrorIs(t, err, booking.CodeRange, bad)
	}
}

func TestResourceIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*booking.Resource)
		want   ent.Code
	}{
		"as it is":         {func(*booking.Resource) {}, ""},
		"no identifier":    {func(r *booking.Resource) { r.ID = "" }, booking.CodeResource},
		"no establishment": {func(r *booking.Resource) { r.Establishment = "" }, booking.CodeResource},
		"too many":         {func(r *booking.Resource) { r.Quantity = booking.MaxQuantity + 1 }, booking.CodeResource},
		"equal delays":     {func(r *booking.Resource) { r.MinDelay, r.MaxDelay = time.Hour, time.Hour }, booking.CodeDelays},
		"a negative delay": {func(r *booking.Resource) { r.MinDelay = -1 }, booking.CodeDelays},
		"only a minimum":   {func(r *booking.Resource) { r.MinDelay = time.Hour }, ""},
		"an eighth day":    {func(r *booking.Resource) { r.Windows = []booking.Window{{Day: 8, Start: 1, End: 2}} }, booking.CodeResource},
		"empty hours":      {func(r *booking.Resource) { r.Windows = []booking.Window{{Day: 1, Start: 2, End: 2}} }, booking.CodeResource},
		"empty blackout":   {func(r *booking.Resource) { r.Blackouts = []booking.Span{{}} }, booking.CodeResource},
		"empty quota":      {func(r *booking.Resource) { r.Quotas = []booking.Quota{{Per: booking.PerWeek}} }, booking.CodeResource},
		"unheard period":   {func(r *booking.Resource) { r.Quotas = []booking.Quota{{Per: "day", Count: 1}} }, booking.CodeResource},
	} {
		r := bookingtest.Resource("lab", 0)
		c.change(&r)
		if c.want == "" {
			require.NoError(t, r.Valid(), name)
		} else {
			require.ErrorIs(t, r.Valid(), c.want, name)
		}
	}
}

func TestRulesOfAResource(t *testing.T) {
	t.Parallel()
	zone := paris(t)
	r := bookingtest.Resource("lab", 0)
	for day := 1; day <= 5; day++ {
		r.Windows = append(r.Windows, booking.Window{Day: day, Start: 720, End: 1080}, booking.Window{Day: day, Start: 480, End: 720})
	}
	r.Windows = append(r.Windows, booking.Window{Day: 6, Start: 0, End: 1440}, booking.Window{Day: 7, Start: 0, End: 600})
	r.Blackouts = []booking.Span{span(t, "2026-09-09T00:00", "2026-09-10T24:00")}
	ask := booking.Ask{Now: time.Date(2026, 9, 4, 10, 0, 0, 0, zone), Zone: zone}
	for _, c := range []struct {
		from, to string
		want     ent.Code
	}{
		{"2026-09-07T08:00", "2026-09-07T18:00", ""}, // both windows
		{"2026-09-07T07:59", "2026-09-07T09:00", booking.CodeClosed},
		{"2026-09-07T17:00", "2026-09-07T18:01", booking.CodeClosed},
		{"2026-09-07T17:00", "2026-09-08T09:00", booking.CodeClosed}, // the night
		{"2026-09-05T22:00", "2026-09-06T10:00", ""},                 // Saturday to Sunday is open all along
		{"2026-09-05T22:00", "2026-09-06T10:01", booking.CodeClosed},
		{"2026-09-05T22:00", "2026-09-05T24:00", ""},
		{"2026-09-05T22:00", "2026-09-06T00:00", ""},
		{"2026-09-09T08:00", "2026-09-09T09:00", booking.CodeBlackout},
		{"2026-09-11T08:00", "2026-09-11T09:00", ""},
		{"2026-09-04T09:59", "2026-09-04T11:00", booking.CodeTooEarly}, // it has begun
		{"2026-09-04T10:00", "2026-09-04T11:00", ""},
		{"2026-09-04T08:00", "2026-09-04T10:00", booking.CodePast},
		{"2026-09-07T09:00", "2026-09-07T09:00", booking.CodeRange},
	} {
		b := booking.Booking{Resource: "lab", Quantity: 1, Span: span(t, c.from, c.to)}.In(zone)
		if err := r.Check(&b, ask); c.want == "" {
			assert.NoError(t, err, c.from)
		} else {
			assert.ErrorIs(t, err, c.want, c.from)
		}
	}
	open := bookingtest.Resource("van", 0)
	long := booking.Booking{Quantity: 1, Span: span(t, "2026-09-07T00:00", "2027-09-09T00:00")}.In(zone)
	require.ErrorIs(t, open.Check(&long, ask), booking.CodeTooLong)
	// Between 2:00 and 3:00 of the last Sunday of March there is no hour: 2:30 is 3:30, after 3:00.
	skipped := booking.Booking{Quantity: 1, Span: span(t, "2027-03-28T02:30", "2027-03-28T03:00")}.In(zone)
	require.ErrorIs(t, open.Check(&skipped, ask), booking.CodeRange)
	closed := open
	closed.Available = false
	b := booking.Booking{Quantity: 1, Span: span(t, "2026-09-07T09:00", "2026-09-07T10:00")}.In(zone)
	require.ErrorIs(t, closed.Check(&b, ask), booking.CodeUnavailable)
}

// TestDelays: a manager is not bound, each occurrence has the same bounds, and the day of booking does not count, whatever its hour.
func TestDelays(t *testing.T) {
	t.Parallel()
	zone := paris(t)
	r := bookingtest.Resource("lab", 0)
	r.MinDelay, r.MaxDelay = 24*time.Hour, 7*24*time.Hour
	for _, hour := range []int{0, 12, 23} {
		ask := booking.Ask{Now: time.Date(2025, 11, 3, hour, 59, 0, 0, zone), Zone: zone}
		last := booking.Booking{Quantity: 1, Span: span(t, "2025-11-10T23:00", "2025-11-10T24:00")}.In(zone)
		require.NoError(t, r.Check(&last, ask))
		beyond := booking.Booking{Quantity: 1, Span: span(t, "2025-11-10T23:00", "2025-11-11T00:01")}.In(zone)
		require.ErrorIs(t, r.Check(&beyond, ask), booking.CodeTooLate)
		ask.Manager = true
		require.NoError(t, r.Check(&beyond, ask))
		soon := booking.Booking{Quantity: 1, Span: span(t, "2025-11-03T00:00", "2025-11-03T24:00")}.In(zone)
		require.NoError(t, r.Check(&soon, ask), "one that has begun")
		over := booking.Booking{Quantity: 1, Span: span(t, "2025-11-02T08:00", "2025-11-02T09:00")}.In(zone)
		require.ErrorIs(t, r.Check(&over, ask), booking.CodePast)
	}
}

func TestRecurrenceBounds(t *testing.T) {
	t.Parallel()
	first := span(t, "2026-09-07T08:00", "2026-09-07T09:00")
	for name, c := range map[string]struct {
		r    booking.Recurrence
		want ent.Code
	}{
		"no day":          {booking.Recurrence{Every: 1, Count: 2}, booking.CodeRecurrence},
		"day 0":           {booking.Recurrence{Days: []int{0}, Every: 1, Count: 2}, booking.CodeRecurrence},
		"day 8":           {booking.Recurrence{Days: []int{8}, Every: 1, Count: 2}, booking.CodeRecurrence},
		"every 0 weeks":   {booking.Recurrence{Days: []int{1}, Count: 2}, booking.CodeRecurrence},
		"no end":          {booking.Recurrence{Days: []int{1}, Every: 1}, booking.CodeRecurrence},
		"two ends":        {booking.Recurrence{Days: []int{1}, Every: 1, Count: 2, Until: date(t, "2026-10-01")}, booking.CodeRecurrence},
		"ends before":     {booking.Recurrence{Days: []int{1}, Every: 1, Until: date(t, "2026-09-06")}, booking.CodeRecurrence},
		"too many":        {booking.Recurrence{Days: []int{1}, Every: 1, Count: booking.MaxOccurrences + 1}, booking.CodeManyOccurrences},
		"too many by day": {booking.Recurrence{Days: []int{1, 2, 3, 4, 5, 6, 7}, Every: 1, Until: date(t, "2028-09-07")}, booking.CodeManyOccurrences},
	} {
		_, err := c.r.Occurrences(first)
		require.ErrorIs(t, err, c.want, name)
	}
	most := booking.Recurrence{Days: []int{7, 1, 2, 3, 4, 5, 6, 1}, Every: 1, Count: booking.MaxOccurrences}
	list, err := most.Occurrences(first)
	require.NoError(t, err)
	assert.Len(t, list, booking.MaxOccurrences)
	assert.True(t, slices.IsSortedFunc(list, func(a, b booking.Span) int { return a.Start.Compare(b.Start) }))
	every := booking.Recurrence{Days: []int{1}, Every: 1, Count: 1}
	_, err = every.Occurrences(booking.Span{})
	require.ErrorIs(t, err, booking.CodeRange)
	// A first booking on another day than those of the recurrence is no occurrence, and one that lasts a night keeps its length.
	list, err = (&booking.Recurrence{Days: []int{3}, Every: 2, Count: 2}).Occurrences(span(t, "2026-09-07T20:00", "2026-09-08T08:00"))
	require.NoError(t, err)
	assert.Equal(t, []booking.Span{span(t, "2026-09-09T20:00", "2026-09-10T08:00"), span(t, "2026-09-23T20:00", "2026-09-24T08:00")}, list)
}

// TestSweep compares the peak and the conflicts with a count minute by minute.
func TestSweep(t *testing.T) {
	t.Parallel()
	d := rand.New(rand.NewPCG(18, 3)) //nolint:gosec // made up
	clashes := 0
	for range 3000 {
		var held []booking.Booking
		for i := range d.IntN(12) {
			from := d.IntN(40)
			b := bookingtest.Booking(fmt.Sprintf("b%02d", i), "lab", from, from+1+d.IntN(15))
			b.Quantity = 1 + d.IntN(3)
			b.Status = booking.Statuses()[d.IntN(5)]
			held = append(held, b)
		}
		from := d.IntN(40)
		want := bookingtest.Booking("b03", "lab", from, from+1+d.IntN(15)) // sometimes one that is there
		want.Quantity = 1 + d.IntN(3)
		quantity := 1 + d.IntN(8)
		peak := 0
		in := map[ent.ID]bool{}
		for m := want.Starts; m.Before(want.Ends); m = m.Add(time.Minute) {
			load, others := 0, 0
			var now []ent.ID
			for i := range held {
				if b := &held[i]; b.Status.Holds() && !m.Before(b.Starts) && m.Before(b.Ends) {
					load += b.Quantity
					if b.ID != want.ID {
						others += b.Quantity
						now = append(now, b.ID)
					}
				}
			}
			peak = max(peak, load)
			if len(now) > 0 && others+want.Quantity > quantity {
				for _, id := range now {
					in[id] = true
				}
			}
		}
		require.Equal(t, peak, booking.Peak(held, want.Starts, want.Ends))
		got := booking.Conflicts(held, &want, quantity)
		require.Len(t, got, len(in))
		for _, id := range got {
			require.True(t, in[id])
		}
		clashes += len(got)
	}
	assert.Greater(t, clashes, 500, "the cases are worth it")
}

// TestNeverPairwise: three bookings that never meet leave room for one that meets them all.
func TestNeverPairwise(t *testing.T) {
	t.Parallel()
	var held []booking.Booking
	for i := range 3 {
		b := bookingtest.Booking(fmt.Sprint("b", i), "tablets", 60*i, 60*i+60)
		b.Quantity = 6
		held = append(held, b)
	}
	want := bookingtest.Booking("w", "tablets", 0, 180)
	want.Quantity = 4
	assert.Nil(t, booking.Conflicts(held, &want, 10))
	want.Quantity = 5
	assert.Equal(t, []ent.ID{"b0", "b1", "b2"}, booking.Conflicts(held, &want, 10))
}
