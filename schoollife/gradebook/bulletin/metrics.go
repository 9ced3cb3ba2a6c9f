package bulletin

import (
	"strings"
	"unicode"
)

// Lengths are in hundredths of a point.
const pt = 100

// The widths of the characters from the space to the tilde in DejaVu Sans Condensed, in thousandths of the size: about those of
// Arial. Bold ones follow.
var widthTable = [2][95]int16{{
	285, 360, 413, 753, 572, 854, 701, 247, 351, 351, 449, 753, 285, 324, 285, 303, 572, 572, 572, 572, 572, 572, 572, 572, 572, 572, 303, 303, 753, 753, 753, 477,
	899, 615, 617, 628, 692, 568, 517, 697, 676, 265, 265, 589, 500, 776, 672, 708, 542, 708, 625, 571, 549, 658, 615, 889, 616, 549, 616, 351, 303, 351, 753, 449,
	449, 551, 571, 494, 571, 553, 316, 571, 570, 250, 250, 520, 250, 876, 570, 550, 571, 571, 369, 468, 352, 570, 532, 735, 532, 532, 472, 572, 303, 572, 753,
}, {
	312, 410, 468, 753, 625, 901, 784, 275, 411, 411, 470, 753, 341, 373, 341, 328, 625, 625, 625, 625, 625, 625, 625, 625, 625, 625, 359, 359, 753, 753, 753, 521,
	899, 696, 685, 660, 747, 614, 614, 738, 752, 334, 334, 697, 573, 895, 752, 764, 659, 764, 692, 647, 613, 730, 696, 992, 693, 651, 652, 411, 328, 411, 753, 449,
	449, 606, 644, 533, 644, 610, 391, 644, 640, 308, 308, 598, 308, 937, 640, 618, 644, 644, 443, 535, 430, 640, 586, 831, 580, 586, 523, 640, 328, 640, 753,
}}

// width returns that of a character, in thousandths of the size.
func width(r rune, bold bool) int {
	if r >= ' ' && r <= '~' {
		if bold {
			return int(widthTable[1][r-' '])
		}
		return int(widthTable[0][r-' '])
	}
	w := wide(r)
	if bold {
		w = w * 113 / 100
	}
	return w
}

// wide returns the width of a character beyond the table: not less than what fonts have.
func wide(r rune) int {
	switch {
	case r == '\u00a0', r == '\u2019', r == '\u202f':
		return 285
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r == 'œ' || r == 'æ' || r == 'Œ' || r == 'Æ' || r == '—' || r == '…':
		return 1000
	case r < 0x250 && unicode.IsUpper(r):
		return 700
	case r < 0x250:
		return 572
	case r < 0x1100:
		return 700
	}
	return 1350 // ideographs, emoji
}

// measure returns the width of a text of a size; bold letters are wider.
func measure(s string, size int, bold bool) int {
	w := 0
	for _, r := range s {
		w += width(r, bold)
	}
	return w * size / 1000
}

// lines returns how many lines a text takes in a width, as a browser breaks it: at spaces and after hyphens, and within a word
// that is longer than a line. It is never 0.
func lines(s string, size, room int, bold bool) int {
	n := 0
	for paragraph := range strings.SplitSeq(s, "\n") {
		n++
		x := 0
		for _, word := range pieces(paragraph) {
			w := measure(strings.TrimRight(word, " "), size, bold)
			if x > 0 && x+w > room {
				n++
				x = 0
			}
			if w > room {
				n += (w + w/10 - 1) / room // a break costs part of a letter
				x = room
				continue
			}
			x += measure(word, size, bold)
		}
	}
	return n
}

// pieces cuts a paragraph where a line may end.
func pieces(s string) []string {
	var out []string
	from := 0
	for i, r := range s {
		if (r == ' ' || r == '-') && i+1 > from {
			out = append(out, s[from:i+1])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// shorten cuts a label of the chart to a width; the table holds it whole.
func shorten(s string, size, room int) string {
	if measure(s, size, false) <= room {
		return s
	}
	room -= measure("…", size, false)
	w := 0
	for i, r := range s {
		w += width(r, false) * size / 1000
		if w > room {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}
