package cas

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// Source: R-CAS-18.
const (
	egressTimeout = 5 * time.Second
	egressBytes   = 16 << 10
)

func (s *Server) egress() *http.Client {
	if s.Egress == nil {
		return defaultEgress
	}
	return s.Egress
}

// defaultEgress keeps connections between calls; nothing of it changes.
var defaultEgress = identity.Egress(false)

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
