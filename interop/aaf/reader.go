package aaf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// ErrUsed is returned by a second pass over a Reader.
var ErrUsed = errors.New("aaf: this reader was read already: take another one from the delivery")

// Stats counts what the records of one category hold.
type Stats struct {
	// Ops counts the records by operation.
	Ops map[Op]int64
	// Attributes counts the attr and modification elements, Values their values that are not empty.
	Attributes int64
	Values     int64
}

// Reader is one pass over the files of a delivery, or over some of them. It is not safe for concurrent use; several
// readers of one delivery are.
type Reader struct {
	d      *Delivery
	files  []File
	report *ent.Report
	header Header
	stats  map[Category]*Stats
	degree ent.Degree
	old    bool // codes of the 2013 list were met
	recent bool // codes of the 2018 list were met
	used   bool

	unknown map[string]*ent.Issue
	counts  map[string]int64
	tallies [catCount][4]ent.Tally
	others  map[string]ent.Tally // of unknown categories
	read    int64
	current *scanFile
	scratch raw
	several bool // headers of different academies or degrees were met
}

// reported reports whether a damaged archive was told already, by the file in which it shows.
func reported(failed []error) bool {
	return slices.ContainsFunc(failed, func(err error) bool {
		return errors.Is(err, CodeArchiveTruncated) || errors.Is(err, CodeArchiveRatio)
	})
}

// Reader returns a pass over all the files of the delivery.
func (d *Delivery) Reader() *Reader { return d.readerOf(d.files) }

func (d *Delivery) readerOf(files []File) *Reader {
	r := &Reader{
		d: d, files: files, report: &ent.Report{}, stats: map[Category]*Stats{}, degree: d.opt.Degree,
		unknown: map[string]*ent.Issue{}, counts: map[string]int64{}, others: map[string]ent.Tally{},
	}
	r.report.Merge(d.report)
	return r
}

// Readers shares the files among at most n readers, to be read at the same time, each with its own report. Only the
// first one carries the report of the delivery itself. The files of a .tgz stay together: it can only be read in order.
func (d *Delivery) Readers(n int) []*Reader {
	if _, inOrder := d.from.(tarball); inOrder || n < 2 || len(d.files) < 2 {
		return []*Reader{d.Reader()}
	}
	shares := make([][]File, min(n, len(d.files)))
	sizes := make([]int64, len(shares))
	for _, f := range d.files {
		least := 0
		for i := range sizes {
			if sizes[i] < sizes[least] {
				least = i
			}
		}
		shares[least] = append(shares[least], f)
		sizes[least] += f.Size
	}
	out := make([]*Reader, len(shares))
	for i, files := range shares {
		out[i] = d.readerOf(files)
		if i > 0 {
			out[i].report = &ent.Report{}
		}
	}
	return out
}

// Report returns the account of the pass, complete once the iteration has ended: records read, kept and refused by
// category and operation, issues by code.
func (r *Reader) Report() *ent.Report { return r.report }

// Header returns what the comments of the files say.
func (r *Reader) Header() Header { return r.header }

// Stats returns the counts of each category.
func (r *Reader) Stats() map[Category]*Stats { return r.stats }

// Degree returns the degree of the feed: given, told by the headers, or found from the content; "" when nothing tells.
func (r *Reader) Degree() ent.Degree {
	if r.degree == "" {
		return r.header.degree()
	}
	return r.degree
}

// Generation returns which code lists the feed follows for kinship and responsibility: those that its version implies,
// otherwise those of 2013 when its codes of kinship are of that list and
// none is of the other, otherwise those of 2018.
func (r *Reader) Generation() ent.Generation {
	switch g := r.header.generation(); {
	case g != "":
		return g
	case r.old && !r.recent:
		return ent.Generation2013
	}
	return ent.Generation2018
}

