package ent

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// MaxExamples is how many issues of one code a Report keeps; all are counted.
const MaxExamples = 20

// Tally counts what became of the things of one kind.
type Tally struct {
	Read    int64 `json:"read"`
	Kept    int64 `json:"kept"`
	Refused int64 `json:"refused"`
}

// Balanced reports whether nothing was lost: read = kept + refused.
func (t Tally) Balanced() bool { return t.Read == t.Kept+t.Refused }

func (t Tally) plus(o Tally) Tally {
	return Tally{Read: t.Read + o.Read, Kept: t.Kept + o.Kept, Refused: t.Refused + o.Refused}
}

// Report is the account of one piece of work: what was read, kept and refused by kind, each issue counted by code, some
// of them as examples, and what was lost. The zero value is ready. It is not safe for concurrent use: each worker fills
// its own and [Report.Merge] adds them up.
type Report struct {
	tallies  map[string]Tally
	codes    map[Code]int64
	examples map[Code][]Issue
	losses   map[lossKey]int64
}

type lossKey struct {
	code  Code
	field Field
}

// Keep counts n things of a kind read and kept.
func (r *Report) Keep(kind string, n int64) { r.tally(kind, Tally{Read: n, Kept: n}) }

// Refuse counts n things of a kind read and refused. The reason is an Issue, given to Add.
func (r *Report) Refuse(kind string, n int64) { r.tally(kind, Tally{Read: n, Refused: n}) }

// Count adds a tally to a kind.
func (r *Report) Count(kind string, t Tally) { r.tally(kind, t) }

func (r *Report) tally(kind string, t Tally) {
	if r.tallies == nil {
		r.tallies = map[string]Tally{}
	}
	r.tallies[kind] = r.tallies[kind].plus(t)
}

// Add counts an issue and keeps it as an example while fewer than MaxExamples of its code are kept.
func (r *Report) Add(i Issue) { r.AddN(i, 1) }

// AddN counts n issues alike, keeping one example. It does nothing when n is not greater than zero.
func (r *Report) AddN(i Issue, n int64) {
	if n <= 0 {
		return
	}
	r.countCode(i.Code, n)
	if len(r.examples[i.Code]) < MaxExamples {
		r.examples[i.Code] = append(r.examples[i.Code], i)
	}
}

func (r *Report) countCode(c Code, n int64) {
	if r.codes == nil {
		r.codes, r.examples = map[Code]int64{}, map[Code][]Issue{}
	}
	r.codes[c] += n
}

// Lose counts what a translation could not carry.
func (r *Report) Lose(l Loss) {
	if r.losses == nil {
		r.losses = map[lossKey]int64{}
	}
	r.losses[lossKey{l.Code, l.Field}] += l.Count
}

// Merge adds the other report to this one.
func (r *Report) Merge(o *Report) {
	if o == nil {
		return
	}
	for k, t := range o.tallies {
		r.tally(k, t)
	}
	for _, c := range o.Codes() {
		ex := o.examples[c]
		for _, i := range ex {
			r.Add(i)
		}
		r.countCode(c, o.codes[c]-int64(len(ex)))
	}
	for k, n := range o.losses {
		r.Lose(Loss{Code: k.code, Field: k.field, Count: n})
	}
}

// Balanced reports whether every kind is: read = kept + refused.
func (r *Report) Balanced() bool {
	for _, t := range r.tallies {
		if !t.Balanced() {
			return false
		}
	}
	return true
}

// Total returns the sum of all tallies.
func (r *Report) Total() Tally {
	var sum Tally
	for _, t := range r.tallies {
		sum = sum.plus(t)
	}
	return sum
}

// Kinds returns the kinds that were counted, sorted.
func (r *Report) Kinds() []string { return slices.Sorted(maps.Keys(r.tallies)) }

// Tally returns the counts of a kind.
func (r *Report) Tally(kind string) Tally { return r.tallies[kind] }

// Codes returns the codes met, sorted.
func (r *Report) Codes() []Code { return slices.Sorted(maps.Keys(r.codes)) }

