package ical_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	goical "github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"
	"github.com/teambition/rrule-go"

	"github.com/opencartable/cartable/interop/ical"
)

// goCalendar makes of a calendar one of go-ical, which has no model of a timetable: this is not counted.
func goCalendar(c *ical.Calendar) *goical.Calendar {
	out := goical.NewCalendar()
	out.Props.SetText(goical.PropVersion, "2.0")
	out.Props.SetText(goical.PropProductID, "-//test//FR")
	for i := range c.Events {
		out.Children = append(out.Children, goEvent(&c.Events[i]).Component)
	}
	return out
}

func goEvent(e *ical.Event) *goical.Event {
	g := goical.NewEvent()
	g.Props.SetText(goical.PropUID, e.UID)
	g.Props.SetDateTime(goical.PropDateTimeStamp, e.Stamp)
	g.Props.SetDateTime(goical.PropLastModified, e.LastModified)
	g.Props.SetDateTime(goical.PropDateTimeStart, e.Start.Instant(nil))
	g.Props.SetDateTime(goical.PropDateTimeEnd, e.End.Instant(nil))
	g.Props.SetText(goical.PropSummary, e.Summary)
	g.Props.SetText(goical.PropLocation, e.Location)
	g.Props.SetText(goical.PropDescription, e.Description)
	g.Props.SetText(goical.PropCategories, strings.Join(e.Categories, ","))
	return g
}

// BenchmarkFeedYear writes a person's year of about a thousand lessons. "series" and "flat" are from lessons to bytes; "write" and
// "go-ical" write the same events, one for each lesson, ours and theirs. go-ical neither folds lines nor writes the zone.
func BenchmarkFeedYear(b *testing.B) {
	lessons := schoolYear(b, 30)
	run := func(name string, flat bool) {
		b.Run(name, func(b *testing.B) {
			a := agenda(b, "Europe/Paris", lessons)
			a.Flat = flat
			var n int
			for b.Loop() {
				c, _, err := a.Calendar()
				require.NoError(b, err)
				var w bytes.Buffer
				require.NoError(b, ical.Write(&w, c))
				n = w.Len()
			}
			b.ReportMetric(float64(n), "bytes")
			b.ReportMetric(float64(len(lessons)), "lessons")
		})
	}
	run("series", false)
	run("flat", true)
	a := agenda(b, "Europe/Paris", lessons)
	a.Flat = true
	c := calendar(b, a)
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, ical.Write(io.Discard, c))
		}
	})
	b.Run("go-ical", func(b *testing.B) {
		for b.Loop() { // a feed makes its events each time, as ours does
			require.NoError(b, goical.NewEncoder(io.Discard).Encode(goCalendar(c)))
		}
	})
	theirs := goCalendar(c)
	b.Run("go-ical-encoder-alone", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, goical.NewEncoder(io.Discard).Encode(theirs))
		}
	})
}

// BenchmarkRead1000 reads a thousand events into the model; go-ical only cuts them into properties.
func BenchmarkRead1000(b *testing.B) {
	a := agenda(b, "Europe/Paris", schoolYear(b, 30))
	a.Flat = true
	a.Lessons = a.Lessons[:min(len(a.Lessons), 1000)]
	text := string(write(b, calendar(b, a)))
	b.Run("cartable", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			c, _, err := ical.Read(strings.NewReader(text), ical.Options{Zone: a.Zone})
			require.NoError(b, err)
			require.Len(b, c.Events, len(a.Lessons))
		}
	})
	b.Run("go-ical", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			c, err := goical.NewDecoder(strings.NewReader(text)).Decode()
			require.NoError(b, err)
			require.Len(b, c.Children, len(a.Lessons)+1)
		}
	})
}

// BenchmarkExpandYear expands a weekly rule of 44 dates; rrule-go alone gives the dates in local time, neither instants nor states.
func BenchmarkExpandYear(b *testing.B) {
	c, _ := readText(b, vevents("UID:w\nDTSTART;TZID=Europe/Paris:20250902T101000\nDTEND;TZID=Europe/Paris:20250902T110500\nRRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630T081000Z"))
	b.Run("cartable", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			list, _, err := c.Expand(ical.Window{})
			require.NoError(b, err)
			require.Len(b, list, 44)
		}
	})
	b.Run("rrule-go", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			o, err := rrule.StrToROption("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630T101000Z")
			require.NoError(b, err)
			o.Dtstart = time.Date(2025, 9, 2, 10, 10, 0, 0, time.UTC)
			r, err := rrule.NewRRule(*o)
			require.NoError(b, err)
			require.Len(b, r.All(), 44)
		}
	})
}

// BenchmarkNotModified is the answer that a client gets most of the time.
func BenchmarkNotModified(b *testing.B) {
	modified := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	f := &ical.Feed{
		Version: func(context.Context, string) (string, time.Time, error) { return "7", modified, nil },
		Agenda:  func(context.Context, string) (*ical.Agenda, error) { return agenda(b, "Europe/Paris", nil), nil },
	}
	get := func(tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/agenda?token=s3cret", nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		return w
	}
	tag := get("").Header().Get("ETag")
	b.ReportAllocs()
	for b.Loop() {
		require.Equal(b, http.StatusNotModified, get(tag).Code)
	}
}
