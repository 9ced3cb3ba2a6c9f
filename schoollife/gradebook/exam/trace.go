package exam

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

const over20 = "/20"

// explained runs a rule with a trace. A candidate without result has no steps: the explanation is empty, and the issues
// say what is missing.
func explained(owner ent.ID, rule func(*ent.Trace) (Result, error)) (Result, ent.Explanation, error) {
	if owner == "" {
		return Result{}, ent.Explanation{}, fmt.Errorf("exam: %w", issue(CodeOwner, "$.owner"))
	}
	var t ent.Trace
	r, err := rule(&t)
	if err != nil || r.Final.IsZero() {
		return r, ent.Explanation{}, err
	}
	e, err := t.Explanation()
	if err != nil {
		return Result{}, ent.Explanation{}, fmt.Errorf("exam: %w", err)
	}
	return r, e, nil
}

// reckoning carries what one result is computed with: the rules' doubts, the trace, and the issues met.
type reckoning struct {
	owner      ent.ID
	t          *ent.Trace
	unverified []ent.Code
	issues     ent.Issues
	// undecided is set once something that the result needs is missing.
	undecided bool
}

func (r *reckoning) add(i ent.Issue) { r.issues = append(r.issues, i) }

// lack files what the result cannot do without.
func (r *reckoning) lack(i ent.Issue) {
	r.add(i)
	r.undecided = true
}

// doubt says, once, that the result rests on a rule which no text confirmed, if the rules list it.
func (r *reckoning) doubt(code ent.Code) {
	for _, i := range r.issues {
		if i.Code == code {
			return
		}
	}
	if slices.Contains(r.unverified, code) {
		r.add(issue(code, "$", yearParam(code)...))
	}
}

func yearParam(code ent.Code) []ent.Param {
	if code == CodeUnverifiedYear {
		return []ent.Param{ent.Count("year", lastYear)}
	}
	return nil
}

// given records a leaf: a mark of the candidate.
func (r *reckoning) given(v decimal.Decimal, unit string, what ent.Label, params ...ent.Param) {
	r.t.Push(ent.Step{Op: ent.OpGiven, Value: v, Unit: unit, Label: what, Params: params, Owner: r.owner})
}

// constant records a leaf that is nobody's: a weight, a scale.
func (r *reckoning) constant(v decimal.Decimal, what ent.Label) {
	r.t.Push(ent.Step{Op: ent.OpGiven, Value: v, Label: what})
}

// fold records a step of the candidate made of the last n.
func (r *reckoning) fold(n int, op ent.Op, exact *big.Rat, unit string, what ent.Label, params ...ent.Param) {
	r.t.Fold(n, ent.Step{Op: op, Value: ent.Written(exact), Unit: unit, Label: what, Params: params, Owner: r.owner})
}

// round applies a rounding of the rules to the last figure, nothing when there is none.
func (r *reckoning) round(exact *big.Rat, rounding *ent.Rounding, what ent.Label) (*big.Rat, error) {
	if rounding == nil {
		return exact, nil
	}
	v, err := rounding.Round(exact)
	if err != nil {
		return nil, fmt.Errorf("exam: %w", err)
	}
	if r.t != nil {
		r.foldRound(v, *rounding, over20, what)
	}
	return v.Rat(), nil
}

func (r *reckoning) foldRound(v decimal.Decimal, rounding ent.Rounding, unit string, what ent.Label, params ...ent.Param) {
	r.t.Fold(1, ent.Step{Op: ent.OpRound, Value: v, Unit: unit, Label: what, Params: params, Rounding: &rounding, Owner: r.owner})
}
