package saml

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the name of a file, as federations publish it
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/identity"
)

// FeedConfig says where partners are published, and which of them are dealt with.
type FeedConfig struct {
	// URL is where the metadata is published, in https: the aggregate of a federation of MaxMetadata at the most, or the file of
	// one entity.
	URL string
	// Keys are those of the publisher, pinned: several let one succeed another. Allow is what is accepted of it.
	Keys  []crypto.PublicKey
	Allow []Tolerance
	// Unsigned takes metadata that nobody signed, on the word of the server of URL alone.
	Unsigned bool
	// Take says which entities are dealt with, and how. Being in a federation is not enough to be trusted here.
	Take func(e Entity) (Partner, bool)
	// Keep keeps the last good copy from one start to the next; none when nil.
	Keep Keeper
	// Client reads the URL; one that reaches public addresses only when nil.
	Client *http.Client
	// Clock and Logger are time.Now and slog.Default when nil.
	Clock  func() time.Time
	Logger *slog.Logger
}

// Keeper keeps one document, as it was published: it is verified again when it is loaded.
type Keeper interface {
	// Load returns the copy, nil when there is none.
	Load(ctx context.Context) ([]byte, error)
	Save(ctx context.Context, data []byte) error
}

const (
	feedMost  = 6 * time.Hour // between two readings
	feedLeast = 5 * time.Minute
	feedWait  = 30 * time.Second
)

// Feed is a published list of partners that is read again in time. What fails leaves the last good copy, until its end. Safe for
// concurrent use.
type Feed struct {
	c FeedConfig

	mu       sync.RWMutex
	partners map[string]*Partner
	until    time.Time
	cache    time.Duration
	next     time.Time
	etag     string
	failures int
}

var _ Partners = (*Feed)(nil)

// FeedReport is what a reading found.
type FeedReport struct {
	// Entities is how many the document holds, Taken how many of them are dealt with; Added and Removed how many were not there
	// before, and are not there any more: those are not trusted from now on.
	Entities, Taken, Added, Removed int
	// Unchanged says that the server had nothing new.
	Unchanged bool
	// ValidUntil is the end of the document, zero without one; that of one entity may come before, and is judged where the entity
	// is used. Next is when to read it again.
	ValidUntil, Next time.Time
}

// NewFeed returns a feed that holds nothing yet: see [Feed.Refresh] and [Feed.Run]. The error is of CodeSetup.
func NewFeed(c FeedConfig) (*Feed, error) {
	c.Clock = clockOf(c.Clock)
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	if c.Client == nil {
		c.Client = identity.Egress(false)
		c.Client.Timeout = feedWait
	}
	switch {
	case !strings.HasPrefix(c.URL, "https://"):
		return nil, refuseField(CodeSetup, "URL")
	case len(c.Keys) == 0 && !c.Unsigned:
		return nil, refuseField(CodeSetup, "Keys")
	case c.Take == nil:
		return nil, refuseField(CodeSetup, "Take")
	}
	if len(c.Keys) > 0 {
		if err := (&Peer{EntityID: c.URL, Keys: c.Keys, Allow: c.Allow}).check(); err != nil {
			return nil, err
		}
	}
	return &Feed{c: c}, nil
}

// Partner implements [Partners]. Metadata whose end is past is judged where it is used.
func (f *Feed) Partner(_ context.Context, entityID string) (*Partner, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.partners[entityID], nil
}

// Refresh reads the metadata now. With an error the last good copy stays, unless there is a report beside it: what was read is in
// use then, and could not be kept.
func (f *Feed) Refresh(ctx context.Context) (FeedReport, error) {
	data, etag, err := f.fetch(ctx)
	if err == nil && data == nil {
		return f.unchanged(), nil
	}
	var report FeedReport
	if err == nil {
		report, err = f.load(data, etag)
	}
	if err != nil {
		f.failed()
		return FeedReport{}, err
	}
	if f.c.Keep != nil {
		if err := f.c.Keep.Save(ctx, data); err != nil {
			return report, &RefusedError{Code: CodePort, Field: "Keep", cause: err}
		}
	}
	return report, nil
}

// Restore loads the copy that was kept, for a start without network. It does nothing when there is none.
func (f *Feed) Restore(ctx context.Context) (FeedReport, error) {
	if f.c.Keep == nil {
		return FeedReport{}, nil
	}
	data, err := f.c.Keep.Load(ctx)
	if err != nil {
		return FeedReport{}, &RefusedError{Code: CodePort, Field: "Keep", cause: err}
	}
	if data == nil {
		return FeedReport{}, nil
	}
	return f.load(data, "")
}

