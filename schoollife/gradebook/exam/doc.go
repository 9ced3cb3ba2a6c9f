// Package exam computes the result of the diplôme national du brevet (DNB) and of the general and technological
// baccalauréat: final mark, decision, mention, with the reason of each figure. Rules are values by exam year, which a caller
// may change; a missing mark is an issue and leaves the candidate without result: it is never 0.
//
//	rules, err := exam.DNBRules(2026)
//	if err != nil {
//		return err // the rules of that year are not known
//	}
//	result, why, err := rules.Explain(exam.DNBInput{
//		Averages: annual,   // every mandatory subject of the troisième
//		Optional: optional, // latin, LSF: the points above 10 of one of them
//		Marks:    marks,    // of the papers, each on its scale
//	}, "pupil-1")
//	if err != nil {
//		return err // rules that somebody changed, and that are no longer valid
//	}
//	for _, i := range result.Issues { // what is missing, what the class council has to decide, what is unverified
//		log.Print(i.Message(ent.FR))
//	}
//	fmt.Println(result.Decision.Label(ent.FR), result.Mention.Label(ent.FR), why.Render(ent.FR, reader))
//
// # What is exact, what is rounded
//
// Figures are exact until the end, and thresholds are compared with the exact figure. Result.Published alone is rounded, to
// 0.01, a half up. Roundings between steps are parameters, none by default. When the published mark reaches a threshold that
// the exact one does not, an issue (CodeEdge) says so.
//
// # What no text confirmed
//
// Each rule that rests on one source, on memory or on a choice between two readings is a field with a default, and its code
// stands in Unverified: a result that uses it has an issue of that code, until the caller, having checked, takes the code
// off the list.
//
//   - brevet from 2026: the points of an optional subject are added to the total of the averages before the division
//     ([BonusOnTotal]) rather than to their mean ([BonusOnMean]); when the other reading would change the decision or the
//     mention, CodeReading says it. No rounding was found. Weights of the papers, sciences, « En attente » and individual
//     candidates (the foreign language in the place of the oral, with its weight) have one source.
//   - brevet until 2025: thresholds of passing and of mentions. Individual candidates are refused: their papers are not known.
//   - baccalauréat: thresholds, and the second group (two papers at the most among the written ones, the better mark kept,
//     no mention).
//   - both: a dispensation takes the mark and its weight away.
//
// # Texts
//
// Brevet until 2025: arrêté of 31 December 2015. From 2026: décret 2025-328, arrêté of 10 April 2025, note de service of
// 2 September 2025 (BO of 4 September 2025). Baccalauréat: eduscol, contrôle continu, September 2025. The session of 2020 had
// rules of its own, which are not here.
//
// # Out of scope
//
// Harmonisation by academies, the jury, absences (one that counts as 0 is given as 0 by the caller), the professional
// baccalauréat, sections and their labels (European, international), the averages of a period (package gradebook).
package exam
