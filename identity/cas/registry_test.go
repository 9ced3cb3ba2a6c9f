package cas_test

import (
	"testing"
	"time"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/cas/castest"
)

func TestMemoryRegistry(t *testing.T) {
	t.Parallel()
	castest.RunRegistry(t, func(now func() time.Time) cas.Registry { return cas.NewMemoryRegistry(now) })
}
