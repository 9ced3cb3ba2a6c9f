package exam_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/exam"
)

// acceptanceI is the candidate of acceptance I.
func acceptanceI(b exam.Bac) exam.BacInput {
	in := exam.BacInput{Marks: marks(b.Continuous, "12", "13", "14", "15", "15.5", "11", "12", "10", "9.5", "16", "14", "15")}
	in.Marks = append(in.Marks, marks(b.Terminal, "11", "14", "10", "13", "12.5", "9", "15")...)
	return in
}

func TestAcceptanceI(t *testing.T) {
	t.Parallel()
	rules := bacRules(t, 2027, exam.SeriesGeneral)
	in := acceptanceI(rules)
	r := bac(t, rules, in)
	assert.Equal(t, "13.025", text(r.Continuous), "521/40")
	assert.Equal(t, "12.416666666666", text(r.Exam), "745/60")
	assert.Equal(t, "12.66", text(r.Final), "1266/100")
	assert.Equal(t, "12.66", text(r.Published))
	assert.Equal(t, exam.DecisionPassed, r.Decision)
	assert.Equal(t, exam.MentionFairlyGood, r.Mention)
	assert.Equal(t, []ent.Code{exam.CodeUnverifiedThresholds, exam.CodeUnverifiedRounding}, codes(r.Issues))

	in.Options = []exam.Mark{{Paper: "latin-1re", Value: num("16")}, {Paper: "latin-tle", Value: num("17")}}
	r = bac(t, rules, in)
	assert.Equal(t, "12.807692307692", text(r.Final), "1332/104")
	assert.Equal(t, "12.81", text(r.Published))
	assert.Equal(t, "13.025", text(r.Continuous), "options are beside")
}

func TestWeightsAddUpTo100(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		year               int
		series             exam.Series
		philosophy, oral   string
		maths              bool
		scientific, absent exam.PaperCode
	}{
		{2026, exam.SeriesGeneral, "8", "10", false, exam.PaperScientific1, exam.PaperMaths1},
		{2026, exam.SeriesTechnological, "4", "14", false, exam.PaperMaths1, exam.PaperScientific1},
		{2027, exam.SeriesGeneral, "8", "8", true, exam.PaperScientificT, exam.PaperMathsT},
		{2027, exam.SeriesTechnological, "4", "12", true, exam.PaperMathsT, exam.PaperScientificT},
	} {
		b := bacRules(t, c.year, c.series)
		require.Empty(t, b.Check())
		weights := map[exam.PaperCode]string{}
		for want, papers := range map[string][]exam.Paper{"40": b.Continuous, "60": b.Terminal} {
			sum := dec("0")
			for _, p := range papers {
				sum = sum.Add(p.Weight)
				weights[p.Code] = p.Weight.String()
			}
			assert.Equal(t, want, sum.String(), "%d %s", c.year, c.series)
		}
		assert.Equal(t, c.philosophy, weights[exam.PaperPhilosophy])
		assert.Equal(t, c.oral, weights[exam.PaperGrandOral])
		assert.Equal(t, c.maths, weights[exam.PaperMathsAnticipated] == "2")
		assert.Equal(t, "3", weights[c.scientific])
		assert.NotContains(t, weights, c.absent)
		assert.Equal(t, "16", weights[exam.PaperSpecialityA])
	}
	for _, year := range []int{2022, 2100} {
		_, err := exam.BacRules(year, exam.SeriesGeneral)
		require.ErrorIs(t, err, exam.CodeYear)
	}
	_, err := exam.BacRules(2026, "professional")
	require.ErrorIs(t, err, exam.CodeSeries)
}

// flat gives every mark of an examination the same value.
func flat(b exam.Bac, value string) exam.BacInput {
	var in exam.BacInput
	for _, papers := range [][]exam.Paper{b.Continuous, b.Terminal} {
		for _, p := range papers {
			in.Marks = append(in.Marks, exam.Mark{Paper: p.Code, Value: num(value)})
		}
	}
	return in
}

