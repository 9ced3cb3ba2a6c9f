package aaf

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// entry is a file found in a delivery.
type entry struct {
	name string // with forward slashes
	size int64
}

// origin is where the files of a delivery come from.
type origin interface {
	// list returns the entries, filing issues about those that are refused.
	list(l Limits, report *ent.Report) ([]entry, error)
	// walk opens the files one after the other, in the order given where the origin allows it, and stops when visit
	// returns false.
	walk(files []File, l Limits, visit func(f *File, r io.Reader) bool) error
}

var (
	errRatio   = errors.New("aaf: inflates beyond the limit")
	errEntries = errors.New("aaf: too many entries")
)

// safeName reports whether an entry stays inside the archive.
func safeName(name string) bool {
	return name != "" && !strings.HasPrefix(name, "/") && !strings.Contains(name, "\\") && !strings.Contains(name, ":") &&
		fs.ValidPath(strings.TrimSuffix(name, "/"))
}

func (f *File) path() string { return path.Join(f.dir, f.Name) }

type folder string

func (o folder) list(l Limits, _ *ent.Report) ([]entry, error) {
	var out []entry
	err := fs.WalkDir(os.DirFS(string(o)), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			if strings.Count(name, "/") > 0 {
				return fs.SkipDir
			}
			return nil
		}
		if !e.Type().IsRegular() {
			return nil // a link could lead out of the folder
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if out = append(out, entry{name, info.Size()}); len(out) > l.Entries {
			return errEntries
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("aaf: folder: %w", bare(err))
	}
	return out, nil
}

// bare removes the path from an error of the file system: paths of a machine have no place in a report.
func bare(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

func (o folder) walk(files []File, _ Limits, visit func(*File, io.Reader) bool) error {
	for i := range files {
		f, err := os.Open(filepath.Join(string(o), filepath.FromSlash(files[i].path())))
		if err != nil {
			return fmt.Errorf("aaf: %s: %w", files[i].Name, bare(err))
		}
		goOn := visit(&files[i], f)
		if err := f.Close(); err != nil {
			return fmt.Errorf("aaf: %s: %w", files[i].Name, bare(err))
		}
		if !goOn {
			return nil
		}
	}
	return nil
}

type single string

func (o single) list(Limits, *ent.Report) ([]entry, error) {
	info, err := os.Stat(string(o))
	if err != nil {
		return nil, fmt.Errorf("aaf: %w", bare(err))
	}
	return []entry{{filepath.Base(string(o)), info.Size()}}, nil
}

func (o single) walk(files []File, l Limits, visit func(*File, io.Reader) bool) error {
	return folder(filepath.Dir(string(o))).walk(files, l, visit)
}

type zipFile string

func (o zipFile) list(l Limits, report *ent.Report) ([]entry, error) {
	z, err := zip.OpenReader(string(o))
	if err != nil {
		if errors.Is(err, zip.ErrInsecurePath) && z != nil {
			err = nil // each entry is judged below
		} else {
			report.Add(catalog().New(CodeArchiveTruncated, ent.Pos{File: filepath.Base(string(o))}, "$"))
			return nil, nil
		}
	}
	defer z.Close()
	if len(z.File) > l.Entries {
		return nil, errEntries
	}
	var out []entry
	for _, f := range z.File {
		switch {
		case !safeName(f.Name):
			report.Add(catalog().New(CodeArchivePath, ent.Pos{File: filepath.Base(string(o))}, "$"))
		case f.Mode().IsRegular():
			out = append(out, entry{f.Name, int64(min(f.UncompressedSize64, 1<<62))}) //nolint:gosec // bounded
		}
	}
	return out, err
}

func (o zipFile) walk(files []File, l Limits, visit func(*File, io.Reader) bool) error {
	z, err := zip.OpenReader(string(o))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("aaf: archive: %w", err)
	}
	defer z.Close()
	byName := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		byName[f.Name] = f
	}
	for i := range files {
		zf := byName[files[i].path()]
		if zf == nil {
			return fmt.Errorf("aaf: %s: %w", files[i].Name, fs.ErrNotExist)
		}
		r, err := zf.Open()
		if err != nil {
			return fmt.Errorf("aaf: %s: %w", files[i].Name, err)
		}
		packed := int64(min(zf.CompressedSize64, 1<<62)) //nolint:gosec // bounded
		goOn := visit(&files[i], &bounded{r: r, packed: func() int64 { return packed }, limits: l})
		r.Close() //nolint:gosec // reading told already what was wrong
		if !goOn {
			return nil
		}
	}
	return nil
}

type tarball string

// each goes through the regular entries of the archive.
func (o tarball) each(l Limits, visit func(h *tar.Header, r io.Reader) (bool, error)) error {
	f, err := os.Open(string(o))
	if err != nil {
		return fmt.Errorf("aaf: %w", bare(err))
	}
	defer f.Close()
	counted := &counter{r: f}
	z, err := gzip.NewReader(bufio.NewReaderSize(counted, 1<<16))
	if err != nil {
		return err
	}
	out := &bounded{r: z, packed: func() int64 { return counted.n }, limits: l}
	t := tar.NewReader(out)
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if n > l.Entries {
			return errEntries
		}
		out.n = 0 // the limit of size is that of one file
		if goOn, err := visit(h, t); err != nil || !goOn {
			return err
		}
	}
}

func (o tarball) list(l Limits, report *ent.Report) ([]entry, error) {
	var out []entry
	at := ent.Pos{File: filepath.Base(string(o))}
	err := o.each(l, func(h *tar.Header, _ io.Reader) (bool, error) {
		switch {
		case !safeName(strings.TrimPrefix(h.Name, "./")):
			report.Add(catalog().New(CodeArchivePath, at, "$"))
		case h.Typeflag == tar.TypeReg:
			out = append(out, entry{strings.TrimPrefix(h.Name, "./"), h.Size})
		}
		return true, nil
	})
	switch {
	case errors.Is(err, errEntries):
		return nil, err
	case errors.Is(err, errRatio):
		report.Add(catalog().New(CodeArchiveRatio, at, "$"))
	case err != nil:
		report.Add(catalog().New(CodeArchiveTruncated, at, "$"))
	}
	return out, nil
}

// walk goes in the order of the archive: going back would mean inflating it again.
func (o tarball) walk(files []File, l Limits, visit func(*File, io.Reader) bool) error {
	byName := make(map[string]*File, len(files))
	for i := range files {
		byName[files[i].path()] = &files[i]
	}
	return o.each(l, func(h *tar.Header, r io.Reader) (bool, error) {
		f := byName[strings.TrimPrefix(h.Name, "./")]
		if f == nil || h.Typeflag != tar.TypeReg {
			return true, nil
		}
		return visit(f, r), nil
	})
}

// bounded stops an archive that inflates too much.
type bounded struct {
	r      io.Reader
	n      int64
	all    int64
	packed func() int64
	limits Limits
}

// freeRatio is how much may come out before the ratio is looked at: a small file may compress a lot.
const freeRatio = 64 << 20

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	b.all += int64(n)
	if b.n > b.limits.FileBytes || b.all > freeRatio && b.all/b.limits.Ratio > b.packed() {
		return 0, errRatio
	}
	return n, err
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
