package fet_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/fet"
	"github.com/opencartable/cartable/schoollife/timetable"
)

const answer = `"Activity Id","Day","Hour","Students Sets","Subject","Teachers","Activity Tags","Room","Comments"
"1","lundi","09:00","6A","Français","P1","","S1","c"
"2","mardi","09:00","6A","Français","P1","","S2","c"
"3","mardi","08:00","6A LV2+6B","EPS","P2","","S1","c"
"4","lundi","10:00","6A LV2+6B","EPS","P2","","","c"
"5","mardi","08:00","6A autres","EPS","P1","","S2","c"
"6","mardi","10:00","6B","EPS","","long","","c"
"6","mardi","11:00","6B","EPS","","long","","c"
`

func answered(t *testing.T, csv string) (*fet.Solution, *ent.Report) {
	t.Helper()
	s, r, err := fet.ReadTimetable(strings.NewReader(csv), every(), fet.ReadOptions{File: "t.csv"})
	require.NoError(t, err)
	require.True(t, r.Balanced())
	return s, r
}

// week is a class of three pupils, one of whom learns Latin, for one week.
func week() *timetable.Timetable {
	monday := ent.Date{Year: 2026, Month: 9, Day: 7}
	res := func(k timetable.Kind, id ent.ID) timetable.Resource {
		return timetable.Resource{Ref: timetable.Ref{Kind: k, ID: id}, Weeks: timetable.WeeksOf(1, 2)}
	}
	class := timetable.Ref{Kind: timetable.KindClass, ID: "6A"}
	latin := timetable.Ref{Kind: timetable.KindPart, ID: "LATIN"}
	return &timetable.Timetable{
		Year: timetable.Year{First: monday, Last: monday.AddDays(13), Week1: monday},
		Grid: timetable.Grid{Days: []int{1, 2}, Places: []timetable.Place{{Start: 480, End: 540}, {Number: 1, Start: 540, End: 600}, {Number: 2, Start: 615, End: 675}}},
		Courses: []timetable.Course{
			{ID: "c1", Subject: "MATHS", Day: 1, Start: 480, End: 540, Resources: []timetable.Resource{res(timetable.KindClass, "6A"), res(timetable.KindTeacher, "P1"), res(timetable.KindRoom, "S1")}},
			{ID: "c2", Subject: "MATHS", Day: 1, Start: 540, End: 595, Resources: []timetable.Resource{res(timetable.KindClass, "6A"), res(timetable.KindTeacher, "P1"), res(timetable.KindRoom, "S1")}},
			{ID: "c3", Subject: "LATIN", Day: 2, Start: 480, End: 600, Resources: []timetable.Resource{res(timetable.KindPart, "LATIN"), res(timetable.KindStaff, "P2")}},
		},
		Parts: []timetable.Part{{ID: "LATIN", Class: "6A"}},
		Memberships: []timetable.Membership{
			{Pupil: "e1", In: class}, {Pupil: "e2", In: class}, {Pupil: "e3", In: class}, {Pupil: "e3", In: latin},
		},
	}
}

