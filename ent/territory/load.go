package territory

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

	"github.com/opencartable/cartable/ent"
)

//go:embed data/*.csv
var data embed.FS

// Files returns the files of the default lists: the form that [Territory.Load] reads, to copy and change.
func Files() fs.FS {
	sub, err := fs.Sub(data, "data")
	if err != nil {
		panic(err) // only for a folder name that is malformed, and it is a constant
	}
	return sub
}

// maxFile is the size above which a file is refused; the largest of the default lists takes less than 1 MB.
const maxFile = 32 << 20

// listSources is the file of sources; it is no list of places, so it is not exported.
const listSources List = "sources"

func fileOf(list List) string { return string(list) + ".csv" }

// Load returns a Territory with the rows of the files of a folder added to those of t, which stays as it is; see
// [Territory.With] for what added means and for its error. The folder holds any of regions.csv, academies.csv,
// departements.csv, communes.csv and former.csv, in the form of [Files], and sources.csv with an entry for each. Other
// files are left alone, but a .csv of another name is refused, since its name is likely a slip.
//
// To use a list of one's own in place of the default one, load the files of [Files] that are wanted, and it, into the
// zero Territory.
func (t *Territory) Load(fsys fs.FS) (*Territory, error) {
	names, err := listFiles(fsys)
	if err != nil {
		return nil, err
	}
	l, p := &Lists{}, &places{lines: map[List][]int{}}
	for _, list := range names {
		if err := l.read(fsys, list, p); err != nil {
			return nil, err
		}
	}
	if p.count > 0 {
		return nil, p.err()
	}
	return t.with(l, p)
}

// listFiles returns the lists that have a file.
func listFiles(fsys fs.FS) ([]List, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("territory: %w", err)
	}
	known := []List{ListRegions, ListAcademies, ListDepartements, ListCommunes, ListFormer, listSources}
	var out []List
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != ".csv" {
			continue
		}
		list := List(strings.TrimSuffix(e.Name(), ".csv"))
		if !slices.Contains(known, list) {
			return nil, &RowError{File: e.Name(), Err: fmt.Errorf("no list has this name: %w", ErrFormat)}
		}
		out = append(out, list)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("territory: no list in the folder: %w", fs.ErrNotExist)
	}
	return out, nil
}

// read reads the file of one list.
func (l *Lists) read(fsys fs.FS, list List, p *places) error {
	var err error
	switch list {
	case ListRegions:
		l.Regions, err = readRows(fsys, list, p, []string{"code", "name"}, func(f []string) (Region, error) {
			return Region{ent.RegionCode(f[0]), f[1]}, nil
		})
	case ListAcademies:
		l.Academies, err = readRows(fsys, list, p, []string{"code", "name", "region"}, func(f []string) (Academy, error) {
			return Academy{ent.AcademyCode(f[0]), f[1], ent.RegionCode(f[2])}, nil
		})
	case ListDepartements:
		columns := []string{"code", "uai_prefix", "name", "region", "academy"}
		l.Departements, err = readRows(fsys, list, p, columns, func(f []string) (Departement, error) {
			return Departement{ent.DepartementCode(f[0]), f[1], f[2], ent.RegionCode(f[3]), ent.AcademyCode(f[4])}, nil
		})
	case ListCommunes:
		l.Communes, err = readRows(fsys, list, p, []string{"code", "name", "parent"}, func(f []string) (Commune, error) {
			return Commune{ent.InseeCode(f[0]), f[1], ent.InseeCode(f[2])}, nil
		})
	case ListFormer:
		columns := []string{"code", "name", "until", "successor"}
		l.Former, err = readRows(fsys, list, p, columns, func(f []string) (FormerCommune, error) {
			until, err := ent.ParseDate(f[2])
			return FormerCommune{ent.InseeCode(f[0]), f[1], until, ent.InseeCode(f[3])}, err
		})
	case listSources:
		columns := []string{"list", "title", "publisher", "licence", "url", "edition", "as_of"}
		l.Sources, err = readRows(fsys, list, p, columns, func(f []string) (Source, error) {
			asOf, err := ent.ParseDate(f[6])
			return Source{List(f[0]), f[1], f[2], f[3], f[4], f[5], asOf}, err
		})
	}
	return err
}

// readRows reads a file whose first line names the columns. Rows that cannot be read are noted in p; the error is for a
// file that cannot.
func readRows[V any](fsys fs.FS, list List, p *places, columns []string, parse func([]string) (V, error)) ([]V, error) {
	name := fileOf(list)
	b, err := readFile(fsys, name)
	if err != nil {
		return nil, err
	}
	// A spreadsheet writes a byte order mark; it is no part of the first column's name.
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comma = ';'
	r.ReuseRecord = true
	r.FieldsPerRecord = len(columns)
	header, err := r.Read()
	if err != nil || !slices.Equal(header, columns) {
		return nil, &RowError{File: name, Line: 1, Err: fmt.Errorf("the columns are not %s: %w", strings.Join(columns, ";"), ErrFormat)}
	}
	rows := make([]V, 0, bytes.Count(b, []byte("\n")))
	lines := make([]int, 0, cap(rows))
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if parseErr, ok := errors.AsType[*csv.ParseError](err); ok {
			p.add(&RowError{File: name, Line: parseErr.Line, Err: fmt.Errorf("%w: %w", ErrFormat, parseErr.Err)})
			if errors.Is(err, csv.ErrFieldCount) {
				continue
			}
			// After a quote in the wrong place nothing says where the next row begins.
			break
		}
		if err != nil {
			return nil, &RowError{File: name, Err: err}
		}
		line, _ := r.FieldPos(0)
		v, err := parse(record)
		if err != nil {
			p.add(&RowError{File: name, Line: line, Err: err})
			continue
		}
		rows, lines = append(rows, v), append(lines, line)
	}
	p.lines[list] = lines
	return rows, nil
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("territory: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("territory: %s: %w", name, err)
	}
	if len(b) > maxFile {
		return nil, &RowError{File: name, Err: fmt.Errorf("larger than %d bytes: %w", maxFile, ErrFormat)}
	}
	return b, nil
}
