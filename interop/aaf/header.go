package aaf

import (
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Header is what the comments at the start of a file say. Nothing depends on their presence.
type Header struct {
	// VersionAF is the version of the feed, "AAF-VE2407"; VersionSDET that of the annexe it follows.
	VersionAF   string
	VersionSDET string
	Academy     ent.AcademyCode
	Degree      ent.Degree
	Generated   ent.Date
}

// read takes key="value" from a comment.
func (h *Header) read(comment string) {
	key, rest, ok := strings.Cut(strings.TrimSpace(comment), "=")
	if !ok || len(rest) > 200 {
		return
	}
	value := strings.Trim(strings.TrimSpace(rest), `"'`)
	switch strings.TrimSpace(key) {
	case "versionAF":
		h.VersionAF = value
	case "versionSDET":
		h.VersionSDET = value
	case "codeAcademieExport":
		if c, err := ent.NormalizeAcademyCode(value); err == nil {
			h.Academy = c
		}
	case "degre":
		if d := ent.Degree(value); d == ent.FirstDegree || d == ent.SecondDegree {
			h.Degree = d
		}
	case "dateGenerationExport":
		if d, err := ent.ParseFrenchDate(value); err == nil {
			h.Generated = d
		}
	}
}

// merge fills what is missing from another file's header.
func (h *Header) merge(o Header) {
	if h.VersionAF == "" {
		h.VersionAF = o.VersionAF
	}
	if h.VersionSDET == "" {
		h.VersionSDET = o.VersionSDET
	}
	if h.Academy == "" {
		h.Academy = o.Academy
	}
	if h.Degree == "" {
		h.Degree = o.Degree
	}
	if h.Generated.IsZero() {
		h.Generated = o.Generated
	}
}

// differs reports whether two files of one delivery are of different academies or degrees.
func (h *Header) differs(o Header) bool {
	return h.Academy != "" && o.Academy != "" && h.Academy != o.Academy || h.Degree != "" && o.Degree != "" && h.Degree != o.Degree
}

// degree returns the degree that the header tells, outright or by the annexe.
func (h *Header) degree() ent.Degree {
	switch {
	case h.Degree != "":
		return h.Degree
	case strings.HasPrefix(h.VersionSDET, "Annexe 1 "):
		return ent.FirstDegree
	case strings.HasPrefix(h.VersionSDET, "Annexe 4bis"):
		return ent.SecondDegree
	}
	return ""
}

// generation returns the code lists that the version of the feed implies, "" when it tells nothing. SDET 6.1 and the
// feeds of AAF-VE1803 brought the lists of 2018.
func (h *Header) generation() ent.Generation {
	v, ok := strings.CutPrefix(h.VersionAF, "AAF-VE")
	if n, isNumber := number(v); ok && isNumber && len(v) == 4 {
		if n < 1803 {
			return ent.Generation2013
		}
		return ent.Generation2018
	}
	if strings.Contains(h.VersionSDET, "version 6") {
		return ent.Generation2018
	}
	return ""
}
