// The program cas-client is an application whose users sign in at a CAS server: its own sessions, one page of code.
//
//	go run ./examples/cas-client -cas http://localhost:9080/cas   # then open http://localhost:9081/
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/opencartable/cartable/identity/cas"
)

// application is the sessions of this application.
type application struct {
	mu       sync.Mutex
	sessions map[string]session // by token
}

type session struct {
	ticket string
	who    *cas.Answer
}

func (a *application) of(r *http.Request) (session, bool) {
	c, err := r.Cookie("app")
	if err != nil {
		return session{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s, ok := a.sessions[c.Value]
	return s, ok
}

func handler(base, server string) http.Handler {
	a := &application{sessions: map[string]session{}}
	return &cas.Gate{
		Client:   &cas.Client{Application: base, Server: cas.At(server)},
		SignedIn: func(r *http.Request) bool { _, ok := a.of(r); return ok },
		Begin: func(w http.ResponseWriter, r *http.Request, who *cas.Answer, ticket string) error {
			token := rand.Text()
			a.mu.Lock()
			a.sessions[token] = session{ticket, who}
			a.mu.Unlock()
			http.SetCookie(w, &http.Cookie{Name: "app", Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
			return nil
		},
		End: func(_ context.Context, ticket string) error {
			a.mu.Lock()
			defer a.mu.Unlock()
			for token, s := range a.sessions {
				if s.ticket == ticket {
					delete(a.sessions, token)
				}
			}
			return nil
		},
		Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s, ok := a.of(r)
			if !ok {
				return
			}
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			fmt.Fprintln(w, s.who.User)
			for _, n := range s.who.Attributes {
				fmt.Fprintln(w, n.Name, n.Values)
			}
		}),
	}
}

func main() {
	addr := flag.String("addr", "localhost:9081", "address of the application")
	server := flag.String("cas", "http://localhost:9080/cas", "CAS server")
	flag.Parse()
	log.Print("http://", *addr)
	srv := &http.Server{Addr: *addr, Handler: handler("http://"+*addr, *server), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(srv.ListenAndServe())
}
