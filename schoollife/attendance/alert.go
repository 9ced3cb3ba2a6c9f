package attendance

import (
	"cmp"
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Grouping is what makes one alert of several events of a pupil and kind.
type Grouping string

// The groupings.
const (
	GroupHour    Grouping = "hour" // each event
	GroupHalfDay Grouping = "half-day"
	GroupDay     Grouping = "day"
)

// Alert is one alert of a pupil: events of one kind that are close in time raise one, which one of them carries.
type Alert struct {
	Pupil ent.ID `json:"pupil"`
	Kind  Kind   `json:"kind"`
	// Event carries it: when it no longer may, the alert moves to another one of the same half-day or day.
	Event ent.ID   `json:"event"`
	Date  ent.Date `json:"date"`
	// Afternoon matters with GroupHalfDay only.
	Afternoon bool `json:"afternoon,omitempty"`
}

// LogValue shows the kind and the day.
func (a Alert) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(a.Kind)), slog.String("date", a.Date.String()))
}

// Alerts returns the alerts of the events of any pupils, after those that there were: an alert stays with its event as long as that
// one may raise it, else moves to the earliest one of its group, else is gone. An event whose reason raises none, always or once it
// is regularised, does not; nor does a removed one.
func (c *Counter) Alerts(had []Alert, events []Event, g Grouping) []Alert {
	carried := make(map[ent.ID]bool, len(had))
	for _, a := range had {
		carried[a.Event] = true
	}
	order := func(a, b Event) int { return cmp.Or(cmp.Compare(a.Pupil, b.Pupil), a.Compare(&b)) }
	if !slices.IsSortedFunc(events, order) {
		events = slices.Clone(events)
		slices.SortFunc(events, order)
	}
	out := make([]Alert, 0, len(events))
	for from := 0; from < len(events); {
		// Those of one pupil and day, or half-day, stand together; there are few.
		to := from + 1
		for to < len(events) && c.together(&events[from], &events[to], g) {
			to++
		}
		out = c.group(out, carried, events[from:to], g)
		from = to
	}
	return out
}

func (c *Counter) together(a, b *Event, g Grouping) bool {
	return a.Pupil == b.Pupil && a.From.Date == b.From.Date && (g != GroupHalfDay || c.afternoon(a) == c.afternoon(b))
}

func (c *Counter) afternoon(e *Event) bool { return e.From.At >= c.rule.Split }

// group adds the alerts of events that are together: one for each kind, or for each event by hour.
func (c *Counter) group(out []Alert, carried map[ent.ID]bool, events []Event, g Grouping) []Alert {
	first := len(out)
	for i := range events {
		e := &events[i]
		if !c.alerts(e) {
			continue
		}
		kind := c.kind(e)
		at := slices.IndexFunc(out[first:], func(a Alert) bool { return a.Kind == kind && g != GroupHour })
		if at < 0 {
			out = append(out, Alert{Pupil: e.Pupil, Kind: kind, Event: e.ID, Date: e.From.Date, Afternoon: g == GroupHalfDay && c.afternoon(e)})
			continue
		}
		if a := &out[first+at]; len(carried) > 0 && carried[e.ID] && !carried[a.Event] {
			a.Event = e.ID
		}
	}
	if len(out) > first+1 {
		slices.SortFunc(out[first:], func(a, b Alert) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Event, b.Event)) })
	}
	return out
}

// kind is what an event counts as.
func (c *Counter) kind(e *Event) Kind {
	if c.lateness(e) {
		return KindLateness
	}
	return e.Kind
}

func (c *Counter) alerts(e *Event) bool {
	if e.Removed || !e.valid() || e.Kind.present() {
		return false
	}
	if e.Reason == "" {
		return true
	}
	r, _ := c.reasons.Get(e.Reason)
	return r.NoAlert != NoAlertAlways && (r.NoAlert != NoAlertRegularised || !e.Regularised)
}

// Limits are how many alerts of a kind, in a school year, are to be told. A kind without a limit never is.
type Limits map[Kind]int

// SecondDegree and FirstDegree are limits in use.
func SecondDegree() Limits { return Limits{KindAbsence: 5, KindLateness: 3} }

// FirstDegree is for schools of the first degree.
func FirstDegree() Limits { return Limits{KindAbsence: 4, KindLateness: 5} }

// Over is a pupil who came to a limit.
type Over struct {
	Pupil ent.ID `json:"pupil"`
	Kind  Kind   `json:"kind"`
	Count int    `json:"count"`
}

// LogValue shows the kind.
func (o Over) LogValue() slog.Value { return slog.StringValue(string(o.Kind)) }

// Over returns the pupils who came to a limit, sorted by pupil and kind.
func (l Limits) Over(alerts []Alert) []Over {
	n := map[Over]int{}
	for _, a := range alerts {
		n[Over{Pupil: a.Pupil, Kind: a.Kind}]++
	}
	var out []Over
	for k, count := range n {
		if limit, ok := l[k.Kind]; ok && limit > 0 && count >= limit {
			out = append(out, Over{k.Pupil, k.Kind, count})
		}
	}
	slices.SortFunc(out, func(a, b Over) int { return cmp.Or(cmp.Compare(a.Pupil, b.Pupil), cmp.Compare(a.Kind, b.Kind)) })
	return out
}
