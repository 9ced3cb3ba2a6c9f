package cartable_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/opencartable/cartable"

// A rule says what the packages of one folder may import beside the standard library, and why. Paths of this module are
// written from its root; "x/..." stands for x and all below it.
type rule struct {
	pkg     string
	allowed []string
	why     string
	// tests are what its test files may import beside that, what every test file may, and the package itself.
	tests []string
	// absent rules are there for packages to come.
	absent bool
}

// The arrows run one way: examples → interop → { schoollife fees resources identity } → ent/* → internal → ent.
func table() []rule {
	const (
		decimal = "github.com/shopspring/decimal"
		uuid    = "github.com/google/uuid"
	)
	sdk := []string{"ent/...", "schoollife/...", "identity/...", "resources/...", "fees/...", "interop/..."}
	return []rule{
		{pkg: ".", why: "the front page of the module: documentation, and this test"},

		{
			pkg: "ent", allowed: []string{decimal, uuid},
			why: "every product imports the nouns: they cost two small libraries, and no I/O",
		},
		{pkg: "ent/territory", allowed: []string{"ent"}, why: "lists of codes, embedded"},
		{pkg: "ent/territory/internal/gen", allowed: []string{"ent"}, why: "makes the lists, by hand once a year"},
		{pkg: "ent/calendar", allowed: []string{"ent"}, why: "dated rows, embedded, and the computation of a day"},
		{
			pkg: "ent/directory/directorysql", allowed: []string{"ent", "ent/access", "ent/directory", "ent/sqldb", "internal/frtext", uuid},
			why:   "the directory on a database: the only place of it that makes an identifier",
			tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest"},
		},
		{
			pkg: "ent/directory/directorytest", allowed: []string{"ent", "ent/directory", "ent/enttest", "github.com/stretchr/testify/..."},
			why: "sources of the fictional academy, and what a store must do",
		},
		{pkg: "ent/enttest/holdertest", allowed: []string{"ent", "github.com/stretchr/testify/..."}, why: "what a holder of personal data must do"},
		{
			pkg: "ent/access", allowed: []string{"ent", "internal/strictjson", decimal},
			why: "rules over the caller's own facts: no store, no session; an explanation's steps hold decimals",
		},
		{
			pkg: "ent/directory", allowed: []string{"ent", "internal/frtext", "internal/pseudonym", decimal},
			why: "rules over the caller's own people; a login is folded like any French text",
		},
		{
			pkg: "ent/sqldb", allowed: []string{"ent", "github.com/pressly/goose/v3", "github.com/pressly/goose/v3/database", "github.com/pressly/goose/v3/lock"},
			why:   "transactions over any database/sql handle, and migrations: no driver",
			tests: []string{"ent/sqldb/open"},
		},
		{
			pkg: "ent/sqldb/open", allowed: []string{"ent/sqldb", "github.com/jackc/pgx/v5/...", "modernc.org/sqlite"},
			why:   "the one package that brings the drivers",
			tests: []string{"ent"},
		},
		{
			pkg: "ent/sqldb/sqldbtest", allowed: []string{"ent/sqldb", "ent/sqldb/open"},
			why: "runs the test of a store on both engines",
		},
		{
			pkg: "ent/enttest", allowed: []string{"ent", "ent/territory", decimal, uuid},
			why: "a fictional academy: the nouns, filled with places that exist",
		},

		{
			pkg: "fees/quotient", allowed: []string{"ent", "internal/strictjson", decimal},
			why: "a computation over the caller's figures, explained", tests: []string{"fees/quotient/quotienttest"},
		},
		{
			pkg: "fees/quotient/quotienttest", allowed: []string{"ent", "fees/quotient", decimal},
			why: "what every source of quotients must do",
		},
		{
			pkg: "fees/tariff", allowed: []string{"ent", "fees/quotient", "internal/fixed", "github.com/goccy/go-yaml/...", decimal},
			why: "a tariff is a document, read with the place of each value; its prices are exact", tests: []string{"fees/tariff/grids"},
		},
		{
			pkg: "fees/tariff/grids", allowed: []string{"ent", "fees/tariff"},
			why: "published sheets as documents, embedded", tests: []string{decimal, "fees/quotient"},
		},

		{
			pkg: "fees/billing", allowed: []string{"ent", "fees/quotient", "fees/tariff", decimal},
			why: "a household's month over the tariff: no store", tests: []string{"fees/tariff/grids"},
		},
		{
			pkg: "fees/feestest", allowed: []string{"ent", "ent/calendar", "ent/enttest", "fees/billing", "fees/quotient", "fees/tariff", decimal},
			why: "a fictional town's families and uses, grown on the fictional academy",
		},

		{
			pkg: "schoollife/gradebook", allowed: []string{"ent", "ent/access", "internal/fixed", decimal},
			why: "averages over the caller's marks, exact and explained; who may change what is asked of access",
		},
		{
			pkg: "schoollife/gradebook/gradebooksql", allowed: []string{"ent", "ent/sqldb", "schoollife/gradebook"},
			why: "a gradebook on a database", tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "ent/enttest/holdertest", "schoollife/gradebook/gradebooktest", "ent/access", decimal},
		},
		{
			pkg: "schoollife/gradebook/gradebooktest", allowed: []string{"ent", "schoollife/gradebook", "github.com/stretchr/testify/...", decimal},
			why: "what a store of gradebooks must do",
		},
		{
			pkg: "schoollife/gradebook/bulletin", allowed: []string{"ent", "schoollife/gradebook", decimal},
			why: "what is printed of a class: pages, and documents that can be proved", tests: []string{"ent/enttest", "schoollife/schooltest"},
		},
		{
			pkg: "schoollife/gradebook/competence", allowed: []string{"ent", "internal/strictjson", decimal},
			why: "levels, scores and positions over the caller's results",
		},
		{pkg: "schoollife/timetable", allowed: []string{"ent"}, why: "dates, times and sets over the caller's courses: nothing but the nouns", tests: []string{"schoollife/timetable/timetabletest"}},
		{
			pkg: "schoollife/booking/bookingtest", allowed: []string{"ent", "schoollife/booking", "schoollife/timetable", "github.com/stretchr/testify/..."},
			why: "what a store of bookings must do",
		},
		{
			pkg: "schoollife/booking/bookingsql", allowed: []string{"ent", "ent/sqldb", "schoollife/booking"},
			why: "bookings on a database", tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "ent/enttest/holdertest", "schoollife/booking/bookingtest", "schoollife/timetable"},
		},
		{
			pkg: "schoollife/booking", allowed: []string{"ent", "ent/access", "schoollife/timetable"},
			why: "rules and use cases of reservations; local times are the timetable's, who may book is asked of access", tests: []string{"schoollife/booking/bookingtest"},
		},
		{
			pkg: "schoollife/attendance/attendancetest", allowed: []string{"ent", "schoollife/attendance", "schoollife/timetable", "github.com/stretchr/testify/..."},
			why: "what a store of attendance must do",
		},
		{
			pkg: "schoollife/attendance/attendancesql", allowed: []string{"ent", "ent/sqldb", "schoollife/attendance", "schoollife/timetable"},
			why: "attendance on a database", tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "ent/enttest/holdertest", "schoollife/attendance/attendancetest", "ent/access"},
		},
		{
			pkg: "schoollife/cahier/cahiertest", allowed: []string{"ent", "schoollife/cahier", "schoollife/timetable", "github.com/stretchr/testify/..."},
			why: "what a store of cahiers must do",
		},
		{
			pkg: "schoollife/cahier/cahiersql", allowed: []string{"ent", "ent/sqldb", "schoollife/cahier", "schoollife/timetable"},
			why: "cahiers on a database", tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "ent/enttest/holdertest", "schoollife/cahier/cahiertest"},
		},
		{
			pkg: "schoollife/cahier", allowed: []string{"ent", "ent/access", "schoollife/timetable"},
			why: "rules over the caller's lessons and audiences; who may write or read is asked of access", tests: []string{"schoollife/cahier/cahiertest"},
		},
		{
			pkg: "interop/fet", allowed: []string{"ent", "internal/xmlscan", "schoollife/timetable", decimal},
			why: "a week of a timetable to a problem of FET and back; costs are exact decimals",
		},
		{
			pkg: "interop/sts", allowed: []string{"ent", "internal/xmlscan", "schoollife/timetable"},
			why: "bytes of EDT_STS and STS_EDT to the nouns of a timetable",
		},
		{
			pkg: "interop/udt", allowed: []string{"ent", "internal/xmlscan", "schoollife/timetable"},
			why: "bytes of a UDT export to the nouns of a timetable",
		},
		{
			pkg: "interop/ical", allowed: []string{"ent", "schoollife/timetable", "github.com/teambition/rrule-go"},
			why: "calendars and the feed of a timetable; recurrence rules are a library's", tests: []string{"github.com/emersion/go-ical"},
		},
		{
			pkg: "schoollife/timetable/timetabletest", allowed: []string{"ent", "schoollife/timetable", "github.com/stretchr/testify/..."},
			why: "what a store of timetables must do",
		},
		{
			pkg: "schoollife/timetable/timetablesql", allowed: []string{"ent", "ent/sqldb", "schoollife/timetable"},
			why: "timetables on a database", tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "ent/enttest/holdertest", "schoollife/timetable/timetabletest"},
		},
		{
			pkg: "schoollife/attendance", allowed: []string{"ent", "ent/access", "schoollife/timetable", decimal}, tests: []string{"schoollife/attendance/attendancetest"},
			why: "rules over the caller's lessons and events; who may see or change is asked of access; rates and explanations hold decimals",
		},
		{
			pkg: "schoollife/schooltest", allowed: []string{"ent", "ent/calendar", "ent/enttest", "schoollife/attendance", "schoollife/booking", "schoollife/cahier", "schoollife/gradebook", "schoollife/timetable", decimal},
			why: "a fictional school year, grown on the fictional academy",
		},
		{pkg: "schoollife/gradebook/exam", allowed: []string{"ent", decimal}, why: "the rules of two examinations, by year"},

		{
			pkg: "identity", allowed: []string{"ent", "internal/strictjson"},
			why: "what leaves for whom, as data, over what the caller knows of a person",
		},
		{
			pkg: "identity/cas", allowed: []string{"ent", "identity"},
			why:   "one protocol on the caller's sessions and accounts: nothing but the standard library beside",
			tests: []string{"identity/internal/peers", "identity/internal/casbench"},
		},
		{
			pkg: "identity/internal/casbench", allowed: []string{"ent", "identity", "identity/cas", "identity/internal/peers"},
			why: "measures the server beside LemonLDAP::NG, for the benchmarks of each registry",
		},
		{
			pkg: "identity/internal/peers", allowed: []string{"github.com/stretchr/testify/..."},
			why: "starts the programs of others that tests drive; it knows nothing of ours",
		},
		{
			pkg: "identity/cas/castest", allowed: []string{"identity/cas", "github.com/stretchr/testify/..."},
			why: "what a registry of tickets must do",
		},
		{
			pkg: "identity/ticketsql", allowed: []string{"ent", "ent/sqldb", "identity/cas"},
			why:   "tickets on a database; it is a store of saml's too, by its methods",
			tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "identity/cas/castest", "identity/guichet", "identity/saml", "identity/saml/samltest"},
		},
		{
			pkg: "identity/redistickets", allowed: []string{"identity/cas", "github.com/redis/go-redis/v9"},
			why:   "tickets on Redis or Valkey; it is a store of saml's too, by its methods",
			tests: []string{"identity/cas/castest", "identity/guichet", "identity/internal/casbench", "identity/internal/peers", "identity/saml", "identity/saml/samltest"},
		},
		{
			pkg: "identity/account", allowed: []string{
				"ent", "ent/directory", "identity", "internal/frtext", "golang.org/x/crypto/argon2", "golang.org/x/crypto/bcrypt", "golang.org/x/text/unicode/norm",
			},
			why:   "accounts on the caller's stores: argon2 and bcrypt are not in the standard library; a merge goes through the holders of the directory",
			tests: []string{"identity/guichet"},
		},
		{
			pkg: "identity/account/accounttest", allowed: []string{"ent", "identity/account", "github.com/stretchr/testify/..."},
			why: "what stores of accounts, sessions and attempts must do",
		},
		{
			pkg: "identity/accountsql", allowed: []string{"ent", "ent/sqldb", "identity/account", "identity/guichet"},
			why: "accounts, sessions and attempts on a database", tests: []string{"ent/sqldb/open", "ent/sqldb/sqldbtest", "ent/directory", "ent/directory/directorysql", "identity/guichet/guichettest"},
		},
		{
			pkg: "identity/guichet", allowed: []string{"ent", "internal/frtext", decimal},
			why: "attributes to accounts through the caller's own people: no store, no session; an explanation's steps hold decimals",
		},
		{
			pkg: "identity/guichet/guichettest", allowed: []string{"ent", "identity/guichet", "github.com/stretchr/testify/..."},
			why: "what a store of choices and of links must do",
		},
		{
			pkg: "identity/saml", allowed: []string{"ent", "identity", "github.com/beevik/etree", "github.com/crewjam/saml"},
			why:   "one tree keeps the namespaces that signatures cover; crewjam's types write messages and metadata, and read nothing",
			tests: []string{"identity/saml/samltest", "github.com/russellhaering/goxmldsig", "github.com/russellhaering/goxmldsig/etreeutils", "identity/internal/peers"},
		},
		{
			pkg: "identity/saml/samltest", allowed: []string{"identity/saml", "github.com/stretchr/testify/..."},
			why: "what a store of saml's must do",
		},

		{
			pkg: "interop/aaf", allowed: []string{"ent", "ent/directory", "internal/pseudonym", "internal/xmlscan"},
			why: "bytes of a feed to nouns and back: no storage, no other format",
			tests: []string{
				"ent/access", "ent/directory/directorysql", "ent/sqldb", "ent/sqldb/open", "ent/sqldb/sqldbtest", "golang.org/x/text/encoding/charmap",
			},
		},
		{
			pkg: "interop/aaf/aaftest", allowed: []string{"ent", "ent/enttest", "interop/aaf"},
			why: "writes the fictional academy as a feed",
		},
		{
			pkg: "interop/annuaire", allowed: []string{"ent", "ent/directory", "internal/frtext", "golang.org/x/text/..."},
			why: "the CSV files of a school to nouns and back; charsets come from x/text, titles and names are folded",
		},
		{
			pkg: "interop/edt", allowed: []string{"ent", "internal/xmlscan", "schoollife/timetable"},
			why: "bytes of a timetable export to the nouns of a timetable", tests: []string{"ent/sqldb", "ent/sqldb/open", "ent/sqldb/sqldbtest", "schoollife/timetable/timetablesql"},
		},
		{
			pkg: "interop/lsu", allowed: []string{"ent", "internal/xmlscan", "schoollife/gradebook", decimal},
			why: "bytes of the livret scolaire unique to its own nouns and back, and a class of the gradebook to these", tests: []string{"ent/enttest", "schoollife/schooltest"},
		},
		{
			pkg: "interop/apiparticulier", allowed: []string{"ent", "fees/quotient", decimal},
			why: "the payloads and calls of one API, to quotients", tests: []string{"fees/quotient/quotienttest"},
		},
		{
			pkg: "interop/jsonschemas", why: "embedded files, for programs in any language",
			tests: []string{"ent", "ent/access", "ent/directory", "ent/directory/directorytest", "fees/quotient", "fees/tariff", "fees/tariff/grids", "identity", "schoollife/...", decimal, "github.com/santhosh-tekuri/jsonschema/v6"},
		},

		{pkg: "internal/xmlscan", allowed: []string{"golang.org/x/text/encoding/charmap"}, why: "a scanner of bytes: it knows no noun", tests: []string{"golang.org/x/text/transform"}},
		{pkg: "internal/frtext", allowed: []string{"golang.org/x/text/..."}, why: "French folding and sorting come from x/text"},
		{
			pkg: "internal/genschema", allowed: []string{"ent/...", "fees/...", "identity/...", "interop/...", "schoollife/...", "github.com/invopop/jsonschema", decimal},
			why: "a command that reads every catalogue and the types of ent; nothing imports it, so nobody compiles its library",
		},
		{pkg: "internal/fixed", allowed: []string{"ent"}, why: "exact arithmetic of prices and of averages: the modes of rounding are ent's", tests: []string{decimal}},
		{pkg: "internal/pseudonym", allowed: []string{"ent"}, why: "invented values for copies of feeds and of directories"},
		{pkg: "internal/strictjson", allowed: []string{"ent"}, why: "reads documents that people write, and says where they are wrong"},
		{pkg: "internal/samples", why: "finds the folder of samples for tests"},
		{pkg: "internal/ratio", why: "measures two commands side by side, for tests of speed"},

		{pkg: "examples/timetable-ical", allowed: sdk, why: "as below"},
		{pkg: "examples/attendance-report", allowed: sdk, why: "as below"},
		{pkg: "examples/booking-server", allowed: sdk, why: "as below"},
		{pkg: "examples/aaf-import", allowed: sdk, why: "a program of a user: exported packages only"},
		{pkg: "examples/nightly", allowed: sdk, why: "as above"},
		{pkg: "examples/cas-server", allowed: sdk, why: "as above"},
		{pkg: "examples/cas-client", allowed: sdk, why: "as above"},
		{pkg: "examples/saml-idp", allowed: sdk, why: "as above"},
		{pkg: "examples/educonnect-sp", allowed: sdk, why: "as above"},
		{pkg: "examples/tariff", allowed: append([]string{decimal}, sdk...), why: "a program of a user: exported packages and exact numbers"},
		{pkg: "examples/council", allowed: append([]string{decimal}, sdk...), why: "as above"},
		{pkg: "examples/lsu-export", allowed: sdk, why: "as above, on the fictional school"},
		{pkg: "examples/bulletin", allowed: append([]string{"golang.org/x/text/..."}, sdk...), why: "as above; it sorts pupils as a French list has them"},
		{
			pkg: "examples/existing", allowed: append([]string{"modernc.org/sqlite", decimal}, sdk...),
			why: "a vendor's server with its own tables, and so its own driver",
		},
		{
			pkg: "examples/portal/...", allowed: append([]string{"examples/portal/...", "golang.org/x/text/...", "github.com/shopspring/decimal", "rsc.io/qr"}, sdk...),
			why: "a whole small ENT, in one folder per area, its directory on SQLite through ent/sqldb/open; it sorts and folds French with x/text, shows decimals, and draws codes to photograph",
		},
	}
}

