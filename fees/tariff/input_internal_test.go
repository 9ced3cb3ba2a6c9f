package tariff

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// TestSameUseLooksAtEveryField sets each field of a use in turn: whatever may change a price must tell two uses apart.
func TestSameUseLooksAtEveryField(t *testing.T) {
	t.Parallel()
	values := map[reflect.Type]any{
		reflect.TypeFor[Quotient]():          Quotient{kind: quotient.KindCAF},
		reflect.TypeFor[[]Status]():          []Status{"agent"},
		reflect.TypeFor[[]Interval]():        []Interval{{Start: 1, End: 2}},
		reflect.TypeFor[map[string]string](): map[string]string{"a": "b"},
		reflect.TypeFor[Amount]():            Cents(1),
		reflect.TypeFor[ent.Date]():          ent.Date{Year: 2025, Month: 1, Day: 1},
	}
	for i := range reflect.TypeFor[Input]().NumField() {
		var in, other Input
		f := reflect.ValueOf(&other).Elem().Field(i)
		name := reflect.TypeFor[Input]().Field(i).Name
		switch v, ok := values[f.Type()]; {
		case ok:
			f.Set(reflect.ValueOf(v))
		case f.Kind() == reflect.String:
			f.SetString("x")
		case f.Kind() == reflect.Int:
			f.SetInt(2)
		case f.Kind() == reflect.Bool:
			f.SetBool(true)
		default:
			require.Failf(t, "no value", "field %s", name)
		}
		assert.Equal(t, name == "Owner" || name == "Date", in.sameUse(&other), name)
		assert.True(t, other.sameUse(&other), name)
	}
}
