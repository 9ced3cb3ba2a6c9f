package annuaire

import (
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// Source is what the files of a school say, as ent/directory compares it: a [directory.Source].
//
// A record states only what the columns of its file hold: a file without a column of mails clears no mail, one whose cell is
// not valid does not clear it either, and pupils whose delivery says nothing of relatives keep them.
//
// The delivery is complete, so that who is absent has left, only when no file is missing (see Options.Delivers), each was
// read to its end and no row was refused: somebody whose row is refused, or whose whole file was forgotten, has not left. A
// row whose identifier or names another one has already is refused too, and keeps nobody from leaving: the key is there.
type Source struct {
	*directory.Records
	report *ent.Report
	files  []FileInfo
}

// Report returns the account of the reading, by profile: every row is kept or refused.
func (s *Source) Report() *ent.Report { return s.report }

// Files returns what was found of each file, in the order in which they were read.
func (s *Source) Files() []FileInfo { return slices.Clone(s.files) }

// LogValue shows the origin and how many records there are.
func (s *Source) LogValue() slog.Value {
	return slog.GroupValue(slog.String("origin", string(s.What.Origin)), slog.Int("records", len(s.List)))
}
