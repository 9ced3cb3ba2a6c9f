package sqldb

import (
	"archive/zip"
	"bytes"
	"embed"
	"io/fs"
	"maps"
	"path"
	"slices"
)

//go:embed sql
var files embed.FS

// Schema is the migrations of one package. Its files are goose's, forward only, named by their number: 00001_name.sql. Those
// in the folder "sql" are for both engines, those in "sqlite" and "postgres" for one; a number stands once for an engine.
// They name tables as [DB.SQL] says. A file that was released never changes, which sqldbtest.Frozen proves; going back is
// a new migration.
type Schema struct {
	// Name is that of the package: lower case letters, digits, underscores, at most 20.
	Name string
	FS   fs.FS
}

// OwnSchema returns the tables of this package: counters, the outbox and its consumers, memberships.
func OwnSchema() Schema { return Schema{Name: "sqldb", FS: files} }

// rendered returns the files for one database as a file system, which is what goose reads: the tokens are replaced.
func (s Schema) rendered(db *DB) (fs.FS, error) {
	texts := map[string]string{}
	for _, folder := range []string{"sql", string(db.engine)} {
		names, err := fs.Glob(s.FS, path.Join(folder, "*.sql"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(s.FS, name)
			if err != nil {
				return nil, err
			}
			if _, twice := texts[path.Base(name)]; twice {
				return nil, fs.ErrExist
			}
			texts[path.Base(name)] = db.names.replace(string(text))
		}
	}
	// An archive in memory is a file system of the standard library.
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		f, err := w.Create(name)
		if err != nil {
			return nil, err
		}
		if _, err := f.Write([]byte(texts[name])); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}
