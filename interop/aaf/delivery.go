package aaf

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Options say how a delivery is read. The zero value is the lenient reading of one academy's feed.
type Options struct {
	// Academy is put before the identifiers of persons, structures and classes with a hyphen ("RENNES-5000001") when
	// several academies feed one ENT.
	Academy string
	// Degree is that of the feed; found from the content when empty.
	Degree ent.Degree
	// Strict refuses what the lenient reading repairs with a warning: an undeclared HTML entity, an unknown element, a
	// pupil without birth date; and it reads bytes as the file declares them, be it wrongly.
	Strict bool
	// UnescapeTwice decodes the references of values once more, for senders that escape twice.
	UnescapeTwice bool
	// KeepValues keeps the offending value in each Issue: see ent.Issue.Value. It is personal data.
	KeepValues bool
	Limits     Limits
	// Progress is called now and then while a delivery is read, from the reading goroutine: from several when several
	// readers share the delivery, each counting its own bytes.
	Progress func(Progress)
}

// Limits bound what is read. Zero fields take the defaults.
type Limits struct {
	// FileBytes is the size of one file once inflated; default 16 GiB.
	FileBytes int64
	// Ratio is how many times its size an archive may inflate to, once past 64 MiB; default 200.
	Ratio int64
	// Entries is the number of entries of an archive or folder; default 10 000.
	Entries int
	// ValueBytes and RecordBytes bound one value and one record; default 64 KiB and 4 MiB.
	ValueBytes  int
	RecordBytes int
}

func (l Limits) orDefaults() Limits {
	if l.FileBytes == 0 {
		l.FileBytes = 16 << 30
	}
	if l.Ratio == 0 {
		l.Ratio = 200
	}
	if l.Entries == 0 {
		l.Entries = 10000
	}
	if l.ValueBytes == 0 {
		l.ValueBytes = 64 << 10
	}
	if l.RecordBytes == 0 {
		l.RecordBytes = 4 << 20
	}
	return l
}

// Progress tells how far a reading is.
type Progress struct {
	File    string
	Bytes   int64 // read so far, inflated
	Total   int64 // of the whole delivery, inflated; 0 when it is not known
	Records int64
}

// File is one file of a delivery.
type File struct {
	FileName
	// Name is the base name of the file.
	Name string
	// Size is its size in bytes, inflated.
	Size int64

	dir string
}

// Delivery is what an academy sent: the files of one feed. It can be read several times, also at once.
type Delivery struct {
	opt    Options
	files  []File
	from   origin
	report *ent.Report
	// refused is why no reading is possible: nothing to read, or several feeds in one place.
	refused error
}

// Open opens a delivery: a folder, a .zip, a .tgz or .tar.gz, or one .xml file. The files may stand at the root or in one
// sub-directory; other files are left aside. It reads no record. What is wrong with the archive or the set of files is
// told by [Delivery.Report]. It returns an error when the path cannot be opened or is no archive at all.
func Open(name string, o Options) (*Delivery, error) {
	o.Limits = o.Limits.orDefaults()
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("aaf: %w", errors.Unwrap(err))
	}
	d := &Delivery{opt: o, report: &ent.Report{}}
	low := strings.ToLower(name)
	switch {
	case info.IsDir():
		d.from = folder(name)
	case strings.HasSuffix(low, ".zip"):
		d.from = zipFile(name)
	case strings.HasSuffix(low, ".tgz"), strings.HasSuffix(low, ".tar.gz"):
		d.from = tarball(name)
	case strings.HasSuffix(low, ".xml"):
		d.from = single(name)
	default:
		return nil, fmt.Errorf("aaf: not a folder, .zip, .tgz nor .xml: %w", os.ErrInvalid)
	}
	entries, err := d.from.list(o.Limits, d.report)
	if err != nil {
		return nil, err
	}
	archive := filepath.Base(name)
	d.keep(entries, kindIn(archive), dateIn(archive))
	return d, nil
}

