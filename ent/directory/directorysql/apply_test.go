package directorysql_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorysql"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/ent/sqldb"
	"github.com/opencartable/cartable/ent/sqldb/open"
	"github.com/opencartable/cartable/ent/sqldb/sqldbtest"
)

// altered is the feed of the next night: some records gone, some changed, some new.
func altered(src *directory.Records, seed uint64) *directory.Records {
	rng := rand.New(rand.NewPCG(seed, 3))
	out := &directory.Records{What: src.What, Places: src.Places}
	out.What.Date = src.What.Date.AddDays(1)
	for i, r := range src.List {
		switch n := rng.IntN(40); {
		case n == 0:
			continue
		case n < 4:
			r.Person.Contact.Mail = fmt.Sprintf("m%d@exemple.test", i)
		case n == 4:
			twin := r
			twin.Key.ID = "9" + r.Key.ID
			twin.Person.Name.Given += " Bis"
			out.List = append(out.List, twin)
		}
		out.List = append(out.List, r)
	}
	return out
}

// events returns what has come to the outbox since the last call, and fails on a sequence with a gap.
func events(t testing.TB, db *sqldb.DB, tenant ent.Tenant) []ent.Event {
	t.Helper()
	var out []ent.Event
	for {
		n, err := db.Deliver(t.Context(), tenant, "test", 1000, func(_ context.Context, list []ent.Event) error {
			out = append(out, list...)
			return nil
		})
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	for i, e := range out {
		require.EqualValues(t, int64(i)+out[0].Sequence, e.Sequence)
	}
	return out
}

func TestApplyTellsEachChangeOnce(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		s := newStore(db, "a", directorysql.Options{})
		june := directorytest.Source(enttest.New(enttest.Options{Seed: 1, Persons: 300}), ent.SecondDegree, day(0))
		night(t, s, june, day(0))
		first := events(t, db, "a")
		subjects := map[ent.ID]bool{}
		for _, e := range first {
			assert.Equal(t, directorysql.EventCreated, e.Type)
			subjects[e.Subject] = true
		}
		assert.Len(t, subjects, len(june.List))
		assert.Len(t, first, len(june.List))

		plan := night(t, s, altered(june, 1), day(1))
		touched := map[ent.ID]bool{}
		created := 0
		for c := range plan.Changes() {
			switch {
			case c.Object != directory.ObjectPerson, c.Op == directory.OpMerge:
			case c.Op == directory.OpCreate:
				created++
			default:
				touched[c.ID] = true
			}
		}
		second := events(t, db, "a")
		assert.Len(t, second, created+len(touched))
		again, err := directory.Compare(t.Context(), s, altered(june, 1), directory.Policy{Today: day(2)})
		require.NoError(t, err)
		require.True(t, again.Empty(), "a night without a change says nothing")
	})
}

func TestApplyRefusesBlockedAndStalePlans(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		june := directorytest.Source(enttest.New(enttest.Options{Seed: 2, Persons: 300}), ent.SecondDegree, day(0))
		night(t, s, june, day(0))
		before := all(t, s)
		half := &directory.Records{What: june.What, Places: june.Places, List: june.List[:len(june.List)/2]}
		plan, err := directory.Compare(t.Context(), s, half, directory.Policy{Today: day(1)})
		require.NoError(t, err)
		_, err = s.Apply(t.Context(), plan, directorysql.ApplyOptions{})
		require.ErrorIs(t, err, directorysql.CodeBlocked)
		require.ErrorIs(t, err, directory.CodeGuard)
		assert.Contains(t, err.Error(), "4001", "the guard names the school")
		assert.Equal(t, before, all(t, s))

		stale, err := directory.Compare(t.Context(), s, altered(june, 2), directory.Policy{Today: day(1)})
		require.NoError(t, err)
		night(t, s, altered(june, 3), day(1))
		before = all(t, s)
		_, err = s.Apply(t.Context(), stale, directorysql.ApplyOptions{Consent: true})
		require.ErrorIs(t, err, directorysql.CodeStale)
		assert.Equal(t, before, all(t, s))
	})
}

