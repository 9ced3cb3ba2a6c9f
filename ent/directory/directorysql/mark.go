package directorysql

import (
	"cmp"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/ent/sqldb"
)

// A night looks at the mark of everybody: a row each would cost more than reading the feed. So marks stand many to a row,
// in pages chosen by a hash of the key.

// markPages is how many pages the marks of an origin are spread over, so that one has a hundred marks in the largest academy:
// fewer would make a night write again much that has not changed, more would read as slowly as rows. It never changes: pages
// are found by it.
const markPages = 1 << 14

type pageKey struct {
	origin directory.Origin
	page   int64
}

// markKey names a mark inside an origin.
type markKey struct {
	category directory.Category
	id       string
}

func pageOf(k *directory.Key) pageKey {
	h := fnv.New32a()
	h.Write([]byte(k.Category))
	h.Write([]byte(k.ID))
	return pageKey{k.Origin, int64(h.Sum32() % markPages)}
}

// marks gathers the marks that a transaction changes.
type marks map[pageKey]*pageMarks

// pageMarks are those of one page. A first load adds all there are: they wait as they will be written.
type pageMarks struct {
	added   []byte
	changes map[markKey]*directory.Mark // nil stands for one that goes
}

func (m marks) page(k *directory.Key) *pageMarks {
	at := pageOf(k)
	p := m[at]
	if p == nil {
		p = &pageMarks{}
		m[at] = p
	}
	return p
}

func (m marks) set(k *directory.Key, mark *directory.Mark) {
	p := m.page(k)
	if p.changes == nil {
		p.changes = map[markKey]*directory.Mark{}
	}
	p.changes[markKey{k.Category, k.ID}] = mark
}

// add sets the mark of a key that is new.
func (m marks) add(mark *directory.Mark) {
	p := m.page(&mark.Key)
	if _, changed := p.changes[markKey{mark.Key.Category, mark.Key.ID}]; changed {
		m.set(&mark.Key, mark)
		return
	}
	p.added = appendMark(p.added, mark)
}

// put sets the marks of an account that is new.
func (m marks) put(a *directory.Account) {
	if a.State == directory.Merged {
		return
	}
	for i := range a.Keys {
		if mark, ok := a.Mark(a.Keys[i].Key); ok {
			m.add(&mark)
		}
	}
}

// replace sets the marks of an account that are not what they were, and takes away those of keys that it lost.
func (m marks) replace(before, after *directory.Account) {
	for i := range before.Keys {
		if _, held := after.Mark(before.Keys[i].Key); !held {
			m.set(&before.Keys[i].Key, nil)
		}
	}
	for i := range after.Keys {
		mark, _ := after.Mark(after.Keys[i].Key)
		if was, held := before.Mark(after.Keys[i].Key); !held || was != mark {
			m.set(&after.Keys[i].Key, &mark)
		}
	}
}

// flush writes the marks.
func (w *session) flush() error {
	byOrigin := map[directory.Origin][]int64{}
	for k := range w.marks {
		byOrigin[k.origin] = append(byOrigin[k.origin], k.page)
	}
	for _, o := range slices.Sorted(maps.Keys(byOrigin)) {
		pages := byOrigin[o]
		slices.Sort(pages)
		for list := range slices.Chunk(pages, chunk) {
			if err := w.flushPages(o, list); err != nil {
				return err
			}
		}
	}
	clear(w.marks)
	return nil
}

