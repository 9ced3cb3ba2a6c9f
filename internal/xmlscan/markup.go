package xmlscan

import "bytes"

// startTag scans the start tag at b[i:].
func (s *Scanner) startTag(b []byte, i int) int {
	j := i + 1
	var all uint8
	for {
		if j >= len(b) {
			return needMore
		}
		c := class[b[j]]
		if c&clsName == 0 {
			break
		}
		all |= c
		j++
	}
	if all&(clsHigh|clsColon) != 0 || j == i+1 || class[b[i+1]]&clsNameStart == 0 {
		var ok bool
		if j, ok = s.scanName(b, i+1, true, CodeSyntax, "element name"); !ok {
			return j
		}
	}
	s.lo, s.hi = i+1, j
	s.attrs = s.attrs[:0]
	implicit := false
	if b[j] != '>' {
		var n int
		if n, implicit = s.attributes(b, j); n <= 0 {
			return n
		}
		j = n
	}
	switch {
	case s.depth == 0 && s.rootSeen:
		return s.fail(CodeOutside, "second root element", i, b[s.lo:s.hi])
	case s.depth >= s.opt.MaxDepth:
		return s.failLimit("elements nested too deep", i)
	}
	s.rootSeen = true
	s.implicitEnd = implicit
	s.push(b[s.lo:s.hi])
	return j + 1 - i
}

// attributes scans the attributes of a tag from b[j:] on, after its name. It
// returns the index of the '>' that ends the tag, and whether a '/' comes
// before it.
func (s *Scanner) attributes(b []byte, j int) (end int, implicit bool) {
	special := false
	for {
		for j < len(b) && class[b[j]]&clsSpace != 0 {
			j++
		}
		if j >= len(b) {
			return needMore, false
		}
		if b[j] == '>' {
			break
		}
		if b[j] == '/' {
			if j+1 >= len(b) {
				return needMore, false
			}
			if b[j+1] != '>' {
				return s.fail(CodeSyntax, "expected /> in the tag", j, nil), false
			}
			j++
			implicit = true
			break
		}
		var a attr
		var ok bool
		a.name = j
		if j, ok = s.scanName(b, j, true, CodeSyntax, "attribute name"); !ok {
			return j, false
		}
		a.nameEnd = j
		for j < len(b) && class[b[j]]&clsSpace != 0 {
			j++
		}
		if j >= len(b) {
			return needMore, false
		}
		if b[j] != '=' {
			return s.fail(CodeSyntax, "attribute without value", j, b[a.name:a.nameEnd]), false
		}
		j++
		for j < len(b) && class[b[j]]&clsSpace != 0 {
			j++
		}
		if j >= len(b) {
			return needMore, false
		}
		quote := b[j]
		if quote != '"' && quote != '\'' {
			return s.fail(CodeSyntax, "attribute value without quotes", j, b[a.name:a.nameEnd]), false
		}
		j++
		a.val = j
		for {
			for j < len(b) && class[b[j]]&clsVal == 0 {
				j++
			}
			if j >= len(b) {
				return needMore, false
			}
			c := b[j]
			if c == quote {
				break
			}
			switch c {
			case '<':
				return s.fail(CodeSyntax, "< in an attribute value", j, b[a.name:a.nameEnd]), false
			case '&', '\r':
				a.special = true
				special = true
			}
			j++
		}
		a.valEnd = j
		j++
		for k := range s.attrs {
			if p := &s.attrs[k]; string(b[p.name:p.nameEnd]) == string(b[a.name:a.nameEnd]) {
				return s.fail(CodeAttribute, "attribute given twice", a.name, b[a.name:a.nameEnd]), false
			}
		}
		if len(s.attrs) >= s.opt.MaxAttrs {
			return s.failLimit("too many attributes", a.name), false
		}
		s.attrs = append(s.attrs, a)
	}
	// Decoded only now that the tag is known to be complete: a tag cut by the
	// end of the window is scanned again.
	if special && !s.decodeAttrs(b) {
		return failed, false
	}
	return j, implicit
}

// decodeAttrs moves to the scratch buffer the values with references or CR.
func (s *Scanner) decodeAttrs(b []byte) bool {
	s.scratch = s.scratch[:0]
	for k := range s.attrs {
		a := &s.attrs[k]
		if !a.special {
			continue
		}
		from := len(s.scratch)
		if !s.decode(b, a.val, a.valEnd, true) {
			return false
		}
		a.val, a.valEnd = from, len(s.scratch)
	}
	return true
}

// endTag scans the end tag at b[i:].
func (s *Scanner) endTag(b []byte, i int) int {
	// Nearly always exactly </name>.
	lo := i + 2
	open := s.names[s.top:]
	if hi := lo + len(open); s.depth > 0 && hi < len(b) && b[hi] == '>' && bytes.Equal(b[lo:hi], open) {
		s.lo, s.hi = lo, hi
		s.pop()
		return hi + 1 - i
	}
	j, ok := s.scanName(b, lo, true, CodeSyntax, "element name")
	if !ok {
		return j
	}
	hi := j
	for j < len(b) && class[b[j]]&clsSpace != 0 {
		j++
	}
	switch {
	case j >= len(b):
		return needMore
	case b[j] != '>':
		return s.fail(CodeSyntax, "expected > in the end tag", j, nil)
	case s.depth == 0:
		return s.fail(CodeMismatch, "end tag without start tag", i, b[lo:hi])
	case !bytes.Equal(b[lo:hi], open):
		msg := "end tag does not match the open element"
		if name := quotable(open); name != "" {
			msg = "end tag does not match the open element " + name
		}
		return s.fail(CodeMismatch, msg, i, b[lo:hi])
	}
	s.lo, s.hi = lo, hi
	s.pop()
	return j + 1 - i
}
