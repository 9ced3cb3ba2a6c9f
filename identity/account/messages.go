package account

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/opencartable/cartable/ent"
)

// The kinds of messages.
const (
	KindReset     = "account.reset"            // a link for each account of the address; secret
	KindPortal    = "account.reset.portal"     // the account has no password here
	KindPassword  = "account.password.changed" // by the person or by a link
	KindActivated = "account.activated"
	KindMail      = "account.mail.confirm" // to the new address; secret
	KindMailOld   = "account.mail.changed" // to the former one
	KindSecondOn  = "account.second.added"
	KindSecondOff = "account.second.removed"
	KindMerged    = "account.merged"
	KindDevice    = "account.device.new" // to those whose policy wants a second factor
)

// previousFor is how long the former address is told too.
const previousFor = 30 * 24 * time.Hour

// tell says to a person what happened to their account, at every address that may be theirs. What happened has happened: a
// message that is not taken is logged.
func (s *Service) tell(ctx context.Context, tenant ent.Tenant, a *Account, kind string) {
	fr, en := told(kind, s.issuer())
	to := []string{a.Mail}
	if previous, ok := s.previousMail(a); ok {
		to = append(to, previous)
	}
	for _, mail := range to {
		s.send(ctx, s.mail(tenant, a, mail, kind, fr, en))
	}
}

// previousMail returns the address before the present one, while it is told too.
func (s *Service) previousMail(a *Account) (string, bool) {
	return a.PreviousMail, a.PreviousMail != "" && s.now().Sub(a.MailChanged) < previousFor
}

func (s *Service) mail(tenant ent.Tenant, a *Account, to, kind string, fr, en ent.Letter) ent.Message {
	fr.Text, en.Text = "Bonjour,\n\n"+fr.Text+"\n\n"+s.issuer()+"\n", "Hello,\n\n"+en.Text+"\n\n"+s.issuer()+"\n"
	return ent.Message{Tenant: tenant, Kind: kind, Person: a.ID, Channel: ent.ChannelMail, Address: to, Lang: a.Lang, FR: fr, EN: en, Params: map[string]string{}}
}

func (s *Service) send(ctx context.Context, m ent.Message) {
	if s.Notifier == nil || m.Address == "" {
		return
	}
	if err := s.Notifier.Notify(context.WithoutCancel(ctx), m); err != nil {
		logger(s.Logger).ErrorContext(ctx, "message not taken", slog.Any("message", m), slog.String("error", codeText(err)))
	}
}

func told(kind, issuer string) (fr, en ent.Letter) {
	const (
		frNotYou = " Si ce n'est pas vous, demandez un nouveau mot de passe et prévenez l'établissement."
		enNotYou = " If it was not you, ask for a new password and tell the school."
	)
	letter := func(s, t string) ent.Letter { return ent.Letter{Subject: issuer + " : " + s, Text: t} }
	english := func(s, t string) ent.Letter { return ent.Letter{Subject: issuer + ": " + s, Text: t} }
	switch kind {
	case KindPassword:
		return letter("mot de passe changé", "Le mot de passe de votre compte vient de changer. Les autres appareils sont déconnectés."+frNotYou),
			english("password changed", "The password of your account has just changed. Other devices are signed out."+enNotYou)
	case KindActivated:
		return letter("compte activé", "Votre compte vient d'être activé."+frNotYou),
			english("account activated", "Your account has just been activated."+enNotYou)
	case KindMailOld:
		return letter("adresse changée", "L'adresse électronique de votre compte vient de changer : cette adresse ne recevra plus ses messages."+frNotYou),
			english("address changed", "The e-mail address of your account has just changed: this address will no longer get its messages."+enNotYou)
	case KindSecondOn:
		return letter("second facteur ajouté", "La connexion à votre compte demande maintenant un code de votre application."+frNotYou),
			english("second factor added", "Signing in to your account now asks for a code of your application."+enNotYou)
	case KindSecondOff:
		return letter("second facteur retiré", "La connexion à votre compte ne demande plus de code."+frNotYou),
			english("second factor removed", "Signing in to your account no longer asks for a code."+enNotYou)
	case KindDevice:
		return letter("nouvel appareil", "Le mot de passe de votre compte vient d'être donné sur un appareil qui ne l'avait jamais fait."+frNotYou),
			english("new device", "The password of your account has just been given on a device that had never done so."+enNotYou)
	case KindMerged:
		return letter("comptes fusionnés", "Un de vos comptes vient d'être fusionné dans l'autre : les deux identifiants ouvrent le même compte."+frNotYou),
			english("accounts merged", "One of your accounts has just been merged into the other: both logins open the same account."+enNotYou)
	}
	return ent.Letter{}, ent.Letter{}
}

// resetLine is one account of a message of reset.
type resetLine struct {
	name, login, link, portal string
}

// resetLetters lists the accounts of an address, each with its link or its portal.
func resetLetters(issuer string, lines []resetLine) (fr, en ent.Letter) {
	var f, e strings.Builder
	f.WriteString("Un nouveau mot de passe a été demandé pour cette adresse. Les liens servent une fois, pendant une heure.\n")
	e.WriteString("A new password was asked for with this address. The links work once, for one hour.\n")
	for _, l := range lines {
		if l.portal != "" {
			fmt.Fprintf(&f, "\n%s : ce compte s'ouvre par le guichet %s, qui seul change le mot de passe.\n", l.name, l.portal)
			fmt.Fprintf(&e, "\n%s: this account is entered through the portal %s, which alone changes the password.\n", l.name, l.portal)
			continue
		}
		fmt.Fprintf(&f, "\n%s (identifiant %s) :\n%s\n", l.name, l.login, l.link)
		fmt.Fprintf(&e, "\n%s (login %s):\n%s\n", l.name, l.login, l.link)
	}
	f.WriteString("\nSi vous n'avez rien demandé, ne faites rien : rien n'a changé.")
	e.WriteString("\nIf you asked for nothing, do nothing: nothing has changed.")
	return ent.Letter{Subject: issuer + " : nouveau mot de passe", Text: f.String()}, ent.Letter{Subject: issuer + ": new password", Text: e.String()}
}

func mailLetters(issuer, link string) (fr, en ent.Letter) {
	return ent.Letter{Subject: issuer + " : confirmez votre adresse", Text: "Pour que cette adresse soit celle de votre compte, ouvrez ce lien avant demain :\n" + link},
		ent.Letter{Subject: issuer + ": confirm your address", Text: "To make this address that of your account, open this link before tomorrow:\n" + link}
}
