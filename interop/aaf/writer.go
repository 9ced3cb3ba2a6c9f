package aaf

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/opencartable/cartable/ent"
)

// ErrInvalid is returned for a record that cannot be written: without an identifier or a category, with a name or a value
// that XML cannot hold.
var ErrInvalid = errors.New("aaf: the record cannot be written")

// Writer writes one file of a feed: the same records give the same bytes. What it writes is valid against
// ficAlimMENESR.dtd, in UTF-8, and reads back equal.
type Writer struct {
	w   *bufio.Writer
	err error
	buf []byte
}

// NewWriter writes the start of a file, with the comments that the header fills.
func NewWriter(w io.Writer, h Header) *Writer {
	out := &Writer{w: bufio.NewWriterSize(w, 1<<16)}
	out.text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n<ficAlimMENESR>\n")
	comment := func(key, value string) {
		// Two hyphens would end the comment.
		if value != "" && !strings.Contains(value, "--") && !strings.ContainsAny(value, `"<>`) && xmlText(value) {
			out.text("<!-- " + key + `="` + value + "\" -->\n")
		}
	}
	comment("versionAF", h.VersionAF)
	comment("versionSDET", h.VersionSDET)
	comment("codeAcademieExport", strings.TrimLeft(string(h.Academy), "0"))
	comment("degre", string(h.Degree))
	comment("dateGenerationExport", h.Generated.French())
	out.text("\n")
	return out
}

func (w *Writer) text(s string) {
	if w.err == nil {
		_, w.err = w.w.WriteString(s)
	}
}

// Write writes a record. It returns ErrInvalid, and writes nothing of it, for a record that cannot be written.
func (w *Writer) Write(r *Record) error {
	if w.err != nil {
		return w.err
	}
	b, err := appendRecord(w.buf[:0], r)
	w.buf = b
	if err != nil {
		return err
	}
	_, w.err = w.w.Write(b)
	return w.err
}

// Close writes the end of the file and flushes; it does not close the underlying writer.
func (w *Writer) Close() error {
	w.text("</ficAlimMENESR>\n")
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}

func appendRecord(b []byte, r *Record) ([]byte, error) {
	if trim(r.ID) == "" || r.Category == "" || r.Op != Add && r.Op != Modify && r.Op != Delete {
		return b, fmt.Errorf("%w: no identifier, category or operation", ErrInvalid)
	}
	ok := true
	text := func(s string) {
		ok = ok && xmlText(s)
		b = appendText(b, s)
	}
	b = append(b, '<')
	b = append(b, r.Op...)
	b = append(b, ">\n<operationalAttributes><attr name=\""...)
	b = append(b, r.Category.operational()...)
	b = append(b, "\"><value>"...)
	text(string(r.Category))
	b = append(b, "</value></attr></operationalAttributes>\n<identifier><id>"...)
	text(r.ID)
	b = append(b, "</id></identifier>\n"...)
	if r.Op != Delete {
		outer, inner, extra := "attributes", "attr", ""
		if r.Op == Modify {
			outer, inner, extra = "modifications", "modification", ` operation="replace"`
		}
		if len(r.Attrs) == 0 { // the DTD wants one at least
			return b, fmt.Errorf("%w: no attribute", ErrInvalid)
		}
		b = append(b, "<"+outer+">\n"...)
		for i := range r.Attrs {
			a := &r.Attrs[i]
			ok = ok && a.Name != ""
			b = append(b, "<"+inner+" name=\""...)
			text(a.Name)
			b = append(b, "\""+extra+">"...)
			for _, v := range a.Values {
				if v == "" {
					b = append(b, "<value/>"...)
					continue
				}
				b = append(b, "<value>"...)
				text(v)
				b = append(b, "</value>"...)
			}
			if len(a.Values) == 0 {
				b = append(b, "<value/>"...)
			}
			b = append(b, "</"+inner+">\n"...)
		}
		b = append(b, "</"+outer+">\n"...)
	}
	b = append(b, "</"...)
	b = append(b, r.Op...)
	b = append(b, ">\n\n"...)
	if !ok {
		return b, fmt.Errorf("%w: a name or a value holds what XML cannot", ErrInvalid)
	}
	return b, nil
}

// appendText escapes what is markup, and the carriage return, which a reader would fold.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '\'':
			b = append(b, "&apos;"...)
		case '"':
			b = append(b, "&quot;"...)
		case '\r', '\n', '\t':
			b = append(b, "&#"...)
			b = strconv.AppendInt(b, int64(c), 10)
			b = append(b, ';')
		default:
			b = append(b, c)
		}
	}
	return b
}

