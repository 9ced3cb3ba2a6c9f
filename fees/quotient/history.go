package quotient

import (
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Event says why a quotient was computed out of turn. An unknown one passes.
type Event string

// The events met.
const (
	EventBirth      Event = "birth"
	EventSeparation Event = "separation"
	EventJobLoss    Event = "job-loss"
	EventDeath      Event = "death"
	EventOther      Event = "other"
)

// Label returns the event in words; an unknown one as it is.
func (e Event) Label(lang ent.Lang) string {
	switch e {
	case EventBirth:
		return label("naissance", "birth").In(lang)
	case EventSeparation:
		return label("séparation ou divorce", "separation or divorce").In(lang)
	case EventJobLoss:
		return label("perte d'emploi", "loss of a job").In(lang)
	case EventDeath:
		return label("décès", "death").In(lang)
	case EventOther:
		return label("autre événement", "another event").In(lang)
	}
	return string(e)
}

// Entry is a quotient as it was received. A past month that changes after the fact is a new entry for the same period:
// both stay.
type Entry struct {
	Quotient   Quotient `json:"quotient"`
	ReceivedOn ent.Date `json:"receivedOn"`
	// Event is set for a quotient that breaks an annual freeze.
	Event Event `json:"event,omitempty"`
}

// LogValue hides the entry.
func (e Entry) LogValue() slog.Value { return redacted() }

// covers reports whether the quotient holds on a day.
func (e *Entry) covers(d ent.Date) bool {
	return !d.Before(e.Quotient.From) && (e.Quotient.To.IsZero() || !e.Quotient.To.Before(d))
}

// beats reports whether e is taken before o: received later, then of a later period.
func (e *Entry) beats(o *Entry) bool {
	if c := e.ReceivedOn.Compare(o.ReceivedOn); c != 0 {
		return c > 0
	}
	return o.Quotient.From.Before(e.Quotient.From)
}

// History is what is known of the quotients of one household. The zero History is empty; a History never changes, and is
// safe for concurrent use. It is personal data: logs redact it.
type History struct {
	entries []Entry
}

// LogValue hides the history.
func (h History) LogValue() slog.Value { return redacted() }

// NewHistory returns the history of the entries that can be used, in the order of their periods and then of their
// reception, and an issue for each other one. A quotient without From nor To holds for its month. Two quotients of one kind
// that overlap without being of the same period, nor of an event, are kept and reported.
func NewHistory(entries ...Entry) (History, ent.Issues) {
	var (
		h      History
		issues ent.Issues
	)
	for i, e := range entries {
		if q := &e.Quotient; q.From.IsZero() && q.To.IsZero() {
			q.From, q.To = q.Month.First(), q.Month.Last()
		}
		at := fmt.Sprintf("$.entries[%d]", i)
		found := e.check(at)
		if found == nil {
			var kept bool
			if kept, found = h.fits(&e, at); kept {
				h.entries = append(h.entries, e)
			}
		}
		issues = append(issues, found...)
	}
	slices.SortStableFunc(h.entries, func(a, b Entry) int {
		if c := a.Quotient.From.Compare(b.Quotient.From); c != 0 {
			return c
		}
		return a.ReceivedOn.Compare(b.ReceivedOn)
	})
	return h, issues
}

func (e *Entry) check(at string) ent.Issues {
	out := e.Quotient.Check()
	for i := range out {
		out[i].Path = at + ".quotient" + out[i].Path[1:]
	}
	if e.Quotient.Value.IsZero() {
		out = append(out, issue(CodeMissing, at+".quotient.value"))
	}
	if e.Quotient.From.IsZero() {
		out = append(out, fieldIssue(CodeDate, at+".quotient.from", "from"))
	}
	if !isDate(e.ReceivedOn) {
		out = append(out, fieldIssue(CodeDate, at+".receivedOn", "receivedOn"))
	}
	return out
}

// fits compares an entry with those held: the same one again is dropped, another value for the same period and the same
// day of reception refused, an overlap reported.
func (h *History) fits(e *Entry, at string) (bool, ent.Issues) {
	overlap := false
	for i := range h.entries {
		o := &h.entries[i]
		if !o.Quotient.Same(e.Quotient) || !o.covers(e.Quotient.From) && !e.covers(o.Quotient.From) {
			continue
		}
		switch {
		case o.Quotient.From != e.Quotient.From || o.Quotient.To != e.Quotient.To:
			overlap = overlap || o.Event == "" && e.Event == ""
		case o.ReceivedOn == e.ReceivedOn && o.Quotient.Value.Equal(e.Quotient.Value):
			return false, nil
		case o.ReceivedOn == e.ReceivedOn:
			return false, ent.Issues{issue(CodeTwice, at)}
		}
	}
	if overlap {
		return true, ent.Issues{issue(CodeOverlap, at)}
	}
	return true, nil
}

// Entries returns a copy of the entries.
func (h History) Entries() []Entry { return slices.Clone(h.entries) }

// All ranges over the entries, without a copy.
func (h History) All() iter.Seq[Entry] { return slices.Values(h.entries) }

// Add returns the history with further entries, such as the revision of a past month, and the issues of the whole.
func (h History) Add(entries ...Entry) (History, ent.Issues) {
	return NewHistory(append(h.Entries(), entries...)...)
}

// KnownOn returns the history as it was known at the end of a day: what an invoice of that day was made from.
func (h History) KnownOn(d ent.Date) History {
	var out History
	for _, e := range h.entries {
		if !d.Before(e.ReceivedOn) {
			out.entries = append(out.entries, e)
		}
	}
	return out
}

// Revisions returns the entries of the period that begins a month, of one kind, in the order of their reception: more than
// one when the month was revised.
func (h History) Revisions(kind Kind, m ent.Month) []Entry {
	var out []Entry
	for _, e := range h.entries {
		if e.Quotient.Kind == kind && e.Quotient.Month == m && !m.IsZero() {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return a.ReceivedOn.Compare(b.ReceivedOn) })
	return out
}

// HistoryFormat is the first field of a history's document.
const HistoryFormat = "cartable.quotient-history/1"

type historyJSON struct {
	Format  string  `json:"format"`
	Entries []Entry `json:"entries"`
}

// MarshalJSON writes a document of HistoryFormat.
func (h History) MarshalJSON() ([]byte, error) {
	entries := h.entries
	if entries == nil {
		entries = []Entry{}
	}
	return json.Marshal(historyJSON{HistoryFormat, entries})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeDocument for another document, and the issues of entries that
// cannot be used.
func (h *History) UnmarshalJSON(b []byte) error {
	var j historyJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("quotient: %w", fieldIssue(CodeDocument, "$", "history"))
	}
	if j.Format != HistoryFormat {
		return fmt.Errorf("quotient: %w", fieldIssue(CodeDocument, "$.format", "format"))
	}
	v, issues := NewHistory(j.Entries...)
	if issues.Worst() == ent.SeverityError {
		return fmt.Errorf("quotient: %w", issues.Err())
	}
	*h = v
	return nil
}

// Validity says which quotient of a history holds for a use.
type Validity string

// The four policies met.
const (
	// ValidityFixedDate takes the quotient that holds on a reference day, the last one on or before the use.
	ValidityFixedDate Validity = "fixed-date"
	// ValidityAnnual takes the quotient that holds on the reference day for a year, unless an event changes it. A family
	// that comes later in the year keeps its first quotient.
	ValidityAnnual Validity = "annual"
	// ValidityMonth takes the quotient that holds on the first day of the month of the use or, for want of one, the first
	// that begins in that month on or before the use.
	ValidityMonth Validity = "month"
	// ValidityDay takes the quotient that holds on the day of the use.
	ValidityDay Validity = "day"
)

// Label returns the policy in words; an unknown one as it is.
func (v Validity) Label(lang ent.Lang) string { return v.label().In(lang) }

func (v Validity) label() ent.Label {
	switch v {
	case ValidityFixedDate:
		return label("quotient du jour de référence", "quotient of the reference day")
	case ValidityAnnual:
		return label("quotient de l'année, sauf événement", "quotient of the year, unless an event changes it")
	case ValidityMonth:
		return label("quotient du mois", "quotient of the month")
	case ValidityDay:
		return label("quotient du jour", "quotient of the day")
	}
	return label(string(v), string(v))
}

// Effect says from when the quotient of an event holds.
type Effect string

// The effects. An annual policy has no default.
const (
	// EffectFrom is the first day of the quotient: what was priced before may have to be priced again.
	EffectFrom Effect = "from"
	// EffectReceived is the day of reception, if it is later: a change is never retroactive.
	EffectReceived Effect = "received"
	// EffectNextMonth is the first day of the month after the reception, if it is later than the first day of the quotient.
	EffectNextMonth Effect = "next-month"
)

// Label returns the effect in words; an unknown one as it is.
func (e Effect) Label(lang ent.Lang) string {
	switch e {
	case EffectFrom:
		return label("dès le premier jour du quotient", "from the first day of the quotient").In(lang)
	case EffectReceived:
		return label("à réception, sans effet rétroactif", "on reception, never backwards").In(lang)
	case EffectNextMonth:
		return label("le mois suivant la réception", "the month after the reception").In(lang)
	}
	return string(e)
}

// maxLag is how many months the CAF keeps.
const maxLag = 24

// Policy is how a tariff reads a history.
type Policy struct {
	Validity Validity `json:"validity"`
	// ReferenceMonth and ReferenceDay are the day of each year of a fixed date, or on which a frozen year begins; not 29
	// February.
	ReferenceMonth int `json:"referenceMonth,omitempty"`
	ReferenceDay   int `json:"referenceDay,omitempty"`
	// Lag is how many months before that of the use ValidityMonth looks, 24 at the most: the CAF shows the quotient of a
	// month in the next one.
	Lag int `json:"lag,omitempty"`
	// Effect is that of an event, for ValidityAnnual.
	Effect Effect `json:"effect,omitempty"`
	// Kinds are the kinds accepted, by preference. Empty, all are accepted, and two kinds on one day are an error.
	Kinds []Kind `json:"kinds,omitempty"`
}

// Check returns what is wrong with the policy.
func (p Policy) Check() ent.Issues {
	var out ent.Issues
	bad := func(field ent.Field) { out = append(out, fieldIssue(CodePolicy, "$."+string(field), field)) }
	switch p.Validity {
	case ValidityMonth:
		if p.Lag < 0 || p.Lag > maxLag {
			bad("lag")
		}
		return out
	case ValidityDay:
		return nil
	case ValidityFixedDate:
	case ValidityAnnual:
		if p.Effect != EffectFrom && p.Effect != EffectReceived && p.Effect != EffectNextMonth {
			bad("effect")
		}
	default:
		bad("validity")
		return out
	}
	if _, err := ent.NewDate(2023, p.ReferenceMonth, p.ReferenceDay); err != nil {
		bad("referenceDay")
	}
	return out
}

// reference returns the last reference day on or before a date; false before the year 1.
func (p *Policy) reference(d ent.Date) (ent.Date, bool) {
	r, err := ent.NewDate(int(d.Year), p.ReferenceMonth, p.ReferenceDay)
	if err == nil && d.Before(r) {
		r, err = ent.NewDate(int(d.Year)-1, p.ReferenceMonth, p.ReferenceDay)
	}
	return r, err == nil
}

// effect returns the day from which the quotient of an event counts.
func (p *Policy) effect(e *Entry) ent.Date {
	day := e.ReceivedOn
	switch p.Effect {
	case EffectNextMonth:
		day = ent.MonthOf(e.ReceivedOn).AddMonths(1).First()
	case EffectFrom:
		day = e.Quotient.From
	case EffectReceived:
	}
	if day.Before(e.Quotient.From) {
		day = e.Quotient.From
	}
	return day
}

// At returns the quotient that holds for a use on a day. It returns CodeMissing when there is none, CodeSeveral when
// quotients of several kinds hold and the policy prefers none, CodePolicy or CodeDate for what cannot be read.
func (h History) At(p Policy, d ent.Date) (Quotient, error) { return h.at(&p, d, "", nil) }

// ExplainAt returns the quotient that holds for a use on a day and why: the choice among those that could, each with its
// period and its day of reception, for the person the history belongs to.
func (h History) ExplainAt(p Policy, d ent.Date, owner ent.ID) (Quotient, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Quotient, error) { return h.at(&p, d, owner, t) })
}

