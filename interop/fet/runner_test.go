package fet_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/fet"
)

// TestMain is fet-cl when it is called as fet-cl is: what it does is said by the name of the institution.
func TestMain(m *testing.M) {
	options := map[string]string{}
	for _, a := range os.Args[1:] {
		if k, v, ok := strings.Cut(a, "="); ok {
			options[strings.TrimPrefix(k, "--")] = v
		}
	}
	if options["inputfile"] != "" {
		os.Exit(fake(options))
	}
	os.Exit(m.Run())
}

func fake(o map[string]string) int {
	b, err := os.ReadFile(o["inputfile"])
	if err != nil {
		return 2
	}
	p, _, err := fet.Read(strings.NewReader(string(b)), fet.ReadOptions{})
	if err != nil {
		return 3
	}
	dir := o["outputdir"]
	put := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		_ = os.MkdirAll(filepath.Dir(name), 0o700)
		_ = os.WriteFile(name, []byte(text), 0o600)
	}
	say := func(what string) { put("logs/result.txt", "FET command line simulation started\n\n"+what+"\n") }
	reach := func(n int) {
		put("logs/max_placed_activities.txt", fmt.Sprintf("At time 0 h 0 m 0 s, FET reached %d activities placed\n", n))
	}
	partial := "\ufeff" + strings.Replace(answer, `"1","lundi","09:00"`, `"1","",""`, 1)
	switch p.Institution {
	case "success":
		reach(6)
		put("logs/file_open.log", "Added 0 buildings\n\nWarning: There were 2 unrecognized fields in the input file\n")
		put("csv/problem/problem_timetable.csv", "\ufeff"+answer)
		say("Simulation successful")
	case "options":
		put("csv/problem/problem_timetable.csv", answer)
		if o["timelimitseconds"] == "60" && o["randomseeds10"] == "10" && o["randomseeds22"] == "22" && os.Getenv("HOME") == dir {
			say("Simulation successful")
		}
	case "false success":
		put("csv/problem/problem_timetable.csv", partial)
		say("Simulation successful")
	case "time":
		put("csv/problem-highest/problem_timetable.csv", partial)
		say("Time exceeded")
	case "refused":
		say("Cannot precompute - data is wrong - aborting")
	case "crash":
		return 134
	case "slow":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		reach(3)
		<-stop
		put("csv/problem-highest/problem_timetable.csv", partial)
		say("Simulation interrupted")
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
		reach(3)
		time.Sleep(time.Minute)
	}
	return 0
}

func solve(ctx context.Context, t *testing.T, what string, o fet.SolveOptions) (*fet.Result, error) {
	t.Helper()
	path, err := os.Executable()
	require.NoError(t, err)
	p := every()
	p.Institution = what
	dir := t.TempDir()
	result, err := fet.Runner{Path: path, Dir: dir}.Solve(ctx, p, o)
	left, readErr := os.ReadDir(dir)
	require.NoError(t, readErr)
	assert.Empty(t, left, "nothing stays on the disk")
	return result, err
}

func TestRunner(t *testing.T) {
	t.Parallel()
	for what, want := range map[string]struct {
		outcome  fet.Outcome
		complete bool
		placed   int
		code     ent.Code
	}{
		"success":       {fet.OutcomeSuccess, true, 6, ""},
		"options":       {fet.OutcomeSuccess, true, 6, ""},
		"false success": {fet.OutcomeSuccess, false, 5, ""},
		"time":          {fet.OutcomeTime, false, 5, ""},
		"refused":       {"", false, 0, fet.CodeRefused},
		"crash":         {"", false, 0, fet.CodeRun},
		"silent":        {"", false, 0, fet.CodeRun},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var seen []fet.Progress
			result, err := solve(t.Context(), t, what, fet.SolveOptions{OnProgress: func(p fet.Progress) { seen = append(seen, p) }})
			if want.code != "" {
				require.ErrorIs(t, err, want.code)
				assert.Nil(t, result)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, want.outcome, result.Outcome)
			assert.Equal(t, want.complete, result.Complete)
			assert.Len(t, result.Solution.Placements, want.placed)
			if what == "success" {
				assert.Equal(t, []fet.Progress{{6, 6}}, seen)
				assert.Equal(t, 2, result.Ignored)
				assert.Equal(t, int64(1), result.Report.CountOf(fet.CodeIgnored))
			}
		})
	}
}

func TestRunnerIsStopped(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process is not asked to stop there: it is stopped")
	}
	for what, has := range map[string]bool{"slow": true, "deaf": false} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			result, err := solve(ctx, t, what, fet.SolveOptions{Grace: 300 * time.Millisecond, OnProgress: func(fet.Progress) { cancel() }})
			require.ErrorIs(t, err, context.Canceled)
			if !has {
				assert.Nil(t, result)
				return
			}
			require.NotNil(t, result)
			assert.False(t, result.Complete)
			assert.Equal(t, fet.OutcomeInterrupted, result.Outcome)
			assert.Len(t, result.Solution.Placements, 5)
		})
	}
}

func TestRunnerCannotRun(t *testing.T) {
	t.Parallel()
	_, err := fet.Runner{Path: filepath.Join(t.TempDir(), "fet-cl")}.Solve(t.Context(), every(), fet.SolveOptions{})
	require.ErrorIs(t, err, fet.CodeRun)
	p := every()
	p.Days = nil
	_, err = fet.Runner{}.Solve(t.Context(), p, fet.SolveOptions{})
	require.ErrorIs(t, err, fet.CodeProblem)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = solve(ctx, t, "success", fet.SolveOptions{})
	require.ErrorIs(t, err, context.Canceled)
	for _, o := range []fet.Outcome{fet.OutcomeSuccess, fet.OutcomeTime, fet.OutcomeInterrupted} {
		assert.NotEqual(t, o.Label(ent.FR), o.Label(ent.EN))
	}
}
