package guichet

import (
	"fmt"
	"net/url"
	"strings"
)

// ReturnPolicy says to which hosts a browser may be sent at logout (FrEduUrlRetour). Without it, whoever writes the attribute
// chooses where our users land.
type ReturnPolicy struct {
	// Hosts are names, or "*." and a domain for all that stands under it. *.education.gouv.fr when empty.
	Hosts []string
}

const maxURL = 2048

// Check returns the address when it is absolute, in https, on the usual port and to a host that is listed. It repairs nothing
// and returns CodeReturnURL for anything else.
func (p ReturnPolicy) Check(raw string) (*url.URL, error) {
	refused := fmt.Errorf("guichet: return url: %w", CodeReturnURL)
	for i := range len(raw) {
		if raw[i] <= ' ' || raw[i] >= 0x7f || raw[i] == '\\' {
			return nil, refused
		}
	}
	if raw == "" || len(raw) > maxURL {
		return nil, refused
	}
	u, err := url.Parse(raw)
	// The cause would quote the address.
	if err != nil || u.Scheme != "https" || u.Opaque != "" || u.User != nil || u.Port() != "" && u.Port() != "443" || strings.HasSuffix(u.Host, ":") {
		return nil, refused
	}
	host := strings.ToLower(u.Hostname())
	if !isHost(host) || !p.lists(host) {
		return nil, refused
	}
	return u, nil
}

func (p ReturnPolicy) lists(host string) bool {
	hosts := p.Hosts
	if len(hosts) == 0 {
		hosts = []string{"*.education.gouv.fr"}
	}
	for _, h := range hosts {
		h = strings.ToLower(h)
		if domain, all := strings.CutPrefix(h, "*."); all && strings.HasSuffix(host, "."+domain) || h == host {
			return true
		}
	}
	return false
}

// isHost reports whether a host is labels of letters, digits and hyphens, in lower case, without a dot at its end.
func isHost(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}
