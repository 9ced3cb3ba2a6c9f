package exam_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/exam"
)

func TestAcceptanceH1(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2025)
	in := exam.DNBInput{Socle: socle("43342331"), Marks: marks(rules.Papers, "62", "48", "31", "27", "80")}
	assert.Equal(t, "295", text(dnb(t, rules, in).Continuous))
	in.Complement = exam.ComplementExceeded
	r := dnb(t, rules, in)
	assert.Equal(t, "315", text(r.Continuous))
	assert.Equal(t, "248", text(r.Exam))
	assert.Equal(t, "563", text(r.Final))
	assert.Equal(t, "800", text(r.Max))
	assert.Equal(t, exam.DecisionPassed, r.Decision)
	assert.Equal(t, exam.MentionGood, r.Mention)
	assert.Equal(t, []ent.Code{exam.CodeUnverifiedThresholds}, codes(r.Issues))
	in.Complement = exam.ComplementReached
	r = dnb(t, rules, in)
	assert.Equal(t, "553", text(r.Final))
	assert.Equal(t, exam.MentionFairlyGood, r.Mention)
}

// h2 is the candidate of acceptance H2.
func h2(rules exam.DNB) exam.DNBInput {
	return exam.DNBInput{
		Averages: averages("12.5", "9.8", "13.2", "11.0", "14.6", "10.4", "12.0", "15.5", "13.0", "11.7", "12.9"),
		Optional: []exam.Average{{Subject: "LCALA", Annual: num("14.5")}},
		Marks:    marks(rules.Papers, "11", "9.5", "25", "7", "12", "15"),
	}
}

func TestAcceptanceH2(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	r := dnb(t, rules, h2(rules))
	assert.Equal(t, "12.827272727272", text(r.Continuous), "141.1/11")
	assert.Equal(t, "12.075", text(r.Exam))
	assert.Equal(t, "12.375909090909", text(r.Final))
	assert.Equal(t, "12.38", text(r.Published))
	assert.Equal(t, exam.DecisionPassed, r.Decision)
	assert.Equal(t, exam.MentionFairlyGood, r.Mention)
	assert.True(t, r.Max.IsZero())
	assert.Equal(t, []ent.Code{
		exam.CodeUnverifiedRounding, exam.CodeUnverifiedWeights, exam.CodeUnverifiedSciences, exam.CodeUnverifiedBonus, exam.CodeReading,
	}, codes(r.Issues), "the other reading gives the next mention")
}

func TestAcceptanceH2OtherReading(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	rules.Averages.Bonus = exam.BonusOnMean
	r := dnb(t, rules, h2(rules))
	assert.Equal(t, "16.918181818181", text(r.Continuous))
	assert.Equal(t, "14.012272727272", text(r.Final))
	assert.Equal(t, exam.MentionGood, r.Mention)
	has(t, r.Issues, exam.CodeReading)
}

func TestTheCallerTakesOffWhatHeHasChecked(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	rules.Unverified = nil
	in := h2(rules)
	assert.Equal(t, []ent.Code{exam.CodeReading}, codes(dnb(t, rules, in).Issues))
	in.Optional = nil
	assert.Empty(t, dnb(t, rules, in).Issues)
	assert.Contains(t, codes(dnb(t, dnbRules(t, 2028), in).Issues), exam.CodeUnverifiedYear)
	assert.NotContains(t, codes(dnb(t, dnbRules(t, 2027), in).Issues), exam.CodeUnverifiedYear)
}

