package lsu_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

// Each known rejection of section 11 is one issue of its code, on its pupil or record, and blocks as it must.
func TestRules(t *testing.T) {
	t.Parallel()
	const blocking, warning, info = ent.SeverityError, ent.SeverityWarning, ent.SeverityInfo
	for name, c := range map[string]struct {
		fault    func(d *lsu.Document)
		code     ent.Code
		severity ent.Severity
		record   string
		first    bool // of the first degree
	}{
		"pupil without SIECLE id":        {fault: func(d *lsu.Document) { d.Pupils[0].SiecleID = "" }, code: lsu.CodeSiecleID, severity: blocking, record: "el0"},
		"pupil with an INE for id":       {fault: func(d *lsu.Document) { d.Pupils[0].SiecleID = "100000000AB" }, code: lsu.CodeSiecleID, severity: blocking, record: "el0"},
		"pupil with zero for id":         {fault: func(d *lsu.Document) { d.Pupils[0].SiecleID = "0" }, code: lsu.CodeSiecleID, severity: blocking, record: "el0"},
		"subject without a code":         {fault: func(d *lsu.Document) { d.Disciplines[0].Code = "" }, code: lsu.CodeSubjectCode, severity: blocking, record: "s020700"},
		"subject with a short code":      {fault: func(d *lsu.Document) { d.Disciplines[0].Code = "0207" }, code: lsu.CodeSubjectCode, severity: blocking, record: "s020700"},
		"subject with an invented code":  {fault: func(d *lsu.Document) { d.Disciplines[0].Code = "000012" }, code: lsu.CodeInventedCode, severity: warning, record: "s020700"},
		"two services alike for a pupil": {fault: func(d *lsu.Document) { d.Disciplines[1].Code = "020700" }, code: lsu.CodeServiceTwice, severity: blocking, record: "el0"},
		"two disciplines alike":          {fault: func(d *lsu.Document) { d.Disciplines[12].Code, d.Disciplines[12].Election = "020700", "S" }, code: lsu.CodeDisciplineKey, severity: blocking, record: "#13"},
		"service without teacher":        {fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Teachers = nil }, code: lsu.CodeNoTeacher, severity: blocking, record: "el0"},
		"teacher without STS id":         {fault: func(d *lsu.Document) { d.Teachers[0].STS = "" }, code: lsu.CodeTeacherSTS, severity: blocking, record: "t0-0"},
		"neither mark nor flag":          {fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Mark = "" }, code: lsu.CodeNotAssessed, severity: blocking, record: "el0"},
		"mark and flag":                  {fault: func(d *lsu.Document) { d.Periodic[0].Results[0].NotMarked = true }, code: lsu.CodeMarkAndFlag, severity: warning, record: "el0"},
		"missing appreciation":           {fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Appreciation = " \n" }, code: lsu.CodeAppreciation, severity: blocking, record: "el0"},
		"missing acquis-conseils":        {fault: func(d *lsu.Document) { d.Periodic[0].Appraisal = " " }, code: lsu.CodeAppraisal, severity: blocking, record: "el0"},
		"missing synthesis":              {fault: func(d *lsu.Document) { d.Cycle[0].Synthesis = "" }, code: lsu.CodeAppraisal, severity: blocking, record: "el0"},
		"missing council date":           {fault: func(d *lsu.Document) { d.Periodic[0].Council = ent.Date{} }, code: lsu.CodeCouncilDate, severity: blocking, record: "el0"},
		"missing lock date":              {fault: func(d *lsu.Document) { d.Periodic[0].Locked = "" }, code: lsu.CodeNoLock, severity: info, record: "el0"},
		"missing counters":               {fault: func(d *lsu.Document) { d.Periodic[0].Life = nil }, code: lsu.CodeCounters, severity: blocking, record: "el0"},
		"one counter missing":            {fault: func(d *lsu.Document) { d.Periodic[0].Life.Excused = nil }, code: lsu.CodeCounters, severity: blocking, record: "el0"},
		"council before schooling":       {fault: func(d *lsu.Document) { d.Periodic[0].Council = day(2025, 11, 27) }, code: lsu.CodeCouncilEarly, severity: blocking, record: "el0"},
		"EPI of one discipline":          {fault: func(d *lsu.Document) { d.EPIs[0].Disciplines = []lsu.Key{"s020700", "s020700"} }, code: lsu.CodeProjectEPI, severity: blocking, record: "epi1"},
		"EPI without title":              {fault: func(d *lsu.Document) { d.EPIs[0].Title = " " }, code: lsu.CodeProjectEPI, severity: blocking, record: "epi1"},
		"EPI without theme":              {fault: func(d *lsu.Document) { d.EPIs[0].Theme = "" }, code: lsu.CodeProjectEPI, severity: blocking, record: "epi1"},
		"EPI of an undeclared theme":     {fault: func(d *lsu.Document) { d.EPIs[0].Theme = "EPI_XYZ" }, code: lsu.CodeTheme, severity: blocking, record: "epi1"},
		"EPI discipline without teacher": {fault: func(d *lsu.Document) { d.EPIGroups[0].Teachings = d.EPIGroups[0].Teachings[:1] }, code: lsu.CodeProjectTeacher, severity: blocking, record: "eg1"},
		"socle of 7 components":          {fault: func(d *lsu.Document) { d.Cycle[0].Socle = d.Cycle[0].Socle[1:] }, code: lsu.CodeSocle, severity: blocking, record: "el0"},
		"no socle":                       {fault: func(d *lsu.Document) { d.Cycle[0].Socle = nil }, code: lsu.CodeSocle, severity: blocking, record: "el0"},
		"class of mixed modes":           {fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Mark, d.Periodic[0].Results[0].Position = "", "3" }, code: lsu.CodeMixedModes, severity: blocking},
		"class average with positions": {fault: func(d *lsu.Document) {
			for i := range d.Periodic[0].Results {
				d.Periodic[0].Results[i].Mark, d.Periodic[0].Results[i].Position = "", "3"
			}
		}, code: lsu.CodeClassMark, severity: warning},
		"PPRE text under PAP":       {fault: func(d *lsu.Document) { d.Periodic[0].Support[2].PPRE = canary }, code: lsu.CodeSupportText, severity: warning, record: "el0"},
		"complement in cycle 3":     {fault: func(d *lsu.Document) { d.Cycle[0].Cycle = "3" }, code: lsu.CodeComplement, severity: warning, record: "el0"},
		"guardian without a name":   {fault: func(d *lsu.Document) { d.Periodic[0].Guardians[1].Family = "" }, code: lsu.CodeGuardianName, severity: warning, record: "el0"},
		"address without town":      {fault: func(d *lsu.Document) { d.Cycle[0].Guardians[0].Address.Town = "" }, code: lsu.CodeAddress, severity: warning, record: "el0"},
		"index above the periods":   {fault: func(d *lsu.Document) { d.Periods[0].Index = 4 }, code: lsu.CodePeriodIndex, severity: warning, record: "p1"},
		"blank comment of a class":  {fault: func(d *lsu.Document) { d.SchoolLife[0].Comment = " " }, code: lsu.CodeBlankCommon, severity: warning},
		"blank parcours of a class": {fault: func(d *lsu.Document) { d.Parcours[0].Parcours = []lsu.Parcours{{lsu.ParcoursCivic, ""}} }, code: lsu.CodeBlankCommon, severity: warning},
		"wrong UAI":                 {fault: func(d *lsu.Document) { d.Header.School = "0990001A" }, code: lsu.CodeUAI, severity: warning},
		"two pupils of one key":     {fault: func(d *lsu.Document) { d.Pupils = append(d.Pupils, d.Pupils[0]); d.Pupils[1].SiecleID = "7" }, code: lsu.CodeKeyTwice, severity: blocking, record: "el0"},
		"reference to another kind": {fault: func(d *lsu.Document) { d.Periodic[0].Head = "s020700" }, code: lsu.CodeReferenceKind, severity: blocking, record: "el0"},
		"reference to nothing":      {fault: func(d *lsu.Document) { d.Periodic[0].Head = "nobody" }, code: lsu.CodeUnknownRef, severity: blocking, record: "el0"},
		"label of 41 characters":    {fault: func(d *lsu.Document) { d.Disciplines[0].Label = strings.Repeat("é", 41) }, code: lsu.CodeMaxLength, severity: blocking, record: "s020700"},
		"600 emoji weigh 1200":      {fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Appreciation = strings.Repeat("😀", 301) }, code: lsu.CodeMaxLength, severity: blocking, record: "el0"},
		"same pupil twice":          {fault: func(d *lsu.Document) { d.Periodic = append(d.Periodic, d.Periodic[0]) }, code: lsu.CodeUnique, severity: blocking, record: "el0"},
		"first degree, wrong INE":   {first: true, fault: func(d *lsu.Document) { d.Pupils[0].INE = "123456789AA" }, code: lsu.CodePupilINE, severity: warning, record: "el0"},
		"first degree, no INE":      {first: true, fault: func(d *lsu.Document) { d.Pupils[0].INE = "" }, code: lsu.CodeAttributeMissing, severity: blocking, record: "el0"},
		"first degree, appraisal":   {first: true, fault: func(d *lsu.Document) { d.Periodic[0].Appraisal = "" }, code: lsu.CodeAppraisal, severity: blocking, record: "el0"},
		"first degree, parcours": {first: true, fault: func(d *lsu.Document) {
			d.Periodic[0].Parcours = append(d.Periodic[0].Parcours, lsu.Parcours{Code: "PAR_XXX", Text: "x"})
		}, code: lsu.CodeEnumeration, severity: blocking, record: "el0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, v := college(1, 1), lsu.Version7
			if c.first {
				d, v = ecole(1), lsu.VersionFirst1
			}
			require.Empty(t, lsu.Check(d, v, lsu.Choices{}))
			c.fault(d)
			issues := lsu.Check(d, v, lsu.Choices{})
			mine := found(issues, c.code)
			require.Len(t, mine, 1, "%v", issues)
			require.Equal(t, c.severity, mine[0].Severity)
			require.Equal(t, c.record, mine[0].Pos.Record)
			require.NotEmpty(t, mine[0].Path)
			require.Zero(t, mine[0].Pos.Line)
			// What blocks is not written, what does not block is.
			var b bytes.Buffer
			report, err := lsu.Write(&b, d, lsu.WriteOptions{Version: v})
			require.True(t, report.Balanced())
			if issues.Worst() != ent.SeverityError {
				require.NoError(t, err)
				xmllint(t, v, b.String())
				return
			}
			require.Zero(t, b.Len())
			var blocked *lsu.BlockedError
			require.ErrorAs(t, err, &blocked)
			require.ErrorIs(t, err, c.code)
			require.ErrorIs(t, err, lsu.CodeBlocked)
			require.NotEmpty(t, blocked.Issues)
			// One problem is one sentence, in both languages.
			if c.record == "el0" && c.code != lsu.CodeKeyTwice {
				list := lsu.ByPupil(d, issues)
				require.Equal(t, lsu.Key("el0"), list[len(list)-1].Pupil)
				require.True(t, list[len(list)-1].Blocking())
			}
		})
	}
}

