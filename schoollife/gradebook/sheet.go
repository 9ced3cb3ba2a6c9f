package gradebook

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// Sheet is an Input made ready under a Policy, with its figures: averages, statistics, ranks. Marks can be changed one by
// one; what depends on them is computed again, and nothing else. Reading is safe for concurrent use, changing is not.
type Sheet struct {
	rules  *rules
	report ent.Report

	periods     []Period // by index
	teachings   []teaching
	containers  []container
	assessments []assessment
	pupils      []ent.ID
	classes     []ent.ID

	periodAt, teachingAt, containerAt, pupilAt, classAt map[ent.ID]int32
	// assessmentAt is nil while assessments stand in the order of their identifiers.
	assessmentAt map[ent.ID]int32

	members map[ent.ID][]span // by class or group
	// groups stand at teaching × number of periods + period.
	groups []group
	// pairs are a teaching of a pupil; those of one pupil stand together, from firstPair.
	pairs     []pair
	pairRows  []int32
	firstPair []int32
	// pairsOf are the pairs of a teaching.
	pairsOf [][]int32
	annualS []statistics // of each teaching
	// general stands at period × number of pupils + pupil; the year is the last period.
	general []cell
	// classOf stands likewise: the class of a pupil at the end of a period, or -1.
	classOf []int32
	// inClass lists the pupils of a class in a period, at period × number of classes + class; generalS their statistics.
	inClass  [][]int32
	generalS []statistics

	// statuses are the known ones, then those met.
	statuses []Status
	statusAt map[Status]int64 // those met

	// moved remembers where the marks of those who changed class count.
	moved map[move]int32
	ran   Ran

	room room
	// list and sorter are room for statistics, used by what changes the sheet only.
	list      []*cell
	sorter    sorter
	ws, vs    []num // for multipliers
	weighings *[manyWeighings]weighing
	// The teaching and the period that an assessment named last.
	lastTeaching, lastPeriod last
}

type teaching struct {
	Teaching
	set         ent.ID
	coefficient num
	whole       uint64        // the coefficient in units of 10^-4, or 1, as the policy weighs
	own         map[int32]num // by pupil
	finals      map[finalKey]Result
	subject     int32
}

type finalKey struct{ pupil, period int32 } // the year is the number of periods

type container struct {
	Container
	teaching, period, parent int32 // -1 for none
	coefficient, bonus       num
	step                     *step
}

// assessment is an [Assessment] made ready: what figures and their explanations need of it.
type assessment struct {
	ID                          ent.ID
	Label                       string
	Kind                        Kind
	scale, coefficient          num
	teaching, period, container int32 // container -1 for none
	Date                        ent.Date
	Formative, weighs           bool
}

// span is a membership.
type span struct {
	pupil    ent.ID
	from, to ent.Date
}

// A value of a matrix is a number of units and one more, empty, or a status: no mark is negative, and a new matrix is empty as it is.
const (
	units       = 10000
	emptyValue  = int64(0)
	statusValue = int64(-1) // less the number of the status
)

// group is a teaching in a period: a matrix of marks, one row for each pupil.
type group struct {
	cols []int32 // assessments, by date and identifier
	rows []int32 // pupils, increasing
	m    []int64 // row by row, in units of 10^-4
	// w and v are integer multipliers: an average is Σ w·mark over Σ v × units, when the group is simple.
	w, v     []int64
	teaching int32
	simple   bool
	boxes    []box // the teaching's own first
	step     *step // rounding of the average
	cells    []cell
	present  []bool // of a row: counts in statistics
	stats    statistics
}

// box is a container in one period, or the teaching itself.
type box struct {
	container int32 // -1 for the teaching
	flat      bool
	bonus     num
	step      *step
	cols      []int32 // places in group.cols
	children  []int32 // places in group.boxes
}

