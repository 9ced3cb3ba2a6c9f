package lsu_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, lsu.Catalog().Check())
}

// J2: the ministry's sample, read, written again and valid under version 7.
func TestAcceptanceJ2(t *testing.T) {
	t.Parallel()
	d := read(t, sample(t, "sample-bilan-complet-v2.xml"), lsu.Options{Version: lsu.Version7})
	require.Len(t, d.Pupils, 3)
	require.Len(t, d.Periods, 3)
	require.Len(t, d.Disciplines, 11)
	require.Len(t, d.Teachers, 12)
	require.Len(t, d.Elements, 15)
	require.Len(t, d.Periodic, 5)
	require.Len(t, d.Cycle, 3)
	require.Equal(t, ent.SecondDegree, d.Degree)
	// Its councils are held before the date of schooling, which Gepi refuses.
	require.Len(t, found(lsu.Check(d, lsu.Version7, lsu.Choices{}), lsu.CodeCouncilEarly), 4)
	o := lsu.WriteOptions{
		Version: lsu.Version7, SchemaVersion: "2.0", KeepIDs: true,
		Choices: lsu.Choices{Appreciation: lsu.AppreciationRequiredIfMarked, Tolerate: []ent.Code{lsu.CodeCouncilEarly}},
	}
	out, report := write(t, d, o)
	require.Empty(t, report.Losses())
	xmllint(t, lsu.Version7, out)
	again := read(t, out, lsu.Options{Version: lsu.Version7})
	d.Sort(lsu.Version7)
	require.Equal(t, d, again)
	once, _ := write(t, again, o)
	require.Equal(t, out, once)
}

// J3: what the schema is blind to gives one error or warning, which names the pupil or the record.
func TestAcceptanceJ3(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file   string
		code   ent.Code
		record string
		worst  ent.Severity
	}{
		{"s01-eleve-ref-wrong-type.xml", lsu.CodeReferenceKind, "DI_020700S", ent.SeverityError},
		{"s02-same-code-modalite-no-idlv.xml", lsu.CodeServiceTwice, "EL_100001", ent.SeverityError},
		{"s03-complement-ppre-on-pap.xml", lsu.CodeSupportText, "EL_100001", ent.SeverityWarning},
		{"s04-no-mark-no-flag.xml", lsu.CodeNotAssessed, "EL_100002", ent.SeverityError},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			issues, err := lsu.CheckFile(strings.NewReader(sample(t, "cases", c.file)), lsu.Version7, lsu.Choices{})
			require.NoError(t, err)
			require.Len(t, grave(issues), 1, "%v", issues)
			require.Equal(t, c.code, grave(issues)[0].Code)
			require.Equal(t, c.record, grave(issues)[0].Pos.Record)
			require.Equal(t, c.worst, issues.Worst())
		})
	}
	issues, err := lsu.CheckFile(strings.NewReader(sample(t, "cases", "v00-minimal.xml")), lsu.Version7, lsu.Choices{})
	require.NoError(t, err)
	require.Empty(t, grave(issues))
}

// J4: the same data, written twice or in another order or with other keys, give the same bytes.
func TestAcceptanceJ4(t *testing.T) {
	t.Parallel()
	for v, d := range map[lsu.Version]*lsu.Document{lsu.Version7: college(60, 2), lsu.Version2020: college(30, 1), lsu.VersionFirst1: ecole(60)} {
		o := lsu.WriteOptions{Version: v}
		before := clone(d)
		first, _ := write(t, d, o)
		twice, _ := write(t, d, o)
		require.Equal(t, first, twice)
		require.Equal(t, before, clone(d), "writing leaves the document as it is")
		for seed := range uint64(6) {
			other, _ := write(t, shuffle(d, seed, seed%2 == 1), o)
			require.Equal(t, first, other)
		}
	}
}

// minimal is one pupil in one discipline.
func minimal() *lsu.Document {
	d := college(1, 1)
	d.Periodic[0].Results = d.Periodic[0].Results[:1]
	d.Periodic[0].Results[0].Elements = nil
	return d
}

// J5: a service of which the pupil is exempt.
func TestAcceptanceJ5(t *testing.T) {
	t.Parallel()
	d := minimal()
	r := &d.Periodic[0].Results[0]
	r.Mark, r.NotMarked, r.ClassMark = "", true, "12/20"
	out, _ := write(t, d, lsu.WriteOptions{Version: lsu.Version7})
	require.Contains(t, out, `eleve-non-note="true"`)
	require.NotContains(t, out, "moyenne-eleve")
	require.Contains(t, out, `moyenne-structure="12/20"`)
	again := read(t, out, lsu.Options{Version: lsu.Version7})
	require.True(t, again.Periodic[0].Results[0].NotMarked)
	require.Empty(t, again.Periodic[0].Results[0].Mark)
}

