package gradebook_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Each test is named after a defect or a trap that histories of gradebooks show, and fails where the defect is present.

func (b *book) is(t *testing.T, p gradebook.Policy, exact string) {
	t.Helper()
	got, _ := average(t, compute(t, p, b.in), zoe)
	assert.Equal(t, exact, got)
}

func (b *book) shows(t *testing.T, p gradebook.Policy, shown string) {
	t.Helper()
	_, got := average(t, compute(t, p, b.in), zoe)
	assert.Equal(t, shown, got)
}

func without(s gradebook.Status) gradebook.Result { return gradebook.Without(s) }

func TestAverage_AbsentIsNotZero(t *testing.T) {
	t.Parallel()
	newBook().add("20", "1", points("12")).add("20", "3", without(gradebook.StatusAbsent)).is(t, gradebook.RescaledRoundLast(), "12")
}

func TestAverage_StatusesWithoutMarkDoNotCount(t *testing.T) {
	t.Parallel()
	for _, s := range []gradebook.Status{
		gradebook.StatusExempt, gradebook.StatusNotMarked, gradebook.StatusUnfit, gradebook.StatusNotHandedIn, gradebook.StatusCongratulations,
	} {
		newBook().add("20", "1", points("12")).add("20", "1", without(s)).is(t, gradebook.RescaledRoundLast(), "12")
	}
}

func TestAverage_StatusesThatCountAsZero(t *testing.T) {
	t.Parallel()
	for _, s := range []gradebook.Status{gradebook.StatusAbsentZero, gradebook.StatusNotHandedInZero} {
		newBook().add("20", "1", points("12")).add("20", "1", without(s)).is(t, gradebook.RescaledRoundLast(), "6")
		newBook().add("20", "1", points("12")).add("10", "1", without(s), kind(gradebook.KindIfImproves)).is(t, gradebook.RescaledRoundLast(), "12")
	}
}

func TestAverage_ZeroIsAMark(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("0"))
	b.is(t, gradebook.RescaledRoundLast(), "0")
	a, err := compute(t, gradebook.RescaledRoundLast(), b.in).Average(zoe)
	require.NoError(t, err)
	assert.Equal(t, gradebook.StateComputed, a.State())
}

func TestAverage_EmptyCellIsNotZero(t *testing.T) {
	t.Parallel()
	newBook().add("20", "1", points("12")).add("20", "1", gradebook.Result{}).is(t, gradebook.RescaledRoundLast(), "12")
}

func TestAverage_OnlyStatusesIsNoAverage(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", without(gradebook.StatusAbsent)).add("20", "1", gradebook.Result{})
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	a, err := s.Average(zoe)
	require.NoError(t, err)
	assert.Equal(t, gradebook.StateNone, a.State())
	_, ok := a.Decimal()
	assert.False(t, ok, "no average is not an average of 0")
	_, err = s.Explain(zoe)
	require.ErrorIs(t, err, gradebook.CodeNoFigure)
	assert.Zero(t, s.Report().CountOf(gradebook.CodeNoWeight))
}

func TestAverage_UnknownStatusKeepsItsName(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12")).add("20", "1", without("exclu")).add("20", "1", without("retard"))
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	assert.Equal(t, int64(2), s.Report().CountOf(gradebook.CodeStatus))
	e, err := s.Explain(zoe)
	require.NoError(t, err)
	require.Len(t, e.LeftOut(), 2)
	assert.Equal(t, "exclu", e.LeftOut()[0].Reason.FR)
	assert.Equal(t, "retard", e.LeftOut()[1].Reason.FR)
	require.NoError(t, s.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d3", Result: without("sortie")}))
	e, err = s.Explain(zoe)
	require.NoError(t, err)
	assert.Equal(t, "sortie", e.LeftOut()[1].Reason.FR)
}

func TestAverage_CommaIsADecimalSign(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"12,5", "12.5", " 12,50 "} {
		r, err := gradebook.ParseResult(text)
		require.NoError(t, err)
		assert.True(t, points("12.5").Equal(r), text)
	}
	for _, text := range []string{"12,5,1", "1 2", "12.5,1", "1e2", "12h", "--"} {
		_, err := gradebook.ParseResult(text)
		require.ErrorIs(t, err, gradebook.CodeEntry, text)
	}
}

func TestAverage_NegativeMarkIsRefused(t *testing.T) {
	t.Parallel()
	_, err := gradebook.ParseResult("-1")
	require.ErrorIs(t, err, gradebook.CodeNegative)
	b := newBook().add("20", "1", points("12")).add("20", "1", points("-4"))
	b.is(t, gradebook.RescaledRoundLast(), "12")
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	assert.Equal(t, int64(1), s.Report().CountOf(gradebook.CodeNegative))
	require.ErrorIs(t, s.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d1", Result: points("-1")}), gradebook.CodeNegative)
	assert.Equal(t, "12", exactOf(t, s, zoe))
}

func exactOf(t *testing.T, s *gradebook.Sheet, r gradebook.Ref) string {
	t.Helper()
	exact, _ := average(t, s, r)
	return exact
}

func shownOf(t *testing.T, s *gradebook.Sheet, r gradebook.Ref) string {
	t.Helper()
	_, shown := average(t, s, r)
	return shown
}

func TestAverage_AboveScaleIsRefusedUnlessAllowed(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12")).add("10", "1", points("11"))
	b.is(t, gradebook.RescaledRoundLast(), "12")
	assert.Equal(t, int64(1), compute(t, gradebook.RescaledRoundLast(), b.in).Report().CountOf(gradebook.CodeAboveScale))
	p := gradebook.RescaledRoundLast()
	p.AboveScale = gradebook.AboveCounts
	b.is(t, p, "17")
	p.Capped = true
	newBook().add("20", "1", points("21")).is(t, p, "20")
}

func TestAverage_ScaleChangedAfterEntryIsChecked(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12"))
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	a := b.in.Assessments[0]
	a.Scale = dec("10")
	require.ErrorIs(t, s.SetAssessment(a), gradebook.CodeScaleMarks)
	assert.Equal(t, "12", exactOf(t, s, zoe), "nothing is changed")
	a.Scale = dec("15")
	require.NoError(t, s.SetAssessment(a))
	assert.Equal(t, "16", exactOf(t, s, zoe))
	require.ErrorIs(t, s.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d1", Result: points("16")}), gradebook.CodeAboveScale)
}

func TestAverage_ScaleIsNeverZero(t *testing.T) {
	t.Parallel()
	b := newBook().add("0", "1", points("0")).add("20", "1", points("12"))
	b.is(t, gradebook.ScaleWeighsRoundLast(), "12")
	r := compute(t, gradebook.ScaleWeighsRoundLast(), b.in).Report()
	assert.Equal(t, int64(1), r.CountOf(gradebook.CodeScale))
	assert.Equal(t, int64(1), r.CountOf(gradebook.CodeUnknown), "the mark of a refused assessment is refused, and said")
}

func TestAverage_FormativeNeverCounts(t *testing.T) {
	t.Parallel()
	formative := func(a *gradebook.Assessment) { a.Formative = true }
	newBook().add("20", "1", points("12")).add("20", "9", points("2"), formative).is(t, gradebook.RescaledRoundLast(), "12")
	newBook().add("20", "1", points("12")).add("20", "9", points("20"), formative, kind(gradebook.KindPointsAboveHalf)).is(t, gradebook.RescaledRoundLast(), "12")
	newBook().add("20", "9", points("2"), formative).is(t, gradebook.RescaledRoundLast(), "")
}

func TestAverage_CoefficientZeroEverywhere(t *testing.T) {
	t.Parallel()
	for _, p := range presets() {
		newBook().add("20", "0", points("15")).is(t, p, "")
		newBook().add("20", "0", points("15")).add("10", "0", points("3")).is(t, p, "")
		newBook().add("20", "1", points("12")).add("20", "0", points("2")).is(t, p, "12")
		for _, k := range []gradebook.Kind{gradebook.KindPointsAboveHalf, gradebook.KindIfAboveHalf, gradebook.KindIfImproves} {
			newBook().add("20", "1", points("12")).add("20", "0", points("20"), kind(k)).is(t, p, "12")
		}
		b := newBook().add("20", "1", points("12"))
		b.in.Teachings[0].Coefficient = dec("0")
		s := compute(t, p, b.in)
		assert.Equal(t, "12", exactOf(t, s, zoe), "the teaching keeps its average")
		assert.Empty(t, exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}), "and there is no general one")
	}
}