// Two Applies at once: one waits, and is refused since the other has come before.
func TestTwoAppliesAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		june := directorytest.Source(enttest.New(enttest.Options{Seed: 3, Persons: 400}), ent.SecondDegree, day(0))
		night(t, s, june, day(0))
		next := altered(june, 4)
		var plans []*directory.Plan
		for range 4 {
			p, err := directory.Compare(t.Context(), s, next, directory.Policy{Today: day(1)})
			require.NoError(t, err)
			plans = append(plans, p)
		}
		var wg sync.WaitGroup
		errs := make([]error, len(plans))
		for i, p := range plans {
			wg.Go(func() {
				_, errs[i] = s.Apply(context.WithoutCancel(t.Context()), p, directorysql.ApplyOptions{Consent: true})
			})
		}
		wg.Wait()
		applied := 0
		for _, err := range errs {
			if err == nil {
				applied++
			} else {
				require.ErrorIs(t, err, directorysql.CodeStale)
			}
		}
		assert.Equal(t, 1, applied)
		again, err := directory.Compare(t.Context(), s, next, directory.Policy{Today: day(1)})
		require.NoError(t, err)
		assert.True(t, again.Empty())
	})
}

// Two origins that create people of one name at the same time give each a login of their own.
func TestConcurrentLogins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		const writers, each = 8, 10
		var wg sync.WaitGroup
		errs := make([]error, writers)
		ctx := context.WithoutCancel(t.Context())
		for w := range writers {
			wg.Go(func() {
				src := &directory.Records{What: directory.Feed{Origin: directory.Origin(fmt.Sprint("csv:", w))}}
				for i := range each {
					src.List = append(src.List, directory.Record{
						Key:    directory.Key{Origin: src.What.Origin, Category: directory.Staff, ID: fmt.Sprint(i)},
						Person: ent.Person{Name: ent.Name{Family: "MARTIN", Given: "Léa"}},
					})
				}
				plan, err := directory.Compare(ctx, s, src, directory.Policy{Today: day(0)})
				if err == nil {
					_, err = s.Apply(ctx, plan, directorysql.ApplyOptions{})
				}
				errs[w] = err
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		logins := map[string]bool{}
		for _, a := range all(t, s) {
			require.True(t, strings.HasPrefix(a.Login, "lea.martin"), a.Login)
			logins[a.Login] = true
		}
		assert.Len(t, logins, writers*each)
	})
}

// Acceptance G on a database: same names, a number each.
func TestAcceptanceGLogins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		src := &directory.Records{What: directory.Feed{Origin: "csv:1"}}
		add := func(id, given, family string) {
			src.List = append(src.List, directory.Record{
				Key: directory.Key{Origin: "csv:1", Category: directory.Staff, ID: id}, Person: ent.Person{Name: ent.Name{Family: family, Given: given}},
			})
		}
		add("1", "Léa", "Martin")
		add("2", "Lea", "MARTIN")
		night(t, s, src, day(0))
		add("3", "LÉA", "MARTIN")
		add("4", "Noël", "ŒUVRARD")
		add("5", "李", "王")
		night(t, s, src, day(1))
		got := map[string]string{}
		for _, a := range all(t, s) {
			got[a.Keys[0].ID] = a.Login
		}
		assert.Equal(t, map[string]string{"1": "lea.martin", "2": "lea.martin2", "3": "lea.martin3", "4": "noel.oeuvrard", "5": "5"}, got)
	})
}

// One transaction per establishment gives what one for all gives.
func TestPerEstablishmentGivesTheSame(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		june := directorytest.Source(enttest.New(enttest.Options{Seed: 6, Persons: 1200}), ent.SecondDegree, day(0))
		var states [2]map[string]string
		for i := range states {
			s := fresh()
			for n, src := range []*directory.Records{june, altered(june, 9)} {
				plan, err := directory.Compare(t.Context(), s, src, directory.Policy{Today: day(n)})
				require.NoError(t, err)
				_, err = s.Apply(t.Context(), plan, directorysql.ApplyOptions{Consent: true, PerEstablishment: i == 1})
				require.NoError(t, err)
			}
			states[i] = described(all(t, s))
			again, err := directory.Compare(t.Context(), s, altered(june, 9), directory.Policy{Today: day(2)})
			require.NoError(t, err)
			assert.True(t, again.Empty())
		}
		assert.Equal(t, states[0], states[1])
	})
}

