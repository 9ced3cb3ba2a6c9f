package gradebook_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// cases runs a property on many random inputs.
func cases(t *testing.T, n int, f func(t *testing.T, d *draw, name string)) {
	t.Helper()
	if testing.Short() {
		n /= 10
	}
	for seed := range n {
		f(t, newDraw(uint64(seed)), fmt.Sprintf("seed %d", seed)) //nolint:gosec // not negative
	}
}

func computed(t *testing.T, p gradebook.Policy, in gradebook.Input) *gradebook.Sheet {
	t.Helper()
	s, err := gradebook.Compute(p, in)
	require.NoError(t, err)
	return s
}

// Every figure is the oracle's.
func TestComputeIsTheOracle(t *testing.T) {
	t.Parallel()
	figures, wide := 0, 0
	cases(t, 2000, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		s := computed(t, p, in)
		c := same(t, s, p, in, name)
		figures, wide = figures+c.figures, wide+c.wide
		require.True(t, s.Report().Balanced(), name)
		require.Equal(t, int64(c.o.kept), s.Report().Tally("marks").Kept, name)
		require.Equal(t, int64(len(in.Marks)), s.Report().Tally("marks").Read, name)
	})
	assert.Greater(t, wide, figures/1000, "fractions beyond int64 were met")
}

// The order of the input changes no figure, nor what is reported.
func TestOrderChangesNothing(t *testing.T) {
	t.Parallel()
	cases(t, 800, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		s, other := computed(t, p, in), computed(t, p, d.shuffled(in))
		same(t, other, p, in, name)
		require.Equal(t, s.Report().Total(), other.Report().Total(), name)
		require.Equal(t, s.Report().Codes(), other.Report().Codes(), name)
		for _, c := range s.Report().Codes() {
			require.Equal(t, s.Report().CountOf(c), other.Report().CountOf(c), "%s: %s", name, c)
		}
	})
}

// A sheet that was edited is the sheet of the edited input; an edit that is refused changes nothing.
func TestEditsAreTheOracle(t *testing.T) {
	t.Parallel()
	done, refused := 0, 0
	cases(t, 500, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		o := newOracle(p, in)
		in.Marks = slices.DeleteFunc(in.Marks, func(m gradebook.Mark) bool { // a refused mark is lost to the sheet, whatever its scale becomes
			return !o.accepted(m.Result, o.assessment(m.Assessment).Scale)
		})
		s := computed(t, p, in)
		for i := range 6 {
			e := d.edit(&in)
			if err := e.apply(s); err != nil {
				refused++
				continue
			}
			done++
			e.keep(&in)
			if d.one(2) {
				same(t, s, p, in, fmt.Sprintf("%s, edit %d (%s)", name, i, e.kind()))
			}
		}
		same(t, s, p, in, name+", edited")
		s.Recompute()
		same(t, s, p, in, name+", computed again")
	})
	assert.Greater(t, refused, (done+refused)/20, "refused edits were met")
	assert.Greater(t, done, refused)
}

// edit is one change: a mark, an average set by hand or an assessment.
type edit struct {
	mark       *gradebook.Mark
	final      *gradebook.Final
	assessment *gradebook.Assessment
}

func (d *draw) edit(in *gradebook.Input) edit {
	pupil := pick(d, ent.ID("zoe"), "ali", "eva", "max", "new")
	switch k := d.IntN(6); {
	case k < 3 && len(in.Assessments) > 0:
		a := pick(d, in.Assessments...)
		return edit{mark: &gradebook.Mark{Pupil: pupil, Assessment: a.ID, Result: d.result(a.Scale)}}
	case k == 3:
		f := d.final(pupil, in, pick(d, in.Teachings...).ID)
		return edit{final: &f}
	case k == 4 && len(in.Assessments) > 0:
		a := pick(d, in.Assessments...)
		a.Scale, a.Coefficient, a.Date, a.Kind, a.Formative = d.scale(), d.coefficient(), d.day(), pick(d, a.Kind, gradebook.KindNormal), d.one(6)
		return edit{assessment: &a}
	}
	a := d.assessment(in)
	if d.one(6) {
		a.Scale = decimal.Decimal{}
	}
	return edit{assessment: &a}
}

