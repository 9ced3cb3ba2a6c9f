// Command genschema makes what package interop/jsonschemas publishes: one JSON Schema (2020-12) for each noun of package
// ent and each document of the areas, from the Go types and their comments, and codes.json, the rules of every package. The same sources give the same
// bytes.
//
//	go generate ./interop/jsonschemas
//
// A new noun is a line of nouns; a new package with rules is a line of catalogues: the tests name what is missing.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	root := flag.String("root", ".", "folder of the module")
	flag.Parse()
	if err := run(*root); err != nil {
		fmt.Fprintln(os.Stderr, "genschema:", err)
		os.Exit(1)
	}
}

// target is where the files stand, from the root of the module.
const target = "interop/jsonschemas"

// run writes the files and removes the schemas that are no longer made.
func run(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, filepath.FromSlash(target))
	old, err := committed(dir)
	if err != nil {
		return err
	}
	for name := range old {
		if _, ok := files[name]; !ok {
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
				return err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the files by their path below target.
func generate(root string) (map[string][]byte, error) {
	files, err := schemas(root)
	if err != nil {
		return nil, err
	}
	files["codes.json"], err = codes()
	return files, err
}

// committed returns the JSON files below a folder, by their slashed path.
func committed(dir string) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, pattern := range []string{"*.json", "*/*.json"} {
		paths, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			name, err := filepath.Rel(dir, path)
			if err != nil {
				return nil, err
			}
			out[filepath.ToSlash(name)] = b
		}
	}
	return out, nil
}
