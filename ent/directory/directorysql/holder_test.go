package directorysql_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest/holdertest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// dump writes all the rows of the directory but the events, which hold identifiers only.
func dump(t *testing.T, db *sqldb.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"person", "person_key", "kin", "found", "member", "place", "place_key", "plan", "undo", "merge", "distinct", "mark"} {
		rows, err := db.Handle().QueryContext(t.Context(), db.SQL(`SELECT * FROM {`+table+`}`))
		require.NoError(t, err)
		columns, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			row := make([]any, len(columns))
			for i := range row {
				row[i] = new(any)
			}
			require.NoError(t, rows.Scan(row...))
			for i := range row {
				fmt.Fprintf(&b, `"%s"`, *row[i].(*any))
			}
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return b.String()
}

func TestDirectoryIsAHolder(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		s := newStore(db, "a", directorysql.Options{})
		n := 0
		holdertest.Run(t, holdertest.Part{
			Holder: directorysql.NewHolder(db, directorysql.Options{}), Tenant: "a",
			Put: func(t *testing.T, mark string) ent.ID {
				n++
				// Two nights of an origin: the second keeps what undoes it.
				src := &directory.Records{What: directory.Feed{Origin: directory.Origin(fmt.Sprint("csv:", n))}}
				key := directory.Key{Origin: src.What.Origin, Category: directory.Relative, ID: "1"}
				src.List = []directory.Record{
					{Key: key, Person: ent.Person{Name: ent.Name{Family: mark, Given: mark + "G"}, Contact: ent.Contact{Mail: mark + "@exemple.test"}}},
					{
						Key:    directory.Key{Origin: src.What.Origin, Category: directory.Pupil, ID: "2"},
						Person: ent.Person{Name: ent.Name{Family: "ENFANT", Given: fmt.Sprint("Numero", n)}},
						Ties:   []directory.Tie{{Kind: directory.TieRelative, Relative: key, Responsibility: ent.ResponsibilityLegal}},
					},
				}
				night(t, s, src, day(0))
				src.List[0].Person.Contact.Mobile = "+33 6 99 99 01 02"
				night(t, s, src, day(1))
				for a, err := range s.Accounts(t.Context(), directory.Query{Keys: []directory.Key{key}}) {
					require.NoError(t, err)
					return a.ID
				}
				t.Fatal("nobody")
				return ""
			},
			Dump: func(t *testing.T) string { return dump(t, db) },
		})
	})
}

// Section 12 on a database: a merge moves the pupils of a relative, and can be undone.
func TestSection12MergeInTheStore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		night(t, s, directorytest.School(day(0)), day(0))
		other := &directory.Records{What: directory.Feed{Origin: "csv:1"}}
		other.List = []directory.Record{{
			Key:    directory.Key{Origin: "csv:1", Category: directory.Relative, ID: "x"},
			Person: ent.Person{Name: ent.Name{Family: "Martin", Given: "Anne"}},
		}}
		plan := night(t, s, other, day(0))
		assert.EqualValues(t, 1, plan.Count(directory.OpMerge, directory.ObjectPerson), "proposed, not done")
		before := described(all(t, s))

		pairs, err := s.Duplicates(t.Context(), directory.MergePolicy{})
		require.NoError(t, err)
		require.Len(t, pairs, 1)
		kept, err := s.Merge(t.Context(), pairs[0].A, pairs[0].B, directory.MergeOptions{On: day(1)})
		require.NoError(t, err)
		gone := pairs[0].A
		if kept == gone {
			gone = pairs[0].B
		}
		merges, err := s.Merges(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, merges, 1)
		assert.Equal(t, []ent.ID{kept, gone}, []ent.ID{merges[0].Before[0].ID, merges[0].Before[1].ID}, "told as they were")
		for _, a := range all(t, s) {
			switch {
			case a.Category == directory.Pupil:
				require.Len(t, a.Relations(), 1)
				assert.Equal(t, kept, a.Relations()[0].Relative)
			case a.ID == gone:
				assert.Equal(t, directory.Merged, a.State)
			}
		}
		same, err := directory.Compare(t.Context(), s, directorytest.School(day(1)), directory.Policy{Today: day(1)})
		require.NoError(t, err)
		assert.True(t, same.Empty(), "the feed agrees with the merge")
		require.NoError(t, s.Unmerge(t.Context(), gone, ent.Actor{}))
		assert.Equal(t, before, described(all(t, s)))
		require.ErrorIs(t, s.Unmerge(t.Context(), gone, ent.Actor{}), directory.CodeNoMerge)
		merges, err = s.Merges(t.Context(), 10)
		require.NoError(t, err)
		assert.Empty(t, merges, "what is undone is no merge any more")

		require.NoError(t, s.Distinct(t.Context(), gone, kept))
		pairs, err = s.Duplicates(t.Context(), directory.MergePolicy{})
		require.NoError(t, err)
		assert.Empty(t, pairs, "what was settled is not proposed again")
	})
}