func TestDecisionsOfTheBac(t *testing.T) {
	t.Parallel()
	for _, series := range []exam.Series{exam.SeriesGeneral, exam.SeriesTechnological} {
		rules := bacRules(t, 2027, series)
		for _, c := range []struct {
			mark     string
			decision exam.Decision
			mention  exam.Mention
		}{
			{"7.999", exam.DecisionFailed, ""},
			{"8", exam.DecisionSecondGroup, ""},
			{"9.999", exam.DecisionSecondGroup, ""},
			{"10", exam.DecisionPassed, ""},
			{"12", exam.DecisionPassed, exam.MentionFairlyGood},
			{"14", exam.DecisionPassed, exam.MentionGood},
			{"16", exam.DecisionPassed, exam.MentionVeryGood},
			{"18", exam.DecisionPassed, exam.MentionCongratulated},
		} {
			r := bac(t, rules, flat(rules, c.mark))
			assert.Equal(t, c.mark, text(r.Final))
			assert.Equal(t, c.decision, r.Decision, c.mark)
			assert.Equal(t, c.mention, r.Mention, c.mark)
		}
	}
}

func TestTheSecondGroupKeepsTheBestMark(t *testing.T) {
	t.Parallel()
	rules := bacRules(t, 2027, exam.SeriesGeneral)
	in := flat(rules, "9.5")
	in.Control = []exam.Mark{{Paper: exam.PaperSpecialityA, Value: num("13")}, {Paper: exam.PaperPhilosophy, Value: num("4")}}
	r := bac(t, rules, in)
	assert.Equal(t, "10.06", text(r.Final), "(950 + 16 × 3.5)/100")
	assert.Equal(t, exam.DecisionPassed, r.Decision)
	assert.Equal(t, exam.MentionNone, r.Mention)
	has(t, r.Issues, exam.CodeUnverifiedControl)

	in.Control = []exam.Mark{{Paper: exam.PaperSpecialityA, Value: num("10")}}
	r = bac(t, rules, in)
	assert.Equal(t, "9.58", text(r.Final))
	assert.Equal(t, exam.DecisionFailed, r.Decision, "there is no third group")

	in.Control = []exam.Mark{{Paper: exam.PaperSpecialityA, Value: num("20")}, {Paper: exam.PaperSpecialityB, Value: num("20")}}
	r = bac(t, rules, in)
	assert.Equal(t, "12.86", text(r.Final))
	assert.Equal(t, exam.MentionNone, r.Mention, "no mention after the second group")

	for _, c := range []struct {
		control []exam.Mark
		want    ent.Code
	}{
		{[]exam.Mark{{Paper: exam.PaperGrandOral, Value: num("20")}}, exam.CodeControl},
		{[]exam.Mark{{Paper: exam.PaperSport, Value: num("20")}}, exam.CodeUnknown},
		{[]exam.Mark{{Paper: exam.PaperSpecialityA, Dispensed: true}}, exam.CodeControl},
		{[]exam.Mark{{Paper: exam.PaperSpecialityA}}, exam.CodeMissing},
		{[]exam.Mark{{Paper: exam.PaperSpecialityA, Value: num("21")}}, exam.CodeNumber},
		{[]exam.Mark{{Paper: exam.PaperSpecialityA, Value: num("1")}, {Paper: exam.PaperSpecialityB, Value: num("1")}, {Paper: exam.PaperPhilosophy, Value: num("1")}}, exam.CodeControl},
	} {
		in.Control = c.control
		r := bac(t, rules, in)
		assert.True(t, r.Final.IsZero())
		has(t, r.Issues, c.want)
	}
	in = flat(rules, "11")
	in.Control = []exam.Mark{{Paper: exam.PaperSpecialityA, Value: num("20")}}
	r = bac(t, rules, in)
	assert.Equal(t, "11", text(r.Final), "who passed takes nothing again")
	has(t, r.Issues, exam.CodeNotUsed)
	in.Marks = in.Marks[1:]
	has(t, bac(t, rules, in).Issues, exam.CodeMissing)
}

