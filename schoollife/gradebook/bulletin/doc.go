// Package bulletin makes the bulletin of a pupil: what a school prints and keeps at the end of a period. [Make] gathers it from a
// [gradebook.ClassBook] into a [Document], which holds every text and every figure that is printed; [Document.HTML] writes
// it as one page that a browser prints on A4, and [Batch] does so for a class.
//
//	people := bulletin.People{
//		School: bulletin.School{Name: "Collège Berthe Morisot", UAI: "0350001L"},
//		Pupil:  func(id ent.ID) (bulletin.Pupil, bool) { … },
//		Person: func(id ent.ID) string { … }, // teachers, the president of the council, the head
//	}
//	doc, issues, err := bulletin.Make(&book, "T1", pupil, people, bulletin.Options{Chart: true})
//	if err != nil {
//		return err // refused: why, by code
//	}
//	log.Warn("bulletin", "issues", issues) // what lacks, without a name or a mark
//	err = doc.HTML(w, bulletin.Page{})
//
// # What it promises
//
//   - A bulletin is official once the term is locked ([gradebook.LockState.Printable]); before, it is a draft and says so
//     across the page.
//   - The mean, the least and the greatest of a group of fewer than [gradebook.DefaultMinimumGroup] averages are withheld, with
//     the rank, in the table, in the chart and in the written document, and the legend says so. The figures of the class on
//     the general line are withheld as well when they would give those of such a group away.
//   - No rank, unless it is asked for; no national number (INE), unless it is asked for.
//   - What is not known is absent: a count of absences is never 0 by default, a pupil without marks has "N.Not", not 0.
//   - Nothing is cut. A bulletin that does not fit one page in any of the four densities takes two, with its head on both.
//     Sizes are reckoned with the widths of DejaVu Sans Condensed, about those of Arial; print is never under 7.5 points.
//   - Ink is black on white, and nothing is told by colour alone: it can be photocopied.
//   - The page needs no script and no other file. A Content-Security-Policy of "default-src 'none'; style-src
//     'nonce-…'" is enough, with "img-src data:" for a logo.
//
// # Kept for years
//
// A Document is written as JSON ("format": "cartable.bulletin/1") with the policy of its averages and a hash of all that it was
// computed from. [Verify] says whether a gradebook still gives it, and [Replay] makes it again.
//
// # Texts
//
// The order council, lock, publication, and the states of a lock, are those of the gradebooks in use (Gepi, OPEN ENT, PRONOTE).
// The positions from 1 to 4 and the limits of texts are those of the LSU. The minimum size of a group is advice, not law.
//
// # Out of scope
//
// The right to print and to read (package access, in gradebook.Service), PDF (a browser prints one), delivery to families, the
// LSU file (interop/lsu), the bulletin of a year and of competences alone.
package bulletin
