package directory

import (
	"github.com/opencartable/cartable/ent"
)

// Population is the people of one profile in one establishment, and how many of them a complete feed no longer holds. An
// empty establishment stands for those who have none.
type Population struct {
	Establishment ent.ID
	Profile       ent.Profile
	Known         int
	Vanished      int
	// FinalYear of the known are pupils in the last year of their school, and Leavers of the vanished: see FinalYear.
	FinalYear int
	Leavers   int
	// Named of the vanished are persons whom the feed still names: see Feed.Named.
	Named int
}

// Guard refuses a mass disappearance: a lost file looks like thousands of departures. Zero fields take the defaults.
type Guard struct {
	// AnyPercent refuses when more than that share vanishes from any set; default 30.
	AnyPercent int
	// ManyPercent and Many refuse when more than that share, and at least that many persons, vanish; default 10 and 20. A
	// delivery that asks for removals by name (a Delta) is refused from Many on.
	ManyPercent int
	Many        int
	// Named refuses when at least that many persons have vanished whom the feed still names, all populations together;
	// default 20.
	Named int
	// Summer is the transition from one school year to the next.
	Summer Summer
	// Consent, when set, says that somebody confirmed the disappearance from a population.
	Consent func(Population) bool
}

// Summer loosens the guard between two school years, when people leave by design: pupils in the last year of their school
// and their relatives, staff who change posts. Who leaves for another reason is guarded as in winter. Zero fields take the
// defaults.
type Summer struct {
	// From and To are the first and the last day, as month and day, both included; 1 July and 31 October.
	From, To MonthDay
	// StaffPercent and StaffMany are for staff what AnyPercent is in winter: more than that share and at least that many;
	// default 50 and 5, since two heads of three may change posts. RelativePercent is what share of relatives may vanish
	// beside those of the leavers; default 30.
	StaffPercent    int
	StaffMany       int
	RelativePercent int
	// AllStaffPercent and AllStaffMany are for the staff of the whole feed, all establishments together: more than that share
	// and at least that many is a file that was lost, however it is spread over the schools; default 25 and 20.
	AllStaffPercent int
	AllStaffMany    int
	// Never leaves the guard as it is all the year.
	Never bool
}

// MonthDay is a day of any year.
type MonthDay struct{ Month, Day uint8 }

func (m MonthDay) ordinal() int { return int(m.Month)<<5 | int(m.Day) }

func (g Guard) orDefaults() Guard {
	if g.AnyPercent == 0 {
		g.AnyPercent = 30
	}
	if g.ManyPercent == 0 {
		g.ManyPercent = 10
	}
	if g.Many == 0 {
		g.Many = 20
	}
	if g.Named == 0 {
		g.Named = 20
	}
	s := &g.Summer
	if s.From == (MonthDay{}) {
		s.From = MonthDay{7, 1}
	}
	if s.To == (MonthDay{}) {
		s.To = MonthDay{10, 31}
	}
	if s.StaffPercent == 0 {
		s.StaffPercent = 50
	}
	if s.StaffMany == 0 {
		s.StaffMany = 5
	}
	if s.RelativePercent == 0 {
		s.RelativePercent = 30
	}
	if s.AllStaffPercent == 0 {
		s.AllStaffPercent = 25
	}
	if s.AllStaffMany == 0 {
		s.AllStaffMany = 20
	}
	return g
}

// holds reports whether a day is in the transition.
func (s Summer) holds(d ent.Date) bool {
	if s.Never || d.IsZero() {
		return false
	}
	n := MonthDay{d.Month, d.Day}.ordinal()
	if s.From.ordinal() <= s.To.ordinal() {
		return s.From.ordinal() <= n && n <= s.To.ordinal()
	}
	return n >= s.From.ordinal() || n <= s.To.ordinal()
}

// Check returns an issue per population from which too many have vanished, nil when the feed may be applied.
func (g Guard) Check(populations []Population) ent.Issues { return g.CheckOn(populations, ent.Date{}) }

// CheckOn is Check on a day, which may fall into the transition between two school years.
func (g Guard) CheckOn(populations []Population, today ent.Date) ent.Issues {
	g = g.orDefaults()
	summer := g.Summer.holds(today)
	leaving := map[ent.ID]Population{}
	named := 0
	staff := Population{}
	for _, p := range populations {
		named += p.Named
		if p.Profile != ent.ProfilePupil && p.Profile != ent.ProfileRelative {
			staff.Known += p.Known
			staff.Vanished += p.Vanished
		}
	}
	chunk := staff.Vanished >= g.Summer.AllStaffMany && 100*staff.Vanished > g.Summer.AllStaffPercent*staff.Known
	if summer {
		for _, p := range populations {
			if p.Profile == ent.ProfilePupil {
				leaving[p.Establishment] = p
			}
		}
	}
	var out ent.Issues
	for _, p := range populations {
		refused := g.refuses(p.Known, p.Vanished)
		if summer {
			refused = g.refusesInSummer(p, leaving[p.Establishment])
			if p.Profile != ent.ProfilePupil && p.Profile != ent.ProfileRelative {
				refused = refused || chunk && p.Vanished > 0
			}
		}
		lost := named >= g.Named && p.Named > 0
		if !refused && !lost || g.Consent != nil && g.Consent(p) {
			continue
		}
		if lost {
			out = append(out, catalog().New(CodeNamed, ent.Pos{Record: string(p.Establishment)}, "$",
				ent.Count("named", int64(p.Named)), ent.Count("known", int64(p.Known)), ent.CodeOf("profile", p.Profile.Short())))
		}
		if !refused {
			continue
		}
		out = append(out, catalog().New(CodeGuard, ent.Pos{Record: string(p.Establishment)}, "$",
			ent.Count("vanished", int64(p.Vanished)), ent.Count("known", int64(p.Known)), ent.CodeOf("profile", p.Profile.Short())))
	}
	return out
}

func (g Guard) refuses(known, vanished int) bool {
	share := 100 * vanished
	return share > g.AnyPercent*known || share > g.ManyPercent*known && vanished >= g.Many
}

func (g Guard) refusesInSummer(p, pupils Population) bool {
	switch p.Profile {
	case ent.ProfilePupil:
		return g.refuses(p.Known-p.FinalYear, p.Vanished-p.Leavers)
	case ent.ProfileRelative:
		// As many relatives as pupils leave, in proportion: whose they are is not looked up.
		expected := 0
		if pupils.Known > 0 {
			expected = (p.Known*pupils.Leavers + pupils.Known - 1) / pupils.Known
		}
		return 100*max(p.Vanished-expected, 0) > g.Summer.RelativePercent*max(p.Known-expected, 0)
	default: // staff
		return p.Vanished >= g.Summer.StaffMany && 100*p.Vanished > g.Summer.StaffPercent*p.Known
	}
}
