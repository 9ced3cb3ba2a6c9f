package calendar

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// DatasetOptions say how a dataset is read. The zero value reads it as the dates of the ministry, not verified.
type DatasetOptions struct {
	// File is the name of the file, for issues.
	File string
	// Source says where the file comes from. Its key is "fr-en-calendrier-scolaire" when it has none, and Source.AsOf, the
	// day it was downloaded, is required by [Years.With].
	Source Source
	// Verified marks the rows as verified: the caller has the file from the ministry itself.
	Verified bool
}

// Dataset is what a file of the dataset fr-en-calendrier-scolaire holds.
type Dataset struct {
	// Lists is ready for [Years.With]: one period for each zone, population, name and dates, and the first days of lessons
	// that the ends of summers give.
	Lists Lists
	// Issues has one entry, with its line, for each line that was refused, left aside or doubtful.
	Issues ent.Issues
	// Report counts the lines.
	Report ent.Report
}

// datasetKey is the key of the dataset's source.
const datasetKey = "fr-en-calendrier-scolaire"

// The fields of the dataset, by their technical names.
var datasetFields = [...]ent.Field{"description", "population", "start_date", "end_date", "location", "zones", "annee_scolaire"}

// datasetAliases are the labels that an export with labels writes instead.
func datasetAliases() map[string]ent.Field {
	return map[string]ent.Field{
		"date de debut": "start_date", "date de fin": "end_date", "academies": "location", "academie": "location",
		"zone": "zones", "annee scolaire": "annee_scolaire",
	}
}

// datasetRow is a line, its fields in the order of datasetFields.
type datasetRow struct {
	pos    ent.Pos
	fields [len(datasetFields)]string
}

// ReadDataset reads the ministry's dataset fr-en-calendrier-scolaire as CSV, separated by semicolons or commas.
//
// A line is an académie's. An instant is a midnight of Paris written in UTC, overseas too: 2026-12-18T23:00:00Z is 19
// December. start_date is the first day off, end_date the day of return. A bridge of one day lasts until the Sunday, a
// start of summer has no end. Lines about teachers are left aside.
//
// The error is for a file that is no such dataset or too large; then the Dataset holds what was read before. A line that
// is refused is an Issue only.
func ReadDataset(r io.Reader, o DatasetOptions) (Dataset, error) {
	d := newDatasetReader(o)
	b, err := readAll(r)
	if err != nil {
		return d.fail(err)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	head, _, _ := bytes.Cut(b, []byte("\n"))
	comma := ','
	if bytes.IndexByte(head, ';') >= 0 {
		comma = ';'
	}
	c := newCSV(b, comma, 0)
	header, err := c.Read()
	if err != nil {
		return d.fatal(CodeDatasetColumns, ent.FieldOf("field", datasetFields[0]))
	}
	var columns [len(datasetFields)]int
	for i, f := range datasetFields {
		columns[i] = slices.IndexFunc(header, func(s string) bool {
			folded := foldLabel(s)
			return ent.Field(folded) == f || datasetAliases()[folded] == f
		})
		// Only the académie may be absent: it serves for nothing but to tell where a line stands.
		if columns[i] < 0 && f != "location" {
			return d.fatal(CodeDatasetColumns, ent.FieldOf("field", f))
		}
	}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return d.done(), nil
		}
		if err != nil {
			d.refuse(CodeDatasetSyntax, ent.Pos{File: o.File, Line: errorLine(err)})
			if errors.Is(err, csv.ErrFieldCount) {
				continue
			}
			return d.done(), nil
		}
		line, _ := c.FieldPos(0)
		row := datasetRow{pos: ent.Pos{File: o.File, Line: line}}
		for i, col := range columns {
			if col >= 0 {
				row.fields[i] = record[col]
			}
		}
		d.row(row)
	}
}

