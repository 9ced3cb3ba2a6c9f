package territory_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/territory"
)

func TestListsAreWhole(t *testing.T) {
	t.Parallel()
	d := territory.Default()
	counts := map[string]int{
		"regions":      len(slices.Collect(d.Regions())),
		"academies":    len(slices.Collect(d.Academies())),
		"departements": len(slices.Collect(d.Departements())),
		"communes":     len(slices.Collect(d.Communes())),
		"former":       len(slices.Collect(d.FormerCommunes())),
	}
	// COG 2026 has 34 875 communes and 45 municipal arrondissements; 94 communes and districts are overseas collectivities'.
	assert.Equal(t, map[string]int{"regions": 18, "academies": 34, "departements": 109, "communes": 34_875 + 45 + 94, "former": 3_876}, counts)

	for x := range d.Departements() {
		if x.Region != "" {
			r, ok := d.Region(x.Region)
			assert.True(t, ok && r.Name != "", "région of %s", x.Code)
		}
		// The southern and antarctic lands have no school.
		if x.Code == "984" {
			assert.Empty(t, x.Academy)
			continue
		}
		a, ok := d.Academy(x.Academy)
		require.True(t, ok, "academy of %s", x.Code)
		if x.Region != "" {
			assert.Equal(t, x.Region, a.Region, "région of the academy of %s", x.Code)
		}
		if metropolitan := len(x.Code) == 2; metropolitan {
			assert.NotEmpty(t, x.UAIPrefix, "UAI prefix of %s", x.Code)
			assert.NotEmpty(t, x.Region, "région of %s", x.Code)
		}
	}
	used := map[ent.DepartementCode]bool{}
	for c := range d.Communes() {
		x, ok := d.DepartementOfCommune(c.Code)
		require.True(t, ok && c.Code.Valid(), "département of %s", c.Code)
		used[x.Code] = true
		if c.Parent != "" {
			_, ok := d.Commune(c.Parent)
			assert.True(t, ok, "parent of %s", c.Code)
		}
	}
	assert.Len(t, used, 109, "every département has communes")
	var shared []ent.InseeCode
	for f := range d.FormerCommunes() {
		_, ok := d.Commune(f.Code)
		require.False(t, ok, "%s is both", f.Code)
		require.False(t, f.Until.IsZero(), "%s", f.Code)
		if _, ok := d.Resolve(f.Code); !ok {
			shared = append(shared, f.Code)
		}
	}
	assert.Equal(t, []ent.InseeCode{"08227", "45117", "51385", "51606", "60606", "77362"}, shared)
}

func TestEveryListHasADatedSource(t *testing.T) {
	t.Parallel()
	dated := map[territory.List]bool{}
	for _, s := range territory.Default().Sources() {
		dated[s.List] = true
		assert.False(t, s.AsOf.IsZero(), "%+v", s)
		for _, text := range []string{s.Title, s.Publisher, s.Licence, s.URL, s.Edition} {
			assert.NotEmpty(t, text, "%+v", s)
		}
	}
	assert.Len(t, slices.Collect(maps.Keys(dated)), 5)
}

func TestUAI(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		uai         ent.UAI
		departement ent.DepartementCode
		academy     string
	}{
		{"0750655E", "75", "Paris"},
		{"0690078K", "69", "Lyon"},
		{"6200001G", "2A", "Corse"},
		{"7200123W", "2B", "Corse"},
		{"9710003B", "971", "Guadeloupe"},
		{"9710035L", "971", "Guadeloupe"}, // a school of Saint-Barthélemy
		{"9760301Y", "976", "Mayotte"},
		{"9830002K", "988", "Nouvelle-Calédonie"},
		{"9840004G", "987", "Polynésie française"},
		{"9870034Y", "986", "Wallis et Futuna"},
		{"9990001X", "", ""},
		{"", "", ""},
		{"97", "", ""},
	} {
		d, ok := territory.Default().DepartementOfUAI(c.uai)
		assert.Equal(t, c.departement != "", ok, "%s", c.uai)
		assert.Equal(t, c.departement, d.Code, "%s", c.uai)
		a, _ := territory.Default().Academy(d.Academy)
		assert.Equal(t, c.academy, a.Name, "%s", c.uai)
		if len(c.uai) == 8 {
			assert.True(t, c.uai.Valid(), "%s", c.uai)
		}
	}
}