func TestAverage_NoWeightIsSaidOnceForEachTeachingAndPeriod(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "0", points("15")).add("20", "0", points("3"))
	b.in.Marks = append(b.in.Marks, gradebook.Mark{Pupil: "ali", Assessment: "d1", Result: points("2")})
	r := compute(t, gradebook.RescaledRoundLast(), b.in).Report()
	require.Equal(t, int64(1), r.CountOf(gradebook.CodeNoWeight))
	assert.Contains(t, r.Examples(gradebook.CodeNoWeight)[0].Message(ent.FR), "FR")
	b.add("20", "1", gradebook.Result{})
	assert.Equal(t, int64(1), compute(t, gradebook.RescaledRoundLast(), b.in).Report().CountOf(gradebook.CodeNoWeight), "an empty test weighs nothing")
	b.add("20", "1", points("12"))
	assert.Zero(t, compute(t, gradebook.RescaledRoundLast(), b.in).Report().CountOf(gradebook.CodeNoWeight))
}

func TestAverage_RescalingIsChosenByAssessment(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("10")).add("10", "1", points("10"), scaleRule(gradebook.ScaleWeighs))
	b.is(t, gradebook.RescaledRoundLast(), "40/3")
	b.is(t, gradebook.ScaleWeighsRoundLast(), "40/3")
}

func TestAverage_ScaleWeighsGivesTheFiguresOfTheGuide(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("18")).add("10", "1", points("3")).add("5", "1", points("1"))
	b.is(t, gradebook.ScaleWeighsRoundLast(), "88/7")
	b.is(t, gradebook.RescaledRoundLast(), "28/3")
}

func TestAverage_BonusThresholdIsHalfOfItsOwnScale(t *testing.T) {
	t.Parallel()
	p := gradebook.RescaledRoundLast()
	// 4 out of 10 is 8 out of 20: above 5, yet below half.
	newBook().add("20", "1", points("12")).add("10", "1", points("4"), kind(gradebook.KindIfAboveHalf)).is(t, p, "12")
	newBook().add("20", "1", points("12")).add("10", "1", points("4"), kind(gradebook.KindPointsAboveHalf)).is(t, p, "12")
	newBook().add("20", "1", points("12")).add("10", "1", points("6"), kind(gradebook.KindPointsAboveHalf)).is(t, p, "14")
	newBook().add("20", "1", points("12")).add("40", "1", points("20"), kind(gradebook.KindIfAboveHalf)).is(t, p, "12")
	newBook().add("20", "1", points("12")).add("40", "1", points("18"), kind(gradebook.KindIfAboveHalf)).is(t, p, "12")
	newBook().add("20", "1", points("12")).add("40", "1", points("36"), kind(gradebook.KindIfAboveHalf)).is(t, p, "15")
	newBook().add("20", "1", points("12")).add("10", "1", points("6"), kind(gradebook.KindPointsAboveHalf)).is(t, gradebook.ScaleWeighsRoundLast(), "13")
}

func TestAverage_BonusAddsPointsAndNoWeight(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12")).add("20", "1", points("8")).add("20", "2", points("13"), kind(gradebook.KindPointsAboveHalf))
	b.is(t, gradebook.RescaledRoundLast(), "13")
}

func TestAverage_BonusAtHalfIsNothing(t *testing.T) {
	t.Parallel()
	newBook().add("20", "1", points("12")).add("20", "1", points("10"), kind(gradebook.KindPointsAboveHalf)).is(t, gradebook.RescaledRoundLast(), "12")
	newBook().add("20", "1", points("12")).add("20", "1", points("3"), kind(gradebook.KindPointsAboveHalf)).is(t, gradebook.RescaledRoundLast(), "12")
}

func TestAverage_BonusAloneIsNoAverage(t *testing.T) {
	t.Parallel()
	newBook().add("20", "1", points("18"), kind(gradebook.KindPointsAboveHalf)).is(t, gradebook.RescaledRoundLast(), "")
}

func TestAverage_BonusAboveTheReferenceCanBeCapped(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("19")).add("20", "1", points("20"), kind(gradebook.KindPointsAboveHalf))
	b.is(t, gradebook.RescaledRoundLast(), "29")
	p := gradebook.RescaledRoundLast()
	p.Capped = true
	b.is(t, p, "20")
}

