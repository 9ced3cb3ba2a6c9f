package directory

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

const (
	// maxPart is how many characters of the first and of the last name a login takes.
	maxPart = 30
	// maxLogin is the length of a login, its number included.
	maxLogin = 64
)

// Login returns the standard login of a name: first name, a dot, last name; without accents, in lower case, ligatures
// written out, with letters, digits and underscores only; 30 characters of each at the most. It returns "" for a name of
// which nothing remains, such as one in another script. A login once given never changes with the name.
func Login(n ent.Name) string {
	first, last := part(n.Given), part(n.Family)
	switch {
	case first == "":
		return last
	case last == "":
		return first
	}
	return first + "." + last
}

func part(s string) string {
	s = strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' {
			return r
		}
		return -1
	}, frtext.Fold(s))
	return s[:min(len(s), maxPart)]
}

// NumberedLogin returns the n-th login of a base: lea.martin, lea.martin2, lea.martin3; 64 characters at the most.
func NumberedLogin(base string, n int) string {
	if n < 2 {
		return base
	}
	suffix := strconv.Itoa(n)
	return base[:min(len(base), maxLogin-len(suffix))] + suffix
}

// Logins gives each person a login that nobody has. The zero value holds none. It is not safe for concurrent use: what
// makes a login unique for good is the database's constraint.
type Logins struct {
	taken map[string]bool
	last  map[string]int
}

// Take marks a login as given, case aside.
func (l *Logins) Take(login string) {
	if l.taken == nil {
		l.taken, l.last = map[string]bool{}, map[string]int{}
	}
	l.taken[strings.ToLower(login)] = true
}

// Propose returns the first free login of a name: lea.martin, lea.martin2, lea.martin3; and marks it as given. A name of
// which nothing remains takes the fallback, an identifier of the person that is not the INE. It returns CodeLogin when
// the fallback gives nothing either.
func (l *Logins) Propose(n ent.Name, fallback ent.ID) (string, error) {
	base := Login(n)
	if base == "" {
		base = part(string(fallback))
	}
	if base == "" {
		return "", fmt.Errorf("directory: %w", CodeLogin)
	}
	login := base
	if l.taken[login] {
		for i := max(2, l.last[base]+1); ; i++ {
			login = NumberedLogin(base, i)
			if !l.taken[login] {
				l.last[base] = i
				break
			}
		}
	}
	l.Take(login)
	return login, nil
}