// CountOf returns how many issues of a code were added.
func (r *Report) CountOf(c Code) int64 { return r.codes[c] }

// Examples returns the kept issues of a code, in the order they came.
func (r *Report) Examples(c Code) []Issue { return slices.Clone(r.examples[c]) }

// Losses returns what was lost, sorted by code and field.
func (r *Report) Losses() []Loss {
	out := make([]Loss, 0, len(r.losses))
	for k, n := range r.losses {
		out = append(out, Loss{Code: k.code, Field: k.field, Count: n})
	}
	slices.SortFunc(out, func(a, b Loss) int {
		return cmpStrings(string(a.Code), string(b.Code), string(a.Field), string(b.Field))
	})
	return out
}

func cmpStrings(a, b, c, d string) int {
	if n := strings.Compare(a, b); n != 0 {
		return n
	}
	return strings.Compare(c, d)
}

// CodeCount is one line of a persisted report: a code, how many times, and some of the issues.
type CodeCount struct {
	Code     Code    `json:"code"`
	Count    int64   `json:"count"`
	Examples []Issue `json:"examples,omitempty"`
}

// ReportJSON is the persisted form of a Report.
type ReportJSON struct {
	Format  string           `json:"format"`
	Tallies map[string]Tally `json:"tallies,omitempty"`
	Codes   []CodeCount      `json:"codes,omitempty"`
	Losses  []Loss           `json:"losses,omitempty"`
}

// MarshalJSON writes a [ReportJSON], the same bytes for the same content. It takes a value, so that a Report held by
// another struct is written too.
func (r Report) MarshalJSON() ([]byte, error) {
	j := ReportJSON{Format: ReportFormat, Tallies: r.tallies, Losses: r.Losses()}
	for _, c := range r.Codes() {
		j.Codes = append(j.Codes, CodeCount{c, r.codes[c], r.examples[c]})
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads a [ReportJSON]. It returns CodeFormat for another document.
func (r *Report) UnmarshalJSON(b []byte) error {
	var j ReportJSON
	if err := readDocument(b, ReportFormat, &j); err != nil {
		return err
	}
	*r = Report{tallies: j.Tallies}
	for _, c := range j.Codes {
		for _, i := range c.Examples {
			r.Add(i)
		}
		r.countCode(c.Code, c.Count-int64(len(c.Examples)))
	}
	for _, l := range j.Losses {
		r.Lose(l)
	}
	return nil
}

// WriteText writes the report for a person: a line per kind, then per code with its examples, then the losses.
func (r *Report) WriteText(w io.Writer, lang Lang) error {
	var b strings.Builder
	for _, k := range r.Kinds() {
		t := r.tallies[k]
		fmt.Fprintf(&b, lang.pick("%-24s lus %d, gardés %d, refusés %d\n", "%-24s read %d, kept %d, refused %d\n"),
			k, t.Read, t.Kept, t.Refused)
	}
	if !r.Balanced() {
		b.WriteString(lang.pick("LE COMPTE N'Y EST PAS : lus ≠ gardés + refusés\n", "DOES NOT BALANCE: read ≠ kept + refused\n"))
	}
	for _, c := range r.Codes() {
		severity := ""
		if worst := Issues(r.examples[c]).Worst(); worst != "" {
			severity = " (" + worst.Label(lang) + ")"
		}
		fmt.Fprintf(&b, "%s%s × %d\n", c, severity, r.codes[c])
		for _, i := range r.examples[c] {
			b.WriteString("  ")
			if at := i.Pos.String(); at != "" {
				b.WriteString(at + lang.pick(" : ", ": "))
			}
			b.WriteString(i.Message(lang) + "\n")
		}
		if rest := r.codes[c] - int64(len(r.examples[c])); rest > 0 {
			fmt.Fprintf(&b, lang.pick("  … et %d autres\n", "  … and %d more\n"), rest)
		}
	}
	for _, l := range r.Losses() {
		fmt.Fprintf(&b, lang.pick("perdu : %s (%s) × %d\n", "lost: %s (%s) × %d\n"), l.Field, l.Code, l.Count)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
