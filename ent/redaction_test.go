package ent_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

type handler struct {
	name string
	make func(*bytes.Buffer) slog.Handler
}

func handlers() []handler {
	return []handler{
		{"text", func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, untimed()) }},
		{"JSON", func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, untimed()) }},
	}
}

// untimed leaves the time out of a log: its digits may be any.
func untimed() *slog.HandlerOptions {
	return &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
}

// logged returns what a handler writes of a value: alone, in a group, and as an attribute of the logger.
func logged(h handler, v any) string {
	var b bytes.Buffer
	l := slog.New(h.make(&b))
	l.Info("night", "v", v)
	l.Info("night", slog.Group("g", slog.Any("v", v)))
	l.With("v", v).WithGroup("g").Info("night", "v", v)
	return b.String()
}

// Every string of the sample that may not be logged holds this mark; so does its birth year.
const mark = "Canari"

func samplePerson(t *testing.T) ent.Person {
	t.Helper()
	return ent.Person{
		ID:        "us-42",
		Name:      ent.Name{Title: mark + "T", Family: mark + "F", Birth: mark + "B", Given: mark + "G", Others: []string{mark + "O"}},
		BirthDate: day(t, "2013-03-07"),
		Contact: ent.Contact{
			Mail: mark + "@exemple.test", Home: mark + "1", Work: mark + "2", Mobile: mark + "3", SMS: mark + "4",
			Address: ent.Place{Lines: []string{mark + "L"}, PostalCode: mark + "P", Town: mark + "V", Country: mark + "C", Commune: mark},
		},
		Schooling: &ent.Schooling{INE: mark + "I", SchoolNumber: mark + "N", Level: mark, RegimeLabel: mark, Regime: mark},
	}
}

func TestLogsHoldNoPersonalValue(t *testing.T) {
	t.Parallel()
	p := samplePerson(t)
	house := ent.Household{ID: "h-1", Adults: []ent.ID{"us-1"}, Address: p.Contact.Address, Children: []ent.HouseholdChild{{Person: "us-42", Custody: mark}}}
	tie := ent.Relation{Pupil: "us-42", Relative: "us-1", Kinship: mark, Responsibility: mark}
	step := ent.Step{Op: ent.OpGiven, Value: dec("2013.37"), Label: ent.Label{FR: mark, EN: mark}, Owner: "us-1"}
	event := ent.Event{Tenant: "t", Sequence: 7, Type: "person.created", Subject: "us-42", Data: json.RawMessage(`"` + mark + `"`)}
	explanation := ent.Explanation{Root: step}
	for name, v := range map[string]any{
		"Person": p, "*Person": &p, "Name": p.Name, "*Name": &p.Name, "Contact": p.Contact, "*Contact": &p.Contact,
		"Place": p.Contact.Address, "*Place": &p.Contact.Address, "INE": p.Schooling.INE, "*INE": &p.Schooling.INE,
		"Schooling": *p.Schooling, "*Schooling": p.Schooling, "Household": house, "*Household": &house, "Relation": tie, "*Relation": &tie,
		"Step": step, "*Step": &step, "Explanation": explanation, "*Explanation": &explanation, "Event": event, "*Event": &event,
		"Holding": ent.Holding{Part: "directory", Kind: "account", Data: json.RawMessage(`"` + mark + `"`)},
	} {
		for _, h := range handlers() {
			out := logged(h, v)
			require.NotEmpty(t, out)
			assert.NotContains(t, out, mark, "%s by the %s handler", name, h.name)
			assert.NotContains(t, out, "2013", "%s by the %s handler", name, h.name)
			assert.NotContains(t, out, "PANIC", "%s by the %s handler", name, h.name)
		}
	}
	// What is needed to find the record is there.
	for _, h := range handlers() {
		assert.Contains(t, logged(h, p), "us-42")
		assert.Contains(t, logged(h, house), "h-1")
		assert.Contains(t, logged(h, tie), "us-1")
		assert.Contains(t, logged(h, event), "person.created")
	}
}