// described writes each account by its key, with its relatives by theirs: the identifiers of two stores differ.
func described(list []directory.Account) map[string]string {
	keys := map[ent.ID]ent.ID{}
	for i := range list {
		if len(list[i].Keys) > 0 {
			keys[list[i].ID] = ent.ID(list[i].Keys[0].String())
		}
	}
	out := map[string]string{}
	for i := range list {
		a := list[i].Clone()
		a.ID, a.Person.ID, a.Version = keys[a.ID], "", 0
		for _, ties := range [][]directory.Tie{a.Ties, a.Saved} {
			for j := range ties {
				if t := &ties[j]; t.Kind == directory.TieRelative {
					t.Target = keys[t.Target]
				}
			}
			directory.SortTies(ties)
		}
		text, err := json.Marshal(a)
		if err != nil {
			return map[string]string{"": err.Error()}
		}
		out[string(a.ID)] = string(text)
	}
	return out
}

func TestUndoLeavesWhoHasChangedSince(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, fresh func() *store) {
		s := fresh()
		june := directorytest.School(day(0))
		night(t, s, june, day(0))
		src := directorytest.School(day(1))
		src.List[1].Person.Contact.Mobile, src.List[2].Person.Name.Given = "+33 6 99 99 02 02", "PAULIN"
		night(t, s, src, day(1))
		var teacher ent.ID
		for _, a := range all(t, s) {
			if a.Category == directory.Staff {
				teacher = a.ID
			}
		}
		require.NoError(t, s.Activate(t.Context(), teacher))
		report, err := s.Undo(t.Context(), s.last, ent.Actor{})
		require.NoError(t, err)
		assert.EqualValues(t, 1, report.CountOf(directorysql.CodeReturn))
		for _, a := range all(t, s) {
			switch a.Category {
			case directory.Staff:
				assert.Equal(t, "PAULIN", a.Person.Name.Given)
			case directory.Relative:
				assert.Equal(t, "+33 6 99 99 01 02", a.Person.Contact.Mobile)
			case directory.Pupil, directory.Guest:
			}
		}
		_, err = s.Undo(t.Context(), s.last, ent.Actor{})
		require.ErrorIs(t, err, directorysql.CodeUndo, "a plan is undone once")
		_, err = s.Undo(t.Context(), 1, ent.Actor{})
		require.ErrorIs(t, err, directorysql.CodeUndo, "and only the last one")
	})
}

func TestUndoHasItsTime(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		now := time.Date(2024, 11, 4, 5, 0, 0, 0, time.UTC)
		s := newStore(db, "a", directorysql.Options{Clock: func() time.Time { return now }, UndoFor: time.Hour})
		night(t, s, directorytest.School(day(0)), day(0))
		now = now.Add(time.Hour)
		_, err := s.Undo(t.Context(), s.last, ent.Actor{})
		require.ErrorIs(t, err, directorysql.CodeUndo)
	})
}

