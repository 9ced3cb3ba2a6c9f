package main

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the vendor's database
)

// vendor is the existing product: its base, its sessions, its pages.
type vendor struct {
	db *sql.DB

	mu       sync.Mutex
	sessions map[string]session // token → user
	account  string             // of the last feed, for the page
	// ended is called with the token of a session that ends; left may send the browser elsewhere after a logout.
	ended func(ctx context.Context, token string)
	left  func(w http.ResponseWriter, r *http.Request, token string) bool
}

type session struct {
	user           int64
	since, expires time.Time
}

const schema = `
CREATE TABLE IF NOT EXISTS schools (
	id BIGINT PRIMARY KEY, feed_key TEXT UNIQUE, uai TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
	id BIGINT PRIMARY KEY, login TEXT UNIQUE, last_name TEXT NOT NULL, first_name TEXT NOT NULL,
	role TEXT NOT NULL, salt BLOB, password BLOB, born TEXT NOT NULL DEFAULT '', ine TEXT NOT NULL DEFAULT '',
	old_key TEXT NOT NULL DEFAULT '', missing_since TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS user_keys (
	category TEXT NOT NULL, feed_key TEXT NOT NULL, user_id BIGINT NOT NULL REFERENCES users(id), hash TEXT NOT NULL DEFAULT '',
	gone BOOLEAN NOT NULL DEFAULT FALSE, PRIMARY KEY (category, feed_key));
CREATE TABLE IF NOT EXISTS deliveries (
	origin TEXT PRIMARY KEY, day TEXT NOT NULL, academy TEXT NOT NULL, degree TEXT NOT NULL, context TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS memberships (
	user_id BIGINT NOT NULL REFERENCES users(id), school_id BIGINT NOT NULL REFERENCES schools(id), class TEXT NOT NULL DEFAULT '',
	profile TEXT NOT NULL DEFAULT '', PRIMARY KEY (user_id, school_id, class));
CREATE TABLE IF NOT EXISTS families (
	adult_id BIGINT PRIMARY KEY, quotient TEXT, quotient_since TEXT, in_town BOOLEAN NOT NULL);
CREATE TABLE IF NOT EXISTS registrations (
	family_id BIGINT NOT NULL REFERENCES families(adult_id), child_id BIGINT NOT NULL, born TEXT NOT NULL, day TEXT NOT NULL,
	service TEXT NOT NULL, booked BOOLEAN NOT NULL, came BOOLEAN NOT NULL, arrived TEXT NOT NULL DEFAULT '', gone TEXT NOT NULL DEFAULT '',
	excuse TEXT NOT NULL DEFAULT '', PRIMARY KEY (child_id, day, service, arrived));
CREATE TABLE IF NOT EXISTS guardians (
	child_id BIGINT NOT NULL REFERENCES users(id), adult_id BIGINT NOT NULL REFERENCES users(id), legal BOOLEAN NOT NULL,
	PRIMARY KEY (child_id, adult_id));
CREATE TABLE IF NOT EXISTS numbers (
	user_id BIGINT PRIMARY KEY REFERENCES users(id), siecle TEXT NOT NULL DEFAULT '', sts TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS terms (
	school_id BIGINT NOT NULL REFERENCES schools(id), class TEXT NOT NULL, term INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL,
	council TEXT NOT NULL DEFAULT '', locked TEXT NOT NULL DEFAULT '', PRIMARY KEY (school_id, class, term));
CREATE TABLE IF NOT EXISTS lessons (
	id BIGINT PRIMARY KEY, school_id BIGINT NOT NULL REFERENCES schools(id), class TEXT NOT NULL, subject TEXT NOT NULL, label TEXT NOT NULL,
	weight TEXT NOT NULL, teacher_id BIGINT NOT NULL REFERENCES users(id));
CREATE TABLE IF NOT EXISTS slots (
	id BIGINT PRIMARY KEY, lesson_id BIGINT NOT NULL REFERENCES lessons(id), room TEXT NOT NULL DEFAULT '', first_day TEXT NOT NULL,
	first_start TEXT NOT NULL, day TEXT NOT NULL, start TEXT NOT NULL, minutes INTEGER NOT NULL, cancelled BOOLEAN NOT NULL DEFAULT FALSE,
	changes INTEGER NOT NULL DEFAULT 0, changed BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS agenda_keys (
	hash TEXT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users(id), revoked BOOLEAN NOT NULL DEFAULT FALSE);
CREATE TABLE IF NOT EXISTS tests (
	id BIGINT PRIMARY KEY, lesson_id BIGINT NOT NULL REFERENCES lessons(id), term INTEGER NOT NULL, label TEXT NOT NULL, day TEXT NOT NULL,
	out_of TEXT NOT NULL, weight TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS marks (
	test_id BIGINT NOT NULL REFERENCES tests(id), pupil_id BIGINT NOT NULL REFERENCES users(id), mark TEXT NOT NULL, PRIMARY KEY (test_id, pupil_id));
CREATE TABLE IF NOT EXISTS remarks (
	pupil_id BIGINT NOT NULL REFERENCES users(id), term INTEGER NOT NULL, lesson_id BIGINT NOT NULL, remark TEXT NOT NULL,
	PRIMARY KEY (pupil_id, term, lesson_id));
CREATE TABLE IF NOT EXISTS absences (
	pupil_id BIGINT NOT NULL REFERENCES users(id), term INTEGER NOT NULL, late INTEGER, excused INTEGER, unexcused INTEGER,
	PRIMARY KEY (pupil_id, term));
`

