// Package grids holds published tariffs as documents: some thirty sheets of French communes, départements and associations,
// and the national prices of crèches, each with its source and its year. They show every structure that package tariff knows,
// defects of the printed sheets included.
//
//	sheet, err := grids.Get("roncq-2025")
//
// The figures are facts that those authorities published, as they were read; what was read in part says so in its notes. They
// are there to learn from and to test with: nobody is to be billed from them.
package grids

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/opencartable/cartable/fees/tariff"
)

//go:embed *.yaml
var files embed.FS

// ErrUnknown is a name that no sheet has.
var ErrUnknown = errors.New("grids: unknown sheet")

// Names returns the names of the sheets, sorted.
func Names() []string {
	found, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil // only a bad pattern
	}
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], ".yaml")
	}
	slices.Sort(found)
	return found
}

// Source returns the document of a sheet, in YAML.
func Source(name string) ([]byte, bool) {
	b, err := files.ReadFile(name + ".yaml")
	return b, err == nil
}

// Get returns a sheet. It returns ErrUnknown for a name that no sheet has.
func Get(name string) (*tariff.Tariff, error) {
	b, ok := Source(name)
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrUnknown, name)
	}
	t, issues := tariff.Parse(name+".yaml", b)
	if t == nil {
		return nil, fmt.Errorf("grids: %s: %w", name, issues.Err())
	}
	return t, nil
}

// PSU returns the national prices of crèches, one sheet for each period since September 2019, the first one first. They were
// read on pages that quote the CNAF or recalled, as the notes of each sheet say: check them before use.
func PSU() ([]*tariff.Tariff, error) {
	var out []*tariff.Tariff
	for _, name := range Names() {
		if !strings.HasPrefix(name, "psu-") {
			continue
		}
		t, err := Get(name)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}
