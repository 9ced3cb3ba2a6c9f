package bookingtest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
)

// goroutines are how many book at once.
const goroutines = 16

// attempt is a booking that was tried, and what became of it.
type attempt struct {
	booking booking.Booking
	done    bool
}

// Concurrent has 16 goroutines try overlapping bookings on 10 resources of a quantity: no moment has more than there is, and
// the same bookings, one after the other in the order in which they were admitted, are admitted again, with nothing else.
func Concurrent(t *testing.T, s booking.Store, quantity, bookings int) {
	t.Helper()
	const rooms = 10
	list := make([]booking.Resource, rooms)
	for i := range list {
		list[i] = Put(t, s, Resource(fmt.Sprint("room", i), quantity))
	}
	var mu sync.Mutex
	var tried []attempt // in the order of the answers
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			d := rand.New(rand.NewPCG(uint64(g), uint64(quantity))) //nolint:gosec // made up
			for n := g; n < bookings; n += goroutines {
				r := list[d.IntN(rooms)]
				from := d.IntN(40) * 15 // ten hours, so that about ten want each of them
				b := units(Booking(fmt.Sprint("b", n), r.ID, from, from+15+15*d.IntN(6)), 1+d.IntN(quantity))
				out, err := s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{b}, At: now})
				if !assert.NoError(t, err) {
					return
				}
				if !assert.Equal(t, 1, len(out.Booked)+len(out.Refused)) {
					return
				}
				mu.Lock()
				tried = append(tried, attempt{b, len(out.Booked) == 1})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.Len(t, tried, bookings)
	admitted := map[ent.ID]bool{}
	for i := range tried {
		admitted[tried[i].booking.ID] = tried[i].done
	}
	total := 0
	for i := range list {
		kept := all(t, s, list[i].ID)
		holdsAtMost(t, kept, quantity)
		total += len(kept)
		for _, b := range kept {
			assert.True(t, admitted[b.ID], "what is kept was said to be")
		}
	}
	again := replay(t, list, tried)
	assert.Equal(t, again, total, "as many as one after the other")
	assert.Greater(t, total, rooms)
	assert.Less(t, total, bookings, "some were in the way of others")
	t.Logf("%d of %d admitted", total, bookings)
}

// replay admits one after the other, in a store in memory: first those that were admitted, in the order of their admission, then
// those that were refused, since what was refused was in the way of what was admitted by then. It returns how many are admitted.
func replay(t testing.TB, list []booking.Resource, tried []attempt) int {
	t.Helper()
	s := booking.NewMemory()
	of := map[ent.ID]booking.Resource{}
	for _, r := range list {
		r.Version = 0
		of[r.ID] = Put(t, s, r)
	}
	n := 0
	for _, done := range []bool{true, false} {
		for i := range tried {
			if x := &tried[i]; x.done == done {
				out := admit(t, s, of[x.booking.Resource], x.booking)
				assert.Len(t, out.Booked, map[bool]int{true: 1, false: 0}[done])
				n += len(out.Booked)
			}
		}
	}
	return n
}

// concurrentSwitch: a resource is made unavailable while many book it: when it is, nothing to come holds it.
func concurrentSwitch(t *testing.T, s booking.Store) {
	for round := range 6 {
		quantity := 1 + round%2
		r := Put(t, s, Resource(fmt.Sprint("room", round), quantity))
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for n := range 20 {
					b := Booking(fmt.Sprintf("%d-%d-%d", round, g, n), r.ID, (20*g+n)*10, (20*g+n)*10+10)
					_, err := s.Admit(t.Context(), tenant, booking.Admission{Resource: r, Bookings: []booking.Booking{b}, At: now})
					if err != nil {
						assert.ErrorIs(t, err, booking.CodeStale)
						return
					}
				}
			})
		}
		time.Sleep(time.Duration(round) * 2 * time.Millisecond)
		off := r
		off.Available = false
		_, err := s.PutResource(t.Context(), tenant, off, now)
		require.NoError(t, err)
		wg.Wait()
		for _, b := range all(t, s, r.ID) {
			require.Equal(t, booking.StatusSuspended, b.Status)
		}
	}
}

// concurrentQuota: one person books in many windows at once, and gets no more than the quota.
func concurrentQuota(t *testing.T, s booking.Store) {
	r := Put(t, s, Resource("lab", 1))
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			_, err := s.Admit(t.Context(), tenant, booking.Admission{
				Resource: r, Bookings: []booking.Booking{Booking(fmt.Sprint("b", g), "lab", 60*g, 60*g+60)}, Quotas: []booking.Quota{{Per: booking.PerWeek, Count: 3}}, At: now,
			})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Len(t, all(t, s, "lab"), 3)
}

