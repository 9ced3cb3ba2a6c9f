// Package cahier is the cahier de textes of a school: what was done in each lesson, the work to do and for when, what each pupil has
// done of it, visas, progressions that are used again, and the archive of each year.
//
//	service := &cahier.Service{Store: cahier.NewMemory(), School: school, Zone: zone, NewID: newID}
//
//	work, load, err := service.SaveHomework(ctx, teacher, cahier.Homework{...}, 0)
//	if load.Level == cahier.LevelHeavy {
//		fmt.Println(load.Most.Count, load.Most.Minutes) // of the pupil who has most that day, groups included
//	}
//	view, err := service.Pupil(ctx, parent, "lea", monday, sunday) // homework of the class and of her groups, done or not
//	view, err = service.Class(ctx, head, school, class, from, to)  // the reference, unpublished entries too
//
// # The class and the pupil
//
// The cahier is the class's, and an official document: it says nothing of one pupil. What a pupil has done and handed in hangs beside
// it, is seen by the pupil, the relatives and the teacher, and is not archived.
//
// # Versions
//
// Entries are never overwritten: a change is a version over the one that its author saw, and a deletion is a version too. A visa
// covers sessions in the version that was seen. A year that is closed is read only, and is kept as documents with the names of that
// time (cartable.cahier/1) for five years.
//
// # Workload
//
// Work is counted by pupil: a class with two pieces of homework and a group with one make three for who is in both. It warns, and never
// refuses.
//
// # Texts
//
// Circulaire 2010-136 of 6 September 2010 (one cahier for each class, numerical, visas, access of families); five years of archive
// are the usual guidance of académies. Texts are plain: whoever stores HTML cleans it.
//
// # Out of scope
//
// The content of files, marks, the diary of the first degree.
package cahier
