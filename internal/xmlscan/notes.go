package xmlscan

// NoteKind is the kind of a tolerance of Options.Lenient.
type NoteKind string

// The kinds of tolerances.
const (
	// NoteEntity is an HTML entity read as its character; Name is its name.
	NoteEntity NoteKind = "html-entity"
	// NoteCharset is a document whose bytes are not in the charset it declares;
	// Name is that charset and Pos the first character that tells, or the start
	// of a document with a byte order mark.
	NoteCharset NoteKind = "charset"
)

// Note records a tolerance that was used: the first place and how often.
type Note struct {
	Kind  NoteKind
	Pos   Pos
	Name  string
	Count int
}

// Notes returns the tolerances used so far, in the order of their first use.
func (s *Scanner) Notes() []Note {
	var out []Note
	odd := s.odd.Count > 0 && s.odd.Pos.Offset < s.offsetAt(s.pos) // the window is ahead of the reading
	for _, n := range s.notes {
		if odd && s.odd.Pos.Offset < n.Pos.Offset {
			out, odd = append(out, s.odd), false
		}
		out = append(out, n)
	}
	if odd {
		out = append(out, s.odd)
	}
	return out
}

func (s *Scanner) note(kind NoteKind, name string, pos Pos) {
	s.notes = append(s.notes, Note{Kind: kind, Pos: pos, Name: name, Count: 1})
}

// noteEntity records the HTML entity at index i of the buffer.
func (s *Scanner) noteEntity(name []byte, i int) {
	for k := range s.notes {
		if n := &s.notes[k]; n.Kind == NoteEntity && n.Name == string(name) {
			n.Count++
			return
		}
	}
	s.note(NoteEntity, string(name), s.posAt(i))
}
