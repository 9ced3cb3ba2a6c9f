package calendar

import (
	"iter"
	"slices"
	"sort"
	"time"

	"github.com/opencartable/cartable/ent"
)

// Kind says what a day is for the pupils of a place.
type Kind string

// The kinds of day.
const (
	// KindSchool is a day of lessons, in the morning, in the afternoon or both.
	KindSchool Kind = "school"
	// KindWednesday is a Wednesday without lessons in a week of lessons.
	KindWednesday Kind = "wednesday"
	// KindDayOff is another working day on which the place never has lessons.
	KindDayOff Kind = "day-off"
	// KindWeekend is a Saturday or a Sunday outside the holidays.
	KindWeekend Kind = "weekend"
	// KindHoliday is a day of school holidays, weekends included.
	KindHoliday Kind = "holiday"
	// KindPublicHoliday is a public holiday, within the school holidays or not.
	KindPublicHoliday Kind = "public-holiday"
	// KindBridge is a day between a public holiday and a weekend on which schools are closed.
	KindBridge Kind = "bridge"
	// KindClosed is a day of lessons that the place closed.
	KindClosed Kind = "closed"
	// KindCatchUp is a day without lessons that the place opened, to make up for another.
	KindCatchUp Kind = "catch-up"
)

// Label returns the kind in words.
func (k Kind) Label(lang ent.Lang) string {
	switch k {
	case KindSchool:
		return pick(lang, "jour de classe", "school day")
	case KindWednesday:
		return pick(lang, "mercredi sans classe", "Wednesday without lessons")
	case KindDayOff:
		return pick(lang, "jour sans classe", "day without lessons")
	case KindWeekend:
		return pick(lang, "fin de semaine", "weekend")
	case KindHoliday:
		return pick(lang, "vacances scolaires", "school holidays")
	case KindPublicHoliday:
		return pick(lang, "jour férié", "public holiday")
	case KindBridge:
		return pick(lang, "pont", "bridge")
	case KindClosed:
		return pick(lang, "fermeture exceptionnelle", "closed")
	case KindCatchUp:
		return pick(lang, "jour de rattrapage", "catch-up day")
	}
	return string(k)
}

// Effect is what a local change does.
type Effect string

// The effects of a local change.
const (
	// EffectClose closes the half-days that would be open.
	EffectClose Effect = "close"
	// EffectOpen opens a day or a half of it.
	EffectOpen Effect = "open"
	// EffectFollow gives the day the half-days and the timetable of another weekday.
	EffectFollow Effect = "follow"
)

// Override is a local change, decided by the rector, the commune or the school.
type Override struct {
	// First and Last are its days; Last is First when missing.
	First, Last ent.Date
	Effect      Effect
	// Half limits EffectClose and EffectOpen to one half of the day.
	Half Half
	// Follows is the weekday whose timetable the day takes, for EffectFollow.
	Follows time.Weekday
	// Reason is shown with the day: "Rattrapage du vendredi 15 mai".
	Reason ent.Label
}

func (o Override) valid() bool {
	if o.First.IsZero() || !o.Last.IsZero() && o.Last.Before(o.First) {
		return false
	}
	switch o.Half {
	case "", Morning, Afternoon:
	default:
		return false
	}
	switch o.Effect {
	case EffectClose, EffectOpen:
		return true
	case EffectFollow:
		return o.Half == "" && o.Follows >= time.Sunday && o.Follows <= time.Saturday
	}
	return false
}

func (o Override) holds(d ent.Date) bool {
	return !d.Before(o.First) && (d == o.First || !o.Last.IsZero() && !o.Last.Before(d))
}

// Place is what makes the days of a school, of a commune or of a service its own.
type Place struct {
	Zone Zone
	// Territory decides the public holidays. When empty it is that of the zone: metropolitan France for A, B, C and Corsica,
	// so a place in Alsace or Moselle must say so (see [TerritoryOf]).
	Territory Territory
	// Week is required: it is a choice of the commune or of the school.
	Week Week
	// Populations are those of the zone's own populations that hold here: see [Years.Populations].
	Populations []string
	// Overrides are applied in their order.
	Overrides []Override
}

// Calendar says what each day is at one place. It is made of values, never changes and may be used by several goroutines
// at once.
type Calendar struct {
	place    Place
	segments []segment
	periods  []Period
}

