package bulletin

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// basisFormat names the form of what is hashed: another form would give other hashes.
const basisFormat = "cartable.bulletin-inputs/1"

// basisOf keeps of an input what the bulletins of some periods are computed from, in an order of its own: a later period, a
// comment or the date of a publication changes nothing. Days of members beyond the periods go, and so does who came after.
func basisOf(in *gradebook.Input, periods []gradebook.Period) gradebook.Input {
	used := map[ent.ID]bool{}
	first, last := periods[0].Start, periods[0].End
	for _, p := range periods {
		used[p.ID] = true
		if p.Start.Before(first) {
			first = p.Start
		}
		if last.Before(p.End) {
			last = p.End
		}
	}
	out := gradebook.Input{Periods: periods, Teachings: in.Teachings}
	for _, c := range in.Containers {
		if c.Period == "" || used[c.Period] {
			out.Containers = append(out.Containers, c)
		}
	}
	known := map[ent.ID]bool{}
	for _, a := range in.Assessments {
		if !used[a.Period] {
			continue
		}
		known[a.ID] = true
		a.Published, a.Competences = ent.Date{}, nil
		out.Assessments = append(out.Assessments, a)
	}
	for _, m := range in.Marks {
		if known[m.Assessment] && !m.Result.Empty() {
			m.Comment = ""
			out.Marks = append(out.Marks, m)
		}
	}
	for _, f := range in.Finals {
		if used[f.Period] {
			out.Finals = append(out.Finals, f)
		}
	}
	out.Members = clipped(in.Members, first, last)
	out.Coefficients = slices.Clone(in.Coefficients)
	slices.SortStableFunc(out.Containers, func(a, b gradebook.Container) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(out.Assessments, func(a, b gradebook.Assessment) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(out.Marks, func(a, b gradebook.Mark) int {
		return cmp.Or(cmp.Compare(a.Assessment, b.Assessment), cmp.Compare(a.Pupil, b.Pupil))
	})
	slices.SortStableFunc(out.Finals, func(a, b gradebook.Final) int {
		return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.Teaching, b.Teaching), cmp.Compare(a.Pupil, b.Pupil))
	})
	slices.SortStableFunc(out.Coefficients, func(a, b gradebook.PupilCoefficient) int {
		return cmp.Or(cmp.Compare(a.Teaching, b.Teaching), cmp.Compare(a.Pupil, b.Pupil))
	})
	return out
}

// clipped keeps members as far as some days tell. A set does not lose its last member: without any, whoever has a mark in
// it would be in it.
func clipped(list []gradebook.Member, first, last ent.Date) []gradebook.Member {
	set := func(m gradebook.Member) ent.ID { return cmp.Or(m.Class, m.Group) }
	var out, outside []gradebook.Member
	kept := map[ent.ID]bool{}
	for _, m := range list {
		if !last.IsZero() && !m.From.IsZero() && last.Before(m.From) || !first.IsZero() && !m.To.IsZero() && m.To.Before(first) {
			outside = append(outside, m)
			continue
		}
		if !first.IsZero() && !first.Before(m.From) {
			m.From = ent.Date{}
		}
		if !last.IsZero() && !m.To.Before(last) {
			m.To = ent.Date{}
		}
		kept[set(m)] = true
		out = append(out, m)
	}
	for _, m := range outside {
		if !kept[set(m)] {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b gradebook.Member) int {
		return cmp.Or(cmp.Compare(set(a), set(b)), cmp.Compare(a.Pupil, b.Pupil), a.From.Compare(b.From))
	})
	return out
}

