package bulletin_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func day(y int16, m, d uint8) ent.Date { return ent.Date{Year: y, Month: m, Day: d} }

// teachings of the fixture: label, category, coefficient, teacher.
func subjects() [][4]string {
	return [][4]string{
		{"Français", "lettres", "4", "Mme Aubépine Martel"},
		{"Histoire-géographie-EMC", "lettres", "3", "M. Basile Orme"},
		{"Anglais LV1", "lettres", "3", "Mme Clémence Rivoire"},
		{"Espagnol LV2", "lettres", "2", "Mme Dolores Vaillant-Couture"},
		{"Mathématiques", "sciences", "4", "M. Émile Quénard"},
		{"Physique-chimie", "sciences", "2", "Mme Flore Dutilleul"},
		{"Sciences de la vie et de la Terre", "sciences", "2", "M. Gaspard Lemoine"},
		{"Technologie", "sciences", "1", "M. Hippolyte Saune"},
		{"Arts plastiques", "arts", "1", "Mme Iris Falaise"},
		{"Éducation musicale", "arts", "1", "M. Jules Caradec"},
		{"Éducation physique et sportive", "arts", "2", "Mme Kim Béranger"},
		{"Latin", "", "1", "Mme Lucie Aubrac"},
		{"Langues et cultures européennes", "", "1", "M. Malo Trévidic"},
		{"Section sportive escalade", "", "1", "Mme Kim Béranger"},
		{"Découverte professionnelle", "", "1", "M. Noé Kerguelen"},
		{"Chant choral", "", "1", "M. Jules Caradec"},
	}
}

func categories() []bulletin.Category {
	return []bulletin.Category{{ID: "lettres", Label: "Lettres et langues"}, {ID: "sciences", Label: "Sciences et technologie"}, {ID: "arts", Label: "Arts et sport"}}
}

// class is a fictional class, which tests change before they make bulletins from it.
type class struct {
	t     testing.TB
	book  gradebook.ClassBook
	names map[ent.ID]string
	life  bulletin.Life
	heads []ent.ID
	at    map[gradebook.Key]int
	logo  *bulletin.Logo
}

// logo is a PNG of a ring.
const logo = "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAMklEQVR42mP4jwYYwAQUwAQYGJBEGJD5IBGG/zC1EBmIANxAmgqgWovhMEynY3oOBQAAOQSPcTmSZWUAAAAASUVORK5CYII="

const pupilOne ent.ID = "p01"

func pupilID(i int) ent.ID { return ent.ID(fmt.Sprintf("p%02d", i+1)) }

func teachingID(i int) ent.ID { return ent.ID(fmt.Sprintf("t%02d", i+1)) }

func teacherID(name string) ent.ID { return ent.ID("who-" + fmt.Sprintf("%x", name)[:12]) }

func periods() []gradebook.Period {
	return []gradebook.Period{
		{ID: "T1", Label: "1er trimestre", Index: 1, Count: 3, Start: day(2024, 9, 2), End: day(2024, 11, 30)},
		{ID: "T2", Label: "2e trimestre", Index: 2, Count: 3, Start: day(2024, 12, 1), End: day(2025, 3, 14)},
		{ID: "T3", Label: "3e trimestre", Index: 3, Count: 3, Start: day(2025, 3, 15), End: day(2025, 7, 4)},
	}
}

