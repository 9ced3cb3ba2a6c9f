package directory

import (
	"github.com/opencartable/cartable/ent"
)

// Population is the people of one profile in one establishment, and how many of them a complete feed no longer holds. An
// empty establishment stands for the whole feed.
type Population struct {
	Establishment ent.ID
	Profile       ent.Profile
	Known         int
	Vanished      int
}

// Guard refuses a mass disappearance: a lost file looks like thousands of departures. Zero fields take the defaults.
type Guard struct {
	// AnyPercent refuses when more than that share vanishes from any set; default 30.
	AnyPercent int
	// ManyPercent and Many refuse when more than that share, and at least that many persons, vanish; default 10 and 20.
	ManyPercent int
	Many        int
	// Consent, when set, says that somebody confirmed the disappearance from a population.
	Consent func(Population) bool
}

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
	return g
}

// Check returns an issue per population from which too many have vanished, nil when the feed may be applied.
func (g Guard) Check(populations []Population) ent.Issues {
	g = g.orDefaults()
	var out ent.Issues
	for _, p := range populations {
		if !g.refuses(p) || g.Consent != nil && g.Consent(p) {
			continue
		}
		out = append(out, catalog().New(CodeGuard, ent.Pos{Record: string(p.Establishment)}, "$",
			ent.Count("vanished", int64(p.Vanished)), ent.Count("known", int64(p.Known)), ent.CodeOf("profile", p.Profile.Short())))
	}
	return out
}

func (g Guard) refuses(p Population) bool {
	share := 100 * p.Vanished
	return share > g.AnyPercent*p.Known || share > g.ManyPercent*p.Known && p.Vanished >= g.Many
}
