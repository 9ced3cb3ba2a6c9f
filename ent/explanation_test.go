package ent_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// A grower makes random trees that hold, computing beside Check with its own fractions.
type grower struct {
	*rand.Rand
	made int
}

func (g *grower) tree(depth int) (ent.Step, *big.Rat) {
	g.made++
	s := ent.Step{Label: ent.Label{FR: fmt.Sprint("pas ", g.made), EN: fmt.Sprint("step ", g.made)}}
	if depth == 0 || g.IntN(6) == 0 {
		s.Op, s.Value = ent.OpGiven, decimal.New(g.Int64N(2_000_001)-1_000_000, -g.Int32N(5))
		return s, s.Value.Rat()
	}
	ops := []ent.Op{ent.OpSum, ent.OpDifference, ent.OpProduct, ent.OpQuotient, ent.OpMin, ent.OpMax, ent.OpRound, ent.OpChoose}
	s.Op = ops[g.IntN(len(ops))]
	n := 1 + g.IntN(4)
	switch s.Op {
	case ent.OpRound:
		n = 1
	case ent.OpQuotient:
		n = 2
	default:
	}
	args := make([]*big.Rat, n)
	for i := range args {
		var o ent.Step
		o, args[i] = g.tree(depth - 1)
		s.Operands = append(s.Operands, o)
	}
	out := new(big.Rat).Set(args[0])
	for i, a := range args {
		switch {
		case s.Op == ent.OpSum && i > 0:
			out.Add(out, a)
		case s.Op == ent.OpDifference && i > 0:
			out.Sub(out, a)
		case s.Op == ent.OpProduct && i > 0:
			out.Mul(out, a)
		case s.Op == ent.OpMin && a.Cmp(out) < 0, s.Op == ent.OpMax && a.Cmp(out) > 0:
			out.Set(a)
		}
	}
	switch s.Op {
	case ent.OpQuotient:
		if args[1].Sign() == 0 {
			s.Operands[1] = ent.Step{Op: ent.OpGiven, Value: decimal.New(7, 0)}
			args[1] = big.NewRat(7, 1)
		}
		out.Quo(args[0], args[1])
	case ent.OpChoose:
		s.Chosen = g.IntN(n)
		out.Set(args[s.Chosen])
	case ent.OpRound:
		steps := []string{"0.01", "0.5", "5", "0.001", "1"}
		s.Rounding = &ent.Rounding{Step: dec(steps[g.IntN(len(steps))]), Mode: modes()[g.IntN(7)]}
		d, err := s.Rounding.Round(args[0])
		if err != nil {
			panic(err)
		}
		out = d.Rat()
	default:
	}
	s.Value = ent.Written(out)
	return s, out
}

// inner returns the steps of a tree that are computed, operands first.
func inner(s *ent.Step) []*ent.Step {
	var out []*ent.Step
	for i := range s.Operands {
		out = append(out, inner(&s.Operands[i])...)
	}
	if s.Op != ent.OpGiven {
		out = append(out, s)
	}
	return out
}

func readBack(t *testing.T, e ent.Explanation) ent.Explanation {
	t.Helper()
	b, err := json.Marshal(e)
	require.NoError(t, err)
	var out ent.Explanation
	require.NoError(t, json.Unmarshal(b, &out))
	return out
}

func clone(s ent.Step) ent.Step {
	s.Operands = slices.Clone(s.Operands)
	for i := range s.Operands {
		s.Operands[i] = clone(s.Operands[i])
	}
	return s
}

// trees is how many random trees a test tries; fewer under the race detector, which runs with -short.
func trees() int {
	if testing.Short() {
		return 500
	}
	return 4000
}

func TestCheckPassesWhatHolds(t *testing.T) {
	t.Parallel()
	g := &grower{Rand: rand.New(rand.NewPCG(2024, 9))}
	seen := map[ent.Op]int{}
	endless := 0
	for n := range trees() {
		root, exact := g.tree(1 + n%5)
		e := ent.Explanation{Root: root}
		require.NoError(t, e.Check(), "tree %d", n)
		assert.Zero(t, ent.Written(exact).Cmp(e.Value()))
		// What was written and read again still holds: the decimals of a cut quotient are all there.
		back := readBack(t, e)
		require.NoError(t, back.Check(), "tree %d, read back", n)
		assert.Equal(t, e.Value().Exponent(), back.Value().Exponent())
		for _, s := range inner(&root) {
			seen[s.Op]++
			if s.Value.Exponent() == -12 {
				endless++
			}
		}
	}
	assert.Len(t, seen, 8, "every operation was tried: %v", seen)
	assert.Greater(t, endless, trees()/4, "quotients that do not end were tried")
}

