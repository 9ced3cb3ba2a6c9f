// Package territory knows the places that codes name: régions, académies, départements and overseas collectivities,
// communes and municipal arrondissements, and the communes of the past with what became of them. The codes themselves
// are types of package ent.
//
//	t := territory.Default()
//	if d, ok := t.DepartementOfUAI("6200001G"); ok {
//		a, _ := t.Academy(d.Academy)
//		fmt.Println(d.Name, a.Name) // Corse-du-Sud Corse
//	}
//	c, ok := t.Resolve("16355") // a birth certificate's commune, merged in 2024
//	fmt.Println(c.Name, ok)     // Val-de-Cognac true
//
//	// A commune merged yesterday does not wait for a release.
//	t, err := t.With(territory.Lists{
//		Sources: []territory.Source{{List: territory.ListFormer, Title: "arrêté préfectoral", AsOf: today}},
//		Former:  []territory.FormerCommune{{Code: "01002", Name: "L'Abergement-de-Varey", Until: today, Successor: "01004"}},
//	})
//
// A code that is in no list is not found; that is never an error, since lists age.
//
// # The lists
//
// They are embedded: UTF-8 files of fields separated by semicolons, which [Files] hands out and [Territory.Load] reads
// back. Each has its sources and their dates in sources.csv, and [Territory.Sources] returns them.
//
//   - regions.csv, and the names of départements and their régions: INSEE, code officiel géographique (COG) 2026.
//   - academies.csv, and the academy of each département: the table of mission-apprentissage/flux-retour-cfas (MIT). The
//     row "000 Étranger" of that table is no academy and is left out; Saint-Barthélemy, absent from it, is added with
//     the academy of Guadeloupe.
//   - UAI prefixes: the same table. Overseas it was corrected by establishments of the ministry's annuaire: 983 is New
//     Caledonia, 984 French Polynesia, 987 Wallis and Futuna. Schools of Saint-Barthélemy and Saint-Martin have UAI of
//     Guadeloupe (971), so a prefix alone does not tell them apart.
//   - communes.csv: COG 2026, with the communes of overseas collectivities and the arrondissements of Paris, Lyon and
//     Marseille, whose codes feeds use as those of communes.
//   - former.csv: the COG's moves since 1943, followed to the commune of 2026. The successor is empty for the six
//     communes that were shared between several. Corsican codes before 1976 (20 and three digits) are left out, as
//     they are not commune codes of package ent.
//
// The last two are made by internal/gen from INSEE's files.
//
// Out of scope: postal codes, populations, intercommunal bodies, polygons, and search by name.
package territory
