package directorysql

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

func someMarks(n int) map[markKey]*directory.Mark {
	out := map[markKey]*directory.Mark{}
	for i := range n {
		m := &directory.Mark{
			Key: directory.Key{Origin: "aaf:X", Category: directory.Pupil, ID: fmt.Sprint(i)}, ID: ent.ID(fmt.Sprint("us-", i)),
			Hash: directory.Hash{byte(i), 7}, Gone: i%3 == 0, Others: i%5 == 0, Leaver: i%7 == 0, State: directory.Missing,
			Profile: ent.ProfilePupil, Establishment: "4001",
		}
		out[markKey{m.Key.Category, m.Key.ID}] = m
	}
	return out
}

// What is written to a page is read back; a change replaces one mark, and nil takes one away.
func TestPageOfMarks(t *testing.T) {
	t.Parallel()
	all := someMarks(100)
	page, err := merged("aaf:X", nil, &pageMarks{changes: all})
	require.NoError(t, err)
	read := func(page []byte) map[markKey]*directory.Mark {
		out := map[markKey]*directory.Mark{}
		require.NoError(t, readPage("aaf:X", page, func(m *directory.Mark) bool {
			one := *m
			out[markKey{m.Key.Category, m.Key.ID}] = &one
			return true
		}))
		return out
	}
	assert.Equal(t, all, read(page))
	moved := *all[markKey{directory.Pupil, "7"}]
	moved.ID, moved.Gone = "us-77", true
	page, err = merged("aaf:X", page, &pageMarks{changes: map[markKey]*directory.Mark{
		{directory.Pupil, "7"}: &moved, {directory.Pupil, "8"}: nil, {directory.Staff, "8"}: nil,
	}})
	require.NoError(t, err)
	all[markKey{directory.Pupil, "7"}] = &moved
	delete(all, markKey{directory.Pupil, "8"})
	assert.Equal(t, all, read(page))
	_, err = merged("aaf:X", page[:len(page)-3], &pageMarks{})
	require.ErrorIs(t, err, CodeRow, "a page that was cut is told, and nothing is written over it")
}

func FuzzReadPage(f *testing.F) {
	page, err := merged("aaf:X", nil, &pageMarks{changes: someMarks(3)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(page)
	f.Add([]byte{0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		_ = readPage("aaf:X", b, func(*directory.Mark) bool { n++; return true })
		if n > len(b)/17 {
			t.Fatal("more marks than the page can hold")
		}
	})
}
