package edt_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/interop/edt"
)

const small = `<?xml version="1.0" encoding="UTF-8"?>
<ExportEmploiDuTemps xmlns="http://www.index-education.com/exportemploidutemps" Version="1.1" UAI="0750655E">
<AnneeScolaire DateDebut="2026-09-07" DateFin="2026-09-27" DatePremierJourSemaine1="2026-09-07"/>
<GrilleHoraire><JoursOuvres><Jour>1</Jour></JoursOuvres><PlacesParJour><Place Numero="0" LibelleHeureDebut="8h30" LibelleHeureFin="9h25"/></PlacesParJour></GrilleHoraire>
<Professeurs><Professeur Ident="1" Nom="DURAND-FICTIF" Prenom="Aurélie"/></Professeurs>
<Classes><Classe Ident="1" Nom="6A"/></Classes>
<Etiquettes><Etiquette Ident="3"/></Etiquettes>
<Cours>
<Cours Jour="1" NumeroPlaceDebut="0" NombrePlaces="1"><Matiere Ident="1"/><Professeur Ident="1" Semaines="14"/><Classe Ident="1" Semaines="14"/></Cours>
<Cours Jour="1" NumeroPlaceDebut="0" NombrePlaces="1"><Matiere Ident="1"/><Professeur Ident="9" Semaines="abc"/></Cours>
</Cours>
</ExportEmploiDuTemps>`

func Example() {
	doc, _, err := edt.Read(strings.NewReader(small), edt.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	t, left := doc.Timetable()
	lessons, _ := t.Expand()
	for _, l := range lessons {
		fmt.Println(l.Date, l.Start, l.End)
	}
	for _, i := range left.Examples(edt.CodeUndated) {
		fmt.Println(i.Pos.Line, i.Message(ent.FR))
	}
	// Output:
	// 2026-09-07 08:30 09:25
	// 2026-09-14 08:30 09:25
	// 2026-09-21 08:30 09:25
	// 10 Le cours n'a aucune ressource datée : il n'a pas de séance.
}

func TestWhatIsWrongIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	d, r, err := edt.Read(strings.NewReader(small), edt.Options{File: "edt.xml"})
	require.NoError(t, err)
	assert.Equal(t, "0750655E", d.UAI)
	assert.Zero(t, r.CountOf(edt.CodeUAI))
	assert.Equal(t, 10, r.Examples(edt.CodeValue)[0].Pos.Line)
	assert.Equal(t, 10, r.Examples(edt.CodeDangling)[0].Pos.Line)
	require.NotEmpty(t, r.Losses())
	for _, code := range []ent.Code{edt.CodeValue, edt.CodeDangling, edt.CodeUnread} {
		for _, i := range r.Examples(code) {
			assert.NotContains(t, i.Error(), "abc")
			assert.NotContains(t, i.Error(), "DURAND")
		}
	}
	_, _, err = edt.Read(strings.NewReader("<a/>"), edt.Options{})
	require.ErrorIs(t, err, edt.CodeRoot)
	_, r, err = edt.Read(strings.NewReader("<ExportEmploiDuTemps>\n<a>"), edt.Options{})
	require.ErrorIs(t, err, edt.CodeXML)
	assert.Equal(t, 2, r.Examples(edt.CodeXML)[0].Pos.Line)
	_, _, err = edt.Read(strings.NewReader(small), edt.Options{MaxBytes: 100})
	require.ErrorIs(t, err, edt.CodeLimit)
	require.NoError(t, edt.Catalog().Check())
}

func TestContainerWithoutItsKey(t *testing.T) {
	t.Parallel()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	c := container(t, "container-ok-hash-of-content.xml")
	_, _, err = c.Open("Exemple", other, edt.ContainerOptions{})
	require.Error(t, err)
	assert.True(t, strings.Contains(err.Error(), string(edt.CodeKey)) || strings.Contains(err.Error(), string(edt.CodeKeySum)))
	_, _, err = c.Open("Exemple", nil, edt.ContainerOptions{})
	require.ErrorIs(t, err, edt.CodeKey)
	_, err = edt.ReadContainer(strings.NewReader("<x/>"), edt.ContainerOptions{})
	require.ErrorIs(t, err, edt.CodeRoot)
}

// FuzzRead: no input makes the reader fail but with an error, or makes a timetable that does not balance.
func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, r, err := edt.Read(bytes.NewReader(b), edt.Options{MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		if !r.Balanced() {
			t.Fatal("the reading does not balance")
		}
		tt, left := d.Timetable()
		if !left.Balanced() || left.Total().Read != int64(len(d.Courses)) {
			t.Fatal("courses are lost")
		}
		lessons, refused := tt.Expand()
		if !refused.Balanced() || len(lessons) > 63*len(d.Courses) {
			t.Fatal("lessons out of nowhere")
		}
	})
}

// FuzzContainer: an envelope is opened or refused.
func FuzzContainer(f *testing.F) {
	f.Add([]byte(`<EXPORT_INDEX_EDUCATION><CLES><PARTENAIRE NOM="a">AAAA</PARTENAIRE></CLES><CONTENU>AAAA</CONTENU></EXPORT_INDEX_EDUCATION>`))
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := edt.ReadContainer(bytes.NewReader(b), edt.ContainerOptions{MaxBytes: 1 << 20})
		if err != nil {
			return
		}
		for _, p := range c.Partners {
			if _, _, err := c.Open(p, key, edt.ContainerOptions{MaxBytes: 1 << 20}); err == nil {
				t.Fatal("opened without the key")
			}
		}
	})
}
