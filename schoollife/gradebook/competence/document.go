package competence

import (
	"encoding/json"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/strictjson"
)

// The first field of each document.
const (
	ScaleFormat = "cartable.competence-scale/1"
	TableFormat = "cartable.competence-table/1"
)

// maxDocument bounds the size of a document.
const maxDocument = 1 << 16

// number is a decimal of a document: a string. One that cannot be read is kept as such, so that the reader can say where
// it stands.
type number struct {
	value decimal.Decimal
	bad   bool
	set   bool
}

func numberOf(d decimal.Decimal) number { return number{value: d, set: true} }

func (n number) MarshalJSON() ([]byte, error) { return Known(n.value).MarshalJSON() }

func (n *number) UnmarshalJSON(b []byte) error {
	v, ok := readNumber(b)
	*n = number{value: v.value, set: true, bad: !ok || !v.known}
	return nil
}

// numbers takes the numbers of a document, and files those that are missing or cannot be read.
type numbers struct{ issues ent.Issues }

func (r *numbers) take(n number, path string, field ent.Field) decimal.Decimal {
	if n.bad || !n.set {
		r.issues = append(r.issues, fieldIssue(CodeNumber, path, field))
	}
	return n.value
}

type labelJSON struct {
	FR string `json:"fr"`
	EN string `json:"en,omitempty"`
}

type levelJSON struct {
	Code   string    `json:"code"`
	Value  number    `json:"value"`
	Label  labelJSON `json:"label"`
	Letter string    `json:"letter,omitempty"`
	Color  string    `json:"color,omitempty"`
}

type statusJSON struct {
	Code  string    `json:"code"`
	Label labelJSON `json:"label"`
}

type scaleJSON struct {
	Format   string       `json:"format"`
	Name     string       `json:"name,omitempty"`
	Levels   []levelJSON  `json:"levels"`
	Statuses []statusJSON `json:"statuses,omitempty"`
	Source   string       `json:"source,omitempty"`
}

// MarshalJSON writes a document of ScaleFormat. It returns what Check finds wrong.
func (s Scale) MarshalJSON() ([]byte, error) {
	if err := s.Check().Err(); err != nil {
		return nil, fmt.Errorf("competence: %w", err)
	}
	j := scaleJSON{Format: ScaleFormat, Name: s.Name, Source: s.Source}
	for _, l := range s.Levels {
		j.Levels = append(j.Levels, levelJSON{l.Code, numberOf(l.Value), labelJSON(l.Label), l.Letter, l.Color})
	}
	for _, x := range s.Statuses {
		j.Statuses = append(j.Statuses, statusJSON{x.Code, labelJSON(x.Label)})
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote, by the rules of ParseScale.
func (s *Scale) UnmarshalJSON(b []byte) error { return unmarshal(b, s, ParseScale) }

// ParseScale reads a scale that a school wrote, and checks it. An unknown key is refused, and so is a number that is not a
// string. An issue of the text has its place in the named file, one of a value its path. The scale is empty beside an
// issue.
func ParseScale(file string, b []byte) (Scale, ent.Issues) {
	var j scaleJSON
	return parse(file, b, &j, &j.Format, ScaleFormat, func() (Scale, ent.Issues) {
		var r numbers
		s := Scale{Name: j.Name, Source: j.Source}
		for i, l := range j.Levels {
			v := r.take(l.Value, fmt.Sprintf("$.levels[%d].value", i), "value")
			s.Levels = append(s.Levels, Level{l.Code, v, ent.Label(l.Label), l.Letter, l.Color})
		}
		for _, x := range j.Statuses {
			s.Statuses = append(s.Statuses, Status{x.Code, ent.Label(x.Label)})
		}
		if r.issues != nil {
			return s, r.issues
		}
		return s, s.Check()
	})
}

type bandJSON struct {
	Min   number `json:"min"`
	Max   number `json:"max"`
	Code  string `json:"code"`
	Value number `json:"value"`
}

type tableJSON struct {
	Format string     `json:"format"`
	Name   string     `json:"name,omitempty"`
	Unit   string     `json:"unit,omitempty"`
	Target Target     `json:"target"`
	Bounds Bounds     `json:"bounds"`
	Step   *number    `json:"step,omitempty"`
	Min    number     `json:"min"`
	Max    number     `json:"max"`
	Bands  []bandJSON `json:"bands"`
	Source string     `json:"source,omitempty"`
}

// MarshalJSON writes a document of TableFormat. It returns what Check finds wrong.
func (c Table) MarshalJSON() ([]byte, error) {
	if err := c.Check().Err(); err != nil {
		return nil, fmt.Errorf("competence: %w", err)
	}
	j := tableJSON{
		Format: TableFormat, Name: c.Name, Unit: c.Unit, Target: c.Target, Bounds: c.Bounds, Min: numberOf(c.Min),
		Max: numberOf(c.Max), Source: c.Source,
	}
	if c.Bounds == BoundsSteps {
		step := numberOf(c.Step)
		j.Step = &step
	}
	for _, b := range c.Bands {
		j.Bands = append(j.Bands, bandJSON{numberOf(b.Min), numberOf(b.Max), b.Code, numberOf(b.Value)})
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON wrote, by the rules of ParseTable.
func (c *Table) UnmarshalJSON(b []byte) error { return unmarshal(b, c, ParseTable) }

// ParseTable reads a conversion table that a school wrote, and checks it, by the rules of ParseScale.
func ParseTable(file string, b []byte) (Table, ent.Issues) {
	var j tableJSON
	return parse(file, b, &j, &j.Format, TableFormat, func() (Table, ent.Issues) {
		var r numbers
		c := Table{
			Name: j.Name, Unit: j.Unit, Target: j.Target, Bounds: j.Bounds, Min: r.take(j.Min, "$.min", "min"),
			Max: r.take(j.Max, "$.max", "max"), Source: j.Source,
		}
		if j.Step != nil {
			c.Step = r.take(*j.Step, "$.step", "step")
		}
		for i, b := range j.Bands {
			at := fmt.Sprintf("$.bands[%d]", i)
			c.Bands = append(c.Bands, Band{
				r.take(b.Min, at+".min", "min"), r.take(b.Max, at+".max", "max"), b.Code, r.take(b.Value, at+".value", "value"),
			})
		}
		if r.issues != nil {
			return c, r.issues
		}
		return c, c.Check()
	})
}

// parse reads a document into j, then builds the value; it is empty beside an issue.
func parse[T any](file string, b []byte, j any, format *string, want string, build func() (T, ent.Issues)) (T, ent.Issues) {
	var zero T
	refused := func(pos ent.Pos, path string, field ent.Field) (T, ent.Issues) {
		pos.File = file
		return zero, ent.Issues{catalog().New(CodeDocument, pos, path, ent.FieldOf("field", field))}
	}
	if len(b) > maxDocument {
		return refused(ent.Pos{}, "$", "size")
	}
	if f := strictjson.Read(file, b, j); f != nil {
		return refused(f.Pos, "$", f.Field)
	}
	if *format != want {
		return refused(ent.Pos{}, "$.format", "format")
	}
	v, issues := build()
	if len(issues) > 0 {
		for i := range issues {
			issues[i].Pos.File = file
		}
		return zero, issues
	}
	return v, nil
}

func unmarshal[T any](b []byte, into *T, parse func(string, []byte) (T, ent.Issues)) error {
	v, issues := parse("", b)
	if err := issues.Err(); err != nil {
		return fmt.Errorf("competence: %w", err)
	}
	*into = v
	return nil
}
