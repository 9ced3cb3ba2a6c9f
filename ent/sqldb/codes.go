package sqldb

import (
	"sync"

	"github.com/opencartable/cartable/ent"
)

// The codes of this package. An [Error] carries one of them.
const (
	CodeEngine     ent.Code = "SQL-ENGINE"
	CodeName       ent.Code = "SQL-NAME"
	CodeTenant     ent.Code = "SQL-TENANT"
	CodeConnection ent.Code = "SQL-CONNECTION"
	CodeBusy       ent.Code = "SQL-BUSY"
	CodeCancelled  ent.Code = "SQL-CANCELLED"
	CodeCommit     ent.Code = "SQL-COMMIT-UNKNOWN"
	CodeDuplicate  ent.Code = "SQL-DUPLICATE"
	CodeConstraint ent.Code = "SQL-CONSTRAINT"
	CodeReadOnly   ent.Code = "SQL-READ-ONLY"
	CodeNoRow      ent.Code = "SQL-NO-ROW"
	CodeScan       ent.Code = "SQL-SCAN"
	CodeOpen       ent.Code = "SQL-OPEN"
	CodeEnded      ent.Code = "SQL-ENDED"
	CodeRow        ent.Code = "SQL-ROW"
	CodeCounter    ent.Code = "SQL-COUNTER"
	CodeEvent      ent.Code = "SQL-EVENT"
	CodeConsumer   ent.Code = "SQL-CONSUMER"
	CodeDelivering ent.Code = "SQL-DELIVERING"
	CodeMember     ent.Code = "SQL-MEMBER"
	CodeMigration  ent.Code = "SQL-MIGRATION"
	CodeDatabase   ent.Code = "SQL-ERROR"
)

var catalog = sync.OnceValue(func() *ent.Catalog {
	const (
		ours   = "Cartable"
		states = "PostgreSQL, appendix A (error codes); SQLite, result and error codes"
	)
	rule := func(code ent.Code, severity ent.Severity, source, fr, en string) ent.Rule {
		return ent.Rule{Code: code, Severity: severity, Source: source, FR: fr, EN: en}
	}
	return ent.NewCatalog(
		rule(CodeEngine, ent.SeverityError, ours, "Le moteur de base de données n'est pas connu.", "The database engine is not known."),
		rule(CodeName, ent.SeverityError, ours, "Un nom de schéma, de préfixe, de table ou de colonne n'est pas valable.", "The name of a schema, prefix, table or column is not valid."),
		rule(CodeTenant, ent.SeverityError, ours, "Le client (tenant) manque.", "The tenant is missing."),
		rule(CodeConnection, ent.SeverityError, states, "La base de données ne répond pas.", "The database does not answer."),
		rule(CodeBusy, ent.SeverityError, states, "Une autre transaction tient ce qu'il faut à celle-ci : à refaire.", "Another transaction holds what this one needs: try again."),
		rule(CodeCancelled, ent.SeverityError, states, "La demande a été annulée.", "The request was cancelled."),
		rule(CodeCommit, ent.SeverityError, ours, "La base n'a pas répondu à la validation : on ne sait pas si elle est faite.", "The database did not answer the commit: whether it is done is not known."),
		rule(CodeDuplicate, ent.SeverityError, states, "Une valeur qui doit être unique est déjà là.", "A value that must be unique is already there."),
		rule(CodeConstraint, ent.SeverityError, states, "Une contrainte de la base refuse l'écriture.", "A constraint of the database refuses the write."),
		rule(CodeReadOnly, ent.SeverityError, states, "Une lecture a voulu écrire.", "A reading tried to write."),
		rule(CodeNoRow, ent.SeverityWarning, ours, "Aucune ligne ne répond.", "No row answers."),
		rule(CodeScan, ent.SeverityError, ours, "Une colonne ne se lit pas dans la variable donnée.", "A column cannot be read into the variable given."),
		rule(CodeOpen, ent.SeverityError, ours, "Une commande est partie pendant la lecture ou le chargement de lignes.", "A statement was sent while rows were being read or loaded."),
		rule(CodeEnded, ent.SeverityError, ours, "La transaction est finie.", "The transaction has ended."),
		rule(CodeRow, ent.SeverityError, ours, "Une ligne à charger n'a pas autant de valeurs que de colonnes, ou une valeur d'un type qui ne se range pas.", "A row to load does not have one value a column, or has one of a type that cannot be stored."),
		rule(CodeCounter, ent.SeverityError, ours, "Le compteur n'a pas de nom, ou moins d'un numéro est demandé.", "The counter has no name, or less than one number is asked for."),
		rule(CodeEvent, ent.SeverityError, ours, "Un événement n'a pas de type, est d'un autre client, ou a déjà un numéro.", "An event has no type, is of another tenant, or has a sequence already."),
		rule(CodeConsumer, ent.SeverityError, ours, "Le destinataire d'événements n'a pas de nom, ou le lot est vide.", "The consumer of events has no name, or the batch is empty."),
		rule(CodeDelivering, ent.SeverityWarning, ours, "Une autre livraison à ce destinataire est en cours, ou a pris la suite de celle-ci.", "Another delivery to this consumer is under way, or took over from this one."),
		rule(CodeMember, ent.SeverityError, ours, "Un rattachement n'a pas de personne, de cible ou de nature connue.", "A membership has no person, no target or no known kind."),
		rule(CodeMigration, ent.SeverityFatal, ours, "Une migration n'a pas pu être faite.", "A migration could not be made."),
		rule(CodeDatabase, ent.SeverityError, states, "La base de données a refusé la commande.", "The database refused the statement."),
	)
})

// Catalog returns the rules of this package.
func Catalog() *ent.Catalog { return catalog() }
