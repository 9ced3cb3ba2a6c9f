// Command gen makes communes.csv and former.csv of package territory from INSEE's code officiel géographique.
//
//	go run ./ent/territory/internal/gen -cog FOLDER -out ent/territory/data
//
// The folder holds three files of one edition, under the names that the repository datagouv/decoupage-administratif
// gives them: communes.csv and mouvements-communes.csv (INSEE's v_commune and v_mvt_commune) and
// collectivites-outremer.csv. It is run by hand once a year: the files are not in this module. The same files give the
// same bytes.
package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

func main() {
	cog := flag.String("cog", "", "folder of INSEE's files")
	out := flag.String("out", "ent/territory/data", "folder to write to")
	flag.Parse()
	if err := run(*cog, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(cog, out string) error {
	communes, err := read(filepath.Join(cog, "communes.csv"))
	if err != nil {
		return err
	}
	history, err := read(filepath.Join(cog, "mouvements-communes.csv"))
	if err != nil {
		return err
	}
	overseas, err := read(filepath.Join(cog, "collectivites-outremer.csv"))
	if err != nil {
		return err
	}
	h := newHistory(communes, overseas, history)
	return errors.Join(
		write(filepath.Join(out, "communes.csv"), "code;name;parent", h.communeRows(communes, overseas)),
		write(filepath.Join(out, "former.csv"), "code;name;until;successor", h.formerRows()),
	)
}

// history knows what became of each commune since 1943.
type history struct {
	current map[string]bool   // communes and municipal arrondissements of today
	parent  map[string]string // associated and delegated communes, and the commune they are part of
	ended   map[string]row    // the last time a code stopped being a commune's
	moved   map[string]moves  // the latest moves of a code into communes of other codes
}

// moves are the codes that one code became on one day.
type moves struct {
	date string
	to   []string
}

func newHistory(communes, overseas, all []row) *history {
	h := &history{map[string]bool{}, map[string]string{}, map[string]row{}, map[string]moves{}}
	for _, c := range communes {
		switch c["TYPECOM"] {
		case "COM", "ARM":
			h.current[c["COM"]] = true
		default:
			h.parent[c["COM"]] = c["COMPARENT"]
		}
	}
	for _, c := range overseas {
		h.current[c["code_commune"]] = true
	}
	for _, m := range all {
		before, after := m["COM_AV"], m["COM_AP"]
		if before == "" || before == after && m["TYPECOM_AP"] == "COM" {
			continue
		}
		if m["TYPECOM_AV"] == "COM" && h.ended[before]["DATE_EFF"] < m["DATE_EFF"] {
			h.ended[before] = m
		}
		if m["TYPECOM_AP"] != "COM" || before == after {
			continue
		}
		// A move stands twice when it also made a delegated commune.
		switch last := h.moved[before]; {
		case last.date < m["DATE_EFF"]:
			h.moved[before] = moves{m["DATE_EFF"], []string{after}}
		case last.date == m["DATE_EFF"] && !slices.Contains(last.to, after):
			h.moved[before] = moves{last.date, append(last.to, after)}
		}
	}
	return h
}

// successor returns today's commune for a code, "" when the commune was shared between several.
func (h *history) successor(code string, depth int) string {
	switch {
	case h.current[code]:
		return code
	case h.parent[code] != "":
		return h.successor(h.parent[code], depth)
	// Both islands left Guadeloupe in 2007 for a code of their own, which the list of moves does not give.
	case code == "97123":
		return "97701"
	case code == "97127":
		return "97801"
	case depth == 0 || len(h.moved[code].to) != 1:
		return ""
	}
	return h.successor(h.moved[code].to[0], depth-1)
}

func (h *history) communeRows(communes, overseas []row) [][]string {
	var rows [][]string
	for _, c := range communes {
		switch c["TYPECOM"] {
		case "COM":
			rows = append(rows, []string{c["COM"], c["LIBELLE"], ""})
		case "ARM":
			rows = append(rows, []string{c["COM"], c["LIBELLE"], c["COMPARENT"]})
		}
	}
	for _, c := range overseas {
		rows = append(rows, []string{c["code_commune"], c["nom_commune"], ""})
	}
	return rows
}

func (h *history) formerRows() [][]string {
	var rows [][]string
	for _, code := range slices.Sorted(maps.Keys(h.ended)) {
		// The Corsican codes before 1976, 20 and three digits, are no commune codes any more.
		if h.current[code] || !ent.InseeCode(code).Valid() {
			continue
		}
		m := h.ended[code]
		rows = append(rows, []string{code, m["LIBELLE_AV"], m["DATE_EFF"], h.successor(code, 20)})
	}
	return rows
}

type row map[string]string

func read(name string) ([]row, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(records) < 2 {
		return nil, fmt.Errorf("%s: no row", name)
	}
	rows := make([]row, 0, len(records)-1)
	for _, record := range records[1:] {
		r := row{}
		for i, column := range records[0] {
			r[column] = record[i]
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func write(name, header string, rows [][]string) error {
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	var b bytes.Buffer
	b.WriteString(header + "\n")
	w := csv.NewWriter(&b)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
