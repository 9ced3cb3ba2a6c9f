package ent

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"slices"

	"github.com/shopspring/decimal"
)

// Op is how a step reaches its value from its operands.
type Op string

// The operations of a step.
const (
	OpGiven      Op = "given"      // a leaf: an input
	OpSum        Op = "sum"        // all operands added
	OpDifference Op = "difference" // the first less the others
	OpProduct    Op = "product"    // all operands multiplied
	OpQuotient   Op = "quotient"   // the first divided by the second
	OpMin        Op = "min"        // the least operand
	OpMax        Op = "max"        // the greatest operand
	OpRound      Op = "round"      // the only operand, by Rounding
	OpChoose     Op = "choose"     // the operand number Chosen, for the reason that Label or Source gives
)

// Step is one node of an Explanation.
type Step struct {
	Op Op `json:"op"`
	// Value is what the step reached. A quotient that does not end is written with at least 12 decimals; what is computed
	// from it uses the exact value.
	Value decimal.Decimal `json:"value"`
	// Unit is the unit of Value: "EUR", "%", "/20", "part"; empty for a number.
	Unit string `json:"unit,omitempty"`
	// Label says what the value is, in both languages; Params fill its placeholders.
	Label  Label   `json:"label"`
	Params []Param `json:"params,omitempty"`
	// Source is the text of law, the article of a tariff, the place in a file.
	Source string `json:"source,omitempty"`
	// Audience is who may read the step beside the person it belongs to; Owner is that person, "" for nobody's.
	Audience Audience `json:"audience,omitempty"`
	Owner    ID       `json:"owner,omitempty"`
	// Rounding is set for OpRound, Chosen (from 0) for OpChoose.
	Rounding *Rounding `json:"rounding,omitempty"`
	Chosen   int       `json:"chosen,omitempty"`
	Operands []Step    `json:"operands,omitempty"`
}

// Label is a short text in both languages.
type Label struct {
	FR string `json:"fr"`
	EN string `json:"en"`
}

// In returns the label in a language.
func (l Label) In(lang Lang) string { return lang.pick(l.FR, l.EN) }

// stepJSON is the written form of a Step: the number is a string in plain notation. It holds the whole tree, so that a
// deep one is written and read in one pass.
type stepJSON struct {
	Op       Op         `json:"op"`
	Value    number     `json:"value"`
	Unit     string     `json:"unit,omitempty"`
	Label    Label      `json:"label"`
	Params   []Param    `json:"params,omitempty"`
	Source   string     `json:"source,omitempty"`
	Audience Audience   `json:"audience,omitempty"`
	Owner    ID         `json:"owner,omitempty"`
	Rounding *Rounding  `json:"rounding,omitempty"`
	Chosen   int        `json:"chosen,omitempty"`
	Operands []stepJSON `json:"operands,omitempty"`
}

func (s *Step) toJSON() stepJSON {
	j := stepJSON{
		s.Op, number(s.Value), s.Unit, s.Label, s.Params, s.Source, s.Audience, s.Owner, s.Rounding, s.Chosen,
		make([]stepJSON, len(s.Operands)),
	}
	for i := range s.Operands {
		j.Operands[i] = s.Operands[i].toJSON()
	}
	return j
}

func (j *stepJSON) step() Step {
	s := Step{
		j.Op, decimal.Decimal(j.Value), j.Unit, j.Label, j.Params, j.Source, j.Audience, j.Owner, j.Rounding, j.Chosen, nil,
	}
	for i := range j.Operands {
		s.Operands = append(s.Operands, j.Operands[i].step())
	}
	return s
}

// MarshalJSON writes the value as a string in plain notation, with the decimals it was given.
func (s Step) MarshalJSON() ([]byte, error) { return json.Marshal(s.toJSON()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Step) UnmarshalJSON(b []byte) error {
	var j stepJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("ent: step: %w", err)
	}
	*s = j.step()
	return nil
}

// LogValue hides the step: its value may be an income or a mark.
func (s Step) LogValue() slog.Value { return redacted() }

// Explanation says how a figure or a decision was reached: a tree of steps whose root is the result. It may hold
// personal data: logs redact it, and [Explanation.Render] shows each reader their part.
type Explanation struct {
	Root Step
}

type explanationJSON struct {
	Format string   `json:"format"`
	Root   stepJSON `json:"root"`
}

// MarshalJSON writes a document of ExplanationFormat, whole: who may read it is the caller's to say.
func (e Explanation) MarshalJSON() ([]byte, error) {
	return json.Marshal(explanationJSON{ExplanationFormat, e.Root.toJSON()})
}

// UnmarshalJSON reads what MarshalJSON wrote. It returns CodeFormat for another document.
func (e *Explanation) UnmarshalJSON(b []byte) error {
	var j explanationJSON
	if err := readDocument(b, ExplanationFormat, &j); err != nil {
		return err
	}
	e.Root = j.Root.step()
	return nil
}

// LogValue hides the explanation.
func (e Explanation) LogValue() slog.Value { return redacted() }

// Value returns the result.
func (e Explanation) Value() decimal.Decimal { return e.Root.Value }

// quotientDigits is how many decimals a step writes of a value that does not end.
const quotientDigits = 12