// segment is the known days of a school year, without a gap.
type segment struct {
	year ent.SchoolYear
	// first is the first day of lessons that the text gives; missing when it is not known.
	first ent.Date
	base  int
	days  []Day
}

func (s *segment) end() int { return s.base + len(s.days) }

// longStretch is the number of days without holidays above which some are likely to be missing from the list: twelve
// weeks have been seen.
const longStretch = 13 * 7

// New returns the calendar of a place. It returns CodeWeek for a week without half-days, CodeUnknownZone for a zone
// without dates, CodeTerritory, CodeOverride, and CodePopulation when the dates of the zone depend on a population and
// the place names none.
func New(y *Years, p Place) (*Calendar, error) {
	p.Populations, p.Overrides = slices.Clone(p.Populations), slices.Clone(p.Overrides)
	if p.Territory == "" {
		p.Territory = p.Zone.territory()
	}
	if !slices.ContainsFunc(p.Week[:], Halves.any) {
		return nil, fail(CodeWeek)
	}
	for i, o := range p.Overrides {
		if !o.valid() {
			return nil, fail(CodeOverride, ent.Count("number", int64(i+1)))
		}
	}
	years := y.SchoolYears(p.Zone)
	if len(years) == 0 {
		return nil, fail(CodeUnknownZone)
	}
	if !slices.Contains(Territories(), p.Territory) {
		return nil, fail(CodeTerritory)
	}
	if len(p.Populations) == 0 && len(y.Populations(p.Zone)) > 0 {
		return nil, fail(CodePopulation)
	}
	c := &Calendar{place: p}
	holidays := map[ent.Date]*PublicHoliday{}
	for n := int(years[0]); n <= int(years[len(years)-1])+1; n++ {
		list, err := PublicHolidays(n, p.Territory)
		if err != nil {
			return nil, err
		}
		for i := range list {
			holidays[list[i].Date] = &list[i]
		}
	}
	for _, year := range years {
		if s, ok := c.segment(y, year, holidays); ok {
			c.segments = append(c.segments, s)
		}
	}
	c.joinSegments()
	return c, nil
}

// joinSegments cuts the days of a year that the next one has too, such as a summer that ends in September.
func (c *Calendar) joinSegments() {
	for i := 1; i < len(c.segments); i++ {
		prev, next := &c.segments[i-1], &c.segments[i]
		if keep := next.base - prev.base; keep < len(prev.days) {
			prev.days = prev.days[:max(keep, 0)]
		}
	}
	c.segments = slices.DeleteFunc(c.segments, func(s segment) bool { return len(s.days) == 0 })
}

// concerns reports whether the dates of a population hold at the place.
func (p Place) concerns(population string) bool {
	return population == "" || slices.Contains(p.Populations, population)
}

// segment computes the days of a school year; none when nothing tells where it begins or ends.
func (c *Calendar) segment(y *Years, year ent.SchoolYear, holidays map[ent.Date]*PublicHoliday) (segment, bool) {
	p := c.place
	periods := filter(y.Periods(p.Zone, year), func(r Period) bool { return p.concerns(r.Population) })
	if len(periods) == 0 {
		return segment{}, false
	}
	start := Start{Year: year}
	for _, s := range y.Starts(p.Zone, year) {
		if p.concerns(s.Population) && (start.First.IsZero() || s.Population != "") {
			start = s
		}
	}
	from, to := start.First, ent.Date{}
	switch {
	case from.IsZero():
		from = periods[0].First
	case year.First().Before(from):
		from = year.First()
	}
	for _, r := range periods {
		end := r.Last
		if end.IsZero() {
			end = r.First
			if p.Zone.endsInAugust() {
				end = year.Last()
			}
		}
		if to.Before(end) {
			to = end
		}
	}
	if to.Before(from) {
		return segment{}, false
	}
	first := len(c.periods)
	c.periods = append(c.periods, periods...)
	b := dayBuilder{place: &c.place, start: start, periods: c.periods[first:len(c.periods):len(c.periods)], holidays: holidays}
	s := segment{year: year, first: start.First, base: number(from)}
	for d := from; !to.Before(d); d = d.AddDays(1) {
		s.days = append(s.days, b.day(d))
	}
	return s, true
}

// dayBuilder makes the days of one school year.
type dayBuilder struct {
	place    *Place
	start    Start
	periods  []Period
	holidays map[ent.Date]*PublicHoliday
}

