package pseudonym_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/pseudonym"
)

func TestMaker(t *testing.T) {
	t.Parallel()
	_, err := pseudonym.New([]byte("short"))
	require.ErrorIs(t, err, pseudonym.ErrShortKey)
	a, err := pseudonym.New([]byte("0123456789abcdef"))
	require.NoError(t, err)
	b, err := pseudonym.New([]byte("fedcba9876543210"))
	require.NoError(t, err)
	assert.Equal(t, a.Family("MARTIN"), a.Family("Martin"), "the same person, however written")
	assert.NotEqual(t, a.ID("1"), b.ID("1"), "another key, another value")
	assert.Empty(t, a.ID("")+a.Family("")+a.Given("")+a.Mail("")+a.Phone("")+a.INE(""), "what is missing stays missing")
	seen := map[string]bool{}
	for n := range 2000 {
		ine, err := ent.NewINE(990000000 + n)
		require.NoError(t, err)
		fake := a.INE(string(ine))
		require.True(t, ent.INE(fake).Valid())
		require.False(t, seen[fake], "two pupils never meet")
		seen[fake] = true
	}
	d := a.Birth("1", ent.Date{Year: 2012, Month: 4, Day: 2})
	assert.EqualValues(t, 2012, d.Year)
}
