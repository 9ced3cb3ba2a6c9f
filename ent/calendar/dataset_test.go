package calendar_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/calendar"
)

const datasetHead = "description;population;start_date;end_date;location;zones;annee_scolaire\n"

func read(t testing.TB, lines ...string) calendar.Dataset {
	t.Helper()
	d, err := calendar.ReadDataset(strings.NewReader(datasetHead+strings.Join(lines, "\n")), calendar.DatasetOptions{File: "calendrier.csv"})
	require.NoError(t, err)
	assert.True(t, d.Report.Balanced())
	return d
}

func one(t testing.TB, line string) calendar.Period {
	t.Helper()
	d := read(t, line)
	require.Len(t, d.Lists.Periods, 1, "%v", d.Issues)
	return d.Lists.Periods[0]
}

func codes(is ent.Issues) []string {
	out := make([]string, len(is))
	for i, x := range is {
		out[i] = string(x.Code) + " " + x.Pos.String()
	}
	return out
}

func TestDatasetParisMidnight(t *testing.T) {
	t.Parallel()
	// 22:00 UTC in summer, 23:00 in winter, across the change of the last Sunday of October; overseas too.
	p := one(t, "Vacances de la Toussaint;-;2024-10-18T22:00:00+00:00;2024-11-03T23:00:00+00:00;Lyon;Zone A;2024-2025")
	assert.Equal(t, calendar.Period{
		Year: 2024, Zone: "A", Kind: calendar.PeriodHoliday, Name: "Vacances de la Toussaint", First: date(t, "2024-10-19"),
		Last: date(t, "2024-11-03"), Source: "fr-en-calendrier-scolaire",
	}, p)
	assert.Equal(t, "2024-11-04", p.Return().String())
	p = one(t, "Vacances de Noël;-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Besançon;Zone A;2026-2027")
	assert.Equal(t, "2026-12-19", p.First.String())
	p = one(t, "Vacances après 3ème période;-;2027-03-12T23:00:00+00:00;2027-03-28T22:00:00+00:00;Réunion;Réunion;2026-2027")
	assert.Equal(t, []string{"2027-03-13", "2027-03-28"}, []string{p.First.String(), p.Last.String()})
	// The same instant with another offset, and an export that writes days.
	p = one(t, "Vacances de Noël;-;2026-12-19T00:00:00+01:00;2027-01-04;Besançon;Zone A;2026-2027")
	assert.Equal(t, []string{"2026-12-19", "2027-01-03"}, []string{p.First.String(), p.Last.String()})
	// What is not midnight is kept and said.
	d := read(t, "Vacances de Noël;-;2026-12-19T00:00:00Z;2027-01-03T23:00:00Z;Besançon;Zone A;2026-2027")
	assert.Equal(t, "2026-12-19", d.Lists.Periods[0].First.String())
	assert.Equal(t, []string{"CAL-DATASET-MIDNIGHT calendrier.csv:2"}, codes(d.Issues))
}

func TestDatasetOneDayRecords(t *testing.T) {
	t.Parallel()
	// A bridge of one day runs to the Sunday.
	p := one(t, "Pont de l'Ascension;-;2027-05-06T22:00:00Z;2027-05-06T22:00:00Z;Versailles;Zone C;2026-2027")
	assert.Equal(t, calendar.PeriodBridge, p.Kind)
	assert.Equal(t, []string{"2027-05-07", "2027-05-09"}, []string{p.First.String(), p.Last.String()})
	// As the ministry writes the other years: from Ascension Day to the Monday.
	p = one(t, "Pont de l'Ascension;-;2026-05-13T22:00:00Z;2026-05-17T22:00:00Z;Versailles;Zone C;2025-2026")
	assert.Equal(t, []string{"2026-05-14", "2026-05-17"}, []string{p.First.String(), p.Last.String()})
	// A start of summer has no return.
	p = one(t, "Début des Vacances d'Été;Élèves;2027-07-02T22:00:00Z;2027-07-02T22:00:00Z;Versailles;Zone C;2026-2027")
	assert.Equal(t, calendar.PeriodSummer, p.Kind)
	assert.Equal(t, "2027-07-03", p.First.String())
	assert.True(t, p.Last.IsZero())
	assert.Empty(t, p.Population)
	p = one(t, "Début des Vacances d'Hiver austral;-;2027-07-02T22:00:00Z;2027-07-02T22:00:00Z;Réunion;Réunion;2026-2027")
	assert.Equal(t, calendar.PeriodSummer, p.Kind)
	p = one(t, "Vacances d'Été austral;-;2026-12-18T23:00:00Z;2027-01-31T23:00:00Z;Réunion;Réunion;2026-2027")
	assert.Equal(t, calendar.PeriodHoliday, p.Kind)
	p = one(t, "Mi-carême;-;2027-03-03T23:00:00Z;2027-03-03T23:00:00Z;Martinique;Martinique;2026-2027")
	assert.Equal(t, []string{"2027-03-04", "2027-03-04"}, []string{p.First.String(), p.Last.String()})
}

