// Package directory holds the rules of a living directory of persons. Two are here so far: the logins proposed to people,
// and the guard that refuses a feed from which too many people have vanished.
//
//	var book directory.Logins
//	book.Take("lea.martin")
//	login, err := book.Propose(ent.Name{Given: "Léa", Family: "MARTIN"}, "5000001") // lea.martin2
//
//	issues := directory.Guard{}.Check([]directory.Population{
//		{Establishment: "4001", Profile: ent.ProfilePupil, Known: 412, Vanished: 180},
//	})
//	if len(issues) > 0 {
//		return issues.Err() // the guard names the school; nothing is removed before somebody consents
//	}
//
// Sources: the practice of the most used importers of the AAF feed, their defects corrected.
// Comparing a feed with the people already held, plans, lifecycle and merges are to come here.
package directory
