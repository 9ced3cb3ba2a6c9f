package cas

import (
	"net"
	"net/url"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// maxURL bounds the length of a service's URL.
const maxURL = 2048

// Mode says how a registered URL covers those of requests.
type Mode string

// The modes.
const (
	// ModeExact wants the same URL, query included.
	ModeExact Mode = "exact"
	// ModePrefix takes what stands below, at the boundary of a segment; the query is free.
	ModePrefix Mode = "prefix"
	// ModeWildcardHost is ModePrefix where a "*" stands for the first label of the host.
	ModeWildcardHost Mode = "wildcard-host"
	// ModeRegexp is a regular expression (RE2) that must match the whole URL.
	ModeRegexp Mode = "regex"
)

// URLRule is one way of being covered by a registration.
type URLRule struct {
	Mode Mode
	URL  string
	// AllowHTTP lets a URL without TLS be registered: its tickets can be read on the way.
	AllowHTTP bool
	// AnyDot accepts an expression whose host holds a dot that stands for any character.
	AnyDot bool
}

// rule is a URLRule made ready.
type rule struct {
	mode   Mode
	scheme string
	host   string // with the port when it is not the default one; without "*." for a wildcard
	path   string
	query  string
	re     *regexp.Regexp
	http   bool
}

func (r *URLRule) compile() (rule, error) {
	bad := func() (rule, error) { return rule{}, catalog().New(CodeURLRule, ent.Pos{}, "$.url") }
	if r.Mode == ModeRegexp {
		re, err := regexp.Compile(`^(?:` + r.URL + `)$`)
		if err != nil || len(r.URL) > maxURL || !r.AnyDot && openHost(r.URL) {
			return bad()
		}
		return rule{mode: ModeRegexp, re: re, http: r.AllowHTTP}, nil
	}
	text := r.URL
	if r.Mode == ModeWildcardHost {
		if strings.Count(text, "*") != 1 || !strings.Contains(text, "://*.") {
			return bad()
		}
		text = strings.Replace(text, "://*.", "://", 1)
	}
	u, err := parseService(text, r.AllowHTTP)
	if err != nil || u.Fragment != "" || r.Mode != ModeExact && u.RawQuery != "" {
		return bad()
	}
	switch r.Mode {
	case ModeExact, ModePrefix:
	case ModeWildcardHost:
		if strings.Count(u.Hostname(), ".") < 1 {
			return bad() // "*.fr" is half of the world
		}
	case ModeRegexp:
	default:
		return bad()
	}
	return rule{mode: r.Mode, scheme: u.Scheme, host: authority(u), path: pathOf(u), query: u.RawQuery, http: r.AllowHTTP}, nil
}

// openHost reports whether an expression has, before the path, a dot that stands for any character.
func openHost(text string) bool {
	re, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return true
	}
	slashes := 0
	open := false
	var walk func(*syntax.Regexp) bool // false when the path has begun
	walk = func(n *syntax.Regexp) bool {
		switch n.Op {
		case syntax.OpLiteral:
			for _, c := range n.Rune {
				if c == '/' {
					if slashes++; slashes > 2 {
						return false
					}
				}
			}
		case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			open = true
		default:
			for _, sub := range n.Sub {
				if !walk(sub) {
					return false
				}
			}
		}
		return true
	}
	walk(re)
	return open
}

// parseService reads the URL of a service. What is suspect is refused, not repaired: user names, backslashes, spaces and
// control characters, dot segments, all of these encoded too, relative URLs, other schemes, hosts that are not ASCII.
func parseService(s string, allowHTTP bool) (*url.URL, error) {
	refused := catalog().New(CodeServiceURL, ent.Pos{}, "$")
	if s == "" || len(s) > maxURL || strings.ContainsRune(s, '\\') {
		return nil, refused
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return nil, refused
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Opaque != "" || u.Host == "" || u.User != nil || strings.Contains(s, "://@") {
		return nil, refused
	}
	u.Scheme = strings.ToLower(u.Scheme)
	if u.Scheme != "https" && (u.Scheme != "http" || !allowHTTP) {
		return nil, refused
	}
	host := u.Hostname()
	if host == "" || strings.HasSuffix(host, ".") {
		return nil, refused
	}
	for i := range len(host) {
		if host[i] >= 0x80 || strings.IndexByte("%@*", host[i]) >= 0 {
			return nil, refused
		}
	}
	path, err := url.PathUnescape(u.EscapedPath())
	if err != nil {
		return nil, refused
	}
	for i := range len(path) {
		if path[i] < ' ' || path[i] == 0x7f || path[i] == '\\' {
			return nil, refused
		}
	}
	for segment := range strings.SplitSeq(path, "/") {
		segment, _, _ = strings.Cut(segment, ";")
		if segment == "." || segment == ".." {
			return nil, refused
		}
	}
	if q, err := url.QueryUnescape(u.RawQuery); err != nil || strings.ContainsAny(q, "\r\n\x00") {
		return nil, refused
	}
	return u, nil
}

// authority is the host in lower case, with its port unless it is that of the scheme.
func authority(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, port)
}

func pathOf(u *url.URL) string {
	if p := u.EscapedPath(); p != "" {
		return p
	}
	return "/"
}

func (r *rule) covers(raw string, u *url.URL) bool {
	if u.Scheme == "http" && !r.http {
		return false
	}
	if r.mode == ModeRegexp {
		return r.re.MatchString(raw)
	}
	if u.Scheme != r.scheme {
		return false
	}
	host := authority(u)
	switch r.mode {
	case ModeWildcardHost:
		label, rest, _ := strings.Cut(host, ".")
		if label == "" || rest != r.host {
			return false
		}
	default:
		if host != r.host {
			return false
		}
	}
	path := pathOf(u)
	if r.mode == ModeExact {
		return path == r.path && u.RawQuery == r.query
	}
	if !strings.HasPrefix(path, r.path) {
		return false
	}
	return len(path) == len(r.path) || strings.HasSuffix(r.path, "/") || path[len(r.path)] == '/'
}

// normal returns the URL by which a ticket is bound: two URLs of one service give one text. Nothing else is made equal:
// neither the order of parameters, nor a final slash, nor "+" and "%20".
func normal(u *url.URL, fold bool) string {
	out := u.Scheme + "://" + authority(u) + withoutSession(percent(pathOf(u)))
	if u.RawQuery != "" || u.ForceQuery {
		out += "?" + percent(u.RawQuery)
	}
	if fold {
		out = strings.ToLower(out)
	}
	return out
}

// percent writes escapes in capitals, and unreserved characters without one. Source: RFC 3986, 6.2.2.
func percent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' || i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			b.WriteByte(s[i])
			continue
		}
		c := unhex(s[i+1])<<4 | unhex(s[i+2])
		if unreserved(c) {
			b.WriteByte(c)
		} else {
			b.WriteString(strings.ToUpper(s[i : i+3]))
		}
		i += 2
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// withoutSession takes the session of a Java server out of a path: it is not part of the service's name.
func withoutSession(path string) string {
	const name = ";jsessionid="
	for {
		i := strings.Index(strings.ToLower(path), name)
		if i < 0 {
			return path
		}
		end := len(path)
		if n := strings.IndexAny(path[i+1:], ";/"); n >= 0 {
			end = i + 1 + n
		}
		path = path[:i] + path[end:]
	}
}