// keep retains the feed's files among the entries, in reading order, and checks the set.
func (d *Delivery) keep(entries []entry, archiveKind Kind, archiveDate ent.Date) {
	for _, e := range entries {
		base := path.Base(e.name)
		dir := path.Dir(e.name)
		if !strings.HasSuffix(strings.ToLower(base), ".xml") || strings.HasPrefix(base, ".") || strings.HasPrefix(dir, "__MACOSX") {
			continue
		}
		if strings.Count(e.name, "/") > 1 {
			skipped(d.report, e.name)
			continue
		}
		f := File{FileName: ParseFileName(base), Name: base, Size: e.size, dir: dir}
		if f.Kind == "" {
			f.Kind = archiveKind
		}
		if f.Date.IsZero() {
			f.Date = archiveDate
		}
		d.files = append(d.files, f)
	}
	slices.SortFunc(d.files, compareFiles)
	d.checkSet()
}

func compareFiles(a, b File) int {
	if c := int(indexOf(a.Category)) - int(indexOf(b.Category)); c != 0 {
		return c
	}
	if c := strings.Compare(a.Name, b.Name); c != 0 {
		return c
	}
	return strings.Compare(a.dir, b.dir)
}

// checkSet files what the names alone tell: a chunk that is missing, dates or kinds that differ, nothing to read.
func (d *Delivery) checkSet() {
	if len(d.files) == 0 {
		i := catalog().New(CodeEmptyDelivery, ent.Pos{}, "$")
		d.report.Add(i)
		d.refused = i
		return
	}
	mixed, several := false, false
	chunks := map[Category][]int{}
	for _, f := range d.files {
		if f.BadDate {
			d.report.Add(catalog().New(CodeFileDate, ent.Pos{File: f.Name}, "$"))
		}
		first := d.files[0]
		several = several || f.dir != first.dir
		mixed = mixed || f.Kind != first.Kind || f.Date != first.Date
		if f.Chunk >= 0 && f.Category != "" {
			chunks[f.Category] = append(chunks[f.Category], f.Chunk)
		}
	}
	if mixed {
		d.report.Add(catalog().New(CodeMixedDelivery, ent.Pos{}, "$"))
	}
	if several {
		i := catalog().New(CodeSeveralFeeds, ent.Pos{}, "$")
		d.report.Add(i)
		d.refused = i
	}
	for _, c := range Categories() {
		have := chunks[c]
		if len(have) == 0 {
			if c != Subjects && c != Programmes && d.files[0].Kind == Complet && !d.has(c) {
				d.report.Add(catalog().New(CodeCategoryMissing, ent.Pos{}, "$."+string(c), ent.CodeOf("category", string(c))))
			}
			continue
		}
		for n := range slices.Max(have) {
			if !slices.Contains(have, n) {
				d.report.Add(catalog().New(CodeChunkMissing, ent.Pos{}, "$."+string(c),
					ent.Count("chunk", int64(n)), ent.CodeOf("category", string(c))))
			}
		}
	}
}

// has reports whether some file is of a category by its name.
func (d *Delivery) has(c Category) bool {
	return slices.ContainsFunc(d.files, func(f File) bool { return f.Category == c })
}

// Files returns the files of the delivery in the order in which they are read.
func (d *Delivery) Files() []File { return slices.Clone(d.files) }

// Kind returns what the names say of the delivery: Complet, Delta, or "" when they say nothing.
func (d *Delivery) Kind() Kind {
	if len(d.files) == 0 {
		return ""
	}
	return d.files[0].Kind
}

// Date returns the date of the first file name that has one.
func (d *Delivery) Date() ent.Date {
	for _, f := range d.files {
		if !f.Date.IsZero() {
			return f.Date
		}
	}
	return ent.Date{}
}

// Size returns the bytes of all the files, inflated.
func (d *Delivery) Size() int64 {
	var n int64
	for _, f := range d.files {
		n += f.Size
	}
	return n
}

// Report returns what is wrong with the set of files: a missing chunk, a refused entry, a truncated archive. Each
// reading has its own report beside.
func (d *Delivery) Report() *ent.Report {
	r := &ent.Report{}
	r.Merge(d.report)
	return r
}
