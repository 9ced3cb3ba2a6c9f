package bulletin_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/bulletin"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, bulletin.Catalog().Check())
}

func text(f bulletin.Figure) string {
	if f.IsZero() {
		return "none"
	}
	return f.Text(ent.FR)
}

func line(t testing.TB, d *bulletin.Document, teaching ent.ID) bulletin.Line {
	t.Helper()
	for _, l := range d.Lines() {
		if l.Teaching == teaching {
			return l
		}
	}
	t.Fatalf("no line %s", teaching)
	return bulletin.Line{}
}

func TestOfficialOnceLocked(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 3)
	for _, state := range []gradebook.LockState{gradebook.LockOpen, ""} {
		c.book.Terms[0].State = state
		d, _, err := bulletin.Make(c.ready(), "T1", pupilOne, c.people(), bulletin.Options{})
		require.ErrorIs(t, err, bulletin.CodeLock)
		assert.Nil(t, d)
		d, _ = c.make("T1", pupilOne, bulletin.Options{Draft: true})
		has(t, html(t, d), `<strong>Document de travail</strong>`)
		has(t, html(t, d), `class="mark"`)
	}
	for _, state := range []gradebook.LockState{gradebook.LockPartial, gradebook.LockClosed} {
		c.book.Terms[0].State = state
		d, _ := c.make("T1", pupilOne, bulletin.Options{})
		hasNot(t, html(t, d), "Document de travail")
		hasNot(t, html(t, d), `class="mark"`)
	}
	c.book.Terms = nil
	_, _, err := bulletin.Make(c.ready(), "T1", pupilOne, c.people(), bulletin.Options{})
	require.ErrorIs(t, err, bulletin.CodeLock)
}

func TestRefused(t *testing.T) {
	t.Parallel()
	exact, odd := gradebook.Policy{}, gradebook.RescaledRoundLast()
	odd.Scales = "odd"
	for _, x := range []struct {
		name          string
		want          ent.Code
		period, pupil ent.ID
		o             bulletin.Options
		change        func(*class)
	}{
		{"an unknown period", bulletin.CodePeriod, "T9", pupilOne, bulletin.Options{}, nil},
		{"the year", bulletin.CodePeriod, "", pupilOne, bulletin.Options{}, nil},
		{"an unknown pupil", bulletin.CodePupil, "T1", "nobody", bulletin.Options{}, nil},
		{"a pupil without a name", bulletin.CodeName, "T1", pupilOne, bulletin.Options{}, func(c *class) { delete(c.names, pupilOne) }},
		{"a blank name", bulletin.CodeName, "T1", pupilOne, bulletin.Options{}, func(c *class) { c.names[pupilOne] = " \u202e\n" }},
		{"a pupil who left", bulletin.CodePupil, "T2", pupilOne, bulletin.Options{}, func(c *class) { c.book.Room.Members[0].To = day(2025, 1, 10) }},
		{"a minimum below 1", bulletin.CodeOption, "T1", pupilOne, bulletin.Options{MinimumGroup: -1}, nil},
		{"a policy that rounds nothing", bulletin.CodeRounding, "T1", pupilOne, bulletin.Options{Policy: &exact}, nil},
		{"an unknown rule", gradebook.CodePolicy, "T1", pupilOne, bulletin.Options{Policy: &odd}, nil},
		{"a text beyond measure", bulletin.CodeLimit, "T1", pupilOne, bulletin.Options{}, func(c *class) { c.say("T1", pupilOne, 10001, 10) }},
		{"a name beyond measure", bulletin.CodeLimit, "T1", pupilOne, bulletin.Options{}, func(c *class) { c.names[pupilOne] = strings.Repeat("x", 10001) }},
		{"too many teachings", bulletin.CodeLimit, "T1", pupilOne, bulletin.Options{}, func(c *class) {
			c.book.Room.Teachings = append(c.book.Room.Teachings, make([]gradebook.Teaching, 80)...)
		}},
	} {
		c := newClass(t, 6, 2)
		if x.change != nil {
			x.change(c)
		}
		d, _, err := bulletin.Make(c.ready(), x.period, x.pupil, c.people(), x.o)
		require.ErrorIs(t, err, x.want, x.name)
		assert.Nil(t, d, x.name)
	}
}

