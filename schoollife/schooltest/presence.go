package schooltest

import (
	"slices"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// away is how a pupil is not there on a day: the lessons that begin in [from, to), and how late the pupil comes to the first one.
type away struct {
	from, to timetable.Clock
	late     timetable.Clock
}

// away draws what becomes of a pupil on a day. Most are seldom absent, one in twelve often.
func (y *Year) away(pupil ent.ID, on ent.Date) away {
	rng := y.academy.Rand("away "+on.String(), pupil)
	often := 1
	if y.academy.Rand("often away", pupil).IntN(12) == 0 {
		often = 5
	}
	n := rng.IntN(1000)
	switch {
	case n < 18*often:
		return away{from: 0, to: 24 * 60}
	case n < 28*often:
		return away{from: 0, to: halfDay}
	case n < 36*often:
		return away{from: halfDay, to: 24 * 60}
	case n < 50*often:
		return away{late: 5 + timetable.Clock(rng.IntN(20))}
	}
	return away{}
}

// Call returns the roll call of a lesson as its teacher made it, with who should be there; false for a lesson that was not held.
func (y *Year) Call(l *timetable.Lesson, who *timetable.Audience) (attendance.RollCall, []ent.ID, bool) {
	if l.State == timetable.StateCancelled {
		return attendance.RollCall{}, nil, false
	}
	pupils := who.Pupils(l)
	by := ent.ID("")
	for _, r := range l.Resources {
		if r.Kind == timetable.KindTeacher {
			by = r.ID
			break
		}
	}
	at := l.Date.Time(time.UTC).Add(time.Duration(l.Start)*time.Minute + 5*time.Minute)
	c := attendance.RollCall{Lesson: l.Key, State: attendance.CallDone, Revision: 1, Done: at, By: by, Seen: []ent.ID{ent.ID("call/" + l.On.String() + "/" + string(l.Course))}}
	for _, p := range pupils {
		m := attendance.Mark{Pupil: p, Status: attendance.StatusPresent}
		a := y.away(p, l.Date)
		switch {
		case a.from <= l.Start && l.Start < a.to:
			m.Status = attendance.StatusAbsent
		case a.late > 0 && l.Start == 8*60:
			m.Status, m.At = attendance.StatusLate, l.Start+a.late
		case y.academy.Rand("nurse "+l.On.String()+string(l.Course), p).IntN(2000) == 0:
			m.Status, m.At = attendance.StatusInfirmary, l.Start+20
		}
		c.Entries = append(c.Entries, attendance.Entry{Mark: m, By: by, At: at, Revision: 1})
	}
	return c, pupils, true
}

// Calls returns the roll calls from a day to another, both included, by lesson.
func (y *Year) Calls(from, to ent.Date) []attendance.RollCall {
	var out []attendance.RollCall
	who := y.Timetable().NewAudience()
	for _, l := range y.between(from, to) {
		if c, _, ok := y.Call(&l, who); ok {
			out = append(out, c)
		}
	}
	return out
}

func (y *Year) between(from, to ent.Date) []timetable.Lesson {
	return slices.DeleteFunc(y.Lessons(), func(l timetable.Lesson) bool { return l.Date.Before(from) || to.Before(l.Date) })
}

// Events returns what the roll calls from a day to another saw, as the office left it: seven absences in ten have a reason and are
// regularised, those of one day together.
func (y *Year) Events(from, to ent.Date) []attendance.Event {
	var out []attendance.Event
	who := y.Timetable().NewAudience()
	reasons := []ent.Code{"LEGAL-ILLNESS", "LEGAL-ILLNESS", "FAMILY", "APPOINTMENT", "LEGAL-TRANSPORT"}
	for _, l := range y.between(from, to) {
		c, _, ok := y.Call(&l, who)
		if !ok {
			continue
		}
		for _, e := range attendance.Seen(&c, &l) {
			e.Version = 1
			rng := y.academy.Rand("reason "+e.From.Date.String(), e.Pupil)
			if n := rng.IntN(10); n < 7 {
				e.Reason, e.Regularised = reasons[rng.IntN(len(reasons))], true
				if e.Kind == attendance.KindLateness {
					e.Reason = "LATE-RISING"
				}
			}
			out = append(out, e)
		}
	}
	attendance.SortEvents(out)
	return out
}

// Rule is how the school counts half-days.
func (y *Year) Rule() attendance.Rule {
	open := attendance.Hours{Open: 8 * 60, Close: 17*60 + 45}
	return attendance.Rule{
		Mode: attendance.ModeTouched, Split: halfDay, Reasons: attendance.Reasons(),
		Opening: [7]attendance.Hours{open, open, {Open: 8 * 60, Close: 13*60 + 15}, open, open},
	}
}
