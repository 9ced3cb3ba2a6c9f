package apiparticulier_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/interop/apiparticulier"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, apiparticulier.Catalog().Check())
	for _, r := range apiparticulier.Catalog().Rules() {
		assert.True(t, strings.HasPrefix(string(r.Code), "APIP-"), r.Code)
	}
}

// expected is what a payload of the samples holds.
type expected struct {
	status, holders, children int
	provider                  quotient.Provider
	value                     int64
	code                      ent.Code
	api                       string
}

// payloads is the outcome of each file.
func payloads() map[string]expected {
	const cnaf, msa = quotient.ProviderCNAF, quotient.ProviderMSA
	ok := func(p quotient.Provider, value int64, holders, children int) expected {
		return expected{status: 200, provider: p, value: value, holders: holders, children: children}
	}
	no := func(status int, code ent.Code, api string) expected {
		return expected{status: status, code: code, api: api}
	}
	absent := no(404, apiparticulier.CodeNotFound, "37003")
	many := no(429, apiparticulier.CodeRate, "00429")
	unknown := no(502, apiparticulier.CodeUpstream, "37999")
	late := no(504, apiparticulier.CodeTimeout, "37002")
	return map[string]expected{
		"v2-edge-cases/200-identite-cas-nominal.yaml":                            ok(cnaf, 2550, 1, 0),
		"v2-edge-cases/404.yaml":                                                 no(404, apiparticulier.CodeNotFound, ""),
		"v2-edge-cases/503.yaml":                                                 no(503, apiparticulier.CodeUpstream, ""),
		"v2-edge-cases/france_connect_200_cnaf_2_parents_2_mineurs_1_majeur.yml": ok(cnaf, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_cnaf_2_parents_3_mineurs_1_nom_avec_caracteres_speciaux.yml":       ok(cnaf, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_cnaf_2_parents_3_mineurs_1_prenom_compose_sans_tiret.yml":          ok(cnaf, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_cnaf_2_parents_3_mineurs_dont_1_naissance_inconnue_null.yml":       ok(cnaf, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_cnaf_2_parents_4_mineurs_1_majeur.yml":                             ok(cnaf, 2550, 2, 5),
		"v2-edge-cases/france_connect_200_cnaf_2_parents_dont_1_avec_jour_00_3_mineurs.yml":                  ok(cnaf, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_msa_1_parent_1_mineur_2_majeurs.yml":                               ok(msa, 2550, 1, 3),
		"v2-edge-cases/france_connect_200_msa_2_parents_3_mineurs_1_prenom_compose_tiret.yml":                ok(msa, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_msa_2_parents_3_mineurs_dont_1_naissance_00.yml":                   ok(msa, 2550, 2, 3),
		"v2-edge-cases/france_connect_200_msa_2_parents_3_mineurs_dont_1_naissance_inconnue_chaine_vide.yml": ok(msa, 2550, 2, 3),
		"v2-edge-cases/france_connect_error.yml":                                                             ok(cnaf, 2550, 2, 3),
		"v3-eaje/200-identite-cas-nominal.yaml":                                                              ok("", 0, 1, 1),
		"v3-eaje/404.yaml":                                                                                   absent,
		"v3-eaje/429.yaml":                                                                                   many,
		"v3-eaje/502.yaml":                                                                                   unknown,
		"v3-eaje/504.yaml":                                                                                   late,
		"v3-franceconnect/404.yaml":                                                                          absent,
		"v3-franceconnect/fake_france_connect_cnaf.yml":                                                      ok(cnaf, 2550, 1, 0),
		"v3-franceconnect/fake_france_connect_cnaf_2.yml":                                                    ok(cnaf, 2550, 1, 0),
		"v3-franceconnect/france_connect_200_1_parent_0_enfant_cnaf.yml":                                     ok(cnaf, 2550, 1, 0),
		"v3-franceconnect/france_connect_200_cnaf_1_parent_3_mineurs.yml":                                    ok(cnaf, 2550, 1, 3),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_0_enfant.yml":                                    ok(cnaf, 2550, 2, 0),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_2_mineurs_1_majeur.yml":                          ok(cnaf, 2550, 2, 3),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_3_mineurs.yml":                                   ok(cnaf, 2550, 2, 3),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_3_mineurs_1_nom_avec_caracteres_speciaux.yml":    ok(cnaf, 2550, 2, 3),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_3_mineurs_1_prenom_compose_sans_tiret.yml":       ok(cnaf, 2550, 2, 3),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_3_mineurs_dont_1_jour_et_mois_inconnus.yml":      ok(cnaf, 2550, 2, 3),
		"v3-franceconnect/france_connect_200_cnaf_2_parents_4_mineurs_1_majeur.yml":                          ok(cnaf, 2550, 2, 5),
		"v3-franceconnect/france_connect_200_msa_1_parent_1_mineur_2_majeurs.yml":                            ok(msa, 2550, 1, 3),
		"v3-franceconnect/france_connect_200_msa_2_parents_5_mineurs.yml":                                    ok(msa, 2550, 2, 5),
		"v3-identite/200-couple-2_enfants-qf_msa_150_mai23.yaml":                                             ok(msa, 150, 2, 2),
		"v3-identite/200-couple-2_enfants-qf_msa_150_sept2024.yaml":                                          ok(msa, 200, 2, 2),
		"v3-identite/200-etranger-celibataire-2_enfants-qf_cnaf_300_sept2024.yaml":                           ok(cnaf, 300, 1, 2),
		"v3-identite/200-famille-4_enfants.yaml":                                                             ok(cnaf, 900, 1, 4),
		"v3-identite/200-giraud-anne-3_enfants.yaml":                                                         ok(cnaf, 1200, 1, 3),
		"v3-identite/200-identite-cas-etranger.yaml":                                                         ok(cnaf, 4270, 1, 0),
		"v3-identite/200-identite-cas-limite-erreur-phonetique.yaml":                                         ok(cnaf, 2550, 1, 0),
		"v3-identite/200-identite-cas-limite-faute-de-frappe.yaml":                                           ok(cnaf, 2550, 1, 0),
		"v3-identite/200-identite-cas-nominal-peu-de-donnee-naissance.yaml":                                  ok(cnaf, 2550, 1, 0),
		"v3-identite/200-identite-cas-nominal-peu-de-donnee-prenom.yaml":                                     ok(cnaf, 2550, 1, 0),
		"v3-identite/200-identite-cas-nominal.yaml":                                                          ok(cnaf, 2550, 1, 0),
		"v3-identite/200-martin-pierre-3_enfants.yaml":                                                       ok(cnaf, 1200, 1, 3),
		"v3-identite/200-parent-1_enfant_non_scolarise.yaml":                                                 ok(cnaf, 800, 1, 1),
		"v3-identite/200-parent-2_enfants.yaml":                                                              ok(cnaf, 1050, 1, 2),
		"v3-identite/200-parent-3_enfants.yaml":                                                              ok(cnaf, 1200, 1, 3),
		"v3-identite/200-roux-david-3_enfants-tuteur.yaml":                                                   ok(cnaf, 1200, 1, 3),
		"v3-identite/200-seul-1_enfant-qf_caf_650.yaml":                                                      ok(cnaf, 650, 1, 1),
		"v3-identite/200-seul-sans_enfant-qf_caf_2550.yaml":                                                  ok(cnaf, 2550, 1, 0),
		"v3-identite/200-usager-base-france_connect.yaml":                                                    ok(cnaf, 4270, 1, 0),
		"v3-identite/404-identite-cas-limite-erreur-phonetique.yaml":                                         absent,
		"v3-identite/404-identite-cas-limite-faute-de-frappe.yaml":                                           absent,
		"v3-identite/404-identite-cas-nominal-trop-peu-de-donnee-naissance.yaml":                             absent,
		"v3-identite/404-identite-cas-nominal-trop-peu-de-donnee-prenom.yaml":                                absent,
		"v3-identite/404.yaml":                      absent,
		"v3-identite/429.yaml":                      many,
		"v3-identite/502.yaml":                      unknown,
		"v3-identite/504.yaml":                      late,
		"v4-scolarites/200_eleve_boursier.yaml":     {status: 200},
		"v4-scolarites/200_eleve_non_boursier.yaml": {status: 200},
		"v4-scolarites/404.yaml":                    no(404, apiparticulier.CodeNotFound, "30003"),
	}
}

// readCase returns the status and the payload of a case file, whose payload is an indented block.
func readCase(t *testing.T, path string) (int, []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	m := regexp.MustCompile(`(?m)^status: (\d+)$`).FindSubmatch(b)
	require.NotNil(t, m, path)
	status, err := strconv.Atoi(string(m[1]))
	require.NoError(t, err)
	_, block, found := bytes.Cut(b, []byte("payload: |-\n"))
	require.True(t, found, path)
	return status, block
}

func kindOf(name string) apiparticulier.Kind {
	switch {
	case strings.HasPrefix(name, "v2-"):
		return apiparticulier.KindQuotientV2
	case strings.HasPrefix(name, "v3-eaje"):
		return apiparticulier.KindEAJE
	case strings.HasPrefix(name, "v4-"):
		return apiparticulier.KindSchooling
	}
	return apiparticulier.KindQuotient
}

func TestPayloads(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "fees", "api-particulier")
	want, seen := payloads(), 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Dir(path) == dir {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(rel)
		seen++
		status, body := readCase(t, path)
		w, known := want[name]
		if !assert.True(t, known, name) || !assert.Equal(t, w.status, status, name) {
			return nil
		}
		if status != 200 {
			checkError(t, name, w, apiparticulier.DecodeError(kindOf(name), status, body))
			return nil
		}
		a, err := apiparticulier.Decode(kindOf(name), body)
		if !assert.NoError(t, err, name) {
			return nil
		}
		assert.Empty(t, a.Report.Codes(), name)
		assert.True(t, a.Report.Balanced(), name)
		assert.Len(t, a.Holders, w.holders, name)
		assert.Len(t, a.Children, w.children, name)
		if w.provider == "" {
			assert.Nil(t, a.Quotient, name)
			assert.Equal(t, kindOf(name) == apiparticulier.KindEAJE, a.EAJE != nil, name)
			assert.Equal(t, kindOf(name) == apiparticulier.KindSchooling, a.Schooling != nil, name)
			return nil
		}
		q, err := a.AsQuotient()
		if assert.NoError(t, err, name) {
			v, err := q.Get()
			assert.NoError(t, err, name)
			assert.True(t, v.Equal(decimal.NewFromInt(w.value)), name)
			assert.Equal(t, w.provider, q.Provider, name)
			assert.Empty(t, q.Check(), name)
			assert.NotEmpty(t, a.Address.PostalTown, name)
		}
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, 63, seen)
	assert.Len(t, want, seen)
}

func checkError(t *testing.T, name string, w expected, e *apiparticulier.CallError) {
	t.Helper()
	assert.Equal(t, w.code, e.Code, name)
	assert.Equal(t, w.api, e.APICode, name)
	assert.ErrorIs(t, e, w.code, name)
	if w.status == 404 && kindOf(name) != apiparticulier.KindSchooling {
		var missing *quotient.NotFoundError
		assert.ErrorAs(t, e, &missing, name)
	}
}

func TestPayloadDates(t *testing.T) {
	t.Parallel()
	dir := samples.Dir(t, "fees", "api-particulier")
	for name, want := range map[string]struct {
		holder bool
		birth  apiparticulier.PartialDate
	}{
		"v3-franceconnect/france_connect_200_cnaf_2_parents_3_mineurs_dont_1_jour_et_mois_inconnus.yml":      {birth: apiparticulier.PartialDate{Year: 2020}},
		"v2-edge-cases/france_connect_200_cnaf_2_parents_3_mineurs_dont_1_naissance_inconnue_null.yml":       {birth: apiparticulier.PartialDate{Year: 2020}},
		"v2-edge-cases/france_connect_200_msa_2_parents_3_mineurs_dont_1_naissance_00.yml":                   {birth: apiparticulier.PartialDate{Year: 2020}},
		"v2-edge-cases/france_connect_200_msa_2_parents_3_mineurs_dont_1_naissance_inconnue_chaine_vide.yml": {},
		"v2-edge-cases/france_connect_200_cnaf_2_parents_dont_1_avec_jour_00_3_mineurs.yml":                  {holder: true, birth: apiparticulier.PartialDate{Year: 1981, Month: 11}},
	} {
		_, body := readCase(t, filepath.Join(dir, filepath.FromSlash(name)))
		a, err := apiparticulier.Decode(kindOf(name), body)
		require.NoError(t, err, name)
		p := a.Children[2]
		if want.holder {
			p = a.Holders[0]
		}
		assert.Equal(t, want.birth, p.Birth, name)
		_, whole := p.Birth.Date()
		assert.False(t, whole, name)
	}
}

func TestDecodeV3(t *testing.T) {
	t.Parallel()
	a, err := apiparticulier.Decode(apiparticulier.KindQuotient, []byte(`{"data":{
		"allocataires":[{"nom_naissance":"ESSAI","nom_usage":null,"prenoms":"CAMILLE","date_naissance":"1985-06-00","sexe":"F"}],
		"enfants":[],
		"quotient_familial":{"fournisseur":"MSA","valeur":0,"annee":2024,"mois":9,"annee_calcul":2024,"mois_calcul":10,"nouveau":1,"autre":{}}},
		"links":{},"meta":{}}`))
	require.NoError(t, err)
	assert.Equal(t, apiparticulier.PartialDate{Year: 1985, Month: 6}, a.Holders[0].Birth)
	assert.NotNil(t, a.Children)
	assert.Empty(t, a.Children)
	assert.Nil(t, a.Address)
	assert.Equal(t, int64(1), a.Report.CountOf(apiparticulier.CodeAbsent), "the address")
	assert.Equal(t, int64(2), a.Report.CountOf(apiparticulier.CodeUnknown))
	q, err := a.AsQuotient()
	require.NoError(t, err)
	assert.Equal(t, quotient.KindMSA, q.Kind)
	v, err := q.Get()
	require.NoError(t, err, "a quotient of 0 is a value")
	assert.True(t, v.IsZero())
	assert.Equal(t, ent.Month{Year: 2024, Month: 9}, q.Month)
	assert.Equal(t, ent.Month{Year: 2024, Month: 10}, a.Quotient.ComputedIn)
}

func TestDecodeOdd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, data string
		code       ent.Code
		quotient   error
	}{
		{"no scope", `{}`, apiparticulier.CodeAbsent, apiparticulier.CodeNoValue},
		{"another provider", `{"quotient_familial":{"fournisseur":"ENIM","valeur":5}}`, apiparticulier.CodeProvider, apiparticulier.CodeProvider},
		{"null", `{"quotient_familial":{"fournisseur":"CNAF","valeur":null}}`, apiparticulier.CodeAbsent, quotient.CodeNotFound},
		{"negative", `{"quotient_familial":{"fournisseur":"CNAF","valeur":-1}}`, apiparticulier.CodeValue, quotient.CodeNotFound},
		{"huge", `{"quotient_familial":{"fournisseur":"CNAF","valeur":1e999999999}}`, apiparticulier.CodeValue, quotient.CodeNotFound},
		{"text", `{"quotient_familial":{"fournisseur":"CNAF","valeur":"900"}}`, apiparticulier.CodeType, quotient.CodeNotFound},
		{"a list", `{"quotient_familial":[]}`, apiparticulier.CodeType, apiparticulier.CodeNoValue},
		{"month 13", `{"quotient_familial":{"fournisseur":"CNAF","valeur":5,"annee":2024,"mois":13}}`, apiparticulier.CodeDate, nil},
		{"twice", `{"quotient_familial":{"fournisseur":"CNAF","valeur":5,"valeur":6}}`, apiparticulier.CodeTwice, nil},
		{"not a person", `{"enfants":[3],"quotient_familial":{"fournisseur":"CNAF","valeur":5}}`, apiparticulier.CodeType, nil},
		{"30 February", `{"enfants":[{"date_naissance":"2020-02-30"}],"quotient_familial":{"fournisseur":"CNAF","valeur":5}}`, apiparticulier.CodeDate, nil},
		{"bytes", "{\"enfants\":[{\"prenoms\":\"\xff\"}],\"quotient_familial\":{\"fournisseur\":\"CNAF\",\"valeur\":5}}", apiparticulier.CodeEncoding, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := apiparticulier.Decode(apiparticulier.KindQuotient, []byte(`{"data":`+c.data+`}`))
			require.NoError(t, err)
			assert.NotZero(t, a.Report.CountOf(c.code))
			assert.True(t, a.Report.Balanced())
			_, err = a.AsQuotient()
			assert.ErrorIs(t, err, c.quotient)
		})
	}
}

