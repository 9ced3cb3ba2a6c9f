package annuaire

import "strings"

// formula reports whether a spreadsheet would compute a cell that begins like this.
func formula(s string) bool {
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

// escape puts an apostrophe before what a spreadsheet would compute, and before what looks like an escaped cell already, so
// that unescape gives back the cell. Source: OWASP, CSV injection.
func escape(s string) string {
	if formula(strings.TrimLeft(s, "'")) {
		return "'" + s
	}
	return s
}

// unescape takes away the apostrophe that escape put.
func unescape(s string) string {
	if strings.HasPrefix(s, "'") && formula(strings.TrimLeft(s, "'")) {
		return s[1:]
	}
	return s
}
