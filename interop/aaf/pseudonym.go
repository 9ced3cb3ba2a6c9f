package aaf

import (
	"context"
	"errors"
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/pseudonym"
)

// ErrShortKey is returned for a key under 16 bytes.
var ErrShortKey = errors.New("aaf: a pseudonymiser wants a key of 16 bytes or more")

// Pseudonymiser replaces every personal value of a feed by an invented one, the same for the same key: links, classes,
// ages in years, kinship and functions stay, so that a copy behaves like the feed. Who holds the key can tie the copy to
// the feed: it is pseudonymous data in the sense of RGPD article 4(5), not anonymous. Attributes that are not understood
// are dropped and counted.
type Pseudonymiser struct {
	make   *pseudonym.Maker
	report ent.Report
}

// NewPseudonymiser returns a pseudonymiser of a secret key, which the caller draws at random and keeps.
func NewPseudonymiser(key []byte) (*Pseudonymiser, error) {
	m, err := pseudonym.New(key)
	if err != nil {
		return nil, ErrShortKey
	}
	return &Pseudonymiser{make: m}, nil
}

// Report returns what was dropped.
func (p *Pseudonymiser) Report() *ent.Report { return &p.report }

func (p *Pseudonymiser) ids(list []string) {
	for i := range list {
		list[i] = p.make.ID(list[i])
	}
}

// labelled replaces the label of a class or a group.
func labelled(label, code string) string {
	if label == "" {
		return ""
	}
	return "Classe " + code
}

func labels(list []ClassRef) {
	for i := range list {
		list[i].Label = labelled(list[i].Label, list[i].Code)
	}
}

// Entry replaces the personal values of a typed record.
func (p *Pseudonymiser) Entry(e *Entry) {
	h := e.Head()
	if h == nil {
		return
	}
	for _, a := range h.Extra {
		p.report.Lose(ent.Loss{Code: CodePseudonym, Field: ent.NewField(a.Name), Count: 1})
	}
	h.Extra = nil
	if e.Structure != nil { // a label often holds the teacher's name
		for i := range e.Structure.Classes {
			e.Structure.Classes[i].Label = labelled(e.Structure.Classes[i].Label, e.Structure.Classes[i].Code)
		}
		for i := range e.Structure.Groups {
			e.Structure.Groups[i].Label = labelled(e.Structure.Groups[i].Label, e.Structure.Groups[i].Code)
		}
	}
	if !e.Category.person() {
		return
	}
	id := h.ID
	h.ID = p.make.ID(id)
	switch {
	case e.Pupil != nil:
		p.pupil(id, e.Pupil)
	case e.Relative != nil:
		r := e.Relative
		p.make.Name(&r.Name)
		p.make.Contact(&r.Contact)
		r.BirthDate = p.make.Birth(id, r.BirthDate)
		p.ids(r.Pupils)
	case e.Staff != nil:
		s := e.Staff
		p.make.Name(&s.Name)
		s.BirthDate, s.Mail = p.make.Birth(id, s.BirthDate), p.make.Mail(s.Mail)
		p.ids(s.STSIDs)
	}
}

func (p *Pseudonymiser) pupil(id string, s *Pupil) {
	p.make.Name(&s.Name)
	p.make.Contact(&s.Contact)
	s.BirthDate, s.INE = p.make.Birth(id, s.BirthDate), p.make.INE(s.INE)
	if s.SchoolNumber != "" {
		s.SchoolNumber = fmt.Sprintf("%015d", p.make.Draw("number", s.SchoolNumber)%1e15)
	}
	for i := range s.Links {
		s.Links[i].Relative = p.make.ID(s.Links[i].Relative)
	}
	p.ids(s.AddressOf)
	p.ids(s.Parents)
	p.ids(s.Authority)
	s.Father, s.Mother = p.make.ID(s.Father), p.make.ID(s.Mother)
	for i := range s.Other {
		s.Other[i].Relative = p.make.ID(s.Other[i].Relative)
	}
	labels(s.Classes)
	labels(s.Groups)
}

// Record returns the typed record as attributes; nil for one of an unknown category.
func (e *Entry) Record(degree ent.Degree) *Record {
	switch {
	case e.Pupil != nil:
		return e.Pupil.Record(degree)
	case e.Relative != nil:
		return e.Relative.Record(degree)
	case e.Staff != nil:
		return e.Staff.Record(degree)
	case e.Structure != nil:
		return e.Structure.Record(degree)
	case e.Programme != nil:
		return e.Programme.Record()
	case e.Subject != nil:
		return e.Subject.Record()
	}
	return e.Other
}

// Delivery writes a pseudonymised copy of a delivery. A record of an unknown category is dropped and counted. The kind
// and header of the copy are those of the options; its degree is that of the feed.
func (p *Pseudonymiser) Delivery(ctx context.Context, d *Delivery, w *DeliveryWriter) (*ent.Report, error) {
	r := d.Reader()
	for e, err := range r.Typed() {
		if err != nil {
			return r.Report(), err
		}
		if err := ctx.Err(); err != nil {
			return r.Report(), err
		}
		if e.Other != nil {
			p.report.Lose(ent.Loss{Code: CodePseudonym, Field: "record", Count: 1})
			continue
		}
		p.Entry(&e)
		rec := e.Record(r.Degree())
		if rec.Op == Modify && len(rec.Attrs) == 0 {
			continue
		}
		if err := w.Write(rec); err != nil {
			return r.Report(), err
		}
	}
	return r.Report(), nil
}
