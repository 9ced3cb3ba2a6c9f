package main

import (
	"reflect"

	"github.com/invopop/jsonschema"
	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/fees/tariff"
)

type tariffDocument struct {
	Format string `json:"format"`
	tariff.Tariff
}

// The written form of a formula is not the shape of its Go type.
type formula struct {
	Format     string           `json:"format"`
	Kind       quotient.Kind    `json:"kind"`
	Name       string           `json:"name,omitempty"`
	Terms      []quotient.Term  `json:"terms"`
	Abatements []abatement      `json:"abatements,omitempty"`
	Benefits   bool             `json:"benefits,omitempty"`
	Divisor    quotient.Divisor `json:"divisor"`
	Rule       *partRule        `json:"rule,omitempty"`
	Fixed      []fixed          `json:"fixed,omitempty"`
	Rounding   formulaRounding  `json:"rounding"`
	Source     string           `json:"source,omitempty"`
}

type abatement struct {
	FromChildren int             `json:"fromChildren"`
	Percent      decimal.Decimal `json:"percent"`
}

type fixed struct {
	FromLevel int             `json:"fromLevel"`
	Value     decimal.Decimal `json:"value"`
}

type formulaRounding struct {
	Step decimal.Decimal  `json:"step"`
	Mode ent.RoundingMode `json:"mode"`
}

type partRule struct {
	Unit          string            `json:"unit,omitempty"`
	Single        decimal.Decimal   `json:"single"`
	Couple        decimal.Decimal   `json:"couple"`
	Children      []decimal.Decimal `json:"children,omitempty"`
	SingleParent  decimal.Decimal   `json:"singleParent,omitzero"`
	DisabledChild decimal.Decimal   `json:"disabledChild,omitzero"`
	DisabledAdult decimal.Decimal   `json:"disabledAdult,omitzero"`
	Other         decimal.Decimal   `json:"other,omitzero"`
	Sharing       quotient.Sharing  `json:"sharing"`
	Source        string            `json:"source,omitempty"`
}

type history struct {
	Format  string           `json:"format"`
	Entries []quotient.Entry `json:"entries"`
}

func feesNouns() []noun {
	doc := func(name, format string, v, of any) noun {
		return noun{group: "fees", name: name, version: 1, value: v, format: format, document: of}
	}
	sheet := doc("tariff", tariff.Format, tariffDocument{}, tariff.Tariff{})
	sheet.written = true
	return []noun{
		sheet, doc("quotient-formula", quotient.FormulaFormat, formula{}, quotient.Formula{}),
		doc("quotient-history", quotient.HistoryFormat, history{}, quotient.History{}),
	}
}

// feesClosed are the closed lists of the fees.
func feesClosed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[quotient.Missing](), reflect.TypeFor[quotient.Validity](), reflect.TypeFor[quotient.Effect](),
		reflect.TypeFor[quotient.Divisor](), reflect.TypeFor[tariff.Point](), reflect.TypeFor[tariff.RankOrder](),
		reflect.TypeFor[tariff.RankScope](), reflect.TypeFor[tariff.Decimals](), reflect.TypeFor[tariff.Stage](),
		reflect.TypeFor[tariff.Counting](), reflect.TypeFor[tariff.Every](), reflect.TypeFor[tariff.Proration](),
		reflect.TypeFor[tariff.Waiting](), reflect.TypeFor[tariff.CapOf](),
	}
}

// allowShort lets a hand-written document use the short forms that its reader takes: one text for both languages, a number
// for a range of one, a word for a list of one, nothing for an empty cell.
func (m *mapper) allowShort(s *jsonschema.Schema) {
	all := []*jsonschema.Schema{s}
	for _, d := range s.Definitions {
		all = append(all, d)
	}
	for _, d := range all {
		if d.Properties == nil {
			continue
		}
		for p := d.Properties.Oldest(); p != nil; p = p.Next() {
			v := p.Value
			what := v.Description
			switch {
			case v.Ref == "#/$defs/Label":
				p.Value = &jsonschema.Schema{Description: what, AnyOf: []*jsonschema.Schema{{Type: "string"}, {Ref: v.Ref}}}
			case v.Ref == "#/$defs/Range":
				p.Value = &jsonschema.Schema{Description: what, AnyOf: []*jsonschema.Schema{{Type: "integer"}, {Ref: v.Ref}}}
			case p.Key == "prices" && v.Type == "array":
				v.Items = &jsonschema.Schema{AnyOf: append([]*jsonschema.Schema{{Type: "null"}}, v.Items.AnyOf...)}
			case v.Type == "array" && v.Items != nil && m.isWord(v.Items):
				v.Description = ""
				p.Value = &jsonschema.Schema{Description: what, AnyOf: []*jsonschema.Schema{v.Items, v}}
			case v.Type == "object" && v.AdditionalProperties != nil && v.AdditionalProperties.Type == "array":
				list := v.AdditionalProperties
				v.AdditionalProperties = &jsonschema.Schema{AnyOf: []*jsonschema.Schema{list.Items, list}}
			}
		}
	}
}

// isWord reports whether a schema is that of a text.
func (m *mapper) isWord(s *jsonschema.Schema) bool {
	if s.Type == "string" {
		return true
	}
	for name, d := range m.defs {
		if s.Ref == "#/$defs/"+name {
			return d.Type == "string" && d.Pattern == ""
		}
	}
	return false
}