// everyTest is what any test file may import: the assertions, the samples, and the packages of test data (see isTestData).
func everyTest() []string {
	return []string{"github.com/stretchr/testify/assert", "github.com/stretchr/testify/require", "internal/samples", "internal/ratio"}
}

// listed is what go list says of a package.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestImports(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	out, err := cmd.Output()
	require.NoError(t, err, stderr(err))
	var packages []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		packages = append(packages, p)
	}
	require.NotEmpty(t, packages)
	for _, v := range violations(packages, table()) {
		t.Error(v)
	}
}

func TestNounsPullNoNetworkNorDatabase(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "./ent").Output()
	require.NoError(t, err, stderr(err))
	deps := strings.Fields(string(out))
	assert.Contains(t, deps, module+"/ent")
	// The decimal library implements database/sql/driver, a few interfaces; database/sql itself is not there.
	for _, p := range []string{"net/http", "database/sql", "os/exec", "embed", "html/template"} {
		assert.NotContains(t, deps, p)
	}
	for _, p := range deps {
		assert.False(t, isDriver(p), p)
	}
}

func stderr(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return string(exit.Stderr)
	}
	return ""
}

// violations returns what breaks the table or one of the laws that hold whatever the table says.
func violations(packages []listed, rules []rule) []string {
	var out []string
	fail := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	used := map[string]bool{}
	for _, p := range packages {
		from := relative(p.ImportPath)
		r, ok := ruleOf(from, rules)
		if !ok {
			fail("%s is not in the table of imports_test.go: add a line with its reason", from)
			continue
		}
		used[r.pkg] = true
		for _, to := range p.Imports {
			if !isStandard(to) && !matches(r.allowed, relative(to)) {
				fail("%s imports %s, which its line does not allow (%s)", from, relative(to), r.why)
			}
			if law := broken(from, relative(to), false); law != "" {
				fail("%s imports %s: %s", from, relative(to), law)
			}
		}
		inTests := slices.Concat(r.allowed, r.tests, everyTest(), []string{from})
		for _, to := range slices.Concat(p.TestImports, p.XTestImports) {
			if !isStandard(to) && !isTestData(relative(to)) && !matches(inTests, relative(to)) {
				fail("a test of %s imports %s, which its line does not allow (%s)", from, relative(to), r.why)
			}
			if law := broken(from, relative(to), true); law != "" {
				fail("a test of %s imports %s: %s", from, relative(to), law)
			}
		}
	}
	for _, r := range rules {
		if !used[r.pkg] && !r.absent {
			fail("%s is in the table and not in the module: remove its line", r.pkg)
		}
		if r.why == "" {
			fail("%s has no reason in the table", r.pkg)
		}
	}
	return out
}