func TestCheckFindsOneWrongStep(t *testing.T) {
	t.Parallel()
	g := &grower{Rand: rand.New(rand.NewPCG(2024, 10))}
	tried := map[string]int{}
	for n := range trees() {
		root, _ := g.tree(1 + n%5)
		good := ent.Explanation{Root: root}
		steps := inner(&root)
		if len(steps) == 0 {
			continue
		}
		at := g.IntN(len(steps))
		for name, spoil := range map[string]func(*ent.Step) bool{
			// Two units of the last decimal that Check accepts to be cut.
			"value too great": func(s *ent.Step) bool { s.Value = s.Value.Add(decimal.New(2, -12)); return true },
			"value too small": func(s *ent.Step) bool { s.Value = s.Value.Sub(decimal.New(2, -12)); return true },
			"sign": func(s *ent.Step) bool {
				s.Value = s.Value.Neg()
				return !s.Value.IsZero()
			},
			"rounded where the rule truncates, or the other way": func(s *ent.Step) bool {
				if s.Op != ent.OpRound {
					return false
				}
				other := ent.Rounding{Step: s.Rounding.Step, Mode: ent.RoundDown}
				if s.Rounding.Mode == ent.RoundDown {
					other.Mode = ent.RoundHalfUp
				}
				d, err := other.Round(s.Operands[0].Value.Rat())
				require.NoError(t, err)
				changed := !d.Equal(s.Value)
				s.Value = d
				return changed
			},
			"truncated to the cent": func(s *ent.Step) bool {
				d := s.Value.Truncate(2)
				changed := !d.Equal(s.Value)
				s.Value = d
				return changed
			},
			"another operand chosen": func(s *ent.Step) bool {
				if s.Op != ent.OpChoose || len(s.Operands) < 2 {
					return false
				}
				s.Chosen = (s.Chosen + 1) % len(s.Operands)
				return !s.Operands[s.Chosen].Value.Equal(s.Value)
			},
			"an operand that does not exist": func(s *ent.Step) bool {
				s.Chosen = len(s.Operands)
				return s.Op == ent.OpChoose
			},
			"no rounding rule": func(s *ent.Step) bool { s.Rounding = nil; return s.Op == ent.OpRound },
			"an unknown mode":  func(s *ent.Step) bool { return s.Rounding != nil && setMode(s, "half") },
			"no operand":       func(s *ent.Step) bool { s.Operands = nil; return true },
			"an unknown operation": func(s *ent.Step) bool {
				s.Op = "median"
				return true
			},
			"a given value with operands": func(s *ent.Step) bool { s.Op = ent.OpGiven; return true },
			"a divisor of zero": func(s *ent.Step) bool {
				if s.Op == ent.OpQuotient {
					s.Operands[1] = ent.Step{Op: ent.OpGiven}
				}
				return s.Op == ent.OpQuotient
			},
			"a third operand of a quotient": func(s *ent.Step) bool {
				s.Operands = append(s.Operands, ent.Step{Op: ent.OpGiven, Value: dec("1")})
				return s.Op == ent.OpQuotient
			},
			"a leaf of a sum": func(s *ent.Step) bool {
				if s.Op != ent.OpSum || s.Operands[0].Op != ent.OpGiven {
					return false
				}
				s.Operands[0].Value = s.Operands[0].Value.Add(dec("0.01"))
				return true
			},
		} {
			bad := ent.Explanation{Root: clone(root)}
			if !spoil(inner(&bad.Root)[at]) {
				continue
			}
			tried[name]++
			err := bad.Check()
			require.ErrorIs(t, err, ent.CodeExplanation, "%s at step %d of tree %d", name, at, n)
			assert.Contains(t, err.Error(), "$")
		}
		require.NoError(t, good.Check())
	}
	assert.Len(t, tried, 15)
	for name, n := range tried {
		assert.Greater(t, n, trees()/80, name)
	}
}

func setMode(s *ent.Step, m ent.RoundingMode) bool {
	r := *s.Rounding
	r.Mode = m
	s.Rounding = &r
	return true
}