func TestAverage_ThreeMeaningsOfOptionalAreApart(t *testing.T) {
	t.Parallel()
	with := func(k gradebook.Kind) *book {
		return newBook().add("20", "1", points("16")).add("20", "1", points("18")).add("20", "1", points("11"), kind(k))
	}
	with(gradebook.KindIfAboveHalf).is(t, gradebook.RescaledRoundLast(), "15")
	with(gradebook.KindPointsAboveHalf).is(t, gradebook.RescaledRoundLast(), "35/2")
	with(gradebook.KindIfImproves).is(t, gradebook.RescaledRoundLast(), "17")
	with("facultatif").is(t, gradebook.RescaledRoundLast(), "17")
	assert.Equal(t, int64(1), compute(t, gradebook.RescaledRoundLast(), with("facultatif").in).Report().CountOf(gradebook.CodeRule), "an unknown kind is never guessed")
}

func TestAverage_OptionalOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	on := func(d int) func(*gradebook.Assessment) { return func(a *gradebook.Assessment) { a.Date = day(10, d) } }
	for _, days := range [][2]int{{2, 3}, {3, 2}} {
		newBook().add("20", "1", points("10"), on(1)).
			add("20", "1", points("11"), kind(gradebook.KindIfImproves), on(days[0])).
			add("20", "1", points("20"), kind(gradebook.KindIfImproves), on(days[1])).
			is(t, gradebook.RescaledRoundLast(), "15")
	}
}

func TestAverage_OnlyOptionalMarks(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("7"), kind(gradebook.KindIfImproves)).add("20", "1", points("9"), kind(gradebook.KindIfImproves))
	b.is(t, gradebook.RescaledRoundLast(), "9")
	b.add("20", "1", points("15"), kind(gradebook.KindPointsAboveHalf))
	b.is(t, gradebook.RescaledRoundLast(), "14")
	// With points above half the best is not the best mark: 19 of weight 1 gets all of them.
	newBook().add("20", "4", points("20"), kind(gradebook.KindIfImproves)).add("20", "1", points("19"), kind(gradebook.KindIfImproves)).
		add("20", "1", points("15"), kind(gradebook.KindPointsAboveHalf)).is(t, gradebook.RescaledRoundLast(), "24")
}

func TestAverage_OptionalNeverLowers(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12")).add("20", "5", points("12"), kind(gradebook.KindIfImproves)).add("20", "5", points("11.99"), kind(gradebook.KindIfImproves))
	b.is(t, gradebook.RescaledRoundLast(), "12")
	e, err := compute(t, gradebook.RescaledRoundLast(), b.in).Explain(zoe)
	require.NoError(t, err)
	assert.Len(t, e.LeftOut(), 2)
}

// boxes is a book with two containers of coefficients 1.
func boxes() *book {
	b := newBook()
	b.in.Containers = []gradebook.Container{
		{ID: "oral", Teaching: "FR", Label: "Oral", Coefficient: dec("1")}, {ID: "ecrit", Teaching: "FR", Label: "Écrit", Coefficient: dec("1")},
	}
	return b
}

func TestAverage_OptionalMarksOfBoxesAreNotMixed(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("8"), in("oral")).add("20", "1", points("16"), in("ecrit")).
		add("20", "1", points("12"), in("oral"), kind(gradebook.KindIfImproves)).add("20", "1", points("12"), in("ecrit"), kind(gradebook.KindIfImproves))
	b.is(t, gradebook.RescaledRoundLast(), "13") // (8+12)/2 and 16
	b.in.Teachings[0].Box.Rule = gradebook.Flattened
	b.is(t, gradebook.RescaledRoundLast(), "12")
}

func TestAverage_NoDoubleRounding(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("12.25"), in("oral")).add("20", "1", points("13.44"), in("ecrit"))
	b.shows(t, gradebook.RescaledRoundLast(), "12.8")
	b.shows(t, gradebook.RescaledRoundEachLevel(), "12.9")
	// A box's own rounding is what it shows: it does not go up either, nor is it rounded once more.
	b.in.Containers[0].Box.Rounding = nearest("0.01")
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	assert.Equal(t, "12.8", shownOf(t, s, zoe))
	assert.Equal(t, "12.25", shownOf(t, s, gradebook.Ref{Pupil: "zoe", Container: "oral", Period: "T1"}))
}

func TestAverage_HalvesAreExact(t *testing.T) {
	t.Parallel()
	newBook().add("20", "1", points("10.1")).add("20", "1", points("10.2")).shows(t, gradebook.RescaledRoundLast(), "10.2")
	newBook().add("20", "1", points("1.1")).add("20", "1", points("1.2")).shows(t, gradebook.RescaledRoundLast(), "1.2")
	newBook().add("20", "1", points("8.95")).shows(t, gradebook.RescaledRoundLast(), "9")
}

func TestAverage_RoundedUpLeavesWhatIsExact(t *testing.T) {
	t.Parallel()
	newBook().add("20", "1", points("12.3")).add("20", "1", points("12.3")).add("20", "1", points("12.3")).shows(t, gradebook.BoxesRoundedUp(), "12.3")
	newBook().add("20", "1", points("12.31")).shows(t, gradebook.BoxesRoundedUp(), "12.4")
}

func TestAverage_PrecisionOfDisplayIsNotThatOfTheValue(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12.33")).add("20", "1", points("12.34"))
	p := gradebook.RescaledRoundLast()
	b.is(t, p, "2467/200")
	b.shows(t, p, "12.3")
	p.Rounding.Teaching = nearest("0.01")
	b.is(t, p, "2467/200")
	b.shows(t, p, "12.34")
}

func TestAverage_EachLevelIsComputedFromWhatIsShown(t *testing.T) {
	t.Parallel()
	in := general(teach("FR", "12.25", "1", ""), teach("MA", "13.44", "1", ""))
	s := compute(t, gradebook.RescaledRoundEachLevel(), in)
	assert.Equal(t, "257/20", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"})) // (12.3+13.4)/2
	assert.Equal(t, "2569/200", exactOf(t, compute(t, gradebook.RescaledRoundLast(), in), gradebook.Ref{Pupil: "zoe", Period: "T1"}))
}

func TestAverage_SubSubjectWithoutMarkDropsItsCoefficient(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("12"), in("oral")).add("20", "1", without(gradebook.StatusAbsent), in("ecrit"))
	b.in.Containers[1].Coefficient = dec("3")
	b.is(t, gradebook.RescaledRoundLast(), "12")
	e, err := compute(t, gradebook.RescaledRoundLast(), b.in).Explain(zoe)
	require.NoError(t, err)
	require.Len(t, e.LeftOut(), 1, "the absence inside is told")
	assert.Equal(t, ent.ID("d2"), e.LeftOut()[0].Assessment)
}

