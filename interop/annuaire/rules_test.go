package annuaire_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
	"github.com/opencartable/cartable/interop/annuaire"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, annuaire.Catalog().Check())
}

// Each row is one defect of a file, with the issues that it makes and how many rows are kept.
func TestIssues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 65<<10)
	for _, c := range []struct {
		name    string
		profile annuaire.Profile
		content string
		want    string
		kept    int64
	}{
		{"clean", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015\n", "", 1},
		{"unknown column", annuaire.Student, "Nom;Prénom;Né(e) le;Couleur\nA;B;01/02/2015;bleu\n", "COLUMN-UNKNOWN@:1", 1},
		{"empty column", annuaire.Student, "Nom;Prénom;Né(e) le;\nA;B;01/02/2015;bleu\n", "COLUMN-EMPTY@:1", 1},
		{"separator at the end", annuaire.Student, "Nom;Prénom;Né(e) le;\nA;B;01/02/2015;\n", "", 1},
		{"column twice", annuaire.Student, "Nom;Prénom;Né(e) le;Nom de famille\nA;B;01/02/2015;C\n", "COLUMN-TWICE@:1", 1},
		{"row too long", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015;C\nD;E;01/02/2015\n", "ROW-TOO-LONG@:2:16", 1},
		{"row too long, of nothing", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015;;\n", "", 1},
		{"row short", annuaire.Student, "Nom;Prénom;Né(e) le;Courriel\nA;B;01/02/2015\n", "ROW-SHORT@:2", 1},
		{"row cut", annuaire.Student, "Nom;Prénom;Né(e) le;Courriel\nA;B\n", "ROW-CUT@:2", 0},
		{"blank rows", annuaire.Student, "Nom;Prénom;Né(e) le\n;;\n\nA;B;01/02/2015\n  ;;\n", "", 1},
		{"no last name", annuaire.Student, "Nom;Prénom;Né(e) le\n-;B;01/02/2015\n", "VALUE-MISSING@:2:1", 0},
		{"no first name", annuaire.Teacher, "Nom;Prénom\nA;\n", "VALUE-MISSING@:2:3", 0},
		{"a relative without first name", annuaire.Relative, "Nom;Prénom\nASE;\n", "NO-GIVEN-NAME@:2", 1},
		{"no birth date", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;\n", "NO-BIRTHDATE@:2", 1},
		{"birth date that does not exist", annuaire.Student, "Id;Nom;Prénom;Né(e) le\n1;A;B;30/02/2015\n", "DATE@:2:7 NO-BIRTHDATE@:2", 1},
		{"mail", annuaire.Teacher, "Nom;Prénom;Courriel\nA;B;nobody\n", "VALUE@:2:5", 1},
		{"phone", annuaire.Teacher, "Nom;Prénom;Téléphone\nA;B;12 ou 13\n", "VALUE@:2:5", 1},
		{"postal code", annuaire.Teacher, "Nom;Prénom;CP\nA;B;1\n", "VALUE@:2:5", 1},
		{"title", annuaire.Teacher, "Nom;Prénom;Civilité\nA;B;Docteur\n", "VALUE@:2:5", 1},
		{"flag", annuaire.Student, "Nom;Prénom;Né(e) le;Boursier\nA;B;01/02/2015;oui\n", "FLAG@:2:16", 1},
		{"INE", annuaire.Student, "Nom;Prénom;Né(e) le;INE\nA;B;01/02/2015;12\n", "INE@:2:16", 1},
		{"INE key", annuaire.Student, "Nom;Prénom;Né(e) le;INE\nA;B;01/02/2015;990000000AA\n", "INE-KEY@:2:16", 1},
		{"MEF", annuaire.Student, "Nom;Prénom;Né(e) le;MEF\nA;B;01/02/2015;CP\n", "VALUE@:2:16", 1},
		{"class of another school", annuaire.Student, "Nom;Prénom;Né(e) le;Classe\nA;B;01/02/2015;9$CP\n", "OTHER-SCHOOL@:2:16", 1},
		{"function of another school", annuaire.Teacher, "Nom;Prénom;Fonction\nA;B;9$ENS$x$y$z\n", "OTHER-SCHOOL@:2:5", 1},
		{"function of too many parts", annuaire.Teacher, "Nom;Prénom;Fonction\nA;B;a$b\n", "VALUE@:2:5", 1},
		{"identifier twice", annuaire.Student, "Id;Nom;Prénom;Né(e) le\n1;A;B;01/02/2015\n1;C;D;01/02/2015\n", "DUPLICATE@:3", 1},
		{"namesakes born the same day", annuaire.Student, "Nom;Prénom;Né(e) le;Classe\nA;B;01/02/2015;CP\nA;B;01/02/2015;CE1\n", "DUPLICATE@:3", 1},
		{"the same row twice", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015\nA;B;01/02/2015\n", "ROW-TWICE@:3", 2},
		{"large cell", annuaire.Student, "Nom;Prénom;Né(e) le\n" + long + ";B;01/02/2015\nC;D;01/02/2015\n", "LIMIT-CELL@:2:1", 1},
		{"quotes left out", annuaire.Student, "Nom;Prénom;Né(e) le;Adresse\nA;B;01/02/2015;rue \"des Lilas\"\n", "", 1},
		{"quote never closed", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015\n\"C;D;01/02/2015\nE;F;01/02/2015\n", "QUOTE@:3", 1},
		{"footer", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015\nIntitulé : école;;\nC;D;x\n", "", 1},
		{"footer with the address", annuaire.Student, "Nom;Prénom;Né(e) le\nA;B;01/02/2015\n\"Adresse organisme : rue\"\n", "", 1},
		{"child without a name", annuaire.Relative, "Nom;Prénom;Nom enfant;Prénom enfant\nA;B;C;\n", "CHILD-MAPPING@:2:5", 1},
		{"unknown child", annuaire.Relative, "Nom;Prénom;Nom enfant;Prénom enfant\nA;B;C;D\n", "CHILD-UNKNOWN@:2:5", 1},
		{"unknown child by identifier", annuaire.Relative, "Nom;Prénom;Id enfant\nA;B;7\n", "CHILD-UNKNOWN@:2:5", 1},
		{"unknown relative", annuaire.Student, "Nom;Prénom;Né(e) le;Relative\nA;B;01/02/2015;77\n", "RELATIVE-UNKNOWN@:2:16", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, issues := read(t, annuaire.Options{Partial: true}, file(c.profile, c.content))
			assert.Equal(t, c.want, codes(issues))
			assert.Equal(t, c.kept, s.Report().Tally(string(c.profile)).Kept)
			for _, i := range issues {
				assert.Equal(t, string(c.profile)+".csv", i.Pos.File)
				assert.NotContains(t, i.Message(ent.FR)+i.Message(ent.EN), "{")
			}
		})
	}
}

// What keeps a file from being read is an error, beside which stands what could be read.
func TestFatal(t *testing.T) {
	t.Parallel()
	small := annuaire.Limits{Bytes: 200, Rows: 2, Columns: 4}
	for _, c := range []struct {
		name string
		file annuaire.File
		want ent.Code
		kept int64
	}{
		{"too many bytes", file(annuaire.Guest, "Nom;Prénom\n"+strings.Repeat("A;B\n", 100)), annuaire.CodeLimitBytes, 0},
		{"too many rows", file(annuaire.Guest, "Nom;Prénom\nA;B\nC;D\nE;F\n"), annuaire.CodeLimitRows, 2},
		{"too many columns", file(annuaire.Guest, "Nom;Prénom;a;b;c\n"), annuaire.CodeLimitColumns, 0},
		{"no header", file(annuaire.Guest, "\n\n"), annuaire.CodeEmptyFile, 0},
		{"no first name", file(annuaire.Guest, "Nom\nA\n"), annuaire.CodeMissingColumn, 0},
		{"nobody's file", annuaire.File{Name: "x.csv", Content: strings.NewReader("Nom;Prénom\nA;B\n")}, annuaire.CodeUnknownProfile, 0},
		{"two profiles in a name", annuaire.File{Name: "élèves-enseignants.csv", Content: strings.NewReader("Nom;Prénom\n")}, annuaire.CodeUnknownProfile, 0},
		{"unknown profile given", annuaire.File{Name: "x.csv", Profile: "Parent", Content: strings.NewReader("Nom;Prénom\n")}, annuaire.CodeUnknownProfile, 0},
		{"read error", annuaire.File{Profile: annuaire.Guest, Content: iotest.ErrReader(errors.New("disk"))}, annuaire.CodeReadFailed, 0},
		{"no content", annuaire.File{Profile: annuaire.Guest}, annuaire.CodeReadFailed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, _, err := tryRead(t, annuaire.Options{Limits: small}, c.file, file(annuaire.Teacher, "Nom;Prénom\nX;Y\n"))
			require.ErrorIs(t, err, c.want)
			require.NotNil(t, s)
			assert.False(t, s.Feed().Complete)
			assert.Equal(t, 1, s.Feed().Missing)
			assert.EqualValues(t, 1, s.Report().Tally("Teacher").Kept)
			assert.Equal(t, c.kept, s.Report().Tally("Guest").Kept)
		})
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	f := func() annuaire.File { return file(annuaire.Guest, "Nom;Prénom\n") }
	for _, c := range []struct {
		o     annuaire.Options
		files []annuaire.File
		want  ent.Code
	}{
		{annuaire.Options{}, []annuaire.File{f()}, annuaire.CodeSchool},
		{annuaire.Options{School: ent.Establishment{UAI: "1234567A"}}, []annuaire.File{f()}, annuaire.CodeSchool},
		{annuaire.Options{School: school()}, nil, annuaire.CodeNoFile},
		{annuaire.Options{School: school(), Responsibility: "any"}, []annuaire.File{f()}, annuaire.CodeResponsibility},
	} {
		s, err := annuaire.Read(c.o, c.files...)
		require.ErrorIs(t, err, c.want)
		assert.Nil(t, s)
	}
}

func TestSeparatorAndCharset(t *testing.T) {
	t.Parallel()
	utf16 := "\xff\xfe"
	for _, r := range "Nom;Prénom\r\nNOËL;Zoé\r\n" {
		utf16 += string([]byte{byte(r), byte(r >> 8)})
	}
	for _, c := range []struct{ name, content, sep, charset string }{
		{"semicolon", "Nom;Prénom\nNOËL;Zoé\n", ";", "UTF-8"},
		{"comma", "Nom,Prénom,Adresse\nNOËL,Zoé,\"1, rue; x\"\n", ",", "UTF-8"},
		{"tab", "Nom\tPrénom\nNOËL\tZoé\n", "\t", "UTF-8"},
		{"separators inside a title", "\"Nom\";\"Prénom\";\"Code,a,b,c\"\nNOËL;Zoé;\n", ";", "UTF-8"},
		{"mark", "\ufeffNom;Prénom\r\nNOËL;Zoé\r\n", ";", "UTF-8"},
		{"windows-1252", "Nom;Pr\xe9nom\r\nNO\xcbL;Zo\xe9\r\n", ";", "windows-1252"},
		{"utf-16", utf16, ";", "UTF-16"},
	} {
		s, _ := read(t, annuaire.Options{}, file(annuaire.Guest, c.content))
		require.Len(t, s.List, 1, c.name)
		assert.Equal(t, ent.Name{Family: "NOËL", Given: "Zoé"}, s.List[0].Person.Name, c.name)
		assert.Equal(t, c.sep, s.Files()[0].Separator, c.name)
		assert.Equal(t, c.charset, s.Files()[0].Charset, c.name)
	}
	s, _ := read(t, annuaire.Options{}, file(annuaire.Guest, "Nom;Pr\xe9nom\nL\x92\x8cUVRE;A\n"))
	assert.Equal(t, "L’ŒUVRE", s.List[0].Person.Name.Family, "the quotes of windows-1252")
	_, issues := read(t, annuaire.Options{}, file(annuaire.Guest, "Nom;Pr\xe9nom\nA\x81;B\n"))
	assert.True(t, has(issues, annuaire.CodeCharset))
	_, issues = read(t, annuaire.Options{}, file(annuaire.Guest, "\ufeffNom;Prénom\nA\xff\xfe;B\n"))
	assert.True(t, has(issues, annuaire.CodeCharset))
}

func TestNameOfAFileSaysItsProfile(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]annuaire.Profile{
		"Student.csv": annuaire.Student, "STUDENT.CSV": annuaire.Student, "élèves.csv": annuaire.Student, "eleve.csv": annuaire.Student,
		"Relative.csv": annuaire.Relative, "Responsables.csv": annuaire.Relative, "teacher.csv": annuaire.Teacher, "Enseignants 2025.csv": annuaire.Teacher,
		"Personnel.csv": annuaire.Personnel, "personnels.csv": annuaire.Personnel, "Guest.csv": annuaire.Guest, "invités.csv": annuaire.Guest,
	} {
		s, _ := read(t, annuaire.Options{}, annuaire.File{Name: name, Content: strings.NewReader("Nom;Prénom\n")})
		assert.Equal(t, want, s.Files()[0].Profile, name)
	}
}

func TestParseFolder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, name, id, uai, class string
		code                     ent.Code
	}{
		{"École Jean@4001_9990001X_CP A", "École Jean", "4001", "9990001X", "CP A", ""},
		{"École@4001_9990001X", "École", "4001", "9990001X", "", ""},
		{"École@4001__CP_1", "École", "4001", "", "CP_1", ""},
		{"École@4001", "École", "4001", "", "", ""},
		{"École@4001_9990001A", "École", "4001", "", "", annuaire.CodeUAI},
		{"/a/b/École@4001", "École", "4001", "", "", ""},
		{"École", "", "", "", "", annuaire.CodeSchool},
		{"École@", "", "", "", "", annuaire.CodeSchool},
	} {
		s, class, err := annuaire.ParseFolder(c.in)
		if c.code != "" {
			require.ErrorIs(t, err, c.code, c.in)
		} else {
			require.NoError(t, err, c.in)
		}
		assert.Equal(t, [4]string{c.name, c.id, c.uai, c.class}, [4]string{s.Patronym, string(s.ID), string(s.UAI), class}, c.in)
	}
}

func TestOpenFolder(t *testing.T) {
	t.Parallel()
	fsys := fstest.MapFS{
		"Élèves.CSV":  {Data: []byte("Nom;Prénom;Né(e) le;Classe\nA;B;01/02/2015;CP\n")},
		"lisez.txt":   {Data: []byte("x")},
		".hidden.csv": {Data: []byte("x")},
		"old/x.csv":   {Data: []byte("x")},
	}
	var issues ent.Issues
	s, err := annuaire.OpenFS(fsys, "École@4001_9990001X_Unique", annuaire.Options{OnIssue: func(i ent.Issue) { issues = append(issues, i) }})
	require.NoError(t, err)
	assert.Equal(t, "FILE-SKIPPED@ PARTIAL@", codes(issues))
	assert.Equal(t, directory.Origin("csv:9990001X"), s.Feed().Origin)
	assert.Equal(t, []string{"4001$Unique"}, ties(s, s.List[0], directory.TieClass), "the class of the folder stands for those of the rows")
	_, err = annuaire.OpenFS(fsys, "nothing", annuaire.Options{})
	require.ErrorIs(t, err, annuaire.CodeSchool)
	s, err = annuaire.OpenFS(fsys, "nothing", annuaire.Options{School: ent.Establishment{ID: "7"}})
	require.NoError(t, err)
	assert.Equal(t, directory.Origin("csv:7"), s.Feed().Origin)
	_, err = annuaire.Open(t.TempDir()+"/none", annuaire.Options{})
	require.Error(t, err)
}

// A pupil with every column that has a place.
func TestColumnsOfPupils(t *testing.T) {
	t.Parallel()
	ine, err := ent.NewINE(990000000)
	require.NoError(t, err)
	s, issues := read(
		t, annuaire.Options{Partial: true},
		file(annuaire.Student, "\ufeffID*;NOM de famille;Nom d’usage;Prénom;Sexe;Date_naiss;INE;Niveau;Régime;Filière;Boursier;Transport;Classe;Classe;Groupes;Code matière;Matière;Statut\n"+
			"12; durand  petit;'=martin;Zoé;F;2015-04-03;"+string(ine)+";Cm1;demi-pensionnaire;x;TRUE;false;4001$CM1 A;cm1  a;G1;020700;Français;élève\n"),
	)
	require.Empty(t, issues)
	r := s.List[0]
	assert.Equal(t, directory.Key{Origin: "csv:9990001X", Category: directory.Pupil, ID: "12"}, r.Key)
	assert.Equal(t, ent.Name{Title: "Mme", Family: "=martin", Birth: "durand petit", Given: "Zoé"}, r.Person.Name)
	x := r.Person.Schooling
	assert.Equal(t, ine, x.INE)
	assert.Equal(t, "2015-04-03 Cm1 1124 00310002210 demi-pensionnaire  x", strings.Join([]string{
		r.Person.BirthDate.String(), x.Level, x.LevelCode, string(x.Programme), string(x.Regime), x.RegimeLabel, x.Track,
	}, " "))
	assert.True(t, *x.Scholarship)
	assert.False(t, *x.Transport)
	assert.Equal(t, []ent.SubjectCode{"020700"}, x.Subjects)
	assert.Equal(t, []string{"4001$CM1 A"}, ties(s, r, directory.TieClass), "one class, spelt twice")
	assert.Equal(t, []string{"4001$G1"}, ties(s, r, directory.TieGroup))
	assert.Equal(t, []string{"4001"}, ties(s, r, directory.TieEstablishment))
	losses := map[ent.Field]int64{}
	for _, l := range s.Report().Losses() {
		losses[l.Field] = l.Count
	}
	assert.Equal(t, map[ent.Field]int64{"status": 1, "fieldOfStudyLabels": 1}, losses)
}

// Every alias of the page on AAF is known under its column: the tables of section 15, as they stand there.
func TestAliases(t *testing.T) {
	t.Parallel()
	for _, titles := range []string{
		"id externalid idexterno", "nom nomdefamille apellido lastname sobrenome", "datedenaissance date_naiss datenaissance birthdate fechadenacimiento datadenascimento neele ne(e)le",
		"classe class turma clase libelleclasse classeouregroupement", "telephone telefono phone telefone telephonedomicile", "telephonetravail telefonotrabajo phonework telefonetrabalho",
		"adresse adresse1 adresseresponsable direccion address endereco", "cp codepostal cpresponsable codigopostal postcode cp1", "ville commune commune1 ciudad city cidade",
		"pays pais country pays1", "email correoelectronico courriel", "alias login", "multietab", "statut", "civilite", "sexe", "telephoneportable", "cp2", "commune2", "pays2", "adresse2",
		"identifiantclasse dateinscription deuxiemeprenom troisiemeprenom communenaissance deptnaissance paysnaissance etat intervenant",
		"niveau", "regime", "filiere cycle", "boursier", "transport", "regroupement regroupements groupes", "persreleleve relative", "ine", "mef", "libellemef", "codematiere", "matiere",
		"r1_nom", "r1_prenom", "r2_nom", "r2_prenom", "attestationfournie autorisationsassociations autorisationphoto decisiondepassage dispositif dispositifs",
	} {
		for title := range strings.FieldsSeq(titles) {
			head := "Nom;Prénom;" + title + "\n"
			if strings.Contains(titles, "lastname") {
				head = title + ";Prénom\n"
			}
			_, issues := read(t, annuaire.Options{Partial: true}, file(annuaire.Student, head))
			assert.False(t, has(issues, annuaire.CodeUnknownColumn), title)
		}
	}
	for title := range strings.FieldsSeq("idenfant childid childexternalid idexternohijo idexternofilho nomenfant nomfamilleenfant nomdefamilleenfant nomdefamilleeleve nomdeleleve nomeleve prenomenfant prenomeleve prenomdeleleve classeenfant classesenfants classeseleves classesdeleleve nomusageenfant nomdusageenfant nomdusageeleve civiliteresponsable communeresponsable pcs datedenaissanceeleve communicationadresses prenomeleve2") {
		_, issues := read(t, annuaire.Options{Partial: true}, file(annuaire.Relative, "Nom responsable;Prénom responsable;"+title+"\n"))
		assert.Empty(t, issues, title)
	}
	for title := range strings.FieldsSeq("presencedevanteleves mef libellemef groupes professeurprincipal discipline materia matiereenseignee directeur fonction funcion function funcao") {
		for _, p := range []annuaire.Profile{annuaire.Teacher, annuaire.Personnel} {
			_, issues := read(t, annuaire.Options{Partial: true}, file(p, "Nom;Prénom;"+title+"\n"))
			assert.Empty(t, issues, title)
		}
	}
	_, issues := read(t, annuaire.Options{Partial: true}, file(annuaire.Guest, "Nom;Prénom;INE\n"))
	assert.True(t, has(issues, annuaire.CodeUnknownColumn), "a guest has no INE")
}

func TestStaff(t *testing.T) {
	t.Parallel()
	s, issues := read(
		t, annuaire.Options{Partial: true},
		file(annuaire.Teacher, "Nom;Prénom;Classe;Classe;Professeur principal;Matière enseignée;Discipline\nA;Aline;6A;6B;6A;020700;LETTRES\n"),
		file(annuaire.Personnel, "Nom;Prénom;Fonction\nB;Bruno;DIR$$$\nC;Carine;4001$AED$ASSISTANT$$\nD;Denis;Agent\nA;Aline;\n"),
		file(annuaire.Guest, "Nom;Prénom;Fonction\nE;Ève;Intervenante\n"),
	)
	require.Empty(t, issues)
	profile := func(given string) ent.Profile { return find(t, s, given).Ties[0].Profile }
	aline := s.List[0]
	assert.Equal(t, ent.ProfileTeacher, aline.Ties[0].Profile)
	assert.Equal(t, []ent.Function{{DisciplineLabel: "LETTRES"}}, aline.Ties[0].Functions)
	assert.Equal(t, []string{"4001$6A", "4001$6B"}, ties(s, aline, directory.TieTeaching))
	assert.Equal(t, ent.SubjectCode("020700"), aline.Ties[1].Subject)
	assert.Equal(t, []string{"4001$6A"}, ties(s, aline, directory.TieHead))
	assert.Equal(t, []ent.Profile{ent.ProfileDirection, ent.ProfileSchoolLife, ent.ProfileStaff, ""}, []ent.Profile{profile("Bruno"), profile("Carine"), profile("Denis"), profile("Ève")})
	assert.Len(t, s.List, 6, "a teacher and somebody of the staff who share a name are two")
	assert.Equal(t, directory.Guest, find(t, s, "Ève").Key.Category)
}

// A value that is not valid keeps the issue's value only when the reader is told so.
func TestKeepValues(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		_, issues := read(t, annuaire.Options{Partial: true, KeepValues: keep}, file(annuaire.Teacher, "Nom;Prénom;Courriel\nA;B;nobody\n"))
		require.Len(t, issues, 1)
		v, ok := issues[0].Value()
		assert.Equal(t, keep, ok)
		if keep {
			assert.Equal(t, "nobody", v)
		}
		assert.NotContains(t, issues[0].Error(), "nobody")
	}
}
