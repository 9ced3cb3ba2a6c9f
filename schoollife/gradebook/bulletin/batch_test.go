package bulletin_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
	"github.com/opencartable/cartable/schoollife/schooltest"
)

func TestBatch(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 4)
	for k := range 8 {
		c.say("T1", pupilID(k), 40, 60)
	}
	delete(c.names, pupilID(3))
	pupils := []ent.ID{"p07", "p01", "p04", "p01", "nobody", "p02"}
	var b bytes.Buffer
	var steps []int
	report, err := bulletin.Batch(t.Context(), bulletin.OnePage(&b, bulletin.Page{}), c.ready(), "T1", pupils, c.people(), bulletin.Options{}, func(done, total int) {
		assert.Equal(t, 6, total)
		steps = append(steps, done)
	})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2, 3, 4, 5, 6}, steps)
	assert.True(t, report.Balanced())
	assert.Equal(t, ent.Tally{Read: 6, Kept: 3, Refused: 3}, report.Tally("bulletins"))
	for _, code := range []ent.Code{bulletin.CodeName, bulletin.CodeTwice, bulletin.CodePupil} {
		assert.EqualValues(t, 1, report.CountOf(code), code)
	}
	page := b.String()
	assert.Equal(t, 3, strings.Count(page, "<article"))
	assert.Equal(t, 1, strings.Count(page, "</html>"))
	at := func(pupil ent.ID) int { return strings.Index(page, escaped(c.names[pupil])) }
	assert.Less(t, at("p07"), at("p01"), "the order is the caller's")
	assert.Less(t, at("p01"), at("p02"))

	// Each in its own file, all of the class.
	files := map[ent.ID]*file{}
	report, err = bulletin.Batch(t.Context(), bulletin.EachFile(func(d *bulletin.Document) (io.WriteCloser, error) {
		files[d.Pupil.ID] = &file{}
		return files[d.Pupil.ID], nil
	}, bulletin.Page{}), c.ready(), "T1", nil, c.people(), bulletin.Options{}, nil)
	require.NoError(t, err)
	assert.Equal(t, ent.Tally{Read: 8, Kept: 7, Refused: 1}, report.Tally("bulletins"))
	require.Len(t, files, 7)
	d, _ := c.make("T1", "p02", bulletin.Options{})
	assert.Equal(t, html(t, d), files["p02"].String())
	assert.True(t, files["p02"].closed)

	// The same bytes from any run.
	var again bytes.Buffer
	_, err = bulletin.Batch(t.Context(), bulletin.OnePage(&again, bulletin.Page{}), c.ready(), "T1", pupils, c.people(), bulletin.Options{}, nil)
	require.NoError(t, err)
	assert.Equal(t, page, again.String())
}

type file struct {
	bytes.Buffer
	closed bool
}

func (f *file) Close() error {
	f.closed = true
	return nil
}

