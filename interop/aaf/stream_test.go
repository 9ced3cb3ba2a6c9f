package aaf

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
)

// repeated is a delivery of one file whose records come again and again.
type repeated struct {
	start, body, end []byte
	times            int
}

func (*repeated) list(Limits, *ent.Report) ([]entry, error) { return nil, nil }

func (r *repeated) walk(files []File, _ Limits, visit visitor) error {
	parts := []io.Reader{bytes.NewReader(r.start)}
	for range r.times {
		parts = append(parts, bytes.NewReader(r.body))
	}
	visit(&files[0], io.MultiReader(append(parts, bytes.NewReader(r.end))...), nil)
	return nil
}

// Acceptance H6: a million pupils go by, and memory does not grow with them.
func TestAcceptanceHStreamingMemoryIsFlat(t *testing.T) {
	const chunk = 2000
	n := 1000000
	if testing.Short() {
		n = 60000
	}
	data := benchFeed(chunk)
	i, j := bytes.Index(data, []byte("<addRequest>")), bytes.LastIndex(data, []byte("</ficAlimMENESR>"))
	d := &Delivery{
		opt: Options{Limits: Limits{}.orDefaults()}, report: &ent.Report{}, files: []File{{Name: "x_Eleve_0000.xml"}},
		from: &repeated{data[:i], data[i:j], data[j:], n / chunk},
	}
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, peak, count := live(), uint64(0), 0
	for e, err := range d.Reader().Typed() {
		require.NoError(t, err)
		require.NotNil(t, e.Pupil)
		if count++; count%(n/20) == 0 {
			peak = max(peak, live())
		}
	}
	assert.Equal(t, n, count)
	assert.Less(t, peak, before+gcHeadroom+(4<<20), "bytes of live heap, the reserve of the pass included")
}
