package account_test

import (
	"bytes"
	"encoding/binary"
	"html/template"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
)

func TestCatalog(t *testing.T) {
	t.Parallel()
	require.NoError(t, account.Catalog().Check())
}

// D1, R-PW-2: the formula, and beside it the table of sets that the CNIL takes as equivalent.
func TestAcceptanceD1(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		length, alphabet int
		want             float64
	}{{12, 95, 78.8}, {14, 62, 83.4}, {7, 7776, 90.5}, {12, 99, 79.6}} {
		assert.InDelta(t, c.want, account.Entropy(c.length, c.alphabet), 0.05)
	}
	p := account.PolicyStaff()
	passes := func(password string) bool { return len(p.Evaluate(password, nil)) == 0 }
	assert.True(t, passes("kJ7wq4ZbnT2xYe"), "14 characters of three classes")
	assert.True(t, passes("lampe girafe tiroir moulin pharaon ruche velours"), "seven words")
	assert.True(t, passes("kJ7?q4Zb:T2x"), "12 characters of four classes, by the table")
	assert.InDelta(t, 79.6, account.StrengthOf("kJ7?q4Zb:T2x", 37).Bits, 0.05, "the formula alone refuses it")
	assert.False(t, passes("kJ7wq4ZbnT2x"), "12 characters of three classes")
	assert.False(t, passes("kJ7?q4Zb:T2"), "11 characters")
	p.Specials = 33 // a form that takes ASCII only: 95 signs
	assert.False(t, passes("kJ7?q4Zb:T2x"), "fewer than 37 other signs are possible")
	assert.InDelta(t, 78.8, account.StrengthOf("kJ7?q4Zb:T2x", 33).Bits, 0.05)
}

// R-PW-2: length, classes, lists, and what is said.
func TestRPW2Evaluate(t *testing.T) {
	t.Parallel()
	zoe := relative("zoe.martin")
	zoe.Name, zoe.SchoolNames, zoe.Birth = ent.Name{Family: "d'Almeida", Given: "Zoé-Anne"}, []string{"Collège Jean Moulin"}, ent.Date{Year: 1984, Month: 3, Day: 9}
	staff, rel, young := account.PolicyStaff(), account.PolicyRelative(), account.PolicySupervised()
	classes := account.Policy{MinClasses: 3}
	for _, c := range []struct {
		policy   account.Policy
		password string
		want     []ent.Code
	}{
		{rel, "Bateau42", nil},
		{rel, "Bateau4", []ent.Code{account.CodeShort, account.CodeWeak}},
		{rel, "bateaux2", []ent.Code{account.CodeWeak}},
		{rel, "lampe girafe tiroir jardin ruche", nil},
		{staff, "Bateau42", []ent.Code{account.CodeShort, account.CodeWeak}},
		{staff, "Aaaaaaaaaaaaaaaa1!", []ent.Code{account.CodeWeak}},
		{staff, "Abcdefghijklmnop1!", []ent.Code{account.CodeWeak}},
		{staff, "Azertyuiopqsdfghjklm1!", []ent.Code{account.CodeWeak}},
		{staff, "Toto1!Toto1!Toto1!", []ent.Code{account.CodeWeak}},
		{rel, "Motdepasse1", []ent.Code{account.CodeCommon}},
		{rel, "P@ssw0rd", []ent.Code{account.CodeCommon}},
		{rel, "Soleil2026!", []ent.Code{account.CodeCommon}},
		{rel, "DALMEIDA42x", []ent.Code{account.CodePersonal}},
		{rel, "xx-Zoé.Martin", []ent.Code{account.CodePersonal}},
		{rel, "Jean-Moulin7", []ent.Code{account.CodePersonal}},
		{rel, "Bleu-09031984", []ent.Code{account.CodePersonal}},
		{rel, "Bleu-840309x", []ent.Code{account.CodePersonal}},
		{young, "chat", nil},
		{young, "zoe", []ent.Code{account.CodeShort}},
		{young, "Zoe.MARTIN", []ent.Code{account.CodePersonal}},
		{classes, "abcd12", []ent.Code{account.CodeClasses}},
		{rel, strings.Repeat("x", 2000), []ent.Code{account.CodeTooLong}},
	} {
		var got []ent.Code
		for _, i := range c.policy.Evaluate(c.password, &zoe) {
			got = append(got, i.Code)
			assert.NotContains(t, i.Message(ent.FR)+i.Message(ent.EN), "{", i.Code)
			assert.NotContains(t, i.Message(ent.FR), c.password)
		}
		assert.Equal(t, c.want, got, c.password)
	}
}