// Records yields every record as it stands. Data problems are in the report. An error comes last, with a nil record,
// when a file could not be read to its end: the records before it, and those of the other files, were yielded. Breaking
// out of the loop closes the files. A Reader is read once.
func (r *Reader) Records() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		stopped := false
		err := r.pass(func(x *raw) bool {
			rec := x.record()
			rec.Pos = r.pos(x)
			stopped = !yield(rec, nil)
			return !stopped
		})
		if err != nil && !stopped {
			yield(nil, err)
		}
	}
}

// pos is the place of the record being read.
func (r *Reader) pos(x *raw) ent.Pos {
	p := r.current.at(r.current.pos)
	p.Record = shownID(x.bytes(x.id))
	return p
}

// posIn is pos for a record whose text was copied: the identifier is a piece of it.
func (r *Reader) posIn(x *raw, text string) ent.Pos {
	id := x.bytes(x.id)
	p := r.current.at(r.current.pos)
	p.Record = text[x.id.lo:x.id.hi]
	if len(id) > 40 || bytes.ContainsFunc(id, func(c rune) bool { return !quotable(c) }) {
		p.Record = shownID(id)
	}
	return p
}

// shownID is an identifier as reports show it: what does not look like one may be a name.
func shownID(id []byte) string {
	if len(id) > 40 || bytes.ContainsFunc(id, func(c rune) bool { return !quotable(c) }) {
		return "…"
	}
	return string(id)
}

// gcHeadroom is memory that is reserved during a pass and never touched, so that none is used. The garbage collector runs
// each time the heap has doubled: beside the megabyte that a reader holds it would run every few milliseconds.
const gcHeadroom = 8 << 20

// pass reads the files and hands each record that is kept to visit, in the reader's own buffers.
func (r *Reader) pass(visit func(*raw) bool) error {
	if r.used {
		return ErrUsed
	}
	r.used = true
	if r.d.refused != nil {
		return r.d.refused
	}
	headroom := make([]byte, gcHeadroom)
	defer runtime.KeepAlive(headroom)
	var failed []error
	total := r.d.Size()
	err := r.d.from.walk(r.files, r.d.opt.Limits, func(f *File, in io.Reader, err error) bool {
		if err != nil {
			i := catalog().New(CodeReadFailed, ent.Pos{File: f.Name}, "$", ent.Count("count", 0))
			r.report.Add(i)
			failed = append(failed, i)
			return true
		}
		goOn, err := r.file(f, &progress{r: in, owner: r, file: f.Name, total: total}, visit)
		if err != nil {
			failed = append(failed, err)
		}
		return goOn
	})
	r.settle()
	if r.several {
		i := catalog().New(CodeSeveralFeeds, ent.Pos{}, "$")
		r.report.Add(i)
		failed = append(failed, i)
	}
	if err != nil && !reported(failed) {
		code := CodeArchiveTruncated
		if errors.Is(err, errRatio) {
			code = CodeArchiveRatio
		}
		i := catalog().New(code, ent.Pos{}, "$")
		r.report.Add(i)
		failed = append(failed, i)
	}
	return errors.Join(failed...)
}

// file reads one file. It reports false when the caller wants no more; the error is fatal for this file only.
func (r *Reader) file(f *File, in io.Reader, visit func(*raw) bool) (goOn bool, err error) {
	s := newScanFile(in, f, &r.d.opt, r.report.Add)
	r.current = s
	defer func() {
		r.several = r.several || r.header.differs(s.hdr)
		r.header.merge(s.hdr)
		r.notes(s)
		if err == nil && goOn && r.d.opt.Progress != nil {
			r.d.opt.Progress(Progress{File: f.Name, Bytes: r.read, Total: r.d.Size(), Records: r.total()})
		}
	}()
	x := &r.scratch
	for {
		switch err := s.read(x); {
		case errors.Is(err, io.EOF):
			return true, nil
		case err != nil:
			i := r.fatal(s, err)
			r.report.Add(i)
			return true, i
		}
		if r.d.opt.UnescapeTwice {
			x.unescape()
		}
		if r.judge(f, x) && !visit(x) {
			return false, nil
		}
	}
}