// concurrentSeries: of series that meet each other, each is there whole or not at all.
func concurrentSeries(t *testing.T, s booking.Store) {
	for _, quantity := range []int{1, 2} {
		r := Put(t, s, Resource(fmt.Sprint("lab", quantity), quantity))
		var wg sync.WaitGroup
		for g := range goroutines {
			wg.Go(func() {
				out, err := s.Admit(t.Context(), tenant, booking.Admission{
					Resource: r, Bookings: week(fmt.Sprintf("s%d-%d-", quantity, g), r.ID, 10, 480+10*g, 560+10*g), At: now,
				})
				assert.NoError(t, err)
				assert.Contains(t, []int{0, 10}, len(out.Booked))
			})
		}
		wg.Wait()
		kept := all(t, s, r.ID)
		holdsAtMost(t, kept, quantity)
		count := map[ent.ID]int{}
		for _, b := range kept {
			count[b.Series]++
		}
		require.NotEmpty(t, count)
		for _, n := range count {
			assert.Equal(t, 10, n)
		}
	}
}

// sameAsMemory does the same at random on a store and on one in memory, and expects the same answers.
func sameAsMemory(t *testing.T, s booking.Store) {
	d := rand.New(rand.NewPCG(18, 2)) //nolint:gosec // made up
	mirror := booking.NewMemory()
	const rooms = 2
	for i := range rooms {
		Put(t, s, Resource(fmt.Sprint("r", i), 1+2*i))
		Put(t, mirror, Resource(fmt.Sprint("r", i), 1+2*i))
	}
	steps := 400
	if testing.Short() {
		steps = 120
	}
	var made []ent.ID
	for n := range steps {
		id := ent.ID(fmt.Sprint("r", d.IntN(rooms)))
		r, err := mirror.Resource(t.Context(), tenant, id)
		require.NoError(t, err)
		kept, err := s.Resource(t.Context(), tenant, id)
		require.NoError(t, err)
		require.Equal(t, r, kept)
		switch what := d.IntN(20); {
		case what < 13:
			a := booking.Admission{Resource: r, Partial: d.IntN(2) == 0, At: now}
			for i := range 1 + d.IntN(2)*d.IntN(3) {
				from := d.IntN(60) * 10
				a.Bookings = append(a.Bookings, units(Booking(fmt.Sprintf("b%d-%d", n, i), id, from, from+10+10*d.IntN(12)), 1+d.IntN(r.Units())))
				made = append(made, a.Bookings[i].ID)
			}
			want, wantErr := mirror.Admit(t.Context(), tenant, a)
			got, gotErr := s.Admit(t.Context(), tenant, a)
			sameError(t, wantErr, gotErr)
			require.Equal(t, want, got)
		case what < 18 && len(made) > 0:
			b, err := mirror.Booking(t.Context(), tenant, made[d.IntN(len(made))])
			if err != nil {
				continue
			}
			to := []booking.Status{booking.StatusValidated, booking.StatusRefused, booking.StatusCancelled, booking.StatusValidated}[d.IntN(4)]
			c := []booking.Change{{ID: b.ID, Base: b.Version, To: to, Moderator: "chef"}}
			want, wantErr := mirror.Change(t.Context(), tenant, b.Resource, c, now)
			got, gotErr := s.Change(t.Context(), tenant, b.Resource, c, now)
			sameError(t, wantErr, gotErr)
			require.Equal(t, want, got)
		default:
			r.Available = d.IntN(3) > 0
			r.Quantity = 1 + d.IntN(3)
			want, wantErr := mirror.PutResource(t.Context(), tenant, r, now)
			got, gotErr := s.PutResource(t.Context(), tenant, r, now)
			sameError(t, wantErr, gotErr)
			require.Equal(t, want, got)
		}
		list := all(t, mirror, id)
		require.Equal(t, list, all(t, s, id))
		now, err := mirror.Resource(t.Context(), tenant, id)
		require.NoError(t, err)
		holdsAtMost(t, list, now.Units())
	}
}

func sameError(t testing.TB, want, got error) {
	t.Helper()
	require.Equal(t, want == nil, got == nil, "%v and %v", want, got)
	for _, r := range booking.Catalog().Rules() {
		require.Equal(t, errorIs(want, r.Code), errorIs(got, r.Code), "%v and %v", want, got)
	}
}
