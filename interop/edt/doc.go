// Package edt reads the timetables that EDT and PRONOTE export for partners (Index Éducation): the clear document
// ExportEmploiDuTemps, of any version met, and the encrypted envelope around it.
//
//	f, err := os.Open("Edt_To_Partner_0134567A.xml")
//	doc, report, err := edt.Read(f, edt.Options{})
//	t, more := doc.Timetable()       // courses with their weeks, groups, who is where
//	lessons, refused := t.Expand()   // dated
//
// Real files are not valid by the publisher's own schema: validity is never a condition. Names of attributes are met in other
// cases than the schema's (IdPN, IDPN), values may be empty, times may be written 8h30. What is wrong is an Issue with its line,
// and stops nothing but a document that is not well-formed.
//
// # Text exports
//
// EXP_COURS.xml and EXP_ELEVE.xml hold what a printed list holds, without identifiers:
//
//	courses, report, err := edt.ReadCourses(f, edt.Options{})
//	pupils, report, err := edt.ReadPupils(g, edt.Options{})
//	t, refused := edt.TextTimetable(courses, pupils, edt.TextOptions{Year: year, Q1: a, Q2: b})
//
// # Sources
//
// The first schemas of the publisher (ExportEmploiDuTemps, ConteneurExportChiffre), and what two open readers accept of later
// versions: Personnel, Materiel, SemainesAnnulation, SemainesInclusion, pupils of a group or of a course. What an open reader
// accepts of the text exports.
//
// # Out of scope
//
// Writing; the input of EDT (Partenaire_Index).
package edt