func TestAverage_SubSubjectWithoutMarkDropsItsCoefficientInTheClassToo(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("12"), in("oral")).add("20", "1", gradebook.Result{}, in("ecrit"))
	b.in.Marks = append(b.in.Marks, gradebook.Mark{Pupil: "ali", Assessment: "d1", Result: points("10")}, gradebook.Mark{Pupil: "ali", Assessment: "d2", Result: points("14")})
	st, err := compute(t, gradebook.RescaledRoundLast(), b.in).Statistics(gradebook.Ref{Teaching: "FR", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, "12", st.Mean.String())
	assert.Equal(t, 2, st.Count)
}

func TestAverage_ContainerWithCoefficientZeroIsIgnored(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("12"), in("oral")).add("20", "1", points("2"), in("ecrit"))
	b.in.Containers[1].Coefficient = dec("0")
	b.is(t, gradebook.RescaledRoundLast(), "12")
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	e, err := s.Explain(zoe)
	require.NoError(t, err)
	require.Len(t, e.LeftOut(), 1)
	assert.Equal(t, ent.ID("ecrit"), e.LeftOut()[0].Container)
	assert.Equal(t, "2", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Container: "ecrit", Period: "T1"}), "it has its average all the same")
	b.in.Containers[0].Coefficient = dec("0")
	b.is(t, gradebook.RescaledRoundLast(), "")
}

func TestAverage_FlattenedIgnoresWhatBoxesSay(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("12"), in("oral")).add("20", "3", points("16"), in("ecrit"))
	b.in.Containers[0].Coefficient, b.in.Containers[0].Box = dec("5"), gradebook.Box{Rounding: nearest("5"), BestMarkBonus: dec("7")}
	b.in.Containers[1].Parent = "oral"
	b.in.Teachings[0].Box.Rule = gradebook.Flattened
	b.is(t, gradebook.RescaledRoundEachLevel(), "15")
}

func TestAverage_BestMarkIsComparedOnOneScale(t *testing.T) {
	t.Parallel()
	b := newBook().add("10", "1", points("9")).add("20", "1", points("12"))
	b.in.Teachings[0].Box.BestMarkBonus = dec("1")
	b.is(t, gradebook.RescaledRoundLast(), "16") // (18×2 + 12) / 3
	p := gradebook.RescaledRoundLast()
	p.BestMark = gradebook.BestRaw
	b.is(t, p, "14") // (18 + 12×2) / 3
}

func TestAverage_BestMarkIsOneOfTheBoxItself(t *testing.T) {
	t.Parallel()
	b := boxes().add("20", "1", points("10")).add("20", "1", points("18"), in("oral"))
	b.in.Teachings[0].Box = gradebook.Box{BestMarkBonus: dec("2")}
	b.is(t, gradebook.RescaledRoundLast(), "12") // (10×3 + 18) / 4
	b.in.Teachings[0].Box.Rule = gradebook.Flattened
	b.is(t, gradebook.RescaledRoundLast(), "12")
}

func TestAverage_EqualBestMarksGiveTheBonusToTheGreaterCoefficient(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12")).add("20", "1", points("15")).add("20", "2", points("15")).add("20", "1", points("8"))
	b.in.Teachings[0].Box.BestMarkBonus = dec("1")
	e, err := compute(t, gradebook.RescaledRoundLast(), b.in).Explain(zoe)
	require.NoError(t, err)
	assert.Contains(t, e.Text(ent.FR), "d3 15/20, coefficient 2 + 1 (pondération de la meilleure note)")
}

// taught is a teaching whose average is set by hand.
type taught struct {
	id, average, coefficient string
	mode                     gradebook.GeneralMode
}

func teach(id, average, coefficient string, mode gradebook.GeneralMode) taught {
	return taught{id, average, coefficient, mode}
}

// general is the first period of zoe in class 3A.
func general(list ...taught) gradebook.Input {
	in := gradebook.Input{Periods: []gradebook.Period{{ID: "T1", Index: 1}}}
	for _, x := range list {
		in.Teachings = append(in.Teachings, gradebook.Teaching{ID: ent.ID(x.id), Coefficient: dec(x.coefficient), Mode: x.mode, Class: "3A", Category: "all"})
		if x.average != "" {
			in.Finals = append(in.Finals, gradebook.Final{Pupil: "zoe", Teaching: ent.ID(x.id), Period: "T1", Result: points(x.average)})
		}
	}
	return in
}

func TestAverage_SetByHandReplacesEverywhere(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("8"))
	b.in.Finals = []gradebook.Final{{Pupil: "zoe", Teaching: "FR", Period: "T1", Result: points("11")}}
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	a, err := s.Average(zoe)
	require.NoError(t, err)
	assert.Equal(t, gradebook.StateSet, a.State())
	for _, r := range []gradebook.Ref{zoe, {Pupil: "zoe", Period: "T1"}, {Pupil: "zoe", Teaching: "FR"}, {Pupil: "zoe"}} {
		assert.Equal(t, "11", shownOf(t, s, r), r)
	}
	for _, r := range []gradebook.Ref{{Teaching: "FR", Period: "T1"}, {Class: "3A", Period: "T1"}} {
		st, err := s.Statistics(r)
		require.NoError(t, err)
		assert.Equal(t, "11", st.Mean.String())
	}
}

func TestAverage_SetByHandStaysWhenMarksChange(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("8"))
	b.in.Finals = []gradebook.Final{{Pupil: "zoe", Teaching: "FR", Period: "T1", Result: points("11")}}
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	require.NoError(t, s.SetMark(gradebook.Mark{Pupil: "zoe", Assessment: "d1", Result: points("19")}))
	assert.Equal(t, "11", shownOf(t, s, zoe))
	require.NoError(t, s.SetFinal(gradebook.Final{Pupil: "zoe", Teaching: "FR", Period: "T1"}))
	assert.Equal(t, "19", shownOf(t, s, zoe), "given back to the computation")
}

func TestAverage_NotMarkedByDecisionLeavesTheTeachingOut(t *testing.T) {
	t.Parallel()
	in := general(teach("FR", "12", "4", ""), teach("MA", "8", "4", ""))
	in.Finals[1].Result = without(gradebook.StatusNotMarked)
	s := compute(t, gradebook.RescaledRoundLast(), in)
	assert.Equal(t, "12", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}))
	a, err := s.Average(gradebook.Ref{Pupil: "zoe", Teaching: "MA", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, gradebook.StateNN, a.State())
	e, err := s.Explain(gradebook.Ref{Pupil: "zoe", Period: "T1"})
	require.NoError(t, err)
	require.Len(t, e.LeftOut(), 1)
	assert.Equal(t, ent.ID("MA"), e.LeftOut()[0].Teaching)
}

