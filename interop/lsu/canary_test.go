package lsu_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/lsu"
)

// No name, text or mark of a school stands in an issue, an error, a report or a log line, whatever goes wrong.
func TestCanary(t *testing.T) {
	t.Parallel()
	var shown bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&shown, nil))
	met := map[ent.Code]bool{}
	tell := func(i ent.Issue) {
		met[i.Code] = true
		b, err := json.Marshal(i)
		require.NoError(t, err)
		fmt.Fprintf(&shown, "%v %+v %#v %s %s\n", i, i, i, i.Message(ent.FR), b)
		logger.Info("issue", "issue", i)
	}
	report := func(r *ent.Report) {
		require.NoError(t, r.WriteText(&shown, ent.FR))
		b, err := json.Marshal(r)
		require.NoError(t, err)
		shown.Write(b)
	}
	for v, d := range map[lsu.Version]*lsu.Document{lsu.Version7: college(4, 1), lsu.VersionFirst1: ecole(4)} {
		out, _ := write(t, d, lsu.WriteOptions{Version: v})
		for name, s := range map[string]string{
			"as it is":      out,
			"long":          strings.ReplaceAll(out, canary, strings.Repeat(canary, 200)),
			"ids":           strings.ReplaceAll(out, `="EL_`, `="`+canary+`É_`),
			"ids of digits": strings.ReplaceAll(out, `="EL_`, `="7`+canary+`É `),
			"codes":         strings.ReplaceAll(out, `code="`, `code="`+canary),
			"names":         strings.ReplaceAll(out, `nom=`, canary+`É=`),
			"elements":      strings.ReplaceAll(strings.ReplaceAll(out, "<appreciation>", "<"+canary+"É>"), "</appreciation>", "</"+canary+"É>"),
			"dates":         strings.ReplaceAll(out, `date-scolarite="`, `date-scolarite="`+canary),
			"counts":        strings.ReplaceAll(out, `nb-retards="`, `nb-retards="`+canary),
			"cut":           out[:len(out)*2/3],
			"not closed":    strings.Replace(out, "</eleves>", "</"+canary+">", 1),
			"root":          strings.ReplaceAll(out, "lsun-bilans", canary),
			"no namespace":  strings.Replace(out, lsu.Namespace, canary, 1),
		} {
			for _, asked := range []lsu.Version{"", v, lsu.Version2018} {
				got, r, err := lsu.Read(strings.NewReader(s), lsu.Options{Version: asked, OnIssue: tell})
				report(r)
				fmt.Fprintln(&shown, err)
				if got == nil {
					continue
				}
				logger.Info(name, "document", got, "value", *got)
				for _, i := range lsu.Check(got, v, lsu.Choices{}) {
					tell(i)
				}
				for _, p := range lsu.ByPupil(got, lsu.Check(got, v, lsu.Choices{})) {
					fmt.Fprintln(&shown, p.Sentences(ent.FR), p.Sentences(ent.EN))
				}
				r, err = lsu.Write(&bytes.Buffer{}, got, lsu.WriteOptions{Version: v, OnIssue: tell, LeaveOut: true})
				report(r)
				fmt.Fprintf(&shown, "%v %+v\n", err, err)
			}
		}
	}
	require.Greater(t, len(met), 15, "%v", met)
	d := college(1, 1)
	logger.Info("records", "head", d.Heads[0], "pupil", d.Pupils[0], "teacher", d.Teachers[0], "report", d.Periodic[0], "cycle", d.Cycle[0],
		"result", d.Periodic[0].Results[0], "mark", d.Periodic[0].Results[0].Mark, "guardian", d.Periodic[0].Guardians[0], "address", *d.Periodic[0].Guardians[0].Address,
		"digital", *d.Periodic[0].Digital, "common", d.Digital[0], "life", d.SchoolLife[0], "comment", d.Periodic[0].APs[0], "parcours", d.Periodic[0].Parcours[0],
		"support", d.Periodic[0].Support[0], "absences", *d.Periodic[0].Life)
	i := strings.Index(strings.ToUpper(shown.String()), canary)
	if i >= 0 {
		assert.Fail(t, "shown", "%s", shown.String()[max(0, i-200):i+80])
	}
}

// Every type that holds personal data hides it in logs.
func TestLogValues(t *testing.T) {
	t.Parallel()
	for _, v := range []any{
		lsu.Document{},
		lsu.Head{},
		lsu.Pupil{},
		lsu.Teacher{},
		lsu.DigitalCommon{},
		lsu.SchoolLifeCommon{},
		lsu.ProjectComment{},
		lsu.Parcours{},
		lsu.PeriodicReport{},
		lsu.CycleReport{},
		lsu.Result{},
		lsu.SubResult{},
		lsu.Digital{},
		lsu.DigitalResult{},
		lsu.Support{},
		lsu.SchoolLife{},
		lsu.SocleResult{},
		lsu.Complement{},
		lsu.Language{},
		lsu.Guardian{},
		lsu.Address{},
		lsu.Mark("12"),
		lsu.ParcoursCommon{},
		lsu.ProjectGroup{},
	} {
		_, ok := v.(slog.LogValuer)
		require.True(t, ok, reflect.TypeOf(v))
	}
}