// R-PW-2: presets by profile and age; the one for young pupils says what it is.
func TestRPW2Presets(t *testing.T) {
	t.Parallel()
	on := ent.Date{Year: 2026, Month: 9, Day: 7}
	for _, c := range []struct {
		a    account.Account
		want string
	}{
		{account.Account{Profile: ent.ProfileTeacher}, "staff"},
		{account.Account{Profile: "unknown"}, "staff"},
		{account.Account{Profile: ent.ProfileStaff, Administrator: true}, "administrator"},
		{account.Account{Profile: ent.ProfileRelative}, "relative"},
		{account.Account{Profile: ent.ProfilePupil}, "pupil"},
		{account.Account{Profile: ent.ProfilePupil, Birth: ent.Date{Year: 2015, Month: 9, Day: 7}}, "pupil"},
		{account.Account{Profile: ent.ProfilePupil, Birth: ent.Date{Year: 2015, Month: 9, Day: 8}}, "supervised"},
	} {
		p := account.PolicyFor(&c.a, on)
		assert.Equal(t, c.want, p.Name)
		assert.Equal(t, p.Name == "supervised", p.Supervised)
		assert.Equal(t, p.MinBits < 80, p.Throttled, "fewer than 80 bits only with a throttle")
		assert.NotEmpty(t, p.FR)
		assert.NotEmpty(t, p.EN)
	}
	assert.True(t, account.PolicyAdministrator().Second)
}

// D2, R-ACT-1. At a million codes chance alone moves a count by 1.9 % at the 224 places; ten million tell 1 % apart from it.
func TestAcceptanceD2(t *testing.T) {
	t.Parallel()
	n := 10_000_000
	tolerance := 0.01
	if testing.Short() {
		n, tolerance = 1_000_000, 0.03
	}
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], 7)
	source := rand.NewChaCha8(seed)
	var counts [account.MinCode][256]int
	code := make([]byte, account.MinCode)
	for range n {
		require.NoError(t, account.FillCode(source, code))
		for i, c := range code {
			counts[i][c]++
		}
	}
	assert.Len(t, account.CodeAlphabet, 28)
	for i := range counts {
		for _, c := range []byte(account.CodeAlphabet) {
			assert.InEpsilon(t, float64(n)/28, counts[i][c], tolerance, "%c at %d", c, i)
			counts[i][c] = 0
		}
		assert.Zero(t, counts[i], "no other sign")
	}
}

// R-ACT-1: a code as a person types it.
func TestRACT1NormalCode(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"abcd-efgh": "abcdefgh", " ABCD EFGH ": "abcdefgh", "a b.c–d\u2011e\tfgh": "abcdefgh", "abcdefghjk": "abcdefghjk",
		"abcd-efg": "", "abcdefghjkm": "", "abcd-efgo": "", "abcd-efg0": "", "abcd-efgé": "", "": "", "abcd\x00efgh": "",
	} {
		got, err := account.NormalCode(in)
		assert.Equal(t, want, got, in)
		if want == "" {
			require.ErrorIs(t, err, account.CodeSymbol)
		} else {
			again, err := account.NormalCode(account.ShowCode(got))
			require.NoError(t, err)
			assert.Equal(t, got, again)
		}
	}
}

// R-ACT-2: who may print a code for whom.
func TestRACT2MayPrintCode(t *testing.T) {
	t.Parallel()
	class, school := []ent.ID{"6A"}, []ent.ID{"college"}
	paul := account.Agent{Account: "paul", Profile: ent.ProfileTeacher, Establishments: school, Classes: class}
	other := paul
	other.Classes = []ent.ID{"6B"}
	head := account.Agent{Account: "head", Profile: ent.ProfileDirection, Establishments: school}
	elsewhere := account.Agent{Account: "head2", Profile: ent.ProfileDirection, Establishments: []ent.ID{"lycee"}}
	life := account.Agent{Account: "cpe", Profile: ent.ProfileSchoolLife, Establishments: school}
	parent := account.Agent{Account: "zoe", Profile: ent.ProfileRelative, Establishments: school, Classes: class}
	admin := account.Agent{Account: "root", Administrator: true}
	lea, mate, zoe, boss := pupil("lea"), teacher("mate"), relative("zoe"), teacher("boss")
	zoe.Establishments, boss.Administrator = school, true
	for _, c := range []struct {
		name   string
		by     account.Agent
		target account.Account
		may    bool
	}{
		{"a teacher, a pupil of the class", paul, lea, true},
		{"a teacher, a pupil of another class", other, lea, false},
		{"a teacher, a colleague", paul, mate, false},
		{"a teacher, a relative", paul, zoe, false},
		{"a head, a pupil", head, lea, true},
		{"a head, a teacher", head, mate, true},
		{"a head, an administrator", head, boss, false},
		{"a head of another school", elsewhere, lea, false},
		{"school life, a pupil", life, lea, true},
		{"school life, a relative", life, zoe, true},
		{"school life, a teacher", life, mate, false},
		{"a relative, a pupil", parent, lea, false},
		{"nobody", account.Agent{}, lea, false},
		{"an administrator, anybody", admin, boss, true},
	} {
		err := account.MayPrintCode(c.by, &c.target)
		if c.may {
			assert.NoError(t, err, c.name)
		} else {
			assert.ErrorIs(t, err, account.CodeRights, c.name)
		}
	}
}