func TestDatasetTeachersAndDuplicates(t *testing.T) {
	t.Parallel()
	d := read(t,
		"Vacances d'Été;Élèves;2026-07-03T22:00:00Z;2026-08-31T22:00:00Z;Paris;Zone C;2025-2026",
		"Vacances d'Été;Enseignants;2026-07-03T22:00:00Z;2026-08-30T22:00:00Z;Paris;Zone C;2025-2026",
		"Vacances d'Été;-;2026-07-03T22:00:00Z;2026-08-31T22:00:00Z;Créteil;Zone C;2025-2026",
		"Vacances d'Été;Élèves;2026-07-03T22:00:00Z;2026-08-31T22:00:00Z;Lyon;Zone A;2025-2026",
		"Prérentrée des enseignants;-;2026-08-30T22:00:00Z;2026-08-30T22:00:00Z;Lyon;Zone A;2025-2026",
		"Vacances d'Été;Élèves;2026-07-02T22:00:00Z;2026-08-31T22:00:00Z;Dijon;Zone A;2025-2026",
		"Grandes Vacances;Élèves du premier degré;2026-07-03T22:00:00Z;2026-08-10T22:00:00Z;Polynésie;Polynésie;2025-2026",
	)
	// One period for each zone, and another where academies disagree: a peer that keeps one by name loses zones.
	assert.Len(t, d.Lists.Periods, 4)
	assert.Equal(t, []string{
		"CAL-DATASET-STAFF calendrier.csv:3", "CAL-DATASET-STAFF calendrier.csv:6", "CAL-DATASET-CONFLICT calendrier.csv:7",
		"CAL-DATASET-WEEKDAY calendrier.csv:7",
	}, codes(d.Issues))
	assert.Equal(t, ent.Tally{Read: 7, Kept: 5, Refused: 2}, d.Report.Tally("line"))
	assert.Equal(t, "Élèves du premier degré", d.Lists.Periods[3].Population)
	// The end of a summer is the first day of the next year.
	assert.Contains(t, d.Lists.Starts, calendar.Start{Year: 2026, Zone: "C", First: date(t, "2026-09-01"), Source: "fr-en-calendrier-scolaire"})
	assert.Len(t, d.Lists.Starts, 3)
}

func TestDatasetRefusesLines(t *testing.T) {
	t.Parallel()
	good := "Vacances de Noël;-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Lyon;Zone A;2026-2027"
	d := read(t, good,
		"Vacances de Noël;-;;2027-01-03T23:00:00Z;Lyon;Zone A;2026-2027",
		";-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Lyon;Zone A;2026-2027",
		"Vacances de Noël;-;18/12/2026;2027-01-03T23:00:00Z;Lyon;Zone A;2026-2027",
		"Vacances de Noël;-;2027-01-03T23:00:00Z;2026-12-18T23:00:00Z;Lyon;Zone A;2026-2027",
		"Vacances de Noël;-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Lyon;Zone A;2026",
		"Vacances de Noël;-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Lyon;Zone A;2024-2025",
		"trop;peu",
		"Vacances d'été;-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Territoire Exemple;Territoire Exemple;2026-2027",
		"Vacances de Noël;-;0001-01-01T00:00:00Z;2027-01-03T23:00:00Z;Lyon;Zone A;2026-2027",
	)
	assert.Equal(t, []string{
		"CAL-DATASET-FIELD calendrier.csv:3", "CAL-DATASET-FIELD calendrier.csv:4", "CAL-DATASET-DATE calendrier.csv:5",
		"CAL-DATASET-ORDER calendrier.csv:6", "CAL-DATASET-YEAR calendrier.csv:7", "CAL-DATASET-ORDER calendrier.csv:8",
		"CAL-DATASET-SYNTAX calendrier.csv:9", "CAL-DATASET-ZONE calendrier.csv:10", "CAL-DATASET-DATE calendrier.csv:11",
	}, codes(d.Issues))
	assert.Len(t, d.Lists.Periods, 2)
	assert.Equal(t, calendar.Zone("Territoire Exemple"), d.Lists.Periods[1].Zone)
	require.ErrorIs(t, d.Issues.Err(), calendar.CodeDatasetOrder)

	d = read(t, good, "\"a;b")
	assert.Equal(t, []string{"CAL-DATASET-SYNTAX calendrier.csv:3"}, codes(d.Issues))
	assert.Len(t, d.Lists.Periods, 1)
}

