package directory

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// Adoptable is an account that a vendor already has, as far as the vendor knows it: any field may be empty. It is personal
// data.
type Adoptable struct {
	ID       ent.ID
	Category Category
	// External is the key of the origin, should the vendor have kept one, with or without the academy before it:
	// "5000001", "RENNES-5000001", "AC-RENNES$5000001". See AdoptOptions.Academies.
	External string
	// UAI and SchoolNumber name a pupil inside a school.
	UAI          ent.UAI
	SchoolNumber string
	INE          ent.INE
	Name         ent.Name
	BirthDate    ent.Date
}

// LogValue shows the identifier only.
func (x Adoptable) LogValue() slog.Value { return slog.GroupValue(slog.String("id", string(x.ID))) }

// AdoptOptions say how the vendor writes keys.
type AdoptOptions struct {
	// Academies are the names that the vendor puts before the keys of this academy: with "RENNES", "RENNES-5000001" and
	// "AC-RENNES$5000001" are the key 5000001. The name in the origin and the academy code of the feed are known without it.
	// Numbers are the same from one academy to another: a key under any other name is somebody else's.
	Academies []string
}

// Adoption gives an account the key by which an origin knows its holder: nothing else of the account changes.
type Adoption struct {
	ID  ent.ID `json:"id"`
	Key Key    `json:"key"`
	// By is the code of the match: by key, number, INE or name.
	By ent.Code `json:"by"`
}

// Ambiguity is an account, or several, for which there are several answers, or one that something contradicts: nothing is
// written.
type Ambiguity struct {
	IDs  []ent.ID `json:"ids"`
	Keys []Key    `json:"keys"`
	By   ent.Code `json:"by"`
}

// AdoptionPlan is what Adopt found.
type AdoptionPlan struct {
	// Adoptions are sorted by account.
	Adoptions []Adoption
	// Unmatched are the accounts that no record is of.
	Unmatched []ent.ID
	Ambiguous []Ambiguity
	// New are the records that no account is of: the next comparison would create them, and this one creates nothing.
	New []Key
	// Report counts the accounts: read = kept (adopted) + refused (unmatched and ambiguous).
	Report *ent.Report
}

// Adopt finds, for the first night on a base that has its accounts already, which account each record of a source is of:
// by the key of the origin, with or without academy; by UAI and number inside the school; by INE; by name and birth date.
// The first that finds exactly one account and one record decides, unless something else that both say contradicts it:
// another INE, or a key that is not the record's behind the same name and birth date. It creates nothing and touches no login.
func Adopt(accounts iter.Seq[Adoptable], src Source, o AdoptOptions) *AdoptionPlan {
	a := &adopter{
		plan: &AdoptionPlan{Report: &ent.Report{}}, accountOf: map[Key]ent.ID{}, keyOf: map[ent.ID]Key{}, stuck: map[ent.ID]bool{},
		before: o.before(src.Feed()),
	}
	for x := range accounts {
		a.accounts = append(a.accounts, x)
	}
	slices.SortFunc(a.accounts, func(x, y Adoptable) int { return compareIDs(x.ID, y.ID) })
	for h := range src.Heads() {
		if h.Op == RecordDelete {
			continue
		}
		a.heads = append(a.heads, h)
	}
	slices.SortFunc(a.heads, func(x, y Head) int { return x.Key.Compare(y.Key) })
	a.traits = make([][]string, len(a.heads))
	for i, h := range a.heads {
		r := src.Record(h)
		a.traits[i] = a.recordTraits(&r)
	}
	for step, by := range adoptSteps() {
		a.match(step, by)
	}
	return a.finish()
}

// adoptSteps lists the matches, from the surest.
func adoptSteps() []ent.Code {
	return []ent.Code{CodeAdoptKey, CodeAdoptNumber, CodeAdoptINE, CodeAdoptName}
}

// stepINE is the place of the INE among the traits.
const stepINE = 2

type adopter struct {
	accounts  []Adoptable
	heads     []Head
	traits    [][]string // of each head, by step
	plan      *AdoptionPlan
	accountOf map[Key]ent.ID
	keyOf     map[ent.ID]Key
	stuck     map[ent.ID]bool // accounts of an ambiguity
	before    []string        // what may stand before a key of this academy, in capitals
}

// recordTraits returns what a record is found by, at each step; "" where it says nothing.
func (a *adopter) recordTraits(r *Record) []string {
	c := string(r.Key.Category) + "|"
	out := []string{c + a.bareKey(r.Key.ID), "", "", ""}
	if s := r.Person.Schooling; s != nil {
		if s.SchoolNumber != "" && r.SchoolUAI != "" {
			out[1] = c + string(r.SchoolUAI) + "|" + s.SchoolNumber
		}
		if s.INE != "" {
			out[2] = c + string(s.INE)
		}
	}
	out[3] = nameTrait(c, r.Person.Name, r.Person.BirthDate)
	return out
}

func nameTrait(c string, n ent.Name, born ent.Date) string {
	if n.Family == "" || n.Given == "" || born.IsZero() {
		return ""
	}
	return c + frtext.Key(n.Family) + "|" + frtext.Key(n.Given) + "|" + born.String()
}

// trait returns what an account is found by at a step.
func (a *adopter) trait(x *Adoptable, step int) string {
	c := string(x.Category) + "|"
	switch step {
	case 0:
		if k := a.bareKey(x.External); k != "" {
			return c + k
		}
	case 1:
		if x.UAI != "" && x.SchoolNumber != "" {
			return c + string(x.UAI) + "|" + x.SchoolNumber
		}
	case 2:
		if x.INE != "" {
			return c + string(x.INE)
		}
	case 3:
		return nameTrait(c, x.Name, x.BirthDate)
	}
	return ""
}