// Averages, statuses, and nothing: three different things.
func TestAverageStatusOrNothing(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 9)
	for n, points := range []string{"10", "12.5", "15"} {
		c.mark("t01", "T2", n, pupilOne, gradebook.Points(dec(points)))
	}
	c.without(1, "T2", pupilOne, gradebook.StatusExempt)
	c.without(2, "T2", pupilOne, gradebook.StatusAbsent)
	c.mark("t03", "T2", 0, pupilOne, gradebook.Without(gradebook.StatusUnfit))
	c.without(3, "T2", pupilOne, gradebook.StatusAbsentZero)
	c.without(4, "T2", pupilOne, "")
	for k := range 8 {
		c.without(5, "T2", pupilID(k), "")
	}
	final := func(i int, r gradebook.Result) {
		c.put(gradebook.Key{Kind: gradebook.EntryFinal, Period: "T2", Teaching: teachingID(i), Pupil: pupilOne}, gradebook.Value{Result: r})
	}
	final(6, gradebook.Without(gradebook.StatusExempt))
	final(7, gradebook.Points(dec("14")))
	c.without(8, "T2", pupilOne, "home-schooled")
	d, issues := c.make("T2", pupilOne, bulletin.Options{PreviousPeriods: true, Coefficients: true})
	for _, x := range []struct {
		teaching, average string
		status            gradebook.Status
	}{
		{"t01", "12,5", ""},
		{"t02", "none", gradebook.StatusExempt},
		{"t03", "none", gradebook.StatusNotMarked},
		{"t04", "0,0", ""},
		{"t05", "none", gradebook.StatusNotMarked},
		{"t06", "none", ""},
		{"t07", "none", gradebook.StatusExempt},
		{"t08", "14,0", ""},
		{"t09", "none", "home-schooled"},
	} {
		l := line(t, d, ent.ID(x.teaching))
		assert.Equal(t, x.average, text(l.Result.Average), x.teaching)
		assert.Equal(t, x.status, l.Result.Status, x.teaching)
		require.Len(t, l.Previous, 1, x.teaching)
		assert.NotEqual(t, "none", text(l.Previous[0].Average), x.teaching)
		assert.NotEqual(t, x.teaching == "t06", !l.Group.Mean.IsZero(), x.teaching)
	}
	// (12.5×4 + 0×2 + 14×1) / 7
	assert.Equal(t, "9,1", text(d.General.Average))
	assert.Equal(t, 1, codes(issues)[bulletin.CodeStatus])
	page := html(t, d)
	has(t, page, `<td class="n own"><abbr title="dispensé">Disp</abbr></td>`)
	has(t, page, "Disp : dispensé · N.Not : non noté · – : sans moyenne.")
	has(t, page, `<td class="n own">home-schooled</td>`)
	hasNot(t, page, "Rang")
	hasNot(t, page, "INE")
	hasNot(t, page, `class="chart"`)
}

// A count that is not known is not printed, one that is 0 is.
func TestLifeIsKnownOrAbsent(t *testing.T) {
	t.Parallel()
	zero, two := 0, 2
	for want, life := range map[string]bulletin.Life{
		"": {},
		"demi-journées d'absence justifiées\u00a0:\u00a00, non justifiées\u00a0:\u00a02, retards\u00a0:\u00a00": {Justified: &zero, Unjustified: &two, Late: &zero},
		"demi-journées d'absence non justifiées\u00a0:\u00a02":                                                  {Unjustified: &two},
		"retards\u00a0:\u00a00": {Late: &zero},
	} {
		c := newClass(t, 6, 2)
		c.life = life
		d, _ := c.make("T1", pupilOne, bulletin.Options{})
		page := html(t, d)
		if want == "" {
			hasNot(t, page, "Vie scolaire")
			continue
		}
		assert.Contains(t, strings.ReplaceAll(page, "&#39;", "'"), "<h3>Vie scolaire\u00a0: </h3><p dir=\"auto\">"+want+"</p>")
	}
}

