package guichet_test

import (
	"context"
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/guichet"
)

// users is the vendor's own table of users.
type users map[string][]guichet.Candidate

func (u users) Find(_ context.Context, q guichet.Query) ([]guichet.Candidate, error) {
	return u[q.Key], nil
}

// A family comes from EduConnect with two accounts.
func Example() {
	portals, err := guichet.NewProviders(guichet.Provider{Issuer: "https://educonnect.example/idp", Kind: guichet.KindEduConnect})
	if err != nil {
		fmt.Println(err)
		return
	}
	mother := func(id ent.ID, school string) guichet.Candidate {
		return guichet.Candidate{
			Account: id, Profile: ent.ProfileRelative, State: guichet.StateActive,
			Name: ent.Name{Family: "MARTIN", Given: "Paule"}, Schools: []string{school},
		}
	}
	accounts := users{"RENNES-5123456": {mother("u1", "Collège Test")}, "NANTES-77": {mother("u2", "Lycée Essai")}}

	// The assertion was verified by identity/saml.
	who, err := portals.Read(guichet.Assertion{
		Issuer: "https://educonnect.example/idp",
		Attributes: guichet.Attributes{
			{Name: "FrEduCtRefId", Values: []string{"{AAF}14|1|5123456", "{AAF}17|1|77", "{ECT}14|1|5"}},
			{Name: "urn:oid:1.3.6.1.4.1.20326.10.999.1.7", FriendlyName: "FrEduCtPersonAffiliation", Values: []string{"resp2d"}},
			{Name: "urn:oid:1.3.6.1.4.1.20326.10.999.1.5", Values: []string{"https://educonnect.education.gouv.fr/logout"}},
		},
	})
	if err != nil {
		fmt.Println(err, who.ReturnURL)
		return
	}
	ctx := context.Background()
	found, err := guichet.Resolver{People: accounts}.Resolve(ctx, who.Claim)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found.Issue().Message(ent.FR))

	chooser := guichet.Chooser{States: guichet.NewMemoryStates(nil)}
	offer, err := chooser.Start(ctx, guichet.Choice{Claim: who.Claim, Candidates: found.Candidates})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, c := range offer.Candidates {
		fmt.Println(i, c.Name.Display(), c.Schools)
	}
	// offer.State is posted by the page, offer.Browser comes back in a cookie.
	chosen, err := chooser.Choose(ctx, "", offer.State, offer.Browser, 1)
	fmt.Println(chosen.Candidate.Account, err)
	_, err = chooser.Choose(ctx, "", offer.State, offer.Browser, 0)
	fmt.Println(err)
	// Output:
	// Plusieurs comptes correspondent : il faut en choisir un.
	// 0 MARTIN Paule [Collège Test]
	// 1 MARTIN Paule [Lycée Essai]
	// u2 <nil>
	// guichet: chooser: GUICHET-CHOICE-USED
}
