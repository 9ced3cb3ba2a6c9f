package directory

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/opencartable/cartable/ent"
)

// PlanFormat is the format of a plan file.
const PlanFormat = "cartable.plan/1"

const (
	minKey  = 32
	maxLine = 1 << 20
)

// A plan file is lines of JSON: a head, one line per reason not to apply it, per change, per record seen, and an end. What a line does to whom is in
// clear, with the reason; values of persons are sealed (AES-256-GCM), under a nonce that follows from the line itself, so
// that the same plan gives the same bytes. Each line is bound to its place and to the head, and the end to all that is
// before it: a line that was altered, moved, removed or added is found.

// PlanHead is the first line of a plan file, after its format: what the plan is of, and until when it holds.
type PlanHead struct {
	Feed    Feed      `json:"feed"`
	Today   ent.Date  `json:"today"`
	Base    int64     `json:"base,omitempty"`
	Expires time.Time `json:"expires"`
	// Partial says that the plan is a part of another one: applying it leaves the rest to be done. Stopped says that nothing
	// was compared: it is not to be applied.
	Partial bool `json:"partial,omitempty"`
	Stopped bool `json:"stopped,omitempty"`
}

type planHead struct {
	Format string `json:"format"`
	PlanHead
}

// planLine is a change without its values, the values being sealed; a record seen; or a reason not to apply the plan.
type planLine struct {
	Block  *ent.Issue `json:"block,omitempty"`
	Change *Change    `json:"change,omitempty"`
	Seen   *Seen      `json:"seen,omitempty"`
	// Fields names what changes.
	Fields []ent.Field `json:"fields,omitempty"`
	Sealed []byte      `json:"sealed,omitempty"`
}

// planEnd is the last line.
type planEnd struct {
	End   bool   `json:"end"`
	Lines int64  `json:"lines"`
	MAC   []byte `json:"mac"`
}

// secret is what a plan file seals of a change.
type secret struct {
	Fields  []FieldChange `json:"fields,omitempty"`
	Attach  []Tie         `json:"attach,omitempty"`
	Detach  []Tie         `json:"detach,omitempty"`
	Account *Account      `json:"account,omitempty"`
	// Place is sealed too, and so is the identifier of a class or a group, which is made of its label: in the first degree it
	// holds the name of a teacher.
	Place *PlaceChange `json:"place,omitempty"`
	ID    ent.ID       `json:"id,omitempty"`
}

func (s *secret) empty() bool {
	return len(s.Fields)+len(s.Attach)+len(s.Detach) == 0 && s.Account == nil && s.Place == nil && s.ID == ""
}

// sealer seals and opens the lines of one file.
type sealer struct {
	aead  cipher.AEAD
	nonce []byte // key of the nonces
	head  [sha256.Size]byte
	mac   hash.Hash
	n     int64
}

func newSealer(key []byte) (*sealer, error) {
	if len(key) < minKey {
		return nil, catalog().New(CodePlanKey, ent.Pos{}, "$")
	}
	derive := func(what string) ([]byte, error) { return hkdf.Key(sha256.New, key, nil, PlanFormat+" "+what, 32) }
	seal, err := derive("seal")
	if err != nil {
		return nil, fmt.Errorf("directory: plan: %w", err)
	}
	nonce, err := derive("nonce")
	if err != nil {
		return nil, fmt.Errorf("directory: plan: %w", err)
	}
	mac, err := derive("mac")
	if err != nil {
		return nil, fmt.Errorf("directory: plan: %w", err)
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, fmt.Errorf("directory: plan: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("directory: plan: %w", err)
	}
	return &sealer{aead: aead, nonce: nonce, mac: hmac.New(sha256.New, mac)}, nil
}

// bound is what a sealed value is bound to: the head, the number of the line, and the clear part.
func (s *sealer) bound(clear []byte) []byte {
	h := sha256.Sum256(clear)
	b := append(append([]byte(nil), s.head[:]...), h[:]...)
	return binary.BigEndian.AppendUint64(b, uint64(s.n)) //nolint:gosec // never negative
}

func (s *sealer) seal(clear, text []byte) []byte {
	ad := s.bound(clear)
	h := hmac.New(sha256.New, s.nonce)
	h.Write(ad)
	h.Write(text)
	nonce := h.Sum(nil)[:s.aead.NonceSize()]
	return s.aead.Seal(nonce, nonce, text, ad)
}

func (s *sealer) open(clear, sealed []byte) ([]byte, error) {
	n := s.aead.NonceSize()
	if len(sealed) < n {
		return nil, altered()
	}
	text, err := s.aead.Open(nil, sealed[:n], sealed[n:], s.bound(clear))
	if err != nil {
		return nil, altered()
	}
	return text, nil
}

func altered() error { return catalog().New(CodePlanAltered, ent.Pos{}, "$") }

func unreadable() error { return catalog().New(CodePlanFile, ent.Pos{}, "$") }

// WriteFile writes the plan for another time or another machine: what it does to whom and why is in clear, without any
// value of a person. key has 32 bytes or more and is the caller's; the file is refused after expires. The same plan, key
// and expiry give the same bytes. It returns CodePlanLine for a change that is too long for a line.
func (p *Plan) WriteFile(w io.Writer, key []byte, expires time.Time) error {
	s, err := newSealer(key)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	line := func(v any) error {
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("directory: plan: %w", err)
		}
		if len(b) >= maxLine {
			return catalog().New(CodePlanLine, ent.Pos{Line: int(s.n) + 1}, "$") // it could not be read back
		}
		b = append(b, '\n')
		s.mac.Write(b)
		s.n++
		_, err = out.Write(b)
		return err
	}
	head := planHead{PlanFormat, PlanHead{p.Feed, p.Today, p.Base, expires.UTC().Truncate(time.Second), p.Partial(), p.stopped}}
	b, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("directory: plan: %w", err)
	}
	s.head = sha256.Sum256(b)
	if err := line(head); err != nil {
		return err
	}
	for i := range p.blocks {
		if err := line(planLine{Block: &p.blocks[i]}); err != nil {
			return err
		}
	}
	for ch := range p.Changes() {
		l, err := s.line(ch)
		if err == nil {
			err = line(l)
		}
		if err != nil {
			return err
		}
	}
	for i := range p.seen {
		if p.only == nil {
			if err := line(planLine{Seen: &p.seen[i]}); err != nil {
				return err
			}
		}
	}
	if err := line(planEnd{End: true, Lines: s.n, MAC: s.mac.Sum(nil)}); err != nil {
		return err
	}
	return out.Flush()
}

