package billing

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package. A use without price has the code of package tariff.
const (
	CodePayer        ent.Code = "BIL-PAYER"
	CodeMonth        ent.Code = "BIL-MONTH"
	CodeChild        ent.Code = "BIL-CHILD"
	CodeTwice        ent.Code = "BIL-CHILD-TWICE"
	CodeUseTwice     ent.Code = "BIL-USE-TWICE"
	CodeDate         ent.Code = "BIL-DATE"
	CodeNoPayer      ent.Code = "BIL-NO-PAYER"
	CodeAmount       ent.Code = "BIL-AMOUNT"
	CodeLimit        ent.Code = "BIL-LIMIT"
	CodeSubscription ent.Code = "BIL-SUBSCRIPTION"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const ours = "Cartable"
	bad := func(code ent.Code, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: ent.SeverityError, Source: ours, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		bad(CodePayer, "La personne qui paie manque.", "The person who pays is missing."),
		bad(CodeMonth, "Le mois manque ou n'existe pas.", "The month is missing or does not exist."),
		bad(CodeChild, "L'enfant de la prestation n'est pas du foyer.", "The child of the use is not of the household."),
		bad(CodeTwice, "L'enfant est deux fois dans le foyer.", "The child stands twice in the household."),
		bad(CodeUseTwice, "La prestation est donnée deux fois : même enfant, même activité, même jour.", "The use is given twice: same child, same activity, same day."),
		bad(CodeDate, "La date de la prestation manque ou n'existe pas.", "The date of the use is missing or does not exist."),
		bad(CodeNoPayer, "Le calendrier de garde ne dit pas qui paie ce jour-là.", "The custody calendar does not say who pays that day."),
		bad(CodeAmount, "Le montant est trop grand.", "The amount is too great."),
		bad(CodeLimit, "Il y en a plus de {limit}.", "There are more than {limit}."),
		bad(CodeSubscription, "L'activité s'abonne, et aucun abonnement ne court ce jour-là ; ou elle ne s'abonne pas.", "The activity wants a subscription, and none runs that day; or it takes none."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
