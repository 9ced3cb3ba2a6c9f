package bulletin

import (
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// Format is the first field of a [Document] in JSON.
const Format = "cartable.bulletin/1"

// Document is a bulletin: every text and every figure that is printed, and what proves it. It is personal data: logs and
// prints show identifiers only.
type Document struct {
	Format string `json:"format"`
	// Draft: the term was not final, or a draft was asked for; the page says so.
	Draft        bool             `json:"draft,omitempty"`
	School       School           `json:"school"`
	Year         ent.SchoolYear   `json:"year"`
	Period       gradebook.Period `json:"period"`
	Class        Class            `json:"class"`
	HeadTeachers []Person         `json:"headTeachers,omitempty"`
	Pupil        Pupil            `json:"pupil"`
	// Previous are the periods before, whose averages stand on each line.
	Previous []gradebook.Period `json:"previous,omitempty"`
	// Sections are the lines by category; one without a label when there is no category.
	Sections []Section `json:"sections"`
	General  General   `json:"general"`
	Life     Life      `json:"life,omitzero"`
	// Synthesis is the appreciation of the whole (appréciation générale); Opinion what the council says.
	Synthesis string   `json:"synthesis,omitempty"`
	Opinion   Opinion  `json:"opinion,omitzero"`
	Council   ent.Date `json:"council,omitzero"`
	President *Person  `json:"president,omitempty"`
	Visa      *Visa    `json:"visa,omitempty"`
	Legend    []string `json:"legend"`
	Options   Options  `json:"options"`
	// Inputs is the hash of what the bulletin was computed from: "sha256:" and 64 digits. It is not printed.
	Inputs string `json:"inputs"`
	// Policy is the one of the averages.
	Policy gradebook.Policy `json:"policy"`
}

// School is the head of the page.
type School struct {
	Name string `json:"name"`
	// Address is printed line by line.
	Address []string `json:"address,omitempty"`
	UAI     ent.UAI  `json:"uai,omitempty"`
	Logo    *Logo    `json:"logo,omitempty"`
}

// Logo is an image that is put into the page: PNG or JPEG, 200 kB at the most.
type Logo struct {
	Data []byte `json:"data"`
	// Alt says what it shows; empty when the name of the school beside it is enough.
	Alt string `json:"alt,omitempty"`
}

// Class names a class.
type Class struct {
	ID    ent.ID `json:"id"`
	Label string `json:"label"`
}

// Person is somebody who is named: a teacher, a head.
type Person struct {
	ID ent.ID `json:"id"`
	// Name is empty when it is not known.
	Name string `json:"name,omitempty"`
	// Role of a teacher; the empty one is the main teacher.
	Role gradebook.TeacherRole `json:"role,omitempty"`
}

// Pupil is whose bulletin it is.
type Pupil struct {
	ID ent.ID `json:"id"`
	// Name as it is printed.
	Name string `json:"name"`
	// BirthDate is printed when it is given.
	BirthDate ent.Date `json:"birthDate,omitzero"`
	// INE is printed, and kept, with Options.INE only.
	INE ent.INE `json:"ine,omitempty"`
}

// Section gathers lines.
type Section struct {
	Category ent.ID `json:"category,omitempty"`
	Label    string `json:"label,omitempty"`
	Lines    []Line `json:"lines"`
}

// Line is a teaching.
type Line struct {
	Teaching ent.ID   `json:"teaching"`
	Label    string   `json:"label"`
	Teachers []Person `json:"teachers,omitempty"`
	// Coefficient is that of the pupil, with Options.Coefficients.
	Coefficient Figure `json:"coefficient,omitzero"`
	Result      Cell   `json:"result"`
	// Previous are the results of the periods before, one for each of Document.Previous.
	Previous []Cell `json:"previous,omitempty"`
	Group    Group  `json:"group"`
	// Position is 1 to 4 on the scale of the LSU, 0 for none.
	Position     int    `json:"position,omitempty"`
	Appreciation string `json:"appreciation,omitempty"`
}

// Cell is an average, or why there is none. Both are empty where there is nothing to tell: nobody was marked, or the pupil
// was not there.
type Cell struct {
	Average Figure           `json:"average,omitzero"`
	Status  gradebook.Status `json:"status,omitempty"`
}

// Group are the figures of those who were taught together, or of the class.
type Group struct {
	Mean Figure `json:"mean,omitzero"`
	Min  Figure `json:"min,omitzero"`
	Max  Figure `json:"max,omitzero"`
	// Rank and Of are those of the pupil, with Options.Rank.
	Rank int `json:"rank,omitempty"`
	Of   int `json:"of,omitempty"`
	// Withheld: the group is too small for its figures, and they are not there.
	Withheld bool `json:"withheld,omitempty"`
}

// General is the line of the general average.
type General struct {
	Average  Figure   `json:"average,omitzero"`
	Previous []Figure `json:"previous,omitempty"`
	Group    Group    `json:"group"`
}

// Life counts what a school knows of the presence of a pupil in a period. Nil is not known, which is not 0.
type Life struct {
	// Justified and Unjustified are half-days of absence, Late late arrivals.
	Justified   *int `json:"justified,omitempty"`
	Unjustified *int `json:"unjustified,omitempty"`
	Late        *int `json:"late,omitempty"`
}

// IsZero reports whether nothing is known.
func (l Life) IsZero() bool { return l.Justified == nil && l.Unjustified == nil && l.Late == nil }

// Opinion is what the council says: a mention of the school's own list, a text.
type Opinion struct {
	Code string `json:"code,omitempty"`
	// Label is that of the code in Options.Mentions.
	Label string `json:"label,omitempty"`
	Text  string `json:"text,omitempty"`
}

// Visa says that the head has seen the bulletin.
type Visa struct {
	By Person `json:"by"`
	// At has the zone of Options.Zone: the day that is printed is that of the school.
	At   time.Time `json:"at"`
	Text string    `json:"text,omitempty"`
}

// Lines returns the lines of all sections, in order.
func (d *Document) Lines() []Line {
	var out []Line
	for _, s := range d.Sections {
		out = append(out, s.Lines...)
	}
	return out
}