func TestIssuesSayWhatLacks(t *testing.T) {
	t.Parallel()
	c := newClass(t, 6, 3)
	c.say("T1", pupilOne, 20, 1001)
	c.put(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "t01", Pupil: pupilOne}, gradebook.Value{Text: "a\u202eb\x00"})
	c.put(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "t02", Pupil: pupilOne}, gradebook.Value{Text: prose(0, 601)})
	c.put(gradebook.Key{Kind: gradebook.EntryPosition, Period: "T1", Teaching: "t02", Pupil: pupilOne}, gradebook.Value{Position: 5})
	c.put(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: "t03", Pupil: pupilOne}, gradebook.Value{})
	c.mark("t03", "T1", 0, pupilOne, gradebook.Points(dec("21"))) // above the scale
	delete(c.names, c.book.Room.Teachings[2].Teachers[0].ID)
	delete(c.names, "president")
	people := c.people()
	people.School.UAI = "0350001A"
	people.School.Logo = &bulletin.Logo{Data: []byte("<svg onload=alert(1)>")}
	people.Pupil = func(ent.ID) (bulletin.Pupil, bool) { return bulletin.Pupil{Name: "X", INE: "1"}, true }
	o := bulletin.Options{INE: true, Categories: categories()[1:]}
	d, issues, err := bulletin.Make(c.ready(), "T1", pupilOne, people, o)
	require.NoError(t, err)
	assert.Equal(t, map[ent.Code]int{
		bulletin.CodeText: 1, bulletin.CodeLong: 2, bulletin.CodePosition: 1, bulletin.CodeNoAppreciation: 1, bulletin.CodeTeacher: 2,
		bulletin.CodeIdentifier: 2, bulletin.CodeLogo: 1, bulletin.CodeCategory: 3, bulletin.CodeRefused: 1,
	}, codes(issues))
	assert.Empty(t, d.School.UAI)
	assert.Empty(t, d.Pupil.INE)
	assert.Nil(t, d.School.Logo)
	assert.Equal(t, "ab", line(t, d, "t01").Appreciation)
	assert.Len(t, line(t, d, "t02").Appreciation, len(prose(0, 601)), "nothing is cut")
	hasNot(t, html(t, d), "onload")
	c = newClass(t, 6, 3)
	_, issues = c.make("T1", pupilOne, bulletin.Options{})
	assert.Equal(t, map[ent.Code]int{bulletin.CodeNoSynthesis: 1, bulletin.CodeNoAppreciation: 3}, codes(issues))
}

// Who leaves a group within a period has a line while there is something to tell; who taught in another period is not named.
func TestWhoIsThere(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 4)
	c.group(2, 6)
	c.group(3, 6)
	for i := range c.book.Room.Members {
		if m := &c.book.Room.Members[i]; m.Pupil == pupilOne && m.Group != "" {
			m.To = day(2025, 1, 20)
		}
	}
	c.without(3, "T2", pupilOne, "")
	c.book.Room.Teachings[0].Teachers = []gradebook.Teacher{
		{ID: "r", Role: gradebook.RoleReplacement, From: day(2024, 12, 10), To: day(2025, 1, 5)},
		{ID: "old", To: day(2024, 11, 30)},
		{ID: "new", From: day(2024, 12, 1)},
		{ID: "next", Role: gradebook.RoleReplacement, From: day(2025, 3, 15)},
		{ID: "co", Role: gradebook.RoleCoTeacher},
		{ID: "new"},
	}
	for _, id := range []ent.ID{"r", "old", "new", "next", "co"} {
		c.names[id] = "Nom " + string(id)
	}
	d, _ := c.make("T2", pupilOne, bulletin.Options{})
	var ids []string
	for _, l := range d.Lines() {
		ids = append(ids, string(l.Teaching))
	}
	assert.Equal(t, []string{"t01", "t02", "t03"}, ids)
	has(t, html(t, d), "Nom new, Nom co, Nom r (rempl.)<")
	c.without(2, "T3", pupilOne, "")
	c.without(3, "T3", pupilOne, "")
	d, _ = c.make("T3", pupilOne, bulletin.Options{})
	assert.Len(t, d.Lines(), 2)
	d, _ = c.make("T2", pupilID(7), bulletin.Options{})
	assert.Len(t, d.Lines(), 2)
}

