// Package jsonschemas publishes the JSON Schemas (2020-12) of what Cartable writes as JSON, for readers in any language:
// the identifiers and nouns of package ent, the persisted documents (report, explanation, disclosure, event), and
// codes.json, the rules of every package with their text in French and English.
//
//	b, ok := jsonschemas.Get("ent/report-1")
//	for _, name := range jsonschemas.Names() { … }
//	http.Handle("/schemas/", http.StripPrefix("/schemas/", http.FileServerFS(jsonschemas.FS())))
//
// Each schema stands alone and refers to no other file. Its $id (urn:cartable:schema:ent:report:1) is a name, not an
// address. The number is that of the format: version 1 stays when version 2 comes. Fields may be added within a version,
// so a reader passes over those it does not know; where a list of codes is open, its known values are examples. A pattern
// is the shape of an identifier; its key is checked by the parser of package ent.
//
// The files stand here, not in package ent, which embeds nothing; internal/genschema makes them from its types and
// comments. At run time this package imports the standard library alone.
package jsonschemas

//go:generate go run ../../internal/genschema -root ../..
