//go:build unix

package aaf_test

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

// The benchmarks of this file are those that BENCHMARKS.md quotes. Each runs its baseline in the same run:
//
//	CARTABLE_BENCH_PERSONS=1500000 go test -run '^$' -bench Ratio -benchtime 1x -timeout 60m ./interop/aaf
//
// They measure children of this test binary, so that the user CPU time and the peak memory are theirs alone.

const childMode, childPath = "CARTABLE_BENCH_CHILD", "CARTABLE_BENCH_PATH"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		if err := errors.Join(child(mode, os.Getenv(childPath)), ratio.WritePeak(os.Stdout)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child does one piece of work in its own process.
func child(mode, path string) error {
	if mode == "nothing" {
		return nil
	}
	if mode == "inflate" {
		return inflate(path)
	}
	d, err := aaf.Open(path, aaf.Options{})
	if err != nil {
		return err
	}
	read := func(r *aaf.Reader) error {
		for _, err := range r.Typed() {
			if err != nil {
				return err
			}
		}
		return nil
	}
	switch mode {
	case "typed":
		return read(d.Reader())
	case "typed-2":
		readers := d.Readers(2)
		errs := make([]error, len(readers))
		var wg sync.WaitGroup
		for i, r := range readers {
			wg.Go(func() { errs[i] = read(r) })
		}
		wg.Wait()
		return errors.Join(errs...)
	case "model":
		m, err := d.Model(context.Background())
		if err != nil {
			return err
		}
		if m.Count(aaf.Pupils) == 0 {
			return errors.New("empty model")
		}
		return nil
	}
	return errors.New("unknown mode")
}

func inflate(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, r); err != nil { //nolint:gosec // our own archive
			return err
		}
	}
	return nil
}

// run starts a child of this test binary. The heap is left to itself, without a limit of memory.
func run(mode, path string, env ...string) (ratio.Usage, error) {
	return ratio.Child(os.Args[0], append(append(os.Environ(), childMode+"="+mode, childPath+"="+path), env...), "-test.run=^$")
}

func user(mode, path string, env ...string) ratio.Work {
	return func() (time.Duration, error) { u, err := run(mode, path, env...); return u.User, err }
}

func wall(mode, path string, env ...string) ratio.Work {
	return func() (time.Duration, error) { u, err := run(mode, path, env...); return u.Wall, err }
}

// oneCore keeps a child, its garbage collector included, on one core.
const oneCore = "GOMAXPROCS=1"

// report writes how many times ours is faster than the base, and the speed.
func report(b *testing.B, base, ours ratio.Work, size int64) {
	b.Helper()
	best, mine, err := ratio.Best(base, ours)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(best.Seconds()/mine.Seconds(), "times")
	b.ReportMetric(float64(size)/1e6/mine.Seconds(), "MB/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRatioTyped compares the typed reader with encoding/xml RawToken building the same records, on one core.
func BenchmarkRatioTyped(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for name, data := range aaf.Variants(12000) {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				report(b, ratio.CPU(func() { aaf.ReadBaseline(data) }), ratio.CPU(func() { aaf.ReadTyped(data) }), int64(len(data)))
			}
		})
	}
}

// BenchmarkRatioLibxml2 compares the typed reader with xmllint, which builds nothing, on the same file.
func BenchmarkRatioLibxml2(b *testing.B) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		b.Skip("xmllint is not installed")
	}
	for name, data := range aaf.Variants(60000) {
		path := filepath.Join(b.TempDir(), "x_Eleve_0000.xml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
		for _, mode := range []string{"--sax", "--stream"} {
			b.Run(name+mode, func(b *testing.B) {
				for range b.N {
					base := func() (time.Duration, error) {
						u, err := ratio.Child(lint, os.Environ(), "--noout", "--nonet", mode, path)
						return u.User, err
					}
					report(b, base, user("typed", path, oneCore), int64(len(data)))
				}
			})
		}
	}
}

