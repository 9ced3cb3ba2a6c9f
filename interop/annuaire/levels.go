package annuaire

import (
	"slices"
	"strings"
	"sync"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// level is a level of the first degree, with the code of the AAF feed and, from CP on, the study programme.
type level struct {
	name, code string
	programme  ent.MEF
}

// levels lists those of the first degree. Sources: codes observed in AAF 1D; programmes, documentation of laclasse.
var levels = sync.OnceValue(func() []level {
	return []level{
		{"TPS", "1110", ""},
		{"PS", "1111", ""},
		{"MS", "1112", ""},
		{"GS", "1113", ""},
		{"CP", "1121", "00110002110"},
		{"CE1", "1122", "00210002210"},
		{"CE2", "1123", "00210002220"},
		{"CM1", "1124", "00310002210"},
		{"CM2", "1125", "00310002220"},
	}
})

// levelRank orders levels, those that are not of the first degree last.
func levelRank(name string) int {
	want := frtext.Key(name)
	i := slices.IndexFunc(levels(), func(l level) bool { return strings.EqualFold(l.name, want) })
	if i < 0 {
		return len(levels())
	}
	return i
}

// levelOf returns a level of the first degree by its name.
func levelOf(name string) (level, bool) {
	if i := levelRank(name); i < len(levels()) {
		return levels()[i], true
	}
	return level{}, false
}
