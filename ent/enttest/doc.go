// Package enttest makes fictional academies: schools, classes, pupils, relatives and staff, for tests, examples and
// benchmarks. An academy follows from a seed and a size, from one school to a million and a half persons and more, is the
// same on every machine, and is made while one ranges over it: memory stays flat.
//
//	a := enttest.New(enttest.Options{Seed: 7, Persons: 20000})
//	for e := range a.Establishments() {
//		fmt.Println(e.ID, e.Name(), len(a.ClassesOf(e.ID)))
//	}
//	for p := range a.PupilsOf(ent.SecondDegree) { // as the feed of one degree delivers them
//		for _, r := range p.Relations {
//			fmt.Println(p.Name.Display(), r.Kinship.Label(ent.FR), r.Relative)
//		}
//	}
//	mother := a.ParentOfThreeSchools()
//	marks := a.Rand("marks", "50000001") // the source of a generator of one's own
//	fmt.Println(mother, marks.IntN(21), a.OddityOf("50000001"))
//
// # What it holds
//
// The academy is cut into sectors: up to three collèges, one with a SEGPA, a lycée, a vocational lycée, fifteen primary
// schools and their district (IEN). Families send their children to the schools of one sector: couples two in three,
// separated parents with shared or visiting custody one in six, then single and blended families, placed children,
// guardians and adult pupils; brothers, sisters and twins; grandparents and others to be called, named by the pupils of
// the second degree only. There are about 1.9 relatives for a pupil of the second degree. Teachers share out the lessons
// of each class and group, complete their hours in a second or third school, and are head teachers of the classes;
// others look after several schools, one aid works in both degrees.
//
// Levels, programmes and subjects are those of the national lists as feeds delivered them in 2013; towns, names of
// schools and every person are invented. Phones are of the ranges that the regulator keeps for fiction, mails end in
// .test, UAI begin with 999 and national pupil numbers with 99, which no register gives.
//
// Identifiers are digits, as feeds take them for keys: establishments count from 4001, pupils begin with 5, relatives
// with 6, staff with 7, households with 8. A class or group is the establishment and the code: 4001$6A. The identifier
// of a relative ends with a place in the family: 0 and 1 are the parents.
//
// # Odd cases
//
// OddPerMille of the options is the rate of each of these, five in a thousand by default:
//   - of pupils: no birth date, no INE, a wrong INE key, an INE of the older generation, a namesake, very long names, a
//     name of one letter, no civility;
//   - of relatives: the same names, a mail without at sign, no way to reach them;
//   - of staff: the same names, no birth date;
//   - of families: a relative of no pupil, and among those with several children a relative with two records;
//   - of classes of the second degree: a code with an accent, a space and a full stop; of groups: an unknown subject.
//
// At any rate but none, the replacement zone has a pseudo-UAI and the social services no first name. Twins (16 in a
// thousand children), accents, particles and apostrophes are no odd cases. [Academy.OddityOf] tells which thing has
// which, so that a test knows what a reader must report.
//
// # The canary
//
// [Canary] makes an academy whose every personal value carries a mark. A test runs a reader or a service on it and gives
// its issues, errors and logs to [Academy.FindMark], which finds what must not be there.
//
// # Stability
//
// Each thing is drawn from [Academy.Rand] with its own label and identifier, so that what is added later moves nothing.
// A golden file of the tests holds a small academy.
//
// Out of scope: lessons, marks, absences (package schooltest grows them on an academy) and the bytes of any feed.
package enttest
