// Package pseudonym makes invented values that depend on real ones and on a secret key: the same value gives the same
// invention, so that links stay. Who holds the key can tie both: the result is pseudonymous data in the sense of RGPD
// article 4(5), not anonymous.
package pseudonym

import (
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
var ErrShortKey = errors.New("pseudonym: the key has 16 bytes or more")

// Maker makes the values of one key.
type Maker struct{ key []byte }

// New returns a maker of a secret key, which the caller draws at random and keeps.
func New(key []byte) (*Maker, error) {
	if len(key) < 16 {
		return nil, ErrShortKey
	}
	return &Maker{append([]byte(nil), key...)}, nil
}

// Draw returns a number that depends on the key, a purpose and a value.
func (m *Maker) Draw(purpose, value string) uint64 {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(purpose + "\x00" + value))
	return binary.BigEndian.Uint64(h.Sum(nil))
}

func pick(list []string, n uint64) string { return list[n%uint64(len(list))] }

// ID replaces the key of a person: 18 digits, so that no two of a million and a half meet.
func (m *Maker) ID(id string) string {
	if id == "" {
		return ""
	}
	return fmt.Sprintf("%018d", m.Draw("id", id)%1e18)
}

// Family replaces a last name by one of three pieces.
func (m *Maker) Family(name string) string {
	if name == "" {
		return ""
	}
	heads := strings.Fields("BEL DUR MAR VAL LAN COR FON GER HAU JOU KER LOR MON NOR PER QUE RIV SAU TRE VER")
	middles := strings.Fields("A E I O U AU EN IN ON AN É OU EL IL AR ER OR IR UR EU")
	ends := strings.Fields("BERT CHARD DIER FORT GNAC LAC MONT NET PIN RAND SSON TIER VAL ZAN BOIS CRET DOIN GARD LIER MÈS")
	n := m.Draw("family", strings.ToUpper(name))
	return pick(heads, n) + pick(middles, n>>16) + pick(ends, n>>32)
}

// Given replaces a first name by one that says nothing of gender: the same one each time, so that two records of one
// person still look alike.
func (m *Maker) Given(given string) string {
	if given == "" {
		return ""
	}
	names := strings.Fields("Alix Andréa Ange Camille Céleste Charlie Claude Dany Dominique Éden Élie Gaby Jackie Joss Lou Loïs " +
		"Louison Maé Mahé Malo Maxence Morgan Noa Noé Pascale Robin Sacha Sam Stéphane Swann Yaël Zoé")
	return pick(names, m.Draw("given", strings.ToUpper(given)))
}

// Name replaces the parts of a name that are there.
func (m *Maker) Name(n *ent.Name) {
	n.Given = m.Given(n.Given)
	n.Family, n.Birth = m.Family(n.Family), m.Family(n.Birth)
	if len(n.Others) > 0 {
		n.Others = []string{n.Given}
	}
}

// Birth draws a day of the same year, so that ages and levels still agree.
func (m *Maker) Birth(id string, d ent.Date) ent.Date {
	if d.IsZero() {
		return d
	}
	return ent.Date{Year: d.Year, Month: 1, Day: 1}.AddDays(int(m.Draw("birth", id) % 365)) //nolint:gosec // under 365
}

// INE permutes the nine digits of a number: two pupils never meet, and one who has two records stays one.
func (m *Maker) INE(ine string) string {
	if ine == "" {
		return ""
	}
	n, err := strconv.Atoi(ine[:min(len(ine), 9)])
	if err != nil || n < 0 || len(ine) < 9 {
		n = int(m.Draw("ine-other", ine) % 1e9) //nolint:gosec // nine digits
	}
	fake, err := ent.NewINE(m.shuffle(n))
	if err != nil {
		return ""
	}
	return string(fake)
}

// shuffle is a permutation of the numbers under a thousand million that depends on the key: a Feistel network over 30
// bits, walked until it falls below.
func (m *Maker) shuffle(n int) int {
	const half, mask = 15, 1<<15 - 1
	for {
		left, right := n>>half, n&mask
		for round := range 6 {
			f := m.Draw("shuffle", strconv.Itoa(round)+"-"+strconv.Itoa(right))
			left, right = right, left^int(f&mask) //nolint:gosec // 15 bits
		}
		if n = left<<half | right; n < 1e9 {
			return n
		}
	}
}

// Phone uses the numbers that the regulator (ARCEP) keeps for fiction: 06 39 98 xx xx.
func (m *Maker) Phone(number string) string {
	if number == "" {
		return ""
	}
	n := m.Draw("phone", number) % 10000
	return fmt.Sprintf("+33 6 39 98 %02d %02d", n/100, n%100)
}

// Contact replaces what is there of a contact; the département stays.
func (m *Maker) Contact(c *ent.Contact) {
	c.Home, c.Work = m.Phone(c.Home), m.Phone(c.Work)
	c.Mobile, c.SMS = m.Phone(c.Mobile), m.Phone(c.SMS)
	c.Mail = m.Mail(c.Mail)
	a := &c.Address
	if len(a.Lines) > 0 {
		n := m.Draw("address", strings.Join(a.Lines, "$")+a.PostalCode)
		a.Lines = []string{fmt.Sprintf("%d rue de l'Exemple", n%199+1), "", "", ""}
	}
	if len(a.PostalCode) >= 2 {
		a.PostalCode = a.PostalCode[:2] + "000"
	}
	if a.Town != "" {
		a.Town = "VILLEFICTIVE"
	}
}

// Mail replaces a mail, case aside.
func (m *Maker) Mail(mail string) string {
	if mail == "" {
		return ""
	}
	return fmt.Sprintf("p%018d@exemple.test", m.Draw("mail", strings.ToLower(mail))%1e18)
}
