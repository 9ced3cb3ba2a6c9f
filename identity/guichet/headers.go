package guichet

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Headers reads the identity that an agent in front of the application writes in HTTP headers: the ClearTrust agent of the
// académies, or the Shibboleth module of a web server. Anybody can write a header, so they are read from the listed proxies
// only, and the zero value reads nothing.
type Headers struct {
	// Proxies are the addresses of the agents, as the application sees them.
	Proxies []netip.Prefix
	// Names are the headers read; those of ClearTrustHeaders when nil.
	Names []string
	// Semicolon says that several values are joined as Shibboleth does, with ";". ClearTrust writes ",".
	Semicolon bool
}

// ClearTrustHeaders returns the headers of a ClearTrust agent that are worth reading. employeeNumber, the NUMEN, is not
// among them: it is a secret. Source: a public ClearTrust bundle of the académie de Toulouse.
func ClearTrustHeaders() []string {
	return []string{
		"ct-remote-user", "cn", "ctln", "ctfn", "ctemail", "rne", "typensi", "title", "grade", "codaca",
		"FrEduFonctAdm", "ctgrps", "FrEduResDel", "FrEduGestResp", "FrEduRne", "FrEduRneResp", "FrEduVecteur",
	}
}

// isText reports whether a header holds one text, in which a comma is a comma.
func isText(name string) bool {
	return slices.Contains([]string{"ct-remote-user", "cn", "ctln", "ctfn", "title", "grade"}, strings.ToLower(name))
}

// Read returns the attributes of a request that came from remote, an address with its port (http.Request.RemoteAddr). It
// returns CodeProxy when it is not a listed proxy, CodeHeaderTwice when a header stands twice, since one of the two may be the
// browser's, or CodeLimit. X, which means no value, is left out.
func (h Headers) Read(remote string, header http.Header) (Attributes, error) {
	from, err := netip.ParseAddrPort(remote)
	if err != nil || !slices.ContainsFunc(h.Proxies, func(p netip.Prefix) bool { return p.Contains(from.Addr().Unmap().WithZone("")) }) {
		return nil, fmt.Errorf("guichet: headers: %w", CodeProxy)
	}
	names := h.Names
	if names == nil {
		names = ClearTrustHeaders()
	}
	var out Attributes
	for _, name := range names {
		lines := header.Values(name)
		switch {
		case len(lines) == 0:
			continue
		case len(lines) > 1:
			return nil, fmt.Errorf("guichet: headers: %w", fieldIssue(CodeHeaderTwice, ent.Field(name)))
		case len(lines[0]) > maxValue*maxValues:
			return nil, fmt.Errorf("guichet: headers: %w", CodeLimit)
		}
		var values []string
		for _, v := range h.split(name, lines[0]) {
			if !isNone(v) {
				values = append(values, strings.TrimSpace(v))
			}
		}
		if err := tooMany(values); err != nil {
			return nil, err
		}
		if len(values) > 0 {
			out = append(out, Attribute{Name: name, Values: values})
		}
	}
	return out, nil
}

func (h Headers) split(name, line string) []string {
	switch {
	case h.Semicolon:
		return SplitJoined(line)
	case isText(name):
		return []string{line}
	}
	return strings.Split(line, ",")
}
