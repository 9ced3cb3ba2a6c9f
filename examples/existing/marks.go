package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// The part taken here: the vendor keeps tests and marks in its own tables, under its own numbers, and Cartable makes averages
// of them, exact and explained. Nothing is stored by Cartable, and nothing of it knows the vendor's numbers but as text.

// classMarks is a class as the vendor's tables have it.
type classMarks struct {
	uai    string
	book   gradebook.ClassBook
	people map[ent.ID]somebody
	lives  map[string]absences // by pupil and term
}

// somebody is a user of the vendor's, with the number that the livret scolaire wants.
type somebody struct{ last, first, number string }

// absences are counts that may be unknown.
type absences struct{ late, excused, unexcused *int }

// marks reads a class: its terms, lessons, tests, marks and remarks.
func (v *vendor) marks(ctx context.Context, uai, class string) (*classMarks, error) {
	var school int64
	if err := v.db.QueryRowContext(ctx, `SELECT id FROM schools WHERE uai = $1`, uai).Scan(&school); err != nil {
		return nil, fmt.Errorf("school: %w", err)
	}
	m := &classMarks{uai: uai, people: map[ent.ID]somebody{}, lives: map[string]absences{}}
	m.book.Room = gradebook.Room{Class: ent.ID(class), Label: class}
	for _, read := range []func(context.Context, *vendor, int64, string) error{m.readTerms, m.readPupils, m.readLessons, m.readTests, m.readRemarks} {
		if err := read(ctx, v, school, class); err != nil {
			return nil, err
		}
	}
	// What Compute needs is in the slices above; InputOf would take marks from the entries of Cartable's own gradebook.
	m.book.Input.Periods, m.book.Input.Teachings, m.book.Input.Members = m.book.Room.Periods, m.book.Room.Teachings, m.book.Room.Members
	return m, nil
}

func termID(n int) ent.ID { return ent.ID(strconv.Itoa(n)) }

func (m *classMarks) readTerms(ctx context.Context, v *vendor, school int64, class string) error {
	err := v.each(ctx, `SELECT term, first, last, council, locked FROM terms WHERE school_id = $1 AND class = $2 ORDER BY term`, func(scan func(...any) error) error {
		var (
			n                            int
			first, last, council, locked string
		)
		if err := scan(&n, &first, &last, &council, &locked); err != nil {
			return err
		}
		p := gradebook.Period{ID: termID(n), Label: strconv.Itoa(n), Index: n}
		t := gradebook.Term{Class: m.book.Room.Class, Period: p.ID, State: gradebook.LockOpen}
		for _, d := range []struct {
			text string
			to   *ent.Date
		}{{first, &p.Start}, {last, &p.End}, {council, &t.Council}} {
			if d.text == "" {
				continue
			}
			var err error
			if *d.to, err = ent.ParseDate(d.text); err != nil {
				return fmt.Errorf("term %d: %w", n, err)
			}
		}
		if locked != "" {
			var err error
			if t.LockedAt, err = time.Parse(time.DateTime, locked); err != nil {
				return fmt.Errorf("term %d: %w", n, err)
			}
			t.State = gradebook.LockClosed
		}
		m.book.Room.Periods = append(m.book.Room.Periods, p)
		m.book.Terms = append(m.book.Terms, t)
		return nil
	}, school, class)
	for i := range m.book.Room.Periods {
		m.book.Room.Periods[i].Count = len(m.book.Room.Periods)
	}
	return err
}

func (m *classMarks) readPupils(ctx context.Context, v *vendor, school int64, class string) error {
	err := v.each(ctx, `SELECT u.id, u.last_name, u.first_name, coalesce(n.siecle, '') FROM users u JOIN memberships p ON p.user_id = u.id
		LEFT JOIN numbers n ON n.user_id = u.id WHERE u.role = 'pupil' AND p.school_id = $1 AND p.class = $2 ORDER BY u.last_name, u.first_name, u.id`,
		func(scan func(...any) error) error {
			var (
				id int64
				p  somebody
			)
			if err := scan(&id, &p.last, &p.first, &p.number); err != nil {
				return err
			}
			m.people[userID(id)] = p
			m.book.Room.Members = append(m.book.Room.Members, gradebook.Member{Pupil: userID(id), Class: m.book.Room.Class})
			return nil
		}, school, class)
	if err != nil {
		return err
	}
	return v.each(ctx, `SELECT a.pupil_id, a.term, a.late, a.excused, a.unexcused FROM absences a JOIN memberships p ON p.user_id = a.pupil_id
		WHERE p.school_id = $1 AND p.class = $2`, func(scan func(...any) error) error {
		var (
			id int64
			n  int
			a  absences
		)
		if err := scan(&id, &n, &a.late, &a.excused, &a.unexcused); err != nil { // a NULL stays unknown, which is not 0
			return err
		}
		m.lives[string(userID(id)+"/"+termID(n))] = a
		return nil
	}, school, class)
}

func (m *classMarks) readLessons(ctx context.Context, v *vendor, school int64, class string) error {
	return v.each(ctx, `SELECT l.id, l.subject, l.label, l.weight, u.id, u.last_name, u.first_name, coalesce(n.sts, '') FROM lessons l
		JOIN users u ON u.id = l.teacher_id LEFT JOIN numbers n ON n.user_id = u.id WHERE l.school_id = $1 AND l.class = $2 ORDER BY l.id`,
		func(scan func(...any) error) error {
			var (
				id, teacher            int64
				subject, label, weight string
				who                    somebody
			)
			if err := scan(&id, &subject, &label, &weight, &teacher, &who.last, &who.first, &who.number); err != nil {
				return err
			}
			c, err := decimal.NewFromString(weight)
			if err != nil {
				return fmt.Errorf("lesson %d: weight: not a number", id)
			}
			m.people[userID(teacher)] = who
			m.book.Room.Teachings = append(m.book.Room.Teachings, gradebook.Teaching{
				ID: userID(id), Label: label, Subject: ent.SubjectCode(subject), Class: m.book.Room.Class, Coefficient: c, Modality: "S",
				Teachers: []gradebook.Teacher{{ID: userID(teacher)}},
			})
			return nil
		}, school, class)
}