func TestCommune(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ code, today, name, departement string }{
		{"2A004", "2A004", "Ajaccio", "2A"},
		{"75056", "75056", "Paris", "75"},
		{"75112", "75112", "Paris 12e Arrondissement", "75"},
		{"97105", "97105", "Basse-Terre", "971"},
		{"97701", "97701", "Saint-Barthélemy", "977"},
		{"98818", "98818", "Nouméa", "988"},
		{"78002", "95002", "Ableiges", "95"},               // the Seine-et-Oise was divided in 1968
		{"16355", "16097", "Val-de-Cognac", "16"},          // merged in 2024
		{"97123", "97701", "Saint-Barthélemy", "977"},      // left Guadeloupe in 2007
		{"55478", "55530", "Valbois", "55"},                // associated in 1973, absorbed in 2024
		{"45117", "", "", "45"},                            // shared between two communes in 1965
		{"01999", "", "", "01"},                            // in no list
		{"96001", "", "", ""},                              // not a code
		{"", "", "", ""},                                   // nothing
		{"2a004", "", "", ""},                              // strict case
		{"97999", "", "", ""},                              // no such collectivity
		{"69387", "69387", "Lyon 7e Arrondissement", "69"}, // municipal arrondissement
		{"13216", "13216", "Marseille 16e Arrondissement", "13"},
	} {
		got, ok := territory.Default().Resolve(ent.InseeCode(c.code))
		assert.Equal(t, c.today != "", ok, c.code)
		assert.Equal(t, c.today, string(got.Code), c.code)
		assert.Equal(t, c.name, got.Name, c.code)
		d, _ := territory.Default().DepartementOfCommune(ent.InseeCode(c.code))
		assert.Equal(t, c.departement, string(d.Code), c.code)
		_, today := territory.Default().Commune(ent.InseeCode(c.code))
		assert.Equal(t, c.today == c.code && ok, today, c.code)
	}
	lyon, _ := territory.Default().Commune("69387")
	assert.Equal(t, ent.InseeCode("69123"), lyon.Parent)
	former, ok := territory.Default().FormerCommune("16355")
	assert.True(t, ok)
	assert.Equal(t, "Saint-Sulpice-de-Cognac 2024-01-01 16097", fmt.Sprint(former.Name, " ", former.Until, " ", former.Successor))
}

// day is the date of the fictional decisions below.
var day = ent.Date{Year: 2027, Month: 1, Day: 1}

func sources(lists ...territory.List) []territory.Source {
	var out []territory.Source
	for _, l := range lists {
		out = append(out, territory.Source{List: l, Title: "arrêté fictif", AsOf: day})
	}
	return out
}

func TestWithAddsAndReplaces(t *testing.T) {
	t.Parallel()
	base := territory.Default()
	before := slices.Collect(base.Communes())
	next, err := base.With(territory.Lists{
		Sources: sources(territory.ListCommunes, territory.ListFormer, territory.ListAcademies, territory.ListDepartements),
		Communes: []territory.Commune{
			{Code: "98999", Name: "Dernière"},
			{Code: "01004", Name: "Ambérieu-la-Neuve"},
			{Code: "16355", Name: "Saint-Sulpice-de-Cognac"}, // independent again
		},
		Former: []territory.FormerCommune{
			{Code: "01002", Name: "L'Abergement-de-Varey", Until: day, Successor: "01001"},
			{Code: "01001", Name: "L'Abergement-Clémenciat", Until: day, Successor: "01004"}, // a chain
		},
		Academies:    []territory.Academy{{Code: "099", Name: "Fictive", Region: "84"}},
		Departements: []territory.Departement{{Code: "01", UAIPrefix: "001", Name: "Ain", Region: "84", Academy: "099"}},
	})
	require.NoError(t, err)
	for code, name := range map[ent.InseeCode]string{
		"98999": "Dernière", "01004": "Ambérieu-la-Neuve", "16355": "Saint-Sulpice-de-Cognac",
		"01001": "Ambérieu-la-Neuve", "01002": "Ambérieu-la-Neuve", "2A004": "Ajaccio",
	} {
		c, ok := next.Resolve(code)
		assert.True(t, ok, code)
		assert.Equal(t, name, c.Name, code)
	}
	_, ok := next.Commune("01002")
	assert.False(t, ok, "01002 is a commune of the past")
	_, ok = next.FormerCommune("16355")
	assert.False(t, ok, "16355 is a commune of today")
	d, _ := next.DepartementOfUAI("0011111A")
	assert.Equal(t, ent.AcademyCode("099"), d.Academy)
	assert.Len(t, next.Sources(), len(base.Sources())+4)
	codes := slices.Collect(next.Communes())
	assert.Len(t, codes, len(before)+2-2)
	assert.True(t, slices.IsSortedFunc(codes, func(a, b territory.Commune) int { return strings.Compare(string(a.Code), string(b.Code)) }))

	assert.Equal(t, before, slices.Collect(base.Communes()), "the base is untouched")
	c, _ := base.Commune("01004")
	assert.Equal(t, "Ambérieu-en-Bugey", c.Name)
	d, _ = base.DepartementOfUAI("0011111A")
	assert.Equal(t, ent.AcademyCode("010"), d.Academy)
}

