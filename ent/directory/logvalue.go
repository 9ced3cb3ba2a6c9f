package directory

import "log/slog"

// What holds personal data shows a logger identifiers and counts only.

// LogValue shows the key and what the record asks.
func (r Record) LogValue() slog.Value {
	return slog.GroupValue(slog.String("key", r.Key.String()), slog.String("op", string(r.Op)))
}

// LogValue shows the origin and how many records there are.
func (r *Records) LogValue() slog.Value {
	return slog.GroupValue(slog.String("origin", string(r.What.Origin)), slog.Int("records", len(r.List)))
}

// LogValue shows the account only.
func (e Edit) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(e.Account)), slog.String("key", e.Key.String()))
}

// LogValue shows the kind and the origin: what a pupil is to whom is personal.
func (t Tie) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kind", string(t.Kind)), slog.String("origin", string(t.Origin)))
}

// LogValue shows the identifiers only.
func (r MergeRecord) LogValue() slog.Value {
	return slog.GroupValue(slog.String("kept", string(r.Kept)), slog.String("gone", string(r.Gone)))
}

// LogValue shows the origin, how many changes there are, and whether the plan is blocked.
func (p *Plan) LogValue() slog.Value {
	return slog.GroupValue(slog.String("origin", string(p.Feed.Origin)), slog.Int64("changes", p.Total()), slog.Int("blocks", len(p.blocks)))
}

// LogValue shows how many accounts there are.
func (b *Book) LogValue() slog.Value { return slog.GroupValue(slog.Int("accounts", len(b.accounts))) }

// LogValue shows how many accounts the plan changed.
func (u *Undo) LogValue() slog.Value { return slog.GroupValue(slog.Int("accounts", len(u.accounts))) }
