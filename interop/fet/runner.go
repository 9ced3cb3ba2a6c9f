package fet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Runner runs the command line of FET, fet-cl, each time in a folder of its own, which it removes. It needs no display. Its methods
// may be called at once.
type Runner struct {
	// Path is that of fet-cl.
	Path string
	// Dir is where the folders are made: the system's own for temporary files when empty.
	Dir string
}

// SolveOptions say how FET searches.
type SolveOptions struct {
	// Seconds bound the search: 60 when 0.
	Seconds int
	// Seeds are the six of FET, 10, 11, 12, 20, 21 and 22 when all are 0. The same problem, seeds and version of FET give the same
	// timetable, when the time is enough.
	Seeds [6]uint32
	// OnProgress is called as more activities are placed, from the goroutine of Solve.
	OnProgress func(Progress)
	// Grace is how long FET may take to write what it has once it is told to stop: 5 seconds when 0.
	Grace time.Duration
}

// Progress is how many of the activities FET has placed at once.
type Progress struct{ Placed, Total int }

// Outcome is how a search ended.
type Outcome string

// The outcomes.
const (
	OutcomeSuccess     Outcome = "success"
	OutcomeTime        Outcome = "time exceeded"
	OutcomeInterrupted Outcome = "interrupted"
)

// Label returns the outcome in words.
func (o Outcome) Label(lang ent.Lang) string {
	labels := map[Outcome]ent.Label{
		OutcomeSuccess: {FR: "réussi", EN: "successful"}, OutcomeTime: {FR: "temps dépassé", EN: "time exceeded"},
		OutcomeInterrupted: {FR: "interrompu", EN: "interrupted"},
	}
	if l, ok := labels[o]; ok {
		return l.In(lang)
	}
	return string(o)
}

// Result is what FET found.
type Result struct {
	Outcome Outcome
	// Complete says that every activity is placed. Otherwise the solution is the best that FET had, with activities left out.
	Complete bool
	// Ignored counts the fields that FET did not recognize, and left out: constraints of other versions. See CodeIgnored.
	Ignored  int
	Solution *Solution
	Report   *ent.Report
}

const (
	// The names of files are ours: nothing of the problem is in them.
	problemName = "problem"
	pollEvery   = 200 * time.Millisecond
	maxLog      = 1 << 20
)

// Solve has FET search a problem. What became of it is what FET writes in logs/result.txt, never its exit status. When the time is
// over the result is not complete. When the context is done, FET is told to stop, then stopped: the result is what it had written,
// nil for nothing, beside the error of the context. Other errors are CodeProblem (see Write), CodeRun and CodeRefused.
func (r Runner) Solve(ctx context.Context, p *Problem, o SolveOptions) (*Result, error) {
	dir, err := os.MkdirTemp(r.Dir, "fet-")
	if err != nil {
		return nil, fmt.Errorf("fet: %w: %w", CodeRun, err)
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, fmt.Errorf("fet: %w: %w", CodeRun, err)
	}
	if err := save(filepath.Join(dir, problemName+".fet"), p); err != nil {
		return nil, err
	}
	runErr := r.run(ctx, dir, p, o)
	result, err := collect(dir, p)
	if ctx.Err() != nil {
		return result, fmt.Errorf("fet: %w", context.Cause(ctx))
	}
	if err != nil {
		return nil, errors.Join(err, runErr)
	}
	return result, nil
}

func save(name string, p *Problem) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("fet: %w: %w", CodeRun, err)
	}
	if err := Write(f, p); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("fet: %w: %w", CodeRun, err)
	}
	return nil
}