// flushPages writes some pages, in their order: two transactions then wait for each other, and never both.
func (w *session) flushPages(o directory.Origin, pages []int64) error {
	data, err := w.readPages(o, pages)
	if err != nil {
		return err
	}
	var missing []int64
	for _, page := range pages {
		old, there := data[page]
		if !there {
			missing = append(missing, page)
			continue
		}
		fresh, err := merged(o, old, w.marks[pageKey{o, page}])
		if err != nil {
			return err
		}
		err = w.tx.Send(w.ctx, `UPDATE {mark} SET data = $1 WHERE tenant = $2 AND origin = $3 AND page = $4`, fresh, w.tenant, string(o), page)
		if err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var bad error
	_, err = w.tx.Load(w.ctx, "mark", []string{"tenant", "origin", "page", "data"}, func(yield func([]any) bool) {
		for _, page := range missing {
			fresh, err := merged(o, nil, w.marks[pageKey{o, page}])
			if err != nil {
				bad = err
				return
			}
			if !yield([]any{w.tenant, string(o), page, fresh}) {
				return
			}
		}
	})
	if errors.Is(err, sqldb.CodeDuplicate) { // somebody else has added it since it was looked for: all is done again
		err = errors.Join(sqldb.CodeBusy, err)
	}
	return cmp.Or(bad, err)
}

// readPages reads some pages, locked for this transaction.
func (w *session) readPages(o directory.Origin, pages []int64) (map[int64][]byte, error) {
	out := make(map[int64][]byte, len(pages))
	args := []any{w.tenant, string(o)}
	list := make([]string, listSize(len(pages)))
	for i := range list {
		args = append(args, pages[min(i, len(pages)-1)])
		list[i] = "$" + strconv.Itoa(len(args))
	}
	query := `SELECT page, data FROM {mark} WHERE tenant = $1 AND origin = $2 AND page IN (` + strings.Join(list, ",") + `) ORDER BY page`
	if w.tx.Engine() == sqldb.PostgreSQL { // which would go through all pages for a list, and is told to look up each
		query = `SELECT v.page, m.data FROM (VALUES (` + strings.Join(list, "::bigint),(") + `::bigint)) AS v (page)
			CROSS JOIN LATERAL (SELECT data FROM {mark} WHERE tenant = $1 AND origin = $2 AND page = v.page OFFSET 0 FOR UPDATE) AS m`
	}
	err := w.tx.Query(w.ctx, query, args, func(row sqldb.Scanner) error {
		var page int64
		var data []byte
		err := row.Scan(&page, &data)
		out[page] = data
		return err
	})
	return out, err
}

// merged returns a page with some marks replaced, added or taken away, sorted by key: the same marks give the same bytes.
func merged(o directory.Origin, data []byte, with *pageMarks) ([]byte, error) {
	var list []directory.Mark
	for _, b := range [][]byte{data, with.added} {
		err := readPage(o, b, func(m *directory.Mark) bool {
			if _, changed := with.changes[markKey{m.Key.Category, m.Key.ID}]; !changed {
				list = append(list, *m)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	for _, m := range with.changes {
		if m != nil {
			list = append(list, *m)
		}
	}
	slices.SortStableFunc(list, func(a, b directory.Mark) int { return a.Key.Compare(b.Key) })
	out := make([]byte, 0, len(list)*96)
	for i := range list {
		if i+1 == len(list) || list[i+1].Key != list[i].Key { // of two, the later one
			out = appendMark(out, &list[i])
		}
	}
	return out, nil
}

// The flags of a mark.
const (
	flagGone = 1 << iota
	flagOthers
	flagLeaver
)

func appendMark(b []byte, m *directory.Mark) []byte {
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	var flags byte
	if m.Gone {
		flags |= flagGone
	}
	if m.Others {
		flags |= flagOthers
	}
	if m.Leaver {
		flags |= flagLeaver
	}
	b = append(b, flags)
	b = append(b, m.Hash[:]...)
	text(string(m.Key.Category))
	text(m.Key.ID)
	text(string(m.ID))
	text(string(m.State))
	text(string(m.Profile))
	text(string(m.Establishment))
	return b
}

// readPage yields the marks of a page. Their texts share the page's.
func readPage(o directory.Origin, data []byte, yield func(*directory.Mark) bool) error {
	all := string(data)
	at := 0
	bad := false
	text := func() string {
		n, size := binary.Uvarint(data[min(at, len(data)):])
		if size <= 0 || n > uint64(len(data)) || at+size+int(n) > len(data) { //nolint:gosec // compared above
			bad = true
			return ""
		}
		at += size + int(n)        //nolint:gosec // idem
		return all[at-int(n) : at] //nolint:gosec // idem
	}
	var m directory.Mark
	for at < len(data) {
		if at+17 > len(data) {
			return failure(CodeRow)
		}
		flags := data[at]
		m = directory.Mark{Gone: flags&flagGone != 0, Others: flags&flagOthers != 0, Leaver: flags&flagLeaver != 0}
		copy(m.Hash[:], data[at+1:])
		at += 17
		m.Key = directory.Key{Origin: o, Category: directory.Category(known(text())), ID: text()}
		m.ID = ent.ID(text())
		m.State = directory.State(known(text()))
		m.Profile = ent.Profile(known(text()))
		m.Establishment = ent.ID(text())
		if bad {
			return failure(CodeRow)
		}
		if !yield(&m) {
			return errStop
		}
	}
	return nil
}

// known returns a constant for the words that stand in every mark, so that a mark kept does not keep them.
func known(s string) string {
	for _, c := range [...]string{
		string(directory.Pupil), string(directory.Relative), string(directory.Staff), string(directory.Active), string(ent.ProfilePupil),
		string(ent.ProfileRelative), string(ent.ProfileTeacher),
	} {
		if s == c {
			return c
		}
	}
	return s
}
