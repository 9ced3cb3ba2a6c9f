//nolint:errname // the codes are classes of errors; they implement error only to be targets of errors.Is
package xmlscan

import (
	"fmt"
	"strings"
)

// ErrorCode classifies the errors of the scanner. It is itself an error, so
// that errors.Is(err, CodeEntity) tells whether err has that code.
type ErrorCode string

// The codes of the errors. They are stable: a code may be retired, never
// reused for another meaning.
const (
	// CodeSyntax is any breach of the grammar without a code of its own.
	CodeSyntax ErrorCode = "syntax"
	// CodeMismatch is an end tag that does not close the innermost element.
	CodeMismatch ErrorCode = "mismatch"
	// CodeEntity is a reference to an entity that is not known.
	CodeEntity ErrorCode = "entity"
	// CodeCharset is a charset that is not supported or contradictory.
	CodeCharset ErrorCode = "charset"
	// CodeEncoding is a byte sequence that is not valid in the charset.
	CodeEncoding ErrorCode = "encoding"
	// CodeCharacter is a character that XML does not allow.
	CodeCharacter ErrorCode = "character"
	// CodeName is a name made of characters that are not accepted in names.
	CodeName ErrorCode = "name"
	// CodeAttribute is an attribute given twice in one element.
	CodeAttribute ErrorCode = "attribute"
	// CodeOutside is content before or after the root element.
	CodeOutside ErrorCode = "outside"
	// CodeDeclaration is a malformed or misplaced XML declaration.
	CodeDeclaration ErrorCode = "declaration"
	// CodeDoctype is a directive that is refused, in particular an internal
	// subset with declarations.
	CodeDoctype ErrorCode = "doctype"
	// CodeLimit is one of the limits of Options.
	CodeLimit ErrorCode = "limit"
	// CodeTruncated is an end of input before the end of the document.
	CodeTruncated ErrorCode = "truncated"
	// CodeRead is an error of the underlying reader, available to errors.Is
	// and errors.As.
	CodeRead ErrorCode = "read"
)

// Error returns the code as a message, which makes it a target of errors.Is.
func (c ErrorCode) Error() string { return "xmlscan: " + string(c) }

// Pos is a place in the input.
type Pos struct {
	Line   int   // from 1; lines end with LF
	Column int   // in characters, from 1
	Offset int64 // in bytes of the original input, from 0
}

// String returns "line:column".
func (p Pos) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// SyntaxError is the error of a document that is refused. Its message never
// quotes text or attribute values of the document.
type SyntaxError struct {
	Msg  string
	Pos  Pos
	Code ErrorCode
	Name string // the entity, element or attribute concerned, when it is safe to quote
	Err  error  // the error of the reader, for CodeRead
}

// Error returns the place, the message and the name concerned.
func (e *SyntaxError) Error() string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "xmlscan: line %d, column %d (byte %d): %s", e.Pos.Line, e.Pos.Column, e.Pos.Offset, e.Msg)
	if e.Name != "" {
		sb.WriteString(" (" + e.Name + ")")
	}
	if e.Err != nil {
		sb.WriteString(": " + e.Err.Error())
	}
	return sb.String()
}

// Unwrap returns the error of the reader, if any.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Is reports whether target is the code of e.
func (e *SyntaxError) Is(target error) bool {
	c, ok := target.(ErrorCode)
	return ok && c == e.Code
}

// maxQuoted bounds the names that messages may quote: something longer is not
// a name anybody chose and could be misplaced content.
const maxQuoted = 64

// quotable returns the name as a string, or nothing when it has not the shape
// of a short name.
func quotable(name []byte) string {
	if len(name) > maxQuoted || checkName(name) != len(name) {
		return ""
	}
	return string(name)
}

// status is what a step of the scanner yields when it is negative; otherwise
// it is the length of the token.
const (
	needMore = 0  // the token is not complete in the window
	failed   = -1 // s.err is set
)

// fail records the error at index i of the buffer.
func (s *Scanner) fail(code ErrorCode, msg string, i int, name []byte) int {
	s.err = &SyntaxError{Msg: msg, Pos: s.posAt(i), Code: code, Name: quotable(name)}
	return failed
}

func (s *Scanner) failLimit(msg string, i int) int {
	s.err = &SyntaxError{Msg: msg, Pos: s.posAt(i), Code: CodeLimit}
	return failed
}
