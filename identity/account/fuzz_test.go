package account_test

import (
	"strings"
	"testing"

	"github.com/opencartable/cartable/identity/account"
)

// A hash of a base may be anything: it is refused or verified, within a bounded time, and never matches by chance.
func FuzzStoredHash(f *testing.F) {
	for _, stored := range foreign() {
		f.Add(stored, "x")
	}
	f.Add("$wrapped$ssha,0,0,YWJj$argon2id$v=19$m=8,t=1,p=1$cC5nL2hidDZzb1ZsWGUwMw$48GW54bhrPgSVVQS5CPpIA", "é")
	f.Add("$6$rounds=1000$$"+strings.Repeat("a", 86), "")
	h := newHasher()
	f.Fuzz(func(t *testing.T, stored, password string) {
		err := h.Check(stored)
		if len(password) > account.MaxPassword || costly(stored) {
			return // refused by its length; or right and slow, which the limits are tested for elsewhere
		}
		ok, upgrade, verr := h.Verify(t.Context(), stored, password)
		if verr != nil {
			t.Fatal(verr)
		}
		if ok && err != nil {
			t.Fatal("what Check refuses matches")
		}
		if ok != (upgrade != "") && !strings.HasPrefix(stored, "$argon2id$") {
			t.Fatal("what is old is replaced at once")
		}
		if err != nil {
			return
		}
		wrapped, err := h.Wrap(t.Context(), stored)
		if err != nil {
			t.Fatal(err)
		}
		if again, _, err := h.Verify(t.Context(), wrapped, password); err != nil || again != ok {
			t.Fatal("a wrapped hash says the same", again, ok, err)
		}
	})
}

// costly reports whether a hash asks for more than a fuzz target has time for.
func costly(stored string) bool {
	for _, s := range []string{"$2", "rounds=", "pbkdf2"} {
		if strings.Contains(stored, s) {
			return true
		}
	}
	_, m, _ := strings.Cut(stored, "$m=")
	m, _, _ = strings.Cut(m, ",")
	return len(m) > 3 || strings.Contains(stored, "$wrapped$6,") || strings.Contains(stored, "$wrapped$5,")
}

// What a person types of a code is one code or none; reading it again gives the same.
func FuzzNormalCode(f *testing.F) {
	for _, s := range []string{"abcd-efgh", "ABCD EFGH", "", "o0l1", "abcd\u2011efgh9", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := account.NormalCode(s)
		if err != nil {
			if code != "" {
				t.Fatal("an error with a code")
			}
			return
		}
		if len(code) < account.MinCode || len(code) > account.MaxCode || strings.Trim(code, account.CodeAlphabet) != "" {
			t.Fatal("no code", code)
		}
		if again, err := account.NormalCode(account.ShowCode(code)); err != nil || again != code {
			t.Fatal(again, err)
		}
	})
}

// A password may be any text: it is judged without a panic, and what is said never quotes it.
func FuzzEvaluate(f *testing.F) {
	for _, s := range []string{"", "Bateau-Rouge-42!", "é\u0301\xff", "aaaa", "toto toto"} {
		f.Add(s)
	}
	a := relative("zoe.martin")
	p := account.PolicyStaff()
	f.Fuzz(func(t *testing.T, password string) {
		issues := p.Evaluate(password, &a)
		if len(issues) == 0 && account.StrengthOf(password, 37).Length < 7 {
			t.Fatal("too short to be strong", password)
		}
	})
}
