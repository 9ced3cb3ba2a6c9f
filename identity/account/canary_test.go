package account_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/identity/account"
)

// All the use cases run on marked values and secrets, those that fail too: no log line, no error, no event and no print of a value
// holds one.
func TestNothingPersonalIsToldOfInPassing(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	ctx := t.Context()
	const mark = "Canari"
	marked := func(id ent.ID) account.Account {
		a := relative(id)
		a.Login, a.Alias = mark+"."+string(id), mark+"."+string(id)+"@exemple.test"
		a.Name, a.SchoolNames, a.Mobile = ent.Name{Family: mark + "F", Given: mark + "G"}, []string{mark}, mark+"M"
		a.Mail, a.Terms = mark+string(id)+"@exemple.test", mark
		return a
	}
	secrets := []string{mark, strings.ToLower(mark), goodPassword, "Velours-vert-72!", "wrong-Secret-1"}
	var errs []error
	var values []any
	try := func(err error) {
		t.Helper()
		require.Error(t, err)
		errs = append(errs, err)
	}
	keep := func(vs ...any) { values = append(values, vs...) }

	s.active(marked("zoe"))
	s.active(marked("two"))
	s.save(marked("new"))
	for _, a := range []account.Attempt{
		{Tenant: tenant, Login: mark + ".zoe", Password: "wrong-Secret-1", Address: address("1")},
		{Tenant: tenant, Login: mark + "-nobody", Password: "wrong-Secret-1", Address: address("1")},
		{Tenant: tenant, Login: mark + ".zoe", Password: strings.Repeat(mark, 1000), Address: address("1")},
	} {
		_, err := s.SignIn(ctx, a)
		try(err)
		keep(a)
	}
	out, err := s.SignIn(ctx, account.Attempt{Tenant: tenant, Login: mark + ".zoe", Password: goodPassword, Address: address("1")})
	require.NoError(t, err)
	start, err := out.Start()
	require.NoError(t, err)
	start.Agent, start.Address, start.Upstream = mark, mark, account.Upstream{Provider: "educonnect", Subject: mark, Data: []byte(mark)}
	v, token, err := s.Sessions.Start(ctx, start)
	require.NoError(t, err)
	secrets = append(secrets, token, out.Device, v.Key)
	keep(out, start, v, out.Account, v.Upstream)

	order := account.Order{Tenant: tenant, By: account.Agent{Administrator: true}, Title: mark, Accounts: []ent.ID{"new"}}
	sheet, err := s.PrintCodes(ctx, order)
	require.NoError(t, err)
	code := sheet.Lines[0].Code
	secrets = append(secrets, code, strings.ReplaceAll(code, "-", ""))
	keep(sheet, sheet.Lines[0])
	form := account.Activation{Tenant: tenant, Login: mark + ".new", Code: code, Password: "x", Terms: mark, Mail: mark + "@exemple.test", Address: address("1")}
	_, err = s.Activate(ctx, form)
	try(err)
	form.Code = mark
	_, err = s.Activate(ctx, form)
	try(err)
	form.Code, form.Password = code, goodPassword
	_, err = s.Activate(ctx, form)
	require.NoError(t, err)
	keep(form)

	e, err := s.EnrolSecond(ctx, tenant, "zoe")
	require.NoError(t, err)
	recovery, err := s.ConfirmSecond(ctx, tenant, "zoe", phone(t, e)(s.clock()))
	require.NoError(t, err)
	secrets = append(append(secrets, recovery...), e.Secret)
	out, err = s.SignIn(ctx, account.Attempt{Tenant: tenant, Login: mark + ".zoe", Password: goodPassword, Address: address("1")})
	require.NoError(t, err)
	secrets = append(secrets, out.Challenge)
	_, err = s.SecondFactor(ctx, tenant, out.Challenge, mark, address("1"))
	try(err)
	_, err = s.SecondFactor(ctx, tenant, out.Challenge, recovery[0], address("1"))
	require.NoError(t, err)
	keep(e, out, *s.get("zoe").Second, s.Keys)

	key, _, err := s.MergeKey(ctx, tenant, "two")
	require.NoError(t, err)
	_, err = s.Merge(ctx, tenant, "zoe", mark)
	try(err)
	g := &groups{of: map[ent.ID][]string{}, before: map[ent.ID][]string{}, fail: errors.New(mark)}
	s.Holders = []ent.Holder{g}
	_, err = s.Merge(ctx, tenant, "zoe", key)
	try(err)
	g.fail = nil
	key, _, err = s.MergeKey(ctx, tenant, "two")
	require.NoError(t, err)
	_, err = s.Merge(ctx, tenant, "zoe", key)
	require.NoError(t, err)
	require.NoError(t, s.Unmerge(ctx, tenant, mark+".two", ent.Actor{Kind: ent.ActorSystem}))
	secrets = append(secrets, key)

	require.NoError(t, s.AskReset(ctx, tenant, mark+".zoe", address("1")))
	s.Drain()
	sent := s.mail.take()
	for _, m := range sent {
		keep(m)
	}
	last := sent[len(sent)-1]
	renewal := account.Renewal{Tenant: tenant, Token: link(last, "1"), Password: mark, Address: address("1")}
	secrets = append(secrets, renewal.Token)
	_, err = s.Reset(ctx, renewal)
	try(err)
	renewal.Password = "Velours-vert-72!"
	_, err = s.Reset(ctx, renewal)
	require.NoError(t, err)
	_, err = s.Reset(ctx, renewal)
	try(err)
	keep(renewal)
	change := account.Change{Tenant: tenant, Account: "zoe", Old: "wrong-Secret-1", New: goodPassword, Address: address("1")}
	try(s.ChangePassword(ctx, change))
	keep(change)
	try(s.AskMail(ctx, tenant, "zoe", mark))
	require.NoError(t, s.AskMail(ctx, tenant, "zoe", mark+"new@exemple.test"))
	keep(account.Token{Kind: account.TokenMail, Hash: mark, Payload: mark})
	try(s.ConfirmMail(ctx, tenant, mark))
	require.NoError(t, s.Block(ctx, tenant, "zoe", ent.Actor{Kind: ent.ActorSystem}))
	_, err = s.Holder().Erase(ctx, tenant, "zoe")
	require.NoError(t, err)

	var all bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&all, nil))
	text := slog.New(slog.NewTextHandler(&all, nil))
	all.Write(s.log.Bytes())
	for _, err := range errs {
		fmt.Fprintf(&all, "%v %+v %#v\n", err, err, err)
		log.Error("x", "error", err)
		text.Error("x", "error", err)
	}
	for _, v := range values {
		fmt.Fprintf(&all, "%v %+v %#v %s\n", v, v, v, v)
		log.Info("x", "v", v)
		text.Info("x", "v", v)
	}
	for _, e := range s.events {
		b, err := json.Marshal(e)
		require.NoError(t, err)
		all.Write(b)
	}
	require.Greater(t, all.Len(), 5000)
	for _, secret := range secrets {
		require.NotEmpty(t, secret)
		if i := strings.Index(all.String(), secret); i >= 0 {
			t.Fatalf("%q is told: %s", secret, all.String()[max(0, i-200):min(all.Len(), i+100)])
		}
	}
}
