package lsu

import (
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// PupilProblems are the issues of one pupil, or of no pupil: of the school, its records and its classes.
type PupilProblems struct {
	// Pupil is the key of the pupil, "" for the issues of no pupil.
	Pupil  Key
	Issues ent.Issues
	places []place
}

// place is where an issue is, in words that name nobody.
type place struct {
	period     int
	cycle      string
	discipline string
}

// Blocking reports whether an issue blocks.
func (p PupilProblems) Blocking() bool {
	return slices.ContainsFunc(p.Issues, blocks)
}

// Sentences returns one sentence an issue, such as "Période 1, 020700 : L'appréciation manque dans une discipline." No
// sentence names anybody: the caller knows the name of Pupil.
func (p PupilProblems) Sentences(lang ent.Lang) []string {
	out := make([]string, 0, len(p.Issues))
	for n, i := range p.Issues {
		at := p.places[n]
		var where []string
		if at.period > 0 {
			where = append(where, ent.Label{FR: "Période ", EN: "Period "}.In(lang)+strconv.Itoa(at.period))
		}
		if at.cycle != "" {
			where = append(where, ent.Label{FR: "Bilan de fin de cycle ", EN: "Report of the end of cycle "}.In(lang)+at.cycle)
		}
		if at.discipline != "" {
			where = append(where, at.discipline)
		}
		s := i.Message(lang)
		if len(where) > 0 {
			s = strings.Join(where, ", ") + ent.Label{FR: " : ", EN: ": "}.In(lang) + s
		}
		out = append(out, s)
	}
	return out
}

// ByPupil groups issues of [Check], [CheckFile] or [Write] by pupil, in the order of the pupils of the document, those of no
// pupil first. A pupil without issue is not in the list.
func ByPupil(d *Document, issues ent.Issues) []PupilProblems {
	pupils := map[string]int{}
	for i := range d.Pupils {
		s := shown(string(d.Pupils[i].Key))
		if s == "…" {
			s = number(i)
		}
		if _, twice := pupils[s]; !twice {
			pupils[s] = i
		}
	}
	periods, codes := map[string]int{}, map[string]string{}
	for i := range d.Periods {
		periods[keyOrNumber(d.Periods[i].Key, i)] = d.Periods[i].Index
	}
	for i := range d.Disciplines {
		codes[keyOrNumber(d.Disciplines[i].Key, i)] = shown(d.Disciplines[i].Code)
	}
	lists := make([]PupilProblems, len(d.Pupils)+1)
	for _, i := range issues {
		at := 0
		var where place
		if n, ok := pupils[i.Pos.Record]; ok && (strings.HasPrefix(i.Path, "$.eleves") || strings.HasPrefix(i.Path, "$.bilans-")) {
			at = n + 1
			where = placeOf(i.Path, periods, codes)
		}
		lists[at].Issues = append(lists[at].Issues, i)
		lists[at].places = append(lists[at].places, where)
	}
	var out []PupilProblems
	for n := range lists {
		if len(lists[n].Issues) == 0 {
			continue
		}
		if n > 0 {
			lists[n].Pupil = d.Pupils[n-1].Key
		}
		out = append(out, lists[n])
	}
	return out
}

func keyOrNumber(k Key, i int) string {
	if s := shown(string(k)); s != "…" {
		return s
	}
	return number(i)
}

func placeOf(path string, periods map[string]int, codes map[string]string) place {
	var p place
	if keys := keysIn(path, ".bilan-periodique['"); len(keys) == 2 {
		p.period = periods[keys[1]]
	}
	if keys := keysIn(path, ".bilan-cycle['"); len(keys) == 2 {
		p.cycle = keys[1]
	}
	if keys := keysIn(path, ".acquis['"); len(keys) == 1 {
		if p.discipline = codes[keys[0]]; p.discipline == "" || p.discipline == "…" {
			p.discipline = keys[0]
		}
	}
	return p
}

// keysIn returns the keys that follow a name in a path.
func keysIn(path, name string) []string {
	_, rest, ok := strings.Cut(path, name)
	if !ok {
		return nil
	}
	keys, _, _ := strings.Cut(rest, "']")
	return strings.Split(keys, "','")
}
