package directory

import (
	"cmp"
	"iter"
	"slices"

	"github.com/opencartable/cartable/ent"
)

// Duplicate is two accounts that may be one person.
type Duplicate struct {
	A, B     ent.ID
	Likeness Likeness
	// Auto says that the score and the school suffice to merge without asking; Mergeable that Merge accepts them.
	Auto      bool
	Mergeable bool
}

// Duplicates returns the pairs of accounts that look alike, the best first: both names nearly equal, two equalities at the
// least among names, birth date and mail, and either somebody is leaving or exactly one of them comes from a national feed.
// Pairs that are both used, or that Never settled, are left out. Every pair whose score reaches 4 is found.
func Duplicates(accounts iter.Seq[Account], policy MergePolicy) []Duplicate {
	policy = policy.orDefaults()
	type entry struct {
		account Account
		traits  traits
	}
	var list []entry
	blocks := map[[3]string][]int{}
	for a := range accounts {
		if a.State == Merged || a.State == Purged {
			continue
		}
		t := traitsOf(&a.Person, a.Ties)
		if a.State == PreDeleted {
			t.at = establishmentsOf(a.Saved)
		}
		n := len(list)
		list = append(list, entry{a, t})
		for _, k := range t.blocks() {
			blocks[k] = append(blocks[k], n)
		}
	}
	seen := map[[2]int]bool{}
	var out []Duplicate
	for _, block := range blocks {
		for i, n := range block {
			for _, m := range block[i+1:] {
				pair := [2]int{min(n, m), max(n, m)}
				if seen[pair] {
					continue
				}
				seen[pair] = true
				a, b := &list[pair[0]].account, &list[pair[1]].account
				if !mayBeOne(a, b) || policy.Never != nil && policy.Never(a.ID, b.ID) {
					continue
				}
				l := list[pair[0]].traits.like(&list[pair[1]].traits)
				if l.Score < policy.Propose {
					continue
				}
				ok := refusal(a, b, false) == ""
				if compareIDs(a.ID, b.ID) > 0 {
					a, b = b, a
				}
				out = append(out, Duplicate{a.ID, b.ID, l, ok && l.Score >= policy.Auto && l.SameSchool, ok})
			}
		}
	}
	slices.SortFunc(out, func(x, y Duplicate) int {
		return cmp.Or(cmp.Compare(y.Likeness.Score, x.Likeness.Score), compareIDs(x.A, y.A), compareIDs(x.B, y.B))
	})
	return out
}

// blocks returns a key per two traits that may be equal: two persons of a score of 4 share one of them.
func (a *traits) blocks() [][3]string {
	born := ""
	if !a.birth.IsZero() {
		born = a.birth.String()
	}
	all := [4]string{a.family, a.given, born, a.mail}
	var out [][3]string
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			if all[i] != "" && all[j] != "" {
				out = append(out, [3]string{string(rune('0'+i)) + string(rune('0'+j)), all[i], all[j]})
			}
		}
	}
	return out
}

// mayBeOne reports whether two accounts may be compared: one of them is leaving, or exactly one of them comes from a
// national feed; and not both are used.
func mayBeOne(a, b *Account) bool {
	if a.Activated && b.Activated {
		return false
	}
	leaving := a.State != Active || b.State != Active
	return leaving || a.national() != b.national() || !sharesLiveOrigin(a, b)
}

// national reports whether a national feed knows the person.
func (a *Account) national() bool {
	return slices.ContainsFunc(a.Keys, func(k HeldKey) bool {
		return k.Gone.IsZero() && (k.Origin.Kind() == KindAAF || k.Origin.Kind() == KindAAF1D)
	})
}

// sharesLiveOrigin reports whether one origin knows both, and so takes them for two persons.
func sharesLiveOrigin(a, b *Account) bool {
	for _, k := range a.Keys {
		if k.Gone.IsZero() && b.liveIn(k.Origin) {
			return true
		}
	}
	return false
}
