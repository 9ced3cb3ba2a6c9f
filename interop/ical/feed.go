package ical

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Feed serves agendas to calendar clients: one secret address for each, which its holder can revoke. The token of the address is
// the path value "token" (mount it at "/agenda/{token}"; ".ics" after it is cut), else the query parameter of that name.
//
// A client that has the current version is told so (304), and no lesson is asked for. The answer to an unknown token and to a
// revoked one is the same. Compression is left to the caller. It is safe for concurrent use when its functions are.
type Feed struct {
	// Version says which version of the agenda a token opens, and since when. It is asked first, each time, and should cost little:
	// a counter that each change of a lesson raises. It returns CodeUnknownFeed for an unknown or revoked token, found in constant
	// time. A zero time leaves Last-Modified out. It must be given.
	Version func(ctx context.Context, token string) (version string, modified time.Time, err error)
	// Agenda returns what a token opens, when a client wants it. It must be given.
	Agenda func(ctx context.Context, token string) (*Agenda, error)
	// Token takes the token out of a request, where it is not where said above.
	Token func(*http.Request) string
	// Logger is told of failures and of refused lessons, never of a token; nil is silent.
	Logger *slog.Logger
}

// layout changes with the bytes that the same lessons make, so that clients ask again.
const layout = "cartable.ical/1"

// ServeHTTP answers GET and HEAD.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Referrer-Policy", "no-referrer") // the address is the secret
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	token := f.token(r)
	if token == "" {
		http.NotFound(w, r)
		return
	}
	version, modified, err := f.Version(r.Context(), token)
	if err != nil {
		f.fail(w, r, token, err)
		return
	}
	sum := sha256.Sum256([]byte(layout + "\x00" + version))
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h.Set("ETag", tag)
	if !modified.IsZero() {
		h.Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	if fresh(r, tag, modified) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodHead {
		h.Set("Content-Type", contentType)
		return
	}
	b, err := f.render(r, token)
	if err != nil {
		f.fail(w, r, token, err)
		return
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, _ = w.Write(b) // a client that is gone needs no answer
}

const contentType = "text/calendar; charset=utf-8"

func (f *Feed) token(r *http.Request) string {
	if f.Token != nil {
		return f.Token(r)
	}
	if t := r.PathValue("token"); t != "" {
		return strings.TrimSuffix(t, ".ics")
	}
	return r.URL.Query().Get("token")
}

func (f *Feed) render(r *http.Request, token string) ([]byte, error) {
	a, err := f.Agenda(r.Context(), token)
	if err != nil {
		return nil, err
	}
	c, report, err := a.Calendar()
	if err != nil {
		return nil, err
	}
	if n := report.Total().Refused; n > 0 && f.Logger != nil {
		f.Logger.WarnContext(r.Context(), "ical: lessons refused", slog.Int64("count", n), slog.Any("codes", report.Codes()))
	}
	return c.append(make([]byte, 0, 64<<10))
}

// fail answers an error. What went wrong is logged, without the token.
func (f *Feed) fail(w http.ResponseWriter, r *http.Request, token string, err error) {
	w.Header().Del("ETag")
	w.Header().Del("Last-Modified")
	if errors.Is(err, CodeUnknownFeed) {
		http.NotFound(w, r)
		return
	}
	if f.Logger != nil && r.Context().Err() == nil {
		f.Logger.ErrorContext(r.Context(), "ical: feed", slog.String("error", strings.ReplaceAll(err.Error(), token, "…")))
	}
	http.Error(w, "internal error", http.StatusInternalServerError)
}

// fresh reports whether the client has the current version (RFC 9110, 13.2.2): its ETag counts before its date.
func fresh(r *http.Request, tag string, modified time.Time) bool {
	if list := r.Header.Values("If-None-Match"); len(list) > 0 {
		for part := range strings.SplitSeq(strings.Join(list, ","), ",") {
			part = strings.TrimSpace(part)
			if part == "*" || strings.TrimPrefix(part, "W/") == tag {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !modified.IsZero() && !modified.Truncate(time.Second).After(since)
}