// No value of a person stands in an error, a log or a report.
func TestNothingPersonalIsSaid(t *testing.T) {
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		db := p.DB(t, open.Options{}, directorysql.Schema())
		s := newStore(db, "a", directorysql.Options{Logger: logger})
		academy := enttest.Canary(2)
		june := directorytest.Source(academy, ent.SecondDegree, day(0))
		night(t, s, june, day(0))
		plan := night(t, s, altered(june, 5), day(1))
		said := []string{log.String()}
		var b strings.Builder
		require.NoError(t, plan.Report().WriteText(&b, ent.FR))
		require.NoError(t, plan.WriteSummary(&b, ent.EN))
		report, err := s.Undo(t.Context(), s.last, ent.Actor{})
		require.NoError(t, err)
		require.NoError(t, report.WriteText(&b, ent.FR))
		// A login that is taken: the database refuses, and the error names the constraint only.
		taken := all(t, s)
		err = db.Update(t.Context(), "a", func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE {person} SET login = $1 WHERE tenant = 'a'`, taken[0].Person.Name.Family)
			return err
		})
		require.Error(t, err)
		said = append(said, b.String(), err.Error(), fmt.Sprintf("%+v", err))
		for c := range plan.Changes() {
			logger.Info("change", "change", c)
		}
		said = append(said, log.String())
		for _, text := range said {
			mark, found := academy.FindMark(text)
			assert.False(t, found, mark)
		}
	})
}

const crashVariable = "CARTABLE_DIRECTORY_CRASH"

// TestMain runs as the child that is killed when it is asked to.
func TestMain(m *testing.M) {
	if where := os.Getenv(crashVariable); where != "" {
		if err := crashing(where); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func crashFeeds() (june, next *directory.Records) {
	june = directorytest.Source(enttest.New(enttest.Options{Seed: 8, Persons: 1500}), ent.SecondDegree, day(0))
	return june, altered(june, 8)
}

// crashing compares and applies the next night, as the night job that dies.
func crashing(where string) error {
	parts := strings.SplitN(where, "|", 3)
	ctx := context.Background()
	place := sqldbtest.Place{Engine: sqldb.Engine(parts[0]), Schema: parts[1], Name: parts[2]}
	db, err := place.Open(ctx, open.Options{})
	if err != nil {
		return err
	}
	s := directorysql.New(db, "a", directorysql.Options{})
	_, next := crashFeeds()
	plan, err := directory.Compare(ctx, s, next, directory.Policy{Today: day(1)})
	if err != nil {
		return err
	}
	fmt.Println("applying")
	_, err = s.Apply(ctx, plan, directorysql.ApplyOptions{Consent: true})
	return err
}

// Kill the process at any moment of Apply: the directory is the state before or after, each event is there once.
func TestKilledWhileApplying(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes again and again: the whole run does")
	}
	t.Parallel()
	sqldbtest.Places(t, func(t *testing.T, p sqldbtest.Place) {
		db := p.DB(t, open.Options{}, directorysql.Schema())
		s := newStore(db, "a", directorysql.Options{})
		june, next := crashFeeds()
		night(t, s, june, day(0))
		before := described(all(t, s))
		events(t, db, "a")
		rng := rand.New(rand.NewPCG(1, 1))
		killed, finished := 0, 0
		for try := 0; (finished < 3 || killed < 8) && try < 60; try++ {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), crashVariable+"="+string(p.Engine)+"|"+p.Schema+"|"+p.Name)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			buf := make([]byte, 64)
			_, err = out.Read(buf) // it is about to apply
			require.NoError(t, err)
			time.Sleep(time.Duration(rng.IntN(20+40*(try%10))) * time.Millisecond)
			_ = cmd.Process.Kill()
			err = cmd.Wait()
			if err != nil {
				killed++
			}
			// A server may still be ending the transaction of the dead: whoever takes the lock of plans comes after.
			require.NoError(t, db.Update(t.Context(), "a", func(tx *sqldb.Tx) error {
				_, err := tx.Next(t.Context(), "directory.plan", 1)
				return err
			}))
			list := events(t, db, "a")
			if len(list) == 0 {
				require.True(t, maps.Equal(before, described(all(t, s))), "the state before")
				continue
			}
			finished++
			again, err := directory.Compare(t.Context(), s, next, directory.Policy{Today: day(1)})
			require.NoError(t, err)
			require.True(t, again.Empty(), "the state after")
			seen := map[string]bool{}
			for _, e := range list {
				require.False(t, seen[e.Type+string(e.Subject)], "each event once")
				seen[e.Type+string(e.Subject)] = true
			}
			plans, err := s.Plans(t.Context(), 1)
			require.NoError(t, err)
			_, err = s.Undo(t.Context(), plans[0].Plan, ent.Actor{})
			require.NoError(t, err)
			require.True(t, maps.Equal(before, described(all(t, s))))
			events(t, db, "a")
		}
		assert.Positive(t, killed)
		assert.Positive(t, finished)
		t.Logf("%d killed, %d finished", killed, finished)
	})
}

func TestReleasedMigrationsNeverChange(t *testing.T) {
	t.Parallel()
	sqldbtest.Frozen(t, directorysql.Schema(), map[string]string{
		"sql/00001_directory.sql":    "b6869e8d735585d0b6545414f145f9bef8d1b7ab74e1c0bd2eb03718ec420b05",
		"postgres/00002_ordered.sql": "1bc8a9b3285dc4b4c774f920736e40e12c385126b6ced48bb241f835e06d1765",
		"sqlite/00002_ordered.sql":   "bdf14281f72e797579d9156070dd81d70eaf266ac7402ef4ab6f24059d2571f1",
	})
}
