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

// visitor is handed each file, or why it could not be opened, and reports whether to go on.
type visitor func(f *File, r io.Reader, err error) bool

// origin is where the files of a delivery come from.
type origin interface {
	// list returns the entries, filing issues about those that are refused.
	list(l Limits, report *ent.Report) ([]entry, error)
	// walk opens the files one after the other, in the order given where the origin allows it, and stops when visit
	// returns false.
	walk(files []File, l Limits, visit visitor) error
}

var errRatio = errors.New("aaf: inflates beyond the limit")

// tooMany is the error of an archive or folder with too many entries.
func tooMany() error { return catalog().New(CodeArchiveEntries, ent.Pos{}, "$") }

// skipped files an issue for an .xml file that is left aside.
func skipped(report *ent.Report, name string) {
	base := path.Base(name)
	if strings.HasSuffix(strings.ToLower(base), ".xml") && !strings.HasPrefix(base, ".") && !strings.HasPrefix(name, "__MACOSX") {
		report.Add(catalog().New(CodeFileSkipped, ent.Pos{File: base}, "$"))
	}
}

// safeName reports whether an entry stays inside the archive.
func safeName(name string) bool {
	return name != "" && !strings.HasPrefix(name, "/") && !strings.ContainsAny(name, "\\:") && fs.ValidPath(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

func (f *File) path() string { return path.Join(f.dir, f.Name) }

type folder string

func (o folder) list(l Limits, report *ent.Report) ([]entry, error) {
	var out []entry
	n := 0
	err := fs.WalkDir(os.DirFS(string(o)), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() {
			return nil
		}
		if !e.Type().IsRegular() || strings.Count(name, "/") > 1 { // a link could lead out of the folder
			skipped(report, name)
			if n++; n > l.Entries {
				return tooMany()
			}
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if out = append(out, entry{name, info.Size()}); len(out) > l.Entries {
			return tooMany()
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

func (o folder) walk(files []File, _ Limits, visit visitor) error {
	for i := range files {
		f, err := os.Open(filepath.Join(string(o), filepath.FromSlash(files[i].path())))
		if err != nil {
			if !visit(&files[i], nil, bare(err)) {
				return nil
			}
			continue
		}
		goOn := visit(&files[i], f, nil)
		f.Close() //nolint:gosec // a file that was read
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

func (o single) walk(files []File, l Limits, visit visitor) error {
	return folder(filepath.Dir(string(o))).walk(files, l, visit)
}

type zipFile string

// open opens the archive; damaged tells one that is not an archive, or not a whole one, from one that cannot be read.
func (o zipFile) open() (z *zip.ReadCloser, damaged bool, err error) {
	z, err = zip.OpenReader(string(o))
	switch {
	case err == nil, errors.Is(err, zip.ErrInsecurePath) && z != nil: // each entry is judged by itself
		return z, false, nil
	case errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, true, err
	}
	return nil, false, fmt.Errorf("aaf: archive: %w", bare(err))
}

func (o zipFile) list(l Limits, report *ent.Report) ([]entry, error) {
	at := ent.Pos{File: filepath.Base(string(o))}
	z, damaged, err := o.open()
	if damaged {
		report.Add(catalog().New(CodeArchiveTruncated, at, "$"))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if len(z.File) > l.Entries {
		return nil, tooMany()
	}
	var out []entry
	seen := map[string]bool{}
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "./")
		switch {
		case strings.HasSuffix(name, "/"), name == "":
		case !safeName(name):
			report.Add(catalog().New(CodeArchivePath, at, "$"))
		case seen[name]:
			report.Add(catalog().New(CodeArchiveTwice, at, "$"))
		case !f.Mode().IsRegular():
			skipped(report, name)
		default:
			seen[name] = true
			out = append(out, entry{name, int64(min(f.UncompressedSize64, 1<<62))}) //nolint:gosec // bounded
		}
	}
	return out, nil
}

func (o zipFile) walk(files []File, l Limits, visit visitor) error {
	z, _, err := o.open()
	if err != nil {
		return err
	}
	defer z.Close()
	var whole int64
	if info, err := os.Stat(string(o)); err == nil {
		whole = info.Size()
	}
	byName := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		if name := strings.TrimPrefix(f.Name, "./"); byName[name] == nil {
			byName[name] = f
		}
	}
	var all int64
	for i := range files {
		zf := byName[files[i].path()]
		if zf == nil {
			if !visit(&files[i], nil, fs.ErrNotExist) {
				return nil
			}
			continue
		}
		r, err := zf.Open()
		if err != nil {
			if !visit(&files[i], nil, err) {
				return nil
			}
			continue
		}
		// What an entry says of its own size is not believed beyond the size of the archive.
		packed := min(int64(min(zf.CompressedSize64, 1<<62)), whole) //nolint:gosec // bounded
		one := &bounded{r: r, all: new(int64), packed: func() int64 { return packed }, limits: l}
		goOn := visit(&files[i], &bounded{r: one, all: &all, packed: func() int64 { return whole }, limits: l}, nil)
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
	out := &bounded{r: z, all: new(int64), packed: func() int64 { return counted.n }, limits: l}
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
			return tooMany()
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
	seen := map[string]bool{}
	err := o.each(l, func(h *tar.Header, _ io.Reader) (bool, error) {
		name := strings.TrimPrefix(h.Name, "./")
		switch {
		case h.Typeflag == tar.TypeDir:
		case !safeName(name):
			report.Add(catalog().New(CodeArchivePath, at, "$"))
		case h.Typeflag != tar.TypeReg:
			skipped(report, name)
		case seen[name]:
			report.Add(catalog().New(CodeArchiveTwice, at, "$"))
		default:
			seen[name] = true
			out = append(out, entry{name, h.Size})
		}
		return true, nil
	})
	switch {
	case errors.Is(err, CodeArchiveEntries), errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return nil, err
	case errors.Is(err, errRatio):
		report.Add(catalog().New(CodeArchiveRatio, at, "$"))
	case err != nil:
		report.Add(catalog().New(CodeArchiveTruncated, at, "$"))
	}
	return out, nil
}

// walk goes in the order of the archive: going back would mean inflating it again.
func (o tarball) walk(files []File, l Limits, visit visitor) error {
	byName := make(map[string]*File, len(files))
	for i := range files {
		byName[files[i].path()] = &files[i]
	}
	return o.each(l, func(h *tar.Header, r io.Reader) (bool, error) {
		name := strings.TrimPrefix(h.Name, "./")
		f := byName[name]
		if f == nil || h.Typeflag != tar.TypeReg {
			return true, nil
		}
		delete(byName, name) // a second entry of that name was refused
		return visit(f, r, nil), nil
	})
}

// bounded stops an archive that inflates too much.
type bounded struct {
	r      io.Reader
	n      int64
	all    *int64
	packed func() int64
	limits Limits
}

// freeRatio is how much may come out before the ratio is looked at: a small file may compress a lot.
const freeRatio = 64 << 20

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	*b.all += int64(n)
	if b.n > b.limits.FileBytes || *b.all > freeRatio && *b.all/b.limits.Ratio > b.packed() {
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