func openVendor(ctx context.Context, file string) (*vendor, error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, fmt.Errorf("vendor: %w", err)
	}
	db.SetMaxOpenConns(1) // one file, or one memory
	if _, err := db.ExecContext(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("vendor: %w", err), db.Close())
	}
	return &vendor{db: db, sessions: map[string]session{}}, nil
}

func hash(password string, salt []byte) ([]byte, error) {
	return pbkdf2.Key(sha256.New, password, salt, 600000, 32)
}

func (v *vendor) createAdmin(ctx context.Context, login, password string) error {
	salt := []byte(rand.Text())
	key, err := hash(password, salt)
	if err != nil {
		return fmt.Errorf("vendor: %w", err)
	}
	_, err = v.db.ExecContext(ctx, `INSERT INTO users (id, login, last_name, first_name, role, salt, password)
		VALUES (1, $1, 'Admin', '', 'admin', $2, $3) ON CONFLICT (id) DO UPDATE SET salt = $2, password = $3`, login, salt, key)
	return err
}

// check returns the user of a login and a password. It takes the same time for an unknown login.
func (v *vendor) check(ctx context.Context, login, password string) (int64, bool) {
	var id int64
	var salt, key []byte
	err := v.db.QueryRowContext(ctx, `SELECT id, salt, password FROM users WHERE login = $1 AND password IS NOT NULL`, login).Scan(&id, &salt, &key)
	if err != nil {
		salt, key = []byte("unknown"), make([]byte, 32)
	}
	got, hashErr := hash(password, salt)
	same := subtle.ConstantTimeCompare(got, key) == 1
	return id, err == nil && hashErr == nil && same
}

func (v *vendor) user(r *http.Request) (int64, bool) {
	_, s, ok := v.session(r)
	return s.user, ok
}

// session returns the session of a request, with its token.
func (v *vendor) session(r *http.Request) (string, session, bool) {
	c, err := r.Cookie("session")
	if err != nil {
		return "", session{}, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.sessions[c.Value]
	return c.Value, s, ok && time.Now().Before(s.expires)
}

// handler returns the vendor's pages.
func (v *vendor) handler() http.Handler { return guard(v.mux()) }

// guard refuses forms that other sites post, but for signed messages.
func guard(mux *http.ServeMux) http.Handler {
	g := http.NewCrossOriginProtection()
	g.AddInsecureBypassPattern("POST /saml/")
	return g.Handler(mux)
}

func (v *vendor) mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { v.page(w, "login", nil) })
	mux.HandleFunc("POST /login", v.login)
	mux.HandleFunc("POST /logout", v.logout)
	mux.Handle("GET /{$}", v.signedIn(v.home))
	mux.Handle("GET /users", v.signedIn(v.users))
	return mux
}

func (v *vendor) signedIn(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := v.user(r); !ok {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return
		}
		h(w, r)
	})
}