func TestDecodeV2(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"nomUsuel", "nomUsage"} {
		a, err := apiparticulier.Decode(apiparticulier.KindQuotientV2, []byte(`{"regime":"MSA","allocataires":[{"nomNaissance":"ESSAI",
			"`+field+`":"TEST","prenoms":"Camille","anneeDateDeNaissance":"","moisDateDeNaissance":null,"jourDateDeNaissance":"00","sexe":"F"}],
			"enfants":[],"adresse":{"identite":"Madame TEST","codePostalVille":"69000 LYON","pays":"FRANCE"},"quotientFamilial":0,"annee":2024,"mois":2}`))
		require.NoError(t, err)
		assert.Equal(t, apiparticulier.Person{BirthName: "ESSAI", UsageName: "TEST", GivenNames: "Camille", Sex: "F"}, a.Holders[0])
		assert.Equal(t, "Madame TEST", a.Address.Recipient)
		q, err := a.AsQuotient()
		require.NoError(t, err, "a 0 of version 2 is a value")
		assert.Equal(t, quotient.KindMSA, q.Kind)
		assert.Empty(t, a.Report.Codes())
	}
}

func TestDecodeV1(t *testing.T) {
	t.Parallel()
	body := func(q string) []byte {
		return []byte(`{"allocataires":[{"nomPrenom":"CAMILLE ESSAI","dateDeNaissance":"01021970","sexe":"F"}],"enfants":[],
			"adresse":{"identite":"Madame","complementIdentiteGeo":"Hall B","numeroRue":"1 RUE DE LA GARE"},
			"quotientFamilial":` + q + `,"annee":2021,"mois":6}`)
	}
	a, err := apiparticulier.Decode(apiparticulier.KindQuotientV1, body("1045"))
	require.NoError(t, err)
	assert.Equal(t, apiparticulier.PartialDate{Year: 1970, Month: 2, Day: 1}, a.Holders[0].Birth)
	assert.Equal(t, "CAMILLE ESSAI", a.Holders[0].FullName)
	assert.Equal(t, "Hall B", a.Address.ComplementPlace)
	q, err := a.AsQuotient()
	require.NoError(t, err)
	assert.Equal(t, quotient.KindCAF, q.Kind)
	assert.Empty(t, a.Report.Codes())

	a, err = apiparticulier.Decode(apiparticulier.KindQuotientV1, body("0"))
	require.NoError(t, err)
	assert.True(t, a.Quotient.Value.IsZero(), "ambiguous: never a quotient of 0")
	assert.Equal(t, int64(1), a.Report.CountOf(quotient.CodeAmbiguousZero))
	_, err = a.AsQuotient()
	assert.ErrorIs(t, err, quotient.CodeNotFound)
}

