package apiparticulier

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// The addresses of the service.
const (
	Production = "https://particulier.api.gouv.fr"
	Sandbox    = "https://staging.particulier.api.gouv.fr"
)

// What a Client does when its fields are zero.
const (
	DefaultTimeout       = 5 * time.Second
	DefaultRetries       = 2
	DefaultRatePerSecond = 20
	// PerMinute is what the service takes from one address in a minute; every Client keeps to it.
	PerMinute = 1000
	// MaxWait is the longest time that a call waits between two attempts. When the server asks for more, the call ends
	// with CallError.RetryAfter.
	MaxWait = time.Minute
)

// Client calls API Particulier. Its zero fields have defaults, but BaseURL, Token and Recipient, which are required. Use
// it by pointer, one for the program: it holds the rate limit. It is safe for concurrent use once it is set up.
type Client struct {
	// BaseURL is Production or Sandbox. Plain http is accepted for this machine only.
	BaseURL string
	// HTTP carries the calls. Its redirects are refused and its cookies not used.
	HTTP *http.Client
	// Token returns the token of the habilitation, at each call: it is renewed outside of here. It goes into a header only.
	Token func(ctx context.Context) (string, error)
	// Recipient is the SIRET of the public body that uses the data, not that of its supplier.
	Recipient ent.SIRET
	// Clock returns the time, time.Now by default; Sleep waits, and returns the error of a context that ends before.
	Clock func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	// Logger is told of each attempt, without anything of the person; nil is silent.
	Logger *slog.Logger
	// Timeout bounds each attempt.
	Timeout time.Duration
	// Retries is how many times a call is tried again, DefaultRetries when it is 0; a negative number is never.
	Retries int
	// RatePerSecond bounds the calls with one token.
	RatePerSecond int
	// NoCache asks the service not to answer from its cache.
	NoCache bool

	mu     sync.Mutex
	next   map[[sha256.Size]byte]time.Time // when each token may be used again, by its hash
	recent []time.Time                     // the calls of the last minute
	until  time.Time                       // no call before, as the server said
}

// LogValue shows the address only, and none that would be refused: it may hold a password.
func (c *Client) LogValue() slog.Value {
	base, ok := c.base()
	if !ok {
		base = "?"
	}
	return slog.GroupValue(slog.String("baseURL", base))
}

// ByIdentity asks for the quotient and the composition of a family by the identity of the holder of the file, for a
// month; a zero month is the current one. It returns the issues of Identity.Check joined, or a *CallError.
func (c *Client) ByIdentity(ctx context.Context, i Identity, month ent.Month) (Answer, error) {
	return c.byIdentity(ctx, KindQuotient, i, month, c.Recipient)
}

// ByFranceConnect asks the same with the access token that the person got from FranceConnect.
func (c *Client) ByFranceConnect(ctx context.Context, token string, month ent.Month) (Answer, error) {
	return c.byFranceConnect(ctx, KindQuotient, token, month)
}

// EAJEByIdentity asks for what the price of a nursery is computed from; that call knows no month.
func (c *Client) EAJEByIdentity(ctx context.Context, i Identity) (Answer, error) {
	return c.byIdentity(ctx, KindEAJE, i, ent.Month{}, c.Recipient)
}

// EAJEByFranceConnect asks the same with the access token that the person got from FranceConnect.
func (c *Client) EAJEByFranceConnect(ctx context.Context, token string) (Answer, error) {
	return c.byFranceConnect(ctx, KindEAJE, token, ent.Month{})
}

func (c *Client) byIdentity(ctx context.Context, kind Kind, i Identity, month ent.Month, recipient ent.SIRET) (Answer, error) {
	issues := c.check(month, recipient)
	issues = append(issues, i.Check()...)
	if c.Token == nil {
		issues = append(issues, fieldIssue(CodeSetup, "$.Token", "Token"))
	}
	if err := issues.Err(); err != nil {
		return Answer{}, fmt.Errorf("apiparticulier: %w", err)
	}
	return c.call(ctx, request{kind: kind, path: "identite", values: i.values(), month: month, recipient: recipient, token: c.Token})
}

func (c *Client) byFranceConnect(ctx context.Context, kind Kind, token string, month ent.Month) (Answer, error) {
	if err := c.check(month, c.Recipient).Err(); err != nil {
		return Answer{}, fmt.Errorf("apiparticulier: %w", err)
	}
	return c.call(ctx, request{
		kind: kind, path: "france_connect", values: url.Values{}, month: month, recipient: c.Recipient,
		token: func(context.Context) (string, error) { return token, nil },
	})
}

// check returns what is wrong with the client and the month.
func (c *Client) check(month ent.Month, recipient ent.SIRET) ent.Issues {
	var out checks
	if _, ok := c.base(); !ok {
		out.add(CodeSetup, "BaseURL")
	}
	switch {
	case recipient == "":
		out.add(CodeRequired, "recipient")
	case !recipient.Valid():
		out.add(CodeShape, "recipient")
	}
	out.month(month, c.now())
	return out.issues
}

