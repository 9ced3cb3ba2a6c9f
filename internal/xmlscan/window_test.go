package xmlscan_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"

	"github.com/opencartable/cartable/internal/xmlscan"
)

// TestPositions checks the place of each token against the document.
func TestPositions(t *testing.T) {
	t.Parallel()
	const unit = "<r a='é'>\n é€ <b/><!-- œ -->x<?p q?></r>\r\n"
	for _, label := range []string{"UTF-8", "ISO-8859-15"} {
		doc := "<?xml version='1.0' encoding='" + label + "'?>\n<a>" + strings.Repeat(unit, 100) + "</a>\n"
		data := []byte(doc)
		if label != "UTF-8" {
			data = encode(t, charmap.ISO8859_15, doc)
		}
		for _, window := range []int{64, 0} {
			s := xmlscan.New(bytes.NewReader(data), xmlscan.Options{Window: window})
			end := int64(0) // of the tokens so far
			for {
				kind, err := s.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				at := s.Offset()
				if kind != xmlscan.EndElement || data[at+1] == '/' {
					require.GreaterOrEqual(t, at, end)
					end = at + 1
				}
				prefix := map[xmlscan.Kind]string{
					xmlscan.StartElement: "<", xmlscan.EndElement: "<", xmlscan.Comment: "<!--", xmlscan.ProcInst: "<?",
				}[kind]
				require.True(t, bytes.HasPrefix(data[at:], []byte(prefix)), "%v at %d", kind, at)
				before := data[:at]
				if label != "UTF-8" {
					before, err = charmap.ISO8859_15.NewDecoder().Bytes(before)
					require.NoError(t, err)
				}
				want := place(string(before), len(before))
				want.Offset = at
				require.Equal(t, want, s.Pos())
			}
		}
	}
}

// TestPositionsBackwards asks for places in any order, and for the one of a
// token that Fill has moved out of the buffer.
func TestPositionsBackwards(t *testing.T) {
	t.Parallel()
	doc := "<?xml version='1.0' encoding='latin9'?>\n<a>" + strings.Repeat("\né", 100) + "</a>"
	data := encode(t, charmap.ISO8859_15, doc)
	s := xmlscan.New(bytes.NewReader(data), xmlscan.Options{Window: 64})
	for s.Depth() == 0 {
		_, err := s.Next()
		require.NoError(t, err)
	}
	want := xmlscan.Pos{Line: 2, Column: 1, Offset: 40}
	assert.Equal(t, want, s.Pos())
	_, err := s.Fill()
	require.NoError(t, err)
	n := len(s.Window())
	n -= n % 3 // "\né" is three bytes here, two in the input
	far := xmlscan.Pos{Line: 2 + n/3, Column: 2, Offset: 43 + int64(n/3*2)}
	if n > 0 {
		assert.Equal(t, far, s.PosAt(n))
	}
	assert.Equal(t, xmlscan.Pos{Line: 2, Column: 4, Offset: 43}, s.PosAt(0))
	assert.Equal(t, far.Offset, s.OffsetAt(n))
	assert.Equal(t, want, s.Pos())
	assert.Equal(t, want.Offset, s.Offset())
	s.Advance(n)
	_, err = s.Fill()
	require.NoError(t, err)
	assert.Equal(t, want, s.Pos())
	assert.Equal(t, want.Offset, s.Offset())
	assert.Equal(t, far, s.PosAt(0))
}

// TestDoor reads records through Window and Advance.
func TestDoor(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"UTF-8", "ISO-8859-15"} {
		var sb strings.Builder
		sb.WriteString("<?xml version='1.0' encoding='" + label + "'?>\n<a>")
		for i := range 200 {
			fmt.Fprintf(&sb, "\n<r>é%d%s</r>", i, strings.Repeat("è", i))
		}
		sb.WriteString("\n<last/></a>")
		doc := sb.String()
		data := []byte(doc)
		if label != "UTF-8" {
			data = encode(t, charmap.ISO8859_15, doc)
		}
		s := xmlscan.New(bytes.NewReader(data), xmlscan.Options{Window: 64})
		assert.Empty(t, s.Window())
		for s.Depth() == 0 {
			_, err := s.Next()
			require.NoError(t, err)
		}
		records := 0
		for {
			w := s.Window()
			k := bytes.Index(w, []byte("</r>"))
			if k < 0 {
				more, err := s.Fill()
				require.NoError(t, err)
				if more {
					continue
				}
				break
			}
			require.True(t, bytes.HasPrefix(w, fmt.Appendf(nil, "\n<r>é%d", records)), "%q", w)
			at := strings.Index(doc, fmt.Sprintf("<r>é%d%s<", records, strings.Repeat("è", records)))
			want := place(doc, at)
			if label != "UTF-8" {
				want.Offset = int64(len(encode(t, charmap.ISO8859_15, doc[:at])))
			}
			assert.Equal(t, want.Offset, s.OffsetAt(1))
			assert.Equal(t, want, s.PosAt(1))
			s.Advance(k + 4)
			records++
		}
		assert.Equal(t, 200, records)
		got, err := events(s)
		require.NoError(t, err)
		assert.Equal(t, []string{`text "\n"`, `start last`, `end last`, `end a`}, got)
		assert.Empty(t, s.Window())
		assert.Panics(t, func() { s.Advance(1) })
	}

	// Closed while the end of a self-closing tag is due, and bounded.
	s := xmlscan.New(reader("<a><b/>"+strings.Repeat("x", 1000)+"</a>"), xmlscan.Options{Window: 64, MaxToken: 100})
	for s.Depth() < 2 {
		_, err := s.Next()
		require.NoError(t, err)
	}
	more, err := s.Fill()
	assert.False(t, more)
	require.NoError(t, err)
	assert.Empty(t, s.Window())
	_, err = s.Next()
	require.NoError(t, err)
	for more = true; more; {
		more, err = s.Fill()
		require.NoError(t, err)
	}
	assert.Less(t, len(s.Window()), 200)
	_, err = s.Next()
	require.ErrorIs(t, err, xmlscan.CodeLimit)
}

// TestNoAllocation: in steady state the scanner allocates nothing.
func TestNoAllocation(t *testing.T) {
	doc := []byte(references(feed(200<<10, "UTF-8")))
	s := xmlscan.New(nil, xmlscan.Options{Window: 8 << 10})
	r := bytes.NewReader(nil)
	allocs := testing.AllocsPerRun(5, func() {
		r.Reset(doc)
		s.Reset(r)
		for {
			if _, err := s.Next(); err != nil {
				break
			}
			_, _ = s.Name(), s.Text()
			_ = s.Pos()
		}
	})
	assert.Zero(t, allocs)
}