func TestDecodeEAJEAndSchooling(t *testing.T) {
	t.Parallel()
	a, err := apiparticulier.Decode(apiparticulier.KindEAJE, []byte(`{"data":{"allocataires":[],"enfants":[],"adresse":null,
		"parametres_calcul_participation_familiale":{"nombre_enfants_a_charge":2,"nombre_enfants_beneficiaire_aeeh":0,
		"base_ressources_annuelles":{"valeur":40923,"annee_calcul":2023}}}}`))
	require.NoError(t, err)
	assert.Equal(t, 2, *a.EAJE.DependentChildren)
	assert.Equal(t, 0, *a.EAJE.AEEHChildren)
	assert.True(t, a.EAJE.Resources.Equal(quotient.Known(decimal.NewFromInt(40923))))
	assert.Equal(t, 2023, a.EAJE.ResourcesYear)
	assert.Empty(t, a.Report.Codes())

	a, err = apiparticulier.Decode(apiparticulier.KindSchooling, []byte(`{"data":{"identite":{"nom":"ESSAI","prenom":"Camille","sexe":"F",
		"date_naissance":"2012-08-15"},"est_scolarise":true,"est_boursier":null,"echelon_bourse":3,"statut_eleve":{"code":"ST","libelle":"Scolaire"},
		"module_elementaire_formation":{},"etablissement":{"code_uai":"0132733A"}}}`))
	require.NoError(t, err)
	assert.Nil(t, a.Schooling.Scholarship)
	assert.Equal(t, 3, *a.Schooling.Level)
	assert.Equal(t, "ST", a.Schooling.Status)
	assert.Empty(t, a.Report.Codes())
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind apiparticulier.Kind
		body string
		code ent.Code
	}{
		"empty":         {apiparticulier.KindQuotient, "", apiparticulier.CodeJSON},
		"a page":        {apiparticulier.KindQuotient, "<html>", apiparticulier.CodeJSON},
		"a list":        {apiparticulier.KindQuotientV2, "[]", apiparticulier.CodeJSON},
		"no data":       {apiparticulier.KindQuotient, "{}", apiparticulier.CodeJSON},
		"cut":           {apiparticulier.KindQuotient, `{"data":{"enfants":[`, apiparticulier.CodeJSON},
		"two":           {apiparticulier.KindQuotientV2, "{}{}", apiparticulier.CodeJSON},
		"deep":          {apiparticulier.KindQuotient, strings.Repeat(`{"data":`, 100000), apiparticulier.CodeLimit},
		"long":          {apiparticulier.KindQuotient, `{"data":{}}` + strings.Repeat(" ", apiparticulier.MaxBody), apiparticulier.CodeLimit},
		"another thing": {"else", "{}", apiparticulier.CodeKind},
	} {
		_, err := apiparticulier.Decode(c.kind, []byte(c.body))
		assert.ErrorIs(t, err, c.code, name)
	}
}