func TestAverage_TeachingWithoutAverageDropsItsCoefficient(t *testing.T) {
	t.Parallel()
	in := general(teach("FR", "12", "1", ""), teach("MA", "", "4", ""))
	in.Assessments = []gradebook.Assessment{{ID: "d", Teaching: "MA", Period: "T1", Scale: dec("20"), Coefficient: dec("1")}}
	in.Marks = []gradebook.Mark{{Pupil: "zoe", Assessment: "d", Result: without(gradebook.StatusExempt)}}
	assert.Equal(t, "12", exactOf(t, compute(t, gradebook.RescaledRoundLast(), in), gradebook.Ref{Pupil: "zoe", Period: "T1"}))
}

func TestAverage_ModesOfTheGeneralAverage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		avg  string
		mode gradebook.GeneralMode
		want string
	}{
		{"10", gradebook.ModeFromHalf, "11"},
		{"9.9", gradebook.ModeFromHalf, "12"},
		{"10", gradebook.ModePointsAboveHalf, "12"},
		{"13", gradebook.ModePointsAboveHalf, "15"},
		{"7", gradebook.ModePointsAboveHalf, "12"},
		{"7", gradebook.ModeNormal, "19/2"},
	} {
		in := general(teach("FR", "12", "1", ""), teach("opt", c.avg, "1", c.mode))
		assert.Equal(t, c.want, exactOf(t, compute(t, gradebook.RescaledRoundLast(), in), gradebook.Ref{Pupil: "zoe", Period: "T1"}), "%s %s", c.avg, c.mode)
	}
}

func TestAverage_CoefficientOfOnePupil(t *testing.T) {
	t.Parallel()
	in := general(teach("FR", "12", "1", ""), teach("MA", "8", "1", ""))
	in.Finals = append(in.Finals, gradebook.Final{Pupil: "ali", Teaching: "FR", Period: "T1", Result: points("12")},
		gradebook.Final{Pupil: "ali", Teaching: "MA", Period: "T1", Result: points("8")})
	in.Coefficients = []gradebook.PupilCoefficient{{Pupil: "zoe", Teaching: "FR", Coefficient: dec("3")}}
	s := compute(t, gradebook.RescaledRoundLast(), in)
	assert.Equal(t, "11", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}))
	assert.Equal(t, "10", exactOf(t, s, gradebook.Ref{Pupil: "ali", Period: "T1"}))
	in.Coefficients = append(in.Coefficients, gradebook.PupilCoefficient{Pupil: "zoe", Teaching: "FR", Coefficient: dec("9")})
	s = compute(t, gradebook.RescaledRoundLast(), in)
	assert.Equal(t, int64(1), s.Report().CountOf(gradebook.CodeTwice), "two coefficients: the second is refused, and said")
	assert.Equal(t, "11", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}))
}

func TestAverage_EqualWeightsStandBesideTheWeightedOne(t *testing.T) {
	t.Parallel()
	in := general(teach("FR", "12", "5", ""), teach("MA", "8", "1", ""), teach("none", "2", "0", ""))
	assert.Equal(t, "10", exactOf(t, compute(t, gradebook.EqualWeightsRoundEachLevel(), in), gradebook.Ref{Pupil: "zoe", Period: "T1"}))
	assert.Equal(t, "34/3", exactOf(t, compute(t, gradebook.RescaledRoundEachLevel(), in), gradebook.Ref{Pupil: "zoe", Period: "T1"}))
}

func TestAverage_CategoriesIgnoreModes(t *testing.T) {
	t.Parallel()
	in := general(teach("FR", "12", "1", ""), teach("opt", "8", "1", gradebook.ModeFromHalf))
	s := compute(t, gradebook.RescaledRoundLast(), in)
	assert.Equal(t, "10", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Category: "all", Period: "T1"}))
	assert.Equal(t, "12", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}))
}

func TestAverage_TwoGroupsOfOneSubjectBothCount(t *testing.T) {
	t.Parallel()
	in := general(teach("FR1", "12", "1", ""), teach("FR2", "8", "1", ""), teach("MA", "16", "1", ""))
	in.Teachings[0].Subject, in.Teachings[1].Subject = "030201", "030201"
	s := compute(t, gradebook.RescaledRoundLast(), in)
	assert.Equal(t, "12", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}))
	assert.Equal(t, "10", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Subject: "030201", Period: "T1"}))
}

// year gives zoe an average set by hand in each period of one teaching.
func year(averages ...string) gradebook.Input {
	in := gradebook.Input{Teachings: []gradebook.Teaching{{ID: "FR", Class: "3A", Coefficient: dec("1")}}}
	for i, a := range averages {
		q := gradebook.Period{ID: ent.ID("T" + string(rune('1'+i))), Index: i + 1, Count: len(averages)}
		in.Periods = append(in.Periods, q)
		if a != "" {
			in.Finals = append(in.Finals, gradebook.Final{Pupil: "zoe", Teaching: "FR", Period: q.ID, Result: points(a)})
		}
	}
	return in
}

func TestAverage_AnnualIsThePlainMeanOfThePeriods(t *testing.T) {
	t.Parallel()
	annual := gradebook.Ref{Pupil: "zoe", Teaching: "FR"}
	assert.Equal(t, "12.4", shownOf(t, compute(t, gradebook.RescaledRoundLast(), year("12.3", "11.8", "13.0")), annual))
	assert.Equal(t, "12.7", shownOf(t, compute(t, gradebook.RescaledRoundLast(), year("12.3", "", "13.0")), annual))
	// Four marks in one period weigh no more than one mark in the other.
	in := year("", "10")
	for _, id := range []ent.ID{"a", "b", "c", "d"} {
		in.Assessments = append(in.Assessments, gradebook.Assessment{ID: id, Teaching: "FR", Period: "T1", Scale: dec("20"), Coefficient: dec("1")})
		in.Marks = append(in.Marks, gradebook.Mark{Pupil: "zoe", Assessment: id, Result: points("14")})
	}
	assert.Equal(t, "12", exactOf(t, compute(t, gradebook.RescaledRoundLast(), in), annual))
}

