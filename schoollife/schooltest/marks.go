package schooltest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Input returns the assessments and the marks of the whole school year.
func (y *Year) Input() gradebook.Input {
	in := gradebook.Input{Periods: y.Periods(), Teachings: y.Teachings(), Members: slices.Clone(y.members)}
	for i := range y.teachings {
		for q := range y.periods {
			y.assess(&y.teachings[i], &y.periods[q], func(a gradebook.Assessment, marks []gradebook.Mark, _ []string) {
				in.Assessments = append(in.Assessments, a)
				in.Marks = append(in.Marks, marks...)
			})
		}
	}
	return in
}

// assess makes the assessments of a teaching in a period, each with the marks and the levels of the pupils.
func (y *Year) assess(t *gradebook.Teaching, p *gradebook.Period, yield func(gradebook.Assessment, []gradebook.Mark, []string)) {
	rng := y.academy.Rand("assessments", t.ID+"/"+p.ID)
	n := 5 + rng.IntN(5)
	days := int(p.End.Time(time.UTC).Sub(p.Start.Time(time.UTC)).Hours() / 24)
	pupils := y.pupils[cmp.Or(t.Class, t.Group)]
	for i := range n {
		a := gradebook.Assessment{
			ID: ent.ID(fmt.Sprintf("%s/%s/%d", t.ID, p.ID, i+1)), Teaching: t.ID, Period: p.ID,
			Label: fmt.Sprintf("%s %d", [...]string{"Contrôle", "Interrogation", "Exercice noté", "Devoir"}[rng.IntN(4)], i+1),
			Date:  p.Start.AddDays(4 + i*(days-10)/n),
			Scale: decimal.New([...]int64{20, 20, 20, 10, 10, 5, 40}[rng.IntN(7)], 0), Coefficient: decimal.New([...]int64{10, 10, 20, 5, 30}[rng.IntN(5)], -1),
			Competences: []ent.ID{ent.ID(fmt.Sprintf("%s.%d", t.Subject, 1+i%4))},
		}
		a.Published = a.Date.AddDays(5)
		a.Formative = i == n-1
		difficulty := bell(rng, 10)
		marks, levels := make([]gradebook.Mark, 0, len(pupils)), make([]string, 0, len(pupils))
		for _, pupil := range pupils {
			share := min(200, max(0, y.ability(pupil, t.Subject)+difficulty+bell(rng, 25)))
			marks = append(marks, gradebook.Mark{Pupil: pupil, Assessment: a.ID, Result: result(rng, a.Scale, share)})
			levels = append(levels, [...]string{"RR", "R", "V", "VV"}[min(3, share/50)])
		}
		yield(a, marks, levels)
	}
}

// bell draws a number around 0, nearly always within twice the spread. Whole numbers are the same on every machine.
func bell(rng *rand.Rand, spread int) int {
	sum := 0
	for range 4 {
		sum += rng.IntN(2*spread+1) - spread
	}
	return sum * 3 / 4
}

// ability is the level of a pupil in a subject, in tenths of a point out of 20.
func (y *Year) ability(pupil ent.ID, subject ent.SubjectCode) int {
	return 120 + bell(y.academy.Rand("ability", pupil), 30) + bell(y.academy.Rand("ability "+string(subject), pupil), 15)
}

// result is a mark in halves of a point, or a status once in twenty-five; share is in tenths of a point out of 20.
func result(rng *rand.Rand, scale decimal.Decimal, share int) gradebook.Result {
	if rng.IntN(25) == 0 {
		list := gradebook.Statuses()
		return gradebook.Without(list[rng.IntN(len(list))])
	}
	halves := (int64(share)*2*scale.IntPart() + 100) / 200
	return gradebook.Points(decimal.New(5*halves, -1))
}

