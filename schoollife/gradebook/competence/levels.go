package competence

import (
	"fmt"
	"log/slog"
	"math/big"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Choice says which level a competence has when it was evaluated several times in the period.
type Choice string

// The choices.
const (
	ChoiceMean Choice = "mean"
	ChoiceMax  Choice = "max"
)

// Competence is what a pupil got for a competence in a period. It is personal data: logs redact it.
type Competence struct {
	ID ent.ID
	// Domains are those it is attached to. In each of them it counts once, however often it is attached.
	Domains []ent.ID
	// Codes are those of the results; what is no level of the scale does not count.
	Codes []string
	// Manual is the code of a level set by hand, which replaces what the results give.
	Manual string
}

// LogValue shows the identifier only.
func (c Competence) LogValue() slog.Value { return slog.GroupValue(slog.String("id", string(c.ID))) }

// LevelRule says how levels become a position, as data.
type LevelRule struct {
	Scale  Scale
	Choice Choice
	// Levels converts a level, or the mean of several, to a position.
	Levels Table
	// Positions converts a mean of positions to a position, for domains.
	Positions Table
}

// NearestPosition is the rule of the LSU's own four levels: the mean or the maximum of each competence, and the nearest
// position, a half upward. No national rule says so.
func NearestPosition(c Choice) LevelRule {
	return LevelRule{Scale: OneToFour(), Choice: c, Levels: PositionsFromMeanLevel(), Positions: PositionsFromMeanLevel()}
}

// Check returns what is wrong with the rule.
func (r LevelRule) Check() ent.Issues {
	out := under("$.scale", r.Scale.Check())
	switch r.Choice {
	case ChoiceMean, ChoiceMax:
	default:
		out = append(out, issue(CodeMethod, "$.choice"))
	}
	for _, x := range []struct {
		path  string
		table *Table
	}{{"$.levels", &r.Levels}, {"$.positions", &r.Positions}} {
		found := under(x.path, x.table.Check())
		if found == nil && x.table.Target != TargetPosition {
			found = ent.Issues{fieldIssue(CodeTable, x.path+".target", "target")}
		}
		// What it converts is a mean, which falls on no step.
		if found == nil && x.table.Bounds != BoundsHalfOpen {
			found = ent.Issues{fieldIssue(CodeTable, x.path+".bounds", "bounds")}
		}
		out = append(out, found...)
	}
	if out == nil {
		out = r.checkRange()
	}
	return out
}

// checkRange returns the tables that do not hold what they will convert: the levels of the scale, the positions.
func (r *LevelRule) checkRange() ent.Issues {
	var out ent.Issues
	lowest, highest := r.Scale.Levels[0].Value, r.Scale.Levels[len(r.Scale.Levels)-1].Value
	if lowest.LessThan(r.Levels.Min) || highest.GreaterThan(r.Levels.Max) {
		out = append(out, issue(CodeOutside, "$.levels"))
	}
	bands := r.Levels.Bands
	if bands[0].Value.LessThan(r.Positions.Min) || bands[len(bands)-1].Value.GreaterThan(r.Positions.Max) {
		out = append(out, issue(CodeOutside, "$.positions"))
	}
	return out
}

// under puts the issues of a part under its path.
func under(path string, issues ent.Issues) ent.Issues {
	for i := range issues {
		issues[i].Path = path + issues[i].Path[1:]
	}
	return issues
}

// Placement is the position of a pupil in a subject or a domain. It is personal data: logs redact it.
type Placement struct {
	// Position is missing when no competence counts and none was set by hand.
	Position Position
	// Manual says that it was set by hand.
	Manual bool
	// Counted is how many competences made it.
	Counted int
	Issues  ent.Issues
}

// LogValue hides the placement.
func (p Placement) LogValue() slog.Value { return redacted() }

// Level returns the level of a pupil for one competence: the mean or the maximum of its results, or what was set by hand. It
// is not rounded; a quotient that does not end is written with 12 decimals.
func (r LevelRule) Level(c Competence) (Figure, error) {
	f, _, err := r.one(&c, "", nil)
	return f, err
}

// ExplainLevel returns the level and how it was reached.
func (r LevelRule) ExplainLevel(c Competence, owner ent.ID) (Figure, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Figure, bool, error) { return r.one(&c, owner, t) })
}

