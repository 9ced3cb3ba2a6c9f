// Package competence computes what is made of levels: the score of an item, the percentage and the mark of a subject, the
// position of a pupil in a subject, a domain or a component of the common base (socle commun). Its functions are pure, over
// the caller's own slices; an [ent.ID] is the caller's. A missing figure is missing: "not evaluated" is never 0.
//
//	scale := competence.EvenThirds() // codes RR, R, V, VV, worth 0, 33, 67, 100; a school writes its own
//	policy := competence.RecentWeighsMost()
//	score, why, err := policy.Explain(scale, competence.Window{}, []competence.Result{
//		{Code: "R"}, {Code: "V"}, {Code: "ABS"}, {Code: "VV"}, {Code: "V"},
//	}, "pupil-1")
//	if err != nil {
//		return err // what is wrong with the scale, the policy or the dates, by code
//	}
//	value, known := score.Value.Value() // 74, true
//	state, err := competence.StatesFromPercent().Convert(value)       // A
//	position, err := competence.PositionsFromPercent().Convert(value) // 3
//	fmt.Print(why.Render(ent.FR, ent.Reader{Audience: ent.AudienceConcerned, Person: "pupil-1"}))
//
// # What is here
//
// A [Scale] is two to six levels; other codes are kept as statuses, counted apart, and never count. A [Policy] names a
// method, a limit and what becomes of results older than the period. A [Table] converts a figure by intervals that cover
// its scale, which Check proves. A [LevelRule] goes from levels to positions without percentages. Scales and tables are
// documents in JSON ([ParseScale], [ParseTable]). [CheckSocle] says whether the eight components are whole.
//
// Everything is exact until the one rounding of each figure: scores and percentages to the integer, marks on 20 by 0.2 or
// 0.1, class averages by 0.1, all half up. Each figure has an Explain twin on the same path, whose tree belongs to the pupil.
//
// # Texts
//
// The four positions, the eight components and their codes are those of the LSU (import schema and code lists). How levels
// make a score is set by no text: the methods, their limits and the default thresholds are those of SACoche, the conversion
// of levels without percentages that of OPEN-ENT. Unverified, and said in the results: the detail of the two methods of the
// most frequent level, and what a state of acquisition is worth in a percentage (0, 50, 100).
//
// # Out of scope
//
// Storage and entry of results, marks and their averages (package gradebook), the file of the LSU (interop/lsu), the trees
// of frameworks (référentiels), the points that components gave for the brevet (package exam).
package competence
