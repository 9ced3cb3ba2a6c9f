// Package gradebook computes averages that explain themselves, and keeps a gradebook honest: marks with their statuses,
// sub-subjects and containers, averages set by hand, classes whose pupils come and go.
//
//	in := gradebook.Input{ // the caller's own slices, in any order
//		Periods:     []gradebook.Period{{ID: "T1", Index: 1, Count: 3}},
//		Teachings:   []gradebook.Teaching{{ID: "fr", Label: "Français", Class: "3A", Coefficient: four}},
//		Assessments: assessments, // scale, coefficient, kind
//		Marks:       marks,       // points or a status: gradebook.ParseResult("12,5"), ParseResult("abs")
//	}
//	sheet, err := gradebook.Compute(gradebook.RescaledRoundLast(), in)
//	if err != nil {
//		return err // a policy that cannot be followed, too much data
//	}
//	fmt.Println(sheet.Report().Codes()) // what is wrong with the input
//	ref := gradebook.Ref{Pupil: "zoe", Teaching: "fr", Period: "T1"}
//	average, err := sheet.Average(ref) // published, exact, rank; none is not 0
//	why, err := sheet.Explain(ref)
//	fmt.Print(why.Text(ent.FR)) // Rédaction 12,5/20, coefficient 2 → 25 …
//	err = sheet.SetMark(mark)   // what depends on it is computed again, and nothing else
//
// # Rules
//
// A [Policy] names each choice that schools and products make: how a scale counts, which optional marks are taken, what is
// rounded, and whether the next level starts from exact values or from what is shown. [RescaledRoundLast] is what a school
// without a habit should take; the other presets follow a deployed product each, named in their comments.
//
// Statuses are not marks: two of them count as 0, the others do not count at all. A pupil without a mark that counts has no
// average, and that is not 0. An unknown status is kept, does not count, and is reported.
//
// # Numbers
//
// All is exact: integers where they fit, fractions of any size where they do not. A published figure is rounded once, by the
// rounding of its level. Annual and general averages are decided by bounds where these suffice, and their exact value is
// computed when it is asked for. Marks, scales and coefficients are less than 10^6, with 4 decimals at the most.
//
// # Explanations
//
// [Sheet.Explain] returns how an average was reached: [Explanation.Tree] is the tree of all of Cartable, which Check computes
// again; [Explanation.Text] a few lines for a teacher; [Explanation.LeftOut] what does not count, and why.
//
// # Sources
//
// No text of law says how a school averages marks. The rules are those observed in Gepi, OPEN ENT, PRONOTE and SACoche: their
// documentation, their published examples, and the code of those that are open.
//
// # Known defects that are not reproduced
//
// Gepi compares a mark brought to 20 with half of the original scale; takes optional marks in the order of their dates, and
// mixes those of several boxes; gives no average when all marks are optional. OPEN ENT rounds twice, numbers equal averages
// with different ranks, and takes minima of marks of different scales. GreedyByDate and CarryRounded are there for those who
// must find the figures of their product again; the other defects are not options.
//
// # Out of scope
//
// Levels and scores of competences are package competence's, examinations package exam's, the file of the livret scolaire
// interop/lsu's. Nothing here decides who may read a mark, but [Input.Visible] leaves out what is not published yet.
package gradebook
