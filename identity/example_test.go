package identity_test

import (
	"fmt"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity"
)

// What one partner receives of a pupil, and the record of it.
func Example() {
	layout, _ := identity.Preset("pronote")
	pronote, _ := layout.Compile() // once, at the start
	out, err := pronote.Release(&identity.Attributes{
		ID: "us-42", Login: "lea.dupont", Profile: ent.ProfilePupil, Name: ent.Name{Family: "DUPONT", Given: "Léa"},
		BirthDate: ent.Date{Year: 2013, Month: 5, Day: 14}, Mail: identity.Mails{Personal: "lea@exemple.test"},
	}, identity.Context{Partner: "pronote"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.User)
	for _, v := range out.Values {
		fmt.Println(v.Name, v.Text)
	}
	fmt.Println(out.Disclosure("PRONOTE", "vie scolaire", "mission d'intérêt public", time.Unix(0, 0)).Fields)
	// Output:
	// lea.dupont
	// nom DUPONT
	// prenom Léa
	// dateNaissance 14/05/2013
	// categories National_1
	// [birth-date login name.family name.given profile]
}