// before returns what may stand before a key of the feed's academy. Source: SDET, source$key; peers write ACADEMY-key.
func (o AdoptOptions) before(f Feed) []string {
	_, named, _ := strings.Cut(string(f.Origin), ":")
	names := append(slices.Clone(o.Academies), named, string(f.Academy), strings.TrimLeft(string(f.Academy), "0"))
	var out []string
	for _, n := range names {
		if n = strings.ToUpper(strings.TrimSpace(n)); n != "" {
			out = append(out, "AC-"+n+"$", "AC-"+n+"-", n+"$", n+"-")
		}
	}
	return out
}

// bareKey returns a key without the academy before it.
func (a *adopter) bareKey(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range a.before {
		if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) {
			return s[len(p):]
		}
	}
	return s
}

// contradicts reports whether an account and a record that one trait pairs are told apart by another one.
func (a *adopter) contradicts(x *Adoptable, record []string, by ent.Code) bool {
	ine := a.trait(x, stepINE)
	other := ine != "" && record[stepINE] != "" && ine != record[stepINE]
	return by == CodeAdoptName && (other || x.External != "") || by == CodeAdoptNumber && other
}

// match pairs accounts and records by one trait.
func (a *adopter) match(step int, by ent.Code) {
	records := map[string][]int{}
	for i, h := range a.heads {
		if t := a.traits[i][step]; t != "" && a.accountOf[h.Key] == "" {
			records[t] = append(records[t], i)
		}
	}
	accounts := map[string][]int{}
	var order []string
	for i := range a.accounts {
		x := &a.accounts[i]
		t := a.trait(x, step)
		if _, done := a.keyOf[x.ID]; done || a.stuck[x.ID] || t == "" || len(records[t]) == 0 {
			continue
		}
		if len(accounts[t]) == 0 {
			order = append(order, t)
		}
		accounts[t] = append(accounts[t], i)
	}
	for _, t := range order {
		mine, theirs := accounts[t], records[t]
		x, k := &a.accounts[mine[0]], a.heads[theirs[0]].Key
		if len(mine) == 1 && len(theirs) == 1 && !a.contradicts(x, a.traits[theirs[0]], by) {
			a.accountOf[k], a.keyOf[x.ID] = x.ID, k
			a.plan.Adoptions = append(a.plan.Adoptions, Adoption{x.ID, k, by})
			continue
		}
		out := Ambiguity{By: by}
		for _, i := range mine {
			a.stuck[a.accounts[i].ID] = true
			out.IDs = append(out.IDs, a.accounts[i].ID)
		}
		for _, i := range theirs {
			out.Keys = append(out.Keys, a.heads[i].Key)
		}
		a.plan.Ambiguous = append(a.plan.Ambiguous, out)
	}
}

func (a *adopter) finish() *AdoptionPlan {
	p := a.plan
	asked := map[Key]bool{}
	for _, x := range p.Ambiguous {
		for _, k := range x.Keys {
			asked[k] = true
		}
	}
	for i := range a.accounts {
		x := &a.accounts[i]
		kind := string(x.Category)
		if _, done := a.keyOf[x.ID]; done {
			p.Report.Keep(kind, 1)
			continue
		}
		p.Report.Refuse(kind, 1)
		if a.stuck[x.ID] {
			p.Report.Add(catalog().New(CodeAdoptAmbiguous, ent.Pos{Record: string(x.ID)}, "$"))
			continue
		}
		p.Unmatched = append(p.Unmatched, x.ID)
		p.Report.Add(catalog().New(CodeAdoptNone, ent.Pos{Record: string(x.ID)}, "$"))
	}
	for _, h := range a.heads {
		if a.accountOf[h.Key] == "" && !asked[h.Key] {
			p.New = append(p.New, h.Key)
		}
	}
	slices.SortFunc(p.Adoptions, func(x, y Adoption) int { return compareIDs(x.ID, y.ID) })
	slices.SortFunc(p.Ambiguous, func(x, y Ambiguity) int { return cmp.Or(compareIDs(x.IDs[0], y.IDs[0]), cmp.Compare(x.By, y.By)) })
	return p
}

// WriteSummary writes for a person what was found. No name stands in it.
func (p *AdoptionPlan) WriteSummary(w io.Writer, lang ent.Lang) error {
	var b strings.Builder
	by := map[ent.Code]int{}
	for _, x := range p.Adoptions {
		by[x.By]++
	}
	for _, c := range adoptSteps() {
		if by[c] > 0 {
			fmt.Fprintf(&b, "%7d  %s\n", by[c], catalog().New(c, ent.Pos{}, "$").Message(lang))
		}
	}
	fmt.Fprintf(&b, "%7d  %s\n", len(p.Unmatched), pick(lang, "comptes sans correspondance", "accounts without a match"))
	fmt.Fprintf(&b, "%7d  %s\n", len(p.Ambiguous), pick(lang, "cas ambigus, à régler à la main", "ambiguous cases, to settle by hand"))
	fmt.Fprintf(&b, "%7d  %s\n", len(p.New), pick(lang, "personnes de l'annuaire source sans compte", "persons of the source without an account"))
	_, err := io.WriteString(w, b.String())
	return err
}
