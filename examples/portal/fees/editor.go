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
}

type editorData struct {
	Text      string
	Findings  []finding
	Readable  bool
	Published bool
	Refused   bool
	Changed   bool
}

// fileName stands in the places of the issues.
const fileName = "tarif.yaml"

// judge reads and checks a text. The sheet is empty when it cannot be compiled.
func judge(text string) (sheet, []finding) {
	doc, issues := tariff.Parse(fileName, []byte(text))
	s := sheet{text: text}
	if doc != nil {
		issues = append(issues, doc.Validate()...)
		if prices, err := doc.Compile(); err == nil {
			s.doc, s.prices = doc, prices
		}
	}
	out := make([]finding, 0, len(issues))
	for _, i := range issues {
		tag := "info"
		switch i.Severity {
		case ent.SeverityError, ent.SeverityFatal:
			tag = "bad"
		case ent.SeverityWarning:
			tag = "warn"
		case ent.SeverityInfo:
		}
		out = append(out, finding{i.Pos.Line, i.Pos.Column, i.Severity.Label(ent.FR), tag, web.French(i.Message(ent.FR)), i.Code})
	}
	return s, out
}

// typed returns the text of the form, with the line ends of a file.
func typed(r *http.Request) string { return strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n") }

// editor shows the tariff in force as text, checks what is sent, and publishes it when it can be priced with.
func (a *Area) editor(r *http.Request, _ web.Account) (web.Page, error) {
	now := a.current()
	data := editorData{Text: now.text}
	if r.Method == http.MethodPost {
		switch r.PostFormValue("do") {
		case "reset":
			first, err := read(original)
			if err != nil {
				return web.Page{}, err
			}
			a.publish(first)
			data.Text, data.Published = first.text, true
		case "publish":
			data.Text = typed(r)
			if s, _ := judge(data.Text); s.prices != nil {
				a.publish(s)
				data.Published = true
			} else {
				data.Refused = true
			}
		default:
			data.Text = typed(r)
		}
	}
	s, findings := judge(data.Text)
	data.Findings, data.Readable, data.Changed = findings, s.prices != nil, data.Text != a.current().text
	return web.Page{
		Title: "Tarif de la commune", View: a.views["editor"], Data: data, Script: "/static/tarif.js",
		Lead: web.French("Le tarif voté, en une page de données : ce qui ne va pas se voit en écrivant."),
	}, nil
}

// check answers the script of the editor with the list of what is wrong, and nothing else.
func (a *Area) check(r *http.Request, _ web.Account) (web.Page, error) {
	s, findings := judge(typed(r))
	return web.Page{View: a.views["editor"], Fragment: "findings", Data: editorData{Findings: findings, Readable: s.prices != nil}}, nil
}
