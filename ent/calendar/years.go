package calendar

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
)

// PeriodKind says what a period without lessons is.
type PeriodKind string

// The kinds of period.
const (
	// PeriodHoliday is a holiday in the course of the year.
	PeriodHoliday PeriodKind = "holiday"
	// PeriodBridge is a day or two between a public holiday and a weekend.
	PeriodBridge PeriodKind = "bridge"
	// PeriodSummer is the break that ends the school year, whatever its season: the southern winter in Réunion.
	PeriodSummer PeriodKind = "summer"
)

// Period is a run of days without lessons in a zone.
type Period struct {
	Year ent.SchoolYear
	Zone Zone
	// Population is whom the dates concern when it is not every pupil, as the dataset writes it: "Élèves du premier degré",
	// "Saint-Martin".
	Population string
	Kind       PeriodKind
	// Name is the label of the text, in French.
	Name string
	// First and Last are the first and the last day off. Last is missing for a summer whose end is not published.
	First, Last ent.Date
	// Verified is false for dates that were recalled or read at second hand: check them against the arrêté.
	Verified bool
	// Source is the key of a [Source]; Note says what is known of the row, in French.
	Source, Note string
}

// Return returns the day on which lessons begin again, in the morning: the day after the last one off, which may be a
// day without lessons for a school (a Wednesday, a Sunday after a bridge). It is missing when Last is.
func (p Period) Return() ent.Date { return p.Last.AddDays(1) }

// Contains reports whether the day is in the period; a period without Last goes on for ever.
func (p Period) Contains(d ent.Date) bool {
	return !d.IsZero() && !d.Before(p.First) && (p.Last.IsZero() || !p.Last.Before(d))
}

// Label returns the name of the period in both languages; one that is not known stays French.
func (p Period) Label() ent.Label {
	names := map[string]string{
		"vacances de la toussaint":    "All Saints' holidays",
		"vacances de noel":            "Christmas holidays",
		"vacances d hiver":            "Winter holidays",
		"vacances de printemps":       "Spring holidays",
		"vacances d ete":              "Summer holidays",
		"pont de l ascension":         "Ascension bridge",
		"grandes vacances":            "Long holidays",
		"vacances de carnaval":        "Carnival holidays",
		"vacances de paques":          "Easter holidays",
		"vacances d ete austral":      "Southern summer holidays",
		"vacances d hiver austral":    "Southern winter holidays",
		"vacances apres 1ere periode": "Holidays after the first period",
		"vacances apres 3eme periode": "Holidays after the third period",
		"vacances apres 4eme periode": "Holidays after the fourth period",
		"fete de la nativite":         "Feast of the Nativity",
		"journee du 8 decembre":       "8 December",
	}
	en, ok := names[p.key()]
	if !ok {
		en = p.Name
	}
	return ent.Label{FR: p.Name, EN: en}
}

// key is the name without what differs from one text to another: "Début des Vacances d'Été" is "Vacances d'été".
func (p Period) key() string { return strings.TrimPrefix(foldLabel(p.Name), "debut des ") }

// Start is the first day of lessons of a school year in a zone, la rentrée.
type Start struct {
	Year       ent.SchoolYear
	Zone       Zone
	Population string
	First      ent.Date
	Verified   bool
	// Source is the key of a [Source]; Note says what is known of the row, in French.
	Source, Note string
}

// Source says where rows come from.
type Source struct {
	// Key is what rows name it by.
	Key       string
	Title     string
	Publisher string
	Licence   string
	URL       string
	// AsOf is the day of the text, or that on which it was read.
	AsOf ent.Date
}

// Lists are rows to add to [Years]; each row names a source that is there already or comes with it.
type Lists struct {
	Sources []Source
	Starts  []Start
	Periods []Period
}

// Years is a set of school years by zone. It never changes and may be used by several goroutines at once; [Years.Load] and
// [Years.With] return another one. The zero Years is empty, for a caller who wants no date of ours.
type Years struct {
	sources []Source
	starts  []Start
	periods []Period
}

var embedded = sync.OnceValue(func() *Years {
	y, err := new(Years).Load(Files())
	if err != nil {
		// Only a file edited wrongly in this module leads here, and every test of the package says so.
		panic(err)
	}
	return y
})

