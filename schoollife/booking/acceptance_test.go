package booking_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

func paris(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	return z
}

func moment(t testing.TB, s string) booking.Moment {
	t.Helper()
	m, err := booking.ParseMoment(s)
	require.NoError(t, err)
	return m
}

func span(t testing.TB, from, to string) booking.Span {
	t.Helper()
	return booking.Span{Start: moment(t, from), End: moment(t, to)}
}

func date(t testing.TB, s string) ent.Date {
	t.Helper()
	if s == "" {
		return ent.Date{}
	}
	d, err := ent.ParseDate(s)
	require.NoError(t, err)
	return d
}

// TestAcceptanceS15Recurrence: each occurrence of each case, in local time and in UTC, and the end of the last one.
func TestAcceptanceS15Recurrence(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(samples.Dir(t, "schoollife", "vectors", "booking-recurrence.json"))
	require.NoError(t, err)
	var file struct {
		Timezone string
		Cases    []struct {
			ID, What, Start, End, Until string
			Days                        []string
			Every, Count, Occurrences   int
			Local, UTC                  []string
			LastEndLocal                string
		}
	}
	require.NoError(t, json.Unmarshal(text, &file))
	zone, err := time.LoadLocation(file.Timezone)
	require.NoError(t, err)
	number := map[string]int{"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
	var counts []int
	for _, c := range file.Cases {
		r := booking.Recurrence{Every: c.Every, Count: c.Count, Until: date(t, c.Until)}
		for _, d := range c.Days {
			require.Contains(t, number, d)
			r.Days = append(r.Days, number[d])
		}
		got, err := r.Occurrences(span(t, c.Start, c.End))
		require.NoError(t, err, c.ID)
		require.Len(t, got, c.Occurrences, c.ID)
		var local, utc []string
		for _, s := range got {
			starts, _ := s.Instants(zone)
			local, utc = append(local, s.Start.String()), append(utc, starts.UTC().Format("2006-01-02T15:04Z"))
		}
		assert.Equal(t, c.Local, local, c.ID)
		assert.Equal(t, c.UTC, utc, c.ID)
		assert.Equal(t, c.LastEndLocal, got[len(got)-1].End.String(), c.ID)
		counts = append(counts, len(got))
	}
	assert.Equal(t, []int{9, 9, 3, 10, 5, 5}, counts)
}

// TestAcceptanceS15Admission runs each step of each case on the store in memory; package bookingsql does so on databases.
func TestAcceptanceS15Admission(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(samples.Dir(t, "schoollife", "vectors", "booking-admission.json"))
	require.NoError(t, err)
	bookingtest.Vectors(t, booking.NewMemory(), file, paris(t))
}

// TestAcceptanceS15Concurrent: 16 goroutines, 1,000 overlapping bookings, 10 resources.
func TestAcceptanceS15Concurrent(t *testing.T) {
	t.Parallel()
	for _, quantity := range []int{1, 3} {
		bookingtest.Concurrent(t, booking.NewMemory(), quantity, 1000)
	}
}
