package lsu

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/xmlscan"
)

// WriteOptions say how a file is written.
type WriteOptions struct {
	// Version is the edition of the schema, and the degree with it.
	Version Version
	// SchemaVersion is one of [Version.SchemaVersions], the latest when empty.
	SchemaVersion string
	// AllowUnverified writes a version whose schema is not public: see [Version13].
	AllowUnverified bool
	// KeepIDs writes the keys of the document as ids where they may be, for a file that was read; otherwise ids come from the
	// natural key of each record, whatever the caller's keys.
	KeepIDs bool
	// LeaveOut writes what can be: a bilan, or a pupil with all its bilans, that has a blocking problem is left out and told
	// in the report. A problem of anything else blocks all the same.
	LeaveOut bool
	Choices  Choices
	// OnIssue receives every issue, blocking or not.
	OnIssue func(ent.Issue)
}

// BlockedError is the error of a document that cannot be written: nothing was.
type BlockedError struct {
	// Issues are the blocking ones.
	Issues ent.Issues
}

// Error counts the problems and tells the first.
func (e *BlockedError) Error() string {
	s := "lsu: " + catalog().New(CodeBlocked, ent.Pos{}, "", ent.Count("count", int64(len(e.Issues)))).Error()
	if len(e.Issues) > 0 {
		s += "; the first: " + e.Issues[0].Path + ": " + e.Issues[0].Error()
	}
	return s
}

// Unwrap returns CodeBlocked and the issues, which errors.Is searches.
func (e *BlockedError) Unwrap() []error {
	out := make([]error, 0, len(e.Issues)+1)
	out = append(out, CodeBlocked)
	for _, i := range e.Issues {
		out = append(out, i)
	}
	return out
}

// Write writes a document as one file: the same data in any order gives the same bytes, in UTF-8 with line feeds. It
// checks first, by the schema and by the rules of meaning, and writes nothing when a blocking problem is left: the error is
// then a *BlockedError. The report counts the bilans and pupils kept and refused, the issues, and as losses what the version
// has no place for. Texts are trimmed, a blank one is missing, CR LF becomes LF, characters that XML does not allow are
// removed and reported; no text is ever cut.
func Write(w io.Writer, d *Document, o WriteOptions) (*ent.Report, error) {
	report := &ent.Report{}
	tell := func(i ent.Issue) {
		report.Add(i)
		if o.OnIssue != nil {
			o.OnIssue(i)
		}
	}
	stop := func(c ent.Code) (*ent.Report, error) {
		i := catalog().New(c, ent.Pos{}, "")
		tell(i)
		return report, fmt.Errorf("lsu: %w", i)
	}
	switch {
	case !o.Version.Known():
		return stop(CodeVersion)
	case !o.Version.Verified() && !o.AllowUnverified:
		return stop(CodeUnverified)
	case o.SchemaVersion == "":
		o.SchemaVersion = o.Version.latest()
	case !slices.Contains(o.Version.SchemaVersions(), o.SchemaVersion):
		return stop(CodeSchemaVersion)
	}
	p := newPlan(d, o.Version, o.Choices, o.KeepIDs)
	e, findings := p.judge(o.SchemaVersion)
	told := findings
	for o.LeaveOut && p.leaveOut(findings) {
		e, findings = p.judge(o.SchemaVersion)
		told = merge(told, findings)
	}
	var blocking ent.Issues
	for _, f := range findings {
		if blocks(f.issue) {
			blocking = append(blocking, f.issue)
		}
	}
	for _, f := range told {
		tell(f.issue)
	}
	p.account(report, e, tell, len(blocking) > 0)
	if len(blocking) > 0 {
		return report, &BlockedError{blocking}
	}
	if len(e.periodic)+len(e.cycle) == 0 && len(p.skipPeriodic)+len(p.skipCycle)+len(p.skipPupil) > 0 {
		return stop(CodeNothing)
	}
	if _, err := w.Write(e.b); err != nil {
		return report, fmt.Errorf("lsu: %w", err)
	}
	return report, nil
}

func (v Version) latest() string {
	s := v.SchemaVersions()
	return s[len(s)-1]
}

func blocks(i ent.Issue) bool {
	return i.Severity == ent.SeverityError || i.Severity == ent.SeverityFatal
}

// merge adds the findings that were not told before: leaving a bilan out may uncover others.
func merge(told, more []finding) []finding {
	seen := make(map[string]bool, len(told))
	name := func(f finding) string { return string(f.issue.Code) + f.issue.Path }
	for _, f := range told {
		seen[name(f)] = true
	}
	for _, f := range more {
		if !seen[name(f)] {
			told = append(told, f)
		}
	}
	return told
}

// judge encodes the document and judges the bytes by the grammar and the document by its meaning. The findings come with
// those of the plan, and their units are indices of the document.
func (p *plan) judge(schemaVersion string) (*encoder, []finding) {
	e := p.encode(schemaVersion, nil)
	findings := slices.Clone(p.findings)
	s := xmlscan.New(bytes.NewReader(e.b), xmlscan.Options{MaxToken: max(1<<20, len(e.b))})
	v := newValidator(p.v, s, func(f finding) {
		switch f.unit.kind {
		case "eleve":
			f.unit.index = e.pupils[f.unit.index]
		case "bilan-periodique":
			f.unit.index = e.periodic[f.unit.index]
		case "bilan-cycle":
			f.unit.index = e.cycle[f.unit.index]
		}
		findings = append(findings, f)
	})
	v.lines = false
	var show func([]byte) string // made at the first finding
	v.show = func(id []byte) string {
		if show == nil {
			show = p.showing()
		}
		return show(id)
	}
	if err := scan(s, v); err != nil {
		findings = append(findings, finding{catalog().New(CodeSyntax, ent.Pos{}, "$"), unit{}})
	}
	c := &checker{p: p}
	c.document()
	return e, plainest(p.tolerate(append(findings, c.findings...)))
}