func TestTheRulesOfEachYear(t *testing.T) {
	t.Parallel()
	for year := 2000; year < 2120; year++ {
		r, err := exam.DNBRules(year)
		if year < 2018 || year == 2020 || year > 2099 {
			require.ErrorIs(t, err, exam.CodeYear, year)
			continue
		}
		require.NoError(t, err)
		require.Empty(t, r.Check(), year)
		require.Equal(t, year >= 2026, r.Averages != nil, year)
		require.Equal(t, year < 2026, r.Socle != nil, year)
	}
	rules := dnbRules(t, 2026)
	sum := dec("0")
	for _, p := range rules.Papers {
		sum = sum.Add(p.Weight)
	}
	assert.Equal(t, "10", sum.String())
	most := dec("0")
	for _, p := range dnbRules(t, 2025).Papers {
		most = most.Add(p.Over)
	}
	assert.Equal(t, "400", most.String())
}

func TestADispensedComponentLowersTheMaximum(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2024)
	in := exam.DNBInput{Socle: socle("40342331"), Marks: marks(rules.Papers, "50", "50", "25", "25", "50")}
	r := dnb(t, rules, in)
	assert.Equal(t, "455", text(r.Final), "255 + 200")
	assert.Equal(t, "750", text(r.Max))
	assert.Equal(t, exam.MentionFairlyGood, r.Mention, "455 is over 60 % of 750, under 480 of 800")
	in.Socle = socle("00000000")
	assert.Equal(t, []ent.Code{exam.CodeUnverifiedThresholds, exam.CodeMissing}, codes(dnb(t, rules, in).Issues))
}

func TestThresholdsOfThePoints(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2025)
	// 8 × 10 points, then marks that bring the total where it is wanted.
	for _, c := range []struct {
		want     string
		levels   string
		papers   []string
		decision exam.Decision
		mention  exam.Mention
	}{
		{"399.99", "22222222", []string{"99.99", "100", "0", "0", "0"}, exam.DecisionFailed, ""},
		{"400", "22222222", []string{"100", "100", "0", "0", "0"}, exam.DecisionPassed, ""},
		{"479.99", "22222222", []string{"100", "100", "50", "29.99", "0"}, exam.DecisionPassed, ""},
		{"480", "22222222", []string{"100", "100", "50", "30", "0"}, exam.DecisionPassed, exam.MentionFairlyGood},
		{"559.5", "33333333", []string{"100", "100", "39.5", "0", "0"}, exam.DecisionPassed, exam.MentionFairlyGood},
		{"560", "33333333", []string{"100", "100", "40", "0", "0"}, exam.DecisionPassed, exam.MentionGood},
		{"639", "44444444", []string{"100", "100", "39", "0", "0"}, exam.DecisionPassed, exam.MentionGood},
		{"640", "44444444", []string{"100", "100", "40", "0", "0"}, exam.DecisionPassed, exam.MentionVeryGood},
		{"800", "44444444", []string{"100", "100", "50", "50", "100"}, exam.DecisionPassed, exam.MentionVeryGood},
	} {
		r := dnb(t, rules, exam.DNBInput{Socle: socle(c.levels), Marks: marks(rules.Papers, c.papers...)})
		assert.Equal(t, c.want, text(r.Final))
		assert.Equal(t, c.decision, r.Decision, c.want)
		assert.Equal(t, c.mention, r.Mention, c.want)
	}
}

