package attendance

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Declaration is what a relative, or a pupil of age, says of absences, past or to come. The office treats it: until then it changes no
// count.
type Declaration struct {
	ID    ent.ID `json:"id"`
	Pupil ent.ID `json:"pupil"`
	Span
	Reason ent.Code `json:"reason"`
	// Text is for the office alone.
	Text string    `json:"text,omitempty"`
	By   ent.ID    `json:"by"`
	At   time.Time `json:"at"`
	// Treated is when the office did, by whom; Accepted what it decided.
	Treated   time.Time `json:"treated,omitzero"`
	TreatedBy ent.ID    `json:"treated_by,omitempty"`
	Accepted  bool      `json:"accepted,omitempty"`
}

// LogValue shows which one it is.
func (d Declaration) LogValue() slog.Value { return slog.StringValue(string(d.ID)) }

// maxText is how long a text may be, in bytes.
const maxText = 2000

// Check returns CodeSpan, CodeReason (unknown, or not one that families give) or CodeSize.
func (d *Declaration) Check(reasons ReasonList) error {
	r, ok := reasons.Get(d.Reason)
	switch {
	case d.Pupil == "" || !d.valid():
		return fmt.Errorf("attendance: declaration: %w", CodeSpan)
	case !ok || !r.Declarable:
		return fmt.Errorf("attendance: declaration: %w", CodeReason)
	case len(d.Text) > maxText:
		return fmt.Errorf("attendance: declaration: %w", CodeSize)
	}
	return nil
}

// Settles reports whether an accepted declaration gives its reason to an event: one of this pupil that it covers, and that the office
// has not settled otherwise, or given another reason since.
func (d *Declaration) Settles(e *Event) bool {
	since := e.Reason != "" && !d.Treated.IsZero() && e.At.After(d.Treated)
	return d.Accepted && e.Pupil == d.Pupil && !e.Removed && !e.Regularised && !since && !e.Kind.present() && d.Covers(e.Span)
}
