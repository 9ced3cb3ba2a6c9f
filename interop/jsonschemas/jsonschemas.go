package jsonschemas

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed ent/*.json fees/*.json identity/*.json schoollife/*.json codes.json
var files embed.FS

// FS returns the files: ent/report-1.json and so on, and codes.json.
func FS() fs.FS { return files }

// Names returns the names of the schemas, sorted: "ent/report-1".
func Names() []string {
	paths, err := fs.Glob(files, "*/*.json")
	if err != nil {
		return nil // the pattern is a constant, and right
	}
	for i, p := range paths {
		paths[i] = strings.TrimSuffix(p, ".json")
	}
	slices.Sort(paths)
	return paths
}

// Get returns the schema of a name, false when there is none.
func Get(name string) ([]byte, bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	b, err := files.ReadFile(name + ".json")
	return b, err == nil
}

// Codes returns codes.json: a list of rules sorted by code, each with its package, severity, texts and source.
func Codes() []byte {
	b, err := files.ReadFile("codes.json")
	if err != nil {
		return nil // it is embedded above
	}
	return b
}