func TestCheckNamesTheStep(t *testing.T) {
	t.Parallel()
	given := func(v string) ent.Step { return ent.Step{Op: ent.OpGiven, Value: dec(v)} }
	e := ent.Explanation{Root: ent.Step{Op: ent.OpSum, Value: dec("7"), Operands: []ent.Step{
		given("1"), {Op: ent.OpProduct, Value: dec("6.01"), Operands: []ent.Step{given("2"), given("3")}},
	}}}
	err := e.Check()
	require.ErrorIs(t, err, ent.CodeExplanation)
	assert.Contains(t, err.Error(), "$.operands[1] (product)")
	assert.NotContains(t, err.Error(), "6.01", "a value may be an income")
}

func TestAQuotientIsCarriedExactly(t *testing.T) {
	t.Parallel()
	third := ent.Step{Op: ent.OpQuotient, Value: dec("0.333333333333"), Operands: []ent.Step{
		{Op: ent.OpGiven, Value: dec("1")}, {Op: ent.OpGiven, Value: dec("3")},
	}}
	times3 := func(value string) ent.Explanation {
		return ent.Explanation{Root: ent.Step{Op: ent.OpProduct, Value: dec(value), Operands: []ent.Step{third, {Op: ent.OpGiven, Value: dec("3")}}}}
	}
	require.NoError(t, times3("1").Check())
	require.ErrorIs(t, times3("0.999999999999").Check(), ent.CodeExplanation)
	// Fewer than 12 decimals say less than was promised.
	third.Value = dec("0.33333333333")
	require.ErrorIs(t, ent.Explanation{Root: third}.Check(), ent.CodeExplanation)
}

func TestWritten(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0": "0", "5": "5", "-5": "-5", "1/8": "0.125", "-1/8": "-0.125", "1/3": "0.333333333333", "2/3": "0.666666666666",
		"-2/3": "-0.666666666666", "1/1099511627776": "0.0000000000009094947017729282379150390625", "12.50": "12.5",
	} {
		assert.Equal(t, want, ent.Written(rat(t, in)).String(), in)
	}
	rng := rand.New(rand.NewPCG(3, 3))
	limit := big.NewRat(1, 1_000_000_000_000)
	for range trees() {
		exact := big.NewRat(rng.Int64N(2_000_000)-1_000_000, 1+rng.Int64N(100_000))
		w := ent.Written(exact).Rat()
		diff := new(big.Rat).Sub(exact, w)
		if _, ends := exact.FloatPrec(); ends {
			require.Zero(t, diff.Sign(), "%s ends, and is written whole", exact)
			continue
		}
		require.Negative(t, new(big.Rat).Abs(diff).Cmp(limit))
		require.Equal(t, exact.Sign(), diff.Sign(), "%s is cut toward zero", exact)
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	given := func(v string) ent.Step { return ent.Step{Op: ent.OpGiven, Value: dec(v)} }
	var tr ent.Trace
	tr.Push(given("2"))
	tr.Push(given("3"))
	tr.Fold(2, ent.Step{Op: ent.OpProduct, Value: dec("6")})
	tr.Push(given("1"))
	tr.Fold(2, ent.Step{Op: ent.OpDifference, Value: dec("5")})
	e, err := tr.Explanation()
	require.NoError(t, err)
	require.NoError(t, e.Check())
	assert.Equal(t, "5", e.Value().String())

	for name, f := range map[string]func(*ent.Trace){
		"nothing recorded": func(*ent.Trace) {},
		"two roots":        func(tr *ent.Trace) { tr.Push(given("1")); tr.Push(given("2")) },
		// The least of one operand holds by itself: only the trace knows that another was wanted.
		"operands missing": func(tr *ent.Trace) { tr.Push(given("1")); tr.Fold(2, ent.Step{Op: ent.OpMin, Value: dec("1")}) },
		"a negative count": func(tr *ent.Trace) { tr.Fold(-1, given("1")) },
	} {
		tr := new(ent.Trace)
		f(tr)
		_, err := tr.Explanation()
		require.ErrorIs(t, err, ent.CodeExplanation, name)
	}

	var none *ent.Trace
	none.Push(given("1"))
	none.Fold(1, given("1"))
	_, err = none.Explanation()
	require.ErrorIs(t, err, ent.CodeExplanation)
}

