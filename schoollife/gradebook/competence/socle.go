package competence

import (
	"fmt"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Component is one of the eight components of the common base (socle commun) that the LSU has positions for.
type Component string

// The components, in the order of the LSU.
const (
	ComponentFrench    Component = "CPD_FRA"
	ComponentForeign   Component = "CPD_ETR"
	ComponentScience   Component = "CPD_SCI"
	ComponentArts      Component = "CPD_ART"
	ComponentMethods   Component = "MET_APP"
	ComponentCitizen   Component = "FRM_CIT"
	ComponentNature    Component = "SYS_NAT"
	ComponentHumankind Component = "REP_MND"
)

// Components returns the eight components in the order of the LSU.
func Components() []Component {
	return []Component{
		ComponentFrench, ComponentForeign, ComponentScience, ComponentArts, ComponentMethods, ComponentCitizen, ComponentNature,
		ComponentHumankind,
	}
}

// Known reports whether the component is one of the eight.
func (c Component) Known() bool { return c.label().FR != "" }

// Label returns the component in words, in French as the code list of the LSU writes it; an unknown one as it is.
func (c Component) Label(lang ent.Lang) string {
	if l := c.label(); l.FR != "" {
		return l.In(lang)
	}
	return string(c)
}

func (c Component) label() ent.Label {
	switch c {
	case ComponentFrench:
		return label("Comprendre, s'exprimer en utilisant la langue française à l'oral et à l'écrit", "Understanding and expressing oneself in French, spoken and written")
	case ComponentForeign:
		return label("Comprendre, s'exprimer en utilisant une langue étrangère et, le cas échéant, une langue régionale", "Understanding and expressing oneself in a foreign language and, where relevant, a regional one")
	case ComponentScience:
		return label("Comprendre, s'exprimer en utilisant les langages mathématiques, scientifiques et informatiques", "Understanding and expressing oneself in the languages of mathematics, science and computing")
	case ComponentArts:
		return label("Comprendre, s'exprimer en utilisant les langages des arts et du corps", "Understanding and expressing oneself in the languages of the arts and of the body")
	case ComponentMethods:
		return label("Les méthodes et outils pour apprendre", "Methods and tools for learning")
	case ComponentCitizen:
		return label("La formation de la personne et du citoyen", "The growth of the person and the citizen")
	case ComponentNature:
		return label("Les systèmes naturels et les systèmes techniques", "Natural and technical systems")
	case ComponentHumankind:
		return label("Les représentations du monde et l'activité humaine", "Representations of the world and human activity")
	}
	return ent.Label{}
}

// SoclePosition is the position of a pupil on a component: 1 to 4, or 0 for a dispensation. It is personal data: logs
// redact it.
type SoclePosition struct {
	Component Component
	Position  Position
}

// LogValue hides the position.
func (p SoclePosition) LogValue() slog.Value { return redacted() }

// CheckSocle returns what keeps the positions of a pupil from being a whole common base, as the end-of-cycle report wants
// it: each of the eight components once, with a position. A dispensation on another component than the foreign language
// is a warning: the schema accepts it.
func CheckSocle(ps []SoclePosition) ent.Issues {
	if len(ps) > maxList {
		return ent.Issues{issue(CodeSize, "$", ent.Count("max", maxList))}
	}
	var out ent.Issues
	have := map[Component]bool{}
	for i, p := range ps {
		at := fmt.Sprintf("$[%d]", i)
		_, ok := p.Position.Number()
		switch {
		case !p.Component.Known():
			out = append(out, issue(CodeComponent, at+".component", ent.CodeOf("code", string(p.Component))))
			continue
		case have[p.Component]:
			out = append(out, issue(CodeTwice, at+".component"))
			continue
		case p.Position == PositionMissing:
			continue // said below
		case !ok:
			out = append(out, issue(CodePosition, at+".position"))
		case p.Position == PositionDispensed && p.Component != ComponentForeign:
			out = append(out, issue(CodeDispensed, at+".position", ent.CodeOf("code", string(p.Component))))
		}
		have[p.Component] = true
	}
	for _, c := range Components() {
		if !have[c] {
			out = append(out, issue(CodeComponentMissing, "$", ent.CodeOf("code", string(c))))
		}
	}
	return out
}

// ComponentPercent returns the percentage of a component from the states of its items: Σ number × value of the state by
// the number of items evaluated, rounded half up to an integer. The codes of the tallies are those of the table of states;
// items not evaluated stand in none. What a state is worth was confirmed by no text, which the issues say.
func ComponentPercent(states Table, tallies []CodeTally) (Figure, error) {
	f, _, err := componentPercent(&states, tallies, "", nil)
	return f, err
}

// ExplainComponentPercent returns the percentage of a pupil and how it was reached.
func ExplainComponentPercent(states Table, tallies []CodeTally, owner ent.ID) (Figure, ent.Explanation, error) {
	return explained(owner, func(t *ent.Trace) (Figure, bool, error) { return componentPercent(&states, tallies, owner, t) })
}

func componentPercent(states *Table, tallies []CodeTally, owner ent.ID, t *ent.Trace) (Figure, bool, error) {
	counts, issues := stateCounts(states, tallies)
	if err := issues.Err(); err != nil {
		return Figure{}, false, fmt.Errorf("competence: %w", err)
	}
	evaluated := 0
	for _, n := range counts {
		evaluated += n
	}
	if evaluated == 0 {
		return Figure{Issues: ent.Issues{issue(CodeNoResult, "$.tallies")}}, false, nil
	}
	out := Figure{Issues: ent.Issues{unverified("value-of-states")}}
	sum := new(big.Rat)
	for i, b := range states.Bands {
		product := new(big.Rat).Mul(ratOf(counts[i]), b.Value.Rat())
		sum.Add(sum, product)
		if t != nil {
			t.Push(given(owner, decimal.NewFromInt(int64(counts[i])), "", label("items {code}", "items {code}"), ent.CodeOf("code", b.Code)))
			t.Push(given("", b.Value, percent, label("valeur de l'état", "value of the state")))
			t.Fold(2, made(owner, ent.OpProduct, product, "", label("nombre × valeur", "number × value"), ""))
		}
	}
	exact := new(big.Rat).Quo(sum, ratOf(evaluated))
	value, err := rounded(exact, integer())
	if err != nil {
		return Figure{}, false, err
	}
	if t != nil {
		t.Fold(len(states.Bands), made(owner, ent.OpSum, sum, "", label("somme", "sum"), ""))
		for i, b := range states.Bands {
			t.Push(given(owner, decimal.NewFromInt(int64(counts[i])), "", label("items {code}", "items {code}"), ent.CodeOf("code", b.Code)))
		}
		t.Fold(len(counts), made(owner, ent.OpSum, ratOf(evaluated), "", label("items évalués", "items evaluated"), ""))
		t.Fold(2, made(owner, ent.OpQuotient, exact, percent, label("pourcentage avant arrondi", "percentage before rounding"), ""))
		t.Fold(1, roundStep(owner, value, integer(), percent, label("pourcentage de la composante", "percentage of the component"), states.Source))
	}
	out.Value = Known(value)
	return out, true, nil
}

// stateCounts returns how many items each state of the table has.
func stateCounts(states *Table, tallies []CodeTally) ([]int, ent.Issues) {
	issues := under("$.states", states.Check())
	if issues == nil && states.Target != TargetState {
		issues = ent.Issues{fieldIssue(CodeTable, "$.states.target", "target")}
	}
	hundred := decimal.New(100, 0)
	counts := make([]int, len(states.Bands))
	for i, b := range states.Bands {
		if b.Value.Sign() < 0 || inLimits(b.Value) && b.Value.GreaterThan(hundred) {
			issues = append(issues, fieldIssue(CodeNumber, fmt.Sprintf("$.states.bands[%d].value", i), "value"))
		}
	}
	seen := map[string]bool{}
	for i, x := range tallies {
		at := fmt.Sprintf("$.tallies[%d]", i)
		if x.Count < 0 || x.Count > maxList {
			issues = append(issues, issue(CodeCount, at+".count"))
			continue
		}
		if seen[x.Code] {
			issues = append(issues, issue(CodeTwice, at+".code"))
			continue
		}
		seen[x.Code] = true
		found := false
		for j, b := range states.Bands {
			if b.Code == x.Code {
				counts[j], found = x.Count, true
			}
		}
		if !found {
			issues = append(issues, fieldIssue(CodeTable, at+".code", "code"))
		}
	}
	return counts, issues
}