func TestCoefficientOfAPupil(t *testing.T) {
	t.Parallel()
	c := newClass(t, 6, 2)
	c.book.Room.Coefficients = []gradebook.PupilCoefficient{{Pupil: pupilOne, Teaching: "t02", Coefficient: dec("2.50")}}
	d, _ := c.make("T1", pupilOne, bulletin.Options{Coefficients: true})
	has(t, html(t, d), `<td class="n coef">2,5</td>`)
	has(t, html(t, d), `<td class="n coef">4</td>`)
}

// What is written is text, whatever it holds: names, labels and appreciations are escaped, directions are kept apart.
func TestEscaped(t *testing.T) {
	t.Parallel()
	evil := `<script>alert("x")</script>` + "\u202e" + `&amp;'"></td>` + "\u200f مرحبا 👩‍🏫"
	c := newClass(t, 8, 3)
	c.say("T1", pupilOne, 20, 20)
	for k := range c.names {
		c.names[k] = evil
	}
	c.book.Room.Label = evil
	for i := range c.book.Room.Teachings {
		c.book.Room.Teachings[i].Label = evil
		c.put(gradebook.Key{Kind: gradebook.EntryAppreciation, Period: "T1", Teaching: teachingID(i), Pupil: pupilOne}, gradebook.Value{Text: evil})
	}
	c.book.Room.Periods[0].Label = evil
	c.put(gradebook.Key{Kind: gradebook.EntrySynthesis, Period: "T1", Pupil: pupilOne}, gradebook.Value{Text: evil})
	c.put(gradebook.Key{Kind: gradebook.EntryOpinion, Period: "T1", Pupil: pupilOne}, gradebook.Value{Text: evil, Code: evil})
	people := c.people()
	people.School = bulletin.School{Name: evil, Address: []string{evil}, Logo: &bulletin.Logo{Data: []byte("\xff\xd8\xff" + evil), Alt: evil}}
	o := bulletin.Options{Chart: true, Draft: true, Categories: []bulletin.Category{{ID: "lettres", Label: evil}}, Mentions: []bulletin.Mention{{Code: evil, Label: evil}}}
	d, _, err := bulletin.Make(c.ready(), "T1", pupilOne, people, o)
	require.NoError(t, err)
	page := html(t, d)
	hasNot(t, page, "<script")
	hasNot(t, page, "\u202e")
	hasNot(t, page, "ZgotmplZ")
	hasNot(t, page, `'"></td>`)
	has(t, page, `src="data:image/jpeg;base64,`)
	has(t, page, "👩‍🏫")
	assert.Regexp(t, `<td class="t" dir="auto">&lt;script&gt;`, page)
	assert.Regexp(t, `<h2><bdi>&lt;script&gt;`, page)
	tags := regexp.MustCompile(`<(/?)([a-z0-9]+)`)
	open := map[string]int{}
	for _, m := range tags.FindAllStringSubmatch(page, -1) {
		if m[1] == "" {
			open[m[2]]++
		} else {
			open[m[2]]--
		}
	}
	for tag, n := range open {
		if n != 0 {
			assert.Contains(t, []string{"meta", "col", "img", "line", "rect", "polygon"}, tag, "%s is not closed", tag)
		}
	}
}

// A page holds no script and asks for nothing: only data of its own, and the style that its nonce allows.
func TestSelfContained(t *testing.T) {
	t.Parallel()
	for _, c := range cases(t) {
		var b strings.Builder
		require.NoError(t, c.doc.HTML(&b, bulletin.Page{Nonce: "r4nd0m"}))
		page := b.String()
		has(t, page, `<style nonce="r4nd0m">`)
		for _, s := range []string{"<script", "http:", "https:", "url(", "@import", " style=", " on", "<link", "ZgotmplZ", "sha256"} {
			if s == " on" {
				assert.NotRegexp(t, `<[a-z][^>]* on[a-z]+=`, page, c.name)
				continue
			}
			hasNot(t, page, s)
		}
		has(t, page, `<html lang="`+string(c.doc.Options.Lang)+`">`)
		has(t, page, "<caption>")
		b.Reset()
		require.NoError(t, c.doc.HTML(&b, bulletin.Page{Fragment: true}))
		assert.True(t, strings.HasPrefix(strings.TrimSpace(b.String()), "<article"), c.name)
		assert.NotContains(t, b.String(), "<style")
		assert.Equal(t, c.pages, strings.Count(b.String(), "<article"), c.name)
		// Every figure and text of the document is on the page, however many sheets it takes.
		for _, l := range c.doc.Lines() {
			has(t, b.String(), escaped(l.Appreciation))
			has(t, b.String(), escaped(l.Label))
		}
		has(t, b.String(), escaped(c.doc.Synthesis))
	}
	// No size of print is under 7.5 points.
	for _, m := range regexp.MustCompile(`(?:font-size|--font|--small): ?([0-9.]+)(pt|px)`).FindAllStringSubmatch(bulletin.Style(), -1) {
		assert.GreaterOrEqual(t, float(t, m[1]), 7.5, m[0])
	}
}

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "'", "&#39;", `"`, "&#34;", "<", "&lt;", ">", "&gt;", "+", "&#43;").Replace(s)
}

