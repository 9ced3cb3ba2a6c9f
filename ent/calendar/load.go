package calendar

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

//go:embed data/*.csv
var data embed.FS

// Files returns the files of the default years: the form that [Years.Load] reads, to copy and change.
func Files() fs.FS {
	sub, err := fs.Sub(data, "data")
	if err != nil {
		panic(err) // only for a folder name that is malformed, and it is a constant
	}
	return sub
}

// maxFile is the size above which a file is refused.
const maxFile = 32 << 20

// Load returns the years with the rows of the files of a folder added, as [Years.With] does. The folder holds any of
// years.csv, periods.csv and sources.csv, in the form of [Files]; other files are left alone, but a .csv of another name
// is refused, since its name is likely a slip. When rows are wrong it returns nil and an error that joins an [ent.Issue]
// with its file and line for each.
func (y *Years) Load(fsys fs.FS) (*Years, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	l, c, found := Lists{}, &checker{pos: map[string][]ent.Pos{}}, false
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".csv" {
			continue
		}
		found = true
		b, err := readFile(fsys, e.Name())
		if err != nil {
			return nil, fmt.Errorf("calendar: %s: %w", e.Name(), err)
		}
		switch strings.TrimSuffix(e.Name(), ".csv") {
		case listSources:
			l.Sources = readRows(c, listSources, b, []string{"key", "title", "publisher", "licence", "url", "as_of"}, parseSource)
		case listYears:
			l.Starts = readRows(c, listYears, b, []string{"school_year", "zone", "population", "first_day", "verified", "source", "note"}, parseStart)
		case listPeriods:
			l.Periods = readRows(c, listPeriods, b, []string{"school_year", "zone", "population", "kind", "name", "first_day_off", "last_day_off", "verified", "source", "note"}, parsePeriod)
		default:
			c.issues = append(c.issues, catalog().New(CodeFile, ent.Pos{File: e.Name()}, ""))
		}
	}
	if !found {
		return nil, fmt.Errorf("calendar: no list in the folder: %w", fs.ErrNotExist)
	}
	if err := c.issues.Err(); err != nil {
		return nil, err
	}
	return y.with(l, c.pos)
}

func parseSource(f []string) (Source, ent.Field) {
	asOf, err := ent.ParseDate(f[5])
	return Source{f[0], f[1], f[2], f[3], f[4], asOf}, wrong("as_of", err == nil)
}

func parseStart(f []string) (Start, ent.Field) {
	year, err := ent.ParseSchoolYear(f[0])
	if err != nil {
		return Start{}, "school_year"
	}
	first, err := ent.ParseDate(f[3])
	if err != nil {
		return Start{}, "first_day"
	}
	verified, ok := parseYes(f[4])
	return Start{year, NewZone(f[1]), f[2], first, verified, f[5], f[6]}, wrong("verified", ok)
}

func parsePeriod(f []string) (Period, ent.Field) {
	year, err := ent.ParseSchoolYear(f[0])
	if err != nil {
		return Period{}, "school_year"
	}
	first, err := ent.ParseDate(f[5])
	if err != nil {
		return Period{}, "first_day_off"
	}
	var last ent.Date
	if f[6] != "" {
		if last, err = ent.ParseDate(f[6]); err != nil {
			return Period{}, "last_day_off"
		}
	}
	verified, ok := parseYes(f[7])
	return Period{year, NewZone(f[1]), f[2], PeriodKind(f[3]), f[4], first, last, verified, f[8], f[9]}, wrong("verified", ok)
}

func parseYes(s string) (value, ok bool) { return s == "yes", s == "yes" || s == "no" }

func wrong(name ent.Field, ok bool) ent.Field {
	if ok {
		return ""
	}
	return name
}

// readRows reads a file whose first line names the columns. What is wrong goes to c. parse returns the field that cannot
// be read.
func readRows[V any](c *checker, list string, b []byte, columns []string, parse func([]string) (V, ent.Field)) []V {
	name := list + ".csv"
	bad := func(line int, code ent.Code, params ...ent.Param) {
		c.issues = append(c.issues, catalog().New(code, ent.Pos{File: name, Line: line}, "", params...))
	}
	if !utf8.Valid(b) {
		bad(0, CodeFile)
		return nil
	}
	r := newCSV(b, ';', len(columns))
	header, err := r.Read()
	if err != nil || !slices.Equal(header, columns) {
		bad(1, CodeFile)
		return nil
	}
	var rows []V
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			bad(errorLine(err), CodeFile)
			if errors.Is(err, csv.ErrFieldCount) {
				continue
			}
			// After a quote in the wrong place nothing says where the next row begins.
			return rows
		}
		line, _ := r.FieldPos(0)
		v, field := parse(record)
		if field != "" {
			bad(line, CodeRowField, ent.FieldOf("field", field))
			continue
		}
		rows = append(rows, v)
		c.pos[list] = append(c.pos[list], ent.Pos{File: name, Line: line})
	}
}

// newCSV returns a reader of fields; a byte order mark, which a spreadsheet writes, is no part of the first one.
func newCSV(b []byte, comma rune, fields int) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma = comma
	r.FieldsPerRecord = fields
	return r
}

func errorLine(err error) int {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		return e.Line
	}
	return 0
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

func readAll(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = errLarge
	}
	return b, err
}
