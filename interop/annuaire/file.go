package annuaire

import (
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/internal/frtext"
)

// file is a file being read.
type file struct {
	r    *reading
	info FileInfo
	t    *table
	head header
	all  []row
	// stated is what a whole row states.
	stated directory.FieldSet
}

// pos is a place of the file.
func (f *file) pos(line, column int) ent.Pos {
	return ent.Pos{File: f.info.Name, Line: line, Column: column}
}

// stop files what keeps the file from being read, or read to its end.
func (f *file) stop(code ent.Code, line int, params ...ent.Param) {
	f.info.Unread = true
	f.r.add(catalog().New(code, f.pos(line, 0), "$", params...))
}

// openFile reads a file into rows and finds its profile; the rows are not looked at yet.
func (r *reading) openFile(given *File) *file {
	f := &file{r: r, info: FileInfo{Name: path.Base(strings.ReplaceAll(given.Name, `\`, "/")), Profile: given.Profile}}
	if given.Name == "" {
		f.info.Name = ""
	}
	limits := r.o.Limits
	var b bytes.Buffer
	if given.Content == nil {
		f.stop(CodeReadFailed, 0)
		return f
	}
	_, err := b.ReadFrom(io.LimitReader(given.Content, limits.Bytes+1))
	switch {
	case err != nil: // its text may show a path of the machine
		f.stop(CodeReadFailed, 0)
		return f
	case int64(b.Len()) > limits.Bytes:
		f.stop(CodeLimitBytes, 0, ent.Count("limit", limits.Bytes))
		return f
	}
	text, charset, bad := decode(b.Bytes())
	f.info.Charset = charset
	if bad > 0 {
		r.add(catalog().New(CodeCharset, f.pos(0, 0), "$", ent.Count("count", int64(bad))))
	}
	f.t = newTable(text)
	f.info.Separator = string(f.t.sep)
	titles, err := f.t.next()
	if err != nil {
		f.stop(CodeEmptyFile, 1)
		return f
	}
	if len(titles) > limits.Columns {
		f.stop(CodeLimitColumns, f.t.first, ent.Count("limit", int64(limits.Columns)))
		return f
	}
	line := f.t.first
	for i, t := range titles {
		titles[i] = title(t)
	}
	if f.info.Profile == "" {
		f.info.Profile = profileOfName(f.info.Name)
	}
	if f.info.Profile == "" {
		f.info.Profile = profileOfTitles(titles)
	}
	if !f.info.Profile.Known() {
		f.info.Profile = ""
		f.stop(CodeUnknownProfile, line)
		return f
	}
	f.split(limits)
	f.readHeader(titles, line)
	return f
}

// split reads the rows up to the end, or to the line that ends the data.
func (f *file) split(limits Limits) {
	for {
		cells, err := f.t.next()
		if errors.Is(err, io.EOF) {
			return
		}
		if len(f.all) >= limits.Rows {
			f.stop(CodeLimitRows, f.t.first, ent.Count("limit", int64(limits.Rows)))
			return
		}
		x := row{f: f, line: f.t.first, cells: cells, quote: err != nil}
		switch {
		case err == nil && ends(cells):
			return
		case err == nil && blank(cells):
			continue
		}
		f.all = append(f.all, x)
	}
}

// ends reports whether a row is the one with which ONDE exports end: the name and address of the school.
func ends(cells []string) bool {
	c := strings.TrimSpace(cells[0])
	if len(c) > 40 {
		c = c[:40]
	}
	c = frtext.Fold(c)
	return strings.HasPrefix(c, "intitule") || strings.HasPrefix(c, "adresse organisme")
}

// blank reports whether a row says nothing: spreadsheets write such rows below the last one.
func blank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// readHeader finds what the columns are; a file that lacks the names of persons is not read.
func (f *file) readHeader(titles []string, line int) {
	empty := func(n int) bool {
		for i := range f.all {
			if n < len(f.all[i].cells) && strings.TrimSpace(f.all[i].cells[n]) != "" {
				return false
			}
		}
		return true
	}
	f.head = readHeader(f.info.Profile, titles, empty, func(code ent.Code, n int, params ...ent.Param) {
		f.r.add(catalog().New(code, f.pos(line, 0), "$."+string(f.info.Profile), params...))
	})
	f.stated = directory.FieldsOf("establishment")
	for c, cells := range f.head.at {
		f.stated |= directory.FieldsOf(statedBy(f.info.Profile, c)...)
		if !placed(f.info.Profile, c) {
			for _, n := range cells {
				f.head.lost[n] = ent.Field(c)
			}
		}
	}
	for _, c := range required() {
		if !f.head.has(c) {
			f.stop(CodeMissingColumn, line, ent.FieldOf("field", ent.Field(c)))
		}
	}
}

// placed reports whether a column of a profile has a place in the nouns.
func placed(p Profile, c column) bool {
	switch c {
	case colStatus, colAddress2, colZip2, colCity2, colCountry2, colAlias, colMulti, colModuleName, colSubjectLabel, colTeaches:
		return false
	case colModule:
		return p == Student
	case colClasses:
		return p != Guest
	case colFunctions:
		return p != Student && p != Relative
	default:
		return true
	}
}

// rows looks at the rows of a file. Those of a file that was not read whole count: what it holds is kept. Those of a file
// without names are refused, all by the issue of the missing column.
func (r *reading) rows(f *file) {
	if f.info.Profile == "" || f.head.at == nil {
		return
	}
	kind := string(f.info.Profile)
	named := f.head.has(colLast) && f.head.has(colFirst)
	r.family.headers(f)
	r.records = slices.Grow(r.records, len(f.all))
	for i := range f.all {
		x := &f.all[i]
		if named && r.row(f, x) {
			r.report.Keep(kind, 1)
			f.info.Rows.Kept++
		} else {
			r.report.Refuse(kind, 1)
			f.info.Rows.Refused++
			r.refused++
		}
		f.info.Rows.Read++
	}
	f.all = nil
}

// row makes what a row says, false when it is refused.
func (r *reading) row(f *file, x *row) bool {
	if !x.sound() {
		return false
	}
	x.losses()
	switch f.info.Profile {
	case Student:
		return r.pupil(f, x)
	case Relative:
		return r.relative(f, x)
	case Teacher, Personnel, Guest:
	}
	return r.staff(f, x)
}
