package lsu

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// Options say how a file is read. The zero value reads every version and judges by none.
type Options struct {
	// Version, when set, is the one by which the file is judged while it is read: every breach of its schema is an Issue with
	// its line. The file is read all the same.
	Version Version
	// File is the name of the file, for the places of the issues.
	File string
	// OnIssue receives every issue; the report keeps the first ones of each code.
	OnIssue func(ent.Issue)
	Limits  Limits
}

// Limits bound what is read.
type Limits struct {
	// Bytes bounds the file: 128 MiB when 0, some twenty times a collège of 600 pupils with all its sections.
	Bytes int64
	// Depth bounds the open elements: 16 when 0, twice what the format needs.
	Depth int
	// Token bounds one text or one start tag: 1 MiB when 0.
	Token int
}

// Read reads a file of any version and degree. It returns an error, with a report and no document, for what is not
// well-formed, exceeds a limit or has another root; whatever else is wrong is an issue of the report. A value that has no
// place in the model is kept nowhere and counted as a loss. Ids become the keys; texts are trimmed, a blank one is missing.
func Read(r io.Reader, o Options) (*Document, *ent.Report, error) {
	d, report, _, err := read(r, o, false)
	return d, report, err
}

// read returns the schema's findings too, when they are asked for.
func read(r io.Reader, o Options, keep bool) (*Document, *ent.Report, []finding, error) {
	if o.Version != "" && !o.Version.Known() {
		report := &ent.Report{}
		i := catalog().New(CodeVersion, ent.Pos{File: o.File}, "")
		report.Add(i)
		return nil, report, nil, fmt.Errorf("lsu: %w", i)
	}
	if o.Limits.Bytes == 0 {
		o.Limits.Bytes = 128 << 20
	}
	if o.Limits.Depth == 0 {
		o.Limits.Depth = 16
	}
	if o.Limits.Token == 0 {
		o.Limits.Token = 1 << 20
	}
	d := &decoder{
		s: xmlscan.New(r, xmlscan.Options{MaxDepth: o.Limits.Depth, MaxBytes: o.Limits.Bytes, MaxToken: o.Limits.Token}),
		o: o, doc: &Document{}, report: &ent.Report{}, interned: make(map[string]string, 512),
	}
	if o.Version != "" {
		d.v = newValidator(o.Version, d.s, func(f finding) {
			f.issue.Pos.File = o.File
			if keep {
				d.findings = append(d.findings, f)
			}
			d.file(f.issue)
		})
	}
	d.document()
	if d.err != nil {
		return nil, d.report, d.findings, d.err
	}
	for kind, n := range d.doc.counts() {
		if n > 0 {
			d.report.Keep(kind, int64(n))
		}
	}
	return d.doc, d.report, d.findings, nil
}

// counts returns the number of records by element.
func (d *Document) counts() map[string]int {
	return map[string]int{
		"responsable-etab": len(d.Heads), "classe": len(d.Classes), "eleve": len(d.Pupils), "periode": len(d.Periods),
		"discipline": len(d.Disciplines), "enseignant": len(d.Teachers), "element-programme": len(d.Elements),
		"competences-numeriques-commun": len(d.Digital), "parcours-commun": len(d.Parcours), "vie-scolaire-commun": len(d.SchoolLife),
		"epi-thematique": len(d.Themes), "epi": len(d.EPIs), "epi-groupe": len(d.EPIGroups), "acc-perso": len(d.APs),
		"acc-perso-groupe": len(d.APGroups), "bilan-periodique": len(d.Periodic), "bilan-cycle": len(d.Cycle),
	}
}

// decoder builds a document from the events; its methods read one element each, from its start to its end.
type decoder struct {
	s        *xmlscan.Scanner
	v        *validator
	o        Options
	doc      *Document
	report   *ent.Report
	findings []finding
	err      error

	prefix   []byte // of our namespace
	local    []byte // name of the element at hand
	buf      []byte
	interned map[string]string
	keys     []Key
	ints     []int
	results  []Result
	path     string // the section, for the issues of values that were not read
}

func (d *decoder) file(i ent.Issue) {
	d.report.Add(i)
	if d.o.OnIssue != nil {
		d.o.OnIssue(i)
	}
}

func (d *decoder) pos() ent.Pos {
	p := d.s.Pos()
	return ent.Pos{File: d.o.File, Line: p.Line, Column: p.Column, Offset: p.Offset}
}

