package web

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Door says who may enter. The portal has two: picking a fictional person, and a code shown in the terminal.
type Door interface {
	// SignIn returns the sign-in page; failed tells that an attempt was just refused.
	SignIn(r *http.Request, failed bool) (Page, error)
	// Enter reads what the sign-in page sent, and says who enters.
	Enter(r *http.Request) (Account, bool)
}

// CodeDoor opens to whoever reads the terminal: each code serves once, and the next one is printed when it was used.
// It is the door of a delivery that may hold real persons.
type CodeDoor struct {
	out   io.Writer
	views Views

	mu   sync.Mutex
	code string
}

// NewCodeDoor returns a door that prints its codes.
func NewCodeDoor(out io.Writer) (*CodeDoor, error) {
	views, err := ParseViews(templates, "templates")
	if err != nil {
		return nil, err
	}
	d := &CodeDoor{out: out, views: views}
	d.renew()
	return d, nil
}

func (d *CodeDoor) renew() {
	d.code = rand.Text()
	fmt.Fprintf(d.out, "Code de connexion, valable une fois : %s\n", d.code)
}

// SignIn returns the page that asks for the code.
func (d *CodeDoor) SignIn(_ *http.Request, failed bool) (Page, error) {
	return Page{Title: "Se connecter", View: d.views["code"], Data: failed}, nil
}

// Enter lets in whoever gives the code, as the local administrator.
func (d *CodeDoor) Enter(r *http.Request) (Account, bool) {
	given := strings.ToUpper(strings.TrimSpace(r.PostFormValue("code")))
	d.mu.Lock()
	defer d.mu.Unlock()
	if subtle.ConstantTimeCompare([]byte(given), []byte(d.code)) != 1 {
		return Account{}, false
	}
	d.renew()
	return Account{
		Name: "Administrateur local", Role: "voit toute la livraison", Admin: true, Manages: []string{Everywhere}, Ref: "administrateur-local",
	}, true
}
