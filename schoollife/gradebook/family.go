package gradebook

import (
	"context"
	"log/slog"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// PupilView is what a pupil and the family see on a day: marks whose date has come, averages of those, and what belongs to the
// bulletin once the period is published. It is personal data.
type PupilView struct {
	Pupil, Class ent.ID
	Periods      []PeriodView
}

// LogValue shows the pupil's identifier only.
func (v PupilView) LogValue() slog.Value { return slog.StringValue(string(v.Pupil)) }

// PeriodView is a period of a PupilView.
type PeriodView struct {
	Period Period
	// Published says whether the bulletin is: appreciations, positions, averages set by hand.
	Published bool
	// Official says that the published bulletin may be printed: the period is locked.
	Official  bool
	Teachings []TeachingView
	General   Average
	Synthesis string
	Opinion   Value
}

// LogValue shows the period.
func (v PeriodView) LogValue() slog.Value { return slog.StringValue(string(v.Period.ID)) }

// TeachingView is a teaching of a PupilView.
type TeachingView struct {
	Teaching Teaching
	Marks    []MarkView
	Average  Average
	// Explanation of the average, when there is one.
	Explanation *Explanation
	// Class are the figures of the class, nil when the group is too small to show them without telling a mark.
	Class        *Statistics
	Appreciation string
	Position     int
}

// LogValue shows the teaching.
func (v TeachingView) LogValue() slog.Value { return slog.StringValue(string(v.Teaching.ID)) }

// MarkView is a mark with its assessment.
type MarkView struct {
	Assessment Assessment
	Result     Result
	Comment    string
}

// LogValue shows the assessment.
func (v MarkView) LogValue() slog.Value { return slog.StringValue(string(v.Assessment.ID)) }

// Pupil returns what a pupil and the family see today: each period as the class has it in which the pupil was at its end. It needs
// the right to read the pupil's marks.
func (s *Service) Pupil(ctx context.Context, a Asker, pupil ent.ID) (PupilView, error) {
	target, class, err := s.School.Target(ctx, a.Tenant, pupil, ent.Date{})
	if err != nil {
		return PupilView{}, err
	}
	if err := a.Guard.Require(access.ActionMarksRead, target); err != nil {
		return PupilView{}, &denied{err}
	}
	periods, err := s.School.Periods(ctx, a.Tenant, pupil)
	if err != nil {
		return PupilView{}, err
	}
	v := PupilView{Pupil: pupil, Class: class}
	views := map[ent.ID]PupilView{}
	for _, p := range periods {
		_, in, err := s.School.Target(ctx, a.Tenant, pupil, s.dayOf(periods, p.ID))
		if err != nil {
			return PupilView{}, err
		}
		if in == "" {
			continue
		}
		if _, ok := views[in]; !ok {
			room, err := s.School.Room(ctx, a.Tenant, in)
			if err != nil {
				return PupilView{}, err
			}
			b, err := s.book(ctx, a.Tenant, room)
			if err != nil {
				return PupilView{}, err
			}
			if views[in], err = b.View(s.Policy, pupil, s.today(), s.MinimumGroup); err != nil {
				return PupilView{}, err
			}
		}
		for _, pv := range views[in].Periods {
			if pv.Period.ID == p.ID {
				v.Periods = append(v.Periods, pv)
			}
		}
	}
	return v, nil
}

// Published returns what a bulletin of a pupil is made from, once its period is published; it needs the right to read the
// pupil's bulletin. It returns CodeNotPublic before. The book holds the whole class, for its figures: what is shown of it is
// the bulletin's to say.
func (s *Service) Published(ctx context.Context, a Asker, pupil, period ent.ID) (ClassBook, error) {
	target, class, err := s.targetIn(ctx, a.Tenant, pupil, period)
	if err != nil {
		return ClassBook{}, err
	}
	if err := a.Guard.Require(access.ActionBulletinRead, target); err != nil {
		return ClassBook{}, &denied{err}
	}
	room, err := s.School.Room(ctx, a.Tenant, class)
	if err != nil {
		return ClassBook{}, err
	}
	b, err := s.book(ctx, a.Tenant, room)
	if err != nil {
		return ClassBook{}, err
	}
	if t, ok := b.Term(period); !ok || t.Published.IsZero() || s.today().Before(t.Published) {
		return ClassBook{}, refused(CodeNotPublic, []ent.Param{ent.CodeOf("period", string(period))})
	}
	return b, nil
}

// View is what a pupil and the family see on a day: see [Service.Pupil]. Averages are computed from the marks that are
// published, so that none of them tells a mark that is not.
func (b *ClassBook) View(p Policy, pupil ent.ID, on ent.Date, minimum int) (PupilView, error) {
	if minimum == 0 {
		minimum = DefaultMinimumGroup
	}
	published, official := map[ent.ID]bool{}, map[ent.ID]bool{}
	for _, t := range b.Terms {
		published[t.Period] = !t.Published.IsZero() && on.Compare(t.Published) >= 0
		official[t.Period] = published[t.Period] && t.State.Printable()
	}
	all := b.Input
	all.Assessments = slices.Clone(all.Assessments)
	for i := range all.Assessments {
		if x := &all.Assessments[i]; published[x.Period] {
			x.Published = ent.Date{} // the bulletin would tell its marks
		}
	}
	in := all.Visible(on)
	// Averages set by hand are of the bulletin, and those of other classes of theirs.
	ours := map[ent.ID]bool{}
	for _, m := range b.Room.Members {
		ours[m.Pupil] = ours[m.Pupil] || m.Class == b.Room.Class
	}
	in.Finals = slices.DeleteFunc(slices.Clone(in.Finals), func(f Final) bool { return !published[f.Period] || !ours[f.Pupil] })
	sheet, err := Compute(p, in)
	if err != nil {
		return PupilView{}, err
	}
	v := PupilView{Pupil: pupil, Class: b.Room.Class}
	for _, q := range b.Room.Periods {
		pv := PeriodView{Period: q, Published: published[q.ID], Official: official[q.ID]}
		for _, t := range b.Room.Teachings {
			tv, ok := b.teachingView(sheet, &in, t, q.ID, pupil, minimum)
			if !ok {
				continue
			}
			if pv.Published {
				tv.Appreciation = b.Text(Key{Kind: EntryAppreciation, Period: q.ID, Teaching: t.ID, Pupil: pupil})
				tv.Position = b.entry(Key{Kind: EntryPosition, Period: q.ID, Teaching: t.ID, Pupil: pupil}).Value.Position
			}
			pv.Teachings = append(pv.Teachings, tv)
		}
		if avg, err := sheet.Average(Ref{Pupil: pupil, Period: q.ID}); err == nil {
			pv.General = avg
		}
		if pv.Published {
			pv.Synthesis = b.Text(Key{Kind: EntrySynthesis, Period: q.ID, Pupil: pupil})
			pv.Opinion = b.entry(Key{Kind: EntryOpinion, Period: q.ID, Pupil: pupil}).Value
		}
		v.Periods = append(v.Periods, pv)
	}
	return v, nil
}

// DefaultMinimumGroup is how many averages a group has at least for its figures to be shown to families.
const DefaultMinimumGroup = 5

func (b *ClassBook) teachingView(sheet *Sheet, in *Input, t Teaching, period, pupil ent.ID, minimum int) (TeachingView, bool) {
	tv := TeachingView{Teaching: t}
	for _, x := range in.Assessments {
		if x.Teaching != t.ID || x.Period != period {
			continue
		}
		i := slices.IndexFunc(in.Marks, func(m Mark) bool { return m.Pupil == pupil && m.Assessment == x.ID })
		if i >= 0 {
			tv.Marks = append(tv.Marks, MarkView{x, in.Marks[i].Result, in.Marks[i].Comment})
		}
	}
	slices.SortFunc(tv.Marks, func(x, y MarkView) int { return x.Assessment.Date.Compare(y.Assessment.Date) })
	r := Ref{Pupil: pupil, Teaching: t.ID, Period: period}
	avg, err := sheet.Average(r)
	if err == nil {
		tv.Average = avg
	}
	if why, err := sheet.Explain(r); err == nil {
		tv.Explanation = &why
	}
	if st, err := sheet.Statistics(Ref{Teaching: t.ID, Period: period}); err == nil && st.Count >= minimum {
		tv.Class = &st
	}
	there := slices.Contains(sheet.Pupils(t.ID, period), pupil)
	return tv, there || len(tv.Marks) > 0
}
