package directorysql

import (
	"embed"
	"io/fs"

	"github.com/opencartable/cartable/ent/sqldb"
)

//go:embed files
var files embed.FS

// Schema returns the tables of this package, for [sqldb.DB.Migrate].
func Schema() sqldb.Schema {
	sub, err := fs.Sub(files, "files")
	if err != nil {
		sub = files // never: the folder is embedded
	}
	return sqldb.Schema{Name: "directory", FS: sub}
}