func TestWithRefuses(t *testing.T) {
	t.Parallel()
	communes := func(rows ...territory.Commune) territory.Lists {
		return territory.Lists{Sources: sources(territory.ListCommunes), Communes: rows}
	}
	former := func(rows ...territory.FormerCommune) territory.Lists {
		return territory.Lists{Sources: sources(territory.ListFormer), Former: rows}
	}
	departements := func(rows ...territory.Departement) territory.Lists {
		return territory.Lists{Sources: sources(territory.ListDepartements), Departements: rows}
	}
	for name, c := range map[string]struct {
		lists territory.Lists
		want  error
		at    string
	}{
		"a code of another shape":    {communes(territory.Commune{Code: "0100", Name: "X"}), ent.CodeInsee, "communes:1: code"},
		"no name":                    {communes(territory.Commune{Code: "01999"}), territory.ErrFormat, "communes:1: name"},
		"a name in another encoding": {communes(territory.Commune{Code: "01999", Name: "Br\xe9au"}), territory.ErrFormat, "communes:1: name"},
		"a code twice":               {communes(territory.Commune{Code: "01999", Name: "X"}, territory.Commune{Code: "01999", Name: "Y"}), territory.ErrDuplicate, "communes:2: code"},
		"a département in no list":   {communes(territory.Commune{Code: "97999", Name: "X"}), territory.ErrReference, "communes:1: code"},
		"a parent in no list":        {communes(territory.Commune{Code: "01999", Name: "X", Parent: "01998"}), territory.ErrReference, "communes:1: parent"},
		"its own parent":             {communes(territory.Commune{Code: "01999", Name: "X", Parent: "01999"}), territory.ErrReference, "communes:1: parent"},
		"no source":                  {territory.Lists{Communes: []territory.Commune{{Code: "01999", Name: "X"}}}, territory.ErrSource, "communes: source"},
		"a source of another list":   {territory.Lists{Sources: sources(territory.ListFormer)}, territory.ErrSource, "sources:1: list"},
		"a source without a date": {territory.Lists{
			Sources:  []territory.Source{{List: territory.ListCommunes, Title: "X"}},
			Communes: []territory.Commune{{Code: "01999", Name: "X"}},
		}, territory.ErrSource, "sources:1: as_of"},
		"no end":                     {former(territory.FormerCommune{Code: "01002", Name: "X", Successor: "01001"}), ent.CodeDate, "former:1: until"},
		"a successor in no list":     {former(territory.FormerCommune{Code: "01002", Name: "X", Until: day, Successor: "01999"}), territory.ErrReference, "former:1: successor"},
		"its own successor":          {former(territory.FormerCommune{Code: "01002", Name: "X", Until: day, Successor: "01002"}), territory.ErrReference, "former:1: successor"},
		"successors in a circle":     {former(territory.FormerCommune{Code: "01002", Name: "X", Until: day, Successor: "01001"}, territory.FormerCommune{Code: "01001", Name: "Y", Until: day, Successor: "01002"}), territory.ErrReference, "former:2: successor"},
		"an academy in no list":      {departements(territory.Departement{Code: "01", Name: "Ain", Academy: "999"}), territory.ErrReference, "departements:1: academy"},
		"a région in no list":        {departements(territory.Departement{Code: "01", Name: "Ain", Region: "99"}), territory.ErrReference, "departements:1: region"},
		"a UAI prefix of another":    {departements(territory.Departement{Code: "01", Name: "Ain", UAIPrefix: "002"}), territory.ErrDuplicate, "departements:1: uai_prefix"},
		"a UAI prefix of two digits": {departements(territory.Departement{Code: "01", Name: "Ain", UAIPrefix: "01"}), territory.ErrFormat, "departements:1: uai_prefix"},
		"today's and former at once": {territory.Lists{
			Sources:  sources(territory.ListCommunes, territory.ListFormer),
			Communes: []territory.Commune{{Code: "01999", Name: "X"}},
			Former:   []territory.FormerCommune{{Code: "01999", Name: "X", Until: day}},
		}, territory.ErrDuplicate, "former:1: code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := territory.Default().With(c.lists)
			require.ErrorIs(t, err, c.want)
			assert.Nil(t, got)
			assert.Contains(t, err.Error(), c.at)
		})
	}
}