// Default returns the school years that come with this package, read on the first call: 2024-2025 to 2026-2027 for zones
// A, B and C, and what could be read for Corsica, Martinique and Réunion, every row of which is marked as not verified.
func Default() *Years { return embedded() }

// With returns the years with rows added; y stays as it is. A row of the same school year, zone and population takes the
// place of those it overlaps or has the name of: loading the ministry's new dates corrects ours, and a list that holds
// one period only does not lose the others. When rows are wrong it returns nil and an error that joins an [ent.Issue]
// for each.
func (y *Years) With(l Lists) (*Years, error) { return y.with(l, nil) }

// with takes the place of each row in its file, when it has one.
func (y *Years) with(l Lists, pos map[string][]ent.Pos) (*Years, error) {
	c := &checker{pos: pos}
	next := &Years{
		sources: replaced(y.sources, l.Sources, func(old, row Source) bool { return old.Key == row.Key }),
		starts: replaced(y.starts, l.Starts, func(old, row Start) bool {
			return old.Zone == row.Zone && old.Year == row.Year && old.Population == row.Population
		}),
		periods: replaced(y.periods, l.Periods, func(old, row Period) bool {
			return old.Zone == row.Zone && old.Year == row.Year && old.Population == row.Population &&
				(old.key() == row.key() || overlap(old, row))
		}),
	}
	c.rows(l, next.sources)
	if err := c.issues.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(next.starts, func(a, b Start) int {
		return cmp.Or(cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Year, b.Year), cmp.Compare(a.Population, b.Population))
	})
	slices.SortStableFunc(next.periods, func(a, b Period) int {
		return cmp.Or(cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Year, b.Year), a.First.Compare(b.First),
			cmp.Compare(a.Population, b.Population), cmp.Compare(a.Name, b.Name))
	})
	return next, nil
}

// replaced returns the old rows that no new one takes the place of, and the new ones without the exact repetitions.
func replaced[V comparable](old, rows []V, same func(old, row V) bool) []V {
	out := make([]V, 0, len(old)+len(rows))
	for _, o := range old {
		if !slices.ContainsFunc(rows, func(r V) bool { return same(o, r) }) {
			out = append(out, o)
		}
	}
	for i, r := range rows {
		if !slices.Contains(rows[:i], r) {
			out = append(out, r)
		}
	}
	return out
}

func overlap(a, b Period) bool {
	if b.First.Before(a.First) {
		a, b = b, a
	}
	return a.Contains(b.First)
}

// The lists, as files and in the places of issues.
const (
	listSources = "sources"
	listYears   = "years"
	listPeriods = "periods"
)

// checker gathers what is wrong with rows.
type checker struct {
	pos    map[string][]ent.Pos
	issues ent.Issues
}

func (c *checker) add(list string, i int, code ent.Code, params ...ent.Param) {
	at := ent.Pos{File: list, Line: i + 1}
	if pos := c.pos[list]; i < len(pos) {
		at = pos[i]
	}
	c.issues = append(c.issues, catalog().New(code, at, "", params...))
}

func (c *checker) rows(l Lists, sources []Source) {
	keys := make(map[string]bool, len(sources))
	for _, s := range sources {
		keys[s.Key] = true
	}
	field := func(list string, i int, name ent.Field, ok bool) bool {
		if !ok {
			c.add(list, i, CodeRowField, ent.FieldOf("field", name))
		}
		return ok
	}
	for i, s := range l.Sources {
		field(listSources, i, "key", s.Key != "")
		field(listSources, i, "title", s.Title != "")
		field(listSources, i, "as_of", !s.AsOf.IsZero())
	}
	type startKey struct {
		zone       Zone
		year       ent.SchoolYear
		population string
	}
	first := map[startKey]ent.Date{}
	for i, s := range l.Starts {
		ok := field(listYears, i, "school_year", validYear(s.Year)) && field(listYears, i, "zone", s.Zone != "") &&
			field(listYears, i, "source", keys[s.Source])
		if ok && !inYear(s.Year, s.First) {
			c.add(listYears, i, CodeRowDates)
		}
		k := startKey{s.Zone, s.Year, s.Population}
		if f, twice := first[k]; twice && f != s.First {
			c.add(listYears, i, CodeRowTwice)
		}
		first[k] = s.First
	}
	for i, p := range l.Periods {
		known := p.Kind == PeriodHoliday || p.Kind == PeriodBridge || p.Kind == PeriodSummer
		ok := field(listPeriods, i, "school_year", validYear(p.Year)) && field(listPeriods, i, "zone", p.Zone != "") &&
			field(listPeriods, i, "kind", known) && field(listPeriods, i, "name", strings.TrimSpace(p.Name) != "") &&
			field(listPeriods, i, "source", keys[p.Source])
		if ok && !p.valid() {
			c.add(listPeriods, i, CodeRowDates)
		}
	}
}

