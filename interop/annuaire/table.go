package annuaire

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// table reads the rows of a text.
type table struct {
	text  string
	sep   rune
	r     *csv.Reader
	lines []int // where each line begins; made when a place is asked for
	first int   // line of the row at hand
}

// errQuote is a row whose quotes make no sense.
var errQuote = errors.New("annuaire: quote")

func newTable(text string) *table {
	t := &table{text: text, sep: separator(text)}
	t.r = t.reader(text)
	return t
}

func (t *table) reader(text string) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = t.sep, -1
	return r
}

// separator returns the one that the header line holds most of outside quotes, a semicolon when there is none.
func separator(text string) rune {
	var semicolons, commas, tabs int
	quoted := false
	for _, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ';':
			semicolons++
		case c == ',':
			commas++
		case c == '\t':
			tabs++
		}
		if c == '\n' && !quoted {
			break
		}
	}
	switch {
	case tabs > semicolons && tabs >= commas:
		return '\t'
	case commas > semicolons:
		return ','
	}
	return ';'
}

// next returns the cells of the next row, io.EOF after the last one, and errQuote for a row that makes no sense, after
// which one may go on. A quote inside a cell that does not begin with one is kept: such files leave all quotes out.
func (t *table) next() ([]string, error) {
	cells, err := t.r.Read()
	if err == nil || errors.Is(err, io.EOF) {
		if err == nil {
			t.first, _ = t.r.FieldPos(0)
		}
		return cells, err
	}
	var bad *csv.ParseError
	if !errors.As(err, &bad) {
		return nil, err
	}
	t.first = bad.StartLine
	if bad.StartLine != bad.Line {
		return nil, errQuote
	}
	again := t.reader(t.line(bad.Line))
	again.LazyQuotes = true
	cells, err = again.Read()
	if err != nil {
		return nil, errQuote
	}
	if _, err = again.Read(); !errors.Is(err, io.EOF) {
		return nil, errQuote
	}
	return cells, nil
}

// line returns a line of the text, with its end.
func (t *table) line(n int) string {
	t.index()
	if n < 1 || n > len(t.lines) {
		return ""
	}
	from, to := t.lines[n-1], len(t.text)
	if n < len(t.lines) {
		to = t.lines[n]
	}
	return t.text[from:to]
}

func (t *table) index() {
	if t.lines != nil {
		return
	}
	t.lines = append(t.lines, 0)
	for i := range len(t.text) {
		if t.text[i] == '\n' && i+1 < len(t.text) {
			t.lines = append(t.lines, i+1)
		}
	}
}

// column returns where a cell of the row that begins at a line stands, in characters; 0 when it is not on that line, or its
// row had to be read with its quotes as they stand. The row is read once more: only rows with an issue are.
func (t *table) column(line, cell int) int {
	t.index()
	if line < 1 || line > len(t.lines) {
		return 0
	}
	from := t.lines[line-1]
	r := t.reader(t.text[from:])
	cells, err := r.Read()
	if err != nil || cell >= len(cells) {
		return 0
	}
	at, byteColumn := r.FieldPos(cell)
	rest := t.text[from:]
	if at != 1 || byteColumn < 1 || byteColumn-1 > len(rest) {
		return 0
	}
	return utf8.RuneCountInString(rest[:byteColumn-1]) + 1
}
