package xmlscan

import (
	"bytes"
	"io"
)

const (
	sniffSize = 1 << 10  // the XML declaration ends within these bytes
	rawSize   = 32 << 10 // block of an 8-bit charset
	minFree   = 16       // below this much room the buffer grows
	slack     = 64       // room beyond MaxToken, to see the end of a token
	minWindow = 64
	maxToken  = 1 << 30 // highest value of Options.MaxToken
	maxEmpty  = 100     // reads without data nor error before giving up
)

// stop is the reason why no byte can be added to the buffer.
type stop uint8

const (
	stopNone stop = iota
	stopEOF
	stopRead      // error of the reader, in s.readErr
	stopBytes     // MaxBytes
	stopEncoding  // byte not valid in the charset
	stopCharacter // character that XML refuses
	stopUTF16
	stopBOM // byte order mark against the declaration
)

// Window returns the bytes that come next, validated and converted to UTF-8.
// It is the door for callers that know their grammar well enough to parse a
// part of the document themselves; they consume it with Advance. It is empty
// outside the root element, and after the StartElement of a self-closing tag.
// It is valid until the next call of anything but Advance.
func (s *Scanner) Window() []byte {
	if s.err != nil || s.depth == 0 || s.implicitEnd {
		return nil
	}
	return s.buf[s.pos:s.end:s.end]
}

// Advance consumes n bytes of Window. The caller guarantees that they are
// character data, or markup where every element that is opened is closed, so
// that the stack of open elements does not change.
func (s *Scanner) Advance(n int) {
	if n < 0 || n > s.end-s.pos {
		panic("xmlscan: Advance beyond the window")
	}
	s.pos += n
}

// Fill brings more bytes into Window and reports whether it could: it cannot
// at the end of the input, before a byte that is not valid, and when the
// window is at its maximum size. Next tells which. The slices returned before
// are no longer valid. The error is the one Next has already returned.
func (s *Scanner) Fill() (more bool, err error) {
	if s.err != nil {
		return false, s.err
	}
	if s.implicitEnd {
		return false, nil // the name of the element is still needed
	}
	return s.fill(), nil
}

// fill slides the unread bytes to the front, then adds as many as there is
// room for. It reports whether it added any.
func (s *Scanner) fill() bool {
	if s.stop != stopNone {
		return false
	}
	if !s.started {
		s.start()
	}
	s.slide()
	if len(s.buf)-s.w < minFree && !s.grow() && len(s.buf)-s.w < 4 {
		return false
	}
	before := s.end
	for s.end == before && s.stop == stopNone {
		if s.enc == nil {
			s.fillUTF8()
		} else {
			s.fillCharset()
		}
	}
	s.amp, s.ret, s.brk = -1, -1, -1
	return s.end > before
}

// grow doubles the buffer, within the limit that MaxToken sets.
func (s *Scanner) grow() bool {
	n := min(2*len(s.buf), max(s.opt.Window, s.opt.MaxToken+slack))
	if n <= len(s.buf) {
		return false
	}
	b := make([]byte, n)
	copy(b, s.buf[:s.w])
	s.buf = b
	return true
}

// read fills b as far as the input goes. It records in s.source why it did
// not fill it whole.
func (s *Scanner) read(b []byte) int {
	n, empty := 0, 0
	for n < len(b) && s.source == stopNone {
		k, err := s.r.Read(b[n:])
		n += k
		s.total += int64(k)
		if limit := s.opt.MaxBytes; limit > 0 && s.total > limit {
			over := int(min(s.total-limit, int64(n)))
			s.source = stopBytes
			s.total -= int64(over)
			return n - over
		}
		switch {
		case err == io.EOF:
			s.source = stopEOF
		case err != nil:
			s.source, s.readErr = stopRead, err
		case k > 0:
			empty = 0
		default:
			if empty++; empty >= maxEmpty {
				s.source, s.readErr = stopRead, io.ErrNoProgress
			}
		}
	}
	return n
}

// start reads the first bytes of the input and chooses the charset.
func (s *Scanner) start() {
	s.started = true
	if s.buf == nil {
		s.buf = make([]byte, s.opt.Window)
	}
	if len(s.raw) < sniffSize {
		s.raw = make([]byte, sniffSize)
	}
	s.rawPos, s.rawEnd = 0, s.read(s.raw[:sniffSize])
	head := s.raw[:s.rawEnd]
	bom := false
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		bom = true
		s.rawPos = 3
		s.baseOff, s.offVal, s.endOff = 3, 3, 3
		head = head[3:]
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}),
		bytes.HasPrefix(head, []byte{'<', 0}), bytes.HasPrefix(head, []byte{0, '<'}):
		s.stop = stopUTF16
		return
	}
	if !isDeclaration(head) {
		s.doubt(bom)
		return
	}
	k := bytes.Index(head, []byte("?>"))
	if k < 0 {
		return
	}
	d, _ := parseDeclaration(head[5:k])
	enc, ok := charsetByName(d.encoding)
	if !ok {
		return // what is wrong is reported when the declaration is delivered
	}
	if enc == nil {
		s.doubt(bom)
		return
	}
	switch {
	case !bom:
		if s.opt.Lenient && (enc == latin1 || enc == latin9) {
			s.declared = enc.name
			if enc == latin1 {
				enc = latin
			} else {
				enc = latin15
			}
		}
		s.enc = enc
		s.readBlock()
		s.detect()
	case s.opt.Lenient:
		s.note(NoteCharset, enc.name, Pos{Line: 1, Column: 1, Offset: 3})
	default:
		s.stop = stopBOM
	}
}