// readTests reads the tests and the marks, which stand in the table as they were typed: "12,5", "Abs".
func (m *classMarks) readTests(ctx context.Context, v *vendor, school int64, class string) error {
	in := &m.book.Input
	err := v.each(ctx, `SELECT t.id, t.lesson_id, t.term, t.label, t.day, t.out_of, t.weight FROM tests t JOIN lessons l ON l.id = t.lesson_id
		WHERE l.school_id = $1 AND l.class = $2 ORDER BY t.id`, func(scan func(...any) error) error {
		var (
			id, lesson         int64
			n                  int
			day, outOf, weight string
			a                  gradebook.Assessment
		)
		if err := scan(&id, &lesson, &n, &a.Label, &day, &outOf, &weight); err != nil {
			return err
		}
		var errs [3]error
		a.ID, a.Teaching, a.Period = userID(id), userID(lesson), termID(n)
		a.Date, errs[0] = ent.ParseDate(day)
		a.Scale, errs[1] = decimal.NewFromString(outOf)
		a.Coefficient, errs[2] = decimal.NewFromString(weight)
		for i, what := range []string{"day", "scale", "weight"} {
			if errs[i] != nil {
				return fmt.Errorf("test %d: %s: not readable", id, what)
			}
		}
		in.Assessments = append(in.Assessments, a)
		return nil
	}, school, class)
	if err != nil {
		return err
	}
	return v.each(ctx, `SELECT m.test_id, m.pupil_id, m.mark FROM marks m JOIN tests t ON t.id = m.test_id JOIN lessons l ON l.id = t.lesson_id
		WHERE l.school_id = $1 AND l.class = $2 ORDER BY m.test_id, m.pupil_id`, func(scan func(...any) error) error {
		var (
			test, pupil int64
			typed       string
		)
		if err := scan(&test, &pupil, &typed); err != nil {
			return err
		}
		r, err := gradebook.ParseResult(typed)
		if err != nil {
			return fmt.Errorf("mark of user %d at test %d: %w", pupil, test, err)
		}
		in.Marks = append(in.Marks, gradebook.Mark{Pupil: userID(pupil), Assessment: userID(test), Result: r})
		return nil
	}, school, class)
}

// readRemarks reads what teachers say of a pupil; that of lesson 0 is the council's.
func (m *classMarks) readRemarks(ctx context.Context, v *vendor, school int64, class string) error {
	return v.each(ctx, `SELECT r.pupil_id, r.term, r.lesson_id, r.remark FROM remarks r JOIN memberships p ON p.user_id = r.pupil_id
		WHERE p.school_id = $1 AND p.class = $2 ORDER BY r.pupil_id, r.term, r.lesson_id`, func(scan func(...any) error) error {
		var (
			pupil, lesson int64
			n             int
			text          string
		)
		if err := scan(&pupil, &n, &lesson, &text); err != nil {
			return err
		}
		k := gradebook.Key{Kind: gradebook.EntrySynthesis, Period: termID(n), Pupil: userID(pupil)}
		if lesson != 0 {
			k.Kind, k.Teaching = gradebook.EntryAppreciation, userID(lesson)
		}
		m.book.Entries = append(m.book.Entries, gradebook.Entry{Key: k, Version: 1, Value: gradebook.Value{Text: text}})
		return nil
	}, school, class)
}

// policy is how this vendor's schools make averages.
func (*classMarks) policy() gradebook.Policy { return gradebook.RescaledRoundLast() }

// writeAverages shows the averages of a term to the teachers of the class: of each lesson, then of each pupil with the reason.
func (m *classMarks) writeAverages(w io.Writer, term int) error {
	sheet, err := gradebook.Compute(m.policy(), m.book.Input)
	if err != nil {
		return err
	}
	if err := sheet.Report().WriteText(w, ent.FR); err != nil { // marks that were refused, and why
		return err
	}
	show := func(label string, r gradebook.Ref) error {
		r.Period = termID(term)
		s, err := sheet.Statistics(r)
		if err == nil && s.Count > 0 {
			_, err = fmt.Fprintf(w, "%s : %s (%d élèves, %d sans moyenne)\n", label, comma(s.Mean), s.Count, s.Without)
		}
		return err
	}
	for i := range m.book.Room.Teachings {
		if err := show(m.book.Room.Teachings[i].Label, gradebook.Ref{Teaching: m.book.Room.Teachings[i].ID}); err != nil {
			return err
		}
	}
	if err := show("Classe", gradebook.Ref{Class: m.book.Room.Class}); err != nil {
		return err
	}
	for _, p := range m.book.Room.Members {
		fmt.Fprintf(w, "\n%s %s\n", m.people[p.Pupil].last, m.people[p.Pupil].first)
		x, err := sheet.Explain(gradebook.Ref{Pupil: p.Pupil, Period: termID(term)})
		switch {
		case errors.Is(err, gradebook.CodeNoFigure):
			fmt.Fprintln(w, "Sans moyenne.") // that is not 0
		case err != nil:
			return err
		default:
			fmt.Fprint(w, x.Text(ent.FR))
		}
	}
	return nil
}

func comma(d decimal.Decimal) string { return strings.Replace(d.StringFixed(1), ".", ",", 1) }
