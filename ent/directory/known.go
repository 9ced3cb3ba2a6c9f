package directory

import (
	"context"
	"iter"

	"github.com/opencartable/cartable/ent"
)

// Known is the directory as Compare reads it. [Book] holds one in memory; directorysql is one on a database.
type Known interface {
	// Marks yields what was last applied of every key of an origin, in any order.
	Marks(ctx context.Context, o Origin) iter.Seq2[Mark, error]
	// Accounts yields the accounts that a query asks for, each once, in any order.
	Accounts(ctx context.Context, q Query) iter.Seq2[Account, error]
	// Places returns the establishments, classes and groups.
	Places(ctx context.Context) (Places, error)
	// Standing returns what the last feed of an origin was.
	Standing(ctx context.Context, o Origin) (Standing, error)
}

// Query asks for accounts: those that match any of its parts.
type Query struct {
	IDs []ent.ID
	// Keys asks for who holds one of these keys.
	Keys []Key
	// Relatives asks for the pupils with a tie to one of these; Waiting for those whose tie waits for one of these keys. Ties
	// saved at pre-deletion count.
	Relatives []ent.ID
	Waiting   []Key
	// INE asks for the pupils with one of these numbers, whatever their state.
	INE []ent.INE
	// Names asks for accounts by NameKey.
	Names []string
	// Leaving asks for all who are not active.
	Leaving bool
	// All asks for everybody.
	All bool
}

// Empty reports whether the query asks for nobody.
func (q *Query) Empty() bool {
	return len(q.IDs)+len(q.Keys)+len(q.Relatives)+len(q.Waiting)+len(q.INE)+len(q.Names) == 0 && !q.Leaving && !q.All
}

// Places is what persons are tied to.
type Places struct {
	Establishments []Place
	Classes        []ent.Class
	Groups         []ent.Group
}

// Place is an establishment with the identifiers that origins give it: two feeds may name one school by two keys.
type Place struct {
	ent.Establishment
	Keys []PlaceKey
}

// PlaceKey is how an origin names an establishment.
type PlaceKey struct {
	Origin Origin `json:"origin"`
	ID     ent.ID `json:"id"`
}

// Standing is the last feed of an origin that was applied.
type Standing struct {
	Date    ent.Date
	Academy ent.AcademyCode
	Degree  ent.Degree
	Context Hash
	// Plan numbers the plan that applied it: one that was made before is refused.
	Plan int64
	// Academies are those of the deliveries applied so far, of every origin. A delivery of another one is to be confirmed.
	Academies []ent.AcademyCode `json:"-"`
}
