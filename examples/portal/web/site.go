package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Area is one part of the portal, such as the school or the delivery.
type Area interface {
	// Routes adds the pages of the area.
	Routes(s *Site)
	// Menu returns the entries that somebody sees.
	Menu(who Account) []Link
}

// Handler makes a page for somebody who signed in. ErrNotFound gives the page of what does not exist.
type Handler func(r *http.Request, who Account) (Page, error)

// Options are what a Site needs.
type Options struct {
	// Door says who may enter.
	Door Door
	// Log receives one line per request: never a name, an identifier, nor what was searched.
	Log *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// Notice stands at the foot of every page.
	Notice string
	// Busy returns the page to show instead of any other while the portal is not ready.
	Busy func() (Page, bool)
	// Areas are in the order of the menu.
	Areas []Area
	// Sessions say who is signed in; the portal's own, in memory, when nil.
	Sessions Sessions
	// Open are patterns of addresses to which other sites post: the messages there are signed.
	Open []string
}

// Site serves the areas in a common layout.
type Site struct {
	opt      Options
	mux      *http.ServeMux
	handler  http.Handler
	sessions Sessions
	views    Views
}

// New returns the site of the areas.
func New(o Options) (*Site, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	views, err := ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	s := &Site{opt: o, mux: http.NewServeMux(), sessions: o.Sessions, views: views}
	if s.sessions == nil {
		s.sessions = newSessions(o.Now)
	}
	if err := s.static(); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET /connexion", func(w http.ResponseWriter, r *http.Request) { s.signIn(w, r, false) })
	s.mux.HandleFunc("POST /connexion", s.enter)
	s.mux.HandleFunc("POST /deconnexion", s.leave)
	s.mux.HandleFunc("/", s.notFound)
	for _, a := range o.Areas {
		a.Routes(s)
	}
	protect := http.NewCrossOriginProtection()
	for _, pattern := range o.Open {
		protect.AddInsecureBypassPattern(pattern)
	}
	protect.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusForbidden)
	}))
	s.handler = s.logged(protect.Handler(s.mux))
	return s, nil
}

// ServeHTTP answers a request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Page adds a page for those who signed in. The pattern is that of http.ServeMux, without method.
func (s *Site) Page(pattern string, h Handler) {
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, h) })
}

// Handle adds an address that is open to everybody, and answers by itself.
func (s *Site) Handle(pattern string, h http.HandlerFunc) { s.mux.HandleFunc(pattern, h) }

// Show writes a page in the layout.
func (s *Site) Show(w http.ResponseWriter, r *http.Request, p Page) { s.show(w, r, p) }

// SignIn shows the sign-in page, after an attempt that failed or not.
func (s *Site) SignIn(w http.ResponseWriter, r *http.Request, failed bool) { s.signIn(w, r, failed) }

// Fail shows the page of a status.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, status int) { s.fail(w, r, status) }

// Local returns a page of the portal to go to, the home page for an address that leads elsewhere.
func Local(address string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	return address
}

func (s *Site) answer(w http.ResponseWriter, r *http.Request, h Handler) {
	if s.busy(w, r) {
		return
	}
	who, ok := s.sessions.Of(r)
	if !ok {
		http.Redirect(w, r, signInPath(r), http.StatusSeeOther)
		return
	}
	p, err := h(r, who)
	switch {
	case errors.Is(err, ErrNotFound):
		s.fail(w, r, http.StatusNotFound)
	case errors.Is(err, errTooLarge):
		s.fail(w, r, http.StatusRequestEntityTooLarge)
	case errors.Is(err, errUnreadable):
		s.fail(w, r, http.StatusBadRequest)
	case err != nil:
		s.opt.Log.Error("page", "route", r.Pattern, "error", err)
		s.fail(w, r, http.StatusInternalServerError)
	case p.Redirect != "":
		http.Redirect(w, r, p.Redirect, http.StatusSeeOther)
	default:
		s.show(w, r, p)
	}
}