func (v *vendor) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<12)
	id, ok := v.check(r.Context(), r.FormValue("login"), r.FormValue("password"))
	if !ok {
		w.WriteHeader(http.StatusUnauthorized)
		v.page(w, "login", "Identifiant ou mot de passe inconnu.")
		return
	}
	v.open(w, r, id)
	next := r.URL.Query().Get("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") {
		next = "/" // a page of ours, or the home page
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// open opens a session, and returns its token.
func (v *vendor) open(w http.ResponseWriter, r *http.Request, user int64) string {
	token := rand.Text()
	v.mu.Lock()
	v.sessions[token] = session{user, time.Now(), time.Now().Add(time.Hour)}
	v.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "session", Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
	return token
}

func (v *vendor) logout(w http.ResponseWriter, r *http.Request) {
	token, _, ok := v.session(r)
	if ok {
		v.end(r.Context(), token)
	}
	if ok && v.left != nil && v.left(w, r, token) {
		return
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// end ends a session.
func (v *vendor) end(ctx context.Context, token string) {
	v.mu.Lock()
	delete(v.sessions, token)
	ended := v.ended
	v.mu.Unlock()
	if ended != nil {
		ended(ctx, token)
	}
}

func (v *vendor) home(w http.ResponseWriter, r *http.Request) {
	var data struct {
		Schools, Users, Guardians int
		Account                   string
	}
	err := v.db.QueryRowContext(r.Context(), `SELECT (SELECT count(*) FROM schools), (SELECT count(*) FROM users), (SELECT count(*) FROM guardians)`).
		Scan(&data.Schools, &data.Users, &data.Guardians)
	if err != nil {
		fail(w, err)
		return
	}
	v.mu.Lock()
	data.Account = v.account
	v.mu.Unlock()
	v.page(w, "home", data)
}

type userRow struct {
	ID                            int64
	LastName, FirstName, Role, In string
}

func (v *vendor) users(w http.ResponseWriter, r *http.Request) {
	rows, err := v.db.QueryContext(r.Context(), `SELECT u.id, u.last_name, u.first_name, u.role,
		coalesce((SELECT group_concat(s.name || ' ' || m.class, ', ') FROM memberships m JOIN schools s ON s.id = m.school_id WHERE m.user_id = u.id), '')
		FROM users u WHERE u.last_name LIKE $1 ORDER BY u.last_name, u.first_name LIMIT 200`, strings.ToUpper(r.FormValue("q"))+"%")
	if err != nil {
		fail(w, err)
		return
	}
	defer rows.Close()
	var list []userRow
	for rows.Next() {
		var u userRow
		if err := rows.Scan(&u.ID, &u.LastName, &u.FirstName, &u.Role, &u.In); err != nil {
			fail(w, err)
			return
		}
		list = append(list, u)
	}
	if err := rows.Err(); err != nil {
		fail(w, err)
		return
	}
	v.page(w, "users", list)
}

// fail answers without the reason, which may hold a value; the log has it.
func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, "erreur interne", http.StatusInternalServerError)
}

func (v *vendor) page(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := pages().ExecuteTemplate(w, name, data); err != nil {
		log.Print(err)
	}
}

var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Parse(`
{{define "top"}}<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Éditeur</title><main>{{end}}
{{define "login"}}{{template "top"}}<h1>Connexion</h1>{{with .}}<p role="alert">{{.}}</p>{{end}}
<form method="post"><p><label>Identifiant <input name="login" autocomplete="username" required></label>
<p><label>Mot de passe <input name="password" type="password" autocomplete="current-password" required></label><p><button>Entrer</button></form></main>{{end}}
{{define "home"}}{{template "top"}}<h1>Éditeur</h1><ul><li>{{.Schools}} établissements<li><a href="/users">{{.Users}} utilisateurs</a><li>{{.Guardians}} liens de parenté</ul>
{{with .Account}}<h2>Dernière livraison</h2><pre>{{.}}</pre>{{end}}<form method="post" action="/logout"><button>Sortir</button></form></main>{{end}}
{{define "users"}}{{template "top"}}<h1>Utilisateurs</h1><form><label>Nom <input name="q"></label> <button>Chercher</button></form>
<table><tr><th>n°<th>nom<th>prénom<th>rôle<th>établissements{{range .}}<tr><td>{{.ID}}<td>{{.LastName}}<td>{{.FirstName}}<td>{{.Role}}<td>{{.In}}{{end}}</table></main>{{end}}
`))
})