// base returns the address without its last slash: https, or http on this machine.
func (c *Client) base() (string, bool) {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", false
	}
	host := u.Hostname()
	local := host == "localhost" || host == "127.0.0.1" || host == "::1"
	return strings.TrimSuffix(c.BaseURL, "/"), u.Scheme == "https" || u.Scheme == "http" && local
}

func (c *Client) now() time.Time {
	if c.Clock != nil {
		return c.Clock()
	}
	return time.Now()
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// request is a call that has been checked.
type request struct {
	kind      Kind
	path      string
	values    url.Values
	month     ent.Month
	recipient ent.SIRET
	token     func(context.Context) (string, error)
}

func (r request) url(base string) string {
	what := "quotient_familial"
	if r.kind == KindEAJE {
		what = "participation_familiale_eaje"
	}
	r.values.Set("recipient", string(r.recipient))
	if !r.month.IsZero() {
		r.values.Set("annee", strconv.Itoa(int(r.month.Year)))
		r.values.Set("mois", strconv.Itoa(int(r.month.Month)))
	}
	return base + "/v3/dss/" + what + "/" + r.path + "?" + r.values.Encode()
}

// call tries until an answer, an error that stays, or the last attempt.
func (c *Client) call(ctx context.Context, r request) (Answer, error) {
	base, _ := c.base()
	target := r.url(base)
	for attempt := 1; ; attempt++ {
		a, err := c.attempt(ctx, r, target, attempt)
		if err == nil {
			return a, nil
		}
		var failed *CallError
		if !errors.As(err, &failed) {
			return Answer{}, err
		}
		wait, again := c.backOff(failed, attempt)
		if !again {
			return Answer{}, err
		}
		if err := c.sleep(ctx, wait); err != nil {
			return Answer{}, fmt.Errorf("apiparticulier: %w", err)
		}
	}
}

// backOff returns how long to wait before another attempt, and whether there is one: 1, 2, 4 s…, or what the server asks
// for. A 429 that does not say how long is not tried again: to insist gets the address banned.
func (c *Client) backOff(e *CallError, attempt int) (time.Duration, bool) {
	retries := c.Retries
	if retries == 0 {
		retries = DefaultRetries
	}
	if !e.Temporary() || e.Status == 0 && e.Code == CodeRate || attempt > retries {
		return 0, false
	}
	wait := e.RetryAfter
	if wait == 0 {
		if e.Status == http.StatusTooManyRequests {
			return 0, false
		}
		wait = time.Second << min(attempt-1, 6)
	}
	return wait, wait <= MaxWait
}

// attempt is one exchange with the server.
func (c *Client) attempt(ctx context.Context, r request, target string, n int) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, fmt.Errorf("apiparticulier: %w", err)
	}
	token, err := r.token(ctx)
	if err != nil || !isToken(token) {
		return Answer{}, &CallError{Code: CodeToken, Situation: SituationToken, cause: err}
	}
	wait := c.reserve(token)
	if wait > MaxWait {
		return Answer{}, &CallError{Code: CodeRate, Situation: SituationWait, RetryAfter: wait}
	}
	if err := c.sleep(ctx, wait); err != nil {
		return Answer{}, fmt.Errorf("apiparticulier: %w", err)
	}
	start := c.now()
	a, err := c.exchange(ctx, r.kind, target, token)
	if c.Logger != nil {
		attrs := []slog.Attr{
			slog.String("kind", string(r.kind)), slog.String("access", r.path), slog.Int("attempt", n),
			slog.Duration("elapsed", c.now().Sub(start)),
		}
		if failed, ok := errors.AsType[*CallError](err); ok {
			attrs = append(attrs, slog.String("code", string(failed.Code)), slog.Int("status", failed.Status),
				slog.String("apiCode", failed.APICode), slog.Duration("retryAfter", failed.RetryAfter))
		}
		c.Logger.LogAttrs(ctx, slog.LevelInfo, "apiparticulier: call", attrs...)
	}
	return a, err
}