func TestAverage_AnnualGeneralHasTwoReadings(t *testing.T) {
	t.Parallel()
	in := year("10", "14")
	in.Teachings = append(in.Teachings, gradebook.Teaching{ID: "MA", Class: "3A", Coefficient: dec("3")})
	in.Finals = append(in.Finals, gradebook.Final{Pupil: "zoe", Teaching: "MA", Period: "T1", Result: points("6")})
	p := gradebook.Policy{}
	assert.Equal(t, "15/2", exactOf(t, compute(t, p, in), gradebook.Ref{Pupil: "zoe"})) // (12 + 3×6) / 4
	p.AnnualGeneral = gradebook.FromGeneralAverages
	assert.Equal(t, "21/2", exactOf(t, compute(t, p, in), gradebook.Ref{Pupil: "zoe"})) // (7 + 14) / 2
}

func TestAverage_AnnualStaysExactUntilItIsShown(t *testing.T) {
	t.Parallel()
	in := year("12.1", "12.2") // 12.15
	in.Teachings = append(in.Teachings, gradebook.Teaching{ID: "MA", Class: "3A", Coefficient: dec("1")})
	in.Finals = append(in.Finals, gradebook.Final{Pupil: "zoe", Teaching: "MA", Period: "T1", Result: points("12")}) // 12.075, not 12.1
	assert.Equal(t, "483/40", exactOf(t, compute(t, gradebook.RescaledRoundEachLevel(), in), gradebook.Ref{Pupil: "zoe"}))
	p := gradebook.RescaledRoundEachLevel()
	p.CarryAnnual = gradebook.CarryRounded
	assert.Equal(t, "121/10", exactOf(t, compute(t, p, in), gradebook.Ref{Pupil: "zoe"}))
}

func TestAverage_PeriodsInOrder(t *testing.T) {
	t.Parallel()
	in := year("8", "10", "15")
	in.Periods[0], in.Periods[2] = in.Periods[2], in.Periods[0]
	in.Members = []gradebook.Member{{Pupil: "zoe", Class: "3A"}}
	for i := range in.Periods {
		in.Periods[i].Start, in.Periods[i].End = day(9, in.Periods[i].Index), day(10, in.Periods[i].Index)
	}
	in.Members[0].To = day(10, 2) // she leaves before the end of the last period
	s := compute(t, gradebook.RescaledRoundLast(), in)
	e, err := s.Explain(gradebook.Ref{Pupil: "zoe", Teaching: "FR"})
	require.NoError(t, err)
	assert.Regexp(t, `(?s)T1 8/20.*T2 10/20.*T3 15/20`, e.Text(ent.FR))
	assert.Equal(t, ent.ID("3A"), s.Class("zoe", "T2"))
	assert.Empty(t, s.Class("zoe", gradebook.Year), "the class of the year is that of the last period")
}

// marked is a class whose averages are set by hand, by pupil; "" for no average.
func marked(averages ...string) gradebook.Input {
	in := gradebook.Input{Periods: []gradebook.Period{{ID: "T1", Index: 1}}, Teachings: []gradebook.Teaching{{ID: "FR", Class: "3A", Coefficient: dec("1")}}}
	for i, a := range averages {
		id := ent.ID("p" + string(rune('1'+i)))
		in.Members = append(in.Members, gradebook.Member{Pupil: id, Class: "3A"})
		if a != "" {
			in.Finals = append(in.Finals, gradebook.Final{Pupil: id, Teaching: "FR", Period: "T1", Result: points(a)})
		}
	}
	return in
}

func statistics(t *testing.T, in gradebook.Input) gradebook.Statistics {
	t.Helper()
	st, err := compute(t, gradebook.RescaledRoundLast(), in).Statistics(gradebook.Ref{Teaching: "FR", Period: "T1"})
	require.NoError(t, err)
	return st
}

func TestAverage_PupilWithoutAverageDoesNotLowerTheClass(t *testing.T) {
	t.Parallel()
	st := statistics(t, marked("12", "", "14", ""))
	assert.Equal(t, "13", st.Mean.String())
	assert.Equal(t, "12", st.Min.String())
	assert.Equal(t, [2]int{2, 2}, [2]int{st.Count, st.Without})
	s := compute(t, gradebook.RescaledRoundLast(), marked("12", "", "14", ""))
	of, err := s.Statistics(gradebook.Ref{Class: "3A", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, "13", of.Mean.String())
}

func TestAverage_NobodyHasAnAverage(t *testing.T) {
	t.Parallel()
	st := statistics(t, marked("", ""))
	assert.Equal(t, gradebook.Statistics{Without: 2}, st)
}

func ranks(t *testing.T, in gradebook.Input, n int) []int {
	t.Helper()
	s := compute(t, gradebook.RescaledRoundLast(), in)
	var out []int
	for i := range n {
		a, err := s.Average(gradebook.Ref{Pupil: ent.ID("p" + string(rune('1'+i))), Teaching: "FR", Period: "T1"})
		require.NoError(t, err)
		r, _ := a.Rank()
		out = append(out, r)
	}
	return out
}

func TestAverage_EqualAveragesShareARank(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []int{2, 1, 2, 4}, ranks(t, marked("14.9", "15.2", "14.9", "13"), 4))
	assert.Equal(t, []int{1, 1, 3}, ranks(t, marked("14.92", "14.88", "14.8"), 3), "equal as they are published")
	a, b, c := dec("12"), dec("12.0"), dec("15")
	assert.Equal(t, []int{2, 0, 2, 1}, gradebook.Ranks([]*decimal.Decimal{&a, nil, &b, &c}))
}

func TestAverage_PupilWithoutAverageHasNoRank(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []int{2, 0, 1}, ranks(t, marked("8", "", "14"), 3))
}

