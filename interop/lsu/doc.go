// Package lsu writes, reads and checks the import file of the livret scolaire unique: bilans périodiques and bilans de fin de
// cycle of the second degree (collège), and those of the first degree.
//
//	doc := &lsu.Document{ … }           // filled from the caller's own tables, by the caller's own keys
//	for _, p := range lsu.ByPupil(doc, lsu.Check(doc, lsu.Version7, lsu.Choices{})) {
//		fmt.Println(p.Pupil, p.Sentences(ent.FR))
//	}
//	for _, part := range doc.SplitByClass() {
//		f, err := os.Create("import_lsun_" + part.Class + ".xml")
//		…
//		report, err := lsu.Write(f, part.Document, lsu.WriteOptions{Version: lsu.Version7, LeaveOut: true})
//		if err != nil {
//			return err // nothing was written: errors.As gives a *lsu.BlockedError with the issues
//		}
//		report.WriteText(os.Stdout, ent.FR) // who was left out, and why
//	}
//
// One [Document] serves all versions: what a version has no place for is counted as a loss. [Write] checks what it is about
// to write and writes nothing that the schema refuses; it is deterministic, whatever the order of the records and the keys
// of the caller. [Read] reads every version and judges by the one it is asked to; [CheckFile] tells all that is wrong with a
// file. No schema is needed to run: the grammar of each version is in this package, judged as the JDK's validator does, and
// [SchemaRule] tells its rule.
//
// Texts are counted in UTF-16 units and never cut. A missing count is not 0: see [SchoolLife]. Identifiers are those of the
// caller: none is random, and a teacher without an STS identifier gets a stable one only when [Choices] asks for it.
//
// Sources: the import schemas of the ministry, from import-complet-strict v3 of 2018 to 7.0 of December 2023 and
// livret-scolaire-1d 1.0b of 2017; the nomenclature 2.10; the rules that PRONOTE, Gepi, OPEN-ENT and SACoche show. Version
// 13.0, in force since 2024-2025, has no public schema: see [Version13].
//
// Out of scope: sending the file, and the livret scolaire du lycée (LSL), whose schema is not public.
package lsu