func (r *LevelRule) one(c *Competence, owner ent.ID, t *ent.Trace) (Figure, bool, error) {
	if err := append(r.Check(), r.checkCompetences([]Competence{*c})...).Err(); err != nil {
		return Figure{}, false, fmt.Errorf("competence: %w", err)
	}
	var p Placement
	v := r.level(c, 0, &p, owner, t)
	if v == nil {
		return Figure{Issues: append(p.Issues, issue(CodeNoResult, "$.competences[0]"))}, false, nil
	}
	return Figure{Value: Known(ent.Written(v)), Issues: p.Issues}, true, nil
}

// Subject returns the position of a pupil in a subject: the conversion of the mean of the levels of its competences. A
// manual position, not PositionMissing, wins.
func (r LevelRule) Subject(cs []Competence, manual Position) (Placement, error) {
	p, _, err := r.place(cs, manual, nil, "", nil)
	return p, err
}

// ExplainSubject returns the position and how it was reached.
func (r LevelRule) ExplainSubject(cs []Competence, manual Position, owner ent.ID) (Placement, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Placement, bool, error) { return r.place(cs, manual, nil, owner, t) })
}

// Domain returns the position of a pupil in a domain, given with its sub-domains: each competence attached to one of them
// is converted to a position, and so is the mean of these positions. A competence attached to several of them, or twice to
// one, counts once. A manual position, not PositionMissing, wins.
func (r LevelRule) Domain(domains []ent.ID, cs []Competence, manual Position) (Placement, error) {
	p, _, err := r.place(cs, manual, &domains, "", nil)
	return p, err
}

// ExplainDomain returns the position and how it was reached.
func (r LevelRule) ExplainDomain(domains []ent.ID, cs []Competence, manual Position, owner ent.ID) (Placement, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Placement, bool, error) { return r.place(cs, manual, &domains, owner, t) })
}

// place is the one path of a subject (no domains) and of a domain.
func (r *LevelRule) place(cs []Competence, manual Position, domains *[]ent.ID, owner ent.ID, t *ent.Trace) (Placement, bool, error) {
	issues := append(r.Check(), r.checkCompetences(cs)...)
	if manual != PositionMissing && !manual.Level() {
		issues = append(issues, issue(CodePosition, "$.manual"))
	}
	if domains != nil && len(*domains) > maxList {
		issues = append(issues, issue(CodeSize, "$.domains", ent.Count("max", maxList)))
	}
	if err := issues.Err(); err != nil {
		return Placement{}, false, fmt.Errorf("competence: %w", err)
	}
	var out Placement
	computed, err := r.computed(cs, domains, &out, owner, t)
	if err != nil {
		return Placement{}, false, err
	}
	if manual == PositionMissing {
		if computed == PositionMissing {
			out.Issues = append(out.Issues, issue(CodeNoResult, "$.competences"))
		}
		out.Position = computed
		return out, computed != PositionMissing, nil
	}
	out.Position, out.Manual = manual, true
	out.Issues = append(out.Issues, issue(CodeManual, "$.manual"))
	if t != nil {
		n, _ := manual.Number()
		operands := 1
		if computed != PositionMissing {
			operands++
		}
		v := ratOf(n)
		t.Push(given(owner, ent.Written(v), "", label("positionnement fixé à la main", "position set by hand")))
		step := made(owner, ent.OpChoose, v, "", label("la valeur fixée à la main l'emporte", "the value set by hand wins"), "")
		step.Chosen = operands - 1
		t.Fold(operands, step)
	}
	return out, true, nil
}

