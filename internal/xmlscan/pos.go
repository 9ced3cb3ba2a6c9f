package xmlscan

import "bytes"

// mark is the line and the column of an index of the buffer.
type mark struct {
	idx, line, col int
}

// advance moves m over b, which starts at m.idx.
func (m *mark) advance(b []byte) {
	m.idx += len(b)
	if n := bytes.Count(b, newline); n > 0 {
		m.line += n
		m.col = 1
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	m.col += runeCount(b)
}

var newline = []byte{'\n'}

// posAt returns the place of the index i of the buffer. Queries that go
// forward, as they do, never count the same bytes twice.
func (s *Scanner) posAt(i int) Pos {
	if i < s.cur.idx {
		s.cur = s.base
	}
	s.cur.advance(s.buf[s.cur.idx:i])
	return Pos{Line: s.cur.line, Column: s.cur.col, Offset: s.offsetAt(i)}
}

// offsetAt returns the offset, in the original bytes, of the index i of the
// buffer. In an 8-bit charset one character is one byte.
func (s *Scanner) offsetAt(i int) int64 {
	if s.enc == nil {
		return s.baseOff + int64(i)
	}
	if i < s.offIdx {
		s.offIdx, s.offVal = 0, s.baseOff
	}
	s.offVal += int64(runeCount(s.buf[s.offIdx:i]))
	s.offIdx = i
	return s.offVal
}

// slide moves the unread bytes to the front of the buffer.
func (s *Scanner) slide() {
	if s.pos == 0 {
		return
	}
	if s.tok >= 0 {
		s.tokPos = s.posAt(s.tok)
	}
	if s.pos < s.cur.idx {
		s.cur = s.base
	}
	s.cur.advance(s.buf[s.cur.idx:s.pos])
	s.cur.idx = 0
	s.base = s.cur
	if s.enc == nil {
		s.baseOff += int64(s.pos)
	} else {
		s.baseOff = s.endOff - int64(runeCount(s.buf[s.pos:s.end]))
	}
	s.offIdx, s.offVal = 0, s.baseOff
	copy(s.buf, s.buf[s.pos:s.w])
	s.w -= s.pos
	s.end -= s.pos
	s.tok -= s.pos
	s.pos = 0
}

// Offset returns the offset, in bytes of the original input, of the start of
// the last token.
func (s *Scanner) Offset() int64 {
	if s.tok < 0 {
		return s.tokPos.Offset
	}
	return s.offsetAt(s.tok)
}

// Pos returns the place of the start of the last token.
func (s *Scanner) Pos() Pos {
	if s.tok < 0 {
		return s.tokPos
	}
	return s.posAt(s.tok)
}

// OffsetAt returns the offset, in bytes of the original input, of
// Window()[n].
func (s *Scanner) OffsetAt(n int) int64 { return s.offsetAt(s.pos + n) }

// PosAt returns the place of Window()[n].
func (s *Scanner) PosAt(n int) Pos { return s.posAt(s.pos + n) }
