package gradebook

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// EntryKind says what an [Entry] is.
type EntryKind string

// The kinds of entries, with what their Key names.
const (
	// EntryAssessment is an assessment of a teaching: Of is the assessment.
	EntryAssessment EntryKind = "assessment"
	// EntryMark is the result of a pupil at an assessment: Of is the assessment.
	EntryMark EntryKind = "mark"
	// EntryLevel is the level of a pupil in a competence: Of is the assessment, Item the competence.
	EntryLevel EntryKind = "level"
	// EntryFinal is an average set by hand, EntryPosition a position of 1 to 4 on the scale of the LSU, EntryAppreciation a
	// text: of a pupil, in a teaching.
	EntryFinal        EntryKind = "final"
	EntryPosition     EntryKind = "position"
	EntryAppreciation EntryKind = "appreciation"
	// EntryClassAppreciation is a text on a class or group, in a teaching.
	EntryClassAppreciation EntryKind = "class-appreciation"
	// EntrySynthesis is the text that gathers a pupil's period, EntryOpinion what the council says (avis: a mention in Code,
	// a text), EntryVisa that the head has seen it.
	EntrySynthesis EntryKind = "synthesis"
	EntryOpinion   EntryKind = "opinion"
	EntryVisa      EntryKind = "visa"
)

// EntryKinds returns the kinds in their order.
func EntryKinds() []EntryKind {
	return []EntryKind{
		EntryAssessment, EntryMark, EntryLevel, EntryFinal, EntryPosition, EntryAppreciation, EntryClassAppreciation, EntrySynthesis, EntryOpinion, EntryVisa,
	}
}

// Key names what an entry is about. Fields that the kind does not use are empty.
type Key struct {
	Kind     EntryKind `json:"kind"`
	Period   ent.ID    `json:"period"`
	Teaching ent.ID    `json:"teaching,omitempty"`
	Of       ent.ID    `json:"of,omitempty"`
	Item     ent.ID    `json:"item,omitempty"`
	Pupil    ent.ID    `json:"pupil,omitempty"`
}

// maxID bounds an identifier of a key, in bytes.
const maxID = 200

// valid reports whether the fields are those of the kind, and may stand in any database.
func (k Key) valid() bool {
	if !slices.Contains(EntryKinds(), k.Kind) || k.Period == "" {
		return false
	}
	for _, id := range []ent.ID{k.Period, k.Teaching, k.Of, k.Item, k.Pupil} {
		if len(id) > maxID || !utf8.ValidString(string(id)) || strings.ContainsFunc(string(id), unicode.IsControl) {
			return false
		}
	}
	teaching, of, item, pupil := k.Teaching != "", k.Of != "", k.Item != "", k.Pupil != ""
	switch k.Kind {
	case EntryAssessment:
		return teaching && of && !item && !pupil
	case EntryMark:
		return teaching && of && !item && pupil
	case EntryLevel:
		return teaching && of && item && pupil
	case EntryFinal, EntryPosition, EntryAppreciation:
		return teaching && !of && !item && pupil
	case EntryClassAppreciation:
		return teaching && !of && !item && !pupil
	case EntrySynthesis, EntryOpinion, EntryVisa:
		return !teaching && !of && !item && pupil
	}
	return false
}

// Value is what an entry holds, by its kind. The zero Value is a cleared entry: that it was cleared is kept in the trail.
type Value struct {
	Result     Result      `json:"result,omitzero"`
	Text       string      `json:"text,omitempty"`
	Code       string      `json:"code,omitempty"`
	Position   int         `json:"position,omitempty"`
	Assessment *Assessment `json:"assessment,omitempty"`
}

// Empty reports whether the entry is cleared.
func (v Value) Empty() bool {
	return v.Result.Empty() && v.Text == "" && v.Code == "" && v.Position == 0 && v.Assessment == nil
}

// Equal reports whether both say the same.
func (v Value) Equal(o Value) bool {
	if !v.Result.Equal(o.Result) || v.Text != o.Text || v.Code != o.Code || v.Position != o.Position || (v.Assessment == nil) != (o.Assessment == nil) {
		return false
	}
	if v.Assessment == nil {
		return true
	}
	a, err1 := json.Marshal(v.Assessment)
	b, err2 := json.Marshal(o.Assessment)
	return err1 == nil && err2 == nil && string(a) == string(b)
}

// String hides the value.
func (v Value) String() string { return hidden }

// GoString hides the value.
func (v Value) GoString() string { return `"` + hidden + `"` }

// LogValue hides the value.
func (v Value) LogValue() slog.Value { return slog.StringValue(hidden) }

// Entry is one state of what its Key names. Entries are added, never changed: those of one Key are its history, who wrote
// what, when and why, numbered from 1; the last one holds.
type Entry struct {
	Key
	// Version counts from 1. To write is to add the version that follows the one that was seen.
	Version int64 `json:"version"`
	// Class is the class of the pupil, or that of the teaching: the class whose locks hold. Epoch is the version of its Term
	// that allowed the entry.
	Class ent.ID    `json:"class,omitempty"`
	Epoch int64     `json:"epoch,omitempty"`
	Value Value     `json:"value"`
	By    ent.ID    `json:"by"`
	At    time.Time `json:"at"`
	// Why is what the writer says of it; empty when nothing.
	Why string `json:"why,omitempty"`
}

