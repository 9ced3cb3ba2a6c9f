package lsu

import "log/slog"

// What this package holds is personal data: logs show counts and codes, nothing else.

func hidden() slog.Value { return slog.StringValue("[redacted]") }

// LogValue shows the school and counts.
func (d Document) LogValue() slog.Value {
	return slog.GroupValue(slog.String("schemaVersion", field(d.SchemaVersion)), slog.Int("pupils", len(d.Pupils)),
		slog.Int("periodic", len(d.Periodic)), slog.Int("cycle", len(d.Cycle)))
}

// field shows a text that has the shape of a number of version, nothing else.
func field(s string) string {
	for i := range len(s) {
		if c := s[i]; c != '.' && (c < '0' || c > '9') || i > 8 {
			return "?"
		}
	}
	return s
}

// LogValue hides the head.
func (Head) LogValue() slog.Value { return hidden() }

// LogValue hides the pupil.
func (Pupil) LogValue() slog.Value { return hidden() }

// LogValue hides the teacher.
func (Teacher) LogValue() slog.Value { return hidden() }

// LogValue hides the text.
func (DigitalCommon) LogValue() slog.Value { return hidden() }

// LogValue hides the text.
func (SchoolLifeCommon) LogValue() slog.Value { return hidden() }

// LogValue hides the text.
func (ProjectComment) LogValue() slog.Value { return hidden() }

// LogValue hides the text.
func (Parcours) LogValue() slog.Value { return hidden() }

// LogValue hides the report.
func (PeriodicReport) LogValue() slog.Value { return hidden() }

// LogValue hides the report.
func (CycleReport) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (Result) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (SubResult) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (Digital) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (DigitalResult) LogValue() slog.Value { return hidden() }

// LogValue hides the plan, which may tell of a handicap.
func (Support) LogValue() slog.Value { return hidden() }

// LogValue hides the counts.
func (SchoolLife) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (SocleResult) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (Complement) LogValue() slog.Value { return hidden() }

// LogValue hides the result.
func (Language) LogValue() slog.Value { return hidden() }

// LogValue hides the guardian.
func (Guardian) LogValue() slog.Value { return hidden() }

// LogValue hides the address.
func (Address) LogValue() slog.Value { return hidden() }

// LogValue hides the texts.
func (ParcoursCommon) LogValue() slog.Value { return hidden() }

// LogValue hides the texts.
func (ProjectGroup) LogValue() slog.Value { return hidden() }