// Mentions follow the exact mark: 9.996 is published as 10.00 and fails, which is said.
func TestThresholdsAreComparedWithTheExactMark(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	for _, c := range []struct {
		mark, published string
		decision        exam.Decision
		mention         exam.Mention
		edge            bool
	}{
		{"9.99", "9.99", exam.DecisionFailed, "", false},
		{"9.996", "10", exam.DecisionFailed, "", true},
		{"10", "10", exam.DecisionPassed, "", false},
		{"11.995", "12", exam.DecisionPassed, "", true},
		{"12", "12", exam.DecisionPassed, exam.MentionFairlyGood, false},
		{"14", "14", exam.DecisionPassed, exam.MentionGood, false},
		{"15.994999999999", "15.99", exam.DecisionPassed, exam.MentionGood, false},
		{"16", "16", exam.DecisionPassed, exam.MentionVeryGood, false},
		{"17.999999999999", "18", exam.DecisionPassed, exam.MentionVeryGood, true},
		{"18", "18", exam.DecisionPassed, exam.MentionCongratulated, false},
	} {
		in := exam.DNBInput{Averages: averages(c.mark)}
		for _, p := range rules.Papers {
			in.Marks = append(in.Marks, exam.Mark{Paper: p.Code, Value: num(c.mark), Over: dec("20")})
		}
		r := dnb(t, rules, in)
		assert.Equal(t, c.mark, text(r.Final))
		assert.True(t, dec(c.published).Equal(dec(text(r.Published))), c.mark)
		assert.Equal(t, c.decision, r.Decision, c.mark)
		assert.Equal(t, c.mention, r.Mention, c.mark)
		assert.Equal(t, c.edge, len(r.Issues) > 0 && r.Issues[len(r.Issues)-1].Code == exam.CodeEdge, c.mark)
	}
	// A school that has found a text which rounds first changes one parameter.
	rules.Rounding.Final = &ent.Rounding{Step: dec("0.01"), Mode: ent.RoundHalfUp}
	in := exam.DNBInput{Averages: averages("9.996")}
	for _, p := range rules.Papers {
		in.Marks = append(in.Marks, exam.Mark{Paper: p.Code, Value: num("9.996"), Over: dec("20")})
	}
	assert.Equal(t, exam.DecisionPassed, dnb(t, rules, in).Decision)
}

func TestRoundingsBetweenSteps(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	tenth := &ent.Rounding{Step: dec("0.1"), Mode: ent.RoundHalfUp}
	in := h2(rules)
	in.Averages[0] = exam.Average{Subject: "FRANC", Periods: []exam.Period{{Value: num("12.3")}, {Value: num("11.8")}, {Value: num("13.1")}}}
	rules.Rounding = exam.Roundings{Average: tenth, Continuous: tenth, Exam: tenth, Final: tenth}
	r := dnb(t, rules, in)
	assert.Equal(t, "12.8", text(r.Continuous), "(12.4 - 12.5 + 141.1)/11")
	assert.Equal(t, "12.1", text(r.Exam))
	assert.Equal(t, "12.4", text(r.Final), "12.38")
}

