package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCalendarOfAClass(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "6A.ics")
	var out, errs bytes.Buffer
	require.Equal(t, exitDone, run(t.Context(), []string{"-of", "class:6A", "-out", path}, &out, &errs), errs.String())
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, want := range []string{"SUMMARY:Mathématiques", "LOCATION:Salle 12", "TZID=Europe/Paris", "BEGIN:VTIMEZONE"} {
		assert.Contains(t, string(b), want)
	}
	assert.Equal(t, exitFailed, run(t.Context(), []string{"-of", "class:9Z", "-out", path}, &out, &errs))
	assert.Equal(t, exitUsage, run(t.Context(), []string{"-of", "class:6A"}, &out, &errs))
	assert.Equal(t, exitUsage, run(t.Context(), []string{"-zone", "Nowhere/Else"}, &out, &errs))
	out.Reset()
	require.Equal(t, exitDone, run(t.Context(), []string{"-lang", "en"}, &out, &errs))
	assert.Contains(t, out.String(), "conflicts: 0")
	assert.Equal(t, exitFailed, run(t.Context(), []string{"-edt", "nothing.xml"}, &out, &errs))
}

// TestServed: the address that is printed answers, another one does not.
func TestServed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r, w, err := os.Pipe()
	require.NoError(t, err)
	done := make(chan int, 1)
	go func() { done <- run(ctx, []string{"-of", "class:6A", "-serve", "127.0.0.1:38082"}, w, w) }()
	b := make([]byte, 256)
	n, err := r.Read(b)
	require.NoError(t, err)
	address := strings.TrimSpace(string(b[:n]))
	get := func(address string) int {
		var status int
		require.Eventually(t, func() bool {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			require.NoError(t, err)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return false
			}
			status = resp.StatusCode
			return resp.Body.Close() == nil
		}, 5*time.Second, 20*time.Millisecond)
		return status
	}
	assert.Equal(t, http.StatusOK, get(address))
	assert.Equal(t, http.StatusNotFound, get(strings.Replace(address, ".ics", "x.ics", 1)))
	cancel()
	assert.Equal(t, exitDone, <-done)
}
