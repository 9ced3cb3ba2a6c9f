package directory_test

import (
	"bytes"
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
)

// Whatever of this package is given to a logger, by value or by pointer, no personal value is written.
func TestLogsHoldNoPersonalValue(t *testing.T) {
	t.Parallel()
	a := enttest.Canary(3)
	src := directorytest.Source(a, ent.SecondDegree, day(0))
	b := open(t, src, day(0))
	accounts := slices.Collect(b.All())
	// The first one with a relative: its ties tell most.
	i := slices.IndexFunc(accounts, func(x directory.Account) bool { return x.Category == directory.Pupil && len(x.Relations()) > 0 })
	require.GreaterOrEqual(t, i, 0)
	x := accounts[i]
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	other := x.Clone()
	other.ID, other.Keys = "other", nil
	_, _, merge, err := directory.Merge(&x, &other, directory.MergeOptions{On: day(1)})
	require.NoError(t, err)
	edited := src.List[0].Person
	edited.Contact.Mail = src.List[0].Person.Name.Family + "@exemple.test"
	plan := compare(t, b, directory.ByHand(places, directory.Edit{Account: x.ID, States: []ent.Field{"name.given", "contact.mail"}, Person: edited}), directory.Policy{Today: day(1)})
	changes := slices.Collect(plan.Changes())
	require.NotEmpty(t, changes)
	require.NotEmpty(t, changes[0].Fields)
	undo, _ := b.Apply(plan, directorytest.Keyed)
	edit := directory.Edit{Account: x.ID, Person: x.Person, Ties: x.Ties}
	adoptable := directory.Adoptable{ID: "u", Name: x.Person.Name, BirthDate: x.Person.BirthDate, INE: x.Person.Schooling.INE}
	record := src.List[0]
	for name, v := range map[string]any{
		"Account": x, "*Account": &x, "Record": record, "*Record": &record, "*Records": src, "Edit": edit, "*Edit": &edit,
		"Tie": x.Ties[0], "MergeRecord": merge, "*MergeRecord": &merge, "Plan": plan, "Change": changes[0], "*Change": &changes[0],
		"FieldChange": changes[0].Fields[0], "Book": b, "Undo": undo, "Adoptable": adoptable, "*Adoptable": &adoptable,
	} {
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		mark, found := a.FindMark(out.String())
		assert.False(t, found, "%s: %s", name, mark)
		assert.NotContains(t, out.String(), "PANIC", name)
	}
}
