//go:build unix

package lsu_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/internal/ratio"
	"github.com/opencartable/cartable/interop/lsu"
)

// The baseline: encoding/xml with tagged structs, the way in which one reads such a file without this package.
type (
	xFile struct {
		XMLName       xml.Name `xml:"urn:fr:edu:scolarite:lsun:bilans:import lsun-bilans"`
		SchemaVersion string   `xml:"schemaVersion,attr"`
		Editor        string   `xml:"entete>editeur"`
		Application   string   `xml:"entete>application"`
		School        string   `xml:"entete>etablissement"`
		Data          xData    `xml:"donnees"`
	}
	xData struct {
		Heads       []xRecord  `xml:"responsables-etab>responsable-etab"`
		Pupils      []xRecord  `xml:"eleves>eleve"`
		Periods     []xRecord  `xml:"periodes>periode"`
		Disciplines []xRecord  `xml:"disciplines>discipline"`
		Teachers    []xRecord  `xml:"enseignants>enseignant"`
		Elements    []xRecord  `xml:"elements-programme>element-programme"`
		Digital     []xDigital `xml:"competences-numeriques-communs>competences-numeriques-commun"`
		Parcours    []xCommon  `xml:"parcours-communs>parcours-commun"`
		Life        []xCommon  `xml:"vies-scolaires-communs>vie-scolaire-commun"`
		EPIs        []xProject `xml:"epis>epi"`
		EPIGroups   []xProject `xml:"epis-groupes>epi-groupe"`
		APs         []xProject `xml:"acc-persos>acc-perso"`
		APGroups    []xProject `xml:"acc-persos-groupes>acc-perso-groupe"`
		Periodic    []xBilan   `xml:"bilans-periodiques>bilan-periodique"`
		Cycle       []xBilan   `xml:"bilans-cycle>bilan-cycle"`
	}
	xRecord struct {
		ID       string `xml:"id,attr"`
		IDBE     string `xml:"id-be,attr"`
		Label    string `xml:"libelle,attr"`
		Family   string `xml:"nom,attr"`
		Given    string `xml:"prenom,attr"`
		Civility string `xml:"civilite,attr"`
		Division string `xml:"code-division,attr"`
		Year     string `xml:"millesime,attr"`
		Index    int    `xml:"indice,attr"`
		Count    int    `xml:"nb-periodes,attr"`
		Code     string `xml:"code,attr"`
		Election string `xml:"modalite-election,attr"`
		Type     string `xml:"type,attr"`
		STS      string `xml:"id-sts,attr"`
	}
	xDigital struct {
		ID        string `xml:"id,attr"`
		Structure string `xml:"code-structure,attr"`
		Type      string `xml:"type-structure,attr"`
		Text      string `xml:",chardata"`
	}
	xCommon struct {
		Period   string  `xml:"periode-ref,attr"`
		Division string  `xml:"code-division,attr"`
		Comment  string  `xml:"commentaire"`
		Parcours []xText `xml:"parcours"`
	}
	xText struct {
		Code string `xml:"code,attr"`
		Text string `xml:",chardata"`
	}
	xProject struct {
		ID          string `xml:"id,attr"`
		EPI         string `xml:"epi-ref,attr"`
		AP          string `xml:"acc-perso-ref,attr"`
		Title       string `xml:"intitule,attr"`
		Theme       string `xml:"thematique,attr"`
		Disciplines string `xml:"discipline-refs,attr"`
		Description string `xml:"description"`
		Comment     string `xml:"commentaire"`
		Teachings   []struct {
			Teacher    string `xml:"enseignant-ref,attr"`
			Discipline string `xml:"discipline-ref,attr"`
		} `xml:"enseignants-disciplines>enseignant-discipline"`
	}
	xBilan struct {
		Pupil        string    `xml:"eleve-ref,attr"`
		Period       string    `xml:"periode-ref,attr"`
		Cycle        string    `xml:"cycle,attr"`
		Year         string    `xml:"millesime,attr"`
		Council      string    `xml:"date-conseil-classe,attr"`
		Schooling    string    `xml:"date-scolarite,attr"`
		Created      string    `xml:"date-creation,attr"`
		Locked       string    `xml:"date-verrou,attr"`
		Head         string    `xml:"responsable-etab-ref,attr"`
		HeadTeachers string    `xml:"prof-princ-refs,attr"`
		Results      []xAcquis `xml:"liste-acquis>acquis"`
		Digital      struct {
			Commons      string  `xml:"comp-num-commun-refs,attr"`
			Appreciation string  `xml:"appreciation-num"`
			Competences  []xCode `xml:"competence-num"`
		} `xml:"competences-numeriques"`
		EPIs      []xComment `xml:"epis-eleve>epi-eleve"`
		APs       []xComment `xml:"acc-persos-eleve>acc-perso-eleve"`
		Parcours  []xText    `xml:"liste-parcours>parcours"`
		Support   []xSupport `xml:"modalites-accompagnement>modalite-accompagnement"`
		Appraisal string     `xml:"acquis-conseils"`
		Homework  string     `xml:"devoirs-faits"`
		Life      struct {
			Late      *int   `xml:"nb-retards,attr"`
			Excused   *int   `xml:"nb-abs-justifiees,attr"`
			Unexcused *int   `xml:"nb-abs-injustifiees,attr"`
			Missed    *int   `xml:"nb-heures-manquees,attr"`
			Comment   string `xml:"commentaire"`
		} `xml:"vie-scolaire"`
		Socle      []xCode     `xml:"socle>domaine"`
		Synthesis  string      `xml:"synthese"`
		Complement *xCode      `xml:"enseignement-complement"`
		Language   *xCode      `xml:"langue-culture-regionale"`
		Guardians  []xGuardian `xml:"responsables>responsable"`
	}
	xAcquis struct {
		Discipline   string `xml:"discipline-ref,attr"`
		Teachers     string `xml:"enseignant-refs,attr"`
		Elements     string `xml:"element-programme-refs,attr"`
		Mark         string `xml:"moyenne-eleve,attr"`
		ClassMark    string `xml:"moyenne-structure,attr"`
		NotMarked    bool   `xml:"eleve-non-note,attr"`
		Position     string `xml:"positionnement,attr"`
		Appreciation string `xml:"appreciation"`
	}
	xCode struct {
		Code     string `xml:"code,attr"`
		Level    string `xml:"niveau,attr"`
		Position string `xml:"positionnement,attr"`
	}
	xComment struct {
		EPI     string `xml:"epi-groupe-ref,attr"`
		AP      string `xml:"acc-perso-groupe-ref,attr"`
		Comment string `xml:"commentaire"`
	}
	xSupport struct {
		Code     string `xml:"code,attr"`
		PPRE     string `xml:"complement-ppre"`
		Contract string `xml:"complement-contrat-reussite"`
	}
	xGuardian struct {
		Civility     string `xml:"civilite,attr"`
		Family       string `xml:"nom,attr"`
		Given        string `xml:"prenom,attr"`
		Legal1       bool   `xml:"legal1,attr"`
		Legal2       bool   `xml:"legal2,attr"`
		Relationship string `xml:"lien-parente,attr"`
		Address      *struct {
			Line1  string `xml:"ligne1,attr"`
			Line2  string `xml:"ligne2,attr"`
			Postal string `xml:"code-postal,attr"`
			Town   string `xml:"commune,attr"`
		} `xml:"adresse"`
	}
)