func (b *dayBuilder) day(d ent.Date) Day {
	w := d.Weekday()
	day := Day{Date: d, Year: b.start.Year, Timetable: w, Verified: true, zone: b.place.Zone, holiday: b.holidays[d]}
	for i := range b.periods {
		// A holiday goes before a bridge that touches it.
		if p := &b.periods[i]; p.Contains(d) && (day.period == nil || day.period.Kind == PeriodBridge) {
			day.period = p
		}
	}
	before := !b.start.First.IsZero() && d.Before(b.start.First)
	var open Halves
	switch {
	case day.holiday != nil:
		day.Kind, day.Verified = KindPublicHoliday, day.holiday.Verified
	case before:
		day.Kind, day.Verified, day.opens = KindHoliday, b.start.Verified, b.start.First
	case day.period != nil && day.period.Kind == PeriodBridge:
		day.Kind, day.Verified = KindBridge, day.period.Verified
	case day.period != nil:
		day.Kind, day.Verified = KindHoliday, day.period.Verified
	case b.place.Week[w].any():
		day.Kind, day.Verified, open = KindSchool, b.certain(d), b.place.Week[w]
	case w == time.Wednesday:
		day.Kind, day.Verified = KindWednesday, b.certain(d)
	case w == time.Saturday || w == time.Sunday:
		day.Kind, day.Verified = KindWeekend, b.certain(d)
	default:
		day.Kind, day.Verified = KindDayOff, b.certain(d)
	}
	b.change(&day, open)
	return day
}

// certain reports whether a day between two holidays can be trusted: it is not when the dates of the holiday before it or
// after it are not verified, since wrong ones would move it into the holiday; nor in a stretch so long that a holiday is
// likely to be missing from the list; nor on a Friday after Ascension, for which no bridge was given.
func (b *dayBuilder) certain(d ent.Date) bool {
	before, sure := b.start.First, b.start.Verified
	var after ent.Date
	for i := range b.periods {
		p := &b.periods[i]
		switch {
		case p.Kind == PeriodBridge:
		case p.First.Before(d):
			if before.Before(p.Last) {
				before, sure = p.Last, p.Verified
			}
		case after.IsZero():
			after, sure = p.First, sure && p.Verified
		}
	}
	if before.IsZero() || after.IsZero() || number(after)-number(before) > longStretch {
		return false
	}
	h := b.holidays[d.AddDays(-1)]
	return sure && (h == nil || h.Name.FR != "Ascension" || d.Weekday() != time.Friday)
}

// change applies the local changes to a day whose half-days were open so far.
func (b *dayBuilder) change(day *Day, open Halves) {
	was := open.any()
	for i := range b.place.Overrides {
		o := &b.place.Overrides[i]
		if !o.holds(day.Date) {
			continue
		}
		changed := open
		switch o.Effect {
		case EffectClose:
			changed = open.set(o.Half, false)
		case EffectOpen:
			changed = open.set(o.Half, true)
		case EffectFollow:
			changed = b.place.Week[o.Follows]
			day.Timetable = o.Follows
		}
		// A closure of a day that has no lessons changes nothing, and says nothing.
		if changed != open || o.Effect == EffectFollow {
			open, day.override = changed, o
		}
	}
	day.Morning, day.Afternoon = open.Morning, open.Afternoon
	switch {
	case open.any() && !was:
		day.Kind, day.Verified = KindCatchUp, true
	case was && !open.any():
		day.Kind, day.Verified = KindClosed, true
	}
}

// Day is what one day is at a place.
type Day struct {
	Date ent.Date
	Year ent.SchoolYear
	Kind Kind
	// Morning and Afternoon say whether there are lessons.
	Morning, Afternoon bool
	// Timetable is the weekday whose timetable holds: the day's own, unless a local change says otherwise.
	Timetable time.Weekday
	// Verified is false when the answer rests on dates that were recalled or read at second hand: check the arrêté.
	Verified bool

	zone     Zone
	opens    ent.Date
	period   *Period
	holiday  *PublicHoliday
	override *Override
}

// HasLessons reports whether there are lessons, in one half of the day at least.
func (d Day) HasLessons() bool { return d.Morning || d.Afternoon }

// Open reports whether a half of the day has lessons; for the empty Half, whether one of them has.
func (d Day) Open(half Half) bool {
	switch half {
	case Morning:
		return d.Morning
	case Afternoon:
		return d.Afternoon
	}
	return d.HasLessons()
}