// A rule of meaning can be tolerated; one of the schema never is.
func TestTolerate(t *testing.T) {
	t.Parallel()
	d := college(1, 1)
	d.Periodic[0].Council = day(2025, 11, 27)
	o := lsu.WriteOptions{Version: lsu.Version7, Choices: lsu.Choices{Tolerate: []ent.Code{lsu.CodeCouncilEarly, lsu.CodeMaxLength, lsu.CodeSiecleID}}}
	_, report := write(t, d, o)
	require.EqualValues(t, 1, report.CountOf(lsu.CodeCouncilEarly))
	for _, fault := range []func(){
		func() { d.Disciplines[0].Label = strings.Repeat("x", 41) },
		func() { d.Disciplines[0].Label = "x"; d.Pupils[0].SiecleID = "" },
	} {
		fault()
		var b bytes.Buffer
		_, err := lsu.Write(&b, d, o)
		require.Error(t, err)
		require.Zero(t, b.Len())
	}
}

// The choices where exporters differ, each by its rule.
func TestChoices(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault   func(d *lsu.Document)
		choices lsu.Choices
		want    string
		without string
		blocked ent.Code
	}{
		"unmarked sets the flag": {
			fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Mark = "" }, choices: lsu.Choices{Unmarked: lsu.UnmarkedSetsFlag}, want: `eleve-non-note="true"`, without: "moyenne-eleve=",
		},
		"appreciation dash": {
			fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Appreciation = "" }, choices: lsu.Choices{Appreciation: lsu.AppreciationDash}, want: "<appreciation>-</appreciation>",
		},
		"appreciation optional": {
			fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Appreciation = "" }, choices: lsu.Choices{Appreciation: lsu.AppreciationOptional}, without: "<appreciation>",
		},
		"appreciation if marked, marked": {
			fault: func(d *lsu.Document) { d.Periodic[0].Results[0].Appreciation = "" }, choices: lsu.Choices{Appreciation: lsu.AppreciationRequiredIfMarked}, blocked: lsu.CodeAppreciation,
		},
		"appreciation if marked, not marked": {
			fault: func(d *lsu.Document) {
				r := &d.Periodic[0].Results[0]
				r.Appreciation, r.Mark, r.NotMarked = "", "", true
			},
			choices: lsu.Choices{Appreciation: lsu.AppreciationRequiredIfMarked}, without: "<appreciation>",
		},
		"appreciation if marked, NN": {
			fault:   func(d *lsu.Document) { r := &d.Periodic[0].Results[0]; r.Appreciation, r.Mark = "", lsu.MarkNN },
			choices: lsu.Choices{Appreciation: lsu.AppreciationRequiredIfMarked}, want: `moyenne-eleve="NN"`, without: "<appreciation>",
		},
		"council from the lock": {
			fault: func(d *lsu.Document) { d.Periodic[0].Council = ent.Date{} }, choices: lsu.Choices{Council: lsu.CouncilFromLock}, want: `date-conseil-classe="2025-12-02"`,
		},
		"council from no lock": {
			fault: func(d *lsu.Document) { d.Periodic[0].Council, d.Periodic[0].Locked = ent.Date{}, "" }, choices: lsu.Choices{Council: lsu.CouncilFromLock}, blocked: lsu.CodeCouncilDate,
		},
		"foreign language exempt": {
			fault: func(d *lsu.Document) { d.Cycle[0].Socle = append(d.Cycle[0].Socle[:1:1], d.Cycle[0].Socle[2:]...) }, choices: lsu.Choices{Socle: lsu.SocleLanguageExempt},
			want: `<domaine code="CPD_ETR" positionnement="0"/>`,
		},
		"another component missing": {
			fault: func(d *lsu.Document) { d.Cycle[0].Socle = d.Cycle[0].Socle[1:] }, choices: lsu.Choices{Socle: lsu.SocleLanguageExempt}, blocked: lsu.CodeSocle,
		},
		"stable STS": {
			fault: func(d *lsu.Document) { d.Teachers[0].STS = "" }, choices: lsu.Choices{STS: lsu.STSDerived}, want: `id-sts="` + lsu.StableSTS("0990001N", "t0-0") + `"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := minimal()
			c.fault(d)
			o := lsu.WriteOptions{Version: lsu.Version7, Choices: c.choices}
			if c.blocked != "" {
				_, err := lsu.Write(&bytes.Buffer{}, d, o)
				require.ErrorIs(t, err, c.blocked)
				return
			}
			out, _ := write(t, d, o)
			require.Contains(t, out, c.want)
			if c.without != "" {
				require.NotContains(t, out, c.without)
			}
			xmllint(t, lsu.Version7, out)
			// The strictest choices refuse it.
			_, err := lsu.Write(&bytes.Buffer{}, d, lsu.WriteOptions{Version: lsu.Version7})
			require.Error(t, err)
		})
	}
}

// A bilan that cannot be written is left out and told, the others are written.
func TestLeaveOut(t *testing.T) {
	t.Parallel()
	d := college(5, 1)
	d.Periodic[1].Appraisal = ""
	d.Cycle[2].Socle = d.Cycle[2].Socle[:6]
	d.Pupils[3].SiecleID = ""
	o := lsu.WriteOptions{Version: lsu.Version7, LeaveOut: true}
	out, report := write(t, d, o)
	xmllint(t, lsu.Version7, out)
	require.Equal(t, ent.Tally{Read: 5, Kept: 3, Refused: 2}, report.Tally("bilan-periodique"))
	require.Equal(t, ent.Tally{Read: 5, Kept: 3, Refused: 2}, report.Tally("bilan-cycle"))
	require.Equal(t, ent.Tally{Read: 5, Kept: 4, Refused: 1}, report.Tally("eleve"))
	require.EqualValues(t, 4, report.CountOf(lsu.CodeLeftOut))
	for _, c := range []ent.Code{lsu.CodeAppraisal, lsu.CodeSocle, lsu.CodeSiecleID} {
		require.EqualValues(t, 1, report.CountOf(c))
	}
	// A problem of no bilan still blocks.
	d.Disciplines[0].Label = ""
	_, err := lsu.Write(&bytes.Buffer{}, d, o)
	require.ErrorIs(t, err, lsu.CodeAttributeMissing)
	// Nothing left is an error, not an empty file.
	d = college(1, 1)
	d.Cycle, d.Periodic[0].Appraisal = nil, ""
	var b bytes.Buffer
	_, err = lsu.Write(&b, d, o)
	require.ErrorIs(t, err, lsu.CodeNothing)
	require.Zero(t, b.Len())
}

// Texts are normalised, what XML does not allow is removed and told, nothing is cut.
func TestTexts(t *testing.T) {
	t.Parallel()
	d := minimal()
	d.Periodic[0].Appraisal = "  Premier\r\nsecond\rtroisième\x00\x0b\ufffe & <fin> \xff \n"
	d.Periodic[0].HomeworkDone = " \u00a0\t"
	d.Disciplines[0].Label = "Lettres\n\"classiques\""
	d.Periodic[0].Results[0].Appreciation = strings.Repeat("😀", 300)
	out, report := write(t, d, lsu.WriteOptions{Version: lsu.Version7})
	xmllint(t, lsu.Version7, out)
	require.EqualValues(t, 1, report.CountOf(lsu.CodeIllegalChar))
	require.Contains(t, report.Examples(lsu.CodeIllegalChar)[0].Message(ent.EN), "4 were removed")
	require.NotContains(t, out, "devoirs-faits")
	again := read(t, out, lsu.Options{Version: lsu.Version7})
	require.Equal(t, "Premier\nsecond\ntroisième & <fin>", again.Periodic[0].Appraisal)
	require.Equal(t, d.Periodic[0].Results[0].Appreciation, again.Periodic[0].Results[0].Appreciation)
	require.Equal(t, `Lettres "classiques"`, again.Disciplines[1].Label)
}

// Sentences name the period and the discipline, never a person.
func TestByPupil(t *testing.T) {
	t.Parallel()
	d := college(3, 1)
	for i := range d.Pupils { // keys that are names
		for j := range d.Periodic {
			if d.Periodic[j].Pupil == d.Pupils[i].Key {
				d.Periodic[j].Pupil = lsu.Key("Zoé " + canary + strings.Repeat("I", i))
			}
		}
		d.Cycle[i].Pupil = lsu.Key("Zoé " + canary + strings.Repeat("I", i))
		d.Pupils[i].Key = d.Cycle[i].Pupil
	}
	d.Periodic[1].Results[2].Appreciation = ""
	d.Periodic[1].Council = ent.Date{}
	d.Cycle[2].Synthesis = ""
	d.Header.School = "0990001A"
	list := lsu.ByPupil(d, lsu.Check(d, lsu.Version7, lsu.Choices{}))
	require.Len(t, list, 3)
	require.Empty(t, list[0].Pupil)
	require.False(t, list[0].Blocking())
	require.Equal(t, d.Pupils[1].Key, list[1].Pupil)
	require.Equal(t, []string{
		"Période 1 : La date du conseil de classe manque.", "Période 1, 030602 : L'appréciation manque dans une discipline.",
	}, list[1].Sentences(ent.FR))
	require.Equal(t, d.Pupils[2].Key, list[2].Pupil)
	require.Equal(t, []string{"Report of the end of cycle 4: The general appraisal or the synthesis is missing."}, list[2].Sentences(ent.EN))
	require.Equal(t, "#3", list[2].Issues[0].Pos.Record)
}

func TestSplit(t *testing.T) {
	t.Parallel()
	d := college(60, 2)
	// A pupil of 6A goes to 6B in the second period.
	d.Periodic[1].Division, d.Cycle[0].Division = "6B", "6B"
	require.Equal(t, []string{"6A", "6B", "6C"}, d.ClassesOfReports())
	sum := 0
	for _, part := range d.SplitByClass() {
		out, report := write(t, part.Document, lsu.WriteOptions{Version: lsu.Version7})
		xmllint(t, lsu.Version7, out)
		require.Zero(t, losses(report)["code-division"])
		again := read(t, out, lsu.Options{Version: lsu.Version7})
		for _, p := range again.Pupils {
			if p.SiecleID == "100000" {
				require.Equal(t, part.Class, p.Division)
			}
		}
		sum += len(again.Periodic)
		require.Len(t, again.Digital, len(part.Document.Digital))
	}
	require.Equal(t, 120, sum)
	// Both classes in one file: the pupil has one class there, which is told as a loss.
	both := d.Select("6A", "6B")
	require.Len(t, both.Pupils, 50)
	_, report := write(t, both, lsu.WriteOptions{Version: lsu.Version7})
	require.EqualValues(t, 1, losses(report)["code-division"])
	// A class of which nothing is left out is the whole.
	all := d.Select(d.ClassesOfReports()...)
	require.Len(t, all.Periodic, len(d.Periodic))

	e := ecole(30)
	parts := e.SplitByClass()
	require.Len(t, parts, 2)
	for _, part := range parts {
		out, _ := write(t, part.Document, lsu.WriteOptions{Version: lsu.VersionFirst1})
		xmllint(t, lsu.VersionFirst1, out)
	}
}

func losses(r *ent.Report) map[ent.Field]int64 {
	out := map[ent.Field]int64{}
	for _, l := range r.Losses() {
		out[l.Field] = l.Count
	}
	return out
}

// Derivations of section 11.3.
func TestDerivations(t *testing.T) {
	t.Parallel()
	require.Equal(t, "2025", lsu.MillesimeOf(day(2025, 9, 1)))
	require.Equal(t, "2025", lsu.MillesimeOf(day(2026, 1, 1)))
	require.Equal(t, "2025", lsu.MillesimeOf(day(2026, 7, 31)))
	require.Equal(t, "2026", lsu.MillesimeOf(day(2026, 8, 28)))
	require.Empty(t, lsu.MillesimeOf(ent.Date{}))
	require.Equal(t, "3A", lsu.DivisionOf("4001$3A"))
	require.Equal(t, "3A", lsu.DivisionOf("3A"))
	require.Equal(t, day(2025, 11, 28), lsu.SchoolingDate(day(2025, 11, 28), ent.Date{}))
	require.Equal(t, day(2025, 10, 3), lsu.SchoolingDate(day(2025, 11, 28), day(2025, 10, 3)))
	require.Equal(t, day(2025, 11, 28), lsu.SchoolingDate(day(2025, 11, 28), day(2026, 1, 3)))
	stays := []lsu.Membership{{"6A", day(2025, 9, 1), day(2025, 11, 2)}, {"6B", day(2025, 11, 3), ent.Date{}}}
	require.Equal(t, "6A", lsu.DivisionOn(stays, day(2025, 11, 2)))
	require.Equal(t, "6B", lsu.DivisionOn(stays, day(2025, 11, 28)))
	require.Empty(t, lsu.DivisionOn(stays, day(2025, 8, 28)))
	require.Equal(t, "Maîtrise fragile", lsu.PositionLabel("2", ent.FR))
	require.Equal(t, "Exempt", lsu.PositionLabel("0", ent.EN))
	require.Empty(t, lsu.PositionLabel("5", ent.FR))
	require.Equal(t, "Disp. ", lsu.NotMarkedPrefix("disp"))
	require.Equal(t, "N N. ", lsu.NotMarkedPrefix("-"))
	// The number of a teacher is fixed for ever.
	require.Equal(t, "1508915281", lsu.StableSTS("0990001N", "t0-0"))
}

func TestMarks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]lsu.Mark{"14.7": "14.7/20", "14.70": "14.7/20", "20": "20/20", "0": "0/20", "9.25": "9.25/20"} {
		m, err := lsu.MarkOn20(decimal.RequireFromString(in))
		require.NoError(t, err)
		require.Equal(t, want, m)
		back, ok := m.On20()
		require.True(t, ok)
		require.True(t, back.Equal(decimal.RequireFromString(in)))
	}
	for _, in := range []decimal.Decimal{decimal.New(20001, -3), decimal.New(-1, 0), decimal.New(12345, -3), decimal.New(1, 999999999)} {
		_, err := lsu.MarkOn20(in)
		require.ErrorIs(t, err, lsu.CodeMark)
	}
	for _, m := range []lsu.Mark{"NN", "", "A+", "21/20", "8/10"} {
		_, ok := m.On20()
		require.False(t, ok, m)
	}
	require.True(t, errors.Is(lsu.CodeMark, lsu.CodeMark))
}

// Every code of the nomenclature has a label and a version.
func TestLists(t *testing.T) {
	t.Parallel()
	for _, l := range []lsu.List{
		lsu.ListElection, lsu.ListTeacher, lsu.ListParcours, lsu.ListSupport, lsu.ListTheme, lsu.ListDomain, lsu.ListComplement, lsu.ListLanguage, lsu.ListDigital, lsu.ListPosition,
	} {
		require.NotEmpty(t, lsu.Items(l))
		for _, i := range lsu.Items(l) {
			require.NotEmpty(t, i.Label.FR)
			require.NotEmpty(t, i.Label.EN)
		}
	}
	s := sample(t, "lsun-nomenclatures-2.10.xml")
	for _, l := range []lsu.List{lsu.ListParcours, lsu.ListTheme, lsu.ListDomain, lsu.ListComplement, lsu.ListLanguage} {
		for _, i := range lsu.Items(l) {
			require.Contains(t, s, `code="`+i.Code+`" libelle="`+i.Label.FR+`"`)
		}
	}
	require.True(t, lsu.Items(lsu.ListSupport)[7].In(lsu.Version7))
	require.False(t, lsu.Items(lsu.ListSupport)[7].In(lsu.Version2018))
	require.Nil(t, lsu.Items("?"))
}
