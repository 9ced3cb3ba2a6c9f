package main

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/interop/ical"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// TestAgendaOfTheVendorsSlots: the vendor's rows, read again as calendars, keep instants, states and names; a revoked address opens
// nothing; nothing is rendered for who has it.
func TestAgendaOfTheVendorsSlots(t *testing.T) {
	t.Parallel()
	v := thirdForm(t)
	v.exec(t, `INSERT INTO slots (id, lesson_id, room, first_day, first_start, day, start, minutes, cancelled, changes, changed) VALUES
		(1, 100, '12', '2025-10-20', '10:00', '2025-10-20', '10:00', 55, FALSE, 0, 1757000000),
		(2, 100, '12', '2025-11-03', '10:00', '2025-11-03', '10:00', 55, FALSE, 0, 1757000000),
		(3, 101, 'Labo', '2025-11-04', '08:00', '2025-11-06', '14:00', 110, FALSE, 1, 1757000600),
		(4, 101, 'Labo', '2025-11-11', '08:00', '2025-11-11', '08:00', 55, TRUE, 1, 1757000600)`)
	mux := http.NewServeMux()
	require.NoError(t, v.withAgenda(mux))
	secret, err := v.agendaLink(t.Context(), 41)
	require.NoError(t, err)
	get := func(secret, tag string) (status int, etag, body string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/agenda/"+secret+".ics", nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code, w.Header().Get("ETag"), w.Body.String()
	}
	is := func(want int, secret, tag string) {
		t.Helper()
		status, _, _ := get(secret, tag)
		assert.Equal(t, want, status)
	}
	status, tag, body := get(secret, "")
	require.Equal(t, http.StatusOK, status)
	paris, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	cal, report, err := ical.Read(strings.NewReader(body), ical.Options{Zone: paris})
	require.NoError(t, err)
	require.Zero(t, report.Total().Refused)
	list, _, err := cal.Expand(ical.Window{})
	require.NoError(t, err)
	require.Len(t, list, 4)
	var got []string
	for _, o := range list {
		got = append(got, o.From.UTC().Format("2006-01-02T15:04")+" "+string(o.State))
	}
	assert.Equal(t, []string{"2025-10-20T08:00 planned", "2025-11-03T09:00 planned", "2025-11-06T13:00 moved", "2025-11-11T07:00 cancelled"}, got, "10:00 stays 10:00 when the clock changes")
	assert.Equal(t, timetable.StateMoved, list[2].State)
	assert.NotContains(t, body, "MARTEL")

	is(http.StatusNotModified, secret, tag)
	v.exec(t, `UPDATE slots SET room = '14', changes = 1, changed = 1757009999 WHERE id = 2`)
	is(http.StatusOK, secret, tag)
	is(http.StatusNotFound, "guess", "")
	v.exec(t, `UPDATE agenda_keys SET revoked = TRUE`)
	is(http.StatusNotFound, secret, "")
}

// TestAgendaTakesNoStore: what the part brings holds no SQL of ours, no account, no other area.
func TestAgendaTakesNoStore(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/opencartable/cartable/interop/ical").Output()
	require.NoError(t, err)
	for _, p := range []string{"/ent/sqldb", "/identity", "/fees", "/resources", "sql\n"} {
		assert.NotContains(t, string(out), "cartable"+p)
	}
	assert.Contains(t, string(out), "cartable/schoollife/timetable")
}
