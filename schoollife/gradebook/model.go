package gradebook

import (
	"log/slog"

	"github.com/shopspring/decimal"

	"github.com/opencartable/cartable/ent"
)

// Input is what averages are computed from: the marks of one school year and what gives them their meaning. Identifiers
// are the caller's. Slices may be in any order: no figure depends on it, unless an identifier is given twice.
type Input struct {
	Periods     []Period
	Teachings   []Teaching
	Containers  []Container
	Assessments []Assessment
	Marks       []Mark
	// Finals are averages set by hand.
	Finals []Final
	// Members say who was in which class or group, and when. Without any for a class or a group, whoever has a mark there, an
	// empty one or an average set by hand, is held to be in it.
	Members []Member
	// Coefficients replace the coefficient of a teaching for some pupils.
	Coefficients []PupilCoefficient
}

// LogValue hides the input but its counts.
func (in Input) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("assessments", len(in.Assessments)), slog.Int("marks", len(in.Marks)))
}

// Year is the period that stands for the whole school year in a [Ref] and in a [Final].
const Year ent.ID = ""

// Period is a trimestre or a semestre.
type Period struct {
	ID    ent.ID `json:"id"`
	Label string `json:"label"`
	// Index counts from 1, among Count periods of the year.
	Index int      `json:"index"`
	Count int      `json:"count"`
	Start ent.Date `json:"start"`
	End   ent.Date `json:"end"`
}

// Teaching is a subject taught to a class or to a group (a service), with its weight in the general average.
type Teaching struct {
	ID      ent.ID          `json:"id"`
	Label   string          `json:"label"`
	Subject ent.SubjectCode `json:"subject,omitempty"`
	// Class and Group exclude each other.
	Class ent.ID `json:"class,omitempty"`
	Group ent.ID `json:"group,omitempty"`
	// Teachers with their roles and dates: a replacement is one.
	Teachers []Teacher `json:"teachers,omitempty"`
	// Coefficient weighs the teaching in the general average. 0 leaves it out.
	Coefficient decimal.Decimal `json:"coefficient"`
	// Mode says how it counts in the general average.
	Mode GeneralMode `json:"mode,omitempty"`
	// Category gathers teachings on a bulletin (sciences, arts…).
	Category ent.ID `json:"category,omitempty"`
	// Modality is the modalité d'élection: S common core, O option, F optional…
	Modality string `json:"modality,omitempty"`
	// Box says how the marks and the containers of the teaching come together.
	Box Box `json:"box"`
}

// Teacher is somebody who teaches a Teaching.
type Teacher struct {
	ID   ent.ID      `json:"id"`
	Role TeacherRole `json:"role,omitempty"`
	// From and To bound a replacement; zero dates do not.
	From ent.Date `json:"from"`
	To   ent.Date `json:"to"`
}

// TeacherRole is what a teacher is to a teaching; the empty one is the main teacher.
type TeacherRole string

// The roles.
const (
	RoleMain        TeacherRole = ""
	RoleCoTeacher   TeacherRole = "co-teacher"
	RoleReplacement TeacherRole = "replacement"
)

// Teaches reports whether the person teaches it on a day, in any role.
func (t *Teaching) Teaches(person ent.ID, on ent.Date) bool {
	for _, x := range t.Teachers {
		if x.ID == person && within(on, x.From, x.To) {
			return true
		}
	}
	return false
}

// within reports whether a day lies between two others, included; a zero bound does not bound.
func within(on, from, to ent.Date) bool {
	return (from.IsZero() || on.Compare(from) >= 0) && (to.IsZero() || on.Compare(to) <= 0)
}

// GeneralMode says how a teaching counts in a general average; the empty one counts with its coefficient.
type GeneralMode string

// The modes. Half is half of the reference: 10 out of 20.
const (
	ModeNormal GeneralMode = ""
	// ModeFromHalf counts with its coefficient when the average is at least half.
	ModeFromHalf GeneralMode = "from-half"
	// ModePointsAboveHalf adds what is above half, times the coefficient, to the total and nothing to its weights.
	ModePointsAboveHalf GeneralMode = "points-above-half"
)

// Container is a part of a teaching: a sub-subject (oral, written) or a box of assessments. Containers may hold others.
type Container struct {
	ID       ent.ID `json:"id"`
	Teaching ent.ID `json:"teaching"`
	// Period is the only one in which the container exists; empty for all.
	Period ent.ID `json:"period,omitempty"`
	// Parent is the container around this one; empty when the teaching is.
	Parent ent.ID `json:"parent,omitempty"`
	Label  string `json:"label"`
	// Coefficient weighs the container in what is around it. 0 leaves it out.
	Coefficient decimal.Decimal `json:"coefficient"`
	Box         Box             `json:"box"`
}

// Box says how what it holds makes one average. The zero Box follows the policy.
type Box struct {
	// Rule says whether containers inside have averages of their own here.
	Rule ContainerRule `json:"rule,omitempty"`
	// Rounding of the box's average, in place of the policy's.
	Rounding *ent.Rounding `json:"rounding,omitempty"`
	// BestMarkBonus is added to the coefficient of the pupil's best mark among those directly in the box (pondération).
	BestMarkBonus decimal.Decimal `json:"best_mark_bonus"`
}

