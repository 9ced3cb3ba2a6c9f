package attendance

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Mode is how half-days are counted. No text defines it, and tools differ: the school names its mode.
type Mode string

// The modes.
const (
	// ModeTouched counts a half-day when one minute of one lesson that was held is missed.
	ModeTouched Mode = "touched"
	// ModeComplete counts it when every minute of every lesson that was held is missed: the thresholds of circulaire 2014-159 speak
	// of complete half-days.
	ModeComplete Mode = "complete"
	// ModeStart counts the half-days in which absences start, each once, whatever lessons there are and however long they last.
	ModeStart Mode = "start"
	// ModeTolerance counts the open half-days that absences touch; after a morning is counted, the afternoon begins later (1 h 45
	// by default), so that a long lunch does not make a second half-day. It looks at opening hours, not at lessons.
	ModeTolerance Mode = "tolerance"
)

// Label returns the mode in words.
func (m Mode) Label(lang ent.Lang) string {
	labels := map[Mode]ent.Label{
		ModeTouched:   {FR: "demi-journée touchée : une minute de cours manquée suffit", EN: "half-day touched: one minute of a lesson missed is enough"},
		ModeComplete:  {FR: "demi-journée complète : tous les cours tenus sont manqués", EN: "complete half-day: every lesson held is missed"},
		ModeStart:     {FR: "demi-journée où l'absence commence", EN: "half-day in which the absence starts"},
		ModeTolerance: {FR: "demi-journée ouverte touchée, avec la tolérance de midi", EN: "open half-day touched, with the tolerance at noon"},
	}
	if l, ok := labels[m]; ok {
		return l.In(lang)
	}
	return string(m)
}

// Hours are the opening hours of a day; equal ones are a closed day.
type Hours struct {
	Open  timetable.Clock `json:"open"`
	Close timetable.Clock `json:"close"`
}

// Rule is how a school counts.
type Rule struct {
	Mode Mode `json:"mode"`
	// Split is where the morning ends: the HalfDay of the school's grid. A lesson is of the half-day in which it starts.
	Split timetable.Clock `json:"split"`
	// Closed are days without lessons, whatever the timetable says.
	Closed []ent.Date `json:"closed,omitempty"`
	// Opening are the hours of each day of the week, Monday first, for ModeTolerance.
	Opening [7]Hours `json:"opening,omitzero"`
	// Tolerance is the number of minutes after Split at which the afternoon begins once the morning is counted: 105 when 0. For
	// ModeTolerance.
	Tolerance int `json:"tolerance,omitempty"`
	// LatenessUnder makes an absence that is shorter, in minutes, a lateness; none when 0.
	LatenessUnder int `json:"lateness_under,omitempty"`
	// Departures counts what is missed after an early departure as an absence.
	Departures bool `json:"departures,omitempty"`
	// Reasons tell what is not counted.
	Reasons []Reason `json:"reasons,omitempty"`
}

// Counter counts by a Rule. It is made once, and is safe for concurrent use.
type Counter struct {
	rule    Rule
	reasons ReasonList
	closed  []int32
}

// Counter checks a rule and makes it ready. It returns CodeMode for an unknown mode, CodeSplit without a split, CodeOpening when
// ModeTolerance has no opening hours, CodeReason for a bad list.
func (r Rule) Counter() (*Counter, error) {
	switch {
	case r.Mode != ModeTouched && r.Mode != ModeComplete && r.Mode != ModeStart && r.Mode != ModeTolerance:
		return nil, fmt.Errorf("attendance: rule: %w", CodeMode)
	case r.Split <= 0 || r.Split >= dayMinutes:
		return nil, fmt.Errorf("attendance: rule: %w", CodeSplit)
	case r.Mode == ModeTolerance && !r.open(), r.Tolerance < 0, r.LatenessUnder < 0:
		return nil, fmt.Errorf("attendance: rule: %w", CodeOpening)
	}
	c := &Counter{rule: r}
	if c.rule.Tolerance == 0 {
		c.rule.Tolerance = 105
	}
	var err error
	if c.reasons, err = NewReasons(r.Reasons); err != nil {
		return nil, err
	}
	for _, d := range r.Closed {
		c.closed = append(c.closed, dayNumber(d))
	}
	slices.Sort(c.closed)
	return c, nil
}

func (r *Rule) open() bool {
	for _, h := range r.Opening {
		if h.Open < 0 || h.Close > dayMinutes || h.Open > h.Close {
			return false
		}
	}
	return slices.ContainsFunc(r.Opening[:], func(h Hours) bool { return h.Open < h.Close })
}

func (c *Counter) shut(day int32) bool {
	_, found := slices.BinarySearch(c.closed, day)
	return found
}

// lateness reports whether an event counts as a lateness.
func (c *Counter) lateness(e *Event) bool {
	return e.Kind == KindLateness || e.Kind == KindAbsence && e.length() < c.rule.LatenessUnder
}

// missing reports whether an event takes the pupil out of lessons.
func (c *Counter) missing(e *Event) bool {
	return e.Kind == KindAbsence && !c.lateness(e) || e.Kind == KindDeparture && c.rule.Departures
}

// counted reports whether an event counts at all.
func (c *Counter) counted(e *Event) bool {
	if e.Removed || !e.valid() {
		return false
	}
	if e.Reason == "" || e.Kind.present() { // why the school has the pupil elsewhere does not make them absent
		return true
	}
	r, _ := c.reasons.Get(e.Reason)
	return !r.Uncounted
}
