package timetable_test

import (
	"testing"

	"github.com/opencartable/cartable/schoollife/timetable"
	"github.com/opencartable/cartable/schoollife/timetable/timetabletest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	timetabletest.Run(t, func(*testing.T) timetable.Store { return timetable.NewMemory() })
}
