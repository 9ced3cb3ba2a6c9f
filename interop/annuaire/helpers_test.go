package annuaire_test

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/annuaire"
)

const uai = ent.UAI("9990001X")

func school() ent.Establishment {
	return ent.Establishment{ID: "4001", UAI: uai, Patronym: "ÉCOLE FICTIVE"}
}

func file(p annuaire.Profile, content string) annuaire.File {
	return annuaire.File{Name: string(p) + ".csv", Profile: p, Content: strings.NewReader(content)}
}

// read reads files, which must all be read to their end, and returns the source and all issues.
func read(t testing.TB, o annuaire.Options, files ...annuaire.File) (*annuaire.Source, ent.Issues) {
	t.Helper()
	s, issues, err := tryRead(t, o, files...)
	require.NoError(t, err)
	return s, issues
}

func tryRead(t testing.TB, o annuaire.Options, files ...annuaire.File) (*annuaire.Source, ent.Issues, error) {
	t.Helper()
	if o.School.ID == "" {
		o.School = school()
	}
	var issues ent.Issues
	o.OnIssue = func(i ent.Issue) { issues = append(issues, i) }
	s, err := annuaire.Read(o, files...)
	if s != nil {
		balanced(t, s)
	}
	return s, issues, err
}

// balanced checks that every row is kept or refused, in the report and by file.
func balanced(t testing.TB, s *annuaire.Source) {
	t.Helper()
	require.True(t, s.Report().Balanced())
	sum := map[annuaire.Profile]ent.Tally{}
	for _, f := range s.Files() {
		require.True(t, f.Rows.Balanced(), f.Name)
		x := sum[f.Profile]
		sum[f.Profile] = ent.Tally{Read: x.Read + f.Rows.Read, Kept: x.Kept + f.Rows.Kept, Refused: x.Refused + f.Rows.Refused}
	}
	for p, x := range sum {
		require.Equal(t, x, s.Report().Tally(string(p)), p)
	}
}

// codes writes the codes of issues with their lines, in their order.
func codes(issues ent.Issues) string {
	var out []string
	for _, i := range issues {
		out = append(out, strings.TrimPrefix(string(i.Code), "CSV-")+"@"+strings.TrimPrefix(i.Pos.String(), i.Pos.File))
	}
	return strings.Join(out, " ")
}

// has reports whether an issue of a code was filed.
func has(issues ent.Issues, c ent.Code) bool {
	return slices.ContainsFunc(issues, func(i ent.Issue) bool { return i.Code == c })
}

// find returns the record of somebody by first name.
func find(t testing.TB, s *annuaire.Source, given string) directory.Record {
	t.Helper()
	for _, r := range s.List {
		if r.Person.Name.Given == given {
			return r
		}
	}
	require.Fail(t, "nobody of this name", given)
	return directory.Record{}
}

// ties writes the targets of the ties of a kind; of relatives, their first names and responsibility.
func ties(s *annuaire.Source, r directory.Record, kind directory.TieKind) []string {
	out := []string{}
	for _, x := range r.Ties {
		switch {
		case x.Kind != kind:
		case kind != directory.TieRelative:
			out = append(out, string(x.Target))
		default:
			name := "?" + x.Relative.ID
			for _, p := range s.List {
				if p.Key == x.Relative {
					name = p.Person.Name.Given
				}
			}
			out = append(out, name+" "+string(x.Responsibility))
		}
	}
	slices.Sort(out)
	return out
}

// night compares a source with a directory and applies the plan.
func night(t testing.TB, b *directory.Book, s directory.Source, day uint8) *directory.Plan {
	t.Helper()
	p, err := directory.Compare(context.Background(), b, s, directory.Policy{Today: ent.Date{Year: 2025, Month: 9, Day: day}})
	require.NoError(t, err)
	require.NoError(t, p.Blocked())
	require.True(t, p.Report().Balanced())
	_, report := b.Apply(p, func(c *directory.Change) ent.ID { return ent.ID(c.Key.String()) })
	require.True(t, report.Balanced())
	return p
}

type closer struct{ io.Writer }

func (closer) Close() error { return nil }
