package timetable

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/opencartable/cartable/ent"
)

// Match gives the courses of a file the identifiers of the courses that are kept, so that what hangs on a lesson (a roll call, a
// session of the cahier de textes, an entry of a calendar) stays on it when its room, teacher or time changes. Most exports give no
// identifier of their own. Courses are taken for the same one, in this order, each once:
//
//  1. with the identifier of the source, when native says that the source's identifiers last;
//  2. equal in everything;
//  3. with the same subject, pupils, day and start: another teacher, room, length or other weeks;
//  4. with the same subject, pupils and teachers: another time of the week;
//  5. with the same pupils, day and start: another subject.
//
// Courses without subject and pupils are not the same by 3, nor those without pupils by 5. A course of the file that is like none gets an
// identifier made of source and content, the same whenever it is made. One that a native source gives twice, or without an identifier,
// stays so: [Timetable.Expand] refuses it.
func Match(kept, file []Course, source string, native bool) []Course {
	m := matcher{kept: kept, out: slices.Clone(file), used: make([]bool, len(kept)), done: make([]bool, len(file)), source: source}
	var twice map[int]int
	if native {
		twice = m.refused()
		m.pass(func(c *Course) string { return string(c.ID) }, func(c *Course) string { return m.native(c.ID) })
	}
	for _, key := range []func(*Course) string{
		(*Course).whole, (*Course).place, (*Course).teaching,
		func(c *Course) string { return keyed(c.refs(Kind.Audience), c.refs(Kind.Audience)+c.when()) },
	} {
		m.pass(key, key)
	}
	taken := make(map[ent.ID]bool, len(kept)+len(file))
	for i := range kept {
		taken[kept[i].ID] = true
	}
	for i := range m.out {
		if m.done[i] {
			continue
		}
		c := &m.out[i]
		id := ent.ID(m.native(c.ID))
		if !native {
			id = made(source, c.whole(), 0)
		}
		for n := 1; taken[id]; n++ {
			id = made(source, c.whole(), n)
		}
		taken[id], c.ID = true, id
	}
	for i, first := range twice {
		m.out[i].ID = m.out[first].ID
	}
	return m.out
}

// refused sets apart the courses without an identifier, and those whose identifier came before: it returns where.
func (m *matcher) refused() map[int]int {
	first, twice := make(map[ent.ID]int, len(m.out)), map[int]int{}
	for i := range m.out {
		j, ok := first[m.out[i].ID]
		switch {
		case m.out[i].ID == "":
			m.done[i] = true
		case ok:
			m.done[i], twice[i] = true, j
		default:
			first[m.out[i].ID] = i
		}
	}
	return twice
}

func made(source, content string, n int) ent.ID {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%s\x00%d", source, content, n)))
	return ent.ID(hex.EncodeToString(sum[:10]))
}

type matcher struct {
	kept, out  []Course
	used, done []bool
	source     string
}

// native is the identifier of a course whose source has lasting ones.
func (m *matcher) native(id ent.ID) string { return m.source + ":" + string(id) }

// pass pairs what is left by a key: of the kept courses, and of those of the file. Equal keys pair in their order, empty ones never.
func (m *matcher) pass(ofKept, ofFile func(*Course) string) {
	left := map[string][]int{}
	for i := range m.kept {
		if !m.used[i] {
			k := ofKept(&m.kept[i])
			left[k] = append(left[k], i)
		}
	}
	for i := range m.out {
		if m.done[i] {
			continue
		}
		k := ofFile(&m.out[i])
		if list := left[k]; k != "" && len(list) > 0 {
			m.out[i].ID, m.used[list[0]], m.done[i] = m.kept[list[0]].ID, true, true
			left[k] = list[1:]
		}
	}
}

func (c *Course) when() string { return fmt.Sprintf("|%d %d", c.Day, c.Start) }

// place is what a course is, and when.
func (c *Course) place() string {
	return keyed(string(c.Subject)+c.refs(Kind.Audience), string(c.Subject)+"|"+c.refs(Kind.Audience)+c.when())
}

// teaching is what a course is, and by whom.
func (c *Course) teaching() string {
	who := c.refs(func(k Kind) bool { return k.Audience() || k == KindTeacher || k == KindStaff })
	return keyed(string(c.Subject)+who, string(c.Subject)+"|"+who)
}

// keyed is a key of what a course is, "" when that is nothing.
func keyed(what, key string) string {
	if what == "" {
		return ""
	}
	return key
}

// whole is everything but the identifier.
func (c *Course) whole() string {
	list := make([]string, len(c.Resources))
	for i, r := range c.Resources {
		list[i] = fmt.Sprintf("%s/%s/%x", r.Kind, r.ID, uint64(r.Weeks))
	}
	slices.Sort(list)
	return fmt.Sprintf("%s|%s|%d|%x|%s|%s", c.Subject, c.when(), c.End, uint64(c.Cancelled), c.Together, strings.Join(list, "|"))
}

// refs writes the resources of some kinds, each once, sorted.
func (c *Course) refs(want func(Kind) bool) string {
	var list []Ref
	for _, r := range c.Resources {
		if want(r.Kind) {
			list = append(list, r.Ref)
		}
	}
	slices.SortFunc(list, compareRef)
	var b strings.Builder
	for _, r := range slices.Compact(list) {
		b.WriteString(string(r.Kind) + "/" + string(r.ID) + " ")
	}
	return b.String()
}