// checkCompetences returns the competences given twice, and the manual levels that are none.
func (r *LevelRule) checkCompetences(cs []Competence) ent.Issues {
	if len(cs) > maxList {
		return ent.Issues{issue(CodeSize, "$.competences", ent.Count("max", maxList))}
	}
	var out ent.Issues
	seen := make(map[ent.ID]bool, len(cs))
	for i, c := range cs {
		at := fmt.Sprintf("$.competences[%d]", i)
		if seen[c.ID] {
			out = append(out, issue(CodeTwice, at+".id"))
		}
		seen[c.ID] = true
		if len(c.Codes) > maxList || len(c.Domains) > maxList {
			out = append(out, issue(CodeSize, at, ent.Count("max", maxList)))
		}
		if _, ok := r.Scale.Level(c.Manual); c.Manual != "" && !ok {
			out = append(out, issue(CodeLevel, at+".manual"))
		}
	}
	return out
}

// computed returns the position that the competences give, PositionMissing when none counts.
func (r *LevelRule) computed(cs []Competence, domains *[]ent.ID, out *Placement, owner ent.ID, t *ent.Trace) (Position, error) {
	var values []*big.Rat
	for i := range cs {
		if domains != nil && !slices.ContainsFunc(cs[i].Domains, func(d ent.ID) bool { return slices.Contains(*domains, d) }) {
			continue
		}
		v := r.level(&cs[i], i, out, owner, t)
		if v == nil {
			continue
		}
		if domains != nil {
			at, err := r.Levels.find(v)
			if err != nil {
				return PositionMissing, err
			}
			r.Levels.choose(at, owner, t)
			v = r.Levels.Bands[at].Value.Rat()
		}
		values = append(values, v)
	}
	out.Counted = len(values)
	if len(values) == 0 {
		return PositionMissing, nil
	}
	table := &r.Levels
	if domains != nil {
		table = &r.Positions
	}
	at, err := table.find(plainMean(values, "", "", owner, t))
	if err != nil {
		return PositionMissing, err
	}
	table.choose(at, owner, t)
	return Position(table.Bands[at].Code), nil
}

// level returns the level of a competence, nil when nothing counts. With a trace, it leaves one step.
func (r *LevelRule) level(c *Competence, i int, out *Placement, owner ent.ID, t *ent.Trace) *big.Rat {
	unknown := 0
	var values []*big.Rat
	for _, code := range c.Codes {
		l, ok := r.Scale.Level(code)
		if !ok {
			if _, known := r.Scale.Status(code); !known {
				unknown++
			}
			continue
		}
		if c.Manual != "" {
			continue
		}
		values = append(values, l.Value.Rat())
		if t != nil {
			t.Push(given(owner, l.Value, "", label("niveau {code}", "level {code}"), ent.CodeOf("code", l.Code)))
		}
	}
	if unknown > 0 {
		out.Issues = append(out.Issues, issue(CodeStatus, fmt.Sprintf("$.competences[%d].codes", i), ent.CodeOf("code", ""), ent.Count("count", int64(unknown))))
	}
	if c.Manual != "" {
		l, _ := r.Scale.Level(c.Manual)
		out.Issues = append(out.Issues, issue(CodeManual, fmt.Sprintf("$.competences[%d].manual", i)))
		if t != nil {
			t.Push(given(owner, l.Value, "", label("niveau {code}, fixé à la main", "level {code}, set by hand"), ent.CodeOf("code", l.Code)))
		}
		return l.Value.Rat()
	}
	if len(values) == 0 {
		return nil
	}
	if r.Choice == ChoiceMean {
		return plainMean(values, "", "", owner, t)
	}
	best := values[0]
	for _, v := range values {
		if v.Cmp(best) > 0 {
			best = v
		}
	}
	if t != nil {
		t.Fold(len(values), made(owner, ent.OpMax, best, "", label("le meilleur niveau", "the best level"), ""))
	}
	return best
}
