package account_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
)

// The school prints codes in September, a pupil activates the account at home, signs in and looks at the open sessions.
func Example() {
	ctx := context.Background()
	key := make([]byte, account.MinKey) // 32 random bytes, kept outside the database
	s := &account.Service{
		Store: account.NewMemoryStore(), Sessions: &account.Sessions{Store: account.NewMemorySessions()}, // accountsql has others
		Hasher: account.NewHasher(), Throttle: &account.Throttle{Buckets: account.NewMemoryBuckets()},
		Keys:  account.Keys{Current: key},
		Clock: func() time.Time { return time.Date(2026, 9, 7, 8, 0, 0, 0, time.UTC) },
	}
	lea := account.Account{
		ID: "us-42", Login: "lea.petit", Profile: ent.ProfilePupil, Name: ent.Name{Family: "PETIT", Given: "Léa"}, Classes: []ent.ID{"6A"},
		Birth: ent.Date{Year: 2014, Month: 5, Day: 17},
	}
	if err := s.Save(ctx, "rennes", ent.Actor{Kind: ent.ActorSystem}, lea); err != nil {
		fmt.Println(err)
		return
	}
	teacher := account.Agent{Account: "us-7", Profile: ent.ProfileTeacher, Classes: []ent.ID{"6A"}}
	sheet, err := s.PrintCodes(ctx, account.Order{Tenant: "rennes", By: teacher, Title: "6A", Accounts: []ent.ID{"us-42"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sheet.Lines[0].Name.Display(), sheet.Lines[0].Login, len(sheet.Lines[0].Code), sheet.Expires.Format(time.DateOnly))
	// sheet.HTML(w, account.Print{…}) is the page to print.

	home := netip.MustParseAddr("192.0.2.7") // r.RemoteAddr, or what a proxy that you trust says
	form := account.Activation{Tenant: "rennes", Login: "lea.petit", Code: sheet.Lines[0].Code, Password: "azerty", Terms: "2026", Address: home}
	_, err = s.Activate(ctx, form)
	if refused, ok := errors.AsType[*account.Error](err); ok {
		for _, i := range refused.Issues {
			fmt.Println(i.Code, i.Message(ent.FR))
		}
	}
	form.Password = "Bateau-Rouge-42"
	if _, err = s.Activate(ctx, form); err != nil {
		fmt.Println(err)
		return
	}

	out, err := s.SignIn(ctx, account.Attempt{Tenant: "rennes", Login: "Léa.Petit", Password: "Bateau-Rouge-42", Address: home})
	if err != nil {
		fmt.Println(err)
		return
	}
	start, err := out.Start() // CodeChallenge when a second factor is still to be given
	if err != nil {
		fmt.Println(err)
		return
	}
	start.Agent = "Firefox"
	session, token, err := s.Sessions.Start(ctx, start)
	if err != nil {
		fmt.Println(err)
		return
	}
	w := httptest.NewRecorder()
	http.SetCookie(w, s.Sessions.Cookie(session, token))
	principal := session.Principal() // for cas and saml
	list, err := s.Sessions.List(ctx, "rennes", principal.Account)
	fmt.Println(principal.Account, len(list), list[0].Agent, err)
	// Output:
	// PETIT Léa lea.petit 9 2027-09-01
	// ACCOUNT-SHORT Il faut au moins 8 caractères.
	// ACCOUNT-WEAK Il se devine trop vite : ajoutez des caractères ou des mots.
	// ACCOUNT-COMMON C'est un mot de passe que beaucoup utilisent.
	// us-42 1 Firefox <nil>
}

// A base of MD5 sums is made safe in one night, without a password; each is replaced by argon2id at the next login.
func ExampleHasher_Wrap() {
	ctx := context.Background()
	h := account.NewHasher()
	stored, err := h.Wrap(ctx, "6228baaa202996b5dfac796f58ce6670")
	if err != nil {
		fmt.Println(err)
		return
	}
	ok, upgrade, err := h.Verify(ctx, stored, "Été 2026")
	fmt.Println(ok, upgrade[:30], err)
	// Output: true $argon2id$v=19$m=19456,t=2,p=1 <nil>
}