func TestBatchStops(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 2)
	ctx, cancel := context.WithCancel(t.Context())
	var b bytes.Buffer
	report, err := bulletin.Batch(ctx, bulletin.OnePage(&b, bulletin.Page{}), c.ready(), "T1", nil, c.people(), bulletin.Options{}, func(done, _ int) {
		if done == 2 {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, ent.Tally{Read: 2, Kept: 2}, report.Tally("bulletins"))
	assert.NotContains(t, b.String(), "</html>", "what is not whole does not look whole")

	full := errors.New("disk full")
	report, err = bulletin.Batch(t.Context(), bulletin.EachFile(func(*bulletin.Document) (io.WriteCloser, error) { return nil, full }, bulletin.Page{}),
		c.ready(), "T1", nil, c.people(), bulletin.Options{}, nil)
	require.ErrorIs(t, err, full)
	assert.True(t, report.Balanced())
	_, err = bulletin.Batch(t.Context(), bulletin.OnePage(broken{full}, bulletin.Page{}), c.ready(), "T1", nil, c.people(), bulletin.Options{}, nil)
	require.ErrorIs(t, err, full)
	c.book.Terms = nil
	report, err = bulletin.Batch(t.Context(), bulletin.OnePage(&b, bulletin.Page{}), c.ready(), "T1", nil, c.people(), bulletin.Options{}, nil)
	require.ErrorIs(t, err, bulletin.CodeLock)
	assert.True(t, report.Balanced())
	b.Reset()
	_, err = bulletin.Batch(t.Context(), bulletin.OnePage(&b, bulletin.Page{}), c.ready(), "T1", []ent.ID{}, c.people(), bulletin.Options{Draft: true}, nil)
	require.NoError(t, err)
	assert.Contains(t, b.String(), "</html>", "nobody is a page too")
}

type broken struct{ err error }

func (w broken) Write([]byte) (int, error) { return 0, w.err }

func TestBatchSaysWhatDidNotFit(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 16)
	c.say("T1", "p01", 600, 1000)
	c.say("T1", "p02", 200, 300)
	report, err := bulletin.Batch(t.Context(), bulletin.OnePage(io.Discard, bulletin.Page{}), c.ready(), "T1", []ent.ID{"p01", "p02"}, c.people(), bulletin.Options{Chart: true}, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 1, report.CountOf(bulletin.CodePages))
	assert.EqualValues(t, 1, report.CountOf(bulletin.CodeChart))
}

// school is a class of a fictional academy, as a vendor has it.
type school struct {
	book   gradebook.ClassBook
	people bulletin.People
	pupils []ent.ID
}

func newSchool(t testing.TB, academy *enttest.Academy) school {
	t.Helper()
	year, ok := schooltest.New(academy, "4001")
	require.True(t, ok)
	class := year.Classes()[0].ID
	for _, c := range year.Classes() { // the largest
		if len(year.Pupils(c.ID)) > len(year.Pupils(class)) {
			class = c.ID
		}
	}
	room, ok := year.Room(class)
	require.True(t, ok)
	names, births, ines := map[ent.ID]string{}, map[ent.ID]ent.Date{}, map[ent.ID]ent.INE{}
	for p := range academy.PupilsIn("4001") {
		names[p.ID], births[p.ID], ines[p.ID] = p.Name.Display(), p.BirthDate, p.Schooling.INE
	}
	for p := range academy.StaffIn("4001") {
		names[p.ID] = p.Name.Title + " " + p.Name.Display()
	}
	s := school{book: gradebook.ClassBook{Room: room, Entries: year.Entries(class, academy.Year().Last(), 1)}, pupils: year.Pupils(class)}
	s.book.Input = gradebook.InputOf(room, s.book.Entries)
	for _, p := range room.Periods {
		s.book.Terms = append(s.book.Terms, gradebook.Term{Class: class, Period: p.ID, State: gradebook.LockClosed, Council: p.End.AddDays(3), President: room.Teachings[0].Teachers[0].ID})
	}
	e, _ := academy.Establishment("4001")
	s.people = bulletin.People{
		School:       bulletin.School{Name: e.Name(), UAI: e.UAI},
		HeadTeachers: []ent.ID{room.Teachings[0].Teachers[0].ID},
		Pupil: func(id ent.ID) (bulletin.Pupil, bool) {
			return bulletin.Pupil{Name: names[id], BirthDate: births[id], INE: ines[id]}, names[id] != ""
		},
		Person: func(id ent.ID) string { return names[id] },
		Life: func(pupil, period ent.ID) bulletin.Life {
			l := year.Life(pupil, period)
			return bulletin.Life{Justified: &l.Excused, Unjustified: &l.Unexcused, Late: &l.Late}
		},
	}
	return s
}

