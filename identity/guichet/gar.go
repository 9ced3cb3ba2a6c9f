package guichet

import (
	"fmt"
	"log/slog"

	"github.com/opencartable/cartable/ent"
)

// The attributes that the GAR wants of an ENT.
const (
	FieldGARProject ent.Field = "idEnt"
	FieldGARPerson  ent.Field = "GARPersonIdentifiant"
)

// GAR is what an ENT says to the GAR (gestionnaire d'accès aux ressources) when a person opens a resource.
type GAR struct {
	// Project is the code of the ENT.
	Project string
	// Person is the identifier exported to the GAR for that person, the same one.
	Person string
}

// LogValue shows the project only.
func (g GAR) LogValue() slog.Value { return slog.GroupValue(slog.String("project", g.Project)) }

// String hides the person.
func (g GAR) String() string { return hidden }

// GoString hides the person.
func (g GAR) GoString() string { return hidden }

// Attributes returns what to send. It returns CodeGAR when an identifier is missing or has a space.
func (g GAR) Attributes() (Attributes, error) {
	if !opaque(g.Project) || !opaque(g.Person) {
		return nil, fmt.Errorf("guichet: gar: %w", CodeGAR)
	}
	return Attributes{
		{Name: string(FieldGARProject), Values: []string{g.Project}},
		{Name: string(FieldGARPerson), Values: []string{g.Person}},
	}, nil
}

// ReadGAR reads what Attributes writes. It returns CodeGAR when an identifier is missing or stands twice.
func ReadGAR(attributes Attributes) (GAR, error) {
	r := &reader{attributes: attributes}
	g := GAR{Project: parsed(r, FieldGARProject, identifier), Person: parsed(r, FieldGARPerson, identifier)}
	if g.Project == "" || g.Person == "" {
		return GAR{}, fmt.Errorf("guichet: gar: %w", CodeGAR)
	}
	return g, nil
}
