package booking_test

import (
	"testing"

	"github.com/opencartable/cartable/schoollife/booking"
	"github.com/opencartable/cartable/schoollife/booking/bookingtest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	bookingtest.Run(t, func(*testing.T) booking.Store { return booking.NewMemory() })
}
