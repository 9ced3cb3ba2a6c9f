package gradebook

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Text returns the explanation in a few lines that a teacher reads: what counts, with its scale and its coefficient, what
// does not and why, the total, the rounding. It shows marks: it is for those who may read them.
func (e Explanation) Text(lang ent.Lang) string {
	tree, err := e.Tree()
	if err != nil {
		return ""
	}
	w := writing{lang: lang}
	w.heading(0, &tree.Root)
	for _, l := range e.LeftOut() {
		w.line(1, title(l.Label, l.Assessment+l.Container+l.Teaching)+w.say(" : ne compte pas (", ": does not count (")+l.Reason.In(lang)+")")
	}
	return w.b.String()
}

type writing struct {
	b    strings.Builder
	lang ent.Lang
}

func (w *writing) say(fr, en string) string { return ent.Label{FR: fr, EN: en}.In(w.lang) }

func (w *writing) line(depth int, text string) {
	w.b.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

// number writes a value with its unit: "12,5/20". One that does not end is cut: "14,6666…/20".
func (w *writing) number(s *ent.Step) string {
	d, more := s.Value, ""
	if -d.Exponent() >= 6 {
		d, more = d.Truncate(4), "…"
	}
	n := ent.NumberText(d)
	if w.lang != ent.EN {
		n = strings.Replace(n, ".", ",", 1)
	}
	return n + more + s.Unit
}

// named writes a value after its name: "Dictée 12/20".
func (w *writing) named(s *ent.Step) string { return s.Label.In(w.lang) + " " + w.number(s) }

// heading writes a figure, how it was rounded, and what it is made of.
func (w *writing) heading(depth int, s *ent.Step) {
	from, text := s, s.Label.In(w.lang)+w.say(" : ", ": ")+w.number(s)
	switch s.Op {
	case ent.OpRound:
		if from = &s.Operands[0]; !from.Value.Equal(s.Value) {
			text += " (" + w.number(&ent.Step{Value: from.Value}) + ", " + w.rounded(s.Rounding) + ")"
		}
	case ent.OpMin:
		from = &s.Operands[0]
		text += w.say(", plafonnée : ", ", capped: ") + w.number(from)
	default:
	}
	if from.Op == ent.OpMin {
		from = &from.Operands[0]
		text += w.say(", plafonnée : ", ", capped: ") + w.number(from)
	}
	if from.Op == ent.OpGiven && from != s {
		text += " (" + from.Label.In(w.lang) + ")"
	}
	w.line(depth, text)
	w.mean(depth+1, from)
}

// rounded says how something was rounded: "arrondi à 0,1 près".
func (w *writing) rounded(r *ent.Rounding) string {
	step := w.number(&ent.Step{Value: r.Step})
	switch r.Mode {
	case ent.RoundUp, ent.RoundCeiling:
		return w.say("arrondi à "+step+" par excès", "rounded up to "+step)
	case ent.RoundDown, ent.RoundFloor:
		return w.say("arrondi à "+step+" par défaut", "rounded down to "+step)
	default:
		return w.say("arrondi à "+step+" près", "rounded to the nearest "+step)
	}
}

// mean writes what a mean is made of, one thing a line, then the division.
func (w *writing) mean(depth int, s *ent.Step) {
	if s.Op != ent.OpQuotient || len(s.Operands) != 2 || s.Operands[0].Op != ent.OpSum {
		return
	}
	sum, by := &s.Operands[0], &s.Operands[1]
	for i := range sum.Operands {
		w.term(depth, &sum.Operands[i])
	}
	w.line(depth, "total "+w.number(sum)+" ÷ "+w.named(by)+" = "+w.number(s))
}

// term writes one thing that counts; a container comes with what it is made of.
func (w *writing) term(depth int, s *ent.Step) {
	first := s
	if s.Op == ent.OpProduct {
		first = &s.Operands[0]
	}
	if first.Op != ent.OpRound && (first.Op != ent.OpQuotient || first.Operands[0].Op != ent.OpSum) {
		w.line(depth, w.counted(s))
		return
	}
	w.heading(depth, first)
	if s.Op == ent.OpProduct {
		w.line(depth+1, w.number(first)+w.coefficient(&s.Operands[1])+" → "+w.number(s))
	}
}

// counted writes a mark and what it adds: "Dictée 8/10, ramené sur 20, coefficient 2 → 32".
func (w *writing) counted(s *ent.Step) string {
	switch s.Op {
	case ent.OpProduct:
	case ent.OpDifference:
		return w.aboveHalf(s) + " → " + w.number(&ent.Step{Value: s.Value})
	default:
		return w.named(s)
	}
	text := w.named(&s.Operands[0])
	if s.Operands[0].Op == ent.OpDifference {
		text = w.aboveHalf(&s.Operands[0])
	}
	for i := range s.Operands[1:] {
		switch o := &s.Operands[i+1]; {
		case o.Op == ent.OpQuotient && o.Operands[0].Op == ent.OpGiven:
			text += w.say(", ramené sur ", ", brought to ") + w.number(&o.Operands[0])
		case o.Op == ent.OpSum: // the bonus of the best mark
			text += w.coefficient(&o.Operands[0]) + " + " + w.number(&o.Operands[1]) + " (" + o.Operands[1].Label.In(w.lang) + ")"
		default:
			text += w.coefficient(o)
		}
	}
	return text + " → " + w.number(s)
}

func (w *writing) coefficient(s *ent.Step) string { return ", coefficient " + w.number(s) }

// aboveHalf writes the points that a mark has above half: "Oral 15/20, 5 au-dessus de la moitié".
func (w *writing) aboveHalf(s *ent.Step) string {
	return w.named(&s.Operands[0]) + ", " + w.number(&ent.Step{Value: s.Value}) + w.say(" au-dessus de la moitié", " above half")
}
