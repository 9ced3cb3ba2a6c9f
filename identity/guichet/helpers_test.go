package guichet_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
	"github.com/opencartable/cartable/internal/frtext"
	"github.com/opencartable/cartable/internal/samples"
)

// rows returns a table of the samples, without its header, each line having as many cells as the header.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "identity", "tables"), name))
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), "\n")
	width := len(strings.Split(lines[0], "\t"))
	var out [][]string
	for _, l := range lines[1:] {
		cells := strings.Split(l, "\t")
		for len(cells) < width {
			cells = append(cells, "")
		}
		out = append(out, cells)
	}
	return out
}

// word returns what the tables call an error.
func word(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, guichet.CodeVectorProfile):
		return "invalid.user.profile"
	case errors.Is(err, guichet.CodeVectorUAI):
		return "invalid.uai"
	case errors.Is(err, guichet.CodeVector), errors.Is(err, guichet.CodeNoReference):
		return "invalid.vector"
	case errors.Is(err, guichet.CodeJoinKey):
		return "invalid.joinKey"
	}
	return err.Error()
}

// account is one of a school's accounts, under one profile.
type account struct {
	guichet.Candidate
	// pupil is the number at the school; of lists the accounts of a relative's children.
	pupil, school string
	of            []ent.ID
	keys          []string
}

// school is a People as a vendor would write it. It logs the queries, to show that no two clues meet in one.
type school struct {
	accounts []account
	asked    *[]guichet.Query
	err      error
}

func (s school) Find(_ context.Context, q guichet.Query) ([]guichet.Candidate, error) {
	if s.asked != nil {
		*s.asked = append(*s.asked, q)
	}
	if s.err != nil {
		return nil, s.err
	}
	var out []guichet.Candidate
	for _, a := range s.accounts {
		if !slices.Contains(q.Profiles, a.Profile) {
			continue
		}
		var fits bool
		switch {
		case q.Account != "":
			fits = a.Account == q.Account
		case q.Key != "":
			fits = slices.Contains(a.keys, q.Key)
		case q.Mail != "":
			fits = strings.EqualFold(a.Mail, q.Mail)
		case a.Profile == ent.ProfilePupil:
			fits = a.pupil == q.Pupil.Number && a.school == string(q.Pupil.School)
		default:
			fits = slices.ContainsFunc(s.accounts, func(c account) bool {
				return slices.Contains(a.of, c.Account) && c.pupil == q.Pupil.Number && c.school == string(q.Pupil.School)
			})
		}
		if fits {
			out = append(out, a.Candidate)
		}
	}
	return out, nil
}

func person(id ent.ID, profile ent.Profile, state guichet.State, family, given string) account {
	return account{Candidate: guichet.Candidate{Account: id, Profile: profile, State: state, Name: ent.Name{Family: family, Given: given}}}
}

func pupil(id ent.ID, number, uai string) account {
	a := person(id, ent.ProfilePupil, guichet.StateActive, "DUPONT", "Léa")
	a.pupil, a.school = number, uai
	return a
}

func relative(id ent.ID, state guichet.State, family, given string, of ...ent.ID) account {
	a := person(id, ent.ProfileRelative, state, family, given)
	a.of = of
	return a
}

func keyed(a account, keys ...string) account { a.keys = keys; return a }

func vectors(t *testing.T, values ...string) guichet.Claim {
	t.Helper()
	v, err := guichet.ParseVectors(values, guichet.VectorOptions{})
	require.NoError(t, err)
	return guichet.Claim{Provider: "urn:fi:ac-rennes:ts:1.0", Vectors: v}
}

// ids returns the accounts of a result.
func ids(r guichet.Result) []ent.ID {
	var out []ent.ID
	for _, c := range r.Candidates {
		out = append(out, c.Account)
	}
	return out
}

// clock is an hour that a test moves.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time { return c.at }

func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// logs returns what a logger writes of values.
func logs(values ...any) string {
	var b strings.Builder
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		for _, v := range values {
			slog.New(h).Info("x", "v", v)
		}
	}
	return b.String()
}

func fold(s string) string { return frtext.Fold(s) }

// people is a People made of a function.
type people func(guichet.Query) ([]guichet.Candidate, error)

func (p people) Find(_ context.Context, q guichet.Query) ([]guichet.Candidate, error) { return p(q) }