func Example() {
	t := week()
	plan, _, err := fet.FromTimetable(t, 1, fet.FromOptions{PupilGaps: new(0)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range plan.Problem.Activities {
		fmt.Println(a.ID, a.Subject, a.Students, a.Duration)
	}
	// What FET would answer: mathematics twice on Monday, Latin on Monday too.
	score := fet.Evaluate(plan.Problem, &fet.Solution{Placements: []fet.Placement{{1, 0, 0, "S1"}, {2, 0, 1, "S1"}, {3, 0, 1, ""}}})
	fmt.Println(score.Conflicts, score.Hard, score.Cost)
	// Output:
	// 1 MATHS [6A] 1
	// 2 MATHS [6A] 1
	// 3 LATIN [6A LATIN] 2
	// [{2 3 students 6A a02}] 1 0.95
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, fet.Catalog().Check())
}

func TestWriteThenRead(t *testing.T) {
	t.Parallel()
	p := every()
	out := write(t, p)
	again, report, err := fet.Read(bytes.NewReader(out), fet.ReadOptions{})
	require.NoError(t, err)
	assert.Equal(t, p, again)
	assert.Empty(t, report.Codes())
	assert.Empty(t, report.Losses())
	assert.Equal(t, out, write(t, again))
	assert.Equal(t, 4, p.Subgroups(), "6B is one")
	assert.NotContains(t, p.LogValue().String(), "6A")
}

// A constraint without a type, or with more than its type holds, is kept as it is.
func TestUnknownConstraintsAreKept(t *testing.T) {
	t.Parallel()
	const other = "<ConstraintTeacherMinDaysPerWeek>\n<Weight_Percentage>100</Weight_Percentage>\n<Teacher_Name>P1</Teacher_Name>\n<Minimum_Days_Per_Week>2</Minimum_Days_Per_Week>\n<Active>false</Active>\n<Comments>x</Comments>\n</ConstraintTeacherMinDaysPerWeek>\n"
	const more = "<ConstraintActivityPreferredRoom>\n<Weight_Percentage>100</Weight_Percentage>\n<Activity_Id>1</Activity_Id>\n<Room>S1</Room>\n<Number_of_Real_Rooms>1</Number_of_Real_Rooms>\n<Real_Room>S2</Real_Room>\n<Permanently_Locked>true</Permanently_Locked>\n<Active>true</Active>\n<Comments></Comments>\n</ConstraintActivityPreferredRoom>\n"
	file := string(write(t, every()))
	file = strings.Replace(file, "</Time_Constraints_List>", other+"</Time_Constraints_List>", 1)
	file = strings.Replace(file, "</Space_Constraints_List>", more+"</Space_Constraints_List>", 1)
	file = strings.Replace(file, "</fet>", "<New_List><Thing>1</Thing></New_List></fet>", 1)
	p, report, err := fet.Read(strings.NewReader(file), fet.ReadOptions{File: "a.fet"})
	require.NoError(t, err)
	assert.Equal(t, int64(2), report.CountOf(fet.CodeUntyped))
	assert.Positive(t, report.Examples(fet.CodeUntyped)[0].Pos.Line)
	assert.Equal(t, []ent.Loss{{Code: fet.CodeUnread, Field: "New_List", Count: 1}}, report.Losses())
	out := string(write(t, p))
	assert.Contains(t, out, other)
	assert.Contains(t, out, more)
	u, ok := p.Constraints[15].(*fet.Untyped)
	require.True(t, ok)
	assert.True(t, u.Inactive)
	s, _ := answered(t, answer)
	assert.Equal(t, 2, fet.Evaluate(p, s).Unjudged, "the home room and one of these: the other is not active")
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for file, code := range map[string]ent.Code{
		"<a/>":  fet.CodeRoot,
		"<fet>": fet.CodeXML,
		"<fet><Days_List>" + strings.Repeat("<Day/>", 5000) + "</Days_List><Hours_List>" + strings.Repeat("<Hour/>", 5000) + "</Hours_List><Teachers_List>" + strings.Repeat("<Teacher/>", 100) + "</Teachers_List></fet>": fet.CodeLimit,
	} {
		_, report, err := fet.Read(strings.NewReader(file), fet.ReadOptions{})
		require.ErrorIs(t, err, code)
		assert.Equal(t, int64(1), report.CountOf(code))
	}
	_, _, err := fet.Read(bytes.NewReader(write(t, every())), fet.ReadOptions{MaxBytes: 100})
	require.ErrorIs(t, err, fet.CodeLimit)
	_, report, err := fet.Read(strings.NewReader("<fet><Activities_List><Activity>\n<Duration>x</Duration></Activity></Activities_List></fet>"), fet.ReadOptions{})
	require.NoError(t, err)
	assert.Equal(t, int64(1), report.CountOf(fet.CodeValue))
}

// What FET could not read is not written.
func TestWriteRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*fet.Problem)
		code   ent.Code
	}{
		"no name":            {func(p *fet.Problem) { p.Days[0] = "" }, fet.CodeEmpty},
		"a teacher twice":    {func(p *fet.Problem) { p.Teachers = append(p.Teachers, "P1") }, fet.CodeTwice},
		"a group as a year":  {func(p *fet.Problem) { p.Years[1].Name = "6A LV2" }, fet.CodeTwice},
		"an activity twice":  {func(p *fet.Problem) { p.Activities[1].ID = 1 }, fet.CodeTwice},
		"an unknown subject": {func(p *fet.Problem) { p.Activities[0].Subject = "x" }, fet.CodeUnknown},
		"an unknown class":   {func(p *fet.Problem) { p.Activities[0].Students = []string{"x"} }, fet.CodeUnknown},
		"too long":           {func(p *fet.Problem) { p.Activities[0].Duration = 5 }, fet.CodeDuration},
		"of no length":       {func(p *fet.Problem) { p.Activities[0].Duration = 0 }, fet.CodeDuration},
		"an unknown room":    {func(p *fet.Problem) { p.Rooms = p.Rooms[:1] }, fet.CodeUnknown},
		"an unknown hour":    {func(p *fet.Problem) { p.Hours[3] = "12:00" }, fet.CodeUnknown},
		"no building":        {func(p *fet.Problem) { p.Buildings = nil }, fet.CodeUnknown},
	} {
		p := every()
		c.change(p)
		var b bytes.Buffer
		err := fet.Write(&b, p)
		require.ErrorIs(t, err, fet.CodeProblem, name)
		assert.Zero(t, b.Len())
		assert.Positive(t, p.Check().CountOf(c.code), name)
	}
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	p := every()
	s, report := answered(t, "\ufeff"+answer)
	assert.Empty(t, report.Codes())
	assert.Equal(t, 7, s.Lines)
	score := fet.Evaluate(p, s)
	assert.Empty(t, score.Conflicts)
	assert.Zero(t, score.Hard)
	assert.Equal(t, "0.625", score.Cost.String(), "activities 1 and 2 want two days between them")
	assert.Equal(t, []fet.Broken{{2, 1}}, score.Broken)
	assert.Equal(t, 1, score.BrokenPairs)
	assert.Equal(t, fet.Gaps{Total: 1, Max: 1}, score.PupilGaps, "6B, on Tuesday at nine")
	assert.Equal(t, fet.Gaps{}, score.TeacherGaps)
	assert.True(t, score.Feasible())

	for name, c := range map[string]struct {
		change func(*fet.Solution)
		want   []fet.Conflict
		broken map[string]int
	}{
		"one more day too close": {func(s *fet.Solution) { s.Placements[1] = fet.Placement{2, 0, 2, "S2"} }, []fet.Conflict{{2, 4, fet.ConflictStudents, "6A a01"}}, map[string]int{"MinDaysBetweenActivities": 2}},
		"scattered":              {func(s *fet.Solution) { s.Placements[1] = fet.Placement{2, 0, 3, "S2"} }, nil, map[string]int{"MinDaysBetweenActivities": 2, "BreakTimes": 1}},
		"a room and a teacher":   {func(s *fet.Solution) { s.Placements[4] = fet.Placement{5, 1, 1, "S2"} }, []fet.Conflict{{2, 5, fet.ConflictRoom, "S2"}, {2, 5, fet.ConflictStudents, "6A a03"}, {2, 5, fet.ConflictTeacher, "P1"}}, map[string]int{"ActivitiesSameStartingTime": 1}},
		"away":                   {func(s *fet.Solution) { s.Placements[3] = fet.Placement{4, 0, 0, ""} }, nil, map[string]int{"TeacherNotAvailableTimes": 1}},
		"room":                   {func(s *fet.Solution) { s.Placements[0].Room = "S2"; s.Placements[2].Room = "" }, nil, map[string]int{"ActivityPreferredRoom": 1, "ActivityPreferredRooms": 1}},
		"order":                  {func(s *fet.Solution) { s.Placements[5] = fet.Placement{6, 1, 0, ""} }, []fet.Conflict{{3, 6, fet.ConflictStudents, "6B"}}, map[string]int{"TwoActivitiesOrderedIfSameDay": 1}},
		"start":                  {func(s *fet.Solution) { s.Placements[0].Hour = 0 }, nil, map[string]int{"ActivityPreferredStartingTime": 1}},
		"out of the day":         {func(s *fet.Solution) { s.Placements[5].Hour = 3 }, nil, nil},
	} {
		s, _ := answered(t, answer)
		c.change(s)
		score := fet.Evaluate(p, s)
		assert.Equal(t, c.want, score.Conflicts, name)
		got := map[string]int{}
		for _, b := range score.Broken {
			got[strings.TrimPrefix(p.Constraints[b.Constraint].Tag(), "Constraint")] = b.Times
		}
		want := map[string]int{"MinDaysBetweenActivities": 1}
		maps.Copy(want, c.broken)
		assert.Equal(t, want, got, name)
		switch name {
		case "scattered":
			assert.Equal(t, 1, score.Scattered)
		case "out of the day":
			assert.Equal(t, 1, score.Unplaced)
			assert.False(t, score.Feasible())
		}
	}
	p.Rooms[0].Capacity = 36
	assert.Equal(t, 1, fet.Evaluate(p, s).Hard, "12 and 25 pupils")
	p.Constraints[15].Common().Inactive = true
	assert.Zero(t, fet.Evaluate(p, s).Hard)
}

