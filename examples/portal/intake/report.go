package intake

import (
	"embed"
	"net/http"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/interop/aaf"
)

//go:embed templates/*.html
var templates embed.FS

// maxDangling is how many references without object the page lists; all are counted.
const maxDangling = 200

// Menu shows the report to those who answer for the data: the direction and the local administrator.
func (in *Intake) Menu(who web.Account) []web.Link {
	if !mayRead(who) {
		return nil
	}
	return []web.Link{{Text: "Livraison", Path: "/livraison"}}
}

func mayRead(who web.Account) bool { return who.Admin || who.Profile == ent.ProfileDirection }

// Routes adds the report.
func (in *Intake) Routes(s *web.Site) { s.Page("/livraison", in.report) }

// account is a delivery as the report shows it.
type account struct {
	*Feed
	Failed   bool
	Reason   string
	Degree   string
	Versions string
	Academy  string
	Size     int64
	Holds    []line
	Tallies  []tally
	Total    ent.Tally
	Balanced bool
	Codes    []web.Finding
	Dangling []dangling
	More     int
	Lost     int
	Reverse  int
}

// line is a thing and how many of it there are.
type line struct {
	Text  string
	Count int64
}

type tally struct {
	Kind string
	ent.Tally
}

type dangling struct {
	Category, From, Attribute, Missing, Target string
}

func (in *Intake) report(_ *http.Request, who web.Account) (web.Page, error) {
	if !mayRead(who) {
		return web.Page{}, web.ErrNotFound
	}
	feeds := in.all()
	out := make([]account, len(feeds))
	for i, f := range feeds {
		out[i] = accountOf(f)
	}
	return web.Page{
		Title: "Livraison", View: in.views["report"], Data: out,
		Lead: "Ce qui a été lu, gardé, refusé, et ce qui ne mène nulle part.",
	}, nil
}

func accountOf(f *Feed) account {
	a := account{
		Feed: f, Failed: f.Model == nil, Total: f.Report.Total(), Balanced: f.Report.Balanced(), Codes: web.Findings(f.Report),
	}
	if f.Err != nil && len(aaf.FileError(f.Err)) == 0 {
		a.Reason = f.Err.Error()
	}
	for _, x := range f.Files {
		a.Size += x.Size
	}
	for _, k := range f.Report.Kinds() {
		a.Tallies = append(a.Tallies, tally{kindLabel(k), f.Report.Tally(k)})
	}
	if f.Model == nil {
		return a
	}
	m := f.Model
	h := m.Header()
	a.Degree = map[ent.Degree]string{ent.FirstDegree: "premier degré", ent.SecondDegree: "second degré"}[m.Degree()]
	a.Academy = string(h.Academy)
	a.Versions = strings.Join(slices.DeleteFunc([]string{h.VersionAF, h.VersionSDET}, func(s string) bool { return s == "" }), ", ")
	a.Date = m.Date()
	a.Holds = holds(m)
	a.Reverse, a.Lost = len(m.ReverseOnly()), len(m.Dangling())
	list := m.Dangling()
	if len(list) > maxDangling {
		a.More = len(list) - maxDangling
		list = list[:maxDangling]
	}
	for _, d := range list {
		a.Dangling = append(a.Dangling, dangling{
			Category: recordLabel(d.Category), From: d.From, Attribute: d.Attribute, Missing: missing(d.Code), Target: d.Target,
		})
	}
	return a
}

func holds(m *aaf.Model) []line {
	var classes, groups int64
	for range m.Classes() {
		classes++
	}
	for range m.Groups() {
		groups++
	}
	return []line{
		{"Structures", int64(m.Count(aaf.Structures))},
		{"Classes", classes},
		{"Groupes", groups},
		{"Élèves", int64(m.Count(aaf.Pupils))},
		{"Responsables", int64(m.Count(aaf.Relatives))},
		{"Personnels", int64(m.Count(aaf.Staff))},
	}
}

// kindLabel says a kind of the report, such as "Eleve addRequest", in French.
func kindLabel(kind string) string {
	category, op, _ := strings.Cut(kind, " ")
	label := map[string]string{
		string(aaf.Pupils): "Élèves", string(aaf.Relatives): "Responsables", string(aaf.Staff): "Personnels",
		string(aaf.Structures): "Structures", string(aaf.Programmes): "Formations (MEF)", string(aaf.Subjects): "Matières",
		"?": "Catégorie inconnue",
	}[category]
	if label == "" {
		label = category
	}
	switch aaf.Op(op) {
	case aaf.Add:
		return label + ", à ajouter"
	case aaf.Modify:
		return label + ", à modifier"
	case aaf.Delete:
		return label + ", à supprimer"
	}
	return label
}

func recordLabel(c aaf.Category) string {
	switch c {
	case aaf.Pupils:
		return "Élève"
	case aaf.Relatives:
		return "Responsable"
	case aaf.Staff:
		return "Personnel"
	case aaf.Structures:
		return "Structure"
	case aaf.Programmes:
		return "Formation"
	case aaf.Subjects:
		return "Matière"
	}
	return string(c)
}

func missing(c ent.Code) string {
	switch c {
	case aaf.CodeUnknownRelative:
		return "un responsable"
	case aaf.CodeUnknownStructure:
		return "une structure"
	case aaf.CodeUnknownClass:
		return "une classe ou un groupe"
	case aaf.CodeUnknownSubject:
		return "une matière"
	case aaf.CodeUnknownMEF:
		return "une formation"
	default:
		return string(c)
	}
}
