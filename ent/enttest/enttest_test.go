package enttest_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/enttest"
)

var update = flag.Bool("update", false, "write the golden files again")

// describe writes all that an academy holds, one line each.
func describe(w io.Writer, a *enttest.Academy) {
	for e := range a.Establishments() {
		fmt.Fprintln(w, e)
	}
	for c := range a.Classes() {
		fmt.Fprintln(w, c)
	}
	for g := range a.Groups() {
		fmt.Fprintln(w, g)
	}
	for p := range a.Pupils() {
		fmt.Fprintln(w, person(&p.Person), p.Relations)
	}
	for r := range a.Relatives() {
		fmt.Fprintln(w, person(&r.Person), r.Children)
	}
	for p := range a.Staff() {
		fmt.Fprintln(w, person(&p))
	}
	for h := range a.Households() {
		fmt.Fprintln(w, h)
	}
}

// person writes the values of a person that this package sets, whatever fields the type gains.
func person(p *ent.Person) string {
	c := p.Contact
	out := fmt.Sprint(p.ID, "|", p.Name.Title, "|", p.Name.Family, "|", p.Name.Birth, "|", p.Name.Given, "|", p.Name.Others, "|",
		p.BirthDate, "|", c.Mail, "|", c.Home, "|", c.Work, "|", c.Mobile, "|", c.SMS, "|", c.Address.Lines, "|", c.Address.Town,
		"|", c.AddressShared, "|", p.Affiliations, "|", p.Teachings, "|", p.HeadTeacherOf)
	if s := p.Schooling; s != nil {
		out += fmt.Sprint("|", s.INE, "|", s.SchoolNumber, "|", s.Establishment, "|", s.Classes, "|", s.Groups, "|", s.Programme, "|",
			s.LevelCode, "|", s.Level, "|", s.Track, "|", s.RegimeLabel, "|", say(s.Scholarship), "|", say(s.Transport), "|", s.Subjects)
	}
	return out
}

func say(b *bool) string {
	if b == nil {
		return "?"
	}
	return fmt.Sprint(*b)
}

func hash(a *enttest.Academy) string {
	h := sha256.New()
	describe(h, a)
	return hex.EncodeToString(h.Sum(nil))
}

func TestSameOptionsGiveTheSameAcademy(t *testing.T) {
	t.Parallel()
	one := hash(enttest.New(enttest.Options{Seed: 3}))
	assert.Equal(t, one, hash(enttest.New(enttest.Options{Seed: 3})))
	assert.NotEqual(t, one, hash(enttest.New(enttest.Options{Seed: 4})))
	a := enttest.New(enttest.Options{Seed: 3})
	hash(a)
	assert.Equal(t, one, hash(a), "a second pass over the same academy")
}

// The golden file holds persons in full and the hash of all: if it changes, every academy in use has changed.
func TestGolden(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 1, Schools: 6})
	var all, b strings.Builder
	describe(&all, a)
	for i, line := range strings.Split(strings.TrimSpace(all.String()), "\n") {
		if i%400 == 0 {
			b.WriteString(line + "\n")
		}
	}
	sum := sha256.Sum256([]byte(all.String()))
	fmt.Fprintf(&b, "%+v\nsha256 %x\n", a.Size(), sum)
	file := filepath.Join("testdata", "golden.txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), b.String())
}

func TestSize(t *testing.T) {
	t.Parallel()
	for _, persons := range []int{100, 300, 700, 2000, 9000, 100000} {
		t.Run(fmt.Sprint(persons), func(t *testing.T) {
			t.Parallel()
			if persons > 50000 && testing.Short() {
				t.Skip("a large academy")
			}
			for seed := range uint64(3) {
				a := enttest.New(enttest.Options{Seed: seed, Persons: persons})
				s := a.Size()
				assert.InDelta(t, persons, s.Persons(), float64(persons)/20)
				if seed > 0 {
					continue
				}
				assert.Equal(t, s.Pupils, length(a.Pupils()))
				assert.Equal(t, s.Relatives, length(a.Relatives()))
				assert.Equal(t, s.Staff, length(a.Staff()))
				assert.Equal(t, s.Establishments, length(a.Establishments()))
				assert.Equal(t, s.Classes, length(a.Classes()))
				assert.Equal(t, s.Groups, length(a.Groups()))
			}
		})
	}
	for _, schools := range []int{1, 2, 3, 7, 20, 21, 45} {
		assert.Equal(t, schools, enttest.New(enttest.Options{Schools: schools}).Size().Schools)
	}
	assert.InDelta(t, 1500, enttest.New(enttest.Options{}).Size().Persons(), 75)
	assert.Positive(t, enttest.New(enttest.Options{Persons: 1}).Size().Pupils)
}

func length[T any](s iter.Seq[T]) int {
	n := 0
	for range s {
		n++
	}
	return n
}

func TestNumberOfRelatives(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Persons: 20000})
	ratio := func(d ent.Degree) float64 {
		return float64(length(a.RelativesOf(d))) / float64(length(a.PupilsOf(d)))
	}
	assert.InDelta(t, 1.9, ratio(ent.SecondDegree), 0.1)
	assert.InDelta(t, 1.25, ratio(ent.FirstDegree), 0.1)
}

func TestRandDependsOnLabelAndIDAlone(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 9})
	one := a.Rand("marks", "50000001").Uint64()
	a.Rand("absences", "50000001").Uint64()
	hash(a)
	assert.Equal(t, one, a.Rand("marks", "50000001").Uint64())
	assert.Equal(t, uint64(0xada6fddfe58cf1c3), one, "the draws of later generators are as stable as the academy")
	assert.NotEqual(t, one, a.Rand("marks", "50000002").Uint64())
	assert.NotEqual(t, a.Rand("ab", "c").Uint64(), a.Rand("a", "bc").Uint64())
	assert.NotEqual(t, one, enttest.New(enttest.Options{Seed: 10}).Rand("marks", "50000001").Uint64())
}

func TestParallelRanges(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Seed: 3, Schools: 3})
	results := make(chan string, 4)
	for range cap(results) {
		go func() { results <- hash(a) }()
	}
	want := hash(a)
	for range cap(results) {
		assert.Equal(t, want, <-results)
	}
}

func TestYearAndAcademy(t *testing.T) {
	t.Parallel()
	a := enttest.New(enttest.Options{Schools: 3, Year: 2030, Academy: "027"})
	assert.Equal(t, ent.SchoolYear(2030), a.Year())
	assert.Equal(t, ent.AcademyCode("027"), a.Code())
	for e := range a.Establishments() {
		assert.Equal(t, ent.AcademyCode("027"), e.Academy)
		assert.Contains(t, []ent.DepartementCode{"2A", "2B"}, e.Address.Commune.Departement())
		assert.Equal(t, "20", e.Address.PostalCode[:2])
	}
	for p := range a.Pupils() {
		assert.Equal(t, ent.Date{Year: 2030, Month: 9, Day: 2}, p.Schooling.From)
	}
	unknown := enttest.New(enttest.Options{Schools: 1, Academy: "099"})
	for e := range unknown.Establishments() {
		assert.True(t, e.Address.Commune.Valid())
	}
}

func BenchmarkStream(b *testing.B) {
	a := enttest.New(enttest.Options{Persons: 100000})
	b.ReportAllocs()
	persons := 0
	for b.Loop() {
		persons += length(a.Pupils()) + length(a.Relatives()) + length(a.Staff())
	}
	b.ReportMetric(float64(persons)/b.Elapsed().Seconds(), "persons/s")
}