// Bounds on gaps and hours, one below what the answer has.
func TestEvaluateBounds(t *testing.T) {
	t.Parallel()
	for _, k := range []fet.Constraint{
		&fet.StudentsMaxGapsPerWeek{Base: fet.Hard()}, &fet.StudentsSetMaxGapsPerWeek{Base: fet.Hard(), Students: "6B"},
		&fet.StudentsSetMaxHoursDaily{Base: fet.Hard(), Hours: 2, Students: "6B"}, &fet.TeacherMaxHoursDaily{Base: fet.Hard(), Hours: 1, Teacher: "P1"},
		&fet.StudentsSetNotAvailableTimes{Base: fet.Hard(), Students: "6B", Times: []fet.Slot{{"mardi", "08:00"}}},
		&fet.MaxDaysBetweenActivities{Base: fet.Hard(), Activities: []int{1, 2}},
	} {
		p := every()
		p.Constraints = []fet.Constraint{k}
		s, _ := answered(t, answer)
		assert.Equal(t, 1, fet.Evaluate(p, s).Hard, k.Tag())
	}
	p := every()
	p.Constraints = []fet.Constraint{&fet.TeachersMaxGapsPerWeek{Base: fet.Hard()}, &fet.TeacherMaxGapsPerDay{Base: fet.Hard(), Teacher: "P1"}}
	s, _ := answered(t, answer)
	s.Placements[1].Hour = 2 // idle at nine
	assert.Equal(t, 2, fet.Evaluate(p, s).Hard)
	p.Constraints = append(p.Constraints, &fet.BreakTimes{Base: fet.Hard(), Times: []fet.Slot{{"mardi", "09:00"}}})
	assert.Zero(t, fet.Evaluate(p, s).Hard, "a closed hour is no gap")
}