// broken returns the law that an import breaks, "" for none. No line of the table can allow it.
func broken(from, to string, test bool) string {
	switch {
	case within(to, "github.com/redis/go-redis") && from == "identity/redistickets": // the one store that is no SQL
		return ""
	case isDriver(to) && from != "ent/sqldb/open" && !within(from, "examples"):
		return "only ent/sqldb/open, identity/redistickets (Redis) and the examples import a database driver"
	case !ours(to):
		return ""
	case within(to, "examples") && part(from, 2) != part(to, 2):
		return "nothing imports an example, which is a module of its own when it is copied"
	case within(from, "examples") && slices.Contains(strings.Split(to, "/"), "internal"):
		return "an example uses what its reader can use: no internal package"
	case within(from, "interop") && within(to, "interop") && part(from, 2) != part(to, 2):
		return "a format imports no other format; what two share moves down to ent or internal"
	case within(to, "interop") && !within(from, "interop") && !within(from, "examples") && from != "internal/genschema":
		return "the domain does not know the formats"
	case isArea(from) && isArea(to) && part(from, 1) != part(to, 1):
		return "the four areas never import each other; a noun that two need moves down to ent, the rest is a port"
	case within(from, "ent") && isArea(to):
		return "ent stands below the areas"
	case from == "ent" && !test:
		return "the nouns import nothing of this module"
	case isTestData(to) && !test && !isTestData(from) && !within(from, "examples"):
		return "test data is for tests, examples and measures"
	}
	return ""
}

