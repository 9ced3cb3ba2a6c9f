package access_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/enttest"
)

func TestGuardLogsWhatThePolicySays(t *testing.T) {
	t.Parallel()
	p := family()
	when := time.Date(2025, 11, 3, 8, 0, 0, 0, time.UTC)
	var lines []access.Access
	g := access.Guard{
		Scope: asks(t, access.Default(), "mother", today(), p), Now: func() time.Time { return when },
		Log: func(a access.Access) error { lines = append(lines, a); return nil },
	}
	require.NoError(t, g.Require(access.ActionMarksRead, access.PupilTarget(&p)))
	assert.Empty(t, lines, "marks are not among what is logged")
	require.NoError(t, g.Require(access.ActionAbsenceRead, access.PupilTarget(&p)))
	require.ErrorIs(t, g.Require(access.ActionAbsenceWrite, access.PupilTarget(&p)), access.CodeDenied)
	require.Len(t, lines, 2, "a refusal is logged too")
	assert.Equal(t, access.Access{
		At: when, Who: "mother", Action: access.ActionAbsenceRead, Person: "zoe", Of: ent.ProfilePupil, Establishments: []ent.ID{"college"},
		Classes: []ent.ID{"6A"}, Allowed: true, Reason: access.CodeGranted,
	}, lines[0])
	assert.False(t, lines[1].Allowed)

	reach, err := g.Reach(access.ActionAbsenceRead, ent.ProfilePupil)
	require.NoError(t, err)
	assert.Equal(t, []ent.ID{"zoe"}, reach.Persons)
	require.Len(t, lines, 3)
	assert.True(t, lines[2].List)
	assert.Equal(t, []ent.ID{"zoe"}, lines[2].Persons, "the log says whose data a list gives")
	_, err = g.Reach(access.ActionAbsenceWrite, ent.ProfilePupil)
	require.ErrorIs(t, err, access.CodeDenied)
	assert.False(t, lines[3].Allowed)
}

func TestGuardRefusesWhatItCannotLog(t *testing.T) {
	t.Parallel()
	p := family()
	broken := errors.New("disk full")
	g := access.Guard{Scope: asks(t, access.Default(), "mother", today(), p), Log: func(access.Access) error { return broken }}
	err := g.Require(access.ActionAbsenceRead, access.PupilTarget(&p))
	require.ErrorIs(t, err, access.CodeNotLogged)
	require.ErrorIs(t, err, access.CodeDenied)
	require.ErrorIs(t, err, broken)
	_, err = g.Reach(access.ActionAbsenceRead, ent.ProfilePupil)
	require.ErrorIs(t, err, access.CodeNotLogged)
	g.Log = nil
	require.ErrorIs(t, g.Require(access.ActionAbsenceRead, access.PupilTarget(&p)), access.CodeNotLogged, "no log is no reason to go on")
	require.NoError(t, g.Require(access.ActionMarksRead, access.PupilTarget(&p)))
	require.ErrorIs(t, access.Guard{}.Require(access.ActionMarksRead, access.PupilTarget(&p)), access.CodeDenied)
	_, err = access.Guard{}.Reach(access.ActionMarksRead, ent.ProfilePupil)
	require.ErrorIs(t, err, access.CodeDenied)
}

// Nothing of this package prints a personal value: what a canary academy marks is found in no error, log, text or document.
func TestCanary(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(3)
	rules := compiled(t, access.Default())
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	w := &world{}
	n := 0
	for p := range a.Pupils() {
		own := access.PupilOf(&p.Person)
		own.Relations = p.Relations
		target := access.PupilTarget(&own)
		for _, r := range p.Relations {
			f := access.Facts{Person: r.Relative, Today: today(), Children: []access.Pupil{own}}
			w.facts = append(w.facts, f)
			s := access.NewScope(rules, f)
			d, why, err := s.Explain(access.ActionAbsenceReasonRead, target)
			require.NoError(t, err)
			log.Info("x", "f", f, "p", own, "s", s, "t", target, "d", d, "why", why, "reach", s.Reach(access.ActionMarksRead, ent.ProfilePupil))
			g := access.Guard{Scope: s, Log: func(a access.Access) error {
				a.At = time.Time{}
				b, err := json.Marshal(a)
				log.Info("x", "a", a, "b", string(b))
				return err
			}}
			fmt.Fprintln(&out, g.Require(access.ActionAbsenceReasonRead, target), d.Text(ent.FR), why.Render(ent.FR, ent.Reader{Audience: ent.AudienceAgent}))
			log.Info("x", "r", access.Ruling{Pupil: own.ID, Relative: r.Relative, Reference: "2025-1"}, "c", access.Choice{Relative: r.Relative})
			n++
		}
	}
	require.Greater(t, n, 100)
	mark, found := a.FindMark(out.String())
	assert.False(t, found, mark)
	assert.NotContains(t, strings.ToLower(out.String()), "aide sociale")
}
