package annuaire_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/interop/annuaire"
)

// spoil returns a file in the ways in which files go wrong, whose issues must show nothing of the persons in it.
func spoil(content string) map[string]string {
	lines := strings.SplitAfter(content, "\r\n")
	head, rest := lines[0], lines[1:]
	body := strings.Join(rest, "")
	return map[string]string{
		"as it is":        content,
		"no header":       body,
		"twice":           content + body,
		"columns shifted": head + strings.ReplaceAll(body, "\r\n", ";\r\n;"),
		"columns left":    head + strings.ReplaceAll(body, ";", ";x"),
		"no separators":   head + strings.ReplaceAll(body, ";", " "),
		"quotes":          head + strings.ReplaceAll(body, ";", ";\""),
		"not utf-8":       head + strings.ReplaceAll(body, "e", "\xe9\x81"),
		"dates":           head + strings.ReplaceAll(body, "/07/", "/77/"),
		"at signs":        head + strings.ReplaceAll(body, "@", " "),
		"cut":             head + body[:len(body)*2/3],
		"empty names":     head + strings.ReplaceAll(body, "CANARI", ""),
		"titles changed":  strings.ReplaceAll(head, "Nom", "Nom CANARIXXXX") + body,
	}
}

func TestCanary(t *testing.T) {
	t.Parallel()
	academy := enttest.Canary(3)
	var shown, log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{} // its digits may be any
		}
		return a
	}}))
	codesMet := map[ent.Code]bool{}
	for e := range academy.Establishments() {
		if len(academy.ClassesOf(e.ID)) == 0 {
			continue
		}
		files, w := write(t, peopleOf(t, academy, e.ID))
		require.NoError(t, w.Report().WriteText(&shown, ent.FR))
		for name, content := range files {
			for _, text := range spoil(content.String()) {
				o := annuaire.Options{School: e, OnIssue: func(i ent.Issue) {
					codesMet[i.Code] = true
					b, err := json.Marshal(i)
					require.NoError(t, err)
					fmt.Fprintf(&shown, "%v %+v %#v %s %s %s\n", i, i, i, i.Message(ent.FR), i.Message(ent.EN), b)
					logger.Info("issue", "issue", i)
				}}
				s, err := annuaire.Read(o, annuaire.File{Name: name, Content: strings.NewReader(text)})
				if err != nil {
					fmt.Fprintln(&shown, err)
				}
				require.NotNil(t, s)
				balanced(t, s)
				logger.Info("source", "source", s, "files", s.Files())
				require.NoError(t, s.Report().WriteText(&shown, ent.EN))
				b, err := json.Marshal(s.Report())
				require.NoError(t, err)
				shown.Write(b)
				plan, err := directory.Compare(t.Context(), directory.NewBook(directory.Places{}, nil), s, directory.Policy{Today: ent.Date{Year: 2024, Month: 9, Day: 2}})
				require.NoError(t, err)
				require.NoError(t, plan.WriteSummary(&shown, ent.FR))
			}
		}
	}
	require.Greater(t, len(codesMet), 12, "%v", codesMet)
	for name, text := range map[string]string{"log": log.String(), "shown": shown.String()} {
		require.NotEmpty(t, text)
		mark, found := academy.FindMark(text)
		assert.False(t, found, "%s shows %s", name, mark)
	}
}
