package udt

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Options say how an export is read.
type Options struct {
	// MaxFiles and MaxBytes bound what is read: 1 000 files and 256 MiB, once inflated, when 0.
	MaxFiles int
	MaxBytes int64
	// MaxRatio bounds how much a zip may inflate, beyond its first MiB: 200 when 0.
	MaxRatio int64
	// OnIssue receives every issue; the report keeps the first ones of each code.
	OnIssue func(ent.Issue)
}

const (
	maxFiles  = 1000
	maxBytes  = 256 << 20
	maxRatio  = 200
	freeBytes = 1 << 20
)

// source is a file to read: its number (12), 99 for semaines.xml, and its ISO week, 0 for the year.
type source struct {
	name         string
	number, week int
	open         func() (io.ReadCloser, error)
}

const semaines = 99

// Read reads the files of a folder. It returns an error, with a report and no document, for a file that is not well-formed, for
// what is beyond the limits, and for a folder without a timetable; whatever else is wrong is an issue of the report.
func Read(fsys fs.FS, o Options) (*Document, *ent.Report, error) {
	d := newDecoder(o)
	list, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, d.report, fmt.Errorf("udt: %w: %w", CodeArchive, err)
	}
	files := make([]source, 0, len(list))
	for _, e := range list {
		if e.Type().IsRegular() {
			files = append(files, source{name: e.Name(), open: func() (io.ReadCloser, error) { return fsys.Open(e.Name()) }})
		}
	}
	return d.run(files)
}

// ReadZip reads the zip of a delivery. See Read.
func ReadZip(r io.ReaderAt, size int64, o Options) (*Document, *ent.Report, error) {
	d := newDecoder(o)
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is ever written: a strange path is only a name
		d.issue(CodeArchive, ent.Pos{}, "")
		return nil, d.report, fmt.Errorf("udt: %w: %w", CodeArchive, err)
	}
	files := make([]source, 0, min(len(z.File), maxFiles))
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		files = append(files, source{name: path.Base(strings.ReplaceAll(f.Name, `\`, "/")), open: f.Open})
	}
	d.packed = size
	return d.run(files)
}

// order is that in which files are read: nouns first, then who is where, then the lines.
func order(number int) int {
	return slices.Index([]int{24, 0, semaines, 3, 4, 5, 7, 8, 10, 19, 13, 21, 23, 11, 12}, number)
}

// parse finds what a file is from its name, whatever the case: false for one that is not read.
func (f *source) parse() bool {
	name := strings.ToLower(f.name)
	if name == "semaines.xml" {
		f.number = semaines
		return true
	}
	name, xml := strings.CutSuffix(name, ".xml")
	name, ours := strings.CutPrefix(name, "udcal_")
	if !xml || !ours {
		return false
	}
	number, week, weekly := strings.Cut(name, "_")
	n, err := strconv.ParseUint(number, 10, 7)
	if err != nil || order(int(n)) < 0 || n == semaines {
		return false
	}
	f.number = int(n)
	if weekly {
		w, err := strconv.ParseUint(week, 10, 6)
		if err != nil || w < 1 || w > 53 || n != 12 && n != 23 {
			return false
		}
		f.week = int(w)
	}
	return true
}

// run reads the files in their order.
func (d *decoder) run(files []source) (*Document, *ent.Report, error) {
	if len(files) > d.o.MaxFiles {
		d.issue(CodeLimit, ent.Pos{}, "")
		return nil, d.report, fmt.Errorf("udt: %w", CodeLimit)
	}
	slices.SortFunc(files, func(a, b source) int { return cmp.Compare(a.name, b.name) })
	var ours []source
	have := map[[2]int]bool{}
	for _, f := range files {
		switch known := f.parse(); {
		case !known:
			d.issue(CodeUnread, ent.Pos{}, "", ent.FieldOf("field", ent.Field(f.name)))
			d.report.Refuse("files", 1)
		case have[[2]int{f.number, f.week}]:
			d.issue(CodeTwice, ent.Pos{File: f.name}, "", ent.FieldOf("field", ent.Field(f.name)))
			d.report.Refuse("files", 1)
		default:
			have[[2]int{f.number, f.week}] = true
			ours = append(ours, f)
		}
	}
	if !slices.ContainsFunc(ours, func(f source) bool { return f.number == 12 }) {
		d.issue(CodeNone, ent.Pos{}, "")
		return nil, d.report, fmt.Errorf("udt: %w", CodeNone)
	}
	for _, n := range []int{24, 7, 11} {
		if !have[[2]int{n, 0}] {
			d.issue(CodeMissing, ent.Pos{}, "", ent.FieldOf("field", ent.Field(fmt.Sprintf("UDCal_%02d", n))))
		}
	}
	slices.SortStableFunc(ours, func(a, b source) int {
		return cmp.Or(cmp.Compare(a.week, b.week), cmp.Compare(order(a.number), order(b.number)))
	})
	for i := range ours {
		if err := d.file(&ours[i]); err != nil {
			return nil, d.report, err
		}
		d.report.Keep("files", 1)
	}
	d.check()
	return d.doc, d.report, nil
}
