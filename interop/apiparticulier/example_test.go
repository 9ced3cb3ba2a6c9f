package apiparticulier_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/apiparticulier"
)

func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("nomNaissance") != "ESSAI" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"errors":[{"code":"37003"}]}`)
			return
		}
		_, _ = io.WriteString(w, `{"data":{"allocataires":[{"nom_naissance":"ESSAI","prenoms":"CAMILLE","date_naissance":"1985-06-00","sexe":"F"}],
			"enfants":[{"nom_naissance":"ESSAI","prenoms":"LOU","date_naissance":"2020-00-00","sexe":"F"}],
			"quotient_familial":{"fournisseur":"CNAF","valeur":650,"annee":2024,"mois":9,"annee_calcul":2024,"mois_calcul":9}}}`)
	}))
	defer server.Close()
	client := &apiparticulier.Client{
		BaseURL: server.URL, Recipient: "13002526500013",
		Token: func(context.Context) (string, error) { return "the-token-of-the-habilitation", nil },
	}
	who := apiparticulier.Identity{
		BirthName: "ESSAI", GivenNames: []string{"Camille"}, Sex: "F", Birth: apiparticulier.PartialDate{Year: 1985, Month: 6},
		BirthCountry: apiparticulier.France, BirthCommune: "69123",
	}
	answer, err := client.ByIdentity(context.Background(), who, ent.Month{})
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := answer.AsQuotient()
	if err != nil {
		fmt.Println(err)
		return
	}
	value, _ := q.Get()
	fmt.Println(q.Kind.Label(ent.EN), value, q.Month, "born", answer.Children[0].Birth)

	who.BirthName = "INCONNU"
	_, err = client.ByIdentity(context.Background(), who, ent.Month{})
	if failed, ok := errors.AsType[*apiparticulier.CallError](err); ok {
		fmt.Println(failed.Message(ent.EN))
	}
	// Output:
	// CAF family quotient 650 2024-09 born 2020-00-00
	// No file found. Ask the family for a proof.
}