// pair is a teaching of a pupil. The row of its group in each period, or -1, stands in [Sheet.pairRows] from first.
type pair struct {
	pupil, teaching, first int32
	cell                   cell // of the year
}

// cell is a figure with its rank. Its exact value may not be computed yet, when it is near enough: see [num.near].
type cell struct {
	exact, shown num
	near         int64
	rank         int32
	state        State
}

// set gives a cell its figure, and no rank. What holds no pointer is written as such, which costs less while memory is
// collected.
func (c *cell) set(exact, shown num, near int64, state State) {
	c.exact.n, c.exact.d, c.shown.n, c.shown.d = exact.n, exact.d, shown.n, shown.d
	if c.exact.wide != exact.wide {
		c.exact.wide = exact.wide
	}
	if c.shown.wide != shown.wide {
		c.shown.wide = shown.wide
	}
	c.near, c.rank, c.state = near, 0, state
}

func (c *cell) put(x *cell) { c.set(x.exact, x.shown, x.near, x.state) }

// some reports whether there is a value.
func (c *cell) some() bool { return c.state == StateComputed || c.state == StateSet }

// move names the marks of a pupil in a teaching and a period.
type move struct{ pupil, teaching, period int32 }

// State says what an average is.
type State uint8

// The states of an average.
const (
	// StateNone: there is no average, which is not an average of 0.
	StateNone State = iota
	// StateComputed: computed from marks.
	StateComputed
	// StateSet: set by hand.
	StateSet
	// StateNN: not marked, by decision ("NN"); it counts nowhere.
	StateNN
)

// Ran counts what a Sheet computed since it was made: a changed mark computes its dependants only.
type Ran struct {
	// Teachings are averages of a pupil in a teaching and a period, Annual those of the year, Generals general averages.
	Teachings, Annual, Generals int
	// Statistics are those of a teaching or of a class, in a period or a year.
	Statistics int
}

// String hides the sheet.
func (s *Sheet) String() string { return hidden }

// GoString hides the sheet.
func (s *Sheet) GoString() string { return `"` + hidden + `"` }

// LogValue hides the sheet but its counts.
func (s *Sheet) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("assessments", len(s.assessments)), slog.Int("pupils", len(s.pupils)))
}

// Ran returns the counts.
func (s *Sheet) Ran() Ran { return s.ran }

// Report returns what became of the input: assessments, marks, averages set by hand and the rest, read, kept and refused,
// with the issues.
func (s *Sheet) Report() *ent.Report { return &s.report }

// Compute returns the averages, statistics and ranks of an input under a policy. What is wrong with the input is in the
// sheet's Report, and refused there; the error is for a policy that cannot be followed (CodePolicy, CodeRounding) or an
// input beyond the limits (CodeLimit).
func Compute(p Policy, in Input) (*Sheet, error) { return Compile(p, in) }

// Compile does what [Compute] does: the sheet it returns may be changed mark by mark.
func Compile(p Policy, in Input) (*Sheet, error) {
	r, err := p.compile()
	if err != nil {
		return nil, err
	}
	if err := checkLimits(&in); err != nil {
		return nil, err
	}
	s := &Sheet{rules: r, weighings: new([manyWeighings]weighing)}
	s.readStatuses()
	s.readPlaces(&in)
	s.readMarks(in.Marks)
	s.readFinals(in.Finals)
	s.link()
	s.Recompute()
	return s, nil
}

// Recompute computes every figure again from the compiled marks.
func (s *Sheet) Recompute() {
	for i := range s.groups {
		s.evalGroup(i)
		s.evalStatistics(i)
	}
	for i := range s.pairs {
		s.evalAnnual(i)
	}
	for t := range s.teachings {
		s.evalAnnualStatistics(t)
	}
	for q := range len(s.periods) + 1 {
		for p := range s.pupils {
			s.evalGeneral(q, p)
		}
		for c := range s.classes {
			s.evalGeneralStatistics(q, c)
		}
	}
}
