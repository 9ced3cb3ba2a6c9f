package guichet_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/internal/samples"
)

// seed adds the cells of one column of a table, when the samples are there.
func seed(f *testing.F, table string, column int) {
	f.Helper()
	root := samples.Root()
	if root == "" {
		return
	}
	b, err := os.ReadFile(filepath.Join(root, "identity", "tables", table))
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.SplitSeq(string(b), "\n") {
		if cells := strings.Split(line, "\t"); len(cells) > column {
			f.Add(cells[column])
		}
	}
}

// What is read is written, and read again the same.
func again[T comparable](t *testing.T, s string, parse func(string) (T, error), write func(T) (string, error)) {
	t.Helper()
	v, err := parse(s)
	if err != nil {
		return
	}
	text, err := write(v)
	if err != nil {
		t.Fatalf("read and not written: %q: %v", s, err)
	}
	back, err := parse(text)
	if err != nil || back != v {
		t.Fatalf("read %q, wrote %q: %v", s, text, err)
	}
}

func FuzzVector(f *testing.F) {
	seed(f, "freduvecteur-cases.tsv", 0)
	f.Add("2|MARTIN|Paule|701294|0790031E")
	f.Fuzz(func(t *testing.T, s string) {
		again(t, s, guichet.ParseVector, guichet.Vector.Encode)
		_, _ = guichet.ParseVectors(guichet.SplitJoined(s), guichet.VectorOptions{})
		values := guichet.SplitJoined(s)
		back := guichet.SplitJoined(guichet.JoinValues(values))
		if !strings.Contains(s, `\`) && strings.Join(back, "\x00") != strings.Join(values, "\x00") {
			t.Fatalf("split %q", s)
		}
	})
}

func FuzzReference(f *testing.F) {
	for _, s := range []string{"{AAF}14|1|5123456", "{ECT}1||5", "{AAF}14|5123456", "{AAF}77|1|5"} {
		f.Add(s)
	}
	f.Add("AC-RENNES$5123456")
	f.Fuzz(func(t *testing.T, s string) {
		again(t, s, guichet.ParseReference, guichet.Reference.Encode)
		again(t, s, guichet.ParseJointure, guichet.Jointure.Encode)
		keys, err := guichet.KeyPolicy{Private: true}.Keys([]string{s})
		if err == nil && len(keys) != 2 {
			t.Fatalf("%q gives %d keys", s, len(keys))
		}
		for _, k := range keys {
			if strings.ContainsAny(k, "*()\\ '\"$") {
				t.Fatalf("%q gives a key that a query would have to escape", s)
			}
		}
	})
}

func FuzzRNE(f *testing.F) {
	seed(f, "fredurne-cases.tsv", 1)
	f.Add("0590121L$UAJ$PU$DIR$0590121L$T3$LYC$3000")
	f.Add(delegation)
	f.Fuzz(func(t *testing.T, s string) {
		again(t, s, guichet.ParseRNE, func(r guichet.RNE) (string, error) { return r.String(), nil })
		again(t, s, guichet.ParseRNEResp, func(r guichet.RNEResp) (string, error) { return r.String(), nil })
		d, err := guichet.ParseDelegation(s)
		if err != nil {
			return
		}
		text, err := d.Encode()
		if err != nil {
			t.Fatalf("read and not written: %q: %v", s, err)
		}
		back, err := guichet.ParseDelegation(text)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := back.Encode(); err != nil || second != text {
			t.Fatalf("wrote %q, then %q: %v", text, second, err)
		}
	})
}