// readBlock reads the first block of a document that is to be converted.
func (s *Scanner) readBlock() {
	if len(s.raw) < rawSize {
		raw := make([]byte, rawSize)
		copy(raw, s.raw[:s.rawEnd])
		s.raw = raw
	}
	s.rawEnd += s.read(s.raw[s.rawEnd:rawSize])
	s.rawLim = s.rawEnd
}

// doubt looks at the first block of a document that is in UTF-8, by its
// declaration or for want of one, and reads it as Latin-9 when its first
// character beyond ASCII is not UTF-8, if the options allow it. A document that
// is UTF-8 up to a damaged byte stays what it is, and is refused.
func (s *Scanner) doubt(bom bool) {
	if !s.opt.Lenient || bom {
		return
	}
	s.readBlock()
	b := s.raw[s.rawPos:s.rawEnd]
	if n, v := validate(b); v == badEncoding && isASCII(b[:n]) {
		m := mark{line: 1, col: 1}
		m.advance(b[:n])
		s.note(NoteCharset, nameUTF8, Pos{Line: m.line, Column: m.col, Offset: int64(n)})
		s.enc, s.detected, s.oddNoted = latin, true, true
	}
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// noteOdd records the first byte that is read otherwise than declared.
func (s *Scanner) noteOdd(src []byte, end int) {
	for i, b := range src {
		if s.enc.table[b]&oddByte == 0 {
			continue
		}
		s.oddNoted = true
		m := s.cur
		if end < m.idx {
			m = s.base
		}
		m.advance(s.buf[m.idx:end])
		out := make([]byte, 4*i+16)
		n, _, _, _ := s.enc.transcode(out, src[:i])
		m.advance(out[:n])
		s.odd = Note{Kind: NoteCharset, Name: s.declared, Count: 1, Pos: Pos{Line: m.line, Column: m.col, Offset: s.endOff + int64(i)}}
		return
	}
}

// fillUTF8 reads into the buffer, and validates what it has read.
func (s *Scanner) fillUTF8() {
	if s.rawPos < s.rawEnd {
		n := copy(s.buf[s.w:], s.raw[s.rawPos:s.rawEnd])
		s.rawPos += n
		s.w += n
	}
	if s.rawPos == s.rawEnd {
		s.w += s.read(s.buf[s.w:])
	}
	n, v := validate(s.buf[s.end:s.w])
	s.end += n
	last := s.rawPos == s.rawEnd && s.source != stopNone
	switch {
	case v == badCharacter:
		s.stop = stopCharacter
	case v == badEncoding:
		s.stop = stopEncoding
	case v == validPartial && last && s.source == stopEOF:
		s.stop = stopEncoding
	case last:
		s.stop = s.source
	}
}

// fillCharset reads blocks and converts them into the buffer.
func (s *Scanner) fillCharset() {
	for {
		nd, ns, v, odd := s.enc.transcode(s.buf[s.end:], s.raw[s.rawPos:s.rawLim])
		if odd && !s.oddNoted {
			s.noteOdd(s.raw[s.rawPos:s.rawPos+ns], s.end)
		}
		s.end += nd
		s.w = s.end
		s.rawPos += ns
		s.endOff += int64(ns)
		switch v {
		case badEncoding:
			s.stop = stopEncoding
			return
		case badCharacter:
			s.stop = stopCharacter
			return
		case destFull:
			return
		default: // all was converted
		}
		if s.source != stopNone && s.rawPos == s.rawEnd {
			s.stop = s.source
			return
		}
		n := copy(s.raw, s.raw[s.rawPos:s.rawEnd])
		s.rawPos, s.rawEnd = 0, n+s.read(s.raw[n:rawSize])
		s.rawLim = s.rawEnd
		if s.detect(); s.enc == nil {
			s.fillUTF8()
			return
		}
	}
}

// detect looks for UTF-8 in the first block that is not ASCII, in spite of
// the declaration, when the options allow it. A sequence cut by the end of
// the block, when it is all there is, is left for the next block.
func (s *Scanner) detect() {
	if !s.opt.Lenient || s.detected {
		return
	}
	b := s.raw[s.rawPos:s.rawEnd]
	n, v := validate(b)
	ascii := 0
	for ascii < n && b[ascii] < 0x80 {
		ascii++
	}
	switch {
	case v == badEncoding, v == validPartial && s.source != stopNone:
		s.detected = true
	case ascii < n:
		s.detected = true
		m := s.cur
		if s.end < m.idx {
			m = s.base
		}
		m.advance(s.buf[m.idx:s.end])
		m.advance(b[:ascii])
		s.note(NoteCharset, s.Charset(), Pos{Line: m.line, Column: m.col, Offset: s.endOff + int64(ascii)})
		s.enc = nil
	case v == validPartial:
		s.rawLim = s.rawPos + n
	}
}