func (e edit) kind() string {
	switch {
	case e.mark != nil:
		return "mark"
	case e.final != nil:
		return "final"
	}
	return "assessment"
}

func (e edit) apply(s *gradebook.Sheet) error {
	switch {
	case e.mark != nil:
		return s.SetMark(*e.mark)
	case e.final != nil:
		return s.SetFinal(*e.final)
	}
	return s.SetAssessment(*e.assessment)
}

// keep makes the same change in the input.
func (e edit) keep(in *gradebook.Input) {
	switch {
	case e.mark != nil:
		in.Marks = put(in.Marks, *e.mark, func(m gradebook.Mark) bool { return m.Pupil == e.mark.Pupil && m.Assessment == e.mark.Assessment })
	case e.final != nil:
		in.Finals = put(in.Finals, *e.final, func(f gradebook.Final) bool {
			return f.Pupil == e.final.Pupil && f.Teaching == e.final.Teaching && f.Period == e.final.Period
		})
	default:
		in.Assessments = put(in.Assessments, *e.assessment, func(a gradebook.Assessment) bool { return a.ID == e.assessment.ID })
	}
}

func put[T any](list []T, v T, same func(T) bool) []T {
	list = slices.DeleteFunc(slices.Clone(list), same)
	return append(list, v)
}

// Every explanation holds together, and its value is the figure.
func TestExplanationsHold(t *testing.T) {
	t.Parallel()
	met := 0
	cases(t, 700, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		s := computed(t, p, in)
		for e, err := range s.Explanations() {
			require.NoError(t, err, name)
			explained(t, s, e, name)
			met++
		}
		for _, q := range in.Periods {
			for _, pupil := range []ent.ID{"zoe", "ali"} {
				refs := []gradebook.Ref{{Pupil: pupil, Subject: "030201", Period: q.ID}, {Pupil: pupil, Category: "sciences", Period: q.ID}}
				for i := range in.Containers {
					refs = append(refs, gradebook.Ref{Pupil: pupil, Container: in.Containers[i].ID, Period: q.ID})
				}
				for _, r := range refs {
					if e, err := s.Explain(r); err == nil {
						explained(t, s, e, name)
						met++
					} else {
						require.ErrorIs(t, err, gradebook.CodeNoFigure, name)
					}
				}
			}
		}
	})
	assert.Positive(t, met)
}

func explained(t *testing.T, s *gradebook.Sheet, e gradebook.Explanation, name string) {
	t.Helper()
	tree, err := e.Tree()
	require.NoError(t, err, "%s: %v", name, e.Ref())
	require.NoError(t, tree.Check(), "%s: %v", name, e.Ref())
	a, err := s.Average(e.Ref())
	require.NoError(t, err)
	shown, ok := a.Decimal()
	require.True(t, ok)
	require.Zero(t, shown.Cmp(tree.Value()), "%s: %v", name, e.Ref())
	for _, lang := range []ent.Lang{ent.FR, ent.EN} {
		require.NotEmpty(t, e.Text(lang), "%s: %v", name, e.Ref())
	}
	for _, l := range e.LeftOut() {
		require.NotEmpty(t, l.Assessment+l.Container+l.Teaching, name)
		require.NotEmpty(t, l.Reason.FR, name)
		require.NotEmpty(t, l.Reason.EN, name)
	}
}

