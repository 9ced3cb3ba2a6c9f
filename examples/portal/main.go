// The program portal is a small ENT, which grows by one area at a time. It needs nothing set up:
//
//	go run ./examples/portal                       # a fictional academy, on http://localhost:8080
//	go run ./examples/portal -feed ENT2DVA.zip     # a real delivery; -feed may be repeated, for 2D and 1D
//
// Without -feed it makes a fictional academy, writes it as AAF deliveries, reads these back, and shows what they hold.
// The portal shows; it holds no rule, and uses only what the packages of Cartable export. Each area is a folder with its
// handlers and its templates:
//
//	web      what the areas share: layout, style sheet, menu, sessions, sign-in, error pages, headers
//	intake   the deliveries: reading them, the progress meanwhile, and the report
//	school   establishments, classes, groups, people and their relatives, and the search
//	fees     prices: a parent's simulator, the town hall's tariff, two tariffs compared
//	door     sign-in, sessions, EduConnect (simulated, beside it), partners by CAS and SAML
//	life     the school day: timetables and calendars, roll calls, absences to settle, homework
//	marks    a teacher's grid, what families see, the class council, bulletins, the file of the LSU
//	people   the directory: an import compared, read, applied and undone; accounts, duplicates, who may see what and why
//
// Pages are made on the server and work without JavaScript, which only checks a tariff as it is typed; everything
// is held in memory, and nothing is kept when it stops, but the directory and the accounts in the folder of -data when one is given. The
// directory of a fictional academy is filled at the start; that of a real delivery is empty until somebody has read the
// plan and applied it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/opencartable/cartable/ent/enttest"
	"github.com/opencartable/cartable/examples/portal/intake"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the command line says.
type settings struct {
	addr   string
	feeds  []string
	expose bool
	portal options
}

// run serves until ctx is done. It returns 1 when it could not, 2 for a wrong command line.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	set, err := parse(args, errs)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(errs, "portal :", err)
		return 2
	}
	if err := serve(ctx, set, out, errs); err != nil {
		fmt.Fprintln(errs, "portal :", err)
		return 1
	}
	return 0
}

func parse(args []string, errs io.Writer) (settings, error) {
	var set settings
	flags := flag.NewFlagSet("portal", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&set.addr, "addr", "localhost:8080", "adresse du serveur")
	flags.Func("feed", "livraison AAF à montrer : dossier, .zip, .tgz ou .xml ; peut être répété", func(s string) error {
		set.feeds = append(set.feeds, s)
		return nil
	})
	flags.StringVar(&set.portal.Data, "data", "", "dossier où garder l'annuaire et les comptes d'une fois sur l'autre ; en mémoire par défaut")
	flags.BoolVar(&set.expose, "expose", false, "accepter, avec -feed, une adresse qui n'est pas celle de cette machine : les pages passent alors en clair sur le réseau")
	persons := flags.Int("persons", 0, "taille de l'académie fictive, en personnes ; 1 500 environ par défaut")
	seed := flags.Uint64("seed", 0, "graine de l'académie fictive")
	if err := flags.Parse(args); err != nil {
		return set, err //nolint:wrapcheck // flag has said what is wrong
	}
	if flags.NArg() > 0 {
		return set, errors.New("argument inattendu ; une livraison se donne avec -feed")
	}
	for _, f := range set.feeds {
		if _, err := os.Stat(f); err != nil {
			return set, fmt.Errorf("la livraison %s ne peut pas être ouverte : %w", f, errors.Unwrap(err))
		}
	}
	if len(set.feeds) > 0 && !set.expose && !local(set.addr) {
		return set, errors.New("une livraison réelle ne se montre que sur cette machine (localhost) ; -expose l'autorise ailleurs, en clair sur le réseau")
	}
	if set.portal.Data != "" {
		if at, err := os.Stat(set.portal.Data); err != nil || !at.IsDir() {
			return set, fmt.Errorf("le dossier %s, donné par -data, n'existe pas", set.portal.Data)
		}
	}
	set.portal.Options = intake.Options{Feeds: set.feeds, Academy: enttest.Options{Persons: *persons, Seed: *seed}}
	return set, nil
}

// local tells whether only this machine reaches an address.
func local(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serve opens the port, reads the deliveries while the pages already answer, and stops when ctx is done.
func serve(ctx context.Context, set settings, out, errs io.Writer) (err error) {
	log := slog.New(slog.NewTextHandler(errs, nil))
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", set.addr)
	if err != nil {
		return fmt.Errorf("l'adresse %s n'est pas libre : %w", set.addr, err)
	}
	set.portal.Origin = "http://" + shownAddr(set.addr, ln.Addr())
	p, err := newPortal(ctx, set.portal, out, log)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	defer func() { err = errors.Join(err, p.close()) }()
	srv := &http.Server{
		Handler: p.site, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	fmt.Fprintf(out, "Portail ouvert : http://%s\n", shownAddr(set.addr, ln.Addr()))

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 2)
	go func() { failed <- srv.Serve(ln) }()
	read := make(chan struct{})
	go func() {
		defer close(read)
		if err := p.read(ctx); err != nil {
			failed <- err
			return
		}
		fmt.Fprintln(out, "Livraisons lues.")
	}()
	var cause error
	select {
	case <-ctx.Done():
	case cause = <-failed:
	}
	if ctx.Err() != nil {
		cause = nil
	}
	cancel()
	stopping, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	err = srv.Shutdown(stopping)
	<-read // the temporary files are removed
	return errors.Join(cause, err)
}

// shownAddr is the address to type, with the port that the system chose when none was asked for.
func shownAddr(asked string, got net.Addr) string {
	host, _, err := net.SplitHostPort(asked)
	_, port, err2 := net.SplitHostPort(got.String())
	if err != nil || err2 != nil || host == "" {
		return got.String()
	}
	return net.JoinHostPort(host, port)
}
