package bulletin

import (
	"encoding/base64"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
)

// The view of a bulletin is its words, in the language of the page: the template and the reckoning of the layout read the
// same ones.
type view struct {
	Lang     ent.Lang
	Density  string
	Draft    string
	Logo     template.URL
	LogoAlt  string
	School   string
	Address  []string
	Title    string
	Year     string
	Class    string
	Pupil    string
	About    []string
	Caption  string
	Teaching string
	Says     string // the head of the column of appreciations
	Columns  []column
	Sections []sectionView
	General  rowView
	Blocks   []block
	Chart    *chart
	Legend   []string
	Page     string // "1/2" when there are several
	Last     bool
	Dense    bool
}

// Span is how many columns a row of the whole width has.
func (v *view) Span() int {
	n := 1 + len(v.Columns)
	if !v.Dense {
		n++
	}
	return n
}

type column struct{ Kind, Short, Full string }

type sectionView struct {
	Label string
	Rows  []rowView
}

type rowView struct {
	Label, Teachers string
	Cells           []cellView
	Says            string
}

// cellView is a figure, or an abbreviation with what it stands for.
type cellView struct{ Kind, Text, Full string }

// block is a paragraph at the foot.
type block struct{ Title, Colon, Text string }

// columns are those that this bulletin needs, each with a kind that has its width in the style.
func (d *Document) columns() []column {
	lang := d.Options.Lang
	var out []column
	if d.Options.Coefficients {
		out = append(out, column{"coef", "Coef.", say(lang, "Coefficient", "Coefficient")})
	}
	for _, p := range d.Previous {
		out = append(out, column{"prev", shortPeriod(p), p.Label})
	}
	out = append(out, column{"own", say(lang, "Élève", "Pupil"), say(lang, "Moyenne de l'élève", "Average of the pupil")},
		column{"mean", say(lang, "Classe", "Class"), say(lang, "Moyenne de la classe ou du groupe", "Mean of the class or group")},
		column{"min", "Min.", say(lang, "Moyenne la plus basse", "Least average")},
		column{"max", "Max.", say(lang, "Moyenne la plus haute", "Greatest average")})
	for _, l := range d.Lines() {
		if l.Position > 0 {
			out = append(out, column{"pos", say(lang, "Pos.", "Level"), say(lang, "Positionnement de 1 à 4", "Level from 1 to 4")})
			break
		}
	}
	if d.Options.Rank {
		out = append(out, column{"rank", say(lang, "Rang", "Rank"), say(lang, "Rang", "Rank")})
	}
	return out
}

// shortPeriod is T1 for a trimestre, S1 for a semestre.
func shortPeriod(p gradebook.Period) string {
	letter := "P"
	switch p.Count {
	case 2:
		letter = "S"
	case 3:
		letter = "T"
	}
	return letter + strconv.Itoa(p.Index)
}

// cells writes a line in its columns.
func (d *Document) cells(columns []column, l *Line) []cellView {
	lang := d.Options.Lang
	dash := cellView{Text: "–"}
	figure := func(f Figure) cellView {
		if f.IsZero() {
			return dash
		}
		return cellView{Text: f.Text(lang)}
	}
	result := func(c Cell) cellView {
		if c.Status != "" {
			short, full := c.Status.Short(lang), c.Status.Label(lang)
			if short == full { // an unknown one
				full = ""
			}
			return cellView{Text: short, Full: full}
		}
		return figure(c.Average)
	}
	of := func(f Figure) cellView {
		if l.Group.Withheld {
			return cellView{Text: say(lang, "n.c.", "n.d."), Full: say(lang, "non communiqué", "not disclosed")}
		}
		return figure(f)
	}
	out := make([]cellView, 0, len(columns))
	previous := 0
	for _, c := range columns {
		x := cellView{}
		switch c.Kind {
		case "coef":
			if !l.Coefficient.IsZero() {
				x.Text = exactText(lang, l.Coefficient)
			}
		case "prev":
			if x = dash; previous < len(l.Previous) {
				x = result(l.Previous[previous])
			}
			previous++
		case "own":
			x = result(l.Result)
		case "mean":
			x = of(l.Group.Mean)
		case "min":
			x = of(l.Group.Min)
		case "max":
			x = of(l.Group.Max)
		case "pos":
			if l.Position > 0 {
				x.Text = strconv.Itoa(l.Position)
			}
		case "rank":
			x = of(Figure{})
			if l.Group.Rank > 0 {
				x = cellView{Text: fmt.Sprintf("%d/%d", l.Group.Rank, l.Group.Of)}
			}
		}
		x.Kind = c.Kind
		out = append(out, x)
	}
	return out
}