func TestAMissingMarkIsNeverZero(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	for _, c := range []struct {
		name   string
		change func(*exam.DNBInput)
		want   ent.Code
		path   string
	}{
		{"no oral", func(in *exam.DNBInput) { in.Marks = in.Marks[:5] }, exam.CodeMissing, "$.marks"},
		{"an oral without mark", func(in *exam.DNBInput) { in.Marks[5].Value = exam.Number{} }, exam.CodeMissing, "$.marks"},
		{"no mark at all", func(in *exam.DNBInput) { in.Marks = nil }, exam.CodeMissing, "$.marks"},
		{"no average", func(in *exam.DNBInput) { in.Averages = nil }, exam.CodeMissing, "$.averages"},
		{"a subject without average", func(in *exam.DNBInput) { in.Averages[2].Annual = exam.Number{} }, exam.CodeMissing, "$.averages[2]"},
		{"a subject without period", func(in *exam.DNBInput) {
			in.Averages[2] = exam.Average{Subject: "X", Periods: make([]exam.Period, 3)}
		}, exam.CodeMissing, "$.averages[2]"},
		{"above the scale", func(in *exam.DNBInput) { in.Marks[2].Value = num("41") }, exam.CodeNumber, "$.marks"},
		{"below 0", func(in *exam.DNBInput) { in.Marks[2].Value = num("-1") }, exam.CodeNumber, "$.marks"},
		{"a scale of 0", func(in *exam.DNBInput) { in.Marks[2].Over = dec("-1") }, exam.CodeNumber, "$.marks"},
		{"an average above 20", func(in *exam.DNBInput) { in.Averages[0].Annual = num("20.1") }, exam.CodeNumber, "$.averages[0]"},
		{"a period above 20", func(in *exam.DNBInput) {
			in.Averages[0] = exam.Average{Subject: "X", Periods: []exam.Period{{Value: num("21")}}}
		}, exam.CodeNumber, "$.averages[0]"},
		{"a paper twice", func(in *exam.DNBInput) { in.Marks = append(in.Marks, in.Marks[0]) }, exam.CodeTwice, "$.marks[6]"},
		{"a paper that is none", func(in *exam.DNBInput) { in.Marks = append(in.Marks, exam.Mark{Paper: "latin"}) }, exam.CodeUnknown, "$.marks[6]"},
		{"dispensed with a mark", func(in *exam.DNBInput) { in.Marks[0].Dispensed = true }, exam.CodeTwice, "$.marks[0]"},
		{"a subject twice", func(in *exam.DNBInput) { in.Averages[1].Subject = "FRANC" }, exam.CodeTwice, "$.averages[1]"},
		{"an average in two ways", func(in *exam.DNBInput) { in.Averages[1].Periods = []exam.Period{{Value: num("9")}} }, exam.CodeTwice, "$.averages[1]"},
		{"a subject dispensed with an average", func(in *exam.DNBInput) { in.Averages[1].Dispensed = true }, exam.CodeTwice, "$.averages[1]"},
		{"an option above 20", func(in *exam.DNBInput) { in.Optional[0].Annual = num("21") }, exam.CodeNumber, "$.optional[0]"},
		{"many averages", func(in *exam.DNBInput) { in.Averages = make([]exam.Average, 201) }, exam.CodeSize, "$.averages"},
		{"many marks", func(in *exam.DNBInput) { in.Marks = make([]exam.Mark, 201) }, exam.CodeSize, "$.marks"},
		{"many options", func(in *exam.DNBInput) { in.Optional = make([]exam.Average, 201) }, exam.CodeSize, "$.optional"},
		{"many periods", func(in *exam.DNBInput) {
			in.Averages[0] = exam.Average{Subject: "X", Periods: make([]exam.Period, 201)}
		}, exam.CodeSize, "$.averages[0]"},
		{"an unknown candidate", func(in *exam.DNBInput) { in.Candidate = "free" }, exam.CodeCandidate, "$.candidate"},
	} {
		in := h2(rules)
		c.change(&in)
		r := dnb(t, rules, in)
		assert.True(t, r.Final.IsZero(), c.name)
		found := false
		for _, i := range r.Issues {
			found = found || i.Code == c.want && i.Path == c.path
		}
		assert.True(t, found, "%s: %v", c.name, r.Issues)
	}
	in := h2(rules)
	in.Marks[0].Value = num("0")
	assert.False(t, dnb(t, rules, in).Final.IsZero(), "a known 0 counts")
	in.Marks = nil
	assert.Equal(t, "12.827272727272", text(dnb(t, rules, in).Continuous), "what is known stays known")
}

func TestTheCouncilDecidesOnAPendingPeriod(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	in := h2(rules)
	in.Averages[1] = exam.Average{Subject: "MATHS", Periods: []exam.Period{{Value: num("9")}, {Pending: true}, {Value: num("11")}}}
	r := dnb(t, rules, in)
	has(t, r.Issues, exam.CodePending)
	has(t, r.Issues, exam.CodeUnverifiedPending)
	assert.True(t, r.Final.IsZero())

	in.Averages[1].Council = num("9.8")
	r = dnb(t, rules, in)
	assert.Equal(t, "12.38", text(r.Published))
	has(t, r.Issues, exam.CodeCouncil)
	has(t, r.Issues, exam.CodeUnverifiedPending)

	// A period without average, which is not pending: that of the others, said.
	in.Averages[1] = exam.Average{Subject: "MATHS", Periods: []exam.Period{{Value: num("9.6")}, {}, {Value: num("10")}}}
	r = dnb(t, rules, in)
	assert.Equal(t, "12.38", text(r.Published))
	has(t, r.Issues, exam.CodePeriod)
}

