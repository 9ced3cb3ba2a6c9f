package directory_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/directory/directorytest"
	"github.com/opencartable/cartable/ent/enttest"
)

func TestPseudonymisedCopyHoldsNoMarkAndKeepsTies(t *testing.T) {
	t.Parallel()
	academy := enttest.Canary(6)
	b := open(t, directorytest.Source(academy, ent.SecondDegree, day(0)), day(0))
	p, err := directory.NewPseudonymiser([]byte("0123456789abcdef"))
	require.NoError(t, err)
	places, err := b.Places(t.Context())
	require.NoError(t, err)
	copied := directory.NewBook(p.Places(&places), nil)
	ties, sameDay, born := 0, 0, 0
	for a := range b.All() {
		c := p.Account(&a)
		// A day drawn at random within the year falls on the marked one now and then: births are looked at apart.
		if c.Person.BirthDate == a.Person.BirthDate {
			sameDay++
		}
		c.Person.BirthDate = ent.Date{}
		// Both use the few numbers that are kept for fiction: only the shape is looked at.
		for _, n := range []*string{&c.Person.Contact.Home, &c.Person.Contact.Work, &c.Person.Contact.Mobile, &c.Person.Contact.SMS} {
			if *n != "" {
				require.Regexp(t, `^\+33 6 39 98 \d\d \d\d$`, *n)
				*n = ""
			}
		}
		text, err := json.Marshal(c)
		require.NoError(t, err)
		mark, found := academy.FindMark(string(text))
		require.False(t, found, mark)
		assert.Len(t, c.Ties, len(a.Ties))
		assert.Equal(t, a.State, c.State)
		copied.Put(c)
		ties += len(a.Ties)
		if !a.Person.BirthDate.IsZero() {
			born++
		} else {
			sameDay--
		}
	}
	assert.Equal(t, b.Len(), copied.Len(), "nobody meets another one")
	known := 0
	for a := range copied.All() {
		for _, r := range a.Relations() {
			_, there := copied.Account(r.Relative)
			assert.True(t, there, "a tie still leads to somebody")
			known++
		}
	}
	assert.Positive(t, known)
	assert.Positive(t, ties)
	assert.Less(t, sameDay*50, born, "births are others")
	_, err = directory.NewPseudonymiser([]byte("short"))
	require.Error(t, err)
}
