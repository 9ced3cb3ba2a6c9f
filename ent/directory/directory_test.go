package directory_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/ent/directory"
)

// Acceptance G of the AAF page: three people of one folded name get three logins, in their order.
func TestAcceptanceGSameNameGetsANumber(t *testing.T) {
	t.Parallel()
	var book directory.Logins
	var got []string
	for _, n := range []ent.Name{{Given: "Léa", Family: "Martin"}, {Given: "Lea", Family: "MARTIN"}, {Given: "LÉA", Family: "MARTIN"}} {
		login, err := book.Propose(n, "1")
		require.NoError(t, err)
		got = append(got, login)
	}
	assert.Equal(t, []string{"lea.martin", "lea.martin2", "lea.martin3"}, got)
}

// Acceptance G: the table of section 13, with the ligature kept.
func TestAcceptanceGLoginOfAName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, family, want string }{
		{"José", "García", "jose.garcia"},
		{"Mary Anne", "O'Connor", "maryanne.oconnor"},
		{"Noël", "ŒUVRARD", "noel.oeuvrard"},
		{"Superlongfirstnamethatexceedsthirtychars", "X", "superlongfirstnamethatexceedst.x"},
		{"", "CROIX ROUGE", "croixrouge"},
	} {
		assert.Equal(t, c.want, directory.Login(ent.Name{Given: c.given, Family: c.family}))
	}
}

func TestNameInAnotherScriptFallsBackToAnIdentifier(t *testing.T) {
	t.Parallel()
	var book directory.Logins
	login, err := book.Propose(ent.Name{Given: "李", Family: "王"}, "5000001")
	require.NoError(t, err)
	assert.Equal(t, "5000001", login)
	_, err = book.Propose(ent.Name{Given: "李", Family: "王"}, "")
	require.ErrorIs(t, err, directory.CodeLogin)
}

func TestLoginNeverExceedsItsLengthNorRepeats(t *testing.T) {
	t.Parallel()
	var book directory.Logins
	seen := map[string]bool{}
	for range 1200 {
		login, err := book.Propose(ent.Name{Given: strings.Repeat("a", 40), Family: strings.Repeat("b", 40)}, "1")
		require.NoError(t, err)
		require.LessOrEqual(t, len(login), 64)
		require.False(t, seen[login])
		seen[login] = true
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		known, vanished int
		refused         bool
	}{
		{7, 3, true},
		{10, 3, false},
		{10, 4, true},
		{1000, 100, false},
		{1000, 101, true},
		{150, 19, false},
		{150, 20, true},
		{100, 30, true},
		{0, 0, false},
		{3, 0, false},
	} {
		issues := directory.Guard{}.Check([]directory.Population{{Establishment: "4001", Profile: ent.ProfilePupil, Known: c.known, Vanished: c.vanished}})
		assert.Equal(t, c.refused, len(issues) == 1, "%d of %d", c.vanished, c.known)
		if c.refused {
			require.ErrorIs(t, issues.Err(), directory.CodeGuard)
		}
	}
}

func TestGuardLetsPassWhatSomebodyConfirmed(t *testing.T) {
	t.Parallel()
	g := directory.Guard{Consent: func(p directory.Population) bool { return p.Establishment == "4001" }}
	issues := g.Check([]directory.Population{
		{Establishment: "4001", Profile: ent.ProfilePupil, Known: 7, Vanished: 3},
		{Establishment: "4002", Profile: ent.ProfilePupil, Known: 7, Vanished: 3},
	})
	require.Len(t, issues, 1)
	assert.Equal(t, "4002", issues[0].Pos.Record)
}

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, directory.Catalog().Check())
}

func FuzzLogin(f *testing.F) {
	f.Add("Noël", "ŒUVRARD")
	f.Fuzz(func(t *testing.T, given, family string) {
		for _, c := range directory.Login(ent.Name{Given: given, Family: family}) {
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_.", c) {
				t.Fatalf("%q in a login", c)
			}
		}
	})
}

func ExampleGuard_Check() {
	issues := directory.Guard{}.Check([]directory.Population{{Establishment: "4001", Profile: ent.ProfilePupil, Known: 7, Vanished: 3}})
	fmt.Println(issues[0].Message(ent.FR))
	// Output: 3 personnes sur 7 (ELV) ont disparu : rien n'est supprimé sans confirmation.
}
