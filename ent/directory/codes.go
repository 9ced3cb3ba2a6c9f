package directory

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeGuard ent.Code = "DIR-GUARD"
	CodeLogin ent.Code = "DIR-LOGIN"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	return ent.NewCatalog(
		ent.Rule{
			Code: CodeGuard, Severity: ent.SeverityFatal, Source: "Cartable",
			FR: "{vanished} personnes sur {known} ({profile}) ont disparu : rien n'est supprimé sans confirmation.",
			EN: "{vanished} persons out of {known} ({profile}) have vanished: nothing is removed without confirmation.",
		},
		ent.Rule{
			Code: CodeLogin, Severity: ent.SeverityError, Source: "Cartable",
			FR: "Ni le nom ni l'identifiant ne donnent un nom de connexion.",
			EN: "Neither the name nor the identifier gives a login.",
		},
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
