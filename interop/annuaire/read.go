package annuaire

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// Open reads the CSV files of a folder, whose name tells the school: see [ParseFolder] and [OpenFS].
func Open(dir string, o Options) (*Source, error) {
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("annuaire: folder: %w", err)
	}
	return OpenFS(os.DirFS(full), filepath.Base(full), o)
}

// OpenFS reads the CSV files at the root of a file system. What the options leave empty of the school is taken from name,
// the name of the folder. Errors are those of [Read].
func OpenFS(fsys fs.FS, name string, o Options) (*Source, error) {
	r := newReading(o)
	school, class, err := ParseFolder(name)
	r.o.OverrideClass = cmp.Or(o.OverrideClass, class)
	r.o.School.ID = cmp.Or(o.School.ID, school.ID)
	r.o.School.UAI = cmp.Or(o.School.UAI, school.UAI)
	r.o.School.Patronym = cmp.Or(o.School.Patronym, school.Patronym)
	if errors.Is(err, CodeUAI) && o.School.UAI == "" {
		r.add(catalog().New(CodeUAI, ent.Pos{}, "$.uai"))
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("annuaire: folder: %w", err)
	}
	var files []File
	var opened []*lazyFile
	defer func() {
		for _, f := range opened {
			f.close()
		}
	}()
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.IsDir() {
			continue
		}
		if !e.Type().IsRegular() || !strings.EqualFold(path.Ext(e.Name()), ".csv") {
			r.add(catalog().New(CodeFileSkipped, ent.Pos{File: e.Name()}, "$"))
			continue
		}
		f := &lazyFile{fsys: fsys, name: e.Name()}
		opened = append(opened, f)
		files = append(files, File{Name: e.Name(), Content: f})
	}
	return r.read(files)
}

// lazyFile is opened when it is read and closed at its end: a folder may hold more files than may be open at once.
type lazyFile struct {
	fsys fs.FS
	name string
	f    fs.File
}

func (l *lazyFile) Read(b []byte) (n int, err error) {
	if l.f == nil {
		if l.f, err = l.fsys.Open(l.name); err != nil {
			return 0, err
		}
	}
	if n, err = l.f.Read(b); err != nil {
		l.close()
		l.fsys = noFiles{}
	}
	return n, err
}

func (l *lazyFile) close() {
	if l.f != nil {
		_ = l.f.Close() // only read
		l.f = nil
	}
}

// noFiles stands for the file system of a file that was read.
type noFiles struct{}

func (noFiles) Open(string) (fs.File, error) { return nil, io.EOF }

// Read reads files of a school that the options tell. It returns no source when the school is not told, no file is given or
// an option makes no sense. A file that cannot be read to its end is an error too, beside which stands the source of all that
// could be read: it is never complete, and its report says the same.
func Read(o Options, files ...File) (*Source, error) { return newReading(o).read(files) }

// reading is the work of making a source.
type reading struct {
	o      Options
	key    string // of the school, in generated identifiers
	report *ent.Report
	fatal  ent.Issues
	files  []FileInfo
	// unread and refused are what keeps the delivery from being complete; twice are the rows among the latter whose key another
	// row holds, so that nobody is missed for want of them.
	unread, refused, twice int64

	records []directory.Record
	seen    map[directory.Key]*seen
	places  places
	family  family
}

func newReading(o Options) *reading {
	o.Limits = o.Limits.orDefaults()
	return &reading{o: o, report: &ent.Report{}, seen: map[directory.Key]*seen{}}
}

func (r *reading) add(i ent.Issue) {
	r.report.Add(i)
	if i.Severity == ent.SeverityFatal {
		r.fatal = append(r.fatal, i)
	}
	if r.o.OnIssue != nil {
		r.o.OnIssue(i)
	}
}

// check completes the options; an error is one that no file can mend.
func (r *reading) check(files int) error {
	o := &r.o
	if o.School.UAI != "" && !o.School.UAI.Valid() {
		r.add(catalog().New(CodeUAI, ent.Pos{}, "$.uai"))
		o.School.UAI = ""
	}
	o.School.ID = cmp.Or(o.School.ID, ent.ID(o.School.UAI))
	switch o.Responsibility {
	case "":
		o.Responsibility = ent.ResponsibilityInCharge
	case ent.ResponsibilityLegal, ent.ResponsibilityInCharge, ent.ResponsibilityNone:
	default:
		r.add(catalog().New(CodeResponsibility, ent.Pos{}, "$"))
	}
	if o.School.ID == "" {
		r.add(catalog().New(CodeSchool, ent.Pos{}, "$"))
	}
	if files == 0 {
		r.add(catalog().New(CodeNoFile, ent.Pos{}, "$"))
	}
	if err := r.fatal.Err(); err != nil {
		return err
	}
	r.key = cmp.Or(string(o.School.UAI), string(o.School.ID))
	if o.Origin == "" {
		o.Origin = directory.Origin(directory.KindCSV + ":" + r.key)
	}
	r.places = newPlaces(o.School.ID)
	return nil
}

func (r *reading) read(given []File) (*Source, error) {
	shared := r.o.Origin != ""
	if err := r.check(len(given)); err != nil {
		return nil, err
	}
	files := make([]*file, 0, len(given))
	for i := range given {
		files = append(files, r.openFile(&given[i]))
	}
	// Pupils before relatives, whatever the order in which the files come.
	slices.SortStableFunc(files, func(a, b *file) int {
		return cmp.Compare(slices.Index(Profiles(), a.info.Profile), slices.Index(Profiles(), b.info.Profile))
	})
	for _, f := range files {
		r.rows(f)
		r.files = append(r.files, f.info)
		if f.info.Unread {
			r.unread++
		}
	}
	r.tie()
	return r.source(shared), r.fatal.Err()
}

// source puts together what was read.
func (r *reading) source(shared bool) *Source {
	s := &Source{report: r.report, files: r.files, Records: &directory.Records{List: r.records}}
	delivers := r.o.Delivers
	if len(delivers) == 0 {
		delivers = Profiles()
	}
	absent := int64(0)
	for _, p := range delivers {
		there := slices.ContainsFunc(r.files, func(f FileInfo) bool { return f.Profile == p })
		if !there && !(p == Relative && r.family.onPupils) {
			absent++
		}
	}
	complete := !r.o.Partial && absent+r.unread+r.refused-r.twice == 0
	if !complete && !r.o.Partial {
		r.add(catalog().New(CodePartial, ent.Pos{}, "$", ent.Count("files", absent+r.unread), ent.Count("rows", r.refused-r.twice)))
	}
	s.What = directory.Feed{
		Origin: r.o.Origin, Complete: complete, Date: r.o.Date, Academy: r.o.School.Academy, Degree: r.o.School.Degree,
		Missing: int(r.unread), States: map[directory.Category]directory.FieldSet{}, Named: r.family.named,
	}
	// An origin of one school has no other absences; one that is shared has, and they count in this school only.
	if shared {
		s.What.Scope = []ent.ID{r.o.School.ID}
	}
	for i := range r.records {
		s.What.States[r.records[i].Key.Category] |= r.records[i].Stated
	}
	s.Places = r.places.all()
	s.Places.Establishments = []directory.Place{{
		Establishment: r.o.School, Keys: []directory.PlaceKey{{Origin: r.o.Origin, ID: r.o.School.ID}},
	}}
	return s
}
