package annuaire

// Escape and Unescape are seen by tests.
func Escape(s string) string { return escape(s) }

func Unescape(s string) string { return unescape(s) }
