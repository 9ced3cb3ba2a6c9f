package exam_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook/exam"
)

// tenths is a random mark on a scale, by 0.1.
func tenths(r *rand.Rand, over int64) decimal.Decimal { return decimal.New(r.Int64N(10*over+1), -1) }

func rat(d decimal.Decimal) *big.Rat { return d.Rat() }

// verdict is the decision on an exact mark on 20, written by hand.
func verdict(v *big.Rat, mentions bool, second, congratulated bool) (exam.Decision, exam.Mention) {
	at := func(n int64) bool { return v.Cmp(big.NewRat(n, 1)) >= 0 }
	switch {
	case !at(10) && second && at(8):
		return exam.DecisionSecondGroup, ""
	case !at(10):
		return exam.DecisionFailed, ""
	case !mentions || !at(12):
		return exam.DecisionPassed, ""
	case !at(14):
		return exam.DecisionPassed, exam.MentionFairlyGood
	case !at(16):
		return exam.DecisionPassed, exam.MentionGood
	case !at(18) || !congratulated:
		return exam.DecisionPassed, exam.MentionVeryGood
	}
	return exam.DecisionPassed, exam.MentionCongratulated
}

func randomDNB(r *rand.Rand, rules exam.DNB) exam.DNBInput {
	var in exam.DNBInput
	low := r.Int64N(15) // so that all mentions are met
	for i := range 1 + r.IntN(12) {
		a := exam.Average{Subject: subjects[i]}
		if r.IntN(3) == 0 {
			for range 1 + r.IntN(3) {
				a.Periods = append(a.Periods, exam.Period{Value: exam.Known(decimal.New(low, 0).Add(tenths(r, 20-low)))})
			}
		} else {
			a.Annual = exam.Known(decimal.New(low, 0).Add(tenths(r, 20-low)))
		}
		in.Averages = append(in.Averages, a)
	}
	for i := range r.IntN(3) {
		in.Optional = append(in.Optional, exam.Average{Subject: subjects[i], Annual: exam.Known(tenths(r, 20))})
	}
	for _, p := range rules.Papers {
		m := exam.Mark{Paper: p.Code, Value: exam.Known(decimal.New(low, 0).Add(tenths(r, 20-low)).Mul(p.Over).Mul(decimal.New(5, -2)))}
		if r.IntN(4) == 0 {
			m.Value, m.Over = exam.Known(tenths(r, 100)), dec("100")
		}
		in.Marks = append(in.Marks, m)
	}
	return in
}

// oracleDNB is section 8.2, in fractions.
func oracleDNB(rules exam.DNB, in exam.DNBInput) *big.Rat {
	n := new(big.Rat).SetInt64(int64(len(in.Averages)))
	total := new(big.Rat)
	for _, a := range in.Averages {
		if v, ok := a.Annual.Value(); ok {
			total.Add(total, rat(v))
			continue
		}
		for _, p := range a.Periods {
			v, _ := p.Value.Value()
			total.Add(total, new(big.Rat).Mul(rat(v), big.NewRat(1, int64(len(a.Periods)))))
		}
	}
	bonus := new(big.Rat)
	for _, o := range in.Optional {
		v, _ := o.Annual.Value()
		if x := new(big.Rat).Sub(rat(v), big.NewRat(10, 1)); x.Cmp(bonus) > 0 {
			bonus = x
		}
	}
	var cc *big.Rat
	if rules.Averages.Bonus == exam.BonusOnTotal {
		cc = new(big.Rat).Quo(new(big.Rat).Add(total, bonus), n)
	} else {
		cc = new(big.Rat).Add(new(big.Rat).Quo(total, n), bonus)
	}
	if cc.Cmp(big.NewRat(20, 1)) > 0 {
		cc = big.NewRat(20, 1)
	}
	papers := new(big.Rat)
	for i, m := range in.Marks {
		v, _ := m.Value.Value()
		over := m.Over
		if over.IsZero() {
			over = rules.Papers[i].Over
		}
		x := new(big.Rat).Quo(rat(v), rat(over))
		x.Mul(x, big.NewRat(20, 1))
		papers.Add(papers, x.Mul(x, rat(rules.Papers[i].Weight)))
	}
	out := new(big.Rat).Mul(cc, big.NewRat(2, 5))
	return out.Add(out, papers.Mul(papers, big.NewRat(6, 100)))
}

func TestRandomBrevetsEqualTheOracleAndCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2026, 6))
	met := map[exam.Mention]int{}
	readings := 0
	for range 3000 {
		rules := dnbRules(t, 2026)
		other := rules
		averages := *rules.Averages
		averages.Bonus = exam.BonusOnMean
		other.Averages = &averages
		if r.IntN(2) == 0 {
			rules, other = other, rules
		}
		in := randomDNB(r, rules)
		got := dnb(t, rules, in)
		exact := oracleDNB(rules, in)
		require.Equal(t, ent.NumberText(ent.Written(exact)), text(got.Final))
		d, m := verdict(exact, true, false, true)
		require.Equal(t, d, got.Decision)
		require.Equal(t, m, got.Mention)
		d2, m2 := verdict(oracleDNB(other, in), true, false, true)
		require.Equal(t, d != d2 || m != m2, slices.Contains(codes(got.Issues), exam.CodeReading), "the other reading")
		if d != d2 || m != m2 {
			readings++
		}
		met[m]++
	}
	for _, m := range []exam.Mention{"", exam.MentionFairlyGood, exam.MentionGood, exam.MentionVeryGood, exam.MentionCongratulated} {
		assert.NotZero(t, met[m], m)
	}
	assert.NotZero(t, readings)
}

