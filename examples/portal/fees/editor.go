package fees

import (
	"net/http"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/fees/tariff"
)

// finding is an issue as the page shows it.
type finding struct {
	Line, Column        int
	Severity, Tag, Text string
	Code                ent.Code
	// Shown tells that the line is in the numbered text, where a link may lead.
	Shown bool
}

// textLine is a line of the numbered text.
type textLine struct {
	Number int
	Text   string
	// Tag and Severity are those of the worst finding of the line, empty for a line in order.
	Tag, Severity string
}

// findings is what the check says of a text: what the page holds, and what the script asks for alone.
type findings struct {
	Findings []finding
	// More are the findings beyond those shown.
	More     int
	Readable bool
	Lines    []textLine
}

type editorData struct {
	Text      string
	Check     findings
	Published bool
	Refused   bool
	Changed   bool
}

const (
	// fileName stands in the places of the issues.
	fileName = "tarif.yaml"
	// maxFindings and maxLines keep the answer small whatever the text is.
	maxFindings, maxLines = 200, 2000
)

// judge reads and checks a text. The sheet is empty when it cannot be compiled.
func judge(text string) (sheet, findings) {
	doc, issues := tariff.Parse(fileName, []byte(text))
	s := sheet{text: text}
	if doc != nil {
		issues = append(issues, doc.Validate()...)
		if prices, err := doc.Compile(); err == nil {
			s.doc, s.prices = doc, prices
		}
	}
	out := findings{Readable: s.prices != nil, Lines: numbered(text)}
	for _, i := range issues {
		if len(out.Findings) == maxFindings {
			out.More = len(issues) - maxFindings
			break
		}
		f := finding{
			Line: i.Pos.Line, Column: i.Pos.Column, Severity: i.Severity.Label(ent.FR), Tag: tagOf(i.Severity),
			Text: web.French(i.Message(ent.FR)), Code: i.Code, Shown: i.Pos.Line > 0 && i.Pos.Line <= len(out.Lines),
		}
		if f.Shown {
			if l := &out.Lines[f.Line-1]; l.Tag == "" || f.Tag == "bad" {
				l.Tag, l.Severity = f.Tag, f.Severity
			}
		}
		out.Findings = append(out.Findings, f)
	}
	return s, out
}

// tagOf is how the style sheet calls a severity.
func tagOf(s ent.Severity) string {
	switch s {
	case ent.SeverityError, ent.SeverityFatal:
		return "bad"
	case ent.SeverityWarning:
		return "warn"
	default:
		return "info"
	}
}

func numbered(text string) []textLine {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	lines = lines[:min(len(lines), maxLines)]
	out := make([]textLine, len(lines))
	for i, l := range lines {
		out[i] = textLine{Number: i + 1, Text: l}
	}
	return out
}

// typed returns the text of the form, with the line ends of a file.
func typed(r *http.Request) string { return strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n") }

// editor shows the tariff as text, checks what is sent, and publishes it when it can be priced with.
func (a *Area) editor(r *http.Request, _ web.Account) (web.Page, error) {
	data := editorData{Text: a.current().text}
	if draft, ok := a.edited(); ok {
		data.Text = draft.text
	}
	if r.Method == http.MethodPost {
		if err := a.edit(r, &data); err != nil {
			return web.Page{}, err
		}
	}
	_, data.Check = judge(data.Text)
	data.Changed = data.Text != a.current().text
	return web.Page{
		Title: "Tarif de la commune", View: a.views["editor"], Data: data, Script: "/static/tarif.js",
		Lead: web.French("Le tarif voté, en une page de données : ce qui ne va pas se voit en écrivant."),
	}, nil
}

// edit does what the button of the form says.
func (a *Area) edit(r *http.Request, data *editorData) error {
	if r.PostFormValue("do") == "reset" {
		first, err := read(original)
		if err != nil {
			return err
		}
		a.publish(first)
		data.Text, data.Published = first.text, true
		return nil
	}
	data.Text = typed(r)
	s, found := judge(data.Text)
	switch publish := r.PostFormValue("do") == "publish"; {
	case publish && found.Readable:
		a.publish(s)
		data.Published = true
	case publish:
		data.Refused = true
	case found.Readable:
		a.keep(s)
	}
	return nil
}

// check answers the script of the editor with what is wrong, and changes nothing: an answer may come late.
func (a *Area) check(r *http.Request, _ web.Account) (web.Page, error) {
	_, found := judge(typed(r))
	return web.Page{View: a.views["editor"], Fragment: "checked", Data: found}, nil
}
