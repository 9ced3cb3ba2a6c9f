package cahier_test

import (
	"testing"

	"github.com/opencartable/cartable/schoollife/cahier"
	"github.com/opencartable/cartable/schoollife/cahier/cahiertest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	cahiertest.Run(t, func(*testing.T) cahier.Store { return cahier.NewMemory() })
}
