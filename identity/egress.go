package identity

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
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

func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !netip.MustParsePrefix("100.64.0.0/10").Contains(a)
}