// A mark and its scale times k say the same, when marks are brought to the reference.
func TestScalingChangesNothing(t *testing.T) {
	t.Parallel()
	cases(t, 500, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		p.Scales, p.BestMark, p.AboveScale = gradebook.Rescaled, gradebook.BestRescaled, gradebook.AboveRefused
		k := dec(pick(d, "2", "3", "0.5", "10"))
		scaled := in
		scaled.Assessments, scaled.Marks = slices.Clone(in.Assessments), slices.Clone(in.Marks)
		scales := map[ent.ID]decimal.Decimal{}
		for i := range in.Assessments {
			in.Assessments[i].ScaleRule, scaled.Assessments[i].ScaleRule = "", ""
			in.Assessments[i].Scale = dec(pick(d, "20", "10", "5", "40", "12.5"))
			scales[in.Assessments[i].ID] = in.Assessments[i].Scale
			scaled.Assessments[i].Scale = in.Assessments[i].Scale.Mul(k)
		}
		for i, m := range in.Marks {
			v, ok := m.Result.Points()
			if !ok {
				continue
			}
			v = v.Abs().Truncate(2)
			if v.GreaterThan(scales[m.Assessment]) {
				v = scales[m.Assessment]
			}
			in.Marks[i].Result, scaled.Marks[i].Result = gradebook.Points(v), gradebook.Points(v.Mul(k))
		}
		same(t, computed(t, p, scaled), p, in, name)
	})
}

// Marks without points, and empty cells, change no figure of anybody.
func TestNeutralStatusesChangeNothing(t *testing.T) {
	t.Parallel()
	neutral := []gradebook.Status{
		gradebook.StatusAbsent, gradebook.StatusExempt, gradebook.StatusNotMarked, gradebook.StatusUnfit, gradebook.StatusNotHandedIn,
		gradebook.StatusCongratulations, "unheard-of",
	}
	cases(t, 500, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		with := in
		with.Marks = slices.Clone(in.Marks)
		for i, m := range with.Marks {
			if _, ok := m.Result.Points(); !ok && !m.Result.Status().CountsAsZero() {
				with.Marks[i].Result = pick(d, gradebook.Result{}, gradebook.Without(pick(d, neutral...)))
			}
		}
		same(t, computed(t, p, with), p, in, name)
	})
}

// An average lies between its marks, when none is a bonus.
func TestAverageLiesBetweenItsMarks(t *testing.T) {
	t.Parallel()
	cases(t, 1000, func(t *testing.T, d *draw, name string) {
		t.Helper()
		p, in := d.policy(), d.input()
		in.Finals, in.Members = nil, nil
		low, high := map[oracleKey]decimal.Decimal{}, map[oracleKey]decimal.Decimal{}
		byID := map[ent.ID]*gradebook.Assessment{}
		for i := range in.Assessments {
			a := &in.Assessments[i]
			if a.Kind == gradebook.KindPointsAboveHalf {
				a.Kind = gradebook.KindNormal
			}
			a.Scale = dec("20")
			byID[a.ID] = a
		}
		p.Reference, p.AboveScale, p.Rounding = dec("20"), gradebook.AboveRefused, gradebook.Roundings{}
		for i := range in.Teachings {
			in.Teachings[i].Box.Rounding = nil
		}
		for i := range in.Containers {
			in.Containers[i].Box.Rounding = nil
		}
		for _, m := range in.Marks {
			v, ok := m.Result.Points()
			if !ok && !m.Result.Status().CountsAsZero() {
				continue
			}
			a := byID[m.Assessment]
			k := oracleKey{m.Pupil, a.Teaching, a.Period}
			if was, ok := low[k]; !ok || v.LessThan(was) {
				low[k] = v
			}
			if was, ok := high[k]; !ok || v.GreaterThan(was) {
				high[k] = v
			}
		}
		for r, a := range computed(t, p, in).Averages() {
			if r.Teaching == "" || r.Period == gradebook.Year {
				continue
			}
			k := oracleKey{r.Pupil, r.Teaching, r.Period}
			exact, _ := a.Exact()
			require.LessOrEqual(t, low[k].Rat().Cmp(exact), 0, "%s: %v", name, r)
			require.GreaterOrEqual(t, high[k].Rat().Cmp(exact), 0, "%s: %v", name, r)
		}
	})
}
