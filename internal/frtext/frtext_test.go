package frtext_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"github.com/opencartable/cartable/internal/frtext"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Noël ŒUVRARD": "noel oeuvrard", "ÉTIENNE": "etienne", "Lætitia": "laetitia", "Straße": "strasse", "Łódź": "lodz",
		"Ørsted": "orsted", "Đặng": "dang", "Þór": "thor", "": "", "MARTIN": "martin", "王": "王", "I\u0301nes": "ines",
	} {
		assert.Equal(t, want, frtext.Fold(in), in)
	}
}

func TestKeyForgetsWhatSeparatesWords(t *testing.T) {
	t.Parallel()
	assert.Equal(t, frtext.Key("D'Almeida-Roux"), frtext.Key("D ALMEIDA ROUX"))
	assert.Equal(t, "lefevredupont", frtext.Key("LEFÈVRE-DUPONT"))
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Noël", "ŒUVRARD", "\xff", "İ", "ﬁ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := frtext.Fold(s)
		if utf8.ValidString(s) && frtext.Fold(once) != once {
			t.Fatal("folding twice changes the text")
		}
	})
}