func TestOptionalPoints(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	in := h2(rules)
	without := in
	without.Optional = nil
	none := dnb(t, rules, without)
	assert.Equal(t, "12.418181818181", text(none.Continuous))
	for _, c := range []struct {
		optional []string
		want     string
		best     bool
	}{
		{[]string{"10"}, "12.418181818181", false},
		{[]string{"3"}, "12.418181818181", false},
		{[]string{"14.5"}, "12.827272727272", false},
		{[]string{"12", "14.5"}, "12.827272727272", true},
		{[]string{"14.5", "", "2"}, "12.827272727272", true},
		{[]string{""}, "12.418181818181", false},
	} {
		in.Optional = nil
		for i, v := range c.optional {
			in.Optional = append(in.Optional, exam.Average{Subject: subjects[i], Annual: num(v)})
		}
		r := dnb(t, rules, in)
		assert.Equal(t, c.want, text(r.Continuous), c.optional)
		if c.best {
			has(t, r.Issues, exam.CodeBest)
		}
	}
	// The cap.
	in = exam.DNBInput{Averages: averages("20", "19.5"), Optional: []exam.Average{{Subject: "X", Annual: num("20")}}, Marks: in.Marks}
	assert.Equal(t, "20", text(dnb(t, rules, in).Continuous))
}

func TestIndividualCandidates(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	in := exam.DNBInput{Candidate: exam.CandidateIndividual, Marks: marks(rules.Individual, "11", "9.5", "25", "7", "12", "15")}
	r := dnb(t, rules, in)
	assert.Equal(t, "12.075", text(r.Final), "the papers alone")
	assert.True(t, r.Continuous.IsZero())
	has(t, r.Issues, exam.CodeUnverifiedIndividual)
	in.Averages = averages("20")
	has(t, dnb(t, rules, in).Issues, exam.CodeNotUsed)
	has(t, dnb(t, dnbRules(t, 2025), in).Issues, exam.CodeCandidate)
}

func TestADispensedSubjectLeaves(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	in := exam.DNBInput{Averages: averages("12", "14"), Marks: marks(rules.Papers, "11", "9.5", "25", "7", "12", "15")}
	in.Averages = append(in.Averages, exam.Average{Subject: "EPS", Dispensed: true})
	in.Marks[5] = exam.Mark{Paper: exam.PaperOral, Dispensed: true}
	r := dnb(t, rules, in)
	assert.Equal(t, "13", text(r.Continuous))
	assert.Equal(t, "11.34375", text(r.Exam), "90.75/8")
	has(t, r.Issues, exam.CodeUnverifiedDispensed)
	for i := range in.Marks {
		in.Marks[i] = exam.Mark{Paper: in.Marks[i].Paper, Dispensed: true}
	}
	has(t, dnb(t, rules, in).Issues, exam.CodeMissing)

	old := dnbRules(t, 2025)
	points := exam.DNBInput{Socle: socle("33333333"), Marks: marks(old.Papers, "50", "50", "25", "25")}
	points.Marks = append(points.Marks, exam.Mark{Paper: exam.PaperOral, Dispensed: true})
	r = dnb(t, old, points)
	assert.Equal(t, "700", text(r.Max))
	has(t, r.Issues, exam.CodeUnverifiedDispensed)
}