func TestReadTimetableRefusesLines(t *testing.T) {
	t.Parallel()
	csv := strings.NewReplacer(`"1","lundi","09:00"`, `"9","lundi","09:00"`, `"2","mardi"`, `"2","jeudi"`, `"3","mardi","08:00"`, `"3","",""`,
		`"5","mardi","08:00","6A autres","EPS","P1","","S2"`, `"5","mardi","08:00","6A autres","EPS","P1","","S9"`, `"6","mardi","11:00"`, `"6","mardi","08:00"`).Replace(answer)
	s, r := answered(t, csv)
	assert.Equal(t, ent.Tally{Read: 7, Kept: 2, Refused: 5}, r.Tally("lines"))
	assert.Equal(t, []fet.Placement{{4, 0, 2, ""}}, s.Placements)
	assert.Equal(t, int64(4), r.CountOf(fet.CodeLine))
	assert.Equal(t, ent.Pos{File: "t.csv", Line: 2}, r.Examples(fet.CodeLine)[0].Pos)
	assert.Contains(t, r.Examples(fet.CodeUnplaced)[0].Message(ent.FR), "5 activités")

	for _, bad := range []string{"", "a,b\n", strings.Replace(answer, "Hour", "Time", 1), answer + "\"7\n"} {
		_, _, err := fet.ReadTimetable(strings.NewReader(bad), every(), fet.ReadOptions{})
		require.ErrorIs(t, err, fet.CodeSolution)
	}
	_, _, err := fet.ReadTimetable(strings.NewReader(answer), every(), fet.ReadOptions{MaxBytes: 200})
	require.ErrorIs(t, err, fet.CodeLimit)

	const xml = "<Activities_Timetable><Activity><Id>6</Id><Day>mardi</Day><Hour>10:00</Hour><Room></Room></Activity><Activity>\n<Id>5</Id><Day>mardi</Day><Hour>8h</Hour></Activity></Activities_Timetable>"
	s, r, err = fet.ReadActivities(strings.NewReader(xml), every(), fet.ReadOptions{})
	require.NoError(t, err)
	assert.Equal(t, []fet.Placement{{6, 1, 2, ""}}, s.Placements)
	assert.Equal(t, int64(1), r.CountOf(fet.CodeLine))
	_, _, err = fet.ReadActivities(strings.NewReader("<fet/>"), every(), fet.ReadOptions{})
	require.ErrorIs(t, err, fet.CodeSolution)
}