// ruleOf returns the line of a package: its own one before that of a folder above.
func ruleOf(pkg string, rules []rule) (rule, bool) {
	for _, r := range rules {
		if r.pkg == pkg {
			return r, true
		}
	}
	for _, r := range rules {
		if matches([]string{r.pkg}, pkg) {
			return r, true
		}
	}
	return rule{}, false
}

func matches(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		folder, all := strings.CutSuffix(p, "/...")
		return p == pkg || all && within(pkg, folder)
	})
}

// relative returns a path of this module from its root, "." for the root itself; another path as it is.
func relative(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

func within(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// part returns the first n elements of a path.
func part(pkg string, n int) string {
	elems := strings.Split(pkg, "/")
	return path.Join(elems[:min(n, len(elems))]...)
}

func isArea(pkg string) bool {
	return slices.Contains([]string{"schoollife", "identity", "resources", "fees"}, part(pkg, 1))
}

func ours(pkg string) bool {
	return isArea(pkg) || slices.Contains([]string{".", "ent", "interop", "internal", "examples"}, part(pkg, 1))
}

// isTestData says whether a package holds data or a conformance suite for tests: enttest, aaftest, directorytest.
func isTestData(pkg string) bool { return ours(pkg) && strings.HasSuffix(pkg, "test") }

func isStandard(importPath string) bool { return !strings.Contains(part(importPath, 1), ".") }

func isDriver(importPath string) bool {
	return slices.ContainsFunc([]string{
		"github.com/jackc/pgx", "github.com/lib/pq", "modernc.org/sqlite", "github.com/mattn/go-sqlite3", "github.com/ncruces/go-sqlite3",
		"github.com/go-sql-driver/mysql", "github.com/redis/go-redis", "github.com/valkey-io/valkey-go", "go.mongodb.org/mongo-driver",
	}, func(d string) bool { return within(importPath, d) })
}

// Each wrong import, put into a made-up module that is right without it, is found; so is a package without a line.
func TestImportRuleFindsWrongImports(t *testing.T) {
	t.Parallel()
	rules := append(table(),
		rule{pkg: "fees/tariff", allowed: []string{"ent", "schoollife/..."}, why: "a line that allows too much"},
		rule{pkg: "schoollife/gradebook", allowed: []string{"ent/...", "interop/...", "modernc.org/sqlite"}, why: "a line that allows too much"},
		rule{pkg: "interop/lsu", allowed: []string{"ent", "interop/..."}, why: "a line that allows too much"},
	)
	sound := map[string][]string{
		".": nil, "ent": {"fmt", "github.com/shopspring/decimal"}, "ent/territory": {module + "/ent", "embed"},
		"ent/territory/internal/gen": {module + "/ent"}, "ent/directory": {module + "/ent", module + "/internal/frtext"}, "ent/calendar": {module + "/ent"},
		"ent/sqldb": {"github.com/pressly/goose/v3", module + "/ent"}, "ent/sqldb/open": {"github.com/jackc/pgx/v5", "modernc.org/sqlite"}, "ent/sqldb/sqldbtest": {module + "/ent/sqldb/open"},
		"ent/access": {module + "/ent"}, "ent/directory/directorysql": {module + "/ent/sqldb"}, "ent/directory/directorytest": {module + "/ent/enttest"},
		"ent/enttest/holdertest": {module + "/ent"},
		"ent/enttest":            {module + "/ent", module + "/ent/territory"}, "interop/aaf": {module + "/ent", module + "/internal/xmlscan"},
		"interop/aaf/aaftest": {module + "/ent/enttest", module + "/interop/aaf"}, "interop/jsonschemas": {"embed"}, "interop/annuaire": {module + "/ent/directory"}, "interop/apiparticulier": {module + "/fees/quotient"},
		"internal/xmlscan": nil, "internal/frtext": {"golang.org/x/text/unicode/norm"}, "internal/genschema": {module + "/interop/aaf"},
		"internal/pseudonym": {module + "/ent"}, "internal/strictjson": {module + "/ent"}, "internal/samples": nil, "internal/ratio": nil, "examples/aaf-import": {module + "/interop/aaf"}, "examples/nightly": {module + "/interop/aaf"}, "examples/cas-server": {module + "/identity/cas"}, "examples/cas-client": {module + "/identity/cas"}, "examples/saml-idp": {module + "/identity/saml"}, "examples/educonnect-sp": {module + "/identity/saml"},
		"examples/existing": {"modernc.org/sqlite", module + "/ent/enttest"}, "examples/portal/school": {module + "/examples/portal/layout"},
		"fees/tariff": {module + "/ent"}, "fees/tariff/grids": {module + "/fees/tariff"}, "fees/billing": {module + "/fees/tariff"},
		"identity": {module + "/ent"}, "identity/cas": {module + "/identity"}, "identity/internal/peers": nil, "identity/internal/casbench": {module + "/identity/cas"}, "identity/cas/castest": {module + "/identity/cas"}, "identity/ticketsql": {module + "/identity/cas"}, "identity/redistickets": {module + "/identity/cas"}, "identity/saml": {module + "/identity"}, "identity/saml/samltest": {module + "/identity/saml"}, "identity/account": {module + "/ent"}, "identity/account/accounttest": {module + "/identity/account"}, "identity/accountsql": {module + "/identity/account"}, "identity/guichet": {module + "/ent"}, "identity/guichet/guichettest": {module + "/identity/guichet"},
		"fees/feestest": {module + "/fees/billing"}, "examples/tariff": {module + "/fees/tariff"}, "examples/council": {module + "/fees/tariff"}, "examples/lsu-export": {module + "/interop/lsu", module + "/ent/enttest"},
		"fees/quotient": {module + "/ent"}, "fees/quotient/quotienttest": {module + "/fees/quotient"}, "schoollife/gradebook": {module + "/ent"}, "interop/lsu": {module + "/ent"},
		"schoollife/gradebook/bulletin": {module + "/schoollife/gradebook"}, "examples/bulletin": {"golang.org/x/text/collate", module + "/schoollife/gradebook/bulletin"},
		"schoollife/gradebook/competence": {module + "/internal/strictjson"}, "schoollife/gradebook/exam": {module + "/ent"}, "internal/fixed": {module + "/ent"},
		"schoollife/gradebook/gradebooksql": {module + "/ent/sqldb"}, "schoollife/gradebook/gradebooktest": {module + "/ent"},
		"schoollife/attendance": {module + "/schoollife/timetable"}, "schoollife/timetable/timetablesql": {module + "/ent/sqldb"}, "schoollife/timetable/timetabletest": {module + "/schoollife/timetable"}, "interop/ical": {module + "/schoollife/timetable"}, "interop/udt": {module + "/schoollife/timetable"}, "interop/sts": {module + "/schoollife/timetable"}, "interop/fet": {module + "/schoollife/timetable"}, "schoollife/cahier": {module + "/schoollife/timetable"}, "schoollife/cahier/cahiersql": {module + "/ent/sqldb"}, "schoollife/cahier/cahiertest": {module + "/schoollife/cahier"}, "schoollife/attendance/attendancesql": {module + "/ent/sqldb"}, "schoollife/attendance/attendancetest": {module + "/schoollife/attendance"}, "examples/timetable-ical": {module + "/interop/edt"}, "examples/attendance-report": {module + "/schoollife/attendance"}, "examples/booking-server": {module + "/schoollife/booking"}, "schoollife/booking": {module + "/schoollife/timetable"}, "schoollife/booking/bookingsql": {module + "/ent/sqldb"}, "schoollife/booking/bookingtest": {module + "/schoollife/booking"}, "schoollife/schooltest": {module + "/ent/enttest"}, "schoollife/timetable": {module + "/ent"}, "interop/edt": {module + "/schoollife/timetable"},
	}
	list := func(from, to, testOf string) []listed {
		var out []listed
		for name, imports := range sound {
			p := listed{ImportPath: path.Join(module, name), Imports: slices.Clone(imports)}
			if name == from && to != "" {
				p.Imports = append(p.Imports, to)
			}
			if name == testOf {
				p.XTestImports = append(p.XTestImports, to)
			}
			out = append(out, p)
		}
		return out
	}
	require.Empty(t, violations(list("", "", ""), rules))

	for _, c := range []struct{ from, to string }{
		{"ent", "golang.org/x/text/collate"},
		{"ent", module + "/ent/territory"},
		{"ent", module + "/internal/frtext"},
		{"ent/directory", module + "/interop/aaf"},
		{"ent/directory", module + "/fees/tariff"},
		{"ent/territory", "gopkg.in/yaml.v3"},
		{"ent/sqldb", "github.com/jackc/pgx/v5"},
		{"ent/sqldb", module + "/ent/sqldb/open"},
		{"ent/sqldb/sqldbtest", "modernc.org/sqlite"},
		{"identity/cas", "github.com/redis/go-redis/v9"},
		{"identity/redistickets", "github.com/jackc/pgx/v5"},
		{"identity/ticketsql", "github.com/redis/go-redis/v9"},
		{"fees/tariff", module + "/schoollife/gradebook"},
		{"schoollife/gradebook", module + "/interop/lsu"},
		{"schoollife/gradebook", "modernc.org/sqlite"},
		{"schoollife/gradebook", module + "/ent/enttest"},
		{"interop/aaf", module + "/interop/lsu"},
		{"interop/lsu", module + "/interop/aaf/aaftest"},
		{"interop/aaf", "github.com/jackc/pgx/v5/stdlib"},
		{"interop/aaf", module + "/ent/enttest"},
		{"interop/aaf", module + "/examples/aaf-import"},
		{"interop/jsonschemas", module + "/ent"},
		{"internal/xmlscan", module + "/ent"},
		{"examples/aaf-import", module + "/internal/frtext"},
		{"examples/aaf-import", module + "/examples/existing"},
		{"examples/aaf-import", "github.com/jackc/pgx/v5"},
		{"examples/portal/school", module + "/examples/existing"},
	} {
		found := violations(list(c.from, c.to, ""), rules)
		if assert.NotEmpty(t, found, "%s importing %s", c.from, c.to) {
			assert.Contains(t, found[0], c.from+" imports "+relative(c.to))
		}
	}
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"ent", module + "/ent/enttest", true},
		{"interop/aaf", module + "/ent/enttest", true},
		{"interop/aaf", "github.com/stretchr/testify/require", true},
		{"interop/jsonschemas", "github.com/santhosh-tekuri/jsonschema/v6", true},
		{"interop/aaf", "github.com/santhosh-tekuri/jsonschema/v6", false},
		{"interop/aaf", module + "/interop/lsu", false},
		{"interop/aaf", "modernc.org/sqlite", false},
		{"examples/aaf-import", module + "/internal/samples", false},
	} {
		found := violations(list("", c.to, c.from), rules)
		assert.Equal(t, c.ok, len(found) == 0, "a test of %s importing %s: %v", c.from, c.to, found)
	}

	newcomer := append(list("", "", ""), listed{ImportPath: module + "/fees/invoices"})
	assert.Equal(t, []string{"fees/invoices is not in the table of imports_test.go: add a line with its reason"}, violations(newcomer, rules))
	gone := slices.Concat(rules, []rule{{pkg: "fees/gone", why: "it was there"}})
	assert.Equal(t, []string{"fees/gone is in the table and not in the module: remove its line"}, violations(list("", "", ""), gone))
	mute := slices.Concat(rules, []rule{{pkg: "fees/mute", absent: true}})
	assert.Equal(t, []string{"fees/mute has no reason in the table"}, violations(list("", "", ""), mute))
}
