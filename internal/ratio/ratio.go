//go:build unix

// Package ratio compares two pieces of work in one run: they alternate, and the best of each counts, by user CPU time of
// this process or of a child.
package ratio

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
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
	// Peak is the most memory it held, in bytes, when the child wrote it with WritePeak: what the system says of a child
	// counts the memory of its parent at the fork.
	Peak int64
}

// WritePeak writes the most memory this process has held, for Child to read. It writes nothing where the system does not
// tell.
func WritePeak(w io.Writer) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil // only Linux has it
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM:") {
			_, err := io.WriteString(w, line)
			return err
		}
	}
	return nil
}

// Child runs a command to its end.
func Child(name string, env []string, args ...string) (Usage, error) {
	_, u, err := ChildOutput(name, env, args...)
	return u, err
}

// ChildOutput does so and returns what the command wrote.
func ChildOutput(name string, env []string, args ...string) (string, Usage, error) {
	c := exec.Command(name, args...)
	c.Env = env
	start := time.Now()
	out, err := c.CombinedOutput()
	if err != nil {
		return "", Usage{}, fmt.Errorf("ratio: %s: %w: %s", name, err, out)
	}
	u := Usage{User: c.ProcessState.UserTime(), Wall: time.Since(start)}
	var kib int64
	for line := range strings.Lines(string(out)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			u.Peak = kib << 10
		}
	}
	return string(out), u, nil
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