func TestFromTimetable(t *testing.T) {
	t.Parallel()
	tt := week()
	pupil := timetable.Ref{Kind: timetable.KindPupil, ID: "e1"}
	plan, report, err := fet.FromTimetable(tt, 1, fet.FromOptions{
		Closed: []fet.Time{{2, 2}, {2, 2}, {6, 0}, {1, 9}}, TeacherGaps: new(1), Spread: decimal.RequireFromString("80"),
		Away:  map[timetable.Ref][]fet.Time{pupil: {{1, 0}}, {Kind: timetable.KindTeacher, ID: "P1"}: {{2, 0}}, {Kind: timetable.KindTeacher, ID: "P9"}: {{2, 0}}},
		Fixed: func(c *timetable.Course) bool { return c.ID == "c3" },
		Rooms: func(*timetable.Course) []ent.ID { return []ent.ID{"S1", "S2"} },
		Label: func(r timetable.Ref) string {
			return map[ent.ID]string{"P1": "Prof", "P2": "Prof", "6A": " 6e  A "}[r.ID]
		},
		Subject: func(id ent.ID) string { return strings.ToLower(string(id)) },
	})
	require.NoError(t, err)
	assert.Empty(t, report.Codes())
	p := plan.Problem
	assert.Empty(t, p.Check().Codes())
	assert.Equal(t, []string{"Prof", "Prof (2)"}, p.Teachers)
	assert.Equal(t, []string{"maths", "latin"}, p.Subjects)
	assert.Equal(t, []string{"08:00", "09:00", "10:15"}, p.Hours)
	require.Len(t, p.Years, 1)
	assert.Equal(t, "6e A", p.Years[0].Name)
	assert.Equal(t, 3, p.Subgroups(), "e1 is apart")
	assert.Equal(t, 3, p.Years[0].Students)
	assert.Equal(t, []fet.Constraint{
		&fet.BasicCompulsoryTime{Base: fet.Hard()},
		&fet.BreakTimes{Base: fet.Hard(), Times: []fet.Slot{{"mardi", "10:15"}}},
		&fet.StudentsSetNotAvailableTimes{Base: fet.Hard(), Students: "6e A a03", Times: []fet.Slot{{"lundi", "08:00"}}},
		&fet.TeacherNotAvailableTimes{Base: fet.Hard(), Teacher: "Prof", Times: []fet.Slot{{"mardi", "08:00"}}},
		&fet.MinDaysBetweenActivities{Base: fet.Soft(decimal.NewFromInt(80)), ConsecutiveIfSameDay: true, Activities: []int{1, 2}, MinDays: 1},
		&fet.TeachersMaxGapsPerWeek{Base: fet.Hard(), MaxGaps: 1},
		&fet.ActivityPreferredStartingTime{Base: fet.Hard(), Activity: 3, Day: "mardi", Hour: "08:00", Locked: true},
		&fet.BasicCompulsorySpace{Base: fet.Hard()},
		&fet.ActivityPreferredRooms{Base: fet.Hard(), Activity: 1, Rooms: []string{"room", "room (2)"}},
		&fet.ActivityPreferredRooms{Base: fet.Hard(), Activity: 2, Rooms: []string{"room", "room (2)"}},
		&fet.ActivityPreferredRooms{Base: fet.Hard(), Activity: 3, Rooms: []string{"room", "room (2)"}},
	}, p.Constraints)

	moved, report := plan.Moved(tt, &fet.Solution{Placements: []fet.Placement{{1, 1, 0, "room (2)"}, {2, 0, 2, "room"}}})
	assert.Equal(t, ent.Tally{Read: 3, Kept: 2, Refused: 1}, report.Tally("courses"))
	assert.Equal(t, int64(1), report.CountOf(fet.CodeUnplaced))
	lessons, _ := moved.Expand()
	require.Len(t, lessons, 2)
	assert.Equal(t, "c2 2026-09-07 10:15 11:10 S1", fmt.Sprint(lessons[0].Course, " ", lessons[0].Date, " ", lessons[0].Start, " ", lessons[0].End, " ", lessons[0].Resources[2].ID))
	assert.Equal(t, "c1 2026-09-08 08:00 09:00 S2", fmt.Sprint(lessons[1].Course, " ", lessons[1].Date, " ", lessons[1].Start, " ", lessons[1].End, " ", lessons[1].Resources[2].ID))
	assert.Equal(t, week(), tt, "what was given is not changed")
}

