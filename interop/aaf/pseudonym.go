package aaf

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// ErrShortKey is returned for a key under 16 bytes.
var ErrShortKey = errors.New("aaf: a pseudonymiser wants a key of 16 bytes or more")

// Pseudonymiser replaces every personal value of a feed by an invented one, the same for the same key: links, classes,
// ages in years, kinship and functions stay, so that a copy behaves like the feed. Who holds the key can tie the copy to
// the feed: it is pseudonymous data in the sense of RGPD article 4(5), not anonymous. Attributes that are not understood
// are dropped and counted.
type Pseudonymiser struct {
	key    []byte
	report ent.Report
}

// NewPseudonymiser returns a pseudonymiser of a secret key, which the caller draws at random and keeps.
func NewPseudonymiser(key []byte) (*Pseudonymiser, error) {
	if len(key) < 16 {
		return nil, ErrShortKey
	}
	return &Pseudonymiser{key: append([]byte(nil), key...)}, nil
}

// Report returns what was dropped.
func (p *Pseudonymiser) Report() *ent.Report { return &p.report }

// draw returns a number that depends on the key, a purpose and a value.
func (p *Pseudonymiser) draw(purpose, value string) uint64 {
	h := hmac.New(sha256.New, p.key)
	h.Write([]byte(purpose + "\x00" + value))
	return binary.BigEndian.Uint64(h.Sum(nil))
}

func pick(list []string, n uint64) string { return list[n%uint64(len(list))] }

// id replaces the key of a person: 18 digits, so that no two of a million and a half meet.
func (p *Pseudonymiser) id(id string) string {
	if id == "" {
		return ""
	}
	return fmt.Sprintf("%018d", p.draw("id", id)%1e18)
}

func (p *Pseudonymiser) ids(list []string) {
	for i := range list {
		list[i] = p.id(list[i])
	}
}

// The invented names: family names are made of three pieces, first names come from a short list.
func (p *Pseudonymiser) family(name string) string {
	if name == "" {
		return ""
	}
	heads := strings.Fields("BEL DUR MAR VAL LAN COR FON GER HAU JOU KER LOR MON NOR PER QUE RIV SAU TRE VER")
	middles := strings.Fields("A E I O U AU EN IN ON AN É OU EL IL AR ER OR IR UR EU")
	ends := strings.Fields("BERT CHARD DIER FORT GNAC LAC MONT NET PIN RAND SSON TIER VAL ZAN BOIS CRET DOIN GARD LIER MÈS")
	n := p.draw("family", strings.ToUpper(name))
	return pick(heads, n) + pick(middles, n>>16) + pick(ends, n>>32)
}

// given replaces a first name by one that says nothing of gender: the same one each time, so that two records of one
// person still look alike.
func (p *Pseudonymiser) given(given string) string {
	if given == "" {
		return ""
	}
	names := strings.Fields("Alix Andréa Ange Camille Céleste Charlie Claude Dany Dominique Éden Élie Gaby Jackie Joss Lou Loïs " +
		"Louison Maé Mahé Malo Maxence Morgan Noa Noé Pascale Robin Sacha Sam Stéphane Swann Yaël Zoé")
	return pick(names, p.draw("given", strings.ToUpper(given)))
}

func (p *Pseudonymiser) name(n *ent.Name) {
	n.Given = p.given(n.Given)
	n.Family, n.Birth = p.family(n.Family), p.family(n.Birth)
	if len(n.Others) > 0 {
		n.Others = []string{n.Given}
	}
}

// birth draws a day of the same year, so that ages and levels still agree.
func (p *Pseudonymiser) birth(id string, d ent.Date) ent.Date {
	if d.IsZero() {
		return d
	}
	return ent.Date{Year: d.Year, Month: 1, Day: 1}.AddDays(int(p.draw("birth", id) % 365)) //nolint:gosec // under 365
}

// ine permutes the nine digits of a number: two pupils never meet, and one who has two records stays one.
func (p *Pseudonymiser) ine(ine string) string {
	if ine == "" {
		return ""
	}
	n, ok := number(ine[:min(len(ine), 9)])
	if !ok || len(ine) < 9 {
		n = int(p.draw("ine-other", ine) % 1e9) //nolint:gosec // nine digits
	}
	fake, err := ent.NewINE(p.shuffle(n))
	if err != nil {
		return ""
	}
	return string(fake)
}

// shuffle is a permutation of the numbers under a thousand million that depends on the key: a Feistel network over 30
// bits, walked until it falls below.
func (p *Pseudonymiser) shuffle(n int) int {
	const half, mask = 15, 1<<15 - 1
	for {
		left, right := n>>half, n&mask
		for round := range 6 {
			f := p.draw("shuffle", strconv.Itoa(round)+"-"+strconv.Itoa(right))
			left, right = right, left^int(f&mask) //nolint:gosec // 15 bits
		}
		if n = left<<half | right; n < 1e9 {
			return n
		}
	}
}

// phone uses the numbers that the regulator (ARCEP) keeps for fiction: 06 39 98 xx xx.
func (p *Pseudonymiser) phone(number string) string {
	if number == "" {
		return ""
	}
	n := p.draw("phone", number) % 10000
	return fmt.Sprintf("+33 6 39 98 %02d %02d", n/100, n%100)
}

func (p *Pseudonymiser) contact(c *ent.Contact) {
	c.Home, c.Work = p.phone(c.Home), p.phone(c.Work)
	c.Mobile, c.SMS = p.phone(c.Mobile), p.phone(c.SMS)
	c.Mail = p.mail(c.Mail)
	a := &c.Address
	if len(a.Lines) > 0 {
		n := p.draw("address", strings.Join(a.Lines, "$")+a.PostalCode)
		a.Lines = []string{fmt.Sprintf("%d rue de l'Exemple", n%199+1), "", "", ""}
	}
	if len(a.PostalCode) >= 2 {
		a.PostalCode = a.PostalCode[:2] + "000"
	}
	if a.Town != "" {
		a.Town = "VILLEFICTIVE"
	}
}

func (p *Pseudonymiser) mail(mail string) string {
	if mail == "" {
		return ""
	}
	return fmt.Sprintf("p%018d@exemple.test", p.draw("mail", strings.ToLower(mail))%1e18)
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
	h.ID = p.id(id)
	switch {
	case e.Pupil != nil:
		p.pupil(id, e.Pupil)
	case e.Relative != nil:
		r := e.Relative
		p.name(&r.Name)
		p.contact(&r.Contact)
		r.BirthDate = p.birth(id, r.BirthDate)
		p.ids(r.Pupils)
	case e.Staff != nil:
		s := e.Staff
		p.name(&s.Name)
		s.BirthDate, s.Mail = p.birth(id, s.BirthDate), p.mail(s.Mail)
		p.ids(s.STSIDs)
	}
}

func (p *Pseudonymiser) pupil(id string, s *Pupil) {
	p.name(&s.Name)
	p.contact(&s.Contact)
	s.BirthDate, s.INE = p.birth(id, s.BirthDate), p.ine(s.INE)
	if s.SchoolNumber != "" {
		s.SchoolNumber = fmt.Sprintf("%015d", p.draw("number", s.SchoolNumber)%1e15)
	}
	for i := range s.Links {
		s.Links[i].Relative = p.id(s.Links[i].Relative)
	}
	p.ids(s.AddressOf)
	p.ids(s.Parents)
	p.ids(s.Authority)
	s.Father, s.Mother = p.id(s.Father), p.id(s.Mother)
	for i := range s.Other {
		s.Other[i].Relative = p.id(s.Other[i].Relative)
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
