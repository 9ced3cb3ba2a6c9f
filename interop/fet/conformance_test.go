package fet_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/fet"
	"github.com/opencartable/cartable/schoollife/timetable"
)

func fetcl(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CARTABLE_FETCL")
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("set CARTABLE_FETCL to the path of fet-cl")
		}
		t.Skip("set CARTABLE_FETCL to the path of fet-cl to have timetables made by FET")
	}
	return path
}

// run has FET make a timetable, and returns its folder: here its files are looked at one by one.
func run(t *testing.T, p *fet.Problem) string {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "p.fet")
	require.NoError(t, os.WriteFile(name, write(t, p), 0o600))
	cmd := exec.Command(fetcl(t), "--inputfile="+name, "--outputdir="+dir, "--timelimitseconds=60", "--htmllevel=0", "--exportcsv=true",
		"--randomseeds10=10", "--randomseeds11=11", "--randomseeds12=12", "--randomseeds20=20", "--randomseeds21=21", "--randomseeds22=22")
	cmd.Env = append(os.Environ(), "HOME="+dir, "QT_QPA_PLATFORM=offscreen")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	require.NotContains(t, string(out), "aborting")
	return dir
}

func file(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(b)
}

// The week of the college, written from our model, is solved by FET; the result is read back without a hard conflict.
func TestConformanceS17OwnProblem(t *testing.T) {
	t.Parallel()
	tt := college(t)
	p := plan(t, tt, fet.FromOptions{PupilGaps: new(1), TeacherGaps: new(3)})
	var last fet.Progress
	calls := 0
	result, err := fet.Runner{Path: fetcl(t)}.Solve(t.Context(), p.Problem, fet.SolveOptions{OnProgress: func(x fet.Progress) {
		assert.Greater(t, x.Placed, last.Placed)
		last, calls = x, calls+1
	}})
	require.NoError(t, err)
	require.True(t, result.Complete)
	assert.Equal(t, fet.OutcomeSuccess, result.Outcome)
	assert.Positive(t, calls)
	assert.Equal(t, fet.Progress{Placed: 458, Total: 458}, last)
	score := fet.Evaluate(p.Problem, result.Solution)
	assert.Equal(t, []int{482, 458, 0, 0, 0}, []int{score.Lines, score.Placed, score.Unplaced, len(score.Conflicts), score.Hard})
	assert.LessOrEqual(t, score.PupilGaps.Max, 1)
	assert.LessOrEqual(t, score.TeacherGaps.Max, 3)

	moved, report := p.Moved(tt, result.Solution)
	assert.Equal(t, ent.Tally{Read: 458, Kept: 458}, report.Tally("courses"))
	lessons, refused := moved.Expand()
	assert.Zero(t, refused.Total().Refused)
	require.Len(t, lessons, 458)
	minutes, elsewhere := 0, 0
	was := map[ent.ID]timetable.Course{}
	for _, c := range tt.Courses {
		was[c.ID] = c
	}
	for _, l := range lessons {
		minutes += int(l.End - l.Start)
		week, day := tt.Year.Week(l.Date)
		assert.Equal(t, 4, week)
		if c := was[l.Course]; c.Day != day || c.Start != l.Start {
			elsewhere++
		}
	}
	assert.Equal(t, 482*60, minutes)
	assert.Greater(t, elsewhere, 200, "it is another timetable")
	assert.Empty(t, timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: tt.NewAudience()}))

	again, err := fet.Runner{Path: fetcl(t)}.Solve(t.Context(), p.Problem, fet.SolveOptions{})
	require.NoError(t, err)
	assert.Equal(t, result.Solution, again.Solution, "the same seeds")
}

// What is fixed stays, who is away is not there, and rooms are those that a course may take.
func TestConformanceAskedOfFET(t *testing.T) {
	t.Parallel()
	tt := college(t)
	teacher := timetable.Ref{Kind: timetable.KindTeacher, ID: "9"}
	class := timetable.Ref{Kind: timetable.KindClass, ID: "1"}
	friday := func(c *timetable.Course) bool { return c.Day == 5 }
	o := fet.FromOptions{Fixed: friday, NoSpread: true, Away: map[timetable.Ref][]fet.Time{teacher: {{1, 0}, {1, 1}}, class: {{2, 8}}}}
	o.Rooms = func(c *timetable.Course) []ent.ID {
		for _, r := range c.Resources {
			if r.Kind == timetable.KindRoom {
				return []ent.ID{r.ID, "1", "2"}
			}
		}
		return nil
	}
	p := plan(t, tt, o)
	result, err := fet.Runner{Path: fetcl(t)}.Solve(t.Context(), p.Problem, fet.SolveOptions{})
	require.NoError(t, err)
	require.True(t, result.Complete)
	score := fet.Evaluate(p.Problem, result.Solution)
	assert.True(t, score.Feasible())
	assert.Zero(t, score.Unjudged)
	moved, _ := p.Moved(tt, result.Solution)
	at := map[ent.ID]timetable.Course{}
	for _, c := range moved.Courses {
		at[c.ID] = c
	}
	stayed := 0
	for _, c := range tt.Courses {
		x, ok := at[c.ID]
		if ok && friday(&c) {
			assert.Equal(t, []any{c.Day, c.Start, c.End}, []any{x.Day, x.Start, x.End})
			stayed++
		}
		for _, r := range x.Resources {
			assert.False(t, r.Ref == teacher && x.Day == 1 && x.Start < 10*60, "away")
		}
	}
	assert.Greater(t, stayed, 50)
	lessons, _ := moved.Expand()
	assert.Empty(t, timetable.Conflicts(lessons, timetable.ConflictOptions{Audience: tt.NewAudience()}))
}

