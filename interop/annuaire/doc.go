// Package annuaire reads the CSV files by which a school gives its people before, or instead of, the AAF feed: nursery and
// primary schools, private schools, exports of ONDE and of timetable software. [Source] is one of ent/directory, which
// compares it with the accounts that exist and plans the changes as it does for AAF.
//
//	src, err := annuaire.Open("École Jean Rostand@4001_9990001X", annuaire.Options{
//		Date: today, Delivers: []annuaire.Profile{annuaire.Student, annuaire.Relative, annuaire.Teacher},
//	})
//	if err != nil {
//		return err // every file that could not be read, with the line
//	}
//	src.Report().WriteText(os.Stdout, ent.FR) // what was refused, and why
//	plan, err := directory.Compare(ctx, known, src, directory.Policy{Today: today})
//	if err != nil {
//		return err
//	}
//	plan.WriteSummary(os.Stdout, ent.FR)
//
// # Files
//
// One file a profile: Student, Relative, Teacher, Personnel, Guest, or their French names; a name that says nothing, such as
// CSVExtraction.csv, is told by its header. The separator is a semicolon, a comma or a tab, as the header line shows; the
// charset UTF-8, UTF-16 with its mark, or else windows-1252. Columns are found by their titles, whatever the case, accents and
// spaces, under all the names that the imports of ENT know; a title that is not known is reported and its column left alone.
// A line that begins with Intitulé or Adresse Organisme ends the data.
//
// # What is never guessed
//
// A relative is tied to a child by the child's identifier, or by a last name in use or at birth, a first name and the class,
// when one pupil of the files has them: two make an issue, not a choice. A file says who the relatives are, not what the law
// makes of them: see Options.Responsibility. Two rows of one person that differ make an issue, and the second is refused. A
// person whom the file gives no identifier is named by what stays the same: the school, the names, a pupil's date of birth.
//
// # Whom it lets leave
//
// Nobody leaves because of a file that was forgotten or a row that was refused: see [Source].
//
// [Writer] writes such files, which a spreadsheet opens without computing a cell, and which are read back equal.
//
// Sources: the CSV imports of the most used ENT as observed (columns, names of files and folders, checks), ONDE and BE1D
// exports. Out of scope: sending files in, and the exports of ONDE 2, whose columns are not known. Students' second
// addresses, logins and a few more columns have no noun to go to: the report counts them as losses.
package annuaire
