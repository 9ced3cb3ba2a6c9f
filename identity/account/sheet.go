package account

import (
	"cmp"
	"context"
	_ "embed"
	"html/template"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/opencartable/cartable/ent"
	"github.com/opencartable/cartable/internal/frtext"
)

// Order asks for activation codes, for a class as a rule.
type Order struct {
	Tenant ent.Tenant
	By     Agent
	// Title is printed: the name of the class.
	Title    string
	Accounts []ent.ID
	// Length is that of the codes, MinCode when 0.
	Length int
	// Expires is the end of the school year when zero, of the next one when this one ends within a month.
	Expires time.Time
	// Renew makes codes for accounts that are activated too: for pupils without an address who forgot their password.
	Renew bool
	// May says who may be printed a code by whom: MayPrintCode when nil.
	May func(by Agent, target *Account) error
}

// Sheet is what is printed: one slip for each person, to be cut. It holds secrets, which cannot be had again: a sheet that is lost
// is printed anew, with other codes.
type Sheet struct {
	Title   string
	Lines   []Line
	Expires time.Time
	// Left are the accounts without a code, and why: CodeActive, CodeRights, CodeBlocked, CodePortal, CodeUnknown.
	Left []Left
}

// Line is one person of a sheet.
type Line struct {
	Account ent.ID
	Name    ent.Name
	Login   string
	// Code is in two halves, as [ShowCode] writes it.
	Code string
}

// Left is an account that got no code.
type Left struct {
	Account ent.ID
	Code    ent.Code
}

// LogValue shows how many lines there are.
func (s Sheet) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("lines", len(s.Lines)), slog.Int("left", len(s.Left)))
}

// String hides the sheet.
func (s Sheet) String() string { return hidden }

// GoString hides the sheet.
func (s Sheet) GoString() string { return hidden }

// LogValue shows the account.
func (l Line) LogValue() slog.Value {
	return slog.GroupValue(slog.String("account", string(l.Account)))
}

// String hides the line.
func (l Line) String() string { return hidden }

// GoString hides the line.
func (l Line) GoString() string { return hidden }

// codeRetries is how often a code that another account has is drawn anew.
const codeRetries = 5

// expiry returns when codes end that are printed today.
func (s *Service) expiry() time.Time {
	today := s.today()
	end := ent.SchoolYearOf(today).Last()
	if end.Before(today.AddDays(31)) {
		end = ent.SchoolYearOf(end.AddDays(1)).Last()
	}
	zone := s.Zone
	if zone == nil {
		zone = time.UTC
	}
	return end.AddDays(1).Time(zone)
}

// PrintCodes makes activation codes, in the order of the names. A person's former code is void from then on. All are made or
// none; accounts that get none are told with the reason.
func (s *Service) PrintCodes(ctx context.Context, o Order) (Sheet, error) {
	sheet, err := s.printCodes(ctx, o)
	s.logResult(ctx, "codes printed", o.Tenant, o.By.Account, err)
	return sheet, err
}

