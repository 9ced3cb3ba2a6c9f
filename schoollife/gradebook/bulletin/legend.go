package bulletin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// legend says in words how the figures were made, what the abbreviations are and what is withheld.
func legend(d *Document) []string {
	lang, lines := d.Options.Lang, d.Lines()
	out := []string{averages(lang, &d.Policy), general(lang, &d.Policy), groups(d, lines)}
	if slices.ContainsFunc(lines, func(l Line) bool { return l.Position > 0 }) {
		out = append(out, say(lang, "Pos. (positionnement) : 1 maîtrise insuffisante, 2 fragile, 3 satisfaisante, 4 très bonne.",
			"Level: 1 insufficient command, 2 fragile, 3 satisfactory, 4 very good."))
	}
	if d.Options.Rank {
		out = append(out, say(lang, "Rang : parmi ceux qui ont une moyenne ; les ex æquo ont le même rang.", "Rank: among those who have an average; equals share a rank."))
	}
	if a := abbreviations(d, lines); a != "" {
		out = append(out, a)
	}
	return out
}

func number(lang ent.Lang, d decimal.Decimal) string { return FigureOf(d).Text(lang) }

// averages says how marks make the average of a teaching.
func averages(lang ent.Lang, p *gradebook.Policy) string {
	ref := p.Reference
	if ref.IsZero() {
		ref = decimal.New(20, 0)
	}
	marks := say(lang, "de notes ramenées sur ", "of marks brought to ") + number(lang, ref)
	if p.Scales == gradebook.ScaleWeighs {
		marks = say(lang, "de notes qui pèsent selon leur barème", "of marks that weigh by their scale")
	}
	carry := say(lang, "en une seule fois", "once")
	if p.Carry == gradebook.CarryRounded {
		carry = say(lang, "et comptant ensuite ainsi arrondies", "and counting further on as rounded")
	}
	return say(lang, "Moyennes sur ", "Averages out of ") + number(lang, ref) + ", " + marks + say(lang, ", selon leurs coefficients, arrondies ", ", by their coefficients, rounded ") +
		rounded(lang, p.Rounding.Teaching) + " " + carry + "."
}

// general says how averages make the general one.
func general(lang ent.Lang, p *gradebook.Policy) string {
	weights := say(lang, "selon leurs coefficients", "by their coefficients")
	if p.Weights == gradebook.Equal {
		weights = say(lang, "comptant autant l'une que l'autre", "counting alike")
	}
	return say(lang, "Moyenne générale : celle des enseignements qui en ont une, ", "General average: that of the teachings that have one, ") + weights +
		say(lang, ", arrondie ", ", rounded ") + rounded(lang, p.Rounding.General) + "."
}

// groups says what the figures of the group are, and that some are withheld.
func groups(d *Document, lines []Line) string {
	lang, n := d.Options.Lang, strconv.Itoa(d.Options.MinimumGroup)
	s := say(lang, "Classe, Min., Max. : la moyenne, la plus basse et la plus haute du groupe", "Class, Min., Max.: the mean, the least and the greatest of the group")
	if d.Options.MinimumGroup > 1 {
		s += say(lang, " ; n.c. : non communiqué, moins de "+n+" moyennes dans le groupe", "; n.d.: not disclosed, fewer than "+n+" averages in the group")
		small := slices.ContainsFunc(lines, func(l Line) bool { return l.Group.Withheld })
		if small && d.General.Group.Withheld {
			s += say(lang, " ; de même sur la moyenne générale si elle les faisait deviner", "; likewise on the general average where it would give them away")
		}
	}
	return s + "."
}

// rounded says to what, and which way: "au dixième le plus proche".
func rounded(lang ent.Lang, r *ent.Rounding) string {
	if r == nil {
		return ""
	}
	unit := say(lang, "multiple de ", "multiple of ") + number(lang, r.Step)
	switch ent.NumberText(r.Step) {
	case "0.1":
		unit = say(lang, "dixième", "tenth")
	case "0.01":
		unit = say(lang, "centième", "hundredth")
	case "0.5":
		unit = say(lang, "demi-point", "half point")
	case "1":
		unit = say(lang, "point", "point")
	}
	fr, en := "le plus proche", "nearest"
	switch r.Mode {
	case ent.RoundUp, ent.RoundCeiling:
		fr, en = "supérieur", "next"
	case ent.RoundDown, ent.RoundFloor:
		fr, en = "inférieur", "previous"
	case ent.RoundHalfDown:
		fr, unit = fr+", le milieu vers le bas", unit+say(lang, "", ", halves down")
	case ent.RoundHalfEven:
		fr, unit = fr+", le milieu vers le pair", unit+say(lang, "", ", halves to the even")
	case ent.RoundHalfUp:
	}
	return say(lang, "au "+unit+" "+fr, "to the "+en+" "+unit)
}

// abbreviations explains the statuses that are printed, in their order.
func abbreviations(d *Document, lines []Line) string {
	lang, used, replaced := d.Options.Lang, map[gradebook.Status]bool{}, false
	none := d.General.Average.IsZero() || slices.ContainsFunc(d.General.Previous, Figure.IsZero)
	for _, l := range lines {
		for _, c := range append([]Cell{l.Result}, l.Previous...) {
			used[c.Status] = true
			none = none || c == (Cell{})
		}
		none = none || !l.Group.Withheld && l.Group.Mean.IsZero()
		replaced = replaced || slices.ContainsFunc(l.Teachers, func(p Person) bool { return p.Role == gradebook.RoleReplacement })
	}
	var parts []string
	for _, s := range gradebook.Statuses() {
		if used[s] {
			parts = append(parts, s.Short(lang)+say(lang, " : ", ": ")+s.Label(lang))
		}
	}
	if none {
		parts = append(parts, say(lang, "– : sans moyenne", "–: no average"))
	}
	if replaced {
		parts = append(parts, say(lang, "rempl. : en remplacement", "repl.: in replacement"))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, " · ") + "."
}
