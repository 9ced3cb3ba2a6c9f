package xmlscan_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/internal/xmlscan"
)

func TestBytesThatTheDeclarationContradicts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		doc    string
		want   string // lenient
		strict string // "" for a refusal
		noted  bool
	}{
		{`<?xml version="1.0" encoding="ISO-8859-1"?><a>` + "C\xbdur 5\xa4", "Cœur 5€", "C½ur 5¤", true},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><a>` + "C\x9cur", "Cœur", "C\u009cur", true},
		{`<?xml version="1.0" encoding="ISO-8859-15"?><a>` + "C\x9cur l\x92\xe9t\xe9", "Cœur l’été", "C\u009cur l\u0092été", true},
		{`<?xml version="1.0" encoding="ISO-8859-15"?><a>` + "C\xbdur 5\xa4", "Cœur 5€", "Cœur 5€", false},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><a>` + "\xe9t\xe9", "été", "été", false},
		{`<?xml version="1.0" encoding="UTF-8"?><a>` + "C\xbdur 5\xa4 \x92", "Cœur 5€ ’", "", true},
		{"<a>\n" + "\xe9t\xe9", "\nété", "", true},
		{`<?xml version="1.0" encoding="UTF-8"?><a>` + "été", "été", "été", false},
		{`<?xml version="1.0" encoding="ISO-8859-1"?><a>` + "été", "été", "Ã©tÃ©", true},
	} {
		for _, lenient := range []bool{true, false} {
			want := c.want
			if !lenient {
				want = c.strict
			}
			s := xmlscan.New(strings.NewReader(c.doc+"</a>"), xmlscan.Options{Lenient: lenient})
			text, err := "", error(nil)
			for err == nil {
				var k xmlscan.Kind
				if k, err = s.Next(); err == nil && k == xmlscan.Text {
					text += string(s.Text())
				}
			}
			if want == "" {
				require.ErrorIs(t, err, xmlscan.CodeEncoding, c.doc)
				continue
			}
			require.True(t, errors.Is(err, io.EOF), "%v", err)
			assert.Equal(t, want, text, "%q lenient %v", c.doc, lenient)
			if lenient {
				assert.Equal(t, c.noted, len(s.Notes()) == 1, "%q", c.doc)
			}
		}
	}
}

func TestPlaceOfTheFirstContradictingByte(t *testing.T) {
	t.Parallel()
	for _, head := range []string{`<?xml version="1.0" encoding="ISO-8859-1"?>`, ""} {
		doc := head + "<a>\n\xe9t\xe9 \xbd</a>"
		s := xmlscan.New(strings.NewReader(doc), xmlscan.Options{Lenient: true})
		for {
			if _, err := s.Next(); err != nil {
				require.ErrorIs(t, err, io.EOF)
				break
			}
		}
		want := xmlscan.Pos{Line: 2, Column: 5, Offset: int64(len(doc) - 5)}
		if head == "" {
			want = xmlscan.Pos{Line: 2, Column: 1, Offset: 4}
		}
		require.Len(t, s.Notes(), 1)
		assert.Equal(t, want, s.Notes()[0].Pos)
	}
}
