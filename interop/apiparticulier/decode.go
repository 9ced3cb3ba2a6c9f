package apiparticulier

import (
	"fmt"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/fees/quotient"
)

// Decode reads the body of an answer 200. What is odd is counted in Answer.Report and never fails; it returns CodeJSON,
// CodeLimit or CodeKind, and no Answer, for what is no such body.
func Decode(kind Kind, body []byte) (Answer, error) {
	a := Answer{Kind: kind, Limits: Limits{Limit: -1, Remaining: -1}}
	o, err := parse(body)
	if err != nil {
		return Answer{}, err
	}
	r := reader{&a.Report}
	r.encoding(body)
	switch kind {
	case KindQuotient, KindEAJE, KindSchooling:
		err = r.v3(&a, o)
	case KindQuotientV2:
		r.v2(&a, o, personV2)
	case KindQuotientV1:
		r.v2(&a, o, personV1)
	default:
		err = fmt.Errorf("apiparticulier: %w", issue(CodeKind, "$"))
	}
	if err != nil {
		return Answer{}, err
	}
	r.done(o)
	return a, nil
}

func (r reader) v3(a *Answer, o *object) error {
	// links and meta are empty today; what they may hold one day is counted.
	for _, key := range []string{"links", "meta"} {
		if v := r.object(o, key); v != nil {
			r.done(v)
		}
	}
	data := r.object(o, "data")
	if data == nil {
		return fmt.Errorf("apiparticulier: %w", issue(CodeJSON, "$.data"))
	}
	if a.Kind == KindSchooling {
		a.Schooling = r.schooling(data)
		r.done(data)
		return nil
	}
	a.Holders = r.people(data, "allocataires", personV3)
	a.Children = r.people(data, "enfants", personV3)
	if p := r.part(data, "adresse"); p != nil {
		a.Address = &Address{
			Recipient: r.text(p, "destinataire"), Complement: r.text(p, "complement_information"),
			ComplementPlace: r.text(p, "complement_information_geographique"), Street: r.text(p, "numero_libelle_voie"),
			Locality: r.text(p, "lieu_dit"), PostalTown: r.text(p, "code_postal_ville"), Country: r.text(p, "pays"),
		}
		r.done(p)
	}
	if a.Kind == KindEAJE {
		a.EAJE = r.eaje(data)
	} else if p := r.part(data, "quotient_familial"); p != nil {
		a.Quotient = &FamilyQuotient{
			Provider: r.provider(p, "fournisseur"), Value: r.amount(p, "valeur"),
			Month: r.month(p, "annee", "mois"), ComputedIn: r.month(p, "annee_calcul", "mois_calcul"),
		}
		r.done(p)
	}
	r.done(data)
	return nil
}

// part returns an object that a token without the right does not get.
func (r reader) part(o *object, key string) *object {
	if !o.has(key) {
		r.odd(CodeAbsent, o, key)
		return nil
	}
	return r.object(o, key)
}

func (r reader) provider(o *object, key string) quotient.Provider {
	p := quotient.Provider(r.text(o, key))
	if p != quotient.ProviderCNAF && p != quotient.ProviderMSA {
		r.odd(CodeProvider, o, key)
	}
	return p
}

func personV3(r reader, o *object) Person {
	p := Person{
		BirthName: r.text(o, "nom_naissance"), UsageName: r.text(o, "nom_usage"), GivenNames: r.text(o, "prenoms"),
		Sex: r.text(o, "sexe"), BirthCommune: ent.InseeCode(r.text(o, "code_cog_insee_commune_naissance")),
	}
	d, err := ParsePartialDate(r.text(o, "date_naissance"))
	if err != nil {
		r.odd(CodeDate, o, "date_naissance")
	}
	p.Birth = d
	return p
}

func personV2(r reader, o *object) Person {
	return Person{
		BirthName: r.text(o, "nomNaissance"), UsageName: r.text(o, "nomUsuel", "nomUsage"), GivenNames: r.text(o, "prenoms"),
		Sex: r.text(o, "sexe"),
		Birth: r.partial(o, "anneeDateDeNaissance", r.number(o, "anneeDateDeNaissance"),
			r.number(o, "moisDateDeNaissance"), r.number(o, "jourDateDeNaissance")),
	}
}

