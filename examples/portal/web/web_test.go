package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFrench(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Vu\u00a0: «\u00a0l’école\u00a0»\u202f; non\u202f? oui\u202f! 5\u202f%", French("Vu : « l'école » ; non ? oui ! 5 %"))
	assert.Equal(t, "{{$x := 1}}", French("{{$x := 1}}"))
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u202f000", -1234567: "-1\u202f234\u202f567", -123: "-123"} {
		assert.Equal(t, want, Number(n))
	}
	assert.Equal(t, "0\u00a0élève", Count(0, "élève", "élèves"))
	assert.Equal(t, "1\u00a0élève", Count(1, "élève", "élèves"))
	assert.Equal(t, "2\u00a0élèves", Count(2, "élève", "élèves"))
}

func TestPager(t *testing.T) {
	t.Parallel()
	at := func(n int) string { return strings.Repeat("x", n) }
	list := make([]int, 101)
	for _, c := range []struct{ asked, page, first, last, rows int }{
		{-3, 1, 1, 50, 50}, {1, 1, 1, 50, 50}, {2, 2, 51, 100, 50}, {3, 3, 101, 101, 1}, {9, 3, 101, 101, 1},
	} {
		p := NewPager(c.asked, len(list), at)
		assert.Equal(t, []int{c.page, c.first, c.last}, []int{p.Page, p.First, p.Last})
		assert.Len(t, Slice(p, list), c.rows)
		assert.Equal(t, c.page == 1, p.Previous == "")
		assert.Equal(t, c.page == 3, p.Next == "")
	}
	assert.Empty(t, Slice(NewPager(1, 0, at), []int(nil)))
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	now := time.Date(2024, 9, 16, 8, 0, 0, 0, time.UTC)
	s := newSessions(func() time.Time { return now })
	w := httptest.NewRecorder()
	_ = s.Start(w, httptest.NewRequest(http.MethodPost, "/connexion", http.NoBody), Account{Name: "Zoé"})
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.AddCookie(w.Result().Cookies()[0])
	who, ok := s.Of(r)
	require.True(t, ok)
	assert.Equal(t, "Zoé", who.Name)
	now = now.Add(sessionLife + time.Second)
	_, ok = s.Of(r)
	assert.False(t, ok)
	assert.Empty(t, s.open)

	for range maxSessions + 5 {
		_ = s.Start(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/connexion", http.NoBody), Account{})
	}
	assert.Len(t, s.open, maxSessions, "a flood of sessions does not fill the memory")
}

// TestPanicIsAnErrorPage: a page that panics answers 500, and its value is not logged.
func TestPanicIsAnErrorPage(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Door: &CodeDoor{}})
	require.NoError(t, err)
	s.mux.HandleFunc("GET /panique", func(http.ResponseWriter, *http.Request) { panic("secret") })
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/panique", http.NoBody))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Contains(t, w.Body.String(), "Erreur du portail")
	assert.NotContains(t, w.Body.String(), "secret")
}
