package main

import (
	"reflect"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
	"github.com/opencartable/cartable/schoollife/gradebook/competence"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// The written form of a scale and of a table is not the shape of their Go types.
type scale struct {
	Format   string   `json:"format"`
	Name     string   `json:"name,omitempty"`
	Levels   []level  `json:"levels" jsonschema:"minItems=2,maxItems=6" jsonschema_description:"From the lowest to the highest."`
	Statuses []status `json:"statuses,omitempty" jsonschema:"maxItems=50" jsonschema_description:"Codes that never count."`
	Source   string   `json:"source,omitempty"`
}

type level struct {
	Code   string          `json:"code"`
	Value  decimal.Decimal `json:"value" jsonschema_description:"What the level is worth, from 0 to 100, greater than that of the one before."`
	Label  label           `json:"label"`
	Letter string          `json:"letter,omitempty"`
	Color  string          `json:"color,omitempty" jsonschema:"pattern=^#[0-9A-Fa-f]{6}$"`
}

// label is a text whose English may be missing: the French one serves then.
type label struct {
	FR string `json:"fr"`
	EN string `json:"en,omitempty"`
}

type status struct {
	Code  string `json:"code"`
	Label label  `json:"label"`
}

type table struct {
	Format string            `json:"format"`
	Name   string            `json:"name,omitempty"`
	Unit   string            `json:"unit,omitempty"`
	Target competence.Target `json:"target"`
	Bounds competence.Bounds `json:"bounds"`
	Step   decimal.Decimal   `json:"step,omitzero" jsonschema_description:"Step of the values, under the bounds named steps only."`
	Min    decimal.Decimal   `json:"min"`
	Max    decimal.Decimal   `json:"max"`
	Bands  []band            `json:"bands" jsonschema:"minItems=2,maxItems=10" jsonschema_description:"In increasing order; they cover all from min to max."`
	Source string            `json:"source,omitempty"`
}

type band struct {
	Min   decimal.Decimal `json:"min"`
	Max   decimal.Decimal `json:"max"`
	Code  string          `json:"code"`
	Value decimal.Decimal `json:"value"`
}

type bulletinFields bulletin.Document

// A bulletin writes the numbers of its policy as strings, which the mapper does for all of them.
type bulletinDocument struct {
	Format string `json:"format"`
	bulletinFields
}

type cahierFields cahier.Archive

type cahierDocument struct {
	Format string `json:"format"`
	cahierFields
}

type planFields timetable.Plan

type planDocument struct {
	Format string `json:"format"`
	planFields
}

func schoollifeNouns() []noun {
	doc := func(name, format string, v, of any) noun {
		return noun{group: "schoollife", name: name, version: 1, value: v, format: format, document: of, strict: true}
	}
	return []noun{
		doc("competence-scale", competence.ScaleFormat, scale{}, competence.Scale{}),
		doc("competence-table", competence.TableFormat, table{}, competence.Table{}),
		{group: "schoollife", name: "bulletin", version: 1, value: bulletinDocument{}, format: bulletin.Format, document: bulletin.Document{}},
		{group: "schoollife", name: "cahier", version: 1, value: cahierDocument{}, format: cahier.ArchiveFormat, document: cahier.Archive{}},
		{group: "schoollife", name: "timetable-plan", version: 1, value: planDocument{}, format: timetable.PlanFormat, document: timetable.Plan{}},
	}
}

// schoollifeClosed are the closed lists of these documents.
func schoollifeClosed() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[competence.Target](), reflect.TypeFor[competence.Bounds](), reflect.TypeFor[gradebook.ScaleRule](),
		reflect.TypeFor[gradebook.ContainerRule](), reflect.TypeFor[gradebook.BestMarkRule](), reflect.TypeFor[gradebook.OptionalRule](),
		reflect.TypeFor[gradebook.AboveScaleRule](), reflect.TypeFor[gradebook.CarryRule](), reflect.TypeFor[gradebook.WeightRule](),
		reflect.TypeFor[gradebook.AnnualRule](), reflect.TypeFor[gradebook.ChangeRule](),
	}
}
