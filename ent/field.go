package ent

// Field names a datum: "person.birthDate", or an attribute of a feed such as "ENTEleveINE". It never holds a value.
type Field string

// NewField returns s as a Field when it has the shape of one (a letter, then letters, digits, '.', '_', '-'; 64 at the
// most), otherwise "?": a name read from a file may be anything.
func NewField(s string) Field {
	if s == "" || len(s) > 64 {
		return "?"
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '.' || c == '_' || c == '-')) {
			return "?"
		}
	}
	return Field(s)
}

// Loss is what a translation could not carry: the rule that says why, the field, and how many times.
type Loss struct {
	Code  Code  `json:"code"`
	Field Field `json:"field"`
	Count int64 `json:"count"`
}