func TestAverage_MinMaxAreRescaled(t *testing.T) {
	t.Parallel()
	b := newBook().add("10", "1", points("9"))
	b.in.Marks = append(b.in.Marks, gradebook.Mark{Pupil: "ali", Assessment: "d1", Result: points("4")}, gradebook.Mark{Pupil: "eva", Assessment: "d1", Result: without(gradebook.StatusAbsent)})
	st, err := compute(t, gradebook.RescaledRoundLast(), b.in).AssessmentStatistics("d1")
	require.NoError(t, err)
	assert.Equal(t, []string{"8", "18", "13"}, []string{st.Min.String(), st.Max.String(), st.Mean.String()})
	assert.Equal(t, 2, st.Count)
	b.add("20", "1", points("12"))
	of, err := compute(t, gradebook.RescaledRoundLast(), b.in).Statistics(gradebook.Ref{Teaching: "FR", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, []string{"8", "15"}, []string{of.Min.String(), of.Max.String()})
}

func TestAverage_MedianAndQuartiles(t *testing.T) {
	t.Parallel()
	three := statistics(t, marked("8", "10", "15"))
	assert.Equal(t, "10", three.Median.String())
	assert.False(t, three.Quartiles, "three averages have no quartiles")
	four := statistics(t, marked("8", "15", "10", "11"))
	assert.True(t, four.Quartiles)
	assert.Equal(t, []string{"10.5", "8", "11"}, []string{four.Median.String(), four.First.String(), four.Third.String()})
}

func TestAverage_BandsHoldTheirLowerBound(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []int{1, 2, 2, 2, 1, 2}, statistics(t, marked("4.9", "5", "7.9", "8", "9.9", "10", "11.9", "12", "15", "20")).Bands)
	st, err := gradebook.StatisticsOf(gradebook.Policy{Bands: gradebook.LSLBands()}, []decimal.Decimal{dec("7.99"), dec("8"), dec("12")})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1, 1}, st.Bands)
}

func TestAverage_GroupOfSeveralClassesKeepsItsCoefficients(t *testing.T) {
	t.Parallel()
	in := gradebook.Input{
		Periods:   []gradebook.Period{{ID: "T1", Index: 1}},
		Teachings: []gradebook.Teaching{{ID: "LAT", Group: "latin", Coefficient: dec("1")}, {ID: "A", Class: "3A", Coefficient: dec("1")}, {ID: "B", Class: "3B", Coefficient: dec("1")}},
		Members:   []gradebook.Member{{Pupil: "zoe", Class: "3A"}, {Pupil: "ali", Class: "3B"}, {Pupil: "zoe", Group: "latin"}, {Pupil: "ali", Group: "latin"}},
		Assessments: []gradebook.Assessment{
			{ID: "d1", Teaching: "LAT", Period: "T1", Scale: dec("20"), Coefficient: dec("3")}, {ID: "d2", Teaching: "LAT", Period: "T1", Scale: dec("20"), Coefficient: dec("1")},
		},
	}
	for _, p := range []ent.ID{"zoe", "ali"} {
		in.Marks = append(in.Marks, gradebook.Mark{Pupil: p, Assessment: "d1", Result: points("16")}, gradebook.Mark{Pupil: p, Assessment: "d2", Result: points("8")})
	}
	s := compute(t, gradebook.RescaledRoundLast(), in)
	for _, p := range []ent.ID{"zoe", "ali"} {
		assert.Equal(t, "14", exactOf(t, s, gradebook.Ref{Pupil: p, Teaching: "LAT", Period: "T1"}))
		a, err := s.Average(gradebook.Ref{Pupil: p, Period: "T1"})
		require.NoError(t, err)
		_, of := a.Rank()
		assert.Equal(t, 1, of, "each is alone in the own class")
	}
}

// changed is zoe who leaves 3A for 3B on 1 November, within the first period.
func changed() gradebook.Input {
	return gradebook.Input{
		Periods:   []gradebook.Period{{ID: "T1", Index: 1, Start: day(9, 1), End: day(11, 30)}},
		Teachings: []gradebook.Teaching{{ID: "A", Class: "3A", Subject: "030201", Coefficient: dec("1")}, {ID: "B", Class: "3B", Subject: "030201", Coefficient: dec("1")}},
		Members: []gradebook.Member{
			{Pupil: "zoe", Class: "3A", To: day(10, 31)}, {Pupil: "zoe", Class: "3B", From: day(11, 1)}, {Pupil: "ali", Class: "3A"}, {Pupil: "eva", Class: "3B"},
		},
		Assessments: []gradebook.Assessment{
			{ID: "a", Teaching: "A", Period: "T1", Date: day(10, 1), Scale: dec("20"), Coefficient: dec("1")},
			{ID: "b", Teaching: "B", Period: "T1", Date: day(11, 15), Scale: dec("20"), Coefficient: dec("1")},
		},
		Marks: []gradebook.Mark{
			{Pupil: "zoe", Assessment: "a", Result: points("10")},
			{Pupil: "zoe", Assessment: "b", Result: points("14")},
			{Pupil: "ali", Assessment: "a", Result: points("8")},
			{Pupil: "eva", Assessment: "b", Result: points("16")},
		},
	}
}

func TestAverage_PupilWhoChangedClass(t *testing.T) {
	t.Parallel()
	s := compute(t, gradebook.RescaledRoundLast(), changed())
	assert.Equal(t, "12", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Teaching: "B", Period: "T1"}), "all marks, in the class of the end")
	assert.Empty(t, exactOf(t, s, gradebook.Ref{Pupil: "zoe", Teaching: "A", Period: "T1"}))
	assert.Equal(t, "12", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Period: "T1"}))
	assert.Equal(t, ent.ID("3B"), s.Class("zoe", "T1"))
	assert.Equal(t, int64(1), s.Report().CountOf(gradebook.CodeFollowed))
	st, err := s.Statistics(gradebook.Ref{Teaching: "A", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, []any{"8", 1, 0}, []any{st.Mean.String(), st.Count, st.Without})
	st, err = s.Statistics(gradebook.Ref{Class: "3B", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, []any{"14", 2}, []any{st.Mean.String(), st.Count})
}

func TestAverage_MarksThatStayWhenAPupilChangesClass(t *testing.T) {
	t.Parallel()
	p := gradebook.RescaledRoundLast()
	p.Changes = gradebook.MarksStay
	s := compute(t, p, changed())
	assert.Equal(t, "14", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Teaching: "B", Period: "T1"}))
	assert.Equal(t, "10", exactOf(t, s, gradebook.Ref{Pupil: "zoe", Teaching: "A", Period: "T1"}))
	st, err := s.Statistics(gradebook.Ref{Teaching: "A", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, 1, st.Count, "she is no longer in 3A")
}

func TestAverage_MarkOutsideOfAMembershipIsSaidAndCounts(t *testing.T) {
	t.Parallel()
	in := changed()
	in.Marks = append(in.Marks, gradebook.Mark{Pupil: "new", Assessment: "a", Result: points("20")})
	s := compute(t, gradebook.RescaledRoundLast(), in)
	assert.Equal(t, int64(1), s.Report().CountOf(gradebook.CodeNotMember))
	assert.Equal(t, "20", exactOf(t, s, gradebook.Ref{Pupil: "new", Teaching: "A", Period: "T1"}))
	st, err := s.Statistics(gradebook.Ref{Teaching: "A", Period: "T1"})
	require.NoError(t, err)
	assert.Equal(t, 1, st.Count, "the statistics are those of the members")
	assert.Empty(t, s.Class("new", "T1"))
}

