// Package cartable is the root of a Go SDK for French ENT products (Espace Numérique de Travail). It declares nothing:
// begin with package ent, the nouns that every product shares, and take the part you need from the folders beside it.
//
//   - ent holds the nouns and the types that account for the work: Issue, Report, Explanation, Loss, Disclosure.
//   - interop reads and writes the formats that products exchange, beginning with the AAF feed.
//   - examples shows each part in a program.
//
// The test beside this file holds the table of which package may import which, with the reasons.
package cartable