// Trace records steps as they are computed: operands first, then the step that uses them. A nil Trace records nothing,
// but each recording site guards the call with if t != nil, so that building the arguments costs nothing either.
type Trace struct {
	stack []Step
	// short is set once Fold wanted more operands than were recorded.
	short bool
}

// traceRoom is how many steps wait for the one that uses them, in most explanations.
const traceRoom = 8

// Push records a leaf, or a step whose operands it holds already.
func (t *Trace) Push(s Step) {
	if t == nil {
		return
	}
	if t.stack == nil {
		t.stack = make([]Step, 0, traceRoom)
	}
	t.stack = append(t.stack, s)
}

// Fold takes the last n steps recorded as the operands of s, in order, and records s. When fewer were recorded,
// Explanation returns an error.
func (t *Trace) Fold(n int, s Step) {
	if t == nil {
		return
	}
	if n < 0 || n > len(t.stack) {
		t.short = true
		n = min(max(n, 0), len(t.stack))
	}
	at := len(t.stack) - n
	s.Operands = slices.Clone(t.stack[at:])
	t.stack = append(t.stack[:at], s)
}

// Explanation returns the tree. It returns CodeExplanation when the steps recorded do not make one tree.
func (t *Trace) Explanation() (Explanation, error) {
	switch {
	case t == nil:
		return Explanation{}, fmt.Errorf("ent: no trace: %w", CodeExplanation)
	case t.short:
		return Explanation{}, fmt.Errorf("ent: a step lacks operands: %w", CodeExplanation)
	case len(t.stack) != 1:
		return Explanation{}, fmt.Errorf("ent: %d roots: %w", len(t.stack), CodeExplanation)
	}
	return Explanation{Root: t.stack[0]}, nil
}

// Check computes the tree again from its leaves, with exact fractions, and compares every value on the way. It returns
// an error wrapping CodeExplanation that names the first step that does not hold.
func (e Explanation) Check() error {
	_, err := e.Root.recompute("$")
	return err
}

var errStep = errors.New("the value does not follow from the operands")

func (s *Step) recompute(path string) (*big.Rat, error) {
	fail := func(err error) error { return fmt.Errorf("ent: %w at %s (%s): %w", CodeExplanation, path, s.Op, err) }
	if s.Op == OpGiven {
		if len(s.Operands) > 0 {
			return nil, fail(errors.New("a given value has operands"))
		}
		return s.Value.Rat(), nil
	}
	if len(s.Operands) == 0 {
		return nil, fail(errors.New("no operand"))
	}
	args := make([]*big.Rat, len(s.Operands))
	for i := range s.Operands {
		r, err := s.Operands[i].recompute(fmt.Sprintf("%s.operands[%d]", path, i))
		if err != nil {
			return nil, err
		}
		args[i] = r
	}
	want, err := s.apply(args)
	if err != nil {
		return nil, fail(err)
	}
	if !sameValue(s.Value, want) {
		return nil, fail(errStep)
	}
	return want, nil
}

// apply computes the step from its exact operands.
func (s *Step) apply(args []*big.Rat) (*big.Rat, error) {
	out := new(big.Rat).Set(args[0])
	switch s.Op {
	case OpSum:
		for _, a := range args[1:] {
			out.Add(out, a)
		}
	case OpDifference:
		for _, a := range args[1:] {
			out.Sub(out, a)
		}
	case OpProduct:
		for _, a := range args[1:] {
			out.Mul(out, a)
		}
	case OpQuotient:
		if len(args) != 2 || args[1].Sign() == 0 {
			return nil, errors.New("a quotient wants two operands, the second not zero")
		}
		out.Quo(args[0], args[1])
	case OpMin, OpMax:
		for _, a := range args[1:] {
			if c := a.Cmp(out); s.Op == OpMin && c < 0 || s.Op == OpMax && c > 0 {
				out.Set(a)
			}
		}
	case OpRound:
		if len(args) != 1 || s.Rounding == nil {
			return nil, errors.New("a rounding wants one operand and its rule")
		}
		d, err := s.Rounding.Round(args[0])
		if err != nil {
			return nil, err
		}
		out = d.Rat()
	case OpChoose:
		if s.Chosen < 0 || s.Chosen >= len(args) {
			return nil, errors.New("the chosen operand does not exist")
		}
		out.Set(args[s.Chosen])
	case OpGiven:
		return nil, errors.New("a given value has operands")
	default:
		return nil, errors.New("unknown operation")
	}
	return out, nil
}

// sameValue reports whether a written value is the exact one, or the exact one cut at quotientDigits decimals or more
// when it does not end.
func sameValue(written decimal.Decimal, exact *big.Rat) bool {
	diff := new(big.Rat).Sub(written.Rat(), exact)
	if diff.Sign() == 0 {
		return true
	}
	if _, ends := exact.FloatPrec(); ends || -written.Exponent() < quotientDigits {
		return false
	}
	limit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-written.Exponent())), nil))
	return diff.Abs(diff).Cmp(limit) < 0
}

// Written returns the form in which a step writes an exact value: itself when its decimals end, otherwise cut after 12.
func Written(exact *big.Rat) decimal.Decimal {
	n, ends := exact.FloatPrec()
	if !ends {
		n = quotientDigits
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	num := new(big.Int).Mul(exact.Num(), scale)
	return decimal.NewFromBigInt(num.Quo(num, exact.Denom()), -int32(n)) //nolint:gosec // n is a count of decimals
}