func TestOptionsOfTheBac(t *testing.T) {
	t.Parallel()
	rules := bacRules(t, 2026, exam.SeriesGeneral)
	in := flat(rules, "10")
	for i := range 7 {
		in.Options = append(in.Options, exam.Mark{Paper: exam.PaperCode(rune('a' + i)), Value: num("20")})
	}
	assert.Equal(t, "11.228070175438", text(bac(t, rules, in).Final), "1280/114")
	in.Options = append(in.Options, exam.Mark{Paper: "h", Dispensed: true})
	has(t, bac(t, rules, in).Issues, exam.CodeUnverifiedDispensed)
	in.Options[7] = exam.Mark{Paper: "h", Value: num("20")}
	r := bac(t, rules, in)
	has(t, r.Issues, exam.CodeOptions)
	assert.True(t, r.Final.IsZero(), "nobody says which ones count")
	for _, c := range []struct {
		options []exam.Mark
		want    ent.Code
	}{
		{[]exam.Mark{{Paper: "latin"}}, exam.CodeMissing},
		{[]exam.Mark{{Paper: "latin", Value: num("12")}, {Paper: "latin", Value: num("12")}}, exam.CodeTwice},
		{[]exam.Mark{{Value: num("12")}}, exam.CodeUnknown},
		{make([]exam.Mark, 201), exam.CodeSize},
	} {
		in.Options = c.options
		r := bac(t, rules, in)
		assert.True(t, r.Final.IsZero())
		has(t, r.Issues, c.want)
	}
	// An option may lower the mean: both sums have it.
	in.Options = []exam.Mark{{Paper: "latin", Value: num("4")}}
	assert.Equal(t, "9.882352941176", text(bac(t, rules, in).Final), "1008/102")
}

func TestWhatTheBacLacks(t *testing.T) {
	t.Parallel()
	rules := bacRules(t, 2027, exam.SeriesGeneral)
	for i := range acceptanceI(rules).Marks {
		in := acceptanceI(rules)
		in.Marks[i].Value = exam.Number{}
		r := bac(t, rules, in)
		assert.True(t, r.Final.IsZero(), i)
		has(t, r.Issues, exam.CodeMissing)
	}
	in := acceptanceI(rules)
	for i := range in.Marks {
		if in.Marks[i].Paper == exam.PaperSport {
			in.Marks[i] = exam.Mark{Paper: exam.PaperSport, Dispensed: true}
		}
	}
	r := bac(t, rules, in)
	assert.Equal(t, "12.446808510638", text(r.Final), "1170/94")
	has(t, r.Issues, exam.CodeUnverifiedDispensed)
	for i := range in.Marks {
		in.Marks[i] = exam.Mark{Paper: in.Marks[i].Paper, Dispensed: true}
	}
	has(t, bac(t, rules, in).Issues, exam.CodeMissing)

	for name, change := range map[string]func(*exam.Bac){
		"no paper":          func(b *exam.Bac) { b.Terminal = nil },
		"in both parts":     func(b *exam.Bac) { b.Terminal[0].Code = exam.PaperSport },
		"an option":         func(b *exam.Bac) { b.OptionWeight = dec("0") },
		"a rounding":        func(b *exam.Bac) { b.Rounding.Exam = &ent.Rounding{Step: dec("1"), Mode: ent.RoundUp} },
		"what is published": func(b *exam.Bac) { b.Published.Step = dec("0") },
	} {
		b := bacRules(t, 2027, exam.SeriesGeneral)
		change(&b)
		_, err := b.Result(acceptanceI(rules))
		require.ErrorIs(t, err, exam.CodeRule, name)
	}
	b := bacRules(t, 2028, exam.SeriesGeneral)
	b.Rounding.Final = &ent.Rounding{Step: dec("0.1"), Mode: ent.RoundHalfUp}
	r = bac(t, b, acceptanceI(rules))
	assert.Equal(t, "12.7", text(r.Final))
	has(t, r.Issues, exam.CodeUnverifiedYear)
	assert.Contains(t, r.Issues[2].Message(ent.FR), "2027")
}