// fatal makes the issue of a file that cannot be read further.
func (r *Reader) fatal(s *scanFile, err error) ent.Issue {
	count := ent.Count("count", s.records)
	at := s.here()
	var syntax *xmlscan.SyntaxError
	if !errors.As(err, &syntax) { // an unknown element, in strict reading
		return catalog().New(CodeStrictElement, at, "$", count)
	}
	at = s.at(syntax.Pos)
	switch syntax.Code {
	case xmlscan.CodeEntity:
		return catalog().New(CodeEntity, at, "$", count, ent.CodeOf("name", syntax.Name))
	case xmlscan.CodeDoctype:
		return catalog().New(CodeDoctype, at, "$", count)
	case xmlscan.CodeLimit:
		return catalog().New(CodeLimit, at, "$", count)
	case xmlscan.CodeRead:
		switch {
		case errors.Is(err, errRatio):
			return catalog().New(CodeArchiveRatio, at, "$")
		case errors.Is(err, io.ErrUnexpectedEOF):
			return catalog().New(CodeArchiveTruncated, at, "$")
		}
		return catalog().New(CodeReadFailed, at, "$", count)
	case xmlscan.CodeTruncated:
		return catalog().New(CodeTruncated, at, "$", count)
	case xmlscan.CodeEncoding, xmlscan.CodeCharacter, xmlscan.CodeCharset:
		return catalog().New(CodeEncoding, at, "$", count)
	default:
		return catalog().New(CodeNotWellFormed, at, "$", count)
	}
}

// notes files the tolerances that the scanner used.
func (r *Reader) notes(s *scanFile) {
	for _, n := range s.s.Notes() {
		switch n.Kind {
		case xmlscan.NoteCharset:
			r.report.Add(catalog().New(CodeCharset, s.at(n.Pos), "$"))
		case xmlscan.NoteEntity:
			r.report.AddN(catalog().New(CodeHTMLEntity, s.at(n.Pos), "$", ent.CodeOf("name", n.Name)), int64(n.Count))
		}
	}
}

var opNumbers = [...]Op{Add, Modify, Delete, ""}

func opNumber(o Op) int {
	for i, x := range opNumbers {
		if x == o {
			return i
		}
	}
	return len(opNumbers) - 1
}

// judge counts a record and says whether it is kept.
func (r *Reader) judge(f *File, x *raw) bool {
	t := ent.Tally{Read: 1, Kept: 1}
	if x.bad != fine {
		t = ent.Tally{Read: 1, Refused: 1}
		code := map[badness]ent.Code{badNoID: CodeNoID, badOperation: CodeOperation, badTooLong: CodeRecordLimit}[x.bad]
		r.report.Add(catalog().New(code, r.pos(x), r.path(x, "")))
	}
	if x.cat == catUnknown {
		kind := "? " + string(x.op)
		sum := r.others[kind]
		r.others[kind] = ent.Tally{Read: sum.Read + t.Read, Kept: sum.Kept + t.Kept, Refused: sum.Refused + t.Refused}
		r.report.Add(catalog().New(CodeUnknownCategory, r.pos(x), "$"))
	} else {
		sum := &r.tallies[x.cat][opNumber(x.op)]
		sum.Read += t.Read
		sum.Kept += t.Kept
		sum.Refused += t.Refused
		r.examine(f, x)
	}
	return x.bad == fine
}

// examine counts the attributes of a record and checks what holds for any record.
func (r *Reader) examine(f *File, x *raw) {
	c := x.cat.category()
	st := r.stats[c]
	if st == nil {
		st = &Stats{Ops: map[Op]int64{}}
		r.stats[c] = st
	}
	st.Ops[x.op]++
	st.Attributes += int64(len(x.attrs))
	for _, v := range x.vals {
		if v.lo != v.hi {
			st.Values++
		}
	}
	for i := range x.attrs {
		a := &x.attrs[i]
		switch {
		case a.key == 0:
			r.countUnknown(a.name, x)
		case jointures.has(a.key) && a.lo < a.hi:
			if v := x.vals[a.lo]; v.lo != v.hi && string(x.bytes(v)) != string(x.bytes(x.id)) {
				r.report.Add(catalog().New(CodeIDMismatch, r.pos(x), r.path(x, a.name), ent.FieldOf("field", ent.Field(a.name))))
			}
		}
	}
	if f.Category != "" && f.Category != c {
		r.report.Add(catalog().New(CodeCategoryMismatch, r.pos(x), "$", ent.CodeOf("category", string(c))))
	}
	if r.degree == "" {
		r.degree = r.header.degree()
		if r.degree == "" {
			r.degree = r.current.hdr.degree()
		}
		if r.degree == "" {
			r.degree = degreeOf(x)
		}
	}
}

