//go:build unix

package xmlscan_test

import (
	"bytes"
	"errors"
	"io"
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
				base, ours, err := ratio.Best(ratio.CPU(func() { readTokens(b, doc.data) }), ratio.CPU(func() { readEvents(b, doc.data) }))
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

func readEvents(b *testing.B, data []byte) {
	b.Helper()
	s := xmlscan.New(bytes.NewReader(data), xmlscan.Options{})
	total := 0
	for {
		kind, err := s.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
			break
		}
		switch kind {
		case xmlscan.StartElement, xmlscan.EndElement:
			total += len(s.Name())
		default:
			total += len(s.Text())
		}
	}
	if total == 0 {
		b.Fatal("empty")
	}
}

func readTokens(b *testing.B, data []byte) {
	b.Helper()
	d := rawDecoder(bytes.NewReader(data))
	for {
		if _, err := d.RawToken(); err != nil {
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
			return
		}
	}
}