// What FET cannot carry is told.
func TestFromTimetableTells(t *testing.T) {
	t.Parallel()
	tt := week()
	all := timetable.WeeksOf(1)
	add := func(id ent.ID, minutes timetable.Clock, refs ...timetable.Ref) {
		c := timetable.Course{ID: id, Day: 1, Start: 480, End: 480 + minutes}
		for _, r := range refs {
			c.Resources = append(c.Resources, timetable.Resource{Ref: r, Weeks: all})
		}
		tt.Courses = append(tt.Courses, c)
	}
	add("long", 300, timetable.Ref{Kind: timetable.KindTeacher, ID: "P1"})
	add("unknown", 60, timetable.Ref{Kind: timetable.KindGroup, ID: "g"})
	add("empty", 60, timetable.Ref{Kind: timetable.KindClass, ID: "6Z"})
	add("rooms", 60, timetable.Ref{Kind: timetable.KindRoom, ID: "S1"}, timetable.Ref{Kind: timetable.KindRoom, ID: "S2"}, timetable.Ref{Kind: timetable.KindEquipment, ID: "m"})
	tt.Courses[len(tt.Courses)-1].Together = "x"
	// The class and a part of it are one audience.
	add("both", 60, timetable.Ref{Kind: timetable.KindPart, ID: "LATIN"}, timetable.Ref{Kind: timetable.KindClass, ID: "6A"})
	plan, report, err := fet.FromTimetable(tt, 1, fet.FromOptions{NoSpread: true})
	require.NoError(t, err)
	assert.True(t, report.Balanced())
	assert.Equal(t, ent.Tally{Read: 8, Kept: 7, Refused: 1}, report.Tally("courses"))
	for code, n := range map[ent.Code]int64{fet.CodeNoHour: 1, fet.CodeNoPupil: 2, fet.CodeRoom: 1, fet.CodeTogether: 1, fet.CodeKind: 1} {
		assert.Equal(t, n, report.CountOf(code), string(code))
	}
	assert.Equal(t, []ent.Loss{{Code: fet.CodeKind, Field: "equipment", Count: 1}}, report.Losses())
	assert.Empty(t, plan.Problem.Check().Codes())
	assert.Equal(t, []string{"6A"}, plan.Problem.Activities[6].Students)
	assert.Equal(t, []string{"6Z"}, plan.Problem.Activities[4].Students)
	assert.Empty(t, plan.Problem.Activities[3].Students)
	_, _, err = fet.FromTimetable(&timetable.Timetable{}, 1, fet.FromOptions{})
	require.ErrorIs(t, err, fet.CodeGrid)
	empty, _, err := fet.FromTimetable(tt, 3, fet.FromOptions{})
	require.NoError(t, err)
	assert.Empty(t, empty.Problem.Activities)
}

// FuzzRead: what is read is written as it was, or is refused; no answer of FET loses a line.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := fet.Write(&b, every()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), []byte(answer))
	f.Fuzz(func(t *testing.T, problem, csv []byte) {
		p, r, err := fet.Read(bytes.NewReader(problem), fet.ReadOptions{MaxBytes: 1 << 18})
		if err != nil {
			p = every()
		} else if !r.Balanced() {
			t.Fatal("the reading does not balance")
		}
		var one, two bytes.Buffer
		if fet.Write(&one, p) == nil {
			again, _, err := fet.Read(bytes.NewReader(one.Bytes()), fet.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := fet.Write(&two, again); err != nil || !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Fatal("written otherwise", err)
			}
		}
		s, r, err := fet.ReadTimetable(bytes.NewReader(csv), p, fet.ReadOptions{MaxBytes: 1 << 18})
		if err != nil {
			return
		}
		if !r.Balanced() {
			t.Fatal("lines are lost")
		}
		if len(p.Days)*len(p.Hours)*(len(p.Teachers)+p.Subgroups()) > 1<<20 {
			return // slow, as it must be
		}
		score := fet.Evaluate(p, s)
		active := 0
		for _, a := range p.Activities {
			if !a.Inactive {
				active++
			}
		}
		if score.Cost.Sign() < 0 || score.Placed+score.Unplaced < active && len(p.Check().Codes()) == 0 {
			t.Fatal("activities are lost")
		}
	})
}