func personV1(r reader, o *object) Person {
	p := Person{FullName: r.text(o, "nomPrenom"), Sex: r.text(o, "sexe")}
	s := r.text(o, "dateDeNaissance")
	if s == "" {
		return p
	}
	if _, ok := digits(s); !ok || len(s) != 8 { // JJMMAAAA
		r.odd(CodeDate, o, "dateDeNaissance")
		return p
	}
	day, _ := digits(s[:2])
	month, _ := digits(s[2:4])
	year, _ := digits(s[4:])
	p.Birth = r.partial(o, "dateDeNaissance", year, month, day)
	return p
}

// v2 reads the flat answers of versions 1 and 2.
func (r reader) v2(a *Answer, o *object, person func(reader, *object) Person) {
	a.Holders = r.people(o, "allocataires", person)
	a.Children = r.people(o, "enfants", person)
	if p := r.part(o, "adresse"); p != nil {
		a.Address = &Address{
			Recipient:       r.text(p, "identite"),
			Complement:      r.text(p, "complementInformation", "complementIdentite"),
			ComplementPlace: r.text(p, "complementInformationGeographique", "complementIdentiteGeo"),
			Street:          r.text(p, "numeroLibelleVoie", "numeroRue"),
			Locality:        r.text(p, "lieuDit"), PostalTown: r.text(p, "codePostalVille"), Country: r.text(p, "pays"),
		}
		r.done(p)
	}
	if !o.has("quotientFamilial") {
		r.odd(CodeAbsent, o, "quotientFamilial")
		for _, key := range []string{"regime", "annee", "mois"} {
			o.get(key)
		}
		return
	}
	q := &FamilyQuotient{Value: r.amount(o, "quotientFamilial"), Month: r.month(o, "annee", "mois")}
	if a.Kind == KindQuotientV1 && !o.has("regime") {
		q.Provider = quotient.ProviderCNAF // version 1 had no other
	} else {
		q.Provider = r.provider(o, "regime")
	}
	if a.Kind == KindQuotientV1 {
		kept, issues := quotient.FromLegacy(quotient.Quotient{Value: q.Value})
		q.Value = kept.Value
		for _, i := range issues {
			i.Path = "$.quotientFamilial"
			r.report.Add(i)
		}
	}
	a.Quotient = q
}

func (r reader) eaje(data *object) *EAJE {
	const key = "parametres_calcul_participation_familiale"
	p := r.part(data, key)
	if p == nil {
		return nil
	}
	e := &EAJE{
		DependentChildren: r.whole(p, "nombre_enfants_a_charge"),
		AEEHChildren:      r.whole(p, "nombre_enfants_beneficiaire_aeeh"),
	}
	if base := r.part(p, "base_ressources_annuelles"); base != nil {
		e.Resources, e.ResourcesYear = r.amount(base, "valeur"), r.number(base, "annee_calcul")
		r.done(base)
	}
	r.done(p)
	return e
}

func (r reader) schooling(data *object) *Schooling {
	s := &Schooling{
		SchoolYear: r.text(data, "annee_scolaire"), Enrolled: r.flag(data, "est_scolarise"),
		Scholarship: r.flag(data, "est_boursier"), Level: r.whole(data, "echelon_bourse"),
	}
	if p := r.part(data, "identite"); p != nil {
		s.Pupil = Person{BirthName: r.text(p, "nom"), GivenNames: r.text(p, "prenom"), Sex: r.text(p, "sexe")}
		d, err := ParsePartialDate(r.text(p, "date_naissance"))
		if err != nil {
			r.odd(CodeDate, p, "date_naissance")
		}
		s.Pupil.Birth = d
		r.done(p)
		r.report.Keep("person", 1)
	}
	if p := r.part(data, "module_elementaire_formation"); p != nil {
		s.ProgrammeStat, s.ProgrammeLabel = r.text(p, "code_mef_stat"), r.text(p, "libelle")
		r.done(p)
	}
	if p := r.part(data, "statut_eleve"); p != nil {
		s.Status, s.StatusLabel = r.text(p, "code"), r.text(p, "libelle")
		r.done(p)
	}
	if p := r.part(data, "etablissement"); p != nil {
		s.UAI, s.School, s.Ministry = ent.UAI(r.text(p, "code_uai")), r.text(p, "nom"), r.text(p, "code_ministere_tutelle")
		r.done(p)
	}
	return s
}
