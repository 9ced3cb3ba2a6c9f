package xmlscan

import "bytes"

// procInst scans the processing instruction, or XML declaration, at b[i:].
func (s *Scanner) procInst(b []byte, i int) int {
	lo := i + 2
	hi, ok := s.scanName(b, lo, false, CodeSyntax, "target name")
	if !ok {
		return hi
	}
	j := hi
	for j < len(b) && class[b[j]]&clsSpace != 0 {
		j++
	}
	n := bytes.Index(b[j:], piClose)
	if n < 0 {
		return needMore
	}
	end := j + n + len(piClose)
	if string(b[lo:hi]) == "xml" && !s.declaration(b, i, hi, j+n) {
		return failed
	}
	s.lo, s.hi = lo, hi
	s.setText(j, j+n)
	return end - i
}

// isDeclaration reports whether b starts with an XML declaration, rather than
// an instruction whose target starts with xml.
func isDeclaration(b []byte) bool {
	return len(b) > 5 && string(b[:5]) == "<?xml" && class[b[5]]&clsName == 0
}

// declaration checks the XML declaration b[i:], whose pseudo-attributes are
// b[lo:hi].
func (s *Scanner) declaration(b []byte, i, lo, hi int) bool {
	if i != 0 || s.base.line != 1 || s.base.col != 1 {
		s.fail(CodeDeclaration, "XML declaration not at the start", i, nil)
		return false
	}
	d, bad := parseDeclaration(b[lo:hi])
	if bad >= 0 {
		s.fail(CodeDeclaration, "malformed XML declaration", lo+bad, nil)
		return false
	}
	if len(d.encoding) == 0 {
		return true
	}
	enc, ok := charsetByName(d.encoding)
	switch {
	case !ok:
		s.fail(CodeCharset, "charset not supported", lo+d.at, d.encoding)
	case enc != s.enc && s.declared == "" && len(s.notes) == 0:
		// start has not seen it.
		s.fail(CodeCharset, "XML declaration too long", i, nil)
		return false
	}
	return ok
}

// decl is the content of an XML declaration.
type decl struct {
	encoding []byte
	at       int // index of encoding
}

// parseDeclaration parses what stands between "<?xml" and "?>". It returns
// the index of the first byte that does not fit, -1 if all does.
func parseDeclaration(b []byte) (d decl, bad int) {
	i, seen := 0, 0
	for {
		space := i
		for i < len(b) && class[b[i]]&clsSpace != 0 {
			i++
		}
		if i == len(b) {
			return d, -1
		}
		if i == space {
			return d, i
		}
		lo := i
		for i < len(b) && class[b[i]]&clsName != 0 {
			i++
		}
		name := string(b[lo:i])
		for i < len(b) && class[b[i]]&clsSpace != 0 {
			i++
		}
		if i == len(b) || b[i] != '=' {
			return d, i
		}
		for i++; i < len(b) && class[b[i]]&clsSpace != 0; i++ {
		}
		if i == len(b) || b[i] != '"' && b[i] != '\'' {
			return d, i
		}
		n := bytes.IndexByte(b[i+1:], b[i])
		if n < 0 {
			return d, i
		}
		at := i + 1
		value := b[at : at+n]
		i = at + n + 1
		bit, ok := 0, false
		switch name {
		case "version":
			bit, ok = 1, string(value) == "1.0"
		case "encoding":
			bit, ok = 2, isCharsetName(value)
			d.encoding, d.at = value, at
		case "standalone":
			bit, ok = 4, string(value) == "yes" || string(value) == "no"
		default:
			at = lo
		}
		if !ok || seen >= bit {
			d.encoding = nil
			return d, at
		}
		seen = bit
	}
}

// isCharsetName reports whether b has the shape of a charset name.
func isCharsetName(b []byte) bool {
	if len(b) == 0 || class[b[0]]&clsNameStart == 0 || b[0] == '_' || b[0] == ':' {
		return false
	}
	for _, c := range b {
		if class[c]&clsName == 0 || c == ':' || c >= 0x80 {
			return false
		}
	}
	return true
}

