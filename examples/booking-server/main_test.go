package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/schoollife/booking"
)

// reply is any answer of the server.
type reply struct {
	Booked   []booking.Booking
	Bookings []booking.Booking
	Refused  []struct {
		Code, Message string
		With          []ent.ID
	}
	Resources []booking.Resource
	Error     string
}

// server is the program for a user, on a database that others may have too.
func server(t *testing.T, file, user string, profile ent.Profile) func(method, path, body string) (int, reply) {
	t.Helper()
	db, err := open.SQLite(t.Context(), file, open.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	h, err := handler(t.Context(), db, ent.ID(user), profile)
	require.NoError(t, err)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return func(method, path, body string) (int, reply) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		res, err := s.Client().Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		var r reply
		require.NoError(t, json.NewDecoder(res.Body).Decode(&r))
		return res.StatusCode, r
	}
}

// Two teachers, a manager, and a lab.
func TestServer(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "bookings.db")
	durand, petit := server(t, file, "durand", ent.ProfileTeacher), server(t, file, "petit", ent.ProfileTeacher)
	head := server(t, file, "chef", ent.ProfileDirection)

	const lab = `{"resource":"labo","start":"2030-01-07T10:00","end":"2030-01-07T11:00","label":"TP"}`
	status, r := durand(http.MethodPost, "/bookings", lab)
	require.Equal(t, http.StatusCreated, status)
	id := r.Booked[0].ID
	status, r = petit(http.MethodPost, "/bookings", lab)
	require.Equal(t, http.StatusConflict, status)
	assert.Equal(t, "La ressource est déjà réservée à ce moment.", r.Refused[0].Message)
	assert.Equal(t, []ent.ID{id}, r.Refused[0].With)

	series := `{"resource":"labo","start":"2030-01-07T10:30","end":"2030-01-07T11:30","repeat":{"days":[1],"every":1,"count":3}`
	status, r = petit(http.MethodPost, "/bookings", series+`}`)
	require.Equal(t, http.StatusConflict, status)
	assert.Len(t, r.Refused, 1)
	status, r = petit(http.MethodPost, "/bookings", series+`,"partial":true,"dryRun":true}`)
	require.Equal(t, http.StatusOK, status)
	assert.Len(t, r.Booked, 2)
	status, r = petit(http.MethodPost, "/bookings", series+`,"partial":true}`)
	require.Equal(t, http.StatusOK, status)
	assert.Len(t, r.Booked, 2)

	status, r = petit(http.MethodGet, "/week?on=2030-01-09", "")
	require.Equal(t, http.StatusOK, status)
	assert.Len(t, r.Resources, 3)
	require.Len(t, r.Bookings, 1)
	assert.Empty(t, r.Bookings[0].Label, "not one's own")
	status, _ = petit(http.MethodDelete, "/bookings/"+string(id)+"?version=1", "")
	assert.Equal(t, http.StatusForbidden, status)
	status, _ = durand(http.MethodDelete, "/bookings/"+string(id)+"?version=7", "")
	assert.Equal(t, http.StatusConflict, status)
	status, _ = head(http.MethodDelete, "/bookings/"+string(id)+"?version=1", "")
	assert.Equal(t, http.StatusOK, status)
	status, r = petit(http.MethodGet, "/week?on=2030-01-09", "")
	require.Equal(t, http.StatusOK, status)
	assert.Empty(t, r.Bookings)

	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{http.MethodGet, "/week?on=2030-02-30", "", http.StatusBadRequest, string(ent.CodeDate)},
		{http.MethodPost, "/bookings", `{"resource":"labo","color":"red"}`, http.StatusBadRequest, ""},
		{http.MethodPost, "/bookings", `{"resource":"ghost","start":"2030-01-07T10:00","end":"2030-01-07T11:00"}`, http.StatusNotFound, string(booking.CodeUnknown)},
		{http.MethodPost, "/bookings", `{"resource":"labo","start":"2030-01-07T20:00","end":"2030-01-07T21:00"}`, http.StatusConflict, ""},
		{http.MethodPost, "/bookings", `{"resource":"labo","start":"2030-01-07T10:00","end":"2030-01-07T11:00","repeat":{"days":[9]}}`, http.StatusUnprocessableEntity, string(booking.CodeRecurrence)},
		{http.MethodPost, "/bookings", `{"resource":"salle-conseil","start":"2030-01-07T10:00","end":"2030-01-07T11:00","repeat":{"days":[1],"every":1,"count":2}}`, http.StatusUnprocessableEntity, string(booking.CodeNotPeriodic)},
		{http.MethodDelete, "/bookings/" + string(id), "", http.StatusBadRequest, ""},
		{http.MethodDelete, "/bookings/ghost?version=1", "", http.StatusNotFound, string(booking.CodeUnknown)},
	} {
		status, r := durand(c.method, c.path, c.body)
		assert.Equal(t, c.status, status, c.body)
		if c.says != "" {
			assert.Equal(t, c.says, r.Error, c.body)
		}
	}
}
