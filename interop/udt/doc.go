// Package udt reads the timetable that UnDeuxTEMPS (UDT) exports: a set of small XML files, UDCal_00 to UDCal_26 and
// semaines.xml, in a folder or in the zip that schools drop.
//
//	at, err := udt.ParseName("0990001N_20250905070000_UDT.zip") // the school, and when it was exported
//	doc, report, err := udt.ReadZip(f, size, udt.Options{})
//	t, more := doc.Timetable()      // half-sequences put together, weekly files in their week
//	lessons, refused := t.Expand()  // dated; closed days are left out
//
// A line of the timetable (ligfiche) is a half-sequence. Lines that follow each other and differ in nothing else are one lesson;
// one that nothing follows is a lesson of its own. A week with a UDCal_12 of its own has those lines and no other.
//
// # Sources
//
// No description of the format is published. Names of files, elements and attributes, and the rules, are those that two open
// readers accept; nobody reads the names of the root elements. Files are found whatever the case of their names.
//
// # Out of scope
//
// Writing; the files on remarks, sites, days, levels, selections, occupation of rooms, wishes, options and volumes (01, 02, 06,
// 09, 14 to 17, 20, 22, 25, 26), which are told and left aside.
package udt
