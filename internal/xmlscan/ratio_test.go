//go:build unix

package xmlscan_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// BenchmarkRatioEvents compares the events of the scanner with encoding/xml RawToken, on one core.
func BenchmarkRatioEvents(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, doc := range documents(b) {
		b.Run(doc.name, func(b *testing.B) {
			for range b.N {
				base, ours, err := ratio.Best(ratio.CPU(func() { readTokens(b, doc.data) }), ratio.CPU(func() { readEvents(b, xmlscan.New(bytes.NewReader(doc.data), xmlscan.Options{})) }))
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(base.Seconds()/ours.Seconds(), "times")
				b.ReportMetric(float64(len(doc.data))/1e6/ours.Seconds(), "MB/s")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}
