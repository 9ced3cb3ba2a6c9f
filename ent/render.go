package ent

import (
	"fmt"
	"strconv"
	"strings"
)

// Audience is for whom an Explanation is rendered, or who may read a step.
type Audience string

// The audiences.
const (
	// AudienceEveryone reads what belongs to nobody.
	AudienceEveryone Audience = ""
	// AudienceConcerned is the person a step belongs to.
	AudienceConcerned Audience = "concerned"
	// AudienceAgent is an agent who handles the file.
	AudienceAgent Audience = "agent"
	// AudienceDeveloper reads the shape of the tree and the rules, no value that belongs to somebody.
	AudienceDeveloper Audience = "developer"
)

// Reader is who reads an Explanation: an audience, and the person when the audience is the person concerned.
type Reader struct {
	Audience Audience
	Person   ID
}

// sees says whether the reader may see the step's value. What belongs to a person is shown to that person and, unless
// the step is marked for the person concerned alone (a social or health reason), to an agent.
func (r Reader) sees(s *Step) bool {
	switch r.Audience {
	case AudienceAgent:
		return s.Audience != AudienceConcerned && s.Audience != AudienceDeveloper
	case AudienceConcerned:
		if s.Owner != "" {
			return r.Person != "" && s.Owner == r.Person
		}
		return s.Audience != AudienceAgent && s.Audience != AudienceDeveloper
	case AudienceDeveloper:
		return s.Owner == "" && s.Audience != AudienceConcerned
	case AudienceEveryone:
	}
	return s.Owner == "" && s.Audience == AudienceEveryone
}

// Render writes the tree as indented lines for one reader. A step that has an operand the reader may not see shows none
// of its operands: the hidden one could be worked out from the others.
func (e Explanation) Render(lang Lang, to Reader) string {
	if e.Root.Op == "" { // there is nothing to explain, which is not an explanation of 0
		return ""
	}
	var b strings.Builder
	e.Root.render(&b, lang, to, 0)
	return b.String()
}

func (s *Step) render(b *strings.Builder, lang Lang, to Reader, depth int) {
	indent := strings.Repeat("  ", depth)
	if !to.sees(s) {
		b.WriteString(indent + lang.pick("(réservé)", "(reserved)") + "\n")
		return
	}
	fmt.Fprintf(b, "%s%s%s %s%s", indent, s.label(lang), lang.pick(" :", ":"), formatNumber(s.Value, lang), unit(s.Unit))
	if how := s.how(lang); how != "" {
		b.WriteString(" — " + how)
	}
	if s.Source != "" {
		b.WriteString(" [" + s.Source + "]")
	}
	b.WriteByte('\n')
	for i := range s.Operands {
		if !to.sees(&s.Operands[i]) {
			b.WriteString(indent + "  " + lang.pick("(détail réservé)", "(detail reserved)") + "\n")
			return
		}
	}
	for i := range s.Operands {
		s.Operands[i].render(b, lang, to, depth+1)
	}
}

func unit(u string) string {
	if u == "" || strings.HasPrefix(u, "/") {
		return u
	}
	return " " + u
}

func (s *Step) label(lang Lang) string {
	text := s.Label.In(lang)
	for _, p := range s.Params {
		text = strings.ReplaceAll(text, "{"+p.name+"}", p.Text(lang))
	}
	return text
}

// how says in words how the operands gave the value.
func (s *Step) how(lang Lang) string {
	switch s.Op {
	case OpGiven:
		return ""
	case OpSum:
		return lang.pick("somme de", "sum of")
	case OpDifference:
		return lang.pick("différence", "difference")
	case OpProduct:
		return lang.pick("produit de", "product of")
	case OpQuotient:
		return lang.pick("quotient de", "quotient of")
	case OpMin:
		return lang.pick("le plus petit de", "the least of")
	case OpMax:
		return lang.pick("le plus grand de", "the greatest of")
	case OpRound:
		if s.Rounding == nil {
			return ""
		}
		return lang.pick("arrondi au pas de ", "rounded to a step of ") + formatNumber(s.Rounding.Step, lang) + " (" +
			s.Rounding.Mode.label(lang) + ")"
	case OpChoose:
		return lang.pick("choix du n° ", "choice of no. ") + strconv.Itoa(s.Chosen+1)
	}
	return string(s.Op)
}

func (m RoundingMode) label(lang Lang) string {
	switch m {
	case RoundHalfUp:
		return lang.pick("au plus proche, la moitié vers le haut", "to nearest, half up")
	case RoundHalfDown:
		return lang.pick("au plus proche, la moitié vers le bas", "to nearest, half down")
	case RoundHalfEven:
		return lang.pick("au plus proche, la moitié vers le pair", "to nearest, half to even")
	case RoundUp:
		return lang.pick("en s'éloignant de zéro", "away from zero")
	case RoundDown:
		return lang.pick("vers zéro", "toward zero")
	case RoundCeiling:
		return lang.pick("par excès", "up")
	case RoundFloor:
		return lang.pick("par défaut", "down")
	}
	return string(m)
}
