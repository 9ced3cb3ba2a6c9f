package door

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/examples/portal/school"
	"github.com/opencartable/cartable/examples/portal/web"
	"github.com/opencartable/cartable/identity/account"
)

// deviceCookie is that of a browser which signed in before: what neighbours try does not delay it.
const deviceCookie = "portail-navigateur"

// Form is the form of the sign-in page, as it was sent when it failed.
func (a *Area) Form(r *http.Request) *school.Form {
	f := &school.Form{Next: web.Local(r.FormValue("suite")), Trial: a.trials, Password: trialPassword}
	if t, ok := r.Context().Value(failedKey{}).(failedAttempt); ok {
		f.Login, f.Message = t.login, t.message
	}
	return f
}

type failedKey struct{}

// failedAttempt is what the page shows after an attempt that failed.
type failedAttempt struct{ login, message string }

// signIn reads a login and a password.
func (a *Area) signIn(w http.ResponseWriter, r *http.Request) {
	attempt := account.Attempt{Tenant: tenant, Login: r.PostFormValue("login"), Password: r.PostFormValue("password"), Address: address(r)}
	if c, err := r.Cookie(deviceCookie); err == nil {
		attempt.Device = c.Value
	}
	out, err := a.accounts.SignIn(r.Context(), attempt)
	if err != nil {
		r = r.WithContext(contextWith(r, failedAttempt{attempt.Login, sentence(err)}))
		wait(w, err)
		a.site.SignIn(w, r, true)
		return
	}
	a.proceed(w, r, out, web.Local(r.PostFormValue("suite")))
}

// second is the page that asks for the code of a phone.
type second struct{ Challenge, Next, Message string }

// proceed goes on from a right answer: to the second factor, or into the portal.
func (a *Area) proceed(w http.ResponseWriter, r *http.Request, out account.Outcome, next string) {
	if out.Device != "" { // the password was right, whatever comes next
		c := web.Cookie(r, out.Device, int((365 * 24 * time.Hour).Seconds()))
		c.Name = deviceCookie
		http.SetCookie(w, c)
	}
	if out.Challenge != "" {
		a.show(w, r, "code", "Code de votre application", second{Challenge: out.Challenge, Next: next})
		return
	}
	start, err := out.Start()
	if err == nil {
		err = a.sessions.begin(w, r, start)
	}
	if err != nil {
		a.opt.Log.Error("sign-in", "error", err)
		a.site.Fail(w, r, http.StatusServiceUnavailable)
		return
	}
	if out.MustEnrol {
		next = "/mon-compte/second-facteur?" + url.Values{"suite": {next}}.Encode()
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// secondFactor reads the code of a phone, or a recovery code.
func (a *Area) secondFactor(w http.ResponseWriter, r *http.Request) {
	challenge, next := r.PostFormValue("challenge"), web.Local(r.PostFormValue("suite"))
	out, err := a.accounts.SecondFactor(r.Context(), tenant, challenge, strings.TrimSpace(r.PostFormValue("code")), address(r))
	switch {
	case errors.Is(err, account.CodeSecond), errors.Is(err, account.CodeWait):
		wait(w, err)
		a.showStatus(w, r, "code", "Code de votre application", second{challenge, next, sentence(err)}, http.StatusUnprocessableEntity)
	case err != nil:
		r = r.WithContext(contextWith(r, failedAttempt{message: sentence(err)}))
		a.site.SignIn(w, r, true)
	default:
		a.proceed(w, r, out, next)
	}
}

// activation is the page that turns a code into a password.
type activation struct {
	Login, Mail, Message string
	Policies             []string
}

func (a *Area) activationPage(w http.ResponseWriter, r *http.Request, d activation) {
	status := 0
	if d.Message != "" {
		status = http.StatusUnprocessableEntity
	}
	d.Policies = policies()
	a.showStatus(w, r, "activate", "Première connexion", d, status)
}

// policies say what is asked of a password: of pupils and relatives, then of adults of a school.
func policies() []string {
	return []string{web.French(account.PolicyPupil().FR), web.French(account.PolicyStaff().FR)}
}

func (a *Area) activate(w http.ResponseWriter, r *http.Request) {
	in := account.Activation{
		Tenant: tenant, Login: r.PostFormValue("login"), Code: r.PostFormValue("code"), Password: r.PostFormValue("password"),
		Mail: strings.TrimSpace(r.PostFormValue("mail")), Address: address(r),
	}
	if r.PostFormValue("terms") != "" {
		in.Terms = terms
	}
	out, err := a.accounts.Activate(r.Context(), in)
	if err != nil {
		wait(w, err)
		a.activationPage(w, r, activation{Login: in.Login, Mail: in.Mail, Message: sentence(err)})
		return
	}
	a.proceed(w, r, out, "/")
}

// forgot is the page that asks for a link.
type forgot struct {
	Sent    bool
	Message string
}

func (a *Area) forgot(w http.ResponseWriter, r *http.Request) {
	if err := a.accounts.AskReset(r.Context(), tenant, r.PostFormValue("who"), address(r)); err != nil {
		wait(w, err)
		a.showStatus(w, r, "forgot", "Mot de passe oublié", forgot{Message: sentence(err)}, http.StatusUnprocessableEntity)
		return
	}
	a.show(w, r, "forgot", "Mot de passe oublié", forgot{Sent: true})
}

// reset is the page that a link leads to.
type reset struct {
	Token, Message string
	Policies       []string
}

func (a *Area) reset(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	out, err := a.accounts.Reset(r.Context(), account.Renewal{Tenant: tenant, Token: token, Password: r.PostFormValue("password"), Address: address(r)})
	if err != nil {
		wait(w, err)
		a.showStatus(w, r, "reset", "Nouveau mot de passe", reset{token, sentence(err), policies()}, http.StatusUnprocessableEntity)
		return
	}
	a.proceed(w, r, out, "/")
}

// byEduConnect stands for account.CodePortal, which names the provider by its address.
const byEduConnect = "Ce compte s’ouvre par EduConnect, sans mot de passe d’ici."

// sentence is what an error says to the person.
func sentence(err error) string {
	if refused, ok := errors.AsType[*account.Error](err); ok {
		if refused.Code == account.CodePortal {
			return byEduConnect // which is what this portal's one provider is called
		}
		return web.French(refused.Message(ent.FR))
	}
	return web.French("Le portail n’a pas pu répondre : réessayez dans un instant.")
}

// wait tells a program when to come back.
func wait(w http.ResponseWriter, err error) {
	if refused, ok := errors.AsType[*account.Error](err); ok && refused.Wait > 0 {
		w.Header().Set("Retry-After", seconds(refused.Wait))
	}
}
