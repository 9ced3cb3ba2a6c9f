package saml

import (
	"time"

	"github.com/beevik/etree"
)

// CanonicalForTest returns the canonical form of an element.
func CanonicalForTest(el *etree.Element, inclusive bool, prefixes ...string) []byte {
	return canonical(el, nil, form{inclusive: inclusive, prefixes: prefixes})
}

// ParseForTest parses and checks a document.
func ParseForTest(data []byte) (*etree.Element, error) { return parse(data) }

// DurationForTest reads an xs:duration.
func DurationForTest(s string) (time.Duration, bool) { return duration(s) }

// LenForTest returns how many keys a store holds.
func (m *MemoryReplay) LenForTest() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.keys)
}
