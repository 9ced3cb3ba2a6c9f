package sqldb

import (
	"strings"
	"sync"
	"sync/atomic"
)

const (
	// defaultPrefix keeps the tables apart from those of the vendor.
	defaultPrefix = "ct_"
	// A prefix and a name of ours together have at most 63 bytes: PostgreSQL cuts longer names without a word.
	maxPrefix, maxName, maxSchema = 16, 47, 63
	// cachedTexts bounds the cache of SQL texts, for a caller whose texts are made and not constant.
	cachedTexts = 2048
)

// names turns the names of SQL texts into those of one database.
type names struct {
	schema, prefix string
	texts          sync.Map // text → text
	count          atomic.Int64
}

// table returns the parts of a table's name, unquoted.
func (n *names) table(name string) []string {
	if n.schema == "" {
		return []string{n.prefix + name}
	}
	return []string{n.schema, n.prefix + name}
}

// quoted returns a table's name as it stands in SQL. Names are checked before, so that no quote is in them.
func (n *names) quoted(name string) string {
	return `"` + strings.Join(n.table(name), `"."`) + `"`
}

// sql replaces the tokens of a text. See [DB.SQL].
func (n *names) sql(text string) string {
	if done, ok := n.texts.Load(text); ok {
		return done.(string)
	}
	done := n.replace(text)
	if n.count.Add(1) <= cachedTexts {
		n.texts.Store(text, done)
	}
	return done
}

func (n *names) replace(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 64)
	for i := 0; i < len(text); {
		end := skipped(text, i)
		if end > i { // a literal, a quoted name or a comment stays as it is
			b.WriteString(text[i:end])
			i = end
			continue
		}
		if text[i] == '{' {
			if name, bare, size := token(text[i:]); size > 0 {
				if bare {
					b.WriteString(`"` + n.prefix + name + `"`)
				} else {
					b.WriteString(n.quoted(name))
				}
				i += size
				continue
			}
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}

// skipped returns the end of the literal, quoted name or comment that begins at i; i when none does.
func skipped(text string, i int) int {
	closing := ""
	from := i + 1
	switch {
	case text[i] == '\'' || text[i] == '"':
		closing = text[i : i+1] // a doubled quote reads as two literals side by side, which comes to the same
	case strings.HasPrefix(text[i:], "--"):
		closing = "\n"
	case strings.HasPrefix(text[i:], "/*"):
		closing, from = "*/", i+2
	default:
		return i
	}
	n := strings.Index(text[from:], closing)
	if n < 0 {
		return len(text)
	}
	return from + n + len(closing)
}

// token reads {name} or {#name} at the start of a text; size is 0 when there is none.
func token(text string) (name string, bare bool, size int) {
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return "", false, 0
	}
	name, bare = strings.CutPrefix(text[1:end], "#")
	if !isName(name, maxName) {
		return "", false, 0
	}
	return name, bare, end + 1
}

// isName says whether s is a name that needs no thought in any engine: lower case letters, digits, underscores.
func isName(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || c == '_' || i > 0 && '0' <= c && c <= '9') {
			return false
		}
	}
	return true
}

func areNames(list []string) bool {
	for _, s := range list {
		if !isName(s, maxSchema) {
			return false
		}
	}
	return len(list) > 0
}