func TestWhatTheSocleRefuses(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2025)
	good := marks(rules.Papers, "62", "48", "31", "27", "80")
	for _, c := range []struct {
		name string
		in   exam.DNBInput
		want ent.Code
	}{
		{"a component missing", exam.DNBInput{Socle: socle("43342331")[:7], Marks: good}, exam.CodeMissing},
		{"a component without level", exam.DNBInput{Socle: socle("4334233-"), Marks: good}, exam.CodeMissing},
		{"a level 5", exam.DNBInput{Socle: socle("53342331"), Marks: good}, exam.CodeLevel},
		{"a component twice", exam.DNBInput{Socle: append(socle("43342331"), socle("43342331")[0]), Marks: good}, exam.CodeTwice},
		{"an unknown component", exam.DNBInput{Socle: append(socle("43342331"), exam.ComponentLevel{Component: "D1", Level: "4"}), Marks: good}, exam.CodeUnknown},
		{"an unknown complement", exam.DNBInput{Socle: socle("43342331"), Complement: "2", Marks: good}, exam.CodeUnknown},
		{"too many", exam.DNBInput{Socle: make([]exam.ComponentLevel, 201), Marks: good}, exam.CodeSize},
		{"no paper", exam.DNBInput{Socle: socle("43342331")}, exam.CodeMissing},
	} {
		r := dnb(t, rules, c.in)
		assert.True(t, r.Final.IsZero(), c.name)
		has(t, r.Issues, c.want)
	}
	in := exam.DNBInput{Socle: socle("43342331"), Marks: good, Averages: averages("12"), Optional: averages("12")}
	r := dnb(t, rules, in)
	assert.Equal(t, []ent.Code{exam.CodeUnverifiedThresholds, exam.CodeNotUsed, exam.CodeNotUsed}, codes(r.Issues))
	in = h2(dnbRules(t, 2026))
	in.Socle, in.Complement = socle("43342331"), exam.ComplementReached
	has(t, dnb(t, dnbRules(t, 2026), in).Issues, exam.CodeNotUsed)
}

func TestRulesThatACallerBroke(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*exam.DNB){
		"no paper":              func(r *exam.DNB) { r.Papers = nil },
		"many papers":           func(r *exam.DNB) { r.Papers = make([]exam.Paper, 201) },
		"a paper twice":         func(r *exam.DNB) { r.Papers[1].Code = r.Papers[0].Code },
		"a weight of 0":         func(r *exam.DNB) { r.Papers[1].Weight = dec("0") },
		"a scale of 0":          func(r *exam.DNB) { r.Individual[1].Over = dec("0") },
		"no contrôle continu":   func(r *exam.DNB) { r.Averages = nil },
		"two of them":           func(r *exam.DNB) { r.Socle = &exam.SocleRule{} },
		"shares over the whole": func(r *exam.DNB) { r.Averages.Exam = dec("0.7") },
		"a reading":             func(r *exam.DNB) { r.Averages.Bonus = "" },
		"a cap over 20":         func(r *exam.DNB) { r.Averages.Cap = dec("21") },
		"a pass over 20":        func(r *exam.DNB) { r.Thresholds.Pass = dec("21") },
		"a second above":        func(r *exam.DNB) { r.Thresholds.Second = num("10") },
		"mentions that fall":    func(r *exam.DNB) { r.Thresholds.Mentions[0].From = dec("15") },
		"a rounding":            func(r *exam.DNB) { r.Rounding.Exam = &ent.Rounding{} },
		"a mode":                func(r *exam.DNB) { r.Published.Mode = "near" },
	} {
		rules := dnbRules(t, 2026)
		change(&rules)
		_, err := rules.Result(h2(dnbRules(t, 2026)))
		require.Error(t, err, name)
		if name != "many papers" {
			require.ErrorIs(t, err, exam.CodeRule, name)
		}
	}
	rules := dnbRules(t, 2025)
	rules.Socle.Points[1] = dec("5")
	require.ErrorIs(t, rules.Check().Err(), exam.CodeRule)
	rules = dnbRules(t, 2025)
	rules.Socle.Reached = dec("0")
	require.ErrorIs(t, rules.Check().Err(), exam.CodeRule)
	_, _, err := dnbRules(t, 2026).Explain(exam.DNBInput{}, "")
	require.ErrorIs(t, err, exam.CodeOwner)
	assert.NoError(t, exam.Catalog().Check())
}
