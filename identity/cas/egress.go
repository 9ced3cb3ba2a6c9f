package cas

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Source: R-CAS-18.
const (
	egressTimeout = 5 * time.Second
	egressBytes   = 16 << 10
)

// errPrivate is why an address is not called.
var errPrivate = errors.New("cas: the address is private")

// Egress returns a client that calls services: without following a redirect, for five seconds at most, and never an address
// of a private network unless allowPrivate says that the services are there.
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
			MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: egressBytes,
		},
	}
}

func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !netip.MustParsePrefix("100.64.0.0/10").Contains(a)
}

func (s *Server) egress() *http.Client {
	if s.Egress == nil {
		return defaultEgress
	}
	return s.Egress
}

// defaultEgress keeps connections between calls; nothing of it changes.
var defaultEgress = Egress(false)

func drain(r *http.Response) {
	_, _ = io.CopyN(io.Discard, r.Body, egressBytes)
	_ = r.Body.Close()
}

// deliver calls a proxy callback. Source: CAS protocol 3.0.3, 2.5.4.
func (s *Server) deliver(ctx context.Context, callback, pgt, iou string) error {
	ctx, cancel := context.WithTimeout(ctx, egressTimeout)
	defer cancel()
	sep := "?"
	if strings.Contains(callback, "?") {
		sep = "&"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, callback+sep+url.Values{"pgtId": {pgt}, "pgtIou": {iou}}.Encode(), nil)
	if err != nil {
		return withoutURL(err)
	}
	res, err := s.egress().Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer drain(res)
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("cas: the callback answered %d: %w", res.StatusCode, catalog().New(CodeUpstream, ent.Pos{}, "$"))
	}
	return nil
}

// withoutURL takes the address out of an error: it holds tickets.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("cas: %s: %w", strings.ToLower(u.Op), u.Err)
	}
	return err
}