// Raising any mark never lowers the final one.
func TestTheBrevetIsMonotoneInEachMark(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	raised := func(n exam.Number, most decimal.Decimal) exam.Number {
		v, _ := n.Value()
		return exam.Known(decimal.Min(most, v.Add(dec("0.7"))))
	}
	for range 400 {
		rules := dnbRules(t, 2026)
		in := randomDNB(r, rules)
		before, _ := dnb(t, rules, in).Final.Value()
		check := func(what string) {
			after, _ := dnb(t, rules, in).Final.Value()
			require.True(t, after.GreaterThanOrEqual(before), what)
			before = after
		}
		for i := range in.Averages {
			if a := &in.Averages[i]; len(a.Periods) > 0 {
				a.Periods[0].Value = raised(a.Periods[0].Value, dec("20"))
			} else {
				a.Annual = raised(a.Annual, dec("20"))
			}
			check("average")
		}
		for i := range in.Optional {
			in.Optional[i].Annual = raised(in.Optional[i].Annual, dec("20"))
			check("optional")
		}
		for i := range in.Marks {
			over := in.Marks[i].Over
			if over.IsZero() {
				over = rules.Papers[i].Over
			}
			in.Marks[i].Value = raised(in.Marks[i].Value, over)
			check("paper")
		}
	}
}

func TestRandomPointsEqualTheOracleAndCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2025, 6))
	worth := []int64{0, 10, 25, 40, 50}
	met := map[exam.Mention]int{}
	for range 3000 {
		rules := dnbRules(t, 2018+[]int{0, 1, 3, 4, 5, 6, 7}[r.IntN(7)])
		levels, sum, most := "", int64(0), int64(800)
		for range 8 {
			l := min(4, 1+r.IntN(5))
			if r.IntN(40) == 0 {
				l, most = 0, most-50
			}
			levels += fmt.Sprint(l)
			sum += worth[l]
		}
		in := exam.DNBInput{Socle: socle(levels)}
		exact := new(big.Rat).SetInt64(sum)
		if r.IntN(2) == 0 {
			in.Complement = exam.ComplementExceeded
			exact.Add(exact, big.NewRat(20, 1))
		}
		for _, p := range rules.Papers {
			v := tenths(r, p.Over.IntPart())
			in.Marks = append(in.Marks, exam.Mark{Paper: p.Code, Value: exam.Known(v)})
			exact.Add(exact, rat(v))
		}
		got := dnb(t, rules, in)
		require.Equal(t, ent.NumberText(ent.Written(exact)), text(got.Final))
		require.Equal(t, fmt.Sprint(most), text(got.Max))
		d, m := verdict(exact.Mul(exact, big.NewRat(20, most)), true, false, false)
		require.Equal(t, d, got.Decision)
		require.Equal(t, m, got.Mention)
		met[m]++
	}
	for _, m := range []exam.Mention{"", exam.MentionFairlyGood, exam.MentionGood, exam.MentionVeryGood} {
		assert.NotZero(t, met[m], m)
	}
}