// Run restores the copy, then reads the metadata whenever it is time, until the context ends.
func (f *Feed) Run(ctx context.Context) {
	if _, err := f.Restore(ctx); err != nil {
		f.c.Logger.WarnContext(ctx, "saml: metadata not restored", slog.String("code", codeOf(err)))
	}
	for ctx.Err() == nil {
		report, err := f.Refresh(ctx)
		if err != nil {
			f.c.Logger.WarnContext(ctx, "saml: metadata not read", slog.String("code", codeOf(err)))
		} else {
			f.c.Logger.InfoContext(ctx, "saml: metadata read", slog.Int("entities", report.Entities), slog.Int("taken", report.Taken),
				slog.Int("added", report.Added), slog.Int("removed", report.Removed))
		}
		timer := time.NewTimer(max(f.Next().Sub(f.c.Clock()), time.Second))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Next is when the metadata is to be read again.
func (f *Feed) Next() time.Time {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.next
}

func codeOf(err error) string {
	if refused, ok := errors.AsType[*RefusedError](err); ok {
		return string(refused.Code)
	}
	return ""
}

// fetch reads the document; nil when it has not changed.
func (f *Feed) fetch(ctx context.Context) (data []byte, etag string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.c.URL, nil)
	if err != nil {
		return nil, "", refuseField(CodeSetup, "URL")
	}
	req.Header.Set("Accept", "application/samlmetadata+xml, application/xml;q=0.5")
	f.mu.RLock()
	known := f.etag
	f.mu.RUnlock()
	if known != "" {
		req.Header.Set("If-None-Match", known)
	}
	res, err := f.c.Client.Do(req)
	if err != nil {
		return nil, "", &RefusedError{Code: CodePort, Field: "URL", cause: err}
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified && known != "":
		return nil, "", nil
	case res.StatusCode == http.StatusOK:
	default:
		return nil, "", refuseField(CodePort, "URL")
	}
	data, err = io.ReadAll(io.LimitReader(res.Body, MaxMetadata+1))
	if err != nil {
		return nil, "", &RefusedError{Code: CodePort, Field: "URL", cause: err}
	}
	return data, res.Header.Get("ETag"), nil
}

// load verifies a document and takes its partners.
func (f *Feed) load(data []byte, etag string) (FeedReport, error) {
	var publisher *Peer
	if len(f.c.Keys) > 0 {
		publisher = &Peer{EntityID: f.c.URL, Keys: f.c.Keys, Allow: f.c.Allow}
	}
	d, err := readDocument(data, publisher)
	if err != nil {
		return FeedReport{}, err
	}
	if len(d.entities) == 0 {
		return FeedReport{}, refuseField(CodeMetadata, "EntityDescriptor")
	}
	now := f.c.Clock()
	// What counts is what the root says: one entity whose end is past, or that wants to be read all the time, is not the others'
	// business.
	report := FeedReport{Entities: len(d.entities), ValidUntil: d.until}
	taken := map[string]*Partner{}
	for _, e := range d.entities {
		if taken[e.ID] != nil {
			return FeedReport{}, refuseField(CodeMetadata, "entityID") // which of the two is meant cannot be known
		}
		if p, ok := f.c.Take(e); ok {
			p.Entity = e
			taken[e.ID] = &p
		}
	}
	if !report.ValidUntil.IsZero() && !now.Before(report.ValidUntil) {
		return FeedReport{}, refuse(CodeRetired)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// An older copy than the one we have would bring back keys that were taken out.
	if now.Before(f.until) && (d.until.IsZero() || d.until.Before(f.until)) {
		return FeedReport{}, refuseField(CodeMetadata, "validUntil")
	}
	for id := range taken {
		if f.partners[id] == nil {
			report.Added++
		}
	}
	for id := range f.partners {
		if taken[id] == nil {
			report.Removed++
		}
	}
	report.Taken = len(taken)
	f.partners, f.until, f.cache, f.etag = taken, d.until, d.cache, etag
	f.read()
	report.Next = f.next
	return report, nil
}

// read says when to read the document again: after its hint or half of what remains of it, whichever is the sooner.
func (f *Feed) read() {
	now, wait := f.c.Clock(), feedMost
	if f.cache > 0 {
		wait = min(wait, f.cache)
	}
	if !f.until.IsZero() {
		wait = min(wait, f.until.Sub(now)/2)
	}
	f.next, f.failures = now.Add(jitter(max(wait, feedLeast))), 0
}

func (f *Feed) unchanged() FeedReport {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.read()
	return FeedReport{Unchanged: true, Taken: len(f.partners), ValidUntil: f.until, Next: f.next}
}

// failed puts the next reading off: five minutes, then twice as long each time, to one hour.
func (f *Feed) failed() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures++
	f.next = f.c.Clock().Add(jitter(min(feedLeast<<min(f.failures-1, 4), time.Hour)))
}

// jitter takes up to a tenth off, so that all the servers of a federation's members do not come at once.
func jitter(d time.Duration) time.Duration {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(d/10)+1))
	if err != nil {
		return d
	}
	return d - time.Duration(n.Int64())
}

// EntityURL is the address of the file of one entity at a federation that publishes a file for each, by the SHA-1 of its ID, as
// RENATER does: "https://metadata.federation.renater.fr/fer/entities/".
func EntityURL(folder, entityID string) string {
	sum := sha1.Sum([]byte(entityID)) //nolint:gosec // a name
	return strings.TrimSuffix(folder, "/") + "/" + hex.EncodeToString(sum[:]) + ".xml"
}