// countUnknown counts the records that hold an attribute that is not in the table.
func (r *Reader) countUnknown(name string, x *raw) {
	if _, ok := r.unknown[name]; !ok {
		if len(r.unknown) >= maxUnknownNames {
			return
		}
		field := ent.NewField(name)
		i := catalog().New(CodeUnknownAttribute, r.pos(x), r.path(x, string(field)), ent.FieldOf("field", field))
		r.unknown[name] = &i
	}
	r.counts[name]++
}

// settle writes the sums into the report.
func (r *Reader) settle() {
	for c := range catUnknown {
		for i, t := range r.tallies[c] {
			if t != (ent.Tally{}) {
				r.report.Count(string(c.category())+" "+string(opNumbers[i]), t)
			}
		}
	}
	for kind, t := range r.others {
		r.report.Count(kind, t)
	}
	for _, name := range sortedKeys(r.unknown) {
		r.report.AddN(*r.unknown[name], r.counts[name])
	}
}

func (r *Reader) total() int64 {
	var n int64
	for c := range r.tallies {
		for _, t := range r.tallies[c] {
			n += t.Read
		}
	}
	return n
}

// path names a datum in JSON Path form.
func (r *Reader) path(x *raw, attr string) string {
	p := "$." + string(x.cat.category()) + "['" + shownID(x.bytes(x.id)) + "']"
	if attr != "" {
		p += "." + attr
	}
	return p
}

// quotable reports whether identifiers are made of the character.
func quotable(c rune) bool {
	switch {
	case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_', c == '.', c == '$':
		return true
	}
	return false
}

// degreeOf tells the degree from attributes that one dialect only has, "" when there is none.
func degreeOf(x *raw) ent.Degree {
	for i := range x.attrs {
		switch n := x.attrs[i].name; {
		case n == "ENTPersonNom", n == "ENTPersonPrenom", n == "ENTPersonCivilite", n == "ENTEleveNiveau",
			n == "ENTStructureAdresse", strings.HasPrefix(n, "ENTEcole"):
			return ent.FirstDegree
		case n == "sn", n == "givenName", n == "personalTitle", n == "street", strings.HasPrefix(n, "ENTEtablissement"):
			return ent.SecondDegree
		}
	}
	return ""
}

// progress counts the bytes that go by.
type progress struct {
	r     io.Reader
	owner *Reader
	file  string
	total int64
	since int64
}

// progressStep is how many bytes pass between two calls of Options.Progress.
const progressStep = 1 << 20

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.owner.read += int64(n)
	p.since += int64(n)
	if p.since >= progressStep && p.owner.d.opt.Progress != nil {
		p.since = 0
		p.owner.d.opt.Progress(Progress{File: p.file, Bytes: p.owner.read, Total: p.total, Records: p.owner.total()})
	}
	return n, err //nolint:wrapcheck // an io.Reader passes errors as they are
}

// FileError returns the issues of files that could not be read to their end, out of the error that ends an iteration.
func FileError(err error) ent.Issues {
	var out ent.Issues
	switch e := err.(type) { //nolint:errorlint // the whole tree is walked
	case ent.Issue:
		return append(out, e)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			out = append(out, FileError(one)...)
		}
	case interface{ Unwrap() error }:
		return FileError(e.Unwrap())
	}
	return out
}

// String describes the delivery for a log: kind, date and number of files.
func (d *Delivery) String() string {
	return fmt.Sprintf("aaf %s %s, %d files", d.Kind(), d.Date(), len(d.files))
}