// LogValue shows who wrote, when, and what it is about, never the value.
func (e Entry) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(e.Kind)), slog.String("of", string(e.Of)), slog.String("pupil", string(e.Pupil)),
		slog.Int64("version", e.Version), slog.String("by", string(e.By)), slog.Time("at", e.At))
}

// LockState says what may still be written in a class and a period.
type LockState string

// The states of a lock. What is read-only stays readable, and its history too.
const (
	// LockOpen: marks, appreciations and the council's opinion are editable; bulletins are a simple view.
	LockOpen LockState = "open"
	// LockPartial: marks and appreciations are read-only, the council's opinion is editable; bulletins can be printed.
	LockPartial LockState = "partial"
	// LockClosed: all is read-only; bulletins can be printed.
	LockClosed LockState = "closed"
)

// Label returns the state in words.
func (l LockState) Label(lang ent.Lang) string {
	switch l {
	case LockOpen:
		return ent.Label{FR: "ouverte", EN: "open"}.In(lang)
	case LockPartial:
		return ent.Label{FR: "partiellement verrouillée (conseil de classe)", EN: "partly locked (class council)"}.In(lang)
	case LockClosed:
		return ent.Label{FR: "verrouillée", EN: "locked"}.In(lang)
	}
	return string(l)
}

// Printable reports whether official bulletins may be printed.
func (l LockState) Printable() bool { return l == LockPartial || l == LockClosed }

// Term is a class in a period: what may be written, until when, and what families see. It exists once the period was opened
// for the class: without it nothing can be written.
type Term struct {
	Class  ent.ID    `json:"class"`
	Period ent.ID    `json:"period"`
	State  LockState `json:"state"`
	// EntryFrom and EntryTo are the first and the last day of entry of marks and appreciations; zero dates do not bound. They
	// differ from the date of the council.
	EntryFrom ent.Date `json:"entry_from,omitzero"`
	EntryTo   ent.Date `json:"entry_to,omitzero"`
	// Council is the day of the class council, President who presides it.
	Council   ent.Date `json:"council,omitzero"`
	President ent.ID   `json:"president,omitempty"`
	// Published is the first day on which families see appreciations, averages set by hand and the bulletin; zero for not yet.
	// All marks of the period are then published, whatever their own dates: the averages of the bulletin would tell them.
	Published ent.Date `json:"published,omitzero"`
	// LockedAt is when the state last became closed or partial.
	LockedAt time.Time `json:"locked_at,omitzero"`
	// OpenNext opens the next period of the class when this one is closed.
	OpenNext bool `json:"open_next,omitempty"`
	// Reopened are exceptional openings, limited in time, for one teaching each.
	Reopened []Reopening `json:"reopened,omitempty"`
	// Version counts from 1; it grows too when an assessment of the class changes its scale.
	Version int64 `json:"version"`
}

// Reopening lets one teaching be written to after the lock, until an instant.
type Reopening struct {
	Teaching ent.ID    `json:"teaching"`
	Until    time.Time `json:"until"`
	// Appreciations only, or marks too.
	Appreciations bool `json:"appreciations_only,omitempty"`
}

// TermChange is one line of the trail of a Term: the term as it became.
type TermChange struct {
	Term Term      `json:"term"`
	By   ent.ID    `json:"by"`
	At   time.Time `json:"at"`
	Why  string    `json:"why,omitempty"`
}

// Allows returns nil when an entry may be written now, on a day of the school, or an Issue that says why not: CodeLocked,
// CodeWindow.
func (t *Term) Allows(k Key, today ent.Date, now time.Time) error {
	marks := false
	switch k.Kind {
	case EntrySynthesis, EntryOpinion, EntryVisa:
		if t.State == LockClosed {
			return t.refused(CodeLocked)
		}
		return nil
	case EntryAssessment, EntryMark, EntryLevel, EntryFinal, EntryPosition:
		marks = true
	case EntryAppreciation, EntryClassAppreciation:
	}
	for _, r := range t.Reopened {
		if r.Teaching == k.Teaching && now.Before(r.Until) && (!marks || !r.Appreciations) {
			return nil
		}
	}
	switch {
	case t.State != LockOpen:
		return t.refused(CodeLocked)
	case !within(today, t.EntryFrom, t.EntryTo):
		return t.refused(CodeWindow)
	}
	return nil
}

func (t *Term) refused(code ent.Code) error {
	return fmt.Errorf("gradebook: %w", catalog().New(code, ent.Pos{}, "", ent.CodeOf("class", string(t.Class)), ent.CodeOf("period", string(t.Period))))
}

// check refuses a term that cannot be.
func (t *Term) check() error {
	ok := t.Class != "" && t.Period != "" && slices.Contains([]LockState{LockOpen, LockPartial, LockClosed}, t.State) &&
		(t.EntryTo.IsZero() || !t.EntryTo.Before(t.EntryFrom)) && len(t.Reopened) <= maxReopened
	for _, r := range t.Reopened {
		ok = ok && r.Teaching != "" && !r.Until.IsZero()
	}
	if !ok {
		return fmt.Errorf("gradebook: %w", catalog().New(CodeTerm, ent.Pos{}, ""))
	}
	return nil
}

const maxReopened = 200
