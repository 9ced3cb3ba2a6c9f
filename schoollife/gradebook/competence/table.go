package competence

import (
	"fmt"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Bounds says what the intervals of a Table include.
type Bounds string

// The kinds of bounds.
const (
	// BoundsSteps includes both bounds of an interval; values are multiples of Table.Step, and an interval begins one step
	// after the one before: 0 to 34, 35 to 59.
	BoundsSteps Bounds = "steps"
	// BoundsHalfOpen includes the lower bound only, and both of the last interval: [0, 8[, [8, 12[, [12, 20].
	BoundsHalfOpen Bounds = "half-open"
)

// Target is what a Table converts to.
type Target string

// The targets.
const (
	// TargetPosition is a position of the LSU, from 1 to 4: the code and the value of a band are its number.
	TargetPosition Target = "position"
	// TargetState is a state of acquisition, whose value is what it is worth in a percentage.
	TargetState Target = "state"
)

// The states of acquisition of StatesFromPercent.
const (
	StateNotAcquired = "NA"  // non acquis
	StateUnderway    = "VA"  // en voie d'acquisition
	StateAcquired    = "A"   // acquis
	maxBands         = 10    // intervals of a table
	minBands         = 2     //
	maxBound         = 1_000 // greatest bound of a table
)

// Band is one interval of a Table.
type Band struct {
	Min, Max decimal.Decimal
	Code     string
	Value    decimal.Decimal
}

// Table converts a figure (a mark, a percentage, a mean of levels) into a position or a state, as data. No national rule
// says where the thresholds stand: they are the school's.
type Table struct {
	Name string
	// Unit is that of the figures converted: "%", "/20", empty for levels.
	Unit   string
	Target Target
	Bounds Bounds
	// Step is that of the values under BoundsSteps, zero under BoundsHalfOpen.
	Step decimal.Decimal
	// Min and Max are the scale, which the bands cover.
	Min, Max decimal.Decimal
	Bands    []Band
	Source   string
}

// PositionsFromPercent converts an integer percentage: to 34 is 1, to 59 is 2, to 80 is 3, above is 4.
func PositionsFromPercent() Table {
	// The default thresholds of SACoche.
	t := Table{
		Name: "positions-34-59-80", Unit: percent, Target: TargetPosition, Bounds: BoundsSteps, Step: decimal.New(1, 0),
		Max: decimal.New(100, 0), Source: "default thresholds observed in open school software",
	}
	for i, b := range [][2]int64{{0, 34}, {35, 59}, {60, 80}, {81, 100}} {
		t.Bands = append(t.Bands, band(decimal.New(b[0], 0), decimal.New(b[1], 0), i))
	}
	return t
}

// StatesFromPercent converts an integer score: below 40 is NA, above 60 is A, VA between. What a state is worth in a
// percentage (0, 50, 100) was confirmed by no text.
func StatesFromPercent() Table {
	n := func(v int64) decimal.Decimal { return decimal.New(v, 0) }
	// The default thresholds of SACoche.
	return Table{
		Name: "states-40-60", Unit: percent, Target: TargetState, Bounds: BoundsSteps, Step: n(1), Max: n(100),
		Bands:  []Band{{n(0), n(39), StateNotAcquired, n(0)}, {n(40), n(60), StateUnderway, n(50)}, {n(61), n(100), StateAcquired, n(100)}},
		Source: "default thresholds observed in open school software",
	}
}

// PositionsFromMeanLevel converts a mean of levels 1 to 4 to the nearest level, a half upward.
func PositionsFromMeanLevel() Table {
	n := func(tenths int64) decimal.Decimal { return decimal.New(tenths, -1) }
	t := PositionsBetween(n(10), n(15), n(25), n(35), n(40))
	t.Name = "positions-nearest-level"
	return t
}

// PositionsBetween returns the half-open table whose positions 1 to 4 lie between five bounds: the least value, the three
// thresholds of the school, the greatest value. Check says whether it is one.
func PositionsBetween(least, second, third, fourth, greatest decimal.Decimal) Table {
	t := Table{Target: TargetPosition, Bounds: BoundsHalfOpen, Min: least, Max: greatest}
	at := []decimal.Decimal{least, second, third, fourth, greatest}
	for i := range 4 {
		t.Bands = append(t.Bands, band(at[i], at[i+1], i))
	}
	return t
}

// band is the interval of the position i+1.
func band(least, greatest decimal.Decimal, i int) Band {
	return Band{least, greatest, string(rune('1' + i)), decimal.New(int64(i+1), 0)}
}

// Check returns what is wrong with the table: a gap, an overlap, a part of the scale that is not covered, a position that
// does not rise.
func (c Table) Check() ent.Issues {
	var out ent.Issues
	bad := func(path string, field ent.Field) { out = append(out, fieldIssue(CodeTable, path, field)) }
	switch c.Target {
	case TargetPosition, TargetState:
	default:
		bad("$.target", "target")
	}
	switch c.Bounds {
	case BoundsSteps:
		if !inLimits(c.Step) || c.Step.Sign() <= 0 {
			bad("$.step", "step")
		}
	case BoundsHalfOpen:
		if c.Step.Sign() != 0 {
			bad("$.step", "step")
		}
	default:
		bad("$.bounds", "bounds")
	}
	if len(c.Name) > maxText || len(c.Unit) > maxCode || len(c.Source) > maxText {
		bad("$.name", "name")
	}
	if len(c.Bands) < minBands || len(c.Bands) > maxBands {
		bad("$.bands", "bands")
	}
	out = append(out, c.checkNumbers()...)
	if out == nil {
		out = c.checkBands()
	}
	return out
}

func (c *Table) checkNumbers() ent.Issues {
	var out ent.Issues
	most := decimal.New(maxBound, 0)
	number := func(d decimal.Decimal, path string, field ent.Field) {
		if !inLimits(d) || d.Abs().GreaterThan(most) {
			out = append(out, fieldIssue(CodeNumber, path, field))
		}
	}
	number(c.Min, "$.min", "min")
	number(c.Max, "$.max", "max")
	for i, b := range c.Bands {
		at := fmt.Sprintf("$.bands[%d]", i)
		number(b.Min, at+".min", "min")
		number(b.Max, at+".max", "max")
		number(b.Value, at+".value", "value")
	}
	return out
}

func (c *Table) checkBands() ent.Issues {
	var out ent.Issues
	seen := map[string]bool{}
	for i, b := range c.Bands {
		at := fmt.Sprintf("$.bands[%d]", i)
		if empty := b.Max.Cmp(b.Min); empty < 0 || empty == 0 && c.Bounds == BoundsHalfOpen {
			out = append(out, fieldIssue(CodeTable, at+".max", "max"))
		}
		if c.Bounds == BoundsSteps && (!multiple(b.Min.Sub(c.Min), c.Step) || !multiple(b.Max.Sub(c.Min), c.Step)) {
			out = append(out, issue(CodeBetween, at))
		}
		out = append(out, c.checkCode(b, seen, at)...)
		if i == 0 {
			continue
		}
		wanted := c.Bands[i-1].Max.Add(c.Step)
		switch b.Min.Cmp(wanted) {
		case 1:
			out = append(out, issue(CodeGap, at+".min"))
		case -1:
			out = append(out, issue(CodeOverlap, at+".min"))
		}
		if !b.Value.GreaterThan(c.Bands[i-1].Value) {
			out = append(out, issue(CodeOrder, at+".value"))
		}
	}
	if !c.Bands[0].Min.Equal(c.Min) {
		out = append(out, issue(CodeCover, "$.bands[0].min"))
	}
	if last := len(c.Bands) - 1; !c.Bands[last].Max.Equal(c.Max) {
		out = append(out, issue(CodeCover, fmt.Sprintf("$.bands[%d].max", last)))
	}
	return out
}

func (c *Table) checkCode(b Band, seen map[string]bool, at string) ent.Issues {
	defer func() { seen[b.Code] = true }()
	switch {
	case !codeShaped(b.Code):
		return ent.Issues{fieldIssue(CodeTable, at+".code", "code")}
	case seen[b.Code]:
		return ent.Issues{issue(CodeTwice, at+".code")}
	case c.Target == TargetPosition:
		n, _ := Position(b.Code).Number()
		if !Position(b.Code).Level() || !b.Value.Equal(decimal.NewFromInt(int64(n))) {
			return ent.Issues{issue(CodePosition, at+".code")}
		}
	}
	return nil
}

// multiple reports whether a number is a multiple of a step that is greater than zero.
func multiple(d, step decimal.Decimal) bool { return new(big.Rat).Quo(d.Rat(), step.Rat()).IsInt() }

// Convert returns the band of a figure. It returns an error wrapping CodeOutside for one that the scale does not hold, and
// CodeBetween for one between two steps: a figure is rounded before, or not at all.
func (c Table) Convert(v decimal.Decimal) (Band, error) {
	i, err := c.checked(v)
	if err != nil {
		return Band{}, err
	}
	return c.Bands[i], nil
}

// Explain returns the band of a figure of the owner, and how it was reached.
func (c Table) Explain(v decimal.Decimal, owner ent.ID) (Band, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Band, bool, error) {
		i, err := c.checked(v)
		if err != nil {
			return Band{}, false, err
		}
		t.Push(given(owner, v, c.Unit, label("valeur", "value")))
		c.choose(i, owner, t)
		return c.Bands[i], true, nil
	})
}

