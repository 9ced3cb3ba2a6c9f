package aaf_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/aaf"
	"github.com/opencartable/cartable/interop/aaf/aaftest"
)

func written(t testing.TB, a *enttest.Academy, degree ent.Degree) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, aaftest.Write(dir, a, degree, aaftest.Options{ChunkRecords: 700}))
	return dir
}

// An academy written as a feed and read back gives the same persons, relations, classes and groups.
func TestAcademyComesBackAsItWas(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 7, Persons: 3000})
	for _, degree := range []ent.Degree{ent.SecondDegree, ent.FirstDegree} {
		m, err := mustOpen(t, written(t, a, degree)).Model(context.Background())
		require.NoError(t, err)
		require.True(t, m.Report().Balanced())
		assert.Equal(t, degree, m.Degree())

		n := 0
		children := map[string][]string{}
		for want := range a.PupilsOf(degree) {
			n++
			p, ok := m.Pupil(string(want.ID))
			require.True(t, ok)
			got := m.PupilPerson(p)
			normalize(&got)
			w := want.Person
			normalize(&w)
			if degree == ent.FirstDegree {
				firstDegree(&w)
			}
			require.Equal(t, asJSON(t, w), asJSON(t, got))
			relations := slices.Clone(want.Relations)
			if degree == ent.FirstDegree { // the first degree says who and what kin, and no more
				relations = slices.DeleteFunc(relations, func(r ent.Relation) bool { return r.Responsibility != ent.ResponsibilityLegal })
				for i := range relations {
					r := &relations[i]
					*r = ent.Relation{Pupil: r.Pupil, Relative: r.Relative, Kinship: r.Kinship, Responsibility: ent.ResponsibilityLegal}
				}
			}
			require.ElementsMatch(t, relations, m.Relations(p), want.ID)
			for _, r := range relations {
				children[string(r.Relative)] = append(children[string(r.Relative)], string(r.Pupil))
			}
		}
		assert.Equal(t, n, m.Count(aaf.Pupils))

		n = 0
		for want := range a.RelativesOf(degree) {
			n++
			p, ok := m.Relative(string(want.ID))
			require.True(t, ok)
			got := m.RelativePerson(p)
			want.Affiliations, got.Affiliations = nil, nil // a feed gives them by the pupils
			normalize(&got)
			normalize(&want.Person)
			if degree == ent.FirstDegree {
				want.Contact.SMS = "" // only the second degree has an attribute for it
			}
			require.Equal(t, asJSON(t, want.Person), asJSON(t, got))
			require.ElementsMatch(t, children[p.ID], m.ChildrenOf(p.ID))
			require.Len(t, p.Pupils, len(want.Children))
		}
		assert.Equal(t, n, m.Count(aaf.Relatives))

		n = 0
		for want := range a.StaffOf(degree) {
			n++
			s, ok := m.StaffMember(string(want.ID))
			require.True(t, ok)
			got := m.StaffPerson(s, aaf.ProfilePolicy{})
			if degree == ent.FirstDegree {
				want.Teachings = nil // a 1D teacher carries no class
			}
			normalize(&got)
			normalize(&want)
			require.Equal(t, asJSON(t, want), asJSON(t, got))
		}
		assert.Equal(t, n, m.Count(aaf.Staff))

		for want := range a.EstablishmentsOf(degree) {
			s, ok := m.Structure(string(want.ID))
			require.True(t, ok)
			e := m.Establishment(s)
			assert.Equal(t, want.UAI, e.UAI)
			assert.Equal(t, want.Pseudo, e.Pseudo)
			assert.Equal(t, want.Name(), e.Name())
			assert.Equal(t, want.Parents, e.Parents)
			for _, c := range a.ClassesOf(want.ID) {
				got, ok := m.Class(string(want.ID), c.Code)
				require.True(t, ok, c.ID)
				if degree == ent.SecondDegree {
					assert.Equal(t, c, m.EntClass(got))
				}
			}
			for _, g := range a.GroupsOf(want.ID) {
				got, ok := m.Group(string(want.ID), g.Code)
				require.True(t, ok, g.ID)
				if degree == ent.SecondDegree {
					assert.Equal(t, g, m.EntGroup(got))
				}
			}
		}
	}
}