// The legend says in words what the policy does.
func TestLegend(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		policy gradebook.Policy
		lang   ent.Lang
		want   []string
	}{
		{gradebook.RescaledRoundLast(), ent.FR, []string{
			"Moyennes sur 20, de notes ramenées sur 20, selon leurs coefficients, arrondies au dixième le plus proche en une seule fois.",
			"Moyenne générale : celle des enseignements qui en ont une, selon leurs coefficients, arrondie au dixième le plus proche.",
			"Classe, Min., Max. : la moyenne, la plus basse et la plus haute du groupe ; n.c. : non communiqué, moins de 5 moyennes dans le groupe.",
		}},
		{gradebook.ScaleWeighsRoundLast(), ent.EN, []string{
			"Averages out of 20, of marks that weigh by their scale, by their coefficients, rounded to the nearest hundredth once.",
			"General average: that of the teachings that have one, by their coefficients, rounded to the nearest hundredth.",
		}},
		{gradebook.BoxesRoundedUp(), ent.FR, []string{"arrondies au dixième supérieur et comptant ensuite ainsi arrondies."}},
		{gradebook.EqualWeightsRoundEachLevel(), ent.FR, []string{"celle des enseignements qui en ont une, comptant autant l'une que l'autre, arrondie"}},
	} {
		c := newClass(t, 6, 2)
		d, _ := c.make("T1", pupilOne, bulletin.Options{Policy: &x.policy, Lang: x.lang})
		for _, want := range x.want {
			assert.Contains(t, strings.Join(d.Legend, " "), want)
		}
	}
}

func TestRedacted(t *testing.T) {
	t.Parallel()
	c := newClass(t, 8, 3)
	c.say("T1", pupilOne, 20, 20)
	d, _ := c.make("T1", pupilOne, full())
	shown := logged(t, "document", d, "value", *d, "pupil", d.Pupil, "line", d.Lines()[0], "cell", d.Lines()[0].Result, "group", d.Lines()[0].Group,
		"general", d.General, "life", d.Life, "opinion", d.Opinion, "visa", d.Visa, "person", *d.President, "section", d.Sections[0],
		"figure", d.General.Average)
	for _, v := range []any{
		d, *d, d.Pupil, d.Lines(), d.Lines()[0].Result, d.Lines()[0].Group, d.General, d.Life, d.Opinion, *d.Visa, *d.President, d.Sections, d.General.Average,
	} {
		shown += fmt.Sprintf("%v %+v %#v\n", v, v, v)
	}
	for _, secret := range []string{"BRÉHAUT", "Perrin", "Martel", "Roussel", "trimestre", "encourage", "ENC", text(d.General.Average), ent.NumberText(dec("12.2"))} {
		assert.NotContains(t, shown, secret)
	}
	assert.Contains(t, shown, "p01")
}

func TestFiguresTravel(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{`null`: "none", `"12.0"`: "12,0", `"0"`: "0"} {
		var f bulletin.Figure
		require.NoError(t, json.Unmarshal([]byte(in), &f))
		assert.Equal(t, want, text(f))
		b, err := json.Marshal(f)
		require.NoError(t, err)
		assert.Equal(t, in, string(b))
	}
	for _, in := range []string{`12`, `"1e3"`, `""`, `"x"`} {
		var f bulletin.Figure
		err := json.Unmarshal([]byte(in), &f)
		require.ErrorIs(t, err, bulletin.CodeDocument)
		assert.NotContains(t, err.Error(), "12")
	}
}