// directive scans the DOCTYPE at b[i:]. Its external identifier is skipped;
// its internal subset must be empty.
func (s *Scanner) directive(b []byte, i int) int {
	const open = "<!DOCTYPE"
	if n := min(len(b)-i, len(open)); string(b[i:i+n]) != open[:n] {
		return s.fail(CodeDoctype, "declaration outside a DOCTYPE", i, nil)
	}
	j := i + len(open)
	if j >= len(b) {
		return needMore
	}
	if s.doctype || s.rootSeen {
		return s.fail(CodeDoctype, "DOCTYPE repeated or after the root element", i, nil)
	}
	p := doctypeParser{b: b, i: j}
	p.space(true)
	lo := p.i
	var ok bool
	if !p.more && !p.bad {
		if p.i, ok = s.scanName(b, p.i, false, CodeDoctype, "name of the DOCTYPE"); !ok {
			return p.i
		}
	}
	hi := p.i
	p.rest()
	switch {
	case p.more:
		return needMore
	case p.bad && p.i < len(b) && p.subset:
		return s.fail(CodeDoctype, "internal subset of the DOCTYPE", p.i, nil)
	case p.bad:
		return s.fail(CodeDoctype, "malformed DOCTYPE", p.i, nil)
	}
	s.doctype = true
	s.lo, s.hi = lo, hi
	s.setText(i+2, p.i)
	return p.i + 1 - i
}

// doctypeParser parses a DOCTYPE after its keyword. Once more or bad is set
// the other methods do nothing.
type doctypeParser struct {
	b         []byte
	i         int
	more, bad bool
	subset    bool // in the internal subset
}

// peek returns the next byte.
func (p *doctypeParser) peek() byte {
	if p.i >= len(p.b) {
		p.more = !p.bad
		return 0
	}
	return p.b[p.i]
}

func (p *doctypeParser) ok() bool { return !p.more && !p.bad }

// space skips white space and reports whether there was any.
func (p *doctypeParser) space(required bool) bool {
	from := p.i
	for p.ok() && class[p.peek()]&clsSpace != 0 {
		p.i++
	}
	if p.ok() && required && p.i == from {
		p.bad = true
	}
	return p.i > from
}

// literal skips a quoted string.
func (p *doctypeParser) literal() {
	p.space(true)
	if !p.ok() {
		return
	}
	quote := p.b[p.i]
	if quote != '"' && quote != '\'' {
		p.bad = true
		return
	}
	n := bytes.IndexByte(p.b[p.i+1:], quote)
	if n < 0 {
		p.more = true
		return
	}
	p.i += n + 2
}

// keyword skips the word if it comes next.
func (p *doctypeParser) keyword(word string) bool {
	for k := range len(word) {
		if p.i+k >= len(p.b) {
			p.more = true
			return false
		}
		if p.b[p.i+k] != word[k] {
			return false
		}
	}
	p.i += len(word)
	return true
}

// rest parses what follows the name, up to the closing '>'.
func (p *doctypeParser) rest() {
	if !p.ok() {
		return
	}
	if p.space(false) && p.ok() {
		switch p.peek() {
		case 'S':
			if p.keyword("SYSTEM") {
				p.literal()
			}
		case 'P':
			if p.keyword("PUBLIC") {
				p.literal()
				p.literal()
			}
		}
	}
	p.space(false)
	if p.ok() && p.peek() == '[' {
		p.i++
		p.subset = true
		p.space(false)
		if p.ok() && p.peek() != ']' {
			p.bad = true
			return
		}
		if p.ok() {
			p.subset = false
			p.i++
			p.space(false)
		}
	}
	if p.ok() && p.peek() != '>' {
		p.bad = true
	}
}
