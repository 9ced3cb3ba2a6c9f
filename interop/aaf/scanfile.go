package aaf

import (
	"errors"
	"io"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// scanFile reads the records of one file into raw records. Records in the usual writing take the fast door of fast.go;
// anything else comes through the events of the scanner, below. Both give the same records, which a fuzz target proves.
type scanFile struct {
	s    *xmlscan.Scanner
	opt  *Options
	name string
	hdr  Header
	// issue files what is wrong beside the records.
	issue func(ent.Issue)
	slow  bool // never take the fast door: for the tests that compare
	// next guesses the attribute that follows another one, by category: feeds write them always in the same order.
	next [catCount][maxKeys]attrKey
	// unknown keeps one copy of each name that is not in the table.
	unknown map[string]string
	records int64
	pos     xmlscan.Pos // of the last record
}

func newScanFile(r io.Reader, f *File, opt *Options, issue func(ent.Issue)) *scanFile {
	return &scanFile{
		s: xmlscan.New(r, xmlscan.Options{
			MaxDepth: 16, MaxToken: opt.Limits.RecordBytes, Lenient: !opt.Strict, MaxBytes: opt.Limits.FileBytes,
		}),
		opt: opt, name: f.Name, issue: issue, unknown: map[string]string{},
	}
}

// read fills r with the next record. It returns io.EOF at the end of the document, or the error of the scanner.
func (f *scanFile) read(r *raw) error {
	for {
		if !f.slow && f.s.Depth() == 1 {
			if ok := f.fast(r); ok {
				f.records++
				return nil
			}
		}
		kind, err := f.s.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.Comment:
			if f.records == 0 {
				f.hdr.read(string(f.s.Text()))
			}
		case xmlscan.StartElement:
			done, err := f.element(r)
			if err != nil {
				return err
			}
			if done {
				f.records++
				return nil
			}
		case xmlscan.EndElement, xmlscan.Text, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// element handles a start tag outside a record: the root, a record, or something unknown.
func (f *scanFile) element(r *raw) (done bool, err error) {
	name := string(f.s.Name())
	if f.s.Depth() == 1 {
		if name != "ficAlimMENESR" {
			return false, f.strange()
		}
		return false, nil
	}
	switch Op(name) {
	case Add, Modify, Delete:
		r.reset()
		r.op = Op(name)
		f.pos = f.s.Pos()
		r.offset = f.pos.Offset
		return true, f.record(r)
	}
	return false, f.skip()
}

var errStrange = errors.New("aaf: unknown element")

// strange files an unknown element; strict reading stops there.
func (f *scanFile) strange() error {
	if f.opt.Strict {
		return errStrange
	}
	f.issue(catalog().New(CodeUnknownElement, f.here(), "$"))
	return nil
}

// skip leaves aside the element that has just started.
func (f *scanFile) skip() error {
	if err := f.strange(); err != nil {
		return err
	}
	for depth := f.s.Depth(); ; {
		kind, err := f.s.Next()
		if err != nil {
			return err
		}
		if kind == xmlscan.EndElement && f.s.Depth() < depth {
			return nil
		}
	}
}

// here is the place of the last event.
func (f *scanFile) here() ent.Pos { return f.at(f.s.Pos()) }

func (f *scanFile) at(p xmlscan.Pos) ent.Pos {
	return ent.Pos{File: f.name, Line: p.Line, Column: p.Column, Offset: p.Offset}
}

// record reads a record from the events, its start tag being the last one.
func (f *scanFile) record(r *raw) error {
	for {
		kind, err := f.s.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.StartElement:
			var err error
			switch string(f.s.Name()) {
			case "operationalAttributes":
				err = f.attributes(r, true)
			case "identifier":
				err = f.identifier(r)
			case "attributes", "modifications":
				err = f.attributes(r, false)
			default:
				err = f.skip()
			}
			if err != nil {
				return err
			}
		case xmlscan.EndElement: // everything opened inside was read to its end
			return f.finish(r)
		case xmlscan.Text, xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// finish judges a record that was read whole.
func (f *scanFile) finish(r *raw) error {
	if r.bad == fine && r.id.lo == r.id.hi {
		r.bad = badNoID
	}
	return nil
}

// identifier reads <identifier><id>…</id></identifier>.
func (f *scanFile) identifier(r *raw) error {
	for {
		kind, err := f.s.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.StartElement:
			if string(f.s.Name()) != "id" {
				if err := f.skip(); err != nil {
					return err
				}
				continue
			}
			if r.id, err = f.value(r); err != nil {
				return err
			}
		case xmlscan.EndElement:
			return nil
		case xmlscan.Text, xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// attributes reads a list of attr or modification elements. operational tells that it names the category.
func (f *scanFile) attributes(r *raw, operational bool) error {
	for {
		kind, err := f.s.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.StartElement:
			switch string(f.s.Name()) {
			case "attr", "modification":
				err = f.attribute(r, operational)
			default:
				err = f.skip()
			}
			if err != nil {
				return err
			}
		case xmlscan.EndElement:
			return nil
		case xmlscan.Text, xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// attribute reads one attr or modification, its start tag being the last event.
func (f *scanFile) attribute(r *raw, operational bool) error {
	a := rawAttr{lo: uint32(len(r.vals)), replace: true} //nolint:gosec // bounded by the record
	named := false
	for i := range f.s.NumAttr() {
		key, value := f.s.Attr(i)
		switch string(key) {
		case "name":
			named = true
			a.key, a.name = f.key(value)
			if a.key == 0 {
				r.names += len(a.name)
			}
		case "operation":
			a.replace = string(value) == "replace"
		}
	}
	if !named {
		a.key, a.name = f.key(nil)
	}
	if !a.replace {
		r.bad = badOperation
	}
	if r.size() > f.opt.Limits.RecordBytes {
		r.bad = badTooLong
	}
	for {
		kind, err := f.s.Next()
		if err != nil {
			return err
		}
		switch kind {
		case xmlscan.StartElement:
			if string(f.s.Name()) != "value" {
				if err := f.skip(); err != nil {
					return err
				}
				continue
			}
			v, err := f.value(r)
			if err != nil {
				return err
			}
			if operational {
				r.cat = indexOfBytes(r.bytes(v))
				if r.cat == catUnknown {
					r.catID = string(r.bytes(v))
				}
				continue
			}
			if r.size() > f.opt.Limits.RecordBytes {
				r.bad = badTooLong
				continue
			}
			r.vals = append(r.vals, v)
		case xmlscan.EndElement:
			if !operational && r.bad != badTooLong {
				a.hi = uint32(len(r.vals)) //nolint:gosec // bounded by the record
				r.attrs = append(r.attrs, a)
			}
			return nil
		case xmlscan.Text, xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// key returns the key of an attribute name, and one copy of the name.
func (f *scanFile) key(name []byte) (attrKey, string) {
	t := nameTable()
	if k, ok := t.keys[string(name)]; ok {
		return k, t.list[k].name
	}
	if known, ok := f.unknown[string(name)]; ok {
		return 0, known
	}
	kept := string(name)
	if len(f.unknown) < maxUnknownNames {
		f.unknown[kept] = kept
	}
	return 0, kept
}

// maxUnknownNames bounds what a hostile file can make the reader remember.
const maxUnknownNames = 1000

// value reads the text of the element that has just started.
func (f *scanFile) value(r *raw) (span, error) {
	lo := len(r.text)
	for {
		kind, err := f.s.Next()
		if err != nil {
			return span{}, err
		}
		switch kind {
		case xmlscan.Text:
			t := f.s.Text()
			if len(r.text)-lo+len(t) > f.opt.Limits.ValueBytes || r.size()+len(t) > f.opt.Limits.RecordBytes {
				r.bad = badTooLong
				continue
			}
			r.text = append(r.text, t...)
		case xmlscan.StartElement:
			if err := f.skip(); err != nil {
				return span{}, err
			}
		case xmlscan.EndElement:
			return r.trimmed(lo), nil
		case xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}
