// Package fet has timetables made by FET, the free timetabling program, and judges what it answers: it writes a problem in FET's
// format, runs its command line, reads the result back and counts what is wrong with it. It is not a solver.
//
//	plan, report, err := fet.FromTimetable(t, week, fet.FromOptions{PupilGaps: new(0), TeacherGaps: new(2)})
//	err = fet.Write(w, plan.Problem)                        // a .fet file
//	runner := fet.Runner{Path: "/usr/bin/fet-cl"}
//	result, err := runner.Solve(ctx, plan.Problem, fet.SolveOptions{Seconds: 60})
//	if result.Complete {
//		score := fet.Evaluate(plan.Problem, result.Solution) // by this package, not by FET
//		moved, report := plan.Moved(t, result.Solution)      // the courses of the week, where they are now
//	}
//
// Years, groups and subgroups of FET are classes, the parts of their pupils that have lessons of their own, and atoms: pupils who
// go together all week ([timetable.Audience.AtomsBetween]). A group is never taken for the classes that its pupils come from.
//
// # Sources
//
// FET 6.8.5, its files and its command line, as they are observed. FET leaves out, without failing, what it does not recognize, such
// as names of FET 7: the result of a run counts it.
//
// # Out of scope
//
// Solving; virtual rooms and sets of rooms; the constraints of FET that are not types of this package: they are read, kept and
// written as they are, and not judged.
package fet