// plainest drops a finding of the schema where a rule of meaning blocks for the same datum: its sentence says why.
func plainest(findings []finding) []finding {
	told := map[string]bool{}
	for _, f := range findings {
		if SchemaRule(f.issue.Code) == "" && blocks(f.issue) {
			told[f.issue.Path] = true
		}
	}
	return slices.DeleteFunc(findings, func(f finding) bool { return SchemaRule(f.issue.Code) != "" && told[f.issue.Path] })
}

// scan gives the events of our own bytes to a validator.
func scan(s *xmlscan.Scanner, v *validator) error {
	for {
		k, err := s.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch k {
		case xmlscan.StartElement:
			v.start(s.Name(), true)
		case xmlscan.EndElement:
			v.end()
		case xmlscan.Text:
			v.text(s.Text())
		case xmlscan.Comment, xmlscan.ProcInst, xmlscan.Directive:
		}
	}
}

// tolerate makes warnings of the issues that the caller tolerates, but for those that make the file invalid or senseless.
func (p *plan) tolerate(findings []finding) []finding {
	for i := range findings {
		if f := &findings[i]; blocks(f.issue) && slices.Contains(p.c.Tolerate, f.issue.Code) && SchemaRule(f.issue.Code) == "" &&
			f.issue.Code != CodeReferenceKind && f.issue.Code != CodeKeyTwice && f.issue.Code != CodeSyntax {
			f.issue.Severity = ent.SeverityWarning
		}
	}
	return findings
}

// leaveOut marks the units that have a blocking problem, and reports whether it marked one.
func (p *plan) leaveOut(findings []finding) bool {
	marked := false
	for _, f := range findings {
		if !blocks(f.issue) {
			continue
		}
		var set map[int]bool
		switch f.unit.kind {
		case "eleve":
			set = p.skipPupil
		case "bilan-periodique":
			set = p.skipPeriodic
		case "bilan-cycle":
			set = p.skipCycle
		default:
			continue
		}
		if !set[f.unit.index] {
			set[f.unit.index] = true
			marked = true
		}
	}
	return marked
}

// account fills the report: what is kept and refused, what is lost, what was removed.
func (p *plan) account(report *ent.Report, e *encoder, tell func(ent.Issue), blocked bool) {
	d := p.d
	counts := d.counts()
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		n := counts[kind]
		kept := n
		switch kind {
		case "eleve":
			kept = len(e.pupils)
		case "bilan-periodique":
			kept = len(e.periodic)
		case "bilan-cycle":
			kept = len(e.cycle)
		case "parcours-commun":
			kept = len(keep(d.Parcours, func(c *ParcoursCommon) bool { return !c.blank() }))
		case "vie-scolaire-commun":
			kept = len(keep(d.SchoolLife, func(c *SchoolLifeCommon) bool { return !c.blank() }))
		}
		if blocked {
			kept = 0
		}
		if n > 0 {
			report.Count(kind, ent.Tally{Read: int64(n), Kept: int64(kept), Refused: int64(n - kept)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(e.removed)) {
		tell(catalog().New(CodeIllegalChar, ent.Pos{}, "$.."+name, ent.FieldOf("field", ent.Field(name)), ent.Count("count", e.removed[name])))
	}
	for _, name := range slices.Sorted(maps.Keys(e.lost)) {
		if e.lost[name] > 0 {
			report.Lose(ent.Loss{Code: CodeNotInVersion, Field: ent.NewField(name), Count: e.lost[name]})
		}
	}
	if blocked {
		return
	}
	for _, i := range p.periodic {
		pupil, _ := p.get(kindPupil, d.Periodic[i].Pupil)
		if p.skipPeriodic[i] || p.skipPupil[pupil] {
			tell(catalog().New(CodeLeftOut, ent.Pos{Record: p.keyShown(kindPupil, d.Periodic[i].Pupil)}, p.periodicPath(i)))
		}
	}
	for _, i := range p.cycle {
		pupil, _ := p.get(kindPupil, d.Cycle[i].Pupil)
		if p.skipCycle[i] || p.skipPupil[pupil] {
			tell(catalog().New(CodeLeftOut, ent.Pos{Record: p.keyShown(kindPupil, d.Cycle[i].Pupil)}, p.cyclePath(i)))
		}
	}
}

func (p *plan) periodicPath(i int) string {
	r := &p.d.Periodic[i]
	return "$.bilans-periodiques.bilan-periodique['" + p.keyShown(kindPupil, r.Pupil) + "','" + p.keyShown(kindPeriod, r.Period) + "']"
}

func (p *plan) cyclePath(i int) string {
	r := &p.d.Cycle[i]
	return "$.bilans-cycle.bilan-cycle['" + p.keyShown(kindPupil, r.Pupil) + "','" + shown(r.Cycle) + "']"
}
