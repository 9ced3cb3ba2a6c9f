package fet

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Placement is where an activity begins: its day and hour are places in the lists of the problem. Room is "" for none.
type Placement struct {
	Activity, Day, Hour int
	Room                string
}

// Solution is a timetable made by FET, of the activities that are placed, by identifier. Lines counts those of the file that
// have a day and an hour.
type Solution struct {
	Lines      int
	Placements []Placement
}

// header is that of a timetable in CSV.
const header = "Activity Id,Day,Hour,Students Sets,Subject,Teachers,Activity Tags,Room,Comments"

// ReadTimetable reads a timetable that FET exported in CSV: a line for each hour of an activity, one without day and hour for an
// activity that is not placed. It returns an error for another file. A line that names what the problem does not have is refused,
// and so are those of an activity whose hours do not follow each other for as long as it lasts.
func ReadTimetable(r io.Reader, p *Problem, o ReadOptions) (*Solution, *ent.Report, error) {
	s := newSolver(p, o)
	limited := &io.LimitedReader{R: r, N: o.MaxBytes}
	if o.MaxBytes == 0 {
		limited.N = maxBytes
	}
	limited.N++
	b := bufio.NewReader(limited)
	if mark, err := b.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	c := csv.NewReader(b)
	c.FieldsPerRecord = strings.Count(header, ",") + 1
	c.ReuseRecord = true
	for first := true; ; first = false {
		row, err := c.Read()
		if err == nil && first && strings.Join(row, ",") != header {
			err = errors.New("another header")
		}
		switch {
		case limited.N <= 0:
			return nil, s.report, s.fail(CodeLimit, 0, errors.New("too long"))
		case errors.Is(err, io.EOF) && !first:
			return s.finish(), s.report, nil
		case err != nil:
			line := 1
			if e, ok := errors.AsType[*csv.ParseError](err); ok {
				line = e.Line
			}
			return nil, s.report, s.fail(CodeSolution, line, err)
		case !first:
			line, _ := c.FieldPos(0)
			s.line(line, row[0], row[1], row[2], row[7])
		}
	}
}

// ReadActivities reads a timetable that FET wrote as XML, activities.xml: where each activity begins. See ReadTimetable.
func ReadActivities(r io.Reader, p *Problem, o ReadOptions) (*Solution, *ent.Report, error) {
	s := newSolver(p, o)
	root, err := tree(r, o, s.report)
	if err != nil {
		return nil, s.report, err
	}
	if root.name != "Activities_Timetable" {
		return nil, s.report, s.fail(CodeSolution, root.line, errors.New("another root"))
	}
	s.starts = true
	for _, n := range root.kids {
		s.line(n.line, n.value("Id"), n.value("Day"), n.value("Hour"), n.value("Room"))
	}
	return s.finish(), s.report, nil
}

// solver puts lines together.
type solver struct {
	p      *Problem
	o      ReadOptions
	x      *index
	report *ent.Report
	starts bool // a line is a whole activity
	lines  map[int][]hour
}

type hour struct {
	line, day, hour int
	room            string
}

func newSolver(p *Problem, o ReadOptions) *solver {
	return &solver{p: p, o: o, x: newIndex(p), report: &ent.Report{}, lines: map[int][]hour{}}
}

func (s *solver) issue(code ent.Code, line int, params ...ent.Param) {
	i := catalog().New(code, ent.Pos{File: s.o.File, Line: line}, "", params...)
	s.report.Add(i)
	if s.o.OnIssue != nil {
		s.o.OnIssue(i)
	}
}

func (s *solver) fail(code ent.Code, line int, err error) error {
	s.issue(code, line)
	return fmt.Errorf("fet: %w: %w", code, err)
}

func (s *solver) refuse(line int, n int64) {
	s.report.Refuse("lines", n)
	s.issue(CodeLine, line)
}

func (s *solver) line(line int, id, day, at, room string) {
	n, err := strconv.ParseUint(id, 10, 31)
	_, known := s.x.activities[int(n)] //nolint:gosec // 31 bits
	if err != nil || !known {
		s.refuse(line, 1)
		return
	}
	if day == "" && at == "" {
		s.report.Keep("lines", 1)
		return
	}
	d, ok1 := s.x.days[day]
	h, ok2 := s.x.hours[at]
	_, ok3 := s.x.rooms[room]
	if !ok1 || !ok2 || !ok3 && room != "" {
		s.refuse(line, 1)
		return
	}
	s.lines[int(n)] = append(s.lines[int(n)], hour{line, d, h, room}) //nolint:gosec // 31 bits
}

// finish makes a placement of the lines of each activity.
func (s *solver) finish() *Solution {
	out := &Solution{}
	unplaced := 0
	for i := range s.p.Activities {
		a := &s.p.Activities[i]
		hours := s.lines[a.ID]
		if len(hours) == 0 {
			if !a.Inactive {
				unplaced++
			}
			continue
		}
		slices.SortFunc(hours, func(a, b hour) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.hour, b.hour)) })
		if !s.follow(a, hours) {
			s.refuse(hours[0].line, int64(len(hours)))
			unplaced++
			continue
		}
		s.report.Keep("lines", int64(len(hours)))
		out.Lines += len(hours)
		out.Placements = append(out.Placements, Placement{a.ID, hours[0].day, hours[0].hour, hours[0].room})
	}
	slices.SortFunc(out.Placements, func(a, b Placement) int { return cmp.Compare(a.Activity, b.Activity) })
	if unplaced > 0 {
		s.issue(CodeUnplaced, 0, ent.Count("count", int64(unplaced)))
	}
	return out
}

// follow reports whether hours are those of an activity, in one room, within a day.
func (s *solver) follow(a *Activity, hours []hour) bool {
	want := a.Duration
	if s.starts {
		want = 1
	}
	if len(hours) != want || hours[0].hour+a.Duration > len(s.p.Hours) {
		return false
	}
	for i, h := range hours {
		if h.day != hours[0].day || h.hour != hours[0].hour+i || h.room != hours[0].room {
			return false
		}
	}
	return true
}