// HalfDays returns the number of half-days of lessons: 0, 1 or 2.
func (d Day) HalfDays() int { return Halves{d.Morning, d.Afternoon}.count() }

// Period returns the school holiday or the bridge that the day is in, even on a public holiday or a day that was opened.
func (d Day) Period() (Period, bool) {
	if d.period == nil {
		return Period{}, false
	}
	return *d.period, true
}

// PublicHoliday returns the public holiday of the day.
func (d Day) PublicHoliday() (PublicHoliday, bool) {
	if d.holiday == nil {
		return PublicHoliday{}, false
	}
	return *d.holiday, true
}

// Override returns the local change that made the day what it is.
func (d Day) Override() (Override, bool) {
	if d.override == nil {
		return Override{}, false
	}
	return *d.override, true
}

// Reason says in a sentence why the day is what it is, and that it must be checked when it is not verified.
func (d Day) Reason(lang ent.Lang) string {
	weekday := weekdayName(d.Date.Weekday(), lang)
	var s string
	switch d.Kind {
	case KindSchool:
		s = pick(lang, "Jour de classe : ", "School day: ") + weekday + ", " + Halves{d.Morning, d.Afternoon}.label(lang)
	case KindWednesday, KindDayOff:
		s = pick(lang, "Pas de classe le "+weekday+" dans cette semaine d'école", "No lessons on a "+weekday+" in this school week")
	case KindWeekend:
		s = pick(lang, "Fin de semaine : ", "Weekend: ") + weekday
	case KindPublicHoliday:
		s = pick(lang, "Jour férié : ", "Public holiday: ") + d.holiday.Name.In(lang)
	case KindBridge, KindHoliday:
		s = d.periodText(lang)
	case KindClosed:
		s = pick(lang, "Fermeture décidée sur place", "Closed by a local decision")
	case KindCatchUp:
		s = pick(lang, "Classe ajoutée par une décision locale : ", "Lessons added by a local decision: ") +
			weekday + ", " + Halves{d.Morning, d.Afternoon}.label(lang)
	}
	if d.override != nil {
		if d.override.Effect == EffectFollow {
			s += pick(lang, ", selon l'emploi du temps du ", ", with the timetable of ") + weekdayName(d.Timetable, lang)
		}
		if why := d.override.Reason.In(lang); why != "" {
			s += " (" + why + ")"
		}
	}
	s += "."
	if !d.Verified {
		s += pick(lang, " À vérifier : cette réponse repose sur des dates qui n'ont pas été confirmées par l'arrêté.",
			" To be checked: this answer rests on dates that were not confirmed by the arrêté.")
	}
	return s
}

// periodText names the holidays of the day, with their dates.
func (d Day) periodText(lang ent.Lang) string {
	if d.period == nil {
		return pick(lang, "Vacances d'été : la rentrée est le ", "Summer holidays: lessons begin on ") + d.opens.Format(lang)
	}
	p := d.period
	s := p.Label().In(lang) + " (" + p.Zone.Label() + ") : "
	if lang == ent.EN {
		s = p.Label().EN + " (" + p.Zone.Label() + "): "
	}
	if p.Last.IsZero() {
		return s + pick(lang, "à partir du ", "from ") + p.First.Format(lang)
	}
	return s + pick(lang, "du "+p.First.Format(lang)+" au "+p.Last.Format(lang), p.First.Format(lang)+" to "+p.Last.Format(lang))
}

// Place returns the place of the calendar.
func (c *Calendar) Place() Place {
	p := c.place
	p.Populations, p.Overrides = slices.Clone(p.Populations), slices.Clone(p.Overrides)
	return p
}