// newClass returns a class whose pupils all have three marks a period in each of the first teachings.
func newClass(t testing.TB, pupils, teachings int) *class {
	t.Helper()
	c := &class{t: t, names: map[ent.ID]string{}, at: map[gradebook.Key]int{}}
	given := []string{"Lina", "Noé", "Jade", "Timéo", "Zoé", "Élouan", "Maël", "Inès"}
	family := []string{"BRÉHAUT", "CARADEC", "DELORMEAU", "FOUGERAY", "GUIVARC'H", "LE MÉNAGER", "MORINIÈRE", "OLLIVRY-SAINT-AUBIN"}
	r := gradebook.Room{Class: "3A", Label: "3e A", Establishment: "e1", Periods: periods()}
	for i := range pupils {
		c.names[pupilID(i)] = family[i%8] + " " + given[(i+i/8)%8]
		r.Members = append(r.Members, gradebook.Member{Pupil: pupilID(i), Class: "3A"})
	}
	for i, s := range subjects()[:teachings] {
		who := teacherID(s[3])
		c.names[who] = s[3]
		r.Teachings = append(r.Teachings, gradebook.Teaching{
			ID: teachingID(i), Label: s[0], Subject: ent.SubjectCode(fmt.Sprintf("0%05d", i+1)), Class: "3A", Category: ent.ID(s[1]), Coefficient: dec(s[2]),
			Teachers: []gradebook.Teacher{{ID: who}},
		})
	}
	c.book.Room = r
	for i := range r.Teachings {
		for _, p := range r.Periods {
			for n := range 3 {
				a := gradebook.Assessment{
					ID: ent.ID(fmt.Sprintf("%s-%s-%d", teachingID(i), p.ID, n)), Teaching: teachingID(i), Period: p.ID, Label: "Contrôle", Date: p.Start.AddDays(10 * (n + 1)),
					Scale: dec("20"), Coefficient: dec("1"),
				}
				c.put(gradebook.Key{Kind: gradebook.EntryAssessment, Period: p.ID, Teaching: a.Teaching, Of: a.ID}, gradebook.Value{Assessment: &a})
				for k := range pupils {
					base := 12 + (k*5+i*7+i*i+p.Index*3)%22 // in halves of a point
					points := decimal.New(int64(5*(base+(k+i+2*n+p.Index)%5)), -1)
					c.mark(teachingID(i), p.ID, n, pupilID(k), gradebook.Points(points))
				}
			}
		}
	}
	c.names["head"] = "Mme Octavie Perrin"
	c.names["president"] = "M. Quentin Roussel"
	c.heads = []ent.ID{r.Teachings[0].Teachers[0].ID}
	three, zero, two := 3, 0, 2
	c.life = bulletin.Life{Justified: &three, Unjustified: &zero, Late: &two}
	for _, p := range r.Periods {
		c.book.Terms = append(c.book.Terms, gradebook.Term{
			Class: "3A", Period: p.ID, State: gradebook.LockPartial, Council: p.End.AddDays(5), President: "president", Version: 1,
		})
	}
	return c
}

func (c *class) put(k gradebook.Key, v gradebook.Value) {
	if i, known := c.at[k]; known {
		c.book.Entries[i].Value = v
		return
	}
	c.at[k] = len(c.book.Entries)
	at := time.Date(2024, 12, 6, 23, 30, 0, 0, time.UTC) // the day after in France
	if k.Period == "T2" {
		at = at.AddDate(0, 3, 15)
	}
	c.book.Entries = append(c.book.Entries, gradebook.Entry{Key: k, Version: 1, Class: "3A", Value: v, By: "head", At: at})
}

func (c *class) mark(teaching, period ent.ID, n int, pupil ent.ID, r gradebook.Result) {
	c.put(gradebook.Key{Kind: gradebook.EntryMark, Period: period, Teaching: teaching, Of: ent.ID(fmt.Sprintf("%s-%s-%d", teaching, period, n)), Pupil: pupil}, gradebook.Value{Result: r})
}

// without puts a status in place of all marks of a pupil in a teaching; an empty one removes them.
func (c *class) without(i int, period, pupil ent.ID, s gradebook.Status) {
	for n := range 3 {
		c.mark(teachingID(i), period, n, pupil, gradebook.Without(s))
	}
}

// group makes a teaching that of a group of the first pupils.
func (c *class) group(i, pupils int) {
	x := &c.book.Room.Teachings[i]
	x.Class, x.Group = "", "g"+x.ID
	for k := range pupils {
		c.book.Room.Members = append(c.book.Room.Members, gradebook.Member{Pupil: pupilID(k), Group: x.Group})
	}
	for _, p := range c.book.Room.Periods {
		for k := pupils; k < len(c.names); k++ {
			c.without(i, p.ID, pupilID(k), "")
		}
	}
}

