package identity

import (
	"embed"
	"strings"
)

//go:embed presets/*.json
var presetFiles embed.FS

// Presets returns the identifiers of the layouts shipped here, sorted: what partners of French CAS servers expect.
func Presets() []string {
	var out []string
	files, _ := presetFiles.ReadDir("presets") // embedded, in the order of their names
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f.Name(), ".json"))
	}
	return out
}

// Preset returns a layout shipped here, for the caller to use or to change.
func Preset(id string) (Layout, bool) {
	b, err := presetFiles.ReadFile("presets/" + id + ".json")
	if err != nil {
		return Layout{}, false
	}
	l, _ := Parse(id+".json", b)
	if l == nil {
		return Layout{}, false
	}
	return *l, true
}