// J6: hours that are not known are not zero.
func TestAcceptanceJ6(t *testing.T) {
	t.Parallel()
	d := minimal()
	d.Periodic[0].Life.MissedHours = nil
	out, _ := write(t, d, lsu.WriteOptions{Version: lsu.Version7})
	require.NotContains(t, out, "nb-heures-manquees")
	require.Nil(t, read(t, out, lsu.Options{}).Periodic[0].Life.MissedHours)
	d.Periodic[0].Life.MissedHours = new(0)
	out, _ = write(t, d, lsu.WriteOptions{Version: lsu.Version7})
	require.Contains(t, out, `nb-heures-manquees="0"`)
	require.Equal(t, 0, *read(t, out, lsu.Options{}).Periodic[0].Life.MissedHours)
	d.Periodic[0].Life.Late = nil
	require.Len(t, found(lsu.Check(d, lsu.Version7, lsu.Choices{}), lsu.CodeCounters), 1)
}

// A full school of each degree is valid in the eyes of xmllint under every schema, and reads back equal where the version
// has a place for everything.
func TestConformanceSchemas(t *testing.T) {
	t.Parallel()
	for v := range schemas() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			d := college(30, 2)
			if v.Degree() == ent.FirstDegree {
				d = ecole(30)
			} else if v != lsu.Version2018 {
				d.EPIs[1].Theme = "EPI_ZZ1"
			}
			for _, sv := range v.SchemaVersions() {
				out, report := write(t, d, lsu.WriteOptions{Version: v, SchemaVersion: sv})
				xmllint(t, v, out)
				again := read(t, out, lsu.Options{Version: v})
				require.Equal(t, len(d.Periodic), len(again.Periodic))
				require.Equal(t, sv, again.SchemaVersion)
				kept, _ := write(t, again, lsu.WriteOptions{Version: v, SchemaVersion: sv, KeepIDs: true})
				require.Equal(t, out, kept)
				lost := map[ent.Field]int64{}
				for _, l := range report.Losses() {
					require.Equal(t, lsu.CodeNotInVersion, l.Code)
					lost[l.Field] = l.Count
				}
				switch v {
				case lsu.VersionFirst1:
					require.Empty(t, lost)
				case lsu.Version2018:
					require.EqualValues(t, 60, lost["devoirs-faits"], "%v", lost)
					require.EqualValues(t, 60, lost["modalite-accompagnement"])
					require.EqualValues(t, 30, lost["langue-culture-regionale"])
					require.EqualValues(t, 60, lost["competences-numeriques"])
					require.EqualValues(t, 1, lost["appliVersion"])
				case lsu.Version7:
					require.Equal(t, map[ent.Field]int64{"ine": 30}, lost)
				default:
					require.EqualValues(t, 30, lost["ine"])
				}
			}
		})
	}
}

// Version 13.0 is written on demand only, with what is known of it.
func TestUnverified(t *testing.T) {
	t.Parallel()
	d := college(3, 1)
	var b bytes.Buffer
	_, err := lsu.Write(&b, d, lsu.WriteOptions{Version: lsu.Version13})
	require.ErrorIs(t, err, lsu.CodeUnverified)
	require.Zero(t, b.Len())
	for _, o := range []lsu.WriteOptions{{Version: "4"}, {Version: lsu.Version7, SchemaVersion: "13.0"}, {}} {
		_, err = lsu.Write(&b, d, o)
		require.Error(t, err)
		require.Zero(t, b.Len())
	}
	out, report := write(t, d, lsu.WriteOptions{Version: lsu.Version13, AllowUnverified: true, Choices: lsu.Choices{PupilID: lsu.PupilINE}})
	require.Contains(t, out, `schemaVersion="13.0"`)
	require.Contains(t, out, `id-be="100000000`)
	require.NotContains(t, out, "acc-perso")
	require.NotEmpty(t, report.Losses())
	again := read(t, out, lsu.Options{Version: lsu.Version13})
	require.Equal(t, d.Pupils[0].INE, again.Pupils[0].INE)
	require.Empty(t, again.Pupils[0].SiecleID)
}