func TestDatasetFiles(t *testing.T) {
	t.Parallel()
	line := "Vacances de Noël,-,2026-12-18T23:00:00Z,2027-01-03T23:00:00Z,Lyon,Zone A,2026-2027\n"
	// An export with labels, commas and a byte order mark.
	d, err := calendar.ReadDataset(strings.NewReader("\ufeffDescription,Population,Date de début,Date de fin,Académies,Zones,annee_scolaire\n"+line), calendar.DatasetOptions{})
	require.NoError(t, err)
	assert.Len(t, d.Lists.Periods, 1)
	_, err = calendar.ReadDataset(strings.NewReader("description;population\n"), calendar.DatasetOptions{})
	require.ErrorIs(t, err, calendar.CodeDatasetColumns)
	_, err = calendar.ReadDataset(strings.NewReader(""), calendar.DatasetOptions{})
	require.ErrorIs(t, err, calendar.CodeDatasetColumns)
	broken := errors.New("broken")
	_, err = calendar.ReadDataset(iotest.ErrReader(broken), calendar.DatasetOptions{})
	require.ErrorIs(t, err, broken)
	_, err = calendar.ReadDatasetJSON(iotest.ErrReader(broken), calendar.DatasetOptions{})
	require.ErrorIs(t, err, broken)
	_, err = calendar.ReadDataset(bytes.NewReader(make([]byte, 33<<20)), calendar.DatasetOptions{})
	require.ErrorIs(t, err, calendar.CodeDatasetLarge)

	record := `{"description":"Vacances de Noël","population":null,"start_date":"2026-12-18T23:00:00+00:00","end_date":"2027-01-03T23:00:00+00:00","location":"Lyon","zones":"Zone A","annee_scolaire":"2026-2027"}`
	for _, text := range []string{"[" + record + "]", `{"total_count":1,"results":[` + record + `]}`} {
		d, err := calendar.ReadDatasetJSON(strings.NewReader(text), calendar.DatasetOptions{})
		require.NoError(t, err)
		require.Len(t, d.Lists.Periods, 1)
		assert.Equal(t, "2026-12-19", d.Lists.Periods[0].First.String())
	}
	d, err = calendar.ReadDatasetJSON(strings.NewReader(`[{"description":3}]`), calendar.DatasetOptions{File: "x.json"})
	require.NoError(t, err)
	assert.Equal(t, []string{"CAL-DATASET-FIELD x.json:1"}, codes(d.Issues))
	for _, text := range []string{"", "{}", "[", `{"results":1}`} {
		_, err := calendar.ReadDatasetJSON(strings.NewReader(text), calendar.DatasetOptions{})
		require.ErrorIs(t, err, calendar.CodeDatasetSyntax, text)
	}
}