// isToken reports whether a token can stand in a header.
func isToken(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// reserve books the next moment at which the token may be used, and returns how far it is.
func (c *Client) reserve(token string) time.Duration {
	rate := c.RatePerSecond
	if rate <= 0 {
		rate = DefaultRatePerSecond
	}
	now, key := c.now(), sha256.Sum256([]byte(token))
	c.mu.Lock()
	defer c.mu.Unlock()
	at := now
	later := func(t time.Time) {
		if t.After(at) {
			at = t
		}
	}
	later(c.until)
	later(c.next[key])
	if n := len(c.recent); n >= PerMinute {
		later(c.recent[n-PerMinute].Add(time.Minute))
	}
	if wait := at.Sub(now); wait > MaxWait {
		return wait // nothing is booked: the call ends here
	}
	for k, t := range c.next {
		if !t.After(now) {
			delete(c.next, k)
		}
	}
	if c.next == nil {
		c.next = map[[sha256.Size]byte]time.Time{}
	}
	c.next[key] = at.Add(time.Second / time.Duration(rate))
	i, _ := slices.BinarySearchFunc(c.recent, at, time.Time.Compare)
	c.recent = slices.Insert(c.recent, i, at)
	if len(c.recent) > 2*PerMinute {
		c.recent = slices.Delete(c.recent, 0, len(c.recent)-PerMinute)
	}
	return at.Sub(now)
}

// hold stops every call of the client for a time.
func (c *Client) hold(d time.Duration) {
	until := c.now().Add(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	if until.After(c.until) {
		c.until = until
	}
}

func (c *Client) exchange(ctx context.Context, kind Kind, target, token string) (Answer, error) {
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	inner, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(inner, http.MethodGet, target, http.NoBody)
	if err != nil {
		return Answer{}, &CallError{Code: CodeSetup, Situation: SituationSetup, Field: "BaseURL"}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/json")
	if c.NoCache {
		req.Header.Set("Cache-Control", "no-cache")
	}
	client := http.Client{}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.Jar = nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		return Answer{}, unreachable(ctx, inner)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxBody+1))
	if err != nil {
		return Answer{}, unreachable(ctx, inner)
	}
	if res.StatusCode != http.StatusOK {
		e := DecodeError(kind, res.StatusCode, body)
		if d := retryAfter(res.Header.Get("Retry-After"), c.now()); d > 0 {
			e.RetryAfter = d
		}
		if e.Status == http.StatusTooManyRequests {
			c.hold(max(e.RetryAfter, time.Second))
		}
		return Answer{}, e
	}
	a, err := Decode(kind, body)
	if err != nil {
		return Answer{}, &CallError{Code: CodeAnswer, Situation: SituationSetup, Status: res.StatusCode, cause: err}
	}
	a.Cache, a.Limits = headers(res.Header)
	return a, nil
}

// unreachable returns the error of an exchange that failed. The error of net/http is left out: it holds the address, and
// so the identity. The caller's own context is the cause when it ended.
func unreachable(ctx, inner context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("apiparticulier: %w", err)
	}
	if err := inner.Err(); err != nil {
		return &CallError{Code: CodeTimeout, Situation: SituationLater, cause: err}
	}
	return &CallError{Code: CodeNetwork, Situation: SituationLater}
}

// retryAfter reads the header: seconds, or a date.
func retryAfter(s string, now time.Time) time.Duration {
	if d := seconds(s); d > 0 {
		return d
	}
	if at, err := http.ParseTime(s); err == nil && at.After(now) {
		return min(at.Sub(now), maxWait)
	}
	return 0
}

func headers(h http.Header) (Cache, Limits) {
	var cache Cache
	if yes, err := strconv.ParseBool(h.Get("X-Response-Cached")); err == nil {
		cache.Cached = &yes
	}
	cache.ExpiresIn = seconds(h.Get("X-Cache-Expires-in"))
	limits := Limits{Limit: -1, Remaining: -1}
	if n, ok := digits(h.Get("RateLimit-Limit")); ok {
		limits.Limit = n
	}
	if n, ok := digits(h.Get("RateLimit-Remaining")); ok {
		limits.Remaining = n
	}
	if n, err := strconv.ParseInt(h.Get("RateLimit-Reset"), 10, 64); err == nil && n > 0 && n < 1<<40 {
		limits.Reset = time.Unix(n, 0).UTC()
	}
	return cache, limits
}

// Source is the quotient.Source of a Client.
type Source struct {
	Client *Client
	// Identity returns the civil identity of a person: a directory does not hold the birthplace, nor always the sex.
	Identity func(ctx context.Context, p ent.Person) (Identity, error)
}

var _ quotient.Source = Source{}

// Quotient returns the quotient of a person and month. A month that is too old, or another one than was asked for, is a
// *quotient.NotFoundError like an absent file. The request's Recipient, when it has one, replaces the client's.
func (s Source) Quotient(ctx context.Context, r quotient.Request) (quotient.Quotient, error) {
	if err := ctx.Err(); err != nil {
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", err)
	}
	if s.Client == nil || s.Identity == nil {
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", fieldIssue(CodeSetup, "$.Identity", "Identity"))
	}
	if !r.Month.IsZero() && tooOld(r.Month, s.Client.now()) {
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", &quotient.NotFoundError{Situation: quotient.SituationMonth})
	}
	who, err := s.Identity(ctx, r.Person)
	if err != nil {
		return quotient.Quotient{}, err
	}
	recipient := s.Client.Recipient
	if r.Recipient != "" {
		recipient = r.Recipient
	}
	a, err := s.Client.byIdentity(ctx, KindQuotient, who, r.Month, recipient)
	if err != nil {
		return quotient.Quotient{}, err
	}
	q, err := a.AsQuotient()
	if err != nil {
		return quotient.Quotient{}, err
	}
	if !r.Month.IsZero() && q.Month != r.Month {
		return quotient.Quotient{}, fmt.Errorf("apiparticulier: %w", &quotient.NotFoundError{Situation: quotient.SituationMonth})
	}
	return q, nil
}
