package fet_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/samples"
	"github.com/opencartable/cartable/schoollife/timetable"
)

// export is what the tests need of the demonstration collège's export: no format imports another, so they read it by themselves.
type export struct {
	Year struct {
		First string `xml:"DateDebut,attr"`
		Last  string `xml:"DateFin,attr"`
		Week1 string `xml:"DatePremierJourSemaine1,attr"`
	} `xml:"AnneeScolaire"`
	Places []struct {
		Number int    `xml:"Numero,attr"`
		Start  string `xml:"LibelleHeureDebut,attr"`
		End    string `xml:"LibelleHeureFin,attr"`
	} `xml:"GrilleHoraire>PlacesParJour>Place"`
	Classes []struct {
		Ident string    `xml:"Ident,attr"`
		Parts []idented `xml:"PartieDeClasse"`
	} `xml:"Classes>Classe"`
	Groups []struct {
		Ident   string    `xml:"Ident,attr"`
		Classes []idented `xml:"Classe"`
		Parts   []idented `xml:"PartieDeClasse"`
	} `xml:"Groupes>Groupe"`
	Pupils []struct {
		Ident   string    `xml:"Ident,attr"`
		Classes []idented `xml:"Classe"`
		Parts   []idented `xml:"PartieDeClasse"`
	} `xml:"Eleves>Eleve"`
	Courses []struct {
		Day      int       `xml:"Jour,attr"`
		Place    int       `xml:"NumeroPlaceDebut,attr"`
		Count    int       `xml:"NombrePlaces,attr"`
		Subject  idented   `xml:"Matiere"`
		Teachers []idented `xml:"Professeur"`
		Classes  []idented `xml:"Classe"`
		Parts    []idented `xml:"PartieDeClasse"`
		Groups   []idented `xml:"Groupe"`
		Rooms    []idented `xml:"Salle"`
	} `xml:"Cours>Cours"`
}

type idented struct {
	Ident string `xml:"Ident,attr"`
	Weeks string `xml:"Semaines,attr"`
	From  string `xml:"DateEntree,attr"`
	To    string `xml:"DateSortie,attr"`
}

func ids(list []idented) []ent.ID {
	out := make([]ent.ID, len(list))
	for i, x := range list {
		out[i] = ent.ID(x.Ident)
	}
	return out
}

// college is the demonstration collège.
func college(t testing.TB) *timetable.Timetable {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(samples.Dir(t, "schoollife", "edt"), "Edt_To_Exemple_0134567A.xml"))
	require.NoError(t, err)
	var x export
	require.NoError(t, xml.Unmarshal(b, &x))
	date := func(s string) ent.Date {
		if s == "" {
			return ent.Date{}
		}
		d, err := ent.ParseDate(s[:10])
		require.NoError(t, err)
		return d
	}
	tt := &timetable.Timetable{Year: timetable.Year{First: date(x.Year.First), Last: date(x.Year.Last), Week1: date(x.Year.Week1)}}
	tt.Grid.Days = []int{1, 2, 3, 4, 5}
	for _, p := range x.Places {
		tt.Grid.Places = append(tt.Grid.Places, timetable.Place{Number: p.Number, Start: clock(t, p.Start), End: clock(t, p.End)})
	}
	for _, c := range x.Classes {
		for _, p := range c.Parts {
			tt.Parts = append(tt.Parts, timetable.Part{ID: ent.ID(p.Ident), Class: ent.ID(c.Ident)})
		}
	}
	for _, g := range x.Groups {
		tt.Groups = append(tt.Groups, timetable.Group{ID: ent.ID(g.Ident), Classes: ids(g.Classes), Parts: ids(g.Parts)})
	}
	for _, p := range x.Pupils {
		for kind, list := range map[timetable.Kind][]idented{timetable.KindClass: p.Classes, timetable.KindPart: p.Parts} {
			for _, in := range list {
				tt.Memberships = append(tt.Memberships, timetable.Membership{
					Pupil: ent.ID(p.Ident), In: timetable.Ref{Kind: kind, ID: ent.ID(in.Ident)}, From: date(in.From), To: date(in.To),
				})
			}
		}
	}
	for i, c := range x.Courses {
		start, end, ok := tt.Grid.Times(c.Place, c.Count)
		course := timetable.Course{ID: ent.ID(fmt.Sprint("c", i+1)), Subject: ent.ID(c.Subject.Ident), Day: c.Day, Start: start, End: end}
		for _, set := range []struct {
			kind timetable.Kind
			list []idented
		}{
			{timetable.KindTeacher, c.Teachers}, {timetable.KindClass, c.Classes}, {timetable.KindPart, c.Parts}, {timetable.KindGroup, c.Groups}, {timetable.KindRoom, c.Rooms},
		} {
			for _, r := range set.list {
				if strings.TrimSpace(r.Weeks) == "" {
					continue
				}
				w, err := timetable.ParseWeeks(r.Weeks)
				require.NoError(t, err)
				course.Resources = append(course.Resources, timetable.Resource{Ref: timetable.Ref{Kind: set.kind, ID: ent.ID(r.Ident)}, Weeks: w})
			}
		}
		if ok && course.Weeks() != 0 {
			tt.Courses = append(tt.Courses, course)
		}
	}
	return tt
}
