// Package marks serves the pages of the gradebook: a teacher's grid, what a pupil and the family see, the class council, the
// bulletins and the file of the LSU. It shows what packages gradebook, bulletin and lsu give; the school year is that of
// schooltest.
package marks