// FET reads each constraint that we write, and writes it back; its count of what is broken is ours.
func TestConformanceConstraints(t *testing.T) {
	t.Parallel()
	p := every()
	dir := run(t, p)
	log := file(t, dir, "logs/file_open.log")
	time, space := 0, 0
	for _, k := range p.Constraints {
		switch k.(type) {
		case *fet.BasicCompulsorySpace, *fet.ActivityPreferredRoom, *fet.ActivityPreferredRooms, *fet.TeacherHomeRoom:
			space++
		default:
			time++
		}
	}
	assert.Contains(t, log, fmt.Sprintf("Added %d time constraints", time))
	assert.Contains(t, log, fmt.Sprintf("Added %d space constraints", space))
	assert.Contains(t, file(t, dir, "logs/result.txt"), "Simulation successful")
	theirs, report, err := fet.Read(strings.NewReader(file(t, dir, "timetables/p/p_data_and_timetable.fet")), fet.ReadOptions{})
	require.NoError(t, err)
	assert.Zero(t, report.CountOf(fet.CodeUntyped))
	for _, k := range p.Constraints {
		assert.Contains(t, theirs.Constraints, k, k.Tag())
	}
	assert.Equal(t, p.Activities, theirs.Activities)
	assert.Equal(t, p.Years, theirs.Years)

	csv, report, err := fet.ReadTimetable(strings.NewReader(file(t, dir, "csv/p/p_timetable.csv")), p, fet.ReadOptions{})
	require.NoError(t, err)
	assert.Empty(t, report.Codes())
	xml, _, err := fet.ReadActivities(strings.NewReader(file(t, dir, "timetables/p/p_activities.xml")), p, fet.ReadOptions{})
	require.NoError(t, err)
	assert.Equal(t, csv.Placements, xml.Placements)
	score := fet.Evaluate(p, csv)
	assert.Zero(t, score.Hard)
	assert.Equal(t, 1, score.Unjudged, "the home room")
	assert.Equal(t, softCost(t, dir), score.Cost.String())
}

// softCost is what FET says of its solution.
func softCost(t *testing.T, dir string) string {
	t.Helper()
	_, rest, ok := strings.Cut(file(t, dir, "timetables/p/p_soft_conflicts.txt"), "Total soft conflicts: ")
	require.True(t, ok)
	total, _, _ := strings.Cut(rest, "\n")
	d, err := decimal.NewFromString(strings.TrimSpace(total))
	require.NoError(t, err)
	return d.String()
}

