// Package xmlscan is a pull scanner for large XML feeds.
//
// It reads well-formed XML 1.0 without namespace processing, in UTF-8 or in
// one of the 8-bit charsets met in French education feeds (ISO-8859-1,
// ISO-8859-15, windows-1252), and delivers the same events as
// encoding/xml.Decoder.RawToken, several times faster and without allocation:
//
//	s := xmlscan.New(r, xmlscan.Options{})
//	for {
//		kind, err := s.Next()
//		if errors.Is(err, io.EOF) {
//			break // the document is complete and well-formed
//		}
//		if err != nil {
//			return err // a *SyntaxError with line, column and byte offset
//		}
//		switch kind {
//		case xmlscan.StartElement:
//			fmt.Printf("%s\n", s.Name())
//		case xmlscan.Text:
//			fmt.Printf("%s\n", s.Text())
//		}
//	}
//
// The slices it returns point into its buffers and are valid until the next
// call. No document type definition is ever read: a DOCTYPE with an external
// identifier is skipped, an internal subset with content is refused, so that
// there is neither entity expansion nor access to a file or to the network.
//
// # Differences with encoding/xml
//
// Every document accepted here is accepted by RawToken with the same events,
// save for three cases:
//
//   - a UTF-8 byte order mark is skipped (RawToken delivers it as text);
//   - white space around "=" is understood in the XML declaration, as XML
//     allows (RawToken then ignores the declared charset);
//   - the tolerances of Options.Lenient, each of them recorded in Notes.
//
// The other way round, these are refused here although RawToken accepts them;
// the code of the error tells which:
//
//   - CodeMismatch: an end tag that does not close the innermost element;
//   - CodeTruncated: an end of input with an element open or without root;
//   - CodeOutside: a second root, or text other than white space, a reference
//     or a CDATA section outside the root;
//   - CodeDoctype: a directive that is not a DOCTYPE, a misplaced, repeated or
//     malformed DOCTYPE, a non-empty internal subset;
//   - CodeDeclaration: an XML declaration that is malformed or not at the
//     start of the document;
//   - CodeCharset: a charset other than those above, a charset that
//     contradicts the byte order mark, a declaration longer than 1 KiB that
//     declares an 8-bit charset;
//   - CodeEncoding: a byte that is not valid in the charset, wherever it is
//     (RawToken does not look into comments, instructions and directives, and
//     reads U+FFFD for a byte undefined in windows-1252);
//   - CodeCharacter: a character that XML excludes, wherever it is, and a
//     reference to a surrogate (RawToken reads U+FFFD);
//   - CodeName: a name with a character that is neither ASCII nor a Latin
//     letter (Latin-1 and Latin Extended-A), although XML has others;
//   - CodeAttribute: an attribute name given twice in one element;
//   - CodeLimit: one of the limits of Options.
//
// Out of scope: namespaces, validation against a DTD or a schema, UTF-16.
package xmlscan
