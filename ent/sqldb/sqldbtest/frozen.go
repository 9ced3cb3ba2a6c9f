package sqldbtest

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"testing"

	"github.com/opencartable/cartable/ent/sqldb"
)

// Frozen checks that the files of a schema are those whose SHA-256 the test holds, by their path. A file that was released
// never changes: databases that have it would differ from those to come. A new file is a new line.
func Frozen(t testing.TB, s sqldb.Schema, want map[string]string) {
	t.Helper()
	got := map[string]bool{}
	err := fs.WalkDir(s.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(s.FS, name)
		if err != nil {
			return err
		}
		got[name] = true
		sum := sha256.Sum256(text)
		switch hash := hex.EncodeToString(sum[:]); want[name] {
		case hash:
		case "":
			t.Errorf("%s: the migration %s has no hash in the test: %q: %q", s.Name, name, name, hash)
		default:
			t.Errorf("%s: the migration %s has changed: add a new one instead", s.Name, name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for name := range want {
		if !got[name] {
			t.Errorf("%s: the migration %s is gone", s.Name, name)
		}
	}
}