func exactText(lang ent.Lang, f Figure) string {
	s := exact(f.value)
	if lang != ent.EN {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

func names(lang ent.Lang, list []Person) string {
	var out []string
	for _, p := range list {
		switch {
		case p.Name == "":
		case p.Role == gradebook.RoleReplacement:
			out = append(out, p.Name+say(lang, " (rempl.)", " (repl.)"))
		default:
			out = append(out, p.Name)
		}
	}
	return strings.Join(out, ", ")
}

// view writes the whole bulletin as if it were one page.
func (d *Document) view() *view {
	lang := d.Options.Lang
	colon := say(lang, "\u00a0: ", ": ")
	v := &view{
		Lang: lang, School: d.School.Name, Address: append([]string(nil), d.School.Address...), Year: say(lang, "Année scolaire ", "School year ") + d.Year.String(),
		Title: say(lang, "Bulletin — ", "Report — ") + d.Period.Label, Class: say(lang, "Classe", "Class") + colon + d.Class.Label, Pupil: d.Pupil.Name,
		Caption:  say(lang, "Résultats par enseignement", "Results by teaching"),
		Teaching: say(lang, "Enseignement", "Teaching"), Says: say(lang, "Appréciations", "Appreciations"),
		Columns: d.columns(), Legend: d.Legend,
	}
	if d.Draft {
		v.Draft = say(lang, "Document de travail", "Draft")
	}
	if d.School.Logo != nil {
		v.Logo = template.URL("data:" + imageType(d.School.Logo.Data) + ";base64," + base64.StdEncoding.EncodeToString(d.School.Logo.Data)) //nolint:gosec // an image, by its first bytes
		v.LogoAlt = d.School.Logo.Alt
	}
	if d.School.UAI != "" {
		v.Address = append(v.Address, "UAI "+string(d.School.UAI))
	}
	if !d.Pupil.BirthDate.IsZero() {
		v.About = append(v.About, say(lang, "Date de naissance", "Date of birth")+colon+d.Pupil.BirthDate.Format(lang))
	}
	if d.Pupil.INE != "" {
		v.About = append(v.About, "INE"+colon+string(d.Pupil.INE))
	}
	if heads := names(lang, d.HeadTeachers); heads != "" {
		title := say(lang, "Professeur principal", "Head teacher")
		if len(d.HeadTeachers) > 1 {
			title = say(lang, "Professeurs principaux", "Head teachers")
		}
		v.About = append(v.About, title+colon+heads)
	}
	for _, s := range d.Sections {
		x := sectionView{Label: s.Label}
		if s.Label == "" && len(d.Sections) > 1 {
			x.Label = say(lang, "Autres enseignements", "Other teachings")
		}
		for i := range s.Lines {
			l := &s.Lines[i]
			x.Rows = append(x.Rows, rowView{Label: l.Label, Teachers: names(lang, l.Teachers), Cells: d.cells(v.Columns, l), Says: l.Appreciation})
		}
		v.Sections = append(v.Sections, x)
	}
	whole := Line{Result: Cell{Average: d.General.Average}, Group: d.General.Group}
	for _, f := range d.General.Previous {
		whole.Previous = append(whole.Previous, Cell{Average: f})
	}
	v.General = rowView{Label: say(lang, "Moyenne générale", "General average"), Cells: d.cells(v.Columns, &whole)}
	v.Blocks = d.blocks(colon)
	return v
}

// blocks are what stands below the table; what is not known is not there.
func (d *Document) blocks(colon string) []block {
	lang := d.Options.Lang
	var out []block
	add := func(title, text string) { out = append(out, block{title, colon, text}) }
	var life []string
	count := func(n *int, fr, en string) {
		if n != nil {
			life = append(life, say(lang, fr+"\u00a0:\u00a0", en+":\u00a0")+strconv.Itoa(*n))
		}
	}
	count(d.Life.Justified, "demi-journées d'absence justifiées", "half-days of justified absence")
	if d.Life.Justified == nil {
		count(d.Life.Unjustified, "demi-journées d'absence non justifiées", "half-days of unjustified absence")
	} else {
		count(d.Life.Unjustified, "non justifiées", "unjustified")
	}
	count(d.Life.Late, "retards", "late arrivals")
	if len(life) > 0 {
		add(say(lang, "Vie scolaire", "School life"), strings.Join(life, ", "))
	}
	if d.Synthesis != "" {
		add(say(lang, "Appréciation générale", "Synthesis"), d.Synthesis)
	}
	mention := d.Opinion.Text
	switch label := d.Opinion.Label; {
	case label == "" && mention == "":
		mention = d.Opinion.Code
	case label != "" && mention != "":
		mention = label + "\n" + mention
	case label != "":
		mention = label
	}
	if mention != "" {
		add(say(lang, "Avis du conseil de classe", "Opinion of the class council"), mention)
	}
	council := ""
	if !d.Council.IsZero() {
		council = say(lang, "Le ", "On ") + d.Council.Format(lang)
	}
	if d.President != nil && d.President.Name != "" {
		if council != "" {
			council += ", "
		}
		council += say(lang, "sous la présidence de ", "presided by ") + d.President.Name
	}
	if council != "" {
		add(say(lang, "Conseil de classe", "Class council"), council)
	}
	if d.Visa != nil {
		text := say(lang, "Le ", "On ") + ent.DateAt(d.Visa.At, d.Visa.At.Location()).Format(lang)
		if d.Visa.By.Name != "" {
			text = d.Visa.By.Name + say(lang, ", le ", ", on ") + ent.DateAt(d.Visa.At, d.Visa.At.Location()).Format(lang)
		}
		if d.Visa.Text != "" {
			text += "\n" + d.Visa.Text
		}
		add(say(lang, "Visa du chef d'établissement", "Visa of the head"), text)
	}
	return out
}