// signInPath is the sign-in page, which leads back to the page that was asked for.
func signInPath(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/connexion"
	}
	return "/connexion?" + url.Values{"suite": {r.URL.RequestURI()}}.Encode()
}

// Post adds what a page's form is sent to: the answer is a page too. The body is bounded, and what comes from another site
// is refused before it gets here. The handler never sees a form that was cut short.
func (s *Site) Post(pattern string, h Handler) {
	s.mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience))
		s.answer(w, r, func(r *http.Request, who Account) (Page, error) {
			if err := r.ParseForm(); err != nil {
				return Page{}, unread(err)
			}
			return h(r, who)
		})
	})
}

// unread says why a form is refused. The error itself may quote what was typed.
func unread(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return errTooLarge
	}
	return errUnreadable
}

var (
	errTooLarge   = errors.New("portal: the form is too large")
	errUnreadable = errors.New("portal: the form cannot be read")
)

// maxForm bounds a form, in bytes.
const maxForm = 512 << 10

// File adds a file that a page shows or offers.
func (s *Site) File(pattern, mime string, write func(w io.Writer, r *http.Request, who Account) error) {
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		who, ok := s.sessions.Of(r)
		if !ok {
			http.Redirect(w, r, "/connexion", http.StatusSeeOther)
			return
		}
		var b bytes.Buffer
		if err := write(&b, r, who); err != nil {
			s.fail(w, r, http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", mime)
		w.Header().Set("Cache-Control", "no-store")
		_, _ = b.WriteTo(w)
	})
}

// Document adds a whole page that is not in the layout, such as one to print: its style stands in it, it loads nothing and runs
// no script.
func (s *Site) Document(pattern string, write func(w io.Writer, r *http.Request, who Account) error) {
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		if s.busy(w, r) {
			return
		}
		who, ok := s.sessions.Of(r)
		if !ok {
			http.Redirect(w, r, signInPath(r), http.StatusSeeOther)
			return
		}
		var b bytes.Buffer
		switch err := write(&b, r, who); {
		case errors.Is(err, ErrNotFound):
			s.fail(w, r, http.StatusNotFound)
			return
		case err != nil:
			s.opt.Log.Error("document", "route", r.Pattern, "error", err)
			s.fail(w, r, http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = b.WriteTo(w)
	})
}

func (s *Site) busy(w http.ResponseWriter, r *http.Request) bool {
	if s.opt.Busy == nil {
		return false
	}
	p, busy := s.opt.Busy()
	if busy {
		w.Header().Set("Retry-After", "2")
		s.show(w, r, p)
	}
	return busy
}

func (s *Site) signIn(w http.ResponseWriter, r *http.Request, failed bool) {
	if s.busy(w, r) {
		return
	}
	p, err := s.opt.Door.SignIn(r, failed)
	if err != nil {
		s.opt.Log.Error("sign-in", "error", err)
		s.fail(w, r, http.StatusInternalServerError)
		return
	}
	if failed {
		p.Status = http.StatusUnprocessableEntity
	}
	s.show(w, r, p)
}

