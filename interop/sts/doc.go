// Package sts reads the timetable of the two files that STSWEB and a timetable program exchange: EDT_STS (emp_sts), which the
// program sends, with its courses, and STS_EDT (sts_emp), which STSWEB gives.
//
//	base, _, err := sts.Read(down, sts.Options{UAI: "0990001N"})  // sts_emp: teachers, divisions, subjects
//	doc, report, err := sts.Read(up, sts.Options{UAI: "0990001N"}) // emp_sts: services and courses
//	unknown := doc.Check(base)              // structures, teachers and subjects that STSWEB does not have
//	lessons, refused := doc.Lessons()       // dated, co-teaching put together
//	t, refused := doc.Timetable(ent.Date{}) // or the yearly grid
//
// Weeks are lists of dates (ALTERNANCE). A date names its ISO week, whatever its day; a Sunday is taken for the week that begins
// on the next day, and told. A group may stand anywhere in STRUCTURE.
//
// # Sources
//
// The exchange files of STSWEB, as an open reader accepts them and as its samples show: ISO-8859-15, values padded with blanks.
//
// # Out of scope
//
// Writing. The roster of STS_EDT (functions, disciplines, programmes, MEF), but for the names that the timetable refers to.
package sts
