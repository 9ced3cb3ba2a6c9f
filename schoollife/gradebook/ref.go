package gradebook

import (
	"fmt"
	"iter"
	"log/slog"
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Ref names a figure. With a Pupil it is an average: of the Teaching, Container, Subject or Category that it names, the
// general average when it names none. Without one it is the statistics of a Teaching, or of the general averages of a Class.
// The Period is Year ("") for those of the school year; a container has none.
type Ref struct {
	Pupil     ent.ID
	Teaching  ent.ID
	Container ent.ID
	Subject   ent.SubjectCode
	Category  ent.ID
	Class     ent.ID
	Period    ent.ID
}

// Average is an average as it is published, with its exact value. It is personal data: logs redact it.
type Average struct {
	c  cell
	of int
}

// State says whether there is an average, and where it comes from.
func (a Average) State() State { return a.c.state }

// Decimal returns the published average, and false when there is none: that is not 0.
func (a Average) Decimal() (decimal.Decimal, bool) {
	if !a.c.shown.some() {
		return decimal.Decimal{}, false
	}
	return a.c.shown.decimal(), true
}

// Exact returns the average before it is rounded, and false when there is none.
func (a Average) Exact() (*big.Rat, bool) {
	if !a.c.exact.some() {
		return nil, false
	}
	return a.c.exact.rat(), true
}

// Rank returns the rank among those who count in the statistics, from 1, and how many they are; zeros for somebody without
// an average or who is not there at the end of the period, and for averages of containers, subjects and categories.
func (a Average) Rank() (rank, of int) {
	if a.c.rank == 0 {
		return 0, 0
	}
	return int(a.c.rank), a.of
}

// String hides the average.
func (a Average) String() string { return hidden }

// GoString hides the average.
func (a Average) GoString() string { return `"` + hidden + `"` }

// LogValue hides the average.
func (a Average) LogValue() slog.Value { return slog.StringValue(hidden) }

func noFigure() error { return fmt.Errorf("gradebook: %w", CodeNoFigure) }

// where finds the numbers of a ref with a pupil; the year is the number of periods.
func (s *Sheet) where(r Ref) (p, q int, err error) {
	n, ok := s.pupilAt[r.Pupil]
	if !ok {
		return 0, 0, noFigure()
	}
	q = len(s.periods)
	if r.Period != Year {
		k, ok := s.periodAt[r.Period]
		if !ok {
			return 0, 0, noFigure()
		}
		q = int(k)
	}
	return int(n), q, nil
}

// Average returns the average that a ref names. It returns CodeNoFigure for an unknown pupil, teaching or period; a figure
// that exists and has no value is an Average in StateNone.
func (s *Sheet) Average(r Ref) (Average, error) {
	c, of, err := s.figure(r, nil)
	return Average{c, of}, err
}

// figure returns the cell of a ref, with its exact value, and how many are ranked with it; with a trace it is computed again.
func (s *Sheet) figure(r Ref, tr *trace) (c cell, of int, err error) {
	p, q, err := s.where(r)
	if err != nil {
		return cell{}, 0, err
	}
	switch {
	case r.Container != "":
		c, err = s.containerFigure(r, p, q, tr)
		return c, 0, err
	case r.Teaching != "":
		t, ok := s.teachingAt[r.Teaching]
		if !ok {
			return cell{}, 0, noFigure()
		}
		for i := s.firstPair[p]; i < s.firstPair[p+1]; i++ {
			if s.pairs[i].teaching == t {
				c, of = s.teachingFigure(&s.pairs[i], q, tr)
			}
		}
		return c, of, nil
	case r.Subject != "":
		return s.subjectOf(q, p, r.Subject, tr), 0, nil
	case r.Category != "":
		return s.categoryOf(q, p, r.Category, tr), 0, nil
	}
	c, of = s.generalFigure(q, p, tr)
	return c, of, nil
}

// generalFigure returns a general average with its exact value, and how many are ranked with it.
func (s *Sheet) generalFigure(q, p int, tr *trace) (c cell, of int) {
	c = s.general[q*len(s.pupils)+p]
	if class := s.classOf[q*len(s.pupils)+p]; class >= 0 {
		of = int(s.generalS[q*len(s.classes)+int(class)].count)
	}
	if tr != nil {
		s.generalOf(q, p, tr)
		return c, of
	}
	c.exact = s.exactGeneral(q, p)
	return c, of
}

func (s *Sheet) containerFigure(r Ref, p, q int, tr *trace) (cell, error) {
	n, ok := s.containerAt[r.Container]
	if !ok || q == len(s.periods) {
		return cell{}, noFigure()
	}
	g := &s.groups[s.at(s.containers[n].teaching, int32(q))] //nolint:gosec // few
	row, ok := g.rowOf(int32(p))                             //nolint:gosec // bounded by the limits
	if !ok {
		return cell{}, nil
	}
	for b := range g.boxes {
		if g.boxes[b].container != n {
			continue
		}
		v := s.boxAverage(g, row, int32(b), tr) //nolint:gosec // bounded by the limits
		if !v.some() {
			return cell{}, nil
		}
		c := cell{exact: v, shown: g.boxes[b].step.round(v), state: StateComputed}
		tr.round(g.boxes[b].step, labelContainer, n, c.shown)
		return c, nil
	}
	return cell{}, noFigure()
}

// teachingFigure returns the average of a pair with its exact value, and how many are ranked with it.
func (s *Sheet) teachingFigure(x *pair, q int, tr *trace) (c cell, of int) {
	t := x.teaching
	if q == len(s.periods) {
		c = x.cell
		if tr != nil {
			s.annual(x, tr)
		} else {
			c.exact = s.exactAnnual(x)
		}
		return c, int(s.annualS[t].count)
	}
	if s.rowIn(x, q) < 0 {
		return cell{}, 0
	}
	g := &s.groups[s.at(t, int32(q))] //nolint:gosec // few
	c = g.cells[s.rowIn(x, q)]
	if tr != nil && c.state == StateComputed {
		s.boxAverage(g, int(s.rowIn(x, q)), 0, tr)
		tr.round(g.step, labelTeaching, t, c.shown)
	}
	tr.setByHand(g.step, labelTeaching, t, &c)
	return c, int(g.stats.count)
}

// Statistics returns the statistics that a ref without a pupil names. It returns CodeNoFigure for an unknown one.
func (s *Sheet) Statistics(r Ref) (Statistics, error) {
	q := len(s.periods)
	if r.Period != Year {
		k, ok := s.periodAt[r.Period]
		if !ok {
			return Statistics{}, noFigure()
		}
		q = int(k)
	}
	if c, ok := s.classAt[r.Class]; ok && r.Teaching == "" {
		return s.generalS[q*len(s.classes)+int(c)].public(), nil
	}
	t, ok := s.teachingAt[r.Teaching]
	switch {
	case !ok || r.Pupil != "":
		return Statistics{}, noFigure()
	case q == len(s.periods):
		return s.annualS[t].public(), nil
	}
	return s.groups[s.at(t, int32(q))].stats.public(), nil //nolint:gosec // few
}

// place is where the cell of a figure is: a pair, or a pupil and a general average, in a period.
type place struct {
	pair   *pair // nil for a general average
	pupil  int
	period int
}

// places ranges over the averages that have a value: those of teachings by period and year, then the general ones.
func (s *Sheet) places() iter.Seq2[Ref, place] {
	return func(yield func(Ref, place) bool) {
		for i := range s.pairs {
			x := &s.pairs[i]
			r := Ref{Pupil: s.pupils[x.pupil], Teaching: s.teachings[x.teaching].ID}
			for q := range s.periods {
				if c := s.period(x, q); c != nil && c.some() {
					r.Period = s.periods[q].ID
					if !yield(r, place{x, int(x.pupil), q}) {
						return
					}
				}
			}
			r.Period = Year
			if x.cell.some() && !yield(r, place{x, int(x.pupil), len(s.periods)}) {
				return
			}
		}
		for i := range s.general {
			if !s.general[i].some() {
				continue
			}
			at := place{nil, i % len(s.pupils), i / len(s.pupils)}
			r := Ref{Pupil: s.pupils[at.pupil]}
			if at.period < len(s.periods) {
				r.Period = s.periods[at.period].ID
			}
			if !yield(r, at) {
				return
			}
		}
	}
}

// read returns the figure of a place.
func (s *Sheet) read(at place, tr *trace) (c cell, of int) {
	if at.pair == nil {
		return s.generalFigure(at.period, at.pupil, tr)
	}
	return s.teachingFigure(at.pair, at.period, tr)
}

// Averages ranges over the averages that have a value: those of teachings, by period and of the year, then the general ones.
func (s *Sheet) Averages() iter.Seq2[Ref, Average] {
	return func(yield func(Ref, Average) bool) {
		for r, at := range s.places() {
			if c, of := s.read(at, nil); !yield(r, Average{c, of}) {
				return
			}
		}
	}
}

// Pupils returns the pupils of a class or group of a teaching in a period, in the order in which they were met: in the lists
// of members first.
func (s *Sheet) Pupils(teaching, period ent.ID) []ent.ID {
	t, ok1 := s.teachingAt[teaching]
	q, ok2 := s.periodAt[period]
	if !ok1 || !ok2 {
		return nil
	}
	g := &s.groups[s.at(t, q)]
	out := make([]ent.ID, len(g.rows))
	for i, p := range g.rows {
		out[i] = s.pupils[p]
	}
	return out
}

// Class returns the class of a pupil at the end of a period, "" when it is not known.
func (s *Sheet) Class(pupil, period ent.ID) ent.ID {
	p, q, err := s.where(Ref{Pupil: pupil, Period: period})
	if err != nil {
		return ""
	}
	if c := s.classOf[q*len(s.pupils)+p]; c >= 0 {
		return s.classes[c]
	}
	return ""
}