func (s *Site) enter(w http.ResponseWriter, r *http.Request) {
	if s.busy(w, r) {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	who, ok := s.opt.Door.Enter(r)
	if !ok {
		s.signIn(w, r, true)
		return
	}
	if err := s.sessions.Start(w, r, who); err != nil {
		s.opt.Log.Error("sign-in", "error", err)
		s.fail(w, r, http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, Local(r.PostFormValue("suite")), http.StatusSeeOther)
}

// Leaver is a Sessions that has more to do when somebody leaves than to end the session here, and may answer by itself.
type Leaver interface {
	Leave(w http.ResponseWriter, r *http.Request) (answered bool)
}

func (s *Site) leave(w http.ResponseWriter, r *http.Request) {
	if l, ok := s.sessions.(Leaver); ok && l.Leave(w, r) {
		return
	}
	s.sessions.End(w, r)
	http.Redirect(w, r, "/connexion", http.StatusSeeOther)
}

func (s *Site) notFound(w http.ResponseWriter, r *http.Request) { s.fail(w, r, http.StatusNotFound) }

func (s *Site) fail(w http.ResponseWriter, r *http.Request, status int) {
	titles := map[int]string{
		http.StatusForbidden: "Demande refusée", http.StatusNotFound: "Page introuvable",
		http.StatusRequestEntityTooLarge: "Envoi trop long", http.StatusBadRequest: "Envoi illisible",
	}
	title, ok := titles[status]
	if !ok {
		title = "Erreur du portail"
	}
	s.show(w, r, Page{Title: title, View: s.views["error"], Data: status, Status: status})
}

// entry is an entry of the menu.
type entry struct {
	Link
	// Current is what aria-current says: "page", "true" for the section of the page, or nothing.
	Current string
}

// frame is what the layout shows.
type frame struct {
	Page
	Who    *Account
	Menu   []entry
	Search bool
	Notice string
}

// show writes a page in the layout.
func (s *Site) show(w http.ResponseWriter, r *http.Request, p Page) {
	f := frame{Page: p, Notice: s.opt.Notice}
	if who, ok := s.sessions.Of(r); ok && p.Refresh == 0 {
		f.Who = &who
		for _, a := range s.opt.Areas {
			for _, l := range a.Menu(who) {
				f.Menu = append(f.Menu, entry{l, current(l.Path, r.URL.Path)})
				f.Search = f.Search || l.Path == "/recherche" && r.URL.Path != l.Path
			}
		}
	}
	name, data := "layout", any(f)
	if p.Fragment != "" {
		name, data = p.Fragment, p.Data
	}
	var b bytes.Buffer
	if err := p.View.ExecuteTemplate(&b, name, data); err != nil {
		s.opt.Log.Error("template", "route", r.Pattern, "error", err)
		http.Error(w, "Erreur du portail", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if p.FormAction != "" {
		w.Header().Set("Content-Security-Policy", policy("'self' "+p.FormAction))
	}
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	_, _ = b.WriteTo(w)
}

// policy is what a page may load, and where its forms may go.
func policy(forms string) string {
	return "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action " + forms + "; frame-ancestors 'none'"
}

func current(entry, path string) string {
	switch {
	case entry == path:
		return "page"
	case entry != "/" && strings.HasPrefix(path, entry+"/"):
		return "true"
	}
	return ""
}

// static serves the style sheet and the icon, which browsers keep and check by their hash.
func (s *Site) static() error {
	names, err := fs.Glob(static, "static/*")
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	for _, n := range names {
		b, err := static.ReadFile(n)
		if err != nil {
			return fmt.Errorf("portal: %w", err)
		}
		sum := sha256.Sum256(b)
		tag := `"` + hex.EncodeToString(sum[:8]) + `"`
		s.mux.HandleFunc("GET /"+n, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", tag)
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeContent(w, r, n, time.Time{}, bytes.NewReader(b))
		})
	}
	return nil
}

// logged sets the headers that every answer carries, and writes one line per request.
func (s *Site) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.opt.Now()
		h := w.Header()
		h.Set("Content-Security-Policy", policy("'self'"))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			failure := recover()
			if failure != nil && !rec.wrote {
				s.fail(rec, r, http.StatusInternalServerError)
			}
			// The route is the pattern, such as /personnes/{category}/{id}: never the identifier itself.
			s.opt.Log.Info("request", "method", r.Method, "route", r.Pattern, "status", rec.status,
				"duration", s.opt.Now().Sub(start), "panic", failure != nil)
		}()
		next.ServeHTTP(rec, r)
	})
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	r.status, r.wrote = status, true
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.wrote = true
	return r.ResponseWriter.Write(b) //nolint:wrapcheck // an io.Writer passes errors as they are
}