const childMode = "CARTABLE_LSU_CHILD"

// TestMain lets a benchmark measure one piece of work in a process of its own.
func TestMain(m *testing.M) {
	if os.Getenv(childMode) == "" {
		os.Exit(m.Run())
	}
	if err := writeSchool(io.Discard, college(600, 1)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := ratio.WritePeak(os.Stdout); err != nil {
		os.Exit(1)
	}
	os.Exit(0)
}

func writeSchool(w io.Writer, d *lsu.Document) error {
	_, err := lsu.Write(w, d, lsu.WriteOptions{Version: lsu.Version7})
	return err
}

// BenchmarkRatioRead compares the reader, alone and judging by the schema, with encoding/xml and tagged structs.
func BenchmarkRatioRead(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := college(600, 1)
	var out bytes.Buffer
	require.NoError(b, writeSchool(&out, d))
	// Both sides read the same things.
	var x xFile
	require.NoError(b, xml.Unmarshal(out.Bytes(), &x))
	again, _, err := lsu.Read(bytes.NewReader(out.Bytes()), lsu.Options{})
	require.NoError(b, err)
	require.Equal(b, len(x.Data.Periodic), len(again.Periodic))
	require.Equal(b, strings.TrimSpace(x.Data.Periodic[7].Results[3].Appreciation), again.Periodic[7].Results[3].Appreciation)
	require.Equal(b, x.Data.Cycle[9].Guardians[0].Address.Town, again.Cycle[9].Guardians[0].Address.Town)
	const slow, fast = 2, 10
	for name, v := range map[string]lsu.Version{"read": "", "judged": lsu.Version7} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				base, ours, err := ratio.Best(
					ratio.CPU(func() {
						for range slow {
							var x xFile
							if err := xml.Unmarshal(out.Bytes(), &x); err != nil {
								b.Fatal(err)
							}
						}
					}),
					ratio.CPU(func() {
						for range fast {
							if _, _, err := lsu.Read(bytes.NewReader(out.Bytes()), lsu.Options{Version: v}); err != nil {
								b.Fatal(err)
							}
						}
					}))
				require.NoError(b, err)
				b.ReportMetric(base.Seconds()/slow/(ours.Seconds()/fast), "times")
				b.ReportMetric(float64(out.Len()*fast)/1e6/ours.Seconds(), "MB/s")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// BenchmarkWrite is 600 pupils with every section, checked and written: the time of one core and the peak of a process that
// builds the school and writes it.
func BenchmarkWrite(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := college(600, 1)
	var out bytes.Buffer
	require.NoError(b, writeSchool(&out, d))
	for range b.N {
		_, ours, err := ratio.Best(ratio.CPU(func() {}), ratio.CPU(func() {
			for range 5 {
				if err := writeSchool(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
		}))
		require.NoError(b, err)
		u, err := ratio.Child(os.Args[0], append(os.Environ(), childMode+"=1"))
		require.NoError(b, err)
		b.ReportMetric(ours.Seconds()*1000/5, "ms-user")
		b.ReportMetric(float64(u.Peak)/(1<<20), "MiB-peak")
		b.ReportMetric(float64(out.Len())/1e6, "MB")
		b.ReportMetric(0, "ns/op")
	}
}