// run runs FET until it ends, and tells of its progress.
func (r Runner) run(ctx context.Context, dir string, p *Problem, o SolveOptions) error {
	cmd := exec.CommandContext(ctx, r.Path, arguments(dir, o)...)
	cmd.Dir = dir
	// FET keeps settings at home: ours is the folder. What it prints holds names of the problem, and is left.
	cmd.Env = []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "QT_QPA_PLATFORM=offscreen", "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = o.Grace
	if o.Grace == 0 {
		cmd.WaitDelay = 5 * time.Second
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("fet: %w: %w", CodeRun, err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	seen := progress{p: p, o: o, name: filepath.Join(dir, "logs", "max_placed_activities.txt")}
	for {
		select {
		case err := <-done:
			seen.look()
			return err
		case <-tick.C:
			seen.look()
		}
	}
}

func arguments(dir string, o SolveOptions) []string {
	if o.Seconds == 0 {
		o.Seconds = 60
	}
	if o.Seeds == [6]uint32{} {
		o.Seeds = [6]uint32{10, 11, 12, 20, 21, 22}
	}
	args := []string{
		"--inputfile=" + filepath.Join(dir, problemName+".fet"), "--outputdir=" + dir, "--timelimitseconds=" + strconv.Itoa(o.Seconds),
		"--htmllevel=0", "--language=en_US", "--exportcsv=true",
	}
	for i, name := range []string{"10", "11", "12", "20", "21", "22"} {
		args = append(args, "--randomseeds"+name+"="+strconv.FormatUint(uint64(o.Seeds[i]), 10))
	}
	return args
}

// progress reads the log in which FET writes each time that it has placed more activities than before.
type progress struct {
	p      *Problem
	o      SolveOptions
	name   string
	placed int
}

func (s *progress) look() {
	if s.o.OnProgress == nil {
		return
	}
	log, err := readFile(s.name, maxLog)
	if err != nil {
		return // not yet
	}
	placed := 0
	for line := range strings.Lines(log) {
		_, rest, ok := strings.Cut(line, "FET reached ")
		count, _, _ := strings.Cut(rest, " ")
		if n, err := strconv.ParseUint(count, 10, 31); ok && err == nil {
			placed = int(n) //nolint:gosec // 31 bits
		}
	}
	if placed > s.placed {
		s.placed = placed
		total := 0
		for i := range s.p.Activities {
			if !s.p.Activities[i].Inactive {
				total++
			}
		}
		s.o.OnProgress(Progress{placed, total})
	}
}

func readFile(name string, most int64) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most))
	return string(b), err
}

// collect reads what FET wrote.
func collect(dir string, p *Problem) (*Result, error) {
	said, err := readFile(filepath.Join(dir, "logs", "result.txt"), maxLog)
	if err != nil {
		return nil, fmt.Errorf("fet: %w: no result", CodeRun)
	}
	out := &Result{}
	switch {
	case strings.Contains(said, "Simulation successful"):
		out.Outcome = OutcomeSuccess
	case strings.Contains(said, "Time exceeded"):
		out.Outcome = OutcomeTime
	case strings.Contains(said, "Simulation interrupted"):
		out.Outcome = OutcomeInterrupted
	case strings.Contains(said, "aborting"):
		return nil, fmt.Errorf("fet: %w", CodeRefused)
	default: // stopped before it could say
		return nil, fmt.Errorf("fet: %w: no result", CodeRun)
	}
	folder := problemName
	if out.Outcome != OutcomeSuccess {
		folder += "-highest" // the best so far
	}
	f, err := os.Open(filepath.Join(dir, "csv", folder, problemName+"_timetable.csv"))
	if err != nil {
		return nil, fmt.Errorf("fet: %w: no timetable", CodeRun)
	}
	defer f.Close()
	out.Solution, out.Report, err = ReadTimetable(f, p, ReadOptions{File: problemName + "_timetable.csv"})
	if err != nil {
		return nil, err
	}
	if out.Ignored = ignored(dir); out.Ignored > 0 {
		out.Report.Add(catalog().New(CodeIgnored, ent.Pos{File: problemName + ".fet"}, "/fet", ent.Count("count", int64(out.Ignored))))
	}
	out.Complete = out.Outcome == OutcomeSuccess && out.Report.CountOf(CodeUnplaced) == 0 && out.Report.CountOf(CodeLine) == 0
	return out, nil
}

// ignored returns how many fields FET says that it did not recognize, when it opened the file.
func ignored(dir string) int {
	log, err := readFile(filepath.Join(dir, "logs", "file_open.log"), maxLog)
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(log, "There were ")
	count, _, ok := strings.Cut(rest, " unrecognized fields")
	n, err := strconv.ParseUint(count, 10, 31)
	if err != nil || !ok {
		return 0
	}
	return int(n) //nolint:gosec // 31 bits
}