// ReadDatasetJSON reads the same dataset as JSON: the array of an export, or the answer of the API, whose records are in
// "results". The Line of an Issue is the number of the record, from 1.
func ReadDatasetJSON(r io.Reader, o DatasetOptions) (Dataset, error) {
	d := newDatasetReader(o)
	b, err := readAll(r)
	if err != nil {
		return d.fail(err)
	}
	var answer struct {
		Results []map[string]any `json:"results"`
	}
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	if bytes.HasPrefix(b, []byte("[")) {
		err = json.Unmarshal(b, &answer.Results)
	} else {
		err = json.Unmarshal(b, &answer)
	}
	if err != nil || answer.Results == nil {
		return d.fatal(CodeDatasetSyntax)
	}
	for i, record := range answer.Results {
		row := datasetRow{pos: ent.Pos{File: o.File, Line: i + 1}}
		for j, f := range datasetFields {
			// A null and what is no text are missing, and a missing field is an Issue where it matters.
			row.fields[j], _ = record[string(f)].(string)
		}
		d.row(row)
	}
	return d.done(), nil
}

type datasetReader struct {
	o    DatasetOptions
	out  Dataset
	seen map[Period]bool
	// named holds the first dates of a period, to tell academies that disagree.
	named map[Period]Period
	// starts holds the first days, which several lines give.
	starts map[Start]bool
}

func newDatasetReader(o DatasetOptions) *datasetReader {
	if o.Source.Key == "" {
		o.Source.Key = datasetKey
	}
	if o.Source.Title == "" {
		o.Source.Title = "Calendrier scolaire, fr-en-calendrier-scolaire"
	}
	return &datasetReader{o: o, seen: map[Period]bool{}, named: map[Period]Period{}, starts: map[Start]bool{}}
}

func (d *datasetReader) issue(code ent.Code, pos ent.Pos, params ...ent.Param) {
	i := catalog().New(code, pos, "", params...)
	d.out.Issues = append(d.out.Issues, i)
	d.out.Report.Add(i)
}

func (d *datasetReader) refuse(code ent.Code, pos ent.Pos, params ...ent.Param) {
	d.issue(code, pos, params...)
	d.out.Report.Refuse("line", 1)
}

func (d *datasetReader) fatal(code ent.Code, params ...ent.Param) (Dataset, error) {
	d.issue(code, ent.Pos{File: d.o.File}, params...)
	return d.done(), fmt.Errorf("calendar: %w", d.out.Issues[len(d.out.Issues)-1])
}

func (d *datasetReader) fail(err error) (Dataset, error) {
	if errors.Is(err, errLarge) {
		return d.fatal(CodeDatasetLarge, ent.Count("limit", maxFile))
	}
	return d.done(), fmt.Errorf("calendar: %w", err)
}

func (d *datasetReader) done() Dataset {
	if len(d.out.Lists.Periods) > 0 {
		d.out.Lists.Sources = []Source{d.o.Source}
	}
	return d.out
}

func (d *datasetReader) row(row datasetRow) {
	description, population := strings.TrimSpace(row.fields[0]), strings.TrimSpace(row.fields[1])
	if strings.Contains(foldLabel(population), "enseignant") || strings.Contains(foldLabel(description), "enseignant") {
		d.refuse(CodeDatasetStaff, row.pos)
		return
	}
	for i, f := range datasetFields {
		if f != "location" && f != "population" && strings.TrimSpace(row.fields[i]) == "" {
			d.refuse(CodeDatasetField, row.pos, ent.FieldOf("field", f))
			return
		}
	}
	year, err := ent.ParseSchoolYear(strings.TrimSpace(row.fields[6]))
	if err != nil || !validYear(year) {
		d.refuse(CodeDatasetYear, row.pos)
		return
	}
	start, ok1 := d.date(row, 2)
	end, ok2 := d.date(row, 3)
	if !ok1 || !ok2 {
		return
	}
	p := Period{
		Year: year, Zone: NewZone(row.fields[5]), Population: pupils(population), Name: description, Kind: kindOf(description),
		First: start, Last: end.AddDays(-1), Verified: d.o.Verified, Source: d.o.Source.Key,
	}
	if start == end {
		switch p.Kind {
		case PeriodSummer:
			p.Last = ent.Date{}
		case PeriodBridge:
			p.Last = sundayAfter(start)
		case PeriodHoliday:
			p.Last = start
		}
	}
	if end.Before(start) || !p.valid() {
		d.refuse(CodeDatasetOrder, row.pos)
		return
	}
	d.out.Report.Keep("line", 1)
	if d.seen[p] {
		return
	}
	d.seen[p] = true
	d.doubts(p, row.pos)
	d.out.Lists.Periods = append(d.out.Lists.Periods, p)
	if p.Kind != PeriodSummer || p.Last.IsZero() {
		return
	}
	// The end of a summer is the first day of lessons of the next year.
	s := Start{p.Year + 1, p.Zone, p.Population, end, p.Verified, p.Source, ""}
	if !d.starts[s] && inYear(s.Year, s.First) {
		d.starts[s] = true
		d.out.Lists.Starts = append(d.out.Lists.Starts, s)
	}
}

