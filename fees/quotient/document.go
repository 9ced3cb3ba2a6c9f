package quotient

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/strictjson"
)

// FormulaFormat is the first field of a formula's document.
const FormulaFormat = "cartable.quotient-formula/1"

// maxDocument bounds the size of a formula's document.
const maxDocument = 1 << 16

type formulaJSON struct {
	Format     string          `json:"format"`
	Kind       Kind            `json:"kind"`
	Name       string          `json:"name,omitempty"`
	Terms      []Term          `json:"terms"`
	Abatements []abatementJSON `json:"abatements,omitempty"`
	Benefits   bool            `json:"benefits,omitempty"`
	Divisor    Divisor         `json:"divisor"`
	Rule       *partRuleJSON   `json:"rule,omitempty"`
	Fixed      []fixedJSON     `json:"fixed,omitempty"`
	Rounding   roundingJSON    `json:"rounding"`
	Source     string          `json:"source,omitempty"`
}

type abatementJSON struct {
	FromChildren int    `json:"fromChildren"`
	Percent      number `json:"percent"`
}

type fixedJSON struct {
	FromLevel int    `json:"fromLevel"`
	Value     number `json:"value"`
}

type roundingJSON struct {
	Step number           `json:"step"`
	Mode ent.RoundingMode `json:"mode"`
}

type partRuleJSON struct {
	Unit          string   `json:"unit,omitempty"`
	Single        number   `json:"single"`
	Couple        number   `json:"couple"`
	Children      []number `json:"children,omitempty"`
	SingleParent  number   `json:"singleParent"`
	DisabledChild number   `json:"disabledChild"`
	DisabledAdult number   `json:"disabledAdult"`
	Other         number   `json:"other"`
	Sharing       Sharing  `json:"sharing"`
	Source        string   `json:"source,omitempty"`
}

// MarshalJSON writes a document of FormulaFormat; numbers are strings in plain notation. It returns CodeNumber for a
// number out of limits.
func (f Formula) MarshalJSON() ([]byte, error) {
	j := formulaJSON{
		Format: FormulaFormat, Kind: f.Kind, Name: f.Name, Terms: f.Terms, Benefits: f.Benefits, Divisor: f.Divisor,
		Rounding: roundingJSON{numberOf(f.Rounding.Step), f.Rounding.Mode}, Source: f.Source,
	}
	for _, a := range f.Abatements {
		j.Abatements = append(j.Abatements, abatementJSON{a.FromChildren, numberOf(a.Percent)})
	}
	for _, x := range f.Fixed {
		j.Fixed = append(j.Fixed, fixedJSON{x.FromLevel, numberOf(x.Value)})
	}
	if r := f.Rule; r != nil {
		j.Rule = &partRuleJSON{
			Unit: r.Unit, Single: numberOf(r.Single), Couple: numberOf(r.Couple), SingleParent: numberOf(r.SingleParent),
			DisabledChild: numberOf(r.DisabledChild), DisabledAdult: numberOf(r.DisabledAdult), Other: numberOf(r.Other),
			Sharing: r.Sharing, Source: r.Source,
		}
		for _, w := range r.Children {
			j.Rule.Children = append(j.Rule.Children, numberOf(w))
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote, by the rules of ParseFormula.
func (f *Formula) UnmarshalJSON(b []byte) error {
	v, issues := ParseFormula("", b)
	if err := issues.Err(); err != nil {
		return fmt.Errorf("quotient: %w", err)
	}
	*f = v
	return nil
}

// ParseFormula reads a formula that a commune wrote, and checks it. An unknown key is refused, and so is a number that is
// not a string; of a part rule, single and couple are wanted, and a weight that is not there is 0. An issue of the text
// has its place in the named file, one of a value its path. The formula is empty beside an issue.
func ParseFormula(file string, b []byte) (Formula, ent.Issues) {
	if len(b) > maxDocument {
		return Formula{}, ent.Issues{catalog().New(CodeDocument, ent.Pos{File: file}, "$", ent.FieldOf("field", "size"))}
	}
	var j formulaJSON
	if f := strictjson.Read(file, b, &j); f != nil {
		return Formula{}, ent.Issues{catalog().New(CodeDocument, f.Pos, "$", ent.FieldOf("field", f.Field))}
	}
	if j.Format != FormulaFormat {
		return Formula{}, ent.Issues{catalog().New(CodeDocument, ent.Pos{File: file}, "$.format", ent.FieldOf("field", "format"))}
	}
	f, issues := j.formula()
	if issues == nil {
		issues = f.Check()
	}
	for i := range issues {
		issues[i].Pos.File = file
	}
	if len(issues) > 0 {
		return Formula{}, issues
	}
	return f, nil
}

// numbers takes the numbers of a document, and files those that are missing or cannot be read.
type numbers struct{ issues ent.Issues }

func (r *numbers) take(n number, path string, field ent.Field, wanted bool) decimal.Decimal {
	switch {
	case n.bad:
		r.issues = append(r.issues, fieldIssue(CodeNumber, path, field))
	case wanted && !n.set:
		r.issues = append(r.issues, fieldIssue(CodeFormula, path, field))
	}
	return n.value
}

func (j *formulaJSON) formula() (Formula, ent.Issues) {
	var r numbers
	f := Formula{
		Kind: j.Kind, Name: j.Name, Terms: j.Terms, Benefits: j.Benefits, Divisor: j.Divisor, Source: j.Source,
		Rounding: ent.Rounding{Step: r.take(j.Rounding.Step, "$.rounding.step", "step", true), Mode: j.Rounding.Mode},
	}
	for i, a := range j.Abatements {
		percent := r.take(a.Percent, fmt.Sprintf("$.abatements[%d].percent", i), "percent", true)
		f.Abatements = append(f.Abatements, Abatement{a.FromChildren, percent})
	}
	for i, x := range j.Fixed {
		f.Fixed = append(f.Fixed, Fixed{x.FromLevel, r.take(x.Value, fmt.Sprintf("$.fixed[%d].value", i), "value", true)})
	}
	if j.Rule != nil {
		f.Rule = j.Rule.rule(&r)
	}
	return f, r.issues
}

func (j *partRuleJSON) rule(r *numbers) *PartRule {
	take := func(n number, field ent.Field, wanted bool) decimal.Decimal {
		return r.take(n, "$.rule."+string(field), field, wanted)
	}
	out := &PartRule{
		Unit: j.Unit, Single: take(j.Single, "single", true), Couple: take(j.Couple, "couple", true),
		SingleParent: take(j.SingleParent, "singleParent", false), DisabledChild: take(j.DisabledChild, "disabledChild", false),
		DisabledAdult: take(j.DisabledAdult, "disabledAdult", false), Other: take(j.Other, "other", false),
		Sharing: j.Sharing, Source: j.Source,
	}
	for i, w := range j.Children {
		out.Children = append(out.Children, r.take(w, fmt.Sprintf("$.rule.children[%d]", i), "children", true))
	}
	return out
}