func (c *Table) checked(v decimal.Decimal) (int, error) {
	issues := c.Check()
	if !inLimits(v) {
		issues = append(issues, fieldIssue(CodeNumber, "$.value", "value"))
	}
	if err := issues.Err(); err != nil {
		return 0, fmt.Errorf("competence: %w", err)
	}
	return c.find(v.Rat())
}

// find returns the band of an exact figure, of a table that was checked.
func (c *Table) find(v *big.Rat) (int, error) {
	if v.Cmp(c.Min.Rat()) < 0 || v.Cmp(c.Max.Rat()) > 0 {
		return 0, fmt.Errorf("competence: %w", issue(CodeOutside, "$.value"))
	}
	if c.Bounds == BoundsSteps {
		off := new(big.Rat).Sub(v, c.Min.Rat())
		if !off.Quo(off, c.Step.Rat()).IsInt() {
			return 0, fmt.Errorf("competence: %w", issue(CodeBetween, "$.value"))
		}
	}
	at := 0
	for i, b := range c.Bands {
		if v.Cmp(b.Min.Rat()) >= 0 {
			at = i
		}
	}
	return at, nil
}

// choose records the choice of a band for the figure recorded last: the figure is the last operand, after the bands.
func (c *Table) choose(at int, owner ent.ID, t *ent.Trace) {
	if t == nil {
		return
	}
	for _, b := range c.Bands {
		t.Push(given("", b.Value, "", label("{code} : de {min} à {max}", "{code}: from {min} to {max}"),
			ent.CodeOf("code", b.Code), ent.Decimal("min", b.Min), ent.Decimal("max", b.Max)))
	}
	step := made(owner, ent.OpChoose, c.Bands[at].Value.Rat(), "", label("conversion de la première valeur", "conversion of the first value"), c.Source)
	step.Chosen = at + 1
	t.Fold(len(c.Bands)+1, step)
}
