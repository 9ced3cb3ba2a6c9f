package attendance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// TestDayNumbers: numbers of days follow each other over every end of a month, a year and a century, and give their date back.
func TestDayNumbers(t *testing.T) {
	t.Parallel()
	on := ent.Date{Year: 1, Month: 1, Day: 1}
	for n := dayNumber(on); on.Year < 2500; n++ {
		require.Equal(t, n, dayNumber(on), on)
		require.Equal(t, on, dateOf(n))
		on = on.AddDays(1)
	}
}
