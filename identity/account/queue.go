package account

import (
	"context"
	"sync"
	"time"
)

// Queue lets a few goroutines work at once, one by default, and the others wait in the order in which they came. Hashing a
// password takes 20 to 30 ms of a core by design: without a queue, a Monday morning of logins would leave none to those who
// are signed in already. Whoever was let in is served; whoever finds the queue full is told at once.
type Queue struct {
	workers, limit int
	clock          func() time.Time

	mu      sync.Mutex
	running int
	waiting []*Turn
	// cost is a moving average of what one turn takes.
	cost time.Duration
}

const (
	// firstCost is what a turn is thought to take before one has ended.
	firstCost = 25 * time.Millisecond
	// queueLimit is how many may wait: at 25 ms each, the last one waits 50 s.
	queueLimit = 2000
)

// NewQueue returns a queue where workers work at once and limit wait at the most: 1 and 2000 when 0.
func NewQueue(workers, limit int) *Queue {
	if workers <= 0 {
		workers = 1
	}
	if limit <= 0 {
		limit = queueLimit
	}
	return &Queue{workers: workers, limit: limit, clock: time.Now, cost: firstCost}
}

// Turn is a place in a queue. It must be given back by Run or by Leave.
type Turn struct {
	q     *Queue
	ready chan struct{} // closed when the turn has come
	left  bool
}

// Enter takes a place, the last one. It returns CodeQueueFull when too many wait already.
func (q *Queue) Enter() (*Turn, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := &Turn{q: q, ready: make(chan struct{})}
	if q.running < q.workers {
		q.running++
		close(t.ready)
		return t, nil
	}
	if len(q.waiting) >= q.limit {
		return nil, &Error{Code: CodeQueueFull, Wait: q.estimate(len(q.waiting))}
	}
	q.waiting = append(q.waiting, t)
	return t, nil
}

// Position returns how many are before this one, 0 when its turn has come.
func (t *Turn) Position() int {
	select {
	case <-t.ready:
		return 0
	default:
	}
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	return t.q.position(t)
}

func (q *Queue) position(t *Turn) int {
	for i, w := range q.waiting {
		if w == t {
			return i + 1
		}
	}
	return 0
}

// Wait returns about how long this one still waits.
func (t *Turn) Wait() time.Duration {
	n := t.Position()
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	return t.q.estimate(n)
}

// Run waits for its turn, then runs fn and gives the place back. When the context ends first it returns why, and fn does not run. A
// turn that was given back already runs nothing: Run returns CodeSetup.
func (t *Turn) Run(ctx context.Context, fn func()) error {
	if t.over() {
		return failure(CodeSetup)
	}
	select {
	case <-t.ready:
	default:
		select {
		case <-t.ready:
		case <-ctx.Done():
			t.Leave()
			return ctx.Err()
		}
	}
	start := t.q.clock()
	defer func() { t.q.done(t, t.q.clock().Sub(start)) }()
	fn()
	return nil
}

func (t *Turn) over() bool {
	t.q.mu.Lock()
	defer t.q.mu.Unlock()
	return t.left
}

// Leave gives the place back without a run. It does nothing after Run.
func (t *Turn) Leave() { t.q.done(t, -1) }

// done gives a place to the next one.
func (q *Queue) done(t *Turn, took time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if t.left {
		return
	}
	t.left = true
	if took >= 0 {
		q.cost += (took - q.cost) / 8
	}
	if i := q.position(t); i > 0 {
		q.waiting = append(q.waiting[:i-1], q.waiting[i:]...)
		return
	}
	if len(q.waiting) == 0 {
		q.running--
		return
	}
	next := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	close(next.ready)
}

// Do enters, waits and runs fn.
func (q *Queue) Do(ctx context.Context, fn func()) error {
	t, err := q.Enter()
	if err != nil {
		return err
	}
	return t.Run(ctx, fn)
}

// Len returns how many wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// Wait returns about how long somebody who came now would wait, for a page to show before the form is sent.
func (q *Queue) Wait() time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running < q.workers {
		return 0
	}
	return q.estimate(len(q.waiting) + 1)
}

// estimate is how long n turns take.
func (q *Queue) estimate(n int) time.Duration {
	return time.Duration(n) * q.cost / time.Duration(q.workers)
}