// Entries returns what is written on a class until a day, included: assessments, marks, levels, and once a period is over its
// appreciations, syntheses and opinions, as package gradebook keeps them, each in its first version. Epoch is that of the
// terms; writers are the teachers, and the head teacher's texts are the first teacher's.
func (y *Year) Entries(class ent.ID, until ent.Date, epoch int64) []gradebook.Entry {
	var out []gradebook.Entry
	add := func(k gradebook.Key, by ent.ID, on ent.Date, v gradebook.Value) {
		if !v.Empty() {
			out = append(out, gradebook.Entry{Key: k, Version: 1, Class: class, Epoch: epoch, Value: v, By: by, At: on.Time(time.UTC).Add(18 * time.Hour)})
		}
	}
	room, ok := y.Room(class)
	if !ok {
		return nil
	}
	for i := range room.Teachings {
		t := &room.Teachings[i]
		by := t.Teachers[0].ID
		for q := range y.periods {
			p := &y.periods[q]
			y.assess(t, p, func(a gradebook.Assessment, marks []gradebook.Mark, levels []string) {
				if until.Before(a.Date) {
					return
				}
				if t.Group == "" || y.owner(t) == class {
					add(gradebook.Key{Kind: gradebook.EntryAssessment, Period: p.ID, Teaching: t.ID, Of: a.ID}, by, a.Date, gradebook.Value{Assessment: &a})
				}
				for n, m := range marks {
					if !slices.Contains(y.pupils[class], m.Pupil) {
						continue
					}
					add(gradebook.Key{Kind: gradebook.EntryMark, Period: p.ID, Teaching: t.ID, Of: a.ID, Pupil: m.Pupil}, by, a.Date.AddDays(2), gradebook.Value{Result: m.Result})
					add(gradebook.Key{Kind: gradebook.EntryLevel, Period: p.ID, Teaching: t.ID, Of: a.ID, Item: a.Competences[0], Pupil: m.Pupil}, by, a.Date.AddDays(2),
						gradebook.Value{Code: levels[n]})
				}
			})
			if until.Before(p.End) {
				continue
			}
			for _, pupil := range y.pupils[cmp.Or(t.Class, t.Group)] {
				if slices.Contains(y.pupils[class], pupil) {
					a := y.ability(pupil, t.Subject)
					add(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: p.ID, Teaching: t.ID, Pupil: pupil}, by, p.End, gradebook.Value{Text: y.appreciation(a, pupil, t.ID+p.ID)})
					add(gradebook.Key{Kind: gradebook.EntryPosition, Period: p.ID, Teaching: t.ID, Pupil: pupil}, by, p.End, gradebook.Value{Position: min(4, max(1, a/50+1))})
				}
			}
		}
	}
	for q := range y.periods {
		p := &y.periods[q]
		if until.Before(p.End) {
			continue
		}
		for _, pupil := range y.pupils[class] {
			a := y.ability(pupil, "")
			by := room.Teachings[0].Teachers[0].ID
			add(gradebook.Key{Kind: gradebook.EntrySynthesis, Period: p.ID, Pupil: pupil}, by, p.End, gradebook.Value{Text: y.synthesis(a, pupil, p.ID)})
			if a > 150 {
				add(gradebook.Key{Kind: gradebook.EntryOpinion, Period: p.ID, Pupil: pupil}, by, p.End, gradebook.Value{Code: "FELICITATIONS", Text: "Félicitations du conseil de classe."})
			}
		}
	}
	return out
}

// owner is the class with which the assessments of a group are given: the first of its pupils'.
func (y *Year) owner(t *gradebook.Teaching) ent.ID {
	var first ent.ID
	for _, m := range y.members {
		if m.Class != "" && slices.Contains(y.pupils[t.Group], m.Pupil) && (first == "" || m.Class < first) {
			first = m.Class
		}
	}
	return first
}

// pick draws a text, with the spaces of French typography.
func pick(rng *rand.Rand, list ...string) string {
	return strings.NewReplacer(" ;", "\u202f;", " :", "\u00a0:").Replace(list[rng.IntN(len(list))])
}

func (y *Year) appreciation(a int, pupil, of ent.ID) string {
	rng := y.academy.Rand("appreciation "+string(of), pupil)
	if rng.IntN(60) == 0 { // not written yet, as happens
		return ""
	}
	switch {
	case a < 80:
		return pick(rng, "Des difficultés ; il faut reprendre les bases avec méthode.", "Trop peu de travail personnel pour progresser.", "Ensemble fragile. L'aide proposée doit être saisie.")
	case a < 120:
		return pick(rng, "Résultats moyens ; l'apprentissage des leçons doit être plus régulier.", "Des progrès en fin de période, à confirmer.", "Travail sérieux mais manque de précision à l'écrit.")
	case a < 160:
		return pick(rng, "Bon trimestre. Participation active et pertinente.", "Bon travail, régulier et soigné.", "De bonnes capacités : continuez ainsi.")
	}
	return pick(rng, "Excellent travail, investi et curieux.", "Très bon trimestre, d'une grande rigueur.")
}

func (y *Year) synthesis(a int, pupil, of ent.ID) string {
	rng := y.academy.Rand("synthesis "+string(of), pupil)
	switch {
	case a < 90:
		return pick(rng, "Trimestre difficile. Le conseil attend un engagement plus régulier et encourage à demander de l'aide.", "Les résultats restent fragiles malgré des efforts.")
	case a < 130:
		return pick(rng, "Ensemble convenable, qui peut devenir solide avec plus de régularité.", "Un trimestre correct ; il faut approfondir le travail à la maison.")
	}
	return pick(rng, "Très bon ensemble : sérieux, curiosité et entraide. Continuez.", "Trimestre réussi dans toutes les disciplines.")
}

// Life is what is counted of a pupil in a period: late arrivals, half-days of absence with and without an excuse, hours of
// lessons missed.
type Life struct{ Late, Excused, Unexcused, Hours int }

// Life returns the counts of a pupil in a period.
func (y *Year) Life(pupil, period ent.ID) Life {
	rng := y.academy.Rand("life "+string(period), pupil)
	l := Life{Late: max(0, rng.IntN(8)-4), Excused: max(0, rng.IntN(12)-5), Unexcused: max(0, rng.IntN(10)-7)}
	l.Hours = 3 * (l.Excused + l.Unexcused)
	return l
}
