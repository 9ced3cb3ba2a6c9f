package annuaire

import (
	"maps"
	"strings"
	"sync"
	"unicode"

	"github.com/opencartable/cartable/internal/frtext"
)

// column is what a column of a file holds, under the name that the imports of ENT give it.
type column string

// The columns.
const (
	colNone    column = ""        // not known
	colIgnored column = "ignored" // known, and left alone

	colID        column = "externalId"
	colLast      column = "lastName"
	colSurname   column = "surname"
	colFirst     column = "firstName"
	colClasses   column = "classes"
	colBirth     column = "birthDate"
	colFunctions column = "functions"
	colStatus    column = "status"
	colTitle     column = "title"
	colGender    column = "gender"
	colHome      column = "homePhone"
	colWork      column = "workPhone"
	colMobile    column = "mobile"
	colAddress   column = "address"
	colAddress2  column = "address2"
	colZip       column = "zipCode"
	colZip2      column = "zipCode2"
	colCity      column = "city"
	colCity2     column = "city2"
	colCountry   column = "country"
	colCountry2  column = "country2"
	colEmail     column = "email"
	colAlias     column = "loginAlias"
	colMulti     column = "multiEtab"

	colLevel         column = "level"
	colAccommodation column = "accommodation"
	colSector        column = "sector"
	colScholarship   column = "scholarshipHolder"
	colTransport     column = "transport"
	colGroups        column = "groups"
	colRelative      column = "relative"
	colINE           column = "ine"
	colModule        column = "module"
	colModuleName    column = "moduleName"
	colSubject       column = "fieldOfStudy"
	colSubjectLabel  column = "fieldOfStudyLabels"
	colR1Last        column = "r1LastName"
	colR1First       column = "r1FirstName"
	colR2Last        column = "r2LastName"
	colR2First       column = "r2FirstName"

	colChildID      column = "childExternalId"
	colChildLast    column = "childLastName"
	colChildFirst   column = "childFirstName"
	colChildClasses column = "childClasses"
	colChildUsage   column = "childUsername"

	colTeaches    column = "teaches"
	colHead       column = "headTeacher"
	colCategories column = "classCategories"
	colTaught     column = "subjectTaught"
)

// repeats reports whether several columns may hold the same thing: one value a cell, as many columns as values.
func (c column) repeats() bool {
	switch c {
	case colClasses, colFunctions, colGroups, colRelative, colSubject, colSubjectLabel, colHead, colCategories, colTaught,
		colChildID, colChildLast, colChildFirst, colChildClasses, colChildUsage:
		return true
	default:
		return false
	}
}

// ofChild reports whether the column of a relative names a child.
func (c column) ofChild() bool {
	switch c {
	case colChildID, colChildLast, colChildFirst, colChildClasses, colChildUsage:
		return true
	default:
		return false
	}
}

// title normalises the title of a column: lower case, without accents, spaces, asterisks, apostrophes and byte order mark.
func title(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '*', r == '\'', r == '’', r == '‘', r == '`', r == '´', r == '\uFEFF', r == '\u200B':
			return -1
		}
		return r
	}, frtext.Fold(s))
}

type aliases map[string]column

// add gives a column its titles, written with spaces between them.
func (a aliases) add(c column, titles string) {
	for t := range strings.FieldsSeq(titles) {
		a[t] = c
	}
}