const communesHeader = "code;name;parent\n"

// folder is a folder with a list of communes and its source.
func folder(communes string) fstest.MapFS {
	return fstest.MapFS{
		"communes.csv": {Data: []byte(communes)},
		"sources.csv":  {Data: []byte("list;title;publisher;licence;url;edition;as_of\ncommunes;arrêté fictif;;;;;2027-01-01\n")},
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	got, err := territory.Default().Load(folder("\ufeff" + communesHeader + "01999;\"Neuve; la\";\r\n01004;Ambérieu;\n"))
	require.NoError(t, err)
	c, _ := got.Commune("01999")
	assert.Equal(t, "Neuve; la", c.Name)
	c, _ = got.Commune("01004")
	assert.Equal(t, "Ambérieu", c.Name)
	last := got.Sources()[len(got.Sources())-1]
	assert.Equal(t, territory.Source{List: territory.ListCommunes, Title: "arrêté fictif", AsOf: day}, last)

	_, ok := new(territory.Territory).Commune("01004")
	assert.False(t, ok, "the zero Territory is empty")
	whole, err := new(territory.Territory).Load(territory.Files())
	require.NoError(t, err)
	assert.Equal(t, territory.Default(), whole)
}

func TestLoadTellsFileAndLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		line int
		want error
	}{
		"a field too many":   {communesHeader + "01999;X;;\n", 2, territory.ErrFormat},
		"a field missing":    {communesHeader + "01999;X;\n01998;Y\n", 3, territory.ErrFormat},
		"an open quote":      {communesHeader + "\n\n01999;\"X;\n", 4, territory.ErrFormat},
		"a stray quote":      {communesHeader + "01999;X\"Y;\n", 2, territory.ErrFormat},
		"another header":     {"insee;nom;parent\n01999;X;\n", 1, territory.ErrFormat},
		"another separator":  {"code,name,parent\n01999,X,\n", 1, territory.ErrFormat},
		"nothing":            {"", 1, territory.ErrFormat},
		"a wrong code":       {communesHeader + "01999;X;\n\n20004;Ajaccio;\n", 4, ent.CodeInsee},
		"after a long field": {communesHeader + "01999;\"X\nY\";\n0;Z;\n", 4, ent.CodeInsee},
		"ISO-8859-1":         {communesHeader + "01999;Br\xe9au;\n", 2, territory.ErrFormat},
		"a département gone": {communesHeader + "97999;X;\n", 2, territory.ErrReference},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := territory.Default().Load(folder(c.text))
			assert.Nil(t, got)
			require.ErrorIs(t, err, c.want)
			row, ok := errors.AsType[*territory.RowError](err)
			require.True(t, ok)
			assert.Equal(t, "communes.csv", row.File)
			assert.Equal(t, c.line, row.Line)
			assert.Contains(t, err.Error(), fmt.Sprintf("communes.csv:%d", c.line))
		})
	}
}

