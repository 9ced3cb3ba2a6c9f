package gradebooksql_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
	"github.com/opencartable/cartable/schoollife/gradebook"
	"github.com/opencartable/cartable/schoollife/gradebook/gradebooksql"
)

const pupils = 35

// oneClass is a school of one class, whose French two teachers share.
type oneClass struct{}

func (oneClass) Course(context.Context, ent.Tenant, ent.ID) (gradebook.Course, error) {
	c := gradebook.Course{
		Teaching:      gradebook.Teaching{ID: "FR", Class: "3A", Coefficient: decimal.New(1, 0), Teachers: []gradebook.Teacher{{ID: "durand"}, {ID: "petit"}}},
		Establishment: "e", Periods: []gradebook.Period{{ID: "T1", Index: 1, Count: 3}},
	}
	for i := range pupils {
		c.Members = append(c.Members, gradebook.Member{Pupil: ent.ID(fmt.Sprintf("p%02d", i)), Class: "3A"})
	}
	return c, nil
}

func (o oneClass) Room(ctx context.Context, t ent.Tenant, _ ent.ID) (gradebook.Room, error) {
	c, err := o.Course(ctx, t, "FR")
	return gradebook.Room{Class: "3A", Establishment: "e", Periods: c.Periods, Teachings: []gradebook.Teaching{c.Teaching}, Members: c.Members}, err
}

func (oneClass) Target(context.Context, ent.Tenant, ent.ID, ent.Date) (access.Target, ent.ID, error) {
	return access.Target{}, "3A", nil
}

func (o oneClass) Periods(ctx context.Context, t ent.Tenant, _ ent.ID) ([]gradebook.Period, error) {
	c, err := o.Course(ctx, t, "FR")
	return c.Periods, err
}

func asker(t *testing.T, id ent.ID, profile ent.Profile, function ent.FunctionCode) gradebook.Asker {
	t.Helper()
	rules, err := access.Default().Compile()
	require.NoError(t, err)
	f := access.Facts{Person: id, Affiliations: []ent.Affiliation{{Establishment: "e", Profile: profile, Functions: []ent.Function{{Code: function}}}}}
	return gradebook.Asker{Tenant: "t", Guard: access.Guard{Scope: access.NewScope(rules, f)}}
}

// TestTwoTeachersOneGrid has two teachers, each on a server of their own, save one grid of 35 marks at the same time, again and
// again, always over what they were shown. No mark is lost: each was saved, or came back as a conflict with the other's.
func TestTwoTeachersOneGrid(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		now := func() time.Time { return time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC) }
		server := func() *gradebook.Service {
			return &gradebook.Service{Store: gradebooksql.New(db), School: oneClass{}, Now: now, Policy: gradebook.RescaledRoundLast()}
		}
		head := asker(t, "head", ent.ProfileDirection, ent.FunctionDirection)
		first := server()
		_, err := first.PutTerm(t.Context(), head, gradebook.Term{Class: "3A", Period: "T1", State: gradebook.LockOpen}, "")
		require.NoError(t, err)
		assessment := gradebook.Assessment{Label: "Dictée", Scale: decimal.New(20, 0), Coefficient: decimal.New(1, 0)}
		durand := asker(t, "durand", ent.ProfileTeacher, ent.FunctionTeaching)
		made, err := first.Save(t.Context(), durand, []gradebook.Change{{
			Key: gradebook.Key{Kind: gradebook.EntryAssessment, Period: "T1", Teaching: "FR", Of: "d1"}, Value: gradebook.Value{Assessment: &assessment},
		}}, gradebook.SaveOptions{})
		require.NoError(t, err)
		require.Len(t, made.Saved, 1)

		const turns = 8
		var wg sync.WaitGroup
		saved, conflicts := make([]int, 2), make([]int, 2)
		for n, who := range []ent.ID{"durand", "petit"} {
			s, a := server(), asker(t, who, ent.ProfileTeacher, ent.FunctionTeaching)
			wg.Go(func() {
				for turn := range turns {
					g, err := s.Grid(t.Context(), a, "FR", "T1")
					if !assert.NoError(t, err) {
						return
					}
					var list []gradebook.Change
					for i, p := range g.Pupils {
						seen := g.Mark("d1", p)
						k := gradebook.Key{Kind: gradebook.EntryMark, Period: "T1", Teaching: "FR", Of: "d1", Pupil: p}
						value := decimal.New(int64(100*n+10*turn+i%10), -1) // never what the other one types
						list = append(list, gradebook.Change{Key: k, Base: seen.Version, Value: gradebook.Value{Result: gradebook.Points(value)}})
					}
					out, err := s.Save(t.Context(), a, list, gradebook.SaveOptions{Why: "saisie"})
					if !assert.NoError(t, err) {
						return
					}
					assert.Empty(t, out.Refused)
					assert.Len(t, list, len(out.Saved)+len(out.Conflicts))
					for _, c := range out.Conflicts {
						assert.NotEqual(t, who, c.Theirs.By, "the conflict shows what the other one wrote")
						assert.False(t, c.Theirs.Value.Empty())
					}
					saved[n] += len(out.Saved)
					conflicts[n] += len(out.Conflicts)
				}
			})
		}
		wg.Wait()
		assert.Equal(t, 2*turns*pupils, saved[0]+saved[1]+conflicts[0]+conflicts[1])
		total := 0
		for i := range pupils {
			trail, err := first.History(t.Context(), durand, gradebook.Key{Kind: gradebook.EntryMark, Period: "T1", Teaching: "FR", Of: "d1", Pupil: ent.ID(fmt.Sprintf("p%02d", i))})
			require.NoError(t, err)
			for v, e := range trail {
				require.Equal(t, int64(v)+1, e.Version)
			}
			total += len(trail)
		}
		assert.Equal(t, saved[0]+saved[1], total, "what was said to be saved is in the trail, and nothing else")
	}, gradebooksql.Schema())
}