// exact writes a number in one form only: "12.5" for 12.50.
func exact(d decimal.Decimal) string {
	s := ent.NumberText(d)
	if strings.Contains(s, ".") {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// Types with a number write it through exact: the writing of package decimal depends on a setting of the program.
type (
	boxJSON struct {
		Rule     gradebook.ContainerRule `json:"rule,omitempty"`
		Rounding *ent.Rounding           `json:"rounding,omitempty"`
		Bonus    string                  `json:"best_mark_bonus"`
	}
	teachingJSON struct {
		gradebook.Teaching
		Coefficient string  `json:"coefficient"`
		Box         boxJSON `json:"box"`
	}
	containerJSON struct {
		gradebook.Container
		Label       string  `json:"label,omitempty"`
		Coefficient string  `json:"coefficient"`
		Box         boxJSON `json:"box"`
	}
	assessmentJSON struct {
		gradebook.Assessment
		Label       string `json:"label,omitempty"`
		Scale       string `json:"scale"`
		Coefficient string `json:"coefficient"`
	}
	coefficientJSON struct {
		gradebook.PupilCoefficient
		Coefficient string `json:"coefficient"`
	}
	policyJSON struct {
		gradebook.Policy
		Reference string   `json:"reference"`
		Bands     []string `json:"bands,omitempty"`
	}
)

func boxOf(b gradebook.Box) boxJSON { return boxJSON{b.Rule, b.Rounding, exact(b.BestMarkBonus)} }

func policyOf(p gradebook.Policy) policyJSON {
	j := policyJSON{Policy: p, Reference: exact(p.Reference)}
	for _, b := range p.Bands {
		j.Bands = append(j.Bands, exact(b))
	}
	return j
}

// classBasis is what is the same for all pupils of a class.
type classBasis struct {
	Format       string             `json:"format"`
	Class        ent.ID             `json:"class"`
	Label        string             `json:"label"`
	Period       ent.ID             `json:"period"`
	Council      ent.Date           `json:"council,omitzero"`
	President    ent.ID             `json:"president,omitempty"`
	Periods      []gradebook.Period `json:"periods"`
	Teachings    []teachingJSON     `json:"teachings"`
	Containers   []containerJSON    `json:"containers,omitempty"`
	Assessments  []assessmentJSON   `json:"assessments,omitempty"`
	Marks        []gradebook.Mark   `json:"marks,omitempty"`
	Finals       []gradebook.Final  `json:"finals,omitempty"`
	Members      []gradebook.Member `json:"members,omitempty"`
	Coefficients []coefficientJSON  `json:"coefficients,omitempty"`
}

// hash returns the hash of the class, from which that of each bulletin is made.
func (b classBasis) hash(in *gradebook.Input) (string, error) {
	b.Format, b.Periods, b.Marks, b.Finals, b.Members = basisFormat, in.Periods, in.Marks, in.Finals, in.Members
	for _, t := range in.Teachings {
		b.Teachings = append(b.Teachings, teachingJSON{t, exact(t.Coefficient), boxOf(t.Box)})
	}
	for _, c := range in.Containers {
		b.Containers = append(b.Containers, containerJSON{c, "", exact(c.Coefficient), boxOf(c.Box)})
	}
	for _, a := range in.Assessments {
		b.Assessments = append(b.Assessments, assessmentJSON{a, "", exact(a.Scale), exact(a.Coefficient)})
	}
	for _, c := range in.Coefficients {
		b.Coefficients = append(b.Coefficients, coefficientJSON{c, exact(c.Coefficient)})
	}
	return hashOf(b)
}

// pupilBasis is what is of one pupil.
type pupilBasis struct {
	Format string     `json:"format"`
	Class  string     `json:"class"`
	Pupil  ent.ID     `json:"pupil"`
	Said   []saidJSON `json:"said,omitempty"`
}

type saidJSON struct {
	Kind     gradebook.EntryKind `json:"kind"`
	Teaching ent.ID              `json:"teaching,omitempty"`
	Text     string              `json:"text,omitempty"`
	Code     string              `json:"code,omitempty"`
	Position int                 `json:"position,omitempty"`
	By       ent.ID              `json:"by,omitempty"`
	At       *time.Time          `json:"at,omitempty"`
}

func hashOf(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", refused(issue(CodeDocument, "$.inputs")) // its text may hold a mark
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
