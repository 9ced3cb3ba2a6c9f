package directorysql

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeRow     ent.Code = "DSQ-ROW"
	CodeStale   ent.Code = "DSQ-STALE"
	CodeBlocked ent.Code = "DSQ-BLOCKED"
	CodeUndo    ent.Code = "DSQ-UNDO"
	CodePage    ent.Code = "DSQ-PAGE"
	CodeQuery   ent.Code = "DSQ-QUERY"
	CodeReturn  ent.Code = "DSQ-RETURN"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	rule := func(code ent.Code, severity ent.Severity, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, FR: fr, EN: en, Source: "Cartable"}
	}
	return ent.NewCatalog(
		rule(CodeRow, ent.SeverityFatal, "Une ligne de la base n'est pas lisible, ou ne s'écrit pas.", "A row of the database cannot be read or written."),
		rule(
			CodeStale, ent.SeverityFatal, "Un autre plan du même annuaire source a été appliqué depuis que celui-ci a été fait.",
			"Another plan of the same source was applied since this one was made.",
		),
		rule(CodeBlocked, ent.SeverityFatal, "Ce plan ne s'applique pas sans confirmation.", "This plan is not applied without consent."),
		rule(
			CodeUndo, ent.SeverityError, "Ce plan ne se défait plus : ce n'est pas le dernier, il est déjà défait, ou le délai est passé.",
			"This plan can no longer be undone: it is not the last one, it was undone already, or its time is over.",
		),
		rule(CodePage, ent.SeverityError, "La page demandée n'existe pas.", "There is no such page."),
		rule(CodeQuery, ent.SeverityError, "Il faut au moins un caractère, ou une classe.", "At least one character is wanted, or a class."),
		rule(CodeReturn, ent.SeverityWarning, "La personne a changé depuis le plan : elle reste comme elle est.", "The person has changed since the plan: left as they are."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }

// failure is an issue as an error.
func failure(code ent.Code) error { return catalog().New(code, ent.Pos{}, "$") }
