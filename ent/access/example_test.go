package access_test

import (
	"fmt"
	"slices"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/access"
)

// family is a pupil of class 6A with two separated parents and an aunt.
func family() access.Pupil {
	return access.Pupil{
		ID: "zoe", BirthDate: ent.Date{Year: 2013, Month: 3, Day: 7},
		Establishments: []ent.ID{"college"}, Classes: []ent.ID{"6A"},
		Relations: []ent.Relation{
			{Pupil: "zoe", Relative: "mother", Kinship: ent.KinshipMother, Responsibility: ent.ResponsibilityLegal},
			{Pupil: "zoe", Relative: "father", Kinship: ent.KinshipFather, Responsibility: ent.ResponsibilityLegal},
			{Pupil: "zoe", Relative: "aunt", Kinship: ent.KinshipOtherFamily, Responsibility: ent.ResponsibilityNone},
		},
	}
}

func Example() {
	rules, err := access.Default().Compile()
	if err != nil {
		panic(err)
	}
	today := ent.Date{Year: 2025, Month: 11, Day: 3}
	zoe := family()
	marks := access.PupilTarget(&zoe)
	people := []access.Facts{
		{Person: "zoe", Today: today, Affiliations: []ent.Affiliation{{Establishment: "college", Profile: ent.ProfilePupil}}, Pupil: &zoe},
		{Person: "mother", Today: today, Children: []access.Pupil{zoe}},
		{Person: "father", Today: today, Children: []access.Pupil{zoe}},
		{Person: "aunt", Today: today, Children: []access.Pupil{zoe}},
		{
			Person: "maths", Today: today, Affiliations: []ent.Affiliation{{Establishment: "college", Profile: ent.ProfileTeacher}},
			Teachings: []ent.Teaching{{Teacher: "maths", Establishment: "college", Class: "6A"}},
		},
		{
			Person: "sports", Today: today, Affiliations: []ent.Affiliation{{Establishment: "college", Profile: ent.ProfileTeacher}},
			Teachings: []ent.Teaching{{Teacher: "sports", Establishment: "college", Class: "5B"}},
		},
		{Person: "admin", Today: today, Delegations: []access.Delegation{{Establishments: []ent.ID{"college"}}}},
	}
	// Who can see this pupil's marks?
	for who, d := range access.WhoCan(rules, access.ActionMarksRead, marks, slices.Values(people)) {
		fmt.Printf("%s (%s)\n", who, d.Text(ent.FR))
	}
	aunt := access.NewScope(rules, people[3])
	d, why, err := aunt.Explain(access.ActionMarksRead, marks)
	if err != nil {
		panic(err)
	}
	fmt.Println(d.Allowed, d.Text(ent.FR))
	fmt.Print(why.Render(ent.EN, ent.Reader{Audience: ent.AudienceAgent}))
	// Output:
	// zoe (élève : soi-même)
	// mother (représentant légal : ses enfants)
	// father (représentant légal : ses enfants)
	// maths (enseignant : les classes et groupes où l'on enseigne)
	// false Aucun droit de cette personne ne porte sur cette action.
	// Access: read marks: 0 — the greatest of
	//   No right of this person covers this action: 0
}

func ExampleGuard_Require() {
	rules, err := access.Default().Compile()
	if err != nil {
		panic(err)
	}
	zoe := family()
	guard := access.Guard{
		Scope: access.NewScope(rules, access.Facts{Person: "mother", Today: ent.Date{Year: 2025, Month: 11, Day: 3}, Children: []access.Pupil{zoe}}),
		Log: func(a access.Access) error {
			fmt.Println("log:", a.Who, a.Action, a.Person, a.Allowed)
			return nil
		},
	}
	fmt.Println(guard.Require(access.ActionAbsenceReasonRead, access.PupilTarget(&zoe)))
	fmt.Println(guard.Require(access.ActionMarksWrite, access.PupilTarget(&zoe)))
	// Output:
	// log: mother absence.reason.read zoe true
	// <nil>
	// access: ACC-DENIED: ACC-NO-RIGHT
}