func TestLoadRefusesAFolder(t *testing.T) {
	t.Parallel()
	_, err := territory.Default().Load(fstest.MapFS{"README.md": {}})
	require.ErrorIs(t, err, fs.ErrNotExist)

	slip := folder(communesHeader + "01999;X;\n")
	slip["commune.csv"] = slip["communes.csv"]
	_, err = territory.Default().Load(slip)
	require.ErrorIs(t, err, territory.ErrFormat)

	noSource := folder(communesHeader + "01999;X;\n")
	delete(noSource, "sources.csv")
	_, err = territory.Default().Load(noSource)
	require.ErrorIs(t, err, territory.ErrSource)
	assert.Contains(t, err.Error(), "communes.csv: ")

	_, err = territory.Default().Load(folder(strings.Repeat(";", 33<<20)))
	require.ErrorIs(t, err, territory.ErrFormat)

	_, err = territory.Default().Load(folder(communesHeader + strings.Repeat("0;X;\n", 1000)))
	require.ErrorIs(t, err, ent.CodeInsee)
	assert.Less(t, len(err.Error()), 2000, "the first errors only")
	assert.Contains(t, err.Error(), "more")
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			next, err := territory.Default().Load(folder(communesHeader + "01999;X;\n"))
			if !assert.NoError(t, err) {
				return
			}
			_, ok := next.Commune("01999")
			assert.True(t, ok)
			_, ok = territory.Default().Commune("01999")
			assert.False(t, ok)
			_, ok = territory.Default().DepartementOfUAI("0750655E")
			assert.True(t, ok)
		})
	}
	wg.Wait()
}

// small is a territory of one département, so that a fuzz target does not sort the whole of France each time.
func small(tb testing.TB) *territory.Territory {
	tb.Helper()
	t, err := new(territory.Territory).With(territory.Lists{
		Sources:      sources(territory.ListDepartements, territory.ListCommunes),
		Departements: []territory.Departement{{Code: "01", Name: "Ain"}},
		Communes:     []territory.Commune{{Code: "01004", Name: "Ambérieu-en-Bugey"}},
	})
	require.NoError(tb, err)
	return t
}

func FuzzLoad(f *testing.F) {
	base := small(f)
	const formerHeader = "code;name;until;successor\n"
	f.Add([]byte(communesHeader+"01999;X;\n01998;Y;01999\n"), []byte(formerHeader+"01002;Z;2027-01-01;01004\n"))
	f.Add([]byte("\ufeff"+communesHeader+"01999;\"X\";\r\n"), []byte(formerHeader+"01002;Z;2027-01-01;01003\n01003;Z;2027-01-01;\n"))
	f.Add([]byte(communesHeader+"01999;X;01999"), []byte(formerHeader+"01002;Z;2027-01-01;01003\n01003;Z;2027-01-01;01002\n"))
	f.Fuzz(func(t *testing.T, communes, former []byte) {
		text := folder(string(communes))
		text["former.csv"] = &fstest.MapFile{Data: former}
		text["sources.csv"].Data = append(text["sources.csv"].Data, "former;arrêté fictif;;;;;2027-01-01\n"...)
		got, err := base.Load(text)
		if err != nil {
			if got != nil {
				t.Fatal("a territory beside an error")
			}
			return
		}
		for c := range got.Communes() {
			if found, ok := got.Resolve(c.Code); !ok || found != c {
				t.Fatalf("%v is not found", c)
			}
		}
		for c := range got.FormerCommunes() {
			if _, ok := got.Commune(c.Code); ok {
				t.Fatalf("%v is of today and of the past", c)
			}
			got.Resolve(c.Code)
		}
		again, err := got.Load(text)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(slices.Collect(got.Communes()), slices.Collect(again.Communes())) {
			t.Fatal("loading twice is not the same as once")
		}
	})
}

func BenchmarkLoadDefault(b *testing.B) {
	files := territory.Files()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := new(territory.Territory).Load(files); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCommune(b *testing.B) {
	t := territory.Default()
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := t.Commune("75056"); !ok {
			b.Fatal("Paris is not found")
		}
	}
}

func TestFilesAreInOrderAndUTF8(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"regions", "academies", "departements", "communes", "former"} {
		b, err := fs.ReadFile(territory.Files(), name+".csv")
		require.NoError(t, err)
		assert.NotContains(t, string(b), "\r", name)
		lines := bytes.Split(bytes.TrimSuffix(b, []byte("\n")), []byte("\n"))[1:]
		assert.True(t, slices.IsSortedFunc(lines, func(a, b []byte) int {
			x, _, _ := bytes.Cut(a, []byte(";"))
			y, _, _ := bytes.Cut(b, []byte(";"))
			return bytes.Compare(x, y)
		}), name)
	}
}