// A plan that was made before two relatives were merged ties new pupils, and known ones, to the one who was kept.
func TestAPlanOlderThanAMerge(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		src := directorytest.School(day(0))
		second := src.List[1]
		second.Key.ID, second.Person.Name.Given = "22", "Zoé"
		src.List = append(src.List, second)
		night(t, s, src, day(0))
		find := func(c directory.Category, id string) directory.Account {
			for _, a := range all(t, s) {
				for _, k := range a.Keys {
					if k.Category == c && k.ID == id {
						return a
					}
				}
			}
			t.Fatalf("%s %s is not there", c, id)
			return directory.Account{}
		}
		gone, kept := find(directory.Relative, "2"), find(directory.Relative, "22")

		next := directorytest.School(day(1))
		next.List = append(next.List, second)
		brother := next.List[0]
		brother.Key.ID, brother.Person.Name.Given, brother.Person.Schooling = "11", "Tom", &ent.Schooling{Establishment: "4001"}
		next.List = append(next.List, brother)
		plan, err := directory.Compare(t.Context(), s, next, directory.Policy{Today: day(1)})
		require.NoError(t, err)
		_, err = s.Merge(t.Context(), gone.ID, kept.ID, directory.MergeOptions{On: day(1), Proven: true, Keep: kept.ID})
		require.NoError(t, err)
		_, err = s.ApplyPlan(t.Context(), plan)
		require.NoError(t, err)
		for _, id := range []string{"1", "11"} {
			pupil := find(directory.Pupil, id)
			list := pupil.Relations()
			require.Len(t, list, 1)
			assert.Equal(t, kept.ID, list[0].Relative, "pupil %s", id)
		}
		again, err := directory.Compare(t.Context(), s, next, directory.Policy{Today: day(1)})
		require.NoError(t, err)
		assert.True(t, again.Empty())
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		now := time.Date(2024, 11, 4, 5, 0, 0, 0, time.UTC)
		s := newStore(db, "a", directorysql.Options{Clock: func() time.Time { return now }})
		night(t, s, directorytest.School(day(0)), day(0))
		src := directorytest.School(day(1))
		src.List[1].Person.Contact.Mobile = "+33 6 99 99 02 02"
		night(t, s, src, day(1))
		require.Contains(t, dump(t, db), "99 99 01 02", "the number before, for undo")
		gone, err := s.Retain(t.Context())
		require.NoError(t, err)
		assert.Zero(t, gone["undo"])
		now = now.AddDate(0, 0, 8)
		gone, err = s.Retain(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, gone["undo"])
		assert.NotContains(t, dump(t, db), "99 99 01 02")
		now = now.AddDate(1, 0, 1)
		gone, err = s.Retain(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, gone["plan"])
	})
}

// A purge takes the accounts that were merged into the one that goes, and what undoes the merge.
func TestPurgeTakesMergedAccounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		night(t, s, directorytest.School(day(0)), day(0))
		places, err := s.Places(t.Context())
		require.NoError(t, err)
		key := directory.Key{Origin: directory.Hand, Category: directory.Staff, ID: "h1"}
		night(t, s, directory.ByHand(places, directory.Edit{Key: key, Person: ent.Person{Name: ent.Name{Family: "DURANT", Given: "Paul"}}}), day(0))
		mine, other := of(t, s, directorytest.Key(directory.Staff, "3")), of(t, s, key)
		_, err = s.Merge(t.Context(), mine.ID, other.ID, directory.MergeOptions{On: day(0), Keep: mine.ID})
		require.NoError(t, err)
		night(t, s, directory.ByHand(places, directory.Edit{Account: mine.ID, Delete: true}), day(1))
		gone := directorytest.School(day(200))
		gone.List = gone.List[:2]
		night(t, s, gone, day(200))
		for _, a := range all(t, s) {
			assert.NotContains(t, []ent.ID{mine.ID, other.ID}, a.ID, "%s is left", a.State)
		}
		for _, id := range []ent.ID{mine.ID, other.ID} {
			held, err := s.Held(t.Context(), id)
			require.NoError(t, err)
			assert.Empty(t, held)
		}
	})
}

// Erasing a relative reaches the ties that were saved when a pupil left.
func TestEraseReachesSavedTies(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		night(t, s, directorytest.School(day(0)), day(0))
		places, err := s.Places(t.Context())
		require.NoError(t, err)
		pupil, mother := of(t, s, directorytest.Key(directory.Pupil, "1")).ID, of(t, s, directorytest.Key(directory.Relative, "2")).ID
		night(t, s, directory.ByHand(places, directory.Edit{Account: pupil, Delete: true}), day(1))
		require.NotEmpty(t, of(t, s, directorytest.Key(directory.Pupil, "1")).Saved)
		_, err = s.Erase(t.Context(), mother, ent.Actor{})
		require.NoError(t, err)
		for _, x := range of(t, s, directorytest.Key(directory.Pupil, "1")).Saved {
			assert.NotEqual(t, directory.TieRelative, x.Kind)
		}
	})
}