// doubts says what is odd about a period that is kept.
func (d *datasetReader) doubts(p Period, pos ent.Pos) {
	name := Period{Year: p.Year, Zone: p.Zone, Population: p.Population, Name: p.key()}
	if first, ok := d.named[name]; ok && (first.First != p.First || first.Last != p.Last) {
		d.issue(CodeDatasetConflict, pos)
	} else if !ok {
		d.named[name] = p
	}
	if day := p.First.Weekday(); p.Kind != PeriodBridge && p.First != p.Last && day != time.Saturday && day != time.Sunday {
		d.issue(CodeDatasetWeekday, pos, ent.DateOf("date", p.First))
	}
	if p.Zone.territory() == "" {
		d.issue(CodeDatasetZone, pos)
	}
}

// date reads a field that holds an instant or a date, and refuses the line when it cannot.
func (d *datasetReader) date(row datasetRow, field int) (ent.Date, bool) {
	name, text := datasetFields[field], strings.TrimSpace(row.fields[field])
	if day, err := ent.ParseDate(text); err == nil {
		return day, true
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.UTC().Year() < 1996 || t.UTC().Year() > 2999 {
		d.refuse(CodeDatasetDate, row.pos, ent.FieldOf("field", name))
		return ent.Date{}, false
	}
	day, midnight := parisDay(t)
	if !midnight {
		d.issue(CodeDatasetMidnight, row.pos, ent.FieldOf("field", name), ent.DateOf("date", day))
	}
	return day, true
}

// parisDay returns the day of an instant in Paris and whether it is its midnight. The clock changes are computed (at
// 01:00 UTC on the last Sundays of March and October, since 1996), so that a machine without zone files reads the same
// days.
func parisDay(t time.Time) (day ent.Date, midnight bool) {
	t = t.UTC()
	lastSunday := func(month time.Month) time.Time {
		end := time.Date(t.Year(), month, 31, 1, 0, 0, 0, time.UTC)
		return end.AddDate(0, 0, -int(end.Weekday()))
	}
	offset := time.Hour
	if !t.Before(lastSunday(time.March)) && t.Before(lastSunday(time.October)) {
		offset = 2 * time.Hour
	}
	local := t.Add(offset)
	h, m, s := local.Clock()
	return ent.DateAt(local, time.UTC), h == 0 && m == 0 && s == 0 && local.Nanosecond() == 0
}

// pupils returns the population of a line, "" for every pupil.
func pupils(population string) string {
	switch foldLabel(population) {
	case "", "eleves":
		return ""
	}
	return population
}

// kindOf tells the kind of a period by its name.
func kindOf(description string) PeriodKind {
	name := Period{Name: description}.key()
	switch {
	case strings.HasPrefix(name, "pont "):
		return PeriodBridge
	case strings.HasPrefix(name, "vacances d ete") && !strings.Contains(name, "austral"),
		strings.HasPrefix(name, "vacances d hiver austral"), strings.HasPrefix(name, "grandes vacances"):
		return PeriodSummer
	}
	return PeriodHoliday
}