// say writes the texts of a pupil: each appreciation of a length, the synthesis of another.
func (c *class) say(period, pupil ent.ID, appreciation, synthesis int) {
	for i := range c.book.Room.Teachings {
		id := c.book.Room.Teachings[i].ID
		c.put(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: period, Teaching: id, Pupil: pupil}, gradebook.Value{Text: prose(i, appreciation)})
		c.put(gradebook.Key{Kind: gradebook.EntryPosition, Period: period, Teaching: id, Pupil: pupil}, gradebook.Value{Position: 1 + i%4})
	}
	c.put(gradebook.Key{Kind: gradebook.EntrySynthesis, Period: period, Pupil: pupil}, gradebook.Value{Text: prose(3, synthesis)})
	c.put(gradebook.Key{Kind: gradebook.EntryOpinion, Period: period, Pupil: pupil}, gradebook.Value{Code: "ENC", Text: "Le conseil encourage ces efforts."})
	c.put(gradebook.Key{Kind: gradebook.EntryVisa, Period: period, Pupil: pupil}, gradebook.Value{Code: "seen"})
}

// prose is a text of exactly so many characters.
func prose(from, n int) string {
	sentences := []string{
		"Un trimestre sérieux, avec une participation régulière et des remarques pertinentes à l'oral.",
		"Les connaissances sont solides ; la rédaction gagnerait à être plus précise et mieux structurée.",
		"Bon travail d'ensemble, mais le dernier contrôle montre que les leçons doivent être apprises plus tôt.",
		"Des progrès nets en autonomie : il faut maintenant oser davantage et vérifier ses résultats.",
		"Ensemble satisfaisant, l'attention se relâche parfois en fin d'heure ; il faut rester concentrée.",
	}
	var b strings.Builder
	for i := from; b.Len() < 2*n; i++ {
		b.WriteString(sentences[i%len(sentences)] + " ")
	}
	out := []rune(b.String())[:n]
	if n > 0 && out[n-1] == ' ' {
		out[n-1] = '.'
	}
	return string(out)
}

func (c *class) people() bulletin.People {
	return bulletin.People{
		School: bulletin.School{
			Name: "Collège Berthe-Morisot", Address: []string{"12 rue des Tilleuls", "35000 Rennes", "02 99 00 00 00 — contact@morisot.example"}, UAI: "0350001L", Logo: c.logo,
		},
		HeadTeachers: c.heads,
		Pupil: func(id ent.ID) (bulletin.Pupil, bool) {
			return bulletin.Pupil{Name: c.names[id], BirthDate: day(2010, 5, 17), INE: "180000001JG"}, c.names[id] != ""
		},
		Person: func(id ent.ID) string { return c.names[id] },
		Life:   func(ent.ID, ent.ID) bulletin.Life { return c.life },
	}
}

// ready returns the book with its input.
func (c *class) ready() *gradebook.ClassBook {
	c.book.Input = gradebook.InputOf(c.book.Room, c.book.Entries)
	return &c.book
}

func (c *class) make(period, pupil ent.ID, o bulletin.Options) (*bulletin.Document, ent.Issues) {
	c.t.Helper()
	d, issues, err := bulletin.Make(c.ready(), period, pupil, c.people(), o)
	require.NoError(c.t, err)
	return d, issues
}

func html(t testing.TB, d *bulletin.Document) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, d.HTML(&b, bulletin.Page{}))
	return b.String()
}

func codes(is ent.Issues) map[ent.Code]int {
	out := map[ent.Code]int{}
	for _, i := range is {
		out[i.Code]++
	}
	return out
}

func full() bulletin.Options {
	return bulletin.Options{
		Chart: true, PreviousPeriods: true, Zone: time.FixedZone("CET", 3600), Categories: categories(), Mentions: []bulletin.Mention{{Code: "ENC", Label: "Encouragements"}},
	}
}

