// Package access says who may see, do, and write to whom. Rights are data: a [Policy] is a document of grants (who, which
// actions, how far), with named rules for what the law leaves to a school. A decision comes with its reason and, when it is
// asked for, its explanation.
//
//	rules, err := access.Default().Compile() // once, at the start
//
//	scope := access.NewScope(rules, facts)   // once per request: who asks, on what day
//	d := scope.Can(access.ActionMarksRead, access.PupilTarget(&pupil))
//	fmt.Println(d.Allowed, d.Text(ent.FR))   // true représentant légal : ses enfants
//
//	guard := access.Guard{Scope: scope, Log: journal.Append}
//	if err := guard.Require(access.ActionAbsenceReasonRead, target); err != nil {
//		return err // access.CodeDenied; what the policy logs was recorded
//	}
//	reach := scope.Reach(access.ActionMarksRead, ent.ProfilePupil) // to join in SQL, never row by row
//	for who, d := range access.WhoCan(rules, access.ActionMarksRead, target, people) {
//		fmt.Println(who, d.Text(ent.FR))     // who can see this pupil's marks?
//	}
//
// # Rules that are not grants
//
//   - A relative's role follows the legal responsibility of each relation ([ent.ParseResponsibility] reads it by the
//     generation of the feed). A person in charge has contact data only, by default, and is in no group of
//     relatives: see [InCharge]. A relative without
//     responsibility has nothing.
//   - A placed child: when the social services (kinship 51) are among the relatives, every other relative is denied until a
//     [Ruling] is recorded. The social services keep what their own responsibility gives.
//   - At 18 the pupil's own [Choice] decides, for each relative or for all. Until there is one, relatives keep what they had
//     ([OfAgeKeep]), or lose it ([OfAgeEnd]). A pupil without a birth date is held to be a minor, whose refusals
//     hold all the same. What was chosen before 18 does not count.
//   - Two relatives of one pupil never read each other's contact data: see Policy.Apart.
//   - A delegated administrator reaches the establishments that are listed, no other, and reads no school-life data: a
//     policy that says otherwise is warned about.
//
// # Communication
//
// A [Network] of groups says who writes to whom: each group has a direction and links ([CommGroup]). The groups of an
// establishment follow from rules ([Communication], [GroupRule]), and so do their members ([Scope.Belongs]).
//
// # Texts
//
// Profiles, functions and levels of responsibility are those of the SDET (annexe opérationnelle; 6.3 for the levels); the
// visibility of school-life data and the directions of groups are the usage of the most deployed French products. Parental
// authority and majority: code civil, articles 371-1 to 373-5 and 414.
//
// # Out of scope
//
// Sharing one object with some people is the object's business: those it is shared with are the owners of its [Target].
// There is no store here, no session, no table: the caller gathers [Facts] from what it holds.
package access