func (h *History) at(p *Policy, d ent.Date, owner ent.ID, t *ent.Trace) (Quotient, error) {
	issues := p.Check()
	if !isDate(d) {
		issues = append(issues, fieldIssue(CodeDate, "$.date", "date"))
	}
	if err := issues.Err(); err != nil {
		return Quotient{}, fmt.Errorf("quotient: %w", err)
	}
	candidates := h.candidates(p, d)
	if candidates = prefer(candidates, p.Kinds); len(candidates) == 0 {
		return Quotient{}, fmt.Errorf("quotient: %w", CodeMissing)
	}
	best := 0
	for i := range candidates {
		if !candidates[i].entry.Quotient.Same(candidates[0].entry.Quotient) {
			return Quotient{}, fmt.Errorf("quotient: %w", issue(CodeSeveral, "$.kinds"))
		}
		if candidates[i].beats(&candidates[best]) {
			best = i
		}
	}
	chosen := candidates[best].entry.Quotient
	if t != nil {
		pushChoice(t, p, d, owner, candidates, best)
	}
	return chosen, nil
}

// candidate is an entry that could hold.
type candidate struct {
	entry *Entry
	// since is the day from which the entry's event changes the year, missing for an ordinary entry: a change beats the
	// ordinary entry, and the latest change the others.
	since ent.Date
}

