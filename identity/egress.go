package identity

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Source: R-CAS-18.
const (
	egressTimeout = 5 * time.Second
	egressHeaders = 16 << 10
)

// errPrivate is why an address is not called.
var errPrivate = errors.New("identity: the address is private")

// Egress returns a client that calls partners: without following a redirect, for five seconds at most, and never an address
// of a private network unless allowPrivate says that the partners are there.
func Egress(allowPrivate bool) *http.Client {
	dialer := &net.Dialer{Timeout: egressTimeout}
	if !allowPrivate {
		// After the name was resolved: a name may lead anywhere.
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !public(at.Addr().Unmap()) {
				return errPrivate
			}
			return nil
		}
	}
	return &http.Client{
		Timeout:       egressTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: egressTimeout, ResponseHeaderTimeout: egressTimeout,
			MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: egressHeaders,
		},
	}
}

// special are networks where no partner is: private ones that netip does not call so, and those of IPv6 through which an address of
// IPv4 is reached. Source: the special-purpose address registries of IANA (RFC 6890).
var special = func() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// nat64 is how a network of IPv6 alone reaches the public addresses of IPv4, in the last four bytes.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

func public(a netip.Addr) bool {
	if nat64.Contains(a) {
		b := a.As16()
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}
