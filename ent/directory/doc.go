// Package directory keeps a directory of persons in step with what the national annuaire, files of schools and people say,
// and accounts for all it does.
//
//	plan, err := directory.Compare(ctx, known, source, directory.Policy{Today: today})
//	if err != nil {
//		return err
//	}
//	if err := plan.Blocked(); err != nil {
//		return err // a guard: the schools are named, nothing is removed before somebody consents
//	}
//	for c := range plan.Changes() {
//		fmt.Println(c.Op, c.ID, c.Why().Message(ent.FR)) // apply it to your own tables, or let directorysql do it
//	}
//
// A [Source] (a feed of [interop/aaf], a file of [interop/annuaire], [ByHand]) and what is [Known] give a [Plan]: typed
// changes under the caller's identifiers, each with its reason. Comparing needs no store and changes nothing; the same input
// gives the same plan. A [Book] holds a directory in memory; package directorysql one on SQLite or PostgreSQL.
//
//   - A plan is stopped or blocked ([Plan.Stopped], [Plan.Blocked]) by a delivery of another academy, an older one, one that
//     lacks files, or one from which too many have vanished ([Guard], which knows that a quarter of a collège leaves in June).
//   - It is written to a file ([Plan.WriteFile]) whose values are sealed with the caller's key, and read back elsewhere.
//   - Each origin owns what it says ([Ownership]): a feed removes nothing that another one, or somebody by hand, has said.
//   - An account lives ([Lifecycle]): missing, on its way to deletion, purged, or back. [EndOfYear] takes the classes away.
//   - Two accounts of one person are found ([Duplicates]), explained ([Likeness]), merged ([Merge]) and taken apart again.
//   - A base that exists is adopted on the first night ([Adopt]): keys are written beside its accounts, nothing is created.
//   - Logins and activation codes ([Logins], [ActivationCode]), what to search by ([SearchKeys]), a copy to show
//     ([Pseudonymiser]).
//
// # Texts
//
// Keys (jointure), profiles and levels of responsibility: SDET, annexe opérationnelle. Delays of deletion: arrêté du 30
// novembre 2006, article 6 (three months after the departure). Scores, logins and delays in detail: the practice of the most
// deployed importers of the national annuaire, their defects corrected.
//
// # Out of scope
//
// Passwords and sessions (identity/account); who may see whom (ent/access); sending anything: events are the caller's.
//
// [interop/aaf]: https://pkg.go.dev/github.com/opencartable/cartable/interop/aaf
// [interop/annuaire]: https://pkg.go.dev/github.com/opencartable/cartable/interop/annuaire
package directory
