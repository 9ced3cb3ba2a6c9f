package aaf

import "log/slog"

// The types of this package are the feed itself: logs show their category and identifier, nothing else.

func shown(c Category, id string) slog.Value {
	return slog.GroupValue(slog.String("category", string(c)), slog.String("id", shownID([]byte(id))))
}

// LogValue shows the category and the identifier only.
func (r Record) LogValue() slog.Value { return shown(r.Category, r.ID) }

// LogValue shows the category and the identifier only.
func (p Pupil) LogValue() slog.Value { return shown(Pupils, p.ID) }

// LogValue shows the category and the identifier only.
func (p Relative) LogValue() slog.Value { return shown(Relatives, p.ID) }

// LogValue shows the category and the identifier only.
func (s StaffMember) LogValue() slog.Value { return shown(Staff, s.ID) }

// LogValue shows the category and the identifier only.
func (e Entry) LogValue() slog.Value {
	if h := e.Head(); h != nil {
		return shown(e.Category, h.ID)
	}
	return shown(e.Category, "")
}

// LogValue hides the values.
func (a Attr) LogValue() slog.Value { return slog.StringValue(shownID([]byte(a.Name))) }

// LogValue shows the identifier of the relative only.
func (l Link) LogValue() slog.Value {
	return slog.GroupValue(slog.String("relative", shownID([]byte(l.Relative))))
}

// LogValue shows the attribute and the identifiers only.
func (d Dangling) LogValue() slog.Value {
	return slog.GroupValue(slog.String("code", string(d.Code)), slog.String("from", shownID([]byte(d.From))),
		slog.String("attribute", d.Attribute), slog.String("target", shownID([]byte(d.Target))))
}