// quotientOf returns the family quotient of a household of two parents who do not share their income.
func quotientOf() ent.Explanation {
	income := func(fr, en, v string, owner ent.ID) ent.Step {
		return ent.Step{
			Op: ent.OpGiven, Value: dec(v), Unit: "EUR", Label: ent.Label{FR: fr, EN: en}, Owner: owner,
			Audience: ent.AudienceAgent, Source: "avis d'imposition 2024",
		}
	}
	sum := ent.Step{
		Op: ent.OpSum, Value: dec("33000.00"), Unit: "EUR", Label: ent.Label{FR: "revenus du foyer", EN: "household income"},
		Audience: ent.AudienceAgent, Operands: []ent.Step{income("revenus de A", "income of A", "21000.00", "a"), income("revenus de B", "income of B", "12000.00", "b")},
	}
	parts := ent.Step{Op: ent.OpGiven, Value: dec("42"), Unit: "part", Label: ent.Label{FR: "parts × 12 mois", EN: "parts × 12 months"}}
	q := ent.Step{Op: ent.OpQuotient, Value: dec("785.714285714285"), Label: ent.Label{FR: "quotient exact", EN: "exact quotient"}, Operands: []ent.Step{sum, parts}}
	return ent.Explanation{Root: ent.Step{
		Op: ent.OpRound, Value: dec("785.71"), Unit: "EUR", Label: ent.Label{FR: "quotient familial du {date}", EN: "family quotient of {date}"},
		Rounding: &ent.Rounding{Step: dec("0.01"), Mode: ent.RoundHalfUp}, Operands: []ent.Step{q}, Source: "règlement, art. 4",
		Params: []ent.Param{ent.Count("date", 2024)},
	}}
}

func TestRenderForEachReader(t *testing.T) {
	t.Parallel()
	e := quotientOf()
	require.NoError(t, e.Check())
	head := "quotient familial du 2024 : 785,71 EUR — arrondi au pas de 0,01 (au plus proche, la moitié vers le haut) [règlement, art. 4]\n" +
		"  quotient exact : 785,714285714285 — quotient de\n"
	for name, c := range map[string]struct {
		to   ent.Reader
		want string
	}{
		"agent": {ent.Reader{Audience: ent.AudienceAgent}, head +
			"    revenus du foyer : 33000,00 EUR — somme de\n" +
			"      revenus de A : 21000,00 EUR [avis d'imposition 2024]\n" +
			"      revenus de B : 12000,00 EUR [avis d'imposition 2024]\n" +
			"    parts × 12 mois : 42 part\n"},
		"parent A":       {ent.Reader{Audience: ent.AudienceConcerned, Person: "a"}, head + "    (détail réservé)\n"},
		"nobody known":   {ent.Reader{Audience: ent.AudienceConcerned}, head + "    (détail réservé)\n"},
		"everyone":       {ent.Reader{}, head + "    (détail réservé)\n"},
		"another reader": {ent.Reader{Audience: "press"}, head + "    (détail réservé)\n"},
		"developer": {ent.Reader{Audience: ent.AudienceDeveloper}, head +
			"    revenus du foyer : 33000,00 EUR — somme de\n" +
			"      (détail réservé)\n" +
			"    parts × 12 mois : 42 part\n"},
	} {
		assert.Equal(t, c.want, e.Render(ent.FR, c.to), name)
	}
	assert.Equal(t, `family quotient of 2024: 785.71 EUR — rounded to a step of 0.01 (to nearest, half up) [règlement, art. 4]
  exact quotient: 785.714285714285 — quotient of
    (detail reserved)
`, e.Render(ent.EN, ent.Reader{}))
}

func TestRenderShowsAPersonTheirOwnAlone(t *testing.T) {
	t.Parallel()
	own := ent.Explanation{Root: quotientOf().Root.Operands[0].Operands[0].Operands[0]}
	for _, c := range []struct {
		to   ent.Reader
		want bool
	}{
		{ent.Reader{Audience: ent.AudienceConcerned, Person: "a"}, true},
		{ent.Reader{Audience: ent.AudienceAgent}, true},
		{ent.Reader{Audience: ent.AudienceConcerned, Person: "b"}, false},
		{ent.Reader{Audience: ent.AudienceConcerned}, false},
		{ent.Reader{Audience: ent.AudienceDeveloper}, false},
		{ent.Reader{Person: "a"}, false},
	} {
		assert.Equal(t, c.want, strings.Contains(own.Render(ent.FR, c.to), "21000"), c.to)
	}
	// A social or health reason is for the person alone: an agent does not read it.
	own.Root.Audience = ent.AudienceConcerned
	assert.Equal(t, "(réservé)\n", own.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}))
	assert.Equal(t, "(reserved)\n", own.Render(ent.EN, ent.Reader{Audience: ent.AudienceDeveloper}))
	assert.Contains(t, own.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "a"}), "21000")
	own.Root.Owner = ""
	assert.Equal(t, "(réservé)\n", own.Render(ent.FR, ent.Reader{Audience: ent.AudienceDeveloper}))
}

