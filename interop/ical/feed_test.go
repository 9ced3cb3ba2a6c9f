package ical_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/ical"
)

// school is a caller: one token, a version, and counts of what was asked.
type school struct {
	version  string
	modified time.Time
	agenda   *ical.Agenda
	asked    int
	rendered int
	fail     error
}

const secret = "Jq3xV9-secret"

func (s *school) Version(_ context.Context, token string) (string, time.Time, error) {
	s.asked++
	switch {
	case s.fail != nil:
		return "", time.Time{}, s.fail
	case token != secret:
		return "", time.Time{}, fmt.Errorf("token %s: %w", token, ical.CodeUnknownFeed)
	}
	return s.version, s.modified, nil
}

func (s *school) Agenda(context.Context, string) (*ical.Agenda, error) {
	s.rendered++
	return s.agenda, nil
}

func (s *school) serve(t *testing.T, method, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/agenda/{token}", &ical.Feed{Version: s.Version, Agenda: s.Agenda})
	mux.Handle("/ical/Edt.ics", &ical.Feed{Version: s.Version, Agenda: s.Agenda, Token: func(r *http.Request) string { return r.URL.Query().Get("icalsecurise") }})
	mux.Handle("/q", &ical.Feed{Version: s.Version, Agenda: s.Agenda})
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func newSchool(t *testing.T) *school {
	t.Helper()
	return &school{version: "41", modified: time.Date(2025, 9, 1, 6, 0, 0, 500, time.UTC), agenda: agenda(t, "Europe/Paris", lessonsOn(t, "x", 0, 1, 2))}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	w := s.serve(t, http.MethodGet, "/agenda/"+secret+".ics")
	require.Equal(t, http.StatusOK, w.Code)
	for name, want := range map[string]string{
		"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
		"Last-Modified": "Mon, 01 Sep 2025 06:00:00 GMT",
	} {
		assert.Equal(t, want, w.Header().Get(name))
	}
	body := w.Body.String()
	for _, line := range []string{"METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H", "X-WR-TIMEZONE:Europe/Paris"} {
		assert.Contains(t, body, "\r\n"+line+"\r\n")
	}
	c, r := readText(t, body)
	assert.Empty(t, r.Codes())
	assert.Len(t, expand(t, c, ical.Window{}), 3)
	assert.Equal(t, body, s.serve(t, http.MethodGet, "/q?token="+secret).Body.String())
	assert.Equal(t, body, s.serve(t, http.MethodGet, "/ical/Edt.ics?icalsecurise="+secret+"&version=1").Body.String())
	assert.Equal(t, 3, s.rendered)

	head := s.serve(t, http.MethodHead, "/agenda/"+secret)
	assert.Equal(t, http.StatusOK, head.Code)
	assert.Zero(t, head.Body.Len())
	assert.Equal(t, w.Header().Get("ETag"), head.Header().Get("ETag"))
	assert.Equal(t, 3, s.rendered, "HEAD renders nothing")
	post := s.serve(t, http.MethodPost, "/agenda/"+secret)
	assert.Equal(t, http.StatusMethodNotAllowed, post.Code)
	assert.Equal(t, "GET, HEAD", post.Header().Get("Allow"))
}

// A client that has the version is told so, and no lesson is asked for.
func TestFeedNotModified(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	first := s.serve(t, http.MethodGet, "/agenda/"+secret)
	tag, since := first.Header().Get("ETag"), first.Header().Get("Last-Modified")
	require.Regexp(t, `^"[0-9a-f]{32}"$`, tag, "a strong one")
	for _, header := range [][]string{
		{"If-None-Match", tag},
		{"If-None-Match", `"other", W/` + tag},
		{"If-None-Match", `"other"`, "If-None-Match", tag},
		{"If-None-Match", "*"},
		{"If-Modified-Since", since},
		{"If-None-Match", tag, "If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT"},
	} {
		w := s.serve(t, http.MethodGet, "/agenda/"+secret, header...)
		assert.Equal(t, http.StatusNotModified, w.Code, header)
		assert.Zero(t, w.Body.Len())
		assert.Equal(t, tag, w.Header().Get("ETag"))
	}
	assert.Equal(t, 1, s.rendered)
	for _, header := range [][]string{
		{"If-None-Match", `"other"`, "If-Modified-Since", since}, {"If-Modified-Since", "Sun, 31 Aug 2025 06:00:00 GMT"}, {"If-Modified-Since", "yesterday"},
	} {
		assert.Equal(t, http.StatusOK, s.serve(t, http.MethodGet, "/agenda/"+secret, header...).Code, header)
	}
	s.version, s.modified = "42", time.Time{}
	w := s.serve(t, http.MethodGet, "/agenda/"+secret, "If-None-Match", tag)
	assert.Equal(t, http.StatusOK, w.Code)
	assert.NotEqual(t, tag, w.Header().Get("ETag"))
	assert.Empty(t, w.Header().Get("Last-Modified"))
	assert.Equal(t, http.StatusOK, s.serve(t, http.MethodGet, "/agenda/"+secret, "If-Modified-Since", since).Code, "a version without a date")
}

// Unknown, revoked, empty: one answer. A failure says nothing, and neither it nor the log names the token.
func TestFeedTellsNothing(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	unknown := s.serve(t, http.MethodGet, "/agenda/other", "If-None-Match", "*")
	empty := s.serve(t, http.MethodGet, "/q")
	for _, w := range []*httptest.ResponseRecorder{unknown, empty} {
		assert.Equal(t, http.StatusNotFound, w.Code)
		assert.Equal(t, unknown.Body.String(), w.Body.String())
		assert.Equal(t, unknown.Header(), w.Header())
		assert.Empty(t, w.Header().Get("ETag"))
	}
	assert.Equal(t, 1, s.asked, "an empty token is asked of nobody")

	var log strings.Builder
	s.fail = errors.New("query token=" + secret + ": database is gone")
	f := &ical.Feed{Version: s.Version, Agenda: s.Agenda, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	get := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?token="+secret, nil))
		return w
	}
	w := get()
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.NotContains(t, w.Body.String(), "database")
	assert.Contains(t, log.String(), "database is gone")
	s.fail = nil
	s.agenda.Lessons = append(s.agenda.Lessons, ical.Lesson{Modified: lessonsModified, Summary: "Durand"})
	assert.Equal(t, http.StatusOK, get().Code)
	assert.Contains(t, log.String(), "lessons refused")
	assert.Contains(t, log.String(), string(ical.CodeLesson))
	s.agenda.Zone = nil
	w = get()
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Empty(t, w.Header().Get("ETag"), "no client keeps a failure")
	assert.NotContains(t, log.String(), secret)
	assert.NotContains(t, log.String(), "Durand")
}

// A caller with lessons of its own serves them at a secret address, one for each person.
func Example() {
	paris, _ := time.LoadLocation("Europe/Paris")
	saved := time.Date(2026, 8, 28, 12, 0, 0, 0, time.UTC)
	agendas := map[string]*ical.Agenda{"s3cret": {Name: "6A", Host: "ent.example.fr", Zone: paris, Stamp: saved, Lessons: []ical.Lesson{
		{Series: "6A-maths-1", Date: ent.Date{Year: 2026, Month: 9, Day: 7}, Start: 8 * 60, End: 9 * 60, Summary: "Mathématiques", Location: "101"},
		{Series: "6A-maths-1", Date: ent.Date{Year: 2026, Month: 9, Day: 14}, Start: 8 * 60, End: 9 * 60, Summary: "Mathématiques", Location: "101"},
	}}}
	mux := http.NewServeMux()
	mux.Handle("/agenda/{token}", &ical.Feed{
		Version: func(_ context.Context, token string) (string, time.Time, error) {
			if agendas[token] == nil {
				return "", time.Time{}, ical.CodeUnknownFeed
			}
			return "1", saved, nil
		},
		Agenda: func(_ context.Context, token string) (*ical.Agenda, error) { return agendas[token], nil },
	})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/agenda/s3cret.ics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "UID") || strings.HasPrefix(line, "DTSTART;") || strings.HasPrefix(line, "RRULE:FREQ=W") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// UID:6A-maths-1@ent.example.fr
	// DTSTART;TZID=Europe/Paris:20260907T080000
	// RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260914T060000Z
}

// What a calendar says, day by day.
func ExampleCalendar_Expand() {
	paris, _ := time.LoadLocation("Europe/Paris")
	c, _, err := ical.Read(strings.NewReader(vevents(
		"UID:x\nDTSTART;TZID=Romance Standard Time:20251020T100000\nDURATION:PT55M\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Maths",
	)), ical.Options{Zone: paris})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, _, err := c.Expand(ical.Window{})
	for _, o := range list {
		fmt.Println(o.Start.Date, o.Start.At, o.From.UTC().Format("15:04Z"), o.State, o.Event.Summary)
	}
	fmt.Println(err)
	// Output:
	// 2025-10-20 10:00 08:00Z planned Maths
	// 2025-10-27 10:00 09:00Z planned Maths
	// 2025-11-03 10:00 09:00Z planned Maths
	// <nil>
}