func TestPartialDate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]apiparticulier.PartialDate{
		"": {}, "0000-00-00": {}, "2020": {Year: 2020}, "2020-00-00": {Year: 2020}, "2020-05": {Year: 2020, Month: 5},
		"2020-05-00": {Year: 2020, Month: 5}, "2020-02-29": {Year: 2020, Month: 2, Day: 29}, "0000-02-29": {Month: 2, Day: 29},
	} {
		d, err := apiparticulier.ParsePartialDate(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, d, in)
		again, err := apiparticulier.ParsePartialDate(d.String())
		require.NoError(t, err)
		assert.Equal(t, d, again)
	}
	for _, in := range []string{"2021-02-29", "2020-13-00", "2020-00-32", "20", "2020-1-1", "2020/01/01", "2020-01-01T", "aaaa", "2020-", "-020-01-01"} {
		_, err := apiparticulier.ParsePartialDate(in)
		assert.ErrorIs(t, err, apiparticulier.CodeDate, in)
	}
}

func TestLogsHidePersonalData(t *testing.T) {
	t.Parallel()
	birth := apiparticulier.PartialDateOf(ent.Date{Year: 1911, Month: 11, Day: 11})
	person := apiparticulier.Person{BirthName: mark, Birth: birth}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "a", person, "b", birth, "c", apiparticulier.Address{Street: mark},
		"d", apiparticulier.FamilyQuotient{Value: quotient.Known(decimal.NewFromInt(1911))}, "e", apiparticulier.EAJE{ResourcesYear: 1911},
		"f", apiparticulier.Schooling{School: mark}, "g", apiparticulier.Answer{Holders: []apiparticulier.Person{person}},
		"h", &apiparticulier.Client{BaseURL: "https://user:" + mark + "@example.org"})
	assert.NotContains(t, log.String(), mark)
	assert.Equal(t, 6, strings.Count(log.String(), "[redacted]"))

	text, err := json.Marshal(apiparticulier.PartialDate{Year: 2020})
	require.NoError(t, err)
	assert.Equal(t, `"2020-00-00"`, string(text))
	var again apiparticulier.PartialDate
	require.NoError(t, json.Unmarshal(text, &again))
	assert.Equal(t, apiparticulier.PartialDate{Year: 2020}, again)
	assert.ErrorIs(t, json.Unmarshal([]byte(`"2020-13-00"`), &again), apiparticulier.CodeDate)
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{"data":{"allocataires":[{"date_naissance":"2020-00-00"}],"quotient_familial":{"fournisseur":"CNAF","valeur":900,"annee":2024,"mois":9}}}`,
		`{"regime":"CNAF","enfants":[{"anneeDateDeNaissance":"","moisDateDeNaissance":null,"jourDateDeNaissance":"00"}],"quotientFamilial":0}`,
		`{"errors":[{"code":"37003","meta":{"retry_in":10}}]}`, `{"error":"not_found"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range []apiparticulier.Kind{
			apiparticulier.KindQuotient, apiparticulier.KindEAJE, apiparticulier.KindQuotientV2, apiparticulier.KindQuotientV1,
			apiparticulier.KindSchooling,
		} {
			a, err := apiparticulier.Decode(kind, body)
			if err != nil {
				continue
			}
			if !a.Report.Balanced() {
				t.Error("a person is lost")
			}
			if q, err := a.AsQuotient(); err == nil {
				if issues := q.Check(); len(issues) > 0 {
					t.Error(issues.Err())
				}
			}
		}
		for _, status := range []int{302, 400, 404, 429, 503, 504, 599} {
			if e := apiparticulier.DecodeError(apiparticulier.KindQuotient, status, body); e.Situation == "" || e.Message(ent.FR) == "" {
				t.Error("an error that says nothing")
			}
		}
	})
}