// A dataset that holds some periods only replaces those and keeps the rest: nobody has lessons at Christmas for want of a
// line.
func TestDatasetReplacesTheDefault(t *testing.T) {
	t.Parallel()
	o := calendar.DatasetOptions{Verified: true, Source: calendar.Source{Key: "ministère", Title: "fr-en-calendrier-scolaire", AsOf: date(t, "2026-11-01")}}
	d, err := calendar.ReadDataset(strings.NewReader(datasetHead+
		"Vacances d'Hiver;-;2027-02-05T23:00:00+00:00;2027-02-21T23:00:00+00:00;Versailles;Zone C;2026-2027\n"+
		"Vacances d'Été;Élèves;2027-07-02T22:00:00+00:00;2027-09-01T22:00:00+00:00;Versailles;Zone C;2026-2027\n"), o)
	require.NoError(t, err)
	y, err := calendar.Default().With(d.Lists)
	require.NoError(t, err)
	c, err := calendar.New(y, calendar.Place{Zone: "C", Week: calendar.FourDays()})
	require.NoError(t, err)
	assert.True(t, day(t, c, "2027-02-09").Verified)
	assert.Equal(t, calendar.KindHoliday, day(t, c, "2026-12-22").Kind)
	// The summer of 2027 ends in September: its last day is known, the return is not.
	assert.Equal(t, calendar.KindHoliday, day(t, c, "2027-09-01").Kind)
	assert.False(t, c.Known(date(t, "2027-09-02")))
	// Alone, such a file says nothing of the day on which the year begins, nor of the weeks before its first period.
	y, err = new(calendar.Years).With(d.Lists)
	require.NoError(t, err)
	c, err = calendar.New(y, calendar.Place{Zone: "C", Week: calendar.FourDays()})
	require.NoError(t, err)
	_, err = c.TaughtWeeks(2026)
	require.ErrorIs(t, err, calendar.CodeNoFirstDay)
	assert.False(t, c.Known(date(t, "2027-02-05")))
	assert.False(t, day(t, c, "2027-05-07").Verified)
	// Without a day on which it was read, the file is refused.
	d, err = calendar.ReadDataset(strings.NewReader(datasetHead+"Vacances d'Hiver;-;2027-02-06;2027-02-22;Paris;Zone C;2026-2027\n"), calendar.DatasetOptions{})
	require.NoError(t, err)
	_, err = calendar.Default().With(d.Lists)
	require.ErrorIs(t, err, calendar.CodeRowField)
}

func FuzzReadDataset(f *testing.F) {
	f.Add(datasetHead + "Vacances de Noël;-;2026-12-18T23:00:00Z;2027-01-03T23:00:00Z;Lyon;Zone A;2026-2027\n")
	f.Add(datasetHead + "Pont de l'Ascension;-;2027-05-06T22:00:00Z;2027-05-06T22:00:00Z;Versailles;Zone C;2026-2027\n")
	f.Add(datasetHead + "Début des Vacances d'Été;Élèves;2027-07-02T22:00:00Z;2027-07-02T22:00:00Z;Paris;Zone C;2026-2027\n")
	f.Add(datasetHead + "Vacances d'Été;Élèves;2026-07-03T22:00:00Z;2026-08-31T22:00:00Z;Paris;Zone C;2025-2026\n")
	f.Add("description;zones\n")
	f.Add(`[{"description":"x","zones":"Zone A"}]`)
	src := calendar.Source{Key: "x", Title: "x", AsOf: ent.Date{Year: 2026, Month: 1, Day: 1}}
	f.Fuzz(func(t *testing.T, text string) {
		o := calendar.DatasetOptions{Source: src}
		for _, reader := range []func() (calendar.Dataset, error){
			func() (calendar.Dataset, error) { return calendar.ReadDataset(strings.NewReader(text), o) },
			func() (calendar.Dataset, error) { return calendar.ReadDatasetJSON(strings.NewReader(text), o) },
		} {
			d, err := reader()
			if !d.Report.Balanced() {
				t.Fatal("not balanced")
			}
			if err != nil || len(d.Lists.Periods) == 0 {
				continue
			}
			// What the reader keeps is well formed: With takes it, unless two summers give two first days.
			y, err := new(calendar.Years).With(d.Lists)
			if errors.Is(err, calendar.CodeRowTwice) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, z := range y.Zones() {
				c, err := calendar.New(y, calendar.Place{Zone: z, Territory: calendar.TerritoryMetropole, Week: calendar.FourDays(), Populations: y.Populations(z)})
				if errors.Is(err, calendar.CodeHolidayYear) {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				for _, year := range c.SchoolYears() {
					from, to, err := c.Range(year)
					if err != nil {
						t.Fatal(err)
					}
					days, err := c.Days(from, to)
					if err != nil {
						t.Fatal(err)
					}
					for d := range days {
						if d.Kind == "" || d.Reason(ent.FR) == "" {
							t.Fatal("a day without a kind")
						}
					}
				}
			}
		}
	})
}