// aliasTable holds the titles of each profile. Source: entcore's column mapper, as the page on AAF describes it; titles of
// ONDE and of timetable software that it lacks are marked as observed.
var aliasTable = sync.OnceValue(func() map[Profile]aliases {
	common := aliases{}
	common.add(colID, "id externalid idexterno")
	common.add(colLast, "nom nomdefamille apellido lastname sobrenome nomeleve nomresponsable")
	common.add(colSurname, "nomusage nomdusage nomdusageeleve nomusageresponsable")
	common.add(colFirst, "prenom nombre firstname nome prenomeleve prenomresponsable")
	common.add(colClasses, "classe class turma clase libelleclasse classeouregroupement")
	common.add(colBirth, "datedenaissance date_naiss datenaissance birthdate fechadenacimiento datadenascimento neele ne(e)le")
	common.add(colFunctions, "fonction funcion function funcao")
	common.add(colStatus, "statut")
	common.add(colTitle, "civilite")
	common.add(colGender, "sexe")
	common.add(colHome, "telephone telefono phone telefone telephonedomicile")
	common.add(colWork, "telephonetravail telefonotrabajo phonework telefonetrabalho")
	common.add(colMobile, "telephoneportable")
	common.add(colAddress, "adresse adresse1 adresseresponsable direccion address endereco")
	common.add(colAddress2, "adresse2")
	common.add(colZip, "cp codepostal cpresponsable codigopostal postcode cp1")
	common.add(colZip2, "cp2")
	common.add(colCity, "ville commune commune1 ciudad city cidade")
	common.add(colCity2, "commune2")
	common.add(colCountry, "pays pais country pays1")
	common.add(colCountry2, "pays2")
	common.add(colEmail, "email correoelectronico courriel")
	common.add(colAlias, "alias login")
	common.add(colMulti, "multietab")
	common.add(colIgnored, "identifiantclasse dateinscription deuxiemeprenom troisiemeprenom communenaissance deptnaissance paysnaissance etat intervenant")

	student := maps.Clone(common)
	student.add(colLevel, "niveau")
	student.add(colAccommodation, "regime")
	student.add(colSector, "filiere cycle")
	student.add(colScholarship, "boursier")
	student.add(colTransport, "transport")
	student.add(colGroups, "regroupement regroupements regroupement(s) groupes")
	student.add(colRelative, "persreleleve relative")
	student.add(colINE, "ine")
	student.add(colModule, "mef")
	student.add(colModuleName, "libellemef")
	student.add(colSubject, "codematiere")
	student.add(colSubjectLabel, "matiere")
	student.add(colR1Last, "r1_nom")
	student.add(colR1First, "r1_prenom")
	student.add(colR2Last, "r2_nom")
	student.add(colR2First, "r2_prenom")
	student.add(colIgnored, "attestationfournie autorisationassociation autorisationassociations autorisationsassociation autorisationsassociations "+
		"autorisationphoto autorisationphotos autorisationsphoto autorisationsphotos decisiondepassage dispositif dispositifs dispositif(s)")
	student.add(colLast, "nomdefamilleeleve") // observed in ONDE exports

	relative := maps.Clone(common)
	relative.add(colChildID, "idenfant childid childexternalid idexternohijo idexternofilho")
	relative.add(colChildLast, "nomenfant nomfamilleenfant nomdefamilleenfant nomdefamilleeleve nomdeleleve")
	relative.add(colChildFirst, "prenomenfant prenomeleve prenomdeleleve")
	relative.add(colChildClasses, "classeenfant classesenfants classeseleves classesdeleleve")
	relative.add(colChildUsage, "nomusageenfant nomdusageenfant nomdusageeleve")
	relative.add(colTitle, "civiliteresponsable")
	relative.add(colCity, "communeresponsable")
	relative.add(colIgnored, "pcs datedenaissanceeleve communicationadresses")
	relative.add(colChildLast, "nomeleve") // in a file of relatives, the pupil's titles are the child's
	// Observed: a class in a file of relatives is the child's, since relatives have none.
	relative.add(colChildClasses, "classe class turma clase libelleclasse classeouregroupement classeeleve classeenfants classesenfant")

	staff := maps.Clone(common)
	staff.add(colTeaches, "presencedevanteleves")
	staff.add(colModule, "mef")
	staff.add(colModuleName, "libellemef")
	staff.add(colGroups, "groupes")
	staff.add(colHead, "professeurprincipal")
	staff.add(colCategories, "discipline materia")
	staff.add(colTaught, "matiereenseignee")
	staff.add(colIgnored, "directeur")

	return map[Profile]aliases{Student: student, Relative: relative, Teacher: staff, Personnel: staff, Guest: common}
})

// columnOf returns what a title, normalised, means in a file of a profile.
func columnOf(p Profile, t string) column {
	table := aliasTable()[p]
	if c, ok := table[t]; ok {
		return c
	}
	// Observed: "Prénom élève 2", where the children of a relative are numbered.
	if p == Relative && len(t) > 1 && '1' <= t[len(t)-1] && t[len(t)-1] <= '9' {
		if c := table[t[:len(t)-1]]; c.ofChild() {
			return c
		}
	}
	return colNone
}