func (c *candidate) beats(o *candidate) bool {
	if n := c.since.Compare(o.since); n != 0 {
		return n > 0
	}
	return c.entry.beats(o.entry)
}

// candidates returns the entries that the policy may choose on a day.
func (h *History) candidates(p *Policy, d ent.Date) []candidate {
	start, ok := d, true
	switch p.Validity {
	case ValidityFixedDate, ValidityAnnual:
		start, ok = p.reference(d)
	case ValidityMonth:
		m := ent.MonthOf(d).AddMonths(-p.Lag)
		if p.Lag > 0 {
			d = m.Last()
		}
		start, ok = m.First(), !m.IsZero()
	case ValidityDay:
	}
	if !ok {
		return nil
	}
	annual := p.Validity == ValidityAnnual
	accepts := func(e *Entry) bool { return len(p.Kinds) == 0 || slices.Contains(p.Kinds, e.Quotient.Kind) }
	var out []candidate
	for i := range h.entries {
		e := &h.entries[i]
		if accepts(e) && e.covers(start) && (!annual || e.Event == "" || !start.Before(p.effect(e))) {
			out = append(out, candidate{entry: e})
		}
	}
	if len(out) == 0 && (annual || p.Validity == ValidityMonth) {
		out = h.firstAfter(start, d, func(e *Entry) bool { return accepts(e) && (!annual || e.Event == "") })
	}
	if annual {
		for i := range h.entries {
			e := &h.entries[i]
			since := p.effect(e)
			if accepts(e) && e.Event != "" && start.Before(since) && !d.Before(since) && e.covers(d) {
				out = append(out, candidate{e, since})
			}
		}
	}
	return out
}

