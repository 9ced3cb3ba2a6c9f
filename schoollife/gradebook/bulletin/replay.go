package bulletin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// maxDocument bounds the size of a document: a logo, and texts at their limits.
const maxDocument = 4 << 20

type plain Document

// documentJSON writes the policy through strings: the writing of package decimal depends on a setting of the program.
type documentJSON struct {
	*plain
	Policy policyJSON `json:"policy"`
}

// MarshalJSON writes a document of [Format]. The same document gives the same bytes.
func (d Document) MarshalJSON() ([]byte, error) {
	d.Format = Format
	return json.Marshal(documentJSON{(*plain)(&d), policyOf(d.Policy)})
}

// UnmarshalJSON reads what MarshalJSON wrote, and passes over fields that it does not know. It returns CodeDocument for anything
// else; what was written is not in the error.
func (d *Document) UnmarshalJSON(b []byte) error {
	bad := func() error { return refused(issue(CodeDocument, "$")) }
	if len(b) > maxDocument {
		return bad()
	}
	var x plain
	j := documentJSON{plain: &x}
	if err := json.Unmarshal(b, &j); err != nil || x.Format != Format {
		return bad() // its text may hold a mark
	}
	p := j.Policy.Policy
	var ok bool
	if p.Reference, ok = parsed(j.Policy.Reference); !ok || p.Reference.Sign() < 0 || len(j.Policy.Bands) > maxLines {
		return bad()
	}
	for _, s := range j.Policy.Bands {
		v, ok := parsed(s)
		if !ok {
			return bad()
		}
		p.Bands = append(p.Bands, v)
	}
	x.Policy = p
	if x.Pupil.ID == "" || len((*Document)(&x).Lines()) > maxLines {
		return bad()
	}
	*d = Document(x)
	return nil
}

func parsed(s string) (decimal.Decimal, bool) {
	if len(s) > 40 {
		return decimal.Decimal{}, false
	}
	d, err := ent.ParseNumber(s)
	return d, err == nil
}

// Replay makes a bulletin again from a gradebook: with the policy and the options of the document, and the names, the head of
// the page and the counts of absences that it holds, which no gradebook knows. A term that was opened again since does not
// matter. The errors are those of [Make].
func Replay(d *Document, book *gradebook.ClassBook) (*Document, error) {
	o := d.Options
	o.Policy = &d.Policy
	if d.Visa != nil {
		name, offset := d.Visa.At.Zone()
		o.Zone = time.FixedZone(name, offset)
	}
	names := map[ent.ID]string{}
	known := func(list ...Person) {
		for _, p := range list {
			names[p.ID] = p.Name
		}
	}
	people := People{
		School: d.School,
		Pupil:  func(id ent.ID) (Pupil, bool) { return d.Pupil, id == d.Pupil.ID },
		Person: func(id ent.ID) string { return names[id] },
		Life:   func(ent.ID, ent.ID) Life { return d.Life },
	}
	for _, p := range d.HeadTeachers {
		people.HeadTeachers = append(people.HeadTeachers, p.ID)
	}
	known(d.HeadTeachers...)
	for _, l := range d.Lines() {
		known(l.Teachers...)
	}
	if d.President != nil {
		known(*d.President)
	}
	if d.Visa != nil {
		known(d.Visa.By)
	}
	c, err := prepare(book, d.Period.ID, &people, o, false)
	if err != nil {
		return nil, err
	}
	out, _, err := c.bulletin(d.Pupil.ID)
	return out, err
}

// Verify says whether a gradebook still gives a bulletin: nil when it does, to the byte. CodeInputs says that what it was
// computed from has changed since, CodeChanged that the document is not what the gradebook gives; often both. It cannot say
// anything of what a gradebook does not know, the names first: sign the document to prove those.
func Verify(d *Document, book *gradebook.ClassBook) error {
	again, err := Replay(d, book)
	if err != nil {
		return err
	}
	var issues ent.Issues
	if again.Inputs != d.Inputs {
		issues = append(issues, issue(CodeInputs, "$.inputs"))
	}
	again.Inputs = d.Inputs
	one, err1 := json.Marshal(d)
	two, err2 := json.Marshal(again)
	if err1 != nil || err2 != nil {
		return refused(issue(CodeDocument, "$"))
	}
	if !bytes.Equal(one, two) {
		issues = append(issues, issue(CodeChanged, "$"))
	}
	if err := issues.Err(); err != nil {
		return fmt.Errorf("bulletin: %w", err)
	}
	return nil
}
