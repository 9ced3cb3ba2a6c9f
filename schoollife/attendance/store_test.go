package attendance_test

import (
	"testing"

	"github.com/opencartable/cartable/schoollife/attendance"
	"github.com/opencartable/cartable/schoollife/attendance/attendancetest"
)

func TestMemoryIsAStore(t *testing.T) {
	t.Parallel()
	attendancetest.Run(t, func(*testing.T) attendance.Store { return attendance.NewMemory() })
}