// R-MRG-1: who may merge what into what. The codes are those of entcore's rules.
func TestRMRG1MayMerge(t *testing.T) {
	t.Parallel()
	now := monday
	with := func(id ent.ID, change func(*account.Account)) *account.Account {
		a := relative(id)
		a.Activated = now
		change(&a)
		return &a
	}
	same := func(*account.Account) {}
	for _, c := range []struct {
		name       string
		into, from *account.Account
		want       ent.Code
	}{
		{"AAF and AAF1D", with("a", same), with("b", func(a *account.Account) { a.Source = account.SourceAAF1D }), ""},
		{"CSV and MANUAL", with("a", func(a *account.Account) { a.Source = account.SourceCSV }), with("b", func(a *account.Account) { a.Source = account.SourceManual }), ""},
		{"AAF and CSV", with("a", same), with("b", func(a *account.Account) { a.Source = account.SourceCSV }), account.CodeMergeSource},
		{"another source", with("a", same), with("b", func(a *account.Account) { a.Source = "X" }), account.CodeMergeSource},
		{"oneself", with("a", same), with("a", same), account.CodeMergeSelf},
		{"a pupil", with("a", same), with("b", func(a *account.Account) { a.Profile = ent.ProfilePupil }), account.CodeMergeProfile},
		{"into a teacher", with("a", func(a *account.Account) { a.Profile = ent.ProfileTeacher }), with("b", same), account.CodeMergeProfile},
		{"merged already", with("a", same), with("b", func(a *account.Account) { a.MergedInto = "c" }), account.CodeMergeAlready},
		{"into a merged one", with("a", func(a *account.Account) { a.MergedInto = "c" }), with("b", same), account.CodeMergeAlready},
		{"blocked", with("a", same), with("b", func(a *account.Account) { a.Blocked = true }), account.CodeMergeAlready},
		{"not activated", with("a", same), with("b", func(a *account.Account) { a.Activated = time.Time{} }), account.CodeMergeAlready},
		{"a portal into a password", with("a", same), with("b", func(a *account.Account) { a.Portal = "educonnect" }), account.CodeMergeFederated},
		{"a password into a portal", with("a", func(a *account.Account) { a.Portal = "educonnect" }), with("b", same), ""},
	} {
		err := account.MayMerge(c.into, c.from)
		if c.want == "" {
			assert.NoError(t, err, c.name)
		} else {
			assert.ErrorIs(t, err, c.want, c.name)
		}
	}
}

// Section 15.6: the vectors of RFC 6238 (appendix B, SHA-1, the last six digits) and of RFC 4226 (appendix D).
func TestTOTPVectors(t *testing.T) {
	t.Parallel()
	secret := []byte("12345678901234567890")
	for seconds, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		assert.Equal(t, want, account.HOTP(secret, seconds/30, 8))
		assert.Equal(t, want[2:], account.TOTP(secret, time.Unix(seconds, 0)))
	}
	for i, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		assert.Equal(t, want, account.HOTP(secret, int64(i), 6))
	}
}

func TestSheetIsPrinted(t *testing.T) {
	t.Parallel()
	sheet := account.Sheet{
		Title: "6ᵉ A <script>", Expires: time.Date(2027, 8, 1, 0, 0, 0, 0, time.UTC),
		Lines: []account.Line{{Account: "lea", Name: ent.Name{Family: "d'Almeida", Given: "LÉA"}, Login: "lea.petit", Code: "abcd-efgh"}},
	}
	var b bytes.Buffer
	require.NoError(t, sheet.HTML(&b, account.Print{Issuer: "ENT de test", Site: "https://ent.exemple.test", QR: func(l account.Line) template.URL {
		return template.URL("data:image/png;base64,AAAA") //nolint:gosec // an image of the test
	}}))
	page := b.String()
	for _, want := range []string{`<html lang="fr">`, "D&#39;ALMEIDA Léa", "lea.petit", "abcd-efgh", "31/07/2027", "Identifiant", "ENT de test", "&lt;script&gt;", `src="data:image/png;base64,AAAA"`} {
		assert.Contains(t, page, want)
	}
	assert.NotContains(t, page, "<script")
	assert.NotRegexp(t, regexp.MustCompile(`https?://[^"]*abcd`), page)
	b.Reset()
	require.NoError(t, sheet.HTML(&b, account.Print{Lang: ent.EN}))
	assert.Contains(t, b.String(), "Activation code")
	assert.Contains(t, b.String(), "2027-07-31")
	assert.NotContains(t, b.String(), "<img")
}
