package xmlscan

import (
	"bytes"
	"io"
)

// Kind is the kind of an event.
type Kind uint8

// The kinds of events.
const (
	// StartElement is a start tag, or the first half of a self-closing tag.
	StartElement Kind = iota + 1
	// EndElement is an end tag, or the second half of a self-closing tag.
	EndElement
	// Text is character data, or the content of a CDATA section.
	Text
	// Comment is a comment.
	Comment
	// ProcInst is a processing instruction, or the XML declaration.
	ProcInst
	// Directive is the DOCTYPE.
	Directive
)

// String returns the name of the kind.
func (k Kind) String() string {
	switch k {
	case StartElement:
		return "StartElement"
	case EndElement:
		return "EndElement"
	case Text:
		return "Text"
	case Comment:
		return "Comment"
	case ProcInst:
		return "ProcInst"
	case Directive:
		return "Directive"
	}
	return "Kind(?)"
}

// Options are the limits and the tolerances of a Scanner. The zero value has
// safe limits and no tolerance.
type Options struct {
	MaxDepth int   // open elements; default 32
	MaxToken int   // bytes, in UTF-8, of one run of text, tag or comment; default 1 MiB
	MaxAttrs int   // attributes of one element; default 64
	MaxBytes int64 // bytes of the input; 0 is no limit
	Window   int   // initial size of the buffer, in bytes; default 128 KiB

	// Lenient accepts the entities of HTML 4 without declaration, Latin-9 and
	// windows-1252 characters under a declaration of ISO-8859-1 or ISO-8859-15,
	// Latin-9 where UTF-8 is declared or nothing is, and UTF-8
	// under the declaration of an 8-bit charset, provided that the first block
	// of the input that is not ASCII is wholly valid UTF-8. Notes tells what
	// was accepted.
	Lenient bool
}

// attr holds the bounds of an attribute: of its name in the buffer, of its
// value in the buffer or, once decoded, in the scratch buffer.
type attr struct {
	name, nameEnd int
	val, valEnd   int
	special       bool // holds a reference or CR
}

// Scanner reads a document as a sequence of events. Use New.
type Scanner struct {
	r   io.Reader
	opt Options

	// The buffer: buf[pos:end] is unread and valid, buf[end:w] is an
	// incomplete sequence of UTF-8.
	buf         []byte
	pos, end, w int

	// Current token.
	tok         int // index of its start
	kind        Kind
	implicitEnd bool // the end of a self-closing tag is due
	lo, hi      int  // name, in buf
	tlo, thi    int  // text, in buf or scratch
	inScratch   bool
	attrs       []attr
	scratch     []byte

	// Next '&', CR and ']' of the window from pos on, its length if there is
	// none; stale when below pos.
	amp, ret, brk int

	// Open elements: their names one after the other.
	names    []byte
	starts   []int
	top      int // start of the innermost in names
	depth    int
	rootSeen bool // the root was opened
	doctype  bool // a DOCTYPE was read

	err error

	// Input.
	started      bool
	source, stop stop
	readErr      error
	total        int64
	enc          *charset // nil is UTF-8
	detected     bool
	declared     string // the charset declared, when another one is read
	oddNoted     bool
	odd          Note // the first byte read otherwise than declared, wherever the reading is
	raw          []byte
	rawPos       int
	rawLim       int // what detect leaves to convert
	rawEnd       int

	// Positions.
	base, cur       mark
	baseOff, endOff int64 // offsets of buf[0] and, in an 8-bit charset, of buf[end]
	offIdx          int
	offVal          int64
	tokPos          Pos // of the last token, when it is no longer in the buffer

	notes []Note
}

