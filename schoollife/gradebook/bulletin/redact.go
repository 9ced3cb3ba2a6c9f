package bulletin

import (
	"log/slog"
)

// A bulletin is personal data: what is logged or printed by mistake shows identifiers, and no name, mark or text.

func quoted(s string) string { return `"` + s + `"` }

func (d *Document) ids() string {
	return string(d.Class.ID) + " " + string(d.Period.ID) + " " + string(d.Pupil.ID)
}

// LogValue shows the identifiers only.
func (d Document) LogValue() slog.Value {
	return slog.GroupValue(slog.String("pupil", string(d.Pupil.ID)), slog.String("class", string(d.Class.ID)), slog.String("period", string(d.Period.ID)))
}

// String shows the identifiers only.
func (d Document) String() string { return "bulletin " + d.ids() }

// GoString shows the identifiers only.
func (d Document) GoString() string { return quoted(d.String()) }

// LogValue shows who and when.
func (v Visa) LogValue() slog.Value {
	return slog.GroupValue(slog.String("by", string(v.By.ID)), slog.Time("at", v.At))
}

// String shows who.
func (v Visa) String() string { return "visa of " + string(v.By.ID) }

// GoString shows who.
func (v Visa) GoString() string { return quoted(v.String()) }

// LogValue shows the identifier only.
func (p Person) LogValue() slog.Value { return slog.StringValue(string(p.ID)) }

// String shows the identifier only.
func (p Person) String() string { return string(p.ID) }

// GoString shows the identifier only.
func (p Person) GoString() string { return quoted(string(p.ID)) }

// LogValue shows the identifier only.
func (p Pupil) LogValue() slog.Value { return slog.StringValue(string(p.ID)) }

// String shows the identifier only.
func (p Pupil) String() string { return string(p.ID) }

// GoString shows the identifier only.
func (p Pupil) GoString() string { return quoted(string(p.ID)) }

// LogValue shows the teaching only.
func (l Line) LogValue() slog.Value { return slog.StringValue(string(l.Teaching)) }

// String shows the teaching only.
func (l Line) String() string { return string(l.Teaching) }

// GoString shows the teaching only.
func (l Line) GoString() string { return quoted(string(l.Teaching)) }

// LogValue shows the category only.
func (s Section) LogValue() slog.Value { return slog.StringValue(string(s.Category)) }

// String shows the category only.
func (s Section) String() string { return string(s.Category) }

// GoString shows the category only.
func (s Section) GoString() string { return quoted(string(s.Category)) }

// LogValue hides it all.
func (Cell) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides it all.
func (Cell) String() string { return hidden }

// GoString hides it all.
func (Cell) GoString() string { return quoted(hidden) }

// LogValue hides it all.
func (Group) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides it all.
func (Group) String() string { return hidden }

// GoString hides it all.
func (Group) GoString() string { return quoted(hidden) }

// LogValue hides it all.
func (General) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides it all.
func (General) String() string { return hidden }

// GoString hides it all.
func (General) GoString() string { return quoted(hidden) }

// LogValue hides it all.
func (Life) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides it all.
func (Life) String() string { return hidden }

// GoString hides it all.
func (Life) GoString() string { return quoted(hidden) }

// LogValue hides it all.
func (Opinion) LogValue() slog.Value { return slog.StringValue(hidden) }

// String hides it all.
func (Opinion) String() string { return hidden }

// GoString hides it all.
func (Opinion) GoString() string { return quoted(hidden) }