// cases are the bulletins that are frozen, printed and looked at.
func cases(t testing.TB) []struct {
	name  string
	pages int
	doc   *bulletin.Document
} {
	t.Helper()
	type one = struct {
		name  string
		pages int
		doc   *bulletin.Document
	}
	var out []one
	add := func(name string, pages int, c *class, period, pupil ent.ID, o bulletin.Options) {
		d, _ := c.make(period, pupil, o)
		out = append(out, one{name, pages, d})
	}

	c := newClass(t, 24, 12)
	c.say("T2", pupilOne, 150, 320)
	add("ordinary", 1, c, "T2", pupilOne, full())
	o := full()
	o.Rank, o.Coefficients, o.INE = true, true, true
	ring, err := base64.StdEncoding.DecodeString(logo)
	require.NoError(t, err)
	c.logo = &bulletin.Logo{Data: ring}
	add("rank", 1, c, "T2", pupilOne, o)
	c.logo = nil
	o = full()
	o.Lang = ent.EN
	add("english", 1, c, "T2", pupilOne, o)
	c.book.Terms[0].State = gradebook.LockOpen
	c.say("T1", pupilOne, 90, 200)
	add("draft", 1, c, "T1", pupilOne, bulletin.Options{Draft: true, Chart: true})

	c = newClass(t, 24, 12)
	c.say("T2", pupilOne, 110, 250)
	c.without(10, "T2", pupilOne, gradebook.StatusExempt)
	c.without(7, "T2", pupilOne, gradebook.StatusAbsent)
	c.mark("t08", "T2", 1, pupilOne, gradebook.Without(gradebook.StatusNotHandedIn))
	c.without(8, "T2", pupilOne, "")
	c.put(gradebook.Key{Kind: gradebook.EntryFinal, Period: "T2", Teaching: "t04", Pupil: pupilOne}, gradebook.Value{Result: gradebook.Without(gradebook.StatusNotMarked)})
	for k := range 24 {
		c.without(9, "T2", pupilID(k), "")
	}
	c.book.Room.Teachings[1].Teachers = append(c.book.Room.Teachings[1].Teachers, gradebook.Teacher{ID: "remp", Role: gradebook.RoleReplacement, From: day(2025, 1, 6), To: day(2025, 2, 7)})
	c.names["remp"] = "M. Octave Sirel"
	c.life.Unjustified = nil
	add("statuses", 1, c, "T2", pupilOne, full())

	c = newClass(t, 24, 12)
	for i := range 12 {
		for _, p := range []ent.ID{"T1", "T2"} {
			c.without(i, p, pupilOne, "")
		}
	}
	c.life = bulletin.Life{}
	add("no-marks", 1, c, "T2", pupilOne, full())

	c = newClass(t, 24, 13)
	c.group(11, 3)
	c.say("T2", pupilOne, 120, 250)
	o = full()
	o.Rank = true
	add("small-group", 1, c, "T2", pupilOne, o)
	c = newClass(t, 7, 8)
	c.group(7, 4)
	c.say("T2", pupilOne, 120, 250)
	add("small-class", 1, c, "T2", pupilOne, o)

	c = newClass(t, 24, 8)
	c.say("T2", pupilOne, 600, 1000)
	add("long", 1, c, "T2", pupilOne, full())
	c = newClass(t, 24, 16)
	c.say("T2", pupilOne, 160, 400)
	add("sixteen", 1, c, "T2", pupilOne, full())
	c = newClass(t, 24, 12)
	c.say("T2", pupilOne, 350, 600)
	add("twelve-long", 1, c, "T2", pupilOne, full())
	c = newClass(t, 24, 16)
	c.say("T2", pupilOne, 600, 1000)
	add("two-pages", 2, c, "T2", pupilOne, full())
	return out
}

func logged(t testing.TB, args ...any) string {
	t.Helper()
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // its digits may be any
		}
		return a
	}})).Info("bulletin", args...)
	return b.String()
}

// has fails unless a page holds a text; the page is not shown, which is long.
func has(t testing.TB, page, text string) {
	t.Helper()
	assert.True(t, strings.Contains(page, text), "the page lacks %q", text)
}

func hasNot(t testing.TB, page, text string) {
	t.Helper()
	assert.False(t, strings.Contains(page, text), "the page holds %q", text)
}
