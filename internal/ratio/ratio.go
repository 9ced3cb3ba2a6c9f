//go:build unix

// Package ratio compares two pieces of work in one run: they alternate, and the best of each counts, by user CPU time of
// this process or of a child.
package ratio

import (
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// Rounds is how many times each side runs.
const Rounds = 5

// Work does something and returns the time it took.
type Work func() (time.Duration, error)

// CPU measures a function by the user CPU time of the process, garbage collection included.
func CPU(f func()) Work {
	return func() (time.Duration, error) {
		before, err := self()
		if err != nil {
			return 0, err
		}
		f()
		after, err := self()
		return after - before, err
	}
}

func self() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, fmt.Errorf("ratio: %w", err)
	}
	return time.Duration(u.Utime.Nano()), nil
}

// Wall measures a function by the clock.
func Wall(f func()) Work {
	return func() (time.Duration, error) {
		start := time.Now()
		f()
		return time.Since(start), nil
	}
}

// Usage is what a child process used.
type Usage struct {
	User, Wall time.Duration
	// Peak is the most memory it held, in bytes.
	Peak int64
}

// Child runs a command to its end.
func Child(name string, env []string, args ...string) (Usage, error) {
	c := exec.Command(name, args...)
	c.Env = env
	start := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		return Usage{}, fmt.Errorf("ratio: %s: %w: %s", name, err, out)
	}
	u := Usage{User: c.ProcessState.UserTime(), Wall: time.Since(start)}
	if r, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = r.Maxrss << 10
	}
	return u, nil
}

// Best alternates both sides and returns the best time of each.
func Best(base, ours Work) (bestBase, bestOurs time.Duration, err error) {
	for range Rounds {
		b, err := base()
		if err != nil {
			return 0, 0, err
		}
		o, err := ours()
		if err != nil {
			return 0, 0, err
		}
		if bestBase == 0 || b < bestBase {
			bestBase = b
		}
		if bestOurs == 0 || o < bestOurs {
			bestOurs = o
		}
	}
	return bestBase, bestOurs, nil
}