func TestRandomBacsEqualTheOracleAreMonotoneAndCheck(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2027, 7))
	met := map[exam.Decision]int{}
	for range 2000 {
		rules := bacRules(t, 2025+r.IntN(3), []exam.Series{exam.SeriesGeneral, exam.SeriesTechnological}[r.IntN(2)])
		low := r.Int64N(15)
		var in exam.BacInput
		num, den := new(big.Rat), int64(0)
		control := map[exam.PaperCode]decimal.Decimal{}
		if r.IntN(2) == 0 {
			control[exam.PaperSpecialityA], control[exam.PaperPhilosophy] = tenths(r, 20), tenths(r, 20)
		}
		oracle := func(again bool) *big.Rat {
			num, den = new(big.Rat), 0
			i := 0
			for _, papers := range [][]exam.Paper{rules.Continuous, rules.Terminal} {
				for _, p := range papers {
					v, _ := in.Marks[i].Value.Value()
					if c, ok := control[p.Code]; ok && again {
						v = decimal.Max(v, c)
					}
					num.Add(num, new(big.Rat).Mul(rat(v), rat(p.Weight)))
					den += p.Weight.IntPart()
					i++
				}
			}
			for _, o := range in.Options {
				v, _ := o.Value.Value()
				num.Add(num, new(big.Rat).Mul(rat(v), big.NewRat(2, 1)))
				den += 2
			}
			return num.Quo(num, big.NewRat(den, 1))
		}
		for _, papers := range [][]exam.Paper{rules.Continuous, rules.Terminal} {
			for _, p := range papers {
				in.Marks = append(in.Marks, exam.Mark{Paper: p.Code, Value: exam.Known(decimal.New(low, 0).Add(tenths(r, 20-low)))})
			}
		}
		for i := range r.IntN(4) {
			in.Options = append(in.Options, exam.Mark{Paper: exam.PaperCode(rune('a' + i)), Value: exam.Known(tenths(r, 20))})
		}
		exact := oracle(false)
		d, m := verdict(exact, true, true, true)
		got := bac(t, rules, in)
		require.Equal(t, ent.NumberText(ent.Written(exact)), text(got.Final))
		require.Equal(t, d, got.Decision)
		require.Equal(t, m, got.Mention)
		met[d]++
		for _, p := range rules.Terminal {
			if c, ok := control[p.Code]; ok {
				in.Control = append(in.Control, exam.Mark{Paper: p.Code, Value: exam.Known(c)})
			}
		}
		if d == exam.DecisionSecondGroup && len(in.Control) > 0 {
			exact = oracle(true)
			d, m = verdict(exact, false, false, false)
			got = bac(t, rules, in)
			require.Equal(t, ent.NumberText(ent.Written(exact)), text(got.Final))
			require.Equal(t, d, got.Decision)
			require.Equal(t, m, got.Mention)
		}
		in.Control = nil
		before, _ := bac(t, rules, in).Final.Value()
		i := r.IntN(len(in.Marks))
		v, _ := in.Marks[i].Value.Value()
		in.Marks[i].Value = exam.Known(decimal.Min(dec("20"), v.Add(dec("0.3"))))
		after, _ := bac(t, rules, in).Final.Value()
		require.True(t, after.GreaterThanOrEqual(before))
	}
	for _, d := range []exam.Decision{exam.DecisionPassed, exam.DecisionFailed, exam.DecisionSecondGroup} {
		assert.NotZero(t, met[d], d)
	}
}

func TestNoMarkIsPrintedNorReadByAnother(t *testing.T) {
	t.Parallel()
	rules := dnbRules(t, 2026)
	in := h2(rules)
	in.Averages[0].Annual = num("17.31")
	in.Averages[1] = exam.Average{Subject: "Léa MARTIN", Periods: []exam.Period{{Pending: true}}}
	in.Marks[0].Value = num("27.13")
	in.Marks[1].Value = num("13.71")
	pending, err := rules.Result(in)
	require.NoError(t, err)
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	log.Info("x", "a", pending, "b", in, "c", in.Averages[0], "d", in.Marks[0], "e", num("17.31"), "f", socle("43342331")[0],
		"g", exam.BacInput{Marks: in.Marks}, "h", exam.Period{Value: num("17.31")})
	fmt.Fprintf(&out, "%v %+v %#v", num("17.31"), num("17.31"), num("17.31"))
	for _, i := range pending.Issues {
		fmt.Fprintln(&out, i.Message(ent.FR), i.Message(ent.EN), i)
	}
	for _, hidden := range []string{"17.31", "17,31", "27.13", "27,13", "13.71", "MARTIN", `"4"`} {
		assert.NotContains(t, out.String(), hidden)
	}
	_, why, err := rules.Explain(h2(rules), "pupil-1")
	require.NoError(t, err)
	assert.Equal(t, "(réservé)\n", why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "pupil-2"}))
	assert.Contains(t, why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}), "141,1")
}

func TestNumbersTravel(t *testing.T) {
	t.Parallel()
	for _, in := range []string{`null`, `"0"`, `"12.375909090909"`} {
		var n exam.Number
		require.NoError(t, json.Unmarshal([]byte(in), &n))
		b, err := json.Marshal(n)
		require.NoError(t, err)
		assert.Equal(t, in, string(b))
	}
	var n exam.Number
	for _, in := range []string{`1`, `"1e9"`, `""`, `"10000"`, `"0.1234567890123"`} {
		require.ErrorIs(t, json.Unmarshal([]byte(in), &n), exam.CodeNumber, in)
	}
	_, err := json.Marshal(exam.Known(decimal.New(1, 9)))
	require.ErrorIs(t, err, exam.CodeNumber)
	assert.False(t, num("0").Equal(exam.Number{}))
	assert.True(t, num("0").Equal(num("0.0")))
	assert.Equal(t, "admis", exam.DecisionPassed.Label(ent.FR))
	assert.Equal(t, "not established", exam.DecisionNone.Label(ent.EN))
	assert.Equal(t, "mention bien", exam.MentionGood.Label(ent.FR))
	assert.Equal(t, "honours: very good, with the congratulations of the jury", exam.MentionCongratulated.Label(ent.EN))
	assert.Equal(t, "x", exam.Decision("x").Label(ent.FR))
	assert.Equal(t, "x", exam.Mention("x").Label(ent.FR))
	assert.Equal(t, "mention très bien", exam.MentionVeryGood.Label(ent.FR))
	assert.Equal(t, "sans mention", exam.MentionNone.Label(ent.FR))
}
