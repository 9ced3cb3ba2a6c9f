package directory

import (
	"cmp"
	"fmt"
	"io"
	"iter"
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
	// "5000001", "RENNES-5000001", "AC-RENNES$5000001".
	External string
	// UAI and SchoolNumber name a pupil inside a school.
	UAI          ent.UAI
	SchoolNumber string
	INE          ent.INE
	Name         ent.Name
	BirthDate    ent.Date
}

// Adoption gives an account the key by which an origin knows its holder: nothing else of the account changes.
type Adoption struct {
	ID  ent.ID `json:"id"`
	Key Key    `json:"key"`
	// By is the code of the match: by key, number, INE or name.
	By ent.Code `json:"by"`
}

// Ambiguity is an account, or several, for which there are several answers: nothing is written.
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
// The first that finds exactly one account and one record decides. It creates nothing and touches no login.
func Adopt(accounts iter.Seq[Adoptable], src Source) *AdoptionPlan {
	a := &adopter{
		plan: &AdoptionPlan{Report: &ent.Report{}}, accountOf: map[Key]ent.ID{}, keyOf: map[ent.ID]Key{}, stuck: map[ent.ID]bool{},
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
		a.traits[i] = recordTraits(&r)
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

type adopter struct {
	accounts  []Adoptable
	heads     []Head
	traits    [][]string // of each head, by step
	plan      *AdoptionPlan
	accountOf map[Key]ent.ID
	keyOf     map[ent.ID]Key
	stuck     map[ent.ID]bool // accounts of an ambiguity
}

// recordTraits returns what a record is found by, at each step; "" where it says nothing.
func recordTraits(r *Record) []string {
	c := string(r.Key.Category) + "|"
	out := []string{c + r.Key.ID, "", "", ""}
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
func (x *Adoptable) trait(step int) string {
	c := string(x.Category) + "|"
	switch step {
	case 0:
		if k := bareKey(x.External); k != "" {
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

// bareKey returns a key without the academy before it. Source: SDET, source$key; peers write ACADEMY-key.
func bareKey(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, "$-"); i >= 0 && i < len(s)-1 {
		return s[i+1:]
	}
	return s
}

// match pairs accounts and records by one trait.
func (a *adopter) match(step int, by ent.Code) {
	records := map[string][]Key{}
	for i, h := range a.heads {
		if t := a.traits[i][step]; t != "" && a.accountOf[h.Key] == "" {
			records[t] = append(records[t], h.Key)
		}
	}
	accounts := map[string][]ent.ID{}
	var order []string
	for i := range a.accounts {
		x := &a.accounts[i]
		t := x.trait(step)
		if _, done := a.keyOf[x.ID]; done || a.stuck[x.ID] || t == "" || len(records[t]) == 0 {
			continue
		}
		if len(accounts[t]) == 0 {
			order = append(order, t)
		}
		accounts[t] = append(accounts[t], x.ID)
	}
	for _, t := range order {
		ids, keys := accounts[t], records[t]
		if len(ids) == 1 && len(keys) == 1 {
			a.accountOf[keys[0]], a.keyOf[ids[0]] = ids[0], keys[0]
			a.plan.Adoptions = append(a.plan.Adoptions, Adoption{ids[0], keys[0], by})
			continue
		}
		for _, id := range ids {
			a.stuck[id] = true
		}
		a.plan.Ambiguous = append(a.plan.Ambiguous, Ambiguity{ids, keys, by})
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