func TestAverage_TeacherReplacedDuringTheYear(t *testing.T) {
	t.Parallel()
	x := gradebook.Teaching{Teachers: []gradebook.Teacher{
		{ID: "main", To: day(11, 2)},
		{ID: "second", Role: gradebook.RoleReplacement, From: day(11, 3), To: day(12, 19)},
		{ID: "main", From: day(1, 5)},
		{ID: "both", Role: gradebook.RoleCoTeacher},
	}}
	for _, c := range []struct {
		who ent.ID
		on  ent.Date
		is  bool
	}{
		{"main", day(9, 1), true},
		{"main", day(11, 2), true},
		{"main", day(11, 3), false},
		{"second", day(11, 3), true},
		{"second", day(12, 19), true},
		{"second", day(1, 5), false},
		{"main", day(1, 5), true},
		{"both", day(9, 1), true},
		{"nobody", day(9, 1), false},
	} {
		assert.Equal(t, c.is, x.Teaches(c.who, c.on), "%s on %s", c.who, c.on)
	}
}

func TestAverage_MissingDataIsAMessage(t *testing.T) {
	t.Parallel()
	for _, in := range []gradebook.Input{
		{},
		{Periods: []gradebook.Period{{ID: "T1", Index: 1}}},
		{Teachings: []gradebook.Teaching{{ID: "FR", Coefficient: dec("1")}}, Finals: []gradebook.Final{{Pupil: "zoe", Teaching: "FR", Result: points("12")}}},
		{Marks: []gradebook.Mark{{}, {Pupil: "zoe", Assessment: "gone", Result: points("3")}}, Finals: []gradebook.Final{{}}, Members: []gradebook.Member{{}}, Containers: []gradebook.Container{{}}},
		{Assessments: []gradebook.Assessment{{}}, Teachings: []gradebook.Teaching{{}}, Periods: []gradebook.Period{{}}, Coefficients: []gradebook.PupilCoefficient{{}}},
	} {
		s := compute(t, gradebook.RescaledRoundLast(), in)
		for _, r := range []gradebook.Ref{{}, zoe, {Pupil: "zoe", Container: "x", Period: "T1"}, {Pupil: "zoe", Teaching: "FR", Period: "T9"}} {
			_, err := s.Average(r)
			require.ErrorIs(t, err, gradebook.CodeNoFigure, r)
			_, err = s.Statistics(r)
			require.ErrorIs(t, err, gradebook.CodeNoFigure, r)
		}
	}
	s := compute(t, gradebook.RescaledRoundLast(), gradebook.Input{Marks: []gradebook.Mark{{Pupil: "zoe", Assessment: "gone"}, {Pupil: "zoe", Assessment: "gone"}}})
	assert.Equal(t, ent.Tally{Read: 2, Refused: 2}, s.Report().Tally("marks"))
	assert.Equal(t, int64(2), s.Report().CountOf(gradebook.CodeUnknown))
}

func TestAverage_SecondMarkAtOneAssessmentIsSaid(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12"))
	b.in.Marks = append(b.in.Marks, gradebook.Mark{Pupil: "zoe", Assessment: "d1", Result: points("4")})
	b.is(t, gradebook.RescaledRoundLast(), "12")
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	assert.Equal(t, int64(1), s.Report().CountOf(gradebook.CodeMarkTwice))
	assert.Equal(t, ent.Tally{Read: 2, Kept: 1, Refused: 1}, s.Report().Tally("marks"))
}

func TestAverage_FamiliesSeeNoAverageOfHiddenMarks(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "1", points("12")).add("20", "1", points("2"), func(a *gradebook.Assessment) { a.Published = day(10, 10) })
	for on, want := range map[ent.Date]string{day(10, 9): "12", day(10, 10): "7"} {
		exact, _ := average(t, compute(t, gradebook.RescaledRoundLast(), b.in.Visible(on)), zoe)
		assert.Equal(t, want, exact)
	}
	assert.Len(t, b.in.Marks, 2, "the input itself is whole")
}

func TestAverage_ContainersThatHoldEachOtherAreRefused(t *testing.T) {
	t.Parallel()
	b := boxes()
	b.in.Containers[0].Parent, b.in.Containers[1].Parent = "ecrit", "oral"
	b.add("20", "1", points("12"))
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	assert.Equal(t, int64(2), s.Report().CountOf(gradebook.CodeCycle))
	assert.Equal(t, "12", exactOf(t, s, zoe))
}

func TestAverage_ContainerOfAnotherPeriodIsNotThere(t *testing.T) {
	t.Parallel()
	b := boxes()
	b.in.Periods = append(b.in.Periods, gradebook.Period{ID: "T2", Index: 2, Count: 3})
	b.in.Containers[0].Period = "T2"
	b.add("20", "1", points("12"), in("oral")).add("20", "1", points("14"), in("ecrit"))
	s := compute(t, gradebook.RescaledRoundLast(), b.in)
	assert.Equal(t, "14", exactOf(t, s, zoe))
	assert.Positive(t, s.Report().CountOf(gradebook.CodeUnknown), "an assessment in a container of another period is refused")
}

func TestAverage_ThirdsStayExact(t *testing.T) {
	t.Parallel()
	b := newBook().add("20", "3", points("10")).add("20", "3", points("11")).add("20", "3", points("11"))
	b.is(t, gradebook.RescaledRoundLast(), "32/3")
	in := year("", "", "")
	for i, n := range []string{"10", "11", "11"} {
		for _, q := range []string{"T1", "T2", "T3"} {
			id := ent.ID(q + string(rune('a'+i)))
			in.Assessments = append(in.Assessments, gradebook.Assessment{ID: id, Teaching: "FR", Period: ent.ID(q), Scale: dec("20"), Coefficient: dec("1")})
			in.Marks = append(in.Marks, gradebook.Mark{Pupil: "zoe", Assessment: id, Result: points(n)})
		}
	}
	assert.Equal(t, "32/3", exactOf(t, compute(t, gradebook.RescaledRoundLast(), in), gradebook.Ref{Pupil: "zoe", Teaching: "FR"}))
}
