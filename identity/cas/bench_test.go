//go:build unix

package cas_test

import (
	"os"
	"testing"

	"github.com/opencartable/cartable/identity/cas"
	"github.com/opencartable/cartable/identity/internal/casbench"
)

func TestMain(m *testing.M) {
	casbench.Child(func() (cas.Registry, error) { return cas.NewMemoryRegistry(nil), nil })
	os.Exit(m.Run())
}

// BenchmarkRatioValidate compares validation over HTTP with LemonLDAP::NG: at least 20 times as many a second, 10 with a new
// connection each, and 15 whole visits.
func BenchmarkRatioValidate(b *testing.B) {
	casbench.Validations(b, "memory", casbench.Promise{Stay: 20, Aim: 30, New: 10})
}

// BenchmarkSessions holds a million sessions of three tickets in memory: at most 600 MB. A process with that limit does it too.
func BenchmarkSessions(b *testing.B) {
	memory := func() cas.Registry { return cas.NewMemoryRegistry(nil) }
	b.Run("limit 600 MB", func(b *testing.B) { casbench.Sessions(b, memory, 1_000_000, 600e6) })
	b.Run("no limit", func(b *testing.B) { casbench.Sessions(b, memory, 1_000_000, 0) })
}
