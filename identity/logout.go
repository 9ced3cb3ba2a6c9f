package identity

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Ended is what partners learned of the end of a session.
type Ended struct {
	// Visits is how many times partners had been signed in to. Told and Failed are how many partners learned of the end, and could
	// not be told.
	Visits, Told, Failed int
	// Front are addresses that the browser must open, for partners that are told by it. They hold what ends the session there.
	Front []string
}

// LogValue shows how many there were.
func (e Ended) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("visits", e.Visits), slog.Int("told", e.Told), slog.Int("failed", e.Failed), slog.Int("front", len(e.Front)))
}

// String shows what LogValue does: an address holds what ends a session.
func (e Ended) String() string { return e.LogValue().String() }

// GoString is String.
func (e Ended) GoString() string { return e.String() }

// With adds the end of other visits.
func (e Ended) With(o Ended) Ended {
	return Ended{e.Visits + o.Visits, e.Told + o.Told, e.Failed + o.Failed, append(append([]string(nil), e.Front...), o.Front...)}
}

// logoutBudget is how long partners may take in all; each protocol bounds its own calls below that.
const logoutBudget = 6 * time.Second

// Logout ends a session everywhere: the partners in parallel, then the caller's own session, whatever became of the partners. The
// portal that the person came from is last, by the browser: see saml.SP.Logout.
type Logout struct {
	// Partners tell those that were signed in to: cas.Server.EndSession, saml.IDP.EndSession.
	Partners []func(ctx context.Context, session string) Ended
	// Local ends the caller's own session.
	Local func(ctx context.Context, session string) error
	// Budget is how long partners are waited for, 6 seconds when zero.
	Budget time.Duration
}

// LogoutReport is what a logout did.
type LogoutReport struct {
	Ended
	// Late is how many of Logout.Partners did not come back in time. They go on behind.
	Late int
	// LocalEnded says that the caller's own session is over: when it is not, nothing may be shown as if it were.
	LocalEnded bool
}

// LogValue shows the counts.
func (r LogoutReport) LogValue() slog.Value {
	return slog.GroupValue(slog.Any("partners", r.Ended), slog.Int("late", r.Late), slog.Bool("local", r.LocalEnded))
}

// String shows what LogValue does.
func (r LogoutReport) String() string {
	return fmt.Sprint("partners=", r.Ended, " late=", r.Late, " local=", r.LocalEnded)
}

// GoString is String.
func (r LogoutReport) GoString() string { return r.String() }

// Complete reports whether everybody learned of the end, but for those that the browser tells.
func (r LogoutReport) Complete() bool { return r.LocalEnded && r.Late == 0 && r.Failed == 0 }

// End ends a session. It does not stop when the request does: the browser may have left. The error is that of Local, and the
// report is whole beside it.
func (l Logout) End(ctx context.Context, session string) (LogoutReport, error) {
	ctx = context.WithoutCancel(ctx)
	budget := l.Budget
	if budget == 0 {
		budget = logoutBudget
	}
	var mu sync.Mutex
	var out LogoutReport
	out.Late = len(l.Partners)
	var wait sync.WaitGroup
	for _, tell := range l.Partners {
		wait.Go(func() {
			defer func() {
				// A partner's part that breaks must not keep the person signed in here; it counts as late.
				_ = recover()
			}()
			ended := tell(ctx, session)
			mu.Lock()
			defer mu.Unlock()
			out.Ended, out.Late = out.With(ended), out.Late-1
		})
	}
	done := make(chan struct{})
	go func() {
		wait.Wait()
		close(done)
	}()
	timer := time.NewTimer(budget)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
	mu.Lock()
	report := out
	mu.Unlock()
	if l.Local == nil {
		return report, errors.New("identity: no local session to end")
	}
	if err := l.Local(ctx, session); err != nil {
		return report, fmt.Errorf("identity: local session: %w", err)
	}
	report.LocalEnded = true
	return report, nil
}