// firstAfter returns the entries that begin first after the start, on or before the day.
func (h *History) firstAfter(start, d ent.Date, accepts func(*Entry) bool) []candidate {
	var out []candidate
	for i := range h.entries {
		e := &h.entries[i]
		from := e.Quotient.From
		if !accepts(e) || !start.Before(from) || d.Before(from) {
			continue
		}
		if len(out) > 0 && out[0].entry.Quotient.From != from {
			break // entries stand in the order of their periods
		}
		out = append(out, candidate{entry: e})
	}
	return out
}

// prefer keeps the candidates of the first kind that has one.
func prefer(candidates []candidate, kinds []Kind) []candidate {
	for _, k := range kinds {
		var out []candidate
		for _, c := range candidates {
			if c.entry.Quotient.Kind == k {
				out = append(out, c)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return candidates
}

func pushChoice(t *ent.Trace, p *Policy, d ent.Date, owner ent.ID, candidates []candidate, best int) {
	value := func(i int) decimal.Decimal {
		v, _ := candidates[i].entry.Quotient.Value.Value()
		return v
	}
	for i, c := range candidates {
		q := c.entry.Quotient
		what := label("quotient ({kind}) du {from} au {to}, reçu le {received}", "quotient ({kind}) from {from} to {to}, received on {received}")
		if q.To.IsZero() {
			what = label("quotient ({kind}) depuis le {from}, reçu le {received}", "quotient ({kind}) since {from}, received on {received}")
		}
		t.Push(ent.Step{
			Op: ent.OpGiven, Value: value(i), Unit: euro, Label: what, Owner: owner,
			Params: []ent.Param{ent.CodeOf("kind", string(q.Kind)), ent.DateOf("from", q.From), ent.DateOf("to", q.To), ent.DateOf("received", c.entry.ReceivedOn)},
		})
	}
	what := p.Validity.label()
	what.FR += " (le {day}), dernier reçu"
	what.EN += " (on {day}), last received"
	if !candidates[best].since.IsZero() {
		what = label("quotient changé par un événement (le {day})", "quotient changed by an event (on {day})")
	}
	t.Fold(len(candidates), ent.Step{
		Op: ent.OpChoose, Chosen: best, Value: value(best), Unit: euro, Label: what, Owner: owner,
		Params: []ent.Param{ent.DateOf("day", d)},
	})
}
