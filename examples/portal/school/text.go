package school

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
)

// fold brings a text to what searches compare: no case, no accent, no ligature, one space between words.
func fold(s string) string {
	var b strings.Builder
	space := true
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			switch r = unicode.ToLower(r); r {
			case 'œ':
				b.WriteString("oe")
			case 'æ':
				b.WriteString("ae")
			default:
				b.WriteRune(r)
			}
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// inFrenchOrder returns the places of n texts in the order of a French dictionary, numbers by their value.
func inFrenchOrder(n int, text func(int) string) []int {
	c := collate.New(language.French, collate.Numeric)
	var buf collate.Buffer
	keys := make([][]byte, n)
	order := make([]int, n)
	for i := range n {
		keys[i], order[i] = c.KeyFromString(&buf, text(i)), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(keys[a], keys[b]) })
	return order
}

// SortFrench sorts a list by a text of each, in French order.
func SortFrench[T any](list []T, text func(*T) string) {
	order := inFrenchOrder(len(list), func(i int) string { return text(&list[i]) })
	sorted := make([]T, len(list))
	for at, i := range order {
		sorted[at] = list[i]
	}
	copy(list, sorted)
}

// register is a name by which lists are sorted: last name, then first name.
func register(n ent.Name) string { return n.Family + ", " + n.Given }

// label is a code of a list in French words.
func label(c interface{ Label(l ent.Lang) string }) string { return web.French(c.Label(ent.FR)) }

// shown is a name as lists show it; a person without name is not left blank.
func shown(n ent.Name) string {
	if s := n.Display(); s != "" {
		return s
	}
	return "(sans nom)"
}
