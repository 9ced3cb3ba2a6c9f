package ical_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/ical"
)

// FuzzRead: whatever is read is counted; what is written is read again as it was, without a word; expanding ends.
func FuzzRead(f *testing.F) {
	for _, body := range []string{customZone, vevents("UID:x\nDTSTART;TZID=Europe/Paris:20251006T080000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;UNTIL=20260101T000000Z\nEXDATE;VALUE=DATE:20251020\nRDATE:20251021T100000Z,20251022T100000")} {
		f.Add([]byte(body))
	}
	if root := samples.Root(); root != "" {
		files, _ := filepath.Glob(filepath.Join(root, "*", "ical", "*.ics"))
		for _, name := range files {
			if b, err := os.ReadFile(name); err == nil {
				f.Add(b)
			}
		}
	}
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		f.Fatal(err)
	}
	o := ical.Options{Zone: paris, MaxBytes: 1 << 20, MaxEvents: 500}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, r, err := ical.Read(bytes.NewReader(b), o)
		if err != nil {
			return
		}
		if !r.Balanced() || r.Tally("events").Kept != int64(len(c.Events)) {
			t.Fatal("events are lost")
		}
		list, more, err := c.Expand(ical.Window{From: ent.Date{Year: 2025, Month: 9, Day: 1}, To: ent.Date{Year: 2026, Month: 7, Day: 3}, Max: 5000})
		if err != nil && !errors.Is(err, ical.CodeLimit) || !more.Balanced() || len(list) > 5000 {
			t.Fatal(err, len(list))
		}
		for i := range list {
			if list[i].To.Before(list[i].From) {
				t.Fatal("an occurrence ends before it begins")
			}
		}
		var w bytes.Buffer
		if err := ical.Write(&w, c); err != nil {
			if !errors.Is(err, ical.CodeStamp) {
				t.Fatal(err)
			}
			return
		}
		again, r, err := ical.Read(bytes.NewReader(w.Bytes()), o)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range r.Codes() {
			switch code { // what the model keeps as it was is told again
			case ical.CodeRule, ical.CodeFrequency, ical.CodeIgnored:
			default:
				t.Fatal("what was written is wrong:", code, w.String())
			}
		}
		if a, b := bare(c), bare(again); !reflect.DeepEqual(a, b) {
			t.Fatalf("not as it was:\n%+v\n%+v\n%s", a, b, w.String())
		}
	})
}

// bare is a calendar without what is not written: lines of the file, and the identity of zones of one name.
func bare(c *ical.Calendar) ical.Calendar {
	names := map[string]*time.Location{}
	one := func(d ical.DateTime) ical.DateTime {
		if d.Zone != nil {
			if names[d.Zone.String()] == nil {
				names[d.Zone.String()] = time.FixedZone(d.Zone.String(), 0)
			}
			d.Zone = names[d.Zone.String()]
		}
		return d
	}
	all := func(list []ical.DateTime) []ical.DateTime {
		var out []ical.DateTime
		for _, d := range list {
			out = append(out, one(d))
		}
		return out
	}
	out := *c
	out.Events = nil
	for _, e := range c.Events {
		e.Line = 0
		e.Start, e.End, e.RecurrenceID, e.Original = one(e.Start), one(e.End), one(e.RecurrenceID), one(e.Original)
		e.ExDates, e.RDates = all(e.ExDates), all(e.RDates)
		out.Events = append(out.Events, e)
	}
	out.Refresh = out.Refresh.Truncate(time.Minute)
	if out.ProdID == "" {
		out.ProdID = "-//Cartable//ical//FR"
	}
	return out
}
