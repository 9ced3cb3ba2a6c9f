package attendance_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// college is a small school: zoe and noe in 6A, ana in 6B; Durand teaches mathematics in 6A, Petit in 6B.
type college struct {
	lessons []attendance.Lesson
	// lost are pupils whose relatives the school does not find.
	lost []ent.ID
}

func day() ent.Date { return ent.Date{Year: 2026, Month: 11, Day: 3} }

func at(hour, minute int) attendance.Moment {
	return attendance.Moment{Date: day(), At: timetable.Clock(60*hour + minute)} //nolint:gosec // a time of day
}

func span(from, to attendance.Moment) attendance.Span { return attendance.Span{From: from, To: to} }

func newCollege() *college {
	lesson := func(course, class, teacher ent.ID, start timetable.Clock, pupils ...ent.ID) attendance.Lesson {
		return attendance.Lesson{
			Lesson: timetable.Lesson{Key: timetable.Key{Course: course, On: day()}, Date: day(), Start: start, End: start + 55, State: timetable.StatePlanned},
			Pupils: pupils, Target: access.TeachingTarget(ent.Teaching{Teacher: teacher, Establishment: "e", Class: class}),
		}
	}
	return &college{lessons: []attendance.Lesson{
		lesson("maths-6A", "6A", "durand", 480, "zoe", "noe"), lesson("maths-6B", "6B", "petit", 480, "ana"), lesson("sport-6A", "6A", "durand", 540, "zoe", "noe"),
	}}
}

func classOf(pupil ent.ID) ent.ID {
	if pupil == "ana" {
		return "6B"
	}
	return "6A"
}

func child(id ent.ID) access.Pupil {
	p := access.Pupil{ID: id, Establishments: []ent.ID{"e"}, Classes: []ent.ID{classOf(id)}}
	for _, r := range parents(id) {
		p.Relations = append(p.Relations, ent.Relation{Pupil: id, Relative: r, Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal})
	}
	return p
}

func parents(pupil ent.ID) []ent.ID {
	switch pupil {
	case "zoe":
		return []ent.ID{"mere", "pere"}
	case "ana":
		return []ent.ID{"tante"}
	}
	return nil
}

func (c *college) Lesson(_ context.Context, _ ent.Tenant, k timetable.Key) (attendance.Lesson, error) {
	for _, l := range c.lessons {
		if l.Key == k {
			return l, nil
		}
	}
	return attendance.Lesson{}, fmt.Errorf("college: %w", attendance.CodeLesson)
}

func (c *college) Target(_ context.Context, _ ent.Tenant, pupil ent.ID, _ ent.Date) (access.Target, error) {
	p := child(pupil)
	return access.PupilTarget(&p), nil
}

func (c *college) Schedule(_ context.Context, _ ent.Tenant, pupil ent.ID) (*attendance.Schedule, error) {
	var list []timetable.Lesson
	for _, l := range c.lessons {
		if slices.Contains(l.Pupils, pupil) {
			list = append(list, l.Lesson)
		}
	}
	return attendance.NewSchedule(list), nil
}

func (c *college) Recipients(_ context.Context, _ ent.Tenant, pupil ent.ID) ([]attendance.Recipient, error) {
	if slices.Contains(c.lost, pupil) {
		return nil, fmt.Errorf("college: %w", attendance.CodeUnknown)
	}
	var out []attendance.Recipient
	for _, p := range parents(pupil) {
		out = append(out, attendance.Recipient{Person: p, Channel: ent.ChannelSMS})
	}
	return out, nil
}

// office is a service with its clock, which tests set, and its access log.
type office struct {
	*attendance.Service
	college *college
	store   attendance.Store
	clock   atomic.Int64
	mu      sync.Mutex
	log     []access.Access
}

func (o *office) set(m attendance.Moment) { o.clock.Store(m.Instant(o.Zone).UnixMicro()) }

func newOffice(t testing.TB, store attendance.Store) *office {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Paris")
	require.NoError(t, err)
	reasons := append(attendance.Reasons(), attendance.Reason{Code: "OWN-SECRET", Label: ent.Label{FR: "secret", EN: "secret"}, Sensitive: true})
	o := &office{college: newCollege(), store: store}
	var ids atomic.Int64
	o.Service = &attendance.Service{
		Store: store, School: o.college, Counter: counter(t, attendance.Rule{Mode: attendance.ModeTouched, Split: 750, Reasons: reasons}), Zone: zone,
		Now:   func() time.Time { return time.UnixMicro(o.clock.Load()).UTC() },
		NewID: func() ent.ID { return ent.ID(fmt.Sprint("n", ids.Add(1))) },
		Early: 10 * time.Minute,
	}
	o.set(at(8, 5))
	return o
}

// as returns somebody of the school.
func (o *office) as(t testing.TB, id ent.ID) attendance.Asker {
	t.Helper()
	rules, err := access.Default().Compile()
	require.NoError(t, err)
	f := access.Facts{Person: id, Today: day()}
	work := func(p ent.Profile, c ent.FunctionCode) {
		f.Affiliations = []ent.Affiliation{{Establishment: "e", Profile: p, Functions: []ent.Function{{Code: c}}}}
	}
	teach := func(class ent.ID) {
		work(ent.ProfileTeacher, ent.FunctionTeaching)
		f.Teachings = []ent.Teaching{{Teacher: id, Establishment: "e", Class: class}}
	}
	switch id {
	case "durand":
		teach("6A")
	case "petit":
		teach("6B")
	case "principal":
		teach("6A")
		f.HeadTeacherOf = []ent.ID{"6A"}
	case "cpe":
		work(ent.ProfileSchoolLife, ent.FunctionEducation)
	case "head":
		work(ent.ProfileDirection, ent.FunctionDirection)
	case "mere", "pere":
		f.Children = []access.Pupil{child("zoe")}
	case "tante":
		f.Children = []access.Pupil{child("ana")}
	case "zoe", "noe", "ana":
		own := child(id)
		f.Pupil = &own
		f.Affiliations = []ent.Affiliation{{Establishment: "e", Profile: ent.ProfilePupil}}
	default:
		require.Fail(t, "nobody", id)
	}
	return attendance.Asker{Tenant: "t", Guard: access.Guard{Scope: access.NewScope(rules, f), Log: func(a access.Access) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.log = append(o.log, a)
		return nil
	}}}
}

// call is what a device sends; each mark is "pupil status".
func call(id ent.ID, course ent.ID, base int, marks ...attendance.Mark) attendance.Submission {
	return attendance.Submission{ID: id, Lesson: timetable.Key{Course: course, On: day()}, Base: base, Marks: marks}
}

func mark(pupil ent.ID, s attendance.Status) attendance.Mark {
	return attendance.Mark{Pupil: pupil, Status: s}
}