func (s *sealer) line(ch Change) (planLine, error) {
	hidden := secret{ch.Fields, ch.Attach, ch.Detach, ch.Account, ch.Place, ""}
	l := planLine{Change: &ch}
	for _, f := range ch.Fields {
		l.Fields = append(l.Fields, f.Field)
	}
	ch.Fields, ch.Attach, ch.Detach, ch.Account, ch.Place = nil, nil, nil, nil, nil
	if ch.labelled() {
		hidden.ID, ch.ID = ch.ID, ""
	}
	if hidden.empty() {
		return l, nil
	}
	clear, err := json.Marshal(l)
	if err != nil {
		return l, fmt.Errorf("directory: plan: %w", err)
	}
	text, err := json.Marshal(hidden)
	if err != nil {
		return l, fmt.Errorf("directory: plan: %w", err)
	}
	l.Sealed = s.seal(clear, text)
	return l, nil
}

// ReadPlan reads a plan that WriteFile wrote, with the same key. It returns no plan and CodePlanAltered for a file that was
// altered or made with another key, CodePlanExpired after its expiry, CodePlanFile for what is no plan; nothing is known of
// a file before its last line, so that no half of a plan is ever applied.
func ReadPlan(r io.Reader, key []byte, now time.Time) (*Plan, error) {
	s, err := newSealer(key)
	if err != nil {
		return nil, err
	}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 1<<16), maxLine)
	if !in.Scan() {
		return nil, errors.Join(unreadable(), in.Err())
	}
	var head planHead
	if err := strict(in.Bytes(), &head); err != nil || head.Format != PlanFormat {
		return nil, unreadable()
	}
	s.head = sha256.Sum256(in.Bytes())
	p := &Plan{Feed: head.Feed, Today: head.Today, Base: head.Base, partial: head.Partial, stopped: head.Stopped, loaded: true, report: &ent.Report{}}
	s.take(in.Bytes())
	for in.Scan() {
		if bytes.HasPrefix(in.Bytes(), []byte(`{"end":`)) {
			var end planEnd
			if err := strict(in.Bytes(), &end); err != nil || end.Lines != s.n || !hmac.Equal(end.MAC, s.mac.Sum(nil)) || in.Scan() {
				return nil, altered()
			}
			if !now.Before(head.Expires) {
				return nil, catalog().New(CodePlanExpired, ent.Pos{}, "$")
			}
			p.count()
			return p, nil
		}
		if err := p.read(s, in.Bytes()); err != nil {
			return nil, err
		}
		s.take(in.Bytes())
	}
	return nil, errors.Join(altered(), in.Err())
}

func (s *sealer) take(line []byte) {
	s.mac.Write(line)
	s.mac.Write([]byte{'\n'})
	s.n++
}

func strict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

func (p *Plan) read(s *sealer, b []byte) error {
	var l planLine
	if err := strict(b, &l); err != nil {
		return altered()
	}
	if l.Block != nil {
		p.blocks = append(p.blocks, *l.Block)
		return nil //nolint:nilerr // the issue is what was read
	}
	if l.Seen != nil {
		p.seen = append(p.seen, *l.Seen)
		return nil
	}
	if l.Change == nil {
		return altered()
	}
	if l.Sealed != nil {
		sealed := l.Sealed
		l.Sealed = nil
		clear, err := json.Marshal(l)
		if err != nil {
			return altered()
		}
		text, err := s.open(clear, sealed)
		if err != nil {
			return err
		}
		var hidden secret
		if err := strict(text, &hidden); err != nil {
			return altered()
		}
		ch := l.Change
		ch.Fields, ch.Attach, ch.Detach, ch.Account, ch.Place = hidden.Fields, hidden.Attach, hidden.Detach, hidden.Account, hidden.Place
		if ch.labelled() {
			ch.ID = hidden.ID
		}
	}
	if l.Change.Object == ObjectPerson {
		p.changes = append(p.changes, *l.Change)
	} else {
		p.places = append(p.places, *l.Change)
	}
	return nil
}
