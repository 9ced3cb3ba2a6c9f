package bookingtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/booking"
)

func errorIs(err error, code ent.Code) bool { return errors.Is(err, code) }

type vectorCase struct {
	ID       string
	Resource struct {
		Quantity        int
		MinDelaySeconds int
		MaxDelaySeconds int
		Now             string
	}
	Steps [][]any
}

// Vectors runs the steps of an admission file on a store, in the time of a zone: bookings with the answer expected, and with whom they
// conflict, refusals, cancellations and validations.
func Vectors(t *testing.T, s booking.Store, file []byte, zone *time.Location) {
	t.Helper()
	var all struct{ Cases []vectorCase }
	require.NoError(t, json.Unmarshal(file, &all))
	require.NotEmpty(t, all.Cases)
	for _, c := range all.Cases {
		r := Resource(c.ID, c.Resource.Quantity)
		r.MinDelay, r.MaxDelay = time.Duration(c.Resource.MinDelaySeconds)*time.Second, time.Duration(c.Resource.MaxDelaySeconds)*time.Second
		v := &vector{store: s, resource: Put(t, s, r), ask: booking.Ask{Now: time.Date(2025, 11, 1, 0, 0, 0, 0, zone), Zone: zone}}
		if c.Resource.Now != "" {
			m, err := booking.ParseMoment(c.Resource.Now)
			require.NoError(t, err)
			v.ask.Now = booking.Booking{Span: booking.Span{Start: m, End: m}}.In(zone).Starts
		}
		for i, step := range c.Steps {
			v.step(t, fmt.Sprintf("%s, step %d", c.ID, i+1), step)
		}
	}
}

type vector struct {
	store    booking.Store
	resource booking.Resource
	ask      booking.Ask
}

// name is the identifier of a booking of a case.
func (v *vector) name(x any) ent.ID { return v.resource.ID + "-" + ent.ID(fmt.Sprint(x)) }

func (v *vector) step(t *testing.T, at string, step []any) {
	t.Helper()
	answer, with := "ok", []ent.ID(nil)
	if len(step) > 5 {
		answer = step[5].(string)
	}
	if len(step) > 6 {
		for _, x := range step[6].([]any) {
			with = append(with, v.name(x))
		}
	}
	code, by := v.do(t, step)
	want, ok := map[string]ent.Code{
		"ok": "", "conflict": booking.CodeConflict, "too-early": booking.CodeTooEarly, "too-late": booking.CodeTooLate, "invalid-range": booking.CodeRange,
		"quantity-exceeded": booking.CodeQuantity, "invalid-quantity": booking.CodeNoQuantity,
	}[answer]
	require.True(t, ok, "%s: an answer that is not known: %s", at, answer)
	assert.Equal(t, want, code, at)
	assert.Equal(t, with, by, at)
}

// do does a step, and returns the answer.
func (v *vector) do(t *testing.T, step []any) (ent.Code, []ent.ID) {
	t.Helper()
	if step[0] == "book" {
		return v.book(t, step)
	}
	to, ok := map[string]booking.Status{"refuse": booking.StatusRefused, "cancel": booking.StatusCancelled, "validate": booking.StatusValidated}[step[0].(string)]
	require.True(t, ok, "a step that is not known: %v", step[0])
	err := change(t, v.store, v.name(step[1]), to)
	if refused, ok := errors.AsType[*booking.RefusedError](err); ok {
		return refused.Refusals[0].Code, refused.Refusals[0].With
	}
	require.NoError(t, err)
	return "", nil
}

func (v *vector) book(t *testing.T, step []any) (ent.Code, []ent.ID) {
	t.Helper()
	start, err := booking.ParseMoment(step[2].(string))
	require.NoError(t, err)
	end, err := booking.ParseMoment(step[3].(string))
	require.NoError(t, err)
	b := booking.Booking{
		ID: v.name(step[1]), Resource: v.resource.ID, Owner: "durand", Span: booking.Span{Start: start, End: end}, Quantity: int(step[4].(float64)),
		Status: booking.StatusValidated, Made: v.ask.Now,
	}.In(v.ask.Zone)
	if err := v.resource.Check(&b, v.ask); err != nil {
		for _, r := range booking.Catalog().Rules() {
			if errors.Is(err, r.Code) {
				return r.Code, nil
			}
		}
	}
	out, err := v.store.Admit(t.Context(), tenant, booking.Admission{Resource: v.resource, Bookings: []booking.Booking{b}, At: v.ask.Now})
	require.NoError(t, err)
	if len(out.Refused) > 0 {
		return out.Refused[0].Code, out.Refused[0].With
	}
	return "", nil
}