// What a solution costs, constraint by constraint, is what FET says of it.
func TestConformanceSameCostAsFET(t *testing.T) {
	t.Parallel()
	soft := fet.Soft(decimal.RequireFromString("62.5"))
	each := func(p *fet.Problem, one func(activity int) fet.Constraint) {
		for i := range p.Activities {
			p.Constraints = append(p.Constraints, one(i+1))
		}
	}
	for name, change := range map[string]func(*fet.Problem){
		"days too close": func(p *fet.Problem) {
			for _, k := range p.Constraints {
				if m, ok := k.(*fet.MinDaysBetweenActivities); ok && len(m.Activities) > 2 {
					m.MinDays, m.Base = 2, soft
				}
			}
		},
		"days too far": func(p *fet.Problem) {
			for _, k := range p.Constraints {
				if m, ok := k.(*fet.MinDaysBetweenActivities); ok {
					p.Constraints = append(p.Constraints, &fet.MaxDaysBetweenActivities{Base: soft, Activities: m.Activities, MaxDays: 1})
				}
			}
		},
		"same start": func(p *fet.Problem) {
			for i := 1; i+2 < len(p.Activities); i += 7 {
				p.Constraints = append(p.Constraints, &fet.ActivitiesSameStartingTime{Base: soft, Activities: []int{i, i + 1, i + 2}})
			}
		},
		"order": func(p *fet.Problem) {
			for i := 1; i < len(p.Activities); i++ {
				p.Constraints = append(p.Constraints, &fet.TwoActivitiesOrderedIfSameDay{Base: soft, First: i, Second: i + 1})
			}
		},
		"hours of a day": func(p *fet.Problem) {
			for _, x := range p.Teachers {
				p.Constraints = append(p.Constraints, &fet.TeacherMaxHoursDaily{Base: soft, Teacher: x, Hours: 2})
			}
		},
		"start": func(p *fet.Problem) {
			each(p, func(a int) fet.Constraint {
				return &fet.ActivityPreferredStartingTime{Base: soft, Activity: a, Day: "lundi", Hour: "08h00"}
			})
		},
		"room": func(p *fet.Problem) {
			noRooms(p)
			each(p, func(a int) fet.Constraint { return &fet.ActivityPreferredRoom{Base: soft, Activity: a, Room: "S01"} })
		},
		"rooms": func(p *fet.Problem) {
			noRooms(p)
			each(p, func(a int) fet.Constraint {
				return &fet.ActivityPreferredRooms{Base: soft, Activity: a, Rooms: []string{"S01", "S02"}}
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := instance(t, "college-demo-w4-basic.fet")
			change(p)
			dir := run(t, p)
			s, _, err := fet.ReadTimetable(strings.NewReader(file(t, dir, "csv/p/p_timetable.csv")), p, fet.ReadOptions{})
			require.NoError(t, err)
			score := fet.Evaluate(p, s)
			assert.True(t, score.Feasible())
			assert.Positive(t, score.Cost.Sign())
			assert.Equal(t, softCost(t, dir), score.Cost.String())
		})
	}
}

func noRooms(p *fet.Problem) {
	p.Constraints = slices.DeleteFunc(p.Constraints, func(k fet.Constraint) bool {
		_, room := k.(*fet.ActivityPreferredRoom)
		return room
	})
}

// What FET leaves when its time is over, or when it is told to stop, is not complete, and has no conflict.
func TestConformancePartialResults(t *testing.T) {
	t.Parallel()
	p := instance(t, "college-demo-w4-g0-1.fet")
	runner := fet.Runner{Path: fetcl(t), Dir: t.TempDir()}
	result, err := runner.Solve(t.Context(), p, fet.SolveOptions{Seconds: 2})
	require.NoError(t, err)
	assert.Equal(t, fet.OutcomeTime, result.Outcome)
	partial := func(result *fet.Result) {
		assert.False(t, result.Complete)
		assert.Equal(t, int64(1), result.Report.CountOf(fet.CodeUnplaced))
		score := fet.Evaluate(p, result.Solution)
		assert.Positive(t, score.Placed)
		assert.Positive(t, score.Unplaced)
		assert.Equal(t, 458, score.Placed+score.Unplaced)
		assert.Empty(t, score.Conflicts)
		assert.False(t, score.Feasible())
	}
	partial(result)

	ctx, cancel := context.WithCancel(t.Context())
	result, err = runner.Solve(ctx, p, fet.SolveOptions{OnProgress: func(x fet.Progress) {
		if x.Placed > 100 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	require.NotNil(t, result)
	assert.Equal(t, fet.OutcomeInterrupted, result.Outcome)
	partial(result)
	left, err := os.ReadDir(runner.Dir)
	require.NoError(t, err)
	assert.Empty(t, left, "nothing stays on the disk")
}

func TestConformanceRefused(t *testing.T) {
	t.Parallel()
	p := every()
	p.Constraints = p.Constraints[1:] // FET wants its basic constraint
	require.Empty(t, p.Check().Codes())
	_, err := fet.Runner{Path: fetcl(t)}.Solve(t.Context(), p, fet.SolveOptions{Seconds: 5})
	require.ErrorIs(t, err, fet.CodeRefused)
}

// FET leaves out what it does not recognize, and goes on: it is told.
func TestConformanceIgnoredConstraint(t *testing.T) {
	t.Parallel()
	file := strings.Replace(string(write(t, every())), "</Time_Constraints_List>",
		"<ConstraintOfAnotherVersion><Weight_Percentage>100</Weight_Percentage></ConstraintOfAnotherVersion></Time_Constraints_List>", 1)
	p, report, err := fet.Read(strings.NewReader(file), fet.ReadOptions{})
	require.NoError(t, err)
	assert.Equal(t, int64(1), report.CountOf(fet.CodeUntyped))
	result, err := fet.Runner{Path: fetcl(t)}.Solve(t.Context(), p, fet.SolveOptions{})
	require.NoError(t, err)
	assert.True(t, result.Complete)
	assert.Equal(t, 1, result.Ignored)
	plain, err := fet.Runner{Path: fetcl(t)}.Solve(t.Context(), every(), fet.SolveOptions{})
	require.NoError(t, err)
	assert.Zero(t, plain.Ignored)
}
