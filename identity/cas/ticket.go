package cas

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// kind is what a ticket is. Source: CAS protocol 3.0.3, section 3.
type kind string

const (
	serviceTicket kind = "ST-"
	proxyTicket   kind = "PT-"
	grantTicket   kind = "PGT-"
	grantIOU      kind = "PGTIOU-"
	loginEntry    kind = "LT-"
)

// ticketLength is how many letters follow the prefix: 24 of 62 are 142 bits.
const ticketLength = 24

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// newTicket makes a ticket: nothing of the person or of the service is in it.
func newTicket(random io.Reader, k kind) (string, error) {
	out := append(make([]byte, 0, len(k)+ticketLength), k...)
	var b [2 * ticketLength]byte
	for len(out) < len(k)+ticketLength {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", err
		}
		for _, c := range b {
			// Of 256 values 248 are four times 62: the others would make some letters likelier.
			if c < 248 && len(out) < len(k)+ticketLength {
				out = append(out, letters[c%62])
			}
		}
	}
	return string(out), nil
}

// shaped reports whether a text may be a ticket of some kinds.
func shaped(s string, kinds ...kind) bool {
	if len(s) > 256 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	for _, k := range kinds {
		if strings.HasPrefix(s, string(k)) && len(s) > len(k) {
			return true
		}
	}
	return false
}

// keyOf is how a registry names a ticket: whoever reads the registry has no ticket.
func keyOf(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return string(sum[:])
}

// shown is how a log names a ticket. Source: R-CAS-18.
func shown(ticket string) string {
	sum := sha256.Sum256([]byte(ticket))
	return hex.EncodeToString(sum[:4])
}

// grant is what a ticket stands for.
type grant struct {
	// bound is the normal URL of the service, serviceID its registration.
	bound     string
	serviceID string
	account   ent.ID
	session   string
	at        time.Time
	fresh     bool
	remember  bool
	// proxies are the callbacks through which a proxy ticket came, the last one first.
	proxies []string
}

func (g *grant) encode() []byte {
	var flags byte
	if g.fresh {
		flags |= 1
	}
	if g.remember {
		flags |= 2
	}
	b := binary.AppendVarint([]byte{flags}, g.at.UnixMicro())
	for _, s := range append([]string{g.bound, g.serviceID, string(g.account), g.session}, g.proxies...) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

// decodeGrant reads a grant, false for what is none.
func decodeGrant(b []byte) (grant, bool) {
	if len(b) < 2 {
		return grant{}, false
	}
	g := grant{fresh: b[0]&1 != 0, remember: b[0]&2 != 0}
	at, n := binary.Varint(b[1:])
	if n <= 0 {
		return grant{}, false
	}
	g.at = time.UnixMicro(at)
	fields, ok := decodeStrings(b[1+n:])
	if !ok || len(fields) < 4 {
		return grant{}, false
	}
	g.bound, g.serviceID, g.account, g.session, g.proxies = fields[0], fields[1], ent.ID(fields[2]), fields[3], fields[4:]
	return g, true
}

func decodeStrings(b []byte) ([]string, bool) {
	var out []string
	for len(b) > 0 {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return nil, false
		}
		out = append(out, string(b[size:size+int(n)])) //nolint:gosec // compared above
		b = b[size+int(n):]                            //nolint:gosec // idem
	}
	return out, true
}

// visit is an entry of a session: a ticket that was given in it, and who is to be told of its end.
type visit struct{ ticket, address, serviceID string }

func (v *visit) encode() []byte {
	var b []byte
	for _, s := range []string{v.ticket, v.address, v.serviceID} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func decodeVisit(b []byte) (visit, bool) {
	f, ok := decodeStrings(b)
	if !ok || len(f) != 3 {
		return visit{}, false
	}
	return visit{f[0], f[1], f[2]}, true
}