// xmlText reports whether XML 1.0 can hold the text.
func xmlText(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; c < 0x80 {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		i += n
	}
	return true
}

// DeliveryOptions say how a delivery is written.
type DeliveryOptions struct {
	// Prefix is the first part of the file names; "ENT2DVA" or "ENT1DVA" by the degree of the header when empty.
	Prefix string
	Kind   Kind
	Header Header
	// ChunkRecords is how many records a file holds; default 10 000.
	ChunkRecords int
}

// DeliveryWriter writes a delivery as files of a folder, chunk by chunk: PREFIX_Complet_20240916_Eleve_0000.xml. The six
// files of the second degree and the four of the first always exist, be they empty.
type DeliveryWriter struct {
	dir   string
	opt   DeliveryOptions
	open  map[Category]*chunk
	count map[Category]int64
	done  bool
}

type chunk struct {
	file    *os.File
	w       *Writer
	number  int
	records int
}

// NewDeliveryWriter makes the folder when it does not exist. The date of the header gives the file names theirs. A file
// that exists is never written over: chunks left by an earlier delivery would be read with the new ones.
func NewDeliveryWriter(dir string, o DeliveryOptions) (*DeliveryWriter, error) {
	if o.Header.Generated.IsZero() {
		return nil, fmt.Errorf("%w: the header has no date", ErrInvalid)
	}
	if o.Kind == "" {
		o.Kind = Complet
	}
	if o.Prefix == "" {
		o.Prefix = "ENT2DVA"
		if o.Header.Degree == ent.FirstDegree {
			o.Prefix = "ENT1DVA"
		}
	}
	if o.ChunkRecords <= 0 {
		o.ChunkRecords = 10000
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("aaf: folder: %w", bare(err))
	}
	return &DeliveryWriter{dir: dir, opt: o, open: map[Category]*chunk{}, count: map[Category]int64{}}, nil
}

// Write writes a record into the file of its category.
func (d *DeliveryWriter) Write(r *Record) error {
	if d.done {
		return fmt.Errorf("%w: the delivery is closed", ErrInvalid)
	}
	c := d.open[r.Category]
	if c != nil && c.records >= d.opt.ChunkRecords {
		if err := c.close(); err != nil {
			return err
		}
		next, err := d.chunk(r.Category, c.number+1)
		if err != nil {
			return err
		}
		c = next
	} else if c == nil {
		first, err := d.chunk(r.Category, 0)
		if err != nil {
			return err
		}
		c = first
	}
	if err := c.w.Write(r); err != nil {
		return err
	}
	c.records++
	d.count[r.Category]++
	return nil
}

func (d *DeliveryWriter) chunk(c Category, number int) (*chunk, error) {
	if ent.NewField(string(c)) != ent.Field(c) || strings.ContainsAny(string(c), "._-") {
		return nil, fmt.Errorf("%w: no file can be named after this category", ErrInvalid)
	}
	day := strings.ReplaceAll(d.opt.Header.Generated.String(), "-", "")
	name := fmt.Sprintf("%s_%s_%s_%s_%04d.xml", d.opt.Prefix, d.opt.Kind, day, c.fileName(), number)
	f, err := os.OpenFile(filepath.Join(d.dir, name), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("aaf: %s: %w", name, bare(err))
	}
	out := &chunk{file: f, w: NewWriter(f, d.opt.Header), number: number}
	d.open[c] = out
	return out, nil
}

func (c *chunk) close() error {
	return errors.Join(c.w.Close(), c.file.Close())
}

// Close ends the files. A Complet without any record of a category gets an empty file for it: a reader can then tell
// "none" from "lost".
func (d *DeliveryWriter) Close() error {
	if d.done {
		return nil
	}
	d.done = true
	var errs []error
	for _, c := range Categories() {
		if d.opt.Header.Degree == ent.FirstDegree && (c == Subjects || c == Programmes) {
			continue
		}
		if d.open[c] == nil && d.opt.Kind == Complet {
			if _, err := d.chunk(c, 0); err != nil {
				errs = append(errs, err)
			}
		}
	}
	for _, c := range sortedKeys(d.open) {
		errs = append(errs, d.open[c].close())
	}
	return errors.Join(errs...)
}

// Count returns how many records of a category were written.
func (d *DeliveryWriter) Count(c Category) int64 { return d.count[c] }
