package identity

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package.
const (
	CodeDocument         ent.Code = "IDY-DOCUMENT"
	CodeSize             ent.Code = "IDY-SIZE"
	CodeLayout           ent.Code = "IDY-LAYOUT"
	CodeUnknownSource    ent.Code = "IDY-UNKNOWN-SOURCE"
	CodeUnknownTransform ent.Code = "IDY-UNKNOWN-TRANSFORM"
	CodeNoPrincipal      ent.Code = "IDY-NO-PRINCIPAL"
	CodeTransform        ent.Code = "IDY-TRANSFORM"
	CodeKey              ent.Code = "IDY-KEY"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours  = "Cartable"
		peers = "usage of French CAS servers and their partners"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeDocument, ent.SeverityFatal, ours, "Le document n'est pas un format de diffusion lisible ({field}).", "The document is not a readable layout ({field})."),
		rule(CodeSize, ent.SeverityFatal, ours, "Le document dépasse {limit} octets.", "The document is longer than {limit} bytes."),
		rule(CodeLayout, ent.SeverityError, ours, "Le format de diffusion est mal formé ({field}).", "The layout is badly formed ({field})."),
		rule(CodeUnknownSource, ent.SeverityWarning, peers, "La donnée {field} n'est pas connue : l'élément n'est pas envoyé.", "The datum {field} is not known: the element is not sent."),
		rule(CodeUnknownTransform, ent.SeverityWarning, peers, "La transformation {field} n'est pas connue : l'élément n'est pas envoyé.", "The transform {field} is not known: the element is not sent."),
		rule(CodeNoPrincipal, ent.SeverityError, peers, "Cette personne n'a pas l'identifiant que ce partenaire attend.", "This person does not have the identifier that this partner expects."),
		rule(CodeTransform, ent.SeverityWarning, peers, "La donnée {field} ne se transforme pas comme le partenaire l'attend : l'élément n'est pas envoyé.", "The datum {field} cannot be transformed as the partner expects: the element is not sent."),
		rule(CodeKey, ent.SeverityFatal, ours, "La clé des identifiants opaques compte {limit} octets au moins.", "The key of opaque identifiers has at least {limit} bytes."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