// New returns a scanner of the document that r holds. It reads r by whole
// buffers, and waits for them: it is meant for files, not for conversations.
func New(r io.Reader, o Options) *Scanner {
	def := func(p *int, v int) {
		if *p <= 0 {
			*p = v
		}
	}
	def(&o.MaxDepth, 32)
	def(&o.MaxToken, 1<<20)
	def(&o.MaxAttrs, 64)
	def(&o.Window, 128<<10)
	o.Window = max(o.Window, minWindow)
	o.MaxToken = min(o.MaxToken, maxToken)
	s := &Scanner{opt: o}
	s.Reset(r)
	return s
}

// Reset starts a new document with the same options and buffers.
func (s *Scanner) Reset(r io.Reader) {
	start := mark{line: 1, col: 1}
	*s = Scanner{
		r: r, opt: s.opt,
		buf: s.buf, raw: s.raw, scratch: s.scratch[:0], attrs: s.attrs[:0],
		names: s.names[:0], starts: s.starts[:0],
		base: start, cur: start,
		amp: -1, ret: -1, brk: -1,
	}
}

// Next reads the next event. It returns io.EOF once the document is complete
// and well-formed; any other error is a *SyntaxError. Errors are sticky.
func (s *Scanner) Next() (Kind, error) {
	if s.implicitEnd {
		s.implicitEnd = false
		s.pop()
		s.kind = EndElement
		return EndElement, nil
	}
	for s.err == nil {
		i := s.pos
		// What is beyond the limit must not be seen, for the outcome not to
		// depend on the size of the window. Text ends one byte further.
		b := s.buf[:min(s.end, i+s.opt.MaxToken+1)]
		var k Kind
		n := needMore
		if i+1 < len(b) {
			if b[i] != '<' {
				k, n = Text, s.text(b, i)
			} else {
				switch b[i+1] {
				case '/':
					k, n = EndElement, s.endTag(b, i)
				case '?':
					k, n = ProcInst, s.procInst(b, i)
				case '!':
					k, n = s.bang(b, i)
				default:
					k, n = StartElement, s.startTag(b, i)
				}
			}
		}
		if n > 0 {
			if n > s.opt.MaxToken {
				s.failLimit("token too long", i)
				break
			}
			s.tok = i
			s.pos = i + n
			s.kind = k
			return k, nil
		}
		if n == needMore && s.more() {
			return Text, nil
		}
	}
	return 0, s.err
}

// more brings more bytes for the token at s.pos. When there are none it sets
// the error; it reports whether it delivers instead the white space that ends
// the document.
func (s *Scanner) more() (text bool) {
	if s.end-s.pos > s.opt.MaxToken {
		s.failLimit("token too long", s.pos)
		return false
	}
	if s.fill() {
		return false
	}
	switch s.stop {
	case stopNone: // no room, which the limit above excludes
		s.failLimit("token too long", s.pos)
	case stopEOF:
		return s.finish()
	case stopRead:
		s.err = &SyntaxError{Msg: "read error", Pos: s.posAt(s.end), Code: CodeRead, Err: s.readErr}
	case stopBytes:
		s.failLimit("input too long", s.end)
	case stopCharacter:
		s.fail(CodeCharacter, "character not allowed in XML", s.end, nil)
	case stopUTF16:
		s.fail(CodeCharset, "UTF-16 is not supported", s.end, nil)
	case stopBOM:
		s.fail(CodeCharset, "the declared charset contradicts the byte order mark", s.end, nil)
	default:
		s.fail(CodeEncoding, "byte not valid in "+s.Charset(), s.end, nil)
	}
	return false
}

// finish handles the end of the input, where a token is not complete unless
// it is the white space after the root.
func (s *Scanner) finish() (text bool) {
	rest := s.buf[s.pos:s.end]
	switch {
	case s.depth > 0:
		s.fail(CodeTruncated, "unexpected end of input, element still open", s.end, s.names[s.top:])
	case len(rest) > 0 && rest[0] == '<':
		s.fail(CodeTruncated, "unexpected end of input in markup", s.end, nil)
	case len(rest) > 0:
		if s.textEnd(s.buf[:s.end], s.pos, s.end) < 0 {
			return false
		}
		s.tok, s.pos, s.kind = s.pos, s.end, Text
		return true
	case !s.rootSeen:
		s.fail(CodeTruncated, "no root element", s.end, nil)
	default:
		s.err = io.EOF
	}
	return false
}

