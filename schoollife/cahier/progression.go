package cahier

import (
	"log/slog"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// Folder is a folder of a teacher's progression.
type Folder struct {
	ID     ent.ID `json:"id"`
	Owner  ent.ID `json:"owner"`
	Parent ent.ID `json:"parent,omitempty"`
	Title  string `json:"title"`
	Rank   int    `json:"rank,omitempty"`
}

// LogValue shows which one it is.
func (f Folder) LogValue() slog.Value { return slog.StringValue(string(f.ID)) }

// Template is a session to use again (séance type), with the homework that goes with it.
type Template struct {
	ID      ent.ID             `json:"id"`
	Owner   ent.ID             `json:"owner"`
	Folder  ent.ID             `json:"folder,omitempty"`
	Rank    int                `json:"rank,omitempty"`
	Title   string             `json:"title"`
	Content string             `json:"content,omitempty"`
	Private string             `json:"private,omitempty"`
	Type    string             `json:"type,omitempty"`
	Files   []File             `json:"files,omitempty"`
	Work    []TemplateHomework `json:"work,omitempty"`
}

// LogValue shows which one it is.
func (t Template) LogValue() slog.Value { return slog.StringValue(string(t.ID)) }

// TemplateHomework is homework of a template, due so many days after the session.
type TemplateHomework struct {
	Text    string `json:"text"`
	Type    string `json:"type,omitempty"`
	Minutes int    `json:"minutes,omitempty"`
	Days    int    `json:"days"`
}

// Move puts a folder into another one ("" is the top), and returns the folders. It returns CodeUnknown for a folder that is not there,
// CodeCycle when the other one is in it.
func Move(folders []Folder, id, to ent.ID) ([]Folder, error) {
	parent := make(map[ent.ID]ent.ID, len(folders))
	for _, f := range folders {
		parent[f.ID] = f.Parent
	}
	if _, ok := parent[id]; !ok {
		return nil, fail(CodeUnknown)
	}
	if _, ok := parent[to]; !ok && to != "" {
		return nil, fail(CodeUnknown)
	}
	up := to
	for range len(folders) + 1 {
		if up == "" {
			break
		}
		if up == id {
			return nil, fail(CodeCycle)
		}
		up = parent[up]
	}
	if up != "" { // the folders had a cycle already
		return nil, fail(CodeCycle)
	}
	out := make([]Folder, len(folders))
	for i, f := range folders {
		if f.ID == id {
			f.Parent = to
		}
		out[i] = f
	}
	return out, nil
}

// Use returns the session of a lesson made from a template, and its homework, as drafts: nothing is published. The session has the
// classes, parts and groups of the lesson.
func (t *Template) Use(l *timetable.Lesson, school ent.ID, year ent.SchoolYear, teacher ent.ID) (Session, []Homework) {
	h := Head{School: school, Year: year, Subject: l.Subject, Teacher: teacher}
	room := ent.ID("")
	for _, r := range l.Resources {
		if r.Kind.Audience() {
			h.Audience = append(h.Audience, r)
		}
		if r.Kind == timetable.KindRoom {
			room = r.ID
		}
	}
	s := Session{Head: h, Lesson: l.Key, Date: l.Date, Start: l.Start, End: l.End, Room: room, Type: t.Type, Title: t.Title, Content: t.Content, Private: t.Private}
	s.Files = t.Files
	var work []Homework
	for _, w := range t.Work {
		work = append(work, Homework{Head: h, Given: l.Date, Due: l.Date.AddDays(w.Days), Type: w.Type, Text: w.Text, Minutes: w.Minutes})
	}
	return s, work
}