// Kind says how an assessment counts; the empty one counts with its coefficient.
type Kind string

// The kinds, named after their rules. Three products use the words "bonus" and "facultatif" for different ones of them.
const (
	KindNormal Kind = ""
	// KindPointsAboveHalf adds what is above half of the scale, times the coefficient, to the total and nothing to its
	// weights ("comme un bonus"). At half or below it is ignored.
	KindPointsAboveHalf Kind = "points-above-half"
	// KindIfAboveHalf counts like a normal mark when it is above half of the scale; it may lower a good average.
	KindIfAboveHalf Kind = "counts-if-above-half"
	// KindIfImproves counts like a normal mark when the average rises with it.
	KindIfImproves Kind = "counts-if-improves"
)

// Assessment is something that was marked (devoir, évaluation).
type Assessment struct {
	ID       ent.ID `json:"id"`
	Teaching ent.ID `json:"teaching"`
	Period   ent.ID `json:"period"`
	// Container that holds it; empty when the teaching does.
	Container ent.ID   `json:"container,omitempty"`
	Label     string   `json:"label"`
	Date      ent.Date `json:"date"`
	// Published is the first day on which families see its marks; zero for as soon as they are entered.
	Published ent.Date `json:"published"`
	// Scale is the greatest mark (barème): greater than 0.
	Scale decimal.Decimal `json:"scale"`
	// Coefficient is 0 or more. With 0 the assessment is shown and weighs nothing.
	Coefficient decimal.Decimal `json:"coefficient"`
	// ScaleRule is the policy's when empty.
	ScaleRule ScaleRule `json:"scale_rule,omitempty"`
	Kind      Kind      `json:"kind,omitempty"`
	// Formative assessments never count.
	Formative bool `json:"formative,omitempty"`
	// Competences that the assessment bears on.
	Competences []ent.ID `json:"competences,omitempty"`
}

// Mark is the result of a pupil at an assessment.
type Mark struct {
	Pupil      ent.ID `json:"pupil"`
	Assessment ent.ID `json:"assessment"`
	Result     Result `json:"result"`
	Comment    string `json:"comment,omitempty"`
}

// String shows the identifiers only.
func (m Mark) String() string { return string(m.Pupil) + " " + string(m.Assessment) + " " + hidden }

// GoString shows the identifiers only.
func (m Mark) GoString() string { return `"` + m.String() + `"` }

// LogValue shows the identifiers only.
func (m Mark) LogValue() slog.Value {
	return slog.GroupValue(slog.String("pupil", string(m.Pupil)), slog.String("assessment", string(m.Assessment)))
}

// Final is an average set by hand, in place of the computed one and in all that follows from it. Points are out of the
// reference. A status (StatusNotMarked: "NN") leaves the teaching out; an empty result sets nothing. It stays when marks
// change later.
type Final struct {
	Pupil    ent.ID `json:"pupil"`
	Teaching ent.ID `json:"teaching"`
	// Period is Year for the average of the year.
	Period ent.ID `json:"period,omitempty"`
	Result Result `json:"result"`
}

// LogValue shows the identifiers only.
func (f Final) LogValue() slog.Value {
	return slog.GroupValue(slog.String("pupil", string(f.Pupil)), slog.String("teaching", string(f.Teaching)))
}

// Member says that a pupil was in a class or in a group, from and to some days; zero dates do not bound.
type Member struct {
	Pupil ent.ID `json:"pupil"`
	// Class and Group exclude each other.
	Class ent.ID   `json:"class,omitempty"`
	Group ent.ID   `json:"group,omitempty"`
	From  ent.Date `json:"from"`
	To    ent.Date `json:"to"`
}

// PupilCoefficient replaces the coefficient of a teaching for one pupil.
type PupilCoefficient struct {
	Pupil       ent.ID          `json:"pupil"`
	Teaching    ent.ID          `json:"teaching"`
	Coefficient decimal.Decimal `json:"coefficient"`
}

// Visible returns the input as families may see it on a day: without the marks of assessments that are not published yet.
// Averages computed from it never tell a mark that is hidden. Slices that need no change are shared.
func (in Input) Visible(on ent.Date) Input {
	hidden := map[ent.ID]bool{}
	for i := range in.Assessments {
		if a := &in.Assessments[i]; !a.Published.IsZero() && on.Compare(a.Published) < 0 {
			hidden[a.ID] = true
		}
	}
	if len(hidden) == 0 {
		return in
	}
	out := in
	out.Assessments, out.Marks = nil, nil
	for i := range in.Assessments {
		if !hidden[in.Assessments[i].ID] {
			out.Assessments = append(out.Assessments, in.Assessments[i])
		}
	}
	for i := range in.Marks {
		if !hidden[in.Marks[i].Assessment] {
			out.Marks = append(out.Marks, in.Marks[i])
		}
	}
	return out
}