// push opens the element of that name.
func (s *Scanner) push(name []byte) {
	s.top = len(s.names)
	s.starts = append(s.starts, s.top)
	s.names = append(s.names, name...)
	s.depth++
}

// pop closes the innermost element.
func (s *Scanner) pop() {
	s.names = s.names[:s.top]
	s.depth--
	s.starts = s.starts[:s.depth]
	s.top = 0
	if s.depth > 0 {
		s.top = s.starts[s.depth-1]
	}
}

// Name returns the name of the element, as written with its prefix, the
// target of the instruction, or the root that the DOCTYPE names. It is valid
// until the next call.
func (s *Scanner) Name() []byte {
	if s.kind == Text || s.kind == Comment {
		return nil
	}
	return s.buf[s.lo:s.hi:s.hi]
}

// NumAttr returns the number of attributes of a StartElement.
func (s *Scanner) NumAttr() int {
	if s.kind != StartElement {
		return 0
	}
	return len(s.attrs)
}

// Attr returns the attribute i of a StartElement. It is valid until the next
// call of Next.
func (s *Scanner) Attr(i int) (name, value []byte) {
	a := &s.attrs[i]
	if a.special {
		value = s.scratch[a.val:a.valEnd:a.valEnd]
	} else {
		value = s.buf[a.val:a.valEnd:a.valEnd]
	}
	return s.buf[a.name:a.nameEnd:a.nameEnd], value
}

// Text returns the character data, or the content of the comment, of the
// instruction or of the DOCTYPE. It is valid until the next call.
func (s *Scanner) Text() []byte {
	switch {
	case s.kind <= EndElement:
		return nil
	case s.inScratch:
		return s.scratch[s.tlo:s.thi:s.thi]
	}
	return s.buf[s.tlo:s.thi:s.thi]
}

// Depth returns the number of open elements: a StartElement counts in it, an
// EndElement no longer does.
func (s *Scanner) Depth() int { return s.depth }

// Charset returns the name of the charset of the document once Next has been
// called: "UTF-8", "ISO-8859-1", "ISO-8859-15" or "windows-1252".
func (s *Scanner) Charset() string {
	if !s.started {
		return ""
	}
	if s.enc != nil && s.declared != "" {
		return s.declared
	}
	return charsetName(s.enc)
}

// isSpace reports whether b is only white space.
func isSpace(b []byte) bool {
	for _, c := range b {
		if class[c]&clsSpace == 0 {
			return false
		}
	}
	return true
}

var (
	cdataOpen  = []byte("<![CDATA[")
	cdataClose = []byte("]]>")
	dashes     = []byte("--")
	piClose    = []byte("?>")
)

// bang scans what starts with "<!".
func (s *Scanner) bang(b []byte, i int) (Kind, int) {
	rest := b[i:]
	switch {
	case len(rest) < 3:
		return Comment, needMore
	case rest[2] == '-':
		if len(rest) < 4 {
			return Comment, needMore
		}
		if rest[3] != '-' {
			return Comment, s.fail(CodeSyntax, "invalid sequence <!-", i, nil)
		}
		k := bytes.Index(rest[4:], dashes)
		if k < 0 || 4+k+2 >= len(rest) {
			return Comment, needMore
		}
		if rest[4+k+2] != '>' {
			return Comment, s.fail(CodeSyntax, "-- is not allowed in a comment", i+4+k, nil)
		}
		s.setText(i+4, i+4+k)
		return Comment, 4 + k + 3
	case rest[2] == '[':
		return Text, s.cdata(b, i)
	}
	return Directive, s.directive(b, i)
}

func (s *Scanner) setText(lo, hi int) {
	s.tlo, s.thi, s.inScratch = lo, hi, false
}
