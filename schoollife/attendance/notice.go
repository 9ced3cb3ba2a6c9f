package attendance

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/opencartable/cartable/ent"
)

// NoticeKind names the messages of this package for a Notifier with templates of its own.
const (
	NoticeAbsence = "attendance.absence"
	NoticeLevel   = "attendance.level"
)

// Recipient is whom to tell of a pupil: a legal representative with the right to be told, or the pupil when of age. Names and
// addresses are the caller's; a separated parent never reads of the other.
type Recipient struct {
	Person  ent.ID
	Channel ent.Channel
	Lang    ent.Lang
}

// LogValue shows the channel.
func (r Recipient) LogValue() slog.Value { return slog.StringValue(string(r.Channel)) }

// Proof says that a message left, once for each recipient and day.
type Proof struct {
	Pupil  ent.ID    `json:"pupil"`
	Date   ent.Date  `json:"date"`
	Person ent.ID    `json:"person"`
	At     time.Time `json:"at"`
	// Events it told of.
	Events []ent.ID `json:"events"`
}

// LogValue shows the day.
func (p Proof) LogValue() slog.Value { return slog.StringValue(p.Date.String()) }

// Notice is what to tell of one pupil and day.
type Notice struct {
	Pupil  ent.ID
	Date   ent.Date
	Events []Event
}

// LogValue shows counts.
func (n Notice) LogValue() slog.Value {
	return slog.GroupValue(slog.String("date", n.Date.String()), slog.Int("events", len(n.Events)))
}

// Notices groups, by pupil and day, the absences that nobody was told of: those without an accepted reason, not told to a recipient
// yet. The family is contacted from the first one on (circulaire 2014-159; R131-5).
func (c *Counter) Notices(events []Event) []Notice {
	type key struct {
		pupil ent.ID
		date  ent.Date
	}
	by := map[key][]Event{}
	accepted := map[ent.ID][]*Event{}
	for i := range events {
		if e := &events[i]; e.accepted() && c.counted(e) && c.missing(e) {
			accepted[e.Pupil] = append(accepted[e.Pupil], e)
		}
	}
	for i := range events {
		e := &events[i]
		known := slices.ContainsFunc(accepted[e.Pupil], func(a *Event) bool { return a.Covers(e.Span) })
		if c.counted(e) && c.missing(e) && !e.Regularised && !known && c.alerts(e) {
			k := key{e.Pupil, e.From.Date}
			by[k] = append(by[k], *e)
		}
	}
	out := make([]Notice, 0, len(by))
	for k, list := range by {
		slices.SortFunc(list, func(a, b Event) int { return a.Compare(&b) })
		out = append(out, Notice{k.pupil, k.date, list})
	}
	slices.SortFunc(out, func(a, b Notice) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Pupil, b.Pupil)) })
	return out
}

// Tell sends a notice to each recipient who does not know all of it, and returns the proofs. A message says the day and the times:
// neither the reason nor the pupil's name, which the caller's template may add where it is safe (the params hold the pupil's
// identifier). One that is not taken gives no proof, and is tried again the next time; the errors come together.
func (n Notice) Tell(ctx context.Context, tenant ent.Tenant, by ent.Notifier, to []Recipient, had []Proof, at time.Time) ([]Proof, []error) {
	var out []Proof
	var errs []error
	for _, r := range to {
		known := map[ent.ID]bool{}
		for _, p := range had {
			if p.Pupil == n.Pupil && p.Person == r.Person {
				for _, e := range p.Events {
					known[e] = true
				}
			}
		}
		var fresh []Event
		for _, e := range n.Events {
			if !known[e.ID] {
				fresh = append(fresh, e)
			}
		}
		if len(fresh) == 0 {
			continue
		}
		if err := by.Notify(ctx, n.message(tenant, r, fresh)); err != nil {
			errs = append(errs, err)
			continue
		}
		p := Proof{Pupil: n.Pupil, Date: n.Date, Person: r.Person, At: at}
		for _, e := range fresh {
			p.Events = append(p.Events, e.ID)
		}
		out = append(out, p)
	}
	return out, errs
}

func (n Notice) message(tenant ent.Tenant, r Recipient, events []Event) ent.Message {
	fr, en := "", ""
	for i, e := range events {
		if i > 0 {
			fr, en = fr+", ", en+", "
		}
		if e.To.Date == n.Date {
			fr += "de " + e.From.At.French() + " à " + e.To.At.French()
			en += "from " + e.From.At.String() + " to " + e.To.At.String()
		} else {
			fr += "de " + e.From.At.French() + " au " + e.To.Date.French() + " à " + e.To.At.French()
			en += "from " + e.From.At.String() + " to " + e.To.At.String() + " on " + e.To.Date.String()
		}
	}
	who := ent.Label{FR: "Votre enfant a été noté absent le ", EN: "Your child was marked absent on "}
	if r.Person == n.Pupil { // of age
		who = ent.Label{FR: "Vous avez été noté absent le ", EN: "You were marked absent on "}
	}
	return ent.Message{
		Tenant: tenant, Kind: NoticeAbsence, Person: r.Person, Channel: r.Channel, Lang: r.Lang,
		FR: ent.Letter{
			Subject: "Absence du " + n.Date.French(),
			Text:    who.FR + n.Date.French() + ", " + fr + ". Merci d'en donner le motif à l'établissement sans délai.",
		},
		EN: ent.Letter{
			Subject: "Absence on " + n.Date.String(),
			Text:    who.EN + n.Date.String() + ", " + en + ". Please tell the school the reason without delay.",
		},
		Params: map[string]string{"pupil": string(n.Pupil), "date": n.Date.String(), "events": strconv.Itoa(len(events))},
	}
}