// fail stops the reading.
func (d *decoder) fail(err error) {
	if d.err != nil {
		return
	}
	code := CodeSyntax
	pos := ent.Pos{File: d.o.File}
	if syntax, ok := errors.AsType[*xmlscan.SyntaxError](err); ok {
		pos.Line, pos.Column, pos.Offset = syntax.Pos.Line, syntax.Pos.Column, syntax.Pos.Offset
		switch syntax.Code {
		case xmlscan.CodeLimit:
			code = CodeLimit
		case xmlscan.CodeRead:
			code = CodeReadFailed
		default: // not well-formed
		}
		// The scanner's message quotes names of the markup, which may be anything.
		err = errors.Join(syntax.Code, syntax.Err)
	}
	i := catalog().New(code, pos, "$")
	d.file(i)
	d.err = fmt.Errorf("lsu: %w", errors.Join(i, err))
}

// child moves to the next child of the element at hand, whose name is then in local; false at the end of the element.
func (d *decoder) child() bool {
	for d.err == nil {
		k, err := d.s.Next()
		if err != nil {
			d.fail(unexpectedEnd(err))
			return false
		}
		switch k {
		case xmlscan.StartElement:
			ours := d.name()
			if d.v != nil {
				d.v.start(d.local, ours)
			}
			if ours {
				return true
			}
			d.skip()
		case xmlscan.EndElement:
			if d.v != nil {
				d.v.end()
			}
			return false
		case xmlscan.Text:
			if d.v != nil {
				d.v.text(d.s.Text())
			}
		case xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
	return false
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// name splits the name of the element and reports whether it is of our namespace.
func (d *decoder) name() bool {
	name := d.s.Name()
	d.local = name
	i := bytes.IndexByte(name, ':')
	if i >= 0 {
		d.local = name[i+1:]
	}
	if i < 0 && len(d.prefix) > 0 || i >= 0 && !bytes.Equal(name[:i], d.prefix) {
		return false
	}
	for a := range d.s.NumAttr() {
		if n, v := d.s.Attr(a); string(n) == "xmlns" && string(v) != Namespace && d.s.Depth() > 1 {
			return false
		}
	}
	return true
}

// skip reads an element that the model does not know.
func (d *decoder) skip() {
	d.lose(d.local)
	d.drain()
}

func (d *decoder) lose(name []byte) {
	d.report.Lose(ent.Loss{Code: CodeNotKept, Field: ent.NewField(string(name)), Count: 1})
}

// drain reads to the end of the element at hand.
func (d *decoder) drain() {
	for open := 1; open > 0 && d.err == nil; {
		k, err := d.s.Next()
		if err != nil {
			d.fail(unexpectedEnd(err))
			return
		}
		switch k {
		case xmlscan.StartElement:
			open++
			ours := d.name()
			if d.v != nil {
				d.v.start(d.local, ours)
			}
		case xmlscan.EndElement:
			open--
			if d.v != nil {
				d.v.end()
			}
		case xmlscan.Text:
			if d.v != nil {
				d.v.text(d.s.Text())
			}
		case xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// leaf reads an element that has no children.
func (d *decoder) leaf() {
	for d.child() {
		d.skip()
	}
}

// content reads the text of an element.
func (d *decoder) content() string {
	d.buf = d.buf[:0]
	for d.err == nil {
		k, err := d.s.Next()
		if err != nil {
			d.fail(unexpectedEnd(err))
			return ""
		}
		switch k {
		case xmlscan.Text:
			if d.v != nil {
				d.v.text(d.s.Text())
			}
			d.buf = append(d.buf, d.s.Text()...)
			continue
		case xmlscan.StartElement:
			ours := d.name()
			if d.v != nil {
				d.v.start(d.local, ours)
			}
			d.skip()
			continue
		case xmlscan.EndElement:
			if d.v != nil {
				d.v.end()
			}
		case xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
			continue
		}
		break
	}
	return tidy(d.buf)
}

// attrs calls f for each attribute of the format.
func (d *decoder) attrs(f func(name, value []byte) bool) {
	for i := range d.s.NumAttr() {
		name, value := d.s.Attr(i)
		if !f(name, value) && !technical(name) {
			d.lose(name)
		}
	}
}

func (d *decoder) intern(v []byte) string {
	if s, ok := d.interned[string(v)]; ok {
		return s
	}
	s := tidyLine(v)
	d.interned[string(v)] = s
	return s
}

func (d *decoder) line(v []byte) string { return tidyLine(v) }

func (d *decoder) key(v []byte) Key { return Key(d.intern(v)) }

func (d *decoder) refs(v []byte) []Key {
	start := len(d.keys)
	if cap(d.keys)-start < 64 {
		d.keys, start = make([]Key, 0, 4096), 0
	}
	for item := range fields(v) {
		d.keys = append(d.keys, d.key(item))
	}
	if len(d.keys) == start {
		return nil
	}
	return d.keys[start:len(d.keys):len(d.keys)]
}

// bad tells a value that could not be read, unless the check of the version has told it.
func (d *decoder) bad(name string) {
	if d.v == nil || d.v.off {
		d.file(catalog().New(CodeUnreadable, d.pos(), "$."+d.path, ent.FieldOf("field", ent.Field(name))))
	}
}

func (d *decoder) date(name string, v []byte) ent.Date {
	v = trimXML(v)
	if rest, ok := zone(v); ok && len(rest) < len(v) {
		d.report.Lose(ent.Loss{Code: CodeNotKept, Field: ent.Field(name + ".zone"), Count: 1})
		v = rest
	}
	t, err := ent.ParseDate(string(v))
	if err != nil {
		d.bad(name)
	}
	return t
}

func (d *decoder) bool(name string, v []byte) bool {
	switch string(trimXML(v)) {
	case "true", "1":
		return true
	case "false", "0":
	default:
		d.bad(name)
	}
	return false
}

// number reads an integer of at most nine digits; nil when it is none.
func (d *decoder) number(name string, v []byte) *int {
	v = trimXML(v)
	negative := false
	if len(v) > 0 && (v[0] == '+' || v[0] == '-') {
		negative, v = v[0] == '-', v[1:]
	}
	if !allDigits(v) || len(v) > 9 {
		d.bad(name)
		return nil
	}
	n := 0
	for _, c := range v {
		n = n*10 + int(c-'0')
	}
	if negative {
		n = -n
	}
	if len(d.ints) == cap(d.ints) {
		d.ints = make([]int, 0, 1024)
	}
	d.ints = append(d.ints, n)
	return &d.ints[len(d.ints)-1]
}

func (d *decoder) plain(name string, v []byte) int {
	if n := d.number(name, v); n != nil {
		return *n
	}
	return 0
}

// document reads the whole file.
func (d *decoder) document() {
	for d.err == nil {
		k, err := d.s.Next()
		if err != nil {
			d.fail(unexpectedEnd(err))
			return
		}
		if k != xmlscan.StartElement {
			continue
		}
		d.rootName()
		if d.err != nil {
			return
		}
		break
	}
	d.attrs(func(name, v []byte) bool {
		if string(name) == "schemaVersion" {
			d.doc.SchemaVersion = d.line(v)
			return true
		}
		return false
	})
	for d.child() {
		switch string(d.local) {
		case "entete":
			d.header()
		case "donnees":
			d.data()
		default:
			d.skip()
		}
	}
	for d.err == nil {
		if _, err := d.s.Next(); err != nil {
			if !errors.Is(err, io.EOF) {
				d.fail(err)
			}
			return
		}
	}
}

// rootName finds the prefix of our namespace.
func (d *decoder) rootName() {
	name := d.s.Name()
	prefix, local, prefixed := bytes.Cut(name, []byte(":"))
	if !prefixed {
		prefix, local = nil, name
	}
	declared := false
	for i := range d.s.NumAttr() {
		n, v := d.s.Attr(i)
		if p, ok := bytes.CutPrefix(n, []byte("xmlns:")); ok && len(prefix) > 0 && bytes.Equal(p, prefix) || string(n) == "xmlns" && len(prefix) == 0 {
			declared = string(v) == Namespace
		}
	}
	d.prefix = bytes.Clone(prefix)
	if d.v != nil {
		d.v.start(local, declared)
	} else if !declared {
		d.file(catalog().New(CodeRoot, d.pos(), "$", ent.FieldOf("field", "lsun-bilans")))
	}
	if string(local) != "lsun-bilans" {
		i := catalog().New(CodeRoot, d.pos(), "$", ent.FieldOf("field", "lsun-bilans"))
		if d.v == nil && declared {
			d.file(i)
		}
		d.err = fmt.Errorf("lsu: %w", i)
	}
}