// number counts days from a far one, so that two dates a day apart differ by one (Hinnant, days_from_civil).
func number(d ent.Date) int {
	y, m := int(d.Year), int(d.Month)
	if m <= 2 {
		y--
		m += 12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + int(d.Day)
}

// find returns the segment of a day and its place in it, or the segment that comes after it and -1.
func (c *Calendar) find(n int) (seg, day int) {
	i := sort.Search(len(c.segments), func(i int) bool { return c.segments[i].end() > n })
	if i == len(c.segments) || n < c.segments[i].base {
		return i, -1
	}
	return i, n - c.segments[i].base
}

func (c *Calendar) at(d ent.Date) *Day {
	if d.IsZero() {
		return nil
	}
	i, j := c.find(number(d))
	if j < 0 {
		return nil
	}
	return &c.segments[i].days[j]
}

// Known reports whether the day is within the school years that are known for the place.
func (c *Calendar) Known(d ent.Date) bool { return c.at(d) != nil }

// Day returns what a day is. It returns CodeUnknownDate outside the known years: nothing is guessed.
func (c *Calendar) Day(d ent.Date) (Day, error) {
	if day := c.at(d); day != nil {
		return *day, nil
	}
	return Day{}, failDate(d)
}

// DayKind returns the kind of a day. It returns CodeUnknownDate outside the known years.
func (c *Calendar) DayKind(d ent.Date) (Kind, error) {
	if day := c.at(d); day != nil {
		return day.Kind, nil
	}
	return "", failDate(d)
}

// Open reports whether a half of a day has lessons; for the empty Half, whether one of them has. It returns
// CodeUnknownDate outside the known years.
func (c *Calendar) Open(d ent.Date, half Half) (bool, error) {
	if day := c.at(d); day != nil {
		return day.Open(half), nil
	}
	return false, failDate(d)
}

// Days ranges over the days from one to another, both included. It returns CodeRange when they are in the wrong order and
// CodeUnknownDate when one of the days between them is not known.
func (c *Calendar) Days(from, to ent.Date) (iter.Seq[Day], error) {
	first, last := c.at(from), c.at(to)
	switch {
	case first == nil:
		return nil, failDate(from)
	case last == nil:
		return nil, failDate(to)
	case to.Before(from):
		return nil, fail(CodeRange)
	}
	i, _ := c.find(number(from))
	j, _ := c.find(number(to))
	for k := i; k < j; k++ {
		if !c.joined(k) {
			end := &c.segments[k]
			return nil, failDate(end.days[len(end.days)-1].Date.AddDays(1))
		}
	}
	return func(yield func(Day) bool) {
		for k := i; k <= j; k++ {
			s := &c.segments[k]
			lo, hi := max(number(from)-s.base, 0), min(number(to)+1-s.base, len(s.days))
			for n := lo; n < hi; n++ {
				if !yield(s.days[n]) {
					return
				}
			}
		}
	}, nil
}

// joined reports whether the segment after i begins on the day after its end.
func (c *Calendar) joined(i int) bool {
	return i >= 0 && i+1 < len(c.segments) && c.segments[i].end() == c.segments[i+1].base
}

// SchoolDays ranges over the days of lessons from one day to another, both included. Its errors are those of
// [Calendar.Days].
func (c *Calendar) SchoolDays(from, to ent.Date) (iter.Seq[Day], error) {
	days, err := c.Days(from, to)
	if err != nil {
		return nil, err
	}
	return func(yield func(Day) bool) {
		for d := range days {
			if d.HasLessons() && !yield(d) {
				return
			}
		}
	}, nil
}

// AddSchoolDays returns the n-th day of lessons after a day, before it when n is negative, the day itself when n is 0. A
// deadline "two school days before" is AddSchoolDays(day, -2). It returns CodeUnknownDate when the day, or a day on the
// way, is not known.
func (c *Calendar) AddSchoolDays(d ent.Date, n int) (ent.Date, error) {
	if d.IsZero() {
		return ent.Date{}, failDate(d)
	}
	i, j := c.find(number(d))
	if j < 0 {
		return ent.Date{}, failDate(d)
	}
	step := 1
	if n < 0 {
		step = -1
	}
	day := &c.segments[i].days[j]
	for n != 0 {
		j += step
		if j < 0 || j >= len(c.segments[i].days) {
			if step > 0 && !c.joined(i) || step < 0 && !c.joined(i-1) {
				return ent.Date{}, failDate(day.Date.AddDays(step))
			}
			i += step
			j = 0
			if step < 0 {
				j = len(c.segments[i].days) - 1
			}
		}
		day = &c.segments[i].days[j]
		if day.HasLessons() {
			n -= step
		}
	}
	return day.Date, nil
}

// NextSchoolDay returns the first day of lessons on a day or after it: the return from the holidays for one of their
// days. It returns CodeUnknownDate when there is none that is known.
func (c *Calendar) NextSchoolDay(d ent.Date) (ent.Date, error) {
	if day := c.at(d); day != nil && day.HasLessons() {
		return d, nil
	}
	return c.AddSchoolDays(d, 1)
}

// SchoolYears returns the school years that are known for the place.
func (c *Calendar) SchoolYears() []ent.SchoolYear {
	out := make([]ent.SchoolYear, len(c.segments))
	for i := range c.segments {
		out[i] = c.segments[i].year
	}
	return out
}

// Range returns the first and the last known day of a school year. It returns CodeUnknownYear for a year that is not
// known.
func (c *Calendar) Range(year ent.SchoolYear) (from, to ent.Date, err error) {
	s, err := c.year(year)
	if err != nil {
		return ent.Date{}, ent.Date{}, err
	}
	return s.days[0].Date, s.days[len(s.days)-1].Date, nil
}

func (c *Calendar) year(year ent.SchoolYear) (*segment, error) {
	for i := range c.segments {
		if c.segments[i].year == year {
			return &c.segments[i], nil
		}
	}
	return nil, fail(CodeUnknownYear, ent.CodeOf("year", year.String()))
}

// taught returns a school year whose first day of lessons is known.
func (c *Calendar) taught(year ent.SchoolYear) (*segment, error) {
	s, err := c.year(year)
	if err == nil && s.first.IsZero() {
		return nil, fail(CodeNoFirstDay, ent.CodeOf("year", year.String()))
	}
	return s, err
}

// Periods returns the holidays and bridges of a school year that hold at the place, in order. It returns CodeUnknownYear
// for a year that is not known.
func (c *Calendar) Periods(year ent.SchoolYear) ([]Period, error) {
	if _, err := c.year(year); err != nil {
		return nil, err
	}
	return filter(c.periods, func(p Period) bool { return p.Year == year }), nil
}

// Unverified returns the periods of the place whose dates are not verified, in order.
func (c *Calendar) Unverified() []Period {
	return filter(c.periods, func(p Period) bool { return !p.Verified })
}

// FirstDay returns the first day of lessons of a school year at the place: that of the text, or the next one when the
// place has no lessons on it. It returns CodeUnknownYear, or CodeNoFirstDay when the text's is not known.
func (c *Calendar) FirstDay(year ent.SchoolYear) (ent.Date, error) {
	s, err := c.taught(year)
	if err != nil {
		return ent.Date{}, err
	}
	for i := range s.days {
		if s.days[i].HasLessons() {
			return s.days[i].Date, nil
		}
	}
	return ent.Date{}, fail(CodeNoFirstDay, ent.CodeOf("year", year.String()))
}

// LastDay returns the last day of lessons of a school year at the place. Its errors are those of [Calendar.FirstDay].
func (c *Calendar) LastDay(year ent.SchoolYear) (ent.Date, error) {
	s, err := c.taught(year)
	if err != nil {
		return ent.Date{}, err
	}
	for _, d := range slices.Backward(s.days) {
		if d.HasLessons() {
			return d.Date, nil
		}
	}
	return ent.Date{}, fail(CodeNoFirstDay, ent.CodeOf("year", year.String()))
}

// TaughtWeek is a week with at least one day of lessons.
type TaughtWeek struct {
	// Monday names the week, even where the year begins on a Tuesday.
	Monday ent.Date
	// Rank counts the taught weeks of the year from 1.
	Rank int
	// ISOYear and ISOWeek number the week by ISO 8601.
	ISOYear, ISOWeek int
	// Days and HalfDays count the lessons of the week.
	Days, HalfDays int
}

// TaughtWeeks returns the weeks of a school year that have lessons, in order. Its errors are those of
// [Calendar.FirstDay].
func (c *Calendar) TaughtWeeks(year ent.SchoolYear) ([]TaughtWeek, error) {
	s, err := c.taught(year)
	if err != nil {
		return nil, err
	}
	var out []TaughtWeek
	for i := range s.days {
		d := &s.days[i]
		if !d.HasLessons() {
			continue
		}
		m := monday(d.Date)
		if len(out) == 0 || out[len(out)-1].Monday != m {
			y, w := isoWeek(m)
			out = append(out, TaughtWeek{Monday: m, Rank: len(out) + 1, ISOYear: y, ISOWeek: w})
		}
		last := &out[len(out)-1]
		last.Days++
		last.HalfDays += d.HalfDays()
	}
	return out, nil
}