// academy writes the second degree of a fictional academy, once for all benchmarks of a run.
var academy = sync.OnceValues(func() (string, error) {
	persons := 100000
	if v := os.Getenv("CARTABLE_BENCH_PERSONS"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil {
			return "", err
		}
		persons = n
	}
	dir := os.Getenv("CARTABLE_BENCH_DIR")
	if dir == "" {
		d, err := os.MkdirTemp("", "cartable-bench")
		if err != nil {
			return "", err
		}
		dir = d
	}
	feed := filepath.Join(dir, "2d-"+strconv.Itoa(persons))
	if _, err := os.Stat(feed); err == nil {
		return feed, nil
	}
	// 577 persons in a thousand are in the second degree.
	a := enttest.New(enttest.Options{Persons: persons * 1000 / 577})
	return feed, aaftest.Write(feed, a, ent.SecondDegree, aaftest.Options{ChunkRecords: 100000})
})

func feed(b *testing.B) (string, int64) {
	b.Helper()
	dir, err := academy()
	if err != nil {
		b.Fatal(err)
	}
	d, err := aaf.Open(dir, aaf.Options{})
	if err != nil {
		b.Fatal(err)
	}
	debug.FreeOSMemory()
	return dir, d.Size()
}

// BenchmarkRatioAcademy measures the mix of a whole academy: streaming, joining, and the memory of both.
func BenchmarkRatioAcademy(b *testing.B) {
	dir, size := feed(b)
	b.Run("stream", func(b *testing.B) {
		for range b.N {
			u, err := run("typed", dir, oneCore)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(u.Peak)/(1<<20), "MiB-peak")
			b.ReportMetric(float64(size)/1e6/u.User.Seconds(), "MB/s")
			b.ReportMetric(u.User.Seconds(), "s-user")
			b.ReportMetric(0, "ns/op")
		}
	})
	b.Run("join", func(b *testing.B) {
		for range b.N {
			read, join, err := ratio.Best(user("typed", dir, oneCore), user("model", dir, oneCore))
			if err != nil {
				b.Fatal(err)
			}
			u, err := run("model", dir)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(join.Seconds()/read.Seconds(), "times-reading")
			b.ReportMetric(float64(u.Peak)/(1<<20), "MiB-peak")
			b.ReportMetric(u.Wall.Seconds(), "s-wall")
			b.ReportMetric(join.Seconds(), "s-user")
			b.ReportMetric(0, "ns/op")
		}
	})
}

// BenchmarkCopy is the plain copy of a feed in memory, the limit that nothing can pass.
func BenchmarkCopy(b *testing.B) {
	data := aaf.Variants(60000)["utf-8"]
	out := make([]byte, len(data))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		copy(out, data)
	}
}

// BenchmarkRatioTwoCores compares two readers on two equal files with one, by the clock: it wants an idle machine.
func BenchmarkRatioTwoCores(b *testing.B) {
	dir := b.TempDir()
	data := aaf.Variants(150000)["utf-8"]
	for _, n := range []string{"x_Eleve_0000.xml", "x_Eleve_0001.xml"} {
		if err := os.WriteFile(filepath.Join(dir, n), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for range b.N {
		report(b, wall("typed", dir, oneCore), wall("typed-2", dir), 2*int64(len(data)))
	}
}

// BenchmarkRatioZip compares a .zip with the plain files plus inflating alone.
func BenchmarkRatioZip(b *testing.B) {
	dir, size := feed(b)
	path := filepath.Join(b.TempDir(), "feed_Complet.zip")
	if err := pack(dir, path); err != nil {
		b.Fatal(err)
	}
	for range b.N {
		base := func() (time.Duration, error) {
			plain, err := run("typed", dir, oneCore)
			if err != nil {
				return 0, err
			}
			only, err := run("inflate", path, oneCore)
			return plain.User + only.User, err
		}
		both, ours, err := ratio.Best(base, user("typed", path, oneCore))
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(ours.Seconds()/both.Seconds(), "times-parts")
		b.ReportMetric(float64(size)/1e6/ours.Seconds(), "MB/s")
		b.ReportMetric(0, "ns/op")
	}
}

func pack(dir, path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	z := zip.NewWriter(out)
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		return err
	}
	for _, name := range files {
		w, err := z.Create(strings.TrimPrefix(name, dir+string(filepath.Separator)))
		if err != nil {
			return err
		}
		in, err := os.Open(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		if err := errors.Join(err, in.Close()); err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), out.Close())
}