func (s *Service) printCodes(ctx context.Context, o Order) (Sheet, error) {
	if err := s.ready(); err != nil {
		return Sheet{}, err
	}
	if o.Length == 0 {
		o.Length = defaultCode
	}
	if o.Length < MinCode || o.Length > MaxCode {
		return Sheet{}, failure(CodeSymbol)
	}
	if o.Expires.IsZero() {
		o.Expires = s.expiry()
	}
	if o.May == nil {
		o.May = MayPrintCode
	}
	var sheet Sheet
	err := s.Store.Update(ctx, o.Tenant, func(tx Tx) error {
		sheet = Sheet{Title: o.Title, Expires: o.Expires}
		var events []ent.Event
		for i, id := range o.Accounts {
			if slices.Contains(o.Accounts[:i], id) {
				continue
			}
			a, err := tx.Account(ctx, id)
			if err == nil {
				err = printable(&a, o)
			}
			if err != nil {
				if e, ok := err.(*Error); ok && e.Code != CodeStore { //nolint:errorlint // made by this package
					sheet.Left = append(sheet.Left, Left{id, e.Code})
					continue
				}
				return err
			}
			code, err := s.putCode(ctx, tx, o, id)
			if err != nil {
				return err
			}
			sheet.Lines = append(sheet.Lines, Line{id, a.Name, a.Login, ShowCode(code)})
			events = append(events, s.event(EventCodes, o.Tenant, id, o.By.Actor(), nil))
		}
		return emit(ctx, tx, events...)
	})
	if err != nil {
		return Sheet{}, storeError(err)
	}
	slices.SortStableFunc(sheet.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(frtext.Key(a.Name.Family), frtext.Key(b.Name.Family)), cmp.Compare(frtext.Key(a.Name.Given), frtext.Key(b.Name.Given)))
	})
	return sheet, nil
}

// printable returns why an account gets no code.
func printable(a *Account, o Order) error {
	if err := o.May(o.By, a); err != nil {
		return failure(CodeRights)
	}
	switch {
	case a.Blocked:
		return failure(CodeBlocked)
	case a.MergedInto != "":
		return failure(CodeMergeAlready)
	case a.Portal != "":
		return &Error{Code: CodePortal, Portal: a.Portal}
	case !a.Activated.IsZero() && !o.Renew:
		return failure(CodeActive)
	}
	return nil
}

// putCode draws a code that nobody has, and keeps its hash.
func (s *Service) putCode(ctx context.Context, tx Tx, o Order, id ent.ID) (string, error) {
	if err := tx.DropTokens(ctx, id, TokenActivation); err != nil {
		return "", err
	}
	for range codeRetries {
		code, err := newCode(s.random(), o.Length)
		if err != nil {
			return "", err
		}
		if _, err := s.token(ctx, tx, o.Tenant, TokenActivation, code, false); !isCode(err, CodeLink) {
			if err == nil || isCode(err, CodeExpired) {
				continue
			}
			return "", err
		}
		return code, tx.PutToken(ctx, Token{
			Kind: TokenActivation, Hash: tokenHash(s.Keys.Current, o.Tenant, TokenActivation, code), Account: id, Created: s.now(), Expires: o.Expires,
		})
	}
	return "", failure(CodeRandom)
}

//go:embed sheet.html
var sheetText string

var sheetPage = sync.OnceValues(func() (*template.Template, error) { return template.New("sheet").Parse(sheetText) })

// Print says how a sheet is printed.
type Print struct {
	Lang ent.Lang
	// Issuer is the name of the ENT, Site the address to type.
	Issuer, Site string
	// QR returns an image of a code of two dimensions as a data: URL, which opens the page of activation; none when nil. What it
	// holds is a secret: put the code after the # of the address, which no server logs.
	QR func(Line) template.URL
}

// HTML writes the sheet as a page to print: slips to be cut, none over two pages.
func (s *Sheet) HTML(w io.Writer, p Print) error {
	page, err := sheetPage()
	if err != nil {
		return err
	}
	type slip struct {
		Name, Login, Code string
		QR                template.URL
	}
	var slips []slip
	for _, l := range s.Lines {
		v := slip{Name: l.Name.Display(), Login: l.Login, Code: l.Code}
		if p.QR != nil {
			v.QR = p.QR(l)
		}
		slips = append(slips, v)
	}
	english := p.Lang == ent.EN
	lang := ent.FR
	if english {
		lang = ent.EN
	}
	// The day before the instant of the end.
	last := ent.DateAt(s.Expires.Add(-time.Second), s.Expires.Location())
	return page.Execute(w, map[string]any{
		"Lang": string(lang), "EN": english, "Title": s.Title, "Issuer": p.Issuer, "Site": p.Site, "Until": last.Format(lang), "Slips": slips,
	})
}