// On random trees with random owners, no reader finds a value that belongs to another, nor an operand beside a hidden one.
func TestRenderLeaksNothing(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 5))
	owners := []ent.ID{"", "", "a", "b"}
	audiences := []ent.Audience{ent.AudienceEveryone, ent.AudienceEveryone, ent.AudienceConcerned, ent.AudienceAgent, ent.AudienceDeveloper}
	serial := 0
	var grow func(depth int) ent.Step
	grow = func(depth int) ent.Step {
		serial++
		// The label carries what may not be read, so that a value is found wherever it is shown.
		s := ent.Step{
			Op: ent.OpSum, Value: decimal.New(int64(serial), 0), Label: ent.Label{FR: fmt.Sprintf("<%d>", serial), EN: fmt.Sprintf("<%d>", serial)},
			Owner: owners[rng.IntN(len(owners))], Audience: audiences[rng.IntN(len(audiences))], Source: fmt.Sprintf("<%d>", serial),
		}
		for range rng.IntN(4) {
			if depth > 0 {
				s.Operands = append(s.Operands, grow(depth-1))
			}
		}
		return s
	}
	shown := 0
	for range trees() / 2 {
		e := ent.Explanation{Root: grow(4)}
		for _, to := range []ent.Reader{
			{},
			{Audience: ent.AudienceConcerned, Person: "a"},
			{Audience: ent.AudienceConcerned, Person: "b"},
			{Audience: ent.AudienceConcerned},
			{Audience: ent.AudienceDeveloper},
			{Audience: ent.AudienceAgent},
		} {
			for _, lang := range []ent.Lang{ent.FR, ent.EN} {
				text := e.Render(lang, to)
				var walk func(*ent.Step)
				walk = func(s *ent.Step) {
					visible := strings.Contains(text, s.Label.FR)
					if visible {
						shown++
						switch to.Audience {
						case ent.AudienceAgent:
							require.NotEqual(t, ent.AudienceConcerned, s.Audience)
						default:
							require.True(t, s.Owner == "" || s.Owner == to.Person, "%s reads a value of %s", to.Person, s.Owner)
						}
					}
					seen := 0
					for i := range s.Operands {
						if strings.Contains(text, s.Operands[i].Label.FR) {
							seen++
						}
						walk(&s.Operands[i])
					}
					require.True(t, seen == 0 || seen == len(s.Operands), "all operands or none")
				}
				walk(&e.Root)
			}
		}
	}
	assert.Greater(t, shown, trees()/4)
}

func TestRenderSaysHowInBothLanguages(t *testing.T) {
	t.Parallel()
	one := ent.Step{Op: ent.OpGiven, Value: dec("1")}
	for op, want := range map[ent.Op][2]string{
		ent.OpSum: {"somme de", "sum of"}, ent.OpDifference: {"différence", "difference"}, ent.OpProduct: {"produit de", "product of"},
		ent.OpQuotient: {"quotient de", "quotient of"}, ent.OpMin: {"le plus petit de", "the least of"},
		ent.OpMax: {"le plus grand de", "the greatest of"}, ent.OpChoose: {"choix du n° 2", "choice of no. 2"}, "median": {"median", "median"},
	} {
		e := ent.Explanation{Root: ent.Step{Op: op, Value: dec("1.50"), Unit: "/20", Chosen: 1, Operands: []ent.Step{one, one}}}
		assert.Contains(t, e.Render(ent.FR, ent.Reader{}), " : 1,50/20 — "+want[0]+"\n")
		assert.Contains(t, e.Render(ent.EN, ent.Reader{}), ": 1.50/20 — "+want[1]+"\n")
	}
	seen := map[string]bool{}
	for _, m := range append(modes(), "half") {
		for _, lang := range []ent.Lang{ent.FR, ent.EN} {
			e := ent.Explanation{Root: ent.Step{Op: ent.OpRound, Rounding: &ent.Rounding{Step: dec("0.5"), Mode: m}, Operands: []ent.Step{one}}}
			seen[e.Render(lang, ent.Reader{})] = true
		}
	}
	assert.Len(t, seen, 16)
}

// An explanation of nothing is not one of 0.
func TestEmptyExplanationRendersNothing(t *testing.T) {
	t.Parallel()
	assert.Empty(t, ent.Explanation{}.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}))
}