// The canary class, with what can go wrong: nothing of a person stands in an error, an issue, a report or a log line.
func TestCanary(t *testing.T) {
	t.Parallel()
	academy := enttest.Canary(3)
	s := newSchool(t, academy)
	s.people.School.Logo = &bulletin.Logo{Data: []byte("CANARI")}
	inner := s.people.Pupil
	s.people.Pupil = func(id ent.ID) (bulletin.Pupil, bool) {
		p, ok := inner(id)
		if id == s.pupils[1] {
			p.INE = "77777CANARI"
		}
		return p, ok && id != s.pupils[0]
	}
	for i := range s.book.Entries {
		if e := &s.book.Entries[i]; e.Kind == gradebook.EntryAppreciation && e.Pupil == s.pupils[2] {
			e.Value.Text = strings.Repeat("CANARI\u202e ", 150)
		}
	}
	var shown strings.Builder
	pages := 0
	sink := bulletin.EachFile(func(d *bulletin.Document) (io.WriteCloser, error) {
		pages++
		shown.WriteString(logged(t, "document", d, "value", *d))
		shown.WriteString(d.String())
		mark, found := academy.FindMark(html(t, d))
		assert.True(t, found, "the page itself holds the name: %s", mark)
		return &file{}, nil
	}, bulletin.Page{})
	o := full()
	o.INE = true
	pupils := append([]ent.ID{"nobody"}, s.pupils...)
	report, err := bulletin.Batch(t.Context(), sink, &s.book, "T2", pupils, s.people, o, nil)
	require.NoError(t, err)
	require.NoError(t, report.WriteText(&shown, ent.FR))
	shown.WriteString(logged(t, "report", report, "error", err))
	for _, pupil := range pupils {
		d, issues, err := bulletin.Make(&s.book, "T1", pupil, s.people, o)
		shown.WriteString(logged(t, "issues", issues, "error", err))
		if err != nil {
			shown.WriteString(err.Error())
			continue
		}
		for _, i := range issues {
			shown.WriteString(i.Error() + i.Message(ent.FR))
		}
		d.General.Average = bulletin.Figure{}
		err = bulletin.Verify(d, &s.book)
		require.ErrorIs(t, err, bulletin.CodeChanged)
		shown.WriteString(err.Error())
	}
	assert.Positive(t, pages)
	assert.Positive(t, report.Tally("bulletins").Refused)
	mark, found := academy.FindMark(shown.String())
	assert.False(t, found, mark)
}

// A class of a fictional academy, whole: each is one page, and each can be verified.
func TestClassOfTheAcademy(t *testing.T) {
	t.Parallel()
	s := newSchool(t, enttest.New(enttest.Options{Seed: 7}))
	require.Greater(t, len(s.pupils), 20)
	sink := &kept{}
	report, err := bulletin.Batch(t.Context(), sink, &s.book, "T3", nil, s.people, bulletin.Options{Chart: true, PreviousPeriods: true, Rank: true}, nil)
	require.NoError(t, err)
	assert.EqualValues(t, len(s.pupils), report.Tally("bulletins").Kept)
	assert.Zero(t, report.CountOf(bulletin.CodePages))
	for _, d := range sink.docs {
		assert.Equal(t, 1, d.Pages())
		require.NoError(t, bulletin.Verify(d, &s.book))
	}
}

type kept struct{ docs []*bulletin.Document }

func (k *kept) Put(d *bulletin.Document) error {
	k.docs = append(k.docs, d)
	return nil
}

func (k *kept) Close() error { return nil }

func BenchmarkBatch(b *testing.B) {
	s := newSchool(b, enttest.New(enttest.Options{Seed: 7}))
	b.ReportAllocs()
	for b.Loop() {
		report, err := bulletin.Batch(b.Context(), bulletin.OnePage(io.Discard, bulletin.Page{}), &s.book, "T3", nil, s.people, full(), nil)
		require.NoError(b, err)
		require.EqualValues(b, len(s.pupils), report.Tally("bulletins").Kept)
	}
	b.ReportMetric(float64(len(s.pupils)), "bulletins/op")
}
