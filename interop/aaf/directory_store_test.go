package aaf_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	sqlopen "github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/interop/aaf"
)

// told writes each account by its key, with its relatives by theirs.
func told(list []directory.Account) map[string]string {
	keys := map[ent.ID]string{}
	for i := range list {
		keys[list[i].ID] = list[i].Keys[0].ID
	}
	out := map[string]string{}
	for i := range list {
		a := &list[i]
		var ties []string
		for _, t := range a.Ties {
			target := string(t.Target)
			if t.Kind == directory.TieRelative {
				target = keys[t.Target] + "?" + t.Relative.ID
			}
			ties = append(ties, fmt.Sprint(t.Kind, " ", target, t.Profile, t.Subject, t.Kinship, t.Responsibility, t.Financial, t.Payment, t.Contact))
		}
		slices.Sort(ties)
		var fields []string
		for _, f := range directory.PersonFields() {
			fields = append(fields, directory.Value(&a.Person, f))
		}
		out[a.Keys[0].String()] = fmt.Sprint(a.State, fields, ties)
	}
	return out
}

// Acceptance B and C on both engines: the Complet, the Delta on it, and the same Delta again, give what they give in memory.
func TestAcceptanceCOnBothEngines(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		s := directorysql.New(p.DB(t, sqlopen.Options{}, directorysql.Schema()), "t", directorysql.Options{})
		book := directory.NewBook(directory.Places{}, nil)
		for n, name := range []string{"2d-complet", "2d-delta", "2d-delta"} {
			day := ent.Date{Year: 2024, Month: 9, Day: 16 + uint8(min(n, 1))}
			inMemory := night(t, book, source(t, aaf.SourceOptions{}, name), day, directory.Policy{})
			book.Apply(inMemory, keyed)
			plan, err := directory.Compare(t.Context(), s, source(t, aaf.SourceOptions{}, name), directory.Policy{Today: day})
			require.NoError(t, err)
			assert.Equal(t, inMemory.Lines(), plan.Lines())
			assert.Equal(t, n == 2, plan.Empty(), "the Delta again changes nothing")
			assert.Equal(t, inMemory.Report().Codes(), plan.Report().Codes())
			done, err := s.Apply(t.Context(), plan, directorysql.ApplyOptions{})
			require.NoError(t, err)
			require.Zero(t, done.Report.Total().Refused)
			var stored []directory.Account
			for a, err := range s.Accounts(t.Context(), directory.Query{All: true}) {
				require.NoError(t, err)
				stored = append(stored, a)
			}
			assert.Equal(t, told(slices.Collect(book.All())), told(stored))
		}
	})
}