// firstDegree forgets what the feed of the first degree has no place for: address and labels of a pupil.
func firstDegree(p *ent.Person) {
	p.Contact = ent.Contact{}
	p.Schooling.RegimeLabel = ""
}

// normalize forgets what a feed does not carry.
func normalize(p *ent.Person) {
	if s := p.Schooling; s != nil {
		if !s.INE.Valid() { // kept raw in the typed record, with an issue
			s.INE = ""
		}
	}
	a := &p.Contact.Address
	a.Commune = ""
	for len(a.Lines) > 0 && a.Lines[len(a.Lines)-1] == "" {
		a.Lines = a.Lines[:len(a.Lines)-1]
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	return string(b)
}

// The canary academy marks every personal value: none is found in what a reading says.
func TestCanaryNothingPersonalIsPrinted(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(3)
	for _, degree := range []ent.Degree{ent.SecondDegree, ent.FirstDegree} {
		dir := written(t, a, degree)
		if degree == ent.SecondDegree {
			spoil(t, dir)
		}
		for _, o := range []aaf.Options{{}, {Strict: true}, {KeepValues: true}} {
			d, err := aaf.Open(dir, o)
			require.NoError(t, err)
			var said bytes.Buffer
			logs := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
			r := d.Reader()
			for e, err := range r.Typed() {
				if err != nil {
					fmt.Fprintln(&said, err)
					continue
				}
				logs.Info("entry", "entry", e)
				for _, a := range []any{e.Pupil, e.Relative, e.Staff, e.Record(degree)} {
					logs.Info("record", "record", a)
				}
				if e.Pupil != nil {
					for _, l := range e.Pupil.Links {
						logs.Info("link", "link", l)
					}
				}
				for _, i := range e.Issues {
					logs.Info("issue", "issue", i)
					fmt.Fprintf(&said, "%v %+v %#v %s %s\n", i, i, i, i.Message(ent.FR), i.Message(ent.EN))
				}
			}
			tell(t, &said, r.Report())
			if m, err := d.Model(context.Background()); err != nil {
				fmt.Fprintln(&said, err)
			} else {
				tell(t, &said, m.Report())
				for _, d := range m.Dangling() {
					logs.Info("dangling", "dangling", d)
				}
				for p := range m.Pupils() {
					logs.Info("person", "person", m.PupilPerson(p))
					break
				}
			}
			require.Greater(t, said.Len(), 2000, "the canary academy gives issues to search")
			for line := range bytes.Lines(said.Bytes()) {
				mark, found := a.FindMark(string(line))
				require.False(t, found, "%s in %s", mark, line)
			}
		}
	}
}

// spoil cuts one file within a name, so that a fatal error is among what is searched.
func spoil(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_PersRelEleve_0000.xml"))
	require.NoError(t, err)
	b, err := os.ReadFile(files[0])
	require.NoError(t, err)
	cut := bytes.LastIndex(b, []byte("CANARI"))
	require.Positive(t, cut)
	require.NoError(t, os.WriteFile(files[0], b[:cut+3], 0o600))
}

func tell(t *testing.T, said *bytes.Buffer, r *ent.Report) {
	t.Helper()
	require.NoError(t, r.WriteText(said, ent.FR))
	require.NoError(t, r.WriteText(said, ent.EN))
	said.WriteString(asJSON(t, r))
}

func TestWritingSaysWhatADegreeCannotCarry(t *testing.T) {
	t.Parallel()
	var lost ent.Report
	for _, e := range typed(t, open(t, aaf.Options{}, "2d-complet").Reader()) {
		assert.Empty(t, e.Losses(ent.SecondDegree))
		for _, l := range e.Losses(ent.FirstDegree) {
			lost.Lose(l)
		}
	}
	byField := map[ent.Field]int64{}
	for _, l := range lost.Losses() {
		assert.Equal(t, aaf.CodeNoPlace, l.Code)
		byField[l.Field] = l.Count
	}
	assert.EqualValues(t, 7, byField["ENTEleveRegime"])
	assert.EqualValues(t, 8, byField["ENTElevePersRelEleve"], "links whose roles the first degree cannot say")
	assert.Positive(t, byField["ENTPersonAdresse"])
	assert.Zero(t, byField["sn"])
}