// valid reports whether the dates are in order and of the school year.
func (p Period) valid() bool {
	if !inYear(p.Year, p.First) {
		return false
	}
	if p.Last.IsZero() {
		return p.Kind == PeriodSummer
	}
	return inYear(p.Year, p.Last) && !p.Last.Before(p.First)
}

func validYear(y ent.SchoolYear) bool { return y >= 1900 && y <= 2999 }

// inYear reports whether a date can be of a school year: from July before it, since overseas years begin in August, to the
// end of September after it.
func inYear(y ent.SchoolYear, d ent.Date) bool {
	from := ent.Date{Year: int16(y), Month: 7, Day: 1}
	to := ent.Date{Year: int16(y + 1), Month: 9, Day: 30}
	return !d.IsZero() && !d.Before(from) && !to.Before(d)
}

// Zones returns the zones that have at least one period or first day, sorted.
func (y *Years) Zones() []Zone {
	set := map[Zone]bool{}
	for _, p := range y.periods {
		set[p.Zone] = true
	}
	for _, s := range y.starts {
		set[s.Zone] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// SchoolYears returns the school years of a zone, sorted.
func (y *Years) SchoolYears(z Zone) []ent.SchoolYear {
	set := map[ent.SchoolYear]bool{}
	for _, p := range y.periods {
		if p.Zone == z {
			set[p.Year] = true
		}
	}
	for _, s := range y.starts {
		if s.Zone == z {
			set[s.Year] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Periods returns the periods of a zone in a school year, in order, for every population.
func (y *Years) Periods(z Zone, year ent.SchoolYear) []Period {
	return filter(y.periods, func(p Period) bool { return p.Zone == z && p.Year == year })
}

// Starts returns the first days of lessons of a zone in a school year: one, unless they differ by population.
func (y *Years) Starts(z Zone, year ent.SchoolYear) []Start {
	return filter(y.starts, func(s Start) bool { return s.Zone == z && s.Year == year })
}

// Populations returns the populations for which a zone has dates of their own, sorted; none where all pupils share them.
func (y *Years) Populations(z Zone) []string {
	set := map[string]bool{}
	for _, p := range y.periods {
		if p.Zone == z && p.Population != "" {
			set[p.Population] = true
		}
	}
	for _, s := range y.starts {
		if s.Zone == z && s.Population != "" {
			set[s.Population] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// Unverified returns the periods whose dates are not verified.
func (y *Years) Unverified() []Period {
	return filter(y.periods, func(p Period) bool { return !p.Verified })
}

// Sources returns where the rows come from.
func (y *Years) Sources() []Source { return slices.Clone(y.sources) }

// Source returns the source of a key.
func (y *Years) Source(key string) (Source, bool) {
	i := slices.IndexFunc(y.sources, func(s Source) bool { return s.Key == key })
	if i < 0 {
		return Source{}, false
	}
	return y.sources[i], true
}

func filter[V any](list []V, keep func(V) bool) []V {
	var out []V
	for _, v := range list {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}

// monday returns the Monday of the week of a date.
func monday(d ent.Date) ent.Date { return d.AddDays(-int((d.Weekday() + 6) % 7)) }

// sundayAfter returns the Sunday of the week of a date.
func sundayAfter(d ent.Date) ent.Date { return monday(d).AddDays(6) }

func isoWeek(d ent.Date) (year, week int) { return d.Time(time.UTC).ISOWeek() }

var errLarge = errors.New("file too large")
