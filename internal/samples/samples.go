// Package samples finds the folder of official schemas and samples that the conformance tests read. The samples are not
// part of the module: CARTABLE_CONFORMANCE names the folder, which is ../shared/data beside the module by default.
package samples

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir returns a folder of the samples. A test is skipped when the samples are absent, and fails when CI is "true".
func Dir(t testing.TB, elem ...string) string {
	t.Helper()
	root := Root()
	if root == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no samples: set CARTABLE_CONFORMANCE")
		}
		t.Skip("no samples: set CARTABLE_CONFORMANCE to run the conformance tests")
	}
	return filepath.Join(append([]string{root}, elem...)...)
}

// Root returns the folder of the samples, "" when it is absent.
func Root() string {
	dir := os.Getenv("CARTABLE_CONFORMANCE")
	if dir == "" {
		root := moduleRoot()
		if root == "" {
			return ""
		}
		dir = filepath.Join(root, "..", "shared", "data")
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// moduleRoot looks for go.mod from the current folder up.
func moduleRoot() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
