package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReport(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	require.Equal(t, exitDone, run([]string{"-class", "6-A"}, &out, &errs), errs.String())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	assert.Greater(t, len(lines), 15)
	assert.Contains(t, lines[0], "demi-journées")
	assert.Contains(t, lines[len(lines)-1], "taux d'absence")
	out.Reset()
	require.Equal(t, exitDone, run([]string{"-class", "6-A", "-mode", "complete", "-lang", "en"}, &out, &errs))
	assert.Contains(t, out.String(), "absence rate")

	path := filepath.Join(t.TempDir(), "a.csv")
	require.Equal(t, exitDone, run([]string{"-class", "6-A", "-csv", path}, &out, &errs))
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	rows := strings.Split(strings.TrimSpace(string(b)), "\n")
	assert.Len(t, rows, len(lines)-1, "a line for each pupil, and the heading")
	pupil, _, _ := strings.Cut(rows[1], ";")
	out.Reset()
	require.Equal(t, exitDone, run([]string{"-class", "6-A", "-why", pupil}, &out, &errs))
	assert.Contains(t, out.String(), "demi-journées d'absence")

	assert.Equal(t, exitFailed, run([]string{"-class", "9-Z"}, &out, &errs))
	assert.Equal(t, exitFailed, run([]string{"-class", "6-A", "-mode", "guess"}, &out, &errs))
	assert.Equal(t, exitFailed, run([]string{"-class", "6-A", "-why", "nobody"}, &out, &errs))
	assert.Equal(t, exitFailed, run([]string{"-class", "6-A", "-until", "tomorrow"}, &out, &errs))
	assert.Equal(t, exitUsage, run(nil, &out, &errs))
}
