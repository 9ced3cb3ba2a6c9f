package competence

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const (
	percent = "%"
	over20  = "/20"
)

// explained runs a rule with a trace. A figure that is missing has no steps: its explanation is empty, and the issues of
// the result say why.
func explained[T any](owner ent.ID, rule func(*ent.Trace) (T, bool, error)) (T, ent.Explanation, error) {
	var zero T
	if owner == "" {
		return zero, ent.Explanation{}, fmt.Errorf("competence: %w", issue(CodeOwner, "$.owner"))
	}
	var t ent.Trace
	v, known, err := rule(&t)
	if err != nil || !known {
		return v, ent.Explanation{}, err
	}
	e, err := t.Explanation()
	if err != nil {
		return zero, ent.Explanation{}, fmt.Errorf("competence: %w", err)
	}
	return v, e, nil
}

// given is a leaf of a person, or of nobody: a coefficient, a bound.
func given(owner ent.ID, v decimal.Decimal, unit string, what ent.Label, params ...ent.Param) ent.Step {
	return ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: what, Params: params, Owner: owner}
}

// made is a step of a person, whose operands Fold adds.
func made(owner ent.ID, op ent.Op, exact *big.Rat, unit string, what ent.Label, source string) ent.Step {
	return ent.Step{Op: op, Value: ent.Written(exact), Unit: unit, Label: what, Owner: owner, Source: source}
}

// roundStep is the rounding of a figure of a person.
func roundStep(owner ent.ID, v decimal.Decimal, r ent.Rounding, unit string, what ent.Label, source string) ent.Step {
	return ent.Step{Op: ent.OpRound, Value: v, Unit: unit, Label: what, Owner: owner, Rounding: &r, Source: source}
}

// term is a figure and its weight in a mean.
type term struct {
	value, weight decimal.Decimal
	what          ent.Label
	params        []ent.Param
}

// mean returns Σ value·weight / Σ weight of at least one term whose weights are not all 0. With a trace, it leaves one
// step: the quotient.
func mean(terms []term, unit, source string, owner ent.ID, t *ent.Trace) *big.Rat {
	sum, weights := new(big.Rat), new(big.Rat)
	for _, x := range terms {
		v, w := x.value.Rat(), x.weight.Rat()
		product := new(big.Rat).Mul(v, w)
		sum.Add(sum, product)
		weights.Add(weights, w)
		if t != nil {
			t.Push(given(owner, x.value, unit, x.what, x.params...))
			t.Push(given("", x.weight, "", label("poids", "weight")))
			t.Fold(2, made(owner, ent.OpProduct, product, "", label("valeur × poids", "value × weight"), ""))
		}
	}
	if t != nil {
		t.Fold(len(terms), made(owner, ent.OpSum, sum, "", label("somme des valeurs pondérées", "sum of weighted values"), ""))
		for _, x := range terms {
			t.Push(given("", x.weight, "", label("poids", "weight")))
		}
		t.Fold(len(terms), made("", ent.OpSum, weights, "", label("somme des poids", "sum of weights"), ""))
	}
	out := new(big.Rat).Quo(sum, weights)
	if t != nil {
		t.Fold(2, made(owner, ent.OpQuotient, out, unit, label("moyenne avant arrondi", "mean before rounding"), source))
	}
	return out
}

// plainMean returns the mean of at least one figure. With a trace, whose last steps are the figures, it leaves one step.
func plainMean(values []*big.Rat, unit, source string, owner ent.ID, t *ent.Trace) *big.Rat {
	sum := new(big.Rat)
	for _, v := range values {
		sum.Add(sum, v)
	}
	out := new(big.Rat).Quo(sum, ratOf(len(values)))
	if t != nil {
		total := made(owner, ent.OpSum, sum, "", label("somme", "sum"), "")
		quotient := made(owner, ent.OpQuotient, out, unit, label("moyenne", "mean"), source)
		if owner == "" {
			// Made of figures of several persons: an agent's.
			total.Audience, quotient.Audience = ent.AudienceAgent, ent.AudienceAgent
		}
		t.Fold(len(values), total)
		t.Push(given("", decimal.NewFromInt(int64(len(values))), "", label("nombre", "number")))
		t.Fold(2, quotient)
	}
	return out
}
