package billing_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/billing"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, billing.Catalog().Check())
}

// Weeks are those of the calendar, whatever the year: the same as the time package counts.
func TestCustodyWeeks(t *testing.T) {
	t.Parallel()
	from := ent.Date{Year: 1999, Month: 12, Day: 30} // a Thursday
	c := billing.Custody{Periods: []billing.CustodyPeriod{{Payer: "a", From: from, Every: 3}}}
	monday := from.Time(time.UTC).AddDate(0, 0, -3)
	for d := from; d.Year < 2009; d = d.AddDays(1) {
		weeks := int(d.Time(time.UTC).Sub(monday)/(24*time.Hour)) / 7
		_, ok := c.Payer(d)
		require.Equal(t, weeks%3 == 0, ok, d)
	}
	_, ok := c.Payer(from.AddDays(-1))
	require.False(t, ok)
}
